"""Optimizers as objects: look-up, configuration, state, hyper-parameters, users' own classes."""

import numpy as np
import pytest

from polykeras import optimizers
from polykeras.layers import Dense, Input
from polykeras.models import Model

NAMES = ["sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam"]
X = np.random.RandomState(0).uniform(-1, 1, (16, 3)).astype("float32")
Y = np.random.RandomState(1).uniform(-1, 1, (16, 2)).astype("float32")


def compiled(optimizer, loss="mse"):
    i = Input(shape=(3,))
    model = Model(input=i, output=Dense(2)(i))
    model.compile(optimizer, loss)
    return model


# What Keras 1.2.2 writes into a file: numbers of float32 variables seen as doubles.
CONFIGS = {
    "sgd": {"lr": 0.009999999776482582, "momentum": 0.0, "decay": 0.0, "nesterov": False},
    "rmsprop": {"lr": 0.0010000000474974513, "rho": 0.8999999761581421, "decay": 0.0, "epsilon": 1e-8},
    "adagrad": {"lr": 0.009999999776482582, "decay": 0.0, "epsilon": 1e-8},
    "adadelta": {"lr": 1.0, "rho": 0.95, "decay": 0.0, "epsilon": 1e-8},
    "adam": {
        "lr": 0.0010000000474974513,
        "beta_1": 0.8999999761581421,
        "beta_2": 0.9990000128746033,
        "decay": 0.0,
        "epsilon": 1e-8,
    },
    "adamax": {
        "lr": 0.0020000000949949026,
        "beta_1": 0.8999999761581421,
        "beta_2": 0.9990000128746033,
        "decay": 0.0,
        "epsilon": 1e-8,
    },
    "nadam": {
        "lr": 0.0020000000949949026,
        "beta_1": 0.8999999761581421,
        "beta_2": 0.9990000128746033,
        "epsilon": 1e-8,
        "schedule_decay": 0.004,
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_names_and_configurations(K, name):
    optimizer = optimizers.get(name)
    cls = type(optimizer)
    assert optimizers.get(name.upper() if name == "sgd" else cls.__name__).__class__ is cls
    assert getattr(optimizers, name) is cls
    assert optimizer.get_config() == CONFIGS[name]
    for class_name in (cls.__name__, name):
        again = optimizers.optimizer_from_config({"class_name": class_name, "config": optimizer.get_config()})
        assert type(again) is cls and again.get_config() == optimizer.get_config()
    assert cls.from_config({}).get_config() == CONFIGS[name]


def test_get(K):
    adam = optimizers.Adam()
    assert optimizers.get(adam) is adam
    assert optimizers.get("sgd", {"lr": 0.5}).get_config()["lr"] == 0.5
    config = {"name": "SGD", "lr": 0.5}
    assert optimizers.get(config).get_config()["lr"] == 0.5
    assert config == {"name": "SGD", "lr": 0.5}
    with pytest.raises(ValueError, match="'adam'"):
        optimizers.get("adamm")
    with pytest.raises(ValueError, match="Unknown"):
        optimizers.get("Optimizer")
    with pytest.raises(TypeError, match="3"):
        optimizers.get(3)
    with pytest.raises(ValueError, match="class_name"):
        optimizers.optimizer_from_config({})
    with pytest.raises(ValueError, match="Did you mean"):
        optimizers.optimizer_from_config({"class_name": "Addam"})


@pytest.mark.parametrize(
    "kwargs, error, message",
    [
        ({"learning_rate": 0.1}, TypeError, "'lr'"),
        ({"momentun": 0.1}, TypeError, "Did you mean 'momentum'"),
        ({"lr": "fast"}, ValueError, "SGD: lr must be a finite number, got 'fast'"),
        ({"lr": None}, ValueError, "lr"),
        ({"lr": float("nan")}, ValueError, "lr"),
        ({"clipnorm": "big"}, ValueError, "clipnorm"),
    ],
)
def test_bad_arguments(K, kwargs, error, message):
    with pytest.raises(error, match=message):
        optimizers.SGD(**kwargs)


def test_clipping_is_configured(K):
    config = optimizers.Adam(clipnorm=1.0, clipvalue=0.5).get_config()
    assert (config["clipnorm"], config["clipvalue"]) == (1.0, 0.5)
    assert "clipnorm" not in optimizers.Adam().get_config()


@pytest.mark.parametrize("name", NAMES)
def test_state_goes_over_to_another_model(K, name):
    model, twin = compiled(name), compiled(name)
    assert model.optimizer.get_weights() == []
    for _ in range(3):
        model.train_on_batch(X, Y)
    twin._make_train_function()
    twin.set_weights(model.get_weights())
    twin.optimizer.set_weights(model.optimizer.get_weights())
    if name == "nadam":  # the product of the schedule is not saved, as in Keras 1
        K.set_value(twin.optimizer.m_schedule, K.get_value(model.optimizer.m_schedule))
    for _ in range(3):
        assert model.train_on_batch(X, Y) == twin.train_on_batch(X, Y)


def test_bad_state(K):
    model = compiled("adam")
    with pytest.raises(ValueError, match="wanted 0 arrays, got 5"):
        model.optimizer.set_weights([np.zeros(())] * 5)
    model.train_on_batch(X, Y)
    state = model.optimizer.get_weights()
    with pytest.raises(ValueError, match="shape"):
        model.optimizer.set_weights([*state[:-1], np.zeros((9, 9))])
    for a, b in zip(state, model.optimizer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", NAMES)
def test_iterations(K, name):
    """The counter of SGD, RMSprop, Adagrad and Adadelta moves only with a decay."""
    for decay in (0.0, 0.1):
        if name == "nadam" and decay:
            continue
        optimizer = optimizers.get(name, {"decay": decay} if decay else None)
        model = compiled(optimizer)
        model.train_on_batch(X, Y)
        model.train_on_batch(X, Y)
        counts = decay > 0 or name in ("adam", "adamax", "nadam")
        assert K.get_value(optimizer.iterations) == (2 if counts else 0)


def test_rate_is_a_variable(K):
    model = compiled(optimizers.SGD(lr=0.1))
    model.train_on_batch(X, Y)
    K.set_value(model.optimizer.lr, 0.0)
    before = model.get_weights()
    model.train_on_batch(X, Y)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    assert model.optimizer.get_config()["lr"] == 0.0


def test_clipnorm_is_global(K):
    model = compiled(optimizers.SGD(lr=1.0, clipnorm=0.01))
    before = model.get_weights()
    model.train_on_batch(100 * X, Y)
    moves = [a - b for a, b in zip(before, model.get_weights(), strict=True)]
    np.testing.assert_allclose(np.sqrt(sum(np.sum(move**2) for move in moves)), 0.01, rtol=1e-3)


def test_clipvalue(K):
    model = compiled(optimizers.SGD(lr=1.0, clipvalue=0.01))
    before = model.get_weights()[0]
    model.train_on_batch(100 * X, Y)
    np.testing.assert_allclose(np.abs(before - model.get_weights()[0]), 0.01, rtol=1e-3)


def test_small_gradients_are_not_clipped(K):
    plain, clipped = compiled(optimizers.SGD()), compiled(optimizers.SGD(clipnorm=1e6, clipvalue=1e6))
    clipped.set_weights(plain.get_weights())
    assert plain.train_on_batch(X, Y) == clipped.train_on_batch(X, Y)
    np.testing.assert_allclose(plain.get_weights()[0], clipped.get_weights()[0], rtol=1e-6)


def test_clip_norm(K):
    g = np.array([3.0, 4.0], "float32")

    def got(c, n):
        return K.eval(optimizers.clip_norm(K.variable(g), c, K.variable(n)))

    np.testing.assert_allclose(got(1.0, 5.0), g / 5, rtol=1e-6)
    np.testing.assert_allclose(got(10.0, 5.0), g, rtol=1e-6)
    np.testing.assert_allclose(got(0, 5.0), g)


def test_own_optimizer(K):
    class Signs(optimizers.Optimizer):
        """Steps of one size against the gradient's sign, with a plain pair as an update."""

        def __init__(self, lr=0.01, **kwargs):
            super().__init__(**kwargs)
            self.lr = K.variable(lr)
            self.steps = K.variable(0)

        def get_updates(self, params, constraints, loss):
            self.updates = [K.update_add(self.steps, 1)]
            self.weights = [self.steps]
            for p, g in zip(params, self.get_gradients(loss, params), strict=True):
                new = p - self.lr * K.sign(g)
                if p in constraints:
                    new = constraints[p](new)
                self.updates.append((p, new))
            return self.updates

    model = compiled(Signs())
    before = model.get_weights()[0]
    model.fit(X, Y, batch_size=16, nb_epoch=3, verbose=0)
    assert model.optimizer.get_weights()[0] == 3
    assert np.abs(before - model.get_weights()[0]).max() < 0.0301
    config = {"class_name": "Signs", "config": {"lr": 0.5}}
    assert isinstance(optimizers.optimizer_from_config(config, {"Signs": Signs}), Signs)


def test_one_optimizer_for_two_models(K):
    shared = optimizers.Adam()
    for _ in range(2):
        model = compiled(shared)
        model.train_on_batch(X, Y)
    assert len(shared.get_weights()) == 5


def test_native_optimizers_are_for_engines_that_have_them(K):
    with pytest.raises(TypeError, match="TFOptimizer: optimizer must be"):
        optimizers.TFOptimizer("sgd")


def test_native_optimizer_trains_like_ours(K):
    """TensorFlow's own gradient descent against `SGD`, batch by batch and in groups."""
    if K.backend() != "tensorflow":
        pytest.skip("an engine without optimizers of its own")
    import tensorflow as tf

    histories = []
    for optimizer in (tf.compat.v1.train.MomentumOptimizer(0.1, 0.9), optimizers.SGD(lr=0.1, momentum=0.9)):
        np.random.seed(0)
        model = compiled(optimizer)
        histories.append(model.fit(X, Y, batch_size=4, nb_epoch=4, verbose=0).history["loss"])
        if isinstance(optimizer, tf.compat.v1.train.Optimizer):
            assert isinstance(model.optimizer, optimizers.TFOptimizer)
            assert K.get_value(model.optimizer.iterations) == 16
            for use in ("weights", "get_config"):
                with pytest.raises(NotImplementedError, match="TFOptimizer"):
                    getattr(model.optimizer, use)()
    np.testing.assert_allclose(*histories, rtol=1e-5)


def test_native_optimizer_refuses_constraints(K):
    if K.backend() != "tensorflow":
        pytest.skip("an engine without optimizers of its own")
    import tensorflow as tf

    i = Input(shape=(3,))
    model = Model(input=i, output=Dense(2, W_constraint="nonneg")(i))
    model.compile(tf.compat.v1.train.GradientDescentOptimizer(0.1), "mse")
    with pytest.raises(ValueError, match="W_constraint"):
        model.train_on_batch(X, Y)
