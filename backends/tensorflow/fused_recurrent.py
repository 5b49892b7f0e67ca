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
from ..interface.steps import GATES, gate_states
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
        W: Any = None,
        b: Any = None,
    ) -> tuple[Any, Any, list[Any]]:
        return self._fused(LSTM, x, U, initial_states, mask, go_backwards, inner_activation, W, b)

    @in_graph
    def gru(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
        W: Any = None,
        b: Any = None,
    ) -> tuple[Any, Any, list[Any]]:
        return self._fused(GRU, x, U, initial_states, mask, go_backwards, inner_activation, W, b)

    def _fused(
        self,
        kind: type[Cell],
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any,
        go_backwards: bool,
        inner_activation: str,
        W: Any,
        b: Any,
    ) -> tuple[Any, Any, list[Any]]:
        where = kind.__name__.lower()
        check_choice(f"K.{where}", "inner_activation", inner_activation, GATES)
        units = self._gate_units(where, kind.gates, x, U, W, b)
        projection = [each for each in (W, b) if each is not None]
        x, U, *rest = same_dtype([x, U, *projection, *initial_states])
        projection, states = rest[: len(projection)], rest[len(projection) :]
        gate_states(where, kind.n_states, units, [self.int_shape(each) for each in states])
        if len(projection) == 1:
            projection.append(tf.zeros([kind.gates * units], x.dtype))
        samples, time, _ = x.shape
        inputs = [x, U, *projection, *states]
        if mask is not None:
            inputs.append(self._step_flags(where, as_tensor(mask), time))
        run = recurrence(kind, inner_activation, bool(go_backwards), mask is not None, W is not None)
        state = tf.TensorShape([samples, units])
        specs = [(x.dtype, tf.TensorShape([samples, time, units])), *[(x.dtype, state)] * (1 + len(states))]
        outputs, last, *states = defer(inputs, specs, run, where)
        return last, outputs, states
