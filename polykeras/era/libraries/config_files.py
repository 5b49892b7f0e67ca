"""The parsers of Python 2's ConfigParser: an option may come twice, `` ;`` begins a comment within a line."""

from __future__ import annotations

import configparser
from collections.abc import Iterable
from typing import Any


class _Old:
    def __init__(
        self, defaults: Any = None, dict_type: Any = dict, allow_no_value: bool = False, **options: Any
    ) -> None:
        options = {"strict": False, "inline_comment_prefixes": (";",), **options}
        super().__init__(defaults, dict_type, allow_no_value, **options)  # type: ignore[call-arg]

    def readfp(self, fp: Iterable[str], filename: str | None = None) -> None:
        """Reads an open file."""
        self.read_file(fp, filename)  # type: ignore[attr-defined]

    def get(self, section: str, option: str, raw: bool = False, vars: Any = None, **options: Any) -> Any:
        """The value of an option."""
        return super().get(section, option, raw=bool(raw), vars=vars, **options)  # type: ignore[misc]

    def items(self, section: Any = None, raw: bool = False, vars: Any = None) -> Any:
        """The options of a section, as pairs."""
        if section is None:
            return super().items()  # type: ignore[misc]
        return super().items(section, raw=bool(raw), vars=vars)  # type: ignore[misc]

    def set(self, section: str, option: str, value: Any = None) -> None:
        """Sets an option; numbers become text."""
        text = value if value is None or isinstance(value, str) else str(value)
        super().set(section, option, text)  # type: ignore[misc]


class RawConfigParser(_Old, configparser.RawConfigParser):  # type: ignore[misc]
    """Reads and writes files of sections and options."""


class ConfigParser(_Old, configparser.ConfigParser):  # type: ignore[misc]
    """The same, with ``%(name)s`` in values replaced by other options."""


SafeConfigParser = ConfigParser
