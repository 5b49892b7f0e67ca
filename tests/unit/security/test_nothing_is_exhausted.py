"""Attacks that would fill the memory or take for ever: a few letters or bytes that ask for very much."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hostile import (
    FIRST_WEIGHTS,
    TRAINING,
    Entry,
    bounded,
    entry,
    every_way,
    first,
    model_file,
    refused,
    sequential,
    small_model,
    tried,
)

from polykeras.models import (
    Sequential,
    load_model,
    model_from_config,
    model_from_json,
    model_from_yaml,
)
from polykeras.utils import limits
from polykeras.utils.layer_utils import layer_from_config

pytestmark = pytest.mark.usefixtures("warmed_up")

MUCH = 10**9


# CVE-2026-0897 and its kin: HDF5 files that ask for more memory than they have bytes


def replaced(file: Any, shape: Any, dtype: str = "float32", **options: Any) -> Any:
    del file["model_weights/first/W:0"]
    return file.create_dataset("model_weights/first/W:0", shape, dtype, **options)


def never_written(file: Any) -> None:
    replaced(file, (MUCH, MUCH))


def never_written_chunks(file: Any) -> None:
    replaced(file, (MUCH, 3), chunks=(1000, 3), compression="gzip")


def right_shape_never_written(file: Any) -> None:
    replaced(file, (3, 3), chunks=(3, 3))


def filled_with_one_value(file: Any) -> None:
    replaced(file, (2**30,), fillvalue=7.0)


def many_zeros(file: Any) -> None:
    dataset = replaced(file, (2**15, 2**14), chunks=(2**12, 2**12), compression="gzip")
    data = zlib.compress(bytes(2**26), 1)
    for row in range(0, 2**15, 2**12):
        for column in range(0, 2**14, 2**12):
            dataset.id.write_direct_chunk((row, column), data)


def many_small_chunks(file: Any) -> None:
    replaced(file, (2**40,), "int8", chunks=(1,))


def large_chunk(file: Any) -> None:
    replaced(file, (3, 3), chunks=(2**14, 2**14), maxshape=(None, None), compression="gzip")


def packed(file: Any, shape: tuple[int, ...], data: bytes) -> None:
    """A data set of one chunk, packed by gzip, with any bytes in it."""
    dataset = replaced(file, shape, chunks=shape, compression="gzip")
    dataset.id.write_direct_chunk((0,) * len(shape), data)


def chunk_that_unpacks_to_more(file: Any) -> None:
    packed(file, (3, 3), zlib.compress(bytes(2**25), 9))


def chunk_that_unpacks_to_less(file: Any) -> None:
    packed(file, (3, 3), zlib.compress(bytes(35)))


def chunk_of_noise(file: Any) -> None:
    packed(file, (3, 3), bytes(range(100)))


def names_without_end(file: Any) -> None:
    file["model_weights"].attrs["layer_names"] = np.array([b"first"] * 10_000)


def one_text_many_times(file: Any) -> None:
    """Each of many names is the same megabyte of the file."""
    group = file["model_weights"]
    group.attrs["layer_names"] = ["x" * 2**20] + ["y"] * 3000
    path = Path(file.filename)
    file.close()
    raw = path.read_bytes()
    place = raw.find(b"GCOL")
    assert place > 0
    one, other = (struct.pack("<I", length) for length in (2**20, 1))
    start = raw.find(one)
    while raw[start + 16 : start + 20] != other:
        start = raw.find(one, start + 1)
        assert start > 0
    reference = raw[start : start + 16]
    at = start + 16
    changed = bytearray(raw)
    while changed[at : at + 4] == other:
        changed[at : at + 16] = reference
        at += 16
    assert at > start + 3000 * 16
    path.write_bytes(changed)


def layers_without_end(file: Any) -> None:
    """Groups and names that lie in each other: thirty thousand layers of thirty thousand weights each."""
    group = file["model_weights"]
    names = np.array([f"{number:x}" for number in range(3000)], "S")
    for name in names[1:]:
        group[name.decode()] = group["first"]
    group.move("first", "0")
    group.attrs["layer_names"] = names
    for name in names:
        group["0"][name.decode()] = group["0/W:0"]
    group["0"].attrs["weight_names"] = names


def group_in_itself(file: Any) -> None:
    group = file["model_weights/first"]
    group["first"] = group
    group.attrs["weight_names"] = np.array(["/".join(["first"] * 100) + "/W:0", "b:0"], "S")


def many_axes(file: Any) -> None:
    replaced(file, (1,) * 32)


FILES = [
    never_written,
    never_written_chunks,
    right_shape_never_written,
    filled_with_one_value,
    many_zeros,
    many_small_chunks,
    large_chunk,
    chunk_that_unpacks_to_more,
    chunk_that_unpacks_to_less,
    chunk_of_noise,
    names_without_end,
    one_text_many_times,
    layers_without_end,
    group_in_itself,
    many_axes,
]


@pytest.mark.parametrize("attack", FILES, ids=lambda attack: attack.__name__)
def test_files_that_grow(attack: Callable[[Any], None], tmp_path: Path) -> None:
    path = model_file(tmp_path / "model.h5", sequential(first()), TRAINING, FIRST_WEIGHTS)
    with h5py.File(path, "a") as file:
        attack(file)
    assert path.stat().st_size < 2**24
    model = small_model()
    ways = [
        lambda: load_model(path),
        lambda: model.load_weights(path),
        lambda: model.load_weights(path, by_name=True),
    ]
    for load in ways:
        with bounded():
            tried(load) if attack is group_in_itself else refused(load, str(path))


def test_weights_that_lie_in_one_another(tmp_path: Path) -> None:
    """A thousand data sets that all are the same megabytes of the file, and a model that wants them all."""
    path = tmp_path / "model.h5"
    names = [f"layer_{number}" for number in range(1000)]
    config = sequential(
        *[
            entry("Dense", output_dim=1000, bias=False, name=name, batch_input_shape=[None, 1000])
            for name in names
        ]
    )
    model_file(path, config, None, {f"{name}/W:0": np.zeros((1, 1), "float32") for name in names})
    with h5py.File(path, "a") as file:
        group = file["model_weights"]
        for name in names:
            del group[f"{name}/W:0"]
        first_one = group.create_dataset(f"{names[0]}/W:0", data=np.zeros((1000, 1000), "float32"))
        for name in names[1:]:
            group[f"{name}/W:0"] = first_one
    with bounded():
        refused(lambda: load_model(path), "more than there can be: 1,000,000 numbers in the weights")
    # Data sets of their own, whose data lies at one place.
    with h5py.File(path, "a") as file:
        group = file["model_weights"]
        for name in names[1:]:
            del group[f"{name}/W:0"]
            group.create_dataset(f"{name}/W:0", (1000, 1000), "float32")
        offset = group[f"{names[0]}/W:0"].id.get_offset()
    raw = bytearray(path.read_bytes())
    layout = struct.pack("<BBQQ", 3, 1, 2**64 - 1, 4_000_000)
    assert raw.count(layout) == 999
    path.write_bytes(raw.replace(layout, struct.pack("<BBQQ", 3, 1, offset, 4_000_000)))
    with bounded():
        refused(lambda: load_model(path), "its data sets have")


# Configurations that ask for very much


def of_input(*shape: int | None) -> list[int | None]:
    return [None, *shape]


def layer(class_name: str, *shape: Any, **config: Any) -> Entry:
    return sequential(entry(class_name, batch_input_shape=of_input(*shape), **config))


def nested(depth: int, inner: Entry) -> Entry:
    for _ in range(depth):
        inner = sequential(inner)
    return inner


def doubling(depth: int) -> Entry:
    """A model that calls a model twice, which calls a model twice, and so on."""
    model = sequential(entry("Activation", activation="relu", batch_input_shape=[None, 3]))
    for number in range(depth):
        layers = [
            {"name": "i", **entry("InputLayer", batch_input_shape=[None, 3], name="i"), "inbound_nodes": []},
            {"name": "m", **model, "inbound_nodes": [[["i", 0, 0]], [["m", 1, 0]]]},
        ]
        config = {
            "name": f"n{number}",
            "layers": layers,
            "input_layers": [["i", 0, 0]],
            "output_layers": [["m", 2, 0]],
        }
        model = {"class_name": "Model", "config": config}
    return model


DEMANDS = {
    "units": layer("Dense", 3, output_dim=MUCH),
    "more units": layer("Dense", 3, output_dim=10**12),
    "units in floats": layer("Dense", 3, output_dim=1e300),
    "features": layer("Dense", MUCH, output_dim=3),
    "negative units": layer("Dense", 3, output_dim=-(2**63)),
    "identity": layer("Dense", 10**6, output_dim=10**6, init="identity"),
    "orthogonal": layer("Dense", 12_000, output_dim=12_000, init="orthogonal"),
    "recurrent units": layer("LSTM", 3, 4, output_dim=10**6),
    "recurrent decomposition": layer("LSTM", 3, 4, output_dim=6000),
    "state": sequential(entry("LSTM", output_dim=10, stateful=True, batch_input_shape=[MUCH, 3, 4])),
    "state in a wrapper": sequential(
        entry(
            "Bidirectional", layer=entry("GRU", output_dim=10, stateful=True), batch_input_shape=[MUCH, 3, 4]
        )
    ),
    "state of images": sequential(
        entry(
            "ConvLSTM2D", nb_filter=3, nb_row=3, nb_col=3, stateful=True, batch_input_shape=[MUCH, 3, 8, 8, 3]
        )
    ),
    "state of steps": sequential(
        entry(
            "TimeDistributed",
            layer=entry("LSTM", output_dim=3, stateful=True),
            batch_input_shape=[2**16, 2**15, 3, 4],
        )
    ),
    "unrolled": layer("SimpleRNN", 10**7, 4, output_dim=3, unroll=True),
    "kernel": layer("Convolution2D", 8, 8, 2, nb_filter=2, nb_row=MUCH, nb_col=MUCH, border_mode="same"),
    "filters": layer("Convolution2D", 8, 8, 2, nb_filter=MUCH, nb_row=3, nb_col=3),
    "local weights": layer("LocallyConnected1D", MUCH, 2, nb_filter=2, filter_length=3),
    "vocabulary": sequential(entry("Embedding", input_dim=MUCH, output_dim=MUCH, input_length=3)),
    "pieces": layer("MaxoutDense", 3, output_dim=3, nb_feature=MUCH),
    "normalization": layer("BatchNormalization", MUCH),
    "slopes": layer("PReLU", MUCH, MUCH),
    "cropping": layer("Cropping1D", 3, 4, cropping=[MUCH, MUCH]),
    "reshaped": layer("Reshape", 3, 4, target_shape=[MUCH, MUCH, MUCH]),
    "repeated": layer("RepeatVector", 3, n=10**12),
    "padding": layer("ZeroPadding2D", 3, 4, 2, padding=[10**12, 1]),
    "enlarged": layer("UpSampling1D", 3, 4, length=10**12),
    "pooled": layer("MaxPooling1D", 3, 4, pool_length=10**12, border_mode="same"),
    "apart": layer("AtrousConvolution1D", 3, 4, nb_filter=1, filter_length=3, atrous_rate=10**12),
    "axes": layer("Activation", *[1] * 100, activation="relu"),
    "very many axes": layer("Activation", *[1] * 10**6, activation="relu"),
    "size": layer("Activation", 10**12, activation="relu"),
    "drawn at once": layer("Dense", 3, output_dim=3, init={"name": "zero", "shape": [10**6, 10**6]}),
    "models in models": nested(200, first()),
    "wrappers in wrappers": sequential(entry("TimeDistributed", layer=nested(60, first()))),
    "layers": sequential(*[entry("Activation", activation="relu", batch_input_shape=[None, 3])] * 20_000),
    "calls": doubling(20),
    "times": layer("Lambda", 3, function=["c", None, [[[[[]]]]]]),
    "masked": layer("Masking", 3, 4, mask_value="x" * 10**6),
    "names": layer("Dense", 3, output_dim=3, activation="re" + "lu" * 10**6),
    "class": sequential(entry("De" + "nse" * 10**6)),
}


@pytest.mark.parametrize("demand", DEMANDS)
def test_demands_are_refused(demand: str, tmp_path: Path) -> None:
    config = DEMANDS[demand]
    text = json.dumps(config)
    path = model_file(tmp_path / "model.h5", text, None, FIRST_WEIGHTS)
    ways = {
        "model_from_config": lambda: model_from_config(config),
        "model_from_json": lambda: model_from_json(text),
        str(path): lambda: load_model(path),
        "layer_from_config": lambda: layer_from_config(config),
    }
    if demand == "calls":  # a limit that takes seconds to reach
        ways = {"model_from_json": ways["model_from_json"]}
    elif config["class_name"] == "Sequential":
        ways["Sequential.from_config"] = lambda: Sequential.from_config(config["config"])
    for way, load in ways.items():
        with bounded(seconds=10 if demand == "calls" else 5):
            message = refused(load)
        assert way in message or "model_from_config" in message  # where it was read


def deep(class_name: str, **config: Any) -> list[dict[str, Any]]:
    """So many layers that it would take long if each took longer than the one before."""
    shape = [None, 5] if class_name in ("Dropout", "GaussianNoise") else [None, None, None, 2]
    return [entry(class_name, batch_input_shape=shape, **config), *[entry(class_name, **config)] * 79]


SYMBOLIC = {
    "repeated": layer("RepeatVector", 3, n=MUCH),
    "padding": layer("ZeroPadding1D", 3, 4, padding=MUCH),
    "padding of images": layer("ZeroPadding2D", 3, 4, 2, padding=[MUCH, MUCH]),
    "padding of volumes": layer("ZeroPadding3D", 3, 4, 2, 2, padding=[MUCH, MUCH, MUCH]),
    "enlarged": layer("UpSampling1D", 3, 4, length=MUCH),
    "enlarged images": layer("UpSampling2D", 3, 4, 2, size=[MUCH, MUCH]),
    "pooled": layer("MaxPooling1D", 3, 4, pool_length=MUCH, border_mode="same"),
    "pooled images": layer("AveragePooling2D", None, None, 2, pool_size=[MUCH, MUCH], border_mode="same"),
    "far apart": layer(
        "AtrousConvolution2D",
        3,
        4,
        2,
        nb_filter=3,
        nb_row=3,
        nb_col=3,
        atrous_rate=[MUCH, MUCH],
        border_mode="same",
    ),
    "steps that differ": layer(
        "SeparableConvolution2D",
        6,
        6,
        3,
        nb_filter=2,
        nb_row=3,
        nb_col=3,
        subsample=[2, MUCH],
        border_mode="same",
        dim_ordering="tf",
    ),
    "large kernels and steps that differ": layer(
        "SeparableConvolution2D",
        600,
        600,
        3,
        nb_filter=2,
        nb_row=500,
        nb_col=500,
        subsample=[499, 500],
        dim_ordering="tf",
    ),
    "dropout after dropout": sequential(*deep("Dropout", p=0.5)),
    "noise after noise": sequential(*deep("GaussianNoise", sigma=0.5)),
    "padding after padding": sequential(*deep("ZeroPadding2D", padding=[1, 1], dim_ordering="tf")),
    "larger and larger": sequential(*deep("UpSampling2D", size=[2, 2], dim_ordering="tf")),
    "any length": layer("Reshape", None, 4, target_shape=[MUCH, MUCH, MUCH]),
    "sizes": layer("Flatten", 2**31 - 1, 2**31 - 1, 2**31 - 1),
    "noise": layer("Dropout", 3, p=0.5, noise_shape=[MUCH, MUCH]),
    "seed": layer("Dropout", 3, p=0.5, seed=10**40),
    "more and more": sequential(
        entry("RepeatVector", n=MUCH, batch_input_shape=[None, 3]),
        entry("Flatten"),
        entry("RepeatVector", n=MUCH),
        entry("Flatten"),
        entry("RepeatVector", n=MUCH),
    ),
    "long name": layer("Dense", 3, output_dim=3, name="x" * 10**6),
}


@pytest.mark.parametrize("demand", SYMBOLIC)
def test_demands_that_cost_nothing_yet(demand: str) -> None:
    """A model may be larger than this machine: making it takes neither time nor memory, running it would."""
    with bounded():
        tried(lambda: model_from_config(SYMBOLIC[demand]))


def test_more_is_allowed_on_request(K: Any) -> None:
    config = layer("Dense", 100, output_dim=100)
    with limits.allowing(numbers=10_000):
        refused(
            lambda: model_from_config(config),
            "more than there can be: 10,000 numbers in the weights in all",
            "polykeras.utils.limits.allowing(numbers=...)",
        )
        with limits.allowing(numbers=10_100):
            assert model_from_config(config).count_params() == 10_100
    assert model_from_config(config).count_params() == 10_100


def test_every_way_is_limited(tmp_path: Path) -> None:
    for way, load in every_way(entry("Dense", output_dim=2**27, name="large"), tmp_path):
        made = "Sequential" in way or "Model" in way or "Merge" in way  # a layer alone has no weights yet
        with bounded():
            (refused if made else tried)(load)


# Texts


def laughs(depth: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, depth)]
    return "\n".join([*lines, "class_name: Sequential", f"config: *a{depth - 1}"])


TEXTS = {
    "billion laughs": laughs(12),
    "billion laughs in tuples": laughs(12).replace("[", "!!python/tuple ["),
    "tuples as keys": "\n".join(
        [
            "a0: &a0 !!python/tuple [x]",
            *[f"a{n}: &a{n} !!python/tuple [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)],
            "class_name: Sequential",
            "config: {? *a39 : 1}",
        ]
    ),
    "merged mappings": "\n".join(
        [
            "a0: &a0 {x: 1, y: 2}",
            *[f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}, *a{n - 1}]}}" for n in range(1, 30)],
            "class_name: Sequential",
            "config: *a29",
        ]
    ),
    "itself": "class_name: Sequential\nconfig: &a [*a]",
    "itself in a tuple": "class_name: Sequential\nconfig: &a !!python/tuple [*a]",
    "deep": "[" * 10**5,
    "deep mappings": "{a: " * 10**5,
    "deep block": "\n".join(f"{' ' * n}a:" for n in range(2000)),
    "base 60": "class_name: Sequential\nconfig: 1" + ":1" * 10**6,
    "base 60 in floats": "class_name: Sequential\nconfig: 1" + ":1" * 10**6 + ".5",
    "digits": "class_name: Sequential\nconfig: 0x" + "f" * 10**6,
    "a long integer": "class_name: Sequential\nconfig: !!python/long 1" + "0" * 10**6,
    "long": "x" * 2**23,
    "very many": "[" + "[]," * 10**6 + "]",
    "very many documents": "---\n" * 10**5,
    "dates": "class_name: 2001-12-14t21:59:43.10-05:00\nconfig: 1",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_yaml_that_grows(kind: str) -> None:
    with bounded(seconds=10):
        refused(lambda: model_from_yaml(TEXTS[kind]), "model_from_")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10**6,
        '{"a":' * 10**6,
        "1" * 10**6,
        "[1" + ",[]" * 10**6 + "]",
        '"' + "x" * 2**25 + '"',
        '{"class_name": "Sequential", "config": ' + "[" * 500 + "]" * 500 + "}",
        "",
        "null",
        "NaN",
        '{"class_name": NaN}',
        "\ufeff{}",
        "{" * 3 + "}" * 3,
    ],
)
def test_json_that_grows(text: str, tmp_path: Path) -> None:
    path = model_file(tmp_path / "model.h5", text, TRAINING, FIRST_WEIGHTS)
    with bounded():
        refused(lambda: model_from_json(text), "model_from_")
        refused(lambda: load_model(path), str(path))


def test_trainings_that_grow(tmp_path: Path) -> None:
    for number, training in enumerate(
        (
            {"metrics": ["mse"] * 100_000},
            {"metrics": {"first": ["mse"] * 100_000}},
            {"loss": {"first": [["mse"] * 1000] * 1000}},
            {"optimizer_config": {"class_name": "SGD", "config": {"lr": [0] * 10**6}}},
            {"loss_weights": [1.0] * 10**6},
            {"sample_weight_mode": {"x" * 10**6: None}},
        )
    ):
        path = model_file(
            tmp_path / f"{number}.h5", sequential(first()), {**TRAINING, **training}, FIRST_WEIGHTS
        )
        with bounded():
            refused(lambda path=path: load_model(path), str(path))
