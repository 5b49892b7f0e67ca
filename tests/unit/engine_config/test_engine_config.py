"""Models as dictionaries, JSON and YAML; files of old and of new versions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import yaml

from polykeras.engine import Input, Layer, Model
from polykeras.layers import Activation, Dense, Dropout
from polykeras.models import Sequential, model_from_config, model_from_json, model_from_yaml
from polykeras.utils.layer_utils import layer_class, layer_from_config, register_layer

DENSE = {"class_name": "Dense", "config": {"name": "d", "output_dim": 2, "batch_input_shape": [None, 3]}}


def same(first: Any, second: Any, *arrays: Any) -> None:
    second.set_weights(first.get_weights())
    x = list(arrays) if len(arrays) > 1 else arrays[0]
    one, two = first.predict(x), second.predict(x)
    for left, right in zip(np.atleast_1d(one), np.atleast_1d(two), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-6)


def without_shapes(config: Any) -> Any:
    """A configuration without the shapes of inputs, which a loaded layer knows before it is called."""
    if isinstance(config, dict):
        return {
            key: without_shapes(value)
            for key, value in config.items()
            if key not in ("batch_input_shape", "input_dtype")
        }
    return [without_shapes(item) for item in config] if isinstance(config, (list, tuple)) else config


@pytest.fixture
def stack(K: Any) -> Any:
    return Sequential([Dense(4, input_dim=3, activation="relu"), Dropout(0.5), Dense(2, W_regularizer="l2")])


def test_json_and_yaml_of_a_sequential(stack: Any) -> None:
    x = np.ones((2, 3), "float32")
    text = stack.to_json(indent=1)
    parsed = json.loads(text)
    assert parsed["class_name"] == "Sequential" and parsed["keras_version"] == "1.2.2"
    assert [entry["class_name"] for entry in parsed["config"]] == ["Dense", "Dropout", "Dense"]
    assert parsed["config"][0]["config"]["batch_input_shape"] == [None, 3]
    again = model_from_json(text)
    same(stack, again, x)
    assert without_shapes(json.loads(again.to_json())) == without_shapes(parsed)
    assert model_from_json(again.to_json()).to_json() == again.to_json()
    assert yaml.safe_load(stack.to_yaml()) == parsed
    from_yaml = model_from_yaml(stack.to_yaml(default_flow_style=True))
    same(stack, from_yaml, x)
    assert from_yaml.to_json() == again.to_json()


def test_functional_graph_with_shared_layers(K: Any) -> None:
    a, b = Input(shape=(3,), name="a"), Input(shape=(3,), name="b")
    shared = Dense(3, name="shared")
    # The second use of `shared` depends on a layer that is listed after it.
    late = shared(Activation("tanh", name="between")(shared(a)))
    inner = Sequential([Dense(3, input_dim=3, name="in")], name="nested")
    inner(Input(shape=(3,)))  # a call outside the model is not counted
    model = Model([a, b], [inner(late), shared(b)], name="whole")
    config = model.get_config()
    again = model_from_json(model.to_json())
    assert without_shapes(again.get_config()) == without_shapes(config) and again.name == "whole"
    x, y = np.random.rand(2, 2, 3).astype("float32")
    again.set_weights(model.get_weights())
    for left, right in zip(model.predict([x, y]), again.predict([x, y]), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-6)
    nested = next(layer for layer in config["layers"] if layer["name"] == "nested")
    assert nested["inbound_nodes"] == [[["shared", 1, 0]]]
    assert config["output_layers"] == [["nested", 1, 0], ["shared", 2, 0]]


def test_a_configuration_is_never_changed(stack: Any) -> None:
    config = {"class_name": "Sequential", "config": stack.get_config()}
    before = json.dumps(config, default=str)
    model_from_config(config)
    assert json.dumps(config, default=str) == before


def test_old_and_new_forms_of_a_sequential(K: Any) -> None:
    flat = {
        "class_name": "Sequential",
        "config": [
            {"name": "Dense", "custom_name": "d", "output_dim": 2, "input_shape": [3], "cache_enabled": True},
            {"name": "Activation", "custom_name": "a", "activation": "relu"},
        ],
    }
    model = model_from_config(flat)
    assert [layer.name for layer in model.layers] == ["d", "a"] and model.output_shape == (None, 2)
    named = model_from_config({"class_name": "Sequential", "config": {"name": "mine", "layers": [DENSE]}})
    assert named.name == "mine" and named.output_shape == (None, 2)
    old = {**DENSE["config"], "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5}}
    layer = layer_from_config({"class_name": "Dense", "config": old})
    assert float(layer.W_regularizer.l2) == 0.5


def test_the_same_name_is_the_same_layer(K: Any) -> None:
    square = {"class_name": "Dense", "config": {**DENSE["config"], "output_dim": 3}}
    nested = {"class_name": "Sequential", "config": [square]}
    model = model_from_config({"class_name": "Sequential", "config": [nested, square, square]})
    assert model.layers[0].layers[0] is model.layers[1] is model.layers[2]
    assert len(model.trainable_weights) == 2


def graph(**changes: Any) -> dict[str, Any]:
    config = {
        "name": "m",
        "layers": [
            {
                "name": "x",
                "class_name": "InputLayer",
                "config": {"batch_input_shape": [None, 3], "input_dtype": "float32", "name": "x"},
                "inbound_nodes": [],
            },
            {
                "name": "d",
                "class_name": "Dense",
                "config": {"name": "d", "output_dim": 2},
                "inbound_nodes": [[["x", 0, 0]]],
            },
        ],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["d", 0, 0]],
    }
    return {"class_name": "Model", "config": {**config, **changes}}


def test_forms_of_a_graph(K: Any) -> None:
    assert model_from_config(graph()).output_shape == (None, 2)
    assert model_from_config({**graph(), "class_name": "Container", "backend": "theano"}).name == "m"
    four = graph()
    four["config"]["layers"][1]["inbound_nodes"] = [[["x", 0, 0, {}]]]
    assert model_from_config(four).output_shape == (None, 2)
    four["config"]["layers"][1]["inbound_nodes"] = [[["x", 0, 0, {"training": True}]]]
    with pytest.raises(ValueError, match="keyword arguments"):
        model_from_config(four)


@pytest.mark.parametrize(
    ("calls", "message"),
    [
        ([[["y", 0, 0]]], "on the layer 'y', which is not in it"),
        ([[["d", 0, 0]]], "calls of the layers 'd'.*never made"),
        ([[["x", 1, 0]]], "never made"),
        ([[["x", 0]]], "must be .layer name, node index, tensor index"),
    ],
)
def test_broken_graphs(K: Any, calls: Any, message: str) -> None:
    config = graph()
    config["config"]["layers"][1]["inbound_nodes"] = calls
    with pytest.raises(ValueError, match=message):
        model_from_config(config)
    with pytest.raises(ValueError, match="call 0 of the layer 'z'"):
        model_from_config(graph(output_layers=[["z", 0, 0]]))


def test_only_known_classes(K: Any) -> None:
    with pytest.raises(ValueError, match=r"Unknown layer: 'Dens'.*'Dense'"):
        layer_from_config({"class_name": "Dens", "config": {}})
    for name in ("os.system", "polykeras.layers.Dense", "subprocess", "K", "__import__"):
        with pytest.raises(ValueError, match="Unknown layer"):
            layer_from_config({"class_name": name, "config": {}})
    with pytest.raises(ValueError, match="'class_name' and 'config'"):
        layer_from_config({"config": {}})
    with pytest.raises(ValueError, match="belongs to"):
        register_layer(Sequential, "Dense")
    assert layer_class("Merge").__name__ == "Merge" and layer_class("Layer") is Layer


def test_custom_objects_are_known_while_loading_only(K: Any) -> None:
    class Mine(Layer):
        @classmethod
        def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
            assert custom_objects == {"Mine": Mine}
            return cls(**config)

    config = {"class_name": "Mine", "config": {"name": "m"}}
    assert isinstance(layer_from_config(config, {"Mine": Mine}), Mine)
    with pytest.raises(ValueError, match="custom_objects"):
        layer_from_config(config)


def test_later_versions_are_refused(K: Any) -> None:
    with pytest.raises(ValueError, match=r"one of Keras 2.1.6"):
        model_from_config({"class_name": "Sequential", "config": [DENSE], "keras_version": "2.1.6"})
    with pytest.raises(ValueError, match=r"Dense 'd'.*Keras 2.*'units'"):
        layer_from_config({"class_name": "Dense", "config": {"name": "d", "units": 3}})


def test_wrong_arguments(K: Any) -> None:
    with pytest.raises(TypeError, match=r"Sequential.from_config"):
        model_from_config([DENSE])
    with pytest.raises(TypeError, match="wanted a dictionary, got str"):
        model_from_config("{}")
    with pytest.raises(ValueError, match="not the JSON of a model"):
        model_from_json("{")
    with pytest.raises(TypeError, match="wanted a text in YAML"):
        model_from_yaml(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="wanted a list of layers"):
        model_from_config({"class_name": "Sequential", "config": "x"})


YAML = """
class_name: Sequential
config:
- class_name: !!python/unicode 'Dense'
  config:
    name: !!python/str 'd'
    batch_input_shape: !!python/tuple [null, 3]
    output_dim: !!python/long 2
    input_dim: !!python/object/apply:numpy.core.multiarray.scalar
    - !!python/object/apply:numpy.dtype
      args: [i8, 0, 1]
      state: !!python/tuple [3, <, null, null, null, -1, -1, 0]
    - !!binary |
      AwAAAAAAAAA=
