"""StringIO as Python 2 had it: one buffer for text and for bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any


class StringIO:
    """A file in memory that holds what it is given, text or bytes.

    The first content decides. Text that comes to bytes is encoded as UTF-8; if bytes come to text, all of it
    becomes bytes: a picture behind a header, say.

    Args:
        buf: the content to begin with.
    """

    softspace = 0

    def __init__(self, buf: Any = "") -> None:
        if isinstance(buf, (bytes, bytearray, memoryview)):
            self._file: io.StringIO | io.BytesIO = io.BytesIO(bytes(buf))
        else:
            self._file = io.StringIO(str(buf), newline="")

    def write(self, s: Any) -> None:
        """Writes text or bytes at the position."""
        is_text = isinstance(s, str)
        if isinstance(self._file, io.StringIO):
            if is_text:
                self._file.write(s)
                return
            self._become_bytes()
        assert isinstance(self._file, io.BytesIO)
        self._file.write(s.encode("utf-8") if is_text else s)

    def _become_bytes(self) -> None:
        assert isinstance(self._file, io.StringIO)
        text, position = self._file.getvalue(), self._file.tell()
        self._file = io.BytesIO(text.encode("utf-8"))
        self._file.seek(len(text[:position].encode("utf-8")) + max(0, position - len(text)))

    def writelines(self, iterable: Iterable[Any]) -> None:
        """Writes each item."""
        for each in iterable:
            self.write(each)

    def getvalue(self) -> Any:
        """The whole content."""
        return self._file.getvalue()

    def seek(self, pos: int, mode: int = 0) -> None:
        """Moves the position, from the start, from the position (1) or from the end (2)."""
        if mode and isinstance(self._file, io.StringIO):
            pos += self._file.tell() if mode == 1 else self.len
        elif mode:
            pos += self._file.tell() if mode == 1 else len(self._file.getvalue())
        self._file.seek(max(0, pos))

    def reset(self) -> None:
        """Moves the position to the start."""
        self.seek(0)

    @property
    def len(self) -> int:
        """How long the content is."""
        return len(self._file.getvalue())

    @property
    def buf(self) -> Any:
        """The whole content."""
        return self.getvalue()

    @property
    def pos(self) -> int:
        """The position."""
        return self._file.tell()

    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
        return self._file.closed

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def __next__(self) -> Any:
        return next(self._file)

    next = __next__

    def __enter__(self) -> StringIO:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def read(self, n: int | None = -1) -> Any:
        """Reads `n` characters or bytes; all that follow by default."""
        return self._file.read(-1 if n is None else n)

    def readline(self, length: int | None = None) -> Any:
        """Reads a line."""
        return self._file.readline(-1 if length is None else length)

    def readlines(self, sizehint: int = 0) -> list[Any]:
        """Reads the lines that follow."""
        return list(self._file.readlines(sizehint or -1))

    def tell(self) -> int:
        """The position."""
        return self._file.tell()

    def truncate(self, size: int | None = None) -> None:
        """Cuts the content off behind `size`, by default behind the position."""
        self._file.truncate(size)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Frees the content."""
        self._file.close()

    def isatty(self) -> bool:
        """Whether it is a terminal: no."""
        return False

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def writable(self) -> bool:
        """Whether it can be written: yes."""
        return True

    def seekable(self) -> bool:
        """Whether the position can be moved: yes."""
        return True
