"""Names of frequencies that pandas has changed."""

from __future__ import annotations

import re
from typing import Any

_TODAY = {
    "A": "YE",
    "Y": "YE",
    "M": "ME",
    "Q": "QE",
    "BM": "BME",
    "BA": "BYE",
    "BQ": "BQE",
    "SM": "SME",
    "AS": "YS",
    "BAS": "BYS",
    "H": "h",
    "BH": "bh",
    "T": "min",
    "S": "s",
    "L": "ms",
    "U": "us",
    "N": "ns",
}
_FORM = re.compile(r"(-?[0-9.]*\s*)([A-Z]+)(-[A-Z]{3})?")


def today(frequency: Any) -> Any:
    """Today's name of a frequency such as ``"5T"`` or ``"A-DEC"``; anything else as it is."""
    found = _FORM.fullmatch(frequency) if isinstance(frequency, str) else None
    if found is None or found[2] not in _TODAY:
        return frequency
    return f"{found[1]}{_TODAY[found[2]]}{found[3] or ''}"


def translate(*names: str) -> Any:
    """An adapter of arguments that are frequencies."""

    def adapt(kwargs: dict[str, Any]) -> None:
        for name in names:
            if name in kwargs:
                kwargs[name] = today(kwargs[name])

    return adapt
