"""``import tensorflow`` where TensorFlow is not installed, for programs that only set its options.

Many programs import TensorFlow to say how much of a graphics card Keras may take, or to seed it. They run on
PyTensor as well. The module made here has the names for that; any other is an error that says what to
install. It is made for the program's own files alone: libraries that look for TensorFlow find none.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

from ..imports import ImportHooks

_SKIPPED = ("<frozen importlib", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# tensorboard, which polykeras writes its logs with, has parts of TensorFlow of its own.
_OTHERS = {"tensorboard": "tensorboard.compat.tensorflow_stub"}


class Options:
    """Settings by name: all can be given and assigned; those that were not are options again."""

    def __init__(self, **values: Any) -> None:
        vars(self).update({"device_count": {}, **values})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return vars(self).setdefault(name, Options())


class NoOperation:
    """An operation that does nothing: variables have their values from the start."""

    name = "init"

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Does nothing, as nothing is left to do."""


def _backend() -> Any:
    return importlib.import_module("polykeras.backend")


def session(target: str = "", graph: Any = None, config: Any = None) -> Any:
    """A session of the backend in use."""
    K = _backend()
    kind = type(K.get_session())
    return kind(target, graph, config, owner=K.adapter())


def interactive_session(target: str = "", graph: Any = None, config: Any = None) -> Any:
    """A session that is the one in use from the moment it is made."""
    made = session(target, graph, config)
    _backend().set_session(made)
    return made


def reset_default_graph() -> None:
    """Forgets all that was built."""
    _backend().clear_session()


def _initializer(*variables: Any, **options: Any) -> NoOperation:
    return NoOperation()


def _no_effect(*arguments: Any, **options: Any) -> None:
    """Does nothing: there is no TensorFlow to tell."""


def _false(*arguments: Any, **options: Any) -> bool:
    return False


@contextmanager
def device(name: Any) -> Iterator[None]:
    """A context without effect: PyTensor computes on the processor."""
    yield


def names() -> dict[str, Any]:
    """What the module has."""
    initializers = (
        *("global_variables_initializer", "initialize_all_variables", "variables_initializer"),
        *("initialize_variables", "local_variables_initializer", "initialize_local_variables"),
    )
    levels = {"DEBUG": 10, "ERROR": 40, "FATAL": 50, "INFO": 20, "WARN": 30}
    return {
        "ConfigProto": Options,
        "GPUOptions": Options,
        "GraphOptions": Options,
        "OptimizerOptions": Options,
        "Session": session,
        "InteractiveSession": interactive_session,
        "get_default_session": lambda: _backend().get_session(),
        "reset_default_graph": reset_default_graph,
        "device": device,
        "set_random_seed": _no_effect,
        "logging": SimpleNamespace(set_verbosity=_no_effect, **levels),
        "python": SimpleNamespace(control_flow_ops=SimpleNamespace()),
        "test": SimpleNamespace(is_gpu_available=_false, is_built_with_cuda=_false, gpu_device_name=str),
        "__version__": "1.0.0",
        "polykeras_stand_in": True,
        **dict.fromkeys(initializers, _initializer),
    }


class AbsentTensorFlow(ModuleType):
    """``tensorflow``, as far as a program can do without it."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "What programs on PyTensor call of TensorFlow 1.")
        vars(self).update(names())

    def __getattr__(self, name: str) -> Any:
        asking = str(sys._getframe(1).f_globals.get("__name__", "")).partition(".")[0]
        if asking in _OTHERS:
            return getattr(importlib.import_module(_OTHERS[asking]), name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(
            f"tensorflow.{name} needs TensorFlow, which is not installed. "
            "Run: pip install 'polykeras[tensorflow]'"
        )


def _importer() -> FrameType | None:
    """The frame that has the import statement, past those of the import system and of this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(_SKIPPED) and file != importlib.__file__:
            return frame
        frame = frame.f_back
    return None


def asked_by_program() -> bool:
    """Whether the import that is under way stands in the program itself or in a file beside it."""
    frame = _importer()
    if frame is None:
        return False
    if frame.f_globals.get("__name__") == "__main__":
        return True
    file = os.path.abspath(str(frame.f_globals.get("__file__") or ""))
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main is None or "site-packages" in file or "dist-packages" in file:
        return False
    return file.startswith(os.path.join(os.path.dirname(os.path.abspath(main)), ""))


def register(hooks: ImportHooks) -> None:
    """Provides ``tensorflow`` for the program's own files, where TensorFlow is not installed."""
    hooks.provide("tensorflow", AbsentTensorFlow, when=asked_by_program)
