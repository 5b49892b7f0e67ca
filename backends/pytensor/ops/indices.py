"""Rows of a tensor, taken and added up by number. No number that is negative or too large goes through.

`TakeRows` and `AddRows` are each the other's derivative. PyTensor's own operations count negative numbers
from the end, and add rows up by `numpy.add.at`, which takes ten times as long as a product with a sparse
matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
import scipy.sparse
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply, Constant

from ...interface.arguments import check_indices
from ..interpreter import Writer, emit
from ..sizes import known_sizes, sizes_of
from ..versions import INCREMENTS, SizedOp


def take_rows(x: Any, indices: Any) -> Any:
    """The entries of `x` along axis 0 that a vector of integers counts.

    Raises:
        ValueError: for an integer that counts none: here, if that can be known, else when it is run.
    """
    rows = x.type.shape[0]
    if isinstance(indices, Constant) and rows is not None:
        check_indices(np.asarray(indices.data), rows)
    return TakeRows()(x, indices)


class TakeRows(SizedOp):
    """From x (rows, ...) and a vector of integers from 0 to rows - 1: those rows of x."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        x, indices = pt.as_tensor_variable(inputs[0]), pt.as_tensor_variable(inputs[1], ndim=1)
        shape = (indices.type.shape[0], *x.type.shape[1:])
        return Apply(self, [x, indices], [pt.tensor(dtype=x.dtype, shape=shape)])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, indices = inputs
        check_indices(indices, len(x))
        output_storage[0][0] = x.take(indices, 0)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [(input_shapes[1][0], *input_shapes[0][1:])]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [False]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, indices = inputs
        return [AddRows()(output_grads[0], indices, sizes_of(x)[0]), disconnected_type()]


class AddRows(SizedOp):
    """From y (n, ...), n integers and a number of rows: zeros (rows, ...) with each y added to its row."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        y, indices = pt.as_tensor_variable(inputs[0]), pt.as_tensor_variable(inputs[1], ndim=1)
        rows = pt.cast(pt.as_tensor_variable(inputs[2], ndim=0), "int64")
        known = known_sizes([rows])
        return Apply(self, [y, indices, rows], [pt.tensor(dtype=y.dtype, shape=(*known, *y.type.shape[1:]))])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        y, indices, rows = inputs
        output_storage[0][0] = add_rows(y, indices, int(rows))

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [(node.inputs[2], *input_shapes[0][1:])]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [False], [False]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return [TakeRows()(output_grads[0], inputs[1]), disconnected_type(), disconnected_type()]


def add_rows(y: np.ndarray, indices: np.ndarray, rows: int) -> np.ndarray:
    """Zeros (rows, ...) with each ``y[i]`` added to row ``indices[i]``."""
    check_indices(indices, rows)
    shape = (rows, *y.shape[1:])
    if y.dtype.char not in "fd" or not y.size:
        result = np.zeros(shape, y.dtype)
        np.add.at(result, indices, y)
        return result
    count = len(indices)
    ones = np.ones(count, y.dtype)
    chosen = scipy.sparse.csc_matrix((ones, indices, np.arange(count + 1)), shape=(rows, count))
    return (chosen @ y.reshape(count, -1)).reshape(shape)


@emit.register
def _emit_take_rows(op: TakeRows, node: Apply, writer: Writer) -> bool:
    x, indices = (writer.name(each) for each in node.inputs)
    writer.line(f"{writer.keep(check_indices, 'check_indices')}({indices}, len({x}))")
    writer.assign(node.outputs[0], f"{x}.take({indices}, 0)", fresh=True)
    return True


@emit.register
def _emit_add_rows(op: AddRows, node: Apply, writer: Writer) -> bool:
    y, indices, rows = (writer.name(each) for each in node.inputs)
    add = writer.keep(add_rows, "add_rows")
    writer.assign(node.outputs[0], f"{add}({y}, {indices}, int({rows}))", fresh=True)
    return True


def _emit_increment(op: Any, node: Apply, writer: Writer) -> bool:
    """The derivative of ``x[indices]``; the `perform` of PyTensor 3.0 refuses a single index by mistake."""
    index = node.inputs[2].type
    by_rows = op.idx_list == (0,) and index.ndim == 1 and index.dtype != "bool"
    if op.set_instead_of_inc or getattr(op, "ignore_duplicates", False) or not by_rows:
        return False
    names = ", ".join(writer.name(each) for each in node.inputs)
    writer.assign(node.outputs[0], f"{writer.keep(incremented, 'incremented')}({names})", fresh=True)
    return True


for _kind in INCREMENTS:
    emit.register(_kind)(_emit_increment)


def incremented(x: np.ndarray, y: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """A copy of `x` with each ``y[i]`` added to row ``indices[i]``; negative numbers count from the end."""
    result = x.copy()
    np.add.at(result, indices, y)
    return result
