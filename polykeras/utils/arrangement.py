"""How tensors of a model are arranged, compared with those of the same model with another `dim_ordering`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

Shape = tuple[int | None, ...]


class Arrangement(NamedTuple):
    """How a tensor of the target is arranged, compared with that of the source.

    Attributes:
        axes: for each axis of the target's tensor, that of samples included, the axis of the source's.
        places: for each place along the last axis of the target's tensor the place in the source's; None: the
            same. Only where the axes are the same too.
    """

    axes: tuple[int, ...]
    places: np.ndarray | None = None

    @property
    def swapped(self) -> bool:
        """Whether axes are in another order."""
        return self.axes != tuple(range(len(self.axes)))

    @property
    def alike(self) -> bool:
        """Whether nothing is in another order."""
        return not self.swapped and self.places is None

    def same_as(self, other: Arrangement) -> bool:
        """Whether both are the same arrangement."""
        if self.places is None or other.places is None:
            return self.axes == other.axes and self.places is other.places
        return self.axes == other.axes and np.array_equal(self.places, other.places)

    def of(self, shape: Shape) -> Shape:
        """The shape of the target's tensor."""
        return tuple(shape[axis] for axis in self.axes)

    def numbers(self, shape: tuple[int, ...]) -> np.ndarray:
        """For each element of a sample in the target which element it is in the source, of that shape."""
        found = np.arange(math.prod(shape)).reshape(shape).transpose([axis - 1 for axis in self.axes[1:]])
        return found if self.places is None else found.take(self.places, axis=-1)

    def __str__(self) -> str:
        if self.swapped:
            return f"whose axes are the axes {self.axes} of the source's"
        return "that lies as in the source" if self.places is None else "that was flattened in another order"


def alike(ndim: int) -> Arrangement:
    """The same arrangement, of a tensor with so many axes."""
    return Arrangement(tuple(range(ndim)))


def swapped(ndim: int, before: int, ordering: str) -> Arrangement:
    """How an image or volume is arranged that has an ordering in the source, and the other in the target.

    Args:
        before: how many axes (samples, time) there are before those of the image.
        ordering: that in the source.
    """
    first, rest = tuple(range(before)), tuple(range(before, ndim))
    moved = (*rest[1:], rest[0]) if ordering == "th" else (rest[-1], *rest[:-1])
    return Arrangement((*first, *moved))


def images(ndim: int) -> list[Arrangement]:
    """The ways in which images and volumes of so many axes, and sequences of them, may be swapped."""
    return [swapped(ndim, before, ordering) for ordering in ("th", "tf") for before in range(1, ndim - 2)]


class Pair(NamedTuple):
    """A layer of the source, its counterpart in the target, and the shapes of the call that is looked at."""

    source: Any
    target: Any
    inputs: list[Shape]
    outputs: list[Shape]
    target_outputs: list[Shape]

    def __str__(self) -> str:
        return f"the layer {self.source.name!r} ({type(self.source).__name__})"

    def inside(self, source: Any, target: Any, steps: bool = False) -> Pair:
        """The pair of layers in a wrapper; `steps`: each sees the shapes without the axis of time."""
        shapes = self.inputs, self.outputs, self.target_outputs
        if not steps:
            return Pair(source, target, *shapes)
        return Pair(source, target, *([(None, *shape[2:]) for shape in each] for each in shapes))


def fits(shape: Shape, other: Shape) -> bool:
    """Whether shapes are equal where their sizes are known."""
    return len(shape) == len(other) and all(
        one is None or two is None or one == two for one, two in zip(shape, other, strict=True)
    )


def known_orders(numbers: np.ndarray, shape: tuple[int, ...]) -> Iterator[Arrangement]:
    """The arrangements of a sample of a shape that put its numbers in this order."""
    ndim = len(shape) + 1
    for order in [alike(ndim), *images(ndim)]:
        if numbers.shape == order.of((None, *shape))[1:] and np.array_equal(numbers, order.numbers(shape)):
            yield order
    if numbers.shape == shape:
        rows = numbers.reshape(-1, shape[-1]) % shape[-1]
        order = Arrangement(tuple(range(ndim)), rows[0])
        if np.array_equal(np.sort(rows[0]), np.arange(shape[-1])) and np.array_equal(
            numbers, order.numbers(shape)
        ):
            yield order


def refused(text: str) -> ValueError:
    """The error of a model that can not be converted."""
    return ValueError(f"convert_dim_ordering: {text} Nothing was changed.")
