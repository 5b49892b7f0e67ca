"""Convolution and pooling, window by window."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from polykeras import config

Index = tuple[int, ...]
Sizes = int | Sequence[int]


def _starts(length: int, reach: int, border_mode: str, stride: int) -> range:
    """Where along an axis windows begin that reach over `reach` elements; below 0: in padding."""
    if border_mode == "valid":
        return range(0, length - reach + 1, stride)
    if border_mode == "full":
        return range(1 - reach, length, stride)
    count = (length + stride - 1) // stride
    padding = max(0, stride * (count - 1) + reach - length)
    first = -(padding // 2)
    return range(first, first + count * stride, stride)


def _all(place: Index) -> Any:
    """Index of all samples and channels at a place."""
    return (slice(None), *place)


def _each(value: Sizes, rank: int) -> tuple[int, ...]:
    """One integer for each axis; one alone stands for all."""
    return (value,) * rank if isinstance(value, int) else tuple(value)


def _axes(
    lengths: Sequence[int],
    sizes: Sequence[int],
    border_mode: str,
    strides: Sizes | None,
    dilation: Sizes | None = None,
) -> list[tuple[range, int]]:
    """For each axis: where the windows begin, and how far apart their elements lie."""
    steps, apart = _each(strides or 1, len(sizes)), _each(dilation or 1, len(sizes))
    return [
        (_starts(length, (size - 1) * distance + 1, border_mode, step), distance)
        for length, size, step, distance in zip(lengths, sizes, steps, apart, strict=True)
    ]


def _places(axes: Sequence[tuple[range, int]]) -> tuple[int, ...]:
    """How many windows there are along each axis."""
    return tuple(len(starts) for starts, _ in axes)


def _seen(
    axes: Sequence[tuple[range, int]], lengths: Sequence[int], sizes: Sequence[int]
) -> Iterator[tuple[Index, Index, Index]]:
    """All triples (window, its element, element of the input under it), without padding."""
    for window in itertools.product(*map(range, _places(axes))):
        for tap in itertools.product(*map(range, sizes)):
            under = tuple(
                starts[place] + element * distance
                for (starts, distance), place, element in zip(axes, window, tap, strict=True)
            )
            if all(0 <= at < length for at, length in zip(under, lengths, strict=True)):
                yield window, tap, under


def convolution(
    x: np.ndarray,
    kernel: np.ndarray,
    strides: Sizes | None = None,
    border_mode: str = "valid",
    dilation: Sizes | None = None,
) -> np.ndarray:
    lengths, sizes = x.shape[1:-1], kernel.shape[:-2]
    axes = _axes(lengths, sizes, border_mode, strides, dilation)
    result = np.zeros((len(x), *_places(axes), kernel.shape[-1]))
    for window, tap, under in _seen(axes, lengths, sizes):
        result[_all(window)] += x[_all(under)] @ kernel[tap]
    return result


def transposed_convolution(
    x: np.ndarray,
    kernel: np.ndarray,
    output_shape: Sequence[Any],
    strides: Sizes | None = None,
    border_mode: str = "valid",
) -> np.ndarray:
    lengths, sizes = tuple(output_shape[1:-1]), kernel.shape[:-2]
    axes = _axes(lengths, sizes, border_mode, strides)
    assert _places(axes) == x.shape[1:-1]
    result = np.zeros((len(x), *lengths, kernel.shape[-2]))
    for window, tap, under in _seen(axes, lengths, sizes):
        result[_all(under)] += x[_all(window)] @ kernel[tap].T
    return result


def depthwise_convolution(
    x: np.ndarray, kernel: np.ndarray, strides: Sizes | None = None, border_mode: str = "valid"
) -> np.ndarray:
    channels = [
        convolution(x[..., i : i + 1], kernel[:, :, i : i + 1], strides, border_mode)
        for i in range(x.shape[-1])
    ]
    return np.concatenate(channels, axis=-1)


def pooling(
    x: np.ndarray,
    pool_size: Sizes,
    strides: Sizes | None = None,
    border_mode: str = "valid",
    pool_mode: str = "max",
) -> np.ndarray:
    lengths, sizes = x.shape[1:-1], _each(pool_size, x.ndim - 2)
    axes = _axes(lengths, sizes, border_mode, strides or sizes)
    values: dict[Index, list[np.ndarray]] = {}
    for window, _, under in _seen(axes, lengths, sizes):
        values.setdefault(window, []).append(x[_all(under)])
    result = np.zeros((len(x), *_places(axes), x.shape[-1]))
    for window, column in values.items():
        result[_all(window)] = np.max(column, axis=0) if pool_mode == "max" else np.mean(column, axis=0)
    return result


def max_pooling_gradient(
    x: np.ndarray,
    slopes: np.ndarray,
    pool_size: Sizes,
    strides: Sizes | None = None,
    border_mode: str = "valid",
) -> np.ndarray:
    """The derivative of max pooling: each window's slope goes to the first of its largest elements."""
    lengths, sizes = x.shape[1:-1], _each(pool_size, x.ndim - 2)
    axes = _axes(lengths, sizes, border_mode, strides or sizes)
    result = np.zeros(x.shape)
    for sample, channel in itertools.product(range(len(x)), range(x.shape[-1])):
        largest: dict[Index, Index] = {}
        for window, _, under in _seen(axes, lengths, sizes):
            held = largest.setdefault(window, under)
            if x[(sample, *under, channel)] > x[(sample, *held, channel)]:
                largest[window] = under
        for window, under in largest.items():
            result[(sample, *under, channel)] += slopes[(sample, *window, channel)]
    return result


