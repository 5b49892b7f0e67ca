"""How Numba compiles the mask of dropout. Imported only when something is compiled."""

from __future__ import annotations

from typing import Any

import numba.np.unsafe.ndarray as numba_ndarray
import numpy as np
from numba.np.random.generator_core import next_uint64
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key
from pytensor.link.numba.dispatch.compile_ops import numba_deepcopy

from .mask import DropoutMask


@register_funcify_default_op_cache_key(DropoutMask)
def _mask(op: DropoutMask, node: Any, **kwargs: Any) -> Any:
    inplace = op.inplace
    rank = node.outputs[1].type.ndim
    kind = np.dtype(node.outputs[1].type.dtype)

    @numba_njit
    def dropout_mask(rng, size, level):
        state = rng if inplace else numba_deepcopy(rng)
        mask = np.empty(numba_ndarray.to_fixed_tuple(size, rank), kind)
        flat = mask.reshape(mask.size)
        fraction = level.item()
        one = kind.type(1)
        kept, dropped = one / (one - fraction), kind.type(0)
        limit = np.uint64(min(round(fraction * 65536), 65535))
        bits = np.uint64(0xFFFF)
        whole = flat.size // 4
        for index in range(whole):
            word = next_uint64(state.bit_generator)
            for part in range(4):
                flat[4 * index + part] = kept if (word >> np.uint64(16 * part)) & bits >= limit else dropped
        if 4 * whole < flat.size:
            word = next_uint64(state.bit_generator)
            for part in range(flat.size - 4 * whole):
                flat[4 * whole + part] = kept if (word >> np.uint64(16 * part)) & bits >= limit else dropped
        return state, mask

    # The key in the cache must tell the ranks apart: neither the operation nor its input types hold them.
    return dropout_mask, 100 + rank
