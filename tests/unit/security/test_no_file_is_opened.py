"""Attacks that would open a path or reach the network: local files, links out of a file, archives, names."""

from __future__ import annotations

import io
import os
import socket
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hostile import (
    FIRST_WEIGHTS,
    TRAINING,
    entry,
    every_training,
    every_way,
    first,
    model_file,
    refused,
    sequential,
    small_model,
    tried,
    watched,
)

from polykeras.layers import Dense
from polykeras.models import Sequential, load_model, model_from_config
from polykeras.utils.data_utils import get_file

pytestmark = pytest.mark.usefixtures("warmed_up")

SECRET = np.arange(9, dtype="float32").reshape(3, 3) + 4711


@pytest.fixture
def listener() -> Iterator[str]:
    """The URL of a server that must never be called."""
    called = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.05)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                called.append(server.accept())
            except TimeoutError:
                continue

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/payload"
    stop.set()
    thread.join()
    server.close()
    assert not called, "the network was used"


# CVE-2025-12058, CVE-2026-1462: a configuration that has a layer read a local file, or fetch one


def test_no_argument_is_a_path(tmp_path: Path, listener: str) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret")
    for place in (str(secret), secret.as_uri(), listener, "/etc/passwd"):
        unknown = [
            entry("StringLookup", vocabulary=place),
            entry("IntegerLookup", vocabulary=place),
            entry("TextVectorization", vocabulary=place),
            entry("TFSMLayer", filepath=place),
            entry("Hashing", weights_file=place),
        ]
        arguments = [
            entry("Dense", output_dim=3, weights=place),
            entry("Dense", output_dim=3, weights=[place, place]),
            entry("Dense", output_dim=3, weights_path=place),
            entry("Embedding", input_dim=3, output_dim=3, weights=place),
            entry("Embedding", input_dim=3, output_dim=3, vocabulary=place),
            entry("Dense", output_dim=3, init=place),
            entry("Dense", output_dim=3, activation=place),
            entry("Dense", output_dim=3, W_regularizer={"name": "l2", "l": place}),
            entry("Dense", output_dim=3, W_constraint={"name": "MaxNorm", "m": place}),
            entry("InputLayer", input_tensor=place, batch_input_shape=[None, 3]),
            entry("Lambda", function=place, function_type="function"),
            entry("Dropout", p=place),
            entry("LSTM", output_dim=3, weights=place),
        ]
        for hostile in unknown:
            for _, load in every_way(hostile, tmp_path):
                with watched(tmp_path):
                    refused(load, "nknown layer")
        for hostile in arguments:
            for _, load in every_way(hostile, tmp_path):
                with watched(tmp_path):
                    tried(load)
            with watched(tmp_path):
                refused(lambda hostile=hostile: model_from_config(sequential(first(), hostile)))
        for training in ({"loss": place}, {"metrics": [place]}, {"optimizer_config": {"class_name": place}}):
            for _, load in every_training(tmp_path, **training):
                with watched(tmp_path):
                    refused(load)


