"""Data sets that stay in their HDF5 file, and are read batch by batch."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from .new_files import new_hdf5_file


class HDF5Matrix:
    """A part of the rows of a data set in an HDF5 file: `fit` and its like take it for an array.

    Rows are read when they are asked for, so the file may be larger than the memory. ``shuffle='batch'`` of
    `fit` reads runs of rows, which is much faster than rows here and there.

    Args:
        datapath: the file.
        dataset: the name of the data set in it.
        start: the first row.
        end: the row after the last one; None: all up to the end.
        normalizer: a function of the rows read, such as a conversion to floats.

    Attributes:
        shape: rows and the sizes of the further axes.
        dtype: element type, after the normalizer.
        refs: the open files by path, for all matrices.

    Raises:
        FileNotFoundError, OSError: if there is no such file, or it is no HDF5 file.
        KeyError: if it has no such data set.
        ValueError: if it is a group, or has not the rows from `start` to `end`.
    """

    refs: ClassVar[defaultdict[str, Any]] = defaultdict(int)

    def __init__(
        self,
        datapath: str | os.PathLike[str],
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        path = os.fspath(datapath)
        if path not in self.refs or not self.refs[path]:  # a closed file is false
            self.refs[path] = _opened("HDF5Matrix", path)
        self.data = _dataset("HDF5Matrix", self.refs[path], dataset)
        rows = self.data.shape[0] if self.data.ndim else 0
        self.start, self.end = int(start), rows if end is None else int(end)
        if not 0 <= self.start <= self.end <= rows:
            raise ValueError(
                f"HDF5Matrix: wanted rows from {start} to {end}, but {dataset!r} in {path} has {rows}."
            )
        self.normalizer = normalizer

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: Any) -> Any:
        """Rows: an integer, a slice, or a list or array of integers or bools, in any order.

        Raises:
            IndexError: if a row lies outside.
        """
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step < 0:
                return self[np.arange(start, stop, step)]
            values = self.data[self.start + start : self.start + max(stop, start) : step]
        elif isinstance(key, (int, np.integer)):
            values = self.data[int(self._rows(np.asarray([key]))[0])]
        else:
            rows = np.asarray(key)
            rows = self._rows(np.flatnonzero(rows) if rows.dtype == bool else rows)
            ascending, back = np.unique(rows, return_inverse=True)  # HDF5 wants them so
            values = self.data[ascending][back] if len(rows) else self.data[0:0]
        return values if self.normalizer is None else self.normalizer(values)

    def _rows(self, rows: np.ndarray) -> np.ndarray:
        count = len(self)
        if rows.size and not (-count <= rows.min() and rows.max() < count):
            raise IndexError(
                f"HDF5Matrix: wanted rows from 0 to {count - 1}, got {rows.min()} to {rows.max()}."
            )
        return np.where(rows < 0, rows + count, rows).astype("int64") + self.start

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), *self._sample().shape[1:])

    @property
    def dtype(self) -> np.dtype:
        return self._sample().dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def _sample(self) -> Any:
        """No rows, as the normalizer makes them."""
        nothing = np.empty((0, *self.data.shape[1:]), self.data.dtype)
        return nothing if self.normalizer is None else np.asarray(self.normalizer(nothing))


def _opened(where: str, path: str) -> Any:
    """An HDF5 file, opened for reading."""
    import h5py

    if not os.path.exists(path):
        raise FileNotFoundError(f"{where}: there is no file {path}.")
    if not os.path.isfile(path):
        raise OSError(f"{where}: wanted an HDF5 file, got {path}, which is no plain file.")
    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise OSError(
            f"{where}: wanted an HDF5 file, but {path} can not be read as one: {error}. It is damaged, or of "
            "another kind."
        ) from error


def _dataset(where: str, file: Any, name: str) -> Any:
    """A data set of an open file."""
    if name not in file:
        raise KeyError(f"{where}: {file.filename} has no data set {name!r}; it has {', '.join(file)}.")
    found = file[name]
    if not hasattr(found, "shape"):
        raise ValueError(
            f"{where}: {name!r} in {file.filename} must be a data set, got a group of {', '.join(found)}."
        )
    return found


def save_array(array: Any, name: str | os.PathLike[str]) -> None:
    """Writes an array as the data set ``data`` of an HDF5 file, which appears when it is complete."""
    with new_hdf5_file(name) as file:
        file["data"] = np.asarray(array)


def load_array(name: str | os.PathLike[str]) -> np.ndarray:
    """The array in a file of `save_array`, or of that function in Keras 1.

    Raises:
        FileNotFoundError, OSError, KeyError, ValueError: see `HDF5Matrix`.
    """
    with _opened("load_array", os.fspath(name)) as file:
        return np.asarray(_dataset("load_array", file, "data")[()])
