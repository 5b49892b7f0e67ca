"""Convolution as `theano.tensor.nnet.conv` and `theano.tensor.signal.conv` have it."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt

from . import convolution
from .convolution import with_shape


def conv2d(
    input: Any, filters: Any, image_shape: Any = None, filter_shape: Any = None, border_mode: Any = "valid",
    subsample: Any = (1, 1), **options: Any,
) -> Any:  # fmt: skip
    """The convolution of images with channels first, kernels flipped: the arguments of before 2016."""
    return convolution.conv2d(
        input,
        filters,
        input_shape=image_shape,
        filter_shape=filter_shape,
        border_mode=border_mode,
        subsample=subsample,
    )


def signal_conv2d(
    input: Any, filters: Any, image_shape: Any = None, filter_shape: Any = None, border_mode: Any = "valid",
    subsample: Any = (1, 1), **options: Any,
) -> Any:  # fmt: skip
    """The convolution of single pictures by single kernels, or of each of several by each of several.

    Args:
        input: a picture, or pictures ``(number, rows, columns)``.
        filters: a kernel, or kernels.
        image_shape: sizes of `input` that are known.
        filter_shape: likewise of `filters`.
        border_mode: ``'valid'``, ``'full'`` or what else `theano.tensor.nnet.conv2d` takes.
        subsample: the strides.
        options: no effect.
    """
    where = "theano.tensor.signal.conv.conv2d"
    input, filters = pt.as_tensor_variable(input), pt.as_tensor_variable(filters)
    for x in (input, filters):
        if x.ndim not in (2, 3):
            raise TypeError(f"{where}: wanted pictures of 2 or 3 axes, got {x.ndim}.")
    pictures = with_shape(where, input, input.ndim, image_shape)
    kernels = with_shape(where, filters, filters.ndim, filter_shape)
    pictures = pictures.dimshuffle("x", "x", 0, 1) if input.ndim == 2 else pictures.dimshuffle(0, "x", 1, 2)
    kernels = kernels.dimshuffle("x", "x", 0, 1) if filters.ndim == 2 else kernels.dimshuffle(0, "x", 1, 2)
    result = convolution.convolved(where, pictures, kernels, border_mode, subsample, True, (1, 1))
    if filters.ndim == 2:
        result = result[:, 0]
    return result[0] if input.ndim == 2 else result


NAMES: dict[str, Any] = {"conv2d": conv2d}
SIGNALS: dict[str, Any] = {"conv2d": signal_conv2d}
