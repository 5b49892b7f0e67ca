"""How Numba compiles pooling. Imported only when something is compiled.

A compiled graph gathers the sizes, allocates the result and calls a kernel; see numba_pooling_kernels.py.
"""

from __future__ import annotations

from typing import Any

import numba.np.unsafe.ndarray as numba_ndarray
import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from . import numba_pooling_kernels as kernels
from .numba_symbols import caller
from .pooling import AveragePool, AveragePoolTranspose, MaxPool, MaxPoolGather, MaxPoolScatter

SAMPLES, CHANNELS, LENGTHS, PLACES = kernels.SAMPLES, kernels.CHANNELS, kernels.LENGTHS, kernels.PLACES

# Compiled graphs call the kernels that they were compiled with.
VERSION = int(kernels.SOURCES[:12], 16)
MISFIT = "pooling: the shapes of the input and of what comes from its windows do not fit."


class _Windows:
    """Functions for the windows of an operation, to be compiled by Numba.

    Attributes:
        begin: the numbers that `plan` takes, from the samples, the spatial sizes and the channels.
        complete: completes them; returns whether each element of the input is in a window.
        input_shape, output_shape: the shapes that belong to the numbers.
        apart: whether no two windows have an element in common.
    """

    def __init__(self, op: Any) -> None:
        rank = len(op.sizes)
        axes, skipped = rank + 2, 3 - rank
        fixed = np.ones(kernels.COUNT, np.int64)
        fixed[kernels.SAME] = op.border_mode == "same"
        fixed[kernels.SIZES + skipped : kernels.SIZES + 3] = op.sizes
        fixed[kernels.STRIDES + skipped : kernels.STRIDES + 3] = op.strides
        known = tuple(int(each) for each in fixed)
        plan = caller(kernels.plan_symbol())
        too_large = f"pooling: the window {op.sizes} is larger than the input. Take a smaller one, "
        too_large += "border_mode='same', or a larger input."
        self.apart = all(stride >= size for stride, size in zip(op.strides, op.sizes, strict=True))

        @numba_njit
        def begin(samples, lengths, channels):
            numbers = np.array(known)
            numbers[SAMPLES], numbers[CHANNELS] = samples, channels
            for axis in range(rank):
                numbers[LENGTHS + skipped + axis] = lengths[axis]
            return numbers

        @numba_njit
        def complete(numbers):
            status = plan((numbers,))
            if status < 0:
                raise ValueError(too_large)
            return status == 1

        @numba_njit
        def shape_of(numbers, first):
            sizes = np.empty(axes, np.int64)
            sizes[0], sizes[axes - 1] = numbers[SAMPLES], numbers[CHANNELS]
            for axis in range(rank):
                sizes[1 + axis] = numbers[first + skipped + axis]
            return numba_ndarray.to_fixed_tuple(sizes, axes)

        @numba_njit
        def input_shape(numbers):
            return shape_of(numbers, LENGTHS)

        @numba_njit
        def output_shape(numbers):
            return shape_of(numbers, PLACES)

        self.begin, self.complete = begin, complete
        self.input_shape, self.output_shape = input_shape, output_shape


def _forward(op: Any, node: Any, kind: str) -> Any:
    """The function for an operation that gives a number for each window over its only argument."""
    windows = _Windows(op)
    begin, complete, output_shape = windows.begin, windows.complete, windows.output_shape
    kernel = caller(kernels.kernel_symbol(kind, node.outputs[0].type.dtype))

    @numba_njit
    def pooled(x):
        numbers = begin(x.shape[0], x.shape[1:-1], x.shape[-1])
        complete(numbers)
        result = np.empty(output_shape(numbers), x.dtype)
        kernel((numbers, np.ascontiguousarray(x), result))
        return result

    return pooled, VERSION


@register_funcify_default_op_cache_key(MaxPool)
def _max_pool(op: MaxPool, node: Any, **kwargs: Any) -> Any:
    return _forward(op, node, "largest")


@register_funcify_default_op_cache_key(AveragePool)
def _average_pool(op: AveragePool, node: Any, **kwargs: Any) -> Any:
    return _forward(op, node, "averaged")


@register_funcify_default_op_cache_key(MaxPoolScatter)
def _max_pool_scatter(op: MaxPoolScatter, node: Any, **kwargs: Any) -> Any:
    windows = _Windows(op)
    begin, complete, output_shape, apart = (
        windows.begin,
        windows.complete,
        windows.output_shape,
        windows.apart,
    )
    kind = "scattered_apart" if apart else "scattered"
    kernel = caller(kernels.kernel_symbol(kind, node.outputs[0].type.dtype))

    @numba_njit
    def max_pool_scatter(x, largest, u):
        numbers = begin(x.shape[0], x.shape[1:-1], x.shape[-1])
        exact = complete(numbers) and apart
        wanted = output_shape(numbers)
        if largest.shape != wanted or u.shape != wanted:
            raise ValueError(MISFIT)
        result = np.empty(x.shape, x.dtype) if exact else np.zeros(x.shape, x.dtype)
        kernel(
            (
                numbers,
                np.ascontiguousarray(x),
                np.ascontiguousarray(largest),
                np.ascontiguousarray(u),
                result,
            )
        )
        return result

    return max_pool_scatter, VERSION


@register_funcify_default_op_cache_key(MaxPoolGather)
def _max_pool_gather(op: MaxPoolGather, node: Any, **kwargs: Any) -> Any:
    windows = _Windows(op)
    begin, complete, output_shape = windows.begin, windows.complete, windows.output_shape
    kernel = caller(kernels.kernel_symbol("gathered", node.outputs[0].type.dtype))

    @numba_njit
    def max_pool_gather(x, largest, v):
        numbers = begin(x.shape[0], x.shape[1:-1], x.shape[-1])
        complete(numbers)
        if largest.shape != output_shape(numbers) or v.shape != x.shape:
            raise ValueError(MISFIT)
        result = np.empty(largest.shape, x.dtype)
        kernel(
            (
                numbers,
                np.ascontiguousarray(x),
                np.ascontiguousarray(largest),
                np.ascontiguousarray(v),
                result,
            )
        )
        return result

    return max_pool_gather, VERSION


@register_funcify_default_op_cache_key(AveragePoolTranspose)
def _average_pool_transpose(op: AveragePoolTranspose, node: Any, **kwargs: Any) -> Any:
    windows = _Windows(op)
    begin, complete, apart = windows.begin, windows.complete, windows.apart
    input_shape, output_shape = windows.input_shape, windows.output_shape
    kernel = caller(kernels.kernel_symbol("spread_apart" if apart else "spread", node.outputs[0].type.dtype))

    @numba_njit
    def average_pool_transpose(u, lengths):
        numbers = begin(u.shape[0], lengths, u.shape[-1])
        exact = complete(numbers) and apart
        if u.shape != output_shape(numbers):
            raise ValueError(MISFIT)
        shape = input_shape(numbers)
        result = np.empty(shape, u.dtype) if exact else np.zeros(shape, u.dtype)
        kernel((numbers, np.ascontiguousarray(u), result))
        return result

    return average_pool_transpose, VERSION
