"""How Numba compiles the check of indices. Imported only when something is compiled."""

from __future__ import annotations

from typing import Any

from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from ...interface.arguments import BAD_INDEX
from .indices import CheckedIndices

VERSION = 1
_START, _MIDDLE, _END = BAD_INDEX


@register_funcify_default_op_cache_key(CheckedIndices)
def _checked_indices(op: CheckedIndices, node: Any, **kwargs: Any) -> Any:
    @numba_njit
    def checked_indices(indices, size):
        limit = size.item()
        for index in indices:
            if index < 0 or index >= limit:
                raise ValueError(f"{_START}{limit}{_MIDDLE}{index}{_END}")
        return indices

    return checked_indices, VERSION
