"""Long short-term memory."""

from __future__ import annotations

from typing import Any

from .. import activations, initializations
from .. import backend as K
from ..utils.generic_utils import object_name
from .recurrent_weights import _Gated, masked


class LSTM(_Gated):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., 2000; Graves, 2012).

    With s the `inner_activation` and g the `activation`: ``i = s(x . W_i + h . U_i + b_i)``, f and o
    likewise; ``c = f * c + i * g(x . W_c + h . U_c + b_c)``; the output is ``h = o * g(c)``, the states are h
    and c.

    Input: ``(samples, time, input_dim)``. Output: ``(samples, output_dim)``, or ``(samples, time,
    output_dim)`` with ``return_sequences``. Weights: ``W_i, U_i, b_i``, then likewise for c, f and o, of the
    shapes (input_dim, output_dim), (output_dim, output_dim) and (output_dim,); with ``consume_less='gpu'``
    ``W, U, b``, whose columns are those of i, f, c, o.

    Args:
        output_dim: number of units.
        init, inner_init: initializations of the ``W`` and of the ``U``, a name or a function
            ``f(shape, name=None)``.
        forget_bias_init: initialization of ``b_f``; ones let the memory last from the start
            (Jozefowicz et al., 2015).
        activation, inner_activation: a name or a function.
        W_regularizer, U_regularizer, b_regularizer: penalties on the weights.
        dropout_W, dropout_U: the fractions of the input's and of the state's features to leave out while
            training, the same at all steps of a sequence (Gal and Ghahramani, 2016).
        **kwargs: ``return_sequences``, ``go_backwards``, ``stateful``, ``unroll``, ``consume_less``,
            ``weights``, ``input_dim`` and ``input_length``, see `Recurrent`; and those of `Layer`.
    """

    GATES = ("i", "c", "f", "o")
    COLUMNS = ("i", "f", "c", "o")
    state_count = 2

    def __init__(
        self,
        output_dim: int,
        init: Any = "glorot_uniform",
        inner_init: Any = "orthogonal",
        forget_bias_init: Any = "one",
        activation: Any = "tanh",
        inner_activation: Any = "hard_sigmoid",
        W_regularizer: Any = None,
        U_regularizer: Any = None,
        b_regularizer: Any = None,
        dropout_W: float = 0.0,
        dropout_U: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.forget_bias_init = initializations.get(forget_bias_init)
        self.inner_activation = activations.get(inner_activation)
        super().__init__(
            output_dim, init, inner_init, activation, W_regularizer, U_regularizer, b_regularizer, dropout_W,
            dropout_U, **kwargs,
        )  # fmt: skip

    def _bias_init(self, gate: str) -> Any:
        return self.forget_bias_init if gate == "f" else super()._bias_init(gate)

    def _run(self, x: Any, initial_states: list[Any], mask: Any) -> tuple[Any, Any, list[Any]]:
        if not self._plain(LSTM):
            return super()._run(x, initial_states, mask)
        return self._run_by(K.lstm, x, initial_states, mask)

    def step(self, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        h, c, B_U, B_W = states
        gate = self.inner_activation
        if self.consume_less == "gpu":
            z = K.dot(masked(x, B_W[0]), self.W) + K.dot(masked(h, B_U[0]), self.U) + self.b
            i, f, new, o = self._columns(z)
        else:
            parts = zip(self._gate_inputs(x, B_W), B_U, self.COLUMNS, strict=True)
            i, f, new, o = (
                part + K.dot(masked(h, mask), getattr(self, f"U_{name}")) for part, mask, name in parts
            )
        c = gate(f) * c + gate(i) * self.activation(new)
        h = gate(o) * self.activation(c)
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        init = object_name(self.name, "forget_bias_init", self.forget_bias_init)
        return {**super().get_config(), "forget_bias_init": init}
