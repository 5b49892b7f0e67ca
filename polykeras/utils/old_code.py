"""Arithmetic in the byte code of old Pythons, read and never run.

Keras 1 stored the function of a `Lambda` layer as marshalled byte code, which is bound to one version of
Python and can do anything. What many such functions do is arithmetic with numbers:
``lambda x: x / 127.5 - 1.``. This module reads the marshalled text itself (nothing is unmarshalled), follows
a straight line of arithmetic on one argument, and gives that expression; any other instruction, name or type
makes it give up.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Unreadable(Exception):
    """The text is no marshalled code of a known Python, or more than arithmetic."""


class Code(NamedTuple):
    """What counts of a code object."""

    argcount: int
    names_of_locals: tuple[str, ...]
    instructions: bytes
    constants: tuple[Any, ...]
    wide: bool  # whether instructions have two bytes each (Python 3.6), not one or three


_MOST = 2**16  # bytes of a marshalled function that are looked at
_MOST_OPERATIONS = 1000


class _Reader:
    """Reads the marshal format, versions 2 (Python 2.7) to 4 (Python 3.4 and later), of simple constants."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.references: list[Any] = []
        self.interned: list[str] = []

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Unreadable("it ends early")
        part = self.data[self.at : self.at + count]
        self.at += count
        return part

    def integer(self) -> int:
        return int(struct.unpack("<i", self.take(4))[0])

    def value(self, depth: int = 0) -> Any:
        """The next value; tuples may lie in tuples three deep."""
        kind = self.take(1)[0]
        place = None
        if kind & 0x80:
            place = len(self.references)
            self.references.append(None)
        value = self._value(chr(kind & 0x7F), depth)
        if place is not None:
            self.references[place] = value
        return value

    def _value(self, kind: str, depth: int) -> Any:
        simple = {"N": None, "T": True, "F": False}
        if kind in simple:
            return simple[kind]
        if kind == "i":
            return self.integer()
        if kind == "g":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "f":
            try:
                return float(self.take(self.take(1)[0]))
            except ValueError:
                raise Unreadable("it holds a number that is none") from None
        if kind == "s":
            return self.take(self.integer())
        if kind in "tuaA":
            text = self.take(self.integer()).decode("utf-8", "replace")
            if kind == "t":
                self.interned.append(text)
            return text
        if kind in "zZ":
            return self.take(self.take(1)[0]).decode("ascii", "replace")
        if kind == "R":
            return self._known(self.interned)
        if kind == "r":
            return self._known(self.references)
        if kind in "()":
            count = self.take(1)[0] if kind == ")" else self.integer()
            if not 0 <= count <= 255 or depth > 3:
                raise Unreadable("it has a large tuple")
            return tuple(self.value(depth + 1) for _ in range(count))
        raise Unreadable(f"it holds a value of the kind {kind!r}")

    def _known(self, items: list[Any]) -> Any:
        index = self.integer()
        if not 0 <= index < len(items):
            raise Unreadable("it refers to nothing")
        return items[index]


def read(text: str) -> Code:
    """The code object of a function as Keras 1 stored it: marshalled bytes, a character each.

    Raises:
        Unreadable: if it is not one of Python 2.7 or 3.4 to 3.7.
    """
    data = text.encode("raw_unicode_escape", "replace")
    if len(data) > _MOST or not data or chr(data[0] & 0x7F) != "c":
        raise Unreadable("it is no code object")
    # Python 3 counts keyword-only arguments; 2.7 does not. The layout that fits is the one that is meant.
    troubles = []
    for keyword_only in (True, False):
        reader = _Reader(data)
        kind = reader.take(1)[0]
        if kind & 0x80:
            reader.references.append(None)
        try:
            return _code(reader, keyword_only)
        except Unreadable as error:
            troubles.append(error)
    raise troubles[0]


def _code(reader: _Reader, keyword_only: bool) -> Code:
    argcount = reader.integer()
    others = reader.integer() if keyword_only else 0
    reader.integer()  # locals
    reader.integer()  # stack
    flags = reader.integer()
    instructions, constants, names, local_names, free, cells = (reader.value() for _ in range(6))
    for _ in range(2):  # file and name
        reader.value()
    reader.integer()  # line
    reader.value()  # line numbers
    plain = (
        isinstance(instructions, bytes)
        and all(isinstance(each, tuple) for each in (constants, names, local_names, free, cells))
        and reader.at == len(reader.data)
    )
    if not plain or argcount != 1 or others or free or cells or flags & 0x2C:
        raise Unreadable("it is no function of one argument")
    # With two bytes an instruction, code ends in a RETURN_VALUE and its empty argument.
    return Code(argcount, local_names, instructions, constants, keyword_only and instructions[-2:] == b"S\0")


