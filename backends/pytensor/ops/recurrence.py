"""Recurrent layers as one operation each, and their derivatives as another.

The operation forward hands out what the operation backward wants; a rewrite does away with that where nobody
takes it. What differs between layers stands in lstm.py and gru.py.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.compile.mode import optdb
from pytensor.gradient import DisconnectedType, disconnected_type, pullback
from pytensor.graph.basic import Apply
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter

from ..versions import SizedOp


class _OverTime(SizedOp):
    """What the operations forward and backward have in common.

    Args:
        inner_activation: ``'hard_sigmoid'`` or ``'sigmoid'``.
        go_backwards: whether the last step comes first.
        masked: whether there is an input of flags, booleans ``(time, samples)``: which steps count.

    Attributes:
        gates: how many gates lie side by side in x and in U.
        n_states: how many states there are; the first is the output, too.
        kept: the arrays that the operation forward keeps: for each how many more slices it has than there are
            steps, and how many blocks of `units` there are in a slice.
    """

    gates: ClassVar[int]
    n_states: ClassVar[int]
    kept: ClassVar[tuple[tuple[int, int], ...]]

    def __init__(self, inner_activation: str, go_backwards: bool, masked: bool) -> None:
        self.inner_activation = inner_activation
        self.go_backwards = go_backwards
        self.masked = masked

    @property
    def n_arguments(self) -> int:
        """The number of inputs that the operation forward takes."""
        return 2 + self.n_states + self.masked

    def checked(self, inputs: Sequence[Any]) -> list[Any]:
        """The inputs that forward and backward share, as variables: x, U, the states, and flags if masked."""
        *floats, flags = [*inputs, None] if not self.masked else inputs
        floats = [pt.as_tensor_variable(each) for each in floats]
        dtype = floats[0].type.dtype
        ranks = [each.type.ndim for each in floats]
        if ranks != [3, 2, *[2] * self.n_states] or any(each.type.dtype != dtype for each in floats):
            raise TypeError(
                f"{type(self).__name__}: wanted x with 3 axes, U and {self.n_states} states with 2, of one "
                f"dtype; got {', '.join(str(each.type) for each in floats)}."
            )
        if dtype not in ("float32", "float64"):
            raise TypeError(f"{type(self).__name__}: wanted float32 or float64, got {dtype}.")
        if flags is None:
            return floats
        flags = pt.as_tensor_variable(flags)
        if flags.type.dtype != "bool" or flags.type.ndim != 2:
            raise TypeError(
                f"{type(self).__name__}: wanted flags of the type bool with 2 axes, got {flags.type}."
            )
        return [*floats, flags]

    def by_steps(self, flags: np.ndarray) -> np.ndarray:
        """The flags in the order of the steps."""
        return flags[::-1] if self.go_backwards else flags

    def sizes(self, inputs: Sequence[Any]) -> tuple[int | None, int | None, int | None]:
        """Samples, time steps and units, as far as they are known."""
        x, U, *states = inputs[: 2 + self.n_states]
        samples = next((each.type.shape[0] for each in (x, *states) if each.type.shape[0] is not None), None)
        units = next(
            (each.type.shape[-1] for each in states if each.type.shape[1] is not None), U.type.shape[0]
        )
        return samples, x.type.shape[1], units


class Recurrence(_OverTime):
    """The recurrence forward.

    It takes x ``(samples, time, gates * units)``, U ``(units, gates * units)``, the states
    ``(samples, units)`` and flags; it gives all outputs ``(samples, time, units)``, the last one, the last
    states, and what is kept.

    Args:
        keeps: whether what the operation backward needs is among the outputs.
    """

    __props__ = ("inner_activation", "go_backwards", "masked", "keeps")

    gradient: ClassVar[type[RecurrenceGradient]]

    def __init__(
        self, inner_activation: str, go_backwards: bool = False, masked: bool = False, keeps: bool = True
    ) -> None:
        super().__init__(inner_activation, go_backwards, masked)
        self.keeps = keeps

    @abstractmethod
    def step(self, x: Any, U: Any, states: list[Any]) -> list[Any]:
        """The states after a step, as expressions of PyTensor."""

    @abstractmethod
    def run(self, x: Any, U: Any, states: list[Any], flags: Any) -> list[np.ndarray]:
        """The outputs, with arrays of NumPy; flags, in the order of the steps, may be None."""

    def make_node(self, *inputs: Any) -> Apply:
        given = self.checked(inputs)
        samples, time, units = self.sizes(given)
        shapes: list[tuple[int | None, ...]] = [(samples, time, units)] + [(samples, units)] * (
            1 + self.n_states
        )
        for more, blocks in self.kept if self.keeps else ():
            steps = None if time is None else time + more
            shapes.append((steps, samples, None if units is None else blocks * units))
        dtype = given[0].type.dtype
        return Apply(self, given, [pt.tensor(dtype=dtype, shape=shape) for shape in shapes])

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        (samples, time, _), (units, _) = input_shapes[:2]
        shapes = [(samples, time, units)] + [(samples, units)] * (1 + self.n_states)
        if self.keeps:
            shapes += [(time + more, samples, blocks * units) for more, blocks in self.kept]
        return shapes

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, U, *states = inputs[: 2 + self.n_states]
        flags = self.by_steps(inputs[-1]) if self.masked else None
        check_sizes(type(self).__name__, x, U, states, flags, self.gates)
        for cell, result in zip(output_storage, self.run(x, U, states, flags), strict=True):
            cell[0] = result

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        row = [True] * (2 + self.n_states) + [False] * (len(node.outputs) - 2 - self.n_states)
        rows = [row] * (2 + self.n_states)
        return [*rows, [False] * len(row)] if self.masked else rows

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        if not self.keeps:
            keeping = type(self)(self.inner_activation, self.go_backwards, self.masked)
            outputs = keeping.make_node(*inputs).outputs
        main, kept = outputs[: 2 + self.n_states], outputs[2 + self.n_states :]
        by = [
            result.zeros_like() if isinstance(gradient.type, DisconnectedType) else gradient
            for result, gradient in zip(main, output_grads, strict=False)
        ]
        backward = self.gradient(self.inner_activation, self.go_backwards, self.masked)
        results = backward.make_node(*inputs, *kept, *by).outputs
        return [*results, disconnected_type()] if self.masked else results

    def spelled_out(self, x: Any, U: Any, states: list[Any], flags: Any = None) -> list[Any]:
        """All outputs, the last one and the last states, by a loop that PyTensor can differentiate."""
        sequences = [x.dimshuffle(1, 0, 2)] + ([] if flags is None else [flags])

        def body(*given: Any) -> list[Any]:
            now = given[0]
            output, *old = given[len(sequences) : len(sequences) + 1 + self.n_states]
            new = self.step(now, given[-1], old)
            if flags is None:
                return [new[0], *new]
            counts = given[1][:, None]
            new_output = pt.switch(counts, new[0], output)
            return [new_output, *[pt.switch(counts, one, other) for one, other in zip(new, old, strict=True)]]

        starts = [pt.zeros_like(states[0]), *states]
        traces = pytensor.scan(
            body,
            sequences=sequences,
            outputs_info=starts,
            non_sequences=[U],
            go_backwards=self.go_backwards,
            return_list=True,
            return_updates=False,
            strict=True,
        )
        # What `scan` hands out leaves the start off; with it there is a last one after no step, too.
        last = [trace.owner.inputs[0][-1] for trace in traces]
        return [traces[0].dimshuffle(1, 0, 2), *last]


class RecurrenceGradient(_OverTime):
    """The derivatives by x, U and the states, from the inputs of the operation forward, what it kept, and the
    derivatives by its outputs."""

    __props__ = ("inner_activation", "go_backwards", "masked")

    forward: ClassVar[type[Recurrence]]

    @abstractmethod
    def run(self, U: Any, flags: Any, kept: list[Any], by: list[Any]) -> list[np.ndarray]:
        """The outputs, with arrays of NumPy; flags, in the order of the steps, may be None."""

    def make_node(self, *inputs: Any) -> Apply:
        given = self.checked(inputs[: self.n_arguments])
        rest = [pt.as_tensor_variable(each) for each in inputs[self.n_arguments :]]
        outputs = [each.type() for each in given[: 2 + self.n_states]]
        return Apply(self, [*given, *rest], outputs)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return list(input_shapes[: 2 + self.n_states])

    def parted(self, inputs: Sequence[Any]) -> tuple[list[Any], Any, list[Any], list[Any]]:
        """x, U and the states; flags or None; what was kept; the derivatives by the outputs."""
        own, rest = inputs[: self.n_arguments], inputs[self.n_arguments :]
        flags = own[-1] if self.masked else None
        return (
            list(own[: 2 + self.n_states]),
            flags,
            list(rest[: len(self.kept)]),
            list(rest[len(self.kept) :]),
        )

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        arguments, flags, kept, by = self.parted(inputs)
        flags = self.by_steps(flags) if self.masked else None
        for cell, result in zip(output_storage, self.run(arguments[1], flags, kept, by), strict=True):
            cell[0] = result

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        # What was kept follows from the other inputs: it counts as no input of its own.
        arguments = [[True] * len(node.outputs)] * (2 + self.n_states)
        others = [[False] * len(node.outputs)] * (int(self.masked) + len(self.kept))
        return [*arguments, *others, *[[True] * len(node.outputs)] * (2 + self.n_states)]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        (x, U, *states), flags, kept, by = self.parted(inputs)
        forward = self.forward(self.inner_activation, self.go_backwards, self.masked)
        wanted = [
            (position, gradient)
            for position, gradient in enumerate(output_grads)
            if not isinstance(gradient.type, DisconnectedType)
        ]
        # Where a loop has no derivative by a state to start from, PyTensor starts from zeros of floatX.
        with pytensor.config.change_flags(floatX=x.type.dtype):
            first: Any = pullback(forward.spelled_out(x, U, states, flags), [x, U, *states], by)
            second: Any = pullback(
                [first[position] for position, _ in wanted],
                [x, U, *states, *by],
                [gradient for _, gradient in wanted],
                disconnected_inputs="ignore",
            )
        none = [disconnected_type() for _ in range(int(self.masked) + len(kept))]
        return [*second[: 2 + len(states)], *none, *second[2 + len(states) :]]


def check_sizes(where: str, x: Any, U: Any, states: Sequence[Any], flags: Any, gates: int) -> None:
    """Compares the shapes of arrays.

    Raises:
        ValueError: if they do not fit.
    """
    samples, time, width = x.shape
    units = len(U)
    fits = U.shape[1] == width == gates * units
    fits = fits and all(each.shape == (samples, units) for each in states)
    if not fits or (flags is not None and flags.shape != (time, samples)):
        raise ValueError(
            f"{where}: wanted x (samples, time, {gates} * units), U (units, {gates} * units), states "
            f"(samples, units) and flags (time, samples), got the shapes "
            f"{', '.join(str(each.shape) for each in (x, U, *states, *([] if flags is None else [flags])))}."
        )


@node_rewriter([Recurrence])
def keep_nothing(fgraph: FunctionGraph, node: Any) -> Any:
    """Does without what the operation backward needs, where there is none."""
    op = node.op
    main = node.outputs[: 2 + op.n_states]
    if not op.keeps or any(fgraph.clients[each] for each in node.outputs[len(main) :]):
        return None
    leaner = type(op)(op.inner_activation, op.go_backwards, op.masked, keeps=False)
    return dict(zip(main, leaner.make_node(*node.inputs).outputs, strict=True))


optdb.register("polykeras_keep_nothing", dfs_rewriter(keep_nothing), "fast_run", position=2.1)


def symbolic_gate(name: str) -> Callable[[Any], Any]:
    """A gate's activation, for expressions."""
    if name == "sigmoid":
        return pt.sigmoid

    def hard_sigmoid(x: Any) -> Any:
        fifth, half, zero, one = (np.asarray(number, x.dtype) for number in (0.2, 0.5, 0, 1))
        return pt.clip(x * fifth + half, zero, one)

    return hard_sigmoid


