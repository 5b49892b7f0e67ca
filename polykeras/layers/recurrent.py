"""The simple recurrent layer; also the Keras 1 home of the others."""

from __future__ import annotations

from typing import Any

from .. import activations as activations
from .. import backend as K
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..engine.layer import Layer as Layer
from ..engine.spec import InputSpec as InputSpec
from .gru import GRU as GRU
from .lstm import LSTM as LSTM
from .recurrent_base import Recurrent as Recurrent
from .recurrent_base import time_distributed_dense as time_distributed_dense
from .recurrent_weights import _Weighted, masked


class SimpleRNN(_Weighted):
    """h = activation(x . W + h . U + b), where h is the output and the state.

    Input: ``(samples, time, input_dim)``. Output: ``(samples, output_dim)``, or ``(samples, time,
    output_dim)`` with ``return_sequences``. Weights: ``W`` (input_dim, output_dim), ``U`` (output_dim,
    output_dim), ``b`` (output_dim,).

    Args:
        output_dim: number of units.
        init, inner_init: initializations of ``W`` and of ``U``, a name or a function ``f(shape, name=None)``.
        activation: a name or a function.
        W_regularizer, U_regularizer, b_regularizer: penalties on the weights.
        dropout_W, dropout_U: the fractions of the input's and of the state's features to leave out while
            training, the same at all steps of a sequence (Gal and Ghahramani, 2016).
        **kwargs: ``return_sequences``, ``go_backwards``, ``stateful``, ``unroll``, ``consume_less``,
            ``weights``, ``input_dim`` and ``input_length``, see `Recurrent`; and those of `Layer`.
    """

    def __init__(
        self,
        output_dim: int,
        init: Any = "glorot_uniform",
        inner_init: Any = "orthogonal",
        activation: Any = "tanh",
        W_regularizer: Any = None,
        U_regularizer: Any = None,
        b_regularizer: Any = None,
        dropout_W: float = 0.0,
        dropout_U: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            output_dim, init, inner_init, activation, W_regularizer, U_regularizer, b_regularizer, dropout_W,
            dropout_U, **kwargs,
        )  # fmt: skip

    def get_constants(self, x: Any) -> list[Any]:
        """The dropout mask of the state and that of the input, 1 without."""
        return [masks[0] for masks in super().get_constants(x)]

    def step(self, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        h, B_U, B_W = states
        if self.consume_less != "cpu":
            x = K.dot(masked(x, B_W), self.W) + self.b
        h = self.activation(x + K.dot(masked(h, B_U), self.U))
        return h, [h]
