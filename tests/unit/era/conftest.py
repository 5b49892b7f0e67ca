"""The libraries of the time, as the program's own files see them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from polykeras.era import views
from polykeras.era.imports import ImportHooks

See = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def numbers_of_the_time() -> Iterator[ImportHooks]:
    """Hooks with what NumPy and SciPy have lost."""
    hooks = ImportHooks()
    hooks.install()
    for name in ("numpy_library", "scipy_library"):
        importlib.import_module(f"polykeras.era.libraries.{name}").register(hooks)
    yield hooks
    hooks.uninstall()


@pytest.fixture(scope="module")
def old_import(numbers_of_the_time: ImportHooks) -> See:
    """Imports a module by its name of the time."""
    return importlib.import_module


@pytest.fixture(scope="module")
def see(numbers_of_the_time: ImportHooks) -> See:
    """Imports a module as the program's own files see it."""
    return lambda name: views.view_of(importlib.import_module(name))
