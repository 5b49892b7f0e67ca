"""MNIST: 60 000 handwritten digits to train on and 10 000 to test on, 28 x 28 grey pixels each.

The data come with the package (``mnist.xz``: the bytes of the four arrays, one behind the other, as one xz
stream), so loading needs no network. They were made by Yann LeCun, Corinna Cortes and Christopher Burges of
data of NIST; see README.md for what is known of their license.
"""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from .. import config
from ..utils import numpy_pickle
from ..utils.data_utils import get_file as get_file

Pair = tuple[np.ndarray, np.ndarray]

_PARTS = (
    ("x_train", (60000, 28, 28)),
    ("y_train", (60000,)),
    ("x_test", (10000, 28, 28)),
    ("y_test", (10000,)),
)


def load_data(path: str = "mnist.pkl.gz") -> tuple[Pair, Pair]:
    """Loads the digits.

    Args:
        path: a file to load instead of the package's own, if it exists: relative to the cache folder
            ``$KERAS_HOME/datasets`` (``~/.keras/datasets``), or absolute. It is a pickle of
            ``((X_train, y_train), (X_test, y_test))``, possibly gzipped, or an ``.npz`` with the arrays
            ``x_train``, ``y_train``, ``x_test`` and ``y_test``. An ``mnist.npz`` beside the default is found
            too. Pickles are read without running their code.

    Returns:
        ``(X_train, y_train), (X_test, y_test)``: images of shape (60000, 28, 28) and (10000, 28, 28), labels
        0 to 9 of shape (60000,) and (10000,), all uint8.

    Raises:
        ValueError: if the file in the cache folder is not what it should be; names the file.
    """
    file = config.keras_home() / "datasets" / path
    candidates = [file, file.with_name("mnist.npz")] if path == "mnist.pkl.gz" else [file]
    for candidate in candidates:
        if candidate.is_file():
            return _read_cached(candidate)
    return _read_packaged()


def _read_packaged() -> tuple[Pair, Pair]:
    stored = (resources.files(__package__) / "mnist.xz").read_bytes()
    values = np.frombuffer(bytearray(lzma.decompress(stored)), np.uint8)
    arrays, start = [], 0
    for _, shape in _PARTS:
        stop = start + int(np.prod(shape))
        arrays.append(values[start:stop].reshape(shape))
        start = stop
    x_train, y_train, x_test, y_test = arrays
    return (x_train, y_train), (x_test, y_test)


def _read_cached(file: Path) -> tuple[Pair, Pair]:
    with file.open("rb") as stream:
        head = stream.read(4)
    if head == b"PK\x03\x04":
        parts = _from_npz(file)
    else:
        opener: Callable[..., Any] = gzip.open if head[:2] == b"\x1f\x8b" else open
        with opener(file, "rb") as pickled:
            parts = numpy_pickle.load(pickled, str(file))
    try:
        (x_train, y_train), (x_test, y_test) = parts
        images_fit = all(len(x) == len(y) for x, y in ((x_train, y_train), (x_test, y_test)))
    except (TypeError, ValueError):
        images_fit = False
    if not images_fit:
        raise ValueError(
            f"{file}: wanted ((X_train, y_train), (X_test, y_test)) with a label for each image. "
            "Remove the file to load the digits that come with the package."
        )
    return (x_train, y_train), (x_test, y_test)


def _from_npz(file: Path) -> Any:
    with np.load(file, allow_pickle=False) as stored:
        missing = [name for name, _ in _PARTS if name not in stored]
        if missing:
            raise ValueError(
                f"{file}: wanted the arrays {', '.join(dict(_PARTS))}, but {', '.join(missing)} is "
                "missing. Remove the file to load the digits that come with the package."
            )
        return (stored["x_train"], stored["y_train"]), (stored["x_test"], stored["y_test"])
