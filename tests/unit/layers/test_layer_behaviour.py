"""What layers do while training, with masks, and around other layers."""

import gc
import json

import numpy as np
import pytest

from polykeras import layers
from polykeras.layers import Dense, Dropout, Input, Lambda, Masking, TimeDistributed
from polykeras.models import Model, Sequential
from polykeras.utils.generic_utils import func_dump, func_load


def run(K, model, x, phase):
    return K.function([model.inputs[0], K.learning_phase()], [model.outputs[0]])([x, phase])[0]


def one(layer, shape):
    x = Input(shape=shape)
    return Model(input=x, output=layer(x))


# Random layers


def test_dropout_drops_and_scales(K):
    model, x = one(Dropout(0.25), (400,)), np.ones((50, 400))
    np.testing.assert_array_equal(run(K, model, x, 0), x)
    y = run(K, model, x, 1)
    assert set(np.unique(np.round(y, 5))) == {0.0, np.float32(1.33333)}
    assert abs((y == 0).mean() - 0.25) < 0.02
    assert model.uses_learning_phase


def test_dropout_draws_anew_each_time(K):
    model, x = one(Dropout(0.5), (30,)), np.ones((4, 30))
    function = K.function([model.inputs[0], K.learning_phase()], [model.outputs[0]])
    assert (function([x, 1])[0] != function([x, 1])[0]).any()


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_dropout_of_nothing_and_of_all_does_nothing(K, p):
    model = one(Dropout(p), (3,))
    assert not model.uses_learning_phase
    np.testing.assert_array_equal(model.predict(np.ones((2, 3))), np.ones((2, 3)))


@pytest.mark.parametrize(
    ("layer", "shape", "constant_over"),
    [
        (lambda: Dropout(0.5, noise_shape=(None, 1, 8)), (6, 8), (1,)),
        (lambda: layers.SpatialDropout1D(0.5), (6, 8), (1,)),
        (lambda: layers.SpatialDropout2D(0.5, "tf"), (6, 5, 8), (1, 2)),
        (lambda: layers.SpatialDropout2D(0.5, "th"), (8, 6, 5), (2, 3)),
        (lambda: layers.SpatialDropout3D(0.5, "tf"), (3, 4, 5, 8), (1, 2, 3)),
        (lambda: layers.SpatialDropout3D(0.5, "th"), (8, 3, 4, 5), (2, 3, 4)),
    ],
)
def test_whole_maps_drop(K, layer, shape, constant_over):
    y = run(K, one(layer(), shape), np.ones((10, *shape)), 1)
    assert (y.max(axis=constant_over) == y.min(axis=constant_over)).all()
    assert 0.2 < (y == 0).mean() < 0.8


def test_gaussian_noise_has_the_moments(K):
    x = np.full((100, 400), 2.0)
    added = run(K, one(layers.GaussianNoise(0.3), (400,)), x, 1) - x
    assert abs(added.mean()) < 0.01 and abs(added.std() - 0.3) < 0.01
    factor = run(K, one(layers.GaussianDropout(0.2), (400,)), x, 1) / x
    assert abs(factor.mean() - 1) < 0.01 and abs(factor.std() - 0.5) < 0.01


# Batch normalisation


def test_running_statistics_follow_the_batches(K):
    layer = layers.BatchNormalization(momentum=0.8)
    model = one(layer, (3,))
    x = np.random.RandomState(0).normal(2, 3, (20, 3)).astype("float32")
    step = K.function([model.inputs[0], K.learning_phase()], [model.outputs[0]], updates=model.updates)
    y = step([x, 1])[0]
    np.testing.assert_allclose(y, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3), rtol=1e-4, atol=1e-5)
    _, _, mean, variance = layer.get_weights()
    np.testing.assert_allclose(mean, 0.2 * x.mean(0), rtol=1e-4)
    np.testing.assert_allclose(variance, 0.8 + 0.2 * x.var(0), rtol=1e-4)
    assert len(layer.trainable_weights) == len(layer.non_trainable_weights) == 2
    np.testing.assert_allclose(model.predict(x), (x - mean) / np.sqrt(variance + 1e-3), rtol=1e-4, atol=1e-5)


def test_normalisation_of_each_sample(K):
    x = np.random.RandomState(0).normal(2, 3, (4, 6)).astype("float32")
    deviation = np.sqrt(x.var(1, keepdims=True) + 1e-3) + 1e-3
    wanted = (x - x.mean(1, keepdims=True)) / deviation
    model = one(layers.BatchNormalization(mode=1), (6,))
    np.testing.assert_allclose(model.predict(x), wanted, rtol=1e-4, atol=1e-5)
    assert not model.updates and not model.uses_learning_phase


# Masks


def test_masking_marks_and_blanks_steps(K):
    x = np.ones((2, 3, 2), "float32")
    x[0, 1] = 5.0
    x[1, 2, 0] = 5.0
    inputs = Input(shape=(3, 2))
    masked = Masking(5.0)
    output = masked(inputs)
    values, mask = K.function([inputs], [output, K.cast(masked.output_mask, "float32")])([x])
    np.testing.assert_array_equal(mask, [[1, 0, 1], [1, 1, 1]])
    np.testing.assert_array_equal(values[0, 1], [0, 0])
    np.testing.assert_array_equal(values[1], x[1])


