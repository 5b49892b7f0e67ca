"""The data of data sets: where it lies, and how it is unpacked."""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .groups import tree_nodes
from .headers import FILTERS, LAYOUT, Message
from .source import Damaged, Source

_COMPACT, _CONTIGUOUS, _CHUNKED, _VIRTUAL = 0, 1, 2, 3
_GZIP, _SHUFFLE, _FLETCHER32 = 1, 2, 3
_MOST_CHUNK_BYTES = 2**26
_MOST_CHUNKS = 2**17
_BYTES_OF_A_CHUNK = 24  # at least, where a tree lists it
_PIECE = 2**16  # words of a checksum at a time


class Filter(NamedTuple):
    number: int
    values: tuple[int, ...]


class Layout(NamedTuple):
    """Where the data of a data set lies.

    Attributes:
        kind: in the header itself, in one piece, in chunks, or elsewhere (virtual).
        address: of the piece, or of the tree of chunks; None: no data has been written.
        size: bytes of the piece.
        inline: the data itself.
        chunks: the shape of a chunk.
        single: for a single chunk that no tree leads to, (bytes stored, mask of filters left out).
    """

    kind: int
    address: int | None = None
    size: int = 0
    inline: bytes = b""
    chunks: tuple[int, ...] | None = None
    single: tuple[int, int] | None = None

    @property
    def virtual(self) -> bool:
        return self.kind == _VIRTUAL


def read_layout(source: Source, data: bytes) -> Layout:
    """The layout of a data set.

    Raises:
        Damaged: if it is of a kind that is not read here.
    """
    message = source.take(data)
    version = message.expect("version of a layout", message.byte(), 3, 4)
    kind = message.expect("kind of a layout", message.byte(), 0, 1, 2, 3)
    if kind == _VIRTUAL:
        return Layout(kind)
    if kind == _COMPACT:
        return Layout(kind, inline=message.bytes(message.number(2)))
    if kind == _CONTIGUOUS:
        address, size = message.offset(), message.length()
        return Layout(kind, None if source.undefined(address) else address, size)
    flags = message.byte() if version == 4 else 0
    axes = message.byte()
    width = message.byte() if version == 4 else 4
    address = message.offset() if version == 3 else 0
    sizes = tuple(message.number(width) for _ in range(axes))
    if not 2 <= axes <= 33 or 0 in sizes:
        raise source.damaged("it has chunks of no size")
    single = None
    if version == 4:
        index = message.byte()
        if index != 1:
            raise Damaged(
                f"{source.path}: its chunks are listed in a way that only newer libraries know. Store it "
                "anew: h5repack --low=0 --high=0 old.h5 new.h5."
            )
        single = (message.length(), message.number(4)) if flags & 2 else (math.prod(sizes), 0)
        address = message.offset()
    return Layout(kind, None if source.undefined(address) else address, chunks=sizes[:-1], single=single)


def read_filters(source: Source, messages: list[Message]) -> list[Filter]:
    """What has been done to each chunk, in this order."""
    found = []
    for message in messages:
        if message.kind != FILTERS:
            continue
        pipeline = source.take(message.data)
        version = pipeline.expect("version of filters", pipeline.byte(), 1, 2)
        count = pipeline.byte()
        pipeline.skip(6 if version == 1 else 0)
        for _ in range(count):
            number = pipeline.number(2)
            name_size = pipeline.number(2) if version == 1 or number >= 256 else 0
            values = pipeline.skip(2).number(2)
            pipeline.skip(name_size)
            numbers = tuple(pipeline.number(4) for _ in range(values))
            pipeline.skip(4 if version == 1 and values % 2 else 0)
            found.append(Filter(number, numbers))
    return found


