"""A recurrence and its derivative as two loops: what the layers differ in is left to a `Cell`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

import tensorflow as tf

from .regions import Region

# Elements of x below which XLA takes longer to compile than it can save.
WORTHWHILE = 1 << 13


def _sigmoid(x: Any) -> Any:
    return tf.sigmoid(x)


def _hard_sigmoid(x: Any) -> Any:
    return tf.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


def _slope_of_sigmoid(y: Any) -> Any:
    return y * (1.0 - y)


def _slope_of_hard_sigmoid(y: Any) -> Any:
    inside = tf.logical_and(y > 0.0, y < 1.0)
    return tf.where(inside, tf.constant(0.2, y.dtype), tf.constant(0.0, y.dtype))


# For each gate activation: itself, and its derivative by its argument as a function of its value.
GATE_FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (_sigmoid, _slope_of_sigmoid),
    "hard_sigmoid": (_hard_sigmoid, _slope_of_hard_sigmoid),
}


class Cell(ABC):
    """One step of a recurrence, forward and backward.

    Attributes:
        gates: how many gates lie side by side in the input.
        n_states: how many states there are; the first is the output, too.
        n_factors: how many factors a step keeps.
    """

    gates: ClassVar[int]
    n_states: ClassVar[int]
    n_factors: ClassVar[int]

    def __init__(self, inner_activation: str) -> None:
        self.gate, self.slope = GATE_FUNCTIONS[inner_activation]

    @abstractmethod
    def weights(self, U: Any) -> list[Any]:
        """The matrices that `step` multiplies by; `back` gets them transposed."""

    @abstractmethod
    def step(self, x: Any, weights: list[Any], states: list[Any]) -> tuple[list[Any], list[Any]]:
        """The new states, of which the first is the output, and the factors that `back` wants."""

    @abstractmethod
    def back(self, factors: list[Any], weights: list[Any], by: list[Any]) -> tuple[Any, list[Any]]:
        """From derivatives by the new states those by the input and by the old states: linear in `by`."""

    @abstractmethod
    def by_weights(self, by_x: Any, start: Any, after: Any, factors: list[Any]) -> Any:
        """The derivative by U.

        Args:
            by_x: the derivatives by the inputs of all steps, ``(time, samples, gates * units)``.
            start: the first state before the first step, ``(samples, units)``.
            after: the first state after each step, ``(time, samples, units)``.
            factors: of all steps, ``(time, samples, units)``.
        """


class Recurrence:
    """All steps of a cell, for `tf.gradients` one operation.

    The operation is an `IdentityN` of all that the way back needs, with a gradient of its own. That is
    registered once and for all; `tf.custom_gradient` would keep each graph that it is used in.

    Args:
        kind: what makes a step.
        inner_activation: ``'hard_sigmoid'`` or ``'sigmoid'``.
        go_backwards: whether the last step comes first.
        masked: whether there are flags.
    """

    def __init__(self, kind: type[Cell], inner_activation: str, go_backwards: bool, masked: bool) -> None:
        self.cell = kind(inner_activation)
        self.go_backwards = go_backwards
        self.masked = masked
        self._name = f"Polykeras{kind.__name__}_{inner_activation}_{go_backwards}_{masked}"
        tf.RegisterGradient(self._name)(self._gradient)
        self._run_forward, self._run_backward = Region(self._forward), Region(self._backward)

    def __call__(self, x: Any, U: Any, states: Sequence[Any], flags: Any = None) -> list[Any]:
        """Runs it.

        Args:
            x: ``(samples, time, gates * units)``.
            U: ``(units, gates * units)``.
            states: each ``(samples, units)``.
            flags: which steps count, booleans ``(time, samples)``; None: all.

        Returns:
            All outputs, the last one, and the last states.
        """
        if flags is not None and self.go_backwards:
            flags = tf.reverse(flags, [0])
        after, ends, factors = self._run_forward([x, U, list(states), flags], _worthwhile(x))
        everything = [after, *ends, *factors, x, U, *states, *([] if flags is None else [flags])]
        with tf.compat.v1.get_default_graph().gradient_override_map({"IdentityN": self._name}):
            after, *ends = tf.identity_n(everything)[: 1 + self.cell.n_states]
        outputs = swapped(after)
        if flags is None and x.shape[1]:
            return [outputs, ends[0], *ends]
        if flags is not None:  # zeros until a step has counted
            begun = tf.cumsum(tf.cast(flags, tf.int32), axis=0) > 0
            outputs = tf.where(tf.transpose(begun)[:, :, None], outputs, tf.zeros_like(outputs))
        # The sum over the last step alone is that step, or zeros if there is none.
        return [outputs, tf.reduce_sum(outputs[:, -1:], axis=1), *ends]

    def _gradient(self, operation: Any, by_after: Any, *by_rest: Any) -> list[Any]:
        """The derivatives by all that the `IdentityN` took."""
        # Its inputs, not its outputs: a derivative of this derivative goes through the loop forward, too.
        after, *rest = operation.inputs
        n_states, n_factors = self.cell.n_states, self.cell.n_factors
        factors = rest[n_states:][:n_factors]
        x, U, *states = rest[n_states + n_factors :][: 2 + n_states]
        flags = rest[-1] if self.masked else None
        by_ends = list(by_rest[:n_states])
        by_x, by_steps, by_states = self._run_backward([by_after, by_ends, U, factors, flags], _worthwhile(x))
        by_U = self.cell.by_weights(by_steps, states[0], after, factors)
        none = [None] * (1 + n_states + n_factors)
        return [*none, by_x, by_U, *by_states, *([None] if self.masked else [])]

    def _forward(self, x: Any, U: Any, states: list[Any], flags: Any) -> tuple[Any, list[Any], list[Any]]:
        """The first state after each step ``(time, samples, units)``, the last states, and the factors."""
        weights = self.cell.weights(U)
        length = _length(x, 1)

        def step(done: Any, before: list[Any]) -> tuple[list[Any], list[Any]]:
            now = x[:, length - 1 - done if self.go_backwards else done]
            after, factors = self.cell.step(now, weights, before)
            if flags is not None:
                after = _where(flags[done], after, before)
            return after, [after[0], *factors]

        rows = [states[0].shape] * (1 + self.cell.n_factors)
        ends, (after, *factors) = _loop(length, step, states, rows)
        return after, ends, factors

    def _backward(
        self, by_after: Any, by_ends: list[Any], U: Any, factors: list[Any], flags: Any
    ) -> tuple[Any, Any, list[Any]]:
        """The derivatives by x, in its order and in that of the steps ``(time, samples, gates * units)``, and
        by the states at the start."""
        weights = [tf.transpose(each) for each in self.cell.weights(U)]

        def step(done: Any, by: list[Any]) -> tuple[list[Any], list[Any]]:
            by = [by[0] + by_after[done], *by[1:]]
            here = [each[done] for each in factors]
            if flags is None:
                by_x, before = self.cell.back(here, weights, by)
                return before, [by_x]
            nothing = [tf.zeros_like(each) for each in by]
            by_x, before = self.cell.back(here, weights, _where(flags[done], by, nothing))
            return _where(flags[done], before, by), [by_x]

        row = tf.TensorShape([by_after.shape[1], U.shape[1]])
        by_states, (by_steps,) = _loop(_length(by_after, 0), step, by_ends, [row], backwards=True)
        by_x = swapped(tf.reverse(by_steps, [0]) if self.go_backwards else by_steps)
        return by_x, by_steps, by_states


@cache
def recurrence(kind: type[Cell], inner_activation: str, go_backwards: bool, masked: bool) -> Recurrence:
    """The one `Recurrence` of this kind."""
    return Recurrence(kind, inner_activation, go_backwards, masked)


def _worthwhile(x: Any) -> bool:
    size = x.shape.num_elements()
    return size is None or size >= WORTHWHILE


def _where(counts: Any, these: Sequence[Any], those: Sequence[Any]) -> list[Any]:
    """For the samples that count the rows of these tensors, for others of those."""
    return [tf.where(counts[:, None], one, other) for one, other in zip(these, those, strict=True)]


def _length(x: Any, axis: int) -> Any:
    """The size of an axis, an integer if it is known."""
    return tf.shape(x)[axis] if x.shape[axis] is None else int(x.shape[axis])


def swapped(x: Any) -> Any:
    """`x` with its first two axes swapped."""
    return tf.transpose(x, (1, 0, 2))


def _loop(
    length: Any,
    step: Callable[[Any, list[Any]], tuple[list[Any], list[Any]]],
    start: Sequence[Any],
    rows: Sequence[Any],
    backwards: bool = False,
) -> tuple[list[Any], list[Any]]:
    """Calls ``step(index, carried)`` for each index below `length`.

    Args:
        length: an integer or a tensor.
        step: returns what is carried on, and a list of tensors to be collected.
        start: what is carried to the first call.
        rows: the static shapes of what is collected.
        backwards: whether the largest index comes first.

    Returns:
        What is carried in the end, and what was collected, stacked by index along a new axis 0.
    """
    arrays = [tf.TensorArray(start[0].dtype, length, element_shape=row) for row in rows]

    def body(done: Any, carried: list[Any], arrays: list[Any]) -> tuple[Any, list[Any], list[Any]]:
        index = length - 1 - done if backwards else done
        carried, collected = step(index, carried)
        return (
            done + 1,
            carried,
            [array.write(index, each) for array, each in zip(arrays, collected, strict=True)],
        )

    _, carried, arrays = tf.while_loop(
        lambda done, *_: done < length,
        body,
        (tf.constant(0), list(start), arrays),
        maximum_iterations=length,
    )
    return list(carried), [array.stack() for array in arrays]


def product_over_steps(x: Any, y: Any) -> Any:
    """The sum over all steps and samples of the outer products of the rows of `x` and `y`, as one product."""
    rows, columns = x.shape[2], y.shape[2]
    return tf.matmul(tf.reshape(x, (-1, rows)), tf.reshape(y, (-1, columns)), transpose_a=True)


def product_with_before(start: Any, after: Any, y: Any) -> Any:
    """As `product_over_steps` for what was there before each step, from the start and what was there after.

    It puts nothing together: parts of the first axis are no copies.
    """
    first = tf.matmul(start, tf.reduce_sum(y[:1], axis=0), transpose_a=True)
    return product_over_steps(after[:-1], y[1:]) + first
