"""Items of a series by position, several axes, and other ways that series and indexes have changed."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...callers import from_program
from ...patches import Patches
from .ix import is_positional


def _get(function: Any) -> Any:
    """`Series.__getitem__`, with positions where the labels are no numbers, and ``s[:, None]``."""

    @functools.wraps(function)
    def get(self: Any, key: Any) -> Any:
        try:
            return function(self, key)
        except (KeyError, ValueError, TypeError):
            if not from_program():
                raise
            if isinstance(key, tuple) and any(part is None for part in key):
                return np.asarray(self.array)[key]
            if isinstance(key, tuple) or not is_positional(self.index, key):
                raise
            return self.iloc[key]

    return get


def _set(function: Any) -> Any:
    """`Series.__setitem__`, with positions where the labels are no numbers."""

    @functools.wraps(function)
    def put(self: Any, key: Any, value: Any) -> None:
        positional = not isinstance(key, (slice, tuple)) and from_program() and is_positional(self.index, key)
        if (
            positional
            and np.all(np.asarray(key) < len(self))
            and not self.index.isin(np.atleast_1d(key)).any()
        ):
            self.iloc[key] = value
        else:
            function(self, key, value)

    return put


def _position_or_label(today: Any, label: str) -> Any:
    """`argmax` and `argmin`, which gave labels."""

    @functools.wraps(today)
    def find(self: Any, *args: Any, **kwargs: Any) -> Any:
        return (
            getattr(self, label)()
            if from_program() and not (args or kwargs)
            else today(self, *args, **kwargs)
        )

    return find


def _numbers_alone(function: Any) -> Any:
    """A statistic that leaves out the columns that are no numbers, where it cannot be computed of them."""

    @functools.wraps(function)
    def compute(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return function(self, *args, **kwargs)
        except (TypeError, ValueError):
            if kwargs.get("numeric_only") or not from_program():
                raise
            return function(self, *args, **{**kwargs, "numeric_only": True})

    return compute


def _set_operation(function: Any, name: str) -> Any:
    """``&`` and ``|`` of indexes, which were intersection and union."""

    @functools.wraps(function)
    def combine(self: Any, other: Any) -> Any:
        sets = hasattr(other, "union") or isinstance(other, (list, set))
        if sets and self.inferred_type != "boolean" and from_program():
            return getattr(self, name)(other)
        return function(self, other)

    return combine


def _replace(function: Any) -> Any:
    """`Series.str.replace`, whose pattern was a regular expression unless it was one character."""

    @functools.wraps(function)
    def replace(self: Any, pat: Any, *args: Any, **kwargs: Any) -> Any:
        if "regex" not in kwargs and len(args) < 5 and from_program():
            kwargs["regex"] = not isinstance(pat, str) or len(pat) > 1
        return function(self, pat, *args, **kwargs)

    return replace


_STATISTICS = (
    "mean",
    "median",
    "std",
    "var",
    "sem",
    "skew",
    "kurt",
    "prod",
    "quantile",
    "corr",
    "cov",
    "sum",
)
_GROUPED = ("mean", "median", "std", "var", "sem", "sum", "prod")


def install(pandas: Any, patches: Patches) -> None:
    """Has series, statistics and indexes go their old ways for the program's own files."""
    from pandas.core.groupby import DataFrameGroupBy
    from pandas.core.strings.accessor import StringMethods

    patches.widen(pandas.Series, "__getitem__", _get)
    patches.widen(pandas.Series, "__setitem__", _set)
    patches.widen(pandas.Series, "argmax", functools.partial(_position_or_label, label="idxmax"))
    patches.widen(pandas.Series, "argmin", functools.partial(_position_or_label, label="idxmin"))
    for name in _STATISTICS:
        patches.widen(pandas.DataFrame, name, _numbers_alone)
    for name in _GROUPED:
        patches.widen(DataFrameGroupBy, name, _numbers_alone)
    patches.widen(pandas.Index, "__and__", functools.partial(_set_operation, name="intersection"))
    patches.widen(pandas.Index, "__or__", functools.partial(_set_operation, name="union"))
    patches.widen(StringMethods, "replace", _replace)
