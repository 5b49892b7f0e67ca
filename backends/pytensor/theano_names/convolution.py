"""Convolutions with channels first and kernels ``(out, in, sizes...)``, flipped unless told otherwise."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt

from ...registry import load
from ..math import same_dtype
from .padding import padded

_BORDER_MODES = "'valid', 'full', 'half', an integer or one for each axis"


def _back_end() -> Any:
    return load("pytensor", "theano.tensor.nnet")


def channels_last(x: Any) -> Any:
    """Images with channels behind the spatial axes."""
    return x.dimshuffle(0, *range(2, x.ndim), 1)


def channels_first(x: Any) -> Any:
    """The way back of `channels_last`."""
    return x.dimshuffle(0, x.ndim - 1, *range(1, x.ndim - 1))


def with_shape(where: str, x: Any, rank: int, *shapes: Any) -> Any:
    """A tensor of `rank` axes with the sizes that the program says it has, as far as it does."""
    x = pt.as_tensor_variable(x)
    if x.ndim != rank:
        raise TypeError(f"{where}: wanted a tensor of {rank} axes, got one of {x.ndim}.")
    for shape in shapes:
        if shape is None:
            continue
        if len(shape) != rank:
            raise ValueError(f"{where}: wanted a shape of {rank} sizes, got {shape!r}.")
        known: Any = [int(each) if isinstance(each, (int, np.integer)) else None for each in shape]
        if any(each is not None for each in known):
            x = pt.specify_shape(x, known)
    return x


def steps_of(where: str, name: str, value: Any, rank: int) -> tuple[int, ...]:
    """Strides, dilations or sizes: an integer for each axis, or one for all."""
    given = value if isinstance(value, (list, tuple, np.ndarray)) else (value,) * rank
    numbers = tuple(int(each) for each in given)
    if len(numbers) != rank or any(number < 1 for number in numbers):
        raise ValueError(f"{where}: {name} must be {rank} integers above 0, got {value!r}.")
    return numbers


def kernel_of(filters: Any, flip: bool) -> Any:
    """Theano's kernel ``(out, in, sizes...)`` as the engine has it: ``(sizes..., in, out)``."""
    spatial = filters.ndim - 2
    if flip:
        filters = filters[(slice(None), slice(None), *[slice(None, None, -1)] * spatial)]
    return filters.dimshuffle(*range(2, filters.ndim), 1, 0)


