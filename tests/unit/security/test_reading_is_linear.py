"""Files of a few kilobytes that kept a reader busy for minutes: what a file asks for grows with its size.

What is done is counted (calls of functions), not timed: a file of twice the size may ask for twice as much.
"""

from __future__ import annotations

import contextlib
import json
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hostile import (
    FIRST_WEIGHTS,
    REFUSED,
    TRAINING,
    Entry,
    bounded,
    entry,
    first,
    model_file,
    refused,
    sequential,
    small_model,
)

from polykeras.engine.hdf5 import open_file, read_names
from polykeras.engine.weights_io import stored_elements
from polykeras.hdf5 import File
from polykeras.hdf5.headers import ATTRIBUTE_INFO, LAYOUT
from polykeras.models import load_model, model_from_config, model_from_json, model_from_yaml
from polykeras.utils import limits

pytestmark = pytest.mark.usefixtures("warmed_up")

Make = Callable[[Path, int], None]


def calls(run: Callable[[], Any]) -> int:
    """How many functions a program calls, those of C included; expected errors end it."""
    count = 0

    def seen(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        with contextlib.suppress(*REFUSED):
            run()
    finally:
        sys.setprofile(before)
    return count


def weights(path: Path, libver: str = "earliest") -> Any:
    """An open file of weights with a group that has nothing in it."""
    file = h5py.File(path, "w", libver=libver)
    file.create_group("model_weights")
    return file


def names_in_pieces(path: Path, count: int) -> None:
    with weights(path) as file:
        for piece in range(count):
            file["model_weights"].attrs[f"layer_names{piece}"] = np.zeros(0)


def names_in_pieces_of_newer_files(path: Path, count: int) -> None:
    with weights(path, "latest") as file:
        for piece in range(count):
            file["model_weights"].attrs[f"layer_names{piece}"] = np.zeros(0)


def many_attributes(path: Path, count: int) -> None:
    with weights(path, "latest") as file:
        group = file["model_weights"]
        for number in range(count):
            group.attrs[f"{number}"] = np.int8(1)
        group.attrs["layer_names"] = np.array(["a"], "S")
        group.create_group("a").attrs["weight_names"] = np.zeros(0)


def members_that_are_one(path: Path, count: int) -> None:
    """The format of before Keras 1: so many layers, all the same group, of so many weights."""
    with weights(path) as file:
        group = file["model_weights"]
        group.attrs["nb_layers"] = count
        layer = group.create_group("layer_0")
        weight = layer.create_dataset("param_0", data=np.zeros(1))
        for number in range(1, count):
            layer[f"param_{number}"] = weight
            group[f"layer_{number}"] = layer


def one_name_twice(path: Path, count: int) -> None:
    names = [f"{number:x}" for number in range(count - 1)]
    with weights(path, "latest") as file:
        group = file["model_weights"]
        for piece, start in enumerate(range(0, count, 1000)):
            part = [*names, names[-1]][start : start + 1000]
            group.attrs[f"layer_names{piece}"] = np.array(part, "S")
        for name in names:
            group.create_group(name).attrs["weight_names"] = np.zeros(0)


def name_of_many_parts(path: Path, count: int) -> None:
    with weights(path, "latest") as file:
        group = file["model_weights"]
        group["a"] = group
        group.attrs["layer_names"] = np.array(["a/" * count + "a"], object)


def shared(path: Path, names: list[str], kind: int) -> None:
    """Makes the objects of a group of weights use what the first one's message of a kind leads to."""
    with File(str(path)) as file:
        messages = [
            message.data
            for name in names
            for message in file["model_weights"][name]._messages
            if message.kind == kind
        ]
    raw = path.read_bytes()
    for told in messages[1:]:
        assert raw.count(told[-16:]) == 1
        raw = raw.replace(told[-16:], messages[0][-16:])
    path.write_bytes(raw)


def shared_attributes(path: Path, count: int) -> None:
    """So many layers, and so many attributes that all of them have."""
    names = [f"{number}" for number in range(count)]
    with weights(path, "latest") as file:
        group = file["model_weights"]
        group.attrs["layer_names"] = np.array(names, "S")
        for name in names:
            layer = group.create_group(name)
            for number in range(count if name == "0" else 9):
                layer.attrs[f"{number}"] = np.int8(1)
            layer.attrs["weight_names"] = np.zeros(0)
    shared(path, names, ATTRIBUTE_INFO)


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (names_in_pieces, 300),
        (names_in_pieces_of_newer_files, 1000),
        (many_attributes, 1500),
        (members_that_are_one, 1000),
        (one_name_twice, 1000),
        (name_of_many_parts, 20_000),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_twice_the_file_is_twice_the_work(make: Make, count: int, tmp_path: Path) -> None:
    model = small_model()
    taken = []
    for size in (count, 2 * count):
        path = tmp_path / f"{size}.h5"
        make(path, size)
        ways = [
            lambda path=path: model.load_weights(path),
            lambda path=path: model.load_weights(path, by_name=True),
            lambda path=path: elements(path),
        ]
        with bounded(seconds=60):  # counting takes most of it
            taken.append([calls(way) for way in ways])
    for once, twice in zip(*taken, strict=True):
        assert twice < 2.5 * once + 2000


def elements(path: Path) -> int:
    """What `load_model` does first with the weights."""
    with open_file(path) as file:
        return stored_elements(file["model_weights"])


def test_what_lies_in_itself_is_not_read_to_the_end(tmp_path: Path) -> None:
    """A file of 300 kB with a hundred thousand attributes, by sharing: refused after a part of them."""
    path = tmp_path / "weights.h5"
    shared_attributes(path, 400)
    message = refused(lambda: small_model().load_weights(path), str(path), "lies in itself")
    assert "damaged" in message


def test_many_attributes_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from polykeras.hdf5 import values

    path = tmp_path / "weights.h5"
    names_in_pieces(path, 500)
    looked_at = 0
    once = values._attribute

    def counted(*args: Any) -> Any:
        nonlocal looked_at
        looked_at += 1
        return once(*args)

    monkeypatch.setattr(values, "_attribute", counted)
    with open_file(path) as file:
        assert read_names(file["model_weights"], "layer_names") == []
    assert looked_at == 500


def test_two_attributes_or_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "attributes.h5"
    with weights(path) as file:
        file["model_weights"].attrs["layer_names0"] = np.zeros(0)
        file["model_weights"].attrs["layer_names1"] = np.zeros(0)
    path.write_bytes(path.read_bytes().replace(b"layer_names1", b"layer_names0"))
    refused(
        lambda: small_model().load_weights(path), str(path), "two attributes with the name 'layer_names0'"
    )
    path = tmp_path / "members.h5"
    with weights(path) as file:
        file["model_weights"].create_group("abcd1")
        file["model_weights"].create_group("abcd2")
    path.write_bytes(path.read_bytes().replace(b"abcd2", b"abcd1"))
    refused(lambda: small_model().load_weights(path), str(path), "two members with the name 'abcd1'")


# Data that is unpacked again and again


def with_weights(path: Path, make: Callable[[Any, str], None], count: int) -> list[str]:
    """A file of a model whose layer has so many data sets."""
    names = [f"{number}" for number in range(count)]
    model_file(path, sequential(first()), TRAINING, FIRST_WEIGHTS)
    with h5py.File(path, "a") as file:
        group = file["model_weights/first"]
        group.attrs["weight_names"] = np.array(names, "S")
        for name in names:
            make(group, name)
    return names


def test_chunks_far_larger_than_their_data_sets(tmp_path: Path) -> None:
    """Each data set has one number, in a chunk that unpacks to sixty-four megabytes."""
    packed = zlib.compress(bytes(2**26), 9)

    def make(group: Any, name: str) -> None:
        dataset = group.create_dataset(
            name, (1,), "float32", maxshape=(None,), chunks=(2**24,), compression="gzip"
        )
        dataset.id.write_direct_chunk((0,), packed)

    path = tmp_path / "model.h5"
    with_weights(path, make, 6)
    assert path.stat().st_size < 2**19
    refused(lambda: load_model(path), str(path), "when it is unpacked")


def test_chunks_that_claim_the_whole_file(tmp_path: Path) -> None:
    """A chunk of four bytes says that it has ten thousand when it is packed."""

    def make(group: Any, name: str) -> None:
        dataset = group.create_dataset(name, (2, 1), "float32", chunks=(1, 1), compression="gzip")
        for row in range(2):
            dataset.id.write_direct_chunk((row, 0), zlib.compress(bytes(4)) + bytes(10_000))

    path = tmp_path / "model.h5"
    with_weights(path, make, 1)
    with File(str(path)) as file:
        dataset = file["model_weights"]["first"]["0"]
        with pytest.raises(OSError, match="a chunk has 10,012 bytes when it is packed"):
            dataset[()]


def test_one_tree_of_chunks_for_many_data_sets(tmp_path: Path) -> None:
    def make(group: Any, name: str) -> None:
        group.create_dataset(name, (500, 1), "int8", chunks=(1, 1), data=np.zeros((500, 1)))

    path = tmp_path / "model.h5"
    names = with_weights(path, make, 1)
    with h5py.File(path, "a") as file:
        group = file["model_weights/first"]
        for number in range(1, 300):
            group.create_dataset(f"{number}", (500, 1), "int8", chunks=(1, 1))[0] = 0
            names.append(f"{number}")
    with File(str(path)) as file:
        group = file["model_weights"]["first"]
        told = [message.data for name in names for message in group[name]._messages if message.kind == LAYOUT]
    raw = path.read_bytes()
    for each in told[1:]:
        raw = raw.replace(each, told[0])
    path.write_bytes(raw)
    with File(str(path)) as file, pytest.raises(OSError, match="lies in itself"):
        for name in names:
            file["model_weights"]["first"][name][()]


def test_data_packed_many_times(tmp_path: Path) -> None:
    """Two hundred filters, each of which goes through all of the data."""
    from polykeras.hdf5.data import Data, Filter

    path = tmp_path / "model.h5"
    with_weights(path, lambda group, name: group.create_dataset(name, data=np.ones(9), compression="gzip"), 1)
    with File(str(path)) as file:
        dataset = file["model_weights"]["first"]["0"]
        data = dataset._data
        assert isinstance(data, Data)
        data._filters = [Filter(2, (4,))] * 200
        with pytest.raises(OSError, match="packed twice in the same way"):
            dataset.check()


def test_honest_files_have_room(tmp_path: Path) -> None:
    """Many small layers, in either kind of file: each is read several times by what loads a model."""
    for libver in ("earliest", "latest"):
        path = tmp_path / f"{libver}.h5"
        names = [f"layer_{number}" for number in range(1500)]
        with weights(path, libver) as file:
            group = file["model_weights"]
            for piece in range(2):
                part = names[750 * piece : 750 * (piece + 1)]
                group.attrs[f"layer_names{piece}"] = np.array(part, "S")
            for name in names:
                layer = group.create_group(name)
                layer.attrs["weight_names"] = np.array(["W:0", "b:0"], "S")
                layer["W:0"] = np.zeros((1, 1), "float32")
                layer.create_dataset("b:0", data=np.zeros(1, "float32"), chunks=(1,), compression="gzip")
        if libver == "latest":  # the chunks of newer files are not read
            with h5py.File(path, "a", libver="latest") as file:
                for name in names:
                    del file["model_weights"][name]["b:0"]
                    file["model_weights"][name]["b:0"] = np.zeros(1, "float32")
        with open_file(path) as file:
            for _ in range(3):
                assert stored_elements(file["model_weights"]) == 3000


# Configurations


def graph(layers: list[Entry], inputs: list[Any], outputs: list[Any], name: str = "graph") -> Entry:
    config = {"name": name, "layers": layers, "input_layers": inputs, "output_layers": outputs}
    return {"class_name": "Model", "config": config}


def source() -> Entry:
    made = entry("InputLayer", batch_input_shape=[None, 3], input_dtype="float32", name="i")
    return {"name": "i", **made, "inbound_nodes": []}


def called(name: str, *nodes: Any, made: Entry | None = None) -> Entry:
    made = made or entry("Activation", activation="relu", name=name)
    return {"name": name, **made, "inbound_nodes": list(nodes)}


def test_calls_count_by_their_inputs_and_outputs() -> None:
    """Twelve kilobytes: a model with four hundred outputs, called four hundred times."""
    count = 400
    inner = graph([source(), called("a", [["i", 0, 0]])], [["i", 0, 0]], [["a", 0, 0]] * count, "inner")
    outer = graph([source(), called("n", *[[["i", 0, 0]]] * count, made=inner)], [["i", 0, 0]], [["n", 1, 0]])
    assert len(json.dumps(outer)) < 20_000
    with limits.allowing(calls=2000):
        refused(lambda: model_from_config(outer), "400 outputs of a layer", "2,000 calls of layers in all")
    merge = entry("Merge", mode="sum", name="m")
    wide = graph([source(), called("m", [["i", 0, 0]] * 3000, made=merge)], [["i", 0, 0]], [["m", 0, 0]])
    with limits.allowing(calls=2000):
        refused(lambda: model_from_config(wide), "2,000 calls of layers in all")
    with limits.allowing(calls=4000):
        assert model_from_config(wide).output_shape == (None, 3)


def test_too_many_layers_are_refused_before_the_first_is_made(K: Any) -> None:
    activation = entry("Activation", activation="relu", batch_input_shape=[None, 3])
    text = json.dumps(sequential(*[activation] * 12_000))
    before = K.get_uid("activation")
    refused(lambda: model_from_json(text), "12,001 layers", "4,000 layers in all", "allowing(layers=...)")
    assert K.get_uid("activation") == before + 1


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"%TAG !a{number}! tag:x\n" for number in range(40_000)) + "---\nclass_name: Sequential\n",
        "class_name: Sequential\nconfig: [" + "a," * 400_000 + "]",
        "class_name: Sequential\nconfig:\n" + "- {a: b}\n" * 100_000,
        "? a\n" * 200_000,
    ],
    ids=["directives", "texts", "mappings", "keys"],
)
def test_yaml_of_many_parts(text: str) -> None:
    for each in (text, text.encode(), text.encode("utf-16")):
        with bounded():
            refused(lambda each=each: model_from_yaml(each), "model_from_yaml", "wanted at most")
