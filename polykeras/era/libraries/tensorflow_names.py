"""TensorFlow: to the program's own files it shows the ways of TensorFlow 1, and parts that are gone."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from .. import views
from ..imports import ImportHooks

_V1 = f"{__package__.partition('.')[0]}.backends.tensorflow.v1"
# Modules that programs import by name, and where they stand in the view.
_MODULES = {
    "tensorflow.contrib": "contrib",
    "tensorflow.contrib.layers": "contrib.layers",
    "tensorflow.contrib.rnn": "contrib.rnn",
}


def register(hooks: ImportHooks) -> None:
    """Tells what the program's own files are to see of TensorFlow."""
    views.override("tensorflow", _names)
    for name in _MODULES:
        hooks.provide(name, _module, package=True)


def _names(module: ModuleType) -> dict[str, Any]:
    if not hasattr(module, "__path__"):  # what stands in where TensorFlow is not installed
        return {}
    names: dict[str, Any] = importlib.import_module(f"{_V1}.views").tensorflow_names(module)
    return names


def _module(name: str) -> ModuleType:
    """A module within ``tensorflow`` that no longer exists."""
    found: Any = views.view_of(importlib.import_module("tensorflow"))
    for part in _MODULES[name].split("."):
        found = getattr(found, part)
    return found
