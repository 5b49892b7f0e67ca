"""`K.gradients`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -1.0]], dtype="float32")


@pytest.mark.covers("gradients", "stop_gradient", "graph_scope")
class TestGradients:
    """Order, what is not connected, several orders."""

    def test_order(self, K: Any) -> None:
        a, b, x = K.variable(X), K.variable(2 * X), K.placeholder((2, 3))
        loss = K.sum(a * b * x)
        for variables, wanted in (([a, b, x], [2 * X**2, X**2, 2 * X**2]), ([b, a], [X**2, 2 * X**2])):
            slopes = K.function([x], K.gradients(loss, variables))([X])
            for slope, expected in zip(slopes, wanted, strict=True):
                np.testing.assert_allclose(slope, expected, rtol=1e-6)

    def test_disconnected(self, K: Any) -> None:
        a, b, c = K.variable(X), K.variable(X), K.placeholder((None, 3))
        slopes = K.gradients(K.sum(a * 2), [b, a, c])
        assert slopes[0] is None and slopes[2] is None
        np.testing.assert_allclose(K.eval(slopes[1]), np.full_like(X, 2))

    def test_a_single_variable(self, K: Any) -> None:
        a = K.variable(X)
        slopes = K.gradients(K.sum(K.square(a)), a)
        assert isinstance(slopes, list)
        np.testing.assert_allclose(K.eval(slopes[0]), 2 * X)

    def test_a_loss_with_axes_is_summed(self, K: Any) -> None:
        a = K.variable(X)
        np.testing.assert_allclose(K.eval(K.gradients(K.square(a), [a])[0]), 2 * X)

    def test_shapes_and_dtypes(self, K: Any) -> None:
        a, scale = K.variable(X), K.variable(3.0)
        for variable, slope in zip((a, scale), K.gradients(K.sum(a * scale), [a, scale]), strict=True):
            assert K.is_tensor(slope)
            assert K.int_shape(slope) == K.int_shape(variable)
            assert K.dtype(slope) == "float32"

    def test_by_an_intermediate_result(self, K: Any) -> None:
        a = K.variable(X)
        middle = a * 3
        np.testing.assert_allclose(K.eval(K.gradients(K.sum(K.square(middle)), [middle])[0]), 6 * X)

    def test_second_derivatives(self, K: Any) -> None:
        x = K.placeholder((3,))
        (first,) = K.gradients(K.sum(x**3), [x])
        (second,) = K.gradients(K.sum(first), [x])
        values = K.function([x], [first, second])([[1, 2, 3]])
        np.testing.assert_allclose(values[0], [3, 12, 27])
        np.testing.assert_allclose(values[1], [6, 12, 18])

    def test_a_penalty_on_a_gradient(self, K: Any) -> None:
        """The slope of the norm of a slope, by a variable inside it."""
        w, x = K.variable([2.0, -1.0]), K.placeholder((2,))
        (slope,) = K.gradients(K.sum(K.square(w * x)), [x])
        (by_w,) = K.gradients(K.sum(K.square(slope)), [w])
        value = K.function([x], [by_w])([[1, 3]])[0]
        np.testing.assert_allclose(value, 16 * np.array([2.0, -1]) ** 3 * np.array([1.0, 3]) ** 2, rtol=1e-5)

    def test_broadcast_sums_back(self, K: Any) -> None:
        b, x = K.variable(np.zeros(3)), K.placeholder((None, 3))
        slope = K.function([x], K.gradients(K.sum(K.square(x + b)), [b]))([X])[0]
        np.testing.assert_allclose(slope, 2 * X.sum(0), rtol=1e-6)

    def test_with_an_open_batch_size(self, K: Any) -> None:
        w, x = K.variable(np.ones((3, 2))), K.placeholder((None, 3))
        f = K.function([x], K.gradients(K.mean(K.dot(x, w)), [w]))
        for rows in (2, 1):
            np.testing.assert_allclose(
                f([X[:rows]])[0], np.repeat(X[:rows].mean(0)[:, None] / 2, 2, axis=1), rtol=1e-5
            )

    def test_stop_gradient(self, K: Any) -> None:
        x = K.variable(X)
        np.testing.assert_allclose(K.eval(K.gradients(K.sum(x * K.stop_gradient(x)), [x])[0]), X)
        assert K.gradients(K.sum(K.stop_gradient(x)), [x]) == [None]
        both = K.stop_gradient([x, x * 2])
        assert isinstance(both, list) and len(both) == 2

    def test_through_integers(self, K: Any) -> None:
        """Rows that were not gathered have the slope 0; indices have none."""
        table, indices = K.variable(X), K.placeholder((None,), dtype="int32")
        slope = K.gradients(K.sum(K.gather(table, indices)), [table])
        np.testing.assert_allclose(K.function([indices], slope)([[1, 1, 1]])[0], [[0] * 3, [3] * 3])

    def test_scope(self, K: Any) -> None:
        """The building scope may be entered again inside itself."""
        with K.graph_scope(), K.graph_scope():
            x = K.variable(X) * 2
        with K.graph_scope():
            np.testing.assert_allclose(K.eval(x + 1), 2 * X + 1)
