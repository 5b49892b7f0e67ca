"""The plugin that gives tests the fixture `K`, and the order of the tests: cheap and telling ones first."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from polykeras.backends import registry

pytest_plugins = ["polykeras.testing.plugin"]

TESTS = Path(__file__).parent
ORDER = ["architecture", "unit", "conformance", "parity", "golden", "soak", "integration"]


@pytest.fixture(autouse=True)
def _own_custom_objects() -> Iterator[None]:
    """What a test makes known by `custom_objects` is forgotten after it."""
    from polykeras.utils.custom_objects import CustomObjectScope

    with CustomObjectScope():
        yield


def _place(item: pytest.Item) -> int:
    """Where a test comes in the order of folders."""
    try:
        folder = item.path.relative_to(TESTS).parts[0]
    except ValueError:
        return len(ORDER)
    return ORDER.index(folder) if folder in ORDER else len(ORDER)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leaves out the tests of an adapter whose engine is not installed."""
    engine = collection_path.name.removeprefix("backend_")
    if collection_path.parent == TESTS / "unit" and engine in registry.ENGINE_OF:
        return None if registry.engine_installed(engine) else True
    return None


def pytest_configure() -> None:
    """Lets Ctrl-C through to its tests, where a shell that started the suite in the background ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)
