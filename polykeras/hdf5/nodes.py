"""Files, groups and data sets, as programs see them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .data import Data
from .groups import Link, is_group, read_links
from .headers import DATASPACE, DATATYPE, EXTERNAL, LAYOUT, Message, find_superblock, read_header
from .source import Source
from .types import read_shape, read_type
from .values import Attribute, TextHeaps, attribute_value, read_attributes


class _Node:
    """An object of a file.

    Attributes:
        file: the file.
        name: the path in the file.
        address: where its header lies: the same for two links to one object.
    """

    file: File
    name: str
    address: int
    _attrs: Attributes | None = None

    def _open(self, file: File, name: str, address: int, messages: list[Message]) -> None:
        self.file, self.name, self.address = file, name, address
        self._messages = messages

    @property
    def attrs(self) -> Attributes:
        """The attributes, by name."""
        if self._attrs is None:
            self._attrs = Attributes(self.file, read_attributes(self.file.source, self._messages))
        return self._attrs


class Attributes(Mapping[str, Any]):
    """The attributes of an object: names, and values that are read when they are asked for."""

    def __init__(self, file: File, found: dict[str, Attribute]) -> None:
        self._file, self._found = file, found
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            self._values[name] = attribute_value(self._file.source, self._found[name], self._file.heaps)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, name: object) -> bool:
        return name in self._found


class Group(_Node):
    """A group of a file; maps names to groups and data sets, but follows no links to names or other files."""

    _links: dict[str, Link] | None = None

    @property
    def links(self) -> dict[str, Link]:
        """The members, by name: those that are links to a name or to another file have no address."""
        if self._links is None:
            self._links = read_links(self.file.source, self._messages)
        return self._links

    def __contains__(self, name: object) -> bool:
        return name in self.links

    def __iter__(self) -> Iterator[str]:
        return iter(self.links)

    def __len__(self) -> int:
        return len(self.links)

    def __getitem__(self, name: str) -> Group | Dataset:
        """The member of a name.

        Raises:
            KeyError: if there is none, or it is a link to a name or another file.
        """
        link = self.links[name]
        self.file.source.count_parts()
        if link.address is None:
            raise KeyError(f"{name!r} is a link to another place")
        return self.file.node(link.address, f"{self.name.rstrip('/')}/{name}")


class Dataset(_Node):
    """A data set of a file. ``dataset[()]`` reads it.

    Attributes:
        shape: its shape; None if it holds no value.
        dtype: its type in the file; object for texts of any length and for what numpy has no type for.
        elsewhere: whether its data lies in other files.
    """

    _data: Data | None = None

    def _open(self, file: File, name: str, address: int, messages: list[Message]) -> None:
        super()._open(file, name, address, messages)
        source = file.source
        parts = {}
        for kind in (DATASPACE, DATATYPE):
            found = [message for message in messages if message.kind == kind]
            if len(found) != 1 or found[0].shared:
                raise source.damaged(f"{name} has no shape or no type of its own")
            parts[kind] = found[0].data
        if sum(message.kind == LAYOUT for message in messages) != 1:
            raise source.damaged(f"{name} has several layouts")
        self.shape = read_shape(source, parts[DATASPACE])
        self.dtype = read_type(source, parts[DATATYPE]).dtype
        self.elsewhere = any(message.kind == EXTERNAL for message in messages)
        if self.shape is not None and self.dtype.kind in "biuf":
            self._data = Data(source, messages, name, self.shape, self.dtype)
            self.elsewhere = self.elsewhere or self._data.layout.virtual

    @property
    def ndim(self) -> int:
        return len(self.shape or ())

    @property
    def size(self) -> int:
        return math.prod(self.shape or ())

    def check(self) -> None:
        """Holds what the data set says of itself against the file, without reading its data.

        Raises:
            ValueError: if its chunks are far larger than its shape.
            Damaged: if its data is not there, or far more than the file has bytes.
        """
        if self._data is not None and not self.elsewhere:
            self._data.check()

    def __getitem__(self, key: Any) -> np.ndarray:
        """The data, or a part of it.

        Raises:
            TypeError: if it holds no numbers, or its data lies elsewhere.
            Damaged: if it can not be read.
        """
        if self._data is None or self.elsewhere:
            raise TypeError(f"{self.file.filename}:{self.name} holds no numbers that can be read here.")
        return self._data.read()[key]


class File(Group):
    """An HDF5 file, opened for reading; to be used in a ``with`` statement.

    Args:
        path: the file.

    Raises:
        OSError: if it cannot be opened; `Damaged` if it is no HDF5 file.

    Attributes:
        filename: its path.
    """

    def __init__(self, path: str) -> None:
        self.filename = path
        self.source = Source(path)
        self.heaps = TextHeaps(self.source)
        self._nodes: dict[int, Group | Dataset] = {}
        try:
            root = find_superblock(self.source)
            self._open(self, "/", root, read_header(self.source, root))
        except BaseException:
            self.source.close()
            raise

    def __enter__(self) -> File:
        return self

    def __exit__(self, *error: object) -> None:
        self.source.close()

    def node(self, address: int, name: str) -> Group | Dataset:
        """The object whose header lies at an address; the same one each time."""
        if address not in self._nodes:
            messages = read_header(self.source, address)
            kind: type[Group] | type[Dataset]
            if any(message.kind == LAYOUT for message in messages):
                kind = Dataset
            elif is_group(messages):
                kind = Group
            else:
                raise self.source.damaged(f"{name} is neither a group nor a data set")
            node = kind()
            node._open(self, name, address, messages)
            self._nodes[address] = node
        return self._nodes[address]
