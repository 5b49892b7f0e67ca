"""Modules of the standard library that have changed their ways, as the program's own files see them."""

from __future__ import annotations

import functools
import importlib
import io
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

Made = dict[str, Any]


def override(module: ModuleType) -> Made:
    """What the view of a module has in place of the module's names."""
    return _VIEWS[module.__name__](module)


def _star(module: Any) -> Made:
    """``from module import *`` hands out what was supplied, too."""
    names = importlib.import_module(f"{__package__}.standard_names").NAMES[module.__name__]()
    if module.__name__ == "urllib":
        names = {**importlib.import_module(f"{__package__}.web_names").URLLIB, "urlopen": None}
    return {"__all__": sorted({*getattr(module, "__all__", ()), *(name for name in names if name[0] != "_")})}


class Digest:
    """A hash that takes text, too."""

    def __init__(self, digest: Any) -> None:
        self._digest = digest

    def update(self, data: Any) -> None:
        """Adds to what is hashed."""
        self._digest.update(_as_bytes(data))

    def copy(self) -> Digest:
        """A second hash of what was added so far."""
        return Digest(self._digest.copy())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._digest, name)


def _as_bytes(data: Any) -> Any:
    return data.encode("utf-8") if isinstance(data, str) else data


def digests(hashlib: Any) -> Made:
    """The functions of `hashlib`, for text too."""

    def of(name: str) -> Callable[..., Digest]:
        def make(string: Any = b"", **options: Any) -> Digest:
            return Digest(getattr(hashlib, name)(_as_bytes(string), **options))

        make.__name__ = name
        make.__doc__ = f"The hash {name} of bytes or text."
        return make

    def new(name: str, string: Any = b"", **options: Any) -> Digest:
        """The hash of the given name."""
        return Digest(hashlib.new(name, _as_bytes(string), **options))

    return {
        **{name: of(name) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
        "new": new,
    }


def _base64(base64: Any) -> Made:
    def taking_text(name: str) -> Callable[..., Any]:
        function = getattr(base64, name)

        @functools.wraps(function)
        def call(s: Any, *args: Any, **kwargs: Any) -> Any:
            return function(_as_bytes(s), *args, **kwargs)

        return call

    return {name: taking_text(name) for name in ("b64encode", "standard_b64encode", "urlsafe_b64encode")}


def _json(json: Any) -> Made:
    def without_encoding(name: str) -> Callable[..., Any]:
        function = getattr(json, name)

        @functools.wraps(function)
        def call(*args: Any, encoding: Any = None, **kwargs: Any) -> Any:
            return function(*args, **kwargs)

        return call

    return {name: without_encoding(name) for name in ("dump", "dumps", "load", "loads")}


def _single(value: Any) -> Any:
    """The number of an array of one element; anything else as it is."""
    return value.item() if getattr(value, "size", None) == 1 and hasattr(value, "item") else value


def _math(math: Any) -> Made:
    def forgiving(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except TypeError:
                numbers = [_single(each) for each in args]
                if function.__name__ == "factorial":
                    numbers = [_whole(each) for each in numbers]
                if all(new is old for new, old in zip(numbers, args, strict=True)):
                    raise
            return function(*numbers, **kwargs)

        return call

    return {
        name: forgiving(value) for name, value in vars(math).items() if callable(value) and name[0] != "_"
    }


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _random(random: Any) -> Made:
    def sample(population: Any, k: int, **options: Any) -> list[Any]:
        """`k` items, each at most once; of a set too."""
        if isinstance(population, (set, frozenset)):
            population = tuple(population)
        return list(random.sample(population, _whole(k), **options))

    def shuffle(x: Any, random: Callable[[], float] | None = None) -> None:
        """Shuffles a list in place, by the numbers of ``random()`` if it is given."""
        if random is None:
            module.shuffle(x)
            return
        for last in range(len(x) - 1, 0, -1):
            other = int(random() * (last + 1))
            x[last], x[other] = x[other], x[last]

    def whole(name: str) -> Callable[..., Any]:
        function = getattr(random, name)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return function(
                *(_whole(_single(each)) for each in args),
                **{key: _whole(_single(each)) for key, each in kwargs.items()},
            )

        return call

    def seed(a: Any = None, *args: Any, **kwargs: Any) -> None:
        """Sets the state by a value; by its hash, if it is neither a number nor text."""
        plain = a is None or isinstance(a, (int, float, str, bytes, bytearray))
        module.seed(a if plain else hash(a), *args, **kwargs)

    module = random
    return {
        "randint": whole("randint"),
        "randrange": whole("randrange"),
        "sample": sample,
        "seed": seed,
        "shuffle": shuffle,
    }


def _text_lines(file: Any) -> Any:
    """Lines of text of a file that may be open for bytes."""
    if isinstance(file, (str, list, tuple, io.TextIOBase)):
        return file
    return (line.decode("utf-8") if isinstance(line, (bytes, bytearray)) else line for line in file)


class _BytesFile:
    """Takes text for a file that is open for bytes."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, text: str) -> Any:
        return self.file.write(text.encode("utf-8"))


def _for_text(file: Any) -> Any:
    binary = isinstance(file, (io.RawIOBase, io.BufferedIOBase)) or "b" in str(getattr(file, "mode", ""))
    return _BytesFile(file) if binary else file


def _csv(csv: Any) -> Made:
    def reader(csvfile: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        """Reads rows from a file that is open for text or for bytes."""
        return csv.reader(_text_lines(csvfile), *args, **kwargs)

    def writer(csvfile: Any, *args: Any, **kwargs: Any) -> Any:
        """Writes rows to a file that is open for text or for bytes."""
        return csv.writer(_for_text(csvfile), *args, **kwargs)

    class DictReader(csv.DictReader):
        """Reads rows as dicts from a file that is open for text or for bytes."""

        def __init__(self, f: Iterable[Any], *args: Any, **kwargs: Any) -> None:
            super().__init__(_text_lines(f), *args, **kwargs)

        def next(self) -> Any:
            """The next row."""
            return next(self)

    class DictWriter(csv.DictWriter):
        """Writes dicts as rows to a file that is open for text or for bytes."""

        def __init__(self, f: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(_for_text(f), *args, **kwargs)

    return {"reader": reader, "writer": writer, "DictReader": DictReader, "DictWriter": DictWriter}


def _array(module: Any) -> Made:
    class array(module.array):
        """An array of numbers, with the methods of the time."""

        def tostring(self) -> bytes:
            """The numbers' bytes."""
            return bytes(self.tobytes())

        def fromstring(self, s: Any) -> None:
            """Appends the numbers that bytes stand for."""
            self.frombytes(s.encode("latin-1") if isinstance(s, str) else s)

    return {"array": array, "ArrayType": array}


_VIEWS: Mapping[str, Callable[[Any], Made]] = {
    "array": _array,
    "base64": _base64,
    "csv": _csv,
    "hashlib": digests,
    "json": _json,
    "math": _math,
    "random": _random,
    "string": _star,
    "types": _star,
    "urllib": _star,
}
