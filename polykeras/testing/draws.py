"""Tests whose arguments are drawn at random (by hypothesis), and run on one engine after the other.

A test draws few examples, always the same ones, unless the environment variable ``POLYKERAS_EXAMPLES`` asks
for another number. In use::

    @given(shape=shapes(2, high=5), seed=seeds)
    @examples()
    def test_something(engines, shape, seed):
        x = values(shape, "float32", seed)
        results = on_each(engines, lambda K: K.eval(K.tanh(K.constant(x))))
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from .plugin import fresh

VARIABLE = "POLYKERAS_EXAMPLES"
USUAL = 10

seeds = st.integers(0, 2**31 - 1)


def number_of_examples(usual: int = USUAL) -> int:
    """How many examples a test draws.

    Args:
        usual: the number where the environment variable is not set.

    Raises:
        ValueError: if the variable holds no integer above 0.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return usual
    if not given.isdigit() or int(given) < 1:
        raise ValueError(f"{VARIABLE} must be an integer above 0, got {given!r}.")
    return int(given)


def examples(usual: int = USUAL) -> settings:
    """A decorator: the test draws the same examples in each run, as many as `number_of_examples` says.

    The fixture `K` may be taken beside drawn arguments: its session then lasts for all examples.
    """
    return settings(
        max_examples=number_of_examples(usual),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def shapes(rank: int, low: int = 1, high: int = 6) -> st.SearchStrategy[tuple[int, ...]]:
    """Tuples of `rank` integers from `low` to `high`."""
    return st.tuples(*[st.integers(low, high)] * rank)


def values(shape: tuple[int, ...], dtype: str, seed: int) -> np.ndarray:
    """Normal numbers; integers and booleans are made of them by rounding."""
    numbers = np.random.RandomState(seed).normal(size=shape)
    return numbers.astype(dtype) if np.dtype(dtype).kind == "f" else np.rint(2 * numbers).astype(dtype)


def on_each(names: Iterable[str], compute: Callable[[Any], Any], floatx: str = "float32") -> dict[str, Any]:
    """What ``compute(K)`` gives on each backend, in a session of its own."""
    results = {}
    for name in names:
        with fresh(name, floatx) as K:
            results[name] = compute(K)
    return results
