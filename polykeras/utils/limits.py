"""What a configuration from elsewhere may ask for.

A configuration is a few letters; what it asks for may be more than the memory holds, or endless work. While
one is read, whatever is made for it is taken off a limit first.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from ..errors import UnsupportedOperation, shortened

F = TypeVar("F", bound=Callable[..., Any])

MOST_ITEMS = 300_000
"""How many items a configuration may have, and how deep they may lie in one another."""
MOST_LEVELS = 100
MOST_LETTERS = 2**24
"""How many letters a configuration in JSON may have, and one in YAML, which is slower to read."""
MOST_LETTERS_OF_YAML = 2**22
MOST_PARTS_OF_YAML = 200_000
"""How many values, beginnings and ends a text in YAML may have."""


# VGG19, the largest model of `polykeras.applications`, has 143,667,240 weights.
_LARGEST_MODEL = 150_000_000


def _most_numbers() -> int:
    """How many float32 numbers a quarter of the machine's memory holds, `_LARGEST_MODEL` at most."""
    try:
        return min(_LARGEST_MODEL, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 16)
    except (AttributeError, OSError, ValueError):
        return _LARGEST_MODEL


@dataclasses.dataclass
class Limits:
    """What is left for the model that a configuration describes.

    Attributes:
        numbers: numbers in all its weights.
        states: numbers that layers keep beside their weights.
        layers: layers and models.
        calls: calls of layers, by their inputs and outputs; each step of an unrolled loop counts as one.
        work: multiplications of initializations that take more than a few for each number.
    """

    numbers: int = dataclasses.field(default_factory=_most_numbers)
    states: int = 2**26
    layers: int = 4_000
    calls: int = 10_000
    work: int = 2**35


class _Reading:
    """A configuration that is being read: where it comes from, what is left, whether weights follow."""

    def __init__(self, source: str, left: Limits) -> None:
        self.source = source
        self.left = left
        self.whole = dataclasses.replace(left)
        self.weights_follow = False


# What messages call the limits.
_WORDS = {
    "numbers": "numbers in the weights",
    "states": "numbers in states",
    "layers": "layers",
    "calls": "calls of layers",
    "work": "multiplications",
}

_allowed: ContextVar[Limits | None] = ContextVar("allowed", default=None)
_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def allowing(**limits: int) -> Iterator[None]:
    """A context in which configurations may ask for more, or for less: see `Limits` for the names.

    ``with allowing(numbers=10**10): model = model_from_json(text)`` makes a model of forty gigabytes.
    """
    token = _allowed.set(dataclasses.replace(_allowed.get() or Limits(), **limits))
    try:
        yield
    finally:
        _allowed.reset(token)


@contextmanager
def reading(source: str, config: Any) -> Iterator[Any]:
    """A context in which a configuration is read; inside another such context nothing new begins.

    Gives a copy of the configuration in which each list and dictionary stands once. An error that is no
    ValueError, TypeError or OSError becomes a ValueError: the configuration led to it.

    Args:
        source: where the configuration comes from, for messages.
        config: dictionaries, lists and values.

    Raises:
        ValueError: if it is too large or too deep; and whatever is raised inside.
    """
    if _reading.get() is not None:
        yield config
        return
    token = _reading.set(_Reading(source, dataclasses.replace(_allowed.get() or Limits())))
    try:
        own = copied(source, config)
        _check_layers(own)
        yield own
    except (ValueError, TypeError, OSError) as error:
        if error.args and isinstance(error.args[0], str):
            error.args = (shortened(error.args[0]), *error.args[1:])
        error.add_note(f"While reading {source}.")
        raise
    except (UnsupportedOperation, ImportError, Warning):
        raise
    except Exception as error:
        raise ValueError(
            f"{source}: the configuration does not describe a model ({type(error).__name__}: "
            f"{shortened(str(error))}). It is damaged, or of an unknown kind."
        ) from error
    finally:
        _reading.reset(token)


