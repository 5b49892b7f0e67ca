"""A recurrence and its derivative as two loops: what the layers differ in is left to a `Cell`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

import tensorflow as tf

from .regions import Region, allowed

# Elements of x below which XLA takes longer to compile than it can save.
WORTHWHILE = 1 << 13
# Elements of a layer's weights up to which they are multiplied by step by step.
CACHED = 1 << 18


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


class SumCell(Cell):
    """A cell all of whose gates take the sum of a product of the input and one of the first state."""

    def weights(self, U: Any) -> list[Any]:
        return [U]

    def step(self, x: Any, weights: list[Any], states: list[Any]) -> tuple[list[Any], list[Any]]:
        return self.step_from(x + tf.matmul(states[0], weights[0]), states)

    @abstractmethod
    def step_from(self, total: Any, states: list[Any]) -> tuple[list[Any], list[Any]]:
        """What `step` returns, from the sum."""


class Recurrence:
    """All steps of a cell, for `tf.gradients` one operation.

    The operation is an `IdentityN` of all that the way back needs, with a gradient of its own. That is
    registered once and for all; `tf.custom_gradient` would keep each graph that it is used in.

    Args:
        kind: what makes a step.
        inner_activation: ``'hard_sigmoid'`` or ``'sigmoid'``.
        go_backwards: whether the last step comes first.
        masked: whether there are flags.
        projected: whether the inputs are multiplied by weights of their own.
    """

    def __init__(
        self, kind: type[Cell], inner_activation: str, go_backwards: bool, masked: bool, projected: bool
    ) -> None:
        self.cell = kind(inner_activation)
        self.go_backwards = go_backwards
        self.masked = masked
        self.projected = projected
        self._name = f"Polykeras{kind.__name__}_{inner_activation}_{go_backwards}_{masked}_{projected}"
        tf.RegisterGradient(self._name)(self._gradient)
        self._run_forward, self._run_backward = Region(self._forward), Region(self._backward)

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        """Runs it.

        Args:
            inputs: of a projected one x ``(samples, time, input_dim)``, U ``(units, gates * units)``, W
                ``(input_dim, gates * units)`` and b ``(gates * units,)``, else x ``(samples, time, gates *
                units)`` and U; then the states, each ``(samples, units)``; and if masked which steps count,
                booleans ``(time, samples)``.

        Returns:
            All outputs, the last one, and the last states.
        """
        x, U, projection, states, flags = self._parts(inputs)
        if flags is not None and self.go_backwards:
            flags = tf.reverse(flags, [0])
        given = [x, U, projection, states, flags]
        if projection and not (isinstance(self.cell, SumCell) and _by_steps(x, U)):
            W, b = projection
            flat = tf.nn.bias_add(tf.matmul(tf.reshape(x, (-1, _length(W, 0))), W), b)
            given[0], given[2] = tf.reshape(flat, (_length(x, 0), _length(x, 1), U.shape[1])), []
        after, ends, factors = self._run_forward(given, _worthwhile(x, U))
        everything = [after, *ends, *factors, x, U, *projection, *states, *([] if flags is None else [flags])]
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
        x, U, projection, states, flags = self._parts(rest[n_states + n_factors :])
        if by_after.op.type == "ZerosLike":  # of outputs that are not used
            by_after = None
        by_ends = list(by_rest[:n_states])
        by_steps, by_states = self._run_backward([by_after, by_ends, U, factors, flags], _worthwhile(x, U))
        by_U = self.cell.by_weights(by_steps, states[0], after, factors)
        if projection:
            by_x, *by_projection = self._by_projection(x, projection[0], by_steps)
        else:
            by_x, by_projection = swapped(self._in_order(by_steps)), []
        none = [None] * (1 + n_states + n_factors)
        return [*none, by_x, by_U, *by_projection, *by_states, *([None] if self.masked else [])]

    def _by_projection(self, x: Any, W: Any, by_steps: Any) -> list[Any]:
        """The derivatives by x, W and b from those by what the gates take, in the order of the steps."""
        steps_first = W.shape[0] is not None and 2 * W.shape[0] <= W.shape[1]  # so that less is moved
        by = by_steps if steps_first else swapped(self._in_order(by_steps))
        rows = self._in_order(swapped(x)) if steps_first else x
        by_rows = tf.matmul(tf.reshape(by, (-1, W.shape[1])), W, transpose_b=True)
        by_rows = tf.reshape(by_rows, [_length(rows, axis) for axis in range(3)])
        by_x = swapped(self._in_order(by_rows)) if steps_first else by_rows
        return [by_x, product_over_steps(rows, by), tf.raw_ops.BiasAddGrad(out_backprop=by_steps)]

    def _parts(self, inputs: Sequence[Any]) -> tuple[Any, Any, list[Any], list[Any], Any]:
        """x, U, W with b or nothing, the states, and the flags or None."""
        x, U, *rest = inputs
        n_weights = 2 if self.projected else 0
        flags = rest.pop() if self.masked else None
        return x, U, rest[:n_weights], rest[n_weights:], flags

    def _in_order(self, x: Any) -> Any:
        """From the order of x to that of the steps, or back; both along axis 0."""
        return tf.reverse(x, [0]) if self.go_backwards else x

    def _forward(
        self, x: Any, U: Any, projection: list[Any], states: list[Any], flags: Any
    ) -> tuple[Any, list[Any], list[Any]]:
        """The first state after each step ``(time, samples, units)``, the last states, and the factors."""
        cell, weights = self.cell, self.cell.weights(U)
        if projection:
            W, b = projection
            both = tf.concat([W, U], axis=0)
        length = _length(x, 1)

        def step(done: Any, before: list[Any]) -> tuple[list[Any], list[Any]]:
            now = x[:, length - 1 - done if self.go_backwards else done]
            if projection and isinstance(cell, SumCell):
                total = tf.matmul(tf.concat([now, before[0]], axis=1), both) + b
                after, factors = cell.step_from(total, before)
            else:
                after, factors = cell.step(now, weights, before)
            if flags is not None:
                after = _where(flags[done], after, before)
            return after, [after[0], *factors]

        rows = [states[0].shape] * (1 + self.cell.n_factors)
        ends, (after, *factors) = _loop(length, step, states, rows)
        return after, ends, factors

    def _backward(
        self, by_after: Any, by_ends: list[Any], U: Any, factors: list[Any], flags: Any
    ) -> tuple[Any, list[Any]]:
        """The derivatives by what the gates take, ``(time, samples, gates * units)`` in the order of the
        steps, and by the states at the start."""
        weights = [tf.transpose(each) for each in self.cell.weights(U)]

        def step(done: Any, by: list[Any]) -> tuple[list[Any], list[Any]]:
            if by_after is not None:
                by = [by[0] + by_after[done], *by[1:]]
            here = [each[done] for each in factors]
            if flags is None:
                by_x, before = self.cell.back(here, weights, by)
                return before, [by_x]
            nothing = [tf.zeros_like(each) for each in by]
            by_x, before = self.cell.back(here, weights, _where(flags[done], by, nothing))
            return _where(flags[done], before, by), [by_x]

        row = tf.TensorShape([factors[0].shape[1], U.shape[1]])
        by_states, (by_steps,) = _loop(_length(factors[0], 0), step, by_ends, [row], backwards=True)
        return by_steps, by_states


@cache
def recurrence(
    kind: type[Cell], inner_activation: str, go_backwards: bool, masked: bool, projected: bool
) -> Recurrence:
    """The one `Recurrence` of this kind."""
    return Recurrence(kind, inner_activation, go_backwards, masked, projected)


def _worthwhile(x: Any, U: Any) -> bool:
    size = x.shape[:2].num_elements()
    return size is None or size * U.shape[1] >= WORTHWHILE


def _by_steps(x: Any, U: Any) -> bool:
    """Whether x is multiplied by its weights step by step, in the loop that XLA compiles.

    For a state of the input's size or more, both products are one, which writes and reads less than a product
    of all steps beforehand. It takes as many samples as keep such a product busy, and weights that stay in
    the processor's cache from step to step.
    """
    if not (allowed() and x.shape.is_fully_defined() and _worthwhile(x, U)):
        return False
    samples, _, input_dim = x.shape
    units, width = U.shape
    return samples >= 16 and input_dim <= units and (input_dim + units) * width <= CACHED


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
