"""Sizes of axes, as far as they are known, without a walk through all that was computed before.

PyTensor looks at every operation that has led to a size when a tensor of that size is made, so the time that
a model of n such layers takes to build grows with the square of n. The types of tensors tell as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.tensor.basic import MakeVector
from pytensor.tensor.shape import Shape, Shape_i
from pytensor.tensor.subtensor import Subtensor, get_constant_idx


def known_sizes(sizes: Sequence[Any]) -> list[int | None]:
    """For each size its value if it is known now, else None.

    Args:
        sizes: integers and symbolic integers.
    """
    known = [_read_off(size) for size in sizes]
    open_ones = [axis for axis, (done, _) in enumerate(known) if not done]
    if open_ones:
        seen: dict[Variable, Variable] = {}
        found = pt.basic.infer_static_shape([_cut_off(sizes[axis], seen) for axis in open_ones])[1]
        for axis, size in zip(open_ones, found, strict=True):
            known[axis] = (True, size)
    return [None if size is None else int(size) for _, size in known]


def made_of_sizes(make: Callable[[list[Any]], Any], sizes: Sequence[Any]) -> list[Any]:
    """The results of the operation that `make` calls last, for these sizes.

    Args:
        make: returns a result of an operation whose inputs are the sizes, one by one or in one vector.
        sizes: integers and symbolic integers.
    """
    known = known_sizes(sizes)
    meant: dict[Variable, Any] = {}
    stand_ins: list[Any] = []
    for size, value in zip(sizes, known, strict=True):
        stand_ins.append(pt.lscalar() if value is None else value)
        if value is None:
            meant[stand_ins[-1]] = pt.cast(size, "int64")
    node = make(stand_ins).owner
    if not meant:
        return list(node.outputs)
    real: list[Any] = [meant[each] if isinstance(each, Variable) else each for each in stand_ins]
    vector = pt.as_tensor_variable(real, dtype="int64")
    inputs = []
    for each in node.inputs:
        if each in meant:
            each = meant[each]
        elif each.owner is not None and not meant.keys().isdisjoint(each.owner.inputs):
            each = vector
        inputs.append(each)
    return Apply(node.op, inputs, [output.type() for output in node.outputs]).outputs


def with_types_of(node: Apply, op: Any) -> Apply:
    """Another operation on the inputs of a node, with outputs of the same types."""
    return Apply(op, node.inputs, [output.type() for output in node.outputs])


def _read_off(size: Any) -> tuple[bool, int | None]:
    """Whether a look at a size is enough, and its value if that is known."""
    if not isinstance(size, Variable):
        return True, int(size)
    if isinstance(size, Constant):
        return True, int(size.data)
    node = size.owner
    if node is not None and isinstance(node.op, Shape_i):
        return True, node.inputs[0].type.shape[node.op.i]
    if node is not None and isinstance(node.op, Subtensor):
        of = node.inputs[0].owner
        if of is not None and isinstance(of.op, (Shape, MakeVector)):
            (index,) = get_constant_idx(node.op.idx_list, node.inputs, allow_partial=True)
            if isinstance(index, (int, np.integer)):
                in_vector = isinstance(of.op, MakeVector)
                return _read_off(of.inputs[index]) if in_vector else (True, of.inputs[0].type.shape[index])
    return False, None


def _cut_off(variable: Any, seen: dict[Variable, Variable]) -> Any:
    """A symbolic integer made of the types of the tensors it was made of, not of these themselves."""
    if not isinstance(variable, Variable) or variable.owner is None:
        return variable
    if variable in seen:
        return seen[variable]
    node = variable.owner
    dtype = getattr(variable.type, "dtype", "int64")
    result: Any
    if isinstance(node.op, (Shape, Shape_i)):
        result = node.op(node.inputs[0].type())
    elif not str(dtype).startswith(("int", "uint", "bool")):
        result = variable.type()
    else:
        inputs = [_cut_off(each, seen) for each in node.inputs]
        same = all(new is old for new, old in zip(inputs, node.inputs, strict=True))
        copy = node if same else node.clone_with_new_inputs(inputs, strict=False)
        result = copy.outputs[node.outputs.index(variable)]
    seen[variable] = result
    return result
