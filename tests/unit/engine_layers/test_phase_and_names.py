"""Dependence on the learning phase is found out; misspelt and later keyword names get a hint."""

from __future__ import annotations

import numpy as np
import pytest

from polykeras.layers import Dense, Dropout, Input, Lambda
from polykeras.models import Model, Sequential


def test_an_expression_after_in_train_phase_still_follows_the_phase(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential()
    model.add(Lambda(lambda x: 2.0 * K.in_train_phase(x + 1.0, x), input_shape=(3,)))
    assert model.uses_learning_phase
    model.compile("sgd", "mse")
    x = np.zeros((4, 3), "float32")
    assert model.train_on_batch(x, x) == pytest.approx(4.0)
    assert model.test_on_batch(x, x) == pytest.approx(0.0)


def test_it_is_found_in_a_model_called_as_a_layer(K) -> None:  # type: ignore[no-untyped-def]
    inner = Sequential([Lambda(lambda x: K.abs(K.in_train_phase(x - 1.0, x)), input_shape=(3,))])
    x = Input((3,))
    outer = Model(input=x, output=Lambda(lambda y: y * 3.0)(inner(x)))
    assert outer.uses_learning_phase


def test_a_layer_without_the_phase_does_not_use_it(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(2, input_dim=3), Lambda(lambda x: x * 2.0)])
    assert not model.uses_learning_phase


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: Dense(2, activaton="relu"), "activation"),
        (lambda: Dense(2, kernel_initializer="zero"), "init"),
        (lambda: Dense(2, use_bias=False), "bias"),
        (lambda: Dropout(0.5, noise_shap=(1,)), "noise_shape"),
    ],
)
def test_unknown_keywords_name_the_known_one(K, make, hint) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError, match=rf"'{hint}'"):
        make()