def reads_configuration(method: F) -> F:
    """Decorator of a method ``from_config(cls, config, ...)``: see `reading`."""

    @functools.wraps(method)
    def guarded(cls: type, config: Any, *args: Any, **kwargs: Any) -> Any:
        with reading(f"{cls.__name__}.from_config", config) as own:
            return method(cls, own, *args, **kwargs)

    return guarded  # type: ignore[return-value]


def reads_arguments(method: F) -> F:
    """Decorator of a layer's method ``from_config(cls, config, ...)``, whose `config` holds arguments: see
    `reading`.

    Raises:
        TypeError: if `config` is no dictionary.
    """

    @functools.wraps(method)
    def checked(cls: type, config: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(config, Mapping):
            raise TypeError(
                f"{cls.__name__}.from_config: wanted a dictionary, as get_config gives it, got "
                f"{shortened(repr(config), 200)}."
            )
        return method(cls, config, *args, **kwargs)

    return reads_configuration(checked)  # type: ignore[return-value]


@contextmanager
def weights_following(numbers: int) -> Iterator[None]:
    """A context inside `reading` in which all weights together have so many numbers, which come from a file:
    they start from zeros."""
    now = _reading.get()
    if now is None:
        raise RuntimeError("weights_following: wanted to stand inside `reading`, got no such context.")
    before = now.left.numbers, now.whole.numbers
    now.left.numbers = now.whole.numbers = numbers
    now.weights_follow = True
    try:
        yield
    finally:
        now.left.numbers, now.whole.numbers = before
        now.weights_follow = False


def weights_follow() -> bool:
    """Whether the weights that are made now get their values from a file."""
    now = _reading.get()
    return now is not None and now.weights_follow


def spend(kind: str, where: str, amount: int, what: str) -> None:
    """Takes an amount off the limit of its kind, see `Limits`; does nothing unless a configuration is read.

    Args:
        kind: the attribute of `Limits`.
        where: the layer or function that asks.
        amount: how much.
        what: how the message calls it.

    Raises:
        ValueError: if it is more than is left.
    """
    now = _reading.get()
    if now is None:
        return
    left, whole = getattr(now.left, kind), getattr(now.whole, kind)
    if amount > left:
        remedy = (
            "The architecture does not belong to these weights, or the file is damaged."
            if now.weights_follow and kind == "numbers"
            else f"If it is meant so, read it with polykeras.utils.limits.allowing({kind}=...)."
        )
        raise ValueError(
            f"{now.source}: {where} asks for {what}, which is more than there can be: {whole:,} "
            f"{_WORDS[kind]} in all. {remedy}"
        )
    setattr(now.left, kind, left - amount)


def spend_numbers(kind: str, where: str, shape: Sequence[int], what: str) -> None:
    """Takes the elements of an array off the limit ``'numbers'`` or ``'states'``, see `spend`."""
    spend(kind, where, math.prod(int(size) for size in shape), f"{what} of the shape {tuple(shape)}")


def _check_layers(config: Any) -> None:
    """Refuses a configuration that lists more layers than there may be before the first is made."""
    now = _reading.get()
    waiting, count = [config], 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            count += "class_name" in value
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
    if now is not None and count > now.left.layers:
        spend("layers", "The configuration", count, f"{count:,} layers")


def copied(source: str, config: Any) -> Any:
    """A copy of a configuration, in which each list and dictionary stands once; other values are the same.

    Raises:
        ValueError: if it has more than `MOST_ITEMS` items, or more than `MOST_LEVELS` levels.
    """
    left = MOST_ITEMS

    def copy(value: Any, level: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or level > MOST_LEVELS:
            limit = f"{MOST_ITEMS:,} items" if left < 0 else f"{MOST_LEVELS} levels"
            raise ValueError(
                f"{source}: wanted a configuration of at most {limit}, got more. The text is damaged, or "
                "made to do harm."
            )
        if isinstance(value, dict):
            return {key: copy(item, level + 1) for key, item in value.items()}
        if isinstance(value, list):
            return [copy(item, level + 1) for item in value]
        if type(value) is tuple:
            return tuple(copy(item, level + 1) for item in value)
        return value

    return copy(config, 0)
