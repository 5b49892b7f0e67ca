"""Convolution for compiled graphs: the loops around the tiles of numba_convolution_tiles.py.

The input is read where it lies, or, if windows reach out of it, from a copy of a few images with zeros around
them. Weights are laid out anew in the order in which the tiles read them, blocks of output channels one after
the other.

The gradient by the input is a convolution too: of the outputs' gradient, with the kernel turned about. With
strides s its places fall into s classes along each axis, each of which meets a part of the kernel's elements.

The images are worked off in parts, for as many threads: a kernel is called to begin, for each part, and to
end.

A depthwise convolution that makes m channels of each is computed as if the input had each channel m times.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import types

from .numba_convolution_plan import (
    CACHE,
    CLASS,
    COUNT,
    FORWARD,
    GROUP,
    IN,
    INPUT_GRADIENT,
    KERNEL_GRADIENT,
    LENGTHS,
    N_EACH,
    N_WEIGHTS,
    OUT,
    PADDED,
    PARTS,
    PLACES,
    SHORT,
    SIZES,
    STRIDES,
    WIDE,
    ceiling,
    clear,
    copy_padded,
    kernel_numbers,
    pack,
    plan,
    prepare_classes,
    product,
    sizes_at,
    steps_of,
    stretches_of,
    window_offsets,
)
from .numba_convolution_tiles import VECTORS, Vectors, kernel_tile, places_tile, vectors_for
from .numba_symbols import define, fingerprint

# What a kernel is called for.
BEGIN, WORK, END = range(3)

# What contains a tile: inlined, so that its code is optimized once.
inlined = numba.njit(error_model="numpy", inline="always")


def sweep_for(layout: Vectors, depthwise: bool) -> Any:
    """A function that computes outputs at all places of some images, tile by tile."""
    tile, most = places_tile(layout, depthwise), layout.rows
    block = layout.lanes * (1 if depthwise else VECTORS)

    @inlined
    def sweep(counts, x, x_at, x_steps, offsets, first, n_runs, run, w, w_at, y, y_at, y_steps, out):
        # The tiles go along the last axis that is long enough.
        along = 3
        for axis in (2, 1, 0):
            if counts[along] < SHORT and counts[axis] > counts[along]:
                along = axis
        n_a, n_b, n_c, n_d = counts[0], counts[1], counts[2], counts[along]
        xa, xb, xc, xd = x_steps[0], x_steps[1], x_steps[2], x_steps[along]
        ya, yb, yc, yd = y_steps[0], y_steps[1], y_steps[2], y_steps[along]
        if along == 0:
            n_a, xa, ya = counts[3], x_steps[3], y_steps[3]
        elif along == 1:
            n_b, xb, yb = counts[3], x_steps[3], y_steps[3]
        elif along == 2:
            n_c, xc, yc = counts[3], x_steps[3], y_steps[3]
        parts = ceiling(n_d, most)
        for channel in range(0, out, block):
            width = min(block, out - channel)
            for a in range(n_a):
                for b in range(n_b):
                    for c in range(n_c):
                        place = x_at + a * xa + b * xb + c * xc + (channel if depthwise else 0)
                        goal = y_at + a * ya + b * yb + c * yc + channel
                        left = n_d
                        for part in range(parts, 0, -1):
                            rows = left // part
                            tile(
                                (rows, width, x, place, xd, offsets, first, n_runs, run, w, w_at, y, goal, yd)
                            )
                            place, goal, left = place + rows * xd, goal + rows * yd, left - rows
            w_at += n_runs * run * block

    return sweep


def forward_for(layout: Vectors, depthwise: bool) -> Any:
    """The convolution of all images."""
    sweep, lanes = sweep_for(layout, depthwise), layout.lanes
    vectors = 1 if depthwise else VECTORS

    @inlined
    def forward(numbers, offsets, x, w, y, scratch, stage, begin, end, part):
        channels, out, group, padded = numbers[IN], numbers[OUT], numbers[GROUP], numbers[PADDED]
        if stage == BEGIN:
            n_weights = product(numbers, SIZES) * (1 if depthwise else channels)
            pack(w, n_weights, out, scratch, lanes, vectors)
            window_offsets(numbers, offsets, depthwise)
        if stage != WORK:
            return
        depth, rows, columns = sizes_at(numbers, PLACES)
        wide_d, wide_r, wide_c = sizes_at(numbers, WIDE)
        stride_d, stride_r, stride_c = sizes_at(numbers, STRIDES)
        n_runs, run = stretches_of(numbers, depthwise)
        at = numbers[N_WEIGHTS] + part * numbers[N_EACH]
        image, x_d, x_r, x_c = steps_of(wide_d, wide_r, wide_c, out if depthwise else channels)
        x_steps = (image, x_d * stride_d, x_r * stride_r, x_c * stride_c)
        y_steps = steps_of(depth, rows, columns, out)
        if padded:
            clear(scratch, at, group * image)
        for first in range(begin, end, group):
            counts = (min(group, end - first), depth, rows, columns)
            source, place, goal = x, first * image, first * y_steps[0]
            if padded:
                times = out // channels if depthwise else 1
                copy_padded(numbers, LENGTHS, channels, x, first, counts[0], scratch, at, times)
                source, place = scratch, at
            sweep(counts, source, place, x_steps, offsets, 0, n_runs, run, scratch, 0, y, goal, y_steps, out)

    return forward


def input_gradient_for(layout: Vectors, depthwise: bool) -> Any:
    """The gradient by the input: for each class of places a convolution."""
    sweep, lanes = sweep_for(layout, depthwise), layout.lanes
    vectors = 1 if depthwise else VECTORS

    @inlined
    def input_gradient(numbers, table, dy, w, dx, scratch, stage, begin, end, part):
        channels, out, group, padded = numbers[IN], numbers[OUT], numbers[GROUP], numbers[PADDED]
        if stage == BEGIN:
            prepare_classes(numbers, w, table, scratch, lanes, vectors, depthwise)
        if stage != WORK:
            return
        depth, rows, columns = sizes_at(numbers, LENGTHS)
        wide_d, wide_r, wide_c = sizes_at(numbers, WIDE)
        stride_d, stride_r, stride_c = sizes_at(numbers, STRIDES)
        at = numbers[N_WEIGHTS] + part * numbers[N_EACH]
        dy_steps = steps_of(wide_d, wide_r, wide_c, out)
        made = out if depthwise else channels
        times = made // channels
        image, x_d, x_r, x_c = steps_of(depth, rows, columns, made)
        dx_steps = (image, x_d * stride_d, x_r * stride_r, x_c * stride_c)
        apart = at
        if padded:
            clear(scratch, at, group * dy_steps[0])
            apart += group * dy_steps[0]
        for first in range(begin, end, group):
            count = min(group, end - first)
            source, place, target, top = dy, first * dy_steps[0], dx, first * image
            if padded:
                copy_padded(numbers, PLACES, out, dy, first, count, scratch, at, 1)
                source, place = scratch, at
            if depthwise and times > 1:
                target, top = scratch, apart
            entry = 0
            for d in range(stride_d):
                for r in range(stride_r):
                    for c in range(stride_c):
                        counts = (
                            count,
                            ceiling(depth - d, stride_d),
                            ceiling(rows - r, stride_r),
                            ceiling(columns - c, stride_c),
                        )
                        goal = top + d * x_d + r * x_r + c * x_c
                        w_at, offset = table[entry], table[entry + 1]
                        n_runs, run = table[entry + 2], table[entry + 3]
                        sweep(
                            counts, source, place, dy_steps, table, offset, n_runs, run,
                            scratch, w_at, target, goal, dx_steps, made,
                        )  # fmt: skip
                        entry += CLASS
            if depthwise and times > 1:
                goal = first * depth * rows * columns * channels
                for index in range(count * depth * rows * columns * channels):
                    total = scratch[apart + index * times]
                    for copy in range(1, times):
                        total += scratch[apart + index * times + copy]
                    dx[goal + index] = total

    return input_gradient


def add_block_for(layout: Vectors, depthwise: bool) -> Any:
    """A function that adds what one block of places gives to all of a kernel's gradient."""
    tile, most = kernel_tile(layout, depthwise), layout.rows
    block = layout.lanes * (1 if depthwise else VECTORS)

    @inlined
    def add_block(counts, x, x_at, x_steps, y, y_at, y_steps, offsets, n_runs, run, w, w_at, out):
        n_a, n_b, n_c = counts
        xa, xb, xc = x_steps
        ya, yb, yc = y_steps
        if n_c < SHORT and n_b > n_c:
            n_b, n_c, xb, xc, yb, yc = n_c, n_b, xc, xb, yc, yb
        # Rows of a tile are numbers of one stretch, or, depthwise, whole stretches.
        stretches, length = (1, n_runs) if depthwise else (n_runs, run)
        parts = ceiling(length, most)
        for stretch in range(stretches):
            done = 0
            for part in range(parts, 0, -1):
                rows = (length - done) // part
                for channel in range(0, out, block):
                    width = min(block, out - channel)
                    place = x_at + (channel if depthwise else offsets[stretch] + done)
                    goal = w_at + (stretch * length + done) * out + channel
                    tile(
                        (
                            rows, width, n_a, xa, ya, n_b, xb, yb, n_c, xc, yc,
                            x, place, offsets, done, y, y_at + channel, w, goal, out,
                        )
                    )  # fmt: skip
                done += rows

    return add_block


