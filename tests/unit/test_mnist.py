"""MNIST: the package's own copy, copies in the cache, and pickles that would run code."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras.datasets import mnist
from polykeras.utils import numpy_pickle

# Beginnings of the SHA-256 sums of the arrays, which are those of the original files behind their headers.
SUMS = ["741c988805d008ac", "1feba77c54802fa5", "6d87418db22cc802", "ddeff807876a9661"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    return tmp_path / "datasets"


def small(seed: int = 0) -> Any:
    draw = np.random.RandomState(seed)
    return tuple(
        (draw.randint(0, 256, (n, 28, 28)).astype("uint8"), draw.randint(0, 10, n).astype("uint8"))
        for n in (6, 3)
    )


def same(first: Any, second: Any) -> bool:
    pairs = zip(first, second, strict=True)
    return all(np.array_equal(a, b) for ones, others in pairs for a, b in zip(ones, others, strict=True))


def test_package_brings_the_digits(cache: Path) -> None:
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == [
        (60000, 28, 28),
        (60000,),
        (10000, 28, 28),
        (10000,),
    ]
    assert all(a.dtype == np.uint8 for a in (x_train, y_train, x_test, y_test))
    assert np.bincount(y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]
    sums = [hashlib.sha256(a.tobytes()).hexdigest()[:16] for a in (x_train, y_train, x_test, y_test)]
    assert sums == SUMS
    x_train[0] = 0  # each caller has arrays of its own to write to
    assert mnist.load_data()[0][0][0].any()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("opener", [open, gzip.open])
def test_cached_pickle(cache: Path, protocol: int, opener: Any) -> None:
    with opener(cache / "mnist.pkl.gz", "wb") as stream:
        pickle.dump(small(), stream, protocol=protocol)
    assert same(mnist.load_data(), small())


def test_cached_npz_and_given_path(cache: Path, tmp_path: Path) -> None:
    for place, seed in ((cache / "mnist.npz", 1), (tmp_path / "mine.npz", 2)):
        (x_train, y_train), (x_test, y_test) = small(seed)
        np.savez(place, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    assert same(mnist.load_data(), small(1))
    assert same(mnist.load_data("mnist.npz"), small(1))
    assert same(mnist.load_data(str(tmp_path / "mine.npz")), small(2))
    assert mnist.load_data("elsewhere.pkl.gz")[0][0].shape == (60000, 28, 28)


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("evil was here",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_that_would_run_code(
    cache: Path, protocol: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (cache / "mnist.pkl.gz").write_bytes(pickle.dumps((small(), Evil()), protocol=protocol))
    with pytest.raises(ValueError, match=r"mnist.pkl.gz.*which arrays of numbers have no need of"):
        mnist.load_data()
    assert not (tmp_path / "evil was here").exists()


def test_npz_with_objects(cache: Path) -> None:
    arrays = dict.fromkeys(("x_train", "y_train", "x_test", "y_test"), np.array([Evil()], dtype=object))
    np.savez(cache / "mnist.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="allow_pickle=False"):
        mnist.load_data()


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(3),
        pickle.dumps(small()[0]),
        pickle.dumps(((small()[0][0], small()[1][1]), small()[1])),
        b"",
        b"no pickle",
        gzip.compress(pickle.dumps(small()))[:-40],
    ],
    ids=["number", "one pair", "lengths differ", "empty", "text", "cut off"],
)
def test_damaged_pickle(cache: Path, content: bytes) -> None:
    (cache / "mnist.pkl.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"mnist\.pkl\.gz: wanted"):
        mnist.load_data()


def test_npz_without_the_arrays(cache: Path) -> None:
    np.savez(cache / "mnist.npz", x_train=np.zeros(3))
    with pytest.raises(ValueError, match="y_train, x_test, y_test is missing"):
        mnist.load_data()


# What Python 2 wrote: pickle.dumps(numpy.array([[1, 2], [3, 4]], 'uint8'), 2), with its byte strings.
PYTHON_2 = (
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01K\x02K\x02\x86"
    b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
    b"U\x04\x01\x02\x03\x04tb."
)


def test_pickle_of_python_2() -> None:
    array = numpy_pickle.load(PYTHON_2, "here")
    assert array.tolist() == [[1, 2], [3, 4]] and array.dtype == np.uint8


@pytest.mark.parametrize("dtype", ["bool", "int8", "<u2", ">i4", "uint64", "float16", "<f4", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_arrays_survive(dtype: str, order: Any, protocol: int) -> None:
    array = np.asarray(np.arange(24).reshape(2, 3, 4) % 3, dtype=dtype, order=order)
    content = {"data": [array, np.float32(1.5), "text", None, 3], b"more": (array[..., 0].copy(order), True)}
    read = numpy_pickle.load(pickle.dumps(content, protocol=protocol), "here")
    assert read["data"][1:] == [1.5, "text", None, 3]
    for first, second in ((read["data"][0], array), (read[b"more"][0], array[..., 0])):
        assert np.array_equal(first, second) and first.dtype == second.dtype


@pytest.mark.parametrize(
    "content",
    [
        np.array([{}], dtype=object),
        np.zeros(2, dtype=[("a", "f4")]),
        np.array(["text"]),
        np.datetime64("2016-01-01"),
        {1, 2}.__class__,
        print,
    ],
    ids=["objects", "structure", "text", "date", "type", "function"],
)
def test_other_things_are_refused(content: Any) -> None:
    with pytest.raises(ValueError, match="here: wanted a pickle of numpy arrays"):
        numpy_pickle.load(pickle.dumps(content), "here")
