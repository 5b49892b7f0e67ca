"""Files: data that stay in one, writing so that a crash leaves the old one whole, asking before."""

from __future__ import annotations

import importlib
import os
from typing import Any

from .hdf5_matrix import HDF5Matrix as HDF5Matrix
from .hdf5_matrix import load_array as load_array
from .hdf5_matrix import save_array as save_array
from .new_files import replacing as replacing
from .output import say


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
        except (EOFError, OSError, RuntimeError, ValueError):  # at its end, none at all, or closed
            raise FileExistsError(
                f"{filepath} exists, and there is no terminal to ask whether it may be overwritten. Pass "
                "overwrite=True, or another path."
            ) from None
    if answer == "n":
        say(f"{filepath} was left as it is.")
    return answer == "y"
