"""What the kernels of convolution prepare: sizes, padded copies, and weights in the order of their use.

All spatial axes are brought to three (depth, rows, columns).
"""

from __future__ import annotations

from typing import Any

import numba
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from .numba_symbols import unpacked

# The numbers that describe a convolution to the kernels, an array of int64. Three entries each for the axes.
SAMPLES, MODE, IN, OUT = 0, 1, 2, 3
LENGTHS, SIZES, STRIDES, DILATION, PLACES = 4, 7, 10, 13, 16
# What `plan` adds: the zeros that the convolution sees before its input; the zeros before what the kernel
# reads and the sizes of that with all its zeros, whether there are any; how many images go together; in how
# many parts the images are worked off; the memory for weights, for each part, for all, and for offsets.
BEFORE, LEAD, WIDE, PADDED, GROUP, PARTS = 19, 22, 25, 28, 29, 30
N_WEIGHTS, N_EACH, N_SCRATCH, N_OFFSETS = 31, 32, 33, 34
COUNT = 35

MODES = ("valid", "same", "full")
FORWARD, INPUT_GRADIENT, KERNEL_GRADIENT = range(3)
KINDS = (FORWARD, INPUT_GRADIENT, KERNEL_GRADIENT)
FITS, TOO_LARGE, OTHER_PLACES = range(3)

# Bytes of images to work on at a time.
CACHE = 1 << 18
# Multiplications that are worth a thread: some tens of microseconds.
PART, PART_DEPTHWISE = 1 << 23, 1 << 20
# A row of places shorter than this is no good tile.
SHORT = 4
# Numbers that describe a class of places, see `prepare_classes`.
CLASS = 4

compiled = numba.njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)


