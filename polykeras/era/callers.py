"""Who calls: the program's own files, or a library.

The program's own files run with builtins of their own, whose `__import__` hands out views of modules. That
is how their frames are told from all others.
"""

from __future__ import annotations

import builtins
import sys
import warnings

_IMPORT = builtins.__import__
_PACKAGE = __name__.rpartition(".")[0] + "."


def from_program() -> bool:
    """Whether one of the program's own files has called the function that asks.

    Frames of this package between the two are passed over: a function may be widened more than once.
    """
    frame = sys._getframe(1).f_back
    while frame is not None and str(frame.f_globals.get("__name__", "")).startswith(_PACKAGE):
        frame = frame.f_back
    if frame is None:
        return False
    own = frame.f_builtins
    return own is not vars(builtins) and own.get("__import__", _IMPORT) is not builtins.__import__


_warned: set[str] = set()


def warn_once(message: str, depth: int = 3) -> None:
    """Warns, once in a process, of something that cannot be quite as it was.

    Args:
        message: what to say.
        depth: how many frames up the line is that the warning is about.
    """
    if message not in _warned:
        _warned.add(message)
        warnings.warn(message, UserWarning, stacklevel=depth)
