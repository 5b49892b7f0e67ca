"""A layer's configuration makes the same layer again."""

import json

import numpy as np
import pytest
from layer_cases import CASES, make, model_of

from polykeras import layers
from polykeras.models import Sequential
from polykeras.utils.generic_utils import custom_object_scope


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_round_trip(K, case):
    layer = make(case)
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert type(again) is type(layer)
    assert json.loads(json.dumps(again.get_config())) == config


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rebuilt_model_computes_the_same(K, case):
    model = model_of(case)
    again = Sequential.from_config(json.loads(json.dumps(model.get_config())))
    again.set_weights(model.get_weights())
    x = case.draw(np.random.RandomState(0), 4)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_arguments_are_kept():
    layer = layers.Dropout(0.5, noise_shape=(None, 1, 3), seed=4)
    assert layer.get_config()["noise_shape"] == [None, 1, 3] and layer.get_config()["seed"] == 4
    assert set(layers.Dropout(0.5).get_config()) == {"name", "trainable", "p"}
    assert layers.PReLU(shared_axes=[1, 2]).get_config()["shared_axes"] == [1, 2]
    assert set(layers.PReLU().get_config()) == {"name", "trainable", "init"}
    assert "gamma_init" not in layers.BatchNormalization().get_config()
    assert layers.BatchNormalization(gamma_init="uniform").get_config()["gamma_init"] == "uniform"
    assert layers.SpatialDropout2D(0.5, dim_ordering="th").get_config()["dim_ordering"] == "th"


def test_configurations_of_earlier_versions():
    config = {"output_dim": 2, "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.5}}
    layer = layers.Dense.from_config(config)
    assert layer.W_regularizer.get_config() == {"name": "L1L2Regularizer", "l1": 0.0, "l2": 0.5}
    assert config["W_regularizer"]["name"] == "WeightRegularizer"  # the caller's dictionary is not changed


def test_custom_parts_by_name():
    def twice(x):
        return 2 * x

    with custom_object_scope({"twice": twice}):
        layer = layers.Activation("twice")
        assert layers.Activation.from_config(layer.get_config()).activation is twice
    with pytest.raises(ValueError, match="Unknown activation function: 'twice'"):
        layers.Activation("twice")


def test_part_without_a_configuration():
    layer = layers.Dense(2, W_regularizer=lambda w: 0.0, name="mine")
    with pytest.raises(TypeError, match="mine: W_regularizer has no get_config"):
        layer.get_config()
