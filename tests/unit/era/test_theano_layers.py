"""Layers, losses and functions of 2016 written with Theano's names, in Keras models on PyTensor."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from theano_modules import theano_modules

import polykeras
from polykeras.engine.topology import Layer
from polykeras.layers import Activation, Dense, Dropout, Flatten, Input, Lambda
from polykeras.models import Model, Sequential
from polykeras.testing.plugin import fresh


@pytest.fixture
def K() -> Iterator[Any]:
    pytest.importorskip("pytensor")
    with fresh("pytensor") as module:
        yield module


@pytest.fixture
def theano(K: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Theano in a process that has imported Keras."""
    monkeypatch.setitem(sys.modules, "keras", polykeras)
    with theano_modules() as package:
        yield package


@pytest.fixture
def T(theano: Any) -> Any:
    return importlib.import_module("theano.tensor")


def test_keras_s_float_type_is_theano_s(theano: Any, T: Any) -> None:
    """Keras 1 set it as it was imported; what the program assigns afterwards stays."""
    assert theano.config.floatX == "float32" and T.matrix().dtype == "float32"
    assert theano.shared(np.zeros(2, theano.config.floatX)).dtype == "float32"
    theano.config.floatX = "float64"
    assert T.vector().dtype == "float64"


def test_another_keras_has_no_say(theano: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow imports Keras 3 by itself."""
    monkeypatch.setitem(sys.modules, "keras", types.ModuleType("keras"))
    assert theano.config.floatX == "float64"


def test_an_attention_layer(K: Any, theano: Any, T: Any) -> None:
    class Attention(Layer):
        def build(self, input_shape: Any) -> None:
            self.W = self.add_weight((input_shape[-1], input_shape[-1]), initializer="glorot_uniform")
            self.u = K.variable(np.linspace(-1, 1, input_shape[-1]))
            self.trainable_weights = [self.W, self.u]

        def call(self, x: Any, mask: Any = None) -> Any:
            scores = T.dot(T.tanh(T.dot(x, self.W)), self.u)
            weights = T.nnet.softmax(scores)
            return T.sum(x * weights.dimshuffle(0, 1, "x"), axis=1)

        def get_output_shape_for(self, input_shape: Any) -> Any:
            return input_shape[0], input_shape[-1]

    model = Sequential([Attention(input_shape=(4, 3)), Dense(1)])
    x = np.random.normal(size=(8, 4, 3)).astype("float32")
    W, u = model.layers[0].W.get_value(), model.layers[0].u.get_value()
    scores = np.tanh(x @ W) @ u
    weights = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    attended = K.function([model.input], [model.layers[0].output])([x])[0]
    np.testing.assert_allclose(attended, (x * weights[..., None]).sum(1), rtol=1e-5, atol=1e-6)
    model.compile("adam", "mse")
    history = model.fit(x, x.sum((1, 2))[:, None], nb_epoch=20, verbose=0).history["loss"]
    assert history[-1] < history[0]
    assert not np.array_equal(model.layers[0].u.get_value(), u)


def test_a_recurrent_layer_by_scan(K: Any, theano: Any, T: Any) -> None:
    class Recurrence(Layer):
        def build(self, input_shape: Any) -> None:
            self.W = K.variable(np.eye(input_shape[-1]) * 0.5)
            self.trainable_weights = [self.W]

        def call(self, x: Any, mask: Any = None) -> Any:
            def step(now: Any, before: Any, W: Any) -> Any:
                return T.tanh(now + T.dot(before, W))

            first = T.unbroadcast(T.alloc(np.float32(0), x.shape[0], x.shape[2]), 1)
            states, _ = theano.scan(
                step, sequences=x.dimshuffle(1, 0, 2), outputs_info=first, non_sequences=[self.W]
            )
            return states[-1]

        def get_output_shape_for(self, input_shape: Any) -> Any:
            return input_shape[0], input_shape[2]

    model = Sequential([Recurrence(input_shape=(3, 2))])
    x = np.random.normal(size=(4, 3, 2)).astype("float32")
    state = np.zeros((4, 2))
    for now in x.swapaxes(0, 1):
        state = np.tanh(now + 0.5 * state)
    np.testing.assert_allclose(model.predict(x), state, rtol=1e-5)
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    model.train_on_batch(x, np.zeros((4, 2)))
    assert not np.array_equal(model.get_weights()[0], before)


@pytest.mark.parametrize("home", ["theano.sandbox.rng_mrg", "theano.tensor.shared_randomstreams"])
def test_noise_of_random_streams_in_a_layer(K: Any, theano: Any, T: Any, home: str) -> None:
    module = importlib.import_module(home)
    streams = (getattr(module, "MRG_RandomStreams", None) or module.RandomStreams)(seed=5)

    class Noise(Layer):
        uses_learning_phase = True

        def call(self, x: Any, mask: Any = None) -> Any:
            noisy = x + streams.normal(size=x.shape, avg=0.0, std=1.0, dtype=theano.config.floatX)
            return K.in_train_phase(noisy, x)

    model = Sequential([Noise(input_shape=(50,))])
    x = np.zeros((40, 50), "float32")
    np.testing.assert_array_equal(model.predict(x), x)
    f = K.function([model.input, K.learning_phase()], [model.output])
    first, second = f([x, 1])[0], f([x, 1])[0]
    assert first.std() == pytest.approx(1, abs=0.1) and not np.array_equal(first, second)


def test_losses(K: Any, theano: Any, T: Any) -> None:
    def loss(y_true: Any, y_pred: Any) -> Any:
        y_pred = T.clip(y_pred, 1e-6, 1.0 - 1e-6)
        y_pred /= y_pred.sum(axis=-1, keepdims=True)
        return T.nnet.categorical_crossentropy(y_pred, y_true)

    model = Sequential([Activation("linear", input_shape=(3,))])
    model.compile("sgd", loss)
    p = np.array([[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]])
    y = np.eye(3)[[2, 1]]
    assert model.evaluate(p, y, verbose=0) == pytest.approx(-np.log([0.5, 0.8]).mean(), rel=1e-5)


def test_theano_function_of_a_model(K: Any, theano: Any, T: Any) -> None:
    model = Sequential([Dense(4, input_dim=3, activation="relu"), Dropout(0.5), Dense(1)])
    x = np.random.normal(size=(5, 3)).astype("float32")
    expected = model.predict(x)
    by_input = theano.function([model.input, K.learning_phase()], model.output)
    np.testing.assert_allclose(by_input(x, 0), expected, rtol=1e-5)
    assert not np.array_equal(by_input(x, 1), by_input(x, 1))
    by_given = theano.function([model.input], model.output, givens={K.learning_phase(): np.uint8(0)})
    np.testing.assert_allclose(by_given(x), expected, rtol=1e-5)
    by_default = theano.function([model.input], model.output, allow_input_downcast=True)
    np.testing.assert_allclose(by_default(x.astype("float64")), expected, rtol=1e-5)
    target = T.matrix("target")
    weights = model.trainable_weights
    cost = T.mean(T.sqr(model.output - target))
    updates = [(w, w - 0.05 * g) for w, g in zip(weights, T.grad(cost, weights), strict=True)]
    train = theano.function([model.input, target], cost, updates=model.updates + updates)
    costs = [float(train(x, np.ones((5, 1), "float32"))) for _ in range(30)]
    assert costs[-1] < costs[0]
    saliency = theano.function([model.input], theano.grad(model.output.sum(), model.input))
    assert saliency(x).shape == (5, 3) and saliency(x).dtype == "float32"


def test_k_function_takes_theano_s_expressions(K: Any, theano: Any, T: Any) -> None:
    a, b = T.matrix("a"), theano.shared(np.float32(2.0), name="b")
    f = K.function([a], [a * b, T.nnet.sigmoid(a)], updates=[(b, b + 1)])
    assert f([np.ones((1, 1))])[0] == 2.0
    assert f([np.ones((1, 1))])[0] == 3.0


def test_convolution_in_a_layer(K: Any, theano: Any, T: Any) -> None:
    pool_2d = importlib.import_module("theano.tensor.signal.pool").pool_2d
    w = K.variable(np.arange(4.0).reshape(1, 1, 2, 2))
    x = Input((1, 4, 4))

    def net(images: Any) -> Any:
        return pool_2d(T.nnet.conv2d(images, w), (3, 3), ignore_border=True, mode="sum")

    y = Flatten()(Lambda(net, output_shape=(1, 1, 1))(x))
    result = Model(x, y).predict(np.ones((2, 1, 4, 4)))
    np.testing.assert_allclose(result, [[9 * 6.0]] * 2)


def test_the_backend_s_module_by_its_old_name(K: Any, theano: Any, T: Any) -> None:
    KTH = importlib.import_module("polykeras.backend.theano_backend")
    x = KTH.variable(np.eye(2))
    np.testing.assert_array_equal(KTH.eval(T.dot(x, x) * 2), np.eye(2) * 2)
