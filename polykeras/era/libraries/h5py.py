"""h5py as releases 2.5 to 2.7 had it."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from typing import Any

from ..callers import from_program
from ..homes import mirror
from ..imports import ImportHooks
from ..patches import Patches


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what h5py lacks today."""
    hooks.provide("h5py.highlevel", mirror("h5py"))
    hooks.watch("h5py", _supply)


def _supply(module: Any, patches: Patches) -> None:
    patches.widen(module.Dataset, "__getitem__", functools.partial(_reading, check=module.check_string_dtype))
    patches.supply(module.Dataset, "value", property(lambda self: self[()], doc="All values, as an array."))
    patches.widen(module.File, "__init__", _opening)
    for kind in (module.Group, module.AttributeManager):
        patches.supply_all(kind, {"iterkeys": iterkeys, "itervalues": itervalues, "iteritems": iteritems})


def iterkeys(self: Any) -> Iterator[str]:
    """The names."""
    return iter(self.keys())


def itervalues(self: Any) -> Iterator[Any]:
    """The members."""
    return iter(self.values())


def iteritems(self: Any) -> Iterator[tuple[str, Any]]:
    """Pairs of name and member."""
    return iter(self.items())


def _reading(function: Any, check: Any) -> Any:
    """Texts of any length are read as `str`."""

    @functools.wraps(function)
    def read(self: Any, args: Any, *more: Any, **options: Any) -> Any:
        found = function(self, args, *more, **options)
        if self.dtype.kind != "O" or not from_program():
            return found
        text = check(self.dtype)
        return decoded(found) if text is not None and text.encoding == "utf-8" else found

    return read


def decoded(found: Any) -> Any:
    """Bytes, or an array of them, as texts."""
    import numpy as np

    if isinstance(found, bytes):
        return found.decode("utf-8")
    if isinstance(found, np.ndarray) and found.dtype.kind == "O":
        texts = found.copy()
        texts.ravel()[:] = [
            value.decode("utf-8") if isinstance(value, bytes) else value for value in found.flat
        ]
        return texts
    return found


def _opening(function: Any) -> Any:
    """``h5py.File(name)`` opens a file to read and write, and makes it if there is none."""

    @functools.wraps(function)
    def __init__(self: Any, name: Any, *args: Any, **kwargs: Any) -> None:
        given = bool(args) or kwargs.get("mode") is not None
        if not given and isinstance(name, (str, bytes, os.PathLike)) and from_program():
            read_only = os.path.exists(name) and not os.access(name, os.W_OK)
            kwargs["mode"] = "r" if read_only else "a"
        function(self, name, *args, **kwargs)

    return __init__
