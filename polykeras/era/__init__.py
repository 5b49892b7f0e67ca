"""The language and libraries of 2015 to 2017, for programs of that time, under the alias only.

`install` supplies what today's standard library and packages lack of what they had; what they have today
stays as it is for everyone. Each library's part is a module of `polykeras.era.libraries`, applied when the
program imports that library. `uninstall` takes all of it back.
"""

from __future__ import annotations

import importlib
import sys

from . import views
from .imports import ImportHooks
from .libraries import LIBRARIES

_hooks: ImportHooks | None = None


def installed() -> bool:
    """Whether the names of the time are supplied."""
    return _hooks is not None


def install() -> None:
    """Supplies what modules have lost since 2017, at once or when they are imported.

    A second call changes nothing.
    """
    global _hooks
    if _hooks is not None:
        return
    hooks = ImportHooks()
    hooks.install()
    _hooks = hooks
    for name in LIBRARIES:
        importlib.import_module(f"{__name__}.libraries.{name}").register(hooks)


def uninstall() -> None:
    """Takes back all that `install` and its hooks have supplied."""
    global _hooks
    if _hooks is not None:
        _hooks.uninstall()
        _hooks = None
        views.forget()
    for name, undo in (("loader", "uninstall"), ("cells", "unload")):
        module = sys.modules.get(f"{__name__}.source.{name}")
        if module is not None:
            getattr(module, undo)()
