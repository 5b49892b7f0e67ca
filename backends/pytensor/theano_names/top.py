"""Names of the package `theano` itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.graph.basic import Variable


def shared(
    value: Any,
    name: str | None = None,
    strict: bool = False,
    allow_downcast: bool | None = None,
    broadcastable: Sequence[bool] | None = None,
    **options: Any,
) -> Any:
    """A variable that keeps its value between calls.

    Args:
        value: an array, a number or a sparse matrix.
        name: its name.
        strict: whether `set_value` takes nothing but its type.
        allow_downcast: whether `set_value` converts arrays of a larger type.
        broadcastable: which axes have the size 1 for good.
        options: `borrow`: whether the array itself is kept; `target` has no effect.
    """
    if isinstance(value, Variable):
        raise TypeError("theano.shared: wanted a value, got an expression. Its eval() gives the value.")
    options.pop("target", None)
    if broadcastable is not None:
        options["shape"] = tuple(1 if each else None for each in broadcastable)
    return pytensor.shared(value, name=name, strict=strict, allow_downcast=allow_downcast, **options)


def as_array(a: Any, dtype: Any, order: Any = None) -> np.ndarray:
    """An array of exactly this dtype: `theano._asarray`."""
    name: Any = pytensor.config.floatX if dtype == "floatX" else dtype
    return np.asarray(a, dtype=name, order=order)


def float_array(value: Any) -> np.ndarray:
    """An array of the float type `theano.config.floatX`."""
    return np.asarray(value, dtype=pytensor.config.floatX)


def dot(l: Any, r: Any) -> Any:  # noqa: E741
    """The product of two tensors."""
    return pt.dot(l, r)


NAMES: dict[str, Any] = {
    "shared": shared,
    "_asarray": as_array,
    "floatX": float_array,
    "dot": dot,
    "version": "0.9.0",
}
