"""Writing files: whatever goes wrong, the old file stays as it was, nothing is left beside it, and the error
tells what to do."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import socket
import stat
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras.callbacks import CSVLogger, LambdaCallback, ModelCheckpoint
from polykeras.layers import BatchNormalization, Dense
from polykeras.models import Sequential, load_model
from polykeras.utils.io_utils import load_array, save_array
from polykeras.utils.new_files import replacing

resource = pytest.importorskip("resource", reason="limits, rights and links of POSIX")

X = np.random.RandomState(0).uniform(-1, 1, (8, 30)).astype("float32")
Y = np.zeros((8, 1), "float32")


def checkpoint(model: Any, path: Path, **options: Any) -> None:
    callback = ModelCheckpoint(path, **options)
    callback.set_model(model)
    callback.on_epoch_end(0, {"val_loss": 1.0})


WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "save": lambda model, path: model.save(path),
    "save_weights": lambda model, path: model.save_weights(path),
    "checkpoint": checkpoint,
    "checkpoint_weights": lambda model, path: checkpoint(model, path, save_weights_only=True),
    "save_array": lambda model, path: save_array(model.get_weights()[0], path),
}


@pytest.fixture(params=WRITERS)
def write(request: pytest.FixtureRequest, K: Any) -> Callable[[Path], None]:
    """One of the ways of writing a file, of about 40 kB (save_array: 27 kB)."""
    np.random.seed(3)
    model = Sequential([Dense(210, input_dim=30), BatchNormalization(), Dense(1)])
    return lambda path: WRITERS[request.param](model, path)


@contextlib.contextmanager
def refused(path: Path, error: type[OSError], message: str, number: int | None = None) -> Iterator[None]:
    """Within, writing must fail by an error that names the path, and nothing in its folder may change."""
    before = contents(path.parent)
    with pytest.raises(error, match=message) as caught:
        yield
    assert str(path) in str(caught.value)
    assert number is None or caught.value.errno == number
    assert contents(path.parent) == before


def contents(folder: Path) -> dict[str, Any]:
    """What lies in a folder: the bytes of files, and what would tell that one was replaced."""
    if not folder.is_dir():
        return {}
    found = {}
    for path in folder.iterdir():
        status = path.lstat()
        data = path.read_bytes() if stat.S_ISREG(status.st_mode) else None
        found[path.name] = status.st_ino, status.st_mode, data
    return found


@contextlib.contextmanager
def room_for(size: int) -> Iterator[None]:
    """Within, no file can grow beyond so many bytes: writing truly fails, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("size", [0, 900, 20_000])
