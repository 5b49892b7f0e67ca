"""Data sets in HDF5 files: rows as they lie there, and training from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras.layers import Dense
from polykeras.models import Sequential
from polykeras.utils.io_utils import HDF5Matrix, load_array, save_array

X = np.random.RandomState(0).randint(0, 255, (30, 4)).astype("uint8")
Y = (X[:, :1] / 255.0).astype("float32")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = X, Y
    return tmp_path / "data.h5"


def scaled(x: np.ndarray) -> np.ndarray:
    return x.astype("float32") / 255


@pytest.mark.parametrize(
    "key",
    [
        slice(None), slice(2, 9), slice(3, 20, 4), slice(9, 2), slice(None, None, -1), slice(-5, None), 3, -1,
        [4, 1, 1], np.array([19, 0, 7]), np.array([], int), np.arange(20) % 3 == 0,
    ],
    ids=str,
)  # fmt: skip
def test_rows(path: Path, key: Any) -> None:
    matrix = HDF5Matrix(path, "x", 5, 25, normalizer=scaled)
    assert len(matrix) == 20 and matrix.shape == (20, 4) and matrix.dtype == "float32" and matrix.ndim == 2
    np.testing.assert_array_equal(matrix[key], scaled(X[5:25])[key])


@pytest.mark.parametrize("shuffle", [True, "batch", False])
def test_training_is_that_on_arrays(K: Any, path: Path, shuffle: Any) -> None:
    results = []
    for x, y in ((scaled(X), Y), (HDF5Matrix(str(path), "x", normalizer=scaled), HDF5Matrix(str(path), "y"))):
        np.random.seed(3)
        model = Sequential([Dense(1, input_dim=4)])
        model.compile("sgd", "mse")
        history = model.fit(x, y, batch_size=8, nb_epoch=2, verbose=0, shuffle=shuffle)
        figures = [history.history["loss"], model.evaluate(x, y, verbose=0), model.predict(x)]
        results.append([*model.get_weights(), *figures])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_parts_of_a_file_train_and_validate(K: Any, path: Path) -> None:
    model = Sequential([Dense(1, input_dim=4)])
    model.compile("sgd", "mse")
    parts = [
        (HDF5Matrix(path, "x", *rows, normalizer=scaled), HDF5Matrix(path, "y", *rows))
        for rows in ((0, 20), (20, 30))
    ]
    history = model.fit(*parts[0], nb_epoch=1, verbose=0, shuffle="batch", validation_data=parts[1])
    assert np.isfinite(history.history["val_loss"]).all()


def test_refuses(path: Path) -> None:
    matrix = HDF5Matrix(path, "x", 5, 25)
    for key in (20, -21, [0, 20]):
        with pytest.raises(IndexError, match="rows from 0 to 19"):
            matrix[key]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        HDF5Matrix("nowhere.h5", "x")
    with pytest.raises(KeyError, match="no data set 'z'"):
        HDF5Matrix(path, "z")
    (path.parent / "text.h5").write_text("no HDF5")
    (path.parent / "torn.h5").write_bytes(path.read_bytes()[:-9])
    for name in ("text.h5", "torn.h5"):
        with pytest.raises(OSError, match=f"HDF5Matrix: wanted an HDF5 file, but .*{name}"):
            HDF5Matrix(path.parent / name, "x")
        with pytest.raises(OSError, match=f"load_array: wanted an HDF5 file, but .*{name}"):
            load_array(path.parent / name)
    with pytest.raises(OSError, match="no plain file"):
        HDF5Matrix(path.parent, "x")
    with pytest.raises(FileNotFoundError, match="load_array: there is no file"):
        load_array("nowhere.h5")
    with h5py.File(path.parent / "group.h5", "w") as file:
        file["a/b"] = X
    with pytest.raises(ValueError, match=r"'a' in .* must be a data set, got a group of b"):
        HDF5Matrix(path.parent / "group.h5", "a")
    with pytest.raises(ValueError, match="has 30"):
        HDF5Matrix(path, "x", 0, 31)


def test_arrays_in_files(tmp_path: Path) -> None:
    save_array(X, tmp_path / "a.h5")
    np.testing.assert_array_equal(load_array(tmp_path / "a.h5"), X)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["other"] = X
    with pytest.raises(KeyError, match="it has other"):
        load_array(tmp_path / "b.h5")
