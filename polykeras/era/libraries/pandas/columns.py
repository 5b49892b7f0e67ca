"""Writes through a column to its frame, as they were before pandas had copy-on-write.

``df['a'][mask] = 0`` and ``df['a'].fillna(0, inplace=True)`` changed the frame. Since pandas 3 they change a
column that is thrown away. A column that one of the program's own files takes out of a frame remembers it;
what is then written into the column is written into the frame too, as long as the frame has that column.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ...callers import from_program
from ...patches import Patches

_MARK = "_era_column"
_REFUSED = "Invalid value"  # how pandas begins to say that a value does not fit a column's dtype
_INPLACE = ("fillna", "replace", "ffill", "bfill", "clip", "interpolate", "mask", "where")


def remember(frame: Any, key: Any, column: Any) -> Any:
    """Has a column remember where it is from."""
    if hasattr(column, "_mgr") and column.ndim == 1 and len(column) == len(frame):
        vars(column)[_MARK] = (weakref.ref(frame), key)
    return column


def home(column: Any) -> tuple[Any, Any] | None:
    """The frame that a column is from and its key there, if the frame has it still."""
    mark = vars(column).get(_MARK)
    frame = mark[0]() if mark is not None else None
    if frame is None or mark is None or mark[1] not in frame.columns:
        return None
    current = frame[mark[1]]
    if current.ndim != 1 or not current._mgr.references_same_values(column._mgr, 0):
        return None
    return frame, mark[1]


def write_back(column: Any, place: tuple[Any, Any] | None) -> None:
    """Puts a column that has been changed into its frame.

    Args:
        column: the column.
        place: what `home` said before the change.
    """
    if place is not None and len(column) == len(place[0]):
        place[0][place[1]] = column


def fitting_dtype(dtype: Any, value: Any) -> Any:
    """A dtype that takes both the values of a column and a new one."""
    given = np.asarray(value).dtype
    if not isinstance(dtype, np.dtype) or dtype.kind not in "biuf" or given.kind not in "iuf":
        return np.dtype(object)
    return np.dtype(object) if dtype.kind == "b" else np.result_type(dtype, given)


def put_in(
    owner: Any, put: Callable[[Any, Any], None], key: Any, value: Any, by_position: bool = False
) -> None:
    """Sets items, such that the dtype follows the value where they do not fit, and a frame its column.

    Args:
        owner: frame or series.
        put: sets the items, of the owner or of its ``loc`` and kin.
        key: of the items.
        value: for them.
        by_position: whether the key holds positions, not labels.
    """
    place = home(owner) if owner.ndim == 1 else None
    try:
        put(key, value)
    except TypeError as error:
        if not str(error).startswith(_REFUSED):
            raise
        _refit(owner, key, value, by_position)
        put(key, value)
    write_back(owner, place)


def _refit(owner: Any, key: Any, value: Any, by_position: bool) -> None:
    """Gives the columns that a key names a dtype that takes a value too."""
    if owner.ndim == 1:
        owner._mgr = owner.astype(fitting_dtype(owner.dtype, value))._mgr
        return
    chosen = owner.columns
    if isinstance(key, tuple) and len(key) == 2 and owner.index.nlevels == 1:
        part = [key[1]] if np.isscalar(key[1]) else key[1]
        row = owner.iloc[:0]
        chosen = (row.iloc if by_position else row.loc)[:, part].columns
    for name in chosen:
        owner[name] = owner[name].astype(fitting_dtype(owner[name].dtype, value))


def _take(function: Any) -> Any:
    """`DataFrame.__getitem__` and `__getattr__`: the program's columns remember their frame."""

    @functools.wraps(function)
    def take(self: Any, key: Any) -> Any:
        found = function(self, key)
        return remember(self, key, found) if self.ndim == 2 and from_program() else found

    return take


def _put(function: Any) -> Any:
    """`__setitem__` of series and indexers."""

    @functools.wraps(function)
    def put(self: Any, key: Any, value: Any) -> None:
        if from_program():
            by_position = type(self).__name__ in ("_iLocIndexer", "_iAtIndexer")
            put_in(getattr(self, "obj", self), functools.partial(function, self), key, value, by_position)
        else:
            function(self, key, value)

    return put


def _inplace(function: Any, always: bool = False) -> Any:
    @functools.wraps(function)
    def change(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.ndim != 1 or not (always or kwargs.get("inplace") is True) or _MARK not in vars(self):
            return function(self, *args, **kwargs)
        place = home(self)
        result = function(self, *args, **kwargs)
        write_back(self, place)
        return result

    return change


def _shared_with_others(owner: Any, known: int) -> bool:
    """Whether more than `known` objects share the data of a frame's or column's only block."""
    blocks = owner._mgr.blocks[0].refs.referenced_blocks
    return sum(1 for block in blocks if block() is not None) > known


def writable(owner: Any, array: Any, again: Any) -> Any:
    """The values of a frame or column as the program may write to them: into these, as it was.

    Args:
        owner: frame or series.
        array: its values, maybe read-only.
        again: gives the values of the owner when its data has been moved.
    """
    if not isinstance(array, np.ndarray) or array.flags.writeable:
        return array
    place = home(owner) if owner.ndim == 1 else None
    if owner.ndim == 1 and place is None:
        return array.copy()
    if _shared_with_others(owner, 2 if place else 1):
        # Others share the data by copy-on-write: they must not see what is written.
        target = owner if place is None else place[0]
        target._mgr = target._mgr.copy(deep=True)
        if place is not None:
            owner._mgr = target[place[1]]._mgr
        array = again()
    try:
        array.flags.writeable = True
    except ValueError:
        return array.copy()
    return array


def _values(found: Any) -> Any:
    def values(self: Any) -> Any:
        array = found.fget(self)
        return writable(self, array, lambda: found.fget(self)) if from_program() else array

    return property(values, doc=found.__doc__)


def _as_array(function: Any) -> Any:
    @functools.wraps(function)
    def __array__(self: Any, *args: Any, **kwargs: Any) -> Any:
        array = function(self, *args, **kwargs)
        if not from_program():
            return array
        return writable(self, array, lambda: function(self, *args, **kwargs))

    return __array__


def copy_on_write(pandas: Any) -> bool:
    """Whether columns are copies of what is in their frame."""
    return int(pandas.__version__.split(".")[0]) >= 3 or bool(pandas.get_option("mode.copy_on_write") is True)


def install(pandas: Any, patches: Patches) -> None:
    """Lets the program's own files write through columns and values."""
    from pandas.core import generic, indexing

    for owner in (indexing._LocationIndexer, indexing._AtIndexer, indexing._iAtIndexer, pandas.Series):
        patches.widen(owner, "__setitem__", _put)
    if not copy_on_write(pandas):
        return
    patches.widen(pandas.DataFrame, "__getitem__", _take)
    patches.widen(generic.NDFrame, "__getattr__", _take)
    for name in _INPLACE:
        patches.widen(pandas.Series, name, _inplace)
    patches.widen(pandas.Series, "update", functools.partial(_inplace, always=True))
    for kind in (pandas.DataFrame, pandas.Series):
        patches.widen(kind, "values", _values)
        patches.widen(kind, "__array__", _as_array)
