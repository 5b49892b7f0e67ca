"""How Numba compiles the rows that are taken and added up. Imported only when something is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from ...interface.arguments import BAD_INDEX
from .indices import AddRows, TakeRows

VERSION = 1
_START, _MIDDLE, _END = BAD_INDEX


@numba_njit
def _checked(index, rows):
    if index < 0 or index >= rows:
        raise ValueError(f"{_START}{rows}{_MIDDLE}{index}{_END}")
    return index


@register_funcify_default_op_cache_key(TakeRows)
def _take_rows(op: TakeRows, node: Any, **kwargs: Any) -> Any:
    @numba_njit
    def take_rows(x, indices):
        rows, count = x.shape[0], indices.shape[0]
        result = np.empty((count, *x.shape[1:]), x.dtype)
        if count == 0:
            return result
        width = result.size // count
        source = np.ascontiguousarray(x).reshape(rows, width)
        target = result.reshape(count, width)
        for place in range(count):
            row = _checked(indices[place], rows)
            for column in range(width):
                target[place, column] = source[row, column]
        return result

    return take_rows, VERSION


@register_funcify_default_op_cache_key(AddRows)
def _add_rows(op: AddRows, node: Any, **kwargs: Any) -> Any:
    @numba_njit
    def add_rows(y, indices, size):
        rows, count = size.item(), indices.shape[0]
        result = np.zeros((rows, *y.shape[1:]), y.dtype)
        if y.size == 0:
            return result
        width = y.size // count
        source = np.ascontiguousarray(y).reshape(count, width)
        target = result.reshape(rows, width)
        for place in range(count):
            row = _checked(indices[place], rows)
            for column in range(width):
                target[row, column] += source[place, column]
        return result

    return add_rows, VERSION
