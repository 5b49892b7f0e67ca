"""Whole models written by Keras 1.2.2: predictions, loss and one more training step, as recorded there."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from polykeras.engine.hdf5 import read_names
from polykeras.models import load_model, model_from_json

DATA = Path(__file__).parent / "data" / "h5"
FIGURES = np.load(DATA / "figures.npz")
NAMES = sorted({key.partition("/")[0] for key in FIGURES})


def inputs(name):
    x = [FIGURES[key] for key in sorted(FIGURES) if key.startswith(f"{name}/x")]
    return x if len(x) > 1 else x[0]


def close(got, name, key):
    np.testing.assert_allclose(got, FIGURES[f"{name}/{key}"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_model(K, name):
    model = load_model(DATA / f"{name}.h5")
    x, targets = inputs(name), FIGURES[f"{name}/t"]
    close(model.predict(x), name, "y")
    close(model.evaluate(x, targets, batch_size=len(targets), verbose=0), name, "loss")
    if f"{name}/next_y" in FIGURES:  # not recorded where dropout draws numbers
        close(model.train_on_batch(x, targets), name, "next_train_loss")
        close(model.predict(x), name, "next_y")


@pytest.mark.parametrize("name", NAMES)
def test_architecture_and_weights(K, name):
    model = model_from_json((DATA / f"{name}.json").read_text())
    model.load_weights(DATA / f"{name}_weights.h5")
    close(model.predict(inputs(name)), name, "y_from_json")


def holds(new, old):
    """Whether a configuration holds all that another does.

    A layer that was made with `input_dim`, as all of a file are, tells its `batch_input_shape` besides.
    """
    if isinstance(old, dict):
        return all(key in new and holds(new[key], value) for key, value in old.items())
    if isinstance(old, list):
        return len(new) == len(old) and all(map(holds, new, old))
    return new == old


@pytest.mark.parametrize("name", NAMES)
def test_saved_again(K, name, tmp_path):
    """What is written here is what was there: the same texts, the same arrays in the same order."""
    model = load_model(DATA / f"{name}.h5")
    model.save(tmp_path / "again.h5")
    with h5py.File(DATA / f"{name}.h5") as old, h5py.File(tmp_path / "again.h5") as new:
        assert set(old) == set(new) and set(old.attrs) == set(new.attrs)
        for key in old.attrs:
            if key.endswith("config"):
                assert holds(json.loads(new.attrs[key]), json.loads(old.attrs[key])), key
            else:
                assert new.attrs[key] == old.attrs[key], key
        groups = [old["model_weights"], new["model_weights"]]
        assert read_names(groups[0], "layer_names") == read_names(groups[1], "layer_names")
        for layer in groups[0]:
            for weight in groups[0][layer].attrs["weight_names"]:
                np.testing.assert_array_equal(groups[0][layer][weight], groups[1][layer][weight])
        state = [
            [group[weight][()] for weight in group.attrs["weight_names"]]
            for group in (old["optimizer_weights"], new["optimizer_weights"])
        ]
        for one, other in zip(*state, strict=True):
            np.testing.assert_array_equal(one, other)
