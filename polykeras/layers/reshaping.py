"""Layers that move numbers about without changing them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..engine.layer import Layer
from ..engine.spec import InputSpec
from .parts import positive_int

Shape = tuple[int | None, ...]


class Flatten(Layer):
    """All axes after the first as one: ``(samples, a, b, ...)`` to ``(samples, a * b * ...)``.

    The order is that of the elements in memory (C order).
    """

    def __init__(self, **kwargs: Any) -> None:
        self.input_spec = [InputSpec(ndim="3+")]
        super().__init__(**kwargs)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        sizes = [size for size in input_shape[1:] if size is not None]
        if len(sizes) < len(input_shape) - 1:
            raise ValueError(
                f"{self.name}: all axes of the input but the first must have a known size, got shape "
                f"{tuple(input_shape)}. Give the first layer a complete `input_shape` or `batch_input_shape`."
            )
        return (input_shape[0], math.prod(sizes))

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.batch_flatten(x)


class Reshape(Layer):
    """The same elements in another shape.

    Input: ``(samples, ...)``. Output: ``(samples, *target_shape)``.

    Args:
        target_shape: the shape without the axis of samples; one entry may be -1, and follows from the others.
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        where = type(self).__name__
        if not isinstance(target_shape, (list, tuple)):
            raise TypeError(f"{where}: target_shape must be a tuple such as (3, 4), got {target_shape!r}.")
        if sum(size == -1 for size in target_shape) > 1:
            raise ValueError(f"{where}: target_shape can have -1 only once, got {tuple(target_shape)}.")
        self.target_shape = tuple(
            -1 if size == -1 else positive_int(where, "each size of target_shape", size)
            for size in target_shape
        )
        super().__init__(**kwargs)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        sizes = [size for size in input_shape[1:] if size is not None]
        unknown = len(sizes) < len(input_shape) - 1
        known = math.prod(size for size in self.target_shape if size != -1)
        if unknown:
            return (input_shape[0], *(None if size == -1 else size for size in self.target_shape))
        total = math.prod(sizes)
        if total % known if -1 in self.target_shape else total != known:
            raise ValueError(
                f"{self.name}: target_shape {self.target_shape} does not fit an input of shape "
                f"{tuple(input_shape)}: it has {total} elements a sample."
            )
        return (input_shape[0], *(total // known if size == -1 else size for size in self.target_shape))

    def call(self, x: Any, mask: Any = None) -> Any:
        shape = K.int_shape(x)
        target = self.get_output_shape_for(shape)[1:] if shape is not None else self.target_shape
        if None in target or -1 in target:
            return K.reshape(x, (K.shape(x)[0], *(-1 if size is None else size for size in target)))
        return K.reshape(x, (-1, *target))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """The axes after the first in another order.

    Args:
        dims: for each axis of the output the axis of the input, counted from 1: ``(2, 1)`` swaps the second
            and the third axis.
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        where = type(self).__name__
        if not isinstance(dims, (list, tuple)) or sorted(dims) != list(range(1, len(dims) + 1)):
            raise ValueError(
                f"{where}: dims must hold each number from 1 to the number of axes once, for example "
                f"(2, 1), got {dims!r}."
            )
        self.dims = tuple(int(axis) for axis in dims)
        self.input_spec = [InputSpec(ndim=len(self.dims) + 1)]
        super().__init__(**kwargs)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *(input_shape[axis] for axis in self.dims))

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.permute_dimensions(x, (0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """Each sample `n` times over: ``(samples, features)`` to ``(samples, n, features)``.

    Args:
        n: how many times.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        self.n = positive_int(type(self).__name__, "n", n)
        self.input_spec = [InputSpec(ndim=2)]
        super().__init__(**kwargs)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.n, input_shape[1])

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.repeat(x, self.n)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "n": self.n}
