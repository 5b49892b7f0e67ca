"""Where a training stands: what a file must hold, beside model and optimizer, for it to go on unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .hdf5 import read_dataset, read_group, read_values

GROUP = "polykeras_training"
_KEYS = 624  # of the Mersenne Twister


@dataclass
class TrainingPoint:
    """The state between two epochs.

    Attributes:
        epoch: number of the next epoch, counted from 0.
        order: the order of the samples, which the next epoch shuffles further; None for generators.
        random: the state of numpy's global generator, as `numpy.random.get_state` tells it; None: as it is.
    """

    epoch: int
    order: np.ndarray | None = None
    random: tuple[Any, ...] | None = None

    def write(self, file: Any) -> None:
        """Writes it, with the present state of numpy's generator, into a group of an open HDF5 file."""
        group = file.create_group(GROUP)
        kind, keys, position, has_gauss, gauss = np.random.get_state()
        group.create_dataset("epoch", data=np.int64(self.epoch))
        if self.order is not None:
            group.create_dataset("order", data=self.order.astype("int64"))
        if kind == "MT19937":
            group.create_dataset("random_keys", data=keys)
            group.create_dataset("random_position", data=np.array([position, has_gauss], "int64"))
            group.create_dataset("random_gauss", data=np.float64(gauss))


def read_training_point(file: Any) -> TrainingPoint | None:
    """The training point in an open HDF5 file, None if there is none.

    Raises:
        ValueError: if it is damaged.
    """
    if GROUP not in file:
        return None
    group = read_group(file, GROUP)
    (epoch,) = _integers(group, "epoch", 1)
    order = None
    if "order" in group:
        order = _integers(group, "order", None)
        if not np.array_equal(np.sort(order), np.arange(len(order))):
            raise ValueError(f"{file.filename}: the order of the samples is none. The file is damaged.")
    random = None
    if "random_keys" in group:
        keys = _integers(group, "random_keys", _KEYS)
        position, has_gauss = _integers(group, "random_position", 2)
        gauss = read_dataset(group, "random_gauss")
        fits = keys.min() >= 0 and keys.max() < 2**32 and 0 <= position <= _KEYS and gauss.shape == ()
        if not fits:
            raise ValueError(
                f"{file.filename}: the state of the random numbers is none. The file is damaged."
            )
        random = (
            "MT19937", keys.astype("uint32"), int(position), int(has_gauss != 0), float(read_values(gauss)),
        )  # fmt: skip
    return TrainingPoint(max(int(epoch), 0), order, random)


def _integers(group: Any, name: str, count: int | None) -> np.ndarray:
    dataset = read_dataset(group, name)
    if dataset.dtype.kind not in "iu" or dataset.ndim > 1 or (count is not None and dataset.size != count):
        raise ValueError(
            f"{group.file.filename}: {name!r} of the training must hold {count or 'some'} integers, got "
            f"{dataset.dtype} of the shape {dataset.shape}. The file is damaged."
        )
    return np.atleast_1d(read_values(dataset)).astype("int64")
