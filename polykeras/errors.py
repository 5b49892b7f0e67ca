"""Exceptions and the checks that raise them: what was wanted, what came, what to do."""

from __future__ import annotations

import difflib
import numbers
from collections.abc import Iterable, Mapping
from typing import Any

LARGEST_INT = 2**31 - 1
"""The largest size, count or step: engines hold them in 32 bits here and there."""


class UnsupportedOperation(NotImplementedError):
    """An engine lacks an operation.

    Attributes:
        engine: name of the engine, e.g. ``"pytensor"``.
        operation: name of the operation of ``K``, e.g. ``"get_session"``.
    """

    def __init__(self, engine: str, operation: str, hint: str = "") -> None:
        self.engine = engine
        self.operation = operation
        message = f"The {engine} backend has no K.{operation}."
        super().__init__(f"{message} {hint}" if hint else message)


def shortened(text: str, most: int = 2000) -> str:
    """A text without its middle if it has more than `most` letters."""
    if len(text) <= most:
        return text
    return f"{text[: most // 2]} [... {len(text) - most:,} letters ...] {text[-(most - most // 2) :]}"


_LONGEST_NAME, _MOST_NAMES = 100, 1000  # finding what is close takes long for many long texts


def nearest(name: Any, known: Iterable[Any]) -> str:
    """A hint such as ``" Did you mean 'relu'?"``, or an empty string if no known name is close to `name`."""
    names = [text for text in map(str, known) if len(text) <= _LONGEST_NAME][:_MOST_NAMES]
    if len(str(name)) > _LONGEST_NAME:
        return ""
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if not close:
        lowered = {each.lower(): each for each in names}
        close = [
            lowered[each] for each in difflib.get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.6)
        ]
    return f" Did you mean {close[0]!r}?" if close else ""


def check_choice(where: str, name: str, value: Any, choices: Iterable[Any]) -> Any:
    """Returns `value` if it is one of `choices`.

    Raises:
        ValueError: ``"Convolution1D: border_mode must be one of 'valid', 'same', got 'full'."``
    """
    options = list(choices)
    if any(value is option or (type(value) is type(option) and value == option) for option in options):
        return value
    listed = ", ".join(repr(option) for option in options)
    raise ValueError(f"{where}: {name} must be one of {listed}, got {value!r}.{nearest(value, options)}")


def whole_number(value: Any) -> int | None:
    """`value` as an int, if it is a whole number; else None.

    A float such as ``64 / 2`` counts, as programs for Python 2 divide sizes by ``/``.
    """
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return int(value) if real and value == value // 1 else None


def whole_number_hint(value: Any) -> str:
    """What to do about a fraction where a whole number is wanted; empty for anything else."""
    return " Divide by // for a whole number." if isinstance(value, float) else ""


def check_number(where: str, name: str, value: Any) -> Any:
    """Returns `value` if it is a real number, or a tensor or array.

    Raises:
        ValueError: ``"LeakyReLU: alpha must be a number, got 'steep'."``
    """
    if isinstance(value, numbers.Real) or hasattr(value, "dtype"):
        return value
    raise ValueError(f"{where}: {name} must be a number, got {value!r}.")


def check_kwargs(
    where: str, kwargs: Mapping[str, Any], allowed: Iterable[str], hints: Mapping[str, str] | None = None
) -> None:
    """Refuses keyword arguments that are not among `allowed`.

    Args:
        where: the class or function, as the message names it.
        kwargs: the keyword arguments received.
        allowed: the names that are accepted.
        hints: for a known foreign name (``"epochs"``), the name it has here (``"nb_epoch"``).

    Raises:
        TypeError: names the unknown argument and the nearest known one.
    """
    names = list(allowed)
    for key in kwargs:
        if key in names:
            continue
        hint = f" In Keras 1 it is called {hints[key]!r}." if hints and key in hints else nearest(key, names)
        listed = ", ".join(sorted(names)) or "none"
        raise TypeError(
            f"{where}: unknown keyword argument {key!r}.{hint} Known keyword arguments: {listed}."
        )
