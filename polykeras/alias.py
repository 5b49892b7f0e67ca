"""``import keras`` yields polykeras.

`install` puts a finder in front of Python's own. It answers ``keras`` and everything below it with the module
objects of polykeras, so that ``keras.layers.core.Dense is polykeras.layers.core.Dense``; a module imported so
also has the names that a star import gave (`star_names`). Keras 3 may be
installed beside: it is not touched, and not found while the alias is installed.

TensorFlow imports ``keras`` by itself, and Keras 1 scripts call names of TensorFlow 1. So the finder also
waits for ``tensorflow``, whoever imports it first: while it loads, ``keras`` means what is installed, and its
parts that would load a second Keras are refused; once it is loaded, the names of TensorFlow 1 that Keras 1
scripts call are supplied where they are missing (by the adapter's ``compat_v1``).
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from . import star_names

_PACKAGE = __name__.rpartition(".")[0]
_ALIAS = "keras"
_ADAPTER = f"{_PACKAGE}.backends.tensorflow"
# Parts of Keras 2 and 3 that TensorFlow and other packages reach for; there is nothing like them in Keras 1.
_FOREIGN = ("keras.src", "keras._tf_keras", "keras.api", "tensorflow.keras")


def _is_alias(name: str) -> bool:
    return name == _ALIAS or name.startswith(f"{_ALIAS}.")


class _AliasLoader(Loader):
    """Hands out the module of polykeras that an alias stands for."""

    def __init__(self, target: str) -> None:
        self.target = target

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.target)
        star_names.hand_out(module)
        self.own_spec = module.__spec__  # the import system is about to replace it by the alias' spec
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is run again: the module is complete. It gets its own spec back."""
        module.__spec__ = self.own_spec


class _Finder:
    """The finder in front of all others; see the module's docstring."""

    def __init__(self) -> None:
        self.displaced: dict[str, ModuleType] = {}
        self._tensorflow_thread: int | None = None
        self._passing: set[str] = set()
        self._after: dict[str, Callable[[], None]] = {
            "tensorflow": self.tensorflow_loaded,
            _ADAPTER: _supply_v1_names,
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if ".".join(name.split(".")[:2]) in _FOREIGN:
            raise ModuleNotFoundError(
                f"No module named {name!r}: it is a part of another Keras, and `keras` is polykeras in this "
                "process. Use Keras 3 or tf.keras in a process of its own, or call "
                "polykeras.alias.uninstall() first.",
                name=name,
            )
        if _is_alias(name):
            return self._find_alias(name)
        if name in self._after and name not in self._passing:
            return self._find_watched(name)
        return None

    def _find_alias(self, name: str) -> ModuleSpec | None:
        if self._tensorflow_thread == threading.get_ident():
            return None
        own = _PACKAGE + name[len(_ALIAS) :]
        if importlib.util.find_spec(own) is None:
            return None
        return ModuleSpec(name, _AliasLoader(own))

    def _find_watched(self, name: str) -> ModuleSpec | None:
        """What the other finders say of `name`, with a call of its hook put behind the loading."""
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
            if name == "tensorflow":
                config = importlib.import_module(f"{_PACKAGE}.config")
                with _quiet_start(), self._keras_as_installed(), config.importable_keras_3():
                    execute(module)
            else:
                execute(module)
            self._after[name]()

        loader.exec_module = exec_module
        return spec

    @contextmanager
    def _keras_as_installed(self) -> Iterator[None]:
        """While TensorFlow loads, ``keras`` is what is installed; afterwards it is the alias again."""
        aliases = _take_keras_modules()
        self._tensorflow_thread = threading.get_ident()
        try:
            yield
        finally:
            self._tensorflow_thread = None
            self.displaced.update(_take_keras_modules())
            sys.modules.update(aliases)

    def tensorflow_loaded(self) -> None:
        """Supplies the TensorFlow 1 names, unless the adapter is just being imported: its own hook will."""
        if _ADAPTER not in sys.modules:
            importlib.import_module(_ADAPTER)


def _quiet_start() -> AbstractContextManager[None]:
    """The context in which TensorFlow is imported: a quiet one for programs of the time."""
    era = sys.modules.get(f"{_PACKAGE}.era")
    if era is None or not era.installed():
        return nullcontext()
    start: AbstractContextManager[None] = importlib.import_module(f"{_PACKAGE}.era.quiet").starting(
        lambda: sys.modules["tensorflow"].config.list_physical_devices()
    )
    return start


def _take_keras_modules() -> dict[str, ModuleType]:
    """Removes ``keras`` and all below it from `sys.modules` and returns it."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if _is_alias(name)}


def _compat_v1() -> Any:
    return importlib.import_module(f"{_ADAPTER}.compat_v1")


def _supply_v1_names() -> None:
    _compat_v1().install()


_finder: _Finder | None = None
_lock = threading.RLock()


def installed() -> bool:
    """Whether ``import keras`` yields polykeras."""
    return _finder is not None


def install(era: bool = False) -> None:
    """Lets ``import keras`` and everything below it yield polykeras, until `uninstall`.

    Modules of another Keras that are loaded already are put aside: code that holds them goes on with them.
    Loads no engine. A second call changes nothing, but for supplying the era's names if it is the first to
    ask for them.

    Args:
        era: whether names that the standard library and other packages have lost since 2017 are supplied too
            (`polykeras.era`).
    """
    global _finder
    with _lock:
        if era:
            importlib.import_module(f"{_PACKAGE}.era").install()
        if _finder is not None:
            return
        finder = _Finder()
        finder.displaced.update(_take_keras_modules())
        sys.meta_path.insert(0, finder)
        _finder = finder
        if "tensorflow" in sys.modules:
            if _ADAPTER in sys.modules:
                _supply_v1_names()
            else:
                finder.tensorflow_loaded()


def uninstall() -> None:
    """Undoes `install`: ``import keras`` finds what is installed, TensorFlow loses the names supplied."""
    global _finder
    with _lock:
        if _finder is None:
            return
        sys.meta_path.remove(_finder)
        _take_keras_modules()
        star_names.take_back()
        sys.modules.update(_finder.displaced)
        if f"{_ADAPTER}.compat_v1" in sys.modules:
            _compat_v1().uninstall()
        if f"{_PACKAGE}.era" in sys.modules:
            importlib.import_module(f"{_PACKAGE}.era").uninstall()
        _finder = None


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext polykeras``: `install`, with the names of the era; cells may be in Python 2."""
    install(era=True)
    importlib.import_module(f"{_PACKAGE}.era.source.cells").load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """``%unload_ext polykeras``: `uninstall`."""
    uninstall()
