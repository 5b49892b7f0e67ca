"""Names of `theano.tensor` that PyTensor has renamed or dropped, or whose arguments have changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.tensor.sharedvar import TensorSharedVariable
from pytensor.tensor.type import TensorType

from .top import shared

_INTS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
_FLOATS = ("float16", "float32", "float64")
_COMPLEX = ("complex64", "complex128")


class _TypeMeta(type):
    """Takes PyTensor's types for instances."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, TensorType)

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return issubclass(subclass, TensorType)


class TheanoTensorType(metaclass=_TypeMeta):
    """``TensorType(dtype, broadcastable)``: a dtype, and for each axis whether it has the size 1."""

    def __new__(
        cls, dtype: Any, broadcastable: Any = None, name: str | None = None, sparse_grad: bool = False
    ) -> Any:
        """PyTensor's type."""
        return TensorType(dtype, tuple(1 if each else None for each in (broadcastable or ())), name)


def tensor(*arguments: Any, **options: Any) -> Any:
    """A variable of the type ``TensorType(dtype, broadcastable)``, with a name."""
    name = options.pop("name", None)
    return TheanoTensorType(*arguments, **options)(name)


def _maker(pattern: Sequence[bool], title: str) -> Callable[..., Any]:
    def make(name: str | None = None, dtype: Any = None) -> Any:
        return TheanoTensorType(dtype or pytensor.config.floatX, pattern)(name)

    make.__name__ = make.__qualname__ = title
    make.__doc__ = f"A variable with {len(pattern)} axes; its dtype is `theano.config.floatX` by default."
    return make


def _several(make: Callable[..., Any], title: str) -> Callable[..., Any]:
    def several(*names: Any) -> Any:
        """Several variables: a name for each, or their number."""
        if len(names) == 1 and isinstance(names[0], int):
            names = (None,) * names[0]
        made = [make(name) for name in names]
        return made[0] if len(made) == 1 else made

    several.__name__ = several.__qualname__ = title
    return several


_PATTERNS: dict[str, tuple[bool, ...]] = {
    "scalar": (),
    "vector": (False,),
    "matrix": (False, False),
    "row": (True, False),
    "col": (False, True),
    **{f"tensor{rank}": (False,) * rank for rank in range(3, 8)},
}
_MAKERS = {name: _maker(pattern, name) for name, pattern in _PATTERNS.items()}
_PLURALS = {"matrix": "matrices"}
_MANY = {
    _PLURALS.get(name, f"{name}s"): _several(make, _PLURALS.get(name, f"{name}s"))
    for name, make in _MAKERS.items()
}


def stack(*tensors: Any, **options: Any) -> Any:
    """Tensors along a new axis: ``stack(a, b, c)``, or ``stack([a, b, c], axis=0)``."""
    axis = options.pop("axis", 0)
    if "tensors" in options:
        tensors = (options.pop("tensors"), *tensors)
    if options:
        raise TypeError(f"theano.tensor.stack: unknown arguments {sorted(options)}.")
    if tensors and isinstance(tensors[0], (list, tuple)):
        if len(tensors) > 2:
            raise TypeError("theano.tensor.stack: wanted a list of tensors and an axis.")
        return pt.stack(list(tensors[0]), axis=tensors[1] if len(tensors) == 2 else axis)
    return pt.stack(list(tensors), axis=axis)


def concatenate(tensor_list: Any, axis: Any = 0) -> Any:
    """Tensors one behind the other along an axis."""
    return pt.concatenate(tensor_list, axis=axis)


def mean(
    input: Any, axis: Any = None, dtype: Any = None, op: Any = False, keepdims: bool = False,
    acc_dtype: Any = None,
) -> Any:  # fmt: skip
    """The mean along axes; `op` has no effect."""
    return pt.mean(input, axis=_axes(axis), dtype=dtype, keepdims=keepdims, acc_dtype=acc_dtype)


def _axes(axis: Any) -> Any:
    """Axes as PyTensor takes them: an int, a list of ints or None."""
    if isinstance(axis, (list, tuple, range)):
        return [int(each) for each in axis]
    return axis if axis is None else int(axis)


