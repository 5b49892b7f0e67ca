"""The same weights and data give the same training on both engines."""

import numpy as np
import pytest

from polykeras import constraints, objectives, optimizers, regularizers
from polykeras.layers import Dense, Input, merge
from polykeras.models import Model, Sequential

STEPS, SAMPLES, UNITS = 20, 16, 4

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(lr=0.05),
    "sgd momentum": lambda: optimizers.SGD(lr=0.05, momentum=0.9, decay=0.01),
    "sgd nesterov": lambda: optimizers.SGD(lr=0.05, momentum=0.9, nesterov=True),
    "sgd clipnorm": lambda: optimizers.SGD(lr=0.5, clipnorm=0.1),
    "sgd clipvalue": lambda: optimizers.SGD(lr=0.5, clipvalue=0.01),
    "rmsprop": lambda: optimizers.RMSprop(),
    "rmsprop decay": lambda: optimizers.RMSprop(lr=0.01, decay=0.1),
    "adagrad": lambda: optimizers.Adagrad(),
    "adadelta": lambda: optimizers.Adadelta(),
    "adam": lambda: optimizers.Adam(),
    "adam decay": lambda: optimizers.Adam(lr=0.01, decay=0.1),
    "adamax": lambda: optimizers.Adamax(),
    "nadam": lambda: optimizers.Nadam(),
}
OBJECTIVES = [
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error", "squared_hinge", "hinge", "categorical_crossentropy",
    "sparse_categorical_crossentropy", "binary_crossentropy", "kullback_leibler_divergence", "poisson",
    "cosine_proximity",
]  # fmt: skip


def assert_same(one, other, rtol=1e-5):
    """Arrays agree to `rtol` of their largest element."""
    for a, b in zip(one, other, strict=True):
        a, b = np.asarray(a, "float64"), np.asarray(b, "float64")
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * np.abs(a).max(initial=1e-30))


def data(objective):
    rng = np.random.RandomState(7)
    x = rng.uniform(-1, 1, (STEPS * SAMPLES, 5)).astype("float32")
    classes = rng.randint(0, UNITS, len(x))
    if objective == "sparse_categorical_crossentropy":
        y = classes[:, None]
    elif "hinge" in objective:
        y = rng.choice([-1, 1], (len(x), UNITS))
    elif "crossentropy" in objective:
        y = np.eye(UNITS)[classes]
    else:
        y = rng.uniform(0.1, 1, (len(x), UNITS))
    return x, y.astype("float32")


def network(objective="mean_squared_error", **first):
    return Sequential(
        [
            Dense(6, activation="tanh", input_dim=5, **first),
            Dense(UNITS, activation="softmax" if "categorical" in objective else "sigmoid"),
        ]
    )


def trained(model, x, y):
    """Losses of the steps, and the weights and optimizer state after them."""
    losses = [
        model.train_on_batch(x[start : start + SAMPLES], y[start : start + SAMPLES])
        for start in range(0, len(x), SAMPLES)
    ]
    return [losses, *model.get_weights(), *model.optimizer.get_weights()]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer(on_each_engine, name):
    x, y = data("mean_squared_error")

    def run(K):
        model = network()
        model.compile(OPTIMIZERS[name](), "mse")
        return trained(model, x, y)

    assert_same(*on_each_engine(run))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_objective(on_each_engine, objective):
    x, y = data(objective)

    def run(K):
        model = network(objective)
        model.compile(optimizers.SGD(lr=0.1), objective, metrics=["accuracy"])
        losses, *weights = trained(model, x, y)
        return [*zip(*losses, strict=True), *weights]

    assert_same(*on_each_engine(run))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_gradient_of_objective(on_each_engine, objective):
    _, targets = data(objective)
    pred = np.random.RandomState(3).uniform(0.05, 0.95, (len(targets), UNITS)).astype("float32")

    def run(K):
        y_true = K.placeholder(shape=(None, targets.shape[1]))
        y_pred = K.placeholder(shape=(None, UNITS))
        loss = objectives.get(objective)(y_true, y_pred)
        function = K.function([y_true, y_pred], [loss, *K.gradients(K.mean(loss), [y_pred])])
        return function([targets, pred])

    assert_same(*on_each_engine(run))


@pytest.mark.parametrize(
    "first",
    [
        {"W_regularizer": "l2"},
        {"W_regularizer": "l1l2", "activity_regularizer": regularizers.activity_l1(0.01)},
        {"W_constraint": constraints.maxnorm(0.5), "b_constraint": "nonneg"},
        {"W_constraint": "unitnorm"},
    ],
    ids=["l2", "l1l2 and activity", "maxnorm and nonneg", "unitnorm"],
)
def test_regularizers_and_constraints(on_each_engine, first):
    x, y = data("mean_squared_error")

    def run(K):
        model = network(**first)
        model.compile(optimizers.SGD(lr=0.1, momentum=0.5), "mse")
        return trained(model, x, y)

    assert_same(*on_each_engine(run))


def test_fit_with_weights_and_several_outputs(on_each_engine):
    rng = np.random.RandomState(2)
    a, b = rng.uniform(-1, 1, (50, 3)), rng.uniform(-1, 1, (50, 2))
    y, z = rng.randint(0, 3, 50), rng.uniform(0, 1, (50, 2))
    weights = rng.choice([0.0, 0.5, 2.0], 50)

    def run(K):
        first, second = Input(shape=(3,), name="a"), Input(shape=(2,), name="b")
        shared = merge([Dense(4, activation="relu")(first), Dense(4, activation="relu")(second)], mode="sum")
        outputs = [Dense(3, activation="softmax", name="y")(shared), Dense(2, name="z")(shared)]
        model = Model(input=[first, second], output=outputs)
        model.compile(
            "adam",
            {"y": "sparse_categorical_crossentropy", "z": "mae"},
            metrics={"y": "acc", "z": ["mse"]},
            loss_weights={"z": 0.3},
        )
        history = model.fit(
            {"a": a, "b": b},
            {"y": y, "z": z},
            batch_size=8,
            nb_epoch=4,
            verbose=0,
            validation_split=0.2,
            sample_weight={"z": weights},
            class_weight={"y": {0: 1.0, 1: 3.0, 2: 0.2}},
        )
        assert list(history.history) == [
            "val_loss", "val_y_loss", "val_z_loss", "val_y_acc", "val_z_mean_squared_error",
            "loss", "y_loss", "z_loss", "y_acc", "z_mean_squared_error",
        ]  # fmt: skip
        return [*history.history.values(), *model.get_weights(), *model.predict([a, b])]

    assert_same(*on_each_engine(run))
