"""The learning phase, and the number of the step that random operations draw by."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from ..interface import Control
from .function import is_phase, tensor_of
from .graph import PhaseChoice, in_graph, in_keras_graph, state
from .math import as_tensor


class TFPhase(Control):
    """The learning phase. A function is traced once for each value of it, so that only one branch is left."""

    _fixed_phase: int | None = None

    def learning_phase(self) -> Any:
        if self._fixed_phase is not None:
            return self._fixed_phase
        self._phase_uses += 1
        graph = state.graph
        if graph.phase is None:
            with state.lock, graph.as_default():
                if graph.phase is None:
                    phase = tf.compat.v1.placeholder(tf.bool, (), "keras_learning_phase")
                    phase._keras_shape = ()
                    phase._uses_learning_phase = True
                    graph.phase = phase
        return graph.phase

    def set_learning_phase(self, value: int) -> None:
        if value not in (0, 1):
            raise ValueError(f"set_learning_phase: wanted 0 or 1, got {value!r}.")
        self._fixed_phase = int(value)

    @in_graph
    def in_train_phase(self, x: Any, alt: Any) -> Any:
        phase = self.learning_phase()
        if x is alt or isinstance(phase, int):
            chosen = x if x is alt or phase == 1 else alt
            return chosen() if callable(chosen) else chosen
        if not in_keras_graph() or not is_phase(phase):
            return super().in_train_phase(x, alt)
        train = tensor_of(as_tensor(x() if callable(x) else x))
        test = tensor_of(as_tensor(alt() if callable(alt) else alt))
        if test.dtype != train.dtype:
            test = tf.cast(test, train.dtype)
        shape = train.shape if train.shape == test.shape else _common(train.shape, test.shape)
        result = tf.compat.v1.placeholder(train.dtype, shape, "phase_choice")
        state.graph.choices[result.op.name] = PhaseChoice(train, test)
        result._uses_learning_phase = True
        return result

    @in_graph
    def random_step(self) -> Any:
        """A symbolic scalar of int64 that is another at each step of a `function`, counted from now.

        As it counts from the moment when an operation is made, a program that is run twice draws the same
        numbers. In the body of a loop it is another at each step of the loop, too.
        """
        graph = state.graph
        if graph.step is None:
            with state.lock, graph.as_default():
                graph.step = tf.compat.v1.placeholder(tf.int64, (), "random_step")
        step = graph.step - tf.constant(state.steps, tf.int64) if state.steps else graph.step
        for index in state.loops:
            # An odd factor: no two steps of a loop, and hardly ever those of two calls, give one number.
            step = step * 0x5851F42D4C957F2D + tf.cast(index, tf.int64) + 1
        return step


def _common(one: Any, other: Any) -> Any:
    """The static shape that holds for both."""
    if one.rank is None or one.rank != other.rank:
        return tf.TensorShape(None)
    sizes = zip(one.as_list(), other.as_list(), strict=True)
    return tf.TensorShape([a if a == b else None for a, b in sizes])
