"""The models that are spoiled: every kind of layer, whole models of several shapes, files of Keras 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

from polykeras import layers
from polykeras.models import Model, Sequential

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "unit" / "layers"))


class Specimen(NamedTuple):
    """A good model.

    Attributes:
        name: what it is.
        config: its configuration, as ``to_json`` tells it.
        file: the bytes of its file.
    """

    name: str
    config: Any
    file: bytes


def specimens(folder: Path, every: int = 1) -> list[Specimen]:
    """Good models, made by the backend in use.

    Args:
        folder: for their files.
        every: only each so manieth of the layers and whole models is made.
    """
    found = []
    for number, (name, model) in enumerate(_models(every)):
        path = folder / f"{number}.h5"
        model.save(path)
        found.append(Specimen(name, json.loads(model.to_json()), path.read_bytes()))
    for number, specimen in enumerate(found[:: max(1, len(found) // 20)]):
        path.write_bytes(specimen.file)
        found.append(Specimen(f"{specimen.name}, anew", specimen.config, _anew(path, packed=number % 2 == 0)))
    for path in sorted((TESTS / "golden" / "data" / "h5").glob("*.h5")):
        text = path.with_name(path.name.replace("_weights", "")).with_suffix(".json").read_text()
        found.append(Specimen(path.stem, json.loads(text), path.read_bytes()))
    return found


def _anew(path: Path, packed: bool) -> bytes:
    """The bytes of a file that is written again, with data in packed chunks, or else in the newest format."""
    target = path.with_suffix(".anew.h5")
    with h5py.File(path, "r") as old, h5py.File(target, "w", libver=None if packed else "latest") as new:

        def copy(name: str, item: Any) -> None:
            if isinstance(item, h5py.Group):
                made = new.require_group(name)
            elif packed and item.ndim and item.size:
                rows = tuple(max(1, size // 2) for size in item.shape)
                made = new.create_dataset(name, data=item[()], chunks=rows, compression="gzip", shuffle=True)
            else:
                made = new.create_dataset(name, data=item[()])
            for key, value in item.attrs.items():
                made.attrs[key] = value

        copy("/", old)
        old.visititems(copy)
        for number in range(12):  # so many lie elsewhere than in the header
            new.attrs[f"more_{number}"] = number
    return target.read_bytes()


def _models(every: int) -> Iterator[tuple[str, Any]]:
    from layer_cases import CASES, model_of

    for case in CASES[::every]:
        model = model_of(case)
        try:
            model.to_json()
        except TypeError:  # it holds a function that has no name
            continue
        yield case.name, model
    for make in (_trained, _graph, _merge, _stack)[:: min(every, 3)]:
        yield from make()


def _batch() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.RandomState(0).uniform(-1, 1, (8, 6)).astype("float32")
    y = np.random.RandomState(1).uniform(-1, 1, (8, 2)).astype("float32")
    return x, y


def _trained() -> Iterator[tuple[str, Any]]:
    x, y = _batch()
    for optimizer in ("sgd", "rmsprop", "adam", "adadelta", "nadam"):
        model = Sequential(
            [layers.Dense(5, input_dim=6), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2)]
        )
        model.compile(optimizer, "mse", metrics=["accuracy", "mae"])
        model.train_on_batch(x, y)
        yield f"trained by {optimizer}", model


def _graph() -> Iterator[tuple[str, Any]]:
    x, y = _batch()
    a, b = layers.Input((6,), name="a"), layers.Input((6,), name="b")
    shared = layers.Dense(4, activation="relu", name="shared")
    inner = Sequential([layers.Dense(4, input_dim=4), layers.BatchNormalization()], name="inner")
    joined = layers.merge([inner(shared(a)), shared(b)], mode="concat")
    model = Model([a, b], [layers.Dense(2, name="p")(joined), layers.Dense(1, name="q")(joined)])
    model.compile(
        "adam", {"p": "mse", "q": "hinge"}, metrics={"q": "accuracy"}, loss_weights={"p": 1.0, "q": 0.3}
    )
    model.train_on_batch([x, -x], {"p": y, "q": y[:, :1]})
    yield "graph", model


def _merge() -> Iterator[tuple[str, Any]]:
    branches = [Sequential([layers.Dense(3, input_dim=6)]) for _ in range(2)]
    model = Sequential([layers.Merge(branches, mode="dot", dot_axes=1), layers.Dense(2)])
    model.compile("sgd", "mse")
    yield "merge", model


def _stack() -> Iterator[tuple[str, Any]]:
    model = Sequential(
        [
            layers.Convolution2D(3, 2, 3, input_shape=(6, 5, 2), dim_ordering="tf"),
            layers.ZeroPadding2D((1, 2)),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.RepeatVector(4),
            layers.TimeDistributed(layers.Dense(3)),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
            layers.GRU(2),
        ]
    )
    model.compile("adagrad", "mse")
    model.train_on_batch(np.zeros((8, 6, 5, 2), "float32"), np.zeros((8, 2), "float32"))
    yield "stack", model
