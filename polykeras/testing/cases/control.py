"""Conditions and loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import oracle
from ..case import Case
from .values import flags, integers, normal


def _switched(label: str, condition: np.ndarray, *shape: int, lazy: bool = False, known: bool = True) -> Case:
    """A choice between two tensors, given as they are or by functions."""

    def build(K: Any, c: Any, x: Any, y: Any) -> Any:
        return K.switch(c, (lambda: x) if lazy else x, (lambda: y) if lazy else y)

    arrays = (condition, normal(*shape), normal(*shape, seed=1))
    return Case("switch", label, arrays, build=build, wanted=oracle.switch, smooth=(1, 2), settles=known)


def _total(a: Any, b: Any) -> Any:
    return a - 2 * b


def _folded(operation: str, label: str, *shape: int, **options: Any) -> Case:
    return Case(
        operation,
        label,
        (normal(*shape),),
        build=lambda K, x: getattr(K, operation)(_total, x, **options),
        wanted=lambda x: getattr(oracle, operation)(_total, x, **options),
        terms=2 * shape[0],
        scale=2,
        settles=False,
    )


def _mapped(label: str, body: Any, *arrays: np.ndarray, wanted: Any = None) -> Case:
    """`body` takes (K or the oracle, rows...)."""
    several = len(arrays) > 1

    def build(K: Any, *tensors: Any) -> Any:
        return K.map_fn(lambda *rows: body(K, *rows), list(tensors) if several else tensors[0])

    def expected(*values: np.ndarray) -> Any:
        return oracle.map_fn(lambda *rows: body(oracle, *(np.asarray(row) for row in rows)), values)

    return Case("map_fn", label, arrays, build=build, wanted=expected, terms=8, settles=False)


CASES = [
    _switched("true", np.array(1, "int32"), 3, 2),
    _switched("false", np.array(0, "int32"), 3, 2),
    _switched("bool", np.array(True), 3, 2),
    _switched("uint8, functions", np.array(1, "uint8"), 3, 2, lazy=True),
    _switched("false, functions", np.array(False), 2, 3, 2, lazy=True),
    _switched("scalars", np.array(True)),
    _switched("elements", flags(3, 2), 3, 2),
    _switched("rows", flags(3), 3, 2),
    _switched("rows of rank 3", integers(4, low=0, high=2), 4, 2, 2),
    _switched("a column", flags(3, 1), 3, 2),
    Case(
        "switch",
        "by a comparison",
        (normal(3, 2),),
        build=lambda K, x: K.switch(K.greater(x, 0), x, K.zeros_like(x)),
        wanted=lambda x: np.where(x > 0, x, 0),
    ),
    *(
        case
        for name in ("foldl", "foldr")
        for case in (
            _folded(name, "matrix", 4, 3),
            _folded(name, "vector", 5),
            _folded(name, "one row", 1, 3),
            _folded(name, "rank 3", 3, 2, 2),
            Case(
                name,
                "initializer",
                (normal(4, 3),),
                build=lambda K, x, name=name: getattr(K, name)(_total, x, K.zeros_like(x[0]) + 1),
                wanted=lambda x, name=name: getattr(oracle, name)(_total, x, np.ones(3)),
                terms=8,
                scale=2,
                settles=False,
            ),
        )
    ),
    _mapped("squares", lambda k, row: k.square(row), normal(4, 3)),
    _mapped("sums", lambda k, row: k.sum(row) + row, normal(4, 3)),
    _mapped("numbers", lambda k, row: 2 * row, normal(5)),
    _mapped("to scalars", lambda k, row: k.sum(row), normal(4, 3)),
    _mapped("two tensors", lambda k, a, b: a * b, normal(4, 3), normal(4, 3, seed=1)),
    _mapped("matrices", lambda k, row: k.dot(row, k.transpose(row)), normal(3, 2, 2)),
    _mapped("of another type", lambda k, row: k.argmax(row), normal(4, 3)),
    Case("stop_gradient", "value", (normal(3, 2),), smooth=()),
    Case("print_tensor", "value", (normal(2, 2),), {"message": "value: "}, smooth=()),
]
