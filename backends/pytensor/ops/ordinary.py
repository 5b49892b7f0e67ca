"""Derivatives of operations that are written down as ordinary graphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytensor
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.replace import clone_replace


def pulled_back(
    function: Callable[..., Any], inputs: Sequence[Any], gradients: Sequence[Any], by: Sequence[int]
) -> list[Any]:
    """The gradients of an ordinary graph, given those of its results.

    Args:
        function: makes the graph of its inputs: a list of results.
        inputs: they may depend on each other: only what `function` does with them counts.
        gradients: those of the results; a disconnected one counts as zero.
        by: the positions of the inputs whose gradients are wanted; zeros where nothing depends on one.
    """
    stand_ins = [each.type() for each in inputs]
    weights = {}
    costs = []
    for result, gradient in zip(function(*stand_ins), gradients, strict=True):
        if not isinstance(gradient.type, DisconnectedType):
            weight = gradient.type()
            weights[weight] = gradient
            costs.append(pt.sum(result * weight, dtype=result.dtype))
    total = pt.add(*costs) if len(costs) > 1 else costs[0]
    slopes: Any = pytensor.grad(total, [stand_ins[index] for index in by], disconnected_inputs="ignore")
    replacements = {**dict(zip(stand_ins, inputs, strict=True)), **weights}
    return list(clone_replace(list(slopes), replace=replacements))
