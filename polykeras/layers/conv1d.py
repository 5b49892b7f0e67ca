"""Convolution of sequences."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from .parts import positive_int
from .windows import SequenceLayer, sizes_one_by_one


class Convolution1D(SequenceLayer):
    """activation(x * W + b), `W` sliding along the time axis.

    Input: ``(samples, steps, input_dim)``; the number of steps may be unknown. Output: ``(samples, new_steps,
    nb_filter)``. Weights: ``W`` (filter_length, 1, input_dim, nb_filter), ``b`` (nb_filter,) if `bias`.

    Args:
        nb_filter: number of output channels.
        filter_length: length of the kernel.
        init: initialization of ``W``, a name or a function ``f(shape, name=None)``. As in Keras 1, one that
            asks for the fans takes the axes of ``W`` for those of the ordering ``'th'``.
        activation: a name or a function; None leaves the numbers as they are.
        weights: start values ``[W, b]``.
        border_mode: ``'valid'``, ``'same'`` or ``'full'``: where the kernel may stand.
        subsample_length: its step.
        W_regularizer, b_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        W_constraint, b_constraint: projections of the weights after each update.
        bias: whether ``b`` is added.
        input_dim, input_length: number of channels and of steps (None if it varies), for the first layer of a
            model; the same as ``input_shape=(input_length, input_dim)``.
    """

    def _kernel_shape(self, window: tuple[int, ...], inputs: int, outputs: int) -> tuple[int, ...]:
        return (*window, 1, inputs, outputs)

    def _fans_ordering(self) -> str:
        return "th"

    def _convolved(self, x: Any) -> Any:
        return K.conv1d(x, self.W, stride=self.subsample_length, border_mode=self.border_mode)


class AtrousConvolution1D(Convolution1D):
    """A `Convolution1D` whose kernel has its elements `atrous_rate` steps apart (Yu and Koltun, 2016).

    Args:
        atrous_rate: the distance of the kernel's elements.

    The other arguments, the weights and the shapes are those of `Convolution1D`.
    """

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        filter_length: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        border_mode: str = "valid",
        subsample_length: int = 1,
        atrous_rate: int = 1,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        self.atrous_rate = positive_int(type(self).__name__, "atrous_rate", atrous_rate)
        super().__init__(
            nb_filter, filter_length, init, activation, weights, border_mode, subsample_length,
            W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint, bias, **kwargs,
        )  # fmt: skip

    def _dilation(self) -> tuple[int, ...]:
        return (self.atrous_rate,)

    def _convolved(self, x: Any) -> Any:
        kernel = K.squeeze(self.W, 1)
        return K.convolution(x, kernel, self._steps(), self.border_mode, self._dilation())

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "atrous_rate": self.atrous_rate}


Conv1D = Convolution1D
AtrousConv1D = AtrousConvolution1D
