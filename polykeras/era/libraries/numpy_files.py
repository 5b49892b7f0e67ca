"""Files of arrays as NumPy of the time read them.

`np.load` unpickled whatever a file held: a pickle from elsewhere runs what its author wrote. The program of
the time expects to get its objects without asking, so they are read by `numpy_pickle`, which builds arrays,
numbers and text in lists, tuples, sets and dicts and runs nothing. Anything else is refused with the advice
to pass ``allow_pickle=True``, which unpickles as ever.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...utils import numpy_pickle
from .numpy_arrays import build


class _Archive(np.lib.npyio.NpzFile):
    """An archive whose arrays of objects are read with care."""

    era_encoding = "latin1"

    def __getitem__(self, key: str) -> Any:
        try:
            return super().__getitem__(key)
        except ValueError as error:
            if not _wants_pickle(error):
                raise
        archive: Any = self.zip
        with archive.open(key if key in archive.namelist() else f"{key}.npy") as member:
            return _read_objects(member, f"{key} in {archive.filename}", self.era_encoding)


def _wants_pickle(error: ValueError) -> bool:
    return "allow_pickle=" in str(error)


def _read_objects(file: Any, where: str, encoding: str) -> Any:
    """The content of an open ``.npy`` file of objects, or of a pickle."""
    start = file.read(len(np.lib.format.MAGIC_PREFIX))
    if start == np.lib.format.MAGIC_PREFIX:
        version = tuple(file.read(2))
        length = int.from_bytes(file.read(2 if version == (1, 0) else 4), "little")
        file.read(length)  # the shape and the type are in the pickle, too
    else:
        file.seek(-len(start), 1)
    try:
        return numpy_pickle.load(file, where, objects=True, encoding=encoding)
    except ValueError as error:
        raise ValueError(
            f"np.load: {error} If you trust the file, pass allow_pickle=True: what it holds is run then."
        ) from error


def _load(
    file: Any,
    mmap_mode: Any = None,
    allow_pickle: bool | None = None,
    fix_imports: bool = True,
    encoding: str | None = None,
) -> Any:
    """The array or the archive in a file.

    Args:
        file: a path or an open file.
        mmap_mode: how to map the file into memory.
        allow_pickle: whether objects are unpickled whatever they are. By default objects are read that are
            made of arrays, numbers and text, and nothing is run.
        fix_imports: whether names of Python 2 are translated.
        encoding: of the text in files of Python 2; by default Latin 1, in which each byte is a character.
    """
    options: dict[str, Any] = {"encoding": encoding or "latin1", "fix_imports": fix_imports}
    if allow_pickle is not None:
        return np.load(file, mmap_mode, allow_pickle=allow_pickle, **options)
    at = file.tell() if hasattr(file, "seek") else 0
    try:
        loaded: Any = np.load(file, mmap_mode, allow_pickle=False, **options)
    except ValueError as error:
        if not _wants_pickle(error):
            raise
        if hasattr(file, "seek"):
            file.seek(at)
            return _read_objects(file, str(getattr(file, "name", "the file")), options["encoding"])
        with open(file, "rb") as stream:
            return _read_objects(stream, str(file), options["encoding"])
    if type(loaded) is np.lib.npyio.NpzFile:
        loaded.__class__ = _Archive
        vars(loaded)["era_encoding"] = options["encoding"]
    return loaded


def _fromstring(string: Any, dtype: Any = float, count: int = -1, sep: str = "") -> np.ndarray:
    """The numbers whose bytes, or with `sep` whose text, a string holds."""
    if sep:
        return np.fromstring(string, dtype=dtype, count=count, sep=sep)
    data = string.encode("latin-1") if isinstance(string, str) else string
    return np.frombuffer(data, dtype=dtype, count=count).copy()


def _text_or_bytes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Has converters called with text, and with bytes if they are written for these."""

    @functools.wraps(function)
    def call(fname: Any, *args: Any, **kwargs: Any) -> Any:
        converters = kwargs.get("converters")
        if isinstance(converters, dict) and kwargs.get("encoding") is None:
            kwargs["converters"] = {key: _lenient(each) for key, each in converters.items()}
        return function(fname, *args, **kwargs)

    return call


def _lenient(converter: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def convert(text: Any) -> Any:
        try:
            return converter(text)
        except (AttributeError, TypeError):
            if not isinstance(text, str):
                raise
            return converter(text.encode("latin-1"))

    return convert


def overrides(module: Any) -> dict[str, Any]:
    """The functions that read and write files."""

    def save(file: Any, arr: Any, *args: Any, **kwargs: Any) -> None:
        """Writes an array; a ragged list as objects."""
        module.save(file, build(module.asanyarray, arr), *args, **kwargs)

    def saving_ragged(name: str) -> Callable[..., None]:
        function = getattr(module, name)

        @functools.wraps(function)
        def call(file: Any, *args: Any, **kwargs: Any) -> None:
            function(
                file,
                *(build(module.asanyarray, each) for each in args),
                **{key: build(module.asanyarray, each) for key, each in kwargs.items()},
            )

        return call

    return {
        "fromstring": _fromstring,
        "genfromtxt": _text_or_bytes(module.genfromtxt),
        "load": _load,
        "loadtxt": _text_or_bytes(module.loadtxt),
        "save": save,
        "savez": saving_ragged("savez"),
        "savez_compressed": saving_ragged("savez_compressed"),
    }
