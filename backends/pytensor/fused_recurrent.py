"""`K.lstm` and `K.gru` on PyTensor: one operation each (see ops/recurrence.py) in place of a loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import check_choice
from ..interface import Recurrent
from ..interface.steps import GATES, gate_states
from .math import as_tensor, cast, same_dtype
from .ops.gru import GRU
from .ops.lstm import LSTM
from .ops.recurrence import Recurrence


class PTFusedRecurrent(Recurrent):
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
        kind: type[Recurrence],
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
        x, units = self._gate_inputs(where, kind.gates, x, U, W, b)
        x, U, *states = same_dtype([x, U, *initial_states])
        gate_states(where, kind.n_states, units, [self.int_shape(each) for each in states])
        dtype = x.dtype
        if dtype == "float16":  # BLAS has no products of such numbers
            x, U, *states = (cast(each, "float32") for each in (x, U, *states))
        inputs = [x, U, *states]
        if mask is not None:
            inputs.append(self._step_flags(where, as_tensor(mask), x.type.shape[1]))
        operation = kind(inner_activation, bool(go_backwards), mask is not None)
        results = operation.make_node(*inputs).outputs[: 2 + kind.n_states]
        outputs, last, *states = (cast(each, dtype) for each in results)
        return last, outputs, states
