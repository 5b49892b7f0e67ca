"""Constants and variables as parts of an expression."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import oracle
from ..case import Case
from .values import integers, normal


def made(operation: str, label: str, *arguments: Any, **options: Any) -> Case:
    """A case of an operation that takes no tensors; a `dtype` among the options is the result's."""
    return Case(
        operation,
        label,
        build=lambda K: getattr(K, operation)(*arguments, **options),
        wanted=lambda: getattr(oracle, operation)(*arguments, **options),
        own_dtype="dtype" in options,
    )


CASES = [
    made("constant", "scalar", 2.5),
    made("constant", "list", [[1.0, 2.0], [3.0, 4.0]]),
    made("constant", "array", normal(2, 3)),
    made("constant", "filled", 3.0, shape=(2, 3)),
    made("constant", "filled int", 7, dtype="int32", shape=(4,)),
    made("constant", "int64", integers(3), dtype="int64"),
    made("constant", "bool", [True, False], dtype="bool"),
    made("zeros", "matrix", (2, 3)),
    made("zeros", "scalar", ()),
    made("zeros", "no rows", (0, 3)),
    made("zeros", "int32", (3,), dtype="int32"),
    made("zeros", "float64", (3,), dtype="float64"),
    made("ones", "matrix", (2, 3)),
    made("ones", "rank 5", (1, 2, 1, 2, 1)),
    made("ones", "int64", (2, 2), dtype="int64"),
    made("eye", "3", 3),
    made("eye", "1", 1),
    made("eye", "float64", 2, dtype="float64"),
    Case("variable", "array", build=lambda K: K.variable(normal(2, 3)), wanted=lambda: normal(2, 3)),
    Case("variable", "number", build=lambda K: K.variable(1.5), wanted=lambda: np.array(1.5)),
    Case(
        "variable",
        "list",
        build=lambda K: K.variable([[1, 2], [3, 4]]),
        wanted=lambda: np.array([[1.0, 2], [3, 4]]),
    ),
    Case(
        "variable",
        "int32",
        build=lambda K: K.variable([1, -2], dtype="int32"),
        wanted=lambda: np.array([1, -2], "int32"),
    ),
    Case(
        "variable",
        "sum with a placeholder",
        (normal(2, 3),),
        build=lambda K, x: x + K.variable(np.ones((2, 3))),
        wanted=lambda x: x + 1,
        unknown=False,
    ),
    Case("placeholder", "itself", (normal(2, 3, 4),), build=lambda K, x: x, wanted=lambda x: x),
    Case("placeholder", "int32", (integers(5),), build=lambda K, x: x, wanted=lambda x: x),
    Case("placeholder", "bool", (np.array([True, False]),), build=lambda K, x: x, wanted=lambda x: x),
    Case("placeholder", "scalar", (np.array(2.5),), build=lambda K, x: x * x, wanted=lambda x: x * x),
    Case(
        "pattern_broadcast",
        "row",
        (normal(1, 3),),
        {"broatcastable": (True, False)},
        wanted=lambda x: x,
        unknown=False,
    ),
    Case(
        "shape",
        "rank 3",
        (normal(2, 3, 4),),
        build=lambda K, x: K.cast(K.shape(x), "int64"),
        wanted=lambda x: np.array([2, 3, 4]),
    ),
    Case(
        "shape",
        "an element",
        (normal(2, 3),),
        build=lambda K, x: K.cast(K.shape(x)[0], "int32"),
        wanted=lambda x: np.array(2, "int32"),
    ),
]
