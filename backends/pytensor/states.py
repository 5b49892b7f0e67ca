"""Random states: one shared generator for each random operation, advanced by each call of a function."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytensor.tensor as pt


class RandomStates:
    """What makes random operations draw anew at each call."""

    _draws: tuple[list[tuple[Any, Any]], ...] = ()

    def random_rng(self, seed: int) -> Any:
        """A shared random generator for one random operation, its first state made from `seed`."""
        generator = np.random.Generator(np.random.SFC64(seed))
        return pt.random.shared_rng(generator, name="random_state", borrow=True)

    def register_rng_update(self, rng: Any, next_rng: Any) -> None:
        """Says which state follows that of `rng` when a function has drawn from it."""
        rng.tag.polykeras_next = next_rng
        if self._draws:
            self._draws[-1].append((rng, next_rng))

    @contextmanager
    def random_draws(self) -> Iterator[list[tuple[Any, Any]]]:
        """Context in which the list it gives takes up each random state that is registered, with its next.

        To be used inside ``graph_scope()``.
        """
        found: list[tuple[Any, Any]] = []
        self._draws = (*self._draws, found)
        try:
            yield found
        finally:
            self._draws = self._draws[:-1]
