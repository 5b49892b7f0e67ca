"""The indexer ``.ix``: labels, or positions where the axis has no numbers as labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from .columns import put_in

_NUMBERED = ("integer", "mixed-integer", "floating", "mixed-integer-float", "decimal")


def is_number(value: Any) -> bool:
    """Whether something is a whole number, and so may be a position."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.bool_))


def numbered(axis: Any) -> bool:
    """Whether whole numbers are labels of an axis, and never positions."""
    return axis.nlevels == 1 and axis.inferred_type in _NUMBERED


def is_positional(axis: Any, key: Any) -> bool:
    """Whether a key of one axis means positions.

    Args:
        axis: the index of rows or columns.
        key: a number, a slice, a list, or anything else.
    """
    if numbered(axis):
        return False
    if isinstance(key, slice):
        ends = [end for end in (key.start, key.stop) if end is not None]
        return all(is_number(end) for end in ends)
    if is_number(key):
        return True
    if (
        isinstance(key, (list, np.ndarray))
        and len(key)
        and not isinstance(axis[0] if len(axis) else 0, tuple)
    ):
        return all(is_number(value) for value in key)
    return False


def labels(axis: Any, key: Any) -> Any:
    """The labels at the positions that a key names."""
    found = axis[key]
    return found if is_number(key) else list(found)


def positions(axis: Any, key: Any) -> Any:
    """The positions of the labels that a key names."""
    if isinstance(key, slice):
        return axis.slice_indexer(key.start, key.stop, key.step)
    if isinstance(key, (list, np.ndarray)) or hasattr(key, "array"):
        values = np.asarray(key)
        return np.flatnonzero(values) if values.dtype == bool else axis.get_indexer_for(values)
    return axis.get_loc(key)


class Ix:
    """What ``.ix`` of a frame or series yields."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    def _resolve(self, key: Any) -> tuple[Any, Any]:
        """Today's indexer, and the key for it."""
        owner = self._owner
        axes = owner.axes
        if callable(key):
            key = key(owner)
        several = isinstance(key, tuple) and len(key) <= len(axes) and (len(axes) > 1 or len(key) == 1)
        keys = [*key] if several and axes[0].nlevels == 1 else [key]
        if len(keys) == 1 and isinstance(keys[0], tuple):
            return owner.loc, keys[0]
        kinds = [is_positional(axis, part) for axis, part in zip(axes, keys, strict=False)]
        if not any(kinds):
            return owner.loc, key
        if all(kinds):
            return owner.iloc, key
        if all(axis.is_unique for axis in axes):
            parts = zip(axes, keys, kinds, strict=False)
            return owner.loc, tuple(labels(a, k) if position else k for a, k, position in parts)
        parts = zip(axes, keys, kinds, strict=False)
        return owner.iloc, tuple(k if position else positions(a, k) for a, k, position in parts)

    def __getitem__(self, key: Any) -> Any:
        indexer, resolved = self._resolve(key)
        try:
            return indexer[resolved]
        except KeyError:
            return self._with_gaps(resolved)

    def _with_gaps(self, key: Any) -> Any:
        """The rows and columns of lists of labels, some of which are missing: filled with NaN."""
        keys = key if isinstance(key, tuple) else (key,)
        found = self._owner
        for number, (axis, part) in enumerate(zip(found.axes, keys, strict=False)):
            if isinstance(part, (list, np.ndarray)) and axis.is_unique and axis.isin(part).any():
                found = found.reindex(part, axis=number)
        if found is self._owner:
            raise KeyError(key)
        return found.loc[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        indexer, resolved = self._resolve(key)
        by_position = type(indexer).__name__ == "_iLocIndexer"
        put_in(self._owner, indexer.__setitem__, resolved, value, by_position)
