"""Embedding: vectors, masks, dropout of the vocabulary, and numbers outside it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polykeras import layers
from polykeras.layers import Embedding, Input
from polykeras.models import Model, Sequential
from polykeras.testing.draws import examples, on_each, seeds, values
from polykeras.testing.plugin import backend_names

RANDOM = np.random.RandomState(4)


def refused(index, size):
    return pytest.raises(ValueError, match=rf"must be below {size}, .*input_dim.*got {index}\.")


def slopes(K, model, x, direction):
    with K.graph_scope():
        cost = K.sum(model.outputs[0] * K.constant(direction))
    gradients = K.gradients(cost, model.trainable_weights)
    return K.function(model.inputs, [model.outputs[0], *gradients])([x])


@given(
    st.integers(1, 12),
    st.integers(1, 5),
    st.tuples(st.integers(0, 4), st.integers(1, 6)),
    st.sampled_from(["float32", "float64"]),
    st.booleans(),
    seeds,
)
@examples()
def test_vectors_and_slopes(pytestconfig, vocabulary, size, shape, dtype, fixed, seed):
    x = np.random.RandomState(seed).randint(0, vocabulary, shape)
    table, direction = values((vocabulary, size), dtype, seed), values((*shape, size), dtype, seed + 1)

    def compute(K):
        model = Sequential(
            [Embedding(vocabulary, size, weights=[table], input_length=shape[1] if fixed else None)]
        )
        assert model.output_shape == (None, shape[1] if fixed else None, size)
        return slopes(K, model, x, direction)

    slope = np.zeros(table.shape)
    np.add.at(slope, x, direction)
    for output, got in on_each(backend_names(pytestconfig), compute, dtype).values():
        np.testing.assert_array_equal(output, table[x])
        assert got.dtype == dtype
        np.testing.assert_allclose(got, slope, rtol=1e-5, atol=1e-5)


def test_input_layer(K):
    model = Sequential([Embedding(9, 4, input_length=6)])
    assert K.dtype(model.inputs[0]) == "int32" and model.input_shape == (None, 6)
    (entry,) = json.loads(json.dumps(model.get_config()))
    assert entry["config"].items() >= {
        "input_dtype": "int32", "batch_input_shape": [None, 6], "input_length": 6,
    }.items()  # fmt: skip
    assert Embedding(9, 4).batch_input_shape == (None, None)
    assert Embedding(9, 4, batch_input_shape=(3, 5)).batch_input_shape == (3, 5)


def test_whole_numbers_of_any_type(K):
    table = RANDOM.normal(size=(5, 3)).astype("float32")
    for dtype in ("float32", "int64", "uint8"):
        inputs = Input(shape=(2,), dtype=dtype)
        model = Model(input=inputs, output=Embedding(5, 3, weights=[table])(inputs))
        np.testing.assert_array_equal(model.predict(np.array([[4, 0]], dtype)), table[[[4, 0]]])
    model = Sequential([Embedding(5, 3, weights=[table], input_length=2)])
    np.testing.assert_array_equal(model.predict(np.array([[4.0, 1.0]])), table[[[4, 1]]])


def test_more_axes(K):
    table = RANDOM.normal(size=(5, 3)).astype("float32")
    x = RANDOM.randint(0, 5, (2, 3, 4))
    for layer in (Embedding(5, 3, weights=[table]), layers.TimeDistributed(Embedding(5, 3, weights=[table]))):
        inputs = Input(shape=(3, 4), dtype="int32")
        model = Model(input=inputs, output=layer(inputs))
        assert model.output_shape == (None, 3, 4, 3)
        np.testing.assert_array_equal(model.predict(x), table[x])


# Masks


def test_mask(K):
    inputs = Input(shape=(4,), dtype="int32")
    layer = Embedding(9, 3, mask_zero=True)
    output = layer(inputs)
    mask = K.function([inputs], [K.cast(layer.output_mask, "float32")])([[[1, 0, 8, 0]]])[0]
    np.testing.assert_array_equal(mask, [[1, 0, 1, 0]])
    assert K.int_shape(output) == (None, 4, 3)
    without = Embedding(9, 3)
    without(inputs)
    assert without.output_mask is None


def test_mask_reaches_the_loss(K):
    """Steps that hold 0 count neither in the loss nor in its slope."""
    x = np.array([[1, 2, 0], [3, 0, 0]])
    y = np.zeros((2, 3, 2))
    model = Sequential(
        [Embedding(4, 2, mask_zero=True, input_length=3), layers.TimeDistributed(layers.Dense(2, init="one"))]
    )
    model.compile("sgd", "mse")
    table = model.get_weights()[0]
    sums = table.sum(1)[x] ** 2
    wanted = np.where(x > 0, sums, 0).sum() / (x > 0).sum()
    np.testing.assert_allclose(model.evaluate(x, y, batch_size=2, verbose=0), wanted, rtol=1e-4)
    before = model.get_weights()[0]
    model.train_on_batch(x, y)
    after = model.get_weights()[0]
    assert (after[0] == before[0]).all() and (after[1:] != before[1:]).any(axis=1).all()


# Dropout of the vocabulary


def test_dropout_takes_whole_words(K):
    words, samples = 500, 6
    layer = Embedding(words, 4, init="one", dropout=0.3, input_length=words)
    model = Sequential([layer])
    assert model.uses_learning_phase
    run = K.function([model.inputs[0], K.learning_phase()], model.outputs)
    x = np.tile(np.arange(words), (samples, 1))
    np.testing.assert_array_equal(run([x, 0])[0], 1)
    first, second = run([x, 1])[0], run([x, 1])[0]
    np.testing.assert_allclose(np.unique(first), [0, 1 / 0.7], rtol=1e-6)
    # The same word is dropped in every sample, and all of its vector.
    assert (first == first[:1, :, :1]).all()
    assert 0.2 < (first[0, :, 0] == 0).mean() < 0.4
    assert (first != second).any()


@pytest.mark.parametrize("dropout", [0.0, 1.0])
def test_dropout_of_nothing_and_of_all_does_nothing(K, dropout):
    model = Sequential([Embedding(5, 2, dropout=dropout, input_length=3)])
    assert not model.uses_learning_phase


def test_slope_under_dropout(K):
    """A word that is dropped gets none."""
    model = Sequential([Embedding(40, 2, dropout=0.5, input_length=40)])
    slope = K.gradients(K.sum(model.outputs[0]), model.trainable_weights)[0]
    output, got = K.function([model.inputs[0], K.learning_phase()], [model.outputs[0], slope])(
        [[np.arange(40)], 1]
    )
    np.testing.assert_allclose(got, np.where(output[0] == 0, 0, 2), rtol=1e-6)


# Training


def test_learns_a_word_at_a_time(K):
    """One sample of one step: a single number goes in."""
    model = Sequential([Embedding(5, 2, input_length=1), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    model.train_on_batch(np.array([[3]]), np.ones((1, 1)))
    changed = (model.get_weights()[0] != before).any(axis=1)
    np.testing.assert_array_equal(changed, [False, False, False, True, False])


def test_regularizer_and_constraint(K):
    layer = Embedding(
        6, 3, init="one", W_regularizer="l2", W_constraint="unitnorm", activity_regularizer="activity_l1"
    )
    model = Sequential([layer])
    penalties = K.function(model.inputs, model.losses)([[[0, 1]]])
    np.testing.assert_allclose(sorted(map(float, penalties)), [0.06, 0.18], rtol=1e-5)
    model.compile("sgd", "mse")
    model.train_on_batch(np.array([[0, 1]]), np.zeros((1, 2, 3)))
    np.testing.assert_allclose((model.get_weights()[0] ** 2).sum(0), 1, rtol=1e-4)


# Bad input


def test_numbers_outside_the_vocabulary(K):
    model = Sequential([Embedding(5, 3, input_length=4), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    weights = model.get_weights()
    for index in (-1, 5):
        x = np.array([[0, 1, index, 2]] * 4)
        with refused(index, 5):
            model.predict(x)
        with refused(index, 5):
            model.evaluate(x, np.zeros((4, 1)), verbose=0)
        with refused(index, 5):
            model.train_on_batch(x, np.zeros((4, 1)))
        with refused(index, 5):
            model.fit(x, np.zeros((4, 1)), batch_size=2, nb_epoch=1, verbose=0)
    for value, other in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(value, other)
    assert model.predict(np.array([[0, 1, 4, 2]])).shape == (1, 1)


def test_numbers_that_a_layer_computes(K):
    inputs = Input(shape=(3,), dtype="int32")
    shifted = layers.Lambda(lambda x: x + 2)(inputs)
    model = Model(input=inputs, output=Embedding(5, 3)(shifted))
    assert model.predict(np.array([[0, 1, 2]])).shape == (1, 3, 3)
    with refused(5, 5):
        model.predict(np.array([[0, 1, 3]]))


def test_fractions(K):
    model = Sequential([Embedding(5, 3, input_length=2)])
    with pytest.raises(ValueError, match=r"wanted integers \(int32\), got float64 with fractions"):
        model.predict(np.array([[0.5, 1]]))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Embedding(0, 3), ValueError, "Embedding: input_dim must be an integer above 0, got 0"),
        (lambda: Embedding(5, -3), ValueError, "output_dim must be an integer above 0, got -3"),
        (lambda: Embedding(5, 3, input_length=0), ValueError, "input_length must be an integer above 0"),
        (lambda: Embedding(5, 3, dropout=1.5), ValueError, "dropout must be a number from 0 to 1, got 1.5"),
        (lambda: Embedding(5, 3, init="unifrom"), ValueError, "Did you mean 'uniform'"),
        (
            lambda: Embedding(5, 3, weights=np.zeros((5, 3))),
            TypeError,
            "weights must be a list of numpy arrays",
        ),
        (lambda: Embedding(5, 3, mask_zeros=True), TypeError, "'mask_zeros'. Did you mean 'mask_zero'"),
        (
            lambda: Embedding(5, 3, embeddings_regularizer="l2"),
            TypeError,
            "In Keras 1 it is called 'W_regularizer'",
        ),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_lengths_that_contradict(K):
    with pytest.raises(
        ValueError, match=r"embedding_1: wanted .*\(samples, 4\), as input_length says, got \(None, 5\)"
    ):
        Embedding(5, 3, input_length=4)(Input(shape=(5,), dtype="int32"))
    with pytest.raises(ValueError, match="weights"):
        Embedding(5, 3, weights=[np.zeros((4, 3))])(Input(shape=(5,), dtype="int32"))
    model = Sequential([Embedding(5, 3, input_length=4)])
    with pytest.raises(ValueError, match=r"wanted an array of the shape \(None, 4\).*got \(2, 3\)"):
        model.predict(np.zeros((2, 3)))
