"""Memory that is freed in one step serves the next."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os

# Options of glibc's mallopt.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


@functools.cache
def keep_freed_memory() -> bool:
    """Lets the C library keep what is freed instead of giving it back to the system at once.

    Each step allocates the same large arrays anew. By default glibc takes them from the system, which clears
    every page, and gives them back; that took nearly half the time of a convolutional net. The largest amount
    of memory in use stays the same. Where the C library is another, or the environment has settings of its
    own for it, nothing is changed.

    Returns:
        Whether the C library has taken the settings on.
    """
    if any(name.startswith("MALLOC_") or name == "GLIBC_TUNABLES" for name in os.environ):
        return False
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        # Older versions take 32 MiB at most.
        taken = any(mallopt(_MMAP_THRESHOLD, size) for size in (1 << 30, 1 << 25))
        return taken and bool(mallopt(_TRIM_THRESHOLD, -1))
    return False
