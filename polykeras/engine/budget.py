"""A limit on the weights that are made while a model is built from a file.

A configuration is a few letters; what it asks for may be more than the memory holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np


class Budget:
    """What is left.

    Attributes:
        left: numbers that may still be made.
        source: where the configuration comes from, for messages.
    """

    def __init__(self, left: int, source: str) -> None:
        self.left = self.whole = left
        self.source = source

    def spend(self, where: str, shape: Sequence[int]) -> None:
        """Takes the elements of a weight off.

        Raises:
            ValueError: if they are more than is left.
        """
        wanted = int(np.prod([int(size) for size in shape], dtype=object))
        if wanted > self.left:
            raise ValueError(
                f"{self.source}: the layer {where!r} asks for a weight of the shape {tuple(shape)}, which is "
                f"more than there can be: {self.whole:,} numbers in all the weights. The architecture does "
                "not belong to these weights, or the file is damaged."
            )
        self.left -= wanted


_budget: ContextVar[Budget | None] = ContextVar("weight_budget", default=None)


@contextmanager
def weight_budget(elements: int, source: str) -> Iterator[None]:
    """A context in which layers make weights of `elements` numbers at most; an outer limit stays.

    Args:
        elements: the limit.
        source: where the configuration comes from, for messages.
    """
    token = _budget.set(_budget.get() or Budget(elements, source))
    try:
        yield
    finally:
        _budget.reset(token)


def spend(where: str, shape: Sequence[int]) -> None:
    """Takes a weight of the layer `where` off the limit, if there is one.

    Raises:
        ValueError: if it is more than is left.
    """
    budget = _budget.get()
    if budget is not None:
        budget.spend(where, shape)


def memory_elements() -> int:
    """How many float32 numbers half of the machine's memory holds; 2**31 where that is not told."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 8
    except (AttributeError, OSError, ValueError):
        return 2**31
