"""Fetching files: from a server of our own and from file URLs, good and bad ones."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from polykeras.utils import data_utils
from polykeras.utils.data_utils import get_file, validate_file

CONTENT = b"some bytes\n" * 1000
MD5 = hashlib.md5(CONTENT).hexdigest()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return tmp_path / "home" / "datasets"


@pytest.fixture
def server() -> Iterator[Any]:
    """A web server on this machine; `failures` of its first answers break off."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.requests += 1
            found = self.path == "/file.bin"
            broken = web.requests <= web.failures
            self.send_response(503 if broken else 200 if found else 404)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            if found and not broken:
                self.wfile.write(CONTENT)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    web: Any = HTTPServer(("127.0.0.1", 0), Handler)
    web.requests = web.failures = 0
    web.url = f"http://127.0.0.1:{web.server_port}"
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield web
    web.shutdown()
    web.server_close()
    thread.join()


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("checksum", [None, MD5, SHA256, SHA256.upper()])
def test_fetches_once(cache: Path, server: Any, checksum: str | None) -> None:
    for _ in range(2):
        path = get_file("file.bin", f"{server.url}/file.bin", md5_hash=checksum)
        assert path == str(cache / "file.bin") and Path(path).read_bytes() == CONTENT
    assert server.requests == 1


def test_tries_again(cache: Path, server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    server.failures = 2
    assert Path(get_file("file.bin", f"{server.url}/file.bin", cache_subdir="models")).read_bytes() == CONTENT
    assert server.requests == 3 and entries(cache.parent) == ["models"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Downloading data from {server.url}/file.bin" and "11000/11000 [" in lines[1]


def test_file_with_a_wrong_checksum_is_fetched_anew(cache: Path, server: Any) -> None:
    cache.mkdir(parents=True)
    (cache / "file.bin").write_bytes(b"half of it")
    assert Path(get_file("file.bin", f"{server.url}/file.bin", md5_hash=MD5)).read_bytes() == CONTENT
    (cache / "file.bin").write_bytes(b"what the user put there")
    assert Path(get_file("file.bin", f"{server.url}/file.bin")).read_bytes() == b"what the user put there"


def test_wrong_download_is_not_kept(cache: Path, server: Any) -> None:
    with pytest.raises(ValueError, match=f"wanted a file with the checksum md5:{'0' * 32}"):
        get_file("file.bin", f"{server.url}/file.bin", md5_hash="0" * 32)
    assert entries(cache) == []


@pytest.mark.parametrize("path", ["/nothing", None])
def test_unreachable(cache: Path, server: Any, path: str | None) -> None:
    url = f"{server.url}{path}" if path else "http://127.0.0.1:9/file.bin"
    with pytest.raises(OSError) as caught:
        get_file("file.bin", url)
    assert url in str(caught.value) and f"put it at {cache / 'file.bin'}" in str(caught.value)
    assert entries(cache) == []


@pytest.mark.parametrize("checksum", ["abc", "g" * 32, 7, b"0" * 32])
def test_no_checksum(cache: Path, checksum: Any) -> None:
    with pytest.raises(ValueError, match=r"md5_hash must be 32 \(MD5\) or 64 \(SHA-256\)"):
        get_file("file.bin", "http://127.0.0.1:9/", md5_hash=checksum)


def test_validate_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    assert validate_file(path, MD5) and validate_file(str(path), SHA256)
    path.write_bytes(CONTENT[1:])
    assert not validate_file(path, MD5) and not validate_file(path, SHA256)


def test_cache_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(CONTENT)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file" / "below a file"))
    monkeypatch.setattr(data_utils.tempfile, "gettempdir", lambda: str(tmp_path))
    fetched = Path(get_file("copy", (tmp_path / "file").as_uri()))
    assert fetched.read_bytes() == CONTENT and fetched.parts[-2] == "datasets"
    assert fetched.parents[1].stat().st_mode & 0o077 == 0


# --- archives -----------------------------------------------------------------------------------------------


def member(name: str, content: bytes = b"x", **attributes: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info, content


def archive(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> str:
    with tarfile.open(path, "w:gz") as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return path.as_uri()


def test_unpacks(cache: Path, tmp_path: Path) -> None:
    folder = member("set/deep", b"", type=tarfile.DIRTYPE)
    origin = archive(tmp_path / "a.tgz", folder, member("set/deep/a", b"aa"), member("./set/b"), member("c"))
    for _ in range(2):
        assert get_file("set", origin, untar=True) == str(cache / "set")
    assert (cache / "set" / "deep" / "a").read_bytes() == b"aa"
    assert entries(cache) == ["c", "set", "set.tar.gz"] and entries(cache / "set") == ["b", "deep"]


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside"),
        member("set/../../outside"),
        member("/tmp/polykeras-outside"),
        member("C:\\outside"),
        member("set/link", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("set/link", b"", type=tarfile.LNKTYPE, linkname="set/a"),
        member("set/device", b"", type=tarfile.CHRTYPE),
        member("set/pipe", b"", type=tarfile.FIFOTYPE),
    ],
    ids=lambda value: value[0].name + str(value[0].type),
)
def test_unpacks_nothing_of_a_bad_archive(cache: Path, tmp_path: Path, bad: Any) -> None:
    origin = archive(tmp_path / "a.tgz", member("set/a"), bad)
    with pytest.raises(ValueError, match="the archive's member"):
        get_file("set", origin, untar=True)
    assert entries(cache) == ["set.tar.gz"]
    assert entries(tmp_path) == ["a.tgz", "home"] and not Path("/tmp/polykeras-outside").exists()


def test_no_archive(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CONTENT)
    with pytest.raises(ValueError, match="wanted a tar archive"):
        get_file("set", (tmp_path / "a").as_uri(), untar=True)
    assert entries(cache) == ["set.tar.gz"]
