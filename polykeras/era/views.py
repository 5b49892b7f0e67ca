"""Modules as the program's own files see them: functions that have changed since are as they were.

A name that exists today is never replaced in its module. Where an old program needs it to act as it did, the
program's own files are handed a view of the module: all names are the module's, but for those overridden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

Overrides = Callable[[ModuleType], Mapping[str, Any]]

_overrides: dict[str, Overrides] = {}
_views: dict[str, View] = {}


class View(ModuleType):
    """A module with some names overridden; what is set on it is set on the module."""

    def __init__(self, module: ModuleType, overridden: Mapping[str, Any]) -> None:
        super().__init__(module.__name__, module.__doc__)
        vars(self).update(__viewed__=module, **overridden)
        for name in ("__file__", "__path__", "__package__", "__spec__", "__loader__"):
            if hasattr(module, name):
                vars(self)[name] = getattr(module, name)

    def __getattr__(self, name: str) -> Any:
        viewed = vars(self)["__viewed__"]
        if name == "__all__" and not hasattr(viewed, name):  # for ``from module import *``
            return [each for each in dir(self) if not each.startswith("_")]
        value = getattr(viewed, name)
        return view_of(value) if isinstance(value, ModuleType) else value

    def __setattr__(self, name: str, value: Any) -> None:
        vars(self).pop(name, None)
        setattr(vars(self)["__viewed__"], name, value)

    def __dir__(self) -> list[str]:
        return sorted({*dir(vars(self)["__viewed__"]), *vars(self)})


def override(name: str, make: Overrides) -> None:
    """Gives the program's own files a view of a module.

    Args:
        name: full name of the module, such as ``"numpy.random"``. Views of a package show views of its
            modules: a package that is to be shown so needs an entry too, which may override nothing.
        make: takes the module; returns what the view has in place of the module's names. It is called when
            the program imports the module for the first time.
    """
    _overrides[name] = make
    _views.pop(name, None)


def view_of(module: ModuleType) -> ModuleType:
    """The view of a module, if there are overrides for it, else the module."""
    name = module.__name__
    if isinstance(module, View) or name not in _overrides:
        return module
    view = _views.get(name)
    if view is None or vars(view)["__viewed__"] is not module:
        view = _views[name] = View(module, _overrides[name](module))
    return view


def forget() -> None:
    """Drops all views and overrides: modules are seen as they are again."""
    _overrides.clear()
    _views.clear()
