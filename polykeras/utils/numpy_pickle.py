"""Reads pickled numpy arrays without running what the pickle says.

A pickle is a program: loading one from elsewhere runs whatever its author wrote. The data sets of Keras 1
are pickles of arrays in tuples and lists. `load` reads just these: the few names that a pickled array refers
to are answered by stand-ins that check the state and build the array; every other name is refused. Arrays of
text and of objects, sets, ordered dicts and deques are admitted if the caller asks for them.
"""

from __future__ import annotations

import io
import math
import pickle
import re
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np

_DTYPE = re.compile(r"\|?[<>=]?(b1|[iu][1248]|f[248])")


_OBJECT_DTYPE = re.compile(rf"{_DTYPE.pattern}|[|<>=]?(O8?|[SU]\d{{1,9}})")


class _DType:
    """Stands in for ``numpy.dtype``: a plain number type, no structures, no objects."""

    admitted = _DTYPE

    def __init__(self, name: Any = None, *options: Any) -> None:
        text = name.decode("ascii", "replace") if isinstance(name, bytes) else name
        if not isinstance(text, str) or not self.admitted.fullmatch(text):
            raise pickle.UnpicklingError(f"wanted arrays of numbers, got the dtype {name!r}")
        self.dtype = np.dtype(text)

    def __setstate__(self, state: Any) -> None:
        order = state[1] if isinstance(state, tuple) and len(state) > 1 else "|"
        order = order.decode("ascii", "replace") if isinstance(order, bytes) else order
        if order in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(">" if order == ">" else "<")


class _ObjectDType(_DType):
    """The same for text and objects, too."""

    admitted = _OBJECT_DTYPE


class _Array:
    """Stands in for ``numpy.ndarray`` until its state is known."""

    def __init__(self, *constructor_arguments: Any) -> None:
        self.array: np.ndarray | None = None
        self.items: list[Any] | None = None

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise pickle.UnpicklingError("wanted the five parts of an array's state")
        _, shape, dtype, fortran, data = state
        if isinstance(dtype, _DType) and dtype.dtype == object:
            self.array, self.items = _make_objects(data, shape)
            return
        self.array = _make_array(data, dtype, shape, "F" if fortran else "C")


def _make_array(data: Any, dtype: Any, shape: Any, order: Any = "C") -> np.ndarray:
    if isinstance(data, str):  # Python 2 wrote its byte strings so
        data = data.encode("latin-1")
    if not isinstance(dtype, _DType) or not isinstance(data, (bytes, bytearray)) or dtype.dtype == object:
        raise pickle.UnpicklingError("wanted an array's dtype and bytes")
    _check_shape(shape)
    if math.prod(shape) * dtype.dtype.itemsize != len(data):
        raise pickle.UnpicklingError(f"an array of shape {shape} has {len(data)} bytes")
    return np.frombuffer(data, dtype.dtype).reshape(shape, order="F" if order == "F" else "C").copy()


def _check_shape(shape: Any) -> None:
    if not isinstance(shape, tuple) or not all(isinstance(size, int) and size >= 0 for size in shape):
        raise pickle.UnpicklingError(f"wanted an array's shape, got {shape!r}")


def _make_objects(data: Any, shape: Any) -> tuple[np.ndarray, list[Any]]:
    """An array of objects, still empty, and what is to be in it: the last axis runs fastest, always."""
    _check_shape(shape)
    if not isinstance(data, list) or len(data) != math.prod(shape):
        raise pickle.UnpicklingError(
            f"wanted a list of {math.prod(shape)} objects for an array of shape {shape}"
        )
    return np.empty(shape, dtype=object), data


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise pickle.UnpicklingError(f"wanted text in latin1, got {encoding!r}")
    return text.encode("latin-1")


def _scalar(dtype: Any, data: Any = b"") -> Any:
    return _make_array(data, dtype, ())[()]


_STAND_INS: dict[tuple[str, str], Callable[..., Any]] = {
    ("_codecs", "encode"): _encode,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
}
for _package in ("numpy.core", "numpy._core"):
    _STAND_INS[(f"{_package}.multiarray", "_reconstruct")] = _Array
    _STAND_INS[(f"{_package}.multiarray", "scalar")] = _scalar
    _STAND_INS[(f"{_package}.numeric", "_frombuffer")] = _make_array


_OBJECT_STAND_INS: dict[tuple[str, str], Callable[..., Any]] = {
    **_STAND_INS,
    ("numpy", "dtype"): _ObjectDType,
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "deque"): deque,
}
for _module in ("__builtin__", "builtins"):
    for _type in (set, frozenset, complex):
        _OBJECT_STAND_INS[(_module, _type.__name__)] = _type


class _ArrayUnpickler(pickle.Unpickler):
    stand_ins = _STAND_INS

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self.stand_ins[(module, name)]
        except KeyError:
            raise pickle.UnpicklingError(
                f"it refers to {module}.{name}, which arrays of numbers have no need of"
            ) from None


class _ObjectUnpickler(_ArrayUnpickler):
    stand_ins = _OBJECT_STAND_INS


def _plain(value: Any) -> Any:
    if isinstance(value, _Array):
        return _content(value)
    if isinstance(value, deque):
        return deque((_plain(each) for each in value), value.maxlen)
    if isinstance(value, (tuple, list, set, frozenset)):
        return type(value)(_plain(each) for each in value)
    if isinstance(value, dict):
        return type(value)((_plain(key), _plain(each)) for key, each in value.items())
    if isinstance(value, (_DType, type)) or callable(value):
        raise pickle.UnpicklingError(f"wanted arrays, numbers and text, got {type(value).__name__}")
    return value


def _content(stand_in: _Array) -> np.ndarray:
    if stand_in.array is None:
        raise pickle.UnpicklingError("an array has no content")
    items, stand_in.items = stand_in.items, None
    if items is not None:
        flat = stand_in.array.reshape(-1)
        for place, item in enumerate(items):
            flat[place] = _plain(item)
    return stand_in.array


def load(file: BinaryIO | bytes, where: str, objects: bool = False, encoding: str = "bytes") -> Any:
    """Reads a pickle of arrays, numbers and text in tuples, lists and dicts.

    Args:
        file: an open binary file, or the bytes.
        where: name of the file, for the message.
        objects: whether arrays of text and of objects of these kinds, sets, ordered dicts and deques are
            admitted too.
        encoding: of the byte strings of Python 2; they come back as `bytes` if it is ``"bytes"``.

    Returns:
        What was pickled.

    Raises:
        ValueError: if the pickle is damaged or refers to anything else; nothing of it has been run then.
    """
    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    unpickler = _ObjectUnpickler if objects else _ArrayUnpickler
    try:
        return _plain(unpickler(stream, encoding=encoding).load())
    except Exception as error:
        raise ValueError(
            f"{where}: wanted a pickle of numpy arrays, but {error or type(error).__name__}. "
            "It was not loaded; remove the file if you do not know where it comes from."
        ) from error
