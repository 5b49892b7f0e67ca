"""`K.lstm` and `K.gru` on TensorFlow: the loops over time and back written by hand.

TensorFlow's own derivative of a loop keeps every intermediate result in a list and computes the gradient of
the weights step by step. Here the loop forward keeps what the loop backward multiplies by, and the gradient
of the weights is one product of matrices after it. Both loops are regions for XLA.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from ...errors import check_choice
from ..interface import Recurrent
from ..interface.steps import GATES, gate_states, gate_units
from .fused_recurrent_gru import GRU
from .fused_recurrent_loop import Cell, recurrence
from .fused_recurrent_lstm import LSTM
from .graph import defer, in_graph
from .math import as_tensor, same_dtype


class TFFusedRecurrent(Recurrent):
    @in_graph
    def lstm(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
    ) -> tuple[Any, Any, list[Any]]:
        return self._fused("lstm", LSTM, x, U, initial_states, mask, go_backwards, inner_activation)

    @in_graph
    def gru(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
    ) -> tuple[Any, Any, list[Any]]:
        return self._fused("gru", GRU, x, U, initial_states, mask, go_backwards, inner_activation)

    def _fused(
        self,
        where: str,
        kind: type[Cell],
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any,
        go_backwards: bool,
        inner_activation: str,
    ) -> tuple[Any, Any, list[Any]]:
        check_choice(f"K.{where}", "inner_activation", inner_activation, GATES)
        x, U, *states = same_dtype([x, U, *initial_states])
        units = gate_units(where, kind.gates, self.int_shape(x), self.int_shape(U))
        gate_states(where, kind.n_states, units, [self.int_shape(each) for each in states])
        samples, time, _ = x.shape
        state = tf.TensorShape([samples, units])
        inputs = [x, U, *states]
        if mask is not None:
            inputs.append(self._step_flags(where, as_tensor(mask), time))
        run = recurrence(kind, inner_activation, bool(go_backwards), mask is not None)
        count = 2 + len(states)

        def build(tensors: list[Any]) -> list[Any]:
            x, U, *rest = tensors
            return run(x, U, rest[: len(states)], *rest[len(states) :])

        specs = [(x.dtype, tf.TensorShape([samples, time, units])), *[(x.dtype, state)] * (count - 1)]
        outputs, last, *states = defer(inputs, specs, build, where)
        return last, outputs, states
