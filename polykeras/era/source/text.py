"""Strings as Python 2 had them, as far as a language with two kinds of strings can be kept up with one.

All text of the program is `str`. Bytes from files and sockets become `OldBytes`: bytes that compare, join
and split with text, as the ``str`` of Python 2 did. Text stands for bytes in UTF-8; what is no UTF-8 is
carried by surrogates, so that nothing is lost between reading and writing.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from typing import Any

from .evident import words

_KEEP = "surrogateescape"
_TRANSFORMS = words("hex hex_codec base64 base64_codec zlib zip bz2 uu quopri")


def as_text(data: bytes) -> str:
    """The text that bytes stand for."""
    return bytes(data).decode("utf-8", _KEEP)


def as_bytes(text: str) -> bytes:
    """The bytes that a text stands for."""
    return text.encode("utf-8", _KEEP)


def _transform(codec: Any, text: str, name: str) -> bytes:
    """What a codec between bytes, such as ``hex``, makes of a text."""
    data: bytes = codec(as_bytes(text), name)
    return data


def decode(owner: Any) -> Any:
    """The method ``decode`` of a value, which text has too."""
    if not isinstance(owner, str):
        return owner.decode

    def decode_text(encoding: str = "ascii", errors: str = "strict") -> Any:
        name = encoding.lower().replace("-", "_")
        if name in _TRANSFORMS:
            return as_text(_transform(codecs.decode, owner, name))
        if name in ("string_escape", "unicode_escape"):
            return owner.encode("latin-1", "backslashreplace").decode("unicode_escape")
        if owner.isascii():
            return owner
        if name in ("utf8", "utf_8"):
            return _repaired(owner)
        try:
            return as_bytes(owner).decode(encoding, errors)
        except UnicodeDecodeError:
            if name == "ascii":  # what Python 2 stopped at is text already
                return owner
            raise

    return decode_text


def _repaired(text: str) -> str:
    """Text whose characters are the bytes of UTF-8, as pickles of Python 2 give it, decoded."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def encode(owner: Any) -> Any:
    """The method ``encode`` of a value: text stays text, less what the encoding does not have."""
    if not isinstance(owner, str):
        return owner.encode

    def encode_text(encoding: str = "ascii", errors: str = "strict") -> Any:
        name = encoding.lower().replace("-", "_")
        if name in _TRANSFORMS:
            return as_text(_transform(codecs.encode, owner, name))
        if name in ("utf8", "utf_8"):
            return owner
        if name == "rot13":
            return codecs.encode(owner, name)
        data = owner.encode(encoding, errors)
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            return data

    return encode_text


