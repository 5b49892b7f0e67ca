"""Keras 1 programs, unmodified, on TensorFlow 2 and PyTensor.

The public modules are those of Keras 1.2.2 (`polykeras.models`, `polykeras.layers`, `polykeras.backend`, ...)
and are imported on first touch; importing this package loads no engine. To let ``import keras`` yield this
package, call `polykeras.alias.install`, or run a script by ``polykeras run script.py``.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "1.2.2"  # the Keras that this package answers for: old scripts compare it
polykeras_version = "0.1.0"

_SUBMODULES = (
    "activations",
    "alias",
    "applications",
    "backend",
    "callbacks",
    "constraints",
    "datasets",
    "engine",
    "initializations",
    "layers",
    "metrics",
    "models",
    "objectives",
    "optimizers",
    "preprocessing",
    "regularizers",
    "utils",
    "wrappers",
)


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_SUBMODULES})


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext polykeras``: from now on ``import keras`` in this notebook yields polykeras."""
    importlib.import_module(f"{__name__}.alias").load_ipython_extension(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext polykeras``: ``import keras`` finds what is installed again."""
    importlib.import_module(f"{__name__}.alias").unload_ipython_extension(ipython)
