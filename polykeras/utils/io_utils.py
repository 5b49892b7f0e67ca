"""Files: data that stay in one, writing so that a crash leaves the old one whole, asking before."""

from __future__ import annotations

import contextlib
import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .hdf5_matrix import HDF5Matrix as HDF5Matrix
from .hdf5_matrix import load_array as load_array
from .hdf5_matrix import save_array as save_array


def __getattr__(name: str) -> Any:
    """``h5py`` and ``tables``: the packages of these names, None where one is not installed."""
    if name not in ("h5py", "tables"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def ask_to_proceed_with_overwrite(filepath: str | os.PathLike[str]) -> bool:
    """Asks on the terminal whether a file may be overwritten, until the answer is y or n.

    Raises:
        FileExistsError: if there is no terminal to ask on.
    """
    answer = ""
    while answer not in ("y", "n"):
        try:
            answer = input(f"{filepath} exists. Overwrite it? [y/n] ").strip().lower()
        except EOFError:
            raise FileExistsError(
                f"{filepath} exists, and there is no terminal to ask whether it may be overwritten. Pass "
                "overwrite=True, or another path."
            ) from None
    if answer == "n":
        print(f"{filepath} was left as it is.")
    return answer == "y"


@contextlib.contextmanager
def replacing(filepath: str | os.PathLike[str]) -> Iterator[Path]:
    """A context that gives the path of a new file beside `filepath`, and puts it in its place at the end.

    The new file is brought to the disk first. If the body fails it is removed and `filepath` stays as it was.
    A symbolic link is followed; the rights of an existing file are kept.
    """
    target = Path(os.path.realpath(filepath))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    new = Path(name)
    try:
        new.chmod(_rights(target))
        yield new
        _to_disk(new, os.O_RDWR)
        os.replace(new, target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # elsewhere a folder can not be opened
        _to_disk(target.parent, os.O_RDONLY)


def _rights(target: Path) -> int:
    """The rights of an existing file, or those that a new one gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _to_disk(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
