"""Where a file begins, and the headers of its objects: lists of messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .source import Source, Taker

SIGNATURE = b"\x89HDF\r\n\x1a\n"

# Kinds of messages.
DATASPACE, LINK_INFO, DATATYPE, LINK, EXTERNAL, LAYOUT = 0x01, 0x02, 0x03, 0x06, 0x07, 0x08
FILTERS, ATTRIBUTE, CONTINUATION, SYMBOL_TABLE, ATTRIBUTE_INFO = 0x0B, 0x0C, 0x10, 0x11, 0x15

_MOST_MESSAGES = 2**16
_MOST_BLOCKS = 2**12


class Message(NamedTuple):
    kind: int
    data: bytes
    shared: bool
    """Whether `data` only tells where the message lies."""


def find_superblock(source: Source) -> int:
    """Finds the superblock, takes the sizes of addresses and lengths from it, and gives the address of the
    root group's header.

    Raises:
        Damaged: if there is none, or the file is shorter than it says.
    """
    place = 0
    while place + len(SIGNATURE) <= source.size:
        source.base = 0
        if source.read(place, len(SIGNATURE)) == SIGNATURE:
            break
        place = max(2 * place, 512)
    else:
        raise source.damaged("there is no HDF5 in it")
    source.base = place
    head = source.take(source.read(len(SIGNATURE), min(120, source.size - place - len(SIGNATURE))))
    version = head.expect("version of the superblock", head.byte(), 0, 1, 2, 3)
    head.skip(4 if version < 2 else 0)
    source.offset_size = head.expect("size of addresses", head.byte(), 2, 4, 8)
    source.length_size = head.expect("size of lengths", head.byte(), 2, 4, 8)
    head.skip((1 + 2 + 2 + 4 + (4 if version else 0)) if version < 2 else 1)
    head.offset()  # base
    head.offset()  # of free space, or of the superblock's extension
    end = head.offset()
    if end > source.size:
        raise source.damaged(f"wanted {end:,} bytes, got {source.size:,}: it is cut off")
    if version < 2:
        head.offset()  # of the driver
        head.offset()  # of the root group's name
    return head.offset()


def read_header(source: Source, address: int) -> list[Message]:
    """The messages of an object.

    Raises:
        Damaged: if there is no header at the address.
    """
    if source.read(address, 4) == b"OHDR":
        messages = _header_2(source, address)
    else:
        messages = _header_1(source, address)
    found: list[Message] = []
    for message in messages:
        source.count_parts()
        found.append(message)
        if len(found) > _MOST_MESSAGES:
            raise source.damaged(f"the object at {address} has too many messages")
    return found


def _header_1(source: Source, address: int) -> Iterator[Message]:
    head = source.take_at(address, 16)
    head.expect("version of an object's header", head.byte(), 1)
    count = head.skip(1).number(2)
    size = head.skip(4).number(4)
    blocks = _Blocks(source, address, address + 16, size)
    for block in blocks:
        while block.left >= 8 and count > 0:
            kind, size, flags = block.number(2), block.number(2), block.byte()
            data = block.skip(3).bytes(size)
            count -= 1
            if kind == CONTINUATION:
                blocks.add(source.take(data))
            else:
                yield Message(kind, data, bool(flags & 2))


def _header_2(source: Source, address: int) -> Iterator[Message]:
    head = source.take_at(address, min(40, source.size - source.base - address), b"OHDR")
    head.expect("version of an object's header", head.byte(), 2)
    flags = head.byte()
    head.skip((16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0))
    size = head.number(1 << (flags & 3))
    blocks = _Blocks(source, address, address + head.at, size)
    for number, block in enumerate(blocks):
        if number and block.bytes(4) != b"OCHK":
            raise source.damaged(f"a block of the object at {address} has no mark")
        end = 4 if number else 0  # the checksum of a further block
        while block.left - end >= (6 if flags & 4 else 4):
            kind, size, marks = block.byte(), block.number(2), block.byte()
            data = block.skip(2 if flags & 4 else 0).bytes(size)
            if kind == CONTINUATION:
                blocks.add(source.take(data))
            else:
                yield Message(kind, data, bool(marks & 2))


class _Blocks:
    """The blocks of a header, each once, in the order in which they are met."""

    def __init__(self, source: Source, owner: int, address: int, size: int) -> None:
        self._source, self._owner = source, owner
        self._waiting = [(address, size)]
        self._seen = {address}

    def add(self, message: Taker) -> None:
        address, size = message.offset(), message.length()
        if address in self._seen or len(self._seen) >= _MOST_BLOCKS:
            raise self._source.damaged(f"the header of the object at {self._owner} runs in a circle")
        self._seen.add(address)
        self._waiting.append((address, size))

    def __iter__(self) -> Iterator[Taker]:
        while self._waiting:
            address, size = self._waiting.pop(0)
            yield self._source.take(self._source.read(address, size))
