"""`theano.function`, run by the adapter's engine as `K.function` is."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytensor
from pytensor.compile.io import Out
from pytensor.compile.mode import Mode
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors
from pytensor.graph.utils import MissingInputError

from ....errors import check_choice
from ...registry import load
from ..phase import is_phase, phase_value, with_phase
from ..portable import portable, rewrite
from ..program import is_root, random_updates
from ..rewrites import INTERPRETED
from .arguments import (
    NONE,
    In,
    Input,
    as_update_of,
    expression_of,
    outputs_of,
    param,
    replacements_of,
    update_pairs,
)

MODES = ("Mode", "FAST_RUN", "FAST_COMPILE", "DEBUG_MODE", "DebugMode", "ProfileMode", "NanGuardMode")


class UnusedInputError(Exception):
    """An input of a function on which nothing depends."""


class Maker:
    """What a function was made of."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self._graph: Any = None
        self.mode = pytensor.compile.mode.get_default_mode()
        self.inputs, self.outputs = function.inputs, function.outputs

    @property
    def fgraph(self) -> FunctionGraph:
        """The graph, rewritten, with the new values behind the outputs."""
        if self._graph is None:
            self._graph = rewrite(portable(*self._function.parts(0))[0], INTERPRETED).fgraph()
        return self._graph

    env = fgraph


