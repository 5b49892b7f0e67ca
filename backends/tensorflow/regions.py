"""Regions of a traced function that XLA compiles.

XLA makes one program of a loop over small operations, and one pass over memory of a chain of element-wise
ones; it needs to know all sizes, and takes a while to compile. So a region is compiled only where the sizes
are known when the function is traced and there is enough to gain; elsewhere TensorFlow runs the operations
one by one, with the same results but for rounding. Where XLA refuses at the first run, the function is
traced anew without regions (see `Program`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import tensorflow as tf


class Regions:
    """An account of the regions of one trace.

    Attributes:
        allowed: whether regions are compiled.
        compiled: how many are.
        open: how many are not, for the only reason that a size was not known.
        refused: whether there is an operation that XLA would leave out; see `refuse`.
    """

    def __init__(self, allowed: bool) -> None:
        self.allowed = allowed
        self.compiled = 0
        self.open = 0
        self.refused = False


_current: ContextVar[Regions | None] = ContextVar("polykeras_regions", default=None)


@contextmanager
def tracing(allowed: bool) -> Iterator[Regions]:
    """Context in which a function is traced: `region` compiles there, if `allowed`."""
    token = _current.set(Regions(allowed))
    try:
        yield _current.get()  # type: ignore[misc]
    finally:
        _current.reset(token)


def allowed() -> bool:
    """Whether a region would be compiled here."""
    regions = _current.get()
    return regions is not None and regions.allowed


def refuse() -> None:
    """Says that what is being traced must not be compiled: XLA would leave an operation out."""
    regions = _current.get()
    if regions is not None:
        regions.refused = True


class Region:
    """A function that XLA compiles, where that is possible and worthwhile.

    XLA keeps what it has compiled for as long as the process lives: a region is made once and used in all
    functions. Where the function holds what XLA would leave out, see `refuse`, it is not compiled.

    Args:
        function: returns a structure of tensors; it refers to no tensors but those that it is given.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._compiled = tf.function(function, jit_compile=True, autograph=False)
        self._refusing: set[Any] = set()

    def __call__(self, arguments: Sequence[Any], worthwhile: bool = True) -> Any:
        """``function(*arguments)``.

        Args:
            arguments: structures of tensors, or None.
            worthwhile: whether there is enough to compute.
        """
        regions = _current.get()
        if regions is None or not regions.allowed or not worthwhile:
            return self._function(*arguments)
        given = [each for each in tf.nest.flatten(list(arguments)) if each is not None]
        if not all(each.shape.is_fully_defined() for each in given):
            regions.open += 1
            return self._function(*arguments)
        if self._refuses(regions, arguments):
            return self._function(*arguments)
        regions.compiled += 1
        return self._compiled(*arguments)

    def _refuses(self, regions: Regions, arguments: Sequence[Any]) -> bool:
        """Traces the function unless it was for such arguments; whether it must not be compiled."""
        before, regions.refused = regions.refused, False
        name = self._compiled.get_concrete_function(*arguments).name
        if regions.refused:
            self._refusing.add(name)
        refuses = name in self._refusing
        regions.refused = before or refuses
        return refuses
