"""Convolution by NumPy: matrix products over blocks of windows that fit into the cache.

Beyond the result at most about one padded image and one block of windows are held at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .convolution_frame import Frame, Geometry, check_channels, check_multiple, gradient_frame

Array = Any

# Bytes of windows at a time: about half of a core's second cache.
BLOCK = 1 << 19


def forward(x: Array, w: Array, geometry: Geometry) -> Array:
    """The convolution of images with a kernel; see `convolution.Convolution`."""
    check_channels("convolution", x.shape[-1], w.shape[-2])
    return _convolved(x, w, Frame.of("convolution", geometry, x.shape[1:-1], w.shape[:-2]))


def _convolved(x: Array, w: Array, frame: Frame) -> Array:
    out = w.shape[-1]
    matrix = w.reshape(-1, out)
    y = np.zeros((x.shape[0], *frame.places, out), x.dtype)
    for images, rows, windows in _unfolded(x, frame):
        np.dot(windows, matrix, out=y[images, rows].reshape(-1, out))
    return y


def kernel_gradient(x: Array, dy: Array, sizes: Sequence[int], geometry: Geometry) -> Array:
    """The gradient by the kernel; see `convolution.KernelGradient`."""
    frame = gradient_frame("convolution", geometry, x.shape, sizes, dy.shape)
    channels, out = x.shape[-1], dy.shape[-1]
    total = np.zeros((prod(frame.sizes) * channels, out), x.dtype)
    # What is added to the sum at a time should not be much smaller than the sum.
    for images, rows, windows in _unfolded(x, frame, min(total.nbytes, 8 * BLOCK)):
        total += np.dot(windows.T, dy[images, rows].reshape(-1, out))
    return total.reshape(*frame.sizes, channels, out)


def input_gradient(w: Array, dy: Array, lengths: Sequence[int], geometry: Geometry) -> Array:
    """The gradient by the input; see `convolution.InputGradient`."""
    check_channels("transposed convolution", dy.shape[-1], w.shape[-1])
    frame = gradient_frame("transposed convolution", geometry, (None, *lengths), w.shape[:-2], dy.shape)
    channels, out = w.shape[-2:]
    matrix = w.reshape(-1, out).T
    if frame.pointwise:
        return np.dot(dy.reshape(-1, out), matrix).reshape(dy.shape[0], *frame.lengths, channels)
    if set(frame.strides) == {1} and out < 4 * channels:
        # To unfold dy costs less than to add up the products of each element of the kernel.
        turned = np.flip(w, tuple(range(len(frame.sizes)))).swapaxes(-1, -2)
        return _convolved(dy, turned, frame.transposed())
    dx = np.zeros((dy.shape[0], *frame.lengths, channels), dy.dtype)
    for images, blocks in _blocks(frame, dx, matrix.shape[1]):
        with _Padded(dx[images], frame) as target:
            for rows in blocks:
                part = dy[images, rows]
                products = np.dot(part.reshape(-1, out), matrix).reshape(*part.shape[:-1], -1, channels)
                for index, tap in enumerate(np.ndindex(frame.sizes)):
                    _at_tap(target, frame, tap, rows)[...] += products[..., index, :]
    return dx


def depthwise_forward(x: Array, w: Array, geometry: Geometry) -> Array:
    """Each channel convolved for itself."""
    check_channels("depthwise convolution", x.shape[-1], w.shape[-2])
    frame = Frame.of("depthwise convolution", geometry, x.shape[1:-1], w.shape[:-2])
    taps = w.reshape(*frame.sizes, -1)
    y = np.zeros((x.shape[0], *frame.places, taps.shape[-1]), x.dtype)
    for images, blocks in _blocks(frame, x, taps.shape[-1]):
        part = _padded(x[images], frame)
        for rows in blocks:
            target = y[images, rows]
            for tap in np.ndindex(frame.sizes):
                target += _repeated(_at_tap(part, frame, tap, rows), w.shape[-1]) * taps[tap]
    return y


def depthwise_kernel_gradient(x: Array, dy: Array, sizes: Sequence[int], geometry: Geometry) -> Array:
    """The gradient of `depthwise_forward` by the kernel."""
    frame = gradient_frame("depthwise convolution", geometry, x.shape, sizes, dy.shape)
    multiplier = check_multiple("depthwise convolution", dy.shape[-1], x.shape[-1])
    total = np.zeros((*frame.sizes, dy.shape[-1]), x.dtype)
    for images, blocks in _blocks(frame, x, dy.shape[-1]):
        part = _padded(x[images], frame)
        for rows in blocks:
            weights = dy[images, rows].reshape(-1, dy.shape[-1])
            for tap in np.ndindex(frame.sizes):
                seen = _repeated(_at_tap(part, frame, tap, rows), multiplier).reshape(weights.shape)
                total[tap] += np.einsum("pz,pz->z", seen, weights)
    return total.reshape(*frame.sizes, x.shape[-1], multiplier)


def depthwise_input_gradient(w: Array, dy: Array, lengths: Sequence[int], geometry: Geometry) -> Array:
    """The gradient of `depthwise_forward` by the input."""
    channels, multiplier = w.shape[-2:]
    check_channels("depthwise convolution", dy.shape[-1], channels * multiplier)
    frame = gradient_frame("depthwise convolution", geometry, (None, *lengths), w.shape[:-2], dy.shape)
    taps = w.reshape(*frame.sizes, -1)
    dx = np.zeros((dy.shape[0], *frame.lengths, channels), dy.dtype)
    for images, blocks in _blocks(frame, dx, dy.shape[-1]):
        with _Padded(dx[images], frame) as target:
            for rows in blocks:
                part = dy[images, rows]
                for tap in np.ndindex(frame.sizes):
                    products = part * taps[tap]
                    if multiplier > 1:
                        products = np.add.reduce(products.reshape(*part.shape[:-1], channels, multiplier), -1)
                    _at_tap(target, frame, tap, rows)[...] += products
    return dx


def _blocks(frame: Frame, x: Array, width: int, at_least: int = 0) -> Iterator[tuple[slice, list[slice]]]:
    """Slices of images and for each the slices of rows that go together, `width` numbers for each place.

    Either there are several images and one slice of all rows, or one image and several.
    """
    if 0 in frame.places:
        return
    limit = max(BLOCK, at_least)
    row_bytes = max(prod(frame.places[1:]) * width * x.itemsize, 1)
    rows = min(max(limit // row_bytes, 1), frame.places[0])
    images = max(limit // (row_bytes * frame.places[0]), 1)
    slices = [slice(start, min(start + rows, frame.places[0])) for start in range(0, frame.places[0], rows)]
    for start in range(0, x.shape[0], images):
        yield slice(start, start + images), slices


def _parts(frame: Frame) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Which part of the padded input is input, and which part of the input that is."""
    inner, outer = [slice(None)], [slice(None)]
    for length, before, needed in zip(frame.lengths, frame.before, frame.needed, strict=True):
        count = max(min(length, needed - before), 0)
        inner.append(slice(before, before + count))
        outer.append(slice(count))
    return tuple(inner), tuple(outer)


