"""What belongs to the language rather than to a library: pickles, and names of `sys` and `os`."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .. import views
from ..imports import ImportHooks
from ..patches import Patches

_SOURCE = __name__.rpartition(".libraries.")[0] + ".source"


def _pickles() -> Any:
    return importlib.import_module(f"{_SOURCE}.pickles")


def _pickle_overrides(module: ModuleType) -> Mapping[str, Any]:
    return dict(_pickles().overrides(module))


def _make_cpickle(name: str) -> ModuleType:
    made: ModuleType = _pickles().make_cpickle(name)
    return made


def _os_overrides(module: ModuleType) -> Mapping[str, Any]:
    """``os.fdopen`` takes text without a buffer; with the arguments of today it is that of today."""
    files = importlib.import_module(f"{_SOURCE}.files")
    return {"fdopen": files.open_descriptor}


def _nothing(module: ModuleType) -> Mapping[str, Any]:
    return {}


def _set_default_encoding(name: str) -> None:
    """``sys.setdefaultencoding``: text needs none any more."""


def _supply_sys(module: ModuleType, patches: Patches) -> None:
    patches.supply_all(module, {"maxint": sys.maxsize, "setdefaultencoding": _set_default_encoding})


def _supply_os(module: ModuleType, patches: Patches) -> None:
    patches.supply(module, "getcwdu", os.getcwd)


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what to do; imports nothing."""
    views.override("pickle", _pickle_overrides)
    views.override("os", _os_overrides)
    views.override("six", _nothing)
    views.override("six.moves", _nothing)
    hooks.provide("cPickle", _make_cpickle)
    hooks.watch("sys", _supply_sys)
    hooks.watch("os", _supply_os)
