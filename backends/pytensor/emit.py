"""Statements of the NumPy interpreter for the operations that matter for speed.

`interpreter.emit` dispatches on the type of an `Op`; importing this module registers its emitters. Each
writes the statements for one node and returns True, or returns False to leave the node to its ``perform``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.ops import DeepCopyOp, ViewOp
from pytensor.graph.basic import Apply, Constant
from pytensor.raise_op import CheckAndRaise
from pytensor.scan.op import Scan
from pytensor.tensor.basic import Alloc, AllocEmpty, Join, MakeVector, ScalarFromTensor, TensorFromScalar
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.math import Argmax, Dot
from pytensor.tensor.random.utils import custom_rng_deepcopy
from pytensor.tensor.shape import Reshape, Shape, Shape_i, SpecifyShape
from pytensor.tensor.subtensor import Subtensor
from pytensor.tensor.type import TensorType

from .emit_elemwise import emit_elemwise
from .interpreter import Writer, emit, interpret
from .random_ops import Float32NormalRV, Float32UniformRV
from .reductions import extremes, sums
from .scan import scan_loop
from .versions import IfElse, joined

emit.register(Elemwise)(emit_elemwise)


@emit.register
def _dim_shuffle(op: DimShuffle, node: Apply, writer: Writer) -> bool:
    text = writer.name(node.inputs[0])
    if node.inputs[0].type.ndim == 0:
        ones = ", ".join("None" for _ in op.new_order)
        writer.assign(node.outputs[0], f"asarray({text})[{ones}]" if ones else text)
        return True
    order = list(op.shuffle)
    dropped = [axis for axis in range(node.inputs[0].type.ndim) if axis not in order]
    if dropped:
        picks = ", ".join("0" if axis in dropped else ":" for axis in range(node.inputs[0].type.ndim))
        for axis in dropped:
            if not node.inputs[0].type.broadcastable[axis]:
                return False
        text = f"{text}[{picks}]"
        order = [axis - sum(gone < axis for gone in dropped) for axis in order]
    if order != sorted(order):
        text = f"{text}.T" if order == [1, 0] else f"{text}.transpose({tuple(order)})"
    if op.augment:
        text += f"[{', '.join('None' if index in op.augment else ':' for index in range(len(op.new_order)))}]"
    writer.assign(node.outputs[0], text)
    return True


@emit.register
def _reduce(op: CAReduce, node: Apply, writer: Writer) -> bool:
    (x,), (out,) = node.inputs, node.outputs
    ufunc = op.ufunc
    if not isinstance(ufunc, np.ufunc) or ufunc.nin != 2 or ufunc.types == ["OO->O"] or x.type.ndim == 0:
        return False
    axis = op.axis if op.axis is not None else tuple(range(x.type.ndim))
    accumulator = op.acc_dtype or out.type.dtype
    source = writer.name(x)
    if x.type.ndim > 1 and x.type.dtype == out.type.dtype in ("float32", "float64"):
        end = "" if out.type.ndim else "[()]"
        if ufunc is np.add:
            add = writer.keep(sums, "sums")
            writer.assign(out, f"{add}({source}, {tuple(axis)}){end}", fresh=True)
            return True
        if ufunc in (np.maximum, np.minimum):
            pick, kind = writer.keep(extremes, "extremes"), writer.keep(ufunc, ufunc.__name__)
            writer.assign(out, f"{pick}({kind}, {source}, {tuple(axis)}){end}", fresh=True)
            return True
    elif ufunc is np.add and x.type.dtype == out.type.dtype == "float32":
        accumulator = "float32"  # NumPy adds pairwise, which is as good as double precision
    reducer = writer.keep(op.ufunc.reduce, "reduce")
    where = repr(tuple(axis)) if len(axis) != 1 else repr(axis[0])
    kind = writer.keep(np.dtype(accumulator), "dtype")
    result = writer.keep(np.dtype(out.type.dtype).type, "cast")
    text = (
        f"{reducer}({source}, {where}, {kind})"
        if accumulator != x.type.dtype
        else f"{reducer}({source}, {where})"
    )
    if accumulator != out.type.dtype or (
        accumulator == x.type.dtype and _default_accumulator(op, x) != out.type.dtype
    ):
        text = f"{result}({text})" if out.type.ndim == 0 else f"{text}.astype({writer.dtype(out)})"
    writer.assign(out, text, fresh=out.type.ndim > 0)
    return True


def _default_accumulator(op: CAReduce, x: Any) -> str:
    sample = np.ones(1, x.type.dtype)
    return str(op.ufunc.reduce(sample).dtype)


@emit.register
def _dot(op: Dot, node: Apply, writer: Writer) -> bool:
    x, y = (writer.name(variable) for variable in node.inputs)
    if {variable.type.dtype for variable in (*node.inputs, *node.outputs)} != {node.outputs[0].type.dtype}:
        return False
    writer.assign(node.outputs[0], f"{x}.dot({y})", fresh=True)
    return True


@emit.register
def _blockwise(op: Blockwise, node: Apply, writer: Writer) -> bool:
    if not isinstance(op.core_op, Dot) or any(
        variable.type.dtype != node.outputs[0].type.dtype for variable in node.inputs
    ):
        return False
    x, y = (writer.name(variable) for variable in node.inputs)
    writer.assign(node.outputs[0], f"{writer.keep(np.matmul, 'matmul')}({x}, {y})", fresh=True)
    return True


@emit.register
def _reshape(op: Reshape, node: Apply, writer: Writer) -> bool:
    x, shape = node.inputs
    if isinstance(shape, Constant):
        sizes = repr(tuple(int(size) for size in shape.data))
    else:
        sizes = f"tuple({writer.name(shape)}.tolist())"
    writer.assign(node.outputs[0], f"{writer.array(x)}.reshape({sizes})")
    return True


@emit.register
def _shape(op: Shape, node: Apply, writer: Writer) -> bool:
    if not isinstance(node.inputs[0].type, TensorType):
        return False
    integer = writer.keep(np.dtype("int64"), "dtype")
    writer.assign(node.outputs[0], f"asarray({writer.array(node.inputs[0])}.shape, {integer})")
    return True


@emit.register
def _shape_i(op: Shape_i, node: Apply, writer: Writer) -> bool:
    writer.assign(
        node.outputs[0], f"{writer.keep(np.int64, 'int64')}({writer.name(node.inputs[0])}.shape[{op.i}])"
    )
    return True


@emit.register
def _specify_shape(op: SpecifyShape, node: Apply, writer: Writer) -> bool:
    x, *sizes = node.inputs
    if not isinstance(x.type, TensorType) or not all(isinstance(size, Constant) for size in sizes):
        return False
    data = [size.data for size in sizes if isinstance(size, Constant)]
    wanted = tuple(None if size is None else int(size) for size in data)
    writer.assign(
        node.outputs[0], f"{writer.keep(checked_shape, 'checked_shape')}({writer.array(x)}, {wanted})"
    )
    return True


def checked_shape(x: np.ndarray, wanted: tuple[int | None, ...]) -> np.ndarray:
    """`x`, if it has the shape `wanted`; None there matches any size."""
    if len(x.shape) != len(wanted) or any(
        b is not None and a != b for a, b in zip(x.shape, wanted, strict=True)
    ):
        raise ValueError(f"A tensor was expected to have the shape {wanted}, got {x.shape}.")
    return x


@emit.register
def _make_vector(op: MakeVector, node: Apply, writer: Writer) -> bool:
    items = ", ".join(writer.name(variable) for variable in node.inputs)
    writer.assign(node.outputs[0], f"asarray([{items}], {writer.dtype(node.outputs[0])})", fresh=True)
    return True


@emit.register
def _tensor_from_scalar(op: TensorFromScalar, node: Apply, writer: Writer) -> bool:
    writer.assign(node.outputs[0], writer.name(node.inputs[0]))
    return True


@emit.register
def _scalar_from_tensor(op: ScalarFromTensor, node: Apply, writer: Writer) -> bool:
    writer.assign(node.outputs[0], f"{writer.array(node.inputs[0])}[()]")
    return True


@emit.register
def _alloc(op: Alloc, node: Apply, writer: Writer) -> bool:
    value, *sizes = node.inputs
    shape = "".join(f"int({writer.name(size)}), " for size in sizes)
    text = (
        f"{writer.keep(filled, 'filled')}({writer.name(value)}, ({shape}), {writer.dtype(node.outputs[0])})"
    )
    writer.assign(node.outputs[0], text, fresh=True)
    return True


def filled(value: Any, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """A new array of `shape` with `value`, broadcast, in it."""
    result = np.empty(shape, dtype)
    result[...] = value
    return result


@emit.register
def _alloc_empty(op: AllocEmpty, node: Apply, writer: Writer) -> bool:
    shape = "".join(f"int({writer.name(size)}), " for size in node.inputs)
    empty = writer.keep(np.empty, "empty")
    writer.assign(node.outputs[0], f"{empty}(({shape}), {writer.dtype(node.outputs[0])})", fresh=True)
    return True


@emit.register
def _join(op: Join, node: Apply, writer: Writer) -> bool:
    axis, parts = joined(op, node)
    if axis is None or any(part.type.dtype != node.outputs[0].type.dtype for part in parts):
        return False
    items = "".join(f"{writer.name(part)}, " for part in parts)
    text = f"{writer.keep(np.concatenate, 'concatenate')}(({items}), {axis})"
    writer.assign(node.outputs[0], text, fresh=True)
    return True


@emit.register
def _subtensor(op: Subtensor, node: Apply, writer: Writer) -> bool:
    x, *indices = node.inputs
    names = iter([str(int(i.data)) if isinstance(i, Constant) else f"int({writer.name(i)})" for i in indices])

    def entry(part: Any) -> str:
        return "" if part is None else next(names)

    picks = []
    for part in op.idx_list:
        if isinstance(part, slice):
            start, stop, step = entry(part.start), entry(part.stop), entry(part.step)
            picks.append(f"{start}:{stop}" + (f":{step}" if step else ""))
        else:
            picks.append(entry(part))
    writer.assign(node.outputs[0], f"{writer.name(x)}[{', '.join(picks)}]")
    return True


@emit.register
def _if_else(op: IfElse, node: Apply, writer: Writer) -> bool:
    condition, *branches = node.inputs
    n_outs = op.n_outs
    for index, output in enumerate(node.outputs):
        yes, no = branches[index], branches[n_outs + index]
        chosen = f"{writer.name(yes)} if {writer.name(condition)} else {writer.name(no)}"
        if op.as_view or output.type.ndim == 0:
            writer.assign(output, chosen)
        else:
            writer.assign(output, f"({chosen}).copy()")
    return True


@emit.register
def _deep_copy(op: DeepCopyOp, node: Apply, writer: Writer) -> bool:
    if not isinstance(node.inputs[0].type, TensorType):
        return False
    writer.assign(node.outputs[0], f"{writer.array(node.inputs[0])}.copy()", fresh=True)
    return True


@emit.register
def _view(op: ViewOp, node: Apply, writer: Writer) -> bool:
    writer.assign(node.outputs[0], writer.name(node.inputs[0]))
    return True


@emit.register
def _check(op: CheckAndRaise, node: Apply, writer: Writer) -> bool:
    value, *conditions = node.inputs
    text = " and ".join(writer.name(condition) for condition in conditions) or "True"
    error, message = writer.keep(op.exc_type, "error"), writer.keep(op.msg, "message")
    writer.line(f"if not ({text}): raise {error}({message})")
    writer.assign(node.outputs[0], writer.name(value))
    return True


@emit.register
def _inner_graph(op: OpFromGraph, node: Apply, writer: Writer) -> bool:
    inner = writer.keep(interpret(op.fgraph, "inner"), "inner")
    operands = ", ".join(writer.array(variable) for variable in node.inputs)
    names = "".join(f"{writer.name(variable)}, " for variable in node.outputs)
    writer.line(f"{names}= {inner}({operands})")
    return True


@emit.register(Float32UniformRV)
@emit.register(Float32NormalRV)
def _draw(op: Any, node: Apply, writer: Writer) -> bool:
    rng, size, *parameters = node.inputs
    if isinstance(size, Constant):
        sizes = "None" if size.data is None else repr(tuple(int(each) for each in size.data))
    else:
        sizes = f"{writer.name(size)}.tolist()"
    source = writer.name(rng)
    if not writer.consumed(rng, node.outputs[0]):
        source = f"{writer.keep(custom_rng_deepcopy, 'copy_of')}({source})"
    writer.assign(node.outputs[0], source)
    draw = writer.keep(op.rng_fn, "draw")
    operands = ", ".join(writer.name(parameter) for parameter in parameters)
    writer.assign(node.outputs[1], f"{draw}({writer.name(node.outputs[0])}, {operands}, {sizes})", fresh=True)
    return True


@emit.register
def _argmax(op: Argmax, node: Apply, writer: Writer) -> bool:
    if op.axis is None or len(op.axis) != 1 or node.inputs[0].type.ndim == 1:
        return False
    writer.assign(node.outputs[0], f"{writer.name(node.inputs[0])}.argmax({op.axis[0]})", fresh=True)
    return True


@emit.register
def _scan(op: Scan, node: Apply, writer: Writer) -> bool:
    loop = writer.keep(scan_loop(op, node), "scan")
    operands = ", ".join(writer.array(variable) for variable in node.inputs)
    names = "".join(f"{writer.name(variable)}, " for variable in node.outputs)
    writer.line(f"{names}= {loop}({operands})")
    return True
