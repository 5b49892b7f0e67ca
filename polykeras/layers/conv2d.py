"""Convolution of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..backends.interface.windows import window
from .windows import ImageLayer, sizes_one_by_one


class Convolution2D(ImageLayer):
    """activation(x * W + b), `W` sliding over rows and columns.

    Input: ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels, rows, columns)`` for
    ``'th'``; rows and columns may be unknown. Output: the same with other sizes and `nb_filter` channels.
    Weights: ``W`` (nb_row, nb_col, channels, nb_filter) for ``'tf'``, (nb_filter, channels, nb_row, nb_col)
    for ``'th'``; ``b`` (nb_filter,) if `bias`.

    Args:
        nb_filter: number of output channels.
        nb_row, nb_col: rows and columns of the kernel.
        init: initialization of ``W``, a name or a function ``f(shape, name=None)``.
        activation: a name or a function; None leaves the numbers as they are.
        weights: start values ``[W, b]``.
        border_mode: ``'valid'``, ``'same'`` or ``'full'``: where the kernel may stand.
        subsample: its steps along rows and columns.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
        W_regularizer, b_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        W_constraint, b_constraint: projections of the weights after each update.
        bias: whether ``b`` is added.
    """

    def _convolved(self, x: Any) -> Any:
        return K.conv2d(
            x,
            self.W,
            strides=self.subsample,
            border_mode=self.border_mode,
            dim_ordering=self.dim_ordering,
            filter_dilation=self._dilation(),
        )


class AtrousConvolution2D(Convolution2D):
    """A `Convolution2D` whose kernel has its elements `atrous_rate` apart (Yu and Koltun, 2016).

    Args:
        atrous_rate: the distances along rows and columns.

    The other arguments, the weights and the shapes are those of `Convolution2D`.
    """

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
        atrous_rate: Sequence[int] = (1, 1),
        dim_ordering: str = "default",
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        self.atrous_rate = window(type(self).__name__, "atrous_rate", atrous_rate, 2)
        super().__init__(
            nb_filter, nb_row, nb_col, init, activation, weights, border_mode, subsample, dim_ordering,
            W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias, **kwargs,
        )  # fmt: skip

    def _dilation(self) -> tuple[int, ...]:
        return self.atrous_rate

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "atrous_rate": self.atrous_rate}


Conv2D = Convolution2D
AtrousConv2D = AtrousConvolution2D
