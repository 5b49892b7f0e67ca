"""Statements of the NumPy interpreter for element-wise operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.scalar as ps
from pytensor.graph.basic import Apply, Constant
from pytensor.scalar.math import Log1mexp, Sigmoid, Softplus
from pytensor.tensor.elemwise import Elemwise

from .interpreter import Writer
from .versions import COMPLEX_PARTS


def negative(x: Any, out: Any = None) -> Any:
    """-x. NumPy 2.4 goes astray where operand and result both lie as many elements apart as one has bytes."""
    if out is None or out.flags.c_contiguous:
        return np.negative(x, out=out)
    out[...] = np.negative(x)
    return out


def sigmoid(x: Any, out: Any = None) -> Any:
    """1 / (1 + exp(-x)) in the precision of `x`."""
    result = negative(x, out=out)
    if not isinstance(result, np.ndarray):
        return type(result)(1) / (type(result)(1) + np.exp(result))
    np.exp(result, out=result)
    result += 1
    return np.reciprocal(result, out=result)


def softplus(x: Any, out: Any = None) -> Any:
    """log(1 + exp(x)), without overflow."""
    return np.logaddexp(x, np.asarray(x).dtype.type(0), out=out)


def log1mexp(x: Any, out: Any = None) -> Any:
    """log(1 - exp(x)) for negative x."""
    kind = np.asarray(x).dtype.type
    result = np.where(x > kind(-0.693147), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))
    if out is None:
        return result
    out[...] = result
    return out


def half_away_from_zero(x: Any, out: Any = None) -> Any:
    """`x` rounded, halves away from zero."""
    return np.copysign(np.floor(np.abs(x) + np.asarray(x).dtype.type(0.5)), x, out=out)


# Scalar operations without a NumPy name of their own. Each function takes `out`.
_FUNCTIONS: dict[type, Any] = {
    Sigmoid: sigmoid,
    Softplus: softplus,
    Log1mexp: log1mexp,
    ps.Neg: negative,
    ps.RoundHalfAwayFromZero: half_away_from_zero,
}
_CHAINS = (ps.Add, ps.Mul, ps.AND, ps.OR, ps.XOR, ps.Maximum, ps.Minimum)
# Operations whose NumPy function is no ufunc, or differs from PyTensor's.
_LEFT_ALONE = COMPLEX_PARTS


def emit_elemwise(op: Elemwise, node: Apply, writer: Writer) -> bool:
    """Writes the statements for an `Elemwise` node, if NumPy has its scalar operation."""
    scalar = op.scalar_op
    (out, *others) = node.outputs
    if others or any(v.type.dtype.startswith("complex") for v in (out, *node.inputs)):
        return False
    if isinstance(scalar, ps.Cast):
        return _cast(node, writer)
    if isinstance(scalar, ps.Identity):
        return _copy(node, writer, writer.name(node.inputs[0]))
    if isinstance(scalar, ps.Second):
        return _second(node, writer)
    if isinstance(scalar, ps.Switch):
        return _switch(node, writer)
    if isinstance(scalar, ps.Clip):
        return _clip(node, writer)
    if isinstance(scalar, ps.Pow) and _power(node, writer):
        return True
    if type(scalar) in _FUNCTIONS:
        return _own_function(node, writer)
    ufunc = _ufunc(scalar)
    if ufunc is None:
        return False
    if isinstance(scalar, _CHAINS):
        return _chain(ufunc, node, writer)
    if ufunc.nin != len(node.inputs):
        return False
    operands = [writer.name(variable) for variable in node.inputs]
    text = _call(
        ufunc, operands, [v.type.dtype for v in node.inputs], out.type.dtype, writer, writer.spare(node)
    )
    writer.assign(out, text, fresh=True)
    return True


def _ufunc(scalar: Any) -> np.ufunc | None:
    name = getattr(scalar, "nfunc_spec", None)
    if isinstance(scalar, _LEFT_ALONE) or not name or name[0].startswith("scipy"):
        return None
    if isinstance(scalar, ps.RoundHalfToEven):
        return np.rint
    function = getattr(np, name[0], None)
    return function if isinstance(function, np.ufunc) and function.nout == 1 else None


def _numpy_dtype(ufunc: np.ufunc, dtypes: list[str]) -> str | None:
    """The dtype that NumPy gives the result, or None where it has no loop for these operands."""
    try:
        return str(ufunc.resolve_dtypes((*map(np.dtype, dtypes), None))[-1])
    except TypeError:
        return None


def _call(
    ufunc: np.ufunc, operands: list[str], dtypes: list[str], wanted: str, writer: Writer, spare: str | None
) -> str:
    """The expression ``ufunc(*operands)`` with a result of dtype `wanted`, written over `spare` if given."""
    name = writer.keep(ufunc, ufunc.__name__)
    given = _numpy_dtype(ufunc, dtypes)
    joined = ", ".join(operands)
    kind = writer.keep(np.dtype(wanted), "dtype")
    if given == wanted:
        return f"{name}({joined}, out={spare})" if spare else f"{name}({joined})"
    if (
        wanted.startswith("float")
        and wanted != "float16"
        and given is not None
        and not given.startswith("bool")
    ):
        same_kind = ", casting='unsafe'"
        return f"{name}({joined}, {spare or None}, dtype={kind}{same_kind})"
    casted = ", ".join(f"asarray({operand}).astype({kind})" for operand in operands)
    if given is None or _numpy_dtype(ufunc, [wanted] * len(operands)) == wanted:
        return f"{name}({casted})"
    return f"asarray({name}({joined})).astype({kind})"


def _chain(ufunc: np.ufunc, node: Apply, writer: Writer) -> bool:
    """``a + b + c + ...``: one call after the other, over one buffer."""
    out = node.outputs[0]
    wanted = out.type.dtype
    if len(node.inputs) == 1:
        return _copy(node, writer, writer.name(node.inputs[0]))
    spare = writer.spare(node)
    # The operand that is written over comes first; then those of full shape, so that the first result has it.
    inputs = sorted(
        node.inputs, key=lambda v: (writer.name(v) != spare, v.type.broadcastable != out.type.broadcastable)
    )
    first, *rest = inputs
    text, dtype = writer.name(first), first.type.dtype
    full = first.type.broadcastable == out.type.broadcastable
    for variable in rest:
        full_now = full or variable.type.broadcastable == out.type.broadcastable
        if ufunc is np.multiply and dtype == variable.type.dtype == "bool" == wanted:
            text = _call(
                np.logical_and, [text, writer.name(variable)], ["bool", "bool"], "bool", writer, None
            )
        else:
            text = _call(
                ufunc, [text, writer.name(variable)], [dtype, variable.type.dtype], wanted, writer, spare
            )
        dtype = wanted
        writer.assign(out, text, fresh=True)
        text = writer.name(out)
        spare = text if full_now and out.type.ndim else None
        full = full_now
    return True


def _cast(node: Apply, writer: Writer) -> bool:
    x, out = node.inputs[0], node.outputs[0]
    dtype = writer.dtype(out)
    if x.type.ndim == 0:
        writer.assign(out, f"{writer.keep(np.dtype(out.type.dtype).type, 'cast')}({writer.name(x)})")
    else:
        writer.assign(out, f"{writer.name(x)}.astype({dtype})", fresh=True)
    return True


def _copy(node: Apply, writer: Writer, text: str) -> bool:
    out = node.outputs[0]
    writer.assign(out, f"{text}.copy()" if out.type.ndim else text, fresh=True)
    return True


def _second(node: Apply, writer: Writer) -> bool:
    like, value = node.inputs
    out = node.outputs[0]
    if out.type.ndim == 0:
        writer.assign(out, writer.name(value))
        return True
    helper = writer.keep(filled_like, "filled_like")
    text = f"{helper}({writer.name(like)}, {writer.name(value)}, {writer.dtype(out)})"
    writer.assign(out, text, fresh=True)
    return True


def filled_like(x: np.ndarray, value: Any, dtype: np.dtype) -> np.ndarray:
    """A new array of the (broadcast) shape of `x` and `value`, filled with `value`."""
    result = np.empty(np.broadcast_shapes(x.shape, np.shape(value)), dtype)
    result[...] = value
    return result


def _switch(node: Apply, writer: Writer) -> bool:
    condition, yes, no = node.inputs
    out = node.outputs[0]
    names = [writer.name(variable) for variable in node.inputs]
    dtype = writer.dtype(out)
    if out.type.ndim == 0:
        cast = writer.keep(np.dtype(out.type.dtype).type, "cast")
        writer.assign(out, f"{cast}({names[1]} if {names[0]} else {names[2]})")
        return True
    if isinstance(no, Constant) and np.ndim(no.data) == 0 and no.data == 0 and condition.type.dtype == "bool":
        full = yes.type.broadcastable == out.type.broadcastable
        if full and yes.type.dtype == out.type.dtype and not yes.type.dtype.startswith("float"):
            writer.assign(out, f"{writer.keep(np.multiply, 'multiply')}({names[1]}, {names[0]})", fresh=True)
            return True
    text = f"{writer.keep(np.where, 'where')}({', '.join(names)})"
    given = str(np.result_type(np.dtype(yes.type.dtype), np.dtype(no.type.dtype)))
    writer.assign(out, text if given == out.type.dtype else f"{text}.astype({dtype})", fresh=True)
    return True


def _clip(node: Apply, writer: Writer) -> bool:
    out = node.outputs[0]
    if any(variable.type.dtype != out.type.dtype for variable in node.inputs):
        return False
    x, low, high = (writer.name(variable) for variable in node.inputs)
    spare = writer.spare(node)
    largest, smallest = writer.keep(np.maximum, "maximum"), writer.keep(np.minimum, "minimum")
    writer.assign(
        out, f"{largest}({x}, {low}, out={spare})" if spare == x else f"{largest}({x}, {low})", fresh=True
    )
    mine = writer.name(out)
    reuse = out.type.ndim and (node.inputs[0].type.broadcastable == out.type.broadcastable)
    writer.assign(
        out, f"{smallest}({mine}, {high}, out={mine})" if reuse else f"{smallest}({mine}, {high})", fresh=True
    )
    return True


def _power(node: Apply, writer: Writer) -> bool:
    """Powers by multiplication, where the exponent is a small constant."""
    base, exponent = node.inputs
    out = node.outputs[0]
    if not isinstance(exponent, Constant) or np.size(exponent.data) != 1 or base.type.dtype != out.type.dtype:
        return False
    functions = {2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}
    ufunc = functions.get(float(np.reshape(exponent.data, ())))
    if ufunc is None or (ufunc is not np.square and not out.type.dtype.startswith("float")):
        return False
    spare = writer.spare(node)
    text = _call(ufunc, [writer.name(base)], [base.type.dtype], out.type.dtype, writer, spare)
    writer.assign(out, text, fresh=True)
    return True


def _own_function(node: Apply, writer: Writer) -> bool:
    out, x = node.outputs[0], node.inputs[0]
    name = writer.name(x)
    if x.type.dtype != out.type.dtype:
        name = f"asarray({name}).astype({writer.dtype(out)})"
    spare = writer.spare(node)
    function = writer.keep(_FUNCTIONS[type(node.op.scalar_op)], "function")
    writer.assign(out, f"{function}({name}, {spare})" if spare else f"{function}({name})", fresh=True)
    return True