class Data:
    """The data of a data set, checked but not read.

    Args:
        source: the file.
        messages: the messages of the data set.
        where: the data set, for messages.
        shape, dtype: those of the data set.
    """

    def __init__(
        self, source: Source, messages: list[Message], where: str, shape: tuple[int, ...], dtype: np.dtype
    ) -> None:
        self._source, self._where, self._shape, self._dtype = source, where, shape, dtype
        (layout,) = (message for message in messages if message.kind == LAYOUT)
        self.layout = read_layout(source, layout.data)
        self._filters = read_filters(source, messages)
        self._size = math.prod(shape) * dtype.itemsize
        self._checked = False

    @property
    def _place(self) -> str:
        return f"{self._source.path}:{self._where}"

    def check(self) -> None:
        """Holds what the data set says of itself against the file.

        Raises:
            ValueError: if its chunks are far larger than its shape.
            Damaged: if its data is not there, is far more than the file has bytes, or is packed in a way that
                is not read here.
        """
        layout = self.layout
        if self._size == 0 or self._checked:
            return
        self._check_layout(layout)
        # A chunk is stored, and unpacked, to its end even where the data set ends within it.
        stored = math.prod(self._chunk_counts()) * self._chunk_bytes() if layout.chunks else self._size
        self._source.count_data(stored, any(each.number == _GZIP for each in self._filters))
        self._checked = True

    def _check_layout(self, layout: Layout) -> None:
        if layout.kind == _COMPACT:
            if len(layout.inline) < self._size:
                raise self._short(len(layout.inline))
            return
        if layout.kind == _CONTIGUOUS:
            if layout.address is None:
                raise self._short(0)
            end = self._source.base + layout.address + self._size
            if layout.size < self._size or end > self._source.size:
                raise self._short(min(layout.size, self._source.size))
            return
        if layout.chunks is None or len(layout.chunks) != len(self._shape):
            raise self._source.damaged(f"{self._where}: its chunks have other axes than it has")
        if self._chunk_bytes() > max(_MOST_CHUNK_BYTES, self._size):
            raise ValueError(
                f"{self._place}: it is stored in chunks of {layout.chunks}, far more than "
                f"the shape {self._shape} needs. The file is damaged."
            )
        if math.prod(self._chunk_counts()) > min(_MOST_CHUNKS, 1 + self._source.size // _BYTES_OF_A_CHUNK):
            raise self._source.damaged(f"{self._where}: it has too many chunks")
        if len({each.number for each in self._filters}) < len(self._filters):
            raise self._source.damaged(f"{self._where}: its data is packed twice in the same way")
        unknown = [each.number for each in self._filters if each.number not in (_GZIP, _SHUFFLE, _FLETCHER32)]
        if unknown:
            raise Damaged(
                f"{self._place}: its data is packed by the filter {unknown[0]}; only gzip is "
                "unpacked here. Store it anew: h5repack -f NONE old.h5 new.h5."
            )
        if layout.address is None:
            raise self._short(0)

    def read(self) -> np.ndarray:
        """The data.

        Raises:
            Damaged: if it can not be read.
        """
        if self._size == 0:
            return np.empty(self._shape, self._dtype)
        if self.layout.kind == _COMPACT:
            return self._array(bytearray(self.layout.inline[: self._size]), self._shape)
        if self.layout.kind == _CONTIGUOUS:
            return self._array(self._source.read_data(self.layout.address or 0, self._size), self._shape)
        chunks = self.layout.chunks or ()
        values = np.empty(self._shape, self._dtype)
        self._source.count_parts(math.prod(self._chunk_counts()))
        missing = set(itertools.product(*map(range, self._chunk_counts())))
        for place, address, stored, mask in self._stored_chunks():
            if place not in missing:
                raise self._source.damaged(f"{self._where}: it has two chunks for one place, or one outside")
            missing.remove(place)
            if stored > self._most_stored():
                raise self._source.damaged(f"{self._where}: a chunk has {stored:,} bytes when it is packed")
            data = self._unpacked(bytes(self._source.read_data(address, stored)), mask)
            starts = [number * size for number, size in zip(place, chunks, strict=True)]
            room = values[
                tuple(slice(start, start + size) for start, size in zip(starts, chunks, strict=True))
            ]
            room[...] = self._array(data, chunks)[tuple(map(slice, room.shape))]
        if missing:
            raise self._short(0)
        return values

    def _array(self, data: bytes | bytearray, shape: tuple[int, ...]) -> np.ndarray:
        return np.frombuffer(data, self._dtype).reshape(shape)

    def _short(self, size: int) -> Damaged:
        return self._source.damaged(
            f"{self._where}: wanted {self._size:,} bytes for the shape {self._shape}, got {size:,}"
        )

    def _chunk_bytes(self) -> int:
        return math.prod(self.layout.chunks or ()) * self._dtype.itemsize

    def _most_stored(self) -> int:
        """How many bytes a packed chunk may have: gzip adds a little to what can not be packed."""
        return self._chunk_bytes() + self._chunk_bytes() // 100 + 1024

    def _chunk_counts(self) -> list[int]:
        return [-(-size // chunk) for size, chunk in zip(self._shape, self.layout.chunks or (), strict=True)]

    def _stored_chunks(self) -> Iterator[tuple[tuple[int, ...], int, int, int]]:
        """For each chunk its place (counted in chunks), address, bytes stored, and the filters left out."""
        root, chunks = self.layout.address or 0, self.layout.chunks or ()
        if self.layout.single is not None:
            yield (0,) * len(chunks), root, *self.layout.single
            return
        for key, address in tree_nodes(self._source, root, 1, 8 + 8 * (len(chunks) + 1)):
            fields = self._source.take(key)
            stored, mask = fields.number(4), fields.number(4)
            offsets = [fields.number(8) for _ in chunks]
            places = [divmod(offset, size) for offset, size in zip(offsets, chunks, strict=True)]
            if any(rest for _, rest in places):
                raise self._source.damaged(f"{self._where}: a chunk begins at no chunk's place")
            yield tuple(place for place, _ in places), address, stored, mask

    def _unpacked(self, data: bytes, mask: int) -> bytes:
        size = self._chunk_bytes()
        for number, each in reversed(list(enumerate(self._filters))):
            if mask >> number & 1:
                continue
            if each.number == _FLETCHER32:
                data = self._sum_checked(data)
            elif each.number == _GZIP:
                # What was done before gzip may have added a checksum.
                data = self._inflated(data, size + 4 * len(self._filters))
            else:
                data = _unshuffled(data, each.values[0] if each.values else self._dtype.itemsize)
        if len(data) != size:
            raise self._source.damaged(f"{self._where}: a chunk has {len(data):,} bytes, wanted {size:,}")
        return data

    def _inflated(self, data: bytes, most: int) -> bytes:
        stream = zlib.decompressobj()
        try:
            unpacked = stream.decompress(data, most)
        except zlib.error as error:
            raise self._source.damaged(f"{self._where}: a chunk can not be unpacked ({error})") from error
        if not stream.eof:
            raise self._source.damaged(
                f"{self._where}: a chunk unpacks to more than its shape, or is cut off"
            )
        return unpacked

    def _sum_checked(self, data: bytes) -> bytes:
        content, wanted = data[:-4], data[-4:]
        if len(wanted) < 4 or _fletcher32(content) != int.from_bytes(wanted, "little"):
            raise self._source.damaged(f"{self._where}: a chunk's checksum is wrong")
        return content


def _unshuffled(data: bytes, width: int) -> bytes:
    """The bytes of numbers of `width` bytes, of which all first bytes were stored first, and so on."""
    if width < 2:
        return data
    whole = len(data) // width * width
    rows = np.frombuffer(data[:whole], np.uint8).reshape(width, -1)
    return rows.T.tobytes() + data[whole:]


def _fletcher32(data: bytes) -> int:
    """The checksum of the HDF5 library: sums of 16-bit words, and of these sums, modulo 65535."""
    words = np.frombuffer(data + b"\0" * (len(data) % 2), ">u2")
    first = second = 0
    for start in range(0, len(words), _PIECE):
        piece = words[start : start + _PIECE].astype(np.int64)
        weights = np.arange(len(piece), 0, -1, dtype=np.int64)
        second += len(piece) * first + int((piece * weights).sum())
        first += int(piece.sum())

    def folded(value: int) -> int:
        # The library's sums lie between 1 and 65535, but for 0.
        return (value - 1) % 65535 + 1 if value else 0

    return folded(second) << 16 | folded(first)
