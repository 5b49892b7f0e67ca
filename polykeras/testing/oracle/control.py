"""Conditions, loops, and operations that change no value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _value(x: Any) -> Any:
    return x() if callable(x) else x


def switch(condition: Any, then_expression: Any, else_expression: Any) -> np.ndarray:
    condition, yes, no = np.asarray(condition), _value(then_expression), _value(else_expression)
    wide = condition.reshape(condition.shape + (1,) * (np.ndim(yes) - condition.ndim))
    return np.where(wide != 0, yes, no)


def foldl(fn: Callable[[Any, Any], Any], elems: np.ndarray, initializer: Any = None) -> Any:
    rows = list(elems)
    total = rows.pop(0) if initializer is None else initializer
    for row in rows:
        total = fn(total, row)
    return total


def foldr(fn: Callable[[Any, Any], Any], elems: np.ndarray, initializer: Any = None) -> Any:
    return foldl(fn, np.array(list(elems)[::-1]), initializer)


def map_fn(fn: Callable[..., Any], elems: Any) -> np.ndarray:
    several = elems if isinstance(elems, (list, tuple)) else [elems]
    return np.array([fn(*rows) for rows in zip(*several, strict=True)])


def stop_gradient(variables: Any) -> Any:
    return variables


def print_tensor(x: np.ndarray, message: str = "") -> np.ndarray:
    return x