class Function:
    """A function of arrays. Call it with a value for each input, by place or by name.

    Args:
        inputs: its arguments.
        arrange: makes of the list of results what a call returns.
        expressions: what it computes.
        updates: the new value of each shared variable that it writes.
        drawn: random states and what follows them.
        fixed_phase: the learning phase, where that is no input.
        name: its name, or None.

    Attributes:
        maker: what it was made of.
        trust_input: has no effect.
    """

    def __init__(
        self, inputs: Sequence[Input], arrange: Any, expressions: Sequence[Any], updates: Mapping[Any, Any],
        drawn: Sequence[tuple[Any, Any]], fixed_phase: int, name: str | None,
    ) -> None:  # fmt: skip
        self._specs, self._arrange, self._expressions = list(inputs), arrange, list(expressions)
        self._updates, self._drawn, self._fixed_phase = dict(updates), list(drawn), fixed_phase
        self.name = name
        self.trust_input = False
        self._by_phase: dict[int, Any] = {}
        self._places = {each.name: index for index, each in enumerate(self._specs) if each.name}
        self._phase_at = next((i for i, each in enumerate(self._specs) if is_phase(each.variable)), None)
        self.maker = Maker(self)

    @property
    def inputs(self) -> list[Any]:
        """The variables that stand for its arguments."""
        return [each.variable for each in self._specs]

    @property
    def outputs(self) -> list[Any]:
        """The expressions that it computes."""
        return self._expressions

    def parts(self, phase: int) -> tuple[Any, Any, Any]:
        """Placeholders, outputs and updates for a learning phase."""
        values, following = list(self._updates.values()), [state for _, state in self._drawn]
        chosen = with_phase([*self._expressions, *values, *following], phase)
        n_out, n_values = len(self._expressions), len(values)
        outputs, values, following = chosen[:n_out], chosen[n_out:][:n_values], chosen[n_out + n_values :]
        used = set(ancestors([*outputs, *values]))
        updates = list(zip(self._updates, values, strict=True))
        updates += [
            (state, after)
            for (state, _), after in zip(self._drawn, following, strict=True)
            if state in used or not hasattr(state.tag, "polykeras_next")
        ]
        placeholders = [each for each in self.inputs if not is_phase(each)]
        return placeholders, outputs, updates

    def _executable(self, phase: int) -> Any:
        found = self._by_phase.get(phase)
        if found is None:
            engine = load("pytensor", "theano.function").engine  # type: ignore[attr-defined]
            with engine.lock:
                found = self._by_phase[phase] = engine.executable(*self.parts(phase))
        return found

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        values = self._values(arguments, named)
        phase = self._fixed_phase if self._phase_at is None else values.pop(self._phase_at)
        results = self._executable(phase)(values)
        return self._arrange(results)

    def _values(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
        if len(arguments) > len(self._specs):
            raise TypeError(f"The function takes {len(self._specs)} inputs, got {len(arguments)}.")
        given = [*arguments, *[NONE] * (len(self._specs) - len(arguments))]
        for name, value in named.items():
            place = self._places.get(name)
            if place is None:
                raise TypeError(f"The function has no input of the name {name!r}.")
            if given[place] is not NONE:
                raise TypeError(f"The function got the input {name!r} twice.")
            given[place] = value
        for spec, value in zip(self._specs, given, strict=True):
            if value is NONE:
                if spec.default is NONE:
                    raise TypeError(f"The function misses its input {spec.index}, {spec.variable}.")
                given[spec.index] = spec.default
        return [spec(value) for spec, value in zip(self._specs, given, strict=True)]

    def get_shared(self) -> list[Any]:
        """The shared variables that it reads or writes."""
        _, outputs, updates = self.parts(0)
        wanted = [*outputs, *(value for _, value in updates)]
        read = [each for each in ancestors(wanted) if isinstance(each, SharedVariable)]
        return list(dict.fromkeys([*read, *(variable for variable, _ in updates)]))

    def copy(
        self, share_memory: bool = False, swap: Mapping[Any, Any] | None = None, delete_updates: bool = False,
        name: str | None = None, profile: Any = None,
    ) -> Function:  # fmt: skip
        """Another function like this one.

        Args:
            share_memory: has no effect.
            swap: shared variables to be replaced by others.
            delete_updates: whether it writes nothing.
            name: its name.
            profile: has no effect.
        """
        swap = dict(swap or {})
        values = {} if delete_updates else self._updates
        wanted = [*self._expressions, *values.values()]
        wanted = clone_replace(wanted, replace=swap) if wanted else []
        n_out = len(self._expressions)
        updates = {swap.get(key, key): new for key, new in zip(values, wanted[n_out:], strict=True)}
        return Function(
            self._specs,
            self._arrange,
            wanted[:n_out],
            updates,
            self._drawn,
            self._fixed_phase,
            name or self.name,
        )

    def free(self) -> None:
        """Drops what was made to run it."""
        self._by_phase.clear()

    def __repr__(self) -> str:
        return f"<theano function {self.name or ''} of {len(self._specs)} inputs>"


def _default_updates(expressions: Iterable[Any], known: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Random states that are drawn from, and shared variables with a `default_update`, with what follows."""
    found: dict[Any, Any] = dict(random_updates(list(expressions)))
    for each in ancestors(list(expressions)):
        following = getattr(each, "default_update", None) if isinstance(each, SharedVariable) else None
        if following is not None:
            found.setdefault(each, following)
    return [(state, following) for state, following in found.items() if state not in known]


def function(
    inputs: Any, outputs: Any = None, mode: Any = None, updates: Any = None, givens: Any = None,
    no_default_updates: Any = False, accept_inplace: bool = False, name: str | None = None,
    rebuild_strict: bool = True, allow_input_downcast: bool | None = None, profile: Any = None,
    on_unused_input: str | None = None,
) -> Any:  # fmt: skip
    """A function of arrays that computes expressions and writes to shared variables: `theano.function`.

    Args:
        inputs: a list of variables, or of `In` and `Param`.
        outputs: an expression, a list or a dictionary of them, or None.
        mode: the name of a mode of Theano, without effect, or a Mode.
        updates: new values of shared variables, as a dictionary or pairs. All are computed from the values
            before the call.
        givens: what takes the place of what in the expressions.
        no_default_updates: whether random states and `default_update` are left alone; or a list of the
            variables whose are.
        accept_inplace: has no effect.
        name: the function's name.
        rebuild_strict: has no effect.
        allow_input_downcast: whether arrays of a larger type are converted; by default Python's numbers are.
        profile: has no effect.
        on_unused_input: ``'raise'``, ``'warn'`` or ``'ignore'``.
    """
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("theano.function: inputs must be a list, even if there is just one.")
    if isinstance(mode, str):
        check_choice("theano.function", "mode", mode, MODES)
    specs = [Input(index, each) for index, each in enumerate(inputs)]
    for spec in specs:
        if spec.allow_downcast is None:
            spec.allow_downcast = allow_input_downcast
    if len({spec.variable for spec in specs}) != len(specs):
        raise ValueError("theano.function: an input is given twice.")
    arrange, expressions = outputs_of(outputs)
    expressions = [expression_of(each) for each in expressions]
    news, replaced = update_pairs(updates), replacements_of(givens)
    drawn = _default_updates([*expressions, *news.values(), *replaced.values()], news)
    if no_default_updates:
        left = no_default_updates if isinstance(no_default_updates, (list, tuple)) else [x for x, _ in drawn]
        drawn = [(state, following) for state, following in drawn if state not in left]
    adapter: Any = load("pytensor", "theano.function")
    fixed = next((new for old, new in replaced.items() if is_phase(old) and isinstance(new, Constant)), None)
    phase = adapter._phase if fixed is None else phase_value(fixed.data)
    wanted = [*expressions, *news.values(), *(following for _, following in drawn)]
    swaps = {old: new for old, new in replaced.items() if not (is_phase(old) and isinstance(new, Constant))}
    if swaps and wanted:
        wanted = clone_replace(wanted, replace=swaps, rebuild_strict=False)
    n_out, n_news = len(expressions), len(news)
    expressions, values, following = wanted[:n_out], wanted[n_out:][:n_news], wanted[n_out + n_news :]
    news = {variable: as_update_of(variable, new) for variable, new in zip(news, values, strict=True)}
    _check_roots(specs, [*expressions, *news.values()], on_unused_input)
    drawn = [(state, after) for (state, _), after in zip(drawn, following, strict=True)]
    if isinstance(mode, Mode) and type(mode) is not Mode:
        single = isinstance(outputs, (Variable, Out))
        return _watched(specs, single, expressions, {**news, **dict(drawn)}, mode, name)
    number = phase if isinstance(phase, int) else 0
    return Function(specs, arrange, expressions, news, drawn, number, name)


def _check_roots(specs: Sequence[Input], expressions: Sequence[Any], on_unused: str | None) -> None:
    """Compares what is given with what is needed.

    Raises:
        MissingInputError: if something is needed that is no input.
        UnusedInputError: if an input is not needed, unless `on_unused` says otherwise.
    """
    known = {spec.variable for spec in specs}
    reached = set(ancestors(list(expressions)))
    for each in reached:
        if is_root(each) and each not in known and not is_phase(each):
            raise MissingInputError(
                f"theano.function: the outputs or updates depend on {each} ({each.type}), which is not among "
                "the inputs. Add it to them, or replace it by givens."
            )
    rule = on_unused or pytensor.config.on_unused_input
    check_choice("theano.function", "on_unused_input", rule, ("raise", "warn", "ignore"))
    for spec in specs:
        if rule == "ignore" or spec.variable in reached or is_phase(spec.variable):
            continue
        message = (
            f"theano.function: nothing depends on input {spec.index}, {spec.variable}. Leave it out, or "
            "write on_unused_input='ignore'."
        )
        if rule == "raise":
            raise UnusedInputError(message)
        warnings.warn(message, UserWarning, stacklevel=3)


def _watched(
    specs: Sequence[Input],
    single: bool,
    expressions: list[Any],
    news: Mapping[Any, Any],
    mode: Any,
    name: Any,
) -> Any:
    """A function in a mode that looks at each operation's results: PyTensor's own."""
    wanted = with_phase([*expressions, *news.values()], 0)
    outputs: Any = wanted[: len(expressions)]
    if any(each.default is not NONE for each in specs):
        raise ValueError("theano.function: in a mode that watches each operation inputs have no default.")
    return pytensor.function(
        [each.variable for each in specs],
        outputs[0] if single else outputs,
        mode=mode,
        updates=list(zip(news, wanted[len(expressions) :], strict=True)),
        name=name,
        on_unused_input="ignore",
    )


NAMES: dict[str, Any] = {
    "function": function,
    "In": In,
    "Out": Out,
    "Param": param,
    "Function": Function,
    "FunctionMaker": Maker,
    "UnusedInputError": UnusedInputError,
    "MissingInputError": MissingInputError,
    "Mode": Mode,
    "SharedVariable": SharedVariable,
}
