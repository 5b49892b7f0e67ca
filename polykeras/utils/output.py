"""Writing on standard output, whatever that is: a terminal of few letters, a full disk, nothing at all."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

_told = False


def say(text: str = "") -> None:
    """Prints a line that tells how far something is.

    A line that can not be written (the reader of a pipe is gone, the disk is full, standard output is closed)
    is lost, and standard error hears of it once: what the line tells of goes on. Without standard output
    nothing happens.
    """
    ProgressStream().write(text + "\n")


def show(text: str) -> None:
    """Prints a text that the user has asked for: like `print`, but letters that the output has not are
    replaced.

    Raises:
        OSError, ValueError: as `print` does, if it can not be written.
    """
    if sys.stdout is not None:
        print(writable(text, sys.stdout))


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    with contextlib.suppress(AttributeError, OSError, ValueError):  # none, a program's own, a closed one
        return bool(sys.stdout.isatty())
    return False


def writable(text: str, stream: Any) -> str:
    """A text in which letters that the encoding of a stream has not are written as escapes, ``\\xe9``."""
    encoding = getattr(stream, "encoding", None)
    if not isinstance(encoding, str):
        return text
    try:
        text.encode(encoding, getattr(stream, "errors", None) or "strict")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:  # a stream of the program's own
        return text
    return text


class ProgressStream:
    """Standard output as a file that takes every text, see `say`."""

    def write(self, text: str) -> int:
        """Writes a text at once, or loses it."""
        stream = sys.stdout
        if stream is None:
            return len(text)
        try:
            stream.write(writable(text, stream))
            _flush(stream)
        except (OSError, ValueError) as error:  # a closed stream raises ValueError
            _tell_once(error)
        return len(text)

    def flush(self) -> None:
        """Nothing is left to be written."""


def _flush(stream: Any) -> None:
    flush = getattr(stream, "flush", None)  # a program's own stream may have none
    if flush is not None:
        flush()


def _tell_once(error: Exception) -> None:
    global _told
    if _told or sys.stderr is None:
        return
    _told = True
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(
            f"polykeras: lines of progress can not be written to standard output ({error}) and are lost. The "
            "program goes on.\n"
        )
        _flush(sys.stderr)
