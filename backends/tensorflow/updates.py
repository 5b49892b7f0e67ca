"""Which updates of variables XLA can make in one pass over memory each.

The element-wise chains by which optimizers compute new weights go through memory once for each operation if
TensorFlow runs them one by one. Where there are large variables they are cut out of K's graph and made a
region.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import tensorflow as tf

from .graph import KerasGraph
from .regions import Region

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
        floats = [pair for pair in assigned if pair[0].dtype.is_floating and pair[0].shape.rank]
        if len(floats) > MANY:
            floats = [pair for pair in floats if pair[0].shape.num_elements() >= LARGE]
        handles = {id(variable.handle): variable for variable, _ in floats}
        inside = {
            internal.name: handles[id(external)]
            for external, internal in graph.captures
            if id(external) in handles
        }
        chains = [_Chain(value, inside) for _, value in floats]
        elsewhere = _ancestors(graph, [tensor for chain in chains for tensor in chain.edge.values()])
        kept = [
            (pair, chain)
            for pair, chain in zip(floats, chains, strict=True)
            if chain.operations and not chain.operations.keys() & elsewhere
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
        # What is written, then what is read besides.
        read = {id(variable): variable for variable, _ in self.pairs}
        for _, chain in kept:
            read.update((id(variable), variable) for variable in chain.variables.values())
        self._variables = list(read.values())
        self._recipe = _recipe(self.pairs, [chain for _, chain in kept], self.edge, self._variables)

    def write(self, given: Sequence[Any]) -> None:
        """Makes the updates in the function that is being traced; `given` stands for `edge` there."""
        for tensor, original in zip(given, self.edge, strict=True):
            tensor.set_shape(original.shape)
        kinds = tuple((variable.dtype, tuple(variable.shape)) for variable in self._variables)
        _region(self._recipe, kinds, len(self.pairs))(
            [[each.handle for each in self._variables], list(given)]
        )


@cache
def _region(recipe: bytes, kinds: tuple[Any, ...], n_written: int) -> Region:
    """The region for a recipe: models that are alike share it.

    Args:
        recipe: see `_recipe`.
        kinds: dtype and shape of each variable.
        n_written: so many of the variables, the first, are written.
    """
    definition = tf.compat.v1.GraphDef.FromString(recipe)
    used = {name for node in definition.node for name in node.input}

    def update(handles: Sequence[Any], edge: Sequence[Any]) -> None:
        given = {f"edge{index}:0": each for index, each in enumerate(edge)}
        for index, (handle, (dtype, shape)) in enumerate(zip(handles, kinds, strict=True)):
            value = tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype)
            value.set_shape(shape)
            given[f"variable{index}:0"] = value
        given = {name: each for name, each in given.items() if name in used}
        names = [f"result{index}:0" for index in range(n_written)]
        results = tf.graph_util.import_graph_def(definition, given, names, name="updates")
        for handle, value in zip(handles, results, strict=False):
            tf.raw_ops.AssignVariableOp(resource=handle, value=value)

    return Region(update)


def _recipe(
    pairs: Sequence[tuple[Any, Any]], chains: Sequence[_Chain], edge: Sequence[Any], variables: Sequence[Any]
) -> bytes:
    """The chains as the definition of a graph that is the same for models that are alike.

    It refers to `edge` and the values of `variables` by number; what is called ``result`` are the new values.
    """
    definition = tf.compat.v1.GraphDef()
    names: dict[str, str] = {}

    for index, tensor in enumerate(edge):
        names[tensor.name] = f"edge{index}:0"
    place = {id(variable): index for index, variable in enumerate(variables)}
    for chain in chains:
        for name, variable in chain.variables.items():
            names[name] = f"variable{place[id(variable)]}:0"
        for operation in chain.operations.values():
            if operation.outputs[0].name in names:
                continue
            node = definition.node.add(op=operation.type, name=f"operation{len(names)}")
            names[operation.outputs[0].name] = f"{node.name}:0"
            for key, value in operation.node_def.attr.items():
                if not key.startswith("_"):
                    node.attr[key].CopyFrom(value)
            node.input.extend(names[each.name] for each in operation.inputs)
    for index, (variable, value) in enumerate(pairs):
        node = definition.node.add(op="Identity", name=f"result{index}", input=[names[value.name]])
        node.attr["T"].type = variable.dtype.as_datatype_enum
    return bytes(definition.SerializeToString(deterministic=True))


class _Chain:
    """The element-wise operations that lead to a tensor.

    Attributes:
        operations: by name, in order of dependence; constants are among them.
        edge: the tensors that they start from, by name.
        variables: by the name of the tensor that is read from each.
    """

    def __init__(self, value: Any, inside: dict[str, Any]) -> None:
        self.operations: dict[str, Any] = {}
        self.edge: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}
        stack = [(value, False)]
        while stack:
            tensor, ready = stack.pop()
            operation = tensor.op
            if operation.name in self.operations:
                continue
            if operation.type == "ReadVariableOp" and operation.inputs[0].name in inside:
                self.variables[tensor.name] = inside[operation.inputs[0].name]
            elif operation.type != "Const" and not _elementwise(operation):
                self.edge[tensor.name] = tensor
            elif ready or not operation.inputs:
                self.operations[operation.name] = operation
            else:
                stack.append((tensor, True))
                stack.extend((each, False) for each in operation.inputs)
        if all(each.type == "Const" for each in self.operations.values()):
            self.operations.clear()


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
