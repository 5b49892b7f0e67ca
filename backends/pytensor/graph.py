"""Building scope, learning phase, random state, gradients and functions of PyTensor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytensor
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Variable

from ... import config
from ..interface import Graph
from ..interface.arguments import is_float
from ..interface.options import function_options
from .execution import Engine
from .function import PTFunction
from .phase import new_phase
from .variables import describe


class PTGraph(Graph):
    """PyTensor's graphs have no owner: what nobody refers to any more is freed."""

    engine: Engine
    _phase_uses: int

    def _start_graph(self) -> None:
        self._lock = self.engine.lock
        self._fresh_phase()

    def _fresh_phase(self) -> None:
        self._phase: Any = new_phase()

    def learning_phase(self) -> Any:
        if not isinstance(self._phase, int):
            self._phase_uses += 1
        return self._phase

    def set_learning_phase(self, value: int) -> None:
        if value not in (0, 1):
            raise ValueError(f"K.set_learning_phase: wanted 0 (test) or 1 (train), got {value!r}.")
        self._phase = int(value)

    @contextmanager
    def _scope(self) -> Iterator[None]:
        with self._lock:
            outer = pytensor.config.floatX
            wanted = config.floatx()
            if outer != wanted:
                pytensor.config.floatX = wanted
            try:
                yield
            finally:
                if outer != wanted:
                    pytensor.config.floatX = outer

    def graph_scope(self) -> AbstractContextManager[Any]:
        return self._scope()

    def gradients(self, loss: Any, variables: Any) -> list[Any]:
        wanted = list(variables) if isinstance(variables, (list, tuple)) else [variables]
        for variable in (loss, *wanted):
            if not isinstance(variable, Variable):
                raise TypeError(f"K.gradients: wanted a tensor, got {describe(variable)}.")
        # Derivatives of loops are built of zeros of PyTensor's floatX.
        floats = loss.dtype if is_float(loss.dtype) else config.floatx()
        with self.graph_scope(), pytensor.config.change_flags(floatX=floats):
            cost = loss if loss.ndim == 0 else pt.sum(loss)
            found: Any = pt.grad(
                cost,
                wanted,
                disconnected_inputs="ignore",
                return_disconnected="disconnected",
            )
        return [None if isinstance(each.type, DisconnectedType) else each for each in found]

    def function(
        self, inputs: Sequence[Any], outputs: Any, updates: Sequence[Any] = [], **kwargs: Any
    ) -> PTFunction:
        function_options(kwargs)
        fixed_phase = self._phase if isinstance(self._phase, int) else 0
        return PTFunction(self.engine, inputs, outputs, updates, fixed_phase=fixed_phase)

    def _evaluate(self, x: Any) -> Any:
        evaluator = getattr(x.tag, "polykeras_evaluator", None)
        if evaluator is None:
            evaluator = PTFunction(self.engine, [], [x], [], once=True)
            x.tag.polykeras_evaluator = evaluator
        return evaluator([])[0]

    def clear_session(self) -> None:
        with self._lock:
            self.engine.clear()
            self._fresh_phase()
            self.reset_uids()
