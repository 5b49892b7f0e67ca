"""The files of CIFAR-10 and CIFAR-100: pickled dictionaries of pixels and labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .. import config
from ..utils import numpy_pickle

Pair = tuple[np.ndarray, np.ndarray]


def load_batch(fpath: Any, label_key: str = "labels") -> tuple[np.ndarray, list[int]]:
    """Reads one file, without running what the pickle says.

    Args:
        fpath: its path.
        label_key: under which key the labels stand.

    Returns:
        Pictures ``(samples, 3, 32, 32)`` of uint8, and the list of labels.

    Raises:
        ValueError: if the file is something else.
    """
    with open(fpath, "rb") as file:
        content = numpy_pickle.load(file, str(fpath))
    if not isinstance(content, dict):
        raise ValueError(f"{fpath}: wanted a dictionary of pixels and labels, got {type(content).__name__}.")
    parts = {key.decode() if isinstance(key, bytes) else key: value for key, value in content.items()}
    missing = [key for key in ("data", label_key) if key not in parts]
    if missing:
        raise ValueError(f"{fpath}: has no {' and no '.join(missing)}; what it has: {', '.join(parts)}.")
    pixels, labels = np.asarray(parts["data"]), list(parts[label_key])
    if pixels.ndim != 2 or pixels.shape[1] != 3 * 32 * 32 or len(labels) != len(pixels):
        raise ValueError(
            f"{fpath}: wanted rows of 3072 pixels and a label for each, got pixels of the shape "
            f"{pixels.shape} and {len(labels)} labels."
        )
    return pixels.reshape(-1, 3, 32, 32), labels


def pictures_and_labels(folder: Any, names: list[str], label_key: str = "labels") -> Pair:
    """The contents of several files, one behind the other, in the default dim ordering."""
    batches = [load_batch(Path(folder) / name, label_key) for name in names]
    pixels = np.concatenate([each for each, _ in batches]).astype("uint8", copy=False)
    labels = np.concatenate([each for _, each in batches]).astype("uint8")
    if config.image_dim_ordering() == "tf":
        pixels = pixels.transpose(0, 2, 3, 1)
    return pixels, labels.reshape(-1, 1)
