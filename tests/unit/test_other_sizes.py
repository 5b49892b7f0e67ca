"""`K.function` with arrays of other sizes than declared: Theano took them, TensorFlow did not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.layers import (
    GRU,
    LSTM,
    AveragePooling2D,
    BatchNormalization,
    Bidirectional,
    Convolution1D,
    Convolution2D,
    Cropping2D,
    Deconvolution2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    Input,
    Lambda,
    LocallyConnected2D,
    MaxPooling2D,
    Permute,
    PReLU,
    RepeatVector,
    Reshape,
    SimpleRNN,
    SpatialDropout2D,
    TimeDistributed,
    UpSampling2D,
    ZeroPadding2D,
)
from polykeras.models import Model, Sequential

SMALL, LARGE = (1, 9, 8, 3), (2, 14, 12, 3)


@pytest.fixture
def pytensor(K: Any) -> Any:
    """K on PyTensor; on other engines the test is left out."""
    if K.backend() != "pytensor":
        pytest.skip("a placeholder's shape is binding here")
    return K


def _numbers(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.RandomState(seed).uniform(-1, 1, shape).astype("float32")


def _of_any_size(layers: list[Any], shape: tuple[int, ...]) -> Any:
    """A model of the layers whose input is declared with this shape."""
    first = x = Input(shape=shape)
    for layer in layers:
        x = layer(x)
    return Model(first, x)


def _image_nets() -> dict[str, list[Any]]:
    tf = {"dim_ordering": "tf"}
    return {
        "padding": [ZeroPadding2D((1, 2), **tf), Convolution2D(4, 3, 3, **tf)],
        "pooling": [
            Convolution2D(4, 3, 3, border_mode="same", activation="relu", **tf),
            MaxPooling2D((2, 2), **tf),
            AveragePooling2D((2, 2), border_mode="same", **tf),
        ],
        "upsampling": [UpSampling2D((2, 3), **tf), Cropping2D(((1, 2), (0, 1)), **tf)],
        "normalization": [BatchNormalization(), PReLU(shared_axes=[1, 2])],
        "global_mean": [Convolution2D(4, 9, 8, **tf), GlobalAveragePooling2D(**tf), Dense(2)],
        "global_max": [Convolution2D(4, 3, 3, **tf), GlobalMaxPooling2D(**tf)],
        "steps": [Permute((2, 1, 3)), TimeDistributed(Convolution1D(4, 3, border_mode="same"))],
        "noise": [Dropout(0.5), SpatialDropout2D(0.5, **tf), GaussianNoise(0.1)],
        "mean": [Lambda(lambda x: x - x.mean())],
    }


@pytest.mark.parametrize("kind", list(_image_nets()))
def test_pictures_of_another_size(pytensor, kind) -> None:  # type: ignore[no-untyped-def]
    """The numbers are those of a net that is declared for this size, with the same weights."""
    K = pytensor
    model = _of_any_size(_image_nets()[kind], SMALL[1:])
    large = _of_any_size(_image_nets()[kind], (None, None, 3))
    large.set_weights(model.get_weights())
    f = K.function([model.input, K.learning_phase()], [model.output])
    wanted = K.function([large.input, K.learning_phase()], [large.output])
    for shape in (SMALL, LARGE, (1, 10, 9, 3)):
        x = _numbers(shape)
        np.testing.assert_allclose(f([x, 0])[0], wanted([x, 0])[0], rtol=1e-4, atol=1e-5)
        assert f([x, 1])[0].shape == wanted([x, 1])[0].shape


@pytest.mark.parametrize("kind", ["padding", "pooling", "upsampling", "global_mean", "normalization"])
def test_gradients_for_another_size(pytensor, kind) -> None:  # type: ignore[no-untyped-def]
    """Style transfer and saliency maps: the gradient by the picture."""
    K = pytensor
    slopes = []
    model = _of_any_size(_image_nets()[kind], SMALL[1:])
    large = _of_any_size(_image_nets()[kind], (None, None, 3))
    large.set_weights(model.get_weights())
    for each in (model, large):
        loss = K.mean(K.square(each.output))
        slope = K.gradients(loss, each.input)[0]
        slopes.append(K.function([each.input], [loss, slope / (K.sqrt(K.mean(K.square(slope))) + 1e-5)]))
    for shape in (SMALL, LARGE):
        x = _numbers(shape)
        for got, wanted in zip(slopes[0]([x]), slopes[1]([x]), strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("layer", [SimpleRNN, GRU, LSTM])
def test_sequences_of_another_length(pytensor, layer) -> None:  # type: ignore[no-untyped-def]
    K = pytensor
    for options in ({}, {"activation": "relu"}, {"return_sequences": True, "dropout_W": 0.2}):
        model = _of_any_size([Bidirectional(layer(3, **options))], (4, 2))
        longer = _of_any_size([Bidirectional(layer(3, **options))], (7, 2))
        longer.set_weights(model.get_weights())
        x = _numbers((2, 7, 2))
        f = K.function([model.input, K.learning_phase()], model.outputs)
        np.testing.assert_allclose(f([x, 0])[0], longer.predict(x), rtol=1e-4, atol=1e-5)


def test_steps_that_are_written_out(pytensor) -> None:  # type: ignore[no-untyped-def]
    """``unroll=True``: further steps must not be left out silently."""
    K = pytensor
    model = _of_any_size([SimpleRNN(3, unroll=True)], (4, 2))
    f = K.function([model.input], model.outputs)
    assert f([_numbers((2, 4, 2))])[0].shape == (2, 3)
    with pytest.raises(ValueError, match="written out for the declared size"):
        f([_numbers((2, 7, 2))])


def test_style_transfer_of_three_pictures(pytensor) -> None:  # type: ignore[no-untyped-def]
    """One picture at a time is declared, others come: a size of 1 is not taken for granted."""
    K = pytensor
    x = K.placeholder((1, 3, 8, 8))
    features = K.batch_flatten(K.permute_dimensions(x, (1, 0, 2, 3)))
    gram = K.dot(features, K.transpose(features))
    f = K.function([x], [gram, K.gradients(K.sum(K.square(gram)), x)[0]])
    for shape in ((1, 3, 8, 8), (1, 3, 5, 6), (2, 3, 5, 6)):
        picture = _numbers(shape)
        rows = picture.transpose(1, 0, 2, 3).reshape(3, -1)
        product = rows @ rows.T
        value, slope = f([picture])
        np.testing.assert_allclose(value, product, rtol=1e-4)
        wanted = (4 * product @ rows).reshape(3, shape[0], *shape[2:]).transpose(1, 0, 2, 3)
        np.testing.assert_allclose(slope, wanted, rtol=1e-3, atol=1e-4)


def test_a_transposed_convolution_is_of_its_declared_size(pytensor) -> None:  # type: ignore[no-untyped-def]
    K = pytensor
    layer = Deconvolution2D(2, 3, 3, output_shape=(None, 10, 10, 2), subsample=(1, 1), dim_ordering="tf")
    model = _of_any_size([layer], (8, 8, 3))
    f = K.function([model.input], model.outputs)
    assert f([_numbers((4, 8, 8, 3))])[0].shape == (4, 10, 10, 2)
    with pytest.raises(ValueError, match=r"has the shape \(None, 8, 8, 3\), got .*\(1, 9, 8, 3\)"):
        f([_numbers((1, 9, 8, 3))])


def test_updates_and_random_numbers_go_on(pytensor) -> None:  # type: ignore[no-untyped-def]
    K = pytensor
    x, count = K.placeholder((2, 3)), K.variable(0.0)
    f = K.function([x], [K.dropout(x, 0.5, seed=1)], [K.update_add(count, K.sum(x))])
    first, second = (f([np.ones((4, 5))])[0] for _ in range(2))
    assert first.shape == (4, 5) and not np.array_equal(first, second)
    assert K.get_value(count) == 40
    f([np.ones((2, 3))])
    assert K.get_value(count) == 46


@pytest.mark.parametrize(
    "layers",
    [
        [Flatten(), Dense(2)],
        [Reshape((24, 9)), Lambda(lambda x: x * 2)],
        [LocallyConnected2D(2, 3, 3, dim_ordering="tf")],
        [PReLU()],
        [Reshape((9, 24)), SimpleRNN(2, unroll=True)],
        [Reshape((216,)), RepeatVector(2)],
    ],
    ids=["Dense", "Reshape", "LocallyConnected2D", "PReLU", "unroll", "RepeatVector"],
)
def test_sizes_that_are_fixed(pytensor, layers) -> None:  # type: ignore[no-untyped-def]
    """What weights or the declared sizes have been built into is an error, not a wrong number."""
    K = pytensor
    model = _of_any_size(layers[:2], SMALL[1:])
    seen = K.variable(0.0)
    f = K.function([model.input], model.outputs, [K.update_add(seen, 1.0)])
    assert f([_numbers((3, *SMALL[1:]))])[0].shape[0] == 3
    for shape in ((2, 18, 8, 3), (1, 10, 9, 3)):
        with pytest.raises(ValueError, match=r"has the shape \(None, 9, 8, 3\), got an array of the shape"):
            f([_numbers(shape)])
    assert K.get_value(seen) == 1


def test_an_axis_of_size_one_that_stretches(pytensor) -> None:  # type: ignore[no-untyped-def]
    """The derivative was summed over that axis."""
    K = pytensor
    x, y = K.placeholder((1, 3)), K.placeholder((5, 3))
    f = K.function([x, y], K.gradients(K.sum(x * y), [x]))
    assert f([np.ones((1, 3)), np.ones((5, 3))])[0].tolist() == [[5, 5, 5]]
    with pytest.raises(ValueError, match="axis of size 1"):
        f([np.ones((5, 3)), np.ones((5, 3))])


def test_the_number_of_axes_is_binding(K) -> None:  # type: ignore[no-untyped-def]
    x = K.placeholder((None, 3))
    f = K.function([x], [x * 2])
    with pytest.raises(ValueError, match=r"\(None, 3\)"):
        f([np.zeros((1, 3, 3))])


def test_declared_sizes_are_binding_on_tensorflow(K) -> None:  # type: ignore[no-untyped-def]
    """TensorFlow 1 raised "Cannot feed value of shape ..."; an open size takes anything."""
    if K.backend() != "tensorflow":
        pytest.skip("a placeholder's shape is a hint here")
    x, open_ended = K.placeholder((None, 3, 4, 2)), K.placeholder((None, None, None, 2))
    with pytest.raises(ValueError, match=r"wanted the shape \(None, 3, 4, 2\), got \(1, 5, 4, 2\)"):
        K.function([x], [K.spatial_2d_padding(x, dim_ordering="tf")])([np.zeros((1, 5, 4, 2))])
    f = K.function([open_ended], [K.spatial_2d_padding(open_ended, dim_ordering="tf")])
    assert f([np.zeros((1, 5, 4, 2))])[0].shape == (1, 7, 6, 2)


def test_fit_and_predict_take_the_declared_sizes(K) -> None:  # type: ignore[no-untyped-def]
    model = Sequential([Convolution2D(2, 3, 3, input_shape=(6, 6, 1), dim_ordering="tf")])
    with pytest.raises(ValueError, match=r"\(None, 6, 6, 1\)"):
        model.predict(np.zeros((2, 7, 7, 1)))
