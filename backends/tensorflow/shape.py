"""Operations that move elements about, on TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ... import config
from ..interface import Shape
from ..interface.arguments import dtype_name, normalize_axes, normalize_axis, static_reshape
from ..interface.checks import checked_sizes, count, listed, numbers, whole
from .graph import in_graph
from .math import as_tensor, dtype_of, is_sparse, rank_of, same_dtype, sizes_of


def size_vector(sizes: Sequence[Any]) -> Any:
    """Sizes, integers and symbolic ones mixed, as what TensorFlow takes for a shape."""
    if all(isinstance(size, (int, np.integer)) for size in sizes):
        return [int(size) for size in sizes]
    return tf.stack([tf.cast(size, tf.int32) for size in sizes])


def reshaped(x: Any, sizes: Sequence[Any]) -> Any:
    """`x` in another shape; a single symbolic size is left for TensorFlow to find."""
    numbers = [size if isinstance(size, (int, np.integer)) else -1 for size in sizes]
    if numbers.count(-1) <= 1:
        return tf.reshape(x, numbers)
    return tf.reshape(x, size_vector(sizes))


class TFShape(Shape):
    @in_graph
    def concatenate(self, tensors: Sequence[Any], axis: int = -1) -> Any:
        parts = list(listed("concatenate", "tensors", tensors))
        if not parts:
            raise ValueError("concatenate: wanted one tensor or more, got an empty list.")
        if all(is_sparse(part) for part in parts):
            return tf.sparse.concat(normalize_axis("concatenate", axis, 2), same_dtype(parts))
        parts = same_dtype([self.to_dense(part) for part in parts])
        ranks = [rank_of("concatenate", part) for part in parts]
        if len(set(ranks)) > 1:
            raise ValueError(f"concatenate: the tensors must have the same number of axes, got {ranks}.")
        return tf.concat(parts, normalize_axis("concatenate", axis, ranks[0]))

    @in_graph
    def stack(self, x: Sequence[Any]) -> Any:
        if not listed("stack", "x", x):
            raise ValueError("stack: wanted one tensor or more, got an empty list.")
        return tf.stack(same_dtype(x))

    @in_graph
    def reshape(self, x: Any, shape: Any) -> Any:
        x = as_tensor(x)
        if not isinstance(shape, (list, tuple, np.ndarray)):
            if not tf.is_tensor(shape):
                shape = (shape,)
            elif shape.shape.rank != 0:
                return tf.reshape(x, shape)
            else:
                shape = (shape,)
        known = None if x.shape.rank is None else x.shape.as_list()
        sizes, _ = static_reshape(known, list(shape))
        return tf.reshape(x, size_vector(sizes))

    @in_graph
    def permute_dimensions(self, x: Any, pattern: Sequence[int]) -> Any:
        x = as_tensor(x)
        rank = rank_of("permute_dimensions", x)
        order = [normalize_axis("permute_dimensions", axis, rank) for axis in pattern]
        if sorted(order) != list(range(rank)):
            raise ValueError(
                f"permute_dimensions: the pattern must name each of {rank} axes once, got {tuple(pattern)}."
            )
        return tf.transpose(x, order)

    @in_graph
    def expand_dims(self, x: Any, dim: int = -1) -> Any:
        x = as_tensor(x)
        return tf.expand_dims(x, normalize_axis("expand_dims", dim, rank_of("expand_dims", x) + 1))

    @in_graph
    def squeeze(self, x: Any, axis: int) -> Any:
        x = as_tensor(x)
        axis = normalize_axis("squeeze", axis, rank_of("squeeze", x))
        if x.shape[axis] not in (1, None):
            raise ValueError(
                f"squeeze: axis {axis} must have size 1, got a tensor of the shape {tuple(x.shape)}."
            )
        return tf.squeeze(x, [axis])

    @in_graph
    def repeat_elements(self, x: Any, rep: Any, axis: int) -> Any:
        x = as_tensor(x)
        rep = count("repeat_elements", "rep", rep)
        axis = normalize_axis("repeat_elements", axis, rank_of("repeat_elements", x))
        sizes = sizes_of(x)
        times = [1] * (len(sizes) + 1)
        times[axis + 1] = rep
        spread = tf.tile(tf.expand_dims(x, axis + 1), size_vector(times))
        return reshaped(spread, [*sizes[:axis], sizes[axis] * rep, *sizes[axis + 1 :]])

    @in_graph
    def tile(self, x: Any, n: Any) -> Any:
        x = as_tensor(x)
        if tf.is_tensor(n) and n.shape.rank != 0:
            return tf.tile(x, n)
        times = checked_sizes("tile", n if isinstance(n, (list, tuple, np.ndarray)) else [n])
        rank = rank_of("tile", x)
        times = [1] * (rank - len(times)) + times
        if len(times) > rank:
            x = reshaped(x, [1] * (len(times) - rank) + sizes_of(x))
        return tf.tile(x, size_vector(times))

    @in_graph
    def flatten(self, x: Any) -> Any:
        return tf.reshape(as_tensor(x), [-1])

    @in_graph
    def reverse(self, x: Any, axes: int | Sequence[int]) -> Any:
        x = as_tensor(x)
        return tf.reverse(x, normalize_axes("reverse", [] if axes is None else axes, rank_of("reverse", x)))

    @in_graph
    def one_hot(self, indices: Any, nb_classes: int) -> Any:
        indices, nb_classes = as_tensor(indices), whole("one_hot", "nb_classes", nb_classes)
        if dtype_of(indices) not in ("int32", "int64", "uint8", "int8"):
            indices = tf.cast(indices, tf.int64)
        return tf.one_hot(indices, nb_classes, dtype=config.floatx())

    @in_graph
    def arange(self, start: Any, stop: Any = None, step: Any = 1, dtype: str = "int32") -> Any:
        dtype = dtype_name(dtype)
        if stop is None:
            start, stop = 0, start
        limits = (start, stop, step)
        if not any(tf.is_tensor(limit) for limit in limits):
            known: list[Any] = [numbers("arange", limit) for limit in limits]
            return tf.constant(np.arange(*known, dtype=dtype))
        start, stop, step = same_dtype(limits)
        # A range that runs the wrong way is empty here, an error in tf.range.
        stop = tf.where(step > 0, tf.maximum(start, stop), tf.minimum(start, stop))
        return tf.cast(tf.range(start, stop, step), dtype)

    @in_graph
    def zeros_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Any:
        x = as_tensor(self.to_dense(x))
        return tf.zeros_like(x, dtype=dtype_name(dtype or dtype_of(x)), name=name)

    @in_graph
    def ones_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Any:
        x = as_tensor(self.to_dense(x))
        return tf.ones_like(x, dtype=dtype_name(dtype or dtype_of(x)), name=name)

    @in_graph
    def pad(self, x: Any, paddings: Sequence[tuple[int, int]], value: float = 0.0) -> Any:
        x = as_tensor(x)
        rank = rank_of("pad", x)
        sides = [(int(before), int(after)) for before, after in paddings]
        if len(sides) != rank or any(min(pair) < 0 for pair in sides):
            raise ValueError(
                f"pad: wanted two sizes, none negative, for each of {rank} axes, got {tuple(paddings)!r}."
            )
        return tf.pad(x, sides, constant_values=np.asarray(value, dtype_of(x))) if any(map(any, sides)) else x
