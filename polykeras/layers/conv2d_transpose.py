"""Transposed convolution of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..backends.interface.windows import output_length
from ..errors import whole_number
from .conv2d import Convolution2D
from .windows import sizes_one_by_one


class Deconvolution2D(Convolution2D):
    """The transpose of a convolution: what leads from its output's shape back to its input's.

    Sources: Zeiler et al., 2010; Dumoulin and Visin, 2016. Input: as for `Convolution2D`. Output:
    `output_shape`, with the samples of the input. Weights: as for `Convolution2D`.

    Args:
        nb_filter: number of output channels.
        nb_row, nb_col: rows and columns of the kernel.
        output_shape: the output's shape in the layer's ordering; its samples may be None. A convolution of
            the same kernel, `border_mode` and `subsample` must lead from its rows and columns to those of
            the input. Along an axis, an input of n gives ``(n - 1) * step + size`` for ``'valid'``, ``n *
            step`` for ``'same'`` and ``(n - 1) * step + 2 - size`` for ``'full'``; with a step above 1 up to
            ``step - 1`` more, for ``'same'`` less.
        border_mode: ``'valid'``, ``'same'`` or ``'full'``.

    The other arguments are those of `Convolution2D`.
    """

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        nb_row: int,
        nb_col: int,
        output_shape: Sequence[int | None],
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        border_mode: str = "valid",
        subsample: Sequence[int] = (1, 1),
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
        super().__init__(
            nb_filter, nb_row, nb_col, init, activation, weights, border_mode, subsample, dim_ordering,
            W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias, **kwargs,
        )  # fmt: skip
        self.output_shape_ = self._checked(where, output_shape)

    def _checked(self, where: str, shape: Any) -> tuple[int | None, ...]:
        sizes = tuple(shape) if isinstance(shape, (list, tuple)) else ()
        wholes = [whole_number(size) for size in sizes]
        axis = self._channel_axis
        if len(sizes) != 4 or any(size is None or size < 1 for size in wholes[1:]):
            example = (None, 28, 28, self.nb_filter) if axis == 3 else (None, self.nb_filter, 28, 28)
            raise ValueError(
                f"{where}: output_shape must hold the samples (or None) and three integers above 0, such as "
                f"{example} for dim_ordering {self.dim_ordering!r}, got {shape!r}."
            )
        if wholes[axis] != self.nb_filter:
            raise ValueError(
                f"{where}: output_shape must have nb_filter ({self.nb_filter}) channels at axis {axis} for "
                f"dim_ordering {self.dim_ordering!r}, got {sizes}."
            )
        return (sizes[0] if wholes[0] is None else wholes[0], *wholes[1:])

    def _places(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        sizes, lengths = tuple(self._lengths(self.output_shape_)), self._lengths(input_shape)
        parts = zip(sizes, self._window(), self._steps(), strict=True)
        fits = [output_length(size, window, self.border_mode, step) for size, window, step in parts]
        if any(None not in (got, fit) and got != fit for got, fit in zip(lengths, fits, strict=True)):
            raise ValueError(
                f"{self.name}: output_shape {self.output_shape_} wants an input of {tuple(fits)} rows and "
                f"columns, since a convolution of the kernel {self._window()}, subsample {self.subsample} "
                f"and border_mode {self.border_mode!r} makes so many of {sizes}; got {tuple(lengths)}."
            )
        return sizes

    def _convolved(self, x: Any) -> Any:
        return K.deconv2d(
            x,
            self.W,
            self.output_shape_,
            strides=self.subsample,
            border_mode=self.border_mode,
            dim_ordering=self.dim_ordering,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_shape": self.output_shape_}


Deconv2D = Deconvolution2D
