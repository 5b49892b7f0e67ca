"""Sizes and counts as NumPy took them up to 1.11: numbers with a point, too, cut to integers."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Collection
from typing import Any

import numpy as np


def whole(value: Any) -> Any:
    """A size or a tuple of sizes as integers; what is no number stays as it is."""
    if isinstance(value, (list, tuple)):
        return tuple(_single(each) for each in value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        _warn_if_cut(value)
        return value.astype(np.intp)
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, (float, np.floating)):
        _warn_if_cut(value)
        return int(value)
    return whole(value) if isinstance(value, (list, tuple)) else value


def _warn_if_cut(value: Any) -> None:
    if np.any(value != np.trunc(value)):
        warnings.warn(
            f"{value} is not an integer: it is cut to one, as NumPy did up to 1.11",
            np.exceptions.VisibleDeprecationWarning,
            stacklevel=5,
        )


def with_sizes(
    function: Callable[..., Any], positions: Collection[int] | None, names: Collection[str]
) -> Callable[..., Any]:
    """A function whose sizes may be numbers with a point.

    Args:
        function: the function.
        positions: which of its arguments are sizes; None: all of them.
        names: what these are called.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        sizes = [
            whole(each) if positions is None or at in positions else each for at, each in enumerate(args)
        ]
        return function(
            *sizes, **{key: whole(each) if key in names else each for key, each in kwargs.items()}
        )

    return call
