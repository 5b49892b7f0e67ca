"""Attributes: small values beside an object."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .headers import ATTRIBUTE, ATTRIBUTE_INFO, Message
from .heaps import heap_objects
from .source import Source
from .types import read_shape, read_type

_MOST_VALUES = 2**20
_MOST_LETTERS = 2**26


class Attribute(NamedTuple):
    """An attribute: its name, and the bytes that tell its type, its shape and its value."""

    name: str
    type: bytes
    shape: bytes
    data: bytes


def read_attributes(source: Source, messages: list[Message]) -> dict[str, Attribute]:
    """The attributes of an object by name; what is in them is not looked at yet.

    Raises:
        Damaged: if they can not be told.
    """
    found: dict[str, Attribute] = {}
    for data in _stored(source, messages):
        attribute = _attribute(source, data)
        if attribute.name in found:
            raise source.damaged(f"an object has two attributes with the name {attribute.name[:100]!r}")
        found[attribute.name] = attribute
    return found


def _stored(source: Source, messages: list[Message]) -> Iterator[bytes]:
    for message in messages:
        if message.kind == ATTRIBUTE and not message.shared:
            yield message.data
        elif message.kind == ATTRIBUTE_INFO:
            yield from heap_objects(source, message.data, "attributes", counter=2, kind=8, before=0)


def _attribute(source: Source, data: bytes) -> Attribute:
    message = source.take(data)
    version = message.expect("version of an attribute", message.byte(), 1, 2, 3)
    shared = message.byte() if version > 1 else message.skip(1) and 0
    if shared:
        raise source.damaged("an attribute has a type that lies elsewhere")
    sizes = message.number(2), message.number(2), message.number(2)
    message.skip(1 if version == 3 else 0)
    parts = []
    for size in sizes:
        parts.append(message.bytes(size))
        message.skip(-size % 8 if version == 1 else 0)
    name = parts[0].split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
    return Attribute(name, parts[1], parts[2], message.bytes(message.left))


def attribute_value(source: Source, attribute: Attribute, heaps: TextHeaps) -> Any:
    """The value of an attribute: a scalar or an array of numbers or of texts (bytes, not decoded).

    Raises:
        Damaged: if it is incomplete, too large, or of a type that is not read here.
    """
    kind, shape = read_type(source, attribute.type), read_shape(source, attribute.shape)
    if shape is None:
        return np.zeros((0,))
    count = math.prod(shape)
    if count > _MOST_VALUES or count * kind.size > len(attribute.data):
        raise source.damaged(f"the attribute {attribute.name!r} has not the values that it says it has")
    if not kind.variable and kind.dtype == object:
        raise source.damaged(f"the attribute {attribute.name!r} is neither text nor numbers")
    if not kind.variable:
        values = np.frombuffer(attribute.data, kind.dtype, count).reshape(shape)
        return values[()] if shape == () else values
    rows = source.take(attribute.data)
    texts, letters = [], 0
    source.count_parts(count)
    for _ in range(count):
        size, address, index = rows.number(4), rows.offset(), rows.number(4)
        source.count_metadata(size)
        texts.append(heaps.text(address, index, size))
        letters += 50 + size
        if letters > _MOST_LETTERS:
            raise source.damaged(f"the attribute {attribute.name!r} has more text than fits into the memory")
    if shape == ():
        return texts[0]
    values = np.empty(count, object)
    values[:] = texts
    return values.reshape(shape)


class TextHeaps:
    """The global heaps of a file, where texts of any length lie."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[int, dict[int, bytes]] = {}

    def text(self, address: int, index: int, size: int) -> bytes:
        """The text of `size` bytes with a number in the heap at an address.

        Raises:
            Damaged: if there is none.
        """
        if size == 0:
            return b""
        if address not in self._known:
            self._known[address] = self._read(address)
        found = self._known[address].get(index, b"")
        if len(found) < size:
            raise self._source.damaged("a text does not lie where it should")
        return found[:size]

    def _read(self, address: int) -> dict[int, bytes]:
        source = self._source
        head = source.take_at(address, 8 + source.length_size, b"GCOL")
        head.expect("version of a heap", head.byte(), 1)
        size = head.skip(3).length()
        rest = source.take(source.read(address, size), head.at)
        found: dict[int, bytes] = {}
        while rest.left >= 8 + source.length_size:
            source.count_parts()
            index = rest.number(2)
            length = rest.skip(6).length()
            if index == 0:
                break
            found[index] = rest.bytes(length)
            rest.skip(min(-length % 8, rest.left))
        return found
