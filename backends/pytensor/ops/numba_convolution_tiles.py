"""The innermost loops of convolution, as LLVM code that keeps its sums in vector registers.

A tile is a small rectangle of results: up to `Vectors.rows` places times up to two vectors of channels. For
each step a few numbers of one operand are spread over a vector each and multiplied with two vectors of the
other. What the registers of the processor allow is decided when the code is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from .numba_symbols import unpacked

I64, I32 = ir.IntType(64), ir.IntType(32)
Value = Any
Builder = Any

# At most so many vectors of channels in a tile.
VECTORS = 2


class Vectors(NamedTuple):
    """How numbers are laid into the registers of the processor.

    Attributes:
        bits: width of a number.
        lanes: numbers in one vector.
        rows: places in a tile; with two vectors each their sums take about all registers.
    """

    bits: int
    lanes: int
    rows: int

    @property
    def number(self) -> ir.Type:
        """LLVM's type of a number."""
        return ir.FloatType() if self.bits == 32 else ir.DoubleType()

    @property
    def vector(self) -> ir.Type:
        """LLVM's type of a vector."""
        return ir.VectorType(self.number, self.lanes)


def vectors_for(bits: int) -> Vectors:
    """The layout for the processor that Numba compiles for."""
    codegen = cpu_target.target_context.codegen()
    triple, _, features = codegen.magic_tuple()
    present = set(features.split(","))
    if "+avx512f" in present:
        return Vectors(bits, 512 // bits, 8)
    if "+avx" in present:
        return Vectors(bits, 256 // bits, 6)
    many = triple.startswith(("aarch64", "arm64"))  # 32 registers, elsewhere 16
    return Vectors(bits, 128 // bits, 8 if many else 6)


def _integer(value: int) -> Value:
    return ir.Constant(I64, value)


def _loop(
    builder: Builder, count: Value, start: Sequence[Value], body: Callable[[Value, list[Value]], list[Value]]
) -> list[Value]:
    """Runs `body` for 0, 1, ... below `count`, with values that it takes and gives back."""
    before = builder.block
    inside, after = builder.append_basic_block("loop"), builder.append_basic_block("after")
    builder.cbranch(builder.icmp_signed(">", count, _integer(0)), inside, after)
    builder.position_at_end(inside)
    index = builder.phi(I64)
    index.add_incoming(_integer(0), before)
    taken = []
    for value in start:
        taken.append(builder.phi(value.type))
        taken[-1].add_incoming(value, before)
    given = body(index, taken)
    following, end = builder.add(index, _integer(1)), builder.block
    index.add_incoming(following, end)
    for phi, value in zip(taken, given, strict=True):
        phi.add_incoming(value, end)
    builder.cbranch(builder.icmp_signed("<", following, count), inside, after)
    builder.position_at_end(after)
    results = []
    for value, last in zip(start, given, strict=True):
        results.append(builder.phi(value.type))
        results[-1].add_incoming(value, before)
        results[-1].add_incoming(last, end)
    return results


def _function(builder: Builder, name: str, result: ir.Type, kinds: Sequence[ir.Type]) -> Value:
    module = builder.module
    return module.globals.get(name) or ir.Function(module, ir.FunctionType(result, kinds), name)


class _Code:
    """Pieces of LLVM code for one layout."""

    def __init__(self, builder: Builder, layout: Vectors) -> None:
        self.builder, self.layout = builder, layout
        self.suffix = f"v{layout.lanes}f{layout.bits}"
        self.zero = ir.Constant(layout.vector, [0.0] * layout.lanes)

    def at(self, pointer: Value, *offsets: Value) -> Value:
        """`pointer` moved by some offsets."""
        for offset in offsets:
            pointer = self.builder.gep(pointer, [_integer(offset) if isinstance(offset, int) else offset])
        return pointer

    def spread(self, value: Value, kind: ir.Type) -> Value:
        """A vector with `value` in all its lanes."""
        builder, empty = self.builder, ir.Constant(kind, ir.Undefined)
        first = builder.insert_element(empty, value, ir.Constant(I32, 0))
        return builder.shuffle_vector(
            first, empty, ir.Constant(ir.VectorType(I32, kind.count), [0] * kind.count)
        )

    def number(self, pointer: Value) -> Value:
        """A number, spread over a vector."""
        return self.spread(self.builder.load(pointer), self.layout.vector)

    def mask(self, vector: int, count: Value) -> Value:
        """Which lanes of the `vector`-th vector are among the first `count` of all."""
        lanes = self.layout.lanes
        kind = ir.VectorType(I64, lanes)
        order = ir.Constant(kind, [vector * lanes + lane for lane in range(lanes)])
        return self.builder.icmp_signed("<", order, self.spread(count, kind))

    def load(self, pointer: Value, mask: Value | None = None) -> Value:
        """The vector at `pointer`; with a mask zeros in the other lanes, whose memory is not touched."""
        builder, layout = self.builder, self.layout
        pointer = builder.bitcast(pointer, layout.vector.as_pointer())
        if mask is None:
            return builder.load(pointer, align=layout.bits // 8)
        operands = [pointer, ir.Constant(I32, layout.bits // 8), mask, self.zero]
        name = f"llvm.masked.load.{self.suffix}.p0"
        return builder.call(_function(builder, name, layout.vector, [x.type for x in operands]), operands)

    def store(self, value: Value, pointer: Value, mask: Value | None = None) -> None:
        """Writes a vector; with a mask just its lanes."""
        builder, layout = self.builder, self.layout
        pointer = builder.bitcast(pointer, layout.vector.as_pointer())
        if mask is None:
            builder.store(value, pointer, align=layout.bits // 8)
            return
        operands = [value, pointer, ir.Constant(I32, layout.bits // 8), mask]
        name = f"llvm.masked.store.{self.suffix}.p0"
        builder.call(_function(builder, name, ir.VoidType(), [x.type for x in operands]), operands)

    def multiply_add(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c."""
        vector = self.layout.vector
        name = f"llvm.fmuladd.{self.suffix}"
        return self.builder.call(_function(self.builder, name, vector, [vector] * 3), [a, b, c])


def _by_size(
    builder: Builder,
    layout: Vectors,
    rows: Value,
    width: Value,
    most: int,
    kinds: Sequence[bool],
    body: Callable[[int, int, bool], None],
) -> None:
    """Code for each size of a tile, and the choice among them.

    Args:
        rows: the number of places.
        width: the number of channels.
        most: how many vectors the channels may fill.
        kinds: whether there is code for a whole last vector (False), a part of one (True), or one for both.
        body: writes the code for so many places, so many vectors and one of these kinds.
    """
    end = builder.append_basic_block("end")
    number, lanes = _integer(0), layout.lanes
    for vectors in range(1, most):
        more = builder.icmp_signed(">", width, _integer(vectors * lanes))
        number = builder.add(number, builder.zext(more, I64))
    if len(kinds) > 1:
        part = builder.icmp_signed("!=", builder.and_(width, _integer(lanes - 1)), _integer(0))
        number = builder.add(builder.mul(number, _integer(2)), builder.zext(part, I64))
    number = builder.add(builder.mul(number, _integer(layout.rows)), builder.sub(rows, _integer(1)))
    switch = builder.switch(number, end)
    sizes = [
        (count, vectors, kind)
        for vectors in range(1, most + 1)
        for kind in kinds
        for count in range(1, layout.rows + 1)
    ]
    for case, size in enumerate(sizes):
        block = builder.append_basic_block("size")
        switch.add_case(_integer(case), block)
        builder.position_at_end(block)
        body(*size)
        builder.branch(end)
    builder.position_at_end(end)


def _intrinsic(write: Callable[..., None]) -> Any:
    """An intrinsic without a result whose one argument is a tuple of arrays and integers."""

    @intrinsic
    def tile(context: Any, arguments: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            write(builder, *unpacked(context, builder, signature.args[0].types, values[0]))
            return context.get_dummy_value()

        return types.void(arguments), code

    return tile


def places_tile(layout: Vectors, depthwise: bool) -> Any:
    """An intrinsic that computes the outputs at some neighbouring places.

    ``tile((rows, width, x, x_at, x_step, offsets, first, n_runs, run, w, w_at, y, y_at, y_step))``: for each
    of `rows` places, `x_step` apart in x and `y_step` in y, and each of `width` channels the sum over
    `n_runs` stretches of `run` numbers of x, which begin at ``offsets[first:]``, times w. w holds for each
    number of x `width` numbers, filled up to whole vectors, of which there are at most `VECTORS`.

    Depthwise, a stretch is `width` numbers of x, times as many of w, and there is one vector.
    """
    most = 1 if depthwise else VECTORS

    def write(builder: Any, *values: Any) -> None:
        rows, width, x, x_at, x_step, offsets, first, n_runs, run, w, w_at, y, y_at, y_step = values
        code = _Code(builder, layout)
        x, offsets, w, y = code.at(x, x_at), code.at(offsets, first), code.at(w, w_at), code.at(y, y_at)

        def body(count: int, vectors: int, ragged: bool) -> None:
            places = [builder.mul(x_step, _integer(q)) for q in range(count)]
            masks = [code.mask(v, width) if ragged and v == vectors - 1 else None for v in range(vectors)]

            def step(here: Any, weights: Any, sums: list[Any]) -> list[Any]:
                loaded = [code.load(code.at(weights, v * layout.lanes)) for v in range(vectors)]
                results = []
                for q in range(count):
                    at = code.at(here, places[q])
                    value = code.load(at, masks[0]) if depthwise else code.number(at)
                    for v, weight in enumerate(loaded):
                        results.append(code.multiply_add(value, weight, sums[q * vectors + v]))
                return [*results, code.at(weights, vectors * layout.lanes)]

            def stretch(index: Any, taken: list[Any]) -> list[Any]:
                source = code.at(x, builder.load(code.at(offsets, index)))
                if depthwise:
                    return step(source, taken[-1], taken[:-1])
                return _loop(builder, run, taken, lambda i, t: step(code.at(source, i), t[-1], t[:-1]))

            def write_out(masks: list[Any]) -> None:
                for q in range(count):
                    target = code.at(y, builder.mul(y_step, _integer(q)))
                    for v in range(vectors):
                        code.store(sums[q * vectors + v], code.at(target, v * layout.lanes), masks[v])

            sums = _loop(builder, n_runs, [*[code.zero] * (count * vectors), w], stretch)
            if depthwise:
                write_out(masks)
                return
            whole = builder.icmp_signed("==", width, _integer(vectors * layout.lanes))
            with builder.if_else(whole) as (then, otherwise):
                with then:
                    write_out([None] * vectors)
                with otherwise:
                    write_out([code.mask(v, width) for v in range(vectors)])

        _by_size(builder, layout, rows, width, most, (False, True) if depthwise else (False,), body)

    return _intrinsic(write)


def kernel_tile(layout: Vectors, depthwise: bool) -> Any:
    """An intrinsic that adds up a part of a kernel's gradient over a block of places.

    ``tile((rows, width, n_a, x_a, y_a, n_b, x_b, y_b, n_c, x_c, y_c, x, x_at, offsets, first, y, y_at, w,
    w_at, w_step))``: for each of `rows` neighbouring numbers of x and `width` of y (at most `VECTORS`
    vectors) the sum over ``n_a * n_b * n_c`` places of their products is added to w, whose rows lie `w_step`
    apart. From place to place along the axis a one goes on by `x_a` in x and by `y_a` in y.

    Depthwise, `width` numbers of x, at most one vector, are multiplied with those of y, and the rows are the
    stretches of x that begin at ``offsets[first:]``.
    """
    most, lanes = 1 if depthwise else VECTORS, layout.lanes

    def write(builder: Any, *values: Any) -> None:
        rows, width = values[:2]
        axes = [values[2:5], values[5:8], values[8:11]]
        x, x_at, offsets, first, y, y_at, w, w_at, w_step = values[11:]
        code = _Code(builder, layout)
        x, offsets, y, w = code.at(x, x_at), code.at(offsets, first), code.at(y, y_at), code.at(w, w_at)

        def body(count: int, vectors: int, ragged: bool) -> None:
            masks = [code.mask(v, width) if ragged and v == vectors - 1 else None for v in range(vectors)]
            starts = [builder.load(code.at(offsets, q)) if depthwise else q for q in range(count)]

            def step(source: Any, weights: Any, sums: list[Any]) -> list[Any]:
                loaded = [code.load(code.at(weights, v * lanes), masks[v]) for v in range(vectors)]
                results = []
                for q in range(count):
                    at = code.at(source, starts[q])
                    value = code.load(at, masks[0]) if depthwise else code.number(at)
                    for v, weight in enumerate(loaded):
                        results.append(code.multiply_add(value, weight, sums[q * vectors + v]))
                return results

            def along(depth: int, source: Any, weights: Any, sums: list[Any]) -> list[Any]:
                if depth == len(axes):
                    return step(source, weights, sums)
                n, x_next, y_next = axes[depth]

                def inside(index: Any, taken: list[Any]) -> list[Any]:
                    here, there, *rest = taken
                    results = along(depth + 1, here, there, rest)
                    return [code.at(here, x_next), code.at(there, y_next), *results]

                return _loop(builder, n, [source, weights, *sums], inside)[2:]

            sums = along(0, x, y, [code.zero] * (count * vectors))
            for q in range(count):
                target = code.at(w, builder.mul(w_step, _integer(q)))
                for v in range(vectors):
                    at = code.at(target, v * lanes)
                    code.store(builder.fadd(code.load(at, masks[v]), sums[q * vectors + v]), at, masks[v])

        _by_size(builder, layout, rows, width, most, (False, True), body)

    return _intrinsic(write)
