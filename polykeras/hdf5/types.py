"""Shapes and types of values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .source import Source, Taker

_MOST_AXES = 32
_INTEGER, _FLOAT, _TEXT, _ENUM, _VARIABLE = 0, 1, 3, 8, 9

# For each size in bytes: the bits, first bit and bits of the exponent and of the mantissa, and the bias.
_IEEE = {
    2: (16, 10, 5, 0, 10, 15),
    4: (32, 23, 8, 0, 23, 127),
    8: (64, 52, 11, 0, 52, 1023),
}


class Type(NamedTuple):
    """The type of a value.

    Attributes:
        dtype: as numpy has it; object for texts of any length and for what numpy has no type for.
        size: its bytes in a file.
        variable: whether it is a text of any length, which lies in a heap.
    """

    dtype: np.dtype
    size: int
    variable: bool = False


def read_shape(source: Source, data: bytes) -> tuple[int, ...] | None:
    """The shape of a value, None if there is none.

    Raises:
        Damaged: if it is of an unknown kind.
    """
    message = source.take(data)
    version = message.expect("version of a shape", message.byte(), 1, 2)
    axes, flags = message.byte(), message.byte()
    if axes > _MOST_AXES:
        raise source.damaged(f"a shape has {axes} axes")
    kind = message.byte()
    if version == 1:
        message.skip(4)
    elif message.expect("kind of a shape", kind, 0, 1, 2) == 2:
        return None
    if flags & ~3:
        raise source.damaged("a shape has unknown flags")
    return tuple(message.length() for _ in range(axes))


def read_type(source: Source, data: bytes) -> Type:
    """The type of a value.

    Raises:
        Damaged: if it is a number of an unknown kind.
    """
    message = source.take(data)
    return _type(source, message, message.byte())


def _type(source: Source, message: Taker, head: int) -> Type:
    bits, size = message.number(3), message.number(4)
    kind = head & 15
    if kind == _INTEGER:
        return Type(_integer(source, message, bits, size), size)
    if kind == _FLOAT:
        return Type(_float(source, message, bits, size), size)
    if kind == _TEXT:
        return Type(np.dtype(("S", max(size, 1))) if size < 2**31 else np.dtype(object), size)
    if kind == _ENUM:
        base = _type(source, message, message.byte())
        names = [message.text(padded=head >> 4 < 3) for _ in range(min(bits & 0xFFFF, 3))]
        return base._replace(dtype=np.dtype(bool)) if names == ["FALSE", "TRUE"] else base
    return Type(np.dtype(object), size, kind == _VARIABLE and bits & 15 == 1)


def _order(bits: int) -> str:
    return ">" if bits & 1 else "<"


def _integer(source: Source, message: Taker, bits: int, size: int) -> np.dtype:
    first, precision = message.number(2), message.number(2)
    if size not in (1, 2, 4, 8) or first or precision != 8 * size:
        raise source.damaged(f"it has integers of {precision} bits in {size} bytes")
    return np.dtype(f"{_order(bits)}{'i' if bits & 8 else 'u'}{size}")


def _float(source: Source, message: Taker, bits: int, size: int) -> np.dtype:
    first, precision = message.number(2), message.number(2)
    places = message.byte(), message.byte(), message.byte(), message.byte()
    found = (precision, *places, message.number(4))
    sign = bits >> 8 & 255
    if found != _IEEE.get(size) or first or bits & 0x40 or bits >> 4 & 3 != 2 or sign != precision - 1:
        raise source.damaged(f"it has floats of {size} bytes that are not those of IEEE 754")
    return np.dtype(f"{_order(bits)}f{size}")
