"""Values of variables and constants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def constant(value: Any, dtype: str = "float64", shape: Sequence[int] | None = None) -> np.ndarray:
    if shape is None:
        return np.array(value, dtype)
    result = np.empty(tuple(shape), dtype)
    result[...] = value
    return result


def zeros(shape: Sequence[int], dtype: str = "float64") -> np.ndarray:
    return constant(0, dtype, shape)


def ones(shape: Sequence[int], dtype: str = "float64") -> np.ndarray:
    return constant(1, dtype, shape)


def eye(size: int, dtype: str = "float64") -> np.ndarray:
    return np.array([[row == column for column in range(size)] for row in range(size)], dtype)
