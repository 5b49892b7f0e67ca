"""Convolution of images in two steps: each channel for itself, then a mixture of channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from .. import constraints, regularizers
from .parts import part_config, positive_int, set_initial_weights
from .windows import ImageLayer, Shape, sizes_one_by_one


class SeparableConvolution2D(ImageLayer):
    """A depthwise convolution, then a 1 x 1 convolution (Sifre, 2014; Chollet, 2017).

    Input and output: as for `Convolution2D`. Weights for ``'tf'``: ``depthwise_kernel`` (nb_row, nb_col,
    channels, depth_multiplier), ``pointwise_kernel`` (1, 1, channels * depth_multiplier, nb_filter); for
    ``'th'`` (depth_multiplier, channels, nb_row, nb_col) and (nb_filter, channels * depth_multiplier, 1, 1);
    ``b`` (nb_filter,) if `bias`.

    Args:
        nb_filter: number of output channels.
        nb_row, nb_col: rows and columns of the depthwise kernel.
        init: initialization of both kernels.
        weights: start values ``[depthwise_kernel, pointwise_kernel, b]``.
        border_mode: ``'valid'`` or ``'same'``.
        subsample: steps of the depthwise kernel along rows and columns.
        depth_multiplier: number of maps that each channel gives in the first step.
        depthwise_regularizer, pointwise_regularizer, b_regularizer: penalties on the weights.
        depthwise_constraint, pointwise_constraint, b_constraint: projections of the weights after each
            update.

    The other arguments are those of `Convolution2D`.
    """

    BORDER_MODES = ("valid", "same")

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        nb_row: int,
        nb_col: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        border_mode: str = "valid",
        subsample: Sequence[int] = (1, 1),
        depth_multiplier: int = 1,
        dim_ordering: str = "default",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        self.depth_multiplier = positive_int(type(self).__name__, "depth_multiplier", depth_multiplier)
        self.depthwise_regularizer = regularizers.get(depthwise_regularizer)
        self.pointwise_regularizer = regularizers.get(pointwise_regularizer)
        self.depthwise_constraint = constraints.get(depthwise_constraint)
        self.pointwise_constraint = constraints.get(pointwise_constraint)
        super().__init__(
            nb_filter, nb_row, nb_col, init, activation, weights, border_mode, subsample, dim_ordering,
            b_regularizer=b_regularizer, activity_regularizer=activity_regularizer,
            b_constraint=b_constraint, bias=bias, **kwargs,
        )  # fmt: skip

    def build(self, input_shape: Shape) -> None:
        channels = self._channels(input_shape)
        self._places(input_shape)
        between = channels * self.depth_multiplier
        self.depthwise_kernel = self.add_weight(
            self._kernel_shape(self._window(), channels, self.depth_multiplier),
            initializer=self._initializer(),
            name=f"{self.name}_depthwise_kernel",
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.pointwise_kernel = self.add_weight(
            self._kernel_shape((1, 1), between, self.nb_filter),
            initializer=self._initializer(),
            name=f"{self.name}_pointwise_kernel",
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.b = self._add_bias((self.nb_filter,)) if self.bias else None
        set_initial_weights(self)
        self.built = True

    def _convolved(self, x: Any) -> Any:
        return K.separable_conv2d(
            x,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=self.subsample,
            border_mode=self.border_mode,
            dim_ordering=self.dim_ordering,
        )

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["W_regularizer"], config["W_constraint"]
        parts = [
            f"{kernel}_{part}"
            for kernel in ("depthwise", "pointwise")
            for part in ("regularizer", "constraint")
        ]
        return {
            **config,
            "depth_multiplier": self.depth_multiplier,
            **{part: part_config(self.name, part, getattr(self, part)) for part in parts},
        }


SeparableConv2D = SeparableConvolution2D
