"""The loops of pooling, each compiled once; see numba_symbols.py.

All spatial axes are brought to three. A kernel takes the numbers that `plan` has completed, and arrays. For
each window a block works through the channels, as many of them at a time as there are lanes, and what is left
of them under a mask.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import types
from pytensor.link.numba.dispatch.basic import numba_njit

from .numba_lanes import (
    ALL,
    SOME,
    divided,
    filled,
    larger,
    plus,
    where_equal,
    width,
)
from .numba_symbols import define, fingerprint

# Where the numbers of a pooling are, those from LENGTHS on for three axes each: sizes of the input, of the
# windows, their steps, how many windows there are, and the padding before the input.
SAME, SAMPLES, CHANNELS = 0, 1, 2
LENGTHS, SIZES, STRIDES, PLACES, PADDING, COUNT = 3, 6, 9, 12, 15, 18

SOURCES = fingerprint(__file__, str(Path(__file__).with_name("numba_lanes.py")))

NUMBERS = types.CPointer(types.int64)


def _kernel(make_block: Callable[..., Any]) -> Any:
    """A function that calls a block for each window.

    Args:
        make_block: ``make_block(get, put)`` gives the block: a function of the arrays, the offsets of the
            rows of the input that the window touches, where in them it begins and ends, and the distance of
            pixels; the offset of the window among the results, its number of elements, and the number of
            lanes in use.
    """
    whole, some = make_block(*ALL), make_block(*SOME)

    @numba_njit
    def kernel(numbers, arrays):
        samples, channels = numbers[SAMPLES], numbers[CHANNELS]
        length_a, length_b, length_c = numbers[LENGTHS], numbers[LENGTHS + 1], numbers[LENGTHS + 2]
        size_a, size_b, size_c = numbers[SIZES], numbers[SIZES + 1], numbers[SIZES + 2]
        stride_a, stride_b, stride_c = numbers[STRIDES], numbers[STRIDES + 1], numbers[STRIDES + 2]
        padding_a, padding_b, padding_c = numbers[PADDING], numbers[PADDING + 1], numbers[PADDING + 2]
        lanes = width(arrays[0])
        rest = channels % lanes
        rows = np.empty(size_a * size_b, np.int64)
        at = 0
        for sample in range(samples):
            for i in range(numbers[PLACES]):
                first_a = i * stride_a - padding_a
                for j in range(numbers[PLACES + 1]):
                    first_b = j * stride_b - padding_b
                    count = 0
                    for a in range(max(first_a, 0), min(first_a + size_a, length_a)):
                        for b in range(max(first_b, 0), min(first_b + size_b, length_b)):
                            rows[count] = ((sample * length_a + a) * length_b + b) * length_c * channels
                            count += 1
                    for k in range(numbers[PLACES + 2]):
                        first_c = k * stride_c - padding_c
                        left, right = max(first_c, 0), min(first_c + size_c, length_c)
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


def _gathered() -> Any:
    def make_block(get, put):
        @numba_njit(inline="always")
        def block(arrays, rows, span, at, elements, some):
            x, largest, numbers, result = arrays
            best, found = get(largest, at, some), filled(x, 0.0)
            zero, one = filled(x, 0.0), filled(x, 1.0)
            sought = one
            begin, end, step = span
            for row in rows:
                place = begin
                while place < end:
                    here = row + place
                    value = get(x, here, some)
                    hit = where_equal(value, best, sought, zero)
                    found = where_equal(hit, one, get(numbers, here, some), found)
                    sought = where_equal(value, best, zero, sought)
                    place += step
            put(result, at, found, some)

        return block

    return _kernel(make_block)


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


# What makes a kernel, and how many arrays it takes: operands and a result. Those that scatter add to what
# the result holds; where windows are apart they write over it.
_KERNELS: dict[str, tuple[Callable[[], Any], int]] = {
    "largest": (_largest, 2),
    "scattered": (lambda: _scattered(False), 4),
    "scattered_apart": (lambda: _scattered(True), 4),
    "gathered": (_gathered, 4),
    "averaged": (_averaged, 2),
    "spread": (lambda: _spread(False), 2),
    "spread_apart": (lambda: _spread(True), 2),
}


def kernel_symbol(kind: str, dtype: str) -> str:
    """The name of a kernel, which takes the numbers and its arrays.

    Args:
        kind: one of `_KERNELS`.
        dtype: ``'float32'`` or ``'float64'``.
    """
    maker, n_arrays = _KERNELS[kind]
    pointer = types.CPointer({"float32": types.float32, "float64": types.float64}[dtype])

    def make() -> Any:
        kernel = maker()
        if n_arrays == 2:

            @numba_njit
            def compute_two(numbers, a, b):
                kernel(numba.carray(numbers, (COUNT,)), (a, b))
                return 0

            return compute_two

        @numba_njit
        def compute_four(numbers, a, b, c, d):
            kernel(numba.carray(numbers, (COUNT,)), (a, b, c, d))
            return 0

        return compute_four

    name = f"polykeras_pooling_{kind}_{dtype}_{SOURCES}"
    return define(name, types.int64(NUMBERS, *[pointer] * n_arrays), make)


def plan_symbol() -> str:
    """The name of a function that completes the numbers, of which places and padding are not known yet.

    It returns -1 if a window is larger than the input, 1 if each element is in a window, else 0.
    """

    def make() -> Any:
        @numba_njit
        def plan(pointer):
            numbers = numba.carray(pointer, (COUNT,))
            covered = 1
            for axis in range(3):
                length, size = numbers[LENGTHS + axis], numbers[SIZES + axis]
                stride = numbers[STRIDES + axis]
                if stride > size:
                    covered = 0
                padding = 0
                if numbers[SAME]:
                    places = -(-length // stride)
                    padding = max((places - 1) * stride + size - length, 0) // 2
                elif length < size:
                    return -1
                else:
                    places = (length - size) // stride + 1
                    if (length - size) % stride:
                        covered = 0
                numbers[PLACES + axis] = places
                numbers[PADDING + axis] = padding
            return covered

        return plan

    return define(f"polykeras_pooling_plan_{SOURCES}", types.int64(NUMBERS), make)
