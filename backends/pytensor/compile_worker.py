"""The other process: rewrites a graph and compiles it by Numba into the on-disk cache.

``python -m polykeras.backends.pytensor.compile_worker`` reads one pickled `Portable` from its standard input,
preceded by its length in 8 bytes, and writes a pickled pair to its standard output: the cache key and the
pickled `Rewritten`. It ends with its parent: when the standard input is closed, it stops at once.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import threading


def _end_with_parent() -> None:
    with contextlib.suppress(OSError):
        while sys.stdin.buffer.read(1):
            continue
    os._exit(3)


def main() -> None:
    """Serves one request."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    request = sys.stdin.buffer.read(size)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)

    from .portable import rewrite
    from .rewrites import COMPILED

    rewritten = rewrite(pickle.loads(request), COMPILED)
    answer = pickle.dumps(rewritten, pickle.HIGHEST_PROTOCOL)

    from .compiled import linked

    # What is compiled is what the parent will load: the copy that came through the pickle.
    key, _ = linked(pickle.loads(answer), uncached=False)
    pickle.dump((key, answer), answers, pickle.HIGHEST_PROTOCOL)
    answers.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
