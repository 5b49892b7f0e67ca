"""tanh and the activations of gates for code that Numba compiles, in a form that LLVM makes vector code of.

The functions of the C library take one number at a time. Here both come from ``q = exp(r) - 1``, a Taylor
series on |r| <= ln(2) / 2, and a power of two that is put together from its bits (Cody and Waite, 1980,
chapters 6 and 12): no branch, no call, no conversion. The results are within 3 units in the last place of
the true ones, and not-a-number stays that.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from pytensor.link.numba.dispatch.basic import numba_njit

# Products may be contracted with sums, but sums not reordered: that would undo the reduction of the argument.
# A division by zero gives infinity, with no test for it, which would keep loops from becoming vector code.
OPTIONS: dict[str, Any] = {"fastmath": {"contract"}, "error_model": "numpy"}


@intrinsic
def _bits(context: Any, x: Any) -> Any:
    """The integer that has the bits of a float."""
    integer = types.int32 if x == types.float32 else types.int64

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(signature.return_type.bitwidth))

    return integer(x), code


@intrinsic
def _from_bits(context: Any, x: Any) -> Any:
    """The float that has the bits of an integer."""
    number = types.float32 if x == types.int32 else types.float64

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(signature.return_type))

    return number(x), code


def _horner(kind: Any, terms: int) -> Callable[[Any], Any]:
    """exp(r) - 1 for |r| <= ln(2) / 2, as ``r + r * r * (1/2 + r/6 + ...)``."""
    c2, c3, c4, c5, c6, c7 = (kind(1 / factorial(k)) for k in range(2, 8))
    if terms == 7:

        @numba_njit(**OPTIONS)
        def series(r):
            return r + r * r * (c2 + r * (c3 + r * (c4 + r * (c5 + r * (c6 + r * c7)))))

        return series
    c8, c9, c10, c11, c12, c13 = (kind(1 / factorial(k)) for k in range(8, 14))

    @numba_njit(**OPTIONS)
    def long_series(r):
        high = c8 + r * (c9 + r * (c10 + r * (c11 + r * (c12 + r * c13))))
        return r + r * r * (c2 + r * (c3 + r * (c4 + r * (c5 + r * (c6 + r * (c7 + r * high))))))

    return long_series


class _Gates:
    """The functions for one float type.

    Args:
        kind: the type.
        integer: the type of integers of its size.
        mantissa: how many bits of it are the fraction.
        high, low: ln(2) in two parts; the products of the first with small integers are exact.
        terms: the degree of the Taylor series.
        largest_exp: exp of it is no infinity, nor is that of its negative a denormal number.
        largest_tanh: tanh of half of it is 1.
    """

    def __init__(
        self,
        kind: Any,
        integer: Any,
        mantissa: int,
        high: float,
        low: float,
        terms: int,
        largest_exp: float,
        largest_tanh: float,
    ) -> None:
        zero, half, one, two, fifth = kind(0), kind(0.5), kind(1), kind(2), kind(0.2)
        high, low, most, all_tanh = kind(high), kind(low), kind(largest_exp), kind(largest_tanh)
        per_log2 = kind(1 / np.log(2))
        # Added to a small number it leaves the nearest integer in the last bits.
        rounding = kind(1.5 * 2.0**mantissa)
        shift = integer(mantissa)
        exponent_of_one = integer(one.view(integer))
        series = _horner(kind, terms)

        @numba_njit(**OPTIONS)
        def parts(y):
            shifted = y * per_log2 + rounding
            n = shifted - rounding
            power = _from_bits(integer((_bits(shifted) << shift) + exponent_of_one))
            return power, series((y - n * high) - n * low)

        @numba_njit(**OPTIONS)
        def tanh(x):
            y = two * abs(x)
            power, q = parts(all_tanh if y > all_tanh else y)
            e = power * q + (power - one)  # exp(2 |x|) - 1
            result = e / (e + two)
            return -result if x < zero else result

        @numba_njit(**OPTIONS)
        def sigmoid(x):
            y = -most if x > most else -x
            power, q = parts(most if y > most else y)
            return one / (one + (power * q + power))

        @numba_njit(**OPTIONS)
        def exp_of_negative(x):
            power, q = parts(-most if x < -most else x)
            return zero if x < -most else power * q + power

        @numba_njit(**OPTIONS)
        def slope_of_sigmoid(y):
            return y * (one - y)

        @numba_njit(**OPTIONS)
        def hard_sigmoid(x):
            y = fifth * x + half
            y = zero if y < zero else y
            return one if y > one else y

        @numba_njit(**OPTIONS)
        def slope_of_hard_sigmoid(y):
            return fifth if (y > zero) & (y < one) else zero

        self.tanh = tanh
        self.exp_of_negative = exp_of_negative
        self.gates = {
            "sigmoid": (sigmoid, slope_of_sigmoid),
            "hard_sigmoid": (hard_sigmoid, slope_of_hard_sigmoid),
        }


# The fractions of the first parts of ln(2) end in 10 and 21 bits of zeros.
_GATES = {
    "float32": _Gates(
        np.float32, np.int32, 23, 0.693115234375, 3.1946184945309415e-05, 7, largest_exp=87, largest_tanh=20
    ),
    "float64": _Gates(
        np.float64,
        np.int64,
        52,
        0.6931471803691238,
        1.9082149292705877e-10,
        13,
        largest_exp=708,
        largest_tanh=40,
    ),
}


def gate_functions(dtype: str, inner_activation: str) -> tuple[Any, Any, Any]:
    """tanh, a gate's activation, and the latter's derivative as a function of its value.

    Args:
        dtype: ``'float32'`` or ``'float64'``.
        inner_activation: ``'hard_sigmoid'`` or ``'sigmoid'``.
    """
    found = _GATES[dtype]
    return found.tanh, *found.gates[inner_activation]


def exp_of_negative(dtype: str) -> Any:
    """exp of what is not positive: 0 instead of denormal numbers.

    Args:
        dtype: ``'float32'`` or ``'float64'``.
    """
    return _GATES[dtype].exp_of_negative
