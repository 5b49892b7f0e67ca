"""How far apart two results may lie.

A sum of n terms, each of at most the size `scale`, carries a rounding error of the order of
``n * eps * scale``; beside that each result carries a few units in the last place of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Units in the last place that exp, log, tanh and their like may be off by.
ULPS = {"float16": 8, "float32": 32, "float64": 64}


def tolerances(dtype: str, terms: int = 1, scale: float = 1.0) -> dict[str, float]:
    """`rtol` and `atol` for `numpy.testing.assert_allclose`.

    Args:
        dtype: the float type that was computed in.
        terms: how many terms were added up for one element of the result.
        scale: the size of the largest term.
    """
    unit = float(np.finfo(dtype).eps)
    return {"rtol": ULPS[dtype] * unit, "atol": 8 * unit * max(terms, 1) * scale}


def assert_close(
    got: Any, wanted: Any, dtype: str, terms: int = 1, scale: float = 1.0, title: str = ""
) -> None:
    """Compares a result with what it should be; not-a-number and infinities must sit in the same places.

    Raises:
        AssertionError: if shapes differ or an element lies too far off.
    """
    got, wanted = np.asarray(got), np.asarray(wanted)
    assert got.shape == wanted.shape, f"{title}: wanted the shape {wanted.shape}, got {got.shape}."
    if wanted.dtype.kind == "f":
        limits = tolerances(dtype, terms, scale)
        np.testing.assert_allclose(
            got.astype("float64"), wanted.astype("float64"), limits["rtol"], limits["atol"], err_msg=title
        )
    else:
        np.testing.assert_array_equal(got, wanted, err_msg=title)
