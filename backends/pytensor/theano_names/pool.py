"""Pooling over the last axes of a tensor: `theano.tensor.signal.pool` and `downsample`."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt

from ..math import as_float
from ..ops.pooling import pool
from .convolution import steps_of
from .padding import padded

MODES = ("max", "sum", "average_inc_pad", "average_exc_pad")


def _pooled(x: Any, sizes: Sequence[int], steps: Sequence[int], kind: str) -> Any:
    """The largest value or the mean of each window inside, over the last axes."""
    rank, ahead = len(sizes), x.ndim - len(sizes)
    if ahead == 1:
        return pool(x.dimshuffle(0, *range(1, x.ndim), "x"), sizes, steps, "valid", kind)[..., 0]
    if ahead == 0:
        return pool(x.dimshuffle("x", *range(x.ndim), "x"), sizes, steps, "valid", kind)[0, ..., 0]
    lead = [x.shape[axis] for axis in range(ahead)]
    folded = x
    if ahead > 2:
        folded = x.reshape((pt.mul(*lead[:-1]), *[x.shape[axis] for axis in range(ahead - 1, x.ndim)]))
    last = folded.dimshuffle(0, *range(2, 2 + rank), 1)
    result = pool(last, sizes, steps, "valid", kind)
    result = result.dimshuffle(0, rank + 1, *range(1, rank + 1))
    if ahead > 2:
        result = result.reshape((*lead, *[result.shape[axis] for axis in range(2, 2 + rank)]), ndim=x.ndim)
    return result


def _missing(length: Any, size: int, step: int) -> Any:
    """How many elements the last window lacks where windows over the border count."""
    if isinstance(length, int):
        return (places(length, size, step) - 1) * step + size - length if length else 0
    return (places(length, size, step) - 1) * step + size - length


def places(length: Any, size: int, step: int) -> Any:
    """At how many places a window stands that may go beyond the end."""
    if step >= size:
        return (length - 1) // step + 1
    count = (length - 1 - size + step) // step
    return (max(count, 0) if isinstance(count, int) else pt.maximum(count, 0)) + 1


def _pool(
    where: str, input: Any, ws: Any, ignore_border: Any, stride: Any, pad: Any, mode: str, rank: int
) -> Any:
    x = as_float(pt.as_tensor_variable(input))
    if x.ndim < rank:
        raise TypeError(f"{where}: wanted a tensor of {rank} axes or more, got {x.ndim}.")
    if mode not in MODES:
        raise ValueError(f"{where}: mode must be one of {', '.join(map(repr, MODES))}, got {mode!r}.")
    sizes = steps_of(where, "ws", ws, rank)
    steps = sizes if stride is None else steps_of(where, "stride", stride, rank)
    given = tuple(pad) if isinstance(pad, (list, tuple)) else (pad,) * rank
    around = [int(each) for each in given]
    if len(around) != rank or any(not 0 <= p < size for p, size in zip(around, sizes, strict=True)):
        raise ValueError(f"{where}: pad must be {rank} integers, each smaller than ws, got {pad!r}.")
    if not ignore_border and any(around):
        raise ValueError(f"{where}: pad works with ignore_border=True only.")
    lengths = [x.type.shape[axis] or x.shape[axis] for axis in range(x.ndim - rank, x.ndim)]
    behind = list(around)
    if not ignore_border:
        behind = [_missing(*each) for each in zip(lengths, sizes, steps, strict=True)]
    # A window that ends before the border leaves elements over: no padding then.
    behind = [max(each, 0) if isinstance(each, int) else pt.maximum(each, 0) for each in behind]
    widths = list(zip(around, behind, strict=True))
    if mode == "max":
        return _pooled(padded(x, widths, -np.inf), sizes, steps, "max")
    mean = _pooled(padded(x, widths), sizes, steps, "avg")
    window = np.asarray(np.prod(sizes), x.dtype)
    if mode == "sum":
        return mean * window
    # What counts beside the elements: zeros added around, but nothing beyond the border.
    counted = pt.ones_like(x) if mode == "average_exc_pad" or not ignore_border else None
    if counted is None or all(isinstance(each, int) and each == 0 for pair in widths for each in pair):
        return mean
    return mean / _pooled(padded(counted, widths), sizes, steps, "avg")


def pool_2d(
    input: Any, ws: Any = None, ignore_border: Any = None, stride: Any = None, pad: Any = (0, 0),
    mode: str = "max", ds: Any = None, st: Any = None, padding: Any = None,
) -> Any:  # fmt: skip
    """Pooling over the last two axes.

    Args:
        input: a tensor of two axes or more.
        ws: rows and columns of the window; `ds` is the older name.
        ignore_border: whether windows that go beyond the end are left out. Not by default.
        stride: the steps of the window, by default its size; `st` is the older name.
        pad: how many elements go around, with `ignore_border` only; `padding` is the older name.
        mode: ``'max'``, ``'sum'``, ``'average_inc_pad'`` or ``'average_exc_pad'``.
        ds: see `ws`.
        st: see `stride`.
        padding: see `pad`.
    """
    where = "theano.tensor.signal.pool.pool_2d"
    return _pool(where, input, *_renamed(where, ws, ds, ignore_border, stride, st, pad, padding), mode, 2)


def pool_3d(
    input: Any, ws: Any = None, ignore_border: Any = None, stride: Any = None, pad: Any = (0, 0, 0),
    mode: str = "max", ds: Any = None, st: Any = None, padding: Any = None,
) -> Any:  # fmt: skip
    """Pooling over the last three axes; see `pool_2d`."""
    where = "theano.tensor.signal.pool.pool_3d"
    return _pool(where, input, *_renamed(where, ws, ds, ignore_border, stride, st, pad, padding), mode, 3)


def _renamed(
    where: str, ws: Any, ds: Any, ignore_border: Any, stride: Any, st: Any, pad: Any, padding: Any
) -> tuple[Any, bool, Any, Any]:
    """The arguments under their newer names."""
    size = ds if ws is None else ws
    if size is None:
        raise ValueError(f"{where}: the size of the window (ws) is missing.")
    if ignore_border is None:
        warnings.warn(
            f"{where}: windows that go beyond the border count, as ignore_border is not given. "
            "Write ignore_border=True to leave them out, False to keep them.",
            UserWarning,
            stacklevel=3,
        )
    return size, bool(ignore_border), st if stride is None else stride, pad if padding is None else padding


def max_pool_2d(
    input: Any, ds: Any, ignore_border: Any = False, st: Any = None, padding: Any = (0, 0), mode: str = "max"
) -> Any:
    """`pool_2d` under its name of before 2016."""
    return pool_2d(input, ds, bool(ignore_border), st, padding, mode)


def max_pool_2d_same_size(input: Any, patch_size: Any) -> Any:
    """The tensor with zeros everywhere but where a patch has its largest value."""
    x = as_float(pt.as_tensor_variable(input))
    largest = pool_2d(x, patch_size, True)
    return pt.grad(pt.sum(largest), x) * x


NAMES: dict[str, Any] = {
    "pool_2d": pool_2d,
    "pool_3d": pool_3d,
    "max_pool_2d": max_pool_2d,
    "max_pool_2d_same_size": max_pool_2d_same_size,
}