def unicode(value: Any = "", encoding: str | None = None, errors: str = "strict") -> str:
    """``unicode(value, encoding, errors)``."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode(encoding, errors) if encoding else as_text(bytes(value))
    if encoding and isinstance(value, str):
        result = decode(value)(encoding, errors)
        return result if isinstance(result, str) else as_text(result)
    return string(value)


def string(*arguments: Any) -> str:
    """``str(value)``: floats with twelve digits, bytes as the text they stand for."""
    if len(arguments) != 1:
        return str(*arguments)
    (value,) = arguments
    if type(value) is float:
        return _float_text(value)
    if isinstance(value, (bytes, bytearray)):
        return as_text(bytes(value))
    if type(value) in (set, frozenset):
        return f"{type(value).__name__}({list(value)!r})"
    return str(value)


def _float_text(value: float) -> str:
    text = f"{value:.12g}"
    if any(mark in text for mark in ".en"):
        return text
    if len(text.lstrip("-")) < 12:
        return f"{text}.0"
    digits, _, exponent = f"{value:.11e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{exponent}"


class _ShortFloat(float):
    """A float that ``%s`` writes with twelve digits."""

    def __str__(self) -> str:
        return _float_text(self)

    def __repr__(self) -> str:
        return float.__repr__(self)


def percent_value(value: Any) -> Any:
    """A value for ``%``: what ``%s`` writes of it is what Python 2 wrote."""
    if type(value) is float:
        return _ShortFloat(value)
    return as_text(value) if isinstance(value, bytes) else value


def join(separator: Any, parts: Any) -> Any:
    """``separator.join(parts)``, where bytes are among the parts too."""
    found = list(parts)
    if isinstance(separator, str) and any(isinstance(part, bytes) for part in found):
        return as_text(as_bytes(separator).join(_plain(part) for part in found))
    return separator.join(found)


_pending: dict[int, Any] = {}  # for each file that a blank is due to: what is put in the place of its write


def print_statement(*values: Any, sep: str = " ", end: str = "\n", file: Any = None, **options: Any) -> None:
    """The print statement; ``end=" "`` stands for its comma at the end."""
    target = sys.stdout if file is None else file
    if sep != " " or options or end not in ("\n", " "):
        print(*values, sep=sep, end=end, file=target, **options)
        return
    soft = _take_blank(target)
    text = ""
    for value in values:
        piece = string(value)
        text += " " + piece if soft else piece
        soft = not (isinstance(value, str) and piece[-1:].isspace() and piece[-1] != " ")
    if target is None:
        return
    target.write(text + "\n" if end == "\n" else text)
    if soft and end == " ":
        _blank_is_due(target)


def _blank_is_due(target: Any) -> None:
    """Has the next print statement write a blank first, unless something else is written before it."""
    write = target.write

    def other_write(*arguments: Any, **options: Any) -> Any:
        _pending.pop(id(target), None)
        vars(target).pop("write", None)
        return write(*arguments, **options)

    try:
        target.write = other_write
        _pending[id(target)] = other_write
    except AttributeError:  # a file that takes no attributes
        write(" ")


def _take_blank(target: Any) -> bool:
    """Whether a blank is due before what is printed next."""
    other_write = _pending.pop(id(target), None)
    if other_write is None or vars(target).get("write") is not other_write:
        return False
    del target.write
    return True


class OldBytes(bytes):
    """Bytes that get along with text: they compare, hash, join and split as the string of Python 2."""

    def __eq__(self, other: object) -> bool:
        return (
            bytes.__eq__(self, as_bytes(other)) is True
            if isinstance(other, str)
            else bytes.__eq__(self, other)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(as_text(self))

    def __lt__(self, other: Any) -> bool:
        return bytes.__lt__(self, _plain(other))

    def __le__(self, other: Any) -> bool:
        return bytes.__le__(self, _plain(other))

    def __gt__(self, other: Any) -> bool:
        return bytes.__gt__(self, _plain(other))

    def __ge__(self, other: Any) -> bool:
        return bytes.__ge__(self, _plain(other))

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        return repr(as_text(self))

    def __format__(self, how: str) -> str:
        return format(as_text(self), how)

    def __getitem__(self, index: Any) -> Any:
        part = slice(index, index + 1 or None) if isinstance(index, int) else index
        if isinstance(index, int) and not -len(self) <= index < len(self):
            raise IndexError("string index out of range")
        return OldBytes(bytes.__getitem__(self, part))

    def __iter__(self) -> Iterator[Any]:
        return (OldBytes(bytes.__getitem__(self, slice(at, at + 1))) for at in range(len(self)))

    def __contains__(self, part: Any) -> bool:
        return bytes.__contains__(self, _plain(part))

    def __add__(self, other: Any) -> Any:
        return as_text(self) + other if isinstance(other, str) else OldBytes(bytes.__add__(self, other))

    def __radd__(self, other: Any) -> Any:
        return other + as_text(self) if isinstance(other, str) else OldBytes(other + bytes(self))

    def __mul__(self, count: Any) -> Any:
        return OldBytes(bytes.__mul__(self, count))

    def __mod__(self, values: Any) -> Any:
        return as_text(self) % values


def _plain(value: Any) -> Any:
    return as_bytes(value) if isinstance(value, str) else value


def _old(value: Any) -> Any:
    if type(value) is bytes:
        return OldBytes(value)
    if type(value) in (list, tuple):
        return type(value)(_old(part) for part in value)
    return value


def _method(name: str) -> Any:
    ours = getattr(bytes, name)

    def method(self: OldBytes, *arguments: Any, **options: Any) -> Any:
        plain = [_plain(argument) for argument in arguments]
        if name in ("startswith", "endswith") and isinstance(plain[0], tuple):
            plain[0] = tuple(_plain(part) for part in plain[0])
        if name == "join":
            plain = [[_plain(part) for part in plain[0]]]
        return _old(ours(self, *plain, **{key: _plain(value) for key, value in options.items()}))

    method.__name__ = name
    return method


for _name in words(
    "capitalize center count endswith expandtabs find index join ljust lower lstrip partition replace "
    "rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title upper zfill"
):
    setattr(OldBytes, _name, _method(_name))


def old_bytes(value: Any) -> Any:
    """What ``read`` and its kin returned, with bytes as `OldBytes`."""
    if type(value) is bytes:
        return OldBytes(value)
    if type(value) is list and value and type(value[0]) is bytes:
        return [OldBytes(part) for part in value]
    return value
