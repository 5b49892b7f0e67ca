"""Arithmetic and comparison as Python 2 and the NumPy of its time had them."""

from __future__ import annotations

import functools
import math
import operator
import sys
from collections.abc import Callable, Iterable
from typing import Any

_TRUE_DIVIDERS = ("pandas.", "scipy.", "h5py.")  # where / of integers has always been true division


def _numpy() -> Any:
    return sys.modules.get("numpy")


def _whole(value: Any) -> bool:
    """Whether a value is an integer, a bool or a tensor of them."""
    if isinstance(value, int):
        return True
    dtype = getattr(value, "dtype", None)
    if dtype is None or type(value).__module__.startswith(_TRUE_DIVIDERS):
        return False
    name = getattr(dtype, "name", dtype)
    return isinstance(name, str) and name.startswith(("int", "uint", "bool"))


def divide(left: Any, right: Any) -> Any:
    """``left / right``: of integers the largest integer that is not above it."""
    if type(left) is float or type(right) is float:
        return left / right
    if _whole(left) and _whole(right):
        return left // right
    return left / right


def divide_in_place(left: Any, right: Any) -> Any:
    """``left /= right``; what `left` is to stand for."""
    if _whole(left) and _whole(right):
        return operator.ifloordiv(left, right)
    return operator.itruediv(left, right)


def round_half_away(number: Any, digits: int = 0) -> float:
    """``round(number, digits)``: a float, halves away from zero."""
    value = float(number)
    if not math.isfinite(value):
        return value
    if digits == 0:
        whole = float(math.floor(abs(value)))
        return math.copysign(whole + (abs(value) - whole >= 0.5), value)
    if digits > 300:
        return value
    from decimal import ROUND_HALF_UP, Decimal

    return float(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _single(value: Any) -> Any:
    """The element of an array that has one; anything else itself."""
    numpy = _numpy()
    if numpy is not None and isinstance(value, numpy.ndarray) and value.ndim and value.size == 1:
        return value.reshape(())[()]
    return value


def to_int(value: Any) -> int:
    """``int(value)``, also of an array of one element and of a text such as ``12L``."""
    kind = type(value)
    if kind is float or kind is int:
        return int(value)
    return int(_single(value))


def to_float(value: Any) -> float:
    """``float(value)``, also of an array of one element."""
    kind = type(value)
    if kind is int or kind is float:
        return float(value)
    return float(_single(value))


def percent(text: Any, values: Any) -> Any:
    """``text % values``, where arrays of one element serve as numbers."""
    if type(values) is tuple:
        values = tuple(_single(value) if hasattr(value, "ndim") else value for value in values)
    elif hasattr(values, "ndim"):
        values = _single(values)
    return text % values


class _Items:
    """Subscripts of a NumPy array: floats among them are cut to integers."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.array = array

    def __getitem__(self, index: Any) -> Any:
        return self.array[_cut(index)]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.array[_cut(index)] = value


def _cut(index: Any) -> Any:
    if isinstance(index, float):
        return int(index)
    if isinstance(index, tuple):
        return tuple(_cut(part) for part in index)
    if isinstance(index, slice):
        return slice(_cut(index.start), _cut(index.stop), _cut(index.step))
    if getattr(getattr(index, "dtype", None), "kind", "") == "f":
        return index.astype(int)
    return index


def items(value: Any) -> Any:
    """What takes the subscripts of a value: itself, but for NumPy arrays."""
    numpy = _numpy()
    return _Items(value) if numpy is not None and isinstance(value, numpy.ndarray) else value


def _rank(value: Any) -> tuple[int, str]:
    """Where values of unlike types stand: None, numbers, then by the names of the types."""
    if value is None:
        return (0, "")
    if isinstance(value, (int, float)):
        return (1, "")
    return (2, type(value).__name__)


def compare(left: Any, right: Any) -> int:
    """``cmp(left, right)``; values that have no order by themselves go by their types."""
    try:
        if left == right:
            return 0
        return -1 if left < right else 1
    except TypeError:
        pass
    if isinstance(left, (list, tuple)) and type(left) is type(right):
        for one, other in zip(left, right, strict=False):
            if order := compare(one, other):
                return order
        return (len(left) > len(right)) - (len(left) < len(right))
    if isinstance(left, dict) and isinstance(right, dict) and len(left) != len(right):
        return -1 if len(left) < len(right) else 1
    one_rank, other_rank = (*_rank(left), id(left)), (*_rank(right), id(right))
    return (one_rank > other_rank) - (one_rank < other_rank)


def _ordered(order: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ask(left: Any, right: Any) -> Any:
        try:
            return order(left, right)
        except TypeError:
            if not {type(left), type(right)} & {type(None), str, list, tuple, dict}:
                raise
            return order(compare(left, right), 0)

    return ask


less, less_or_equal = _ordered(operator.lt), _ordered(operator.le)
greater, greater_or_equal = _ordered(operator.gt), _ordered(operator.ge)


def _by_cmp(order: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ask(self: Any, other: Any) -> Any:
        return order(self.__cmp__(other), 0)

    return ask


CMP_METHODS = {name: _by_cmp(getattr(operator, name)) for name in ("lt", "le", "gt", "ge", "eq", "ne")}

_by_types = functools.cmp_to_key(compare)


def _key(cmp: Any, key: Any) -> Any:
    """The ``key`` of today for the ``cmp`` and ``key`` of Python 2."""
    if cmp is None:
        return key
    by_cmp = functools.cmp_to_key(lambda left, right: int(cmp(left, right)))
    return by_cmp if key is None else lambda value: by_cmp(key(value))


def _typed_key(key: Any) -> Any:
    return _by_types if key is None else lambda value: _by_types(key(value))


def sorted_list(values: Iterable[Any], cmp: Any = None, key: Any = None, reverse: Any = False) -> list[Any]:
    """``sorted(values, cmp, key, reverse)``; values of unlike types are sorted by their types."""
    found = list(values)
    _sort(found, cmp, key, reverse)
    return found


def _sort(values: list[Any], cmp: Any = None, key: Any = None, reverse: Any = False) -> None:
    try:
        values.sort(key=_key(cmp, key), reverse=bool(reverse))
    except TypeError:
        if cmp is not None:
            raise
        values.sort(key=_typed_key(key), reverse=bool(reverse))


def sort(owner: Any) -> Callable[..., Any]:
    """The method ``sort`` of a value: that of Python 2 for lists."""
    return functools.partial(_sort, owner) if isinstance(owner, list) else owner.sort


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def extreme(*values: Any, **options: Any) -> Any:
        if len(values) == 1 and hasattr(values[0], "__next__"):
            values = (list(values[0]),)  # it may be read twice
        try:
            return function(*values, **options)
        except TypeError:
            if "default" in options or not values:
                raise
            return function(*values, key=_typed_key(options.get("key")))

    return extreme


smallest, largest = _extreme(min), _extreme(max)
