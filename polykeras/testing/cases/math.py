"""Arithmetic, comparisons and linear algebra."""

from __future__ import annotations

import numpy as np

from ..case import Case
from .values import apart, away, flags, integers, normal, positive, uniform

RANKS = [(), (5,), (2, 3), (2, 3, 2), (2, 1, 3, 2), (1, 2, 1, 2, 3)]


def _label(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "scalar"


PRODUCTS = (
    [
        Case(
            "dot",
            f"{_label(a)} . {_label(b)}",
            (normal(*a), normal(*b, seed=1)),
            unknown=False,
            terms=a[-1],
            scale=4,
        )
        for a, b in [
            ((4, 3), (3, 6)),
            ((2, 4, 3), (3, 6)),
            ((2, 3), (4, 3, 5)),
            ((2, 2, 3), (2, 3, 4)),
            ((4, 3), (3,)),
            ((3,), (3, 2)),
            ((1, 1), (1, 1)),
            ((2, 1, 2, 3), (3, 2)),
            ((2, 64), (64, 3)),
        ]
    ]
    + [
        Case("dot", "with an array", (normal(4, 3),), {"y": normal(3, 2)}, terms=3, scale=4),
        Case(
            "batch_dot", "of an axis and the one before", (normal(4, 2, 3), normal(4, 3, 5)), terms=3, scale=4
        ),
    ]
    + [
        Case(
            "batch_dot",
            f"{_label(a)}, {_label(b)}, axes {axes}",
            (normal(*a), normal(*b, seed=1)),
            {"axes": axes},
            terms=a[-1],
            scale=4,
        )
        for a, b, axes in [
            ((4, 3), (4, 3), 1),
            ((4, 3), (4, 3), None),
            ((4, 3), (4, 3), (1, 1)),
            ((1, 3), (1, 3), 1),
            ((4, 2, 3), (4, 5, 3), 2),
            ((4, 3, 2), (4, 3, 5), 1),
            ((4, 3, 2), (4, 5, 3), (1, 2)),
            ((4, 2), (4, 3, 2), (1, 2)),
            ((4, 2, 3), (4, 3), (2, 1)),
            ((4, 2, 3), (4, 3), (-1, -1)),
            ((4, 2, 3), (4, 3, 5), (2, 1)),
            ((2, 2, 3, 5), (2, 5, 6), None),
            ((2, 2, 3, 5), (2, 6, 3, 2), (2, 2)),
            ((4, 1, 3), (4, 3, 1), None),
        ]
    ]
)

GATHER = [
    Case("gather", "rows", (normal(5, 3), np.array([4, 0, 0, 2], "int32"))),
    Case("gather", "int64 matrix of indices", (normal(5, 3), np.array([[4, 0], [1, 1]], "int64"))),
    Case("gather", "of a vector", (normal(5), np.array([3, 1], "int32"))),
    Case("gather", "of rank 3", (normal(3, 2, 2), np.array([2, 2], "int32"))),
    Case("gather", "one index", (normal(5, 3), np.array(2, "int32"))),
    Case("gather", "no index", (normal(5, 3), np.zeros(0, "int32"))),
    Case("gather", "of integers", (integers(6, 2), np.array([5, 1], "int32"))),
]

UNARY = {
    "square": normal,
    "abs": away,
    "sqrt": positive,
    "exp": normal,
    "log": positive,
    "round": lambda *shape: apart(*shape) * 1.1,
    "sign": away,
    "sin": normal,
    "cos": normal,
}
ELEMENTS = [
    Case(name, _label(shape), (values(*shape),)) for name, values in UNARY.items() for shape in RANKS
] + [
    Case("abs", "int32", (integers(3, 2),)),
    Case("square", "int32", (integers(3, 2),)),
    Case("sign", "with zeros", (np.array([-2.0, -0.0, 0.0, 3.0]),), smooth=()),
    Case("sign", "int32", (integers(3, 2),)),
    Case("round", "halves", (np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),), smooth=()),
    Case("sqrt", "of negative numbers", (np.array([-4.0, 0.0, 4.0, np.inf]),), smooth=()),
    Case("log", "of zero and less", (np.array([0.0, 1.0, np.inf, -1.0]),), smooth=()),
    Case("exp", "far out", (np.array([-1000.0, 0.0, 5.0, 1000.0]),), smooth=()),
    Case("exp", "not a number", (np.array([np.nan, 1.0]),), smooth=()),
    Case("pow", "2", (normal(3, 2),), {"a": 2}),
    Case("pow", "3", (normal(2, 2, 2),), {"a": 3}),
    Case("pow", "0.5", (positive(3, 2),), {"a": 0.5}),
    Case("pow", "-1", (positive(3),), {"a": -1}),
    Case("pow", "0", (normal(3),), {"a": 0}),
    Case("pow", "by a tensor", (positive(3, 2), normal(3, 2)), build=lambda K, x, a: K.pow(x, a)),
    Case("pow", "integers", (integers(4),), {"a": 2}),
    Case("clip", "both sides", (apart(4, 3),), {"min_value": -0.5, "max_value": 0.7}),
    Case("clip", "integers as limits", (apart(4, 3),), {"min_value": -1, "max_value": 1}),
    Case("clip", "from below", (apart(6),), {"min_value": 0.0, "max_value": None}),
    Case("clip", "from above", (apart(6),), {"min_value": None, "max_value": 0.0}),
    Case("clip", "crossed limits", (apart(6),), {"min_value": 0.5, "max_value": -0.5}),
    Case("clip", "infinite limit", (apart(6),), {"min_value": 0.0, "max_value": np.inf}),
    Case("clip", "int32", (integers(6),), {"min_value": -1, "max_value": 2}),
]

