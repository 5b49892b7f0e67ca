"""Functions that the standard library has lost, written anew."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class ArgSpec(NamedTuple):
    """The parameters of a function, as `getargspec` tells them."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


class OldInstance:
    """The type of instances of Python 2's old classes: there are none."""


def getargspec(func: Callable[..., Any]) -> ArgSpec:
    """The names of a function's parameters, and their defaults.

    A bound method's first parameter is among them. Parameters that can be given by name only are left out.

    Raises:
        TypeError: if it is not a function or method written in Python.
    """
    if isinstance(func, type) or not callable(func):
        raise TypeError(f"{func!r} is not a Python function")
    spec = importlib.import_module("inspect").getfullargspec(func)
    return ArgSpec(spec.args, spec.varargs, spec.varkw, spec.defaults)


def formatargspec(
    args: Iterable[str],
    varargs: str | None = None,
    varkw: str | None = None,
    defaults: tuple[Any, ...] | None = None,
    *rest: Any,
) -> str:
    """The parameters as they stand in a definition, in brackets."""
    names = list(args)
    first = len(names) - len(defaults or ())
    parts = [
        f"{name}={defaults[at - first]!r}" if defaults and at >= first else name
        for at, name in enumerate(names)
    ]
    parts += [f"*{varargs}"] if varargs else []
    parts += [f"**{varkw}"] if varkw else []
    return f"({', '.join(parts)})"


def gcd(a: Any, b: Any) -> Any:
    """The greatest common divisor, with the sign of `b` unless that is 0."""
    while b:
        a, b = b, a % b
    return a


def div(a: Any, b: Any) -> Any:
    """A quotient as Python 2 had it: of integers the floor."""
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    return a / b


def join(words: Iterable[str], sep: str = " ") -> str:
    """The words with `sep` between them."""
    return sep.join(words)


def maketrans(fromstr: Any, to: Any) -> str:
    """The 256 characters of Latin 1, those of `fromstr` replaced by those of `to`, for ``text.translate``.

    Raises:
        ValueError: if the two are not of one length.
    """
    old, new = (each.decode("latin-1") if isinstance(each, bytes) else each for each in (fromstr, to))
    if len(old) != len(new):
        raise ValueError(f"maketrans wants texts of one length, got {len(old)} and {len(new)} characters")
    table = [chr(code) for code in range(256)]
    for before, after in zip(old, new, strict=True):
        table[ord(before)] = after
    return "".join(table)


def _as_bytes(s: Any) -> bytes:
    return s.encode("utf-8") if isinstance(s, str) else bytes(s)


def encodestring(s: Any) -> bytes:
    """Base 64, in lines of 76 characters; `s` may be text."""
    return bytes(importlib.import_module("base64").encodebytes(_as_bytes(s)))


def decodestring(s: Any) -> bytes:
    """The bytes behind base 64; `s` may be text."""
    return bytes(importlib.import_module("base64").decodebytes(_as_bytes(s)))


def find_loader(name: str, path: Any = None) -> Any:
    """The loader of a module, or None if it is not found."""
    spec = importlib.import_module("importlib.util").find_spec(name)
    return None if spec is None else spec.loader


def linux_distribution(*options: Any, **more: Any) -> tuple[str, str, str]:
    """Name, version and code name of the Linux distribution; three empty texts where there is none."""
    try:
        release = importlib.import_module("platform").freedesktop_os_release()
    except OSError:
        return "", "", ""
    return release.get("NAME", ""), release.get("VERSION_ID", ""), release.get("VERSION_CODENAME", "")


def read_plist(path_or_file: Any) -> Any:
    """What a property list holds."""
    load = importlib.import_module("plistlib").load
    if hasattr(path_or_file, "read"):
        return load(path_or_file)
    with open(path_or_file, "rb") as file:
        return load(file)


def write_plist(value: Any, path_or_file: Any) -> None:
    """Writes a property list."""
    dump = importlib.import_module("plistlib").dump
    if hasattr(path_or_file, "write"):
        dump(value, path_or_file)
        return
    with open(path_or_file, "wb") as file:
        dump(value, file)


def unescape(self: Any, s: str) -> str:
    """Text with its entities of HTML replaced by what they stand for."""
    return str(importlib.import_module("html").unescape(s))


def readfp(self: Any, fp: Iterable[str], filename: str | None = None) -> None:
    """Reads an open file of options."""
    self.read_file(fp, filename)


def urllib_name(name: str) -> Any:
    """A name that Python 2 had in `urllib` itself.

    Raises:
        AttributeError: if it had none of that name.
    """
    if name == "urlopen":
        return importlib.import_module(f"{__package__}.web").urllib_urlopen
    if not name.startswith("__"):
        home = importlib.import_module(f"{__package__}.web_names").URLLIB.get(name)
        if home is not None:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'urllib' has no attribute {name!r}")