def activate(name: str, x: np.ndarray) -> None:
    """Replaces the elements of an array by a gate's activation of them."""
    if name == "sigmoid":
        x *= x.dtype.type(-1)  # np.negative of NumPy 2.4 goes astray in place of a column of four
        np.exp(x, out=x)
        x += 1
        np.reciprocal(x, out=x)
    else:
        x *= x.dtype.type(0.2)
        x += x.dtype.type(0.5)
        np.maximum(x, 0, out=x)
        np.minimum(x, 1, out=x)


def slope(name: str, y: np.ndarray) -> np.ndarray:
    """The derivative of a gate's activation where its value is `y`."""
    if name == "sigmoid":
        return y * (1 - y)
    return np.multiply((y > 0) & (y < 1), y.dtype.type(0.2))


def counted_already(flags: np.ndarray) -> np.ndarray:
    """Whether this or an earlier step counted, ``(samples, time)``, for flags in the order of the steps."""
    return np.logical_or.accumulate(flags, axis=0).T


def outputs_of(states: np.ndarray, flags: Any) -> np.ndarray:
    """The outputs ``(samples, time, units)`` from the first state before and after each step.

    They differ from the state before the first step that counts, where they are zeros.
    """
    outputs = np.array(states[1:].transpose(1, 0, 2), order="C")
    if flags is not None:
        outputs[~counted_already(flags)] = 0
    return outputs


def derivatives_by_states(by_outputs: np.ndarray, by_last: np.ndarray, flags: Any) -> np.ndarray:
    """What the outputs and the last of them contribute to the derivatives by the first state, by steps."""
    result = by_outputs.copy()
    if result.shape[1]:
        result[:, -1] += by_last
    if flags is not None:
        result[~counted_already(flags)] = 0
    return result


def last_of(outputs: np.ndarray) -> np.ndarray:
    """The last output, zeros if there is none."""
    return outputs[:, -1].copy() if outputs.shape[1] else np.zeros_like(outputs, shape=outputs.shape[::2])


def in_order_of_time(by_steps: np.ndarray, go_backwards: bool) -> np.ndarray:
    """An array by steps and samples as one by samples and time."""
    by_time = by_steps[::-1] if go_backwards else by_steps
    return np.array(by_time.transpose(1, 0, 2), order="C")
