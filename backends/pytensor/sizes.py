"""Sizes of axes, as far as they are known, without a walk through all that was computed before.

PyTensor looks at every operation that has led to a size when a tensor of that size is made, so the time that
a model of n such layers takes to build grows with the square of n. The types of tensors tell as much.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytensor.scalar as ps
import pytensor.tensor as pt
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.tensor.basic import MakeVector
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.shape import Shape, Shape_i
from pytensor.tensor.subtensor import Subtensor, get_constant_idx

_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ps.Add: operator.add,
    ps.Sub: operator.sub,
    ps.Mul: operator.mul,
    ps.IntDiv: operator.floordiv,
    ps.Cast: operator.add,  # of one term: the term itself
}


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


def made_of_sizes(make: Callable[[list[Any]], Any], sizes: Sequence[Any], at: int) -> list[Any]:
    """The results of the operation that `make` calls last, for these sizes.

    The types of the results tell all sizes that are known now. The operation itself keeps symbolic sizes:
    a function may be called with arrays of other sizes than the placeholders say, see `other_sizes`.

    Args:
        make: returns a result of an operation whose inputs are the sizes, one by one or in one vector.
        sizes: integers and symbolic integers.
        at: the first input of the operation that is a size, or the one that is the vector.
    """
    known = known_sizes(sizes)
    node = make([pt.lscalar() if value is None else value for value in known]).owner
    if not any(isinstance(size, Variable) for size in sizes):
        return list(node.outputs)
    real = [pt.cast(size, "int64") if isinstance(size, Variable) else size for size in sizes]
    if node.inputs[at].type.ndim:
        wanted: list[Any] = [pt.as_tensor_variable(real, dtype="int64")]
    else:
        wanted = [pt.as_tensor_variable(size, dtype="int64") for size in real]
    inputs = [*node.inputs[:at], *wanted, *node.inputs[at + len(wanted) :]]
    return Apply(node.op, inputs, [output.type() for output in node.outputs]).outputs


def sizes_of(x: Any) -> list[Any]:
    """The shape of `x`: integers where they are certain, else symbolic.

    A size that `x` has from a placeholder is symbolic though its type may tell it: a function may be called
    with arrays of other sizes. When a function is made, such sizes (each a `Shape_i`) become numbers again.
    """
    certain = isinstance(x, (Constant, SharedVariable))
    return [
        x.shape[axis] if size is None else size if certain else Shape_i(axis)(x)
        for axis, size in enumerate(x.type.shape)
    ]


def reshaped(x: Any, sizes: Sequence[Any]) -> Any:
    """`x` in another shape, the sizes of which are integers and symbolic integers, or once -1."""
    if not any(isinstance(size, Variable) for size in sizes):
        return pt.reshape(x, sizes, ndim=len(sizes))
    return made_of_sizes(lambda sizes: pt.reshape(x, sizes, ndim=len(sizes)), sizes, at=1)[0]


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
    if node is not None and isinstance(node.op, Elemwise):
        return _calculated(node)
    if node is not None and isinstance(node.op, Subtensor):
        of = node.inputs[0].owner
        if of is not None and isinstance(of.op, (Shape, MakeVector)):
            (index,) = get_constant_idx(node.op.idx_list, node.inputs, allow_partial=True)
            if isinstance(index, (int, np.integer)):
                in_vector = isinstance(of.op, MakeVector)
                return _read_off(of.inputs[index]) if in_vector else (True, of.inputs[0].type.shape[index])
    return False, None


def _calculated(node: Apply) -> tuple[bool, int | None]:
    """`_read_off` of a sum, difference, product or quotient of sizes."""
    compute = _ARITHMETIC.get(type(node.op.scalar_op))
    if compute is None:
        return False, None
    terms = [_read_off(each) for each in node.inputs]
    if not all(done for done, _ in terms):
        return False, None
    values = [value for _, value in terms if value is not None]
    return True, None if len(values) < len(terms) else int(functools.reduce(compute, values))


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
