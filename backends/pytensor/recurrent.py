"""Loops over time on PyTensor: `pytensor.scan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pytensor
import pytensor.tensor as pt
from pytensor.graph.basic import Constant
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import toposort
from pytensor.scalar.basic import ScalarType

from ..interface import Recurrent
from ..interface.steps import checked_sequences, checked_state, checked_step
from .math import as_tensor, cast
from .other_sizes import fixed_sizes
from .states import RandomStates


class PTRecurrent(RandomStates, Recurrent):
    graph_scope: Callable[[], AbstractContextManager[Any]]  # see `PTGraph`

    def _unrolled(
        self, step: Any, inputs: Any, states: Any, flags: Any, steps: int, go_backwards: bool
    ) -> Any:
        inputs = fixed_sizes(as_tensor(inputs), {1: steps})
        return super()._unrolled(step, inputs, states, flags, steps, go_backwards)

    def scan(
        self, body: Any, sequences: Sequence[Any], states: Sequence[Any], go_backwards: bool = False
    ) -> tuple[list[Any], list[Any]]:
        with self.graph_scope():
            return self._scan(
                body,
                [as_tensor(each) for each in sequences],
                [as_tensor(each) for each in states],
                go_backwards,
            )

    def _scan(
        self, body: Any, rows: list[Any], starts: list[Any], go_backwards: bool
    ) -> tuple[list[Any], list[Any]]:
        length = checked_sequences("scan", [each.type.shape for each in rows])
        slices = [pt.tensor(dtype=each.dtype, shape=each.type.shape[1:]) for each in rows]
        befores = [each.type() for each in starts]
        with self.random_draws() as draws:
            outputs, afters = checked_step("scan", body(list(slices), list(befores)), len(starts))
        outputs = [as_tensor(each) for each in outputs]
        afters = [
            _as_state(i, start, after) for i, (start, after) in enumerate(zip(starts, afters, strict=True))
        ]
        # The gradient finds here what was drawn: it could not draw it again.
        drawn = [number for _, following in draws for number in _numbers(following)]
        generators = [rng for rng, _ in draws]
        inner = [*outputs, *drawn, *afters, *(following for _, following in draws)]
        loop_variables = [*slices, *befores, *generators]
        outside = _from_outside(inner, loop_variables)

        def step(*values: Any) -> list[Any]:
            places = [*loop_variables, *outside]
            given = [_of_kind(place, value) for place, value in zip(places, values, strict=True)]
            return list(clone_replace(inner, dict(zip(places, given, strict=True))))

        results = pytensor.scan(
            step,
            sequences=rows,
            outputs_info=[*[None] * (len(outputs) + len(drawn)), *starts, *generators],
            non_sequences=[_as_tensor(each) for each in outside],
            go_backwards=go_backwards,
            return_list=True,
            return_updates=False,
        )
        collected = [
            each if length is None else pt.specify_shape(each, (length, *each.type.shape[1:]))
            for each in results[: len(outputs)]
        ]
        traces = results[len(outputs) + len(drawn) :][: len(starts)]
        for rng, last in zip(generators, results[len(results) - len(generators) :], strict=True):
            self.register_rng_update(rng, last)
        # What `scan` hands out leaves the first state off; with it there is a last one after no step, too.
        return collected, [trace.owner.inputs[0][-1] for trace in traces]


def _as_state(index: int, start: Any, after: Any) -> Any:
    """The state after a step, of the type that it has before."""
    after = cast(as_tensor(after, start.dtype), start.dtype)
    checked_state("scan", index, start.type.shape, after.type.shape)
    return start.type.filter_variable(after)


def _as_tensor(x: Any) -> Any:
    """A number, such as a size, as a tensor, which is what a loop takes from outside."""
    return pt.tensor_from_scalar(x) if isinstance(x.type, ScalarType) else x


def _of_kind(place: Any, value: Any) -> Any:
    """`value` as a number again, if that is what `place` is."""
    return pt.scalar_from_tensor(value) if isinstance(place.type, ScalarType) else value


def _numbers(following: Any) -> list[Any]:
    """The tensors that came with the random state `following`."""
    return [each for each in following.owner.outputs if hasattr(each.type, "ndim")]


def _from_outside(outputs: Sequence[Any], loop_variables: Sequence[Any]) -> list[Any]:
    """The tensors that the body of a loop takes from outside: computed once, not at each step."""
    changing = set(loop_variables)
    outside: dict[Any, None] = {}
    for node in toposort(outputs):
        if any(each in changing for each in node.inputs):
            changing.update(node.outputs)
            outside.update(
                (each, None)
                for each in node.inputs
                if each not in changing and not isinstance(each, Constant)
            )
    outside.update(
        (each, None) for each in outputs if each not in changing and not isinstance(each, Constant)
    )
    return list(outside)