@pytest.mark.parametrize("old", [None, b"old"])
def test_no_room(write: Any, tmp_path: Path, size: int, old: bytes | None) -> None:
    """Nothing is written, or the first bytes of the metadata, or part of the data."""
    path = tmp_path / "model.h5"
    if old:
        path.write_bytes(old)
    with refused(path, OSError, "could not be written: .*as it was. Make room", errno.EFBIG), room_for(size):
        write(path)
    write(path)  # with room again
    assert path.stat().st_size > 20_000 and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "message"),
    [(errno.ENOSPC, "No space left.*Make room"), (errno.EIO, "[Ii]nput/output error.*as it was")],
)
def test_the_disk_fails_at_the_end(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, message: str
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "model.h5"
    path.write_bytes(b"old")
    with refused(path, OSError, message, number), monkeypatch.context() as patch:
        patch.setattr(os, call, fails)
        write(path)


def test_an_interruption(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "model.h5"
    path.write_bytes(b"old")
    before = contents(tmp_path)
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(path)
    assert contents(tmp_path) == before


def test_no_such_folder(write: Any, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "model.h5"
    with refused(path, FileNotFoundError, "there is no folder .*nowhere .*Make it first", errno.ENOENT):
        write(path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["model.h5", "deeper/model.h5"])
def test_below_a_file(write: Any, tmp_path: Path, below: str) -> None:
    (tmp_path / "plain").write_bytes(b"old")
    path = tmp_path / "plain" / below
    with refused(path, NotADirectoryError, "lies in a file", errno.ENOTDIR):
        write(path)
    assert list(contents(tmp_path)) == ["plain"]


def test_a_folder_that_can_not_be_written(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"old")
    with refused(path, PermissionError, "no file can be written in the folder.*Choose another", errno.EACCES):
        if os.geteuid():
            tmp_path.chmod(0o500)
        else:  # to whom modes mean nothing
            monkeypatch.setattr(os, "open", _denied(os.open))
        try:
            write(path)
        finally:
            monkeypatch.undo()
            tmp_path.chmod(0o700)


def _denied(opener: Any) -> Any:
    def opened(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return int(opener(path, flags, *args, **kwargs))

    return opened


def test_a_file_that_is_write_protected(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"old")
    path.chmod(0o444)
    if not os.geteuid():
        monkeypatch.setattr(os, "access", lambda path, mode, **options: mode != os.W_OK)
    with refused(path, PermissionError, "write-protected. Choose another path, or allow", errno.EACCES):
        write(path)


def test_a_folder_in_its_place(write: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.mkdir()
    with refused(path, IsADirectoryError, "wanted the path of a file, got that of a folder", errno.EISDIR):
        write(path)


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_something_else_in_its_place(write: Any, tmp_path: Path, kind: str) -> None:
    """Nothing but plain files is replaced: who writes to a device as root must not lose it."""
    path = tmp_path / "s"
    with contextlib.ExitStack() as stack:
        if kind == "pipe":
            os.mkfifo(path)
        else:
            place = stack.enter_context(socket.socket(socket.AF_UNIX))
            with contextlib.chdir(tmp_path):  # a long path does not fit a socket
                place.bind("s")
        with refused(path, OSError, "wanted the path of a plain file, got that of a device", errno.EINVAL):
            write(path)


def test_a_link_stays(write: Any, tmp_path: Path) -> None:
    """The file that it leads to is replaced, in the folder where that lies."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "real.h5").write_bytes(b"old")
    (tmp_path / "first.h5").symlink_to(Path("elsewhere", "real.h5"))
    (tmp_path / "link.h5").symlink_to("first.h5")
    write(tmp_path / "link.h5")
    assert os.readlink(tmp_path / "link.h5") == "first.h5"
    assert os.readlink(tmp_path / "first.h5") == "elsewhere/real.h5"
    assert (elsewhere / "real.h5").stat().st_size > 20_000
    assert os.listdir(elsewhere) == ["real.h5"] and len(os.listdir(tmp_path)) == 3


def test_links_that_lead_nowhere(write: Any, tmp_path: Path) -> None:
    link, loop, lost = tmp_path / "link.h5", tmp_path / "loop.h5", tmp_path / "lost.h5"
    link.symlink_to("new.h5")
    write(link)
    assert link.is_symlink() and (tmp_path / "new.h5").is_file()
    loop.symlink_to("loop.h5")
    with refused(loop, OSError, "symbolic link to itself. Remove it", errno.ELOOP):
        write(loop)
    lost.symlink_to(Path("nowhere", "a.h5"))
    with refused(lost, FileNotFoundError, "there is no folder .*nowhere", errno.ENOENT):
        write(lost)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_rights_are_kept(write: Any, tmp_path: Path, mode: int) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"old")
    path.chmod(mode)
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode and path.stat().st_size > 20_000


def test_rights_of_a_new_file(write: Any, tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write(tmp_path / "model.h5")
    assert (tmp_path / "model.h5").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    path.chmod(0o640)
    with replacing(path) as new:
        new.write_bytes(b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 2345, 0o640)
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else for a while")
@pytest.mark.parametrize("kind", ["barred", "folder", "file"])
def test_rights_of_somebody_else(kind: str) -> None:
    """What the tests for all users can only pretend, if root runs them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "folder"
        folder.mkdir()
        path = folder / "a"
        path.write_bytes(b"old")
        Path(name).chmod(0o700 if kind == "barred" else 0o777)
        folder.chmod(0o755 if kind == "folder" else 0o777)
        path.chmod(0o444 if kind == "file" else 0o666)
        message = {"barred": "is barred", "folder": "no file can be written in", "file": "write-protected"}
        with refused(path, PermissionError, message[kind], errno.EACCES):
            os.seteuid(65534)
            try:
                with replacing(path) as new:
                    new.write_bytes(b"new")
            finally:
                os.seteuid(0)


def test_systems_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File systems of other systems refuse to change rights, or to bring a folder to the disk."""

    def not_permitted(self: Any, *args: Any) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    flush = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        flush(handle)

    monkeypatch.setattr(Path, "chmod", not_permitted)
    monkeypatch.setattr(os, "fsync", fsync)
    with replacing(tmp_path / "a") as new:
        new.write_bytes(b"new")
    assert (tmp_path / "a").read_bytes() == b"new" and os.listdir(tmp_path) == ["a"]


def test_an_error_of_the_program_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    before = contents(tmp_path)
    for error in (ValueError("mine"), OSError("mine")):  # the latter without a number
        with pytest.raises(type(error), match=re.escape(str(error))) as caught, replacing(path) as new:
            new.write_bytes(b"half")
            raise error
        assert caught.value is error and contents(tmp_path) == before


def test_what_killed_processes_left_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a process that still writes stays, and that for other files."""
    path = tmp_path / "a"
    with replacing(path) as new:
        name = new.name
        nested = tmp_path / name.replace(f"-{os.getpid()}-", "-1-")  # process 1 is never gone
        others = [nested, tmp_path / name.replace(".a.", ".b."), tmp_path / "a.part"]
        gone = tmp_path / name.replace(f"-{os.getpid()}-", "-999999999-")
        for each in (*others, gone):
            each.touch()
        with replacing(path) as second:
            assert new.exists() and second != new and not gone.exists()
    assert {each.name for each in tmp_path.iterdir()} == {"a", *(each.name for each in others)}


def test_a_folder_that_is_missing_is_told_before_training(K: Any, tmp_path: Path) -> None:
    """By a warning: another callback may make it."""
    model = Sequential([Dense(1, input_dim=30)])
    model.compile("sgd", "mse")
    saver = ModelCheckpoint(tmp_path / "nowhere" / "{epoch}.h5")
    maker = LambdaCallback(on_epoch_end=lambda epoch, logs: (tmp_path / "nowhere").mkdir(exist_ok=True))
    with pytest.warns(RuntimeWarning, match="there is no folder .*nowhere .*Make it"):
        model.fit(X, Y, nb_epoch=2, verbose=0, callbacks=[maker, saver])
    assert sorted(os.listdir(tmp_path / "nowhere")) == ["0.h5", "1.h5"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in (tmp_path / "{epoch}.h5", tmp_path / "{epoch}" / "a.h5", "a.h5"):
            ModelCheckpoint(path).on_train_begin()


def test_best_is_what_was_saved(K: Any, tmp_path: Path) -> None:
    """A checkpoint that could not be written is not the best one: the next as good is written."""
    model = Sequential([Dense(1, input_dim=30)])
    model.compile("sgd", "mse")
    callback = ModelCheckpoint(tmp_path / "model.h5", save_best_only=True)
    callback.set_model(model)
    with pytest.raises(OSError, match="Make room"), room_for(0):
        callback.on_epoch_end(0, {"val_loss": 1.0})
    assert not list(tmp_path.iterdir())
    callback.on_epoch_end(1, {"val_loss": 1.0})
    np.testing.assert_array_equal(load_model(tmp_path / "model.h5").predict(X), model.predict(X))


def test_an_array_comes_back(tmp_path: Path) -> None:
    save_array(X, tmp_path / "a.h5")
    np.testing.assert_array_equal(load_array(tmp_path / "a.h5"), X)


# The log is written in place, row by row: a reader must see it grow.


@pytest.mark.parametrize("append", [False, True])
def test_log_without_room(tmp_path: Path, append: bool) -> None:
    """The file ends with the last full row; what other programs have in it stays."""
    path = tmp_path / "log.csv"
    path.write_text("epoch,acc,loss\n0,0.1,3.0\n")
    start = path.read_text() if append else "epoch,acc,loss\n"
    logger = CSVLogger(path, append=append)
    logger.on_train_begin()
    logger.on_epoch_end(1, {"loss": 2.0, "acc": 0.2})
    message, room = "could not be written: .*as it was. Make room", path.stat().st_size + 5
    with refused(path, OSError, message, errno.EFBIG), room_for(room):
        logger.on_epoch_end(2, {"loss": 1.0, "acc": 0.3})
    logger.on_train_end()
    assert path.read_text() == f"{start}1,0.2,2.0\n"


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("nowhere/log.csv", FileNotFoundError, "No such file"),
        ("folder", IsADirectoryError, "directory"),
        ("plain/log.csv", NotADirectoryError, "[Nn]ot a directory"),
    ],
)
def test_log_that_can_not_be_opened(
    K: Any, tmp_path: Path, path: str, error: type[OSError], message: str
) -> None:
    """Told before anything is trained."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").touch()
    model = Sequential([Dense(1, input_dim=30)])
    model.compile("sgd", "mse")
    weights = model.get_weights()
    with refused(tmp_path / path, error, f"CSVLogger: wanted to write .*{message}.*Give the path of a file"):
        model.fit(X, Y, nb_epoch=1, verbose=0, callbacks=[CSVLogger(tmp_path / path)])
    np.testing.assert_array_equal(weights[0], model.get_weights()[0])
