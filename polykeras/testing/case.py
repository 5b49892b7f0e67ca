"""A case: an operation of K, arguments to call it with, and how to judge the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import oracle
from .gradcheck import weighted_sum

FLOATS = ("float32", "float64", "float16")


@dataclass(frozen=True)
class Case:
    """One call of an operation.

    Attributes:
        operation: the name in K.
        label: tells the cases of an operation apart.
        arrays: values of the tensors that it is called with; floats are cast to the type under test.
        options: further arguments, by name.
        build: ``build(K, *tensors)`` makes the call, for calls that differ from
            ``K.operation(*tensors, **options)``.
        wanted: ``wanted(*arrays)``, the result; by default the oracle of the same name.
        smooth: the indices of the arrays to differentiate by; None: all floats; () none.
        dtypes: the float types to compute in.
        terms: how many terms one element of the result adds up.
        scale: the size of the largest of these terms.
        unknown: whether the first size of each tensor may be left open when the expression is built; or the
            indices of the tensors for which it may.
        own_dtype: whether the oracle itself tells the result's float type; else it is the one under test.
        settles: whether the result's shape follows from known shapes of the arguments.
    """

    operation: str
    label: str
    arrays: tuple[np.ndarray, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    build: Callable[..., Any] | None = None
    wanted: Callable[..., Any] | None = None
    smooth: tuple[int, ...] | None = None
    dtypes: tuple[str, ...] = FLOATS
    terms: int = 1
    scale: float = 1.0
    unknown: bool | tuple[int, ...] = True
    own_dtype: bool = False
    settles: bool = True

    @property
    def id(self) -> str:
        """The name in a test report."""
        return f"{self.operation}-{self.label}"

    def inputs(self, dtype: str) -> list[np.ndarray]:
        """The arrays, floats cast to `dtype`."""
        return [array.astype(dtype) if array.dtype.kind == "f" else array for array in self.arrays]

    def expected(self, dtype: str) -> list[np.ndarray]:
        """The results by the oracle, computed in float64 from the inputs as rounded to `dtype`."""
        exact = [
            array.astype("float64") if array.dtype.kind == "f" else array for array in self.inputs(dtype)
        ]
        function = self.wanted or (lambda *arrays: getattr(oracle, self.operation)(*arrays, **self.options))
        result = function(*exact)
        results = [np.asarray(each) for each in (result if isinstance(result, (list, tuple)) else [result])]
        if self.own_dtype:
            return results
        return [each.astype(dtype) if each.dtype.kind == "f" else each for each in results]

    def call(self, K: Any, tensors: Sequence[Any]) -> list[Any]:
        """The symbolic results."""
        if self.build is not None:
            result = self.build(K, *tensors)
        else:
            result = getattr(K, self.operation)(*tensors, **self.options)
        return list(result) if isinstance(result, (list, tuple)) else [result]

    def differentiable(self, dtype: str) -> tuple[int, ...]:
        """The indices of the inputs to differentiate by."""
        if self.smooth is not None:
            return self.smooth
        if any(each.dtype.kind != "f" for each in self.expected(dtype)):
            return ()
        return tuple(index for index, array in enumerate(self.arrays) if array.dtype.kind == "f")


@dataclass
class Outcome:
    """What an engine makes of a case.

    Attributes:
        values: the results.
        dtypes: their types, as K tells them.
        shapes: their shapes with the first sizes of the arguments unknown, as K tells them.
        gradients: the derivatives of a weighted sum of the results.
    """

    values: list[np.ndarray]
    dtypes: list[str]
    shapes: list[tuple[int | None, ...] | None]
    gradients: list[np.ndarray]


def placeholders(K: Any, arrays: Sequence[np.ndarray], unknown: bool | tuple[int, ...]) -> list[Any]:
    """A placeholder for each array, its first size left open if `unknown`, or if that holds its index."""
    left_open = range(len(arrays)) if unknown is True else unknown or ()
    return [
        K.placeholder(
            shape=(None, *array.shape[1:]) if index in left_open and array.ndim else array.shape,
            dtype=array.dtype.name,
        )
        for index, array in enumerate(arrays)
    ]


def run(K: Any, case: Case, dtype: str, gradient: bool = False) -> Outcome:
    """Builds and runs a case on the backend in use."""
    arrays = case.inputs(dtype)
    tensors = placeholders(K, arrays, case.unknown)
    results = case.call(K, tensors)
    by = case.differentiable(dtype) if gradient else ()
    derivatives = []
    if by:
        total = weighted_sum(K, results, [each.shape for each in case.expected(dtype)])
        derivatives = K.gradients(total, [tensors[i] for i in by])
    outcome = K.function(tensors, [*results, *derivatives])(arrays)
    return Outcome(
        outcome[: len(results)],
        [K.dtype(each) for each in results],
        [K.int_shape(each) for each in results],
        outcome[len(results) :],
    )
