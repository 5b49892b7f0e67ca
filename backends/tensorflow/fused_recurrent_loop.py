"""A recurrence and its derivative as two loops: what the layers differ in is left to a `Cell`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import tensorflow as tf

from .regions import region

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
    def by_weights(self, by_x: Any, before: Any, factors: list[Any]) -> Any:
        """The derivative by U.

        Args:
            by_x: the derivatives by the inputs of all steps, ``(samples, time, gates * units)``.
            before: the first state before each step, ``(samples, time, units)``.
            factors: of all steps, ``(time, samples, units)``.
        """


class Recurrence:
    """All steps of a cell, for `tf.gradients` one operation.

    Args:
        cell: the step.
        go_backwards: whether the last step comes first.
    """

    def __init__(self, cell: Cell, go_backwards: bool) -> None:
        self.cell = cell
        self.go_backwards = go_backwards

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
        size = x.shape.num_elements()
        worthwhile = size is None or size >= WORTHWHILE
        masks = None if flags is None else self._masks(flags)

        @tf.custom_gradient
        def run(x: Any, U: Any, *states: Any) -> Any:
            results, before, factors = region(self._forward, [x, U, list(states), masks], worthwhile)

            def gradient(*by: Any) -> list[Any]:
                by_x, by_states = region(self._backward, [list(by), U, factors, masks], worthwhile)
                by_U = self.cell.by_weights(by_x, before, factors)
                return [tf.reverse(by_x, [1]) if self.go_backwards else by_x, by_U, *by_states]

            return tuple(results), gradient

        return list(run(x, U, *states))

    def _masks(self, flags: Any) -> tuple[Any, Any]:
        """The flags in the order of the steps, and whether there has been one, ``(samples, time, 1)``.

        Before, outputs are zeros; from then on they are the first state.
        """
        flags = tf.reverse(flags, [0]) if self.go_backwards else flags
        begun = tf.cumsum(tf.cast(flags, tf.int32), axis=0) > 0
        return flags[:, :, None], tf.transpose(begun)[:, :, None]

    def _forward(self, x: Any, U: Any, states: list[Any], masks: Any) -> tuple[list[Any], Any, list[Any]]:
        """The results, the first state before each step ``(samples, time, units)``, and the factors."""
        weights = self.cell.weights(U)
        length = _length(x)

        def step(done: Any, old: list[Any]) -> tuple[list[Any], list[Any]]:
            new, factors = self.cell.step(
                x[:, length - 1 - done if self.go_backwards else done], weights, old
            )
            if masks is not None:
                counts = masks[0][done]
                new = [tf.where(counts, after, before) for after, before in zip(new, old, strict=True)]
            return new, [new[0], *factors]

        rows = [states[0].shape] * (1 + self.cell.n_factors)
        last_states, (outputs, *factors) = _loop(length, step, states, rows)
        outputs = swapped(outputs)
        before = tf.concat([states[0][:, None], outputs[:, :-1]], axis=1)
        if masks is not None:
            outputs = tf.where(masks[1], outputs, tf.zeros_like(outputs))
        # The sum over the last step alone is that step, or zeros if there is none.
        last = (
            tf.reduce_sum(outputs[:, -1:], axis=1) if masks is not None or not x.shape[1] else last_states[0]
        )
        return [outputs, last, *last_states], before, factors

    def _backward(self, by: list[Any], U: Any, factors: list[Any], masks: Any) -> tuple[Any, list[Any]]:
        """The derivatives by x, in the order of the steps, and by the states at the start."""
        by_outputs, by_last, *by_states = by
        weights = [tf.transpose(each) for each in self.cell.weights(U)]
        length = _length(by_outputs)
        if masks is not None:
            by_outputs = tf.where(masks[1], by_outputs, tf.zeros_like(by_outputs))
        if masks is None and by_outputs.shape[1]:
            by_states[0] += by_last
        else:
            begun = tf.reduce_any(tf.ones_like(by_outputs, tf.bool) if masks is None else masks[1], axis=1)
            by_states[0] += tf.where(begun, by_last, tf.zeros_like(by_last))

        def step(done: Any, after: list[Any]) -> tuple[list[Any], list[Any]]:
            after = [after[0] + by_outputs[:, done], *after[1:]]
            here = [each[done] for each in factors]
            if masks is None:
                by_x, before = self.cell.back(here, weights, after)
                return before, [by_x]
            counts = masks[0][done]
            active = [tf.where(counts, each, tf.zeros_like(each)) for each in after]
            by_x, before = self.cell.back(here, weights, active)
            return [tf.where(counts, one, other) for one, other in zip(before, after, strict=True)], [by_x]

        row = tf.TensorShape([by_last.shape[0], U.shape[1]])
        by_states, (by_x,) = _loop(length, step, by_states, [row], backwards=True)
        return swapped(by_x), by_states


def _length(x: Any) -> Any:
    """The number of time steps, an integer if it is known."""
    return tf.shape(x)[1] if x.shape[1] is None else int(x.shape[1])


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
    """The sum over all samples and steps of the outer products of the rows of `x` and `y`, as one product."""
    rows, columns = x.shape[2], y.shape[2]
    return tf.matmul(tf.reshape(x, (-1, rows)), tf.reshape(y, (-1, columns)), transpose_a=True)
