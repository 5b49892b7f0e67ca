"""How Numba compiles pooling. Imported only when something is compiled.

All spatial axes are brought to three. For each window a block works through the channels, `width` of them at
a time in vector registers, and what is left of them under a mask.
"""

from __future__ import annotations

from collections.abc import Callable
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

VERSION = 1


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


class Windows:
    """Functions for the windows of an operation, to be compiled by Numba.

    Attributes:
        apart: whether no two windows have an element in common.
        walk: ``walk(block)`` makes a function of a tuple of arrays, the samples, the three lengths, the three
            numbers of windows and the channels, that calls the block for each window.
        counts: the numbers of windows for three lengths; raises ValueError if one does not fit.
    """

    def __init__(self, op: Any) -> None:
        missing = 3 - len(op.sizes)
        size_a, size_b, size_c = (1,) * missing + op.sizes
        stride_a, stride_b, stride_c = (1,) * missing + op.strides
        same = op.border_mode == "same"
        self.apart = all(stride >= size for stride, size in zip(op.strides, op.sizes, strict=True))
        title = f"pooling: the window {op.sizes} is larger than the input. Take a smaller one, "
        title += "border_mode='same', or a larger input."

        @numba_njit
        def places(length, size, stride):
            if same:
                return -(-length // stride)
            if length < size:
                raise ValueError(title)
            return (length - size) // stride + 1

        @numba_njit
        def counts(lengths):
            a, b, c = lengths
            return places(a, size_a, stride_a), places(b, size_b, stride_b), places(c, size_c, stride_c)

        @numba_njit
        def padding(length, count, size, stride):
            return max((count - 1) * stride + size - length, 0) // 2 if same else 0

        @numba_njit
        def span(start, size, length):
            """The first element of a window that is no padding, and how many there are."""
            if same:
                first = max(start, 0)
                return first, min(start + size, length) - first
            return start, size

        def walk(make_block: Callable[..., Any]) -> Any:
            whole, some = make_block(_get, _put), make_block(_get_some, _put_some)

            @numba_njit
            def each_window(arrays, samples, lengths, numbers, channels):
                length_a, length_b, length_c = lengths
                count_a, count_b, count_c = numbers
                lanes = width(arrays[0])
                rest = channels % lanes
                at = 0
                before_a = padding(length_a, count_a, size_a, stride_a)
                before_b = padding(length_b, count_b, size_b, stride_b)
                before_c = padding(length_c, count_c, size_c, stride_c)
                steps = length_b * length_c * channels, length_c * channels, channels
                for sample in range(samples):
                    for i in range(count_a):
                        a, taps_a = span(i * stride_a - before_a, size_a, length_a)
                        for j in range(count_b):
                            b, taps_b = span(j * stride_b - before_b, size_b, length_b)
                            row = ((sample * length_a + a) * length_b + b) * length_c
                            for k in range(count_c):
                                c, taps_c = span(k * stride_c - before_c, size_c, length_c)
                                taps = taps_a, taps_b, taps_c
                                place = (row + c) * channels
                                for first in range(0, channels - rest, lanes):
                                    whole(arrays, place + first, at + first, taps, steps, lanes)
                                if rest:
                                    first = channels - rest
                                    some(arrays, place + first, at + first, taps, steps, rest)
                                at += channels

            return each_window

        self.walk = walk
        self.counts = counts
        if missing == 2:

            @numba_njit
            def three(lengths):
                return 1, 1, lengths[0]

            @numba_njit
            def shaped(samples, lengths, channels):
                return samples, lengths[2], channels

        elif missing == 1:

            @numba_njit
            def three(lengths):
                return 1, lengths[0], lengths[1]

            @numba_njit
            def shaped(samples, lengths, channels):
                return samples, lengths[1], lengths[2], channels

        else:

            @numba_njit
            def three(lengths):
                return lengths[0], lengths[1], lengths[2]

            @numba_njit
            def shaped(samples, lengths, channels):
                return samples, lengths[0], lengths[1], lengths[2], channels

        self.three, self.shaped = three, shaped

        @numba_njit
        def empty_or_zeros(like, shape, lengths, numbers):
            """An array to scatter to: zeros, unless each element is going to be written to."""
            exact = stride_a <= size_a and stride_b <= size_b and stride_c <= size_c
            if not same:
                exact = (
                    exact
                    and (lengths[0] - size_a) % stride_a == 0
                    and (lengths[1] - size_b) % stride_b == 0
                    and (lengths[2] - size_c) % stride_c == 0
                )
            return np.empty(shape, like.dtype) if exact and apart else np.zeros(shape, like.dtype)

        apart = self.apart
        self.target = empty_or_zeros


@numba_njit
def _flat(array):
    contiguous = np.ascontiguousarray(array)
    return contiguous.reshape(contiguous.size)


@numba_njit
def _check(numbers, wanted):
    if numbers.shape != wanted:
        raise ValueError("pooling: the shapes of the input and of what comes from its windows do not fit.")


@register_funcify_default_op_cache_key(MaxPool)
def _max_pool(op: MaxPool, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, counts = windows.three, windows.shaped, windows.counts

    def make_block(get, put):
        @numba_njit
        def block(arrays, place, at, taps, steps, some):
            x, result = arrays
            best = get(x, place, some)
            for a in range(taps[0]):
                for b in range(taps[1]):
                    for c in range(taps[2]):
                        here = place + a * steps[0] + b * steps[1] + c * steps[2]
                        best = larger(best, get(x, here, some))
            put(result, at, best, some)

        return block

    walk = windows.walk(make_block)

    @numba_njit
    def max_pool(x):
        lengths = three(x.shape[1:-1])
        numbers = counts(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        result = np.empty(shaped(samples, numbers, channels), x.dtype)
        walk((_flat(x), _flat(result)), samples, lengths, numbers, channels)
        return result

    return max_pool, VERSION


@register_funcify_default_op_cache_key(MaxPoolScatter)
def _max_pool_scatter(op: MaxPoolScatter, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, counts, target = windows.three, windows.shaped, windows.counts, windows.target
    apart = windows.apart

    def make_block(get, put):
        @numba_njit
        def block(arrays, place, at, taps, steps, some):
            x, largest, numbers, result = arrays
            best, left = get(largest, at, some), get(numbers, at, some)
            zero = filled(x, 0.0)
            for a in range(taps[0]):
                for b in range(taps[1]):
                    for c in range(taps[2]):
                        here = place + a * steps[0] + b * steps[1] + c * steps[2]
                        value = get(x, here, some)
                        given = where_equal(value, best, left, zero)
                        left = where_equal(value, best, zero, left)
                        if not apart:
                            given = plus(get(result, here, some), given)
                        put(result, here, given, some)

        return block

    walk = windows.walk(make_block)

    @numba_njit
    def max_pool_scatter(x, largest, numbers):
        lengths = three(x.shape[1:-1])
        places = counts(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        _check(largest, shaped(samples, places, channels))
        _check(numbers, shaped(samples, places, channels))
        result = target(x, x.shape, lengths, places)
        arrays = _flat(x), _flat(largest), _flat(numbers), _flat(result)
        walk(arrays, samples, lengths, places, channels)
        return result

    return max_pool_scatter, VERSION


@register_funcify_default_op_cache_key(MaxPoolGather)
def _max_pool_gather(op: MaxPoolGather, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, counts = windows.three, windows.shaped, windows.counts

    def make_block(get, put):
        @numba_njit
        def block(arrays, place, at, taps, steps, some):
            x, largest, numbers, result = arrays
            best = get(largest, at, some)
            found = filled(x, 0.0)
            for a in range(taps[0] - 1, -1, -1):
                for b in range(taps[1] - 1, -1, -1):
                    for c in range(taps[2] - 1, -1, -1):
                        here = place + a * steps[0] + b * steps[1] + c * steps[2]
                        found = where_equal(get(x, here, some), best, get(numbers, here, some), found)
            put(result, at, found, some)

        return block

    walk = windows.walk(make_block)

    @numba_njit
    def max_pool_gather(x, largest, numbers):
        lengths = three(x.shape[1:-1])
        places = counts(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        _check(largest, shaped(samples, places, channels))
        _check(numbers, x.shape)
        result = np.empty(shaped(samples, places, channels), x.dtype)
        arrays = _flat(x), _flat(largest), _flat(numbers), _flat(result)
        walk(arrays, samples, lengths, places, channels)
        return result

    return max_pool_gather, VERSION


@register_funcify_default_op_cache_key(AveragePool)
def _average_pool(op: AveragePool, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, counts = windows.three, windows.shaped, windows.counts

    def make_block(get, put):
        @numba_njit
        def block(arrays, place, at, taps, steps, some):
            x, result = arrays
            total = filled(x, 0.0)
            for a in range(taps[0]):
                for b in range(taps[1]):
                    for c in range(taps[2]):
                        here = place + a * steps[0] + b * steps[1] + c * steps[2]
                        total = plus(total, get(x, here, some))
            put(result, at, divided(total, filled(x, taps[0] * taps[1] * taps[2])), some)

        return block

    walk = windows.walk(make_block)

    @numba_njit
    def average_pool(x):
        lengths = three(x.shape[1:-1])
        numbers = counts(lengths)
        samples, channels = x.shape[0], x.shape[-1]
        result = np.empty(shaped(samples, numbers, channels), x.dtype)
        walk((_flat(x), _flat(result)), samples, lengths, numbers, channels)
        return result

    return average_pool, VERSION


@register_funcify_default_op_cache_key(AveragePoolTranspose)
def _average_pool_transpose(op: AveragePoolTranspose, node: Any, **kwargs: Any) -> Any:
    windows = Windows(op)
    three, shaped, counts, target = windows.three, windows.shaped, windows.counts, windows.target
    apart = windows.apart

    def make_block(get, put):
        @numba_njit
        def block(arrays, place, at, taps, steps, some):
            numbers, result = arrays
            share = divided(get(numbers, at, some), filled(numbers, taps[0] * taps[1] * taps[2]))
            for a in range(taps[0]):
                for b in range(taps[1]):
                    for c in range(taps[2]):
                        here = place + a * steps[0] + b * steps[1] + c * steps[2]
                        given = share if apart else plus(get(result, here, some), share)
                        put(result, here, given, some)

        return block

    walk = windows.walk(make_block)

    @numba_njit
    def average_pool_transpose(numbers, sizes):
        lengths = three(sizes)
        places = counts(lengths)
        samples, channels = numbers.shape[0], numbers.shape[-1]
        _check(numbers, shaped(samples, places, channels))
        result = target(numbers, shaped(samples, lengths, channels), lengths, places)
        walk((_flat(numbers), _flat(result)), samples, lengths, places, channels)
        return result

    return average_pool_transpose, VERSION
