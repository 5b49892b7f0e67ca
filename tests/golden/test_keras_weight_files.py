"""Weight files written by Keras 1.2.2: the predictions after loading are those that it recorded."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras.models import model_from_json

DATA = Path(__file__).parent / "data" / "h5"
FIGURES = np.load(DATA / "figures.npz")
MODELS = ["mlp_adam", "cnn_rmsprop", "merge_legacy"]
RTOL, ATOL = 1e-4, 1e-5


def rebuilt(name: str) -> Any:
    return model_from_json((DATA / f"{name}.json").read_text())


def inputs(name: str) -> Any:
    found = [FIGURES[f"{name}/x{index}"] for index in range(2) if f"{name}/x{index}" in FIGURES]
    return found if len(found) > 1 else found[0]


def check(model: Any, name: str) -> None:
    np.testing.assert_allclose(model.predict(inputs(name)), FIGURES[f"{name}/y"], RTOL, ATOL)


@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_predictions(K: Any, name: str, by_name: bool) -> None:
    model = rebuilt(name)
    model.load_weights(DATA / f"{name}_weights.h5", by_name=by_name)
    check(model, name)


def test_a_file_of_the_whole_model(K: Any) -> None:
    model = rebuilt("mlp_adam")
    model.load_weights(DATA / "mlp_adam.h5")
    check(model, "mlp_adam")


@pytest.mark.parametrize("name", MODELS)
def test_what_is_written_has_the_same_layout(K: Any, name: str, tmp_path: Path) -> None:
    """Names, order, types and numbers of the file that Keras wrote for the same model."""
    model = rebuilt(name)
    model.load_weights(DATA / f"{name}_weights.h5")
    model.save_weights(tmp_path / "own.h5")
    assert contents(tmp_path / "own.h5") == contents(DATA / f"{name}_weights.h5")


def contents(path: Path) -> list[Any]:
    def texts(values: Any) -> list[str]:
        return [value.decode() if isinstance(value, bytes) else value for value in values]

    with h5py.File(path, "r") as file:
        layers = texts(file.attrs["layer_names"])
        return [
            (layer, weight, file[layer][weight].dtype, file[layer][weight][()].tolist())
            for layer in layers
            for weight in texts(file[layer].attrs["weight_names"]) or [None]
            if weight
        ] + layers


def as_theano(path: Path) -> None:
    """Changes a file into what Keras 1 writes under Theano: no ``:0``, and kernels rotated by 180 degrees."""
    with h5py.File(path, "a") as file:
        for layer in file.values():
            stored = layer.attrs["weight_names"]
            if not len(stored):
                continue
            names = [name.decode() if isinstance(name, bytes) else name for name in stored]
            for name in names:
                values = layer[name][()]
                del layer[name]
                layer[name.removesuffix(":0")] = values[::-1, ::-1] if values.ndim == 4 else values
            layer.attrs["weight_names"] = np.array([name.removesuffix(":0") for name in names], "S")


def test_kernels_written_under_theano_are_rotated(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "theano.h5"
    shutil.copyfile(DATA / "cnn_rmsprop_weights.h5", path)
    as_theano(path)
    model = rebuilt("cnn_rmsprop")
    model.load_weights(path)
    check(model, "cnn_rmsprop")
    with pytest.raises(AssertionError):
        model.load_weights(path, original_backend="tensorflow")
        check(model, "cnn_rmsprop")
    with pytest.raises(AssertionError):
        model.load_weights(DATA / "cnn_rmsprop_weights.h5", original_backend="theano")
        check(model, "cnn_rmsprop")


def test_files_of_dense_layers_need_no_origin(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "theano.h5"
    shutil.copyfile(DATA / "mlp_adam_weights.h5", path)
    as_theano(path)
    model = rebuilt("mlp_adam")
    model.load_weights(path)
    check(model, "mlp_adam")
