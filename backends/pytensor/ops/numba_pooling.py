"""How Numba compiles pooling. Imported only when something is compiled.

All spatial axes are brought to three, and sizes are no constants of the kernels, so that a network with
several layers of pooling compiles each of them once. For each window a block works through the channels,
`width` of them at a time in vector registers, and what is left of them under a mask.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from .numba_lanes import (
    divided,
    filled,
    larger,
    load,
    load_some,
    plus,
    store,
    store_some,
    where_equal,
    width,
)
from .pooling import AveragePool, AveragePoolTranspose, MaxPool, MaxPoolGather, MaxPoolScatter

VERSION = 3


@numba_njit(inline="always")
def _get(array, offset, some):
    return load(array, offset)


@numba_njit(inline="always")
def _get_some(array, offset, some):
    return load_some(array, offset, some)


@numba_njit(inline="always")
def _put(array, offset, value, some):
    store(array, offset, value)


@numba_njit(inline="always")
def _put_some(array, offset, value, some):
    store_some(array, offset, value, some)


def _kernel(make_block: Callable[..., Any]) -> Any:
    """A function that calls a block for each window.

    Args:
        make_block: ``make_block(get, put)`` gives the block: a function of the arrays, the offsets of the
            rows of the input that the window touches, where in them it begins and ends, and the distance of
            pixels; the offset of the window among the results, its number of elements, and the number of
            lanes in use.

    Returns:
        A function of a tuple of arrays without further axes, the samples, the channels, and triples: the
        sizes of the input, the numbers of windows, their sizes, steps, and the padding before the input.
    """
    whole, some = make_block(_get, _put), make_block(_get_some, _put_some)

    @numba_njit
    def kernel(arrays, samples, channels, lengths, windows, sizes, strides, padding):
        lanes = width(arrays[0])
        rest = channels % lanes
        rows = np.empty(sizes[0] * sizes[1], np.int64)
        at = 0
        for sample in range(samples):
            for i in range(windows[0]):
                first_a = i * strides[0] - padding[0]
                for j in range(windows[1]):
                    first_b = j * strides[1] - padding[1]
                    count = 0
                    for a in range(max(first_a, 0), min(first_a + sizes[0], lengths[0])):
                        for b in range(max(first_b, 0), min(first_b + sizes[1], lengths[1])):
                            row = (sample * lengths[0] + a) * lengths[1] + b
                            rows[count] = row * lengths[2] * channels
                            count += 1
                    for k in range(windows[2]):
                        first_c = k * strides[2] - padding[2]
                        left, right = max(first_c, 0), min(first_c + sizes[2], lengths[2])
                        begin, end, elements = left * channels, right * channels, count * (right - left)
                        channel = 0
                        while channel < channels - rest:
                            span = begin + channel, end, channels
                            whole(arrays, rows[:count], span, at + channel, elements, lanes)
                            channel += lanes
                        if rest:
                            span = begin + channel, end, channels
                            some(arrays, rows[:count], span, at + channel, elements, rest)
                        at += channels

    return kernel


@cache
def _largest() -> Any:
    def make_block(get, put):
        @numba_njit(inline="always")
        def block(arrays, rows, span, at, elements, some):
            x, result = arrays
            best = get(x, rows[0] + span[0], some)
            begin, end, step = span
            for row in rows:
                place = begin
                while place < end:
                    best = larger(best, get(x, row + place, some))
                    place += step
            put(result, at, best, some)

        return block

    return _kernel(make_block)


@cache
def _scattered(apart: bool) -> Any:
    def make_block(get, put):
        @numba_njit(inline="always")
        def block(arrays, rows, span, at, elements, some):
            x, largest, numbers, result = arrays
            best, left = get(largest, at, some), get(numbers, at, some)
            zero = filled(x, 0.0)
            begin, end, step = span
            for row in rows:
                place = begin
                while place < end:
                    here = row + place
                    value = get(x, here, some)
                    given = where_equal(value, best, left, zero)
                    left = where_equal(value, best, zero, left)
                    put(result, here, given if apart else plus(get(result, here, some), given), some)
                    place += step

        return block

    return _kernel(make_block)


@cache
def _gathered() -> Any:
    def make_block(get, put):
        @numba_njit(inline="always")
        def block(arrays, rows, span, at, elements, some):
            x, largest, numbers, result = arrays
            best, found = get(largest, at, some), filled(x, 0.0)
            zero, one = filled(x, 0.0), filled(x, 1.0)
            open_lanes = one
            begin, end, step = span
            for row in rows:
                place = begin
                while place < end:
                    here = row + place
                    value = get(x, here, some)
                    hit = where_equal(value, best, open_lanes, zero)
                    found = where_equal(hit, one, get(numbers, here, some), found)
                    open_lanes = where_equal(value, best, zero, open_lanes)
                    place += step
            put(result, at, found, some)

        return block

    return _kernel(make_block)


@cache
def _averaged() -> Any:
    def make_block(get, put):
        @numba_njit(inline="always")
        def block(arrays, rows, span, at, elements, some):
            x, result = arrays
            total = filled(x, 0.0)
            begin, end, step = span
            for row in rows:
                place = begin
                while place < end:
                    total = plus(total, get(x, row + place, some))
                    place += step
            put(result, at, divided(total, filled(x, elements)), some)

        return block

    return _kernel(make_block)


@cache
def _spread(apart: bool) -> Any:
    def make_block(get, put):
        @numba_njit(inline="always")
        def block(arrays, rows, span, at, elements, some):
            numbers, result = arrays
            share = divided(get(numbers, at, some), filled(numbers, elements))
            begin, end, step = span
            for row in rows:
                place = begin
                while place < end:
                    here = row + place
                    put(result, here, share if apart else plus(get(result, here, some), share), some)
                    place += step

        return block

    return _kernel(make_block)


@numba_njit
def _flat(array):
    contiguous = np.ascontiguousarray(array)
    return contiguous.reshape(contiguous.size)


@numba_njit
def _check(numbers, wanted):
    if numbers.shape != wanted:
        raise ValueError("pooling: the shapes of the input and of what comes from its windows do not fit.")


class Windows:
    """Functions for the windows of an operation, to be compiled by Numba.

    Attributes:
        frame: from the spatial sizes, the triples that a kernel takes; raises ValueError for a window that is
            larger than the input.
        shaped: ``shaped(samples, triple, channels)`` is a shape with the right number of axes.
        target: an array to scatter to, of a shape and a triple of sizes: zeros, unless all of it is going to
            be written to.
        apart: whether no two windows have an element in common.
    """

    def __init__(self, op: Any) -> None:
        missing = 3 - len(op.sizes)
        sizes, strides = (1,) * missing + op.sizes, (1,) * missing + op.strides
        same = op.border_mode == "same"
        self.apart = apart = all(stride >= size for stride, size in zip(strides, sizes, strict=True))
        gapless = all(stride <= size for stride, size in zip(strides, sizes, strict=True))
        title = f"pooling: the window {op.sizes} is larger than the input. Take a smaller one, "
        title += "border_mode='same', or a larger input."

        @numba_njit
        def places(length, size, stride):
            if same:
                count = -(-length // stride)
                return count, max((count - 1) * stride + size - length, 0) // 2
            if length < size:
                raise ValueError(title)
            return (length - size) // stride + 1, 0

        @numba_njit
        def frame(lengths):
            a, before_a = places(lengths[0], sizes[0], strides[0])
            b, before_b = places(lengths[1], sizes[1], strides[1])
            c, before_c = places(lengths[2], sizes[2], strides[2])
            return (a, b, c), sizes, strides, (before_a, before_b, before_c)

        @numba_njit
        def target(like, shape, lengths):
            exact = apart and gapless
            if not same:
                for axis in range(3):
                    exact = exact and (lengths[axis] - sizes[axis]) % strides[axis] == 0
            return np.empty(shape, like.dtype) if exact else np.zeros(shape, like.dtype)

        self.frame, self.target = frame, target
        self.three, self.shaped = _SHAPES[len(op.sizes)]


@numba_njit
def _three_of_one(lengths):
    return 1, 1, lengths[0]


@numba_njit
def _three_of_two(lengths):
    return 1, lengths[0], lengths[1]


@numba_njit
def _three_of_three(lengths):
    return lengths[0], lengths[1], lengths[2]


@numba_njit
def _shape_of_one(samples, lengths, channels):
    return samples, lengths[2], channels


@numba_njit
def _shape_of_two(samples, lengths, channels):
    return samples, lengths[1], lengths[2], channels


@numba_njit
def _shape_of_three(samples, lengths, channels):
    return samples, lengths[0], lengths[1], lengths[2], channels


_SHAPES = {
    1: (_three_of_one, _shape_of_one),
    2: (_three_of_two, _shape_of_two),
    3: (_three_of_three, _shape_of_three),
}


def _forward(op: Any, kernel: Any) -> Any:
    """The function for an operation that gives a number for each window over its only argument."""
    windows = Windows(op)
    three, shaped, frame = windows.three, windows.shaped, windows.frame

    @numba_njit
    def pooled(x):
        lengths = three(x.shape[1:-1])
        counts, sizes, strides, padding = frame(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        result = np.empty(shaped(samples, counts, channels), x.dtype)
        arrays = _flat(x), _flat(result)
        kernel(arrays, samples, channels, lengths, counts, sizes, strides, padding)
        return result

    return pooled, VERSION


@register_funcify_default_op_cache_key(MaxPool)
def _max_pool(op: MaxPool, node: Any, **kwargs: Any) -> Any:
    return _forward(op, _largest())


@register_funcify_default_op_cache_key(AveragePool)
def _average_pool(op: AveragePool, node: Any, **kwargs: Any) -> Any:
    return _forward(op, _averaged())


@register_funcify_default_op_cache_key(MaxPoolScatter)
def _max_pool_scatter(op: MaxPoolScatter, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, frame, target = windows.three, windows.shaped, windows.frame, windows.target
    kernel = _scattered(windows.apart)

    @numba_njit
    def max_pool_scatter(x, largest, numbers):
        lengths = three(x.shape[1:-1])
        counts, sizes, strides, padding = frame(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        _check(largest, shaped(samples, counts, channels))
        _check(numbers, shaped(samples, counts, channels))
        result = target(x, x.shape, lengths)
        arrays = _flat(x), _flat(largest), _flat(numbers), _flat(result)
        kernel(arrays, samples, channels, lengths, counts, sizes, strides, padding)
        return result

    return max_pool_scatter, VERSION


@register_funcify_default_op_cache_key(MaxPoolGather)
def _max_pool_gather(op: MaxPoolGather, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, frame = windows.three, windows.shaped, windows.frame
    kernel = _gathered()

    @numba_njit
    def max_pool_gather(x, largest, numbers):
        lengths = three(x.shape[1:-1])
        counts, sizes, strides, padding = frame(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        _check(largest, shaped(samples, counts, channels))
        _check(numbers, x.shape)
        result = np.empty(shaped(samples, counts, channels), x.dtype)
        arrays = _flat(x), _flat(largest), _flat(numbers), _flat(result)
        kernel(arrays, samples, channels, lengths, counts, sizes, strides, padding)
        return result

    return max_pool_gather, VERSION


@register_funcify_default_op_cache_key(AveragePoolTranspose)
def _average_pool_transpose(op: AveragePoolTranspose, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, frame, target = windows.three, windows.shaped, windows.frame, windows.target
    kernel = _spread(windows.apart)

    @numba_njit
    def average_pool_transpose(numbers, spatial):
        lengths = three(spatial)
        counts, sizes, strides, padding = frame(lengths)
        samples, channels = numbers.shape[0], numbers.shape[-1]
        _check(numbers, shaped(samples, counts, channels))
        result = target(numbers, shaped(samples, lengths, channels), lengths)
        arrays = _flat(numbers), _flat(result)
        kernel(arrays, samples, channels, lengths, counts, sizes, strides, padding)
        return result

    return average_pool_transpose, VERSION
