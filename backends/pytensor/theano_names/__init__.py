"""Theano's names on PyTensor: for each module of Theano, where its names are found.

PyTensor descends from Theano and has kept most names. What it has renamed or dropped, and what means
something else today, stands in the modules beside this one, each with a table `NAMES`. A home below looks
there first. Nothing here is imported before a program takes a name from a module of Theano.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import pytensor

_HERE = __name__
_T = (
    ".tensors",
    ".shapes",
    ".gradients",
    "pytensor.tensor",
    "pytensor.gradient",
    "pytensor.tensor.basic",
    "pytensor.tensor.elemwise",
    "pytensor.tensor.math",
    "pytensor.tensor.shape",
    "pytensor.tensor.subtensor",
    "pytensor.tensor.extra_ops",
    "pytensor.tensor.type",
    "pytensor.tensor.sharedvar",
    "pytensor.tensor.exceptions",
)
_NNET = (".nnet", ".batch_norm", ".neighbours", ".convolution")
_GOF = (
    ".graphs",
    "pytensor.graph.basic",
    "pytensor.graph.op",
    "pytensor.graph.type",
    "pytensor.graph.fg",
    "pytensor.graph.traversal",
    "pytensor.graph.replace",
    "pytensor.graph.utils",
    "pytensor.graph.features",
    "pytensor.graph.null_type",
    "pytensor.graph.rewriting.basic",
    "pytensor.link.basic",
)
_COMPILE = (
    ".function",
    ".graphs",
    "pytensor.compile.mode",
    "pytensor.compile.io",
    "pytensor.compile.sharedvalue",
    "pytensor.compile.builders",
    "pytensor.compile.ops",
    "pytensor.compile.debug.nanguardmode",
    "pytensor.compile.debug.debugmode",
    "pytensor.compile.debug.monitormode",
    "pytensor.compile.debug.profiling",
)
_CUDA = (".cuda", ".convolution", ".pool", *_T)
_LINALG = (".linear", "pytensor.tensor.linalg", "pytensor.tensor.nlinalg", "pytensor.tensor.slinalg", *_T)
_SPARSE = (".sparse", "pytensor.sparse", "pytensor.sparse.basic", "pytensor.sparse.math")
_RANDOM = (".random",)

# The modules in which the names of a module of Theano are looked for, or of all modules below it.
SOURCES: dict[str, tuple[str, ...]] = {
    "theano": (
        ".top",
        ".function",
        ".loops",
        ".graphs",
        ".gradients",
        ".tensors",
        ".printing",
        "pytensor",
        "pytensor.gradient",
        "pytensor.compile.builders",
    ),
    "theano.breakpoint": ("pytensor.breakpoint",),
    "theano.compile": _COMPILE,
    "theano.d3viz": ("pytensor.d3viz",),
    "theano.gof": _GOF,
    "theano.gpuarray": _CUDA,
    "theano.gradient": (".gradients", "pytensor.gradient"),
    "theano.ifelse": (".loops",),
    "theano.misc.pkl_utils": (".pickles", "pytensor.misc.pkl_utils"),
    "theano.printing": (".printing", "pytensor.printing"),
    "theano.raise_op": ("pytensor.raise_op",),
    "theano.sandbox": (*_RANDOM, *_LINALG, *_NNET),
    "theano.sandbox.cuda": _CUDA,
    "theano.sandbox.cuda.neighbours": _NNET,
    "theano.sandbox.cuda.rng_curand": _RANDOM,
    "theano.sandbox.gpuarray": _CUDA,
    "theano.scalar": ("pytensor.scalar", "pytensor.scalar.basic", "pytensor.scalar.math"),
    "theano.scan_module": (".loops", "pytensor.scan.utils", "pytensor.scan.op", "pytensor.scan"),
    "theano.sparse": _SPARSE,
    "theano.tensor": _T,
    "theano.tensor.basic": (*_T, "pytensor.tensor.basic", "pytensor.tensor.math"),
    "theano.tensor.blas": ("pytensor.tensor.blas", *_T),
    "theano.tensor.elemwise": ("pytensor.tensor.elemwise", *_T),
    "theano.tensor.extra_ops": (".shapes", ".tensors", "pytensor.tensor.extra_ops"),
    "theano.tensor.fft": ("pytensor.tensor.fft",),
    "theano.tensor.nlinalg": _LINALG,
    "theano.tensor.nnet": _NNET,
    "theano.tensor.nnet.conv": (".signal_names", ".convolution"),
    "theano.tensor.nnet.conv3d2d": (".frames",),
    "theano.tensor.opt": ("pytensor.tensor.rewriting.basic", *_T),
    "theano.tensor.raw_random": _RANDOM,
    "theano.tensor.shared_randomstreams": _RANDOM,
    "theano.tensor.sharedvar": ("pytensor.tensor.sharedvar", "pytensor.compile.sharedvalue"),
    "theano.tensor.signal": (".pool",),
    "theano.tensor.signal.conv": (".signals",),
    "theano.tensor.slinalg": _LINALG,
    "theano.tensor.sort": ("pytensor.tensor.sort", *_T),
    "theano.tensor.subtensor": ("pytensor.tensor.subtensor", *_T),
    "theano.tensor.type": (*_T, "pytensor.tensor.type"),
    "theano.tensor.utils": ("pytensor.tensor.utils", *_T),
    "theano.tensor.var": ("pytensor.tensor.variable", *_T),
    "theano.typed_list": ("pytensor.typed_list",),
    "theano.updates": (".loops",),
}
_loaded: dict[str, Any] = {}
_before: dict[str, Any] = {}


def _source(name: str) -> Any:
    """A module, or the table of one of ours, by its entry in `SOURCES`; None if PyTensor has none such."""
    if name not in _loaded:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                warnings.simplefilter("ignore", FutureWarning)
                module = importlib.import_module(name, _HERE)
        except ModuleNotFoundError as error:
            if name.startswith(".") or not (error.name or "").startswith("pytensor"):
                raise
            module = None
        _loaded[name] = vars(module)["NAMES"] if module and name.startswith(".") else module
    return _loaded[name]


def _sources(module: str) -> tuple[str, ...]:
    while module not in SOURCES and "." in module:
        module = module.rpartition(".")[0]
    return SOURCES.get(module, ()) if module != "theano" else SOURCES["theano"]


def find(module: str, name: str, default: Any = None) -> Any:
    """What `name` stands for in a module of Theano.

    Args:
        module: the full name, such as ``"theano.tensor.nnet"``.
        name: an attribute of it.
        default: the result if there is none.
    """
    for each in _sources(module):
        source = _source(each)
        if isinstance(source, dict):
            if name in source:
                return source[name]
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = default if name.startswith("_") else getattr(source, name, default)
        if value is not default:
            return value
    return default


def has(module: str, name: str) -> bool:
    """Whether `find` finds something."""
    return not name.startswith("__") and find(module, name, _loaded) is not _loaded


def names(module: str) -> list[str]:
    """The public names of a module of Theano."""
    found: set[str] = set()
    for each in _sources(module):
        source = _source(each)
        found.update(source if isinstance(source, dict) else dir(source))
    return sorted(name for name in found if not name.startswith("_"))


def missing(module: str, name: str) -> str:
    """The message for a name that is not there."""
    return (
        f"module {module!r} has no attribute {name!r}: PyTensor, which it is here, has nothing of that name. "
        "Write it with operations of theano.tensor, or with keras.backend."
    )


def start(options: dict[str, Any]) -> None:
    """Prepares PyTensor for a program that was written for Theano, until `stop`.

    An expression's own `eval` runs by PyTensor's Python code: its compiler takes seconds for the first one.
    """
    set_option("linker", "py")
    for name, value in options.items():
        set_option(name, value)


def set_option(name: str, value: Any) -> None:
    """Assigns a setting of PyTensor's."""
    _before.setdefault(name, getattr(pytensor.config, name))
    setattr(pytensor.config, name, value)


def stop() -> None:
    """Gives all settings the values back that they had before `start`."""
    while _before:
        setattr(pytensor.config, *_before.popitem())
