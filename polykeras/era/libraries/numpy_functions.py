"""Functions that NumPy has lost, written anew with its operations of today."""

from __future__ import annotations

import ast
import functools
import importlib
import pickle
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np


def refusal(what: str, instead: str) -> Callable[..., Any]:
    """A function that cannot be supplied: a call says what to write instead."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{what} is gone from today's version and is not supplied; {instead}")

    refuse.__name__ = what.rpartition(".")[2]
    return refuse


def at_home(home: str, name: str) -> Callable[..., Any]:
    """A function of a module that is imported when it is called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(home), name)(*args, **kwargs)

    call.__name__ = name
    return call


def alen(a: Any) -> int:
    """The length of the first axis; 1 for a scalar."""
    return len(np.atleast_1d(a))


def asfarray(a: Any, dtype: Any = np.float64) -> np.ndarray:
    """As an array of real or complex numbers; float64 unless `dtype` is one of these."""
    return np.asarray(a, dtype=dtype if np.issubdtype(np.dtype(dtype), np.inexact) else np.float64)


def asscalar(a: Any) -> Any:
    """The number of an array of one element."""
    return np.asarray(a).item()


def deprecate(*args: Any, **options: Any) -> Any:
    """Marks a function as out of use: a call warns."""
    if not args:
        return functools.partial(deprecate, **options)
    function = args[0]
    name = options.get("old_name") or function.__name__
    new = options.get("new_name")

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        advice = f", use `{new}` instead!" if new else "!"
        warnings.warn(f"`{name}` is deprecated{advice}", DeprecationWarning, stacklevel=2)
        return function(*args, **kwargs)

    return call


def disp(mesg: Any, device: Any = None, linefeed: bool = True) -> None:
    """Writes a message to a file, by default the standard output."""
    device = sys.stdout if device is None else device
    device.write(f"{mesg}\n" if linefeed else f"{mesg}")
    device.flush()


def fastCopyAndTranspose(a: Any) -> np.ndarray:
    """A copy, transposed."""
    return np.asarray(a).T.copy()


def in1d(ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False) -> np.ndarray:
    """For each element of `ar1`, on one axis, whether it is in `ar2`."""
    return np.isin(np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)


def msort(a: Any) -> np.ndarray:
    """Sorted along the first axis."""
    return np.sort(a, axis=0)


def _records(made: Any, usemask: bool) -> Any:
    masked = importlib.import_module("numpy.ma.mrecords").MaskedRecords if usemask else None
    return made.view(masked or np.recarray)


def recfromtxt(fname: Any, **kwargs: Any) -> Any:
    """The table in a file as an array of records."""
    kwargs.setdefault("dtype", None)
    return _records(np.genfromtxt(fname, **kwargs), kwargs.get("usemask", False))


def recfromcsv(fname: Any, **kwargs: Any) -> Any:
    """The table in a file with commas between the fields, whose first line names them."""
    settings = {"case_sensitive": "lower", "names": True, "delimiter": ",", **kwargs}
    return recfromtxt(fname, **settings)


def ndfromtxt(fname: Any, **kwargs: Any) -> Any:
    """The table in a file as an array."""
    return np.genfromtxt(fname, **{**kwargs, "usemask": False})


def mafromtxt(fname: Any, **kwargs: Any) -> Any:
    """The table in a file as an array with a mask of what is missing."""
    return np.genfromtxt(fname, **{**kwargs, "usemask": True})


def set_string_function(f: Callable[[Any], str] | None, repr: bool = True) -> None:
    """Sets how arrays are shown by `repr`; None: as usual.

    Raises:
        NotImplementedError: for how `str` shows them, which today's NumPy cannot be told; NumPy 2.0 can be
            told neither.
    """
    if not repr or "override_repr" not in np.get_printoptions():
        refusal("numpy.set_string_function", "use numpy.set_printoptions(formatter=...)")()
    np.set_printoptions(override_repr=f)


def source(object: Any, output: Any = None) -> None:
    """Writes the source of a function, class or module."""
    print(importlib.import_module("inspect").getsource(object), file=sys.stdout if output is None else output)


class MachAr:
    """The limits of double precision."""

    def __init__(self, *options: Any, **more: Any) -> None:
        limits = np.finfo(np.float64)
        self.eps = self.epsilon = limits.eps
        self.epsneg = limits.epsneg
        self.tiny = self.xmin = limits.tiny
        self.huge = self.xmax = limits.max
        self.precision, self.resolution = limits.precision, limits.resolution
        self.ibeta, self.it, self.machep, self.negep = 2, limits.nmant, limits.machep, limits.negep
        self.iexp, self.minexp, self.maxexp = limits.iexp, limits.minexp, limits.maxexp


def inner1d(a: Any, b: Any) -> Any:
    """The sum of products along the last axis."""
    return np.einsum("...i,...i->...", a, b)


def matrix_multiply(a: Any, b: Any) -> Any:
    """The product of matrices in the last two axes."""
    return np.matmul(a, b)


def asbytes(s: Any) -> bytes:
    """Text as bytes of Latin 1."""
    return s if isinstance(s, bytes) else str(s).encode("latin-1")


def asstr(s: Any) -> str:
    """Bytes of Latin 1 as text."""
    return s.decode("latin-1") if isinstance(s, bytes) else str(s)


def raises(*errors: type[BaseException]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Has a test pass if it raises one of `errors`, and fail if it does not."""

    def mark(test: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(test)
        def call(*args: Any, **kwargs: Any) -> None:
            try:
                test(*args, **kwargs)
            except errors:
                return
            raise AssertionError(
                f"{test.__name__}() did not raise {', '.join(each.__name__ for each in errors)}"
            )

        return call

    return mark


def _skip_if(condition: Any, msg: str | None = None) -> Any:
    return importlib.import_module("unittest").skipIf(
        condition() if callable(condition) else condition, msg or "skipped"
    )


DECORATORS: dict[str, Any] = {
    "deprecated": lambda conditional=True: lambda test: test,
    "knownfailureif": _skip_if,
    "setastest": lambda tf=True: lambda test: test,
    "skipif": _skip_if,
    "slow": lambda test: test,
}

FUNCTIONS: dict[str, Any] = {
    "MachAr": MachAr,
    "alen": alen,
    "asfarray": asfarray,
    "asscalar": asscalar,
    "deprecate": deprecate,
    "deprecate_with_doc": lambda msg: deprecate,
    "disp": disp,
    "fastCopyAndTranspose": fastCopyAndTranspose,
    "getbuffer": lambda obj, offset=0, size=None: memoryview(obj)[
        offset : None if size is None else offset + size
    ],
    "in1d": in1d,
    "loads": pickle.loads,
    "lookfor": refusal("numpy.lookfor", "search NumPy's documentation"),
    "mafromtxt": mafromtxt,
    "msort": msort,
    "ndfromtxt": ndfromtxt,
    "recfromcsv": recfromcsv,
    "recfromtxt": recfromtxt,
    "safe_eval": ast.literal_eval,
    "set_numeric_ops": refusal("numpy.set_numeric_ops", "define __array_ufunc__ on a class of your own"),
    "set_string_function": set_string_function,
    "source": source,
    "who": refusal("numpy.who", "print the shapes of your arrays"),
}
