"""The builtins that the program's own files see.

Each file runs with a dictionary of builtins of its own. It holds today's, the helpers that the changed trees
call, an ``__import__`` that hands out views, and for files in Python 2 the builtins of that language.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .. import views
from . import containers, files, numbers, text
from .meaning import ATTRIBUTES
from .translate import compiled, read_source


def old_attribute(owner: Any, name: str) -> Any:
    """``owner.func_name`` and its kin."""
    return containers.old_attribute(owner, name, ATTRIBUTES[name])


_HELPERS: dict[str, Any] = {
    "int": numbers.to_int,
    "float": numbers.to_float,
    "items": numbers.items,
    "percent": numbers.percent,
    "dict_method": containers.dict_method,
    "next": containers.following,
    "old_attribute": old_attribute,
    "lost_method": containers.lost_method,
}


def _percent(template: Any, values: Any) -> Any:
    if type(values) is tuple:
        values = tuple(text.percent_value(value) for value in values)
    else:
        values = text.percent_value(values)
    return numbers.percent(template, values)


_HELPERS_2: dict[str, Any] = {
    "divide": numbers.divide,
    "divide_in_place": numbers.divide_in_place,
    "percent": _percent,
    "lt": numbers.less,
    "le": numbers.less_or_equal,
    "gt": numbers.greater,
    "ge": numbers.greater_or_equal,
    "xrange": range,
    "hash": containers.identity_hash,
    "unicode": text.unicode,
    "str": text.string,
    "dict_list": containers.dict_list,
    "sort": numbers.sort,
    "encode": text.encode,
    "decode": text.decode,
    "join": text.join,
    "bytes": text.old_bytes,
    **{f"cmp_{name}": method for name, method in numbers.CMP_METHODS.items()},
}


class _TextKind(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, (str, bytes))

    def __subclasscheck__(cls, kind: type) -> bool:
        return issubclass(kind, (str, bytes))


class basestring(metaclass=_TextKind):
    """What text and bytes are instances of."""


def _caller() -> Any:
    """The frame of the program that calls a function of this module."""
    return sys._getframe(2)


def _evaluated_input(prompt: Any = "") -> Any:
    """``input``: the value of the expression that is typed."""
    frame = _caller()
    return eval(builtins.input(prompt), frame.f_globals, frame.f_locals)


def _execfile(path: str, names: Any = None, local: Any = None) -> None:
    frame = _caller()
    names = frame.f_globals if names is None else names
    names.setdefault("__builtins__", frame.f_globals["__builtins__"])
    exec(compiled(read_source(path), path, python_2=True).code, names, names if local is None else local)


def _reload(module: ModuleType) -> ModuleType:
    """``reload``; that of `sys` only brought back a function that is there anyway."""
    module = vars(module).get("__viewed__", module)
    return module if module is sys else views.view_of(importlib.reload(module))


def _apply(function: Callable[..., Any], arguments: Any = (), options: Any = None) -> Any:
    return function(*arguments, **(options or {}))


def _coerce(left: Any, right: Any) -> tuple[Any, Any]:
    kind = type(left + right)
    return kind(left), kind(right)


class _NoIPython:
    """What ``get_ipython()`` gives an exported notebook that runs as a script."""

    def magic(self, line: str) -> None:
        """Nothing, but for magics that run a statement, which is run."""
        name, _, rest = line.lstrip("%").partition(" ")
        self._run(name, rest)

    def run_line_magic(self, name: str, line: str = "", *more: Any) -> None:
        """See `magic`."""
        self._run(name, line)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """See `magic`."""
        self._run(name, cell)

    def _run(self, name: str, statement: str) -> None:
        if name in ("time", "timeit", "capture", "prun") and statement.strip():
            frame = sys._getframe(2)
            exec(source_for()(statement), frame.f_globals)

    def system(self, command: str) -> None:
        """Nothing: commands of a notebook are for its machine."""
        print(f"polykeras: the notebook's command {command!r} is not run.", file=sys.stderr)

    getoutput = system


def _get_ipython() -> Any:
    """The running IPython, or a stand-in that takes magics."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return _NoIPython() if running is None else running


