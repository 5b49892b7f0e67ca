"""Finds and loads the modules of the program's own folders."""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from .names import builtins_for
from .translate import Compiled, compiled, parsed, read_source

_LIBRARIES = tuple(
    {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)
_PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
_MOST_NEIGHBOURS = 100


class ProgramLoader(SourceFileLoader):
    """Loads a module of the program; reads and writes no byte code."""

    def get_code(self, fullname: str) -> CodeType:
        return self._compiled().code

    def _compiled(self) -> Compiled:
        return compiled(
            self.get_data(self.path), self.path, python_2=_finder is not None and _finder.python_2
        )

    def exec_module(self, module: ModuleType) -> None:
        found = self._compiled()
        vars(module)["__builtins__"] = vars(builtins_for(found.python_2, found.features))
        exec(found.code, vars(module))


class ProgramFinder:
    """The finder for the modules of the program's own folders.

    These are the folder of the script and those that the program has put on `sys.path` since, but for folders
    of installed packages.
    """

    def __init__(self, folder: str) -> None:
        self.folders = {os.path.realpath(folder)}
        self.python_2 = False
        self._known = {os.path.realpath(entry) for entry in sys.path if entry}
        self._names: dict[str, tuple[float, frozenset[str]]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in ("polykeras", "keras"):
            return None
        if path is None and not any(self._holds(folder, name) for folder in self._own_folders()):
            return None
        if path is not None and not any(self._is_own(entry) for entry in path):
            return None
        spec = PathFinder.find_spec(name, path)
        loader: Any = spec.loader if spec is not None else None
        if (
            spec is None
            or type(loader) is not SourceFileLoader
            or not self._is_own(os.path.dirname(loader.path))
        ):
            return spec
        spec.loader = ProgramLoader(name, loader.path)
        spec.cached = None
        return spec

    def _own_folders(self) -> list[str]:
        found = list(self.folders)
        for entry in sys.path:
            real = os.path.realpath(entry)
            if real not in self._known and real not in self.folders and not _is_library(real):
                found.append(real)
        return found

    def _is_own(self, folder: str) -> bool:
        real = os.path.realpath(folder)
        return not _is_library(real) and any(
            real == own or real.startswith(own + os.sep) for own in self._own_folders()
        )

    def _holds(self, folder: str, name: str) -> bool:
        """Whether a folder has a file or a folder of a module's name."""
        try:
            changed = os.stat(folder).st_mtime
            known = self._names.get(folder)
            if known is None or known[0] != changed:
                entries = frozenset(entry.removesuffix(".py") for entry in os.listdir(folder))
                known = self._names[folder] = (changed, entries)
        except OSError:
            return False
        return name in known[1]


def _is_library(folder: str) -> bool:
    """Whether a folder belongs to installed packages, the standard library or polykeras."""
    if "site-packages" in folder.split(os.sep) or "dist-packages" in folder.split(os.sep):
        return True
    return any(folder == place or folder.startswith(place + os.sep) for place in (*_LIBRARIES, _PACKAGE))


_finder: ProgramFinder | None = None


def install(folder: str, python_2: bool = False) -> None:
    """Lets the modules of a folder be loaded as those of the program.

    Args:
        folder: the folder.
        python_2: whether the program is in Python 2: then so are its modules that show no sign of either.
    """
    global _finder
    if _finder is None:
        _finder = ProgramFinder(folder)
        place = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else 0
        sys.meta_path.insert(place, _finder)
    _finder.folders.add(os.path.realpath(folder))
    _finder.python_2 = _finder.python_2 or python_2


def imports_python_2(tree: ast.AST, folder: str) -> bool:
    """Whether a program imports modules of its folder, directly or through others, that are in Python 2."""
    seen: set[str] = set()
    waiting = list(_neighbours(tree, folder))
    while waiting and len(seen) < _MOST_NEIGHBOURS:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        try:
            found = parsed(read_source(path), path)
        except (OSError, SyntaxError):
            continue
        if found.python_2:
            return True
        waiting.extend(_neighbours(found.tree, folder))
    return False


def _neighbours(tree: ast.AST, folder: str) -> Iterator[str]:
    """The files in a folder that a file imports."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            place = os.path.join(folder, *name.split("."))
            yield from (
                path for path in (f"{place}.py", os.path.join(place, "__init__.py")) if os.path.isfile(path)
            )


def uninstall() -> None:
    """Modules are loaded as usual again; those that are loaded stay."""
    global _finder
    if _finder is not None and _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    _finder = None
