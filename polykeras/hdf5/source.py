"""The bytes of a file, read with bounds."""

from __future__ import annotations

import os

_MOST_METADATA = 2**24  # bytes read at once that are no data
_LONGEST_TEXT = 2**16
# A member, attribute, message, chunk or text has at least so many bytes; and so many more are looked at.
_BYTES_OF_A_PART = 8
_FREE_PARTS = 2**14


class Damaged(OSError):
    """A file that is no HDF5 file, is damaged, or uses a part of the format that is not read here."""


class Source:
    """An open file.

    Addresses count from the superblock, which may stand behind a block of the user's.

    Attributes:
        path: its path, for messages.
        size: its size in bytes.
        base: where the superblock stands.
        offset_size, length_size: how many bytes an address and a length have.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by `close`
        self.size = os.fstat(self._file.fileno()).st_size
        self.base = 0
        self.offset_size = self.length_size = 8
        self._plain = self._unpacked = self._metadata = self._parts = 0

    def close(self) -> None:
        self._file.close()

    def damaged(self, what: str) -> Damaged:
        """The error that says so."""
        return Damaged(f"{self.path}: {what}. The file is damaged, or of a kind that is not read here.")

    def read(self, address: int, count: int) -> bytes:
        """Bytes of metadata.

        Raises:
            Damaged: if they do not lie in the file, or are more than metadata has.
        """
        if count > _MOST_METADATA:
            raise self.damaged(f"a block of {count:,} bytes at {address} is too large")
        self.count_metadata(count)
        return bytes(self.read_data(address, count))

    def count_metadata(self, size: int) -> None:
        """Counts bytes of metadata that are read or copied, against what the file can be meant to hold.

        Raises:
            Damaged: if they are far more than the file has.
        """
        self._metadata += size
        if self._metadata > 2**26 + 8 * self.size:
            raise self._repeated()

    def count_parts(self, count: int = 1) -> None:
        """Counts parts of the metadata that are looked at: members, attributes, messages, chunks, texts.

        A file that is not made to do harm holds each of them once. So the time that reading takes is bounded
        by the size of the file, however its parts are linked with each other.

        Raises:
            Damaged: if they are more than the file has room for.
        """
        self._parts += count
        if self._parts > _FREE_PARTS + self.size // _BYTES_OF_A_PART:
            raise self._repeated()

    def _repeated(self) -> Damaged:
        return self.damaged("its metadata lies in itself over and over again")

    def read_data(self, address: int, count: int) -> bytearray:
        """Bytes of data.

        Raises:
            Damaged: if they do not lie in the file.
        """
        start = self.base + address
        if address < 0 or count < 0 or start + count > self.size:
            raise self.damaged(f"it refers to {count:,} bytes at {address}, and has {self.size:,} bytes")
        data = bytearray(count)
        view, done = memoryview(data), 0
        self._file.seek(start)
        while done < count:
            got = self._file.readinto(view[done:])
            if not got:
                raise self.damaged("it became shorter while it was read")
            done += got
        return data

    def undefined(self, address: int) -> bool:
        """Whether an address stands for none."""
        return address == (1 << 8 * self.offset_size) - 1

    def take(self, data: bytes, at: int = 0) -> Taker:
        return Taker(self, data, at)

    def take_at(self, address: int, count: int, signature: bytes = b"") -> Taker:
        """The bytes at an address, which must start with a signature.

        Raises:
            Damaged: if they do not, or do not lie in the file.
        """
        taker = Taker(self, self.read(address, count), 0)
        if taker.bytes(len(signature)) != signature:
            raise self.damaged(f"there is no {signature.decode()} at {address}")
        return taker

    def count_data(self, size: int, packed: bool) -> None:
        """Counts the bytes of a data set, against what the file can be meant to hold.

        Raises:
            Damaged: if all data sets have more bytes than the file, or packed ones far more.
        """
        if not packed:
            self._plain += size
            if self._plain > self.size:
                raise self.damaged(f"its data sets have {self._plain:,} bytes, and it has {self.size:,}")
            return
        self._unpacked += size
        if self._unpacked > 2**26 + 16 * self.size:
            raise Damaged(
                f"{self.path}: its data has {self._unpacked:,} bytes when it is unpacked, and the file "
                f"{self.size:,}. It is made to fill the memory, or damaged; if not, store it unpacked."
            )


class Taker:
    """Takes numbers off a piece of metadata, from front to back.

    Raises (in all methods):
        Damaged: if the piece ends.
    """

    def __init__(self, source: Source, data: bytes, at: int) -> None:
        self._source, self._data, self.at = source, data, at

    @property
    def left(self) -> int:
        return len(self._data) - self.at

    def bytes(self, count: int) -> bytes:
        if count < 0 or count > self.left:
            raise self._source.damaged("a part of its metadata ends early")
        part = self._data[self.at : self.at + count]
        self.at += count
        return part

    def skip(self, count: int) -> Taker:
        self.bytes(count)
        return self

    def number(self, size: int) -> int:
        """An unsigned number of so many bytes."""
        return int.from_bytes(self.bytes(size), "little")

    def byte(self) -> int:
        return self.number(1)

    def offset(self) -> int:
        return self.number(self._source.offset_size)

    def length(self) -> int:
        return self.number(self._source.length_size)

    def expect(self, what: str, value: int, *wanted: int) -> int:
        """`value`, if it is one of those that are read here."""
        if value not in wanted:
            listed = " or ".join(map(str, wanted))
            raise self._source.damaged(f"its {what} must be {listed}, got {value}")
        return value

    def text(self, padded: bool = False) -> str:
        """A text up to a zero; with `padded` it is followed by zeros up to a multiple of 8."""
        end = self._data.find(b"\0", self.at, self.at + _LONGEST_TEXT)
        if end < 0:
            raise self._source.damaged("a text in its metadata does not end")
        start = self.at
        self._source.count_metadata(end - start)
        part = self.bytes(end - self.at)
        self.skip(1)
        if padded:
            self.skip(-(self.at - start) % 8)
        return part.decode("utf-8", "surrogateescape")
