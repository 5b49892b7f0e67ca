"""Kernels of convolutions in files of Keras under Theano, wherever they are nested, and converted by hand."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras.layers import (
    AtrousConvolution2D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
    Deconvolution2D,
    Dense,
    Flatten,
    Input,
    LocallyConnected1D,
    LocallyConnected2D,
    SeparableConvolution2D,
    TimeDistributed,
)
from polykeras.layers.convolutional_recurrent import ConvLSTM2D
from polykeras.models import Model, Sequential
from polykeras.utils.kernels import rotated, weight_owners
from polykeras.utils.layer_utils import convert_all_kernels_in_model

CASES = {
    "conv1d": (lambda: Convolution1D(3, 2, input_shape=(7, 2)), (0, 1)),
    "conv2d_tf": (lambda: Convolution2D(3, 2, 3, input_shape=(7, 6, 2), dim_ordering="tf"), (0, 1)),
    "conv2d_th": (lambda: Convolution2D(3, 2, 3, input_shape=(2, 7, 6), dim_ordering="th"), (2, 3)),
    "atrous": (lambda: AtrousConvolution2D(3, 2, 3, input_shape=(7, 6, 2), atrous_rate=(2, 1)), (0, 1)),
    "deconv": (
        lambda: Deconvolution2D(3, 2, 3, output_shape=(None, 8, 8, 3), input_shape=(7, 6, 2)),
        (0, 1),
    ),
    "conv3d_th": (
        lambda: Convolution3D(3, 2, 3, 2, input_shape=(2, 5, 6, 4), dim_ordering="th"),
        (2, 3, 4),
    ),
    "separable": (lambda: SeparableConvolution2D(3, 2, 3, input_shape=(7, 6, 2)), ()),
    "local1d": (lambda: LocallyConnected1D(3, 2, input_shape=(7, 2)), ()),
    "local2d": (lambda: LocallyConnected2D(3, 2, 3, input_shape=(7, 6, 2)), ()),
    "dense": (lambda: Dense(3, input_dim=2), ()),
    "time": (lambda: TimeDistributed(Convolution2D(3, 2, 3), input_shape=(4, 7, 6, 2)), (0, 1)),
    "nested": (
        lambda: Sequential([TimeDistributed(Convolution2D(3, 2, 3), input_shape=(4, 7, 6, 2))]),
        (0, 1),
    ),
}


@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_all_kernels_of_convolutional_recurrence(K: Any, ordering: str, tmp_path: Path) -> None:
    """Those of the input and those of the state."""
    shape, axes = {"tf": ((3, 6, 5, 2), (0, 1)), "th": ((3, 2, 6, 5), (2, 3))}[ordering]
    model = Sequential(
        [ConvLSTM2D(3, 2, 3, border_mode="same", dim_ordering=ordering, input_shape=shape, name="c")]
    )
    before = model.get_weights()
    written_under_theano(model, tmp_path / "theano.h5")
    model.load_weights(tmp_path / "theano.h5")
    kernels = 0
    for old, new in zip(before, model.get_weights(), strict=True):
        kernels += old.ndim == 4
        np.testing.assert_array_equal(new, np.flip(old, axes) if old.ndim == 4 else old)
    assert kernels == 8


def written_under_theano(model: Any, path: Path) -> None:
    """A file with the present weights of a model and names as Theano has them."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = np.array([layer.name for layer in model.flattened_layers], "S")
        for layer in model.flattened_layers:
            group = file.create_group(layer.name)
            values = layer.get_weights()
            names = [f"param_{index}" for index in range(len(values))]
            group.attrs["weight_names"] = np.array(names, "S") if names else []
            for name, value in zip(names, values, strict=True):
                group[name] = value


