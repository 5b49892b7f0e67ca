"""Nested models that are frozen stay so in files and configurations."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras.callbacks import ModelCheckpoint
from polykeras.layers import LSTM, Bidirectional, Dense, Input, Merge, TimeDistributed
from polykeras.models import (
    Model,
    Sequential,
    load_model,
    model_from_config,
    model_from_json,
    model_from_yaml,
)

X = np.linspace(-1, 1, 12, dtype="float32").reshape(4, 3)
Y = np.linspace(0, 1, 4, dtype="float32").reshape(4, 1)


def stack(frozen: bool = True) -> Sequential:
    base = Sequential([Dense(3, input_dim=3, name="inner")], name="base")
    base.trainable = not frozen
    return base


def graph(frozen: bool = True) -> Model:
    x = Input((3,))
    base = Model(x, Dense(3, name="inner")(x), name="base")
    base.trainable = not frozen
    return base


def in_stack(base: Any) -> Any:
    return Sequential([base, Dense(1, name="last")])


def behind_a_layer(base: Any) -> Any:
    return Sequential([Dense(3, input_dim=3, name="early"), base, Dense(1, name="last")])


def in_graph(base: Any) -> Any:
    x = Input((3,))
    return Model(x, Dense(1, name="last")(base(x)))


def deep(base: Any) -> Any:
    return in_graph(Sequential([in_graph_of_three(base)]))


def in_graph_of_three(base: Any) -> Any:
    x = Input((3,))
    return Model(x, Dense(3, name="between")(base(x)), name="middle")


def in_time(base: Any) -> Any:
    return Sequential([TimeDistributed(base, input_shape=(2, 3)), LSTM(1, name="last")])


def in_branches(base: Any) -> Any:
    other = Sequential([Dense(3, input_dim=3, name="other")])
    return Sequential([Merge([base, other], mode="sum"), Dense(1, name="last")])


WAYS: dict[str, Callable[[Any], Any]] = {
    "json": lambda model: model_from_json(model.to_json()),
    "yaml": lambda model: model_from_yaml(model.to_yaml()),
    "own configuration": lambda model: type(model).from_config(model.get_config()),
    "configuration": lambda model: model_from_config(
        {"class_name": type(model).__name__, "config": model.get_config()}
    ),
}


@pytest.mark.parametrize("outer", [in_stack, behind_a_layer, in_graph, deep, in_time, in_branches])
@pytest.mark.parametrize("base", [stack, graph])
def test_a_frozen_part_stays_frozen(
    K: Any, base: Callable[..., Any], outer: Callable[[Any], Any], tmp_path: Path
) -> None:
    for frozen in (True, False):
        model = outer(base(frozen))
        wanted = [len(model.trainable_weights), len(model.non_trainable_weights)]
        assert (wanted[1] > 0) is frozen
        for way, load in WAYS.items():
            made = load(model)
            assert [len(made.trainable_weights), len(made.non_trainable_weights)] == wanted, way
        model.compile("adam", "mse")
        model.save(tmp_path / "model.h5")
        again = load_model(tmp_path / "model.h5")
        assert [len(again.trainable_weights), len(again.non_trainable_weights)] == wanted
        for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


def test_training_goes_on_from_a_checkpoint(K: Any, tmp_path: Path) -> None:
    """The state of the optimizer fits, the frozen weights stay, and the numbers are those of one training."""
    path = tmp_path / "model.h5"
    model = behind_a_layer(graph())
    model.compile("adam", "mse")
    start = model.get_weights()
    model.fit(X, Y, nb_epoch=2, verbose=0, shuffle=False, callbacks=[ModelCheckpoint(path)])
    again = load_model(path)
    model.fit(X, Y, nb_epoch=2, verbose=0, shuffle=False)
    again.fit(X, Y, nb_epoch=4, initial_epoch=again.resume(), verbose=0, shuffle=False)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(again.get_weights()[2], start[2])  # the frozen kernel
    assert not np.array_equal(again.get_weights()[0], start[0])


def test_keras_1_finds_nothing_new_where_it_looks(K: Any) -> None:
    """Keras 1.2.2 takes `class_name` and `config` of an entry, and of a model `name` and its three lists; a
    Sequential is a list. What is new stands beside."""
    (entry, _) = in_stack(stack()).get_config()
    assert entry.keys() == {"class_name", "config", "trainable"} and isinstance(entry["config"], list)
    config = in_graph(graph()).get_config()
    assert config.keys() == {"name", "layers", "input_layers", "output_layers"}
    base = next(layer for layer in config["layers"] if layer["name"] == "base")
    assert base.keys() == {"name", "class_name", "config", "inbound_nodes", "trainable"}
    assert base["trainable"] is False
    assert base["config"].keys() == {"name", "layers", "input_layers", "output_layers"}
    (entry, _) = in_stack(stack(False)).get_config()
    assert entry.keys() == {"class_name", "config"}


def test_files_without_the_key_load_as_before(K: Any) -> None:
    config = json.loads(in_stack(stack()).to_json())
    del config["config"][0]["trainable"]
    assert len(model_from_json(json.dumps(config)).trainable_weights) == 4


def test_the_directions_of_a_bidirectional_layer(K: Any) -> None:
    model = Sequential([Bidirectional(LSTM(2, name="l"), input_shape=(3, 2)), Dense(1)])
    model.layers[0].backward_layer.trainable = False
    again = Sequential.from_config(model.get_config())
    assert again.layers[0].forward_layer.trainable and not again.layers[0].backward_layer.trainable
    assert len(again.trainable_weights) == len(model.trainable_weights) == 12 + 2
    whole = Sequential([Bidirectional(LSTM(2, name="l", trainable=False), input_shape=(3, 2)), Dense(1)])
    assert "trained_directions" not in whole.get_config()[0]["config"]["layer"]
    assert len(Sequential.from_config(whole.get_config()).trainable_weights) == 2


# What is frozen or thawed after `compile` is trained as compiled


def test_a_discriminator_frozen_after_compile(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "discriminator.h5"
    model = in_stack(stack(False))
    model.compile("adam", "mse")
    model.train_on_batch(X, Y)
    for layer in model.layers:
        layer.trainable = False
    model.save(path)
    again = load_model(path)
    assert again.trainable_weights == []
    for trained in (model, again):
        trained.train_on_batch(X, Y)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_places_of_trained_weights_are_checked(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    model = in_stack(stack(False))
    model.compile("adam", "mse")
    model.layers[0].trainable = False
    model.save(path)
    for bad in ([4], [-1], [0, 0], [True], ["0"], 3, [[0]], None):
        with h5py.File(path, "a") as file:
            config = json.loads(file.attrs["training_config"])
            assert len(config["trained_weights"]) in (4, 1, 2)
            config["trained_weights"] = bad
            file.attrs["training_config"] = json.dumps(config)
        with pytest.raises(ValueError, match=r"trained_weights .* 4 weights"):
            load_model(path)
        with h5py.File(path, "a") as file:
            config["trained_weights"] = [0]
            file.attrs["training_config"] = json.dumps(config)


def test_the_reason_is_named_where_a_state_does_not_fit(K: Any, tmp_path: Path) -> None:
    """A file as Keras 1 wrote it: the base was frozen, and it does not say so."""
    path = tmp_path / "model.h5"
    model = in_stack(stack())
    model.compile("adam", "mse")
    model.train_on_batch(X, Y)
    model.save(path)
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        del config["config"][0]["trainable"]
        file.attrs["model_config"] = json.dumps(config)
    with pytest.warns(UserWarning) as caught:
        again = load_model(path)
    (message,) = {str(each.message) for each in caught}
    assert "wanted 9 arrays, got 5: this model trains 4 weights, the state is for 2" in message
    assert "frozen" in message and "here: none" in message
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
