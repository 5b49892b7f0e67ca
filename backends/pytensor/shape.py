"""Operations that move elements about, on PyTensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor import sparse
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.variable import TensorVariable

from ... import config
from ..interface import Shape
from ..interface.arguments import dtype_name, normalize_axes, normalize_axis, static_reshape
from ..interface.checks import checked_size, checked_sizes, count, listed, numbers, whole
from .math import as_tensor, cast, is_sparse, product, same_dtype
from .sizes import known_sizes, made_of_sizes, reshaped, sizes_of


def size_list(shape: Any) -> list[Any]:
    """A shape as a list of integers and symbolic integers.

    Raises:
        ValueError: if it is a symbolic vector whose length is not known.
    """
    if not isinstance(shape, TensorVariable):
        return list(shape) if isinstance(shape, (list, tuple, np.ndarray)) else [shape]
    if shape.ndim == 0:
        return [shape]
    try:
        length = pt.get_vector_length(shape)
    except ValueError:
        raise ValueError(
            f"reshape: the number of axes must be known, that of the symbolic shape {shape} is not. "
            "Give a tuple of integers and symbolic integers."
        ) from None
    if isinstance(shape, Constant):
        return [int(size) for size in shape.data]
    return [shape[axis] for axis in range(length)]


def spread(x: Any, sizes: Sequence[Any]) -> Any:
    """`x` repeated along axes of size 1, and along new ones in front, to a tensor of these sizes."""
    return made_of_sizes(lambda sizes: pt.alloc(x, *sizes), sizes, at=1)[0]


class PTShape(Shape):
    def concatenate(self, tensors: Sequence[Any], axis: int = -1) -> Any:
        parts = list(listed("concatenate", "tensors", tensors))
        if not parts:
            raise ValueError("concatenate: wanted one tensor or more, got an empty list.")
        if all(is_sparse(part) for part in parts):
            join = (sparse.vstack, sparse.hstack)[normalize_axis("concatenate", axis, 2)]
            return join(same_dtype(parts), format="csr")
        parts = same_dtype([self.to_dense(part) for part in parts])
        ranks = [part.ndim for part in parts]
        if len(set(ranks)) > 1:
            raise ValueError(f"concatenate: the tensors must have the same number of axes, got {ranks}.")
        axis = normalize_axis("concatenate", axis, ranks[0])
        return pt.concatenate(parts, axis=axis) if len(parts) > 1 else parts[0]

    def stack(self, x: Sequence[Any]) -> Any:
        if not listed("stack", "x", x):
            raise ValueError("stack: wanted one tensor or more, got an empty list.")
        return pt.stack(same_dtype(x))

    def reshape(self, x: Any, shape: Any) -> Any:
        x = as_tensor(x)
        given = [-1 if size is None else checked_size("reshape", size) for size in size_list(shape)]
        known = known_sizes(given)
        static_reshape(
            x.type.shape, [size if value is None else value for size, value in zip(given, known, strict=True)]
        )
        sizes = [self._size(size) for size in given]
        return reshaped(x, sizes)

    def permute_dimensions(self, x: Any, pattern: Sequence[int]) -> Any:
        x = as_tensor(x)
        order = [normalize_axis("permute_dimensions", axis, x.ndim) for axis in pattern]
        if sorted(order) != list(range(x.ndim)):
            raise ValueError(
                f"permute_dimensions: the pattern must name each of {x.ndim} axes once, got {tuple(pattern)}."
            )
        return x.dimshuffle(order)

    def expand_dims(self, x: Any, dim: int = -1) -> Any:
        x = as_tensor(x)
        return pt.expand_dims(x, normalize_axis("expand_dims", dim, x.ndim + 1))

    def squeeze(self, x: Any, axis: int) -> Any:
        x = as_tensor(x)
        axis = normalize_axis("squeeze", axis, x.ndim)
        if x.type.shape[axis] not in (1, None):
            raise ValueError(
                f"squeeze: axis {axis} must have size 1, got a tensor of the shape {x.type.shape}."
            )
        return x.dimshuffle([each for each in range(x.ndim) if each != axis])

    def repeat_elements(self, x: Any, rep: Any, axis: int) -> Any:
        x = as_tensor(x)
        rep = count("repeat_elements", "rep", rep)
        axis = normalize_axis("repeat_elements", axis, x.ndim)
        sizes = sizes_of(x)
        wide = spread(pt.expand_dims(x, axis + 1), (*sizes[: axis + 1], rep, *sizes[axis + 1 :]))
        return reshaped(wide, (*sizes[:axis], sizes[axis] * rep, *sizes[axis + 1 :]))

    def tile(self, x: Any, n: Any) -> Any:
        x = as_tensor(x)
        times = [self._size(each) for each in checked_sizes("tile", size_list(n))]
        rank = max(len(times), x.ndim)
        times = [1] * (rank - len(times)) + times
        x = x.dimshuffle(*["x"] * (rank - x.ndim), *range(x.ndim))
        sizes = sizes_of(x)
        pairs = [each for pair in zip(times, sizes, strict=True) for each in pair]
        wide = spread(pt.expand_dims(x, list(range(0, 2 * rank, 2))), pairs)
        return reshaped(wide, [product(pair) for pair in zip(times, sizes, strict=True)])

    def flatten(self, x: Any) -> Any:
        return self.reshape(x, (-1,))

    def reverse(self, x: Any, axes: int | Sequence[int]) -> Any:
        x = as_tensor(x)
        reversed_axes = normalize_axes("reverse", [] if axes is None else axes, x.ndim)
        return x[tuple(slice(None, None, -1 if axis in reversed_axes else None) for axis in range(x.ndim))]

    def one_hot(self, indices: Any, nb_classes: int) -> Any:
        indices, nb_classes = as_tensor(indices), whole("one_hot", "nb_classes", nb_classes)
        if not indices.dtype.startswith(("int", "uint")):
            indices = cast(indices, "int64")
        classes = np.arange(nb_classes, dtype=indices.dtype)
        return cast(pt.eq(pt.expand_dims(indices, -1), classes), config.floatx())

    def arange(self, start: Any, stop: Any = None, step: Any = 1, dtype: str = "int32") -> Any:
        dtype = dtype_name(dtype)
        if stop is None:
            start, stop = 0, start
        limits = (start, stop, step)
        if not any(isinstance(limit, Variable) for limit in limits):
            known: list[Any] = [numbers("arange", limit) for limit in limits]
            return pt.constant(np.arange(*known, dtype=dtype))
        return pt.cast(pt.arange(*same_dtype(limits)), dtype)

    def zeros_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Any:
        return self._filled(0, x, dtype, name)

    def ones_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Any:
        return self._filled(1, x, dtype, name)

    def pad(self, x: Any, paddings: Sequence[tuple[int, int]], value: float = 0.0) -> Any:
        x = as_tensor(x)
        sides = [(int(before), int(after)) for before, after in paddings]
        if len(sides) != x.ndim or any(min(pair) < 0 for pair in sides):
            raise ValueError(
                f"pad: wanted two sizes, none negative, for each of {x.ndim} axes, got {tuple(paddings)!r}."
            )
        if not any(map(any, sides)):
            return x
        sizes = sizes_of(x)
        wide = [before + size + after for (before, after), size in zip(sides, sizes, strict=True)]
        inner = tuple(slice(before, -after if after else None) for before, after in sides)
        return pt.set_subtensor(spread(np.asarray(value, x.dtype), wide)[inner], x)

    def batch_flatten(self, x: Any) -> Any:
        return self.reshape(x, (-1, product(sizes_of(as_tensor(x))[1:])))

    def sizes(self, x: Any) -> list[Any]:
        x = as_tensor(x)
        declared = self.int_shape(x) or (None,) * x.ndim
        return [
            size if own is None and size is not None else symbolic
            for symbolic, own, size in zip(sizes_of(x), x.type.shape, declared, strict=True)
        ]

    def _filled(self, value: int, x: Any, dtype: str | None, name: str | None) -> Any:
        x = as_tensor(self.to_dense(x))
        result = spread(np.asarray(value, dtype_name(dtype or x.dtype)), sizes_of(x))
        if name is not None:
            result.name = name
        return result

    @staticmethod
    def _size(size: Any) -> Any:
        if isinstance(size, Variable):
            return size if size.type.dtype.startswith(("int", "uint")) else pt.cast(size, "int64")
        return int(size)
