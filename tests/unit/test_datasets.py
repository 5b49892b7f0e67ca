"""The data sets that are fetched, on small files of the same formats, served on this machine."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras import config
from polykeras.datasets import cifar, cifar10, cifar100, imdb, reuters
from polykeras.datasets.word_sequences import word_index


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A folder, what serves it, and a cache folder of its own; `shelf(name, content)` gives URL and MD5."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    served = tmp_path / "served"
    served.mkdir()
    server = HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def put(name: str, content: bytes) -> tuple[str, str]:
        (served / name).write_bytes(content)
        return f"http://127.0.0.1:{server.server_port}/{name}", hashlib.md5(content).hexdigest()

    yield put
    server.shutdown()
    server.server_close()
    thread.join()


def archive(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def pixels(samples: int, seed: int) -> np.ndarray:
    return np.random.RandomState(seed).randint(0, 256, (samples, 3072)).astype("uint8")


@pytest.mark.parametrize("ordering", ["tf", "th"])
@pytest.mark.parametrize("keys", [bytes, str])
def test_cifar10(shelf: Any, monkeypatch: pytest.MonkeyPatch, ordering: str, keys: type) -> None:
    monkeypatch.setattr(config, "_image_dim_ordering", ordering)
    names = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]

    def batch(number: int) -> bytes:
        content = {"data": pixels(4, number), "labels": [number, 9, 0, 1]}
        return pickle.dumps({k.encode() if keys is bytes else k: v for k, v in content.items()}, 2)

    url, md5 = shelf("c.tar.gz", archive({f"cifar-10-batches-py/{n}": batch(i) for i, n in enumerate(names)}))
    monkeypatch.setattr(cifar10, "ORIGIN", url)
    monkeypatch.setattr(cifar10, "MD5", md5)
    for _ in range(2):  # the second time from the cache
        (x_train, y_train), (x_test, y_test) = cifar10.load_data()
        assert x_train.dtype == x_test.dtype == y_train.dtype == "uint8"
        assert y_train.shape == (20, 1) and y_test.ravel().tolist() == [5, 9, 0, 1]
        rows = x_train.transpose(0, 3, 1, 2) if ordering == "tf" else x_train
        np.testing.assert_array_equal(rows[4:8].reshape(4, -1), pixels(4, 1))
        shelf("c.tar.gz", b"not asked for again")


def test_cifar100(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        f"cifar-100-python/{name}": pickle.dumps(
            {b"data": pixels(3, number), b"fine_labels": [99, 1, 2], b"coarse_labels": [19, 0, number]}, 2
        )
        for number, name in enumerate(["train", "test"])
    }
    url, md5 = shelf("c100.tar.gz", archive(files))
    monkeypatch.setattr(cifar100, "ORIGIN", url)
    monkeypatch.setattr(cifar100, "MD5", md5)
    (x_train, y_train), (x_test, _) = cifar100.load_data()
    assert x_train.shape[0] == x_test.shape[0] == 3 and y_train.ravel().tolist() == [99, 1, 2]
    assert cifar100.load_data("coarse")[1][1].ravel().tolist() == [19, 0, 1]
    with pytest.raises(ValueError, match="label_mode must be one of"):
        cifar100.load_data("middle")


def reviews(seed: int, count: int) -> tuple[list[list[int]], list[int]]:
    state = np.random.RandomState(seed)
    texts = [state.randint(1, 30, state.randint(2, 9)).tolist() for _ in range(count)]
    return texts, [len(text) for text in texts]


@pytest.fixture
def films(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    content = (reviews(1, 12), reviews(2, 8))
    url, md5 = shelf("imdb_full.pkl", pickle.dumps(content, 2))
    monkeypatch.setattr(imdb, "ORIGIN", url)
    monkeypatch.setattr(imdb, "MD5", md5)
    return content


def test_imdb(films: Any) -> None:
    (x_train, y_train), (x_test, y_test) = imdb.load_data()
    assert x_train.dtype == object and x_train.shape == (12,) and x_test.shape == (8,)
    assert all(text[0] == 1 and min(text[1:]) > 3 for text in x_train)
    for texts, labels, (raw, raw_labels), seed in (
        (x_train, y_train, films[0], 113),
        (x_test, y_test, films[1], 226),
    ):
        state = np.random.RandomState(seed)
        order = list(range(len(raw)))
        state.shuffle(order)
        assert [[word - 3 for word in text[1:]] for text in texts] == [raw[i] for i in order]
        assert labels.tolist() == [raw_labels[i] for i in order]


def test_imdb_chooses_words(films: Any) -> None:
    (x_train, y_train), (x_test, _) = imdb.load_data(nb_words=20, skip_top=5, maxlen=7)
    assert all(len(text) < 7 for text in [*x_train, *x_test]) and len(x_train) == len(y_train) < 12
    words = {word for text in [*x_train, *x_test] for word in text}
    assert words <= {2, *range(5, 20)} and 2 in words
    (bare, labels), _ = imdb.load_data(nb_words=20, start_char=None, oov_char=None, index_from=None)
    assert max(word for text in bare for word in text) < 20
    assert any(len(text) < label for text, label in zip(bare, labels, strict=True))
    with pytest.raises(ValueError, match="maxlen=2"):
        imdb.load_data(maxlen=2)


def test_reuters(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = reviews(4, 10)
    monkeypatch.setattr(reuters, "ORIGIN", shelf("reuters.pkl", pickle.dumps(raw, 2))[0])
    (x_train, y_train), (x_test, y_test) = reuters.load_data(test_split=0.3)
    assert len(x_train) == len(y_train) == 7 and len(x_test) == len(y_test) == 3
    assert all(len(text) == label + 1 for text, label in zip(x_train, y_train, strict=True))
    with pytest.raises(ValueError, match="test_split"):
        reuters.load_data(test_split=3)


def test_word_indices(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url, md5 = shelf("index.pkl", pickle.dumps({b"the": 1, "caf\xe9": 2}, 2))
    monkeypatch.setattr(imdb, "INDEX_ORIGIN", url)
    monkeypatch.setattr(imdb, "INDEX_MD5", md5)
    monkeypatch.setattr(reuters, "INDEX_ORIGIN", url)
    assert imdb.get_word_index() == reuters.get_word_index() == {"the": 1, "caf\xe9": 2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"the": 1}', "wanted a pickle"),
        (pickle.dumps({"the": 1}, 2)[:-3], "truncated"),
        (pickle.dumps(["the"], 2), "wanted a dictionary from words to numbers, got list"),
        (pickle.dumps({"the": "a"}, 2), "wanted a number for each word, got 'a' for 'the'"),
        (pickle.dumps({3: 1}, 2), "wanted a number for each word, got 1 for 3"),
    ],
)
def test_word_indices_that_are_none(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "index.pkl"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"index\.pkl: .*{message}"):
        word_index(str(path))


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("run",)


def test_files_that_would_run_code(shelf: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reuters, "ORIGIN", shelf("reuters.pkl", pickle.dumps((Evil(), [1])))[0])
    with pytest.raises(ValueError, match="mkdir"):
        reuters.load_data()
    place = tmp_path / "batch"
    place.write_bytes(pickle.dumps({"data": Evil(), "labels": []}))
    with pytest.raises(ValueError, match="mkdir"):
        cifar.load_batch(place)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "wanted a dictionary"),
        ({"data": pixels(2, 0)}, "has no labels"),
        ({"data": pixels(2, 0), "labels": [1]}, "2, 3072.*1 labels"),
        ({"data": pixels(2, 0)[:, :9], "labels": [1, 2]}, "3072 pixels"),
    ],
)
def test_other_files(tmp_path: Path, content: Any, message: str) -> None:
    place = tmp_path / "batch"
    place.write_bytes(pickle.dumps(content, 2))
    with pytest.raises(ValueError, match=message):
        cifar.load_batch(place)


def test_texts_without_labels(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reuters, "ORIGIN", shelf("reuters.pkl", pickle.dumps(([[1, 2]], [1, 2])))[0])
    with pytest.raises(ValueError, match="a label for each"):
        reuters.load_data()
