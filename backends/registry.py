"""From a backend's name to its adapter, by the entry point group ``polykeras.backends``.

An adapter is a class without constructor arguments that implements
`polykeras.backends.interface.Backend`. A package offers one by an entry point::

    [options.entry_points]
    polykeras.backends =
        mine = my_package.adapter:MyBackend

There is one instance of an adapter in a process: several names of one class (``theano`` and ``pytensor``)
share it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

from ..errors import nearest
from .engines import ENGINES
from .interface import Backend

GROUP = "polykeras.backends"

# What the package itself offers, so that a checkout works before its entry points are installed.
BUILT_IN = {
    "tensorflow": "polykeras.backends.tensorflow:TensorFlowBackend",
    "pytensor": "polykeras.backends.pytensor:PyTensorBackend",
    "theano": "polykeras.backends.pytensor:PyTensorBackend",
}
# The module that must be importable for a built-in adapter to work, and the extra that installs it.
ENGINE_OF = {"tensorflow": "tensorflow", "pytensor": "pytensor", "theano": "pytensor"}

_lock = threading.RLock()
_registered: dict[str, Callable[[], Backend]] = {}
_instances: dict[Any, Backend] = {}


class BackendNotFound(ImportError):
    """The backend that was asked for is unknown, or its engine is not installed or cannot be used."""


def register(name: str, factory: Callable[[], Backend]) -> None:
    """Offers an adapter under a name, in this process only.

    Args:
        name: the name for `polykeras.backend.use` and ``KERAS_BACKEND``, in lower case.
        factory: the adapter's class, or a function that returns an adapter.

    Raises:
        ValueError: if `name` is not a lower-case word, or belongs to a built-in adapter.
    """
    if not name or name != name.strip().lower():
        raise ValueError(f"register: name must be a lower-case word, got {name!r}.")
    if name in BUILT_IN:
        raise ValueError(f"register: the name {name!r} belongs to a built-in adapter. Choose another name.")
    with _lock:
        _registered[name] = factory


def unregister(name: str) -> None:
    """Withdraws what `register` offered; unknown names are passed over."""
    with _lock:
        factory = _registered.pop(name, None)
        if factory is not None:
            _instances.pop(factory, None)


def _installed_entry_points() -> dict[str, Any]:
    return {point.name.lower(): point for point in entry_points(group=GROUP)}


def names() -> list[str]:
    """Every name that is known, whether its engine is installed or not, in alphabetical order."""
    return sorted({*BUILT_IN, *_registered, *_installed_entry_points()})


def engine_installed(name: str) -> bool:
    """Whether `name` could be loaded: its engine can be found (it is not imported for this)."""
    if name in ENGINE_OF:
        loaded = sys.modules.get(ENGINE_OF[name])
        if loaded is not None:  # the era's stand-in for a missing engine is none
            return not getattr(loaded, "polykeras_stand_in", False)
        return importlib.util.find_spec(ENGINE_OF[name]) is not None
    return name in names()


def refusal(name: str) -> str | None:
    """Why the installed version of the engine of `name` is not used and what to do; None if it is used."""
    engine = ENGINES.get(ENGINE_OF.get(name, ""))
    return None if engine is None else engine.refusal()


def installed() -> list[str]:
    """The names whose engines are installed, in alphabetical order."""
    return [name for name in names() if engine_installed(name)]


def default() -> str:
    """The backend for users who ask for none: TensorFlow if installed, else PyTensor.

    Raises:
        BackendNotFound: if neither engine is installed; the message says how to install one.
    """
    for name in ("tensorflow", "pytensor"):
        if engine_installed(name):
            return name
    raise BackendNotFound(
        "polykeras needs TensorFlow or PyTensor, and neither is installed. "
        "Run: pip install 'polykeras[tensorflow]' or pip install 'polykeras[pytensor]'"
    )


def _factory(name: str, source: str) -> Callable[[], Backend]:
    if name in _registered:
        return _registered[name]
    points = _installed_entry_points()
    if name not in BUILT_IN and name not in points:
        raise BackendNotFound(
            f"Unknown backend {name!r}, asked for by {source}.{nearest(name, names())} "
            f"Known backends: {', '.join(names())}; installed: {', '.join(installed()) or 'none'}."
        )
    if not engine_installed(name):
        engine = ENGINE_OF[name]
        raise BackendNotFound(
            f"The backend {name!r}, asked for by {source}, needs {engine}, which is not installed. "
            f"Run: pip install 'polykeras[{engine}]' "
            f"or choose an installed backend ({', '.join(installed()) or 'none'}) by KERAS_BACKEND."
        )
    if name in BUILT_IN:
        return _built_in(name, source)
    loaded: Callable[[], Backend] = points[name].load()
    return loaded


def _built_in(name: str, source: str) -> Callable[[], Backend]:
    """The class of a built-in adapter, if the version of its engine is one that it is tested with."""
    engine = ENGINES[ENGINE_OF[name]]
    reason = refusal(name)
    if reason is not None:
        raise BackendNotFound(f"The backend {name!r}, asked for by {source}, is not used: {reason}")
    module, _, attribute = BUILT_IN[name].partition(":")
    try:
        factory: Callable[[], Backend] = getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        raise BackendNotFound(
            f"The backend {name!r}, asked for by {source}, cannot be loaded. {engine.title} "
            f"{engine.version() or '(of an unknown version)'} is installed, but this failed: {error}. "
            f"Run: pip install --force-reinstall '{engine.requirement()}'"
        ) from error
    return factory


def load(name: str, source: str = "the caller") -> Backend:
    """The adapter of a name; made on first use, the same object afterwards.

    Args:
        name: one of `names`.
        source: where the wish for this backend stands, for the error message.

    Raises:
        BackendNotFound: if the name is unknown, or its engine is not installed, is of a version that the
            adapter is not tested with, or cannot be imported.
    """
    with _lock:
        factory = _factory(name, source)
        if factory not in _instances:
            adapter = factory()
            if not isinstance(adapter, Backend):
                raise TypeError(
                    f"The backend {name!r} must be a polykeras.backends.interface.Backend, "
                    f"got {type(adapter).__name__}."
                )
            _instances[factory] = adapter
        return _instances[factory]
