"""What programs took from `theano.sandbox.cuda` and `theano.gpuarray`: on the processor, the same values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytensor.tensor as pt

from .convolution import conv2d
from .pool import pool_2d
from .top import shared


def same(x: Any) -> Any:
    """The tensor itself: it is in the processor's memory, and so is everything else."""
    return pt.as_tensor_variable(x)


def dnn_conv(
    img: Any, kerns: Any, border_mode: Any = "valid", subsample: Sequence[int] = (1, 1),
    conv_mode: str = "conv", direction_hint: Any = None, **options: Any,
) -> Any:  # fmt: skip
    """A convolution of images, channels first; ``conv_mode='cross'`` leaves the kernels unflipped."""
    return conv2d(img, kerns, border_mode=border_mode, subsample=subsample, filter_flip=conv_mode == "conv")


def dnn_pool(
    img: Any, ws: Any, stride: Any = None, mode: str = "max", pad: Any = (0, 0), **options: Any
) -> Any:
    """Pooling of images, channels first."""
    mode = "average_inc_pad" if mode == "average" else mode
    return pool_2d(img, ws, ignore_border=True, stride=stride, pad=pad, mode=mode)


NAMES: dict[str, Any] = {
    "dnn_conv": dnn_conv,
    "dnn_pool": dnn_pool,
    "gpu_contiguous": same,
    "gpu_from_host": same,
    "host_from_gpu": same,
    "as_cuda_ndarray_variable": same,
    "float32_shared_constructor": shared,
    "shared_constructor": shared,
}
