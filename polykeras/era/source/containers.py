"""Lists and dictionaries as Python 2 had them."""

from __future__ import annotations

import builtins
from collections.abc import Callable, MappingView
from itertools import zip_longest
from typing import Any


def list_map(function: Callable[..., Any] | None, *iterables: Any) -> list[Any]:
    """``map``: a list; shorter arguments are filled up with None, and None for the function makes tuples."""
    if len(iterables) == 1:
        return list(iterables[0]) if function is None else list(map(function, iterables[0]))
    rows = zip_longest(*iterables)
    return list(rows) if function is None else [function(*row) for row in rows]


def list_filter(function: Callable[[Any], Any] | None, iterable: Any) -> Any:
    """``filter``: text from text, a tuple from a tuple, else a list."""
    found = filter(function, iterable)
    if isinstance(iterable, str):
        return "".join(found)
    return tuple(found) if isinstance(iterable, tuple) else list(found)


def list_zip(*iterables: Any) -> list[tuple[Any, ...]]:
    """``zip``: a list."""
    return list(zip(*iterables, strict=False))


def list_range(*arguments: Any) -> list[int]:
    """``range``: a list."""
    return list(range(*arguments))


def dict_list(owner: Any, method: str) -> Any:
    """``owner.keys()`` and its kin: a list where they give a view today; anything else answers itself."""
    found = getattr(owner, method)()
    return list(found) if type(owner) is dict or isinstance(found, MappingView) else found


_TODAY = {
    "iteritems": "items",
    "iterkeys": "keys",
    "itervalues": "values",
    "viewitems": "items",
    "viewkeys": "keys",
    "viewvalues": "values",
}


def dict_method(owner: Any, method: str, *arguments: Any) -> Any:
    """``owner.iteritems()``, ``owner.has_key(key)`` and their kin, where `owner` has lost them."""
    own = getattr(owner, method, None)
    if own is not None:
        return own(*arguments)
    if method == "has_key":
        return arguments[0] in owner
    today = getattr(owner, _TODAY[method], None)
    if today is None:
        return getattr(owner, method)()
    return iter(today()) if method.startswith("iter") else today()


def following(owner: Any) -> Any:
    """``owner.next()``, whether or not `owner` still has the method."""
    own = getattr(owner, "next", None)
    return builtins.next(owner) if own is None else own()


def old_attribute(owner: Any, name: str, today: str) -> Any:
    """``owner.func_name`` and its kin, under the name of today where `owner` has lost the old one."""
    try:
        return getattr(owner, name)
    except AttributeError:
        value = owner
        for part in today.split("."):
            if not hasattr(value, part):
                raise
            value = getattr(value, part)
        return value


def identity_hash(value: Any) -> int:
    """The hash of an object that defines equality and no hash."""
    return object.__hash__(value)


# Methods that classes written in C have lost: these cannot be supplied to the class.
LOST: dict[str, Callable[[Any], Any]] = {
    "tostring": lambda owner: owner.tobytes,
    "fromstring": lambda owner: owner.frombytes,
    "newbyteorder": lambda owner: lambda order="S": owner.view(owner.dtype.newbyteorder(order)),
    "ptp": lambda owner: lambda *axes, **options: owner.max(*axes, **options) - owner.min(*axes, **options),
    "getchildren": lambda owner: lambda: list(owner),
    "getiterator": lambda owner: owner.iter,
}


def lost_method(owner: Any, name: str) -> Any:
    """A method under the name that it had, where `owner` has lost it."""
    try:
        return getattr(owner, name)
    except AttributeError as error:
        try:
            return LOST[name](owner)
        except AttributeError:
            raise error from None
