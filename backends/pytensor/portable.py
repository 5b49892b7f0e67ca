"""A function without the values of its variables: fit to be rewritten, run and sent to another process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pytensor.compile.io import In, Out, SymbolicInput
from pytensor.compile.maker import FunctionMaker
from pytensor.compile.mode import Mode
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.destroyhandler import DestroyHandler
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import graph_inputs


@dataclass
class Portable:
    """A function whose shared variables have become inputs.

    Attributes:
        inputs: the placeholders, then an input for each shared variable.
        n_placeholders: how many of them are placeholders.
        outputs: the expressions to compute.
        updates: for each variable that is written, the index of its input and its new value.
    """

    inputs: list[Any]
    n_placeholders: int
    outputs: list[Any]
    updates: list[tuple[int, Any]]


@dataclass
class Rewritten:
    """A `Portable` after its rewrites.

    Attributes:
        inputs: as in `Portable`.
        outputs: the outputs, then the new values of the variables.
        n_outputs: how many of `outputs` are not new values.
        written: for each new value the index of the input that it belongs to.
    """

    inputs: list[Any]
    outputs: list[Any]
    n_outputs: int
    written: list[int]

    def fgraph(self) -> FunctionGraph:
        """The graph, with operations that work in place scheduled after all that read what they destroy."""
        fgraph = FunctionGraph(self.inputs, self.outputs, clone=False)
        fgraph.attach_feature(DestroyHandler())
        return fgraph


def portable(
    inputs: Sequence[Any], outputs: Sequence[Any], updates: Sequence[tuple[Any, Any]]
) -> tuple[Portable, list[SharedVariable]]:
    """A copy of a function with inputs in place of its shared variables, and these variables in order."""
    wanted = [*outputs, *[value for _, value in updates]]
    shared = list(
        dict.fromkeys(
            x for x in [*graph_inputs(wanted), *[x for x, _ in updates]] if isinstance(x, SharedVariable)
        )
    )
    stand_ins = {x: x.type(name=x.name) for x in shared}
    placeholders = {x: x.type(name=x.name) for x in inputs}
    copies = clone_replace(wanted, replace={**stand_ins, **placeholders}) if wanted else []
    position = {x: len(inputs) + index for index, x in enumerate(shared)}
    pairs = [(position[x], copy) for (x, _), copy in zip(updates, copies[len(outputs) :], strict=True)]
    result = Portable(
        [*placeholders.values(), *stand_ins.values()],
        len(inputs),
        copies[: len(outputs)],
        sorted(pairs, key=lambda p: p[0]),
    )
    return result, shared


def rewrite(function: Portable, mode: Mode) -> Rewritten:
    """Rewrites a function (its own variables are used up by it)."""
    news = dict(function.updates)
    specs: list[SymbolicInput] = [
        In(x, borrow=True, mutable=index in news, update=news.get(index))
        for index, x in enumerate(function.inputs)
    ]
    results = [Out(x) for x in function.outputs]
    fgraph, extra = FunctionMaker.create_fgraph(specs, results)
    FunctionMaker.prepare_fgraph(specs, results, extra, fgraph, mode, None)
    return Rewritten(list(fgraph.inputs), list(fgraph.outputs), len(results), sorted(news))
