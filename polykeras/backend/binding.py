"""From an adapter to the names of a module."""

from __future__ import annotations

import builtins
import importlib
from typing import Any

from ..backends import registry
from ..backends.interface import Backend, Function

# Keras 1 kept Python's own `all` under this name, its `all` being the reduction.
py_all = builtins.all


# What a program tells a session of one engine is taken by the backend in use where that engine is missing.
_SESSIONS = ("get_session", "set_session", "clear_session")


def public_members(adapter: Backend) -> dict[str, Any]:
    """What a module that stands for `adapter` offers: its public attributes and methods."""
    members: dict[str, Any] = {"Function": Function}
    for name in dir(adapter):
        if not name.startswith("_") and name != "name":
            members[name] = getattr(adapter, name)
    return members


def member(module: str, backend: str, name: str) -> Any:
    """An attribute of the module that stands for one backend, whichever is in use.

    Args:
        module: the module's name, for messages.
        backend: the backend's name.
        name: the attribute.

    Raises:
        AttributeError: if the adapter has no such public member.
        polykeras.backends.registry.BackendNotFound: if the engine is not installed.
    """
    if not name.startswith("__"):
        if name in _SESSIONS and not registry.engine_installed(backend):
            return getattr(importlib.import_module(__package__), name)
        members = public_members(registry.load(backend, f"the module {module}"))
        if name in members:
            return members[name]
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
