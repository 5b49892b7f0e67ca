"""Convolution and pooling."""

from __future__ import annotations

from typing import Any

from ..interface import Conv


class TFConv(Conv):
    def convolution(
        self, x: Any, kernel: Any, strides: Any = None, border_mode: str = "valid", dilation: Any = None
    ) -> Any:
        raise NotImplementedError

    def transposed_convolution(
        self, x: Any, kernel: Any, output_shape: Any, strides: Any = None, border_mode: str = "valid"
    ) -> Any:
        raise NotImplementedError

    def depthwise_convolution(
        self, x: Any, kernel: Any, strides: Any = None, border_mode: str = "valid"
    ) -> Any:
        raise NotImplementedError

    def pooling(
        self, x: Any, pool_size: Any, strides: Any = None, border_mode: str = "valid", pool_mode: str = "max"
    ) -> Any:
        raise NotImplementedError
