"""The gated recurrent unit."""

from __future__ import annotations

from typing import Any

from .. import activations
from .. import backend as K
from .recurrent_weights import _Gated, masked


class GRU(_Gated):
    """The gated recurrent unit (Cho et al., 2014).

    With s the `inner_activation`: ``z = s(x . W_z + h . U_z + b_z)``; ``r = s(x . W_r + h . U_r + b_r)``;
    ``hh = activation(x . W_h + (r * h) . U_h + b_h)``; the output and new state is ``z * h + (1 - z) * hh``.

    Input: ``(samples, time, input_dim)``. Output: ``(samples, output_dim)``, or ``(samples, time,
    output_dim)`` with ``return_sequences``. Weights: ``W_z, U_z, b_z, W_r, U_r, b_r, W_h, U_h, b_h``, of the
    shapes (input_dim, output_dim), (output_dim, output_dim) and (output_dim,); with ``consume_less='gpu'``
    ``W, U, b``, whose columns are those of z, r, h.

    Args:
        output_dim: number of units.
        init, inner_init: initializations of the ``W`` and of the ``U``, a name or a function
            ``f(shape, name=None)``.
        activation, inner_activation: a name or a function.
        W_regularizer, U_regularizer, b_regularizer: penalties on the weights.
        dropout_W, dropout_U: the fractions of the input's and of the state's features to leave out while
            training, the same at all steps of a sequence (Gal and Ghahramani, 2016).
        **kwargs: ``return_sequences``, ``go_backwards``, ``stateful``, ``unroll``, ``consume_less``,
            ``weights``, ``input_dim`` and ``input_length``, see `Recurrent`; and those of `Layer`.
    """

    U_z: Any
    U_r: Any
    U_h: Any

    GATES = ("z", "r", "h")
    COLUMNS = ("z", "r", "h")

    def __init__(
        self,
        output_dim: int,
        init: Any = "glorot_uniform",
        inner_init: Any = "orthogonal",
        activation: Any = "tanh",
        inner_activation: Any = "hard_sigmoid",
        W_regularizer: Any = None,
        U_regularizer: Any = None,
        b_regularizer: Any = None,
        dropout_W: float = 0.0,
        dropout_U: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.inner_activation = activations.get(inner_activation)
        super().__init__(
            output_dim, init, inner_init, activation, W_regularizer, U_regularizer, b_regularizer, dropout_W,
            dropout_U, **kwargs,
        )  # fmt: skip

    def _run(self, x: Any, initial_states: list[Any], mask: Any) -> tuple[Any, Any, list[Any]]:
        if not self._plain(GRU):
            return super()._run(x, initial_states, mask)
        return self._run_by(K.gru, x, initial_states, mask)

    def step(self, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        h, B_U, B_W = states
        units, gate = self.output_dim, self.inner_activation
        if self.consume_less == "gpu":
            x = K.dot(masked(x, B_W[0]), self.W) + self.b
            inner = K.dot(masked(h, B_U[0]), self.U[:, : 2 * units])
            z = gate(x[:, :units] + inner[:, :units])
            r = gate(x[:, units : 2 * units] + inner[:, units:])
            hh = self.activation(x[:, 2 * units :] + K.dot(masked(r * h, B_U[0]), self.U[:, 2 * units :]))
        else:
            x_z, x_r, x_h = self._gate_inputs(x, B_W)
            z = gate(x_z + K.dot(masked(h, B_U[0]), self.U_z))
            r = gate(x_r + K.dot(masked(h, B_U[1]), self.U_r))
            hh = self.activation(x_h + K.dot(masked(r * h, B_U[2]), self.U_h))
        h = z * h + (1.0 - z) * hh
        return h, [h]