keras_version: 1.0.0
"""


def test_yaml_of_keras_1(K: Any) -> None:
    model = model_from_yaml(YAML)
    assert model.input_shape == (None, 3) and model.output_shape == (None, 2)
    assert model.layers[0].input_dim == 3 and type(model.layers[0].input_dim) is int
    python_2 = YAML.replace("!!binary |\n      AwAAAAAAAAA=", '"\\x03\\0\\0\\0\\0\\0\\0\\0"')
    assert model_from_yaml(python_2).layers[0].input_dim == 3


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['true']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!python/object/new:subprocess.Popen [['true']]",
        "!!python/object/apply:numpy.dtype ['O']",
        "!!python/object/apply:numpy.core.multiarray.scalar [1, 2]",
        "!!python/object/apply:numpy.core.multiarray.scalar []",
    ],
)
def test_yaml_runs_nothing(K: Any, text: str) -> None:
    with pytest.raises(ValueError, match="not the YAML of a model"):
        model_from_yaml(f"a: {text}")


def test_configurations_hold_plain_values(K: Any) -> None:
    class Odd(Layer):
        def get_config(self) -> Any:
            return {"a": np.float32(0.5), "b": np.arange(2), "c": (1, 2), "d": max, "e": np.int64(3)}

    x = Input(shape=(2,))
    config = json.loads(Model(x, Odd()(x)).to_json())["config"]["layers"][1]["config"]
    assert config == {"a": 0.5, "b": [0, 1], "c": [1, 2], "d": "max", "e": 3}

    class Worse(Layer):
        def get_config(self) -> Any:
            return {"a": object()}

    with pytest.raises(TypeError, match="can not hold"):
        Model(x, Worse()(x)).to_json()
