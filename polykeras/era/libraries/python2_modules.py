"""Modules of Python 2's library, and some that Python 3.12 and 3.13 have dropped, made anew from today's."""

from __future__ import annotations

import builtins
import importlib
import types
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from .stand_ins import StandIn, module_of


def _string_io(name: str) -> ModuleType:
    buffers = importlib.import_module(f"{__package__}.string_io")
    made = module_of(name, {"StringIO": buffers.StringIO})
    if name == "cStringIO":
        vars(made).update(InputType=buffers.StringIO, OutputType=buffers.StringIO)
    return made


def _urllib2(name: str) -> ModuleType:
    web = importlib.import_module(f"{__package__}.web")
    own = {"Request": web.Request, "urlopen": web.urlopen}
    return StandIn(name, ("urllib.request", "urllib.error", "urllib.parse"), own)


def _config_parser(name: str) -> ModuleType:
    made = importlib.import_module(f"{__package__}.config_files")
    own = {each: getattr(made, each) for each in ("ConfigParser", "RawConfigParser", "SafeConfigParser")}
    return StandIn(name, ("configparser",), own)


def _html_parser(name: str) -> ModuleType:
    return StandIn(name, ("html.parser",), {"HTMLParseError": type("HTMLParseError", (Exception,), {})})


def _exceptions(name: str) -> ModuleType:
    names = {
        each: value
        for each, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    return module_of(name, {**names, "StandardError": Exception})


def _commands(name: str) -> ModuleType:
    subprocess = importlib.import_module("subprocess")

    def getstatusoutput(cmd: str) -> tuple[int, str]:
        """Runs a command in a shell: its status as `os.wait` tells it (256 for 1), and what it wrote."""
        code, output = subprocess.getstatusoutput(cmd)
        return (code << 8 if code >= 0 else -code), output

    def getoutput(cmd: str) -> str:
        """What a command in a shell wrote."""
        return str(subprocess.getoutput(cmd))

    def mkarg(x: str) -> str:
        """A blank, and the argument in quotes for the shell."""
        return " " + str(importlib.import_module("shlex").quote(x))

    return module_of(name, {"getstatusoutput": getstatusoutput, "getoutput": getoutput, "mkarg": mkarg})


def _hashes(name: str) -> ModuleType:
    digests = importlib.import_module(f"{__package__}.standard_views").digests(
        importlib.import_module("hashlib")
    )
    made = digests["md5" if name == "md5" else "sha1"]
    size = made().digest_size
    return module_of(name, {"new": made, name: made, "digest_size": size, "blocksize": 1})


def _sets(name: str) -> ModuleType:
    return module_of(
        name,
        {
            "BaseSet": (set, frozenset),
            "Set": type("Set", (set,), {"__doc__": "A set."}),
            "ImmutableSet": type("ImmutableSet", (frozenset,), {"__doc__": "A set that cannot change."}),
        },
    )


def _user_classes(name: str) -> ModuleType:
    abstract = importlib.import_module("collections.abc")
    collections = importlib.import_module("collections")
    own = {name: getattr(collections, name)}
    if name == "UserDict":
        own.update(IterableUserDict=collections.UserDict, DictMixin=abstract.MutableMapping)
    return module_of(name, own)


def _new(name: str) -> ModuleType:
    def instancemethod(function: Callable[..., Any], instance: Any, cls: Any = None) -> Any:
        """A function bound to an instance; unbound, the function itself."""
        return function if instance is None else types.MethodType(function, instance)

    return module_of(
        name,
        {
            "instancemethod": instancemethod,
            "classobj": type,
            "function": types.FunctionType,
            "module": types.ModuleType,
            "code": types.CodeType,
        },
    )


def _future_builtins(name: str) -> ModuleType:
    return module_of(
        name, {each: vars(builtins)[each] for each in ("ascii", "filter", "hex", "map", "oct", "zip")}
    )


def _compiler(name: str) -> ModuleType:
    if name == "compiler":
        return module_of(name, {"__path__": []})

    def flatten(seq: Iterable[Any]) -> list[Any]:
        """The items of lists and tuples within each other, as one list."""
        flat: list[Any] = []
        for item in seq:
            flat.extend(flatten(item) if isinstance(item, (list, tuple)) else [item])
        return flat

    return module_of(name, {"flatten": flatten})


def _cgi(name: str) -> ModuleType:
    parse = importlib.import_module("urllib.parse")
    return module_of(name, {"escape": escape, "parse_qs": parse.parse_qs, "parse_qsl": parse.parse_qsl})


def escape(s: str, quote: bool = False) -> str:
    """Text for HTML: ``&``, ``<``, ``>`` and, with `quote`, ``"`` as entities."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        s = s.replace(character, entity)
    return s.replace('"', "&quot;") if quote else s


def _pipes(name: str) -> ModuleType:
    return module_of(name, {"quote": importlib.import_module("shlex").quote})


def _imghdr(name: str) -> ModuleType:
    return module_of(name, {"what": picture_kind})


# Kind of picture -> where in the file its mark stands, and the marks.
_MARKS: dict[str, tuple[int, tuple[bytes, ...]]] = {
    "jpeg": (0, (b"\xff\xd8\xff",)),
    "png": (0, (b"\x89PNG\r\n\x1a\n",)),
    "gif": (0, (b"GIF87a", b"GIF89a")),
    "tiff": (0, (b"II", b"MM")),
    "rgb": (0, (b"\x01\xda",)),
    "pbm": (0, (b"P1", b"P4")),
    "pgm": (0, (b"P2", b"P5")),
    "ppm": (0, (b"P3", b"P6")),
    "bmp": (0, (b"BM",)),
    "webp": (8, (b"WEBP",)),
    "exr": (0, (b"\x76\x2f\x31\x01",)),
}


def picture_kind(file: Any, h: bytes | None = None) -> str | None:
    """What kind of picture a file is, by its first bytes.

    Args:
        file: a path or an open binary file.
        h: the first bytes, if they are known; `file` is not read then.

    Returns:
        ``"jpeg"``, ``"png"``, ``"gif"``, ...; None if it is none that is known.
    """
    if h is None:
        if hasattr(file, "read"):
            position = file.tell()
            h = file.read(32)
            file.seek(position)
        else:
            with open(file, "rb") as stream:
                h = stream.read(32)
    head: bytes = h
    for kind, (start, marks) in _MARKS.items():
        if any(head[start:].startswith(mark) for mark in marks):
            return kind
    return None


FACTORIES: dict[str, Callable[[str], ModuleType]] = {
    "ConfigParser": _config_parser,
    "HTMLParser": _html_parser,
    "StringIO": _string_io,
    "UserDict": _user_classes,
    "UserList": _user_classes,
    "UserString": _user_classes,
    "cStringIO": _string_io,
    "cgi": _cgi,
    "commands": _commands,
    "compiler": _compiler,
    "compiler.ast": _compiler,
    "exceptions": _exceptions,
    "future_builtins": _future_builtins,
    "imghdr": _imghdr,
    "md5": _hashes,
    "new": _new,
    "pipes": _pipes,
    "sets": _sets,
    "sha": _hashes,
    "urllib2": _urllib2,
}
