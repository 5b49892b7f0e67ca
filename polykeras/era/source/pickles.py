"""Pickles as Python 2 read and wrote them: its strings are text again, and files in text mode serve too.

A string of Python 2 is bytes; it is read as text in Latin-1, which NumPy's arrays need, and afterwards as
UTF-8 where it is that. Pickles of Python 3 have no such strings and load as ever.
"""

from __future__ import annotations

import codecs
import io
import pickle
import threading
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .text import as_bytes, as_text

_CODEC = "polykeras-python2-str"
_seen = threading.local()  # `utf8`: whether a string that is read was UTF-8 beyond ASCII


def _decode(data: Any, errors: str = "strict") -> tuple[str, int]:
    raw = bytes(data)
    if not raw.isascii() and not getattr(_seen, "utf8", False):
        try:
            raw.decode("utf-8")
            _seen.utf8 = True
        except UnicodeDecodeError:
            pass
    return raw.decode("latin-1"), len(raw)


def _find_codec(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != _CODEC:
        return None
    return codecs.CodecInfo(encode=codecs.latin_1_encode, decode=_decode, name=_CODEC)


codecs.register(_find_codec)


def _readable(file: Any) -> Any:
    """What bytes can be read from: the file, or what lies under a file in text mode."""
    if isinstance(file, io.TextIOWrapper):
        if file.seekable():
            file.seek(file.tell())  # what it has read ahead is given back
        return file.buffer
    return _TextSource(file) if isinstance(file, io.StringIO) else file


class _TextSource:
    """A file of text in memory, read as bytes."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        """That many bytes; all by default."""
        return as_bytes(self.file.read(size))

    def readline(self) -> bytes:
        """A line."""
        return as_bytes(self.file.readline())


class Unpickler(pickle.Unpickler):
    """``Unpickler(file)``; strings of Python 2 need no ``encoding``."""

    def __init__(self, file: Any, **options: Any) -> None:
        self._plain = "encoding" in options
        options.setdefault("encoding", _CODEC)
        super().__init__(_readable(file), **options)

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("numpy.core."):  # where NumPy kept its parts before 2.0
            module = f"numpy._core.{module[11:]}"
        return super().find_class(module, name)

    def load(self) -> Any:
        if self._plain:
            return super().load()
        _seen.utf8 = False
        found = super().load()
        return _Repair().value(found) if _seen.utf8 else found


class _Repair:
    """Reads strings that are UTF-8 as that, throughout an object."""

    def __init__(self) -> None:
        self.done: dict[int, Any] = {}  # by identity; kept, so that no number is used again

    def value(self, found: Any) -> Any:
        """The object, changed in place where it can be."""
        if type(found) is str:
            return _utf8(found)
        if type(found) is tuple:
            parts = tuple(self.value(part) for part in found)
            return found if all(a is b for a, b in zip(parts, found, strict=True)) else parts
        if id(found) not in self.done and not isinstance(found, (type, ModuleType)):
            self.done[id(found)] = found
            self._inside(found)
        return found

    def _inside(self, found: Any) -> None:
        if isinstance(found, list):
            found[:] = [self.value(part) for part in found]
        elif isinstance(found, dict):
            items = [(self.value(key), self.value(value)) for key, value in found.items()]
            found.clear()
            for key, value in items:
                found[key] = value
        elif type(found) is set:
            parts = [self.value(part) for part in found]
            found.clear()
            found.update(parts)
        elif getattr(getattr(found, "dtype", None), "kind", "") == "O" and hasattr(found, "flat"):
            for place, part in enumerate(found.flat):
                found.flat[place] = self.value(part)
        elif isinstance(getattr(found, "__dict__", None), dict):
            self._inside(vars(found))


def _utf8(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def load(file: Any, **options: Any) -> Any:
    """``pickle.load(file)``; the file may have been opened in text mode, and be of Python 2."""
    return Unpickler(file, **options).load()


def loads(data: Any, **options: Any) -> Any:
    """``pickle.loads(data)``."""
    raw = as_bytes(data) if isinstance(data, str) else data
    return Unpickler(io.BytesIO(raw), **options).load()


class _TextTarget:
    """A file of text in memory, written as bytes."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, data: Any) -> int:
        """Writes bytes as the text they stand for."""
        return int(self.file.write(as_text(bytes(data))))


def _writable(file: Any) -> Any:
    if isinstance(file, io.TextIOWrapper):
        file.flush()
        return file.buffer
    return _TextTarget(file) if isinstance(file, io.StringIO) else file


class Pickler(pickle.Pickler):
    """``Pickler(file, protocol)``; the file may have been opened in text mode."""

    def __init__(self, file: Any, protocol: int | None = None, **options: Any) -> None:
        super().__init__(_writable(file), protocol, **options)


def dump(value: Any, file: Any, protocol: int | None = None, **options: Any) -> None:
    """``pickle.dump(value, file, protocol)``; the file may have been opened in text mode."""
    pickle.dump(value, _writable(file), protocol, **options)


def overrides(module: ModuleType | None = None) -> Mapping[str, Any]:
    """What the program's own files see in the place of the names of `pickle`."""
    return {"load": load, "loads": loads, "dump": dump, "Unpickler": Unpickler, "Pickler": Pickler}


def make_cpickle(name: str) -> ModuleType:
    """The module ``cPickle``."""
    made = ModuleType(name, "The pickles of Python 2.")
    names = {key: getattr(pickle, key) for key in dir(pickle) if not key.startswith("_")}
    vars(made).update(names)
    vars(made).update(overrides())
    return made
