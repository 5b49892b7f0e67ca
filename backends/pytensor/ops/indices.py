"""Indices that are checked when a graph is run: not one that is negative or too large goes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply, Constant
from pytensor.graph.op import Op

from ...interface.arguments import check_indices
from ..interpreter import Writer, emit


def checked_indices(indices: Any, size: Any) -> Any:
    """A vector of integers as it is, if all of them count entries of an axis of the given size.

    Raises:
        ValueError: here, if both are known and one does not fit; else when it is run.
    """
    if isinstance(indices, Constant) and isinstance(size, int):
        check_indices(np.asarray(indices.data), size)
        return indices
    return CheckedIndices()(indices, size)


class CheckedIndices(Op):
    """From a vector of integers and a size: the vector, whose elements are from 0 to the size minus 1."""

    __props__ = ()
    view_map = {0: [0]}

    def make_node(self, *inputs: Any) -> Apply:
        indices = pt.as_tensor_variable(inputs[0], ndim=1)
        size = pt.cast(pt.as_tensor_variable(inputs[1], ndim=0), "int64")
        return Apply(self, [indices, size], [indices.type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        indices, size = inputs
        check_indices(indices, int(size))
        output_storage[0][0] = indices

    def infer_shape(self, fgraph: Any, node: Apply, input_shapes: Any) -> list[Any]:
        return [input_shapes[0]]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[False], [False]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return [disconnected_type() for _ in inputs]


@emit.register
def _emit_checked_indices(op: CheckedIndices, node: Apply, writer: Writer) -> bool:
    indices, size = (writer.name(each) for each in node.inputs)
    writer.line(f"{writer.keep(check_indices, 'check_indices')}({indices}, {size})")
    writer.assign(node.outputs[0], indices)
    return True