COMPARISONS = ["equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal"]
PAIRS = (
    [
        case
        for name in COMPARISONS
        for case in (
            Case(
                name, "elements", (integers(3, 4).astype("float64"), integers(3, 4, seed=1).astype("float64"))
            ),
            Case(name, "int32", (integers(3, 4), integers(3, 4, seed=1))),
            Case(
                name, "row and column", (integers(1, 4).astype("float64"), integers(3, 1).astype("float64"))
            ),
            Case(name, "number", (integers(3, 4).astype("float64"),), {"y": 1}),
            Case(name, "scalars", (np.array(1.0), np.array(2.0))),
        )
    ]
    + [
        case
        for name in ("maximum", "minimum")
        for case in (
            Case(name, "elements", (apart(3, 4), apart(3, 4, seed=1) + 0.06)),
            Case(name, "row and column", (apart(1, 4), apart(3, 1, seed=1) + 0.06), unknown=False),
            Case(name, "vector and matrix", (apart(4), apart(3, 4, seed=1) + 0.06), unknown=False),
            Case(name, "number", (apart(3, 4),), {"y": 0}),
            Case(name, "scalar and rank 3", (np.array(0.05), apart(2, 3, 2))),
            Case(name, "int32", (integers(3, 4), integers(3, 4, seed=1))),
        )
    ]
    + [
        Case("equal", "bool", (flags(4), flags(4, seed=1))),
        Case("transpose", "matrix", (normal(2, 3),)),
        Case("transpose", "rank 3", (normal(2, 3, 4),)),
        Case("transpose", "rank 5", (normal(1, 2, 3, 1, 2),)),
        Case("transpose", "vector", (normal(4),)),
        Case("transpose", "int32", (integers(2, 3),)),
    ]
)

CASTS = [
    Case("cast", f"{label} to {dtype}", (array,), {"dtype": dtype}, own_dtype=True, smooth=())
    for label, array in (
        ("float", np.array([-1.7, -0.5, 0.0, 0.5, 2.9])),
        ("int32", integers(5)),
        ("bool", flags(5)),
    )
    for dtype in ("float16", "float32", "float64", "int32", "int64", "bool")
] + [
    Case("cast", "uint8 to float32", (np.array([0, 255], "uint8"),), {"dtype": "float32"}, own_dtype=True),
    Case("cast", "scalar", (uniform(1, 3),), {"dtype": "int32"}),
]

CASES = PRODUCTS + GATHER + ELEMENTS + PAIRS + CASTS
