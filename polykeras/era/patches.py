"""What has been supplied to modules and classes of others, so that all of it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Patches:
    """Adds attributes where they are missing, and remembers them."""

    def __init__(self) -> None:
        self._supplied: list[tuple[Any, str, Any]] = []

    def supply(self, owner: Any, name: str, value: Any) -> bool:
        """Gives a module or class an attribute, unless it has one of that name.

        Args:
            owner: a module or a class.
            name: the attribute.
            value: its value.

        Returns:
            Whether it was missing and can be set; classes written in C cannot be given attributes.
        """
        if hasattr(owner, name):
            return False
        try:
            setattr(owner, name, value)
        except (AttributeError, TypeError):
            return False
        self._supplied.append((owner, name, value))
        return True

    def supply_all(self, owner: Any, values: Mapping[str, Any]) -> None:
        """`supply` for each item of `values`."""
        for name, value in values.items():
            self.supply(owner, name, value)

    def undo(self) -> None:
        """Removes what was supplied, last first, but for what the program has replaced since."""
        while self._supplied:
            owner, name, value = self._supplied.pop()
            if vars(owner).get(name) is value:
                delattr(owner, name)
