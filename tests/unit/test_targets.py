"""Targets, weights and losses that do not go together: what trained silently to numbers that mean nothing."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from polykeras import objectives
from polykeras.engine.training import check_loss_and_target_compatibility
from polykeras.layers import LSTM, Activation, Cropping1D, Cropping2D, Dense, Input, Masking, TimeDistributed
from polykeras.models import Model, Sequential
from polykeras.utils.generic_utils import get_custom_objects, get_from_module

X = np.random.RandomState(0).uniform(-1, 1, (6, 3)).astype("float32")


def _model(units: int, loss: Any, activation: str = "linear", **options: Any) -> Sequential:
    model = Sequential([Dense(units, input_dim=3, activation=activation)])
    model.compile("sgd", loss, **options)
    return model


def _every_way(model: Any, y: np.ndarray) -> list[Any]:
    def batches() -> Any:
        while True:
            yield X, y

    return [
        lambda: model.fit(X, y, nb_epoch=1, verbose=0),
        lambda: model.train_on_batch(X, y),
        lambda: model.evaluate(X, y, verbose=0),
        lambda: model.test_on_batch(X, y),
        lambda: model.fit_generator(batches(), 6, 1, verbose=0),
        lambda: model.fit(X, X[:, : model.output_shape[1]], nb_epoch=1, verbose=0, validation_data=(X, y)),
    ]


@pytest.mark.parametrize("units", [1, 3])
@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_categorical_crossentropy_on_one_column(K, units, shape) -> None:  # type: ignore[no-untyped-def]
    """Keras 1.2.2: "You are passing a target array of shape ... while using as loss ..."."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = _model(units, "categorical_crossentropy", "softmax")
    before = model.get_weights()
    for call in _every_way(model, np.ones(shape))[:5]:
        with pytest.raises(ValueError, match="You are passing a target array of the shape"):
            call()
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "binary_crossentropy", "mse", "mae", "hinge"])
@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 2), (6, 4)])
def test_targets_of_another_shape(K, loss, shape) -> None:  # type: ignore[no-untyped-def]
    """A column of targets would be stretched to three."""
    model = _model(3, loss)
    if loss == "categorical_crossentropy" and shape[-1] in (1, 6):
        return
    for call in _every_way(model, np.ones(shape))[:2]:
        with pytest.raises(ValueError, match="targets to have the same shape"):
            call()


def test_the_words_of_the_original() -> None:
    """Programs and Keras' own tests look for parts of the message."""
    y = np.random.random((2, 3, 1))
    with pytest.raises(ValueError, match="You are passing a target array"):
        check_loss_and_target_compatibility([y], [objectives.categorical_crossentropy], [y.shape])
    y = np.random.random((2, 3, 5))
    with pytest.raises(ValueError, match="targets to have the same shape"):
        check_loss_and_target_compatibility([y], [objectives.categorical_crossentropy], [(2, 3, 6)])


@pytest.mark.parametrize(
    ("loss", "y", "words"),
    [
        ("binary_crossentropy", [0, 1, 2, 1, 0, 2], "from 0 to 1, got numbers from 0 to 2"),
        ("binary_crossentropy", [-1, 1, 1, -1, 1, 1], "make -1 and 1 into 0 and 1"),
        ("hinge", [0, 1, 1, 0, 1, 1], "wants targets of -1 and 1"),
        ("squared_hinge", [0, 1, 1, 0, 1, 1], "wants targets of -1 and 1"),
        ("poisson", [0, 1, -1, 0, 1, 1], "not negative, got -1"),
        ("msle", [0, 1, -0.5, 0, 1, 1], "not negative, got -0.5"),
        ("mse", [0, 1, np.nan, 0, 1, 1], "NaN"),
        ("mae", [0, 1, np.inf, 0, 1, 1], "infinity"),
    ],
)
def test_values_that_a_loss_cannot_mean(K, loss, y, words) -> None:  # type: ignore[no-untyped-def]
    """They train on, as in Keras 1.2.2, and a warning says what is wrong."""
    model = _model(1, loss)
    with pytest.warns(UserWarning, match=words):
        model.train_on_batch(X, np.array(y, dtype=float))


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        ("binary_crossentropy", [0, 1, 0.5, 1, 0, 1]),
        ("binary_crossentropy", [0.3, -2.5, 1.5, 0, 0, 0]),  # labels times advantages, for policy gradients
        ("hinge", [-1, 1, 1, -1, 1, 1]),
        ("poisson", [0, 3, 1, 0, 1, 1]),
        ("mse", [-5, 1, 3, 0, 1, 1]),
        (lambda y, p: p, [np.nan] * 6),
    ],
)
def test_values_that_are_in_order(K, loss, y) -> None:  # type: ignore[no-untyped-def]
    model = _model(1, loss)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.train_on_batch(X, np.array(y, dtype=float))


