"""Fractal heaps and the trees that index them: where newer files keep many links or large attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .source import Source, Taker

_MOST_ROWS = 64
_MOST_RECORDS = 2**20


class _Sizes(NamedTuple):
    id_size: int
    width: int
    first_size: int  # of the blocks in the first two rows
    largest_direct: int
    offset_size: int  # bytes of an offset into the heap
    length_size: int  # bytes of the length of an object
    rows: int  # of the root; 0: the root is a block with objects
    root: int


def heap_objects(
    source: Source, told: bytes, what: str, counter: int, kind: int, before: int
) -> Iterator[bytes]:
    """The objects of a fractal heap, in the order of their index, a version 2 B-tree; none without one.

    Args:
        source: the file.
        told: the message that tells where both are.
        what: what the message is about, for errors.
        counter: how many bytes the message's count of creations has, where it has one.
        kind: the type of the tree's records.
        before: how many bytes of a record stand before the object's place in the heap.

    Raises:
        Damaged: if the heap or the tree is of an unknown kind.
    """
    info = source.take(told)
    info.expect(f"version of {what}", info.byte(), 0)
    info.skip(counter if info.byte() & 1 else 0)
    address, index = info.offset(), info.offset()
    if source.undefined(address):
        return
    heap = _Heap(source, _sizes(source, address))
    for record in _records(source, index, kind):
        place = source.take(record, before)
        yield heap.object(source.take(place.bytes(heap.sizes.id_size)))


def _sizes(source: Source, address: int) -> _Sizes:
    size = 26 + 12 * source.length_size + 3 * source.offset_size
    head = source.take_at(address, size, b"FRHP")
    head.expect("version of a heap", head.byte(), 0)
    id_size = head.number(2)
    head.expect("number of a heap's filters", head.number(2), 0)
    largest_object = head.skip(1).number(4)
    head.skip(2 * source.length_size + 2 * source.offset_size + 8 * source.length_size)
    width, first_size, largest_direct = head.number(2), head.length(), head.length()
    bits = head.number(2)
    root = head.skip(2).offset()
    rows = head.number(2)
    if not (width > 0 and 0 < first_size <= largest_direct and 0 < bits <= 64 and rows <= _MOST_ROWS):
        raise source.damaged("a heap has impossible sizes")
    return _Sizes(
        id_size,
        width,
        first_size,
        largest_direct,
        -(-bits // 8),
        min((largest_direct.bit_length() + 6) // 8, (max(largest_object, 1).bit_length() + 7) // 8),
        rows,
        root,
    )


class _Heap:
    """A fractal heap whose header is read; each of its blocks of blocks is read once."""

    def __init__(self, source: Source, sizes: _Sizes) -> None:
        self._source, self.sizes = source, sizes
        self._blocks: dict[tuple[int, int], Taker] = {}

    def object(self, place: Taker) -> bytes:
        """The object at a place: only one among others, not one that has a file of its own."""
        sizes, source = self.sizes, self._source
        if place.byte() & 0x30:
            raise source.damaged("a heap has an object of a kind that is not read here")
        offset, length = place.number(sizes.offset_size), place.number(sizes.length_size)
        address, start, size = self._block(offset)
        if offset + length > start + size:
            raise source.damaged("an object in a heap goes beyond its block")
        return source.read(address + offset - start, length)

    def _block(self, offset: int) -> tuple[int, int, int]:
        """The block with objects that holds an offset of the heap: address, first offset and size."""
        sizes = self.sizes
        address, rows, start, size = sizes.root, sizes.rows, 0, sizes.first_size
        while rows:
            address, start, size = self._child(address, rows, start, offset)
            # A large child is a block of blocks itself, with as many rows as make up its size.
            first_row = sizes.first_size * sizes.width
            rows = (size // first_row).bit_length() if size > sizes.largest_direct else 0
            if rows > _MOST_ROWS:
                raise self._source.damaged("a heap has impossible sizes")
        return address, start, size

    def _child(self, address: int, rows: int, start: int, offset: int) -> tuple[int, int, int]:
        """Of a block of blocks the one that holds an offset: address, first offset and size.

        Blocks of the first two rows have the first size; those of each further row are twice as large.
        """
        sizes = self.sizes
        row = ((offset - start) // (sizes.first_size * sizes.width)).bit_length()
        if offset < start or row >= rows:
            raise self._source.damaged("an object lies outside its heap")
        size = sizes.first_size << max(row - 1, 0)
        before = size * sizes.width if row else 0  # in all rows above
        column = (offset - start - before) // size
        entries = self._entries(address, rows)
        entries.at = (row * sizes.width + column) * self._source.offset_size
        return entries.offset(), start + before + column * size, size

    def _entries(self, address: int, rows: int) -> Taker:
        """The addresses that a block of blocks holds."""
        if (address, rows) not in self._blocks:
            width = self._source.offset_size
            before = 1 + width + self.sizes.offset_size
            count = rows * self.sizes.width
            block = self._source.take_at(address, 4 + before + count * width, b"FHIB")
            self._source.count_parts()
            self._blocks[address, rows] = self._source.take(block.skip(before).bytes(count * width))
        return self._blocks[address, rows]


def _records(source: Source, address: int, kind: int) -> Iterator[bytes]:
    """The records of a version 2 B-tree, in order."""
    head = source.take_at(address, 22 + source.offset_size + source.length_size, b"BTHD")
    head.expect("version of a tree", head.byte(), 0)
    head.expect("kind of a tree", head.byte(), kind)
    node_size, record_size, depth = head.number(4), head.number(2), head.number(2)
    root, count = head.skip(2).offset(), head.number(2)
    if depth > 8 or record_size == 0 or node_size < 32:
        raise source.damaged("a tree has impossible sizes")
    tree = _Tree(source, kind, node_size, record_size)
    for number, record in enumerate(tree.walk(root, count, depth)):
        source.count_parts(2)  # the record, and the object that it leads to
        if number > _MOST_RECORDS:
            raise source.damaged("a tree has too many records")
        yield record


class _Tree:
    """A version 2 B-tree whose header is read."""

    def __init__(self, source: Source, kind: int, node_size: int, record_size: int) -> None:
        self.source, self.kind = source, kind
        self.node_size, self.record_size = node_size, record_size
        self._seen: set[int] = set()

    def _capacities(self, depth: int) -> tuple[int, int]:
        """How many bytes the count of records in a child of a node takes, and that of all below it."""
        room = self.node_size - 10
        most = room // self.record_size  # in a leaf
        below = most
        count_size, total_size = _bytes_for(most), 0
        for level in range(1, depth):
            pointer = self.source.offset_size + count_size + (total_size if level > 1 else 0)
            most = (room - pointer) // (self.record_size + pointer)
            below = (most + 1) * below + most
            total_size = _bytes_for(below)
        return count_size, total_size if depth > 1 else 0

    def walk(self, address: int, count: int, depth: int) -> Iterator[bytes]:
        if count == 0 and depth == 0:
            return
        if address in self._seen:
            raise self.source.damaged("a tree runs in a circle")
        self._seen.add(address)
        node = self.source.take_at(address, self.node_size, b"BTIN" if depth else b"BTLF")
        node.expect("version of a tree", node.byte(), 0)
        node.expect("kind of a tree", node.byte(), self.kind)
        records = [node.bytes(self.record_size) for _ in range(count)]
        if not depth:
            yield from records
            return
        count_size, total_size = self._capacities(depth)
        children = []
        for _ in range(count + 1):
            child, within = node.offset(), node.number(count_size)
            node.skip(total_size)
            children.append((child, within))
        for number, (child, within) in enumerate(children):
            yield from self.walk(child, within, depth - 1)
            if number < count:
                yield records[number]


def _bytes_for(number: int) -> int:
    return max(-(-number.bit_length() // 8), 1)
