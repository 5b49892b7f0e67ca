"""Sums and extremes of the interpreter, along any axes, against NumPy in double precision."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

pytest.importorskip("pytensor")

from polykeras.backends.pytensor.reductions import BLOCK, SMALL, extremes, sums

# Small ones are left to NumPy; the others have axes longer than a block, of size 1, and odd ones.
SHAPES = [
    (3, 2, 4),
    (2, 3, 2 * BLOCK + 5, 3),
    (5, 37, 1, 71),
    (BLOCK + 1, 1, 11),
    (1, 9001),
    (SMALL + 7,),
    (0, 3, 2),
]


def cases() -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [
        (shape, axes)
        for shape in SHAPES
        for count in range(1, len(shape) + 1)
        for axes in itertools.combinations(range(len(shape)), count)
    ]


def array(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return np.random.RandomState(0).uniform(-1, 2, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "axes"), cases())
def test_sums(shape: tuple[int, ...], axes: tuple[int, ...], dtype: str) -> None:
    x = array(shape, dtype)
    count = int(np.prod([shape[axis] for axis in axes]))
    limit = 32 * np.finfo(dtype).eps
    for each in (x, np.asfortranarray(x), x[..., ::-1]):
        got, wanted = sums(each, axes), each.sum(axis=axes, dtype="float64")
        assert got.dtype == dtype and got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=limit, atol=limit * count**0.5)


def test_many_numbers_of_one_sign() -> None:
    """A plain sum in single precision would lose the last third of the digits."""
    x = np.full((4_000_000, 1), 0.1, "float32")
    wanted = 4_000_000 * float(x[0, 0])
    for each, axes in ((x, (0,)), (x.reshape(1, -1), (1,)), (x.reshape(2, -1, 2), (0, 1, 2))):
        np.testing.assert_allclose(sums(each, axes).sum(), wanted, rtol=2e-6)


@pytest.mark.parametrize("ufunc", [np.maximum, np.minimum])
@pytest.mark.parametrize(("shape", "axes"), [case for case in cases() if 0 not in case[0]])
def test_extremes(shape: tuple[int, ...], axes: tuple[int, ...], ufunc: np.ufunc) -> None:
    x = array(shape, "float32")
    for each in (x, np.asfortranarray(x)):
        np.testing.assert_array_equal(extremes(ufunc, each, axes), ufunc.reduce(each, axes))
    x[tuple(size // 2 for size in shape)] = np.nan
    np.testing.assert_array_equal(extremes(ufunc, x, axes), ufunc.reduce(x, axes))
