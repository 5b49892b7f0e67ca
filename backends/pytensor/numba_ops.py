"""How Numba compiles our own operations. Imported only when something is compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit
from pytensor.link.numba.dispatch.random import numba_core_rv_funcify

from . import numba_mask as numba_mask
from .ops import numba_batch_normalization as numba_batch_normalization
from .ops import numba_convolution as numba_convolution
from .ops import numba_ctc as numba_ctc
from .ops import numba_gru as numba_gru
from .ops import numba_indices as numba_indices
from .ops import numba_lstm as numba_lstm
from .ops import numba_pooling as numba_pooling
from .ops import numba_softmax_crossentropy as numba_softmax_crossentropy
from .random_ops import Float32NormalRV, Float32UniformRV


@numba_core_rv_funcify.register(Float32UniformRV)
def _uniform(op: Any, node: Any) -> Any:
    @numba_njit
    def float32_uniform(rng, low, high):
        return low + (high - low) * rng.random(dtype=np.float32)

    return float32_uniform, 1


@numba_core_rv_funcify.register(Float32NormalRV)
def _normal(op: Any, node: Any) -> Any:
    @numba_njit
    def float32_normal(rng, loc, scale):
        return loc + scale * rng.standard_normal(dtype=np.float32)

    return float32_normal, 1
