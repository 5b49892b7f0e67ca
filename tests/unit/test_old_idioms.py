"""Things that programs of 2015 to 2017 do, and that are easily lost."""

from __future__ import annotations

import numpy as np
import pytest

from polykeras.callbacks import History
from polykeras.layers import Dense, Flatten, Highway, Input, Lambda, Reshape
from polykeras.models import Model, Sequential


def test_a_loss_summed_up_from_a_variable(K) -> None:  # type: ignore[no-untyped-def]
    """``loss = K.variable(0.); loss += ...`` of style transfer; the variable itself keeps its value."""
    model = Sequential([Dense(2, input_dim=3, init="one")])
    start = K.variable(0.0)
    loss = start
    loss += 0.5 * K.sum(K.square(model.layers[0].output))
    loss -= K.mean(model.input)
    loss *= 2.0
    (slope,) = K.gradients(loss, [model.input])
    x = np.ones((1, 3), "float32")
    value, gradient = K.function([model.input], [loss, slope])([x])
    assert value == pytest.approx(2 * (0.5 * 18 - 1))
    np.testing.assert_allclose(gradient, 2 * (np.full((1, 3), 6.0) - 1 / 3), rtol=1e-5)
    assert K.get_value(start) == 0.0


def test_results_are_floats_with_numpys_methods(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = np.ones((4, 2)), np.zeros((4, 1))
    history = model.fit(x, y, nb_epoch=1, verbose=0, validation_data=(x, y)).history
    for value in (
        *history["loss"],
        *history["val_loss"],
        *model.evaluate(x, y, verbose=0),
        *model.train_on_batch(x, y),
    ):
        assert isinstance(value, float)
        assert value.round(2) == round(float(value), 2)
        assert repr(value) == repr(float(value))


def test_whole_floats_for_an_integer_input(K) -> None:  # type: ignore[no-untyped-def]
    """``X = np.zeros((n, length))`` filled with word numbers is float64."""
    words = Input(shape=(2,), dtype="int32")
    model = Model(words, Lambda(lambda x: 2.0 * K.cast(x, "float32"))(words))
    np.testing.assert_array_equal(model.predict(np.array([[1.0, 3.0]])), [[2, 6]])
    np.testing.assert_array_equal(K.function([words], model.outputs)([np.array([[1.0, 3.0]])])[0], [[2, 6]])
    with pytest.raises(ValueError, match="int32"):
        model.predict(np.array([[1.5, 3.0]]))


@pytest.mark.parametrize("wrong", [3, -1, 0.5])
def test_class_numbers_out_of_range(K, wrong) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(3, input_dim=2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    before = model.get_weights()
    for call in (model.fit, model.train_on_batch, model.evaluate, model.test_on_batch):
        with pytest.raises(ValueError, match=rf"from 0 to 2, got {wrong}"):
            call(np.ones((2, 2)), np.array([[0], [wrong]]))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    model.train_on_batch(np.ones((2, 2)), np.array([[0], [2]]))


def test_sizes_divided_as_in_python_2(K) -> None:  # type: ignore[no-untyped-def]
    """``Dense(64 / 2)`` is a whole number; a fraction is refused, with what to write."""
    model = Sequential([Reshape((2, 4 / 2), input_shape=(8 / 2,)), Flatten(), Dense(6 / 2)])
    assert model.output_shape == (None, 3)
    assert model.get_config()[0]["config"]["batch_input_shape"] == (None, 4)
    assert type(model.get_config()[2]["config"]["output_dim"]) is int
    model.compile("sgd", "mse")
    x = np.ones((6, 4))
    history = model.fit(x, x[:, :3], batch_size=len(x) / 2, nb_epoch=4 / 2, verbose=0)
    assert history.epoch == [0, 1] and history.params["batch_size"] == 3
    assert model.predict(x, batch_size=2.0).shape == (6, 3)
    for call in (
        lambda: Dense(5 / 2),
        lambda: Dense(2, input_shape=(5 / 2,)),
        lambda: model.fit(x, x[:, :3], batch_size=5 / 2),
    ):
        with pytest.raises((ValueError, TypeError), match=r"2\.5.* Divide by // for a whole number"):
            call()


@pytest.mark.parametrize("given", ["auto", "balanced"])
def test_class_weights_of_scikit_learn_have_no_effect(K, given) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(2, input_dim=2, activation="softmax")])
    model.compile("sgd", "categorical_crossentropy")
    x, y = np.eye(2), np.eye(2)
    with pytest.warns(UserWarning, match="class_weight.*no effect.*dictionary"):
        history = model.fit(x, y, nb_epoch=1, verbose=0, class_weight=given)
    assert len(history.epoch) == 1
    with pytest.raises(ValueError, match="'autos'"):
        model.fit(x, y, nb_epoch=1, verbose=0, class_weight="autos")


def test_highways_transform_bias_has_no_effect(K) -> None:  # type: ignore[no-untyped-def]
    with pytest.warns(UserWarning, match="transform_bias"):
        layer = Highway(input_dim=3, transform_bias=-2)
    Sequential([layer])
    np.testing.assert_array_equal(layer.get_weights()[-1], np.ones(3))
    assert "transform_bias" not in layer.get_config()


def test_a_single_callback_is_refused(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(2, input_dim=2)])
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match=r"Write \[callback\]"):
        model.fit(np.eye(2), np.eye(2), callbacks=History(), verbose=0)
