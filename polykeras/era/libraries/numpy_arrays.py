"""Making arrays as NumPy 1.10 to 1.13 did: ragged lists become arrays of objects, integers too large wrap."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .numpy_sizes import whole


def build(make: Callable[..., Any], value: Any, dtype: Any = None, **options: Any) -> np.ndarray:
    """Makes an array.

    Args:
        make: ``np.array`` or one of its kin.
        value: what to make it of; lists whose items differ in length become objects.
        dtype: its type; integers that do not fit in wrap around.
        options: of `make`.

    Raises:
        ValueError: if `value` is ragged and `dtype` is a type of numbers.
    """
    try:
        made: np.ndarray = make(value, dtype=dtype, **options)
    except ValueError as error:
        if dtype is not None or "inhomogeneous" not in str(error):
            raise
        return make(value, dtype=object, **options)
    except OverflowError:
        if dtype is None or np.dtype(dtype).kind not in "iu":
            raise
        return make(_wrapped(value, np.dtype(dtype)), dtype=dtype, **options)
    return made


def _wrapped(value: Any, dtype: np.dtype) -> np.ndarray:
    """Numbers as integers of a type, modulo its size. Those of more than 64 bits are an `OverflowError`."""
    wide = np.asarray(value)
    if wide.dtype == object:
        wide = np.asarray(value, dtype=np.int64)
    elif wide.dtype.kind == "f":
        wide = np.trunc(wide).astype(np.int64)
    return wide.astype(dtype)


def arrays(module: Any) -> dict[str, Any]:
    """The functions that make arrays."""

    def array(
        object: Any,
        dtype: Any = None,
        copy: Any = True,
        order: Any = "K",
        subok: bool = False,
        ndmin: int = 0,
    ) -> np.ndarray:
        """Makes an array; `copy` of False copies only if it must."""
        options = {"copy": True if copy else None, "order": order, "subok": subok, "ndmin": ndmin}
        return build(module.array, object, dtype, **options)

    def taking_ragged(name: str) -> Callable[..., Any]:
        function = getattr(module, name)

        @functools.wraps(function)
        def call(a: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> np.ndarray:
            if args:
                kwargs["order"] = args[0]
            return build(function, a, dtype, **kwargs)

        return call

    def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C") -> np.ndarray:
        """An array of one value; an integer that does not fit in wraps around."""
        value = fill_value if dtype is None else build(module.asarray, fill_value, dtype)
        made: np.ndarray = module.full(whole(shape), value, dtype, order)
        return made

    def full_like(a: Any, fill_value: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> np.ndarray:
        """An array of one value, like another; an integer that does not fit in wraps around."""
        value = build(module.asarray, fill_value, np.asarray(a).dtype if dtype is None else dtype)
        made: np.ndarray = module.full_like(a, value, dtype, *args, **kwargs)
        return made

    names = ("asanyarray", "asarray", "asarray_chkfinite", "ascontiguousarray", "asfortranarray")
    made = {name: taking_ragged(name) for name in names}
    return {**made, "array": array, "full": full, "full_like": full_like}
