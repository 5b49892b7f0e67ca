"""Checks of what K's operations are given, the same on every engine: numbers, dtypes, sizes, functions.

They know nothing of an engine: what has a ``dtype`` and is no numpy value counts as symbolic.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...errors import nearest

_COMMON_DTYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def numbers(where: str, value: Any, dtype: Any = None) -> np.ndarray:
    """`value` as an array of numbers, of the given dtype if there is one.

    Raises:
        TypeError: if it holds something else: None, text, objects, or complex numbers for a real dtype.
        ValueError: if it is a list whose rows differ in length.
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{where}: wanted a number or an array of numbers, got a list of uneven rows. Pad them."
        ) from None
    kind = array.dtype.kind
    if kind == "O" and array.ndim and all(isinstance(x, (bool, int, float, np.number)) for x in array.flat):
        array, kind = array.astype(float), "f"
    wanted = None if dtype is None else np.dtype(dtype)
    if kind not in "biufcV" or (kind == "c" and wanted is not None and wanted.kind != "c"):
        got = _shown(value) if array.ndim == 0 else f"an array of the dtype {array.dtype}"
        of = "numbers" if wanted is None else f"numbers ({wanted.name})"
        raise TypeError(f"{where}: wanted a tensor or {of}, got {got}.")
    return array if wanted is None else array.astype(wanted, copy=False)


@functools.cache
def _is_dtype(name: str) -> bool:
    try:
        return np.dtype(name).kind in "biufc"
    except TypeError:
        return name == "bfloat16"


def dtype_name(dtype: Any) -> str:
    """A dtype given as a string, a numpy type, or an engine's type that has a ``name``, as a string.

    Raises:
        ValueError: if it is no type of numbers.
    """
    try:
        name = dtype if isinstance(dtype, str) else str(getattr(dtype, "name", None) or np.dtype(dtype).name)
    except (TypeError, ValueError):
        name = ""
    if not _is_dtype(name):
        raise ValueError(
            f"A dtype must be a type of numbers such as 'float32', 'int32' or 'bool', got {_shown(dtype)}."
            f"{nearest(name, _COMMON_DTYPES)}"
        )
    return name


def whole(where: str, name: str, value: Any, least: int = 0) -> int:
    """`value` as an int.

    Raises:
        TypeError: if it is no whole number.
        ValueError: if it is below `least`.
    """
    try:
        number = int(value)
        fits = not isinstance(value, (str, bytes)) and number == value
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits:
        raise TypeError(f"{where}: {name} must be an integer, got {_shown(value)}.")
    if number < least:
        raise ValueError(f"{where}: {name} must be at least {least}, got {number}.")
    return number


def _symbolic(size: Any) -> bool:
    return hasattr(size, "dtype") and not isinstance(size, (np.generic, np.ndarray))


def checked_size(where: str, value: Any) -> Any:
    """One size of a reshape: an integer from -1, or a symbolic one as it is.

    Raises:
        TypeError: if it is no whole number.
    """
    return value if _symbolic(value) else whole(where, "each size", value, least=-1)


def count(where: str, name: str, value: Any) -> Any:
    """How often something is repeated: an integer from 0, or a symbolic one as it is.

    Raises:
        TypeError: if it is no whole number.
        ValueError: if it is negative.
    """
    return value if _symbolic(value) else whole(where, name, value)


def checked_sizes(where: str, shape: Any, least: int = 0) -> list[Any]:
    """The sizes of a shape: integers, and symbolic ones as they are.

    Raises:
        TypeError: if `shape` is no sequence, or a size is no whole number.
        ValueError: if a size is below `least`.
    """
    if isinstance(shape, (str, bytes)) or not isinstance(shape, Iterable):
        raise TypeError(
            f"{where}: the shape must be a tuple of integers such as (3, 4), got {_shown(shape)}."
        )
    return [
        size if _symbolic(size) else whole(where, f"each size of the shape {_shown(shape)}", size, least)
        for size in shape
    ]


def open_shape(where: str, shape: Any) -> tuple[int | None, ...]:
    """A placeholder's shape: a tuple of integers and None.

    Raises:
        TypeError, ValueError: if it is something else.
    """
    if isinstance(shape, (str, bytes)) or not isinstance(shape, Iterable):
        raise TypeError(
            f"{where}: shape must be a tuple of integers and None such as (None, 784), got {_shown(shape)}."
        )
    given = tuple(shape)
    return tuple(
        None if size is None else whole(where, f"each size of the shape {_shown(given)}", size)
        for size in given
    )


def function_of(where: str, name: str, function: Any) -> Any:
    """`function`, if it can be called.

    Raises:
        TypeError: if it cannot.
    """
    if not callable(function):
        raise TypeError(f"{where}: {name} must be a function, got {_shown(function)}.")
    return function


def not_an_input(index: int, value: Any, variable: bool) -> str:
    """The message for an input of a function that is neither a placeholder nor a computed tensor."""
    hint = (
        "A variable is read by itself: leave it out, or set it by K.set_value before the call."
        if variable
        else "Make one by K.placeholder or Input."
    )
    return (
        f"K.function: inputs must be placeholders or computed tensors, got "
        f"{'a variable' if variable else type(value).__name__} as input {index}: {value}. {hint}"
    )


def listed(where: str, name: str, value: Any) -> Sequence[Any]:
    """`value`, if it is a list or a tuple.

    Raises:
        TypeError: if it is not.
    """
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{where}: {name} must be a list, got {_shown(value)}. Write [...] around it.")
    return value
