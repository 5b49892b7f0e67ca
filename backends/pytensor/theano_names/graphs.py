"""Operations, graphs and their parts: `theano.gof`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.op import Op as PyTensorOp
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors, explicit_graph_inputs, graph_inputs, io_toposort
from pytensor.graph.type import Type
from pytensor.graph.utils import MetaType
from pytensor.tensor.type import TensorType


class _OpMeta(MetaType):
    """Counts PyTensor's own operations as instances of Theano's class."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, PyTensorOp) if cls is Op else super().__instancecheck__(instance)


class Op(PyTensorOp, metaclass=_OpMeta):
    """The base of operations that a program defines itself, with the methods that Theano asked for.

    ``grad(inputs, output_gradients)`` (or `L_op`, which sees the outputs too) gives the derivatives, and
    ``infer_shape(node, input_shapes)`` the shapes.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        infer = vars(cls).get("infer_shape")
        if infer is not None and len(inspect.signature(infer).parameters) == 3:
            own: Any = cls
            own.infer_shape = _with_graph(infer)

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """The derivatives by the inputs, from `L_op` or `grad`."""
        kind = type(self)
        if kind.L_op is not PyTensorOp.L_op:
            return list(self.L_op(inputs, outputs, cotangents))
        if kind.grad is not PyTensorOp.grad:
            shown = [
                output.zeros_like() if isinstance(each.type, DisconnectedType) else each
                for each, output in zip(cotangents, outputs, strict=True)
            ]
            return list(self.grad(inputs, shown))
        raise NotImplementedError(
            f"{self} has no derivative: its class defines no method grad(inputs, output_gradients)."
        )


def _with_graph(infer: Callable[..., Any]) -> Callable[..., Any]:
    """`infer_shape` as some versions of PyTensor call it: with the graph before the node and the shapes."""

    def infer_shape(self: Any, *arguments: Any) -> Any:
        return infer(self, *arguments[-2:])

    return infer_shape


class _FromFunction(Op):
    """An operation whose results a function of arrays computes."""

    __props__ = ("function", "in_types", "out_types")

    def __init__(self, function: Any, in_types: Any, out_types: Any, infer_shape: Any = None) -> None:
        self.function = function
        self.in_types, self.out_types = tuple(in_types), tuple(out_types)
        if infer_shape is not None:
            self.infer_shape = lambda *arguments: infer_shape(*arguments[-2:])

    def make_node(self, *inputs: Any) -> Apply:
        given = [kind.filter_variable(each) for kind, each in zip(self.in_types, inputs, strict=True)]
        return Apply(self, given, [kind() for kind in self.out_types])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        results = self.function(*inputs)
        results = results if isinstance(results, (list, tuple)) else [results]
        for cell, kind, result in zip(output_storage, self.out_types, results, strict=True):
            cell[0] = kind.filter(result, allow_downcast=True)


def as_op(itypes: Any, otypes: Any, infer_shape: Any = None) -> Callable[[Any], Op]:
    """A decorator that makes an operation of a function of arrays.

    Args:
        itypes: the type of each argument, or the type of the only one, such as ``T.dmatrix``.
        otypes: likewise of the results.
        infer_shape: a function of the node and the shapes of the arguments that gives those of the results.
    """
    ins, outs = (each if isinstance(each, (list, tuple)) else [each] for each in (itypes, otypes))
    for kind in (*ins, *outs):
        if not isinstance(kind, Type):
            raise TypeError(f"as_op: wanted types such as T.dmatrix, got {kind!r}.")
    return lambda function: _FromFunction(function, ins, outs, infer_shape)


def clone(
    output: Any, replace: Any = None, strict: bool = True, share_inputs: bool = True, copy_inputs: Any = None
) -> Any:
    """Copies of expressions in which variables are replaced by others.

    Args:
        output: an expression or a list of them.
        replace: what is replaced by what: a dictionary or pairs.
        strict: whether a replacement must have the type of what it replaces.
        share_inputs: whether the copies depend on the inputs themselves; False is refused.
        copy_inputs: the older name of `share_inputs`.
    """
    if not (share_inputs if copy_inputs is None else copy_inputs):
        raise ValueError("theano.clone: copies of inputs are not made. Replace the inputs by `replace`.")
    pairs = replace.items() if hasattr(replace, "items") else (replace or ())
    news = {old: new if isinstance(new, Variable) else old.type.filter_variable(new) for old, new in pairs}
    return clone_replace(output, replace=news, rebuild_strict=strict)


def inputs_of(variables: Any, blockers: Any = None) -> list[Any]:
    """What expressions are computed from: variables without an owner."""
    return list(graph_inputs(_listed(variables), blockers))


def ancestors_of(variables: Any, blockers: Any = None) -> list[Any]:
    """All that expressions are computed from, these included."""
    return list(ancestors(_listed(variables), blockers))


def apply_nodes(inputs: Any, outputs: Any) -> list[Any]:
    """The operations between inputs and outputs."""
    return list(io_toposort(_listed(inputs), _listed(outputs)))


def variables_between(inputs: Any, outputs: Any) -> list[Any]:
    """The variables between inputs and outputs, both included."""
    nodes = apply_nodes(inputs, outputs)
    found = [*_listed(inputs), *(each for node in nodes for each in (*node.inputs, *node.outputs))]
    return list(dict.fromkeys([*found, *_listed(outputs)]))


def _listed(variables: Any) -> list[Any]:
    return list(variables) if isinstance(variables, (list, tuple, set, filter, map)) else [variables]


NAMES: dict[str, Any] = {
    "Op": Op,
    "Apply": Apply,
    "Variable": Variable,
    "Constant": Constant,
    "Type": Type,
    "FunctionGraph": FunctionGraph,
    "Env": FunctionGraph,
    "TensorType": TensorType,
    "as_op": as_op,
    "clone": clone,
    "inputs": inputs_of,
    "ancestors": ancestors_of,
    "list_of_nodes": apply_nodes,
    "variables": variables_between,
    "explicit_graph_inputs": explicit_graph_inputs,
}
