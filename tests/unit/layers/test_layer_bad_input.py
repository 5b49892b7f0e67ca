"""Bad input: what was wanted, what came, what to do."""

import re

import numpy as np
import pytest

from polykeras import initializations, layers, regularizers
from polykeras.layers import Dense, Input
from polykeras.models import Sequential
from polykeras.utils.generic_utils import CustomObjectScope, func_load, get_from_module


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ValueError, "output_dim must be an integer above 0, got 0"),
        (lambda: Dense(2.5), ValueError, "output_dim must be an integer above 0, got 2.5"),
        (lambda: Dense(2, input_dim=-1), ValueError, "input_dim must be an integer above 0"),
        (lambda: Dense(2, input_dim=3, input_shape=(4,)), ValueError, "contradicts the input's shape"),
        (lambda: Dense(2, activation="rleu"), ValueError, "Did you mean 'relu'"),
        (lambda: Dense(2, activation=3), ValueError, "activation must be a name"),
        (lambda: Dense(2, init="glorot"), ValueError, "Unknown initialization: 'glorot'"),
        (lambda: Dense(2, init=None), ValueError, "must be a name such as 'glorot_uniform'"),
        (lambda: Dense(2, W_regularizer="l3"), ValueError, "Unknown regularizer: 'l3'"),
        (lambda: Dense(2, W_regularizer=0.1), ValueError, "A regularizer must be a name"),
        (lambda: Dense(2, W_regularizer={"l1": 0.1}), ValueError, "must have the key 'name'"),
        (lambda: Dense(2, W_constraint="max"), ValueError, "Unknown constraint: 'max'"),
        (lambda: Dense(2, W_constraint=2), ValueError, "A constraint must be a name"),
        (lambda: Dense(2, weights=np.zeros(3)), TypeError, "weights must be a list of numpy arrays"),
        (lambda: Dense(2, activaton="relu"), TypeError, "unknown keyword argument 'activaton'"),
        (lambda: Dense(2, units=3), TypeError, "unknown keyword argument 'units'"),
        (lambda: layers.MaxoutDense(2, nb_feature=0), ValueError, "nb_feature must be an integer above 0"),
        (lambda: layers.Dropout(1.5), ValueError, "p must be a number from 0 to 1, got 1.5"),
        (lambda: layers.Dropout("half"), ValueError, "p must be a number from 0 to 1, got 'half'"),
        (lambda: layers.Dropout(0.5, noise_shape=3), TypeError, "noise_shape must be a tuple of integers"),
        (lambda: layers.Dropout(0.5, noise_shape=(None, "1")), TypeError, "noise_shape must hold integers"),
        (
            lambda: layers.Dropout(0.5, noise_shape=(None, -1)),
            ValueError,
            "must hold no negative size",
        ),
        (lambda: layers.GaussianNoise(-1), ValueError, "sigma must be a number not below 0"),
        (lambda: layers.SpatialDropout2D(0.5, dim_ordering="x"), ValueError, "dim_ordering must be one of"),
        (lambda: layers.Reshape(4), TypeError, "target_shape must be a tuple"),
        (lambda: layers.Reshape((-1, -1)), ValueError, "-1 only once"),
        (lambda: layers.Reshape((0, 2)), ValueError, "each size of target_shape"),
        (lambda: layers.Permute((0, 1)), ValueError, "dims must hold each number from 1"),
        (lambda: layers.RepeatVector(0), ValueError, "n must be an integer above 0"),
        (lambda: layers.Lambda("square"), TypeError, "function must be a function"),
        (lambda: layers.Lambda(abs, output_shape=3), TypeError, "output_shape must be a tuple"),
        (lambda: layers.BatchNormalization(mode=3), ValueError, "mode must be one of 0, 1, 2, got 3"),
        (lambda: layers.BatchNormalization(axis=0), ValueError, "axis must be an integer other than 0"),
        (lambda: layers.PReLU(shared_axes=[0]), ValueError, "shared_axes must be integers from 1"),
        (lambda: layers.TimeDistributed(Dense), TypeError, "layer must be a layer"),
        (lambda: layers.TimeDistributed("dense"), TypeError, "layer must be a layer"),
        (lambda: layers.GRU(2, input_dim=3, input_shape=2.5), TypeError, "input_shape must be a tuple"),
        (
            lambda: layers.GRU(2, input_dim=3, batch_input_shape=(3,), input_length=4),
            ValueError,
            "contradict",
        ),
    ],
)
def test_constructor(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("dtype", ["float33", "str", {"float32": 1}, ["float32"], [["a", "f4"]], 3, object])
def test_dtype_that_is_none(K, dtype):
    with pytest.raises(ValueError, match="must be a type of numbers such as 'float32'"):
        Input((3,), dtype=dtype)
    with pytest.raises(ValueError, match="must be a type of numbers such as 'float32'"):
        Sequential([Dense(2, input_dim=3, input_dtype=dtype)])


@pytest.mark.parametrize(
    "kind", ["Dense", "InputLayer", "Lambda", "Merge", "LSTM", "TimeDistributed", "Bidirectional"]
)
@pytest.mark.parametrize("config", [[1], None, "config", 3])
def test_configuration_that_is_no_dictionary(kind, config):
    with pytest.raises(
        TypeError, match=rf"{kind}.from_config: wanted a dictionary, .*got {re.escape(repr(config))}"
    ):
        getattr(layers, kind).from_config(config)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (lambda: Dense(2), (None,), "axis -1 must be known"),
        (lambda: layers.MaxoutDense(2), (3, 4), "wanted 2 axes, got 3"),
        (lambda: layers.Flatten(), (None, 3), "must have a known size"),
        (lambda: layers.Flatten(), (3,), "at least 3 axes"),
        (lambda: layers.Reshape((4, 2)), (3, 3), "does not fit an input of shape"),
        (lambda: layers.Reshape((4, -1)), (3, 3), "does not fit an input of shape"),
        (lambda: layers.Permute((2, 1)), (3,), "wanted 3 axes, got 2"),
        (lambda: layers.RepeatVector(2), (3, 3), "wanted 2 axes, got 3"),
        (lambda: layers.SpatialDropout1D(0.5), (3,), "wanted 3 axes"),
        (lambda: layers.BatchNormalization(axis=3), (3,), "must have an axis 3"),
        (lambda: layers.PReLU(), (None, 3), "axis 1 must be known"),
        (lambda: layers.PReLU(shared_axes=[3]), (4, 3), "do not fit an input"),
        (lambda: layers.TimeDistributed(Dense(2)), (3,), "at least 3 axes"),
        (lambda: layers.Activation("softmax"), (2, 3, 4), "softmax: x must have 2 or 3 axes"),
        (lambda: layers.Lambda(lambda x: 3), (3,), "function must return a tensor"),
        (lambda: layers.Lambda(abs, output_shape=lambda shape: 3), (3,), "output_shape must return a tuple"),
    ],
)
def test_call(K, layer, shape, message):
    with pytest.raises((ValueError, TypeError), match=message):
        layer()(Input(shape=shape))


