"""Arithmetic, reductions, comparisons and linear algebra on TensorFlow."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

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
from .graph import in_graph
from .indices import checked_indices


def is_sparse(x: Any) -> bool:
    """Whether `x` is a sparse tensor."""
    return isinstance(x, tf.SparseTensor)


def dtype_of(x: Any) -> str:
    """The dtype of a tensor or variable as a string."""
    return str(x.dtype.base_dtype.name)


def as_tensor(x: Any, like: str | None = None) -> Any:
    """`x` as a tensor. What is not one yet takes the dtype `like`, see `constant_dtype`."""
    if is_sparse(x):
        return x
    if _is_tensor(x):
        return tf.convert_to_tensor(x)
    if isinstance(x, (list, tuple)) and any(_is_tensor(each) for each in x):
        return tf.stack(same_dtype(x))
    return tf.constant(np.asarray(x, dtype=constant_dtype(x, like)))


def same_dtype(values: Sequence[Any]) -> list[Any]:
    """Tensors, numbers and arrays as tensors of one dtype, that of `common_dtype`."""
    present = [dtype_of(value) for value in values if _is_tensor(value)]
    like = common_dtype(present) if present else None
    tensors = [as_tensor(value, like) for value in values]
    dtype = common_dtype([dtype_of(tensor) for tensor in tensors])
    return [cast(tensor, dtype) for tensor in tensors]


def as_float(x: Any) -> Any:
    """`x` as a tensor of floats: integers and booleans become `floatx`."""
    tensor = as_tensor(x)
    return tensor if is_float(dtype_of(tensor)) else tf.cast(tensor, config.floatx())


def cast(x: Any, dtype: str) -> Any:
    """`x` as a tensor of another dtype, dense or sparse."""
    return x if dtype_of(x) == dtype else tf.cast(x, dtype)


def rank_of(where: str, x: Any) -> int:
    """The number of axes of `x`.

    Raises:
        ValueError: if it is not known.
    """
    rank = x.shape.rank
    if rank is None:
        raise ValueError(f"{where}: the number of axes of {x.name} must be known; set it by K.reshape.")
    return int(rank)


def sizes_of(x: Any) -> list[Any]:
    """The shape of `x`: integers where it is known, else symbolic ones."""
    known = x.shape.as_list()
    if None not in known:
        return known
    dynamic = tf.shape(x)
    return [dynamic[axis] if size is None else size for axis, size in enumerate(known)]


def constant_value(x: Any) -> Any:
    """The value of a number, an array or a constant tensor, None if it is not known."""
    return tf.get_static_value(x) if _is_tensor(x) else np.asarray(x)


def _is_tensor(x: Any) -> bool:
    return isinstance(x, tf.Variable) or tf.is_tensor(x)


@tf.RegisterGradient("PolykerasRootOfPositive")
def _root_gradient(operation: Any, gradient: Any) -> Any:
    """The derivative of the square root, taken as 0 at 0, where it is infinite."""
    root = operation.outputs[0]
    return tf.where(root > 0, 0.5 * gradient / root, tf.zeros_like(root))


class TFMath(Math):
    @in_graph
    def dot(self, x: Any, y: Any) -> Any:
        x, y = same_dtype([x, y])
        if is_sparse(x) or is_sparse(y):
            return self._sparse_dot(x, y)
        ranks = rank_of("dot", x), rank_of("dot", y)
        if 0 in ranks:
            return x * y
        axis = max(ranks[1] - 2, 0)
        inner = x.shape[-1], y.shape[axis]
        if None not in inner and inner[0] != inner[1]:
            raise ValueError(
                "dot: the last axis of x and the last but one of y must have one size, got the shapes "
                f"{tuple(x.shape)} and {tuple(y.shape)}."
            )
        return tf.matmul(x, y) if ranks == (2, 2) else tf.tensordot(x, y, [[ranks[0] - 1], [axis]])

    @in_graph
    def batch_dot(self, x: Any, y: Any, axes: int | Sequence[int] | None = None) -> Any:
        x, y = same_dtype([x, y])
        ranks = rank_of("batch_dot", x), rank_of("batch_dot", y)
        x_axis, y_axis = contracted_axes(x.shape.as_list(), y.shape.as_list(), axes)
        if ranks == (2, 2):
            return self._matrix_dot(x, y, (x_axis, y_axis))
        if ranks == (3, 3):
            return tf.matmul(x, y, transpose_a=x_axis == 1, transpose_b=y_axis == 2)
        letters = iter(string.ascii_letters)
        samples, inner = next(letters), next(letters)
        x_names = [samples, *(inner if axis == x_axis else next(letters) for axis in range(1, ranks[0]))]
        y_names = [samples, *(inner if axis == y_axis else next(letters) for axis in range(1, ranks[1]))]
        left = [name for name in x_names + y_names[1:] if name != inner]
        return tf.einsum(f"{''.join(x_names)},{''.join(y_names)}->{''.join(left)}", x, y)

    @in_graph
    def transpose(self, x: Any) -> Any:
        return tf.sparse.transpose(x) if is_sparse(x) else tf.transpose(as_tensor(x))

    @in_graph
    def gather(self, reference: Any, indices: Any) -> Any:
        reference, indices = as_tensor(reference), as_tensor(indices)
        if dtype_of(indices) not in ("int32", "int64"):
            indices = tf.cast(indices, "int32")
        return tf.gather(reference, checked_indices(indices, reference))

    @in_graph
    def max(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = as_tensor(x)
        reduce = tf.reduce_any if x.dtype == tf.bool else tf.reduce_max
        return reduce(x, axis=self._axes("max", x, axis), keepdims=keepdims)

    @in_graph
    def min(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = as_tensor(x)
        reduce = tf.reduce_all if x.dtype == tf.bool else tf.reduce_min
        return reduce(x, axis=self._axes("min", x, axis), keepdims=keepdims)

    @in_graph
    def sum(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = self._numbers(x)
        return tf.reduce_sum(x, axis=self._axes("sum", x, axis), keepdims=keepdims)

    @in_graph
    def prod(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = self._numbers(x)
        return tf.reduce_prod(x, axis=self._axes("prod", x, axis), keepdims=keepdims)

    @in_graph
    def mean(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = as_float(self.to_dense(x))
        return tf.reduce_mean(x, axis=self._axes("mean", x, axis), keepdims=keepdims)

    @in_graph
    def any(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = cast(as_tensor(x), "bool")
        return tf.reduce_any(x, axis=self._axes("any", x, axis), keepdims=keepdims)

    @in_graph
    def all(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        x = cast(as_tensor(x), "bool")
        return tf.reduce_all(x, axis=self._axes("all", x, axis), keepdims=keepdims)

    @in_graph
    def argmax(self, x: Any, axis: int = -1) -> Any:
        x = self._ordered(x)
        return tf.argmax(x, axis=normalize_axis("argmax", axis, rank_of("argmax", x)), output_type=tf.int64)

    @in_graph
    def argmin(self, x: Any, axis: int = -1) -> Any:
        x = self._ordered(x)
        return tf.argmin(x, axis=normalize_axis("argmin", axis, rank_of("argmin", x)), output_type=tf.int64)

    @in_graph
    def square(self, x: Any) -> Any:
        return tf.square(as_tensor(x))

    @in_graph
    def abs(self, x: Any) -> Any:
        return tf.abs(as_tensor(x))

    @in_graph
    def sqrt(self, x: Any) -> Any:
        x = as_float(x)
        positive = tf.maximum(x, tf.constant(0, x.dtype))
        graph = tf.compat.v1.get_default_graph()
        with graph.gradient_override_map({"Sqrt": "PolykerasRootOfPositive"}):
            return tf.sqrt(positive)

    @in_graph
    def exp(self, x: Any) -> Any:
        return tf.exp(as_float(x))

    @in_graph
    def log(self, x: Any) -> Any:
        return tf.math.log(as_float(x))

    @in_graph
    def round(self, x: Any) -> Any:
        return tf.round(as_tensor(x))

    @in_graph
    def sign(self, x: Any) -> Any:
        return tf.sign(as_tensor(x))

    @in_graph
    def pow(self, x: Any, a: Any) -> Any:
        x, a = same_dtype([x, a])
        return tf.pow(x, a)

    @in_graph
    def clip(self, x: Any, min_value: Any, max_value: Any) -> Any:
        x = as_tensor(x)
        dtype = dtype_of(x)
        low = None if min_value is None else cast(as_tensor(min_value, dtype), dtype)
        high = None if max_value is None else cast(as_tensor(max_value, dtype), dtype)
        if low is None or high is None:
            x = x if low is None else tf.maximum(x, low)
            return x if high is None else tf.minimum(x, high)
        both = constant_value(low), constant_value(high)
        if any(bound is None for bound in both):
            high = tf.maximum(high, low)
        elif np.any(both[1] < both[0]):
            high = tf.constant(np.maximum(both[1], both[0]))
        if low.shape.rank == high.shape.rank == 0:
            return tf.clip_by_value(x, low, high)
        return tf.minimum(tf.maximum(x, low), high)

    @in_graph
    def sin(self, x: Any) -> Any:
        return tf.sin(as_float(x))

    @in_graph
    def cos(self, x: Any) -> Any:
        return tf.cos(as_float(x))

    @in_graph
    def equal(self, x: Any, y: Any) -> Any:
        return tf.equal(*same_dtype([x, y]))

    @in_graph
    def not_equal(self, x: Any, y: Any) -> Any:
        return tf.not_equal(*same_dtype([x, y]))

    @in_graph
    def greater(self, x: Any, y: Any) -> Any:
        return tf.greater(*self._comparable(x, y))

    @in_graph
    def greater_equal(self, x: Any, y: Any) -> Any:
        return tf.greater_equal(*self._comparable(x, y))

    @in_graph
    def lesser(self, x: Any, y: Any) -> Any:
        return tf.less(*self._comparable(x, y))

    @in_graph
    def lesser_equal(self, x: Any, y: Any) -> Any:
        return tf.less_equal(*self._comparable(x, y))

    @in_graph
    def maximum(self, x: Any, y: Any) -> Any:
        return tf.maximum(*same_dtype([x, y]))

    @in_graph
    def minimum(self, x: Any, y: Any) -> Any:
        return tf.minimum(*same_dtype([x, y]))

    @in_graph
    def cast(self, x: Any, dtype: str) -> Any:
        return cast(as_tensor(x), dtype_name(dtype))

    def _numbers(self, x: Any) -> Any:
        """A dense tensor to add up: booleans become `floatx`."""
        x = as_tensor(self.to_dense(x))
        return tf.cast(x, config.floatx()) if x.dtype == tf.bool else x

    @staticmethod
    def _ordered(x: Any) -> Any:
        x = as_tensor(x)
        return tf.cast(x, tf.int8) if x.dtype == tf.bool else x

    def _comparable(self, x: Any, y: Any) -> list[Any]:
        return [self._ordered(each) for each in same_dtype([x, y])]

    @staticmethod
    def _axes(where: str, x: Any, axis: Axis) -> list[int] | None:
        if axis is None and x.shape.rank is None:
            return None
        return normalize_axes(where, axis, rank_of(where, x))

    @staticmethod
    def _sparse_dot(x: Any, y: Any) -> Any:
        if x.shape.rank != 2 or y.shape.rank != 2:
            raise ValueError(
                f"dot: a sparse factor wants two axes on both sides, got {x.shape.rank} and {y.shape.rank}."
            )
        if is_sparse(x):
            return tf.sparse.sparse_dense_matmul(x, tf.sparse.to_dense(y) if is_sparse(y) else y)
        return tf.transpose(tf.sparse.sparse_dense_matmul(tf.sparse.transpose(y), tf.transpose(x)))
