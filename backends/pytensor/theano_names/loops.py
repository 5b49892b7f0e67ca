"""Loops: `theano.scan` and what is made of it, and `ifelse`."""

from __future__ import annotations

import importlib.util
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytensor
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.replace import clone_replace
from pytensor.scan.utils import until

from ...registry import load
from ..program import as_update

if importlib.util.find_spec("pytensor.conditional") is not None:
    from pytensor.conditional.op import ifelse
else:
    from pytensor.ifelse import ifelse


class OrderedUpdates(OrderedDict[Any, Any]):
    """New values of shared variables, in order."""

    def __add__(self, other: Any) -> OrderedUpdates:
        result = OrderedUpdates(self)
        result.update(other)
        return result

    def __radd__(self, other: Any) -> OrderedUpdates:
        result = OrderedUpdates(other)
        result.update(self)
        return result


class _Captured(Exception):
    """The body of a loop has been built, and the loop needs more states than were given."""


class _Body:
    """Calls the program's function once, and sorts what it returns.

    Attributes:
        slices: the arguments that change from step to step.
        outputs: the expressions returned.
        updates: the new values of shared variables, by variable.
        condition: what ends the loop, or None.
        draws: random states that were asked for, with the next ones.
    """

    def __init__(self, fn: Callable[..., Any], n_constants: int) -> None:
        self.fn, self.n_constants = fn, n_constants
        self.slices: list[Any] = []
        self.outputs: list[Any] = []
        self.updates: dict[Any, Any] = {}
        self.condition: Any = None
        self.draws: list[tuple[Any, Any]] = []

    def __call__(self, *arguments: Any) -> Any:
        self.slices = list(arguments[: len(arguments) - self.n_constants])
        adapter: Any = load("pytensor", "theano.scan")
        with adapter.random_draws() as draws:
            returned = self.fn(*arguments)
        self.draws = list(draws)
        self._sort(returned)
        if self.draws or self.updates:
            raise _Captured
        return self._returned(self.outputs)

    def _returned(self, outputs: Sequence[Any]) -> Any:
        return list(outputs) if self.condition is None else (list(outputs), until(self.condition))

    def _sort(self, returned: Any) -> None:
        """Tells outputs, updates and the condition apart, in each form that Theano took."""
        parts = list(returned) if isinstance(returned, tuple) else [returned]
        if parts and isinstance(parts[-1], until):
            self.condition = parts.pop().condition
        if parts and _is_updates(parts[-1]):
            updates = parts.pop()
            pairs = updates.items() if isinstance(updates, Mapping) else updates
            self.updates = {variable: as_update(variable, value) for variable, value in pairs}
        if parts and _is_updates(parts[0]) and len(parts) == 2:
            raise ValueError("theano.scan: the function must return its outputs first, then its updates.")
        flat: list[Any] = []
        for part in parts:
            flat.extend(part if isinstance(part, (list, tuple)) else [] if part is None else [part])
        self.outputs = [pytensor.tensor.as_tensor_variable(each) for each in flat]

    def again(self) -> Callable[..., Any]:
        """The body as a function that takes the shared variables and random states as states as well."""
        states = [*self.updates, *(state for state, _ in self.draws)]
        drawn = [
            number
            for _, following in self.draws
            for number in following.owner.outputs
            if hasattr(number.type, "ndim")
        ]
        following = [*self.updates.values(), *(each for _, each in self.draws)]
        wanted = [*self.outputs, *following, *drawn]
        condition = [] if self.condition is None else [self.condition]

        def step(*arguments: Any) -> Any:
            changing = [*self.slices, *states]
            swaps = {
                old: new
                for old, new in zip(changing, arguments, strict=False)
                if old is not new and not isinstance(old, Constant)
            }
            copies = clone_replace([*wanted, *condition], replace=swaps, rebuild_strict=False)
            if condition:
                return list(copies[:-1]), until(copies[-1])
            return list(copies)

        return step


