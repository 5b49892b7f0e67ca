"""What lies in a group: names, and where the objects of these names are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..errors import shortened
from .headers import LINK, LINK_INFO, SYMBOL_TABLE, Message
from .heaps import heap_objects
from .source import Source, Taker

_MOST_LETTERS = 2**24  # in all names of a group, each counted as 100 letters more


class Link(NamedTuple):
    """A member of a group.

    Attributes:
        address: of the object's header; None: the link leads to a name or to another file.
    """

    name: str
    address: int | None


def is_group(messages: list[Message]) -> bool:
    return any(message.kind in (SYMBOL_TABLE, LINK_INFO, LINK) for message in messages)


def read_links(source: Source, messages: list[Message]) -> dict[str, Link]:
    """The members of a group, by name.

    Raises:
        Damaged: if they cannot be told.
    """
    found: dict[str, Link] = {}
    letters = 0
    for link in _links(source, messages):
        if link.name in found:
            raise source.damaged(f"a group has two members with the name {shortened(repr(link.name), 100)}")
        found[link.name] = link
        letters += 100 + len(link.name)
        if letters > _MOST_LETTERS:
            raise source.damaged("a group has too many members")
    return found


def _links(source: Source, messages: list[Message]) -> Iterator[Link]:
    for message in messages:
        if message.kind == LINK:
            yield _link(source, source.take(message.data))
        elif message.kind == SYMBOL_TABLE:
            place = source.take(message.data)
            yield from _symbols(source, tree=place.offset(), heap=place.offset())
        elif message.kind == LINK_INFO:
            # Each record of the index: a hash of the name, and where the link lies in the heap.
            for data in heap_objects(source, message.data, "a group", counter=8, kind=5, before=4):
                yield _link(source, source.take(data))


def _link(source: Source, message: Taker) -> Link:
    message.expect("version of a link", message.byte(), 1)
    flags = message.byte()
    kind = message.byte() if flags & 8 else 0
    message.skip((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    letters = message.number(1 << (flags & 3))
    source.count_metadata(letters)
    name = message.bytes(letters).decode("utf-8", "surrogateescape")
    return Link(name, message.offset() if kind == 0 else None)


def _symbols(source: Source, tree: int, heap: int) -> Iterator[Link]:
    """The members of a group of the older kind: a tree of tables, and a heap of names."""
    head = source.take_at(heap, 8 + 2 * source.length_size + source.offset_size, b"HEAP")
    head.expect("version of a heap", head.byte(), 0)
    size = head.skip(3).length()
    head.length()
    names = source.read(head.offset(), size)
    for table in tree_leaves(source, tree, 0, source.length_size):
        entry_size = 2 * source.offset_size + 24
        head = source.take_at(table, 8, b"SNOD")
        head.expect("version of a table", head.byte(), 1)
        count = head.skip(1).number(2)
        source.count_parts(count)
        rows = source.take(source.read(table + 8, count * entry_size))
        for _ in range(count):
            name, address, cached = rows.offset(), rows.offset(), rows.number(4)
            rows.skip(20)
            text = source.take(names, min(name, size)).text()
            yield Link(text, None if cached == 2 else address)


class _Node(NamedTuple):
    address: int
    level: int | None


def tree_nodes(source: Source, root: int, kind: int, key_size: int) -> Iterator[tuple[bytes, int]]:
    """The keys and children of the leaves of a version 1 B-tree, from left to right.

    Raises:
        Damaged: if it is none, or runs in a circle.
    """
    waiting, seen = [_Node(root, None)], set()
    while waiting:
        address, level = waiting.pop()
        if address in seen:
            raise source.damaged(f"the tree at {root} runs in a circle")
        seen.add(address)
        head = source.take_at(address, 8 + 2 * source.offset_size, b"TREE")
        head.expect("kind of a tree", head.byte(), kind)
        here = head.byte()
        if level is not None and here != level:
            raise source.damaged(f"the tree at {root} has a node of the wrong level")
        count = head.number(2)
        source.count_parts(1 + count)
        pair = key_size + source.offset_size
        rows = source.take(source.read(address + 8 + 2 * source.offset_size, count * pair))
        pairs = [(rows.bytes(key_size), rows.offset()) for _ in range(count)]
        if here == 0:
            yield from pairs
        else:
            waiting.extend(_Node(child, here - 1) for _, child in reversed(pairs))


def tree_leaves(source: Source, root: int, kind: int, key_size: int) -> Iterator[int]:
    """The children of the leaves of a version 1 B-tree."""
    for _, child in tree_nodes(source, root, kind, key_size):
        yield child
