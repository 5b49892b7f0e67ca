"""``K``: the operations of the backend in use.

`use` binds an adapter's public methods into this module, so that ``K.dot`` is a plain attribute. Nothing is
bound, and no engine imported, before the first touch of such a name; the adapter is then the one that the
environment, ``keras.json`` or the installed packages name (see `polykeras.config.backend_choice`).
"""

from __future__ import annotations

import importlib
import threading
from typing import Any

from .. import config
from ..backends import registry
from ..backends.interface import Backend
from ..config import cast_to_floatx as cast_to_floatx
from ..config import epsilon as epsilon
from ..config import floatx as floatx
from ..config import image_dim_ordering as image_dim_ordering
from ..config import legacy_weight_ordering as legacy_weight_ordering
from ..config import set_epsilon as set_epsilon
from ..config import set_floatx as set_floatx
from ..config import set_image_dim_ordering as set_image_dim_ordering
from ..config import set_legacy_weight_ordering as set_legacy_weight_ordering
from .binding import old_name, public_members, star_names
from .binding import py_all as py_all

_SUBMODULES = ("common", "pytensor_backend", "tensorflow_backend", "theano_backend")

_lock = threading.RLock()
_adapter: Backend | None = None
_BACKEND: str = ""
_bound: set[str] = set()


def use(name: str, source: str = "polykeras.backend.use") -> Backend:
    """Makes a backend the one in use, for the whole library.

    Layers and models that exist already belong to the backend they were built on.

    Args:
        name: ``'tensorflow'``, ``'pytensor'`` (= ``'theano'``), or the name of an adapter's entry point.
        source: where the wish for this backend stands, for error messages.

    Returns:
        The adapter.

    Raises:
        polykeras.backends.registry.BackendNotFound: if the name is unknown or its engine is not installed;
            the backend in use stays as it was.
        TypeError: if `name` is no text.
    """
    global _adapter, _BACKEND
    if not isinstance(name, str):
        raise TypeError(f"{source}: wanted the name of a backend such as 'tensorflow', got {name!r}.")
    with _lock:
        adapter = registry.load(name.lower(), source)
        members = public_members(adapter)
        names = globals()
        for stale in _bound - members.keys():
            del names[stale]
        _bound.clear()
        _bound.update(members)
        names.update(members)
        _adapter, _BACKEND = adapter, name.lower()
        return adapter


def adapter() -> Backend:
    """The adapter in use; the first call chooses and loads it."""
    with _lock:
        if _adapter is None:
            name, source = config.backend_choice()
            use(name or registry.default(), source)
        assert _adapter is not None
        return _adapter


def backend() -> str:
    """The name of the backend in use, as it was selected: ``'tensorflow'``, ``'theano'``, ``'pytensor'``."""
    return _BACKEND or config.backend_choice()[0] or registry.default()


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name == "__all__":
        return star_names(adapter(), public_members(adapter()))
    if not name.startswith("_"):
        engine = adapter()
        if name in globals():
            return globals()[name]
        try:
            return old_name(engine, name)
        except KeyError:
            pass
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{_engine_hint()}")


def _engine_hint() -> str:
    return f" (backend in use: {_BACKEND})" if _BACKEND else ""


def __dir__() -> list[str]:
    return sorted({*globals(), *public_members(adapter())})