def source_for(features: frozenset[str] = frozenset()) -> Callable[..., Any]:
    """What turns text for ``exec`` and ``eval`` into code that means what it did in Python 2."""

    def source(code: Any) -> Any:
        if isinstance(code, bytes):
            code = text.as_text(code)
        if not isinstance(code, str):
            return code
        try:
            return compiled(code.strip(), "<string>", "eval", features, python_2=True).code
        except SyntaxError:
            return compiled(code, "<string>", "exec", features, python_2=True).code

    return source


def _builtins_2(features: frozenset[str]) -> dict[str, Any]:
    """The builtins of Python 2 that differ from today's."""
    found = {
        "apply": _apply,
        "basestring": basestring,
        "buffer": memoryview,
        "cmp": numbers.compare,
        "coerce": _coerce,
        "execfile": _execfile,
        "file": files.file,
        "filter": containers.list_filter,
        "input": _evaluated_input,
        "intern": sys.intern,
        "long": int,
        "map": containers.list_map,
        "max": numbers.largest,
        "min": numbers.smallest,
        "open": files.open_file,
        "range": containers.list_range,
        "raw_input": builtins.input,
        "reduce": functools.reduce,
        "reload": _reload,
        "round": numbers.round_half_away,
        "sorted": numbers.sorted_list,
        "StandardError": Exception,
        "unichr": chr,
        "unicode": str,
        "xrange": range,
        "zip": containers.list_zip,
    }
    if "print_function" not in features:
        found["print"] = text.print_statement
    return found


def import_for(python_2: bool, features: frozenset[str]) -> Callable[..., Any]:
    """The ``__import__`` of the program's own files.

    In Python 2 modules of the same package come before those of the path. A file without signs of Python 2
    may be of such a package all the same: what is not found on the path is looked for beside it.
    """
    absolute = "absolute_import" in features
    relative = python_2 and not absolute

    def import_module(
        name: str, names: Any = None, local: Any = None, wanted: Any = (), level: int = 0
    ) -> ModuleType:
        module = None
        if relative and level == 0 and names:
            module = _import_sibling(name, names.get("__package__"), wanted)
        if module is None:
            try:
                module = builtins.__import__(name, names, local, wanted, level)
            except ModuleNotFoundError as error:
                if absolute or level or not names or error.name != name.partition(".")[0]:
                    raise
                module = _import_sibling(name, names.get("__package__"), wanted)
                if module is None:
                    raise
        view = views.view_of(module)
        if view is module and wanted and any(_has_view(module, part) for part in wanted):
            return views.View(module, {})
        if view is not module and wanted and "*" in wanted and not hasattr(module, "__all__"):
            public = {key for key in (*vars(module), *vars(view)) if not key.startswith("_")}
            vars(view)["__all__"] = sorted(public)
        return view

    return import_module


def _has_view(module: ModuleType, name: str) -> bool:
    """Whether what a module calls by a name is a module of which there is a view."""
    found = getattr(module, name, None)
    return isinstance(found, ModuleType) and views.view_of(found) is not found


def _import_sibling(name: str, package: str | None, wanted: Any) -> ModuleType | None:
    """A module beside the importing one; None if there is none of that name."""
    if not package:
        return None
    top = name.partition(".")[0]
    full = f"{package}.{top}"
    if full not in sys.modules:
        try:
            if importlib.util.find_spec(full) is None:
                return None
        except (ImportError, ValueError, AttributeError):
            return None
    inner = importlib.import_module(f"{package}.{name}")
    if not wanted:
        return sys.modules[full]
    for part in wanted:
        if part != "*" and not hasattr(inner, part) and hasattr(inner, "__path__"):
            importlib.import_module(f"{package}.{name}.{part}")
    return inner


def builtins_for(python_2: bool, features: frozenset[str] = frozenset()) -> ModuleType:
    """A module of builtins for one of the program's own files.

    Args:
        python_2: whether the file is in Python 2.
        features: what it imports from ``__future__``.
    """
    module = ModuleType("builtins", builtins.__doc__)
    names = vars(module)
    names.update(vars(builtins))
    names.update({f"__era_{name}__": value for name, value in _HELPERS.items()})
    names["__import__"] = import_for(python_2, features)
    names.setdefault("get_ipython", _get_ipython)
    if python_2:
        names.update({f"__era_{name}__": value for name, value in _HELPERS_2.items()})
        names.update(_builtins_2(features))
        names["__era_source__"] = source_for(features)
    return module
