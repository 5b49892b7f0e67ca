"""A loop or a branch of K's graph in many functions of one process, each with derivatives of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.layers import GRU, LSTM, Dense, Embedding, Lambda, Masking, SimpleRNN, TimeDistributed
from polykeras.models import Model, Sequential, load_model

X = np.random.RandomState(0).uniform(-1, 1, (6, 5, 2)).astype("float32")
Y = X.sum((1, 2))[:, None]

LAYERS = {
    "SimpleRNN": lambda: [SimpleRNN(3, input_shape=(5, 2))],
    "SimpleRNN, stacked": lambda: [SimpleRNN(3, input_shape=(5, 2), return_sequences=True), SimpleRNN(2)],
    "SimpleRNN, unknown length": lambda: [SimpleRNN(3, input_shape=(None, 2))],
    "SimpleRNN, masked": lambda: [Masking(input_shape=(5, 2)), SimpleRNN(3)],
    "SimpleRNN, dropout": lambda: [SimpleRNN(3, input_shape=(5, 2), dropout_W=0.2, dropout_U=0.2)],
    "LSTM, relu": lambda: [LSTM(3, input_shape=(5, 2), activation="relu", inner_activation="tanh")],
    "LSTM, dropout": lambda: [LSTM(3, input_shape=(5, 2), dropout_U=0.3)],
    "GRU, relu": lambda: [GRU(3, input_shape=(5, 2), activation="relu")],
}


def _batches() -> Any:
    while True:
        yield X[:3], Y[:3]
        yield X[3:], Y[3:]


def _train_on_and_on(model: Any) -> float:
    """Uses a model in all ways, one after the other; the last loss."""
    model.fit(X, Y, nb_epoch=2, batch_size=3, verbose=0)
    model.train_on_batch(X, Y)
    model.fit_generator(_batches(), samples_per_epoch=6, nb_epoch=2, verbose=0)
    model.evaluate(X, Y, verbose=0)
    model.test_on_batch(X[:2], Y[:2])
    model.predict(X, verbose=0)
    model.fit(X, Y, nb_epoch=1, batch_size=4, verbose=0, validation_split=0.3)
    return float(model.train_on_batch(X[:4], Y[:4]))


@pytest.mark.parametrize("name", LAYERS)
def test_fit_then_train_on_batch(K: Any, name: str) -> None:
    model = Sequential([*LAYERS[name](), Dense(1)])
    model.compile("sgd", "mse")
    assert np.isfinite(_train_on_and_on(model))


def test_the_numbers_are_those_of_one_way(K: Any) -> None:
    """Two epochs by `fit` and by `train_on_batch`, alternating, give the weights that `fit` alone gives."""
    results = []
    for ways in ("fff", "fbf", "bfb"):
        np.random.seed(7)
        model = Sequential([SimpleRNN(3, input_shape=(5, 2)), Dense(1)])
        model.compile("sgd", "mse")
        for way in ways:
            if way == "f":
                model.fit(X, Y, nb_epoch=1, batch_size=6, shuffle=False, verbose=0)
            else:
                model.train_on_batch(X, Y)
        results.append(model.get_weights())
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_models_one_after_the_other_and_sharing_a_layer(K: Any) -> None:
    shared = SimpleRNN(3, input_shape=(5, 2))
    models = [Sequential([shared, Dense(1)]) for _ in range(2)]
    models.append(Sequential([Embedding(7, 2, input_length=5), SimpleRNN(3), Dense(1)]))
    for model in models:
        model.compile("rmsprop", "mse")
    for _ in range(2):
        for model in models:
            x = X if model is not models[2] else np.ones((6, 5), "int32")
            model.fit(x, Y, nb_epoch=1, verbose=0)
            model.train_on_batch(x, Y)


def test_a_recompiled_and_a_frozen_model(K: Any) -> None:
    model = Sequential([SimpleRNN(3, input_shape=(5, 2)), Dense(1)])
    for optimizer in ("sgd", "adam"):
        model.compile(optimizer, "mse")
        model.fit(X, Y, nb_epoch=1, verbose=0)
        model.train_on_batch(X, Y)
    model.layers[1].trainable = False
    model.compile("sgd", "mae")
    model.train_on_batch(X, Y)
    model.fit(X, Y, nb_epoch=1, verbose=0)


def test_saved_loaded_and_trained_on_after_clear_session(K: Any, tmp_path: Any) -> None:
    model = Sequential([SimpleRNN(3, input_shape=(5, 2)), Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, Y, nb_epoch=1, verbose=0)
    path = str(tmp_path / "model.h5")
    for _ in range(2):
        model.save(path)
        wanted = model.predict(X)
        K.clear_session()
        model = load_model(path)
        np.testing.assert_allclose(model.predict(X), wanted, rtol=1e-5)
        model.train_on_batch(X, Y)
        model.fit(X, Y, nb_epoch=1, verbose=0)


def test_an_adversary_and_its_victim(K: Any) -> None:
    """A network of loops trained by itself and, frozen, within another."""
    generator = Sequential([SimpleRNN(2, input_shape=(5, 2), return_sequences=True)])
    judge = Sequential([SimpleRNN(3, input_shape=(5, 2)), Dense(1, activation="sigmoid")])
    judge.compile("sgd", "binary_crossentropy")
    judge.trainable = False
    both = Sequential([generator, judge])
    both.compile("sgd", "binary_crossentropy")
    for _ in range(2):
        judge.train_on_batch(X, np.ones((6, 1)))
        both.train_on_batch(X, np.ones((6, 1)))
        both.fit(X, np.ones((6, 1)), nb_epoch=1, verbose=0)
        judge.fit(generator.predict(X), np.zeros((6, 1)), nb_epoch=1, verbose=0)


def test_loops_within_loops_and_branches(K: Any) -> None:
    """Derivatives of a loop within a loop, in functions of different outputs."""
    w = K.variable(0.5)

    def inner(x: Any, states: Any) -> Any:
        return x * w + states[0], [x * w + states[0]]

    def outer(x: Any, states: Any) -> Any:
        last, _, _ = K.rnn(inner, K.expand_dims(x, -1), [K.zeros_like(x[:, :1])])
        return last + states[0], [last + states[0]]

    x = K.placeholder((2, 3, 4))
    last, every, _ = K.rnn(outer, x, [K.zeros_like(x[:, 0, :1])])
    (slope,) = K.gradients(K.sum(last), [w])
    (other,) = K.gradients(K.sum(every), [w])
    value = np.arange(24.0).reshape(2, 3, 4)
    total = value.sum()
    assert K.function([x], [slope])([value])[0] == pytest.approx(total)
    a, b = K.function([x], [slope, other])([value])
    weights = np.array([3, 2, 1])[None, :, None]
    assert (a, b) == (pytest.approx(total), pytest.approx((weights * value).sum()))
    assert K.function([x], [other])([value])[0] == pytest.approx((weights * value).sum())


def test_a_switch_in_many_functions(K: Any) -> None:
    x = K.placeholder((2, 3))
    w = K.variable(np.full((3,), 2.0))
    y = K.switch(K.greater(K.sum(x), 0), K.sum(x * w * w), K.sum(x * w))
    (slope,) = K.gradients(y, [w])
    for outputs in ([slope], [y, slope], [slope, y + 1]):
        for sign in (1, -1):
            values = K.function([x], outputs)([np.full((2, 3), sign * 1.0)])
            wanted = np.full(3, 8.0 if sign > 0 else -2.0)
            got = next(each for each in values if np.shape(each) == (3,))
            np.testing.assert_allclose(got, wanted)


def test_many_models_in_one_process(K: Any) -> None:
    for size in range(2, 8):
        inputs = Sequential([TimeDistributed(Dense(2), input_shape=(5, 2)), SimpleRNN(size)])
        model = Model(inputs.input, Dense(1)(Lambda(lambda x: 2 * x)(inputs.output)))
        model.compile("sgd", "mse")
        model.train_on_batch(X, Y)
        model.fit(X, Y, nb_epoch=1, batch_size=size, verbose=0)
        model.train_on_batch(X[:size], Y[:size])


def test_branches_and_loops_of_tensorflow(K: Any) -> None:
    """``tf.cond``, ``tf.case`` and ``tf.while_loop`` on K's tensors, derived in several functions."""
    if K.backend() != "tensorflow":
        pytest.skip("TensorFlow's own operations")
    import tensorflow as tf

    x = K.placeholder((3,))
    w = K.variable(2.0)
    with K.graph_scope():
        value = w * 1.0
        power = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, v * value), (0, tf.reduce_sum(x)))[1]
        branch = tf.cond(power > 0, lambda: tf.sin(power * value), lambda: power)
        chosen = tf.case([(power > 100, lambda: power)], default=lambda: tf.square(power) * value)
    slopes = [K.gradients(each, [w])[0] for each in (power, branch, chosen)]
    for outputs in ([slopes[0]], [slopes[1]], slopes, [slopes[2], power], [branch, slopes[1]], slopes[::-1]):
        K.function([x], outputs)([np.ones(3)])
    got = K.function([x], slopes)([np.ones(3)])
    # power = 3 w^3; sin(3 w^4); (3 w^3)^2 w = 9 w^7
    wanted = [9 * 4.0, 12 * 8 * np.cos(48.0), 63 * 64.0]
    np.testing.assert_allclose(got, wanted, rtol=1e-4)
