"""Fetches files into the cache folder."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname
from urllib.request import urlretrieve as urlretrieve

from .. import config
from .output import say
from .progbar import Progbar as Progbar

_ALGORITHMS = {32: "md5", 64: "sha256"}
_RETRIES = 3
_TIMEOUT_SECONDS = 30
_BLOCK_BYTES = 2**16


def get_file(
    fname: str,
    origin: str,
    untar: bool = False,
    md5_hash: str | None = None,
    cache_subdir: str = "datasets",
) -> str:
    """Gives the path of a file, fetching it first if it is not in the cache.

    The file appears under its name only when it is complete and its checksum is right. A broken connection
    is tried again a few times.

    Args:
        fname: name of the file in the cache (with `untar`: of what the archive unpacks to).
        origin: URL: http, https, ftp or file.
        untar: unpack the file, a tar archive. Only plain files and folders below the cache folder are
            unpacked; an archive with links, devices or paths that lead out of it is refused.
        md5_hash: checksum in hexadecimal digits, MD5 (32) or SHA-256 (64). A file in the cache that does not
            have it is fetched anew.
        cache_subdir: folder below ``$KERAS_HOME`` (``~/.keras``).

    Returns:
        Path of the file, with `untar` that of the unpacked folder.

    Raises:
        ValueError: if `md5_hash` is no checksum, the fetched file does not have it, or the archive is
            refused.
        OSError: if the file cannot be fetched; the message names the URL and where to put the file by hand.
    """
    known_hash = _known_hash(md5_hash)
    folder = _cache_folder(cache_subdir)
    target = folder / fname
    file = target.with_name(f"{target.name}.tar.gz") if untar else target
    if not file.exists() or (md5_hash is not None and not validate_file(file, md5_hash)):
        _fetch(origin, file, known_hash)
    if untar and not target.exists():
        _unpack(file, folder)
    return str(target)


def validate_file(fpath: str | os.PathLike[str], md5_hash: str) -> bool:
    """Whether a file has a checksum.

    Args:
        fpath: path of the file.
        md5_hash: MD5 (32 hexadecimal digits) or SHA-256 (64).

    Raises:
        ValueError: if `md5_hash` is neither.
    """
    algorithm, digest = str(_known_hash(md5_hash)).split(":")
    with open(fpath, "rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest() == digest


def _known_hash(md5_hash: str | None) -> str | None:
    if md5_hash is None:
        return None
    if not isinstance(md5_hash, str) or not re.fullmatch("[0-9a-fA-F]{32}|[0-9a-fA-F]{64}", md5_hash):
        raise ValueError(
            f"md5_hash must be 32 (MD5) or 64 (SHA-256) hexadecimal digits, got {md5_hash!r}. "
            "Compute it with md5sum or sha256sum."
        )
    return f"{_ALGORITHMS[len(md5_hash)]}:{md5_hash.lower()}"


def _cache_folder(cache_subdir: str) -> Path:
    """The cache folder, made if missing; where it cannot be written to, one below the temporary folder."""
    home = config.keras_home()
    try:
        folder = home / cache_subdir
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError as error:
        reason = str(error)
    else:
        reason = f"{folder} is not writable"
    spare = Path(tempfile.gettempdir()) / f"keras-{getpass.getuser()}"
    spare.mkdir(mode=0o700, exist_ok=True)
    if spare.is_symlink() or (hasattr(os, "getuid") and spare.stat().st_uid != os.getuid()):
        raise OSError(
            f"No folder for the cache: {reason}, and {spare} belongs to another user. Set KERAS_HOME."
        )
    folder = spare / cache_subdir
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _FetchProgress:
    """What pooch reports to, shown by a `Progbar`."""

    def __init__(self) -> None:
        self.total: int | None = None
        self._bar: Progbar | None = None

    def update(self, n: int) -> None:
        if self._bar is None:
            self._bar = Progbar(self.total)
        seen = self._bar.seen_so_far + n  # pooch counts a part of a block as a whole one
        self._bar.update(seen if self.total is None else min(seen, self.total))

    def reset(self) -> None:
        """pooch completes the count once a download is through; `update` has counted it all."""
        self.close()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None


def _copy_local(url: str, output_file: Any, pooch: Any) -> None:
    """A downloader for pooch: copies what a file URL names."""
    shutil.copyfile(url2pathname(urlsplit(url).path), output_file)


def _fetch(origin: str, file: Path, known_hash: str | None) -> None:
    import pooch
    from requests import RequestException

    scheme = urlsplit(origin).scheme
    say(f"Downloading data from {origin}")
    downloader: Any = _copy_local
    if scheme in ("http", "https"):
        downloader = pooch.HTTPDownloader(
            progressbar=_FetchProgress(), chunk_size=_BLOCK_BYTES, timeout=_TIMEOUT_SECONDS
        )
    elif scheme != "file":
        downloader = pooch.core.choose_downloader(origin)
    pooch.get_logger().setLevel("WARNING")
    store = pooch.create(
        path=file.parent,
        base_url="",
        registry={file.name: known_hash},
        urls={file.name: origin},
        retry_if_failed=_RETRIES,
    )
    try:
        store.fetch(file.name, downloader=downloader)
    except (RequestException, OSError) as error:
        raise OSError(
            f"URL fetch failure on {origin}: {error}. Without a network, fetch the file elsewhere and put it "
            f"at {file}."
        ) from error
    except ValueError as error:
        raise ValueError(
            f"{origin}: wanted a file with the checksum {known_hash}, but {error} Correct the checksum, or "
            f"put the right file at {file}."
        ) from error


def _members(archive: tarfile.TarFile, file: Path) -> Iterator[tuple[PurePosixPath, BinaryIO | None]]:
    """Name and content of each file in an archive; content None for a folder."""
    for member in archive:
        path = PurePosixPath(member.name)
        outside = path.is_absolute() or ".." in path.parts or "\\" in member.name or ":" in member.name
        if outside or not (member.isreg() or member.isdir()):
            kind = "leads out of the folder" if outside else "is neither a plain file nor a folder"
            raise ValueError(
                f"{file}: the archive's member {member.name!r} {kind}. Nothing was unpacked; remove the file "
                "unless you trust it, then unpack it by hand."
            )
        content = archive.extractfile(member) if member.isreg() else None
        yield path, content  # type: ignore[misc]


def _unpack(file: Path, folder: Path) -> None:
    """Unpacks an archive beside `folder`'s other entries, all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unpack-") as staging:
        try:
            with tarfile.open(file) as archive:
                for path, content in _members(archive, file):
                    place = Path(staging, *path.parts)
                    if content is None:
                        place.mkdir(parents=True, exist_ok=True)
                        continue
                    place.parent.mkdir(parents=True, exist_ok=True)
                    with open(place, "wb") as output:
                        shutil.copyfileobj(content, output)
        except (tarfile.TarError, EOFError) as error:
            raise ValueError(
                f"{file}: wanted a tar archive, but {error}. Remove the file to have it fetched anew."
            ) from error
        for entry in Path(staging).iterdir():
            place = folder / entry.name
            if place.is_dir() and entry.is_dir():
                shutil.copytree(entry, place, dirs_exist_ok=True)
            else:
                os.replace(entry, place)
