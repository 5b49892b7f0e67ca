"""NumPy: names that it has lost, homes of its functions that are gone, and what has changed its ways.

The names are in `numpy_names`, the views for the program's own files in `numpy_views` and `numpy_random`.
"""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType
from typing import Any

from .. import views
from ..imports import ImportHooks
from ..patches import Patches

# Home of functions that is gone -> the modules of today that have them.
_HOMES: dict[str, tuple[str, ...]] = {
    "numpy.core.memmap": ("numpy",),
    "numpy.core.machar": ("numpy",),
    "numpy.dual": ("numpy.linalg", "numpy.fft", "numpy"),
    "numpy.fft.fftpack": ("numpy.fft",),
    "numpy.fft.helper": ("numpy.fft",),
    "numpy.lib.arraypad": ("numpy",),
    "numpy.lib.arraysetops": ("numpy",),
    "numpy.lib.arrayterator": ("numpy.lib",),
    "numpy.lib.function_base": ("numpy",),
    "numpy.lib.index_tricks": ("numpy",),
    "numpy.lib.nanfunctions": ("numpy",),
    "numpy.lib.polynomial": ("numpy",),
    "numpy.lib.shape_base": ("numpy",),
    "numpy.lib.twodim_base": ("numpy",),
    "numpy.lib.type_check": ("numpy",),
    "numpy.lib.ufunclike": ("numpy",),
    "numpy.lib.utils": ("numpy",),
    "numpy.linalg.linalg": ("numpy.linalg",),
    "numpy.testing.decorators": ("numpy.testing",),
    "numpy.testing.nosetester": ("numpy.testing",),
    "numpy.testing.utils": ("numpy.testing",),
}
# Modules of `numpy.core` that are there still and warn of each use.
_CORE = (
    "defchararray",
    "fromnumeric",
    "multiarray",
    "numeric",
    "numerictypes",
    "records",
    "shape_base",
    "umath",
)
_VIEWS = ("numpy", "numpy.linalg", "numpy.random", "numpy.random.mtrand")


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what to supply when NumPy is imported."""
    hooks.watch("numpy", _supply)
    hooks.watch("numpy.linalg", _supply)
    hooks.watch("numpy.testing", _supply)
    for name in _HOMES:
        hooks.provide(name, _home)
    for name in ("numpy.core.umath_tests", "numpy.compat", "numpy.compat.py3k"):
        hooks.provide(name, _made, package=name == "numpy.compat")
    for name in _VIEWS:
        views.override(name, _override)
    views.override("numpy.core", _core)
    for name in _CORE:
        views.override(f"numpy.core.{name}", _core)


def _supply(module: ModuleType, patches: Patches) -> None:
    names = importlib.import_module(f"{__package__}.numpy_names")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy warns of some names that it has, and of some that it has not
        patches.supply_all(module, names.NAMES[module.__name__](module))


def _home(name: str) -> ModuleType:
    made: ModuleType = importlib.import_module(f"{__package__}.stand_ins").StandIn(name, _HOMES[name])
    return made


def _made(name: str) -> ModuleType:
    made: ModuleType = importlib.import_module(f"{__package__}.numpy_names").module(name)
    return made


def _override(module: ModuleType) -> dict[str, Any]:
    part = "numpy_random" if module.__name__.startswith("numpy.random") else "numpy_views"
    made: dict[str, Any] = importlib.import_module(f"{__package__}.{part}").override(module)
    return made


def _core(module: ModuleType) -> dict[str, Any]:
    """The names of a module of `numpy.core`, without a warning of each."""
    today = importlib.import_module(module.__name__.replace("numpy.core", "numpy._core"))
    return {
        name: value
        for name, value in vars(today).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