# CVE-2026-1669 and its kin: an HDF5 file whose data lies in other files of the machine


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of weights that another file must not get at, and a copy of its bytes."""
    folder = tmp_path.parent / f"{tmp_path.name}-secret"
    folder.mkdir()
    with h5py.File(folder / "secret.h5", "w") as file:
        file["first/W:0"] = SECRET
        file["first/b:0"] = SECRET[0]
        file["first"].attrs["weight_names"] = np.array([b"W:0", b"b:0"])
        file.attrs["layer_names"] = np.array([b"first"])
    (folder / "secret.bin").write_bytes(SECRET.tobytes())
    return folder


def soft(file: Any, secret: Path) -> None:
    del file["model_weights/first/W:0"]
    file["model_weights/first/W:0"] = h5py.SoftLink("/model_weights/other")
    file["model_weights/other"] = SECRET


def external(file: Any, secret: Path) -> None:
    del file["model_weights/first/W:0"]
    file["model_weights/first/W:0"] = h5py.ExternalLink(str(secret / "secret.h5"), "/first/W:0")


def external_layer(file: Any, secret: Path) -> None:
    del file["model_weights/first"]
    file["model_weights/first"] = h5py.ExternalLink(str(secret / "secret.h5"), "/first")


def external_weights(file: Any, secret: Path) -> None:
    del file["model_weights"]
    file["model_weights"] = h5py.ExternalLink(str(secret / "secret.h5"), "/")


def soft_weights(file: Any, secret: Path) -> None:
    file.move("model_weights", "elsewhere")
    file["model_weights"] = h5py.SoftLink("/elsewhere")


def external_storage(file: Any, secret: Path) -> None:
    del file["model_weights/first/W:0"]
    file.create_dataset(
        "model_weights/first/W:0", (3, 3), "float32", external=[(str(secret / "secret.bin"), 0, 36)]
    )


def external_device(file: Any, secret: Path) -> None:
    del file["model_weights/first/W:0"]
    file.create_dataset("model_weights/first/W:0", (3, 3), "float32", external=[("/dev/zero", 0, 36)])


def virtual(file: Any, secret: Path) -> None:
    del file["model_weights/first/W:0"]
    layout = h5py.VirtualLayout((3, 3), "float32")
    layout[:] = h5py.VirtualSource(str(secret / "secret.h5"), "first/W:0", (3, 3))
    file.create_virtual_dataset("model_weights/first/W:0", layout)


def virtual_without_end(file: Any, secret: Path) -> None:
    """The library opens the other file as soon as it is asked for the shape."""
    del file["model_weights/first/W:0"]
    layout = h5py.VirtualLayout((3, 3), "float32", maxshape=(None, 3))
    source = h5py.VirtualSource(str(secret / "secret.h5"), "first/W:0", (3, 3), maxshape=(None, 3))
    layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
    file.create_virtual_dataset("model_weights/first/W:0", layout)


def external_state(file: Any, secret: Path) -> None:
    file["optimizer_weights"] = h5py.ExternalLink(str(secret / "secret.h5"), "/first")


def external_state_data(file: Any, secret: Path) -> None:
    group = file.create_group("optimizer_weights")
    group["param_0:0"] = np.float32(0)
    for name in ("param_1:0", "param_2:0"):
        group.create_dataset(
            name, (3, 3)[: 3 - int(name[6])], "float32", external=[(str(secret / "secret.bin"), 0, 36)]
        )
    group.attrs["weight_names"] = np.array([b"param_0:0", b"param_1:0", b"param_2:0"])


HDF5_ATTACKS = [
    soft,
    external,
    external_layer,
    external_weights,
    soft_weights,
    external_storage,
    external_device,
    virtual,
    virtual_without_end,
    external_state,
    external_state_data,
]


@pytest.mark.parametrize("attack", HDF5_ATTACKS, ids=lambda attack: attack.__name__)
def test_data_of_other_files(
    attack: Callable[[Any, Path], None], secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = model_file(tmp_path / "model.h5", sequential(first()), TRAINING, FIRST_WEIGHTS)
    with h5py.File(path, "a", libver="v110" if "virtual" in attack.__name__ else None) as file:
        attack(file, secret)
    model = small_model()
    before = model.get_weights()

    def library(*arguments: Any, **keywords: Any) -> None:
        raise AssertionError("the HDF5 library was used to read")

    monkeypatch.setattr(h5py, "File", library)
    monkeypatch.setattr(h5py.h5f, "open", library)
    state = "state" in attack.__name__
    with watched(tmp_path):
        refused(
            lambda: load_model(path),
            "link to another place" if attack.__name__ == "external_state" else "model.h5",
        )
        if not state:
            refused(lambda: model.load_weights(path), "model.h5")
            refused(lambda: model.load_weights(path, by_name=True), "model.h5")
    if not state:
        assert all(np.array_equal(one, other) for one, other in zip(model.get_weights(), before, strict=True))


@pytest.mark.parametrize("attack", HDF5_ATTACKS[:-2], ids=lambda attack: attack.__name__)
def test_groups_that_the_program_opened(
    attack: Callable[[Any, Path], None], secret: Path, tmp_path: Path
) -> None:
    """A group of h5py is read by the HDF5 library, which follows no links for us either."""
    path = model_file(tmp_path / "model.h5", sequential(first()), None, FIRST_WEIGHTS)
    with h5py.File(path, "a", libver="v110" if "virtual" in attack.__name__ else None) as file:
        attack(file, secret)
    if "weights" in attack.__name__:
        return  # the program itself would have followed the link
    model = small_model()
    before = model.get_weights()
    with h5py.File(path) as file:
        group = file["model_weights"]
        refused(lambda: model.load_weights_from_hdf5_group(group))
        refused(lambda: model.load_weights_from_hdf5_group_by_name(group))
    assert all(np.array_equal(one, other) for one, other in zip(model.get_weights(), before, strict=True))


def test_files_that_are_none(tmp_path: Path) -> None:
    """A path that is no plain file is not read: a pipe would be waited on for ever."""
    pipe = tmp_path / "pipe.h5"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        for load in (lambda path=path: load_model(path), lambda path=path: small_model().load_weights(path)):
            refused(load, str(path))


# CVE-2026-12479: names of layers that lead elsewhere when a model is written


@pytest.mark.parametrize("name", ["../../escaped", "/tmp/escaped", "a/../../escaped", "..", "a//b", "a\0b"])
def test_names_are_no_paths(name: str, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    config = sequential(entry("Dense", output_dim=3, batch_input_shape=[None, 3], name=name))
    with watched(tmp_path):
        model = model_from_config(config)
        for save in (model.save, model.save_weights):
            refused(lambda save=save: save(tmp_path / "inside" / "model.h5"), "can not be a name")
    assert list(tmp_path.rglob("*")) == [tmp_path / "inside"]
    path = model_file(tmp_path / "model.h5", config)
    with h5py.File(path, "a") as file:
        file["model_weights"].attrs["layer_names"] = np.array([name.encode()], "S")
    with watched(tmp_path):
        refused(lambda: load_model(path))
        refused(lambda: small_model().load_weights(path))


# CVE-2025-12638 and its kin: archives that write outside the folder they are unpacked into


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    content = b"hostile" if kind == tarfile.REGTYPE else b""
    info.size = len(content)
    return info, content


def archives(outside: Path) -> dict[str, list[tuple[tarfile.TarInfo, bytes]]]:
    return {
        "parent": [member("good/file"), member("../escaped")],
        "deep parent": [member("good/file"), member("good/../../escaped")],
        "absolute": [member("good/file"), member(str(outside / "escaped"))],
        "symbolic link": [member("good", tarfile.SYMTYPE, str(outside)), member("good/escaped")],
        "hard link": [member("good", tarfile.LNKTYPE, "/etc/passwd"), member("good")],
        "relative link": [member("good/a", tarfile.SYMTYPE, "../.."), member("good/a/escaped")],
        "device": [member("good/null", tarfile.CHRTYPE)],
        "pipe": [member("good/pipe", tarfile.FIFOTYPE)],
        "drive": [member("C:\\escaped")],
    }


@pytest.mark.parametrize("kind", list(archives(Path("/"))))
def test_archives_stay_in_their_folder(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    home = tmp_path / "home"
    monkeypatch.setenv("KERAS_HOME", str(home))
    archive = tmp_path / "archive.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        for info, content in archives(outside)[kind]:
            file.addfile(info, io.BytesIO(content))
    refused(lambda: get_file("good", archive.as_uri(), untar=True), "archive")
    assert [path.name for path in (home / "datasets").iterdir()] == ["good.tar.gz"]
    assert not list(outside.iterdir()) and not (tmp_path / "escaped").exists()
    assert not (home / "escaped").exists()


def test_a_file_of_weights_is_no_architecture(tmp_path: Path) -> None:
    """What stands beside the weights is not looked at when only weights are loaded."""
    hostile = sequential(entry("TFSMLayer", filepath="/etc"))
    path = model_file(tmp_path / "model.h5", hostile, {"loss": "os.system"}, FIRST_WEIGHTS)
    model = Sequential([Dense(3, input_dim=3)])
    with watched(tmp_path):
        model.load_weights(path)
    assert not np.any(model.get_weights()[0])
