"""Compilation of a graph by Numba, into the on-disk cache or from it.

Imported only when something is compiled: Numba takes half a second to load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import scipy.sparse
from pytensor import config
from pytensor.link.numba.cache import compile_numba_function_src
from pytensor.link.numba.dispatch.basic import numba_funcify_ensure_cache, numba_njit
from pytensor.sparse.type import SparseTensorType
from pytensor.tensor.random.type import RandomType
from pytensor.tensor.type import TensorType

from . import numba_ops as numba_ops
from .compile_cache import drop_broken, own_cache
from .portable import Rewritten


class Link:
    """A rewritten graph as a function that Numba can compile.

    Attributes:
        key: stands for the graph in the on-disk cache; None if an operation in it cannot be cached.
    """

    @own_cache()
    def __init__(self, rewritten: Rewritten) -> None:
        inner, self.key = numba_funcify_ensure_cache(rewritten.fgraph())
        names = ", ".join(f"a{index}" for index in range(len(rewritten.inputs)))
        source = f"def polykeras_step({names}):\n    return inner({names})\n"
        scope = {"inner": inner, "__name__": __name__}
        cache_key = (
            None if self.key is None else f"{self.key}_polykeras_fastmath{int(config.numba__fastmath)}"
        )
        function = compile_numba_function_src(source, "polykeras_step", scope, cache_key=cache_key)
        self.dispatcher: Any = numba_njit(function, final_function=True, cache=cache_key is not None)
        self.types = tuple(numba_type(x.type) for x in rewritten.inputs)

    @own_cache()
    def compile(self) -> Callable[..., tuple[Any, ...]]:
        """The compiled function; it takes C-contiguous arrays only."""
        self.dispatcher.compile(self.types)
        self.dispatcher.disable_compile()
        return self.dispatcher


def linked(rewritten: Rewritten, uncached: bool = True) -> tuple[str | None, Any]:
    """A graph's cache key and its compiled function, from the cache or made anew.

    Files of the cache that cannot be read are removed, and what they held is compiled again.

    Args:
        rewritten: the graph.
        uncached: whether a graph that has no place in the cache is compiled too; else its function is None.
    """

    def attempt() -> tuple[str | None, Any]:
        link = Link(rewritten)
        return link.key, (link.compile() if uncached or link.key is not None else None)

    try:
        return attempt()
    except Exception:
        if not drop_broken():
            raise
    return attempt()


def numba_type(kind: Any) -> Any:
    """Numba's type for the values of a PyTensor type, arrays being C-contiguous and writable."""
    if isinstance(kind, SparseTensorType):
        return numba.typeof(scipy.sparse.csr_matrix((1, 1), dtype=kind.dtype))
    if isinstance(kind, TensorType):
        return numba.typeof(np.zeros((1,) * kind.ndim, kind.dtype))
    if isinstance(kind, RandomType):
        return numba.typeof(np.random.Generator(np.random.SFC64(0)))
    raise TypeError(f"Values of the type {kind} cannot be given to compiled code.")


class CompiledStep:
    """Calls compiled code, which takes arrays in one layout only, with arrays in any layout."""

    def __init__(self, dispatcher: Callable[..., tuple[Any, ...]]) -> None:
        self._dispatcher = dispatcher

    def __call__(self, *values: Any) -> tuple[Any, ...]:
        try:
            return self._dispatcher(*values)
        except TypeError:
            settled = [contiguous(value) for value in values]
            if all(a is b for a, b in zip(settled, values, strict=True)):
                raise
        return self._dispatcher(*settled)


def contiguous(value: Any) -> Any:
    """`value` as compiled code expects it: in C order, aligned and writable."""
    if isinstance(value, np.ndarray) and not value.flags.carray:
        return np.array(value, order="C")
    return value
