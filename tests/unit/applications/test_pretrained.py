"""Files of weights for the networks: fetched, checked, and made for either ordering and either backend."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from polykeras.applications import VGG16, ResNet50, pretrained, resnet50, vgg16
from polykeras.applications.pretrained import Kind, kind_of, kind_of_file, load_file
from polykeras.engine.hdf5 import read_names
from polykeras.layers import BatchNormalization, Convolution2D, Dense, Flatten, Input, MaxPooling2D
from polykeras.models import Model

X = np.random.RandomState(3).rand(2, 9, 7, 2).astype("float32")


def network(ordering: str) -> Model:
    """What the published networks are made of, in small; not a square, so that no axes can be mixed up."""
    start = Input((9, 7, 2) if ordering == "tf" else (2, 9, 7))
    x = Convolution2D(3, 2, 3, dim_ordering=ordering, name="conv")(start)
    x = BatchNormalization(axis=3 if ordering == "tf" else 1, name="bn")(x)
    x = MaxPooling2D((2, 2), dim_ordering=ordering, name="pool")(x)
    x = Flatten(name="flatten")(x)
    x = Dense(5, activation="relu", name="fc1")(x)
    return Model(start, Dense(4, name="fc2")(x), name="vgg16")


def pictures(ordering: str) -> np.ndarray:
    return X if ordering == "tf" else X.transpose(0, 3, 1, 2)


def randomized(model: Model) -> Model:
    random = np.random.RandomState(5)
    model.set_weights([random.uniform(0.1, 1, value.shape) for value in model.get_weights()])
    return model


def as_theano(path: Path, ordering: str, marks: bool) -> None:
    """Rotates the kernels in a file; `marks`: also takes the ``:0`` off the names, as under Theano."""
    axes = (0, 1) if ordering == "tf" else (2, 3)
    with h5py.File(path, "a") as file:
        for name in list(file):
            group = file[name]
            stored = read_names(group, "weight_names") or []
            for weight in stored:
                values = group[weight][()]
                del group[weight]
                group[weight.removesuffix(":0") if marks else weight] = (
                    np.flip(values, axes) if values.ndim == 4 else values
                )
            if marks and stored:
                group.attrs["weight_names"] = np.array([each.removesuffix(":0") for each in stored], "S")


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("kernels", ["tf", "th"])
@pytest.mark.parametrize("stored", ["tf", "th"])
@pytest.mark.parametrize("wanted", ["tf", "th"])
def test_files_of_all_kinds(
    K: Any, wanted: str, stored: str, kernels: str, marks: bool, tmp_path: Path
) -> None:
    """The name of a published file tells its kind, whatever the names of the data sets in it look like."""
    path = tmp_path / f"vgg16_weights_{stored}_dim_ordering_{kernels}_kernels.h5"
    source = randomized(network(stored))
    expected = source.predict(pictures(stored))
    source.save_weights(path)
    if kernels == "th":
        as_theano(path, stored, marks)
    model = network(wanted)
    load_file(model, model.inputs[0], path, kind_of_file(path, model.name))
    assert expected.std() > 0.1
    np.testing.assert_allclose(model.predict(pictures(wanted)), expected, rtol=1e-4)


def test_kinds_of_names() -> None:
    assert kind_of("x/vgg16_weights_th_dim_ordering_tf_kernels_notop.h5") == Kind("th", "tf")
    assert kind_of("music_tagger_crnn_weights_tf_kernels_th_dim_ordering.h5") == Kind("th", "tf")
    assert kind_of("weights.h5") == Kind(None, None)
    assert kind_of_file(Path("a/resnet50_weights_tf_dim_ordering_th_kernels.h5"), "resnet50") == Kind(
        "tf", "th"
    )
    assert kind_of_file("my_resnet50_weights_tf_dim_ordering_th_kernels.h5", "resnet50") == Kind(None, None)


def test_a_file_that_tells_nothing_is_for_the_same_ordering(K: Any, tmp_path: Path) -> None:
    source, model = randomized(network("tf")), network("tf")
    source.save_weights(tmp_path / "own.h5")
    load_file(model, model.inputs[0], tmp_path / "own.h5", Kind(None, None))
    np.testing.assert_allclose(model.predict(X), source.predict(X), rtol=1e-6)
    other = network("th")
    with pytest.raises(ValueError, match="the other dim_ordering"):
        load_file(other, other.inputs[0], tmp_path / "own.h5", Kind(None, None))


def test_a_file_of_another_network(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    start = Input((9, 7, 2))
    Model(start, Convolution2D(3, 3, 3, name="conv")(start)).save_weights(path)
    model = network("th")
    before = model.get_weights()
    with pytest.raises(ValueError, match="weights of 4 layers"):
        load_file(model, model.inputs[0], path, kind_of_file(path, "vgg16"))
    start = Input((2, 9, 7))
    small = Model(start, Convolution2D(3, 2, 3, dim_ordering="th", name="conv")(start))
    with pytest.raises(ValueError, match=r"wanted shape \(3, 2, 2, 3\).*got \(3, 3, 2, 3\)"):
        load_file(small, start, path, kind_of_file(path, "vgg16"))
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


# The whole way


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A web server on this machine that gives the files of a folder, and an empty cache."""
    folder = tmp_path / "web"
    folder.mkdir()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # between attempts

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            server.requested.append(args[0].split()[1])

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    server.requested, server.folder = [], folder
    server.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def published(
    web: Any, monkeypatch: pytest.MonkeyPatch, module: Any, model: Any, constants: tuple[str, str]
) -> None:
    """Puts a model's weights on the web in the place of the published ones."""
    path_name, md5_name = constants
    name = getattr(module, path_name).rpartition("/")[2]
    model.save_weights(web.folder / name)
    monkeypatch.setattr(module, path_name, web.url + name)
    digest = hashlib.md5((web.folder / name).read_bytes()).hexdigest()
    monkeypatch.setattr(module, md5_name, digest)


