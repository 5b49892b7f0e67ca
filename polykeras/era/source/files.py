"""Files as Python 2 opened them: text without an encoding, line ends as they are, bytes and text mixed."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from typing import Any

from .text import as_bytes, as_text

_LINE_END = None if os.name == "nt" else "\n"
_OWN_MODES = frozenset("rwaU+b")


class TextFile(io.TextIOWrapper):
    """A text file: UTF-8, other bytes carried along, no conversion of line ends, bytes welcome too."""

    unbuffered = False

    def write(self, text: Any) -> int:
        size = super().write(as_text(bytes(text)) if isinstance(text, (bytes, bytearray)) else text)
        if self.unbuffered:
            self.flush()
        return size

    def writelines(self, lines: Iterable[Any]) -> None:
        for line in lines:
            self.write(line)

    def xreadlines(self) -> TextFile:
        """The lines, one by one."""
        return self

    def next(self) -> str:
        """The next line."""
        return next(self)


def _written(data: Any) -> Any:
    return as_bytes(data) if isinstance(data, str) else data


class _Reader(io.BufferedReader):
    """A binary file whose lines are text when it is looped over, as ``csv`` wants them."""

    def __next__(self) -> Any:
        return as_text(super().__next__())


class _Writer(io.BufferedWriter):
    """A binary file that takes text too."""

    def write(self, data: Any) -> int:
        return super().write(_written(data))

    def writelines(self, lines: Iterable[Any]) -> None:
        for line in lines:
            self.write(line)


class _Both(io.BufferedRandom):
    """A binary file that is read and written."""

    def __next__(self) -> Any:
        return as_text(super().__next__())

    def write(self, data: Any) -> int:
        return super().write(_written(data))

    def writelines(self, lines: Iterable[Any]) -> None:
        for line in lines:
            self.write(line)


def open_file(name: Any, mode: str = "r", buffering: int = -1, *rest: Any, **options: Any) -> Any:
    """``open(name, mode, buffering)``; with arguments that only Python 3 has, that of Python 3."""
    if rest or options or not set(mode) <= _OWN_MODES:
        return open(name, mode, buffering, *rest, **options)
    universal = "U" in mode
    bare = mode.replace("U", "").replace("b", "")
    if bare[:1] not in ("r", "w", "a"):
        bare = "r" + bare
    raw = io.FileIO(name, bare)
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    kind = _Both if "+" in bare else _Reader if bare[0] == "r" else _Writer
    binary = kind(raw, size)
    if "b" in mode and not universal:
        return binary
    file = TextFile(
        binary,
        encoding="utf-8",
        errors="surrogateescape",
        newline=None if universal else _LINE_END,
        line_buffering=buffering == 1,
    )
    file.unbuffered = buffering == 0
    vars(file)["mode"] = mode
    return file


class _FileKind(type):
    """The type of the name ``file``: all open files are instances of it."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, io.IOBase)


class file(metaclass=_FileKind):
    """``file(name, mode, buffering)``."""

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        return open_file(*arguments, **options)


def open_descriptor(descriptor: int, mode: str = "r", buffering: int = -1, *rest: Any, **options: Any) -> Any:
    """``os.fdopen``, also for text without a buffer."""
    return open_file(descriptor, mode, buffering, *rest, **options)
