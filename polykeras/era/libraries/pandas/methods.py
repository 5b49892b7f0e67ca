"""Methods of frames, series and indexes that pandas has no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .columns import put_in, writable
from .ix import Ix


def append(self: Any, other: Any, ignore_index: bool = False, verify_integrity: bool = False) -> Any:
    """The rows of a frame, and behind them those of others."""
    import pandas

    if self.ndim == 1:
        others = [*other] if isinstance(other, (list, tuple)) else [other]
        return pandas.concat([self, *others], ignore_index=ignore_index, verify_integrity=verify_integrity)
    if isinstance(other, dict):
        if not ignore_index:
            raise TypeError("Can only append a dict if ignore_index=True")
        other = pandas.Series(other)
    if isinstance(other, pandas.Series):
        if other.name is None and not ignore_index:
            raise TypeError("Can only append a Series if ignore_index=True or if the Series has a name")
        row = other.reindex(self.columns.append(other.index.difference(self.columns, sort=False)))
        other = pandas.DataFrame([row.to_numpy()], index=[other.name], columns=row.index).infer_objects()
    elif isinstance(other, (list, tuple)) and other and not hasattr(other[0], "columns"):
        other = pandas.DataFrame(list(other))
    frames = [*other] if isinstance(other, (list, tuple)) else [other]
    if not len(self.columns):
        # A frame without columns takes those of the first rows.
        frames = [frame for frame in frames if len(frame)]
        return (
            frames[0].reset_index(drop=True) if len(frames) == 1 and ignore_index else pandas.concat(frames)
        )
    kept = [frame for frame in (self, *frames) if len(frame)] or [self]
    return pandas.concat(
        kept, ignore_index=ignore_index, verify_integrity=verify_integrity, sort=True
    ).reindex(columns=_columns(self, frames))


def _columns(first: Any, others: list[Any]) -> list[Any]:
    """The columns of all: as in the first if they are the same, else sorted."""
    names = list(first.columns)
    more = [name for frame in others for name in frame.columns if name not in first.columns]
    if not more:
        return names
    every = list(dict.fromkeys([*names, *more]))
    try:
        return sorted(every)
    except TypeError:
        return every


def as_matrix(self: Any, columns: Any = None) -> np.ndarray:
    """The values as an array."""
    owner = self if columns is None else self[columns]
    array = owner.values
    return array if columns is not None else writable(self, array, lambda: self.values)


def set_value(self: Any, *place_and_value: Any, takeable: bool = False) -> Any:
    """Sets one value, of ``index`` and ``col`` in a frame or ``label`` in a series; returns the owner."""
    *place, value = place_and_value
    indexer = (self.iat if self.ndim == 2 else self.iloc) if takeable else self.loc
    put_in(self, indexer.__setitem__, tuple(place) if self.ndim == 2 else place[0], value, takeable)
    return self


def get_value(self: Any, *place: Any, takeable: bool = False) -> Any:
    """One value."""
    if self.ndim == 1:
        return self.iloc[place[0]] if takeable else self.loc[place[0]]
    return self.iat[place] if takeable else self.at[place]


def iteritems(self: Any) -> Iterator[Any]:
    """Pairs of label and value, or of column's name and column."""
    return self.items()


def sort(
    self: Any,
    columns: Any = None,
    axis: int = 0,
    ascending: Any = True,
    inplace: bool = False,
    kind: str = "quicksort",
    na_position: str = "last",
) -> Any:
    """A frame sorted by columns, or by its index."""
    options = {"ascending": ascending, "inplace": inplace, "kind": kind, "na_position": na_position}
    if columns is None:
        return self.sort_index(axis=axis, **options)
    by = list(columns) if isinstance(columns, tuple) else columns
    return self.sort_values(by, axis=axis, **options)


def sort_series(
    self: Any,
    axis: int = 0,
    ascending: bool = True,
    kind: str = "quicksort",
    na_position: str = "last",
    inplace: bool = True,
) -> Any:
    """Sorts a series itself."""
    return self.sort_values(ascending=ascending, kind=kind, na_position=na_position, inplace=inplace)


def order(
    self: Any,
    na_last: bool | None = None,
    ascending: bool = True,
    kind: str = "quicksort",
    na_position: str = "last",
    inplace: bool = False,
) -> Any:
    """A series sorted by its values."""
    position = {None: na_position, True: "last", False: "first"}[na_last]
    return self.sort_values(ascending=ascending, kind=kind, na_position=position, inplace=inplace)


def mad(self: Any, axis: Any = 0, skipna: bool = True, level: Any = None) -> Any:
    """The mean absolute deviation from the mean."""
    if self.ndim == 1:
        return (self - self.mean(skipna=skipna)).abs().mean(skipna=skipna)
    data = self.select_dtypes("number")
    centred = data.sub(data.mean(axis=axis, skipna=skipna), axis=1 if axis in (0, None, "index") else 0)
    return centred.abs().mean(axis=axis or 0, skipna=skipna)


def lookup(self: Any, row_labels: Any, col_labels: Any) -> np.ndarray:
    """The value of each pair of row and column."""
    if len(row_labels) != len(col_labels):
        raise ValueError(
            f"as many row labels as column labels are wanted: {len(row_labels)}, {len(col_labels)}"
        )
    return np.array([self.at[place] for place in zip(row_labels, col_labels, strict=True)])