@pytest.mark.parametrize("case", CASES)
def test_rotation_on_loading(K: Any, case: str, tmp_path: Path) -> None:
    make, axes = CASES[case]
    model = Sequential([make()])
    kernel, *others = model.get_weights()
    written_under_theano(model, tmp_path / "theano.h5")
    model.load_weights(tmp_path / "theano.h5")
    loaded, *rest = model.get_weights()
    np.testing.assert_array_equal(loaded, np.flip(kernel, axes) if axes else kernel)
    assert all(np.array_equal(a, b) for a, b in zip(rest, others, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_conversion_by_hand(K: Any, case: str) -> None:
    make, axes = CASES[case]
    model = Sequential([make()])
    kernel, *others = model.get_weights()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        convert_all_kernels_in_model(model)
    converted, *rest = model.get_weights()
    np.testing.assert_array_equal(converted, np.flip(kernel, axes) if axes else kernel)
    assert all(np.array_equal(a, b) for a, b in zip(rest, others, strict=True))


def test_a_shared_layer_is_converted_once(K: Any) -> None:
    shared = Convolution2D(2, 2, 3, border_mode="same")
    x = Input((5, 5, 2))
    inner = Model(x, shared(x))
    y = Input((5, 5, 2))
    model = Model(y, shared(inner(y)))
    kernel = shared.get_weights()[0]
    convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(shared.get_weights()[0], kernel[::-1, ::-1])


@pytest.mark.parametrize("name", ["tensorflow", "theano"])
def test_programs_that_convert_after_loading_stay_right(K: Any, name: str, tmp_path: Path) -> None:
    """In Keras 1 they had to, if the file came from the other backend."""
    model = Sequential([Convolution2D(3, 2, 3, input_shape=(7, 6, 2), name="c"), Flatten(), Dense(2)])
    kernel = model.get_weights()[0]
    if name == "theano":
        written_under_theano(model, tmp_path / "weights.h5")
    else:
        model.save_weights(tmp_path / "weights.h5")
    model.load_weights(tmp_path / "weights.h5")
    with pytest.warns(UserWarning, match=r"1 layers \(c\).*original_backend='theano'"):
        convert_all_kernels_in_model(model)
    wanted = kernel[::-1, ::-1] if name == "theano" else kernel
    np.testing.assert_array_equal(model.get_weights()[0], wanted)


def test_kernels_of_convolution1d_in_keras_1_0(K: Any, tmp_path: Path) -> None:
    model = Sequential([Convolution1D(3, 4, input_shape=(7, 2), name="c")])
    kernel, bias = model.get_weights()
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = np.array(["c"], "S")
        file["c/c_W"], file["c/c_b"] = kernel.transpose(3, 2, 0, 1), bias
        file["c"].attrs["weight_names"] = np.array(["c_W", "c_b"], "S")
    model.load_weights(tmp_path / "old.h5", original_backend="tensorflow")
    np.testing.assert_array_equal(model.get_weights()[0], kernel)
    model.load_weights(tmp_path / "old.h5")
    np.testing.assert_array_equal(model.get_weights()[0], kernel[::-1])


def test_the_other_dim_ordering_is_named(K: Any, tmp_path: Path) -> None:
    model = Sequential([Convolution2D(3, 2, 4, input_shape=(7, 6, 2), dim_ordering="tf")])
    model.save_weights(tmp_path / "tf.h5")
    other = Sequential([Convolution2D(3, 2, 4, input_shape=(2, 7, 6), dim_ordering="th")])
    with pytest.raises(
        ValueError, match=r"wanted shape \(3, 2, 2, 4\).*got \(2, 4, 2, 3\).*the other dim_ord"
    ):
        other.load_weights(tmp_path / "tf.h5")


def test_weights_belong_to_the_innermost_layer(K: Any) -> None:
    inner = Convolution2D(3, 2, 3)
    model = Sequential([Sequential([TimeDistributed(inner, input_shape=(4, 7, 6, 2))]), Flatten(), Dense(2)])
    owners = weight_owners(model)
    assert [owners[id(weight)].name for weight in model.weights] == [inner.name] * 2 + [
        model.layers[-1].name
    ] * 2


def test_rotating_twice_gives_the_kernel_back(K: Any) -> None:
    layer = Convolution2D(3, 2, 3, dim_ordering="th")
    kernel = np.random.rand(3, 2, 2, 3)
    np.testing.assert_array_equal(rotated(layer, rotated(layer, kernel)), kernel)
