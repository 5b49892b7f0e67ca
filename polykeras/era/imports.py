"""Hooks on imports: what to do when a module has been imported, and modules that no longer exist."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .patches import Patches

Callback = Callable[[ModuleType, Patches], None]
Factory = Callable[[str], ModuleType]


class _MadeLoader(Loader):
    """Hands out a module that a factory makes."""

    def __init__(self, factory: Factory) -> None:
        self.factory = factory

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.factory(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run: the factory's module is complete."""


class _LastFinder:
    """The finder behind all others: for modules that no longer exist."""

    def __init__(
        self, factories: dict[str, Factory], packages: set[str], conditions: dict[str, Callable[[], bool]]
    ) -> None:
        self.factories = factories
        self.packages = packages
        self.conditions = conditions

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self.factories or (name in self.conditions and not self.conditions[name]()):
            return None
        return ModuleSpec(name, _MadeLoader(self.factories[name]), is_package=name in self.packages)


class ImportHooks:
    """Callbacks behind the loading of modules, and modules made where nothing is found.

    It is itself the finder in front of all others. `install` puts it there; `uninstall` takes it away, with
    all that callbacks have supplied and all modules that were made.
    """

    def __init__(self) -> None:
        self.patches = Patches()
        self._callbacks: dict[str, list[Callback]] = {}
        self._factories: dict[str, Factory] = {}
        self._packages: set[str] = set()
        self._passing: set[str] = set()
        self._conditions: dict[str, Callable[[], bool]] = {}
        self._last = _LastFinder(self._factories, self._packages, self._conditions)
        self._endings: list[Callable[[], None]] = []

    def watch(self, name: str, callback: Callback) -> None:
        """Calls ``callback(module, patches)`` when `name` has been imported: at once if it is already."""
        self._callbacks.setdefault(name, []).append(callback)
        module = sys.modules.get(name)
        if module is not None:
            callback(module, self.patches)

    def provide(
        self,
        name: str,
        factory: Factory,
        package: bool = False,
        when: Callable[[], bool] | None = None,
    ) -> None:
        """Has ``import name`` yield what ``factory(name)`` makes, if nothing of that name is found.

        Args:
            name: full name of the module; a parent package must exist or be provided.
            factory: makes the module, when it is imported for the first time.
            package: whether modules below it can be imported.
            when: asked each time it is looked for; where it says no, there is no such module.
        """
        self._factories[name] = factory
        if when is not None:
            self._conditions[name] = when
        if package:
            self._packages.add(name)

    def at_uninstall(self, callback: Callable[[], None]) -> None:
        """Calls ``callback()`` when all is taken back: for what is no name and no module."""
        self._endings.append(callback)

    def install(self) -> None:
        """Puts the finders in their places."""
        sys.meta_path.insert(0, self)
        sys.meta_path.append(self._last)

    def uninstall(self) -> None:
        """Takes the finders away, and back all that was supplied and made."""
        for finder in (self, self._last):
            if finder in sys.meta_path:
                sys.meta_path.remove(finder)
        self.patches.undo()
        while self._endings:
            self._endings.pop()()
        for name in self._factories:
            module = sys.modules.get(name)
            if module is None or not isinstance(getattr(module.__spec__, "loader", None), _MadeLoader):
                continue
            del sys.modules[name]
            parent, _, last = name.rpartition(".")
            if parent in sys.modules and vars(sys.modules[parent]).get(last) is module:
                delattr(sys.modules[parent], last)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders say of a watched module, with its callbacks put behind the loading."""
        if name not in self._callbacks or name in self._passing:
            return None
        self._passing.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._passing.discard(name)
        loader: Any = spec.loader if spec is not None else None
        if loader is None or not hasattr(loader, "exec_module"):
            return spec
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            loader.exec_module = execute
            execute(module)
            for callback in self._callbacks[name]:
                callback(module, self.patches)

        loader.exec_module = exec_module
        return spec
