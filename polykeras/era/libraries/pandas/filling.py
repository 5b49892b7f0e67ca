"""Methods that took other work on themselves: filling, resampling, grouping."""

from __future__ import annotations

import functools
from typing import Any

from .frequencies import today

_FILLERS = {"ffill": "ffill", "pad": "ffill", "bfill": "bfill", "backfill": "bfill"}
_FILLNA = ("value", "method", "axis", "inplace", "limit", "downcast")


def fillna(function: Any) -> Any:
    """`fillna` with ``method='ffill'``, and positional arguments."""

    @functools.wraps(function)
    def fill(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) < 2 and not {"method", "downcast"}.intersection(kwargs):
            return function(self, *args, **kwargs)
        options = {**dict(zip(_FILLNA, args, strict=False)), **kwargs}
        method = options.pop("method", None)
        options.pop("downcast", None)
        if method is None:
            return function(self, **options)
        if method not in _FILLERS:
            raise ValueError(f"fillna: method must be one of {', '.join(_FILLERS)}; got {method!r}")
        if options.pop("value", None) is not None:
            raise ValueError("fillna takes a value or a method, not both")
        if options.get("axis", 0) is None:
            del options["axis"]
        return getattr(self, _FILLERS[method])(**options)

    return fill


def resample(function: Any) -> Any:
    """`resample` with ``how=`` and ``fill_method=``."""

    @functools.wraps(function)
    def sample(self: Any, rule: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], str) and args[0] in _STATISTICS:
            kwargs["how"], args = args[0], args[1:]
        how, filling = kwargs.pop("how", None), kwargs.pop("fill_method", None)
        for name in ("axis", "kind", "limit", "loffset"):
            if kwargs.get(name, 0) in (0, None):
                kwargs.pop(name, None)
        if kwargs.get("base", 0) == 0:
            kwargs.pop("base", None)
        resampler = function(self, today(rule), *args, **kwargs)
        if how is None and filling is None:
            return resampler
        if how is None:
            return getattr(resampler, _FILLERS[filling])()
        found = resampler.agg(how)
        return found if filling is None else getattr(found, _FILLERS[filling])()

    return sample


_STATISTICS = ("mean", "sum", "median", "min", "max", "first", "last", "count", "std", "var", "ohlc", "size")


def aggregate(function: Any) -> Any:
    """`agg` of groups by ``{'column': {'name': function}}``, and of a column by ``{'name': function}``."""

    @functools.wraps(function)
    def agg(self: Any, func: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(func, dict) or not func:
            return function(self, func, *args, **kwargs)
        if getattr(self, "ndim", 2) == 1:
            return function(self, **func)
        if not any(isinstance(value, dict) for value in func.values()):
            return function(self, func, *args, **kwargs)
        import pandas

        parts = {}
        for column, wanted in func.items():
            named = wanted if isinstance(wanted, dict) else {getattr(wanted, "__name__", wanted): wanted}
            for name, one in named.items():
                parts[column, name] = self[column].agg(one)
        return pandas.concat(parts, axis=1)

    return agg
