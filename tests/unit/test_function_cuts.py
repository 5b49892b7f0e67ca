"""`K.function` with computed tensors as inputs, and with one output that stands in no list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.layers import (
    LSTM,
    Activation,
    BatchNormalization,
    Convolution2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    MaxPooling2D,
    merge,
)
from polykeras.models import Model, Sequential


def _numbers(*shape: int) -> np.ndarray:
    return np.random.RandomState(0).uniform(-1, 1, shape).astype("float32")


def _dense(layer: Any, x: np.ndarray) -> np.ndarray:
    kernel, bias = layer.get_weights()
    return x @ kernel + bias


def test_from_the_second_layer_on(K) -> None:  # type: ignore[no-untyped-def]
    """``K.function([model.layers[1].input], [model.output])``: the rest of a model."""
    model = Sequential([Dense(4, input_dim=3), Dense(2), Activation("relu")])
    h = _numbers(5, 4)
    (found,) = K.function([model.layers[1].input], [model.output])([h])
    np.testing.assert_allclose(found, np.maximum(_dense(model.layers[1], h), 0), rtol=1e-5, atol=1e-6)


def test_after_a_dropout(K) -> None:  # type: ignore[no-untyped-def]
    """What is given is used as it is, in either phase; the phase acts on what comes after it."""
    model = Sequential([Dense(4, input_dim=3), Dropout(0.5), Dense(3), Dropout(0.5)])
    h = _numbers(50, 4)
    for given in (model.layers[2].input, model.layers[1].output):
        f = K.function([given, K.learning_phase()], [model.layers[2].output, model.output])
        wanted = _dense(model.layers[2], h)
        before, after = f([h, 0])
        np.testing.assert_allclose(before, wanted, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(after, wanted, rtol=1e-5, atol=1e-6)
        before, after = f([h, 1])
        np.testing.assert_allclose(before, wanted, rtol=1e-5, atol=1e-6)
        kept = after != 0
        assert 0.3 < kept.mean() < 0.7
        np.testing.assert_allclose(after[kept], 2 * wanted[kept], rtol=1e-5, atol=1e-6)
        assert not np.array_equal(after, f([h, 1])[1])


def test_without_the_phase_it_counts_as_test(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(4, input_dim=3), BatchNormalization(), Dropout(0.5), Dense(2)])
    h = _numbers(5, 4)
    f = K.function([model.layers[1].output], [model.output])
    np.testing.assert_allclose(f([h])[0], _dense(model.layers[3], h), rtol=1e-5, atol=1e-6)


def test_layers_that_are_shared(K) -> None:  # type: ignore[no-untyped-def]
    """Only the second use of the layer is computed; the first one's result is what is given."""
    shared = Dense(3)
    x = Input((3,))
    first = shared(x)
    second = shared(first)
    model = Model(x, second)
    h = _numbers(4, 3)
    for given in (first, shared.get_output_at(0), shared.get_input_at(1)):
        np.testing.assert_allclose(
            K.function([given], [model.output])([h])[0], _dense(shared, h), rtol=1e-5, atol=1e-6
        )


def test_several_cuts_and_a_placeholder(K) -> None:  # type: ignore[no-untyped-def]
    x, y = Input((3,)), Input((3,))
    left, right = Dense(2)(x), Dense(2)(y)
    both = merge([left, right], mode="sum")
    last = Dense(1)
    model = Model([x, y], last(both))
    a, b = _numbers(4, 2), _numbers(4, 2) + 1
    (found,) = K.function([left, right], [model.output])([a, b])
    np.testing.assert_allclose(found, _dense(last, a + b), rtol=1e-5, atol=1e-6)
    f = K.function([left, y], [model.output])
    inner = model.layers[3] if model.layers[3].get_input_at(0) is y else model.layers[2]
    numbers = _numbers(4, 3)
    np.testing.assert_allclose(
        f([a, numbers])[0], _dense(last, a + _dense(inner, numbers)), rtol=1e-5, atol=1e-6
    )
    # A cut above another one changes nothing, as its value is not needed.
    h = Dense(2)(left)
    np.testing.assert_allclose(K.function([left, h], [h * 2.0])([a, b])[0], 2 * b, rtol=1e-6)


def test_the_placeholder_is_still_needed_beside_the_cut(K) -> None:  # type: ignore[no-untyped-def]
    x = Input((3,), name="pixels")
    h = Dense(3)(x)
    y = merge([h, x], mode="sum")
    with pytest.raises(ValueError, match=r"pixels.*not among the inputs"):
        K.function([h], [y])([_numbers(2, 3)])
    numbers = _numbers(2, 3)
    np.testing.assert_allclose(K.function([h, x], [y])([numbers, numbers])[0], 2 * numbers, rtol=1e-6)


