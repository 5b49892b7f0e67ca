"""From an adapter to the names of a module."""

from __future__ import annotations

import builtins
import contextlib
import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .. import config
from ..backends import registry
from ..backends.interface import Backend, Function

# Keras 1 kept Python's own `all` under this name, its `all` being the reduction.
py_all = builtins.all


# What a program tells a session of one engine is taken by the backend in use where that engine is missing.
_SESSIONS = ("get_session", "set_session", "clear_session")

# What the backend modules had imported, on either engine.
IMPORTED = ("copy", "inspect", "json", "os", "sys", "warnings")

# The settings, also under the names of the variables that once held them.
_GENERAL = (
    "cast_to_floatx",
    "epsilon",
    "floatx",
    "image_dim_ordering",
    "set_epsilon",
    "set_floatx",
    "set_image_dim_ordering",
)
_SETTINGS = {"_EPSILON": config.epsilon, "_FLOATX": config.floatx}

_VIEWS = f"{__name__.partition('.')[0]}.era.views"


def old_name(adapter: Backend, name: str) -> Any:
    """What the backend's module of Keras 1 had besides the operations of K.

    It had no ``__all__``, so programs could take from it what it had imported, and its helpers.

    Raises:
        KeyError: if it had nothing of that name.
    """
    if name == "np" or name in IMPORTED:
        found: Any = importlib.import_module("numpy" if name == "np" else name)
    else:
        found = adapter._old_name(name)
    # The era is on a higher floor. Where it is in use, programs see its views of modules.
    views = sys.modules.get(_VIEWS)
    return views.view_of(found) if views is not None and isinstance(found, ModuleType) else found


def public_members(adapter: Backend) -> dict[str, Any]:
    """What a module that stands for `adapter` offers: its public attributes and methods."""
    members: dict[str, Any] = {"Function": Function}
    for name in dir(adapter):
        if not name.startswith("_") and name != "name":
            members[name] = getattr(adapter, name)
    return members


def star_names(adapter: Backend, members: Mapping[str, Any]) -> list[str]:
    """What ``from keras.backend import *`` gives: the operations, the settings, and what was imported."""
    found = set()
    for name in adapter._old_names():
        with contextlib.suppress(KeyError):
            old_name(adapter, name)
            found.add(name)
    return sorted({*members, *_GENERAL, *found, "py_all", "np", *IMPORTED})


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
    if name in _SETTINGS:
        return _SETTINGS[name]()
    if name in _SESSIONS and not registry.engine_installed(backend):
        return getattr(importlib.import_module(__package__), name)
    if name == "__all__" or not name.startswith("__"):
        adapter = registry.load(backend, f"the module {module}")
        members = public_members(adapter)
        if name == "__all__":
            return star_names(adapter, members)
        if name in members:
            return members[name]
        try:
            return old_name(adapter, name)
        except KeyError:
            pass
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
