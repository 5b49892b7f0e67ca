"""Versions as `distutils.version` compared them."""

from __future__ import annotations

import functools
import re
from typing import Any

_PARTS = re.compile(r"[0-9]+|[a-z]+|[^0-9.a-z]+")
_STRICT = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?", re.ASCII)


@functools.total_ordering
class _Version:
    """A version, which can be compared with versions and texts."""

    def __init__(self, vstring: str | None = None) -> None:
        if vstring:
            self.parse(vstring)

    def parse(self, vstring: str) -> None:
        """Takes the text apart."""
        self.vstring = vstring
        self.version = self._split(vstring)

    def _split(self, vstring: str) -> Any:
        raise NotImplementedError

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return f"{type(self).__name__} ('{self}')"

    def _other(self, other: Any) -> Any:
        return self._split(other) if isinstance(other, str) else other.version

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (str, _Version)):
            return NotImplemented
        return bool(self.version == self._other(other))

    def __lt__(self, other: Any) -> bool:
        if not isinstance(other, (str, _Version)):
            return NotImplemented
        return bool(_comparable(self.version) < _comparable(self._other(other)))

    def __hash__(self) -> int:
        return hash(str(self.version))


def _comparable(parts: Any) -> list[Any]:
    """Numbers before words, as in Python 2; in Python 3 the two could not be compared."""
    return [(isinstance(part, str), part) for part in parts]


class LooseVersion(_Version):
    """Numbers and words, in the order they come."""

    def _split(self, vstring: str) -> list[Any]:
        return [int(each) if each.isdigit() else each for each in _PARTS.findall(vstring)]


class StrictVersion(_Version):
    """Two or three numbers, then perhaps a or b and a number.

    Raises:
        ValueError: for a text of another form.
    """

    def _split(self, vstring: str) -> tuple[Any, ...]:
        match = _STRICT.fullmatch(vstring)
        if match is None:
            raise ValueError(f"invalid version number {vstring!r}")
        major, minor, patch, stage, number = match.groups()
        # Behind the three numbers: a release comes after its alphas (a) and betas (b).
        return int(major), int(minor), int(patch or 0), stage or "c", int(number or 0)
