"""The mask of dropout, drawn four elements at a time.

Each 64-bit word of the generator decides about four elements, by 16 bits each, so the fraction to drop is
kept to within 1/131072. The interpreter and Numba (see numba_mask.py) give the same masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.mode import optdb
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply, Constant
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter
from pytensor.tensor.random.utils import custom_rng_deepcopy

from .interpreter import Writer, emit
from .sizes import known_sizes, with_types_of
from .versions import SizedOp

LARGEST = 2**64 - 1


def threshold(level: Any) -> int:
    """The 16-bit numbers below this one drop their element."""
    return min(round(float(level) * 65536), 65535)


def draw_mask(rng: Any, sizes: Sequence[int], level: Any) -> np.ndarray:
    """An array of the dtype of `level`: 0 with probability `level`, else 1 / (1 - level)."""
    count = int(np.prod(sizes, dtype=np.int64))
    words = rng.integers(0, LARGEST, -(-count // 4), dtype=np.uint64, endpoint=True)
    bits = words.view(np.uint16)[:count].reshape(sizes)
    one = level.dtype.type(1)
    return np.multiply(bits >= threshold(level), one / (one - level))


class DropoutMask(SizedOp):
    """From a random state, a shape and the fraction to drop: the next state and the mask."""

    __props__ = ("inplace",)

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace
        if inplace:
            self.destroy_map = {0: [0]}

    def make_node(self, *inputs: Any) -> Apply:
        rng, size, level = inputs
        size = pt.as_tensor_variable(size, ndim=1, dtype="int64")
        level = pt.as_tensor_variable(level)
        length = pt.get_vector_length(size)
        known = known_sizes([size[axis] for axis in range(length)])
        return Apply(self, [rng, size, level], [rng.type(), pt.tensor(dtype=level.dtype, shape=tuple(known))])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        rng, size, level = inputs
        rng = rng if self.inplace else custom_rng_deepcopy(rng)
        output_storage[0][0] = rng
        output_storage[1][0] = draw_mask(rng, tuple(size.tolist()), level)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        size: Any = node.inputs[1]
        return [None, tuple(size[axis] for axis in range(node.outputs[1].type.ndim))]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True, False], [False, False], [False, False]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        return [disconnected_type() for _ in inputs]


dropout_mask = DropoutMask()
_in_place = DropoutMask(inplace=True)


@node_rewriter([DropoutMask], inplace=True)
def advance_in_place(fgraph: FunctionGraph, node: Any) -> Any:
    """Lets the state be advanced without a copy of it."""
    return None if node.op.inplace else with_types_of(node, _in_place).outputs


optdb.register(
    "polykeras_dropout_mask_in_place",
    dfs_rewriter(advance_in_place, ignore_newtrees=True),
    "fast_run",
    "inplace",
    position=50.9,
)


@emit.register
def _emit_mask(op: DropoutMask, node: Apply, writer: Writer) -> bool:
    rng, size, level = node.inputs
    following, mask = node.outputs
    if isinstance(size, Constant):
        sizes = repr(tuple(int(each) for each in size.data))
    else:
        sizes = f"tuple({writer.name(size)}.tolist())"
    source = writer.name(rng)
    if not op.inplace and not writer.consumed(rng, following):
        source = f"{writer.keep(custom_rng_deepcopy, 'copy_of')}({source})"
    writer.assign(following, source)
    draw = writer.keep(draw_mask, "draw_mask")
    writer.assign(mask, f"{draw}({writer.name(following)}, {sizes}, {writer.array(level)})", fresh=True)
    return True
