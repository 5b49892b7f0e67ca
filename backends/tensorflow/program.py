"""Functions, gradients and sessions: what concerns K's graph as a whole."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf

from ..interface import Function, Graph
from ..interface.options import function_options
from .gradients import gradients
from .graph import graph_scope, state
from .runner import TFBatchedFunction
from .session import Session
from .session_in_use import sessions


class TFGraph(Graph):
    """The graph as a whole."""

    _fixed_phase: int | None

    def graph_scope(self) -> AbstractContextManager[Any]:
        return graph_scope()

    def function(
        self,
        inputs: Sequence[Any],
        outputs: Any,
        updates: Sequence[Any] = [],
        **kwargs: Any,
    ) -> Function:
        options = function_options(kwargs, ["jit_compile"])
        return TFBatchedFunction(inputs, outputs, updates, fixed_phase=self._fixed_phase or 0, **options)

    def gradients(self, loss: Any, variables: Any) -> list[Any]:
        return gradients(loss, variables if isinstance(variables, (list, tuple)) else [variables])

    def is_native_optimizer(self, optimizer: Any) -> bool:
        return isinstance(optimizer, tf.compat.v1.train.Optimizer)

    def native_optimizer_updates(
        self, optimizer: Any, variables: Sequence[Any], gradients: Sequence[Any]
    ) -> list[Any]:
        with graph_scope():
            return [optimizer.apply_gradients(list(zip(gradients, variables, strict=True)))]

    def clear_session(self) -> None:
        state.reset()
        sessions.reset()
        self.reset_uids()
        self._fixed_phase = None
        gc.collect()

    def get_session(self) -> Session:
        return sessions.current()

    def set_session(self, session: Any) -> None:
        sessions.use(session)

    def manual_variable_initialization(self, value: bool) -> None:
        sessions.manual_initialization = bool(value)
