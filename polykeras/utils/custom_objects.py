"""Classes and functions of the program that configurations may name.

As in Keras 1.2.2, what has once been given to a loader as `custom_objects` stays known to later ones. Thus a
name in a file reaches only what the program itself has handed over: nothing is imported by it, and no class
or function of other modules is found. Keep from a process that loads files of strangers what they must not
reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_custom_objects: dict[str, Any] = {}
# Those of them that are known only because a loader was given them before.
_lasting: dict[str, Any] = {}


def get_custom_objects() -> dict[str, Any]:
    """The global dictionary of custom objects, from name to class or function; change it in place."""
    return _custom_objects


def objects_for_layers() -> dict[str, Any]:
    """The custom objects among which the names of layers are looked for.

    A `Lambda` layer takes the function under its own name in place of the stored one. Names such as
    ``lambda_1`` are those of many models, so what an earlier loader was given does not count.
    """
    return {
        name: value
        for name, value in _custom_objects.items()
        if name not in _lasting or _lasting[name] is not value
    }


class CustomObjectScope:
    """Makes custom objects known inside a ``with`` block and restores the former ones after it.

    Args:
        *args: dictionaries from name to class or function; a later one wins over an earlier one.

    Raises:
        TypeError: if an argument is not a dictionary.
    """

    def __init__(self, *args: Mapping[str, Any]) -> None:
        for objects in args:
            if not isinstance(objects, Mapping):
                raise TypeError(
                    "CustomObjectScope: each argument must be a dictionary such as {'MyLayer': MyLayer}, "
                    f"got {objects!r}."
                )
        self.custom_objects = args
        self.backup: dict[str, Any] = {}
        self._lasting: dict[str, Any] = {}

    def __enter__(self) -> CustomObjectScope:
        self.backup, self._lasting = dict(_custom_objects), dict(_lasting)
        for objects in self.custom_objects:
            _custom_objects.update(objects)
            for name in objects:
                _lasting.pop(name, None)
        return self

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        for current, former in ((_custom_objects, self.backup), (_lasting, self._lasting)):
            current.clear()
            current.update(former)


class LoadingScope(CustomObjectScope):
    """A `CustomObjectScope` whose objects stay known if the block ends without an error."""

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        super().__exit__(type, value, traceback)
        if type is not None:
            return
        for objects in self.custom_objects:
            for name, given in objects.items():
                if _custom_objects.get(name) is not given:
                    _custom_objects[name] = _lasting[name] = given


def custom_object_scope(*args: Mapping[str, Any]) -> CustomObjectScope:
    """A `CustomObjectScope` of the given dictionaries."""
    return CustomObjectScope(*args)
