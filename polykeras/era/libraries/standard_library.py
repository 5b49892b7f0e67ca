"""The standard library: names that modules have lost, and modules that it has lost.

The tables are in `standard_names` (names), `stand_ins` (modules under another name today), `python2_modules`
and `dropped_modules` (modules made anew) and `standard_views` (what has changed its ways, for the program's
own files).
"""

from __future__ import annotations

import importlib
from types import ModuleType

from .. import views
from ..imports import ImportHooks
from ..patches import Patches

_NAMES = (
    "base64",
    "cgi",
    "collections",
    "configparser",
    "fractions",
    "html.parser",
    "importlib",
    "inspect",
    "itertools",
    "locale",
    "logging",
    "operator",
    "os",
    "platform",
    "plistlib",
    "re",
    "string",
    "sys",
    "threading",
    "time",
    "types",
    "unittest",
    "urllib",
    "xml.etree.ElementTree",
)
_VIEWS = ("array", "base64", "csv", "hashlib", "json", "math", "random", "string", "types", "urllib")


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what to supply when these modules are imported."""
    for name in _NAMES:
        hooks.watch(name, _supply)
    for name in _VIEWS:
        views.override(name, _override)
    stand_ins = importlib.import_module(f"{__package__}.stand_ins")
    for name in stand_ins.RENAMED:
        hooks.provide(name, _renamed)
    for name in stand_ins.GONE:
        hooks.provide(name, stand_ins.gone)
    for table in ("python2_modules", "dropped_modules"):
        factories = importlib.import_module(f"{__package__}.{table}").FACTORIES
        for name, factory in factories.items():
            hooks.provide(name, factory, package=f"{name}." in " ".join(factories))


def _supply(module: ModuleType, patches: Patches) -> None:
    names = importlib.import_module(f"{__package__}.standard_names")
    patches.supply_all(module, names.NAMES[module.__name__]())
    for owner, supplied in names.of_classes(module):
        patches.supply_all(owner, supplied)


def _override(module: ModuleType) -> dict[str, object]:
    made: dict[str, object] = importlib.import_module(f"{__package__}.standard_views").override(module)
    return made


def _renamed(name: str) -> ModuleType:
    made: ModuleType = importlib.import_module(f"{__package__}.stand_ins").renamed(name)
    return made
