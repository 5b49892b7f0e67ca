"""pandas as releases 0.16 to 0.22 had it."""

from __future__ import annotations

import functools
import importlib
import warnings
from types import ModuleType
from typing import Any

from ... import views
from ...homes import gone, mirror, moved, refusing
from ...imports import ImportHooks
from ...patches import Patches

_OWN = __name__
_REMOTE = (
    "it is the package pandas-datareader today: pip install pandas-datareader, import pandas_datareader.data"
)
_PANEL = "use a frame with a MultiIndex, or the package xarray"
_HOMES: dict[str, str | tuple[str, ...]] = {
    "pandas.tools.merge": "pandas",
    "pandas.tools.pivot": "pandas",
    "pandas.tools.plotting": "pandas.plotting",
    "pandas.tools.tile": "pandas",
    "pandas.tools.util": "pandas.core.tools.numeric",
    "pandas.util.testing": ("pandas.testing", "pandas._testing"),
    "pandas.core.index": "pandas.core.indexes.api",
    "pandas.core.datetools": "pandas.tseries.offsets",
    "pandas.core.categorical": "pandas",
    "pandas.formats.format": "pandas.io.formats.format",
    "pandas.lib": ("pandas._libs.lib", "pandas"),
    "pandas.tslib": ("pandas._libs.tslib", "pandas"),
    "pandas.hashtable": "pandas._libs.hashtable",
    "pandas.parser": "pandas._libs.parsers",
    "pandas.types.common": "pandas.api.types",
    "pandas.tseries.tools": "pandas",
    "pandas.tseries.index": "pandas",
    "pandas.computation.expressions": "pandas.core.computation.expressions",
}
_PACKAGES = ("tools", "formats", "types", "stats", "computation")
_INDEXES = {"Int64Index": "integer", "Float64Index": "floating", "UInt64Index": "integer"}


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what pandas lacks today."""
    moved(hooks, {name: home for name, home in _HOMES.items() if home != "pandas"})
    for name, home in _HOMES.items():
        if home == "pandas":
            hooks.provide(name, _old_home)
    for name in _PACKAGES:
        hooks.provide(f"pandas.{name}", ModuleType, package=True)
    hooks.provide("pandas.stats.moments", _moments)
    gone(hooks, {f"pandas.io.{name}": _REMOTE for name in ("data", "wb", "ga")})
    gone(hooks, {"pandas.stats.api": "use the package statsmodels (statsmodels.api.OLS)"})
    gone(hooks, {"pandas.rpy.common": "use the package rpy2"})
    hooks.watch("pandas", _supply)
    views.override("pandas", _functions)


def _functions(module: ModuleType) -> dict[str, Any]:
    return importlib.import_module(f"{_OWN}.reading").functions(module)


def _old_home(name: str) -> ModuleType:
    """A module whose names are in the package itself today, as the program's own files see them."""
    module = mirror("pandas")(name)
    vars(module).update(_functions(importlib.import_module("pandas")))
    return module


def _moments(name: str) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(importlib.import_module(f"{_OWN}.windows").FUNCTIONS)
    return module


class _OfKind(type):
    """Classes of indexes that differ by their values' kind alone today."""

    kinds = _INDEXES

    def __call__(cls, data: Any = None, dtype: Any = None, copy: bool = False, name: Any = None) -> Any:
        import pandas

        wanted = {"Int64Index": "int64", "Float64Index": "float64", "UInt64Index": "uint64"}[cls.__name__]
        return pandas.Index(data, dtype=dtype or wanted, copy=copy, name=name)

    def __instancecheck__(cls, value: Any) -> bool:
        return str(getattr(value, "inferred_type", "")) == _INDEXES[cls.__name__]


def _supply(pandas: Any, patches: Patches) -> None:
    """Supplies names of the package, and methods of its classes."""
    import datetime

    import numpy as np

    methods = importlib.import_module(f"{_OWN}.methods")
    reading = importlib.import_module(f"{_OWN}.reading")
    patches.supply_all(pandas, importlib.import_module(f"{_OWN}.windows").FUNCTIONS)
    patches.supply_all(pandas, {name: _OfKind(name, (), {}) for name in _INDEXES})
    patches.supply_all(
        pandas,
        {
            "Panel": refusing("pandas.Panel", _PANEL),
            "TimeGrouper": reading.time_grouper,
            "datetime": datetime.datetime,
            "match": lambda to_match, values: pandas.Index(values).get_indexer(to_match),
            "np": np,
            "ordered_merge": pandas.merge_ordered,
            "scatter_matrix": pandas.plotting.scatter_matrix,
            "value_counts": lambda values, **options: pandas.Series(values).value_counts(**options),
        },
    )
    patches.supply_all(pandas.core.common, {"isnull": pandas.isnull, "notnull": pandas.notnull})
    patches.supply(pandas.io.json, "json_normalize", pandas.json_normalize)
    patches.supply_all(pandas.DataFrame, methods.FRAME)
    patches.supply_all(pandas.Series, methods.SERIES)
    patches.supply_all(pandas.Index, methods.INDEX)
    patches.supply(pandas.MultiIndex, "labels", property(lambda self: self.codes))
    patches.supply_all(pandas.DatetimeIndex, methods.DATES)
    patches.supply_all(
        importlib.import_module("pandas.core.indexes.accessors").DatetimeProperties, methods.DATES
    )
    _keep_objects(pandas, patches)
    importlib.import_module(f"{_OWN}.columns").install(pandas, patches)
    importlib.import_module(f"{_OWN}.series").install(pandas, patches)
    _widen(pandas, patches)


def _keep_objects(pandas: Any, patches: Patches) -> None:
    """Texts are columns of objects, as programs of the time take for granted (``dtype == object``)."""
    name = "future.infer_string"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            before = pandas.get_option(name)
        except pandas.errors.OptionError:
            return
    if before:
        _set_quietly(pandas, name, False)
        patches.when_undone(functools.partial(_set_quietly, pandas, name, before))


def _set_quietly(pandas: Any, name: str, value: Any) -> None:
    """Sets an option that pandas means to take away one day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pandas.set_option(name, value)


def _widen(pandas: Any, patches: Patches) -> None:
    """Has methods take the arguments of the time."""
    from ...arguments import taking

    tables = importlib.import_module(f"{_OWN}.tables")
    filling = importlib.import_module(f"{_OWN}.filling")
    for kind, table in ((pandas.DataFrame, tables.FRAME), (pandas.Series, tables.SERIES)):
        for name, then in table.items():
            title = f"{kind.__name__}.{name}"
            patches.widen(kind, name, functools.partial(taking, then=then, title=title, method=True))
        for name in tables.STATISTICS:
            title = f"{kind.__name__}.{name}"
            patches.widen(
                kind, name, functools.partial(taking, then=tables.AXIS_FIRST, title=title, method=True)
            )
        patches.widen(kind, "fillna", filling.fillna)
        patches.widen(kind, "resample", filling.resample)
    grouped = importlib.import_module("pandas.core.groupby")
    for kind in (grouped.DataFrameGroupBy, grouped.SeriesGroupBy):
        for name in ("agg", "aggregate"):
            patches.widen(kind, name, filling.aggregate)
