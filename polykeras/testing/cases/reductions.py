"""Sums, means, extremes and their like along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..case import Case
from .values import apart, away, flags, integers, normal

# The argument's shape, and how to reduce it.
AXES: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((5,), {}),
    ((3, 4), {}),
    ((3, 4), {"axis": 0}),
    ((3, 4), {"axis": 1, "keepdims": True}),
    ((3, 4), {"axis": -1}),
    ((3, 4), {"keepdims": True}),
    ((2, 3, 4), {"axis": [0, 2]}),
    ((2, 3, 4), {"axis": (-1, 0), "keepdims": True}),
    ((2, 3, 2), {"axis": -2}),
    ((2, 1, 3, 2), {"axis": [1, 2, 3]}),
    ((1, 2, 2, 1, 3), {"axis": [0, -1], "keepdims": True}),
    ((3, 4), {"axis": []}),
    ((), {}),
]


def _label(shape: tuple[int, ...], options: dict[str, Any]) -> str:
    return " ".join(
        ["x".join(map(str, shape)) or "scalar", *(f"{key}={value}" for key, value in options.items())]
    )


def _reduced(name: str, values: Any, **marks: Any) -> list[Case]:
    return [
        Case(name, _label(shape, options), (values(*shape),), options, terms=24, **marks)
        for shape, options in AXES
    ]


CASES = (
    _reduced("sum", normal, scale=3)
    + _reduced("prod", away)
    + _reduced("mean", normal)
    + _reduced("max", apart)
    + _reduced("min", apart)
    + [
        # The standard deviation of a single number has no derivative.
        Case(name, _label(shape, options), (normal(*shape),), options, terms=24, scale=3)
        for name in ("var", "std")
        for shape, options in AXES
        if name == "var" or (shape and options.get("axis") != [])
    ]
    + [
        Case(name, f"{kind} {_label(shape, options)}", (values(*shape),), options, smooth=())
        for name in ("any", "all")
        for kind, values in (("bool", flags), ("float", lambda *shape: flags(*shape).astype("float64")))
        for shape, options in AXES[1:8]
    ]
    + [
        Case(name, _label(shape, options), (values(*shape),), options)
        for name in ("argmax", "argmin")
        for shape, options, values in (
            ((4,), {}, apart),
            ((3, 4), {}, apart),
            ((3, 4), {"axis": 0}, apart),
            ((2, 3, 4), {"axis": 1}, apart),
            ((2, 3, 4), {"axis": -2}, apart),
            ((1, 2, 2, 1, 3), {"axis": 4}, apart),
            ((3, 4), {"axis": -1}, integers),
        )
    ]
    + [
        Case(name, "among equals", (np.array([[1.0, 3.0, 3.0], [2.0, 0.0, 0.0], [1.0, 1.0, 1.0]]),))
        for name in ("argmax", "argmin")
    ]
    + [
        Case(name, "int32", (integers(3, 4),), {"axis": 1})
        for name in ("sum", "prod", "mean", "max", "min", "any", "all", "var")
    ]
    + [Case(name, "int64", (integers(3, 4, dtype="int64"),)) for name in ("sum", "max", "min")]
    + [
        Case(name, "bool", (flags(3, 4),), {"axis": 0})
        for name in ("sum", "mean", "max", "min", "prod", "var")
    ]
    + [
        Case("sum", "no rows", (np.zeros((0, 3)),), {"axis": 0}),
        Case("prod", "no rows", (np.zeros((0, 3)),), {"axis": 0}),
        Case("prod", "with a zero", (np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 4.0]]),), {"axis": 1}),
        Case("sum", "300 terms", (normal(2, 300),), {"axis": 1}, terms=300, scale=3, smooth=()),
        Case("mean", "300 terms", (normal(2, 300),), {"axis": 1}, terms=300, scale=3, smooth=()),
        Case("max", "with infinity", (np.array([[-np.inf, 1.0], [np.inf, 2.0]]),), {"axis": 1}, smooth=()),
    ]
)
