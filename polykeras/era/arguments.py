"""Functions that take the arguments of the time besides today's."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .callers import from_program, warn_once

Adapter = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Then:
    """How a function of the time was called; what it still takes today is never touched.

    Attributes:
        order: names of the positional arguments then, without ``self``; today's order by default. Where the
            two differ, a call that is valid today is read by it only if the program's own files make it.
        renamed: names then, and today's.
        ignored: arguments then that have no bearing on results.
        converted: for an argument of today, values then and today's.
        refused: arguments that cannot be served, and what to write instead; values that asked for
            nothing (False, None, ``"warn"``, 0) are taken.
        warned: arguments that have an effect no more, and what to say of it.
        defaults: today's names with the defaults of the time, for calls by the program's own files.
        adapt: whatever else: changes the keyword arguments in place, before all this.
    """

    order: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    converted: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    warned: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    adapt: Adapter | None = None


def taking(function: Any, then: Then, title: str, method: bool = False) -> Any:
    """A function that takes the arguments of `function`, and those of the time.

    Args:
        function: today's.
        then: how it was called.
        title: its name in messages, such as ``"sklearn.svm.SVC"``.
        method: whether the first argument is ``self``.
    """
    parameters = list(inspect.signature(function).parameters.values())[1 if method else 0 :]
    today = {p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    placed = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    every = [p.name for p in parameters if p.name in today]
    any_number = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    order = list(then.order or every)
    alone = 1 if method else 0
    # Names that today's function knows are left to it.
    known = {**then.renamed, **dict.fromkeys((*then.ignored, *then.refused, *then.warned))}
    former = {name for name in known if name not in today}
    defaults = {name: value for name, value in then.defaults.items() if name in today}
    looks = bool(then.converted or then.adapt or defaults)
    moved = bool(then.order) and order[: len(placed)] != placed

    @functools.wraps(function)
    def taken(*args: Any, **kwargs: Any) -> Any:
        own, values = args[:alone], args[alone:]
        if any_number:
            _rename(kwargs)
            return function(*args, **kwargs)
        too_many = len(values) > len(placed)
        if not (looks or moved or too_many or not former.isdisjoint(kwargs)):
            return function(*args, **kwargs)
        names = order if too_many or (moved and from_program()) else placed
        if len(values) > len(names) or not kwargs.keys().isdisjoint(names[: len(values)]):
            return function(*args, **kwargs)  # wrong then and now: today's error
        kwargs = {**dict(zip(names, values, strict=False)), **kwargs}
        if then.adapt is not None:
            then.adapt(kwargs)
        _rename(kwargs)
        for name, table in then.converted.items():
            value = kwargs.get(name)
            if isinstance(value, str) and value in table:
                kwargs[name] = table[value]
        if defaults and from_program():
            kwargs = {**defaults, **kwargs}
        return function(*own, **kwargs)

    def _rename(kwargs: dict[str, Any]) -> None:
        for name in former.intersection(kwargs):
            value = kwargs.pop(name)
            if name in then.renamed:
                new = then.renamed[name]
                if new in kwargs:
                    raise TypeError(f"{title} got both {name!r} and {new!r}, which is its name today")
                kwargs[new] = value
            elif name in then.refused and not asks_for_nothing(value):
                raise TypeError(f"{title}({name}={value!r}) is no more: {then.refused[name]}")
            elif name in then.warned and not asks_for_nothing(value):
                warn_once(f"{title}({name}={value!r}) has no effect today: {then.warned[name]}", 4)

    return taken


def asks_for_nothing(value: Any) -> bool:
    """Whether an argument's value leaves things as they are."""
    return value is None or (isinstance(value, (bool, int, float)) and not value) or value == "warn"
