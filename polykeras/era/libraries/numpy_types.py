"""NumPy's old tables and questions about types of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

_KINDS = "buifc"


def obj2sctype(rep: Any, default: Any = None) -> Any:
    """The scalar type of a type, an array or the name of a type; `default` if there is none."""
    if isinstance(rep, np.ndarray):
        return rep.dtype.type
    if isinstance(rep, type) and issubclass(rep, np.generic):
        return rep
    try:
        return np.dtype(rep).type
    except TypeError:
        return default


def issctype(rep: Any) -> bool:
    """Whether it stands for a scalar type."""
    return isinstance(rep, (type, np.dtype)) and obj2sctype(rep) not in (None, np.object_)


def issubsctype(arg1: Any, arg2: Any) -> bool:
    """Whether the scalar type of one is a kind of that of the other."""
    return issubclass(obj2sctype(arg1), obj2sctype(arg2))


def issubclass_(arg1: Any, arg2: Any) -> bool:
    """Whether it is a class below the other; False if it is no class."""
    return isinstance(arg1, type) and issubclass(arg1, arg2)


def sctype2char(sctype: Any) -> str:
    """The character of a scalar type."""
    return np.dtype(obj2sctype(sctype)).char


def maximum_sctype(t: Any) -> Any:
    """The type of the same kind with the most bytes."""
    found = obj2sctype(t)
    kinds = {"i": np.int64, "u": np.uint64, "f": np.longdouble, "c": np.clongdouble}
    return kinds.get(np.dtype(found).kind, found)


def find_common_type(array_types: Any, scalar_types: Any) -> Any:
    """The type of a result of arrays and scalars; scalars count if they are of a higher kind.

    The kinds are, in their order: truth values, natural numbers, integers, real and complex numbers.
    """
    arrays, scalars = ([np.dtype(each) for each in given] for given in (array_types, scalar_types))
    if not arrays or not scalars:
        given = arrays or scalars
        return np.result_type(*given) if given else None
    of_arrays, of_scalars = np.result_type(*arrays), np.result_type(*scalars)
    if any(each.kind not in _KINDS for each in (of_arrays, of_scalars)):
        return None
    higher = _KINDS.index(of_scalars.kind) > _KINDS.index(of_arrays.kind)
    return np.promote_types(of_arrays, of_scalars) if higher else of_arrays


class _ByType:
    """A table that is asked by a type."""

    def get(self, key: Any, default: Any = None) -> Any:
        """The entry of a type; `default` if it is none."""
        found = obj2sctype(key)
        return default if found is None else self[found]

    def __getitem__(self, key: Any) -> Any:
        raise NotImplementedError


class _Cast(_ByType):
    def __getitem__(self, key: Any) -> Any:
        dtype = np.dtype(key)
        return lambda x: np.asarray(x).astype(dtype)


class _Bytes(_ByType):
    def __getitem__(self, key: Any) -> int:
        return np.dtype(key).itemsize


def names(numpy: Any) -> dict[str, Any]:
    """The tables and the functions."""
    return {
        "cast": _Cast(),
        "find_common_type": find_common_type,
        "issctype": issctype,
        "issubclass_": issubclass_,
        "issubsctype": issubsctype,
        "maximum_sctype": maximum_sctype,
        "nbytes": _Bytes(),
        "obj2sctype": obj2sctype,
        "sctype2char": sctype2char,
        "sctypes": {
            "int": [numpy.int8, numpy.int16, numpy.int32, numpy.int64],
            "uint": [numpy.uint8, numpy.uint16, numpy.uint32, numpy.uint64],
            "float": [numpy.float16, numpy.float32, numpy.float64, numpy.longdouble],
            "complex": [numpy.complex64, numpy.complex128, numpy.clongdouble],
            "others": [bool, object, bytes, str, numpy.void],
        },
    }
