"""Arithmetic, reductions, comparisons and linear algebra on PyTensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.scalar as ps
import pytensor.tensor as pt
from pytensor import sparse
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.math import Max, Min

from ... import config
from ..interface import Math
from ..interface.arguments import (
    common_dtype,
    constant_dtype,
    contracted_axes,
    dtype_name,
    is_float,
    normalize_axes,
    normalize_axis,
)
from ..interface.math import Axis
from .ops.indices import take_rows
from .sizes import reshaped, sizes_of
from .sparse import SparseTensorType


def is_sparse(x: Any) -> bool:
    """Whether `x` is a sparse tensor."""
    return isinstance(x, Variable) and isinstance(x.type, SparseTensorType)


def as_tensor(x: Any, like: str | None = None) -> Any:
    """`x` as a tensor. What is not one yet takes the dtype `like`, see `constant_dtype`."""
    if isinstance(x, Variable):
        return x
    if isinstance(x, (list, tuple)) and any(isinstance(each, Variable) for each in x):
        return pt.stack(same_dtype(x))
    return pt.constant(np.asarray(x, dtype=constant_dtype(x, like)))


def same_dtype(values: Sequence[Any]) -> list[Any]:
    """Tensors, numbers and arrays as tensors of one dtype, that of `common_dtype`."""
    present = [value.type.dtype for value in values if isinstance(value, Variable)]
    like = common_dtype(present) if present else None
    tensors = [as_tensor(value, like) for value in values]
    dtype = common_dtype([tensor.dtype for tensor in tensors])
    return [tensor if tensor.dtype == dtype else cast(tensor, dtype) for tensor in tensors]


def as_float(x: Any) -> Any:
    """`x` as a tensor of floats: integers and booleans become `floatx`."""
    tensor = as_tensor(x)
    return tensor if is_float(tensor.dtype) else cast(tensor, config.floatx())


def cast(x: Any, dtype: str) -> Any:
    """`x` as a tensor of another dtype, dense or sparse."""
    if x.dtype == dtype:
        return x
    if is_sparse(x):
        return x.astype(dtype)
    return pt.neq(x, 0) if dtype == "bool" else pt.cast(x, dtype)


def product(sizes: Sequence[Any]) -> Any:
    """The product of sizes, an integer where all are."""
    result: Any = 1
    for size in sizes:
        result = size if isinstance(result, int) and result == 1 else result * size
    return result


class _PositivePart(ps.Maximum):
    """max(x, y) for a constant y: the derivative is 1 where x is larger and 0 elsewhere, at a tie too."""

    def pullback(self, inputs: Any, outputs: Any, gout: Any) -> list[Any]:
        (_, y), (gradient,) = inputs, gout
        return [ps.gt(outputs[0], y) * gradient, y.zeros_like(dtype=gradient.dtype)]


class _RootOfPositive(ps.Sqrt):
    """The square root of a number that is not negative; the derivative at 0 is taken as 0, not infinite."""

    def pullback(self, inputs: Any, outputs: Any, gout: Any) -> list[Any]:
        (root,), (gradient,) = outputs, gout
        half = ps.constant(0.5, dtype=gradient.dtype)
        zero = ps.constant(0, dtype=gradient.dtype)
        return [ps.switch(ps.gt(root, zero), half * gradient / root, zero)]


def _share_among_ties(op: Any, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
    """The derivative of a largest or smallest element: equal ones share it, as on TensorFlow."""
    (x,), (best,), (gradient,) = inputs, outputs, output_grads
    axes = tuple(range(x.ndim)) if op.axis is None else tuple(op.axis)
    chosen = pt.cast(pt.eq(pt.expand_dims(best, axes), x), gradient.dtype)
    return [chosen * pt.expand_dims(gradient / chosen.sum(axis=axes), axes)]


class _Largest(Max):
    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return _share_among_ties(self, inputs, outputs, output_grads)


class _Smallest(Min):
    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return _share_among_ties(self, inputs, outputs, output_grads)


_positive_part = Elemwise(_PositivePart(ps.upcast_out, name="positive_part"))
_root = Elemwise(_RootOfPositive(ps.upgrade_to_float, name="root"))


def positive_part(x: Any) -> Any:
    """max(x, 0), with the derivative 0 at 0."""
    return _positive_part(x, np.asarray(0, x.dtype))


class PTMath(Math):
    def dot(self, x: Any, y: Any) -> Any:
        x, y = same_dtype([x, y])
        if is_sparse(x) or is_sparse(y):
            return self._sparse_dot(x, y)
        if x.ndim and y.ndim:
            inner = x.type.shape[-1], y.type.shape[max(y.ndim - 2, 0)]
            if None not in inner and inner[0] != inner[1]:
                raise ValueError(
                    "dot: the last axis of x and the last but one of y must have one size, got the shapes "
                    f"{x.type.shape} and {y.type.shape}."
                )
        return pt.dot(x, y)

    def batch_dot(self, x: Any, y: Any, axes: int | Sequence[int] | None = None) -> Any:
        x, y = same_dtype([x, y])
        x_axis, y_axis = contracted_axes(x.type.shape, y.type.shape, axes)
        if x.ndim == y.ndim == 2:
            return self._matrix_dot(x, y, (x_axis, y_axis))
        x_rest = [axis for axis in range(1, x.ndim) if axis != x_axis]
        y_rest = [axis for axis in range(1, y.ndim) if axis != y_axis]
        x_sizes, y_sizes = sizes_of(x), sizes_of(y)
        rest = [x_sizes[axis] for axis in x_rest], [y_sizes[axis] for axis in y_rest]
        rows = x.dimshuffle(0, *x_rest, x_axis)
        columns = y.dimshuffle(0, y_axis, *y_rest)
        if len(x_rest) != 1:
            rows = reshaped(rows, (x_sizes[0], product(rest[0]), x_sizes[x_axis]))
        if len(y_rest) != 1:
            columns = reshaped(columns, (y_sizes[0], y_sizes[y_axis], product(rest[1])))
        result = pt.matmul(rows, columns)
        if len(x_rest) != 1 or len(y_rest) != 1:
            samples = y_sizes[0] if isinstance(y_sizes[0], int) else x_sizes[0]
            result = reshaped(result, (samples, *rest[0], *rest[1]))
        return result

    def transpose(self, x: Any) -> Any:
        return as_tensor(x).T

    def gather(self, reference: Any, indices: Any) -> Any:
        reference, indices = as_tensor(reference), as_tensor(indices)
        if not indices.dtype.startswith(("int", "uint")):
            indices = pt.cast(indices, "int32")
        flat = pt.constant(np.ravel(indices.data)) if isinstance(indices, Constant) else indices.flatten()
        rows = take_rows(reference, flat)
        return rows if indices.ndim == 1 else reshaped(rows, [*sizes_of(indices), *sizes_of(reference)[1:]])

    def max(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self._extremum(_Largest, pt.any, "max", x, axis, keepdims)

    def min(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self._extremum(_Smallest, pt.all, "min", x, axis, keepdims)

    def sum(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = self._numbers(x)
        return pt.sum(x, axis=normalize_axes("sum", axis, x.ndim), dtype=x.dtype, keepdims=keepdims)

    def prod(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = self._numbers(x)
        return pt.prod(x, axis=normalize_axes("prod", axis, x.ndim), dtype=x.dtype, keepdims=keepdims)

    def mean(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = as_float(self.to_dense(x))
        axes = normalize_axes("mean", axis, x.ndim)
        total = pt.sum(x, axis=axes, dtype=x.dtype, keepdims=keepdims)
        count = product([sizes_of(x)[axis] for axis in axes])
        return total / (np.asarray(count, x.dtype) if isinstance(count, int) else pt.cast(count, x.dtype))

    def any(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = cast(as_tensor(x), "bool")
        return pt.any(x, axis=normalize_axes("any", axis, x.ndim), keepdims=keepdims)

    def all(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = cast(as_tensor(x), "bool")
        return pt.all(x, axis=normalize_axes("all", axis, x.ndim), keepdims=keepdims)

    def argmax(self, x: Any, axis: int = -1) -> Any:
        x = self._ordered(x)
        return pt.cast(pt.argmax(x, axis=normalize_axis("argmax", axis, x.ndim)), "int64")

    def argmin(self, x: Any, axis: int = -1) -> Any:
        x = self._ordered(x)
        return pt.cast(pt.argmin(x, axis=normalize_axis("argmin", axis, x.ndim)), "int64")

    def square(self, x: Any) -> Any:
        return pt.sqr(as_tensor(x))

    def abs(self, x: Any) -> Any:
        return pt.abs(as_tensor(x))

    def sqrt(self, x: Any) -> Any:
        x = as_float(x)
        return _root(pt.maximum(x, np.asarray(0, x.dtype)))

    def exp(self, x: Any) -> Any:
        return pt.exp(as_float(x))

    def log(self, x: Any) -> Any:
        return pt.log(as_float(x))

    def round(self, x: Any) -> Any:
        x = as_tensor(x)
        return pt.round(x, mode="half_to_even") if is_float(x.dtype) else x

    def sign(self, x: Any) -> Any:
        return pt.sign(as_tensor(x))

    def pow(self, x: Any, a: Any) -> Any:
        x, a = same_dtype([x, a])
        return pt.pow(x, a)

    def clip(self, x: Any, min_value: Any, max_value: Any) -> Any:
        x = as_tensor(x)
        low = None if min_value is None else cast(as_tensor(min_value, x.dtype), x.dtype)
        high = None if max_value is None else cast(as_tensor(max_value, x.dtype), x.dtype)
        if low is not None and high is not None:
            if not (isinstance(low, Constant) and isinstance(high, Constant)):
                high = pt.maximum(high, low)
            elif np.any(high.data < low.data):
                high = pt.constant(np.maximum(high.data, low.data))
        if low is not None and high is not None:
            return pt.clip(x, low, high)
        x = x if low is None else pt.maximum(x, low)
        return x if high is None else pt.minimum(x, high)

    def sin(self, x: Any) -> Any:
        return pt.sin(as_float(x))

    def cos(self, x: Any) -> Any:
        return pt.cos(as_float(x))

    def equal(self, x: Any, y: Any) -> Any:
        return pt.eq(*same_dtype([x, y]))

    def not_equal(self, x: Any, y: Any) -> Any:
        return pt.neq(*same_dtype([x, y]))

    def greater(self, x: Any, y: Any) -> Any:
        return pt.gt(*same_dtype([x, y]))

    def greater_equal(self, x: Any, y: Any) -> Any:
        return pt.ge(*same_dtype([x, y]))

    def lesser(self, x: Any, y: Any) -> Any:
        return pt.lt(*same_dtype([x, y]))

    def lesser_equal(self, x: Any, y: Any) -> Any:
        return pt.le(*same_dtype([x, y]))

    def maximum(self, x: Any, y: Any) -> Any:
        return pt.maximum(*same_dtype([x, y]))

    def minimum(self, x: Any, y: Any) -> Any:
        return pt.minimum(*same_dtype([x, y]))

    def cast(self, x: Any, dtype: str) -> Any:
        return cast(as_tensor(x), dtype_name(dtype))

    def _numbers(self, x: Any) -> Any:
        """A dense tensor to add up: booleans become `floatx`."""
        x = as_tensor(self.to_dense(x))
        return cast(x, config.floatx()) if x.dtype == "bool" else x

    @staticmethod
    def _ordered(x: Any) -> Any:
        x = as_tensor(x)
        return pt.cast(x, "int8") if x.dtype == "bool" else x

    @staticmethod
    def _extremum(op: Any, of_bools: Any, where: str, x: Any, axis: Axis, keepdims: bool) -> Any:
        x = as_tensor(x)
        axes = tuple(normalize_axes(where, axis, x.ndim))
        if x.dtype == "bool":
            return of_bools(x, axis=axes, keepdims=keepdims)
        if not axes:
            return x
        result = op(axis=axes)(x)
        return pt.expand_dims(result, axes) if keepdims else result

    @staticmethod
    def _sparse_dot(x: Any, y: Any) -> Any:
        if x.ndim != 2 or y.ndim != 2:
            raise ValueError(f"dot: a sparse factor wants two axes on both sides, got {x.ndim} and {y.ndim}.")
        return sparse.structured_dot(x, y) if is_sparse(x) != is_sparse(y) else sparse.true_dot(x, y)
