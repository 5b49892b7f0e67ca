"""Convolution and pooling: see `ops` for the operations."""

from __future__ import annotations

from typing import Any

from ..interface import Conv
from .math import as_float, cast, same_dtype
from .ops.convolution import Convolution, InputGradient
from .ops.pooling import pool


class PTConv(Conv):
    def convolution(
        self, x: Any, kernel: Any, strides: Any = None, border_mode: str = "valid", dilation: Any = None
    ) -> Any:
        x, kernel = same_dtype([as_float(x), kernel])
        mode, steps, apart = self._checked_convolution(
            "convolution", x, kernel, strides, border_mode, dilation
        )
        return cast(Convolution(steps, mode, apart)(_working(x), _working(kernel)), x.dtype)

    def transposed_convolution(
        self, x: Any, kernel: Any, output_shape: Any, strides: Any = None, border_mode: str = "valid"
    ) -> Any:
        x, kernel = same_dtype([as_float(x), kernel])
        mode, steps, lengths = self._checked_transposed(
            "transposed_convolution", x, kernel, output_shape, strides, border_mode
        )
        transpose = InputGradient(steps, mode, (1,) * len(steps))
        return cast(transpose(_working(kernel), _working(x), lengths), x.dtype)

    def depthwise_convolution(
        self, x: Any, kernel: Any, strides: Any = None, border_mode: str = "valid"
    ) -> Any:
        x, kernel = same_dtype([as_float(x), kernel])
        mode, steps = self._checked_depthwise("depthwise_convolution", x, kernel, strides, border_mode)
        each = Convolution(steps, mode, (1,) * len(steps), depthwise=True)
        return cast(each(_working(x), _working(kernel)), x.dtype)

    def pooling(
        self, x: Any, pool_size: Any, strides: Any = None, border_mode: str = "valid", pool_mode: str = "max"
    ) -> Any:
        x = as_float(x)
        mode, sizes, steps = self._checked_pooling("pooling", x, pool_size, strides, border_mode, pool_mode)
        return pool(x, sizes, steps, mode, pool_mode)


def _working(x: Any) -> Any:
    """`x` in the dtype that the operations compute in: half precision in float32."""
    return x if x.dtype == "float64" else cast(x, "float32")
