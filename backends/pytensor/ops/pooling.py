"""Pooling: the largest value or the mean in each window, and what its derivatives need.

Tensors are ``(samples, spatial..., channels)`` with one to three spatial axes. Two families of operations are
closed under differentiation:

* `MaxPool` picks the largest value of each window; `MaxPoolScatter` brings a gradient to the place where it
  was, the first of them if there are several; `MaxPoolGather` fetches the value of another tensor from there.
  Each of the two is the other's derivative.
* `AveragePool` is linear; `AveragePoolTranspose` is its transpose.

Not-a-number counts as smaller than everything, as on TensorFlow; a window that holds nothing else gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply

from ....errors import check_choice
from ...interface.windows import (
    POOL_BORDER_MODES,
    POOL_MODES,
    check_fits,
    checked_mode,
    output_length,
    same_padding,
    window,
)
from ..sizes import known_sizes, sizes_of
from ..versions import SizedOp

FLOATS = ("float32", "float64")
BLOCK = 2**20  # bytes of the input that are worked through at once, so that they stay in the cache
Index = tuple[slice, ...]


def pool(x: Any, sizes: Sequence[int], strides: Sequence[int], border_mode: str, mode: str) -> Any:
    """The largest value or the mean in each window; see `Conv.pooling` of the interface.

    Args:
        x: float tensor, ``(samples, spatial..., channels)`` with one to three spatial axes.
        sizes: size of the window along each spatial axis.
        strides: its steps.
        border_mode: ``'valid'`` or ``'same'``.
        mode: ``'max'`` or ``'avg'``.
    """
    check_choice("pool", "mode", mode, POOL_MODES)
    operation = (MaxPool if mode == "max" else AveragePool)(sizes, strides, border_mode)
    if x.dtype == "float16":
        return pt.cast(operation(pt.cast(x, "float32")), x.dtype)
    return operation(x)


class _Pooling(SizedOp):
    """What the operations have in common: the windows."""

    __props__ = ("sizes", "strides", "border_mode")
    fresh_results = True

    def __init__(self, sizes: Sequence[int], strides: Sequence[int], border_mode: str) -> None:
        rank = len(sizes)
        if not 1 <= rank <= 3:
            raise ValueError(f"pooling: wanted one to three spatial axes, got sizes for {rank}.")
        self.sizes = window("pooling", "pool_size", tuple(sizes), rank)
        self.strides = window("pooling", "strides", tuple(strides), rank)
        self.border_mode = checked_mode("pooling", border_mode, POOL_BORDER_MODES)

    def _tensor(self, x: Any) -> Any:
        x = pt.as_tensor_variable(x)
        if x.dtype not in FLOATS or x.ndim != len(self.sizes) + 2:
            raise TypeError(
                f"pooling: wanted a float tensor with {len(self.sizes) + 2} axes (samples, spatial..., "
                f"channels), got {x.type}."
            )
        return x

    def _same_windows(self, kind: type[_Pooling]) -> _Pooling:
        """The operation of another kind with these windows."""
        return kind(self.sizes, self.strides, self.border_mode)

    def _tensors(self, values: Sequence[Any]) -> list[Any]:
        tensors = [self._tensor(each) for each in values]
        if len({tensor.dtype for tensor in tensors}) != 1:
            raise TypeError(
                f"pooling: wanted tensors of one dtype, got {', '.join(tensor.dtype for tensor in tensors)}."
            )
        return tensors

    def _output_type(self, x: Any) -> Any:
        """The type of what windows over a tensor like `x` give."""
        lengths = x.type.shape[1:-1]
        check_fits("pooling", lengths, self.sizes, self.border_mode)
        spatial = [
            output_length(length, size, self.border_mode, stride)
            for length, size, stride in zip(lengths, self.sizes, self.strides, strict=True)
        ]
        return pt.tensor(dtype=x.dtype, shape=(x.type.shape[0], *spatial, x.type.shape[-1]))

    def _output_shape(self, shape: Sequence[Any]) -> tuple[Any, ...]:
        """The shape of what windows over a tensor of a (symbolic) shape give."""
        spatial = [
            output_length(length, size, self.border_mode, stride)
            for length, size, stride in zip(shape[1:-1], self.sizes, self.strides, strict=True)
        ]
        return (shape[0], *spatial, shape[-1])

    def _axes(self, lengths: Sequence[int]) -> list[Axis]:
        """The windows along each spatial axis.

        Raises:
            ValueError: if a window is larger than the input.
        """
        check_fits("pooling", lengths, self.sizes, self.border_mode)
        return [
            Axis(length, size, stride, self.border_mode)
            for length, size, stride in zip(lengths, self.sizes, self.strides, strict=True)
        ]


class Axis:
    """The windows along one axis.

    Attributes:
        length: elements of the axis.
        count: windows.
        taps: for each element of a window the pair of slices that picks it, and the windows that have it:
            padding belongs to no tap.
        filled: how many elements each window has beside padding.
        apart: whether no two windows have an element in common.
        covered: whether every element is in a window.
    """

    def __init__(self, length: int, size: int, stride: int, border_mode: str) -> None:
        self.length = length
        self.count = output_length(length, size, border_mode, stride) or 0
        before = same_padding(length, size, stride)[0] if border_mode == "same" else 0
        self.taps: list[tuple[slice, slice]] = []
        self.filled = np.zeros(self.count, np.int64)
        for tap in range(size):
            first = max(-((tap - before) // stride), 0)
            end = min((length - 1 + before - tap) // stride + 1, self.count)
            if end > first:
                start = first * stride + tap - before
                inside = slice(start, start + (end - first - 1) * stride + 1, stride)
                self.taps.append((inside, slice(first, end)))
                self.filled[first:end] += 1
        self.apart = stride >= size
        self.covered = stride <= size and (border_mode == "same" or (length - size) % stride == 0)


def _along(axis: int, part: slice) -> Index:
    """The index that takes `part` of one spatial axis."""
    return (slice(None),) * (axis + 1) + (part,)


def _reduced(x: np.ndarray, axes: Sequence[Axis], ufunc: np.ufunc) -> np.ndarray:
    """The elements of each window joined by `ufunc`, one axis after the other."""
    for number, axis in enumerate(axes):
        everywhere = slice(0, axis.count)
        taps = sorted(axis.taps, key=lambda tap: tap[1] != everywhere)
        (first, where), *rest = taps
        if where == everywhere and rest and rest[0][1] == everywhere:
            result = ufunc(x[_along(number, first)], x[_along(number, rest[0][0])])
            rest = rest[1:]
        elif where == everywhere:
            result = x[_along(number, first)].copy()
        else:
            shape = list(x.shape)
            shape[number + 1] = axis.count
            result = np.full(shape, np.nan if ufunc is np.fmax else 0, x.dtype)
            rest = taps
        for source, target in rest:
            part = result[_along(number, target)]
            ufunc(part, x[_along(number, source)], out=part)
        x = result
    return x


def _windows(axes: Sequence[Axis]) -> Iterator[tuple[Index, Index]]:
    """For each tap, in row-major order, where it finds its elements, and the windows that have it."""
    pairs: list[tuple[Index, Index]] = [((slice(None),), (slice(None),))]
    for axis in axes:
        pairs = [((*a, source), (*b, target)) for a, b in pairs for source, target in axis.taps]
    return iter(pairs)


def _shares(axes: Sequence[Axis], dtype: Any) -> np.ndarray:
    """How many elements each window averages, ready to be broadcast over samples and channels."""
    result = np.ones((), np.int64)
    for axis in axes:
        result = result[..., None] * axis.filled
    return result[..., None].astype(dtype)


def _scatter(
    x: np.ndarray,
    largest: np.ndarray,
    numbers: np.ndarray,
    result: np.ndarray,
    axes: Sequence[Axis],
    apart: bool,
) -> None:
    """Adds to `result`, or writes to it if the windows are `apart`, what `MaxPoolScatter` gives."""
    free = np.ones(largest.shape, bool)
    for source, target in _windows(axes):
        here = np.equal(x[source], largest[target])
        unclaimed = free[target]
        np.logical_and(here, unclaimed, out=here)
        np.logical_xor(unclaimed, here, out=unclaimed)
        place = result[source]
        if apart:
            np.multiply(numbers[target], here, out=place)
        else:
            np.add(place, numbers[target] * here, out=place)


class MaxPool(_Pooling):
    """The largest value in each window."""

    def make_node(self, *inputs: Any) -> Apply:
        x = self._tensor(*inputs)
        return Apply(self, [x], [self._output_type(x)])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        (x,) = inputs
        output_storage[0][0] = _reduced(x, self._axes(x.shape[1:-1]), np.fmax)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [self._output_shape(input_shapes[0])]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return [self._same_windows(MaxPoolScatter)(inputs[0], outputs[0], output_grads[0])]


class MaxPoolScatter(_Pooling):
    """From `x`, its largest values and a number for each window: this number where the largest value was.

    Where windows overlap, the numbers that meet are added up; elsewhere there are zeros.
    """

    def make_node(self, *inputs: Any) -> Apply:
        tensors = self._tensors(inputs)
        return Apply(self, tensors, [tensors[0].type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, largest, numbers = inputs
        axes = self._axes(x.shape[1:-1])
        apart = all(axis.apart for axis in axes)
        exact = apart and all(axis.covered for axis in axes)
        result = np.empty(x.shape, x.dtype) if exact else np.zeros(x.shape, x.dtype)
        block = max(BLOCK // max(x[:1].nbytes, 1), 1)
        for first in range(0, len(x), block):
            part = slice(first, first + block)
            _scatter(x[part], largest[part], numbers[part], result[part], axes, apart)
        output_storage[0][0] = result

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [input_shapes[0]]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [False], [True]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, largest, _ = inputs
        gathered = self._same_windows(MaxPoolGather)(x, largest, output_grads[0])
        return [x.zeros_like(), disconnected_type(), gathered]


class MaxPoolGather(_Pooling):
    """From `x`, its largest values and another tensor: the numbers of this where the largest values were."""

    def make_node(self, *inputs: Any) -> Apply:
        tensors = self._tensors(inputs)
        return Apply(self, tensors, [tensors[1].type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, largest, numbers = inputs
        result = np.zeros_like(largest)
        for source, target in reversed(list(_windows(self._axes(x.shape[1:-1])))):
            np.copyto(result[target], numbers[source], where=np.equal(x[source], largest[target]))
        output_storage[0][0] = result

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [input_shapes[1]]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [False], [True]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, largest, _ = inputs
        scattered = self._same_windows(MaxPoolScatter)(x, largest, output_grads[0])
        return [x.zeros_like(), disconnected_type(), scattered]


class AveragePool(_Pooling):
    """The mean of each window, padding left out."""

    def make_node(self, *inputs: Any) -> Apply:
        x = self._tensor(*inputs)
        return Apply(self, [x], [self._output_type(x)])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        (x,) = inputs
        axes = self._axes(x.shape[1:-1])
        total = _reduced(x, axes, np.add)
        output_storage[0][0] = np.divide(total, _shares(axes, x.dtype), out=total)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [self._output_shape(input_shapes[0])]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        (x,) = inputs
        return [self._same_windows(AveragePoolTranspose)(output_grads[0], sizes_of(x)[1:-1])]


class AveragePoolTranspose(_Pooling):
    """From a number for each window and the spatial sizes: each element's share in its windows' numbers."""

    def make_node(self, *inputs: Any) -> Apply:
        numbers, lengths = inputs
        numbers = self._tensor(numbers)
        lengths = pt.as_tensor_variable(lengths, ndim=1, dtype="int64")
        known = known_sizes([lengths[axis] for axis in range(len(self.sizes))])
        shape = (numbers.type.shape[0], *known, numbers.type.shape[-1])
        return Apply(self, [numbers, lengths], [pt.tensor(dtype=numbers.dtype, shape=shape)])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        numbers, lengths = inputs
        axes = self._axes(lengths.tolist())
        spread = numbers / _shares(axes, numbers.dtype)
        for number, axis in reversed(list(enumerate(axes))):
            shape = list(spread.shape)
            shape[number + 1] = axis.length
            exact = axis.apart and axis.covered
            result = np.empty(shape, spread.dtype) if exact else np.zeros(shape, spread.dtype)
            for source, target in axis.taps:
                place, part = result[_along(number, source)], spread[_along(number, target)]
                if axis.apart:
                    place[...] = part
                else:
                    np.add(place, part, out=place)
            spread = result
        output_storage[0][0] = spread

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        lengths: Any = node.inputs[1]
        samples, *_, channels = input_shapes[0]
        return [(samples, *[lengths[axis] for axis in range(len(self.sizes))], channels)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [False]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return [self._same_windows(AveragePool)(output_grads[0]), disconnected_type()]
