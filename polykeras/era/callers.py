"""Who calls: the program's own files, or a library.

The program's own files run with builtins of their own, whose `__import__` hands out views of modules. That
is how their frames are told from all others.
"""

from __future__ import annotations

import builtins
import sys
import warnings

_IMPORT = builtins.__import__


def from_program(depth: int = 2) -> bool:
    """Whether a function was called by one of the program's own files.

    Args:
        depth: how many frames up the caller is: 2 is who called the function that asks.
    """
    try:
        own = sys._getframe(depth).f_builtins
    except ValueError:  # nobody is that far up
        return False
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
