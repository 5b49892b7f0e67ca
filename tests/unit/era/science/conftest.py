"""Fixtures: the era's names, and programs that see modules as a program's own files do."""

from __future__ import annotations

import builtins
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from polykeras import alias
from polykeras.era import callers
from polykeras.era.views import view_of


def own_builtins() -> dict[str, Any]:
    """Builtins whose imports yield views."""
    usual = builtins.__import__

    def import_view(*args: Any, **kwargs: Any) -> Any:
        return view_of(usual(*args, **kwargs))

    return {**vars(builtins), "__import__": import_view}


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """Runs a text as one of the program's own files, under the alias; its global names."""
    monkeypatch.setattr(callers, "_warned", set())
    alias.install(era=True)

    def run(source: str, **names: Any) -> dict[str, Any]:
        space = {"__name__": "era_program", "__builtins__": own_builtins(), **names}
        exec(compile(textwrap.dedent(source), "era_program.py", "exec"), space)
        return space

    yield run
    alias.uninstall()