def split(x: Any, splits_size: Any, n_splits: Any, axis: Any = 0) -> Any:
    """The parts of a tensor along an axis, of the given sizes."""
    return pt.split(x, splits_size, n_splits=n_splits, axis=axis)


def batched_dot(a: Any, b: Any) -> Any:
    """For each element of the first axis the product of what the two tensors hold there."""
    a, b = pt.as_tensor_variable(a), pt.as_tensor_variable(b)
    if not a.ndim or not b.ndim:
        raise TypeError("theano.tensor.batched_dot: the tensors need a batch axis, got one without axes.")
    if a.ndim == 1 or b.ndim == 1:
        longest = max(a.ndim, b.ndim)
        return pt.mul(
            *(each.dimshuffle(*range(each.ndim), *["x"] * (longest - each.ndim)) for each in (a, b))
        )
    return batched_tensordot(a, b, [[a.ndim - 1], [max(1, b.ndim - 2)]])


def batched_tensordot(x: Any, y: Any, axes: Any = 2) -> Any:
    """`tensordot` of what two tensors hold for each element of their first axis.

    Args:
        x: a tensor with a batch axis.
        y: likewise.
        axes: how many axes are summed over: the last of `x` and the first behind the batch axis of `y`; or
            the axes of each as two lists.
    """
    x, y = pt.as_tensor_variable(x), pt.as_tensor_variable(y)
    if isinstance(axes, (int, np.integer)):
        of_x, of_y = list(range(x.ndim - int(axes), x.ndim)), list(range(1, int(axes) + 1))
    else:
        of_x, of_y = ([int(each) for each in np.atleast_1d(side)] for side in axes)
    of_x, of_y = [each % x.ndim for each in of_x], [each % y.ndim for each in of_y]
    if len(of_x) != len(of_y) or 0 in of_x or 0 in of_y:
        raise ValueError(f"theano.tensor.batched_tensordot: axes must be pairs behind 0, got {axes!r}.")
    rest_x = [axis for axis in range(1, x.ndim) if axis not in of_x]
    rest_y = [axis for axis in range(1, y.ndim) if axis not in of_y]
    rows = x.transpose(0, *rest_x, *of_x)
    columns = y.transpose(0, *of_y, *rest_y)
    if len(rest_x) != 1 or len(of_x) != 1:
        rows = rows.reshape((x.shape[0], _product(x, rest_x), _product(x, of_x)))
    if len(rest_y) != 1 or len(of_y) != 1:
        columns = columns.reshape((y.shape[0], _product(y, of_y), _product(y, rest_y)))
    result = pt.matmul(rows, columns)
    if len(rest_x) == len(rest_y) == 1:
        return result
    sizes = [x.shape[0], *[x.shape[axis] for axis in rest_x], *[y.shape[axis] for axis in rest_y]]
    return result.reshape(sizes, ndim=len(sizes))


def _product(x: Any, axes: Sequence[int]) -> Any:
    sizes = [x.shape[axis] for axis in axes]
    return pt.mul(*sizes) if len(sizes) > 1 else sizes[0] if sizes else 1


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The product of two tensors, summed over the given axes of each."""
    if isinstance(axes, (list, tuple)):
        axes = [[int(each) for each in np.atleast_1d(side)] for side in axes]
    return pt.tensordot(a, b, axes=axes)


NAMES: dict[str, Any] = {
    "TensorType": TheanoTensorType,
    "TensorSharedVariable": TensorSharedVariable,
    "shared": shared,
    "_shared": shared,
    "tensor": tensor,
    **_MAKERS,
    **_MANY,
    "stack": stack,
    "concatenate": concatenate,
    "mean": mean,
    "split": split,
    "batched_dot": batched_dot,
    "batched_tensordot": batched_tensordot,
    "tensordot": tensordot,
    "abs_": pt.abs,
    "inv": pt.reciprocal,
    "discrete_dtypes": _INTS,
    "int_dtypes": _INTS[:4],
    "uint_dtypes": _INTS[4:],
    "float_dtypes": _FLOATS,
    "complex_dtypes": _COMPLEX,
    "continuous_dtypes": (*_FLOATS, *_COMPLEX),
    "all_dtypes": (*_INTS, *_FLOATS, *_COMPLEX),
}
