"""How Numba compiles convolution. Imported only when something is compiled.

A compiled graph gathers the sizes, allocates the result and calls kernels that are compiled once, see
numba_symbols.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba.np.unsafe.ndarray as numba_ndarray
import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from . import numba_convolution_kernels as kernels
from . import numba_convolution_plan as plans
from .convolution import Convolution, ConvolutionOp, InputGradient, KernelGradient
from .numba_symbols import caller
from .numba_threads import parallel_caller, threads

COUNT, SAMPLES, IN, OUT = plans.COUNT, plans.SAMPLES, plans.IN, plans.OUT
LENGTHS, SIZES, PLACES = plans.LENGTHS, plans.SIZES, plans.PLACES
PARTS, N_SCRATCH, N_OFFSETS = plans.PARTS, plans.N_SCRATCH, plans.N_OFFSETS
BEGIN, WORK, END = kernels.BEGIN, kernels.WORK, kernels.END
TOO_LARGE, OTHER_PLACES = plans.TOO_LARGE, plans.OTHER_PLACES

sizes_at = plans.sizes_at

# Compiled graphs call the kernels that they were compiled with.
VERSION = int(kernels.SOURCES[:12], 16)


def _numbers(op: ConvolutionOp) -> Callable[..., Any]:
    """A function that begins the numbers of a convolution from the shapes of its images and its kernel."""
    rank = op.rank
    fixed = np.ones(COUNT, np.int64)
    fixed[plans.MODE] = plans.MODES.index(op.border_mode)
    fixed[plans.STRIDES + 3 - rank : plans.STRIDES + 3] = op.strides
    fixed[plans.DILATION + 3 - rank : plans.DILATION + 3] = op.dilation
    known = tuple(int(each) for each in fixed)

    @numba_njit
    def numbers_of(samples, channels, out, lengths, sizes, places):
        numbers = np.array(known)
        numbers[SAMPLES], numbers[IN], numbers[OUT] = samples, channels, out
        for axis in range(rank):
            numbers[LENGTHS + 3 - rank + axis] = lengths[axis]
            numbers[SIZES + 3 - rank + axis] = sizes[axis]
            numbers[PLACES + 3 - rank + axis] = places[axis]
        return numbers

    return numbers_of


def _run(op: ConvolutionOp, kind: int, dtype: str) -> Callable[..., Any]:
    """A function that completes the numbers, allocates the result and computes it."""
    rank, axes, number, where = op.rank, op.rank + 2, np.dtype(dtype), op.title
    depthwise = int(op.depthwise)
    order = "got the sizes, for depth, rows and columns of the kernel, then of the"
    too_large = f"{where}: the window is larger than the input; {order} input:"
    other = f"{where}: kernel, input and output do not fit together; {order} input and output:"
    plan = caller(kernels.plan_symbol(dtype))
    symbol = kernels.kernel_symbol(kind, op.depthwise, dtype)
    kernel, work, count = caller(symbol), parallel_caller(symbol), threads()

    @numba_njit
    def run(numbers, a, b, shape):
        status = plan((numbers, kind, depthwise, count(())))
        if status == TOO_LARGE:
            k, n = sizes_at(numbers, SIZES), sizes_at(numbers, LENGTHS)
            raise ValueError(too_large, k[0], k[1], k[2], n[0], n[1], n[2])
        if status == OTHER_PLACES:
            k, n, m = sizes_at(numbers, SIZES), sizes_at(numbers, LENGTHS), sizes_at(numbers, PLACES)
            raise ValueError(other, k[0], k[1], k[2], n[0], n[1], n[2], m[0], m[1], m[2])
        if kind == plans.FORWARD:
            for axis in range(rank):
                shape[1 + axis] = numbers[PLACES + 3 - rank + axis]
        result = np.empty(numba_ndarray.to_fixed_tuple(shape, axes), number)
        scratch = np.empty(numbers[N_SCRATCH], number)
        offsets = np.empty(numbers[N_OFFSETS], np.int64)
        a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
        kernel((numbers, offsets, a, b, result, scratch, BEGIN, 0, 0, 0))
        work((numbers, offsets, a, b, result, scratch, WORK, numbers[SAMPLES], numbers[PARTS]))
        kernel((numbers, offsets, a, b, result, scratch, END, 0, 0, 0))
        return result

    return run


@register_funcify_default_op_cache_key(Convolution)
def _convolution(op: Convolution, node: Any, **kwargs: Any) -> Any:
    numbers_of, run = _numbers(op), _run(op, plans.FORWARD, node.outputs[0].type.dtype)
    depthwise = op.depthwise
    message = f"{op.title}: images and kernel must have the same number of channels, got:"

    @numba_njit
    def convolution(x, w):
        channels, out = w.shape[-2], w.shape[-1]
        if x.shape[-1] != channels:
            raise ValueError(message, x.shape[-1], channels)
        out = channels * out if depthwise else out
        numbers = numbers_of(x.shape[0], channels, out, x.shape[1:-1], w.shape[:-2], x.shape[1:-1])
        shape = np.array(x.shape)
        shape[-1] = out
        return run(numbers, x, w, shape)

    return convolution, VERSION


@register_funcify_default_op_cache_key(InputGradient)
def _input_gradient(op: InputGradient, node: Any, **kwargs: Any) -> Any:
    numbers_of, run = _numbers(op), _run(op, plans.INPUT_GRADIENT, node.outputs[0].type.dtype)
    rank, depthwise = op.rank, op.depthwise
    message = f"{op.title}: input and kernel must have the same number of channels, got:"

    @numba_njit
    def input_gradient(w, dy, lengths):
        channels, out = w.shape[-2], w.shape[-1]
        out = channels * out if depthwise else out
        if dy.shape[-1] != out:
            raise ValueError(message, dy.shape[-1], out)
        numbers = numbers_of(dy.shape[0], channels, out, lengths, w.shape[:-2], dy.shape[1:-1])
        shape = np.array(dy.shape)
        for axis in range(rank):
            shape[1 + axis] = lengths[axis]
        shape[-1] = channels
        return run(numbers, dy, w, shape)

    return input_gradient, VERSION


@register_funcify_default_op_cache_key(KernelGradient)
def _kernel_gradient(op: KernelGradient, node: Any, **kwargs: Any) -> Any:
    numbers_of, run = _numbers(op), _run(op, plans.KERNEL_GRADIENT, node.outputs[0].type.dtype)
    rank, depthwise = op.rank, op.depthwise
    unequal = f"{op.title}: there must be an output for each input, got so many inputs and outputs:"
    uneven = f"{op.title}: each channel must make the same number of channels, got so many and made so many:"

    @numba_njit
    def kernel_gradient(x, dy, sizes):
        channels, out = x.shape[-1], dy.shape[-1]
        if x.shape[0] != dy.shape[0]:
            raise ValueError(unequal, x.shape[0], dy.shape[0])
        if depthwise and (channels < 1 or out % channels):
            raise ValueError(uneven, channels, out)
        numbers = numbers_of(x.shape[0], channels, out, x.shape[1:-1], sizes, dy.shape[1:-1])
        shape = np.array(x.shape)
        for axis in range(rank):
            shape[axis] = sizes[axis]
        shape[-2], shape[-1] = channels, out // channels if depthwise else out
        return run(numbers, x, dy, shape)

    return kernel_gradient, VERSION