def _widths(where: str, border_mode: Any, filters: Any, dilation: Sequence[int]) -> Any:
    """How many zeros each side of each axis gets, or None where the border mode is one of the engine's."""
    rank = filters.ndim - 2
    if border_mode in ("valid", "full"):
        return None
    sizes = [filters.type.shape[axis + 2] or filters.shape[axis + 2] for axis in range(rank)]
    if border_mode == "half":
        return [((size - 1) * apart + 1) // 2 for size, apart in zip(sizes, dilation, strict=True)]
    given = border_mode if isinstance(border_mode, (list, tuple)) else (border_mode,) * rank
    whole = all(isinstance(each, (int, np.integer)) and each >= 0 for each in given)
    if isinstance(border_mode, str) or len(given) != rank or not whole:
        raise ValueError(f"{where}: border_mode must be {_BORDER_MODES}, got {border_mode!r}.")
    return [int(each) for each in given]


def convolved(
    where: str, input: Any, filters: Any, border_mode: Any, subsample: Any, flip: bool, dilation: Any
) -> Any:
    """The convolution of tensors whose shapes have been checked."""
    rank = filters.ndim - 2
    input, filters = same_dtype([pt.as_tensor_variable(input), filters])
    steps = steps_of(where, "subsample", subsample, rank)
    apart = steps_of(where, "filter_dilation", dilation, rank)
    widths = _widths(where, border_mode, filters, apart)
    mode = border_mode if widths is None else "valid"
    if widths is not None:
        input = padded(input, [(width, width) for width in widths])
    result = _back_end().convolution(channels_last(input), kernel_of(filters, flip), steps, mode, apart)
    return channels_first(result)


def conv2d(
    input: Any, filters: Any, input_shape: Any = None, filter_shape: Any = None, border_mode: Any = "valid",
    subsample: Any = (1, 1), filter_flip: bool = True, image_shape: Any = None, filter_dilation: Any = (1, 1),
    **options: Any,
) -> Any:  # fmt: skip
    """The convolution of images ``(samples, channels, rows, columns)``.

    Args:
        input: the images.
        filters: the kernels, ``(out, in, rows, columns)``.
        input_shape: sizes of `input` that are known, None for others; `image_shape` is the older name.
        filter_shape: likewise of `filters`.
        border_mode: ``'valid'``, ``'full'``, ``'half'``, or how many zeros go around, for all axes or each.
        subsample: the strides.
        filter_flip: whether kernels are flipped, as a convolution has it; False: a cross-correlation.
        image_shape: see `input_shape`.
        filter_dilation: how far the kernels' elements lie apart.
        options: those of Theano's older implementations (`imshp_logical`, `unroll_batch`, ...): no effect.
    """
    where = "theano.tensor.nnet.conv2d"
    if options:
        warnings.warn(f"{where}: {', '.join(sorted(options))} have no effect.", UserWarning, stacklevel=2)
    input = with_shape(where, input, 4, input_shape, image_shape)
    filters = with_shape(where, filters, 4, filter_shape)
    return convolved(where, input, filters, border_mode, subsample, filter_flip, filter_dilation)


def conv3d(
    input: Any, filters: Any, input_shape: Any = None, filter_shape: Any = None, border_mode: Any = "valid",
    subsample: Any = (1, 1, 1), filter_flip: bool = True, filter_dilation: Any = (1, 1, 1),
) -> Any:  # fmt: skip
    """The convolution of volumes ``(samples, channels, depth, rows, columns)``; see `conv2d`."""
    where = "theano.tensor.nnet.conv3d"
    input = with_shape(where, input, 5, input_shape)
    filters = with_shape(where, filters, 5, filter_shape)
    return convolved(where, input, filters, border_mode, subsample, filter_flip, filter_dilation)


def frames_conv3d(
    signals: Any, filters: Any, signals_shape: Any = None, filters_shape: Any = None,
    border_mode: Any = "valid",
) -> Any:  # fmt: skip
    """`conv3d2d.conv3d`: signals and kernels have their time axis before that of the channels."""
    where = "theano.tensor.nnet.conv3d2d.conv3d"
    signals = with_shape(where, signals, 5, signals_shape).dimshuffle(0, 2, 1, 3, 4)
    filters = with_shape(where, filters, 5, filters_shape).dimshuffle(0, 2, 1, 3, 4)
    result = convolved(where, signals, filters, border_mode, (1, 1, 1), True, (1, 1, 1))
    return result.dimshuffle(0, 2, 1, 3, 4)


def conv2d_grad_wrt_inputs(
    output_grad: Any, filters: Any, input_shape: Any, filter_shape: Any = None, border_mode: Any = "valid",
    subsample: Any = (1, 1), filter_flip: bool = True, filter_dilation: Any = (1, 1),
) -> Any:  # fmt: skip
    """The derivative of `conv2d` by its images, for the derivative by its output.

    Args:
        output_grad: the derivative by the output.
        filters: the kernels.
        input_shape: the shape of the images; rows and columns must be given.
        filter_shape: sizes of `filters` that are known.
        border_mode: see `conv2d`.
        subsample: see `conv2d`.
        filter_flip: see `conv2d`.
        filter_dilation: must be 1.
    """
    where = "theano.tensor.nnet.conv2d_grad_wrt_inputs"
    output_grad = with_shape(where, output_grad, 4)
    filters = with_shape(where, filters, 4, filter_shape)
    if steps_of(where, "filter_dilation", filter_dilation, 2) != (1, 1):
        raise ValueError(f"{where}: filter_dilation must be (1, 1), got {filter_dilation!r}.")
    lengths = list(input_shape)[-2:]
    if any(each is None for each in lengths):
        raise ValueError(f"{where}: rows and columns of input_shape must be given, got {input_shape!r}.")
    output_grad, filters = same_dtype([output_grad, filters])
    steps = steps_of(where, "subsample", subsample, 2)
    widths = _widths(where, border_mode, filters, (1, 1))
    mode, around = (border_mode, [0, 0]) if widths is None else ("valid", widths)
    channels = filters.type.shape[1] or filters.shape[1]
    sizes = [length + 2 * width for length, width in zip(lengths, around, strict=True)]
    result = _back_end().transposed_convolution(
        channels_last(output_grad),
        kernel_of(filters, filter_flip),
        (output_grad.shape[0], *sizes, channels),
        steps,
        mode,
    )
    inner = [slice(width, width + length) for length, width in zip(lengths, around, strict=True)]
    return channels_first(result)[(slice(None), slice(None), *inner)]


def conv2d_transpose(
    input: Any, filters: Any, output_shape: Any, filter_shape: Any = None, border_mode: Any = "valid",
    input_dilation: Any = (1, 1), filter_flip: bool = True, filter_dilation: Any = (1, 1),
) -> Any:  # fmt: skip
    """The transpose of `conv2d` with the strides `input_dilation`."""
    return conv2d_grad_wrt_inputs(
        input, filters, output_shape, filter_shape, border_mode, input_dilation, filter_flip, filter_dilation
    )


def bilinear_kernel_1D(ratio: int, normalize: bool = True) -> Any:
    """The weights by which a row is enlarged `ratio` times: a triangle with ``2 * ratio - 1`` elements."""
    rising = np.arange(1, ratio + 1, dtype="float64")
    weights = np.concatenate([rising, rising[-2::-1]])
    return pt.constant((weights / ratio if normalize else weights).astype(_float()))


def bilinear_kernel_2D(ratio: int, normalize: bool = True) -> Any:
    """The product of two `bilinear_kernel_1D`."""
    row = np.asarray(bilinear_kernel_1D(ratio, normalize).data)
    return pt.constant(np.outer(row, row))


def _float() -> str:
    import pytensor

    return str(pytensor.config.floatX)


NAMES: dict[str, Any] = {
    "conv2d": conv2d,
    "conv3d": conv3d,
    "conv2d_transpose": conv2d_transpose,
    "conv2d_grad_wrt_inputs": conv2d_grad_wrt_inputs,
    "bilinear_kernel_1D": bilinear_kernel_1D,
    "bilinear_kernel_2D": bilinear_kernel_2D,
}
FRAMES: dict[str, Any] = {"conv3d": frames_conv3d}