def kernel_gradient_for(layout: Vectors, depthwise: bool) -> Any:
    """The gradient by the kernel: the sum over all images."""
    add_block = add_block_for(layout, depthwise)

    @inlined
    def kernel_gradient(numbers, offsets, x, dy, w, scratch, stage, begin, end, part):
        channels, out, group, padded = numbers[IN], numbers[OUT], numbers[GROUP], numbers[PADDED]
        size = kernel_numbers(numbers, depthwise)
        if stage == BEGIN:
            window_offsets(numbers, offsets, depthwise)
        elif stage == END:
            for other in range(1, numbers[PARTS]):
                for index in range(size):
                    w[index] += scratch[other * numbers[N_EACH] + index]
        if stage != WORK:
            return
        # The first part adds to the result, each other one to memory of its own.
        at = part * numbers[N_EACH]
        target, goal = (w, 0) if part == 0 else (scratch, at)
        at += size if numbers[PARTS] > 1 else 0
        clear(target, goal, size)
        depth, rows, columns = sizes_at(numbers, PLACES)
        wide_d, wide_r, wide_c = sizes_at(numbers, WIDE)
        stride_d, stride_r, stride_c = sizes_at(numbers, STRIDES)
        n_runs, run = stretches_of(numbers, depthwise)
        image, x_d, x_r, x_c = steps_of(wide_d, wide_r, wide_c, out if depthwise else channels)
        result, y_d, y_r, y_c = steps_of(depth, rows, columns, out)
        x_d, x_r, x_c = x_d * stride_d, x_r * stride_r, x_c * stride_c
        # Rows that go together: all of an image if it fits into the cache.
        together = max(min(CACHE // 4 // max(x_r + y_r, 1), rows), 1)
        if padded:
            clear(scratch, at, group * image)
        for first in range(begin, end, group):
            count = min(group, end - first)
            source, start = x, first * image
            if padded:
                times = out // channels if depthwise else 1
                copy_padded(numbers, LENGTHS, channels, x, first, count, scratch, at, times)
                source, start = scratch, at
            for d in range(depth):
                for r in range(0, rows, together):
                    add_block(
                        (count, min(together, rows - r), columns),
                        source, start + d * x_d + r * x_r, (image, x_r, x_c),
                        dy, first * result + d * y_d + r * y_r, (result, y_r, y_c),
                        offsets, n_runs, run, target, goal, out,
                    )  # fmt: skip

    return kernel_gradient


MAKERS: dict[int, Callable[[Vectors, bool], Any]] = {
    FORWARD: forward_for,
    INPUT_GRADIENT: input_gradient_for,
    KERNEL_GRADIENT: kernel_gradient_for,
}

_FILES = ("convolution", "convolution_kernels", "convolution_plan", "convolution_tiles", "symbols", "threads")
SOURCES = fingerprint(*(str(Path(__file__).with_name(f"numba_{name}.py")) for name in _FILES))


def kernel_symbol(kind: int, depthwise: bool, dtype: str) -> str:
    """The name under which compiled code finds a kernel, which is compiled if it is not in the cache.

    The kernel takes the numbers, memory for offsets, its two operands, its result and memory to work in; what
    it is called for; and the first image of a part, the one after its last, and the number of the part.
    """
    number = {"float32": types.float32, "float64": types.float64}[dtype]
    layout = vectors_for(number.bitwidth)
    pointers = types.CPointer(types.int64), types.CPointer(number)
    most = 2**62 // (number.bitwidth // 8)

    def make() -> Any:
        compute = MAKERS[kind](layout, depthwise)

        @inlined
        def kernel(numbers, offsets, a, b, result, scratch, stage, begin, end, part):
            compute(
                numba.carray(numbers, (COUNT,)),
                numba.carray(offsets, (most,)),
                numba.carray(a, (most,)),
                numba.carray(b, (most,)),
                numba.carray(result, (most,)),
                numba.carray(scratch, (most,)),
                stage,
                begin,
                end,
                part,
            )
            return 0

        return kernel

    name = f"polykeras_convolution_{kind}_{int(depthwise)}_{dtype}_{SOURCES}"
    return define(name, types.int64(pointers[0], pointers[0], *[pointers[1]] * 4, *[types.int64] * 4), make)


def plan_symbol(dtype: str) -> str:
    """The name of a function that completes the numbers for a kernel; it returns what is wrong with them.

    It takes the numbers, the kind of kernel, whether that is depthwise, and the number of threads.
    """
    itemsize = np.dtype(dtype).itemsize
    layout = vectors_for(8 * itemsize)
    lanes, rows = layout.lanes, layout.rows

    def make() -> Any:
        @inlined
        def complete(numbers, kind, depthwise, threads):
            return plan(numba.carray(numbers, (COUNT,)), kind, depthwise, threads, itemsize, lanes, rows)

        return complete

    signature = types.int64(types.CPointer(types.int64), *[types.int64] * 3)
    return define(f"polykeras_convolution_plan_{dtype}_{SOURCES}", signature, make)
