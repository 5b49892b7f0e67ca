"""Arithmetic, reductions, comparisons and linear algebra."""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

Axis = int | Sequence[int] | None


def _axes(axis: Axis, rank: int) -> tuple[int, ...]:
    """The axes to reduce, counted from the front."""
    if axis is None:
        return tuple(range(rank))
    several = [axis] if isinstance(axis, (int, np.integer)) else axis
    return tuple(sorted({int(each) % rank for each in several}))


def _floats(x: np.ndarray) -> np.ndarray:
    return x if x.dtype.kind == "f" else x.astype("float64")


def _reduce(operation: Any, x: np.ndarray, axis: Axis, keepdims: bool) -> np.ndarray:
    return np.asarray(operation.reduce(x, axis=_axes(axis, x.ndim), dtype=x.dtype, keepdims=keepdims))


def _sum(x: np.ndarray, axis: Axis, keepdims: bool) -> np.ndarray:
    return _reduce(np.add, x, axis, keepdims)


def _count(x: np.ndarray, axis: Axis) -> int:
    return int(np.prod([x.shape[each] for each in _axes(axis, x.ndim)], dtype=np.int64))


def dot(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if y.ndim == 1:
        return np.tensordot(x, y, axes=(x.ndim - 1, 0))
    return np.tensordot(x, y, axes=(x.ndim - 1, y.ndim - 2))


def batch_dot(x: np.ndarray, y: np.ndarray, axes: int | Sequence[int] | None = None) -> np.ndarray:
    if axes is None:
        axes = (x.ndim - 1, builtins.max(y.ndim - 2, 1))
    first, second = (axes, axes) if isinstance(axes, int) else axes
    samples = [
        np.tensordot(a, b, axes=(first % x.ndim - 1, second % y.ndim - 1)) for a, b in zip(x, y, strict=True)
    ]
    result = np.array(samples)
    return result[:, np.newaxis] if result.ndim == 1 else result


def transpose(x: np.ndarray) -> np.ndarray:
    return x.transpose(tuple(reversed(range(x.ndim))))


def gather(reference: np.ndarray, indices: np.ndarray) -> np.ndarray:
    result = np.empty(indices.shape + reference.shape[1:], reference.dtype)
    for place in np.ndindex(indices.shape):
        result[place] = reference[int(indices[place])]
    return result


def max(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return np.asarray(np.amax(x, axis=_axes(axis, x.ndim), keepdims=keepdims))


def min(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return np.asarray(np.amin(x, axis=_axes(axis, x.ndim), keepdims=keepdims))


def sum(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return _sum(_floats(x) if x.dtype.kind == "b" else x, axis, keepdims)


def prod(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    x = _floats(x) if x.dtype.kind == "b" else x
    return _reduce(np.multiply, x, axis, keepdims)


def mean(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return _sum(_floats(x), axis, keepdims) / _count(x, axis)


def var(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    deviation = _floats(x) - mean(x, axis, keepdims=True)
    return _sum(deviation * deviation, axis, keepdims) / _count(x, axis)


def std(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return np.sqrt(var(x, axis, keepdims))


def any(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return _reduce(np.logical_or, x != 0, axis, keepdims)


def all(x: np.ndarray, axis: Axis = None, keepdims: bool = False) -> np.ndarray:
    return _reduce(np.logical_and, x != 0, axis, keepdims)


def _first(x: np.ndarray, axis: int, better: Any) -> np.ndarray:
    """The index of the first element along `axis` that none after it beats."""
    x = np.moveaxis(x, axis, -1)
    result = np.zeros(x.shape[:-1], "int64")
    for place in np.ndindex(result.shape):
        for index, element in enumerate(x[place]):
            if better(element, x[place][result[place]]):
                result[place] = index
    return result


def argmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return _first(x, axis, lambda new, old: new > old)


def argmin(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return _first(x, axis, lambda new, old: new < old)


def square(x: np.ndarray) -> np.ndarray:
    return x * x


def abs(x: np.ndarray) -> np.ndarray:
    return np.where(x < 0, -x, x)


def sqrt(x: np.ndarray) -> np.ndarray:
    return np.sqrt(np.where(x < 0, 0, x))


def exp(x: np.ndarray) -> np.ndarray:
    return np.exp(x)


def log(x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


def round(x: np.ndarray) -> np.ndarray:
    result = np.array(x)
    for place in np.ndindex(x.shape):
        if np.isfinite(x[place]):
            result[place] = builtins.round(x[place].item())  # Python too rounds halves to the even one
    return result


def sign(x: np.ndarray) -> np.ndarray:
    return ((x > 0).astype(x.dtype) - (x < 0).astype(x.dtype)).astype(x.dtype)


def pow(x: np.ndarray, a: Any) -> np.ndarray:
    return np.asarray(np.power(x, a))


def clip(x: np.ndarray, min_value: Any, max_value: Any) -> np.ndarray:
    low = -np.inf if min_value is None else min_value
    high = np.inf if max_value is None else np.where(np.less(max_value, low), low, max_value)
    return np.where(x < low, low, np.where(x > high, high, x)).astype(x.dtype)


def sin(x: np.ndarray) -> np.ndarray:
    return np.sin(x)


def cos(x: np.ndarray) -> np.ndarray:
    return np.cos(x)


def equal(x: Any, y: Any) -> np.ndarray:
    return np.asarray(x == y)


def not_equal(x: Any, y: Any) -> np.ndarray:
    return np.asarray(x != y)


def greater(x: Any, y: Any) -> np.ndarray:
    return np.asarray(x > y)


def greater_equal(x: Any, y: Any) -> np.ndarray:
    return np.asarray(x >= y)


def lesser(x: Any, y: Any) -> np.ndarray:
    return np.asarray(x < y)


def lesser_equal(x: Any, y: Any) -> np.ndarray:
    return np.asarray(x <= y)


def maximum(x: Any, y: Any) -> np.ndarray:
    x, y = np.broadcast_arrays(x, y)
    return np.where(x > y, x, y)


def minimum(x: Any, y: Any) -> np.ndarray:
    x, y = np.broadcast_arrays(x, y)
    return np.where(x < y, x, y)


def cast(x: np.ndarray, dtype: str) -> np.ndarray:
    if dtype == "bool":
        return x != 0
    result = np.zeros(x.shape, dtype)
    for place in itertools.product(*map(range, x.shape)):
        # Towards zero, as C does it.
        result[place] = x[place] if dtype.startswith("float") else int(x[place])
    return result
