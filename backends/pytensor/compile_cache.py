"""Where compiled code is kept on disk: in a folder for each set of versions that it was made by.

PyTensor keeps what Numba compiles under keys that say nothing of its own version, NumPy's or ours. What the
adapter has compiled therefore lies in a folder of its own below PyTensor's, named after all that the machine
code depends on.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
import pytensor
from numba.core.caching import CacheImpl
from pytensor.link.numba.cache import NUMBA_CACHE_PATH, NumbaPyTensorCacheLocator

_here = threading.local()


@cache
def folder() -> Path:
    """The folder for these versions of PyTensor, Numba, llvmlite, NumPy and of the adapter's own kernels."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("numba_*.py")):
        digest.update(source.read_bytes())
    versions = (
        f"pytensor-{pytensor.__version__}",
        f"numba-{numba.__version__}",
        f"llvmlite-{llvmlite.__version__}",
        f"numpy-{np.__version__}",
        digest.hexdigest()[:12],
    )
    return Path(NUMBA_CACHE_PATH) / "polykeras" / "_".join(versions)


class _Locator(NumbaPyTensorCacheLocator):
    """Has Numba look for functions in `folder`, while the adapter compiles."""

    def get_cache_path(self) -> str:
        return str(folder())

    @classmethod
    def from_function(cls, py_func: Any, py_file: Any) -> Any:
        return super().from_function(py_func, py_file) if getattr(_here, "used", False) else None


CacheImpl._locator_classes.insert(0, _Locator)


@contextlib.contextmanager
def own_cache() -> Iterator[None]:
    """Within it, functions that this thread makes are looked for, and kept, in `folder`."""
    before = getattr(_here, "used", False)
    with contextlib.suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
    _here.used = True
    try:
        yield
    finally:
        _here.used = before


def drop_broken() -> int:
    """Removes the files of `folder` that cannot be read.

    Returns:
        How many were removed.
    """
    removed = 0
    for path in [*folder().glob("*.nbi"), *folder().glob("*.nbc")]:
        try:
            with path.open("rb") as stream:
                version = pickle.load(stream)
                if path.suffix == ".nbi" and version == numba.__version__:
                    pickle.load(stream)
        except Exception:  # whatever a spoiled pickle may raise
            with contextlib.suppress(OSError):
                path.unlink()
                removed += 1
    return removed
