"""Default settings, name counters, sessions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.errors import UnsupportedOperation


class TestSettings:
    """What `set_floatx` and `set_epsilon` change."""

    @pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
    def test_floatx(self, K: Any, dtype: str) -> None:
        K.set_floatx(dtype)
        assert K.floatx() == dtype
        x = K.placeholder((None, 3))
        w, b = K.variable(np.ones((3, 2))), K.zeros((2,))
        tensors = [
            x, w, b, K.constant(1.5), K.ones((2,)), K.dot(x, w), K.dot(x, w) + b, K.relu(x), K.softmax(x),
            K.random_uniform((2,)), K.random_normal((2,)), K.random_binomial((2,), 0.5), K.dropout(x, 0.5),
            K.random_uniform_variable((2,), 0, 1), K.one_hot(K.variable([1], dtype="int32"), 3),
            K.mean(K.greater(x, 0)), K.sigmoid(x), K.hard_sigmoid(x), K.softsign(x), K.tanh(x), K.elu(x),
            K.std(x, axis=1), K.l2_normalize(x, 1), K.categorical_crossentropy(K.softmax(x), x),
            K.binary_crossentropy(K.sigmoid(x), x), K.in_train_phase(K.dropout(x, 0.5), x),
            K.clip(x, 0.1, 0.9), K.maximum(x, 0.5),
        ]  # fmt: skip
        assert {K.dtype(tensor) for tensor in tensors} == {dtype}
        values = K.function([x, K.learning_phase()], tensors)([np.full((4, 3), 0.5), 1])
        assert {np.asarray(value).dtype.name for value in values} == {dtype}
        assert K.cast_to_floatx([1, 2]).dtype == dtype

    @pytest.mark.parametrize("dtype", ["float16", "float64"])
    def test_training_in_floatx(self, K: Any, dtype: str) -> None:
        """Gradients and updates keep the type; Python's numbers do not change it where layers are built."""
        K.set_floatx(dtype)
        w, x = K.variable(np.ones((3, 1))), K.placeholder((None, 3))
        with K.graph_scope():
            loss = K.mean(K.square(K.dot(x, w) * 0.5 + 1))
            (slope,) = K.gradients(loss, [w])
            assert K.dtype(slope) == dtype
            f = K.function([x], [loss, slope], updates=[(w, w - 0.125 * slope)])
        for value in f([np.ones((2, 3))]):
            assert np.asarray(value).dtype == dtype
        assert K.get_value(w).dtype == dtype

    def test_set_floatx_to_nonsense(self, K: Any) -> None:
        with pytest.raises(ValueError):
            K.set_floatx("float12")
        assert K.floatx() == "float32"

    @pytest.mark.covers("categorical_crossentropy")
    def test_epsilon(self, K: Any) -> None:
        K.set_epsilon(0.01)
        output, target = K.constant([[1.0, 0.0]]), K.constant([[0.0, 1.0]])
        np.testing.assert_allclose(
            K.eval(K.categorical_crossentropy(output, target)), -np.log(0.01), rtol=1e-5
        )

    def test_backend(self, K: Any, backend_name: str) -> None:
        assert K.backend() == K._BACKEND == backend_name


class TestSession:
    """Counters and the end of a session."""

    @pytest.mark.covers("get_uid", "reset_uids")
    def test_uids(self, K: Any) -> None:
        K.reset_uids()
        assert [K.get_uid("dense") for _ in range(3)] == [1, 2, 3]
        assert K.get_uid("other") == 1
        assert K.get_uid() == 1
        K.reset_uids()
        assert K.get_uid("dense") == 1

    @pytest.mark.covers("clear_session")
    def test_clear_session(self, K: Any) -> None:
        K.get_uid("dense")
        phase = K.learning_phase()
        K.clear_session()
        assert K.get_uid("dense") == 1
        assert K.learning_phase() is not phase
        x = K.placeholder((None, 2))
        f = K.function([x, K.learning_phase()], [K.in_train_phase(x * K.variable(3.0), x)])
        np.testing.assert_allclose(f([np.ones((1, 2)), 1])[0], [[3, 3]])

    @pytest.mark.covers("clear_session")
    def test_clear_twice(self, K: Any) -> None:
        K.clear_session()
        K.clear_session()
        assert K.eval(K.constant(1.0) + 1) == 2

    @pytest.mark.covers(
        "get_session", "set_session", "manual_variable_initialization", "native_optimizer_updates"
    )
    @pytest.mark.parametrize(
        ("name", "arguments"),
        [("set_session", (None,)), ("get_session", ()), ("manual_variable_initialization", (False,))],
    )
    def test_sessions(self, K: Any, name: str, arguments: tuple[Any, ...]) -> None:
        """An engine has sessions, or says that it has none."""
        try:
            getattr(K, name)(*arguments)
        except UnsupportedOperation as error:
            assert error.operation == name
            assert name in str(error)

    @pytest.mark.covers("is_native_optimizer", "native_optimizer_updates")
    def test_foreign_optimizers(self, K: Any) -> None:
        for other in (object(), None, "sgd"):
            assert K.is_native_optimizer(other) is False
