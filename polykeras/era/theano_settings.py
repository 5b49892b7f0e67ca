"""``theano.config``: its settings can be read and assigned; `floatX` and `on_unused_input` have an effect.

The rest steered Theano's compiler or a graphics card. A program of the time sets them at its top, or by
``THEANO_FLAGS``, and must find them again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..errors import check_choice, nearest

FLOAT_TYPES = ("float16", "float32", "float64")
REAL = ("floatX", "on_unused_input")
SECTIONS = (
    *("DebugMode", "NanGuardMode", "ProfileMode", "blas", "cmodule", "conv", "ctc", "cuda", "dnn", "dnn.bn"),
    *("dnn.conv", "dnn.pool", "experimental", "gcc", "gpuarray", "lazylinker", "lib", "magma", "metaopt"),
    *("numpy", "nvcc", "profiling", "pycuda", "scan", "tensor", "traceback", "unittests", "vm", "warn"),
)
DEFAULTS: dict[str, Any] = {
    "device": "cpu",
    "init_gpu_device": "",
    "force_device": False,
    "mode": "Mode",
    "linker": "cvm",
    "optimizer": "fast_run",
    "optimizer_excluding": "",
    "optimizer_including": "",
    "optimizer_verbose": False,
    "exception_verbosity": "low",
    "compute_test_value": "off",
    "print_test_value": False,
    "profile": False,
    "profile_memory": False,
    "allow_gc": True,
    "openmp": False,
    "cxx": "",
    "base_compiledir": os.path.join("~", ".theano"),
    "compiledir": os.path.join("~", ".theano", "compiledir"),
    "cast_policy": "custom",
    "int_division": "int",
    "warn_float64": "ignore",
    "on_opt_error": "warn",
    "assert_no_cpu_op": "ignore",
    "print_active_device": True,
    "reoptimize_unpickled_function": True,
    "blas.ldflags": "",
    "cuda.root": "",
    "dnn.enabled": "auto",
    "gcc.cxxflags": "",
    "lib.cnmem": 0.0,
    "nvcc.fastmath": False,
    "nvcc.flags": "",
    "gpuarray.preallocate": 0.0,
    "scan.allow_gc": False,
    "scan.allow_output_prealloc": True,
    "traceback.limit": 8,
}


class Section:
    """Settings below a dot, such as ``config.dnn``."""

    def __init__(self, values: dict[str, Any], prefix: str) -> None:
        vars(self).update(_values=values, _prefix=prefix)

    def __getattr__(self, name: str) -> Any:
        values, full = vars(self)["_values"], vars(self)["_prefix"] + name
        if full in values:
            return values[full]
        if full in SECTIONS:
            return Section(values, f"{full}.")
        raise AttributeError(f"theano.config has no setting {full!r}.{nearest(full, list(values))}")

    def __setattr__(self, name: str, value: Any) -> None:
        vars(self)["_values"][vars(self)["_prefix"] + name] = value


class Settings(Section):
    """``theano.config``.

    Args:
        flags: the text of ``THEANO_FLAGS``; what is not of its form is passed over.
        settle: called before `floatX` is read: it may assign it.
        apply: called with the name and the value of a setting that has an effect.
    """

    def __init__(self, flags: str, settle: Any, apply: Any) -> None:
        values = {**DEFAULTS, "floatX": "float64", "on_unused_input": "raise", **parsed_flags(flags)}
        if values["floatX"] not in FLOAT_TYPES:
            values["floatX"] = "float64"
        super().__init__(values, "")
        vars(self).update(_settle=settle, _apply=apply)

    def __getattr__(self, name: str) -> Any:
        if name in REAL:
            vars(self)["_settle"]()
        return super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "floatX":
            value = str(check_choice("theano.config", "floatX", value, FLOAT_TYPES))
        if name == "on_unused_input":
            check_choice("theano.config", name, value, ("raise", "warn", "ignore"))
        if name in REAL:
            vars(self)["_settle"]()
        super().__setattr__(name, value)
        if name in REAL:
            vars(self)["_apply"](name, value)

    @contextmanager
    def change_flags(self, flags: Mapping[str, Any] | None = None, **more: Any) -> Iterator[None]:
        """A context, or decorator, in which settings have other values."""
        changes = {**(flags or {}), **more}
        before = {name: getattr(self, name) for name in changes}
        try:
            for name, value in changes.items():
                setattr(self, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)


def parsed_flags(text: str) -> dict[str, Any]:
    """The settings in a text of the form ``device=gpu,floatX=float32``."""
    found: dict[str, Any] = {}
    for entry in text.split(","):
        name, equals, value = entry.partition("=")
        if equals and name.strip():
            found[name.strip()] = _value(DEFAULTS.get(name.strip()), value.strip())
    return found


def _value(default: Any, text: str) -> Any:
    """The text as a value of the type that the setting has."""
    if isinstance(default, bool):
        return text.lower() in ("1", "true", "yes")
    if isinstance(default, (int, float)):
        try:
            return type(default)(text)
        except ValueError:
            return default
    return text