def test_gradients_by_a_cut(K) -> None:  # type: ignore[no-untyped-def]
    """Class activation maps: the derivative of a score by the last feature map, from that map on."""
    model = Sequential(
        [
            Convolution2D(2, 3, 3, input_shape=(6, 6, 1), dim_ordering="tf"),
            MaxPooling2D(dim_ordering="tf"),
            Flatten(),
            Dense(3),
        ]
    )
    features = model.layers[1].output
    (slope,) = K.gradients(model.output[:, 1], [features])
    f = K.function([features], [slope, model.output])
    h = _numbers(4, 2, 2, 2)
    slope_found, output = f([h])
    kernel = model.layers[3].get_weights()[0]
    np.testing.assert_allclose(
        slope_found, np.tile(kernel[:, 1].reshape(1, 2, 2, 2), (4, 1, 1, 1)), rtol=1e-5
    )
    np.testing.assert_allclose(output, _dense(model.layers[3], h.reshape(4, 8)), rtol=1e-5, atol=1e-6)


def test_gradients_by_what_lies_before_the_cut(K) -> None:  # type: ignore[no-untyped-def]
    """They go through the tensor whose value is given: TensorFlow would lose that part, and says so."""
    x, layer = Input((3,)), Dense(2)
    h = layer(x)
    f = K.function([x, h], K.gradients(K.sum(K.square(h)), [x]))
    numbers, given = _numbers(4, 3), _numbers(4, 2)
    if K.backend() == "tensorflow":
        with pytest.raises(ValueError, match=r"the gradient with respect to .* cannot be computed"):
            f([numbers, given])
    else:
        np.testing.assert_allclose(f([numbers, given])[0], 2 * given @ layer.get_weights()[0].T, rtol=1e-5)


def test_a_recurrent_layer_behind_the_cut(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([LSTM(3, input_shape=(4, 2), return_sequences=True), LSTM(2)])
    whole = Sequential([LSTM(2, input_shape=(4, 3))])
    whole.set_weights(model.layers[1].get_weights())
    h = _numbers(2, 4, 3)
    f = K.function([model.layers[1].input], [model.output])
    np.testing.assert_allclose(f([h])[0], whole.predict(h), rtol=1e-4, atol=1e-6)


def test_updates_behind_the_cut(K) -> None:  # type: ignore[no-untyped-def]
    x, total = K.placeholder((None,)), K.variable(0.0)
    double = x * 2.0
    f = K.function([double], [K.sum(double)], [K.update_add(total, K.sum(double))])
    assert f([np.array([1.0, 2.0])])[0] == 3
    assert K.get_value(total) == 3


def test_the_output_of_the_last_layer_itself(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(2, input_dim=3)])
    h = _numbers(2, 2)
    np.testing.assert_array_equal(K.function([model.output], [model.output])([h])[0], h)


def test_values_for_a_cut_are_checked(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Dense(4, input_dim=3), Dropout(0.5), Dense(2)])
    f = K.function([model.layers[2].input], [model.output])
    with pytest.raises(ValueError, match=r"\(None, 4\).*\(5, 3\)"):
        f([_numbers(5, 3)])
    with pytest.raises(ValueError, match="input"):
        f([])


def test_variables_and_constants_are_no_inputs(K) -> None:  # type: ignore[no-untyped-def]
    v, x = K.variable(1.0), K.placeholder((2,))
    with pytest.raises(ValueError, match=r"a variable as input 0.*set_value"):
        K.function([v], [v * 2.0])
    with pytest.raises(ValueError, match="placeholders or computed tensors"):
        K.function([x, K.constant(1.0)], [x])
    with pytest.raises(ValueError, match="placeholders or computed tensors, got str as input 1"):
        K.function([x, "x"], [x])


def test_one_output_without_a_list(K) -> None:  # type: ignore[no-untyped-def]
    """``theano.function(inputs, output)`` returned one array."""
    model = Sequential([Dense(2, input_dim=3)])
    x = _numbers(4, 3)
    found = K.function([model.input], model.output)([x])
    assert isinstance(found, np.ndarray) and found.shape == (4, 2)
    np.testing.assert_array_equal(found, K.function([model.input], [model.output])([x])[0])
    f = K.function([model.input], model.output)
    (first,) = f.over([x]).run([(0, 2)])
    np.testing.assert_allclose(first[0], found[:2], rtol=1e-6)
    assert K.function([], K.variable(3.0))([]) == 3
    with pytest.raises(TypeError, match=r"outputs must be a list"):
        K.function([model.input], "loss")
    with pytest.raises(TypeError, match=r"inputs must be a list"):
        K.function(model.input, [model.output])
