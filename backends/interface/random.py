"""Random tensors: new numbers at each call of the function that they are part of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from .variables import Variables


class Random(Variables):
    """Random operations.

    Args of all: `shape`, integers or symbolic integers; `dtype`, `floatx` by default; `seed`, drawn from
    numpy's global generator when the operation is made if None, so that `numpy.random.seed` makes a program
    repeatable. The numbers of two engines differ.
    """

    @abstractmethod
    def random_uniform(
        self,
        shape: Sequence[Any],
        low: float = 0.0,
        high: float = 1.0,
        dtype: str | None = None,
        seed: int | None = None,
    ) -> Any:
        """Uniform numbers of [low, high)."""

    @abstractmethod
    def random_normal(
        self,
        shape: Sequence[Any],
        mean: float = 0.0,
        std: float = 1.0,
        dtype: str | None = None,
        seed: int | None = None,
    ) -> Any:
        """Normal numbers of the given mean and standard deviation."""

    @abstractmethod
    def random_binomial(
        self, shape: Sequence[Any], p: float = 0.0, dtype: str | None = None, seed: int | None = None
    ) -> Any:
        """1 with probability `p`, else 0."""
