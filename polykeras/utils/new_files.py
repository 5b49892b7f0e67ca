"""Writing files so that a crash, a full disk or a kill leaves the old one whole."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import os
import platform
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DAY = 86_400  # seconds
_LONGEST_STEM = 100
_LARGE = 2**16  # bytes of a write that is data rather than metadata
_NO_ROOM = {getattr(errno, name, None) for name in ("ENOSPC", "EDQUOT", "EFBIG")}

# The names of the new files that this process is writing.
_being_written: set[str] = set()


@contextlib.contextmanager
def replacing(filepath: str | os.PathLike[str]) -> Iterator[Path]:
    """A context that gives the path of a new file beside `filepath`, and puts it in its place at the end.

    The new file is brought to the disk first. If the body fails it is removed and `filepath` stays as it was.
    What a process that was killed has left of such a file is removed by the next one that writes the same
    `filepath`.

    A symbolic link stays, and the file that it leads to is replaced. The new file has the rights of the old
    one, and its owner and group if the process may give it away. Other hard links keep the old file.

    Raises:
        FileNotFoundError, NotADirectoryError: if there is no such folder.
        IsADirectoryError: if `filepath` is a folder.
        PermissionError: if the file is write-protected, or none can be made in the folder.
        OSError: if it is a device or the like, or can not be written.
    """
    target = Path(os.path.realpath(filepath))
    _check_target(filepath, target)
    _remove_leftovers(target)
    new = _new_file(filepath, target)
    _being_written.add(new.name)
    try:
        _set_rights(new, target)
        yield new
        _to_disk(new, os.O_RDWR)
        os.replace(new, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, could_not_write(filepath, error)) from error
        raise
    finally:
        _being_written.discard(new.name)
    if os.name == "posix":  # elsewhere a folder can not be opened
        # Whether or not the folder has come to the disk, after a crash it has the whole old file or the new.
        with contextlib.suppress(OSError):
            _to_disk(target.parent, os.O_RDONLY)


@contextlib.contextmanager
def new_hdf5_file(filepath: str | os.PathLike[str]) -> Iterator[Any]:
    """A context that gives an h5py file to write into. It appears under its name when it is complete.

    Raises:
        OSError: as `replacing`; what was there before is left as it was.
    """
    import h5py

    with replacing(filepath) as path, contextlib.closing(SteadyFile(path)) as output:
        with h5py.File(output, "w") as file:
            yield file
        output.check()


def could_not_write(filepath: str | os.PathLike[str], error: OSError) -> str:
    """What to tell of an error that came while a file was written, and left what was there before."""
    advice = " Make room, or choose another folder." if error.errno in _NO_ROOM else ""
    return (
        f"{os.fspath(filepath)} could not be written: {error.strerror}. What was there before is as it "
        f"was.{advice}"
    )


def _check_target(filepath: str | os.PathLike[str], target: Path) -> None:
    where, folder = os.fspath(filepath), target.parent
    if os.path.islink(target):  # else it would have been followed
        raise OSError(
            errno.ELOOP,
            f"{where}: wanted the path of a file, got a symbolic link to itself. Remove it first.",
        )
    try:
        there = stat.S_ISDIR(folder.stat().st_mode)
    except PermissionError as error:
        raise PermissionError(
            error.errno, f"{where}: the way to {folder} is barred ({error.strerror}). Choose another folder."
        ) from error
    except OSError:
        there = False
    if not there:
        if any(each.is_file() for each in (folder, *folder.parents)):
            raise NotADirectoryError(
                errno.ENOTDIR, f"{where}: wanted a file in a folder, but {folder} is or lies in a file."
            )
        raise FileNotFoundError(
            errno.ENOENT, f"{where}: there is no folder {folder} to write it in. Make it first."
        )
    try:
        mode = target.stat().st_mode
    except OSError:
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(
            errno.EISDIR,
            f"{where}: wanted the path of a file, got that of a folder. Add the name of a file to it.",
        )
    if not stat.S_ISREG(mode):
        raise OSError(
            errno.EINVAL, f"{where}: wanted the path of a plain file, got that of a device, pipe or socket."
        )
    if not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(
            errno.EACCES,
            f"{where}: the file is write-protected. Choose another path, or allow writing it.",
        )


def _new_file(filepath: str | os.PathLike[str], target: Path) -> Path:
    prefix = f".{_stem(target)}.{_host()}-{os.getpid()}-"
    try:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=target.parent)
    except OSError as error:
        raise OSError(
            error.errno,
            f"{os.fspath(filepath)}: no file can be written in the folder {target.parent} "
            f"({error.strerror}). Choose another folder.",
        ) from error
    os.close(handle)
    return Path(name)


def _stem(target: Path) -> str:
    """What the names of new files for `target` begin with; names of files are not longer than 255 bytes."""
    if len(os.fsencode(target.name)) <= _LONGEST_STEM:
        return target.name
    return hashlib.sha256(os.fsencode(target.name)).hexdigest()


@functools.cache
def _host() -> str:
    """What tells this machine, since it was started, from others that see the same folder."""
    parts = [platform.node()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
        parts.append(os.readlink("/proc/self/ns/pid"))  # a container has process numbers of its own
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _remove_leftovers(target: Path) -> None:
    """Removes the new files for `target` whose writers are gone."""
    pattern = re.compile(rf"\.{re.escape(_stem(target))}\.([0-9a-f]{{12}})-([0-9]+)-[^.]*\.part")
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:
        for entry in entries:
            found = pattern.fullmatch(entry.name)
            if found and entry.name not in _being_written and _is_gone(entry, found[1], int(found[2])):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_gone(entry: os.DirEntry[str], host: str, process: int) -> bool:
    """Whether the process that wrote a new file has ended; one of another machine, if a day has passed."""
    if host != _host() or os.name != "posix":
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _DAY
    if process == os.getpid():  # of an earlier process with the same number
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _set_rights(new: Path, target: Path) -> None:
    """Gives a new file the rights and the owner of an existing one, or the rights that new files get."""
    mask = os.umask(0)
    os.umask(mask)
    rights = 0o666 & ~mask
    with contextlib.suppress(FileNotFoundError):
        old, own = target.stat(), new.stat()
        rights = old.st_mode & 0o777
        if os.name == "posix" and (old.st_uid, old.st_gid) != (own.st_uid, own.st_gid):
            with contextlib.suppress(OSError):
                os.chown(new, old.st_uid, old.st_gid)
    with contextlib.suppress(OSError):  # without, only the owner may read it
        new.chmod(rights)


def _to_disk(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class SteadyFile:
    """A file for the HDF5 library to write to, which never hears that a write has failed.

    After an error the library floods the terminal, keeps the file open and may end the process. So the first
    error is kept for `check`, and what the library writes from then on is thrown away, but for the small
    pieces that it may want to read again.

    Args:
        path: the file, which exists.

    Attributes:
        error: the first error, or None.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.error: OSError | None = None
        self._file = open(path, "r+b", buffering=0)  # noqa: SIM115 - closed by `close`
        self._position = 0
        self._size = 0
        self._kept: list[tuple[int, bytes]] = []

    def check(self) -> None:
        """Raises the error of the first write that has failed, if one has."""
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self._file.close()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        if self.error is None:
            try:
                self._write_all(view)
            except OSError as error:
                self.error = error
        if self.error is not None and len(view) < _LARGE:
            self._kept.append((self._position, bytes(view)))
        self._position += len(view)
        self._size = max(self._size, self._position)
        return len(view)

    def _write_all(self, view: memoryview) -> None:
        self._file.seek(self._position)
        while view:
            view = view[self._file.write(view) :]

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        self._file.seek(self._position)
        got = self._file.readinto(view) or 0
        view[got:] = bytes(len(view) - got)
        for start, data in self._kept:
            low = max(start, self._position)
            high = min(start + len(data), self._position + len(view))
            if low < high:
                view[low - self._position : high - self._position] = data[low - start : high - start]
        self._position += len(view)
        return len(view)

    def read(self, size: int = -1) -> bytes:
        data = bytearray(self._size - self._position if size < 0 else size)
        self.readinto(data)
        return bytes(data)

    def truncate(self, size: int | None = None) -> int:
        self._size = self._position if size is None else size
        if self.error is None:
            try:
                self._file.truncate(self._size)
            except OSError as error:
                self.error = error
        return self._size

    def flush(self) -> None:
        """Does nothing: `replacing` brings the whole file to the disk."""
