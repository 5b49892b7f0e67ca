"""Pickles of Python 2, written by CPython 2.7.18 with arrays in the form that NumPy of the time gave them."""

from __future__ import annotations

import base64
import gzip
import io
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras.era.source import pickles
from polykeras.era.source.files import open_file

# {"x": int64 array, "c3a9": uint8 array whose bytes are UTF-8, "s": float64 scalar, "raw": "\xff\x00",
#  "caf\xc3\xa9": ("na\xc3\xafve", 3L), "self": [itself],
#  "p": an object with name = "caf\xc3\xa9" and word = u"\xe9"}
RECORDED = {
    0: (
        "KGRwMQpTJ3JhdycKcDIKUydceGZmXHgwMCcKcDMKc1Mnc2VsZicKcDQKKGxwNQpnNQphc1MnY2FmXHhjM1x4YTknCnA2CihT"
        "J25hXHhjM1x4YWZ2ZScKcDcKTDNMCnRwOApzUydjM2E5JwpwOQpjbnVtcHkuY29yZS5tdWx0aWFycmF5Cl9yZWNvbnN0cnVj"
        "dApwMTAKKGNudW1weQpuZGFycmF5CnAxMQooSTAKdHAxMgpTJ2InCnRScDEzCihJMQooSTIKdHAxNApjbnVtcHkKZHR5cGUK"
        "cDE1CihTJ3UxJwpwMTYKSTAKSTEKdFJwMTcKKEkzClMnfCcKTk5OSS0xCkktMQpJMAp0YkkwMApTJ1x4YzNceGE5JwpwMTgK"
        "dGJzUydwJwpjY29weV9yZWcKX3JlY29uc3RydWN0b3IKcDE5CihjX19tYWluX18KUG9pbnQKcDIwCmNfX2J1aWx0aW5fXwpv"
        "YmplY3QKcDIxCk50UnAyMgooZHAyMwpTJ3dvcmQnCnAyNApW6QpzUyduYW1lJwpwMjUKZzYKc2JzUydzJwpjbnVtcHkuY29y"
        "ZS5tdWx0aWFycmF5CnNjYWxhcgpwMjYKKGcxNQooUydmOCcKcDI3CkkwCkkxCnRScDI4CihJMwpTJzwnCk5OTkktMQpJLTEK"
        "STAKdGJTJ1x4MDBceDAwXHgwMFx4MDBceDAwXHgwMFx4Zjg/JwpwMjkKdFJwMzAKc1MneCcKZzEwCihnMTEKZzEyClMnYicK"
        "dFJwMzEKKEkxCihJMgp0cDMyCmcxNQooUydpOCcKcDMzCkkwCkkxCnRScDM0CihJMwpTJzwnCk5OTkktMQpJLTEKSTAKdGJJ"
        "MDAKUydceGZmXHhmZlx4ZmZceGZmXHhmZlx4ZmZceGZmXHhmZlx4MDdceDAwXHgwMFx4MDBceDAwXHgwMFx4MDBceDAwJwpw"
        "MzUKdGJzLg=="
    ),
    2: (
        "gAJ9cQEoVQNyYXdxAlUC/wBxA1UEc2VsZnEEXXEFaAVhVQVjYWbDqXEGVQZuYcOvdmVxB4oBA4ZxCFUEYzNhOXEJY251bXB5"
        "LmNvcmUubXVsdGlhcnJheQpfcmVjb25zdHJ1Y3QKcQpjbnVtcHkKbmRhcnJheQpxC0sAhXEMVQFih1JxDShLAUsChXEOY251"
        "bXB5CmR0eXBlCnEPVQJ1MXEQSwBLAYdScREoSwNVAXxOTk5K/////0r/////SwB0YolVAsOpcRJ0YlUBcGNfX21haW5fXwpQ"
        "b2ludApxEymBcRR9cRUoVQR3b3JkcRZYAgAAAMOpVQRuYW1lcRdoBnViVQFzY251bXB5LmNvcmUubXVsdGlhcnJheQpzY2Fs"
        "YXIKcRhoD1UCZjhxGUsASwGHUnEaKEsDVQE8Tk5OSv////9K/////0sAdGJVCAAAAAAAAPg/cRuGUnEcVQF4aApoC2gMVQFi"
        "h1JxHShLAUsChXEeaA9VAmk4cR9LAEsBh1JxIChLA1UBPE5OTkr/////Sv////9LAHRiiVUQ//////////8HAAAAAAAAAHEh"
        "dGJ1Lg=="
    ),
}


class Point:
    """What the pickles have an instance of."""


@pytest.fixture(params=RECORDED, autouse=True)
def data(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(sys.modules["__main__"], "Point", Point, raising=False)
    return base64.b64decode(RECORDED[request.param])


def check(found: Any) -> None:
    assert found["x"].dtype == np.int64 and found["x"].tolist() == [-1, 7]
    assert found["c3a9"].dtype == np.uint8 and found["c3a9"].tolist() == [0xC3, 0xA9]
    assert found["s"] == 1.5 and type(found["s"]) is np.float64
    assert found["caf\xe9"] == ("na\xefve", 3) and found["raw"] == "\xff\x00"
    assert found["p"].name == "caf\xe9" and found["p"].word == "\xe9"
    assert found["self"][0] is found["self"]


@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_from_files_in_every_mode(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "old.pkl"
    path.write_bytes(data)
    for file in (open_file(path), open_file(path, "rb"), path.open(), path.open("rb"), io.BytesIO(data)):
        check(pickles.load(file))
    check(pickles.loads(data))
    with gzip.open(tmp_path / "old.pkl.gz", "wb") as stream:
        stream.write(data)
    with gzip.open(tmp_path / "old.pkl.gz") as stream:
        check(pickles.load(stream))


def test_several_in_a_file_behind_a_line_of_text(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "old.pkl"
    path.write_bytes(b"a line\n" + data + pickle.dumps([1, "\xe9"]) + b"rest")
    with open_file(path) as file:
        assert file.readline() == "a line\n"
        check(pickles.load(file))
        assert pickles.load(file) == [1, "\xe9"]
        assert file.read() == "rest"


def test_an_encoding_that_is_given_is_used(data: bytes) -> None:
    found = pickles.loads(data, encoding="bytes")
    assert found[b"raw"] == b"\xff\x00"


@pytest.mark.parametrize("mode", ["w", "wb"])
@pytest.mark.parametrize("protocol", [None, 0, 2, -1])
def test_written_and_read_again(tmp_path: Path, mode: str, protocol: int | None) -> None:
    value = {"a": np.arange(3), "\xe9": b"\xff"}
    path = tmp_path / "new.pkl"
    with open_file(path, mode) as file:
        pickles.dump(value, file, protocol)
        file.write("text")
    for file in (open_file(path, "rb"), open_file(path)):
        found = pickles.load(file)
        assert found["a"].tolist() == [0, 1, 2] and found["\xe9"] == b"\xff"
    with open(path, "rb") as plain:
        assert pickle.load(plain).keys() == value.keys()


def test_the_module_cpickle() -> None:
    module: Any = pickles.make_cpickle("cPickle")
    stream = io.BytesIO()
    module.Pickler(stream, module.HIGHEST_PROTOCOL).dump([1])
    assert module.Unpickler(io.BytesIO(stream.getvalue())).load() == [1]
    assert module.loads(module.dumps("a")) == "a" and issubclass(module.UnpicklingError, Exception)
