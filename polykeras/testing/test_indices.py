"""`K.gather` refuses what counts no entry, wherever the indices come from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

TABLE = np.arange(10, dtype="float32").reshape(5, 2)


def refused(index: int, size: int = 5) -> Any:
    """Expects the error that names an index and the size of the axis."""
    return pytest.raises(ValueError, match=rf"gather: .*must be below {size}, .*got {index}\.")


@pytest.mark.covers("gather")
class TestGather:
    """Indices that are negative or too large."""

    @pytest.mark.parametrize("bad", [-1, -5, 5, 2**31 - 1, -(2**31)])
    def test_given_when_run(self, K: Any, bad: int) -> None:
        table, x = K.variable(TABLE), K.placeholder((None, 2), dtype="int32")
        f = K.function([x], [K.gather(table, x)])
        for _ in range(2):  # an error leaves the function as it was
            with refused(bad):
                f([[[0, 4], [bad, 1]]])
            np.testing.assert_array_equal(f([[[4, 0]]])[0], TABLE[[[4, 0]]])

    @pytest.mark.parametrize("bad", [-1, 7])
    def test_computed_in_the_graph(self, K: Any, bad: int) -> None:
        table, x = K.variable(TABLE), K.placeholder((None,))
        f = K.function([x], [K.gather(table, K.cast(K.sum(x), "int32"))])
        np.testing.assert_array_equal(f([[1, 2]])[0], TABLE[3])
        with refused(bad):
            f([[bad - 1, 1]])

    @pytest.mark.parametrize("dtype", ["int64", "uint8", "float32"])
    def test_dtypes(self, K: Any, dtype: str) -> None:
        x = K.placeholder((None,), dtype=dtype)
        f = K.function([x], [K.gather(K.variable(TABLE), x)])
        with refused(200):
            f([np.array([3, 200], dtype)])

    def test_known_when_built(self, K: Any) -> None:
        table = K.variable(TABLE)
        for bad in ([0, 5], [[-1]], np.array([2, 9], "int64"), 5):
            with refused(int(np.ravel(bad)[-1])):
                K.gather(table, bad)
        np.testing.assert_array_equal(K.eval(K.gather(table, [[4, 0]])), TABLE[[[4, 0]]])

    def test_of_an_open_size(self, K: Any) -> None:
        table, x = K.placeholder((None, 2)), K.placeholder((None,), dtype="int32")
        f = K.function([table, x], [K.gather(table, x)])
        np.testing.assert_array_equal(f([TABLE, [4]])[0], TABLE[[4]])
        with refused(4, 3):
            f([TABLE[:3], [4]])
        with refused(0, 0):
            f([TABLE[:0], [0]])
        assert f([TABLE[:0], np.zeros(0, "int32")])[0].shape == (0, 2)

    def test_nothing_is_changed(self, K: Any) -> None:
        table, count, x = K.variable(TABLE), K.variable(0.0), K.placeholder((None,), dtype="int32")
        loss = K.sum(K.square(K.gather(table, x)))
        slope = K.gradients(loss, [table])[0]
        f = K.function([x], [loss], [K.update_sub(table, slope), K.update_add(count, 1.0)])
        with refused(5):
            f([[1, 5]])
        np.testing.assert_array_equal(K.get_value(table), TABLE)
        assert K.get_value(count) == 0
        f([[1]])
        np.testing.assert_array_equal(K.get_value(table)[1], -TABLE[1])
        assert K.get_value(count) == 1

    def test_in_a_loop(self, K: Any) -> None:
        table, x = K.variable(TABLE), K.placeholder((None, 3, 1))

        def step(row: Any, states: Any) -> Any:
            return K.gather(table, K.cast(row[:, 0], "int32")), states

        f = K.function([x], [K.rnn(step, x, [])[1]])
        np.testing.assert_array_equal(f([[[[4], [0], [2]]]])[0], TABLE[[[4, 0, 2]]])
        with refused(5):
            f([[[[4], [5], [2]]]])
