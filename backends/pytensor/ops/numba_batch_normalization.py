"""How Numba compiles the normalisation of a batch. Imported only when something is compiled.

A compiled graph checks the shapes and calls loops that are compiled once, see numba_symbols.py. Where the
channels are the last axis, the loops go through the rows with the channels in vector registers; else each
channel is a run of numbers. Of `ROWS` rows sums are taken in the dtype of the tensor, of all of them in
double precision.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import types
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from .batch_normalization import BatchNormalize, BatchNormalizeSlope
from .numba_lanes import ALL, SOME, minus, plus, times, width
from .numba_symbols import caller, define, fingerprint

SOURCES = fingerprint(__file__, str(Path(__file__).with_name("numba_lanes.py")))
VERSION = int(SOURCES[:12], 16)
ROWS = 256

LOOPS: dict[str, Any] = {"fastmath": {"contract", "reassoc", "nsz"}, "error_model": "numpy"}


def _each_row(make_block: Callable[..., Any]) -> Any:
    """A function that calls a block for the channels of each of some rows.

    Args:
        make_block: ``make_block(get, put)`` gives the block: a function of the arrays, the offset of the row
            and channel in them, the channel, and the number of lanes in use.
    """
    whole, some = make_block(*ALL), make_block(*SOME)

    @numba_njit
    def rows(arrays, count, channels):
        lanes = width(arrays[0])
        rest = channels % lanes
        for row in range(count):
            channel = 0
            while channel < channels - rest:
                whole(arrays, row * channels + channel, channel, lanes)
                channel += lanes
            if rest:
                some(arrays, row * channels + channel, channel, rest)

    return rows


def _row_sums(make_term: Callable[..., Any]) -> Any:
    """A function that adds a term of each row to an array with an entry for each channel.

    Args:
        make_term: ``make_term(get)`` gives the term: a function of the arrays, the offset of the row and
            channel in them, the channel, and the number of lanes in use.
    """

    def make(get, put):
        term = make_term(get)

        @numba_njit(inline="always")
        def four(arrays, partial, at, step, channel, some):
            a = plus(term(arrays, at, channel, some), term(arrays, at + step, channel, some))
            b = plus(term(arrays, at + 2 * step, channel, some), term(arrays, at + 3 * step, channel, some))
            put(partial, channel, plus(get(partial, channel, some), plus(a, b)), some)

        @numba_njit(inline="always")
        def one(arrays, partial, at, channel, some):
            value = plus(get(partial, channel, some), term(arrays, at, channel, some))
            put(partial, channel, value, some)

        return four, one

    four, one = make(*ALL)
    four_some, one_some = make(*SOME)

    @numba_njit
    def add(arrays, partial, first, end, channels):
        lanes = width(arrays[0])
        rest = channels % lanes
        row = first
        while row + 4 <= end:
            channel = 0
            while channel < channels - rest:
                four(arrays, partial, row * channels + channel, channels, channel, lanes)
                channel += lanes
            if rest:
                four_some(arrays, partial, row * channels + channel, channels, channel, rest)
            row += 4
        while row < end:
            channel = 0
            while channel < channels - rest:
                one(arrays, partial, row * channels + channel, channel, lanes)
                channel += lanes
            if rest:
                one_some(arrays, partial, row * channels + channel, channel, rest)
            row += 1

    return add


def _row_value(get):
    @numba_njit(inline="always")
    def value(arrays, at, channel, some):
        return get(arrays[0], at, some)

    return value


def _row_square(get):
    @numba_njit(inline="always")
    def square(arrays, at, channel, some):
        difference = minus(get(arrays[0], at, some), get(arrays[1], channel, some))
        return times(difference, difference)

    return square


def _row_product(get):
    @numba_njit(inline="always")
    def product(arrays, at, channel, some):
        difference = minus(get(arrays[0], at, some), get(arrays[1], channel, some))
        return times(difference, get(arrays[2], at, some))

    return product


def _row_normalized(get, put):
    @numba_njit(inline="always")
    def normalized(arrays, at, channel, some):
        x, mean, scale, beta, result = arrays
        difference = minus(get(x, at, some), get(mean, channel, some))
        value = plus(times(difference, get(scale, channel, some)), get(beta, channel, some))
        put(result, at, value, some)

    return normalized


def _row_slope(get, put):
    @numba_njit(inline="always")
    def slope(arrays, at, channel, some):
        x, mean, gradient, tilt, shift, scale, result = arrays
        difference = minus(get(x, at, some), get(mean, channel, some))
        value = minus(get(gradient, at, some), times(difference, get(tilt, channel, some)))
        value = times(minus(value, get(shift, channel, some)), get(scale, channel, some))
        put(result, at, value, some)

    return slope


@numba_njit(**LOOPS)
def _run_sum(run):
    total = run[0] - run[0]
    for k in range(run.size):
        total += run[k]
    return total


@numba_njit(**LOOPS)
def _run_squares(run, mean):
    total = mean - mean
    for k in range(run.size):
        total += (run[k] - mean) * (run[k] - mean)
    return total


@numba_njit(**LOOPS)
def _run_products(run, mean, gradient):
    total = mean - mean
    for k in range(run.size):
        total += (run[k] - mean) * gradient[k]
    return total


@numba_njit(**LOOPS)
def _run_normalized(run, mean, scale, beta, result):
    for k in range(run.size):
        result[k] = (run[k] - mean) * scale + beta


@numba_njit(**LOOPS)
def _run_slope(run, mean, gradient, tilt, shift, scale, result):
    for k in range(run.size):
        result[k] = (gradient[k] - (run[k] - mean) * tilt - shift) * scale


@numba_njit
def _flush(partial, total):
    for channel in range(total.size):
        total[channel] += partial[channel]
        partial[channel] = 0


def _normalize(kind: Any) -> Any:
    add_values, add_squares = _row_sums(_row_value), _row_sums(_row_square)
    normalize = _each_row(_row_normalized)

    @numba_njit
    def compute(outer, inner, epsilon, x, gamma, beta, result, mean, var):
        channels = gamma.size
        count = outer * inner
        total, scale = np.zeros(channels), np.empty(channels, kind)
        partial = np.zeros(channels, kind)
        for moment in range(2):
            if inner == 1:
                for first in range(0, outer, ROWS):
                    end = min(first + ROWS, outer)
                    if moment == 0:
                        add_values((x,), partial, first, end, channels)
                    else:
                        add_squares((x, mean), partial, first, end, channels)
                    _flush(partial, total)
            else:
                for number in range(outer * channels):
                    run, channel = x[number * inner : (number + 1) * inner], number % channels
                    total[channel] += _run_sum(run) if moment == 0 else _run_squares(run, mean[channel])
            moments = mean if moment == 0 else var
            for channel in range(channels):
                moments[channel] = total[channel] / count
                total[channel] = 0
        for channel in range(channels):
            scale[channel] = gamma[channel] / np.sqrt(var[channel] + epsilon)
        if inner == 1:
            normalize((x, mean, scale, beta, result), outer, channels)
        else:
            for number in range(outer * channels):
                part, channel = slice(number * inner, (number + 1) * inner), number % channels
                _run_normalized(x[part], mean[channel], scale[channel], beta[channel], result[part])
        return 0

    return compute


def _slope(kind: Any) -> Any:
    add_values, add_products = _row_sums(_row_value), _row_sums(_row_product)
    write = _each_row(_row_slope)

    @numba_njit
    def compute(outer, inner, epsilon, x, gamma, mean, var, gradient, result, by_gamma, by_beta):
        channels = gamma.size
        count = outer * inner
        sums, products = np.zeros(channels), np.zeros(channels)
        tilt, shift, scale = np.empty(channels, kind), np.empty(channels, kind), np.empty(channels, kind)
        if inner == 1:
            partial = np.zeros(channels, kind)
            for first in range(0, outer, ROWS):
                end = min(first + ROWS, outer)
                add_products((x, mean, gradient), partial, first, end, channels)
                _flush(partial, products)
                add_values((gradient,), partial, first, end, channels)
                _flush(partial, sums)
        else:
            for number in range(outer * channels):
                part, channel = slice(number * inner, (number + 1) * inner), number % channels
                products[channel] += _run_products(x[part], mean[channel], gradient[part])
                sums[channel] += _run_sum(gradient[part])
        for channel in range(channels):
            inverse = 1 / np.sqrt(var[channel] + epsilon)
            by_beta[channel] = sums[channel]
            by_gamma[channel] = products[channel] * inverse
            shift[channel] = sums[channel] / count
            tilt[channel] = products[channel] * inverse * inverse / count
            scale[channel] = gamma[channel] * inverse
        if inner == 1:
            write((x, mean, gradient, tilt, shift, scale, result), outer, channels)
        else:
            for number in range(outer * channels):
                part, channel = slice(number * inner, (number + 1) * inner), number % channels
                _run_slope(
                    x[part],
                    mean[channel],
                    gradient[part],
                    tilt[channel],
                    shift[channel],
                    scale[channel],
                    result[part],
                )
        return 0

    return compute


def _loop(what: str, dtype: str) -> Any:
    """What calls a loop: it takes the sizes before, of and after the channels, epsilon in an array, the
    operands and the results."""
    kind = np.dtype(dtype)
    pointer = types.CPointer({"float32": types.float32, "float64": types.float64}[dtype])

    def make_normalize() -> Any:
        compute = _normalize(kind)

        @numba_njit
        def normalize(outer, channels, inner, epsilon, x, gamma, beta, result, mean, var):
            every, each = (outer * channels * inner,), (channels,)
            return compute(
                outer,
                inner,
                epsilon[0],
                numba.carray(x, every),
                numba.carray(gamma, each),
                numba.carray(beta, each),
                numba.carray(result, every),
                numba.carray(mean, each),
                numba.carray(var, each),
            )

        return normalize

    def make_slope() -> Any:
        compute = _slope(kind)

        @numba_njit
        def slope(outer, channels, inner, epsilon, x, gamma, mean, var, gradient, result, by_gamma, by_beta):
            every, each = (outer * channels * inner,), (channels,)
            return compute(
                outer,
                inner,
                epsilon[0],
                numba.carray(x, every),
                numba.carray(gamma, each),
                numba.carray(mean, each),
                numba.carray(var, each),
                numba.carray(gradient, every),
                numba.carray(result, every),
                numba.carray(by_gamma, each),
                numba.carray(by_beta, each),
            )

        return slope

    make, n_arrays = {"normalize": (make_normalize, 7), "slope": (make_slope, 9)}[what]
    signature = types.int64(types.int64, types.int64, types.int64, *[pointer] * n_arrays)
    return caller(define(f"polykeras_batch_{what}_{dtype}_{SOURCES}", signature, make))


def _sizes(op: Any) -> Any:
    axis = op.axis

    @numba_njit
    def sizes(x):
        """The sizes before, of and after the channels."""
        outer, inner = 1, 1
        for each in range(x.ndim):
            if each < axis:
                outer *= x.shape[each]
            elif each > axis:
                inner *= x.shape[each]
        return outer, x.shape[axis], inner

    return sizes


MISFIT = "batch normalisation: wanted vectors of the channels of the input, and a gradient of its shape."


@register_funcify_default_op_cache_key(BatchNormalize)
def _batch_normalize(op: BatchNormalize, node: Any, **kwargs: Any) -> Any:
    dtype = node.outputs[0].type.dtype
    loop, sizes, kind, added = _loop("normalize", dtype), _sizes(op), np.dtype(dtype), op.epsilon

    @numba_njit
    def batch_normalize(x, gamma, beta):
        outer, channels, inner = sizes(x)
        if gamma.size != channels or beta.size != channels:
            raise ValueError(MISFIT)
        epsilon = np.array([added]).astype(kind)
        result, mean, var = np.empty(x.shape, kind), np.empty(channels, kind), np.empty(channels, kind)
        operands = np.ascontiguousarray(x), np.ascontiguousarray(gamma), np.ascontiguousarray(beta)
        loop((outer, channels, inner, epsilon, *operands, result, mean, var))
        return result, mean, var

    return batch_normalize, VERSION


@register_funcify_default_op_cache_key(BatchNormalizeSlope)
def _batch_normalize_slope(op: BatchNormalizeSlope, node: Any, **kwargs: Any) -> Any:
    dtype = node.outputs[0].type.dtype
    loop, sizes, kind, added = _loop("slope", dtype), _sizes(op), np.dtype(dtype), op.epsilon

    @numba_njit
    def batch_normalize_slope(x, gamma, mean, var, gradient):
        outer, channels, inner = sizes(x)
        fits = gamma.size == channels and mean.size == channels and var.size == channels
        if not fits or gradient.shape != x.shape:
            raise ValueError(MISFIT)
        epsilon = np.array([added]).astype(kind)
        result, by_gamma, by_beta = (
            np.empty(x.shape, kind),
            np.empty(channels, kind),
            np.empty(channels, kind),
        )
        vectors = np.ascontiguousarray(gamma), np.ascontiguousarray(mean), np.ascontiguousarray(var)
        operands = np.ascontiguousarray(x), *vectors, np.ascontiguousarray(gradient)
        loop((outer, channels, inner, epsilon, *operands, result, by_gamma, by_beta))
        return result, by_gamma, by_beta

    return batch_normalize_slope, VERSION
