"""How Numba compiles the cross-entropy of a softmax. Imported only when something is compiled.

A compiled graph checks the shapes and calls loops that are compiled once, see numba_symbols.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import types
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from .numba_gates import exp_of_negative
from .numba_symbols import caller, define, fingerprint
from .softmax_crossentropy import SoftmaxCrossentropy, SoftmaxCrossentropySlope, limits

SOURCES = fingerprint(__file__, str(Path(__file__).with_name("numba_gates.py")))
VERSION = int(SOURCES[:12], 16)

LOOPS: dict[str, Any] = {"fastmath": {"contract", "reassoc", "nsz"}, "error_model": "numpy"}


@numba_njit(fastmath={"nnan", "nsz", "reassoc"})
def _largest(row):
    """The largest number of a row; any if there is not-a-number among them."""
    result = row[0]
    for k in range(row.size):
        value = row[k]
        result = value if value > result else result
    return result


@numba_njit(**LOOPS)
def _total(row):
    total = row[0] - row[0]
    for k in range(row.size):
        total += row[k]
    return total


@numba_njit(**LOOPS)
def _scale(row, factor):
    for k in range(row.size):
        row[k] *= factor


def _softmax(dtype: str) -> Any:
    """Writes the softmax of a row to another; returns the largest number and the sum of the exponentials."""
    exp = exp_of_negative(dtype)

    @numba_njit(**LOOPS)
    def softmax(row, result):
        most = _largest(row)
        for k in range(row.size):
            result[k] = exp(row[k] - most)
        total = _total(result)
        for k in range(row.size):
            result[k] /= total
        return most, total

    return softmax


def _limited(dtype: str) -> Any:
    kind = np.dtype(dtype).type

    @numba_njit(**LOOPS)
    def total_limited(p, low, high):
        """The sum of the limited probabilities, and that of those within the limits."""
        total, within = kind(0), kind(0)
        for k in range(p.size):
            value = p[k]
            inside = (value >= low) & (value <= high)
            raised = low if value < low else value
            total += high if value > high else raised
            within += value if inside else kind(0)
        return total, within

    return total_limited


def _losses(dtype: str) -> Any:
    """The loop over rows for distributions."""
    kind, softmax = np.dtype(dtype).type, _softmax(dtype)

    @numba_njit(**LOOPS)
    def loss(x, t, p, shift, limits):
        low, high, log_low, log_high = limits[0], limits[1], limits[2], limits[3]
        result = kind(0)
        for k in range(x.size):
            logarithm = x[k] - shift
            logarithm = log_low if p[k] < low else logarithm
            result -= t[k] * (log_high if p[k] > high else logarithm)
        return result

    @numba_njit
    def compute(rows, size, limits, x, target, losses, p):
        for row in range(rows):
            part = slice(row * size, (row + 1) * size)
            most, total = softmax(x[part], p[part])
            losses[row] = loss(x[part], target[part], p[part], most + np.log(total), limits)
        return 0

    return compute


def _losses_of_classes(dtype: str) -> Any:
    """The loop over rows for classes; it returns the number of a row whose class is bad, counted from 1."""
    softmax, total_limited = _softmax(dtype), _limited(dtype)

    @numba_njit
    def compute(rows, size, limits, x, target, losses, p):
        low, high = limits[0], limits[1]
        for row in range(rows):
            label = target[row]
            if label < 0 or label >= size:
                return row + 1
            part = slice(row * size, (row + 1) * size)
            most, total = softmax(x[part], p[part])
            if high > 1:
                losses[row] = np.log(total) - (x[part][label] - most)
            else:
                limited = min(max(p[part][label], low), high)
                losses[row] = np.log(total_limited(p[part], low, high)[0] / limited)
        return 0

    return compute


def _slope(dtype: str) -> Any:
    kind = np.dtype(dtype).type

    @numba_njit(**LOOPS)
    def counted(p, t, low, high):
        total = kind(0)
        for k in range(p.size):
            total += t[k] if (p[k] >= low) & (p[k] <= high) else kind(0)
        return total

    @numba_njit(**LOOPS)
    def write(p, t, low, high, total, gradient, result):
        for k in range(p.size):
            mine = t[k] if (p[k] >= low) & (p[k] <= high) else kind(0)
            result[k] = gradient * (p[k] * total - mine)

    @numba_njit
    def compute(rows, size, limits, p, target, gradient, result):
        low, high = limits[0], limits[1]
        for row in range(rows):
            part = slice(row * size, (row + 1) * size)
            total = counted(p[part], target[part], low, high)
            write(p[part], target[part], low, high, total, gradient[row], result[part])
        return 0

    return compute


def _slope_of_classes(dtype: str) -> Any:
    kind, total_limited = np.dtype(dtype).type, _limited(dtype)

    @numba_njit(**LOOPS)
    def write(p, low, high, inside, outside, result):
        for k in range(p.size):
            value = p[k]
            result[k] = value * (inside if (value >= low) & (value <= high) else outside)

    @numba_njit
    def compute(rows, size, limits, p, target, gradient, result):
        low, high = limits[0], limits[1]
        for row in range(rows):
            label, g = target[row], gradient[row]
            if label < 0 or label >= size:
                return row + 1
            part = slice(row * size, (row + 1) * size)
            mine = p[part][label]
            counted = kind(1) if low <= mine <= high else kind(0)
            if high > 1:
                inside = outside = counted
            else:
                total, within = total_limited(p[part], low, high)
                outside = counted - within / total
                inside = outside + kind(1) / total
            write(p[part], low, high, g * inside, g * outside, result[part])
            result[part][label] -= g * counted
        return 0

    return compute


_MAKERS: dict[tuple[str, bool], Callable[[str], Any]] = {
    ("losses", False): _losses,
    ("losses", True): _losses_of_classes,
    ("slope", False): _slope,
    ("slope", True): _slope_of_classes,
}


def _loop(what: str, op: Any, dtype: str) -> Any:
    """What calls a loop: it takes rows, their size, the limits and four arrays."""
    number = {"float32": types.float32, "float64": types.float64}[dtype]
    pointer = types.CPointer(number)
    target = types.CPointer(types.int64) if op.classes else pointer

    def make() -> Any:
        compute = _MAKERS[what, op.classes](dtype)
        flat = op.classes

        @numba_njit
        def loop(rows, size, limits, a, b, c, d):
            every, each = (rows * size,), (rows,)
            return compute(
                rows,
                size,
                numba.carray(limits, (4,)),
                numba.carray(a, every),
                numba.carray(b, each if flat else every),
                numba.carray(c, each),
                numba.carray(d, every),
            )

        return loop

    signature = types.int64(types.int64, types.int64, pointer, pointer, target, pointer, pointer)
    return caller(define(f"polykeras_{what}_{int(op.classes)}_{dtype}_{SOURCES}", signature, make))


def _checked(op: Any) -> Any:
    classes = op.classes
    unlike = "cross-entropy: the shape of the target does not fit that of the output."

    @numba_njit
    def rows_of(x, target):
        """The number of rows, after a look at the shape of the target."""
        rows = 1
        for axis in range(x.ndim - 1):
            rows *= x.shape[axis]
            if x.shape[axis] != target.shape[axis]:
                raise ValueError(unlike)
        if not classes and target.shape[-1] != x.shape[-1]:
            raise ValueError(unlike)
        return rows

    return rows_of


BAD_CLASS = "cross-entropy: a class is negative, or there are not so many classes."


@register_funcify_default_op_cache_key(SoftmaxCrossentropy)
def _softmax_crossentropy(op: SoftmaxCrossentropy, node: Any, **kwargs: Any) -> Any:
    dtype = node.outputs[1].type.dtype
    loop, rows_of = _loop("losses", op, dtype), _checked(op)
    ends = tuple(float(each) for each in limits(op.epsilon, dtype))
    kind = np.dtype(dtype)

    @numba_njit
    def softmax_crossentropy(x, target):
        rows = rows_of(x, target)
        losses, p = np.empty(x.shape[:-1], kind), np.empty(x.shape, kind)
        bounds = np.array(ends).astype(kind)
        arrays = bounds, np.ascontiguousarray(x), np.ascontiguousarray(target), losses, p
        if loop((rows, x.shape[-1], *arrays)):
            raise ValueError(BAD_CLASS)
        return losses, p

    return softmax_crossentropy, VERSION


@register_funcify_default_op_cache_key(SoftmaxCrossentropySlope)
def _softmax_crossentropy_slope(op: SoftmaxCrossentropySlope, node: Any, **kwargs: Any) -> Any:
    dtype = node.outputs[0].type.dtype
    loop, rows_of = _loop("slope", op, dtype), _checked(op)
    ends = tuple(float(each) for each in limits(op.epsilon, dtype))
    kind = np.dtype(dtype)

    @numba_njit
    def softmax_crossentropy_slope(p, target, gradient):
        rows = rows_of(p, target)
        if gradient.shape != p.shape[:-1]:
            raise ValueError("cross-entropy: the gradient does not have the shape of the losses.")
        result = np.empty(p.shape, kind)
        bounds = np.array(ends).astype(kind)
        arrays = (
            bounds,
            np.ascontiguousarray(p),
            np.ascontiguousarray(target),
            np.ascontiguousarray(gradient),
            result,
        )
        if loop((rows, p.shape[-1], *arrays)):
            raise ValueError(BAD_CLASS)
        return result

    return softmax_crossentropy_slope, VERSION
