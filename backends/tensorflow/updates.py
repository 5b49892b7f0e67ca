"""Which updates of variables XLA can make in one pass over memory each.

The element-wise chains by which optimizers compute new weights go through memory once for each operation if
TensorFlow runs them one by one. Where there are large variables they are cut out of K's graph and made a
region.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .graph import KerasGraph
from .regions import region
from .trace import Transfer

# Elements of all variables below which a compilation takes longer than it can save.
WORTHWHILE = 1 << 18
# Where there are more variables than these, those with fewer elements are left out: they cost the compiler as
# much as others, and a chain of operations on them is cheap.
MANY = 48
LARGE = 1 << 12

_ELEMENTWISE = {
    *("AddV2", "Add", "Sub", "Mul", "RealDiv", "Neg", "Abs", "Sign", "Square", "Sqrt", "Rsqrt", "Pow"),
    *("Exp", "Log", "Maximum", "Minimum", "ClipByValue", "SelectV2", "Select", "Cast", "Identity"),
    *("Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr"),
    *("LogicalNot", "ZerosLike", "OnesLike"),
}


class FusedUpdates:
    """The updates that are made together: those whose new values are element-wise functions of tensors.

    Numbers (such as the rate) are computed outside, and so is what is needed for anything else, too.

    Args:
        graph: where the new values stand.
        assigned: pairs of a variable and its new value.

    Attributes:
        pairs: those of `assigned` that are made here.
        rest: the others.
        edge: the tensors of the graph that the new values are computed from, beside variables.
    """

    def __init__(self, graph: KerasGraph, assigned: Sequence[tuple[Any, Any]]) -> None:
        self._graph = graph
        floats = [pair for pair in assigned if pair[0].dtype.is_floating and pair[0].shape.rank]
        if len(floats) > MANY:
            floats = [pair for pair in floats if pair[0].shape.num_elements() >= LARGE]
        handles = {id(variable.handle) for variable, _ in floats}
        inside = {internal.name for external, internal in graph.captures if id(external) in handles}
        chains = [_Chain(graph, value, inside) for _, value in floats]
        elsewhere = _ancestors(graph, [tensor for chain in chains for tensor in chain.edge.values()])
        kept = [
            (pair, chain)
            for pair, chain in zip(floats, chains, strict=True)
            if chain.operations and not chain.operations & elsewhere
        ]
        if sum(variable.shape.num_elements() for (variable, _), _ in kept) < WORTHWHILE:
            kept = []
        self.pairs = [pair for pair, _ in kept]
        chosen = {id(variable) for variable, _ in self.pairs}
        self.rest = [pair for pair in assigned if id(pair[0]) not in chosen]
        edge: dict[str, Any] = {}
        for _, chain in kept:
            edge.update(chain.edge)
        self.edge = list(edge.values())

    def write(self, given: Sequence[Any], phase: int, step: Any) -> None:
        """Makes the updates in the function that is being traced.

        Args:
            given: what stands for `edge` there.
            phase, step: see `Transfer`.
        """
        for tensor, original in zip(given, self.edge, strict=True):
            tensor.set_shape(original.shape)

        def update(*tensors: Any) -> None:
            feeds = {each.name: tensor for each, tensor in zip(self.edge, tensors, strict=True)}
            values = Transfer(self._graph, feeds, phase, step).bring([value for _, value in self.pairs])
            for (variable, _), value in zip(self.pairs, values, strict=True):
                variable.assign(value, read_value=False)

        region(update, given)


class _Chain:
    """The element-wise operations that lead to a tensor.

    Attributes:
        operations: their names.
        edge: the tensors that they start from, beside constants and variables, by name.
    """

    def __init__(self, graph: KerasGraph, value: Any, inside: set[str]) -> None:
        self.operations: set[str] = set()
        self.edge: dict[str, Any] = {}
        stack = [value]
        while stack:
            tensor = stack.pop()
            operation = tensor.op
            if operation.type == "Const" or operation.name in self.operations:
                continue
            if operation.type == "ReadVariableOp" and operation.inputs[0].name in inside:
                continue
            if _elementwise(operation):
                self.operations.add(operation.name)
                stack.extend(operation.inputs)
            else:
                self.edge[tensor.name] = tensor


def _elementwise(operation: Any) -> bool:
    """Whether this is an operation on each element of a tensor with axes."""
    return (
        operation.type in _ELEMENTWISE
        and not operation.control_inputs
        and bool(operation.outputs[0].shape.rank)
        and operation.outputs[0].shape.is_fully_defined()
    )


def _ancestors(graph: KerasGraph, tensors: Sequence[Any]) -> set[str]:
    """The names of the operations that these tensors are computed by."""
    found: set[str] = set()
    stack = [tensor.op for tensor in tensors]
    while stack:
        operation = stack.pop()
        if operation.name in found:
            continue
        found.add(operation.name)
        if operation.name in graph.choices:
            choice = graph.choices[operation.name]
            inputs = [choice.train, choice.test]
        elif operation.name in graph.deferred:
            inputs = graph.deferred[operation.name].inputs
        else:
            inputs = operation.inputs
        stack.extend(each.op for each in inputs)
        stack.extend(operation.control_inputs)
    return found