@compiled
def ceiling(a, b):
    return -(-a // b)


@compiled
def sizes_at(numbers, at):
    return numbers[at], numbers[at + 1], numbers[at + 2]


@compiled
def product(numbers, at):
    return numbers[at] * numbers[at + 1] * numbers[at + 2]


@compiled
def kernel_numbers(numbers, depthwise):
    """How many numbers a kernel has."""
    return product(numbers, SIZES) * (1 if depthwise else numbers[IN]) * numbers[OUT]


@compiled
def block_width(width, lanes):
    """The numbers that a block of `width` channels takes in memory: whole vectors."""
    return ceiling(width, lanes) * lanes


@compiled
def plan_axis(numbers, axis, kind):
    """Works out one axis; returns what is wrong with it."""
    length, size, stride = numbers[LENGTHS + axis], numbers[SIZES + axis], numbers[STRIDES + axis]
    mode = numbers[MODE]
    reach = (size - 1) * numbers[DILATION + axis] + 1
    if mode == 0 and length < reach:
        return TOO_LARGE
    count = length - reach + 1 if mode == 0 else (length if mode == 1 else length + reach - 1)
    places = max(ceiling(count, stride), 0)
    if kind == FORWARD:
        numbers[PLACES + axis] = places
    elif numbers[PLACES + axis] != places:
        return OTHER_PLACES
    before = 0
    if mode == 1:
        before = max((places - 1) * stride + reach - length, 0) // 2
    elif mode == 2:
        before = reach - 1
    if kind == INPUT_GRADIENT:
        # An input element i meets the places (i + before - reach + 1) / stride to (i + before) / stride.
        given, lead = places, max((reach - 1 - before) // stride, 0)
        wide = lead + max(places, (length - 1 + before) // stride + 1)
    else:
        given, lead = length, before
        wide = max(lead + length, (places - 1) * stride + reach)
    numbers[PADDED] |= wide > given
    numbers[BEFORE + axis], numbers[LEAD + axis], numbers[WIDE + axis] = before, lead, wide
    return FITS


@compiled
def plan(numbers, kind, depthwise, threads, itemsize, lanes, rows):
    """Completes the numbers of a convolution; returns what is wrong with it."""
    numbers[PADDED] = 0
    for axis in range(3):
        status = plan_axis(numbers, axis, kind)
        if status != FITS:
            return status
    taps, channels, out = product(numbers, SIZES), numbers[IN], numbers[OUT]
    repeated = depthwise and channels != out
    if kind == INPUT_GRADIENT:
        image, result = (
            product(numbers, WIDE) * out,
            product(numbers, LENGTHS) * (out if depthwise else channels),
        )
    else:
        numbers[PADDED] |= repeated
        image, result = (
            product(numbers, WIDE) * (out if depthwise else channels),
            product(numbers, PLACES) * out,
        )
    group = max(CACHE // max((image + result) * itemsize, 1), 1)
    longest = 0
    for axis in range(3):
        longest = max(longest, numbers[PLACES + axis])
    if longest < SHORT:
        group = max(group, rows)
    numbers[GROUP] = group = min(group, max(numbers[SAMPLES], 1))
    work = numbers[SAMPLES] * product(numbers, PLACES) * taps * out * (1 if depthwise else channels)
    parts = min(threads, numbers[SAMPLES], work // (PART_DEPTHWISE if depthwise else PART))
    numbers[PARTS] = parts = max(parts, 1)
    weights = 0
    if kind != KERNEL_GRADIENT:
        turned = kind == INPUT_GRADIENT and not depthwise
        weights = taps * block_width(channels if turned else out, lanes)
        weights *= 1 if depthwise else (out if turned else channels)
    each = group * image if numbers[PADDED] else 0
    if kind == INPUT_GRADIENT and repeated:
        each += group * result
    elif kind == KERNEL_GRADIENT and parts > 1:
        each += kernel_numbers(numbers, depthwise)
    numbers[N_WEIGHTS], numbers[N_EACH] = weights, each
    numbers[N_SCRATCH] = weights + parts * each
    numbers[N_OFFSETS] = 2 * taps + CLASS * product(numbers, STRIDES)
    return FITS


@intrinsic
def move(context: Any, arguments: Any) -> Any:
    """``move((target, at, source, begin, count))``: copies numbers of an array into another one."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kinds = signature.args[0].types
        target, at, source, begin, count = unpacked(context, builder, kinds, values[0])
        itemsize = kinds[0].dtype.bitwidth // 8
        cgutils.raw_memcpy(builder, builder.gep(target, [at]), builder.gep(source, [begin]), count, itemsize)
        return context.get_dummy_value()

    return types.void(arguments), code


@compiled
def clear(target, at, count):
    for index in range(at, at + count):
        target[index] = 0


@compiled
def copy_padded(numbers, lengths, channels, x, first, count, target, at, times):
    """Copies images into the midst of the zeros at `target`, each channel so many times."""
    lead_d, lead_r, lead_c = sizes_at(numbers, LEAD)
    wide_d, wide_r, wide_c = sizes_at(numbers, WIDE)
    depth, rows, columns = sizes_at(numbers, lengths)
    for n in range(count):
        for d in range(depth):
            for r in range(rows):
                source = (((first + n) * depth + d) * rows + r) * columns * channels
                place = ((n * wide_d + lead_d + d) * wide_r + lead_r + r) * wide_c + lead_c
                place = at + place * channels * times
                if times == 1:
                    move((target, place, x, source, columns * channels))
                else:
                    for index in range(columns * channels):
                        for copy in range(times):
                            target[place + index * times + copy] = x[source + index]


@compiled
def pack(w, taps, out, target, lanes, vectors):
    """Lays a matrix of weights out in blocks of columns; returns where it ends."""
    at = 0
    for first in range(0, out, vectors * lanes):
        width = min(vectors * lanes, out - first)
        whole = block_width(width, lanes)
        for tap in range(taps):
            move((target, at, w, tap * out + first, width))
            for column in range(width, whole):
                target[at + column] = 0
            at += whole
    return at


@compiled
def pack_turned(numbers, w, taps, first, count, target, at, lanes, vectors):
    """Lays some elements of a kernel out, with the input's channels as columns; returns where it ends."""
    channels, out = numbers[IN], numbers[OUT]
    even = out - out % 16  # what goes by loops of a length that is known when they are compiled
    for channel in range(0, channels, vectors * lanes):
        width = min(vectors * lanes, channels - channel)
        whole = block_width(width, lanes)
        for index in range(first, first + count):
            source = (taps[index] * channels + channel) * out
            if width < whole:
                clear(target, at, out * whole)
            for start in range(0, even, 16):
                for lane in range(width):
                    place, begin = at + start * whole + lane, source + lane * out + start
                    for o in range(16):
                        target[place + o * whole] = w[begin + o]
            for o in range(even, out):
                for lane in range(width):
                    target[at + o * whole + lane] = w[source + lane * out + o]
            at += out * whole
    return at


@compiled
def pack_turned_depthwise(numbers, w, taps, first, count, target, at, lanes):
    """Like `pack_turned`, for a kernel that sees each channel for itself."""
    out = numbers[OUT]
    for channel in range(0, out, lanes):
        for index in range(first, first + count):
            source = taps[index] * out + channel
            for lane in range(lanes):
                target[at + lane] = w[source + lane] if lane < out - channel else 0
            at += lanes
    return at


@compiled
def met(numbers, axis, phase, k):
    """Where the k-th element of the kernel looks from the input's place `phase`; -1 if it looks nowhere.

    The same element looks one place farther from the input's place phase + stride.
    """
    far = phase + numbers[BEFORE + axis] - k * numbers[DILATION + axis]
    return far // numbers[STRIDES + axis] + numbers[LEAD + axis] if far % numbers[STRIDES + axis] == 0 else -1


@compiled
def prepare_class(numbers, phase_d, phase_r, phase_c, table, taps, offsets, depthwise):
    """Writes the elements of the kernel that a class of places meets, and where they look.

    Returns their number, that of the stretches of neighbouring places which they make, and the number of
    places in each stretch.
    """
    size_d, size_r, size_c = sizes_at(numbers, SIZES)
    _, wide_r, wide_c = sizes_at(numbers, WIDE)
    neighbours = numbers[STRIDES + 2] % numbers[DILATION + 2] == 0 and not depthwise
    count, stretches = 0, 0
    for d in range(size_d - 1, -1, -1):
        at_d = met(numbers, 0, phase_d, d)
        for r in range(size_r - 1, -1, -1):
            at_r = met(numbers, 1, phase_r, r)
            begun = False
            for c in range(size_c - 1, -1, -1):
                at_c = met(numbers, 2, phase_c, c)
                if min(at_d, at_r, at_c) < 0:
                    continue
                table[taps + count] = (d * size_r + r) * size_c + c
                count += 1
                if not (begun and neighbours):
                    table[offsets + stretches] = ((at_d * wide_r + at_r) * wide_c + at_c) * numbers[OUT]
                    stretches += 1
                begun = True
    return count, stretches, count // max(stretches, 1)


@compiled
def prepare_classes(numbers, w, table, scratch, lanes, vectors, depthwise):
    """Packs the kernel for each class of places and describes the classes in the table.

    Each has `CLASS` numbers there: where its packed weights begin, where the offsets of the stretches of
    numbers that it reads begin, how many there are, and their length. Returns where the packed weights end.
    """
    classes, n_taps = CLASS * product(numbers, STRIDES), product(numbers, SIZES)
    at, end, taps, offsets = 0, 0, classes, classes + n_taps
    for phase_d in range(numbers[STRIDES]):
        for phase_r in range(numbers[STRIDES + 1]):
            for phase_c in range(numbers[STRIDES + 2]):
                count, stretches, each = prepare_class(
                    numbers, phase_d, phase_r, phase_c, table, taps, offsets, depthwise
                )
                table[at], table[at + 1], table[at + 2] = end, offsets, stretches
                if depthwise:
                    table[at + 3] = 1
                    end = pack_turned_depthwise(numbers, w, table, taps, count, scratch, end, lanes)
                else:
                    table[at + 3] = each * numbers[OUT]
                    end = pack_turned(numbers, w, table, taps, count, scratch, end, lanes, vectors)
                at, taps, offsets = at + CLASS, taps + count, offsets + stretches
    return end


@compiled
def stretches_of(numbers, depthwise):
    """How many stretches of numbers a window reads, and their length."""
    if depthwise:
        return product(numbers, SIZES), 1
    if numbers[DILATION + 2] == 1:
        return numbers[SIZES] * numbers[SIZES + 1], numbers[SIZES + 2] * numbers[IN]
    return product(numbers, SIZES), numbers[IN]


@compiled
def window_offsets(numbers, table, depthwise):
    """Writes the offsets of the stretches of numbers that a window reads."""
    channels = numbers[OUT] if depthwise else numbers[IN]
    count, _ = stretches_of(numbers, depthwise)
    each = count // (numbers[SIZES] * numbers[SIZES + 1])
    for index in range(count):
        d, rest = divmod(index, numbers[SIZES + 1] * each)
        r, c = divmod(rest, each)
        row = d * numbers[DILATION] * numbers[WIDE + 1] + r * numbers[DILATION + 1]
        table[index] = (row * numbers[WIDE + 2] + c * numbers[DILATION + 2]) * channels


@compiled
def steps_of(depth, rows, columns, channels):
    """How far apart neighbours lie along the axes of contiguous images."""
    return depth * rows * columns * channels, rows * columns * channels, columns * channels, channels
