"""Sums and extremes of NumPy arrays along any axes, fast and exact enough for single precision.

NumPy is quick along the last axis only. Here sums go through products with vectors of ones, which BLAS
computes: of `BLOCK` numbers at most in single precision, the rest in double. Of extremes half of an axis is
compared with the other half until little is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

BLOCK = 512
SMALL = 8192  # numbers that NumPy reduces as quickly itself


@cache
def _ones(count: int, dtype: np.dtype) -> np.ndarray:
    return np.ones(count, dtype)


def _grouped(shape: Sequence[int], axes: Sequence[int]) -> tuple[list[int], list[bool]]:
    """The shape with neighbouring axes that share a fate taken together, and which of them are reduced."""
    sizes: list[int] = []
    reduced: list[bool] = []
    for axis, size in enumerate(shape):
        if size == 1:
            continue
        if reduced and reduced[-1] == (axis in axes):
            sizes[-1] *= size
        else:
            sizes.append(size)
            reduced.append(axis in axes)
    return sizes, reduced


def sums(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The sums of a float array along some axes, in its dtype.

    Args:
        x: an array with one or more axes.
        axes: in ascending order.
    """
    if axes == tuple(range(x.ndim - 1)):
        return _column_sums(x)
    if x.size <= SMALL or not x.flags.c_contiguous:
        if axes in ((x.ndim - 1,), tuple(range(x.ndim))):
            return np.asarray(np.add.reduce(x, axes))  # pairwise, which is as good as double precision
        return np.asarray(np.add.reduce(x, axes, np.float64).astype(x.dtype))
    sizes, reduced = _grouped(x.shape, axes)
    result = x.reshape(sizes)
    while True in reduced:
        at = len(reduced) - 1 - reduced[::-1].index(True)
        inner = int(np.prod(sizes[at + 1 :], dtype=np.int64))
        result = _middle_sums(result.reshape(-1, sizes[at], inner))
        del sizes[at], reduced[at]
    return result.reshape([size for axis, size in enumerate(x.shape) if axis not in axes])


def _column_sums(x: np.ndarray) -> np.ndarray:
    """The sums along all axes but the last."""
    columns = x.shape[-1]
    if x.ndim == 1 or not x.size:
        return np.add.reduce(x, tuple(range(x.ndim - 1)))
    rows = x.size // columns
    x = x.reshape(rows, columns)
    if rows <= BLOCK and (x.flags.c_contiguous or x.flags.f_contiguous):
        return _ones(rows, x.dtype).dot(x)
    if not x.flags.c_contiguous:
        return np.asarray(np.add.reduce(x, 0, np.float64).astype(x.dtype))
    return _middle_sums(x[None])[0]


def _middle_sums(x: np.ndarray) -> np.ndarray:
    """The sums of an array (m, n, k) along its middle axis, (m, k)."""
    outer, count, inner = x.shape
    whole = count // BLOCK
    if not whole:
        return _products(x)
    blocks = x[:, : whole * BLOCK].reshape(outer, whole, BLOCK, inner)
    total = np.add.reduce(_products(blocks), 1, np.float64)
    if count > whole * BLOCK:
        total += _products(x[:, whole * BLOCK :])
    return total.astype(x.dtype)


def _products(x: np.ndarray) -> np.ndarray:
    """The sums along the last axis but one, as products with ones."""
    if x.shape[-1] == 1:
        return np.matmul(x[..., 0], _ones(x.shape[-2], x.dtype))[..., None]
    return np.matmul(_ones(x.shape[-2], x.dtype), x)


def extremes(ufunc: np.ufunc, x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """What ``ufunc.reduce(x, axes)`` gives, the ufunc being one of those that pick one of two numbers."""
    if x.size <= SMALL or not x.flags.c_contiguous or x.ndim - 1 in axes:
        return np.asarray(ufunc.reduce(x, axes))
    sizes, reduced = _grouped(x.shape, axes)
    if reduced not in ([True, False], [False, True, False]):
        return np.asarray(ufunc.reduce(x, axes))
    result = x.reshape(-1, *sizes[-2:])
    while result.shape[1] > 8:
        half, rest = divmod(result.shape[1], 2)
        larger = ufunc(result[:, :half], result[:, half : 2 * half])
        if rest:
            ufunc(larger[:, :1], result[:, -1:], out=larger[:, :1])
        result = larger
    result = ufunc.reduce(result, 1)
    return result.reshape([size for axis, size in enumerate(x.shape) if axis not in axes])