def select(self: Any, crit: Callable[[Any], bool], axis: Any = 0) -> Any:
    """The rows or columns whose labels a function accepts."""
    number = self._get_axis_number(axis)
    chosen = [label for label in self.axes[number] if crit(label)]
    return self.reindex(chosen, axis=number)


def convert_objects(
    self: Any,
    convert_dates: Any = True,
    convert_numeric: Any = False,
    convert_timedeltas: Any = True,
    copy: bool = True,
) -> Any:
    """Objects in dtypes of their own; with ``convert_numeric`` what is no number becomes NaN."""
    import pandas

    if self.ndim == 1:
        if not convert_numeric or self.dtype != object:
            return self.infer_objects()
        numbers = pandas.to_numeric(self, errors="coerce")
        return numbers if numbers.notna().any() else self.infer_objects()
    converted = {
        name: convert_objects(column, convert_dates, convert_numeric) for name, column in self.items()
    }
    return pandas.DataFrame(converted, index=self.index, columns=self.columns)


def reindex_axis(self: Any, labels: Any, axis: Any = 0, **options: Any) -> Any:
    """Rows or columns by their labels, with NaN for those missing."""
    return self.reindex(labels, axis=axis, **options)


def irow(self: Any, i: Any) -> Any:
    """A row by its position."""
    return self.iloc[i]


def icol(self: Any, i: Any) -> Any:
    """A column by its position."""
    return self.iloc[:, i]


def iget_value(self: Any, i: int, j: int) -> Any:
    """A value by its position."""
    return self.iat[i, j]


def sortlevel(self: Any, level: Any = 0, axis: Any = 0, ascending: Any = True, inplace: bool = False) -> Any:
    """Sorted by a level of an axis."""
    return self.sort_index(level=level, axis=axis, ascending=ascending, inplace=inplace)


def from_items(cls: Any, items: Any, columns: Any = None, orient: str = "columns") -> Any:
    """A frame of pairs of name and values."""
    pairs = dict(items)
    if orient == "index":
        return cls.from_dict(pairs, orient="index", columns=columns)
    return cls(pairs, columns=columns if columns is not None else list(pairs))


def from_csv(
    cls: Any,
    path: Any,
    header: Any = 0,
    sep: str = ",",
    index_col: Any = 0,
    parse_dates: Any = True,
    **more: Any,
) -> Any:
    """A frame from a file whose first column is the index."""
    import pandas

    found = pandas.read_csv(
        path, header=header, sep=sep, index_col=index_col, parse_dates=parse_dates, **more
    )
    return found if cls is pandas.DataFrame else found.iloc[:, 0]


def get_dtype_counts(self: Any) -> Any:
    """How many columns have each dtype."""
    return self.dtypes.astype(str).value_counts().sort_index()


def weekday_name(self: Any) -> Any:
    """The names of the days of the week."""
    return self.day_name()


def week(self: Any) -> Any:
    """The numbers of the weeks of the year."""
    return self.isocalendar().week.astype("int64")


def _getter(make: Callable[[Any], Any]) -> property:
    return property(make)


_BOTH: dict[str, Any] = {
    "append": append,
    "as_matrix": as_matrix,
    "convert_objects": convert_objects,
    "get_value": get_value,
    "get_values": lambda self: self.values,
    "iteritems": iteritems,
    "iterkv": iteritems,
    "ix": _getter(Ix),
    "mad": mad,
    "reindex_axis": reindex_axis,
    "set_value": set_value,
    "sortlevel": sortlevel,
    "from_csv": classmethod(from_csv),
}
FRAME: dict[str, Any] = {
    **_BOTH,
    "applymap": lambda self, func, **options: self.map(func, **options),
    "from_items": classmethod(from_items),
    "ftypes": _getter(lambda self: self.dtypes.astype(str) + ":dense"),
    "get_dtype_counts": get_dtype_counts,
    "icol": icol,
    "iget_value": iget_value,
    "irow": irow,
    "lookup": lookup,
    "sort": sort,
}
SERIES: dict[str, Any] = {
    **_BOTH,
    "compress": lambda self, condition: self[np.asarray(condition, bool)],
    "iget": irow,
    "iget_value": irow,
    "irow": irow,
    "is_monotonic": _getter(lambda self: self.is_monotonic_increasing),
    "nonzero": lambda self: np.asarray(self.array).nonzero(),
    "order": order,
    "ptp": lambda self: self.max() - self.min(),
    "ravel": lambda self, order="C": np.asarray(self.array).ravel(order),
    "reshape": lambda self, *shape, **options: np.asarray(self.array).reshape(*shape, **options),
    "select": select,
    "sort": sort_series,
    "valid": lambda self: self.dropna(),
}
INDEX: dict[str, Any] = {
    "get_duplicates": lambda self: sorted(self[self.duplicated()].unique()),
    "get_values": lambda self: self.values,
    "is_monotonic": _getter(lambda self: self.is_monotonic_increasing),
    "ravel": lambda self, order="C": np.asarray(self.array),
}
DATES: dict[str, Any] = {
    "week": _getter(week),
    "weekofyear": _getter(week),
    "weekday_name": _getter(weekday_name),
}
