"""What has been supplied to modules and classes of others, so that all of it can be taken back."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

_MISSING = object()


class Patches:
    """Adds attributes where they are missing, widens functions, and remembers all of it."""

    def __init__(self) -> None:
        self._ways_back: list[Callable[[], None]] = []

    def supply(self, owner: Any, name: str, value: Any) -> bool:
        """Gives a module or class an attribute, unless it has one of that name.

        Args:
            owner: a module or a class.
            name: the attribute.
            value: its value.

        Returns:
            Whether it was missing and can be set; classes written in C cannot be given attributes.
        """
        try:
            if hasattr(owner, name):
                return False
        except ImportError:  # a module's own word on a name that has gone
            pass
        try:
            setattr(owner, name, value)
        except (AttributeError, TypeError):
            return False
        self._ways_back.append(functools.partial(_remove, owner, name, value))
        return True

    def supply_all(self, owner: Any, values: Mapping[str, Any]) -> None:
        """`supply` for each item of `values`."""
        for name, value in values.items():
            self.supply(owner, name, value)

    def supply_item(self, table: MutableMapping[Any, Any], key: Any, value: Any) -> None:
        """Gives a table an entry, unless it has one of that key."""
        if key not in table:
            table[key] = value
            self._ways_back.append(functools.partial(_remove_item, table, key, value))

    def widen(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> bool:
        """Puts around a function or property one that does the same, and also takes what was taken then.

        The wrapper's duty: whatever works today works as it does today, unless the program's own files call
        (`polykeras.era.callers`).

        Args:
            owner: a module or a class; one that inherits the attribute gets one of its own.
            name: the attribute; nothing is done if there is none.
            wrap: takes what is there; returns what is put in its place.

        Returns:
            Whether it has been put there.
        """
        own = vars(owner).get(name, _MISSING)
        present = own
        for parent in getattr(owner, "__mro__", ()):
            present = vars(parent).get(name, _MISSING) if present is _MISSING else present
        if present is _MISSING:
            return False
        value = wrap(present)
        try:
            setattr(owner, name, value)
        except (AttributeError, TypeError):
            return False
        self._ways_back.append(functools.partial(_put_back, owner, name, value, own))
        return True

    def when_undone(self, action: Callable[[], None]) -> None:
        """Has `undo` call something, in its place."""
        self._ways_back.append(action)

    def undo(self) -> None:
        """Takes back what was supplied and widened, last first, but for what the program has replaced."""
        while self._ways_back:
            self._ways_back.pop()()


def _remove(owner: Any, name: str, value: Any) -> None:
    if vars(owner).get(name) is value:
        delattr(owner, name)


def _remove_item(table: MutableMapping[Any, Any], key: Any, value: Any) -> None:
    if table.get(key) is value:
        del table[key]


def _put_back(owner: Any, name: str, value: Any, before: Any) -> None:
    if vars(owner).get(name) is not value:
        return
    if before is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, before)
