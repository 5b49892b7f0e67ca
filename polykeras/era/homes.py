"""Modules that have moved: the old name yields what is in today's home."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from .imports import Factory, ImportHooks


def made(name: str, values: Mapping[str, Any], doc: str = "") -> ModuleType:
    """A new module of some names."""
    module = ModuleType(name, doc or "A module of the time, supplied by polykeras.")
    vars(module).update(values)
    return module


def mirror(*homes: str, **more: Any) -> Factory:
    """A factory of modules that have all names of others, and some more.

    Args:
        homes: full names of today's modules; the first one that has a name gives it.
        more: names besides.
    """

    def make(name: str) -> ModuleType:
        values: dict[str, Any] = {}
        for home in reversed(homes):
            found = vars(importlib.import_module(home))
            values.update({key: value for key, value in found.items() if not key.startswith("__")})
        return made(name, {**values, **more, "__getattr__": functools.partial(_later, homes)})

    return make


def _later(homes: tuple[str, ...], name: str) -> Any:
    """A name that a home makes when it is asked for."""
    for home in homes:
        if not name.startswith("__") and hasattr(sys.modules[home], name):
            return getattr(sys.modules[home], name)
    raise AttributeError(f"there is no {name!r} in {' or '.join(homes)}, which is its home today")


def moved(
    hooks: ImportHooks, homes: Mapping[str, str | tuple[str, ...]], packages: Iterable[str] = ()
) -> None:
    """Provides modules by their old names.

    Args:
        hooks: of the process.
        homes: old names, and today's home or homes of what was there.
        packages: which of the old names have modules below them.
    """
    for old, today in homes.items():
        hooks.provide(old, mirror(*([today] if isinstance(today, str) else today)), package=old in packages)


def refusing(name: str, reason: str) -> Any:
    """A class that cannot be supplied: it can be imported, and says what to use instead when it is called.

    Args:
        name: its full name.
        reason: what to do.
    """

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"{name} is no more: {reason}")

    return type(name.rpartition(".")[2], (), {"__init__": __init__, "__doc__": reason})


def gone(hooks: ImportHooks, reasons: Mapping[str, str]) -> None:
    """Has imports of modules that cannot be supplied say what to use instead.

    Args:
        hooks: of the process.
        reasons: old names, and what to do.
    """
    for old, reason in reasons.items():
        hooks.provide(old, _refuser(reason))


def _refuser(reason: str) -> Factory:
    def refuse(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named {name!r} any more: {reason}", name=name)

    return refuse
