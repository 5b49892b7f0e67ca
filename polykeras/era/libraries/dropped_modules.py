"""`imp` and `distutils`, which Python 3.12 has dropped: what programs use of them, set-up scripts aside."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import shutil
import sys
import types
from collections.abc import Callable
from types import ModuleType
from typing import Any

from .stand_ins import module_of

PY_SOURCE, PY_COMPILED, C_EXTENSION, PKG_DIRECTORY, C_BUILTIN, PY_FROZEN = 1, 2, 3, 5, 6, 7


def _load(name: str, path: str, loader: Any) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load the module {name!r} from {path!r}", name=name, path=path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def load_source(name: str, pathname: str, file: Any = None) -> ModuleType:
    """Runs a file of source as the module `name`."""
    return _load(name, pathname, importlib.machinery.SourceFileLoader(name, pathname))


def load_compiled(name: str, pathname: str, file: Any = None) -> ModuleType:
    """Runs a file of byte code as the module `name`."""
    return _load(name, pathname, importlib.machinery.SourcelessFileLoader(name, pathname))


def load_dynamic(name: str, path: str, file: Any = None) -> ModuleType:
    """Loads an extension module."""
    return _load(name, path, importlib.machinery.ExtensionFileLoader(name, path))


def get_suffixes() -> list[tuple[str, str, int]]:
    """Endings of files of modules: each with the mode to open it with and its kind."""
    kinds = (
        (importlib.machinery.EXTENSION_SUFFIXES, "rb", C_EXTENSION),
        (importlib.machinery.SOURCE_SUFFIXES, "r", PY_SOURCE),
        (importlib.machinery.BYTECODE_SUFFIXES, "rb", PY_COMPILED),
    )
    return [(suffix, mode, kind) for suffixes, mode, kind in kinds for suffix in suffixes]


def find_module(name: str, path: Any = None) -> tuple[Any, Any, tuple[str, str, int]]:
    """Where a module is: its open file, its path, and (ending, mode, kind); for `load_module`.

    Raises:
        ImportError: if there is none of that name.
    """
    if path is None and name in sys.builtin_module_names:
        return None, None, ("", "", C_BUILTIN)
    for folder in sys.path if path is None else path:
        package = os.path.join(folder, name)
        if os.path.isfile(os.path.join(package, "__init__.py")):
            return None, package, ("", "", PKG_DIRECTORY)
        for suffix, mode, kind in get_suffixes():
            found = os.path.join(folder, name + suffix)
            if os.path.isfile(found):
                return open(found, mode), found, (suffix, mode, kind)
    raise ImportError(f"No module named {name!r}", name=name)


def load_module(name: str, file: Any, filename: Any, details: tuple[str, str, int]) -> ModuleType:
    """Loads what `find_module` has found."""
    kind = details[2]
    if kind == PKG_DIRECTORY:
        return load_source(name, os.path.join(filename, "__init__.py"))
    if kind == C_BUILTIN:
        return importlib.import_module(name)
    loaders = {PY_SOURCE: load_source, PY_COMPILED: load_compiled, C_EXTENSION: load_dynamic}
    if kind not in loaders:
        raise ImportError(f"cannot load the module {name!r}: unknown kind {kind}", name=name)
    return loaders[kind](name, filename)


def _imp(name: str) -> ModuleType:
    functions = (load_source, load_compiled, load_dynamic, get_suffixes, find_module, load_module)
    return module_of(
        name,
        {
            **{function.__name__: function for function in functions},
            "C_BUILTIN": C_BUILTIN,
            "C_EXTENSION": C_EXTENSION,
            "PKG_DIRECTORY": PKG_DIRECTORY,
            "PY_COMPILED": PY_COMPILED,
            "PY_FROZEN": PY_FROZEN,
            "PY_SOURCE": PY_SOURCE,
            "acquire_lock": lambda: None,
            "cache_from_source": importlib.util.cache_from_source,
            "lock_held": lambda: False,
            "new_module": types.ModuleType,
            "release_lock": lambda: None,
            "reload": importlib.reload,
        },
    )


def mkpath(name: str, mode: int = 0o777, verbose: int = 1, dry_run: int = 0) -> list[str]:
    """Makes a folder and those above it; the names of the new ones."""
    path, new = os.path.abspath(name), []
    while not os.path.isdir(path):
        new.append(path)
        path = os.path.dirname(path)
    if not dry_run:
        os.makedirs(name, mode, exist_ok=True)
    return new[::-1]


def copy_tree(src: str, dst: str, *options: Any, **more: Any) -> list[str]:
    """Copies all that is in a folder into another, which may exist; the paths of the copied files."""
    if not os.path.isdir(src):
        raise OSError(f"cannot copy the folder {src!r}: there is none")
    shutil.copytree(src, dst, dirs_exist_ok=True)
    return [
        os.path.join(dst, os.path.relpath(os.path.join(folder, file), src))
        for folder, _, files in os.walk(src)
        for file in files
    ]


def copy_file(src: str, dst: str, *options: Any, **more: Any) -> tuple[str, int]:
    """Copies a file; where to, and 1."""
    return shutil.copy2(src, dst), 1


def strtobool(val: str) -> int:
    """1 for yes, true, on and their kin, 0 for no, false, off.

    Raises:
        ValueError: for anything else.
    """
    text = val.lower()
    if text in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if text in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError(f"wanted yes or no, got {val!r}")


def _distutils(name: str) -> ModuleType:
    if name == "distutils.version":
        versions = importlib.import_module(f"{__package__}.old_versions")
        return module_of(
            name, {"LooseVersion": versions.LooseVersion, "StrictVersion": versions.StrictVersion}
        )
    names: dict[str, dict[str, Any]] = {
        "distutils": {"__path__": [], "__version__": ".".join(str(part) for part in sys.version_info[:3])},
        "distutils.dir_util": {
            "copy_tree": copy_tree,
            "mkpath": mkpath,
            "remove_tree": lambda directory, *options, **more: shutil.rmtree(directory),
        },
        "distutils.file_util": {"copy_file": copy_file, "move_file": shutil.move},
        "distutils.spawn": {
            "find_executable": lambda executable, path=None: shutil.which(executable, path=path)
        },
        "distutils.util": {"strtobool": strtobool, "get_platform": _get_platform},
        "distutils.sysconfig": {"get_python_lib": _python_library, "get_python_inc": _python_headers},
    }
    return module_of(name, names[name])


def _get_platform() -> str:
    return str(importlib.import_module("sysconfig").get_platform())


def _python_library(*options: Any, **more: Any) -> str:
    return str(importlib.import_module("sysconfig").get_path("purelib"))


def _python_headers(*options: Any, **more: Any) -> str:
    return str(importlib.import_module("sysconfig").get_path("include"))


def _setup(name: str) -> ModuleType:
    raise ModuleNotFoundError(
        f"No module named {name!r}: Python has no distutils since 3.12; run: pip install setuptools, "
        "which brings it back",
        name=name,
    )


FACTORIES: dict[str, Callable[[str], ModuleType]] = {
    "imp": _imp,
    "distutils": _distutils,
    "distutils.core": _setup,
    "distutils.dir_util": _distutils,
    "distutils.extension": _setup,
    "distutils.file_util": _distutils,
    "distutils.spawn": _distutils,
    "distutils.sysconfig": _distutils,
    "distutils.util": _distutils,
    "distutils.version": _distutils,
}
