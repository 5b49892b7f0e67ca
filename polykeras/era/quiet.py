"""A quiet start: without the lines that TensorFlow writes to stderr on its own when it is imported.

Most of them are off by TensorFlow's own setting ``TF_CPP_MIN_LOG_LEVEL=2``, which leaves errors on. Some are
written before TensorFlow heeds it, by C++ straight to file descriptor 2: while TensorFlow is imported, what
goes there is held back, and written afterwards without those lines. If the import fails all of it is written.
On a machine without NVIDIA's driver TensorFlow also reports as an error that it could not start it; its
devices are listed at once there, so that this line comes within the same time.

Who has set ``TF_CPP_MIN_LOG_LEVEL``, or has called `off`, hears TensorFlow as it is.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SETTING = "TF_CPP_MIN_LOG_LEVEL"
_STDERR = 2
_NO_DRIVER = b"Could not find cuda drivers on your machine"
# Lines of the severities I and W, in the forms that TensorFlow's versions have, and what goes before them.
_NOTICE = re.compile(
    rb"[IW]\d{4} \d\d:\d\d:\d\d\.\d+ |[IW]0000 00:00:\d+\.\d+ |\d{4}-\d\d-\d\d [\d:.]+: [IW] "
)
_PREAMBLE = b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR"
_NO_DEVICE = b"failed call to cuInit"

_wanted = True


def off() -> None:
    """From now on TensorFlow starts as it does by itself."""
    global _wanted
    _wanted = False


@contextmanager
def starting(devices: Callable[[], object]) -> Iterator[None]:
    """A context for the import of TensorFlow, in which it writes nothing but errors.

    Args:
        devices: lists TensorFlow's devices, once it is imported.
    """
    if not _wanted or SETTING in os.environ:
        yield
        return
    os.environ[SETTING] = "2"
    try:
        with _held() as written:
            yield
            if _NO_DRIVER in written():
                devices()
    finally:
        os.environ.pop(SETTING, None)


@contextmanager
def _held() -> Iterator[Callable[[], bytes]]:
    """Holds back what is written to file descriptor 2; yields a function that gives it so far."""
    try:
        original = os.dup(_STDERR)
    except OSError:  # there is none: nobody sees anything
        yield lambda: b""
        return
    _flush()
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), _STDERR)

        def written() -> bytes:
            held.seek(0)
            return held.read()

        text = b""
        try:
            yield written
        except BaseException:
            text = written()
            raise
        else:
            text = without_notices(written())
        finally:
            _flush()
            os.dup2(original, _STDERR)
            os.close(original)
            if text:
                os.write(_STDERR, text)


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()


def without_notices(text: bytes) -> bytes:
    """What TensorFlow has written, without its notices and warnings, and without the missing driver."""
    missing = _NO_DRIVER in text
    kept = []
    for line in text.splitlines(keepends=True):
        if _NOTICE.match(line) or line.rstrip() == _PREAMBLE or (missing and _NO_DEVICE in line):
            continue
        kept.append(line)
    return b"".join(kept)
