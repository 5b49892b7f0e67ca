"""The learning phase: a symbol in the graphs, a constant in what is compiled from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.scalar as ps
import pytensor.tensor as pt
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.traversal import graph_inputs, toposort
from pytensor.tensor.elemwise import DimShuffle, Elemwise

from .versions import IfElse


def new_phase() -> Any:
    """A symbol for the learning phase."""
    phase: Any = pt.scalar("keras_learning_phase", dtype="uint8")
    phase.tag.polykeras_phase = True
    phase._keras_shape = ()
    phase._uses_learning_phase = False
    return phase


def is_phase(x: Any) -> bool:
    """Whether `x` is a symbol made by `new_phase`."""
    return isinstance(x, Variable) and getattr(x.tag, "polykeras_phase", False)


def phase_value(value: Any) -> int:
    """The learning phase that a number means: 0 for 0, False and 0.0, 1 for 1, True and 1.0.

    Raises:
        ValueError: if `value` is anything else.
    """
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "biuf" or array.item() not in (0, 1):
        raise ValueError(f"K.function: the learning phase must be 0 (test) or 1 (train), got {value!r}.")
    return int(array.item())


def with_phase(wanted: Sequence[Any], phase: int) -> list[Any]:
    """Copies of expressions with the learning phase a constant and only the chosen branches left."""
    symbols = [x for x in graph_inputs(wanted) if is_phase(x)]
    if not symbols:
        return list(wanted)
    known = {symbol: np.asarray(phase, dtype=symbol.type.dtype) for symbol in symbols}
    replaced: dict[Variable, Variable] = {x: pt.constant(value) for x, value in known.items()}
    for node in toposort(wanted):
        if any(x in replaced for x in node.inputs):
            _rebuild(node, known, replaced)
    return [replaced.get(x, x) for x in wanted]


def _rebuild(node: Apply, known: dict[Any, np.ndarray], replaced: dict[Variable, Variable]) -> None:
    """Finds what stands for the outputs of `node`; `known` holds values that depend on the phase alone."""
    inputs = [replaced.get(x, x) for x in node.inputs]
    if isinstance(node.op, (Elemwise, DimShuffle)) and all(isinstance(x, Constant) for x in inputs):
        cells: list[list[Any]] = [[None] for _ in node.outputs]
        node.op.prepare_node(node, None, None, "py")
        node.op.perform(node, [np.asarray(x.data) for x in inputs], cells)  # type: ignore[attr-defined]
        for x, (value,) in zip(node.outputs, cells, strict=True):
            known[x] = np.asarray(value)
            replaced[x] = pt.constant(known[x], dtype=x.type.dtype)
        return
    condition = known.get(node.inputs[0]) if node.inputs else None
    if condition is not None and condition.size == 1:
        branches = _branches(node, inputs, bool(condition.reshape(())))
        if branches:
            replaced.update(zip(node.outputs, branches, strict=True))
            return
    fresh = node.clone_with_new_inputs(inputs, strict=False)
    replaced.update(zip(node.outputs, fresh.outputs, strict=True))


def _branches(node: Apply, inputs: list[Any], condition: bool) -> list[Any] | None:
    """The inputs that a `Switch` or `IfElse` passes on, if they have the types of its outputs."""
    if isinstance(node.op, IfElse):
        n = node.op.n_outs
        chosen = inputs[1 : 1 + n] if condition else inputs[1 + n :]
    elif isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, ps.Switch):
        chosen = [inputs[1] if condition else inputs[2]]
    else:
        return None
    for x, out in zip(chosen, node.outputs, strict=True):
        if x.type.dtype != out.type.dtype or x.type.broadcastable != out.type.broadcastable:
            return None
    return chosen
