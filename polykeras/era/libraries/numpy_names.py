"""Names that NumPy has lost, with their meaning in NumPy 1.10 to 1.13."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import numpy_functions as functions
from . import numpy_types as types
from .stand_ins import module_of

Names = dict[str, Any]

_BUILTINS: Names = {
    "bool": bool,
    "complex": complex,
    "float": float,
    "int": int,
    "long": int,
    "object": object,
    "str": str,
    "unicode": str,
}
# Old name -> the name of today.
_RENAMED = {
    "alltrue": "all",
    "bool8": "bool_",
    "bytes0": "bytes_",
    "cfloat": "complex128",
    "clongfloat": "clongdouble",
    "complex_": "complex128",
    "cumproduct": "cumprod",
    "float_": "float64",
    "int0": "intp",
    "longcomplex": "clongdouble",
    "longfloat": "longdouble",
    "mat": "asmatrix",
    "object0": "object_",
    "product": "prod",
    "rank": "ndim",
    "round_": "round",
    "row_stack": "vstack",
    "singlecomplex": "complex64",
    "sometrue": "any",
    "str0": "str_",
    "string0": "bytes_",
    "string_": "bytes_",
    "trapz": "trapezoid",
    "typeDict": "sctypeDict",
    "uint0": "uintp",
    "unicode0": "str_",
    "unicode_": "str_",
    "void0": "void",
}
_NUMBERS: Names = {
    **dict.fromkeys(("NAN", "NaN"), float("nan")),
    **dict.fromkeys(("Inf", "Infinity", "PINF", "infty"), float("inf")),
    "NINF": float("-inf"),
    "NZERO": -0.0,
    "PZERO": 0.0,
    **{"CLIP": 0, "WRAP": 1, "RAISE": 2},
    **{"ERR_IGNORE": 0, "ERR_WARN": 1, "ERR_RAISE": 2, "ERR_CALL": 3, "ERR_PRINT": 4, "ERR_LOG": 5},
    **{"FPE_DIVIDEBYZERO": 1, "FPE_OVERFLOW": 2, "FPE_UNDERFLOW": 4, "FPE_INVALID": 8},
    **{"MAXDIMS": 32, "BUFSIZE": 8192, "ALLOW_THREADS": 1, "MAY_SHARE_BOUNDS": 0, "MAY_SHARE_EXACT": -1},
}
_WARNINGS = (
    "AxisError",
    "ComplexWarning",
    "ModuleDeprecationWarning",
    "RankWarning",
    "TooHardError",
    "VisibleDeprecationWarning",
)
# Modules of the standard library that programs reached through NumPy.
_MODULES = ("math", "sys", "warnings")
_FINANCIAL = ("fv", "ipmt", "irr", "mirr", "nper", "npv", "pmt", "ppmt", "pv", "rate")


def names(numpy: Any) -> Names:
    """What NumPy itself lacks."""
    made = {**_BUILTINS, **_NUMBERS, **functions.FUNCTIONS, **types.names(numpy)}
    made.update({old: getattr(numpy, new) for old, new in _RENAMED.items() if hasattr(numpy, new)})
    errors = vars(numpy.exceptions)
    made.update({name: errors[name] for name in _WARNINGS if name in errors})
    made.update({name: importlib.import_module(name) for name in _MODULES})
    for name in _FINANCIAL:
        made[name] = functions.refusal(
            f"numpy.{name}", "run: pip install numpy-financial, and use its function"
        )
    for name, home in {"byte_bounds": "lib.array_utils", "DataSource": "lib.npyio"}.items():
        made[name] = functions.at_home(f"numpy.{home}", name)
    made["compare_chararrays"] = numpy.char.compare_chararrays
    made["chararray"] = numpy.char.chararray
    made["format_parser"] = numpy.rec.format_parser
    return made


def testing_names(testing: Any) -> Names:
    """What `numpy.testing` lacks."""
    runner = functions.refusal("numpy.testing's test runner", "run the tests with pytest")
    return {
        "Tester": runner,
        "dec": module_of("numpy.testing.dec", functions.DECORATORS),
        "raises": functions.raises,
        "rand": importlib.import_module("numpy.random").rand,
        "run_module_suite": runner,
    }


def _linalg_names(linalg: Any) -> Names:
    return {"linalg": linalg}  # programs catch np.linalg.linalg.LinAlgError


NAMES: dict[str, Callable[[Any], Names]] = {
    "numpy": names,
    "numpy.linalg": _linalg_names,
    "numpy.testing": testing_names,
}

# Names that ``from numpy import *`` hands out today and did not then; they would hide Python's own.
NEW_NAMES = frozenset(
    (
        *("abs", "acos", "acosh", "asin", "asinh", "astype", "atan", "atan2", "atanh", "bitwise_count"),
        *("bitwise_invert", "bitwise_left_shift", "bitwise_right_shift", "bool", "broadcast_shapes"),
        *("concat", "core", "cumulative_prod", "cumulative_sum", "dtypes", "exceptions", "f2py"),
        *("from_dlpack", "gcd", "isdtype", "lcm", "lib", "long", "matrix_transpose", "matvec", "max", "min"),
        *("nanquantile", "permute_dims", "polynomial", "pow", "printoptions", "put_along_axis", "quantile"),
        *("round", "show_runtime", "strings", "take_along_axis", "test", "testing", "trapezoid", "typing"),
        *("ulong", "unique_all", "unique_counts", "unique_inverse", "unique_values", "unstack", "vecdot"),
        "vecmat",
    )
)


def star(numpy: Any) -> list[str]:
    """What ``from numpy import *`` handed out."""
    old = {name for name in names(numpy) if name not in _BUILTINS and name not in ("sys", "warnings")}
    listed = {name for name in numpy.__all__ if not name.startswith("_")} - NEW_NAMES
    return sorted(each for each in old | listed if hasattr(numpy, each))


def module(name: str) -> ModuleType:
    """A module of NumPy that is gone."""
    if name == "numpy.core.umath_tests":
        return module_of(name, {"inner1d": functions.inner1d, "matrix_multiply": functions.matrix_multiply})
    text = {"asbytes": functions.asbytes, "asstr": functions.asstr, "basestring": str, "long": int}
    return module_of(name, {**text, "unicode": str, "bytes": bytes, "integer_types": (int,)})
