"""Calls that Keras 1.2.2 took: one spec for several tensors, counts that are tensors, and others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.applications import VGG16
from polykeras.engine.topology import InputSpec, Layer
from polykeras.layers import LSTM, Convolution2D, Dense, Input, Lambda
from polykeras.models import Model, Sequential, load_model, model_from_json
from polykeras.utils.generic_utils import CustomObjectScope, get_custom_objects


class Gate(Layer):
    """One spec, two inputs: the spec is for the first."""

    def __init__(self, **kwargs: Any) -> None:
        self.input_spec = [InputSpec(ndim=2)]
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        return x[0] * x[1][:, 0]

    def get_output_shape_for(self, shapes: Any) -> Any:
        return shapes[0]


class Twice(Layer):
    def call(self, x: Any, mask: Any = None) -> Any:
        return x * 2.0


def test_one_spec_for_several_inputs(K) -> None:  # type: ignore[no-untyped-def]
    a, b = Input((4,)), Input((3, 4))
    model = Model([a, b], Gate()([a, b]))
    assert model.output_shape == (None, 4)
    x, y = np.ones((2, 4)), np.arange(24).reshape(2, 3, 4)
    np.testing.assert_allclose(model.predict([x, y]), y[:, 0])
    with pytest.raises(ValueError, match="wanted 2 axes, got 3"):
        Gate()([b, a])
    with pytest.raises(ValueError, match="wanted 1 inputs"):
        Dense(2)([a, a])


@pytest.mark.parametrize("size", [(100,), [100], 100])
def test_an_input_size_in_brackets(K, size) -> None:  # type: ignore[no-untyped-def]
    """``Dense(8, input_dim=(100,))``."""
    x = Input((100,))
    assert Model(x, Dense(8, input_dim=size)(x)).output_shape == (None, 8)
    assert Sequential([Dense(8, input_dim=size)]).input_shape == (None, 100)
    assert Sequential([LSTM(8, input_dim=size)]).input_shape == (None, None, 100)
    with pytest.raises(ValueError, match="input_dim must be an integer"):
        Dense(8, input_dim=(100, 3))


def test_the_shape_of_a_given_tensor_wins(K) -> None:  # type: ignore[no-untyped-def]
    """Style transfer: three pictures in one tensor, its complete shape given as `shape`."""
    pictures = [
        K.variable(np.zeros((1, 8, 8, 3))),
        K.variable(np.zeros((1, 8, 8, 3))),
        K.placeholder((1, 8, 8, 3)),
    ]
    together = K.concatenate(pictures, axis=0)
    for arguments in ({"shape": (3, 8, 8, 3)}, {"batch_shape": (3, 8, 8, 3)}, {"shape": (8, 8, 3)}, {}):
        x = Input(tensor=together, **arguments)
        assert x._keras_shape == (3, 8, 8, 3)
        model = Model(x, Convolution2D(8, 3, 3, dim_ordering="tf")(x))
        assert model.output_shape == (3, 6, 6, 8)
    open_ended = K.placeholder((None, None, 3))
    assert Input(tensor=open_ended, shape=(5, 3))._keras_shape == (None, 5, 3)
    assert Input(tensor=open_ended, batch_shape=(2, 5, 4))._keras_shape == (2, 5, 3)


def test_counts_that_are_tensors(K) -> None:  # type: ignore[no-untyped-def]
    """``K.repeat(x, K.shape(h)[1])``: as often as another tensor has time steps."""
    x, h = K.placeholder((None, 3)), K.placeholder((None, None, 2))
    steps = K.shape(h)[1]
    pictures = K.placeholder((None, 2, 2, 1))
    f = K.function(
        [x, h, pictures],
        [
            K.repeat(x, steps),
            K.repeat_elements(x, steps, 1),
            K.tile(x, [1, steps]),
            K.resize_images(pictures, steps, 1, "tf"),
        ],
    )
    a, b = np.arange(6.0).reshape(2, 3), np.arange(8.0).reshape(2, 2, 2, 1)
    for count in (1, 4):
        found = f([a, np.zeros((2, count, 2)), b])
        np.testing.assert_array_equal(found[0], np.repeat(a[:, None], count, axis=1))
        np.testing.assert_array_equal(found[1], np.repeat(a, count, axis=1))
        np.testing.assert_array_equal(found[2], np.tile(a, [1, count]))
        np.testing.assert_array_equal(found[3], np.repeat(b, count, axis=1))
    words, query = Input((None, 3)), Input((3,))
    spread = Lambda(lambda both: K.repeat(both[1], K.shape(both[0])[1]) * both[0])
    spread.get_output_shape_for = lambda shapes: shapes[0]  # type: ignore[method-assign]
    model = Model([words, query], spread([words, query]))
    np.testing.assert_array_equal(
        model.predict([np.ones((2, 5, 3)), a]), np.repeat(a[:, None], 5, axis=1).astype("float32")
    )
    with pytest.raises(TypeError, match="repeat"):
        K.repeat(x, 1.5)


def test_small_pictures_by_a_tensor(K) -> None:  # type: ignore[no-untyped-def]
    """CIFAR: the least size is asked of `input_shape` only."""
    before = K.image_dim_ordering()
    K.set_image_dim_ordering("tf")
    try:
        model = VGG16(include_top=False, weights=None, input_tensor=Input((32, 32, 3)))
        assert model.output_shape == (None, 1, 1, 512)
        with pytest.raises(ValueError, match="at least 48 rows"):
            VGG16(include_top=False, weights=None, input_shape=(32, 32, 3))
    finally:
        K.set_image_dim_ordering(before)


def test_custom_objects_stay_known(K, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Keras 1.2.2's `layer_from_config` put them among the global ones."""
    model = Sequential([Twice(input_shape=(3,))])
    text = model.to_json()
    with pytest.raises(ValueError, match="Unknown layer: 'Twice'"):
        model_from_json(text)
    assert model_from_json(text, custom_objects={"Twice": Twice}).output_shape == (None, 3)
    assert model_from_json(text).output_shape == (None, 3)
    assert get_custom_objects()["Twice"] is Twice

    def off_by(y_true: Any, y_pred: Any) -> Any:
        return K.mean(K.abs(y_pred - y_true), axis=-1)

    model = Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", off_by)
    path = str(tmp_path / "model.h5")
    model.save(path)
    with pytest.raises(ValueError, match="off_by"):
        load_model(path)
    load_model(path, custom_objects={"off_by": off_by})
    assert load_model(path).loss_functions == [off_by]


