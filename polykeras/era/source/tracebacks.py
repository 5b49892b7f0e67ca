"""Tracebacks that show the program's own lines, and not those of the helpers that carry them out."""

from __future__ import annotations

import os
from types import TracebackType

_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep


def _is_helper(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith((_FOLDER, "<frozen importlib"))


def _shortened(trace: TracebackType | None) -> TracebackType | None:
    """A chain of frames without those of helpers; the whole if there are no others."""
    kept = []
    current = trace
    while current is not None:
        if not _is_helper(current):
            kept.append(current)
        current = current.tb_next
    if not kept:
        return trace
    for one, following in zip(kept, [*kept[1:], None], strict=True):
        one.tb_next = following
    return kept[0]


def without_helpers(error: BaseException) -> TracebackType | None:
    """Takes the frames of helpers out of the tracebacks of an exception and of those behind it.

    Returns:
        The traceback of the exception.
    """
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _shortened(one.__traceback__)
        waiting.extend(other for other in (one.__cause__, one.__context__) if other is not None)
    return error.__traceback__
