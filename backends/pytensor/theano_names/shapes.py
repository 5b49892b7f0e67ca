"""Names of `theano.tensor` that concern shapes and which axes have the size 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt


def flatten(x: Any, ndim: Any = None, outdim: Any = None) -> Any:
    """A tensor of `ndim` axes (`outdim` is the older name), 1 by default; the last holds all the rest."""
    rank = 1 if ndim is None and outdim is None else int(outdim if ndim is None else ndim)
    return pt.flatten(pt.as_tensor_variable(x), ndim=rank)


def reshape(x: Any, newshape: Any, ndim: Any = None, name: str | None = None) -> Any:
    """A tensor of another shape; `ndim` says how many axes it has where that cannot be seen."""
    result = pt.reshape(x, newshape, ndim=ndim)
    result.name = name
    return result


def addbroadcast(x: Any, *axes: Any) -> Any:
    """A tensor whose given axes are known to have the size 1."""
    wanted = [int(axis) for axis in axes]
    return pt.specify_broadcastable(pt.as_tensor_variable(x), *wanted) if wanted else pt.as_tensor_variable(x)


def unbroadcast(x: Any, *axes: Any) -> Any:
    """The tensor: PyTensor finds out by itself where an axis of the size 1 meets a longer one."""
    return pt.as_tensor_variable(x)


def patternbroadcast(x: Any, broadcastable: Sequence[bool]) -> Any:
    """A tensor whose axes have the size 1 where the pattern says so."""
    x = pt.as_tensor_variable(x)
    if len(broadcastable) != x.ndim:
        raise ValueError(f"theano.tensor.patternbroadcast: wanted {x.ndim} entries, got {broadcastable!r}.")
    return addbroadcast(x, *[axis for axis, single in enumerate(broadcastable) if single])


def shape_padaxis(t: Any, axis: int) -> Any:
    """A tensor with a new axis of the size 1."""
    return pt.shape_padaxis(pt.as_tensor_variable(t), axis)


def to_one_hot(y: Any, nb_class: Any, dtype: Any = None) -> Any:
    """A matrix with a row for each number of a vector: 1 at its place, else 0."""
    y = pt.as_tensor_variable(y)
    empty = pt.zeros((y.shape[0], nb_class), dtype=dtype or pytensor.config.floatX)
    return pt.set_subtensor(empty[pt.arange(y.shape[0]), y], np.asarray(1, empty.dtype))


def tile(x: Any, reps: Any, ndim: Any = None) -> Any:
    """A tensor repeated along its axes; `ndim` says how many axes the result has at least."""
    x = pt.as_tensor_variable(x)
    if ndim is not None and ndim > x.ndim:
        x = pt.shape_padleft(x, int(ndim) - x.ndim)
    return pt.tile(x, reps)


def cpu_contiguous(x: Any) -> Any:
    """The tensor; arrays are made contiguous where that is needed."""
    return pt.as_tensor_variable(x)


NAMES: dict[str, Any] = {
    "flatten": flatten,
    "reshape": reshape,
    "addbroadcast": addbroadcast,
    "unbroadcast": unbroadcast,
    "patternbroadcast": patternbroadcast,
    "shape_padaxis": shape_padaxis,
    "to_one_hot": to_one_hot,
    "tile": tile,
    "cpu_contiguous": cpu_contiguous,
}
