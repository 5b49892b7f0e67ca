"""Every case on every backend: against the oracle, in three float types, and its derivatives."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .case import Case, Outcome, placeholders, run
from .cases import CASES, THEMES
from .gradcheck import check_gradients
from .plugin import ENGINES, backend_names, fresh
from .tolerance import assert_close

# In half precision one case of each kind of operation is enough: the sum over all is what takes the time.
HALF_PER_OPERATION = 2


def _in_half() -> list[Case]:
    chosen: dict[str, list[Case]] = {}
    for case in CASES:
        of_operation = chosen.setdefault(case.operation, [])
        floats = any(array.dtype.kind == "f" and array.ndim > 1 for array in case.arrays)
        if floats and "float16" in case.dtypes and len(of_operation) < HALF_PER_OPERATION:
            of_operation.append(case)
    return [case for cases in chosen.values() for case in cases]


def _over(cases: list[Case]) -> Callable[..., Any]:
    return pytest.mark.parametrize("case", cases, ids=[case.id for case in cases])


def _of(dtype: str) -> Callable[..., Any]:
    return _over([case for case in CASES if dtype in case.dtypes])


@functools.lru_cache(maxsize=16)
def _outcome(backend_name: str, case_id: str) -> Outcome:
    """What a backend makes of a case in float32, computed once in a process."""
    case = next(case for case in CASES if case.id == case_id)
    with fresh(backend_name) as K:
        return run(K, case, "float32", gradient=backend_name in ENGINES)


def check(case: Case, outcome: Outcome, dtype: str) -> None:
    """Holds value, dtype and static shape against the oracle."""
    expected = case.expected(dtype)
    assert len(outcome.values) == len(expected)
    for value, told, shape, wanted in zip(
        outcome.values, outcome.dtypes, outcome.shapes, expected, strict=True
    ):
        assert_close(value, wanted, dtype, case.terms, case.scale, case.id)
        assert np.asarray(value).dtype == wanted.dtype
        assert told == wanted.dtype.name
        if shape is not None:
            assert len(shape) == wanted.ndim
            assert all(size in (None, real) for size, real in zip(shape, wanted.shape, strict=True)), shape


def agree(case: Case, first: Outcome, second: Outcome) -> None:
    """Holds the outcomes on two engines against each other."""
    assert first.dtypes == second.dtypes
    assert first.shapes == second.shapes
    for one, two in zip(first.values, second.values, strict=True):
        assert_close(one, two, "float32", case.terms, case.scale, "value")
    for one, two in zip(first.gradients, second.gradients, strict=True):
        scale = max(1.0, float(np.abs(two).max(initial=0)))
        assert_close(one, two, "float32", case.terms, scale, "gradient")


class TestValues:
    """What operations compute."""

    def test_names(self) -> None:
        """Every case has a name of its own."""
        ids = [case.id for case in CASES]
        assert len(set(ids)) == len(ids), sorted({each for each in ids if ids.count(each) > 1})

    @_of("float32")
    def test_single(self, backend_name: str, case: Case, pytestconfig: pytest.Config) -> None:
        """The oracle's value; and the same shapes, values and derivatives as the engine before."""
        outcome = _outcome(backend_name, case.id)
        check(case, outcome, "float32")
        engines = [name for name in backend_names(pytestconfig) if name in ENGINES]
        if backend_name in engines[1:]:
            agree(case, _outcome(engines[0], case.id), outcome)

    @pytest.mark.parametrize("theme", THEMES)
    def test_known_shapes(self, K: Any, theme: str) -> None:
        """Where the shapes of the arguments are known, so is that of the result."""
        for case in THEMES[theme]:
            if case.settles:
                results = case.call(K, placeholders(K, case.inputs("float32"), unknown=False))
                for result, wanted in zip(results, case.expected("float32"), strict=True):
                    assert K.int_shape(result) == wanted.shape, case.id
                    assert K.ndim(result) == wanted.ndim, case.id

    @_of("float64")
    def test_double(self, backend_name: str, case: Case) -> None:
        """In double precision; derivatives are held against central differences."""
        with fresh(backend_name, "float64") as K:
            by = case.differentiable("float64")
            if not by:
                check(case, run(K, case, "float64"), "float64")
                return
            values = check_gradients(K, lambda *tensors: case.call(K, tensors), case.inputs("float64"), by)
            for value, wanted in zip(values, case.expected("float64"), strict=True):
                assert_close(value, wanted, "float64", case.terms, case.scale, case.id)
                assert value.dtype == wanted.dtype

    @_over(_in_half())
    def test_half(self, backend_name: str, case: Case) -> None:
        with fresh(backend_name, "float16") as K:
            check(case, run(K, case, "float16"), "float16")
