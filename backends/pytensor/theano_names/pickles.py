"""`theano.misc.pkl_utils`: objects to and from files, arrays in files of their own within a zip archive."""

from __future__ import annotations

import pickle
import zipfile
from typing import Any

import numpy as np
from pytensor.misc.pkl_utils import StripPickler

_PICKLE = "pkl"


class _Pickler(pickle.Pickler):
    """Puts arrays of numbers into the archive, and leaves their names."""

    def __init__(self, stream: Any, archive: zipfile.ZipFile, protocol: int) -> None:
        super().__init__(stream, protocol)
        self.archive, self.count, self.kept = archive, 0, []  # type: ignore[var-annotated]

    def persistent_id(self, obj: Any) -> Any:
        if type(obj) is not np.ndarray or obj.dtype.hasobject:
            return None
        name = f"array_{self.count}"
        self.count += 1
        self.kept.append((name, obj))
        return name


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: Any, archive: zipfile.ZipFile, **options: Any) -> None:
        super().__init__(stream, **options)
        self.archive = archive

    def persistent_load(self, pid: Any) -> Any:
        with self.archive.open(str(pid)) as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)


def dump(
    obj: Any, file_handler: Any, protocol: int = pickle.HIGHEST_PROTOCOL, persistent_id: Any = None
) -> None:
    """Writes an object to an open file.

    Args:
        obj: the object.
        file_handler: a file open for writing bytes.
        protocol: that of pickle.
        persistent_id: has no effect.
    """
    with zipfile.ZipFile(file_handler, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        with archive.open(_PICKLE, "w") as stream:
            pickler = _Pickler(stream, archive, protocol)
            pickler.dump(obj)
        for name, array in pickler.kept:
            with archive.open(name, "w") as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)


def load(f: Any, persistent_load: Any = None, **options: Any) -> Any:
    """Reads what `dump` has written. As with any pickle, only from files that are trusted."""
    with zipfile.ZipFile(f) as archive, archive.open(_PICKLE) as stream:
        return _Unpickler(stream, archive, **options).load()


NAMES: dict[str, Any] = {"dump": dump, "load": load, "StripPickler": StripPickler}
