"""Whole models: saved, loaded, trained on as if nothing had been; and files that are refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras import backend as K_module
from polykeras.layers import (
    LSTM,
    Activation,
    BatchNormalization,
    Convolution1D,
    Convolution2D,
    Dense,
    Flatten,
    Input,
    Lambda,
    merge,
)
from polykeras.models import Model, Sequential, load_model, save_model
from polykeras.optimizers import SGD, Adam, TFOptimizer
from polykeras.testing import plugin
from polykeras.utils.generic_utils import CustomObjectScope

X = np.random.RandomState(0).uniform(-1, 1, (12, 3)).astype("float32")
Y = np.random.RandomState(1).uniform(-1, 1, (12, 2)).astype("float32")


def mlp(optimizer: Any = "adam", **options: Any) -> Sequential:
    np.random.seed(3)
    model = Sequential([Dense(4, input_dim=3, activation="tanh"), BatchNormalization(), Dense(2)])
    model.compile(optimizer, options.pop("loss", "mse"), **options)
    return model


def branches() -> Model:
    np.random.seed(3)
    a, b = Input((3,), name="a"), Input((3,), name="b")
    shared = Dense(4, activation="relu", name="shared")
    inner = Sequential([Dense(4, input_dim=4), BatchNormalization()], name="inner")
    joined = merge([inner(shared(a)), shared(b)], mode="concat")
    model = Model([a, b], [Dense(2, name="p")(joined), Dense(1, activation="sigmoid", name="q")(joined)])
    model.compile(
        SGD(lr=0.1, momentum=0.9, decay=0.01),
        {"p": "mse", "q": "binary_crossentropy"},
        metrics={"q": "accuracy"},
        loss_weights={"p": 1.0, "q": 0.3},
    )
    return model


def same(one: Any, other: Any) -> bool:
    return len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


OPTIMIZERS = ["sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "momentum"]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_goes_on_as_if_never_stopped(K: Any, optimizer: str, tmp_path: Path) -> None:
    model = mlp(SGD(lr=0.1, momentum=0.9, decay=0.1) if optimizer == "momentum" else optimizer)
    model.fit(X, Y, batch_size=4, nb_epoch=2, verbose=0, shuffle=False)
    model.save(tmp_path / "model.h5")
    model.fit(X, Y, batch_size=4, nb_epoch=2, verbose=0, shuffle=False)
    again = load_model(tmp_path / "model.h5")
    again.fit(X, Y, batch_size=4, nb_epoch=2, verbose=0, shuffle=False)
    assert same(model.get_weights(), again.get_weights())
    assert same(model.model.optimizer.get_weights(), again.model.optimizer.get_weights())


def test_everything_of_a_graph(K: Any, tmp_path: Path) -> None:
    model = branches()
    targets = {"p": Y, "q": (Y[:, :1] > 0).astype("float32")}
    model.fit([X, -X], targets, nb_epoch=1, verbose=0)
    save_model(model, tmp_path / "model.h5")
    again = load_model(tmp_path / "model.h5")
    assert again.loss == model.loss and again.metrics == model.metrics
    assert again.loss_weights == model.loss_weights and again.metrics_names == model.metrics_names
    for one, other in zip(model.predict([X, -X]), again.predict([X, -X]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert model.train_on_batch([X, -X], targets) == again.train_on_batch([X, -X], targets)
    assert same(model.get_weights(), again.get_weights())


def test_not_compiled_and_not_trained(K: Any, tmp_path: Path) -> None:
    model = Sequential([Dense(2, input_dim=3)])
    model.save(tmp_path / "bare.h5")
    with pytest.warns(UserWarning, match="not compiled"):
        again = load_model(tmp_path / "bare.h5")
    np.testing.assert_array_equal(model.predict(X), again.predict(X))
    mlp().save(tmp_path / "fresh.h5")
    with h5py.File(tmp_path / "fresh.h5") as file:
        assert "optimizer_weights" not in file
    assert isinstance(load_model(tmp_path / "fresh.h5").train_on_batch(X, Y), float)


class Doubling(Dense):
    def call(self, x: Any, mask: Any = None) -> Any:
        return 2.0 * super().call(x)


def huber(y_true: Any, y_pred: Any) -> Any:
    error = K_module.abs(y_true - y_pred)
    return K_module.mean(K_module.minimum(0.5 * error * error, error - 0.5), axis=-1)


def worst(y_true: Any, y_pred: Any) -> Any:
    return K_module.max(K_module.abs(y_true - y_pred))


def test_custom_objects(K: Any, tmp_path: Path) -> None:
    model = Sequential([Doubling(2, input_dim=3)])
    model.compile("sgd", huber, metrics=[worst])
    model.save(tmp_path / "model.h5")
    known = {"Doubling": Doubling, "huber": huber, "worst": worst}
    with CustomObjectScope():
        again = load_model(tmp_path / "model.h5", custom_objects=known)
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    for name in known:
        with pytest.raises(ValueError, match=name), CustomObjectScope():
            load_model(tmp_path / "model.h5", custom_objects={k: v for k, v in known.items() if k != name})


def test_lambda_is_asked_for(K: Any, tmp_path: Path) -> None:
    def halve(x: Any) -> Any:
        return x / 2.0

    model = Sequential([Lambda(halve, input_shape=(3,), name="halving"), Dense(2)])
    model.save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5", "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"][0]["config"]["function"][0] = "c\x00\x00"  # not what this process wrote
        file.attrs["model_config"] = json.dumps(config)
    with pytest.raises(ValueError, match=r"custom_objects=\{.*halving"):
        load_model(tmp_path / "model.h5")
    with pytest.warns(UserWarning, match="not compiled"):
        again = load_model(tmp_path / "model.h5", custom_objects={"halving": halve})
    np.testing.assert_array_equal(model.predict(X), again.predict(X))


def test_optimizer_of_the_engine(K: Any, tmp_path: Path) -> None:
    if K.backend() != "tensorflow":
        pytest.skip("this engine has no optimizers of its own")
    import tensorflow as tf

    model = mlp(TFOptimizer(tf.compat.v1.train.GradientDescentOptimizer(0.1)))
    with pytest.warns(UserWarning, match="cannot be saved"):
        model.save(tmp_path / "model.h5")
    with pytest.warns(UserWarning, match="not compiled"):
        load_model(tmp_path / "model.h5")


def zoo() -> Sequential:
    np.random.seed(3)
    model = Sequential(
        [
            Convolution2D(3, 2, 3, input_shape=(6, 5, 2), dim_ordering="tf"),
            Activation("relu"),
            BatchNormalization(),
            Flatten(),
            Dense(12),
            Lambda(lambda x: K_module.reshape(x, (-1, 4, 3)), output_shape=(4, 3), name="cut"),
            Convolution1D(3, 2),
            LSTM(3, return_sequences=True),
            LSTM(2, consume_less="gpu"),
        ]
    )
    model.compile("adam", "mse")
    return model


def cut(x: Any) -> Any:
    return K_module.reshape(x, (-1, 4, 3))


@pytest.mark.parametrize(("first", "second"), [("tensorflow", "pytensor"), ("pytensor", "tensorflow")])
def test_from_one_engine_to_the_other(first: str, second: str, tmp_path: Path) -> None:
    x = np.random.RandomState(4).uniform(-1, 1, (8, 6, 5, 2)).astype("float32")
    y = np.random.RandomState(5).uniform(-1, 1, (8, 2)).astype("float32")
    figures = []
    with plugin.fresh(first):
        model = zoo()
        model.train_on_batch(x, y)
        model.save(tmp_path / "model.h5")
        figures.append([model.predict(x), model.train_on_batch(x, y), model.predict(x)])
    with plugin.fresh(second):
        model = load_model(tmp_path / "model.h5", custom_objects={"cut": cut})
        figures.append([model.predict(x), model.train_on_batch(x, y), model.predict(x)])
    for one, other in zip(*figures, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def test_kernels_of_theano_and_their_slots(K: Any, tmp_path: Path) -> None:
    """The momentum of a rotated kernel is rotated with it: a file of Theano trains on as it would have."""
    model = Sequential(
        [Convolution2D(2, 3, 3, input_shape=(5, 5, 1), dim_ordering="tf"), Flatten(), Dense(1)]
    )
    model.compile(Adam(), "mse")
    x = np.random.RandomState(4).uniform(-1, 1, (8, 5, 5, 1)).astype("float32")
    y = x.mean(axis=(1, 2))
    model.fit(x, y, nb_epoch=2, verbose=0)
    model.save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5", "a") as file:  # as Theano would have written it
        for group in [*file["model_weights"].values(), file["optimizer_weights"]]:
            names = [name.decode() for name in group.attrs["weight_names"]]
            for name in names:
                value = group[name][()]
                del group[name]
                group[name.removesuffix(":0")] = value[::-1, ::-1].copy() if value.ndim == 4 else value
            if names:
                group.attrs["weight_names"] = np.array([name.removesuffix(":0") for name in names], "S")
    again = load_model(tmp_path / "model.h5")
    assert same(model.get_weights(), again.get_weights())
    assert model.train_on_batch(x, y) == again.train_on_batch(x, y)
    assert same(model.get_weights(), again.get_weights())
    kept = load_model(tmp_path / "model.h5", original_backend="tensorflow")
    with h5py.File(tmp_path / "model.h5") as file:
        (kernel,) = (
            value for group in file["model_weights"].values() for value in group.values() if value.ndim == 4
        )
        np.testing.assert_array_equal(kept.get_weights()[0], kernel)


def changed(path: Path, **attributes: Any) -> Path:
    with h5py.File(path, "a") as file:
        for name, value in attributes.items():
            if value is None:
                del file.attrs[name]
            else:
                file.attrs[name] = value
    return path


@pytest.fixture
def saved(K: Any, tmp_path: Path) -> Path:
    model = mlp()
    model.train_on_batch(X, Y)
    model.save(tmp_path / "model.h5")
    return tmp_path / "model.h5"


def test_other_files(saved: Path, tmp_path: Path) -> None:
    archive = tmp_path / "model.keras"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("config.json", "{}")
    (tmp_path / "text.h5").write_text("no HDF5")
    (tmp_path / "torn.h5").write_bytes(saved.read_bytes()[:2000])
    mlp().save_weights(tmp_path / "weights.h5")
    for path, error, message in (
        (tmp_path / "nowhere.h5", FileNotFoundError, "no such file"),
        (archive, ValueError, "Keras 3"),
        (tmp_path, ValueError, "a folder"),
        (tmp_path / "text.h5", OSError, "HDF5"),
        (tmp_path / "torn.h5", OSError, "HDF5"),
        (tmp_path / "weights.h5", ValueError, "load_weights"),
    ):
        with pytest.raises(error, match=message):
            load_model(path)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"keras_version": "2.2.4"}, "one of Keras 2.2.4"),
        ({"keras_version": "3.0.0"}, "one of Keras 3.0.0"),
        ({"model_config": "{"}, "'model_config': the text is not the JSON"),
        ({"model_config": "[" * 100_000}, "not the JSON of a model"),
        ({"model_config": 3}, "must be a text"),
        ({"training_config": "[]"}, "training_config must hold"),
        (
            {"training_config": '{"optimizer_config": {"class_name": "os.system"}, "loss": "mse"}'},
            "optimizer",
        ),
        (
            {"training_config": '{"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "exec"}'},
            "exec",
        ),
    ],
)
def test_damaged_texts(saved: Path, attributes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_model(changed(saved, **attributes))


def reconfigured(path: Path, layer: int, **arguments: Any) -> Path:
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        config["config"][layer]["config"].update(arguments)
        file.attrs["model_config"] = json.dumps(config)
    return path


def test_more_weights_than_the_file_holds(saved: Path) -> None:
    with pytest.raises(ValueError, match=r"dense.*more than there can be"):
        load_model(reconfigured(saved, 0, output_dim=10**9))
    with pytest.raises(ValueError, match=r"output_dim must be an integer above 0 and at most 2147483647"):
        load_model(reconfigured(saved, 0, output_dim=10**12))


@pytest.mark.parametrize(
    "arguments",
    [
        {"output_dim": None},
        {"output_dim": [3]},
        {"activation": 3.5},
        {"W_regularizer": "l3"},
        {"nonsense": 1},
    ],
)
def test_arguments_that_no_layer_takes(saved: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        load_model(reconfigured(saved, 0, **arguments))


def test_a_state_that_does_not_fit(saved: Path) -> None:
    with h5py.File(saved, "a") as file:
        group = file["optimizer_weights"]
        group.attrs["weight_names"] = group.attrs["weight_names"][:-1]
    with pytest.warns(UserWarning, match=r"state of the optimizer does not fit \(wanted 13 arrays, got 12\)"):
        model = load_model(saved)
    assert not any(np.any(value) for value in model.model.optimizer.get_weights())


def test_weights_of_another_architecture(saved: Path) -> None:
    with pytest.raises(ValueError, match=r"more than there can be|wanted"):
        load_model(reconfigured(saved, 2, output_dim=3))


def test_not_overwritten(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()
    monkeypatch.setattr("builtins.input", lambda question: "n")
    mlp().save(saved, overwrite=False)
    assert saved.read_bytes() == before


def test_what_cannot_be_told_leaves_the_old_file(saved: Path) -> None:
    before = saved.read_bytes()
    model = Sequential([Dense(2, input_dim=3, name="a/../b")])
    with pytest.raises(ValueError, match=r"\.\."):
        model.save(saved)
    assert saved.read_bytes() == before and [path.name for path in saved.parent.iterdir()] == ["model.h5"]