@pytest.mark.parametrize(
    "layer",
    [
        lambda: Dropout(0.5),
        lambda: layers.SpatialDropout1D(0.5),
        lambda: layers.GaussianNoise(0.5),
        lambda: layers.GaussianDropout(0.5),
        lambda: layers.Activation("relu"),
        lambda: layers.ActivityRegularization(0.1),
        lambda: layers.TimeDistributedDense(2),
        lambda: TimeDistributed(Dense(2)),
        lambda: layers.BatchNormalization(),
        lambda: layers.LeakyReLU(),
        lambda: layers.PReLU(),
        lambda: layers.ELU(),
        lambda: layers.ParametricSoftplus(),
        lambda: layers.ThresholdedReLU(),
        lambda: layers.SReLU(),
    ],
)
def test_masks_are_passed_on(K, layer):
    source, layer = Masking(), layer()
    layer(source(Input(shape=(4, 3))))
    assert layer.output_mask is source.output_mask


@pytest.mark.parametrize(
    "layer",
    [lambda: Dense(2), layers.Flatten, lambda: layers.Permute((2, 1)), lambda: Lambda(lambda x: x * 2)],
)
def test_masks_are_refused(K, layer):
    with pytest.raises(TypeError, match="does not support masking"):
        layer()(Masking()(Input(shape=(4, 3))))


# Lambda


@pytest.mark.parametrize(
    ("function", "shape", "wanted"),
    [
        (lambda K: lambda x: x**2, (3, 4), (None, 3, 4)),
        (lambda K: lambda x: x[:, 0], (3, 4), (None, 4)),
        (lambda K: lambda x: x[:, -1, :2], (3, 4), (None, 2)),
        (lambda K: lambda x: K.sum(x, axis=1), (3, 4), (None, 4)),
        (lambda K: lambda x: K.mean(x, axis=-1, keepdims=True), (3, 4), (None, 3, 1)),
        (lambda K: lambda x: K.reshape(x, (-1, 12)), (3, 4), (None, 12)),
        (lambda K: lambda x: K.batch_flatten(x), (3, 4), (None, 12)),
        (lambda K: lambda x: K.expand_dims(x, 1), (3, 4), (None, 1, 3, 4)),
        (lambda K: lambda x: K.concatenate([x, -x], axis=1), (3, 4), (None, 6, 4)),
        (lambda K: lambda x: K.permute_dimensions(x, (0, 2, 1)), (3, 4), (None, 4, 3)),
        (lambda K: lambda x: K.repeat(x, 5), (4,), (None, 5, 4)),
        (lambda K: lambda x: K.l2_normalize(x, axis=1), (4,), (None, 4)),
        (lambda K: lambda x: K.softmax(x), (4,), (None, 4)),
    ],
)
def test_lambda_finds_its_shape(K, function, shape, wanted):
    layer = Lambda(function(K))
    model = one(layer, shape)
    assert model.output_shape == wanted
    assert tuple(layer.get_output_shape_for((None, *shape))) == wanted
    assert model.predict(np.ones((2, *shape))).shape == (2, *wanted[1:])
    Dense(2)(one(Lambda(function(K)), shape).output)  # the last axis is known


def test_lambda_with_shapes_and_arguments(K):
    def scaled_distance(tensors, scale):
        x, y = tensors
        return scale * K.sqrt(K.sum(K.square(x - y), axis=1, keepdims=True))

    a, b = Input(shape=(2,)), Input(shape=(2,))
    by_function = Lambda(
        scaled_distance, output_shape=lambda shapes: (shapes[0][0], 1), arguments={"scale": 2}
    )
    by_tuple = Lambda(scaled_distance, output_shape=(1,), arguments={"scale": 2})
    inferred = Lambda(scaled_distance, arguments={"scale": 2})
    for layer in (by_function, by_tuple, inferred):
        model = Model(input=[a, b], output=layer([a, b]))
        assert model.output_shape == (None, 1)
        y = model.predict([np.zeros((1, 2)), np.array([[3.0, 4.0]])])
        np.testing.assert_allclose(y, [[10.0]], rtol=1e-5)


def test_lambda_takes_the_mask(K):
    def masked_mean(x, mask=None):
        weight = K.expand_dims(K.cast(mask, "float32"))
        return K.sum(x * weight, axis=1) / K.sum(weight, axis=1)

    inputs = Input(shape=(3, 1))
    layer = Lambda(masked_mean)
    model = Model(input=inputs, output=layer(Masking()(inputs)))
    np.testing.assert_allclose(model.predict(np.array([[[2.0], [0.0], [4.0]]])), [[3.0]])
    assert layer.output_mask is None


