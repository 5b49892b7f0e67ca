"""The adapter as a class: its signatures, its names, and that this kit leaves no operation out."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from polykeras.backends import registry
from polykeras.backends.interface import Backend

from . import test_functions, test_gradients, test_phase, test_random, test_session, test_variables
from .cases import CASES

OPERATIONS = sorted(
    name for name, member in inspect.getmembers(Backend, callable) if not name.startswith("_")
)
OTHERS = (test_functions, test_gradients, test_phase, test_random, test_session, test_variables)


def marked(module: Any) -> set[str]:
    """The operations that the tests of a module say they cover."""
    found: set[str] = set()
    for group in vars(module).values():
        if inspect.isclass(group) and group.__name__.startswith("Test"):
            for member in (group, *vars(group).values()):
                for mark in getattr(member, "pytestmark", ()):
                    if mark.name == "covers":
                        found.update(mark.args)
    return found


class TestInterface:
    """What holds for the class as such."""

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_signature(self, backend_name: str, name: str) -> None:
        """An adapter's methods take the arguments of the interface, by the same names and defaults."""
        adapter = type(registry.load(backend_name))
        wanted = inspect.signature(getattr(Backend, name))
        got = inspect.signature(getattr(adapter, name))
        assert [(p.name, p.kind, p.default) for p in got.parameters.values()] == [
            (p.name, p.kind, p.default) for p in wanted.parameters.values()
        ]

    def test_is_a_backend(self, backend_name: str) -> None:
        adapter = registry.load(backend_name)
        assert isinstance(adapter, Backend)
        assert isinstance(adapter.name, str) and adapter.name not in ("", "abstract")
        assert registry.load(backend_name) is adapter

    def test_bound_to_k(self, K: Any, backend_name: str) -> None:
        adapter = registry.load(backend_name)
        for name in OPERATIONS:
            assert getattr(K, name) == getattr(adapter, name)
        assert set(OPERATIONS) <= set(dir(K))

    def test_every_operation_is_tested(self) -> None:
        covered = {case.operation for case in CASES}.union(*map(marked, OTHERS))
        assert covered - set(OPERATIONS) == set(), "these are no operations of the interface"
        assert set(OPERATIONS) - covered == set(), "these have neither a case nor a test"
