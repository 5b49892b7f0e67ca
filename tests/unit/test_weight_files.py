"""Weight files: what is written, what is read, and what is refused before anything is changed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras.engine import hdf5
from polykeras.engine.weights_io import load_weights_from_group, save_weights_to_group
from polykeras.layers import Activation, BatchNormalization, Dense, Input, Merge, TimeDistributed
from polykeras.models import Model, Sequential
from polykeras.utils import io_utils


def mlp(**names: str) -> Sequential:
    return Sequential(
        [
            Dense(4, input_dim=3, name=names.get("first")),
            Activation("tanh"),
            BatchNormalization(),
            Dense(2, name=names.get("last")),
        ]
    )


def cleared(model: Any) -> list[np.ndarray]:
    """The model's weights, which are replaced by other numbers."""
    weights = model.get_weights()
    model.set_weights([np.full(value.shape, 7.0) for value in weights])
    return weights


def same(got: Any, wanted: Any) -> bool:
    return len(got) == len(wanted) and all(np.array_equal(a, b) for a, b in zip(got, wanted, strict=True))


class StubLayer:
    """What the functions for groups ask of a layer."""

    def __init__(self, name: str, weights: Any = ()) -> None:
        self.name, self.weights = name, list(weights)


# What is written


def test_layout_is_that_of_keras_1(K: Any, tmp_path: Path) -> None:
    K.clear_session()
    model = mlp()
    path = tmp_path / "weights.h5"
    model.save_weights(path)
    with h5py.File(path, "r") as file:
        assert list(file.attrs) == ["layer_names"]
        assert file.attrs["layer_names"].dtype.kind == "S"
        names = [name.decode() for name in file.attrs["layer_names"]]
        assert names == ["dense_1", "activation_1", "batchnormalization_1", "dense_2"]
        assert file["dense_1"].attrs["weight_names"].tolist() == [b"dense_1_W:0", b"dense_1_b:0"]
        empty = file["activation_1"].attrs["weight_names"]
        assert empty.shape == (0,) and empty.dtype == np.float64
        stored = [name.decode() for name in file["batchnormalization_1"].attrs["weight_names"]]
        ends = [name.removeprefix("batchnormalization_1_") for name in stored]
        assert ends == ["gamma:0", "beta:0", "running_mean:0", "running_std:0"]
        np.testing.assert_array_equal(file["dense_1/dense_1_W:0"], model.get_weights()[0])
        assert file["dense_1/dense_1_W:0"].dtype == np.float32


def test_what_was_saved_is_loaded(K: Any, tmp_path: Path) -> None:
    model = mlp()
    model.save_weights(str(tmp_path / "weights.h5"))
    weights = cleared(model)
    model.load_weights(str(tmp_path / "weights.h5"))
    assert same(model.get_weights(), weights)


def test_engines_read_each_others_files(tmp_path: Path) -> None:
    from polykeras.testing.plugin import fresh

    x = np.random.RandomState(0).rand(5, 3).astype("float32")
    with fresh("tensorflow"):
        model = mlp()
        model.save_weights(tmp_path / "weights.h5")
        wanted = model.predict(x)
    with fresh("pytensor"):
        model = mlp()
        model.load_weights(tmp_path / "weights.h5")
        np.testing.assert_allclose(model.predict(x), wanted, rtol=1e-5, atol=1e-6)


def test_names_may_lie_in_scopes(K: Any, tmp_path: Path) -> None:
    model = Sequential([Dense(2, input_dim=3, name="fire2/squeeze1x1"), Dense(2, name="fire2/expand")])
    model.save_weights(tmp_path / "weights.h5")
    weights = cleared(model)
    model.load_weights(tmp_path / "weights.h5", by_name=True)
    assert same(model.get_weights(), weights)


def test_weights_of_one_name_get_names_of_their_own(K: Any, tmp_path: Path) -> None:
    variables = [K.variable(np.full((2,), value), name="w") for value in (1.0, 2.0, 3.0)]
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        save_weights_to_group([StubLayer("a", variables)], file)
        assert [name.decode() for name in file["a"].attrs["weight_names"]] == ["w:0", "w_1:0", "w_2:0"]
        assert file["a/w_1:0"][()].tolist() == [2.0, 2.0]