def _padded(x: Array, frame: Frame) -> Array:
    """Images with the zeros around them that windows see."""
    if not frame.padded:
        return x
    wide = np.zeros((x.shape[0], *frame.needed, x.shape[-1]), x.dtype)
    inner, outer = _parts(frame)
    wide[inner] = x[outer]
    return wide


def _refilled(wide: Array, x: Array, frame: Frame) -> Array:
    """Puts other images, no more than before, within the same zeros."""
    inner, outer = _parts(frame)
    wide[: len(x)][inner] = x[outer]
    return wide


class _Padded:
    """A place to add to for images with the zeros around them; at the end the images get what they have."""

    def __init__(self, x: Array, frame: Frame) -> None:
        self.x, self.frame = x, frame
        self.target = _padded(x, frame)

    def __enter__(self) -> Array:
        return self.target

    def __exit__(self, *error: object) -> None:
        if self.target is not self.x:
            inner, outer = _parts(self.frame)
            self.x[outer] = self.target[inner]


def _at_tap(part: Array, frame: Frame, tap: Sequence[int], rows: slice) -> Array:
    """What one element of the kernel sees at all places of some rows."""
    index = [slice(None)]
    ranges = [(rows.start, rows.stop), *((0, places) for places in frame.places[1:])]
    for (first, stop), k, stride, apart in zip(ranges, tap, frame.strides, frame.dilation, strict=True):
        start = first * stride + k * apart
        index.append(slice(start, start + (stop - first - 1) * stride + 1, stride))
    return part[tuple(index)]


def _unfolded(x: Array, frame: Frame, at_least: int = 0) -> Iterator[tuple[slice, slice, Array]]:
    """What the window sees, one place a row, for block after block of images and rows."""
    width = prod(frame.sizes) * x.shape[-1]
    wide, every = x, None
    for images, blocks in _blocks(frame, x, width, at_least):
        part = x[images]
        if frame.padded:
            wide = _padded(part, frame) if every is None else _refilled(wide, part, frame)
        if every is None:
            every = _windows(wide, frame)
        seen = every[: len(part)] if frame.padded else every[images]
        for rows in blocks:
            yield images, rows, seen[:, rows].reshape(-1, width)


def _windows(x: Array, frame: Frame) -> Array:
    """A view of what the window sees at each place: ``(samples, places..., sizes..., channels)``."""
    samples, *axes, last = x.strides
    steps = [size * stride for size, stride in zip(axes, frame.strides, strict=True)]
    taps = [size * apart for size, apart in zip(axes, frame.dilation, strict=True)]
    shape = (x.shape[0], *frame.places, *frame.sizes, x.shape[-1])
    return as_strided(x, shape, (samples, *steps, *taps, last), writeable=False)


def _repeated(x: Array, multiplier: int) -> Array:
    return x if multiplier == 1 else np.repeat(x, multiplier, axis=-1)