NO_TOP = "TF_WEIGHTS_PATH_NO_TOP", "MD5_NO_TOP"


def test_imagenet_without_top(K: Any, web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.RandomState(0).rand(1, 48, 50, 3).astype("float32") * 100
    source = VGG16(weights=None, include_top=False, input_shape=(48, 50, 3))
    wanted = source.predict(x)
    published(web, monkeypatch, vgg16, source, NO_TOP)

    model = VGG16(include_top=False, input_shape=(48, 50, 3))
    np.testing.assert_array_equal(model.predict(x), wanted)
    assert web.requested == ["/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"]

    K.set_image_dim_ordering("th")  # made of the same file
    model = VGG16(include_top=False, input_shape=(3, 48, 50))
    got = model.predict(x.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5 * wanted.max())
    assert len(web.requested) == 1

    monkeypatch.setattr(vgg16, "MD5_NO_TOP", "0" * 32)
    with pytest.raises(ValueError, match="wanted a file with the checksum md5:0000"):
        VGG16(include_top=False, input_shape=(3, 48, 50))


def test_layers_before_the_network_are_left_alone(K: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.h5"
    source = VGG16(weights=None, include_top=False, input_shape=(48, 48, 3))
    source.save_weights(path)
    three = Convolution2D(3, 1, 1, name="mine")(Input((48, 48, 5)))
    model = VGG16(weights=path, include_top=False, input_tensor=three)
    kernels = [layer.get_weights()[0] for layer in (source.layers[1], model.get_layer("block1_conv1"))]
    np.testing.assert_array_equal(*kernels)


def test_without_network(K: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(vgg16, "TF_WEIGHTS_PATH_NO_TOP", "http://127.0.0.1:9/vgg16_weights.h5")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(OSError, match=f"put it at {tmp_path}/models/vgg16_weights.h5"):
        VGG16(include_top=False)


def test_what_is_asked_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def get_file(name: str, origin: str, **options: Any) -> str:
        asked.update(options, name=name, origin=origin)
        return "path"

    monkeypatch.setattr(pretrained, "get_file", get_file)
    path = pretrained.fetched(pretrained.Published(resnet50.TF_WEIGHTS_PATH, resnet50.MD5))
    assert path == "path" and asked == {
        "name": "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
        "origin": resnet50.TF_WEIGHTS_PATH,
        "md5_hash": "a7b3fe01876f51b976af0dea6bc144eb",
        "cache_subdir": "models",
    }


@pytest.mark.slow
def test_imagenet_with_top(K: Any, web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.RandomState(0).rand(1, 224, 224, 3).astype("float32")
    source = ResNet50(weights=None)
    wanted = source.predict(x)
    published(web, monkeypatch, resnet50, source, ("TF_WEIGHTS_PATH", "MD5"))
    np.testing.assert_array_equal(ResNet50().predict(x), wanted)
    K.set_image_dim_ordering("th")
    got = ResNet50().predict(x.transpose(0, 3, 1, 2))
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-6)
