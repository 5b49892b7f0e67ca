"""Files and strings of programs in Python 2."""

from __future__ import annotations

import csv
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras.era.source.files import file, open_descriptor, open_file
from polykeras.era.source.names import builtins_for
from polykeras.era.source.text import OldBytes, decode, encode, unicode
from polykeras.era.source.translate import compiled

# The first lines of word2vec.c's binary format, and the loop by which programs of the time read it.
READ_VECTORS = """\
print 'python 2'
vectors = {}
with open(path, "rb") as f:
    header = f.readline()
    count, size = map(int, header.split())
    length = np.dtype("float32").itemsize * size
    for line in xrange(count):
        word = []
        while True:
            ch = f.read(1)
            if ch == ' ':
                word = ''.join(word)
                break
            if ch != '\\n':
                word.append(ch)
        vectors[word] = np.frombuffer(f.read(length), dtype='float32')
"""


def run(text: str, **names: Any) -> dict[str, Any]:
    program = compiled(text, "program.py")
    scope = {"__builtins__": builtins_for(program.python_2, program.features), **names}
    exec(program.code, scope)
    return scope


def test_binary_word_vectors(tmp_path: Path) -> None:
    path = tmp_path / "vectors.bin"
    rows = [b"king " + struct.pack("<2f", 1, 2) + b"\n", b"caf\xc3\xa9 " + struct.pack("<2f", 3, 4) + b"\n"]
    path.write_bytes(b"2 2\n" + b"".join(rows))
    vectors = run(READ_VECTORS, path=str(path), np=np)["vectors"]
    assert {word: list(vector) for word, vector in vectors.items()} == {"king": [1, 2], "caf\xe9": [3, 4]}


def test_text_files_take_any_bytes(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"one \xff\r\ncaf\xc3\xa9\n")
    with open_file(path) as stream:
        text = stream.read()
    assert text == "one \udcff\r\ncaf\xe9\n"
    with open_file(tmp_path / "copy.txt", "w") as stream:
        stream.write(text)
        stream.write(b"\xfe")
    assert (tmp_path / "copy.txt").read_bytes() == path.read_bytes() + b"\xfe"
    with open_file(path, "rU") as stream:
        assert stream.readlines() == ["one \udcff\n", "caf\xe9\n"]
    assert decode(text)("latin-1") == "one \xff\r\ncaf\xc3\xa9\n"


def test_csv_in_binary_mode(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    with open_file(path, "wb") as stream:
        csv.writer(stream).writerows([["a", 1], ["\xe9", 2]])
    assert path.read_bytes() == b"a,1\r\n\xc3\xa9,2\r\n"
    with open_file(path, "rb") as stream:
        assert list(csv.reader(stream)) == [["a", "1"], ["\xe9", "2"]]


def test_binary_files_serve_libraries(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    with open_file(path, "wb") as stream:
        np.save(stream, np.arange(3))
    with open_file(path, "rb") as stream:
        assert np.load(stream).tolist() == [0, 1, 2]
    with open_file(path, "r+b") as stream:
        stream.write("text")
        stream.seek(0)
        assert stream.read(4) == b"text"


def test_unbuffered_text(tmp_path: Path) -> None:
    path = tmp_path / "log"
    stream = open_file(path, "w", 0)
    stream.write("x")
    assert path.read_text() == "x"
    again = open_descriptor(os.dup(stream.fileno()), "w", 0)
    again.write("y")
    assert path.read_text() == "xy" and isinstance(again, file)
    again.close()
    stream.close()


def test_arguments_of_today_mean_what_they_mean_today(tmp_path: Path) -> None:
    path = tmp_path / "latin"
    path.write_bytes(b"\xe9\r\n")
    assert open_file(path, encoding="latin-1").read() == "\xe9\n"
    with pytest.raises(ValueError, match="mode"):
        open_file(path, "q")


def test_bytes_get_along_with_text() -> None:
    data = OldBytes(b"ab c")
    assert data == "ab c" and data == "ab c" and data != "x" and {data: 1}["ab c"] == 1
    assert data[0] == "a" and data[-1] == "c" and data[:2] == "ab" and list(data)[1] == "b"
    assert data.split(" ") == ["ab", "c"] and data + "d" == "ab cd" and "d" + data == "dab c"
    assert "b" in data and data.startswith(("x", "ab")) and data.replace("a", "b") == "bb c"
    assert str(data) == "ab c" and f"{data}" == "ab c" and data < "b"
    assert struct.unpack("4B", data) == (97, 98, 32, 99) and data.decode("utf-8") == "ab c"
    with pytest.raises(IndexError):
        data[4]


def test_text_has_the_methods_of_bytes() -> None:
    assert decode("caf\xc3\xa9")("utf-8") == "caf\xe9" and decode("caf\xe9")("utf-8") == "caf\xe9"
    assert encode("caf\xe9")("ascii", "ignore") == "caf" and encode("caf\xe9")("utf-8") == "caf\xe9"
    with pytest.raises(UnicodeEncodeError):
        encode("caf\xe9")("ascii")
    assert unicode(b"\xe9", "latin-1") == "\xe9" and decode(b"a")("utf-8") == "a"


def test_bytes_where_bytes_are_wanted() -> None:
    text = "print 'python 2'\nimport hashlib, zlib\na = hashlib.sha1(u'\\xe9'.encode('utf-8')).hexdigest()\n"
    text += "b = zlib.decompress(zlib.compress('x'.encode('utf-8')))\n"
    text += "g.attrs['names'] = [n.encode('utf8') for n in ['a']]\nc = 'x'.encode('utf-8')\n"

    class Group:
        attrs: dict[str, Any] = {}  # noqa: RUF012

    scope = run(text, g=Group)
    assert scope["a"] == "bf15be717ac1b080b4f1c456692825891ff5073d" and scope["b"] == b"x"
    assert Group.attrs["names"] == [b"a"] and scope["c"] == "x"