def test_lambda_configuration(K):
    factor = 3
    layer = Lambda(lambda x, shift=1: x * factor + shift, output_shape=lambda shape: shape, name="mine")
    config = json.loads(json.dumps(layer.get_config()))
    assert config["function_type"] == config["output_shape_type"] == "lambda"
    assert len(config["function"]) == 3 and config["function"][1:] == [[1], [3]]
    model = one(Lambda.from_config(config), (2,))
    np.testing.assert_array_equal(model.predict(np.ones((1, 2))), [[4, 4]])
    foreign = {**config, "function": ["not from here", None, None], "output_shape": ["nor this", None, None]}
    with pytest.raises(ValueError, match=r"Lambda 'mine'.*custom_objects"):
        Lambda.from_config(foreign)
    again = one(Lambda.from_config(foreign, custom_objects={"mine": lambda x: -x}), (2,))
    np.testing.assert_array_equal(again.predict(np.ones((1, 2))), [[-1, -1]])


def test_byte_code_of_a_function_that_is_gone():
    def made(number):
        return lambda x: x + number

    function = made(2)
    dumped = func_dump(function)
    assert func_load(dumped)(1) == 3 and func_load(*dumped[:2], closure=[5])(1) == 6
    with pytest.raises(ValueError, match="closure holds 0 values"):
        func_load(dumped[0])
    del function
    gc.collect()
    with pytest.raises(ValueError, match="was not written in this process"):
        func_load(dumped)


# TimeDistributed


def test_time_distributed_is_the_layer_at_each_step(K):
    x = np.random.RandomState(0).normal(size=(2, 5, 3))
    for first in (None, 2):
        inner = Dense(4, activation="tanh")
        inputs = Input(batch_shape=(first, 5, 3))
        model = Model(input=inputs, output=TimeDistributed(inner)(inputs))
        assert model.output_shape == (first, 5, 4)
        w, b = model.get_weights()
        np.testing.assert_allclose(model.predict(x, batch_size=2), np.tanh(x @ w + b), rtol=1e-5, atol=1e-5)


def test_time_distributed_of_any_length(K):
    model = one(TimeDistributed(Dense(4)), (None, 3))
    assert model.output_shape == (None, None, 4)
    for length in (2, 7):
        assert model.predict(np.ones((3, length, 3))).shape == (3, length, 4)


def test_time_distributed_model(K):
    inner = Sequential([Dense(4, input_dim=3, W_regularizer="l2"), Dropout(0.5), Dense(2)])
    model = one(TimeDistributed(inner), (5, 3))
    assert model.output_shape == (None, 5, 2) and model.uses_learning_phase
    assert len(model.losses) == 1 and len(model.trainable_weights) == 4
    x = np.random.RandomState(0).normal(size=(2, 5, 3))
    np.testing.assert_allclose(
        model.predict(x).reshape(10, 2), inner.predict(x.reshape(10, 3)), rtol=1e-5, atol=1e-6
    )
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.train_on_batch(x, np.zeros((2, 5, 2)))
    assert any((value != old).any() for value, old in zip(model.get_weights(), before, strict=True))


def test_penalties_updates_and_phase_of_the_inner_layer(K):
    inner = Dense(2, W_regularizer="l2", activity_regularizer="activity_l2", W_constraint="maxnorm")
    model = one(TimeDistributed(inner), (5, 3))
    assert len(model.losses) == 2 and len(model.constraints) == 1
    x = np.random.RandomState(0).normal(size=(2, 5, 3))
    penalties = K.function([model.inputs[0]], model.losses)([x])
    w, b = model.get_weights()
    wanted = sorted([0.01 * (w**2).sum(), 0.01 * ((x @ w + b) ** 2).sum()])
    np.testing.assert_allclose(sorted(map(float, penalties)), wanted, rtol=1e-4)

    normalised = one(TimeDistributed(layers.BatchNormalization()), (5, 3))
    assert len(normalised.updates) == 2 and normalised.uses_learning_phase
    assert len(normalised.trainable_weights) == len(normalised.non_trainable_weights) == 2


def test_weights_argument_and_trainable_of_the_inner_layer(K):
    values = [np.ones((3, 2)), np.zeros(2)]
    layer = TimeDistributed(Dense(2, weights=values))
    model = one(layer, (5, 3))
    np.testing.assert_array_equal(model.get_weights()[0], values[0])
    layer.trainable = False
    assert not model.trainable_weights and len(model.non_trainable_weights) == 2
    layer.trainable, layer.layer.trainable = True, False
    assert not model.trainable_weights and len(model.non_trainable_weights) == 2


# Weights


def test_parts_of_highway_and_maxout(K):
    x = np.random.RandomState(0).normal(size=(4, 3))
    highway = one(layers.Highway(activation="tanh"), (3,))
    w, carry, b, b_carry = highway.get_weights()
    assert (b_carry == 1).all()
    gate = 1 / (1 + np.exp(-(x @ carry + b_carry)))
    np.testing.assert_allclose(
        highway.predict(x), gate * np.tanh(x @ w + b) + (1 - gate) * x, rtol=1e-5, atol=1e-6
    )
    maxout = one(layers.MaxoutDense(2, nb_feature=5), (3,))
    w, b = maxout.get_weights()
    np.testing.assert_allclose(
        maxout.predict(x), (np.einsum("ni,fio->nfo", x, w) + b).max(1), rtol=1e-5, atol=1e-6
    )
