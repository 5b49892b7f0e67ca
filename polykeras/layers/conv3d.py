"""Convolution of volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..backends.interface.windows import window
from ..config import resolve_dim_ordering
from .parts import positive_int
from .windows import WindowLayer, sizes_one_by_one


class Convolution3D(WindowLayer):
    """activation(x * W + b), `W` sliding along three axes.

    Input: ``(samples, d1, d2, d3, channels)`` for ``'tf'``, ``(samples, channels, d1, d2, d3)`` for ``'th'``;
    the three sizes may be unknown. Output: the same with other sizes and `nb_filter` channels. Weights: ``W``
    (kernel_dim1, kernel_dim2, kernel_dim3, channels, nb_filter) for ``'tf'``, (nb_filter, channels,
    kernel_dim1, kernel_dim2, kernel_dim3) for ``'th'``; ``b`` (nb_filter,) if `bias`.

    Args:
        nb_filter: number of output channels.
        kernel_dim1, kernel_dim2, kernel_dim3: sizes of the kernel.
        subsample: its steps along the three axes.

    The other arguments are those of `Convolution2D`.
    """

    RANK = 3

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        kernel_dim1: int,
        kernel_dim2: int,
        kernel_dim3: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        border_mode: str = "valid",
        subsample: Sequence[int] = (1, 1, 1),
        dim_ordering: str = "default",
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.kernel_dim1 = positive_int(where, "kernel_dim1", kernel_dim1)
        self.kernel_dim2 = positive_int(where, "kernel_dim2", kernel_dim2)
        self.kernel_dim3 = positive_int(where, "kernel_dim3", kernel_dim3)
        self.subsample = window(where, "subsample", subsample, 3)
        self.dim_ordering = resolve_dim_ordering(where, dim_ordering)
        super().__init__(
            nb_filter, init, activation, weights, border_mode, W_regularizer, b_regularizer,
            activity_regularizer, W_constraint, b_constraint, bias, None, **kwargs,
        )  # fmt: skip

    def _window(self) -> tuple[int, ...]:
        return (self.kernel_dim1, self.kernel_dim2, self.kernel_dim3)

    def _steps(self) -> tuple[int, ...]:
        return self.subsample

    def _convolved(self, x: Any) -> Any:
        return K.conv3d(
            x,
            self.W,
            strides=self.subsample,
            border_mode=self.border_mode,
            dim_ordering=self.dim_ordering,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "kernel_dim1": self.kernel_dim1,
            "kernel_dim2": self.kernel_dim2,
            "kernel_dim3": self.kernel_dim3,
            "subsample": self.subsample,
            "dim_ordering": self.dim_ordering,
        }


Conv3D = Convolution3D
