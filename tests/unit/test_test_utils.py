"""The helpers for programs' own tests."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.engine.layer import Layer
from polykeras.layers import LSTM, BatchNormalization, Convolution2D, Dense, Dropout, Embedding, Flatten
from polykeras.utils.test_utils import get_test_data, keras_test, layer_test


def test_data_come_from_numpys_generator() -> None:
    np.random.seed(5)
    (x_train, y_train), (x_test, y_test) = get_test_data(6, 4, (2, 3), nb_class=3)
    assert x_train.shape == (6, 2, 3) and x_test.shape == (4, 2, 3) and y_test.shape == (4,)
    state = np.random.RandomState(5)
    classes = state.randint(0, 3, size=(10,))
    np.testing.assert_array_equal(y_train, classes[:6])
    np.testing.assert_array_equal(x_train[0], state.normal(classes[0], 0.7, (2, 3)))
    (_, y_train), _ = get_test_data(6, 4, (2,), (5,), classification=False)
    assert y_train.shape == (6, 5)


@pytest.mark.parametrize(
    ("cls", "arguments", "options"),
    [
        (Dense, {"output_dim": 3}, {"input_shape": (4, 2)}),
        (Dropout, {"p": 0.5}, {"input_shape": (4, 2)}),
        (Flatten, {}, {"input_shape": (None, 3, 2)}),
        (BatchNormalization, {}, {"input_shape": (4, 2)}),
        (Convolution2D, {"nb_filter": 2, "nb_row": 2, "nb_col": 2}, {"input_shape": (3, 4, 4, 1)}),
        (LSTM, {"output_dim": 3}, {"input_shape": (2, 3, 4)}),
        (Embedding, {"input_dim": 11, "output_dim": 2}, {"input_shape": (2, 3), "input_dtype": "int32",
                                                         "expected_output_dtype": "float32"}),
    ],
)  # fmt: skip
def test_layers_of_ours(K: Any, cls: type, arguments: dict[str, Any], options: dict[str, Any]) -> None:
    np.random.seed(0)
    assert np.isfinite(layer_test(cls, arguments, **options)).all()


class Doubling(Layer):
    def call(self, x: Any, mask: Any = None) -> Any:
        return 2 * x


class WrongShape(Doubling):
    def get_output_shape_for(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], 7)


def test_layers_of_a_program(K: Any) -> None:
    data = np.ones((2, 3), "float32")
    layer_test(Doubling, input_data=data, expected_output=2 * data, fixed_batch_size=True)
    with pytest.raises(AssertionError):
        layer_test(Doubling, input_data=data, expected_output=3 * data)
    with pytest.raises((AssertionError, ValueError), match="shape"):
        layer_test(WrongShape, input_data=data)
    with pytest.raises(ValueError, match="input_shape or input_data"):
        layer_test(Doubling)


def test_keras_test_clears(K: Any) -> None:
    @keras_test
    def body(value: int) -> int:
        Dense(1, input_dim=1)
        return value + 1

    assert body(3) == 4 and K.get_uid("dense") == 1
