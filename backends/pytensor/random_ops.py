"""Uniform and normal numbers drawn in float32.

PyTensor draws float64 numbers one by one and rounds them. These two draw float32 numbers in bulk; the
interpreter and Numba give the same numbers from the same generator. A rewrite puts them in where a graph has
PyTensor's own uniform and normal variables of dtype float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import node_rewriter
from pytensor.tensor.random.basic import NormalRV, UniformRV

from .sizes import with_types_of


def _shape(size: Any, *parameters: Any) -> tuple[int, ...]:
    return np.broadcast_shapes(*map(np.shape, parameters)) if size is None else tuple(size)


def draw_uniform(rng: Any, low: Any, high: Any, size: Any = None) -> Any:
    """Float32 numbers of [low, high)."""
    result = rng.random(_shape(size, low, high), dtype=np.float32)
    if np.ndim(low) or np.ndim(high) or low != 0 or high != 1:
        result = result * (high - low) + low
    return result


def draw_normal(rng: Any, loc: Any, scale: Any, size: Any = None) -> Any:
    """Float32 numbers of a normal distribution."""
    return rng.standard_normal(_shape(size, loc, scale), dtype=np.float32) * scale + loc


class Float32UniformRV(UniformRV):
    """Uniform numbers, drawn in float32."""

    name = "float32_uniform"

    @classmethod
    def rng_fn(cls, rng: Any, *args: Any, **kwargs: Any) -> Any:
        return draw_uniform(rng, *args, **kwargs)


class Float32NormalRV(NormalRV):
    """Normal numbers, drawn in float32."""

    name = "float32_normal"

    @classmethod
    def rng_fn(cls, rng: Any, *args: Any, **kwargs: Any) -> Any:
        return draw_normal(rng, *args, **kwargs)


float32_uniform = Float32UniformRV(dtype="float32")
float32_normal = Float32NormalRV(dtype="float32")
_OURS: dict[type, Any] = {UniformRV: float32_uniform, NormalRV: float32_normal}


@node_rewriter([UniformRV, NormalRV])
def draw_in_float32(fgraph: FunctionGraph, node: Any) -> Any:
    """Replaces PyTensor's float32 uniform and normal variables by ours."""
    ours = _OURS.get(type(node.op))
    if ours is None or node.op.inplace or node.outputs[1].type.dtype != "float32":
        return None
    if any(parameter.type.dtype != "float32" for parameter in node.inputs[2:]):
        return None
    return with_types_of(node, ours).outputs
