"""Functions called with arrays of other sizes than their placeholders declare, as Theano took them.

A placeholder's shape was a hint there: a net of convolutions could be given pictures of any size. Types of
tensors hold the declared sizes here, so for such a call the graph is made anew, of placeholders that leave
these sizes open. Operations of K keep sizes symbolic in the graph (see `sizes.sizes_of`), so that what was
taken from the type of a tensor follows. Where that cannot be, an error says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.traversal import toposort
from pytensor.tensor.basic import Alloc
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.shape import Reshape, SpecifyShape
from pytensor.tensor.type_other import NoneConst

from .sizes import known_sizes

Axes = frozenset[int]

_specify = SpecifyShape()


class FixedSize(ValueError):
    """A size that an expression was built for, and that cannot be left open."""


def with_open_sizes(
    placeholders: Sequence[Any], axes: Mapping[Any, Axes], wanted: Sequence[Any]
) -> tuple[list[Any], list[Any]]:
    """Copies of expressions, made of placeholders with open sizes.

    Args:
        placeholders: the inputs of a function.
        axes: for some of them the axes whose sizes are left open.
        wanted: expressions of the placeholders.

    Returns:
        The placeholders, new ones where sizes are left open, and the copies.

    Raises:
        FixedSize: if an expression holds for the declared sizes only.
    """
    replaced: dict[Any, Any] = {}
    for x, open_axes in axes.items():
        shape = tuple(None if axis in open_axes else size for axis, size in enumerate(x.type.shape))
        replaced[x] = pt.tensor(x.name, dtype=x.type.dtype, shape=shape)
    for node in toposort(wanted):
        if any(x in replaced for x in node.inputs):
            _rebuild(node, replaced)
    return [replaced.get(x, x) for x in placeholders], [replaced.get(x, x) for x in wanted]


def fixed_sizes(x: Any, sizes: Mapping[int, int]) -> Any:
    """`x` for an expression that holds only for certain sizes, which `x` is known to have.

    Args:
        x: a tensor.
        sizes: axis -> size.
    """
    wanted = [pt.constant(sizes[axis]) if axis in sizes else NoneConst for axis in range(x.type.ndim)]
    result: Any = _specify(x, *wanted)
    result.tag.polykeras_fixed = tuple(sizes)
    return result


def _rebuild(node: Apply, replaced: dict[Any, Any]) -> None:
    """Finds what stands for the outputs of `node`."""
    inputs = [replaced.get(x, x) for x in node.inputs]
    _check_ones(node, inputs)
    if isinstance(node.op, SpecifyShape):
        x = inputs[0]
        if any(x.type.shape[axis] is None for axis in getattr(node.outputs[0].tag, "polykeras_fixed", ())):
            raise FixedSize("an expression was written out for the declared size")
        # What else is specified says what the declared sizes have led to.
        replaced[node.outputs[0]] = x
        return
    if isinstance(node.op, Reshape) and _keeps_samples(node):
        inputs[1] = pt.set_subtensor(inputs[1][0], inputs[0].shape[0])
    try:
        fresh = node.op.make_node(*inputs)  # a clone would keep the types where those of the inputs agree
    except (TypeError, ValueError, AssertionError) as error:
        raise FixedSize(f"the operation {node.op} cannot be made for open sizes: {error}") from error
    for old, new in zip(node.outputs, fresh.outputs, strict=True):
        replaced[old] = new


def _keeps_samples(node: Apply) -> bool:
    """Whether a reshape leaves the size of axis 0 open (-1), and it is that of the argument.

    Of an array of another size no samples must be made of parts of samples.
    """
    target: Any = node.inputs[1]
    first = known_sizes([target[0]]) if node.outputs[0].type.ndim else [None]
    before, after = (x.type.shape[1:] for x in (node.inputs[0], node.outputs[0]))
    return first == [-1] and None not in (*before, *after) and math.prod(before) == math.prod(after)


def _check_ones(node: Apply, inputs: Sequence[Any]) -> None:
    """Checks that no axis of size 1 that is left open was taken for one that stretches, or that vanishes.

    Raises:
        FixedSize: if one was: with another size the result, or its derivative, would be another.
    """
    if isinstance(node.op, DimShuffle):
        (old,), (new,) = node.inputs, inputs
        if any(old.type.shape[axis] == 1 != new.type.shape[axis] for axis in node.op.drop):
            raise FixedSize("an axis of size 1 is left out")
        return
    if isinstance(node.op, Elemwise):
        rank = node.outputs[0].type.ndim
    elif isinstance(node.op, Blockwise):
        rank = node.op.batch_ndim(node)
    elif isinstance(node.op, Alloc):
        rank = node.outputs[0].type.ndim
    else:
        return
    result = node.outputs[0].type.shape[:rank]
    olds = node.inputs[:1] if isinstance(node.op, Alloc) else node.inputs
    for old, new in zip(olds, inputs, strict=False):
        aligned = result[rank - old.type.ndim :] if isinstance(node.op, Alloc) else result
        for before, after, size in zip(old.type.shape, new.type.shape, aligned, strict=False):
            if before == 1 != after and size != 1:
                raise FixedSize("an axis of size 1 is stretched to the size of another tensor")
