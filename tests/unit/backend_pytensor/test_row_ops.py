"""The operations on rows: values and derivatives, both ways of execution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor.tensor as pt

from polykeras.backends.pytensor import PyTensorBackend
from polykeras.backends.pytensor.ops.indices import AddRows, take_rows

MODES = ["interpret", "compile"]
# Shape of the table, number of indices: rows of all ranks, one index, none, many of few.
LAYOUTS = [((5, 3), 4), ((5,), 7), ((4, 2, 3), 1), ((6, 2), 0), ((3, 17), 50)]


def engine(mode: str) -> PyTensorBackend:
    K = PyTensorBackend()
    K.set_execution_mode(mode)
    return K


class Rows:
    """An expression with rows of a table, its derivatives, and what they should be."""

    def __init__(self, K: Any, shape: tuple[int, ...], count: int, dtype: str) -> None:
        state = np.random.RandomState(2)
        table, weights = state.normal(size=shape), state.normal(size=(count, *shape[1:]))
        indices = state.randint(0, shape[0], count).astype("int32")
        self.values = [table.astype(dtype), indices, weights.astype(dtype)]
        x, i = pt.tensor(dtype=dtype, shape=shape), pt.ivector()
        w = pt.tensor(dtype=dtype, shape=(None, *shape[1:]))
        rows = take_rows(x, i)
        cost = K.sum(rows * rows * w)
        slope, by_w = K.gradients(cost, [x, w])
        (second,) = K.gradients(K.sum(slope * pt.constant(np.full(shape, 2, dtype))), [x])
        self.inputs, self.outputs = [x, i, w], [rows, by_w, slope, second]
        self.wanted = [table[indices], table[indices] ** 2, np.zeros(shape), np.zeros(shape)]
        for index, weight in zip(indices, weights, strict=True):
            self.wanted[2][index] += 2 * table[index] * weight
            self.wanted[3][index] += 4 * weight


@pytest.mark.parametrize(
    ("mode", "dtype"), [("interpret", "float32"), ("interpret", "float64"), ("compile", "float32")]
)
def test_values_and_slopes(mode: str, dtype: str) -> None:
    K = engine(mode)
    all_rows = [Rows(K, *layout, dtype) for layout in LAYOUTS]
    f = K.function(
        [x for rows in all_rows for x in rows.inputs], [y for rows in all_rows for y in rows.outputs]
    )
    got = f([value for rows in all_rows for value in rows.values])
    for value, wanted in zip(got, [y for rows in all_rows for y in rows.wanted], strict=True):
        assert value.dtype == dtype and value.shape == wanted.shape
        np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_refused_in_both_directions(mode: str) -> None:
    K = engine(mode)
    x, i = pt.matrix(), pt.ivector()
    take = K.function([x, i], [take_rows(x, i)])
    add = K.function([x, i], [AddRows()(x, i, 4)])
    for index in (-1, 4):
        for function in (take, add):
            values = np.ones((4, 2)) if function is take else np.ones((1, 2))
            with pytest.raises(ValueError, match=rf"must be below 4, .*got {index}\."):
                function([values, [index]])
    np.testing.assert_array_equal(add([np.ones((2, 1)), [3, 3]])[0], [[0], [0], [0], [2]])


def test_known_shapes() -> None:
    x, i = pt.tensor(dtype="float32", shape=(5, 3)), pt.ivector()
    assert take_rows(x, i).type.shape == (None, 3)
    assert take_rows(x, pt.constant([1, 2])).type.shape == (2, 3)
    assert AddRows()(take_rows(x, i), i, 5).type.shape == (5, 3)
    K = engine("interpret")
    np.testing.assert_array_equal(
        K.function([x, i], [take_rows(x, i).shape])([np.ones((5, 3)), [1, 1]])[0], [2, 3]
    )


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_rows_of_other_types(dtype: str) -> None:
    x: Any = pt.matrix(dtype=dtype)
    np.testing.assert_array_equal(
        engine("interpret").function([x], [AddRows()(x, pt.constant([1, 1]), 2)])([[[1, 2], [3, 4]]])[0],
        [[0, 0], [4, 6]],
    )


def test_slope_of_pytensors_own_indexing_for_one_index() -> None:
    """PyTensor's `perform` takes the one row for a row to be spread over all."""
    K = engine("interpret")
    table, i = K.variable(np.arange(6.0).reshape(3, 2)), pt.ivector()
    slope = K.gradients(K.sum(K.square(table[i])), [table])[0]
    f = K.function([i], [slope])
    np.testing.assert_array_equal(f([[2]])[0], [[0, 0], [0, 0], [8, 10]])
    np.testing.assert_array_equal(f([[2, -1]])[0], [[0, 0], [0, 0], [16, 20]])