# Instructions that mean the same in Python 2.7 and 3.4 to 3.7.
_LOAD_CONST, _LOAD_FAST, _RETURN_VALUE = 100, 124, 83
_DIVIDE = 21  # of Python 2 without `from __future__ import division`; between floats it is truediv
_UNARY: dict[int, Callable[[Any], Any]] = {10: operator.pos, 11: operator.neg}
_BINARY: dict[int, Callable[[Any, Any], Any]] = {
    19: operator.pow,
    20: operator.mul,
    _DIVIDE: operator.truediv,
    23: operator.add,
    24: operator.sub,
    27: operator.truediv,
}


def arithmetic(text: str) -> Callable[[Any], Any]:
    """The function that a stored function of one argument is, if it is nothing but arithmetic with numbers.

    Args:
        text: the marshalled byte code of Python 2.7 or 3.4 to 3.7, a character for each byte.

    Raises:
        Unreadable: if it is anything else.
    """
    code = read(text)
    program = _instructions(code)
    if len(program) > _MOST_OPERATIONS:
        raise Unreadable(f"it has {len(program)} operations")

    def evaluate(x: Any) -> Any:
        if isinstance(x, (list, tuple)):  # which times a number is a long list
            raise TypeError(f"A stored function of one tensor was called on {len(x)} tensors.")
        stack: list[Any] = []
        for operation, value in program:
            if operation is None:
                stack.append(x if value is _ARGUMENT else value)
            elif operation in _UNARY.values():
                stack.append(operation(stack.pop()))
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(operation(left, right))
        return stack.pop()

    evaluate.__dict__["stored_code"] = text
    return evaluate


_ARGUMENT = object()


def _instructions(code: Code) -> list[tuple[Any, Any]]:
    """The code as pairs: (None, what is put on the stack), or (a function of what lies there, None).

    An operation between two constants, which a compiler leaves none of, is refused: it could be endless work.
    """
    program: list[tuple[Any, Any]] = []
    stack: list[bool] = []  # whether each value there depends on the argument
    for operation, argument in _decoded(code):
        if operation == _LOAD_CONST:
            program.append((None, _number(code, argument)))
            stack.append(False)
        elif operation == _LOAD_FAST and argument == 0:
            program.append((None, _ARGUMENT))
            stack.append(True)
        elif operation in _UNARY and stack:
            program.append((_UNARY[operation], None))
        elif operation in _BINARY and len(stack) >= 2 and any(stack[-2:]):
            if operation == _DIVIDE and not _divides_floats(program):
                raise Unreadable("it divides integers as Python 2 does")
            program.append((_BINARY[operation], None))
            stack[-2:] = [True]
        elif operation == _RETURN_VALUE and stack == [True]:
            return program
        else:
            raise Unreadable(f"it has the instruction {operation}")
    raise Unreadable("it returns nothing")


def _decoded(code: Code) -> Iterator[tuple[int, int]]:
    """The instructions with their arguments, 0 for those without one.

    Raises:
        Unreadable: if the last one is cut off, or others follow the first RETURN_VALUE.
    """
    at, raw = 0, code.instructions
    while at < len(raw):
        operation = raw[at]
        width = 2 if code.wide else 3 if operation >= 90 else 1
        part = raw[at + 1 : at + width]
        at += width
        if at > len(raw) or (operation == _RETURN_VALUE and at != len(raw)):
            raise Unreadable("it is more than one expression")
        yield operation, int.from_bytes(part, "little")


def _number(code: Code, index: int) -> float | int:
    value = code.constants[index] if index < len(code.constants) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unreadable(f"it holds the constant {value!r}")
    return value


def _divides_floats(program: list[tuple[Any, Any]]) -> bool:
    """Whether a division that follows is by a float, or of one by the argument: no integer division."""
    operation, divisor = program[-1]
    if operation is None and divisor is _ARGUMENT:
        return len(program) > 1 and isinstance(program[-2][1], float)
    return operation is None and isinstance(divisor, float)
