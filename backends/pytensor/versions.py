"""What differs between the versions of PyTensor that the adapter runs on (3.0 to 3.3), in one place.

Each difference is found by looking at what PyTensor has, never by its version number.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import pytensor.scalar as ps
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.op import Op
from pytensor.tensor import subtensor
from pytensor.tensor.elemwise import DimShuffle

try:
    from pytensor.conditional.op import IfElse as IfElse
except ImportError:  # up to 3.2
    from pytensor.ifelse import IfElse as IfElse

_SHAPES_TAKE_GRAPH = "fgraph" in inspect.signature(DimShuffle.infer_shape).parameters

# Up to 3.1 adding to rows by one vector of integers is an operation of its own.
INCREMENTS: tuple[type[Op], ...] = tuple(
    getattr(subtensor, name)
    for name in ("AdvancedIncSubtensor1", "AdvancedIncSubtensor")
    if hasattr(subtensor, name)
)

# Scalar operations on parts of complex numbers; there is no angle any more from 3.2 on.
COMPLEX_PARTS: tuple[type, ...] = tuple(
    getattr(ps, name) for name in ("Real", "Imag", "Angle") if hasattr(ps, name)
)


class SizedOp(Op):
    """An operation that tells the shapes of its outputs.

    PyTensor asks `infer_shape`, whose parameters have changed; subclasses write `output_shapes`.
    """

    def output_shapes(self, node: Apply, input_shapes: Sequence[Any]) -> list[Any]:
        """The shapes of the outputs.

        Args:
            node: the application of this operation.
            input_shapes: for each input the tuple of its sizes, as tensors; None if it is no tensor.

        Returns:
            For each output the tuple of its sizes.
        """
        raise NotImplementedError(f"{type(self).__name__} does not tell the shapes of its outputs.")

    if _SHAPES_TAKE_GRAPH:

        def infer_shape(self, fgraph: Any, node: Apply, input_shapes: Any) -> list[Any]:
            return self.output_shapes(node, input_shapes)

    else:

        def infer_shape(self, node: Apply, input_shapes: Any) -> list[Any]:  # type: ignore[misc]
            return self.output_shapes(node, input_shapes)


def joined(op: Any, node: Apply) -> tuple[int | None, Sequence[Variable]]:
    """The axis of a `Join`, None if it is not known before it is run, and the tensors that are joined."""
    if hasattr(op, "axis"):
        return int(op.axis), node.inputs
    axis, *parts = node.inputs
    return (int(axis.data) if isinstance(axis, Constant) else None), parts


def inner_copy(fgraph: Any) -> FunctionGraph:
    """A copy of an operation's inner graph that may be rewritten; from 3.2 on inner graphs are frozen."""
    if hasattr(fgraph, "unfreeze"):
        copy: FunctionGraph = fgraph.unfreeze()
        return copy
    return FunctionGraph(fgraph.inputs, fgraph.outputs, clone=True)