def test_metrics_that_read_targets_otherwise(K) -> None:  # type: ignore[no-untyped-def]
    with pytest.warns(UserWarning, match="a column for each class"):
        _model(3, "sparse_categorical_crossentropy", "softmax", metrics=["categorical_accuracy"])
    with pytest.warns(UserWarning, match="class numbers in one column"):
        _model(3, "categorical_crossentropy", "softmax", metrics=["sparse_categorical_accuracy"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _model(3, "sparse_categorical_crossentropy", "softmax", metrics=["accuracy"])
        _model(3, "categorical_crossentropy", "softmax", metrics=["accuracy", "top_k_categorical_accuracy"])


def test_softmax_over_one_number(K) -> None:  # type: ignore[no-untyped-def]
    for layer in (Dense(1, activation="softmax"), Activation("softmax")):
        x = Input((3,) if isinstance(layer, Dense) else (4, 1))
        with pytest.warns(UserWarning, match="size 1, so all of the result is 1"):
            model = Model(x, layer(x))
        assert (model.predict(np.random.rand(2, *model.input_shape[1:])) == 1).all()


@pytest.mark.parametrize("kind", [list, np.array, tuple])
def test_class_weights_by_number(K, kind) -> None:  # type: ignore[no-untyped-def]
    """A list or array: the class's number is the index. Keras 1.2.2 took no notice of it."""
    y = np.eye(2)[[0, 1, 1, 0, 1, 1]]
    model = _model(2, "categorical_crossentropy", "softmax")
    start = model.get_weights()
    model.train_on_batch(X, y, class_weight={0: 1.0, 1: 5.0})
    wanted = model.get_weights()
    model.set_weights(start)
    with pytest.warns(UserWarning, match="Keras 1.2.2 took no notice"):
        model.train_on_batch(X, y, class_weight=kind([1.0, 5.0]))
    for got, value in zip(model.get_weights(), wanted, strict=True):
        np.testing.assert_allclose(got, value, rtol=1e-6)
    for wrong in (kind([1.0]), np.ones((2, 2)), "heavy", 3.0):
        with pytest.raises((ValueError, TypeError), match="class_weight"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.train_on_batch(X, y, class_weight=wrong)


def test_no_sample_that_counts(K) -> None:  # type: ignore[no-untyped-def]
    """Weights that are all 0 in a batch: nothing is learnt; all weights of the model became NaN."""
    model = _model(2, "mse")
    start = model.get_weights()
    with pytest.warns(UserWarning, match="all weights are 0"):
        assert model.train_on_batch(X, np.ones((6, 2)), sample_weight=np.zeros(6)) == 0
    for got, value in zip(model.get_weights(), start, strict=True):
        np.testing.assert_array_equal(got, value)
    with pytest.warns(UserWarning, match="NaN"):
        model.test_on_batch(X, np.ones((6, 2)), sample_weight=np.array([1, 1, np.nan, 1, 1, 1]))
    sequences = Sequential(
        [Masking(input_shape=(4, 2)), LSTM(3, return_sequences=True), TimeDistributed(Dense(1))]
    )
    sequences.compile("sgd", "mse")
    assert sequences.train_on_batch(np.zeros((2, 4, 2)), np.ones((2, 4, 1))) == 0
    assert all(np.isfinite(each).all() for each in sequences.get_weights())


@pytest.mark.parametrize("weights", [np.ones(5), np.ones(7), np.ones((6, 1)), np.ones((6, 2))])
def test_sample_weights_of_another_shape(K, weights) -> None:  # type: ignore[no-untyped-def]
    model = _model(2, "mse")
    with pytest.raises(ValueError, match="sample_weight: wanted the shape"):
        model.train_on_batch(X, np.ones((6, 2)), sample_weight=weights)


@pytest.mark.parametrize("option", ["class_mode", "theano_mode"])
def test_options_of_keras_0(K, option) -> None:  # type: ignore[no-untyped-def]
    """``compile(..., class_mode='binary')``: Keras 1.2.2 handed it to the engine, which ignored it."""
    model = Sequential([Dense(1, input_dim=3)])
    with pytest.warns(UserWarning, match=f"{option} of Keras 0.x has no effect"):
        model.compile("sgd", "mse", **{option: "binary"})
    model.train_on_batch(X, np.ones((6, 1)))
    x = Input((3,))
    with pytest.warns(UserWarning, match=option):
        Model(x, Dense(1)(x)).compile("sgd", "mse", **{option: "binary"})
    with pytest.raises(TypeError, match="clas_mode"):
        model.compile("sgd", "mse", clas_mode="binary")


def test_cropping_that_leaves_nothing(K) -> None:  # type: ignore[no-untyped-def]
    """An empty axis, as slices give it; more than there is, is an error."""
    for layer, shape, rest in (
        (Cropping1D((2, 3)), (5, 2), (0, 2)),
        (Cropping1D((5, 0)), (5, 2), (0, 2)),
        (Cropping2D(((1, 1), (2, 2)), dim_ordering="tf"), (4, 4, 3), (2, 0, 3)),
    ):
        x = Input(shape)
        model = Model(x, layer(x))
        assert model.output_shape == (None, *rest)
        assert model.predict(np.zeros((2, *shape))).shape == (2, *rest)
    with pytest.raises(ValueError, match="Crop less"):
        Cropping1D((3, 3))(Input((5, 2)))


def test_a_custom_class_by_name() -> None:
    """`get_from_module` hands out what the program has made known, be it a function or a class."""

    class Activation:
        pass

    get_custom_objects()["OfMine"] = Activation
    try:
        assert get_from_module("OfMine", {}, "activation") is Activation
        assert isinstance(get_from_module("OfMine", {}, "activation", instantiate=True), Activation)
    finally:
        del get_custom_objects()["OfMine"]
