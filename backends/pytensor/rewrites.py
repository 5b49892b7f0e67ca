"""Which rewrites a graph goes through before it is run, for each way of execution."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt
from pytensor.compile.aliasing import insert_deepcopy
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.io import In, Out
from pytensor.compile.mode import Mode, optdb
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter
from pytensor.graph.rewriting.db import RewriteDatabaseQuery
from pytensor.link.basic import PerformLinker
from pytensor.link.numba.linker import NumbaLinker
from pytensor.tensor.rewriting.ofg import inline_ofg_node
from pytensor.tensor.shape import Shape_i, SpecifyShape

from .random_ops import draw_in_float32
from .versions import inner_copy

# Rewrites of ours are made only where these tags are asked for: other users of PyTensor do not see them.
INTERPRETER_TAG = "polykeras_interpreter"
COMMON_TAG = "polykeras"


@node_rewriter([OpFromGraph])
def inline_inner_graphs(fgraph: FunctionGraph, node: Any) -> Any:
    """Puts the inner graph of an operation in its place, so that rewrites see through it."""
    return inline_ofg_node(node)


optdb.register(
    "polykeras_inline_inner_graphs", dfs_rewriter(inline_inner_graphs), INTERPRETER_TAG, position=-0.02
)


@node_rewriter([Shape_i])
def known_size(fgraph: FunctionGraph, node: Any) -> Any:
    """Puts a number in the place of a size that the type of the tensor tells."""
    size = node.inputs[0].type.shape[node.op.i]
    return None if size is None else [pt.constant(size, dtype="int64")]


@node_rewriter([SpecifyShape])
def sure_sizes(fgraph: FunctionGraph, node: Any) -> Any:
    """Leaves out a check of sizes that the type of the tensor tells."""
    return list(node.inputs[:1]) if node.inputs[0].type == node.outputs[0].type else None


optdb.register("polykeras_known_sizes", dfs_rewriter(known_size, sure_sizes), COMMON_TAG, position=-0.01)
optdb.register("polykeras_draw_in_float32", dfs_rewriter(draw_in_float32), COMMON_TAG, position=0.05)

# Fused element-wise loops, BLAS calls and what works in place serve compiled code; the interpreter calls
# NumPy for whole arrays and finds out itself what can be written over.
_INTERPRETER = RewriteDatabaseQuery(
    include=["fast_run", COMMON_TAG, INTERPRETER_TAG],
    exclude=[
        "fusion",
        "inplace",
        "BlasOpt",
        "local_careduce_fusion",
        "cxx_only",
        "scan_reduce_trace_prealloc",
    ],
)

INTERPRETED = Mode(PerformLinker(), _INTERPRETER)
COMPILED = Mode(NumbaLinker(), RewriteDatabaseQuery(include=["fast_run", "numba", COMMON_TAG]))


def rewrite_inner(fgraph: Any) -> Any:
    """A rewritten copy of the inner graph of a loop; its outputs share no memory with its inputs."""
    copy = inner_copy(fgraph)
    INTERPRETED.optimizer(copy)
    insert_deepcopy(copy, [In(x, borrow=True) for x in copy.inputs], [Out(x) for x in copy.outputs])
    return copy
