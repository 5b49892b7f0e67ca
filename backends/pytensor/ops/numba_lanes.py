"""Vectors of numbers for code that Numba compiles: 64 bytes of an array in one variable.

Numba cannot tell LLVM that arrays do not overlap, so loops over several arrays often stay scalar. Code in
terms of lanes is vector code whatever LLVM finds out; narrower registers hold a variable together.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model
from pytensor.link.numba.dispatch.basic import numba_njit

BYTES = 64


class Lanes(types.Type):
    """So many numbers of a float type as fit into `BYTES`."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.width = BYTES // (dtype.bitwidth // 8)
        super().__init__(name=f"Lanes({dtype})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        number = manager.lookup(kind.dtype).get_value_type()
        super().__init__(manager, kind, ir.VectorType(number, kind.width))


# An array is a contiguous one without further axes, or a pointer.


def _address(context: Any, builder: Any, kind: Any, array: Any, offset: Any, lanes: Any) -> Any:
    pointer = isinstance(kind, types.CPointer)
    data = array if pointer else context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [offset]), context.get_value_type(lanes).as_pointer())


def _align(instruction: Any, lanes: Any) -> Any:
    instruction.align = lanes.dtype.bitwidth // 8
    return instruction


def _filled(builder: Any, vector: Any, value: Any) -> Any:
    """A vector with `value` in all its lanes."""
    index = ir.IntType(32)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(index, 0))
    order = ir.Constant(ir.VectorType(index, vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, first, order)


def _mask(builder: Any, width: int, count: Any) -> Any:
    """A vector of bits, the first `count` of them set."""
    index = ir.VectorType(ir.IntType(64), width)
    order = ir.Constant(index, list(range(width)))
    return builder.icmp_signed("<", order, _filled(builder, index, count))


def _masked(builder: Any, what: str, result: Any, vector: Any, arguments: Any) -> Any:
    """A call of one of LLVM's functions for the lanes that a mask selects."""
    number = "f32" if vector.element == ir.FloatType() else "f64"
    kinds = [each.type for each in arguments]
    name = f"llvm.masked.{what}.v{vector.count}{number}.p0"
    module = builder.module
    function = module.globals.get(name) or ir.Function(module, ir.FunctionType(result, kinds), name)
    return builder.call(function, arguments)


@intrinsic
def width(context: Any, array: Any) -> Any:
    """How many lanes there are for the numbers of an array."""
    lanes = Lanes(array.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.get_constant(types.intp, lanes.width)

    return types.intp(array), code


@intrinsic
def load(context: Any, array: Any, offset: Any) -> Any:
    """The lanes of an array that begin at `offset`."""
    lanes = Lanes(array.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, offset = arguments
        place = _address(context, builder, signature.args[0], array, offset, lanes)
        return _align(builder.load(place), lanes)

    return lanes(array, types.intp), code


@intrinsic
def store(context: Any, array: Any, offset: Any, value: Any) -> Any:
    """Writes lanes to an array from `offset` on."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, offset, lanes = arguments
        place = _address(context, builder, signature.args[0], array, offset, value)
        _align(builder.store(lanes, place), value)
        return context.get_dummy_value()

    return types.none(array, types.intp, value), code


@intrinsic
def load_some(context: Any, array: Any, offset: Any, count: Any) -> Any:
    """`load`, but of the first `count` lanes only; the others hold zeros."""
    lanes = Lanes(array.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, offset, count = arguments
        place = _address(context, builder, signature.args[0], array, offset, lanes)
        vector = context.get_value_type(lanes)
        mask = _mask(builder, lanes.width, count)
        align = ir.Constant(ir.IntType(32), lanes.dtype.bitwidth // 8)
        rest = ir.Constant(vector, [0.0] * lanes.width)
        return _masked(builder, "load", vector, vector, [place, align, mask, rest])

    return lanes(array, types.intp, types.intp), code


@intrinsic
def store_some(context: Any, array: Any, offset: Any, value: Any, count: Any) -> Any:
    """`store`, but of the first `count` lanes only."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, offset, lanes, count = arguments
        place = _address(context, builder, signature.args[0], array, offset, value)
        mask = _mask(builder, value.width, count)
        align = ir.Constant(ir.IntType(32), value.dtype.bitwidth // 8)
        _masked(builder, "store", ir.VoidType(), lanes.type, [lanes, place, align, mask])
        return context.get_dummy_value()

    return types.none(array, types.intp, value, types.intp), code


@intrinsic
def filled(context: Any, array: Any, number: Any) -> Any:
    """Lanes for the numbers of an array, all holding `number`."""
    lanes = Lanes(array.dtype)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = context.cast(builder, arguments[1], number, array.dtype)
        return _filled(builder, context.get_value_type(lanes), value)

    return lanes(array, number), code


@intrinsic
def larger(context: Any, a: Any, b: Any) -> Any:
    """The larger of two numbers, lane by lane; of a number and not-a-number the number."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first, second = arguments
        # If one is not-a-number, the comparison takes the second; the next line the first, if it is that.
        chosen = builder.select(builder.fcmp_ordered(">", first, second), first, second)
        return builder.select(builder.fcmp_unordered("uno", second, second), first, chosen)

    return a(a, b), code


@intrinsic
def where_equal(context: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
    """`yes` in the lanes where `a` equals `b`, else `no`."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first, second, chosen, other = arguments
        return builder.select(builder.fcmp_ordered("==", first, second), chosen, other)

    return yes(a, b, yes, no), code


def _arithmetic(instruction: str) -> Any:
    """An operation on two numbers, lane by lane."""

    @intrinsic
    def compute(context: Any, a: Any, b: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, instruction)(*arguments)

        return a(a, b), code

    return compute


plus = _arithmetic("fadd")
minus = _arithmetic("fsub")
times = _arithmetic("fmul")
divided = _arithmetic("fdiv")


@numba_njit(inline="always")
def _get(array, offset, some):
    return load(array, offset)


@numba_njit(inline="always")
def _get_some(array, offset, some):
    return load_some(array, offset, some)


@numba_njit(inline="always")
def _put(array, offset, value, some):
    store(array, offset, value)


@numba_njit(inline="always")
def _put_some(array, offset, value, some):
    store_some(array, offset, value, some)


# What gets and what puts lanes: all of them, or as many as the argument `some` says. Code for the channels of
# a pixel is made with both, the second for those that do not fill a vector.
ALL = _get, _put
SOME = _get_some, _put_some