def test_shared_dense_on_another_size(K):
    dense = Dense(2, name="shared")
    dense(Input(shape=(3,)))
    with pytest.raises(ValueError, match="shared: the last axis of the input must have size 3"):
        dense(Input(shape=(4,)))


@pytest.mark.parametrize(
    "weights",
    [[np.zeros((3, 2))], [np.zeros((2, 3)), np.zeros(2)], [np.zeros((3, 2)), np.zeros(2), np.zeros(2)]],
)
def test_weights_that_do_not_fit(K, weights):
    with pytest.raises(ValueError, match="weights"):
        Dense(2, weights=weights)(Input(shape=(3,)))


def test_weights_that_fit(K):
    values = [np.arange(6.0).reshape(3, 2), np.ones(2)]
    model = Sequential([Dense(2, weights=values, input_dim=3)])
    for value, wanted in zip(model.get_weights(), values, strict=True):
        np.testing.assert_array_equal(value, wanted)


def test_masked_input_of_a_layer_without_masks(K):
    masked = layers.Masking()(Input(shape=(4, 3)))
    with pytest.raises((TypeError, ValueError), match="mask"):
        Dense(2)(masked)


def test_foreign_byte_code():
    with pytest.raises(ValueError, match="custom_objects"):
        func_load("\x63\x00\x00")
    with pytest.raises(ValueError, match="custom_objects"):
        layers.Lambda.from_config(
            {"name": "lambda_1", "function": ["\x63\x00", None, None], "function_type": "lambda"}
        )
    with pytest.raises(ValueError, match=r"code, defaults, closure"):
        func_load(["x"])


def test_helpers():
    with pytest.raises(TypeError, match="each argument must be a dictionary"):
        CustomObjectScope(["x"])
    with pytest.raises(ValueError, match="Unknown thing: 'get'"):
        get_from_module("get", {"get": len, "other": len}, "thing")
    with pytest.raises(TypeError, match="unknown keyword argument 'scal'"):
        initializations.get("uniform", scal=2)
    with pytest.raises(ValueError, match="square matrix"):
        initializations.identity((2, 3))
    with pytest.raises(ValueError, match="at least 2 axes"):
        initializations.orthogonal((3,))
    with pytest.raises(ValueError, match="dim_ordering must be one of"):
        initializations.get_fans((3, 3, 2, 2), "default")


def test_eigenvalue_of_a_vector(K):
    with pytest.raises(ValueError, match="must be a matrix"):
        regularizers.EigenvalueRegularizer(0.1)(K.variable(np.ones(3)))