def _is_th(dim_ordering: str) -> bool:
    return (config.image_dim_ordering() if dim_ordering == "default" else dim_ordering) == "th"


def _last(x: np.ndarray, dim_ordering: str) -> np.ndarray:
    """Images, channels last."""
    return np.moveaxis(x, 1, -1) if _is_th(dim_ordering) else x


def _back(x: np.ndarray, dim_ordering: str) -> np.ndarray:
    """Images, channels last, in the given ordering."""
    return np.moveaxis(x, -1, 1) if _is_th(dim_ordering) else x


def _kernel(kernel: np.ndarray, dim_ordering: str) -> np.ndarray:
    """A kernel, (sizes..., in, out)."""
    return np.moveaxis(np.moveaxis(kernel, 0, -1), 0, -2) if _is_th(dim_ordering) else kernel


def conv1d(
    x: np.ndarray,
    kernel: np.ndarray,
    stride: int = 1,
    border_mode: str = "valid",
    image_shape: Any = None,
    filter_shape: Any = None,
) -> np.ndarray:
    return convolution(x, kernel.reshape(len(kernel), *kernel.shape[-2:]), (stride,), border_mode)


def conv2d(
    x: np.ndarray,
    kernel: np.ndarray,
    strides: Sizes = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    image_shape: Any = None,
    filter_shape: Any = None,
    filter_dilation: Sizes = (1, 1),
) -> np.ndarray:
    images, weights = _last(x, dim_ordering), _kernel(kernel, dim_ordering)
    return _back(convolution(images, weights, strides, border_mode, filter_dilation), dim_ordering)


def conv3d(
    x: np.ndarray,
    kernel: np.ndarray,
    strides: Sizes = (1, 1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    volume_shape: Any = None,
    filter_shape: Any = None,
    filter_dilation: Sizes = (1, 1, 1),
) -> np.ndarray:
    return conv2d(x, kernel, strides, border_mode, dim_ordering, filter_dilation=filter_dilation)


def atrous_conv2d(
    x: np.ndarray,
    kernel: np.ndarray,
    rate: int = 1,
    border_mode: str = "valid",
    dim_ordering: str = "default",
    image_shape: Any = None,
    filter_shape: Any = None,
) -> np.ndarray:
    return conv2d(x, kernel, (1, 1), border_mode, dim_ordering, filter_dilation=(rate, rate))


def deconv2d(
    x: np.ndarray,
    kernel: np.ndarray,
    output_shape: Sequence[Any],
    strides: Sizes = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    image_shape: Any = None,
    filter_shape: Any = None,
) -> np.ndarray:
    images, weights = _last(x, dim_ordering), np.swapaxes(_kernel(kernel, dim_ordering), -1, -2)
    samples, *sizes = output_shape
    shape = (samples, *(sizes[1:] + sizes[:1] if _is_th(dim_ordering) else sizes))
    return _back(transposed_convolution(images, weights, shape, strides, border_mode), dim_ordering)


def separable_conv2d(
    x: np.ndarray,
    depthwise_kernel: np.ndarray,
    pointwise_kernel: np.ndarray,
    strides: Sizes = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
) -> np.ndarray:
    depthwise = _kernel(depthwise_kernel, dim_ordering)
    each = depthwise_convolution(_last(x, dim_ordering), depthwise, strides, border_mode)
    return _back(each @ _kernel(pointwise_kernel, dim_ordering)[0, 0], dim_ordering)


def pool2d(
    x: np.ndarray,
    pool_size: Sizes,
    strides: Sizes = (1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    pool_mode: str = "max",
) -> np.ndarray:
    return _back(pooling(_last(x, dim_ordering), pool_size, strides, border_mode, pool_mode), dim_ordering)


def pool3d(
    x: np.ndarray,
    pool_size: Sizes,
    strides: Sizes = (1, 1, 1),
    border_mode: str = "valid",
    dim_ordering: str = "default",
    pool_mode: str = "max",
) -> np.ndarray:
    return pool2d(x, pool_size, strides, border_mode, dim_ordering, pool_mode)
