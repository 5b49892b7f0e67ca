"""Helpers for functions that build symbolic expressions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from .. import backend as K

P = ParamSpec("P")
R = TypeVar("R")


def in_graph_scope(fn: Callable[P, R]) -> Callable[P, R]:
    """Decorator: `fn` runs inside ``K.graph_scope()``, where operators on variables build expressions."""

    @functools.wraps(fn)
    def scoped(*args: P.args, **kwargs: P.kwargs) -> R:
        with K.graph_scope():
            return fn(*args, **kwargs)

    return scoped


def function_name(fn: Any) -> str:
    """The name under which a loss, metric or other callable is shown and saved."""
    name = getattr(fn, "__name__", None)
    if name is None and hasattr(fn, "func"):  # functools.partial
        return function_name(fn.func)
    return str(name or type(fn).__name__)
