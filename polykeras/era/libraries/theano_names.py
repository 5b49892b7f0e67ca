"""``import theano`` means PyTensor, by the names that the PyTensor adapter keeps (its ``theano_names``).

The modules made here are empty until a name is taken from them: only then is the engine imported, so an
unused ``import theano`` costs nothing. Where PyTensor is not installed the imports succeed as well, and
what was imported says what to install when it is used.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any, NoReturn

from ..imports import ImportHooks

ENGINE = "pytensor"
VERSION = "0.9.0"

# Theano's modules: packages, each with what lies below it.
TREE = {
    "": "breakpoint configdefaults configparser d3viz gradient ifelse printing raise_op typed_list updates",
    "compile": "builders debugmode function function_module io mode monitormode nanguardmode ops pfunc "
    "profiling sharedvalue",
    "gof": "fg graph link null_type op opt toolbox type utils",
    "gpuarray": "basic_ops dnn type",
    "misc": "pkl_utils",
    "sandbox": "linalg multinomial neighbours rng_mrg softsign",
    "sandbox.cuda": "basic_ops blas dnn fftconv neighbours nvcc_compiler rng_curand type var",
    "sandbox.gpuarray": "",
    "scalar": "basic",
    "scan_module": "scan scan_op scan_utils scan_views",
    "sparse": "basic",
    "tensor": "basic blas elemwise extra_ops fft inplace nlinalg opt raw_random shared_randomstreams "
    "sharedvar slinalg sort subtensor type utils var xlogx",
    "tensor.nnet": "Conv3D abstract_conv blocksparse bn conv conv3d2d corr ctc neighbours nnet sigm",
    "tensor.signal": "conv downsample pool",
}
PACKAGES = {f"theano.{package}".rstrip(".") for package in TREE}
MODULES = tuple(
    sorted(PACKAGES | {".".join(filter(None, ("theano", p, n))) for p in TREE for n in TREE[p].split()})
)


def _no_device(*arguments: Any, **options: Any) -> None:
    """Chooses no graphics card: PyTensor computes on the processor."""


def _false(*arguments: Any, **options: Any) -> bool:
    return False


_NO_CUDA = {"use": _no_device, "cuda_available": False, "cuda_enabled": False}
# What a program asks of graphics cards, answered without the engine: there is none.
WITHOUT_ENGINE: dict[str, dict[str, Any]] = {
    "theano": {"__version__": VERSION},
    "theano.sandbox.cuda": _NO_CUDA,
    "theano.sandbox.cuda.dnn": {"dnn_available": _false},
    "theano.sandbox.gpuarray": {"use": _no_device, "init_dev": _no_device, "pygpu_activated": False},
    "theano.gpuarray": {"use": _no_device, "init_dev": _no_device, "pygpu_activated": False},
    "theano.gpuarray.dnn": {"dnn_available": _false, "dnn_present": _false},
}


def _registry() -> Any:
    return importlib.import_module("polykeras.backends.registry")


class Theano:
    """What all modules share: the settings, and the engine once it was needed."""

    def __init__(self) -> None:
        settings = importlib.import_module("polykeras.era.theano_settings")
        self.settings: Any = settings.Settings(os.environ.get("THEANO_FLAGS", ""), self.settle, self._apply)
        self.engine: Any = None
        self.settled = False

    def settle(self) -> None:
        """Takes over Keras's float type once the program has imported Keras with PyTensor as its backend.

        Keras 1 did so as it was imported, whatever the flags said.
        """
        if self.settled or sys.modules.get("keras", self) is not sys.modules.get("polykeras"):
            return
        self.settled = True
        K = importlib.import_module("polykeras.backend")
        if _registry().ENGINE_OF.get(K.backend(), "") in (ENGINE,):
            self.settings.floatX = K.floatx()

    def _apply(self, name: str, value: Any) -> None:
        if self.engine is not None:
            self.engine.set_option(name, value)

    def names(self) -> Any:
        """The adapter's names; None if PyTensor is not installed."""
        if self.engine is None and _registry().engine_installed(ENGINE):
            _registry().load(ENGINE, "import theano")
            engine = importlib.import_module("polykeras.backends.pytensor.theano_names")
            engine.start({name: getattr(self.settings, name) for name in ("floatX", "on_unused_input")})
            self.engine = engine
        return self.engine

    def stop(self) -> None:
        """Takes the engine's settings back."""
        if self.engine is not None:
            self.engine.stop()
            self.engine = None


class Absent:
    """What a program has imported from Theano where PyTensor is not installed: an error, once it is used."""

    def __init__(self, name: str) -> None:
        self.__name__ = self.__qualname__ = name

    def _refuse(self, *arguments: Any, **options: Any) -> NoReturn:
        raise ImportError(
            f"{self.__name__} needs PyTensor, which is not installed. Run: pip install 'polykeras[{ENGINE}]'"
        )

    __call__ = __getitem__ = __iter__ = __mro_entries__ = _refuse

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()


class TheanoModule(ModuleType):
    """A module of Theano: its names are fetched from the adapter when they are taken."""

    def __init__(self, name: str, theano: Theano) -> None:
        super().__init__(name, f"{name}, on PyTensor.")
        vars(self).update(_theano=theano, **WITHOUT_ENGINE.get(name, {}))

    def __getattr__(self, name: str) -> Any:
        theano, full = vars(self)["_theano"], f"{self.__name__}.{name}"
        if name == "__all__":
            return dir(self)
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if full == "theano.config" or (name == "config" and self.__name__.startswith("theano.config")):
            return theano.settings
        if name == "change_flags" and self.__name__ == "theano.configparser":
            return theano.settings.change_flags
        theano.settle()
        engine = None if _is_part(full) else theano.names()
        if engine is not None and engine.has(self.__name__, name):
            value = engine.find(self.__name__, name)
        elif full in MODULES:
            return importlib.import_module(full)
        elif engine is None:
            return Absent(full)
        else:
            raise AttributeError(engine.missing(self.__name__, name))
        if theano.settled:
            vars(self)[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # A module such as theano.tensor.sort does not hide the function of that name.
        if isinstance(value, TheanoModule) and not _is_part(value.__name__):
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        engine = vars(self)["_theano"].names()
        names = set(engine.names(self.__name__)) if engine is not None else set()
        return sorted(names | {name for name in vars(self) if not name.startswith("_")})


# Modules whose name is that of a function as well: the function is what the package shows.
_FUNCTIONS = {
    "theano.tensor.sort",
    "theano.tensor.var",
    "theano.scan_module.scan",
    "theano.compile.function",
    "theano.tensor.nnet.conv3d2d.conv3d",
}


def _is_part(full: str) -> bool:
    """Whether a name is that of a module which its package shows."""
    return full in MODULES and full not in _FUNCTIONS


def register(hooks: ImportHooks) -> None:
    """Provides Theano's modules where no Theano is installed."""
    made: list[Theano] = []

    def make(name: str) -> ModuleType:
        if not made:
            made.append(Theano())
            hooks.at_uninstall(made[0].stop)
        return TheanoModule(name, made[0])

    for name in MODULES:
        hooks.provide(name, make, package=name in PACKAGES)
