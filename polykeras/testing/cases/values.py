"""Arrays to call operations with: fixed, without ties, and away from the kinks of functions."""

from __future__ import annotations

import numpy as np


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal numbers, all different."""
    return np.random.RandomState(seed + 17 * len(shape) + sum(shape)).normal(size=shape)


def uniform(low: float, high: float, *shape: int, seed: int = 0) -> np.ndarray:
    """Uniform numbers of [low, high)."""
    return np.random.RandomState(seed + 17 * len(shape) + sum(shape)).uniform(low, high, size=shape)


def positive(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers of [0.2, 2)."""
    return uniform(0.2, 2, *shape, seed=seed)


def away(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers of both signs, at least 0.1 from zero."""
    x = normal(*shape, seed=seed)
    return np.where(x < 0, x - 0.1, x + 0.1)


def apart(*shape: int, seed: int = 0) -> np.ndarray:
    """Numbers in no order, at least 0.25 from one another and 0.1 from zero."""
    count = int(np.prod(shape, dtype=np.int64))
    order = np.random.RandomState(seed + count).permutation(count)
    return ((order - count // 2) * 0.25 + 0.125).reshape(shape)


def integers(*shape: int, low: int = -4, high: int = 5, dtype: str = "int32", seed: int = 0) -> np.ndarray:
    """Integers of [low, high)."""
    return np.random.RandomState(seed + sum(shape)).randint(low, high, size=shape).astype(dtype)


def flags(*shape: int, seed: int = 0) -> np.ndarray:
    """Booleans, both among them."""
    count = int(np.prod(shape, dtype=np.int64))
    bits = np.arange(count) % 2 == 0
    return np.random.RandomState(seed + count).permutation(bits).reshape(shape)


def probabilities(*shape: int, seed: int = 0) -> np.ndarray:
    """Positive numbers that sum to 1 along the last axis."""
    x = positive(*shape, seed=seed)
    return x / x.sum(axis=-1, keepdims=True)