def test_a_loader_that_fails_makes_nothing_known(K) -> None:  # type: ignore[no-untyped-def]
    text = Sequential([Twice(input_shape=(3,))]).to_json().replace('"Twice"', '"Thrice"')
    with pytest.raises(ValueError, match="Thrice"):
        model_from_json(text, custom_objects={"Twice": Twice})
    assert "Twice" not in get_custom_objects()


def test_a_scope_around_a_loader_ends_as_it_says(K) -> None:  # type: ignore[no-untyped-def]
    text = Sequential([Twice(input_shape=(3,))]).to_json()
    with CustomObjectScope({"other": Twice}):
        model_from_json(text, custom_objects={"Twice": Twice})
        assert {"other", "Twice"} <= get_custom_objects().keys()
    assert not {"other", "Twice"} & get_custom_objects().keys()


def test_functions_of_lambda_layers_do_not_stay(K) -> None:  # type: ignore[no-untyped-def]
    """``lambda_1`` of the next model is another one: that of the first must not slip in."""
    first = Sequential([Lambda(lambda x: x * 2.0, input_shape=(1,), name="lambda_1")])
    second = Sequential([Lambda(lambda x: x + 5.0, input_shape=(1,), name="lambda_1")])
    texts = [model.to_json() for model in (first, second)]
    given = model_from_json(texts[0], custom_objects={"lambda_1": lambda x: x * 3.0})
    assert given.predict(np.ones((1, 1))) == 3
    assert model_from_json(texts[1]).predict(np.ones((1, 1))) == 6
    get_custom_objects()["lambda_1"] = lambda x: x - 1.0
    assert model_from_json(texts[1]).predict(np.ones((1, 1))) == 0
