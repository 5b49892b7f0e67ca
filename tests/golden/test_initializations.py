"""Initializations against the statistics of Keras 1.2.2's draws."""

from pathlib import Path

import numpy as np
import pytest

from polykeras import initializations

FIGURES = np.load(Path(__file__).parent / "data" / "initializations.npz")
DRAWS = [key for key in FIGURES if "/" in key]


@pytest.mark.parametrize("key", DRAWS)
def test_statistics_of_a_draw(K, key):
    name, _, rest = key.partition("/")
    shape, _, dim_ordering = rest.rpartition("_")
    shape = tuple(int(size) for size in shape.split("x"))
    np.random.seed(7)
    values = K.get_value(initializations.get(name)(shape, dim_ordering=dim_ordering))
    assert values.shape == shape and values.dtype == K.floatx()
    mean, deviation, least, largest = FIGURES[key]
    error = deviation / np.sqrt(values.size)
    np.testing.assert_allclose(values.mean(), mean, atol=8 * error + 1e-7)
    np.testing.assert_allclose(values.std(), deviation, rtol=0.03, atol=1e-7)
    # Extremes: the same bounds for uniform numbers, the same order for normal ones.
    tolerance = 0.01 if name.endswith("uniform") else 0.25
    np.testing.assert_allclose([values.min(), values.max()], [least, largest], rtol=tolerance)


def test_fans():
    cases = [
        ((3, 4), "th"), ((3, 4), "tf"), ((8, 4, 3, 5), "th"), ((3, 5, 4, 8), "tf"), ((2, 3, 4, 5, 6), "th"),
        ((2, 3, 5, 6), "tf"), ((2, 3, 4), "th"),
    ]  # fmt: skip
    np.testing.assert_allclose(
        [initializations.get_fans(shape, dim_ordering) for shape, dim_ordering in cases], FIGURES["fans"]
    )


def test_identity_and_orthogonal(K):
    np.testing.assert_array_equal(K.get_value(initializations.identity((4, 4), scale=2)), FIGURES["identity"])
    wanted = FIGURES["orthogonal_gram"]
    tall = K.get_value(initializations.orthogonal((50, len(wanted))))
    np.testing.assert_allclose(tall.T @ tall, wanted, atol=1e-5)
    wide = K.get_value(initializations.orthogonal((20, 5, 6)))
    np.testing.assert_allclose(wide.reshape(20, 30) @ wide.reshape(20, 30).T, 1.21 * np.eye(20), atol=1e-5)