@pytest.mark.parametrize("name", ["", "a//b", "/a", "a/../b", ".", "..", "\udcff"])
def test_names_that_could_lead_elsewhere_are_not_written(name: str, tmp_path: Path) -> None:
    with (
        h5py.File(tmp_path / "weights.h5", "w") as file,
        pytest.raises(ValueError, match="can not be a name in an HDF5 file"),
    ):
        save_weights_to_group([StubLayer(name)], file)


def test_layers_of_one_name_are_not_written(tmp_path: Path) -> None:
    with (
        h5py.File(tmp_path / "weights.h5", "w") as file,
        pytest.raises(ValueError, match="two layers have the name 'a'"),
    ):
        save_weights_to_group([StubLayer("a"), StubLayer("a")], file)


def test_many_layers_go_into_several_attributes(tmp_path: Path) -> None:
    layers = [StubLayer(f"a_layer_with_a_rather_long_name_{index}") for index in range(5000)]
    with h5py.File(tmp_path / "weights.h5", "w") as file:
        save_weights_to_group(layers, file)
        assert "layer_names" not in file.attrs and "layer_names1" in file.attrs
        assert hdf5.read_names(file, "layer_names") == [layer.name for layer in layers]
        load_weights_from_group(layers, file)


def test_one_name_longer_than_an_attribute(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights.h5", "w") as file, pytest.raises(ValueError, match="64512 bytes"):
        hdf5.write_names(file, "layer_names", ["x" * 65000])


# The file itself


def test_a_failure_leaves_the_old_file(K: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights.h5"
    mlp().save_weights(path)
    before = path.read_bytes()
    bad = mlp(last="..")
    with pytest.raises(ValueError, match=r"'\.\.' can not be a name"):
        bad.save_weights(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["weights.h5"]


@pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX")
def test_rights_and_links_are_kept(K: Any, tmp_path: Path) -> None:
    path, link = tmp_path / "real.h5", tmp_path / "link.h5"
    mlp().save_weights(path)
    (tmp_path / "plain").touch()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode
    path.chmod(0o640)
    link.symlink_to(path)
    inode = path.stat().st_ino
    mlp().save_weights(link)
    assert link.is_symlink() and path.stat().st_ino != inode
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_overwriting_is_asked_for(
    K: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "weights.h5"
    model = mlp()
    model.save_weights(path, overwrite=False)  # nothing to ask
    weights = cleared(model)
    answers = ["maybe", "n", "y"]
    monkeypatch.setattr("builtins.input", lambda prompt: answers.pop(0))
    model.save_weights(path, overwrite=False)
    assert "was left as it is" in capsys.readouterr().out
    model.load_weights(path)
    assert same(model.get_weights(), weights)
    cleared(model)
    model.save_weights(path, overwrite=False)
    model.load_weights(path)
    assert not answers and model.get_weights()[0].max() == 7.0


def test_no_terminal_to_ask_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    with pytest.raises(FileExistsError, match="no terminal to ask"):
        io_utils.ask_to_proceed_with_overwrite(tmp_path)


def test_files_that_are_none(K: Any, tmp_path: Path) -> None:
    model = mlp()
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        model.load_weights(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("weights")
    with pytest.raises(OSError, match="wanted an HDF5 file"):
        model.load_weights(tmp_path / "text.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.create_group("data")
    with pytest.raises(ValueError, match=r"without the attribute 'layer_names'. It holds: 'data'"):
        model.load_weights(tmp_path / "other.h5")


# By position and by name


def test_position_counts_not_the_name(K: Any, tmp_path: Path) -> None:
    model, other = mlp(first="a", last="b"), mlp(first="b", last="a")
    model.save_weights(tmp_path / "weights.h5")
    other.load_weights(tmp_path / "weights.h5")
    assert same(other.get_weights(), model.get_weights())


def test_by_name(K: Any, tmp_path: Path) -> None:
    model = Sequential([Dense(4, input_dim=3, name="a"), Dense(2, name="b")])
    model.save_weights(tmp_path / "weights.h5")
    other = Sequential([Dense(5, input_dim=4, name="c"), Dense(4, name="d"), Dense(2, name="b")])
    before = other.get_weights()
    other.load_weights(tmp_path / "weights.h5", by_name=True)
    after = other.get_weights()
    assert same(after[:4], before[:4]) and same(after[4:], model.get_weights()[2:])


def test_whole_model_files_are_read_too(K: Any, tmp_path: Path) -> None:
    model = mlp()
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["keras_version"] = "1.2.2"
        model.save_weights_to_hdf5_group(file.create_group("model_weights"))
        weights = cleared(model)
        model.load_weights_from_hdf5_group(file["model_weights"])
        assert same(model.get_weights(), weights)
        cleared(model)
        model.load_weights_from_hdf5_group_by_name(file["model_weights"])
        assert same(model.get_weights(), weights)
    cleared(model)
    model.load_weights(tmp_path / "model.h5")
    assert same(model.get_weights(), weights)


def test_texts_of_variable_length(K: Any, tmp_path: Path) -> None:
    """As h5py 3 writes lists of bytes."""
    model = mlp()
    model.save_weights(tmp_path / "weights.h5")
    with h5py.File(tmp_path / "weights.h5", "a") as file:
        names = [name.decode() for name in file.attrs["layer_names"]]
        file.attrs["layer_names"] = names
        assert file.attrs["layer_names"].dtype.kind == "O"
        for name in names:
            stored = file[name].attrs["weight_names"]
            if stored.size:
                file[name].attrs["weight_names"] = stored.tolist()
    weights = cleared(model)
    model.load_weights(tmp_path / "weights.h5")
    assert same(model.get_weights(), weights)


def test_a_leading_merge_is_its_branches(K: Any, tmp_path: Path) -> None:
    left = Sequential([Dense(2, input_dim=3, name="left")])
    right = Sequential([Dense(2, input_dim=3, name="right")])
    model = Sequential([Merge([left, right], mode="concat"), Dense(1, name="top")])
    model.save_weights(tmp_path / "weights.h5")
    with h5py.File(tmp_path / "weights.h5", "r") as file:
        assert hdf5.read_names(file, "layer_names") == ["left", "right", "top"]
    weights = cleared(model)
    model.load_weights(tmp_path / "weights.h5")
    assert same(model.get_weights(), weights)


def test_a_model_in_a_model_is_one_group(K: Any, tmp_path: Path) -> None:
    """With the trainable weights of all its layers first."""
    inner = Sequential([BatchNormalization(input_shape=(3,), name="bn"), Dense(3, name="d")], name="inner")
    model = Sequential([Dense(3, input_dim=2, name="first"), inner])
    model.save_weights(tmp_path / "weights.h5")
    with h5py.File(tmp_path / "weights.h5", "r") as file:
        names = hdf5.read_names(file["inner"], "weight_names")
    assert names == [f"{name}:0" for name in ["bn_gamma", "bn_beta", "d_W", "d_b", "bn_running_mean"]] + [
        "bn_running_std:0"
    ]
    weights = cleared(model)
    model.load_weights(tmp_path / "weights.h5")
    assert same(model.get_weights(), weights)


def test_a_wrapper_holds_the_names_of_its_layer(K: Any, tmp_path: Path) -> None:
    model = Sequential([TimeDistributed(Dense(2, name="inner"), input_shape=(4, 3), name="steps")])
    model.save_weights(tmp_path / "weights.h5")
    with h5py.File(tmp_path / "weights.h5", "r") as file:
        assert hdf5.read_names(file["steps"], "weight_names") == ["inner_W:0", "inner_b:0"]


def test_shared_and_functional_layers(K: Any, tmp_path: Path) -> None:
    shared = Dense(3, name="shared")
    first, second = Input((3,)), Input((3,))
    top = Dense(1, name="top")(shared(shared(first)))
    model = Model([first, second], [top, shared(second)])
    model.save_weights(tmp_path / "weights.h5")
    weights = cleared(model)
    model.load_weights(tmp_path / "weights.h5")
    assert same(model.get_weights(), weights)


def old_file(path: Path, model: Any) -> None:
    """As Keras 0.3 wrote it."""
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(model.flattened_layers)
        for index, layer in enumerate(model.flattened_layers):
            group = file.create_group(f"layer_{index}")
            values = layer.get_weights()
            group.attrs["nb_params"] = len(values)
            for number, value in enumerate(values):
                group[f"param_{number}"] = value


def test_files_from_before_keras_1(K: Any, tmp_path: Path) -> None:
    inner = Sequential([BatchNormalization(input_shape=(3,)), Dense(3)])
    model = Sequential([Dense(3, input_dim=2), Activation("relu"), inner])
    model.set_weights([np.random.rand(*value.shape) for value in model.get_weights()])
    old_file(tmp_path / "old.h5", model)
    weights = cleared(model)
    model.load_weights(tmp_path / "old.h5")
    assert same(model.get_weights(), weights)
    with pytest.raises(ValueError, match=r"before 1.0.*by_name=False"):
        model.load_weights(tmp_path / "old.h5", by_name=True)
    with pytest.raises(ValueError, match=r"wanted a file of 1 layers.*got one of 3"):
        Sequential([Dense(3, input_dim=2)]).load_weights(tmp_path / "old.h5")
    with h5py.File(tmp_path / "old.h5", "a") as file:
        file["layer_0"].attrs["nb_params"] = 10**9
    with pytest.raises(ValueError, match="'nb_params' of '/layer_0' must be the number"):
        model.load_weights(tmp_path / "old.h5")


# Refused, with nothing changed


def refused(model: Any, path: Path, message: str, **options: Any) -> None:
    before = model.get_weights()
    with pytest.raises((ValueError, OSError), match=message):
        model.load_weights(path, **options)
    assert same(model.get_weights(), before)


def test_other_models(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    Sequential([Dense(4, input_dim=3, name="a"), Dense(2, name="b")]).save_weights(path)
    refused(Sequential([Dense(4, input_dim=3)]), path, r"weights of 1 layers .*with those of 2 \(a, b\)")
    narrow = Sequential([Dense(4, input_dim=3), Dense(3)])
    refused(narrow, path, r"wanted shape \(4, 3\) for weight 0 .*got \(4, 2\) from the layer 'b'")
    no_bias = Sequential([Dense(4, input_dim=3), Dense(2, bias=False)])
    refused(no_bias, path, r"\(Dense\) has 1 weights, the layer 'b' in the file 2")
    by_name = Sequential([Dense(4, input_dim=2, name="b")])
    refused(by_name, path, r"wanted shape \(2, 4\) for weight 0", by_name=True)
    with pytest.raises(ValueError, match=r"original_backend must be one of 'tensorflow', 'theano', got 'th'"):
        by_name.load_weights(path, original_backend="th")


@pytest.fixture
def spoiled(K: Any, tmp_path: Path) -> Any:
    """A function that changes a good file for a model, and checks that it is refused."""

    def spoil(change: Any, message: str) -> None:
        model = Sequential([Dense(4, input_dim=3, name="a"), Dense(2, name="b")])
        path = tmp_path / "weights.h5"
        model.save_weights(path)
        with h5py.File(path, "a") as file:
            change(file)
        refused(model, path, message)

    return spoil


def test_damaged_files(spoiled: Any) -> None:
    def without_group(file: Any) -> None:
        del file["b"]

    def without_names(file: Any) -> None:
        del file["b"].attrs["weight_names"]

    def without_dataset(file: Any) -> None:
        del file["b/b_W:0"]

    def dataset_for_group(file: Any) -> None:
        del file["b"]
        file["b"] = np.zeros(3)

    def group_for_dataset(file: Any) -> None:
        del file["b/b_W:0"]
        file["b"].create_group("b_W:0")

    def numbers_for_names(file: Any) -> None:
        file["b"].attrs["weight_names"] = np.ones(2)

    def texts_for_numbers(file: Any) -> None:
        del file["b/b_b:0"]
        file["b/b_b:0"] = ["x", "y"]

    spoiled(without_group, "there is no 'b' in it")
    spoiled(without_names, "the layer 'b' has no attribute 'weight_names'")
    spoiled(without_dataset, "there is no 'b_W:0' in it")
    spoiled(dataset_for_group, "'b' must be a group")
    spoiled(group_for_dataset, "'b_W:0' must be a data set")
    spoiled(numbers_for_names, "'weight_names' must hold a list of texts, got .*float64")
    spoiled(texts_for_numbers, "wanted numbers, got the dtype object")


@pytest.mark.parametrize("name", ["../b", "/b", "", ".", "a//b", ".."])
def test_names_never_lead_elsewhere(spoiled: Any, name: str) -> None:
    def rename(file: Any) -> None:
        file.attrs["layer_names"] = ["a", name]

    spoiled(rename, "can not be a name in an HDF5 file")


def test_links_are_not_followed(spoiled: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["W"] = np.zeros((4, 2), "float32")

    def soft(file: Any) -> None:
        file["copy"] = file["b/b_W:0"][()]
        del file["b/b_W:0"]
        file["b/b_W:0"] = h5py.SoftLink("/copy")

    def external(file: Any) -> None:
        del file["b/b_W:0"]
        file["b/b_W:0"] = h5py.ExternalLink(str(secret), "/W")

    def external_group(file: Any) -> None:
        del file["b"]
        file["b"] = h5py.ExternalLink(str(secret), "/")

    def external_data(file: Any) -> None:
        del file["b/b_W:0"]
        file.create_dataset("b/b_W:0", (4, 2), "float32", external=[(str(secret), 0, 32)])

    def virtual(file: Any) -> None:
        del file["b/b_W:0"]
        layout = h5py.VirtualLayout((4, 2), "float32")
        layout[:] = h5py.VirtualSource(str(secret), "W", (4, 2))
        file.create_virtual_dataset("b/b_W:0", layout)

    spoiled(soft, "'b_W:0' is a link to another place")
    spoiled(external, "'b_W:0' is a link to another place")
    spoiled(external_group, "'b' is a link to another place")
    spoiled(external_data, "its data lies in another file")
    spoiled(virtual, "its data lies in another file")


def test_sizes_are_known_before_data_is_read(spoiled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terabyte of zeros takes no space in a file."""

    def huge(file: Any) -> None:
        del file["b/b_W:0"]
        file.create_dataset("b/b_W:0", (2**20, 2**18), "float32", chunks=(1024, 1024), compression="gzip")

    def huge_chunk(file: Any) -> None:
        del file["b/b_W:0"]
        file.create_dataset(
            "b/b_W:0", (4, 2), "float32", chunks=(2**14, 2**14), maxshape=(None, None), compression="gzip"
        )

    def read(dataset: Any) -> None:
        raise AssertionError("read before the whole file was checked")

    monkeypatch.setattr("polykeras.engine.weights_io.read_values", read)
    spoiled(huge, r"/b/b_W:0: it has too many chunks")
    spoiled(huge_chunk, r"stored in chunks of \(16384, 16384\)")


def test_unreadable_data_changes_nothing(K: Any, tmp_path: Path) -> None:
    model = Sequential([Dense(4, input_dim=3, name="a"), Dense(64, name="b")])
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        model.save_weights_to_hdf5_group(file)
        values = file["b/b_W:0"][()]
        del file["b/b_W:0"]
        file.create_dataset("b/b_W:0", data=values, chunks=values.shape, fletcher32=True)
        start = file["b/b_W:0"].id.get_chunk_info(0).byte_offset
    with open(path, "r+b") as raw:
        raw.seek(start)
        raw.write(b"damaged")
    before = cleared(model) and model.get_weights()
    with pytest.raises(OSError, match=r"/b/b_W:0: its data can not be read"):
        model.load_weights(path)
    assert same(model.get_weights(), before)


def test_other_types_of_numbers_are_converted(K: Any, tmp_path: Path) -> None:
    model = Sequential([Dense(2, input_dim=3, name="a")])
    path = tmp_path / "weights.h5"
    model.save_weights(path)
    weights = cleared(model)
    with h5py.File(path, "a") as file:
        del file["a/a_W:0"], file["a/a_b:0"]
        file["a"].create_dataset("a_W:0", data=weights[0].astype(">f8"))
        file["a"].create_dataset("a_b:0", data=np.array([1, -2], "int16"))
    model.load_weights(path)
    assert same(model.get_weights(), [weights[0], np.array([1, -2], "float32")])
    assert model.get_weights()[0].dtype == np.float32
