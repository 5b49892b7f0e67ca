"""HDF5 files from anywhere, read with care: names never lead out of their group, sizes are known before data
is read, and nothing but numbers is.

Files are read by `polykeras.hdf5`. A group that a program has opened with h5py is read by that, with the same
checks as far as the library tells what is to be checked.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import hdf5

# An HDF5 attribute holds at most 64 KiB, its own description included.
ATTRIBUTE_BYTES = 64512
_MOST_NAMES = 10**5


@contextmanager
def open_file(path: str | os.PathLike[str]) -> Iterator[hdf5.File]:
    """A context that gives an HDF5 file opened for reading.

    Raises:
        FileNotFoundError: if there is no such file.
        OSError: if it is no HDF5 file.
    """
    where = os.fspath(path)
    if not os.path.exists(where):
        raise FileNotFoundError(f"{where}: there is no such file. The current folder is {os.getcwd()}.")
    if not stat.S_ISREG(os.stat(where).st_mode):
        raise OSError(f"{where}: wanted an HDF5 file, got something that is no plain file.")
    try:
        file = hdf5.File(where)
    except OSError as error:
        raise OSError(f"{where}: wanted an HDF5 file, but it can not be read as one: {error}") from error
    with file:
        yield file


def text(value: Any) -> str:
    """A text of an HDF5 file, which comes as bytes or str.

    Raises:
        TypeError: if it is neither.
    """
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} {value!r}")


def read_names(group: Any, attribute: str) -> list[str] | None:
    """The texts in an attribute, or in its pieces ``attribute0``, ``attribute1``, ...; None if there is none.

    Raises:
        ValueError: if it holds something else than texts. An empty array of any type is an empty list.
    """
    if attribute in group.attrs:
        return _texts(group, attribute)
    if f"{attribute}0" not in group.attrs:
        return None
    names: list[str] = []
    piece = 0
    while f"{attribute}{piece}" in group.attrs and len(names) <= _MOST_NAMES:
        names += _texts(group, f"{attribute}{piece}")
        piece += 1
    return names


def _texts(group: Any, attribute: str) -> list[str]:
    try:
        values = np.asarray(group.attrs[attribute])
        if values.size == 0:
            return []
        if values.ndim != 1 or values.dtype.kind not in "SUO" or values.size > _MOST_NAMES:
            raise TypeError(f"an array of the shape {values.shape} and the dtype {values.dtype}")
        return [text(value) for value in values]
    except (TypeError, OSError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{_place(group)}: the attribute {attribute!r} must hold a list of texts, got {error}."
        ) from error


def write_names(group: Any, attribute: str, names: Sequence[str]) -> None:
    """Writes texts as an attribute, in pieces if they are too many for one.

    Raises:
        ValueError: if a single name is longer than an attribute may be.
    """
    data = [name.encode("utf-8") for name in names]
    if not data:
        group.attrs[attribute] = np.zeros((0,))
        return
    longest = max(map(len, data))
    if longest > ATTRIBUTE_BYTES:
        raise ValueError(
            f"{_place(group)}: a name may have {ATTRIBUTE_BYTES} bytes at most in an HDF5 file, got one of "
            f"{longest}. Give the layer a shorter name."
        )
    count = ATTRIBUTE_BYTES // max(longest, 1)
    if len(data) <= count:
        group.attrs[attribute] = np.array(data, "S")
        return
    for piece, start in enumerate(range(0, len(data), count)):
        group.attrs[f"{attribute}{piece}"] = np.array(data[start : start + count], "S")


def check_name(name: str) -> list[str]:
    """The parts of a name, which may lie in sub-groups (``'scope/W:0'``).

    Raises:
        ValueError: if it could lead elsewhere than below its group.
    """
    parts = name.split("/")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(
            f"{name!r} can not be a name in an HDF5 file: wanted letters that UTF-8 has, got half of a pair "
            "of surrogates."
        ) from None
    if "\0" in name or any(part in ("", ".", "..") for part in parts):
        raise ValueError(
            f"{name!r} can not be a name in an HDF5 file: wanted parts that are not empty and not '.' or "
            "'..', with '/' between them."
        )
    return parts


def has_member(group: Any, name: str) -> bool:
    """Whether a group has a member of this name, be it a link that leads nowhere; nothing is opened."""
    return name in group if isinstance(group, hdf5.Group) else group.id.links.exists(name.encode("utf-8"))


def _is_link(group: Any, name: str) -> bool:
    """Whether a member is a link to a name or to another file, not to an object of the file."""
    if isinstance(group, hdf5.Group):
        return group.links[name].address is None
    import h5py

    return group.id.links.get_info(name.encode("utf-8")).type != h5py.h5l.TYPE_HARD


def _is_group(found: Any) -> bool:
    return isinstance(found, hdf5.Group) or hasattr(found, "create_group")


def _member(group: Any, name: str) -> Any:
    found = group
    for part in check_name(name):
        if not _is_group(found) or not has_member(found, part):
            raise ValueError(f"{_place(group)}: there is no {name!r} in it. The file is damaged.")
        if _is_link(found, part):
            raise ValueError(
                f"{_place(group)}: {name!r} is a link to another place or file. Links are not followed; copy "
                "the data into the file."
            )
        found = found[part]
    return found


def read_group(group: Any, name: str) -> Any:
    """The group of this name in a group.

    Raises:
        ValueError: if there is none, or the name or a link in it leads elsewhere.
    """
    found = _member(group, name)
    if not _is_group(found):
        raise ValueError(f"{_place(group)}: {name!r} must be a group. The file is damaged.")
    return found


def read_dataset(group: Any, name: str) -> Any:
    """The data set of this name in a group; its data is not read yet.

    Raises:
        ValueError: if there is none, it holds other than numbers, or its data lies elsewhere.
        OSError: if its data is not there, or is far more than the file can be meant to hold.
    """
    found = _member(group, name)
    if _is_group(found) or not hasattr(found, "shape"):
        raise ValueError(f"{_place(group)}: {name!r} must be a data set. The file is damaged.")
    where = _place(found)
    if found.elsewhere if isinstance(found, hdf5.Dataset) else found.is_virtual or found.external:
        raise ValueError(f"{where}: its data lies in another file, which is not read. Copy it into the file.")
    if found.shape is None or found.dtype.kind not in "biuf":
        raise ValueError(f"{where}: wanted numbers, got the dtype {found.dtype} and the shape {found.shape}.")
    if isinstance(found, hdf5.Dataset):
        found.check()
    return found


def object_key(item: Any) -> Any:
    """What tells a group or data set from others of its file, whatever the names that lead to it."""
    return item.address if isinstance(item, (hdf5.Group, hdf5.Dataset)) else item.id


def read_values(dataset: Any) -> np.ndarray:
    """The data of a data set, in the byte order of the machine.

    Raises:
        OSError: if it can not be read.
    """
    try:
        values = np.asarray(dataset[()])
    except OSError as error:
        raise OSError(f"{_place(dataset)}: its data can not be read: {error}") from error
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _place(item: Any) -> str:
    return f"{item.file.filename}:{item.name}"