def _is_updates(part: Any) -> bool:
    """Whether a part of what a loop's function returns is a collection of updates."""
    if isinstance(part, Mapping):
        return True
    return (
        isinstance(part, (list, tuple))
        and bool(part)
        and all(isinstance(each, (list, tuple)) and len(each) == 2 for each in part)
        and all(isinstance(each[0], SharedVariable) for each in part)
    )


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _run(step: Any, states: Any, options: Mapping[str, Any]) -> list[Any]:
    """The outputs of PyTensor's loop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = pytensor.scan(step, outputs_info=states, return_list=True, **options)
    # With updates among the results they come as a pair; there are none here, as they are states.
    if isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], Mapping):
        found = found[0]
    return list(found or [])


def scan(
    fn: Callable[..., Any], sequences: Any = None, outputs_info: Any = None, non_sequences: Any = None,
    n_steps: Any = None, truncate_gradient: int = -1, go_backwards: bool = False, mode: Any = None,
    name: str | None = None, options: Any = None, profile: Any = False, allow_gc: Any = None,
    strict: bool = False, return_list: bool = False,
) -> tuple[Any, OrderedUpdates]:  # fmt: skip
    """A loop: `fn` is called with slices of the sequences, the states and the other arguments.

    Args:
        fn: builds one step. It returns outputs, and maybe updates of shared variables and `until`.
        sequences: what it gets a slice of at each step, or ``dict(input=..., taps=[...])``.
        outputs_info: for each output its first value, ``dict(initial=..., taps=[...])``, or None.
        non_sequences: what it gets as it is.
        n_steps: the number of steps.
        truncate_gradient: over how many steps the derivative goes back, or -1.
        go_backwards: whether sequences are walked through from their end.
        mode: has no effect.
        name: the loop's name.
        options: has no effect.
        profile: has no effect.
        allow_gc: has no effect.
        strict: whether all variables that `fn` uses must be among its arguments.
        return_list: whether a single output comes as a list.

    Returns:
        The outputs of all steps (None, one or a list), and the updates of shared variables and random states.
    """
    constants = _listed(non_sequences)
    given: dict[str, Any] = {
        "sequences": sequences,
        "non_sequences": constants,
        "n_steps": n_steps if n_steps is None or isinstance(n_steps, Variable) else int(n_steps),
        "truncate_gradient": truncate_gradient,
        "go_backwards": go_backwards,
        "name": name,
        "strict": strict,
    }
    body = _Body(fn, len(constants))
    updates = OrderedUpdates()
    try:
        outputs = _run(body, outputs_info, given)
    except _Captured:
        outputs, updates = _with_more_states(body, outputs_info, given)
    if not return_list and len(outputs) < 2:
        return (outputs[0] if outputs else None), updates
    return outputs, updates


def _with_more_states(
    body: _Body, outputs_info: Any, given: Mapping[str, Any]
) -> tuple[list[Any], OrderedUpdates]:
    """The loop with shared variables and random states going from step to step."""
    adapter: Any = load("pytensor", "theano.scan")
    n_out = len(body.outputs)
    infos = _listed(outputs_info) or [None] * n_out
    generators = [state for state, _ in body.draws]
    more = [*body.updates, *generators]
    n_drawn = sum(hasattr(x.type, "ndim") for _, after in body.draws for x in after.owner.outputs)
    found = _run(body.again(), [*infos, *more, *[None] * n_drawn], given)
    updates = OrderedUpdates()
    for variable, result in zip(more, found[n_out:], strict=False):
        last = result if variable in generators else result[-1]
        updates[variable] = last
        if variable in generators:
            adapter.register_rng_update(variable, last)
    return found[:n_out], updates


def map_(
    fn: Any, sequences: Any, non_sequences: Any = None, truncate_gradient: int = -1,
    go_backwards: bool = False, mode: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """`scan` without states."""
    return scan(
        fn,
        sequences,
        [],
        non_sequences,
        truncate_gradient=truncate_gradient,
        go_backwards=go_backwards,
        name=name,
    )


def reduce_(
    fn: Any, sequences: Any, outputs_info: Any, non_sequences: Any = None, go_backwards: bool = False,
    mode: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """`scan`, of which only the last step's outputs are handed out."""
    outputs, updates = scan(fn, sequences, outputs_info, non_sequences, go_backwards=go_backwards, name=name)
    last = [each[-1] for each in outputs] if isinstance(outputs, list) else outputs[-1]
    return last, updates


def foldl(
    fn: Any, sequences: Any, outputs_info: Any, non_sequences: Any = None, mode: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`reduce` from the first element to the last."""
    return reduce_(fn, sequences, outputs_info, non_sequences, name=name)


def foldr(
    fn: Any, sequences: Any, outputs_info: Any, non_sequences: Any = None, mode: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`reduce` from the last element to the first."""
    return reduce_(fn, sequences, outputs_info, non_sequences, go_backwards=True, name=name)


NAMES: dict[str, Any] = {
    "scan": scan,
    "map": map_,
    "reduce": reduce_,
    "foldl": foldl,
    "foldr": foldr,
    "until": until,
    "ifelse": ifelse,
    "OrderedUpdates": OrderedUpdates,
}
