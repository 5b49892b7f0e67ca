"""Names that NumPy has lost, with their meaning in NumPy 1.10 to 1.13."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def old(old_import: Any) -> Any:
    return old_import("numpy")


def test_names_of_types(old: Any) -> None:
    kinds = (old.float, old.int, old.complex, old.object, old.str, old.unicode)
    assert kinds == (float, int, complex, object, str, str)
    assert (
        old.zeros(2, dtype=old.float).dtype == np.float64 and old.array([1]).astype(old.int).dtype.kind == "i"
    )
    assert (old.float_, old.complex_, old.unicode_, old.string_) == (
        np.float64,
        np.complex128,
        np.str_,
        np.bytes_,
    )
    assert old.bool8 is np.bool_ and old.typeDict["float32"] is np.float32
    assert np.float64 in old.sctypes["float"] and old.nbytes[np.float32] == 4


def test_numbers(old: Any) -> None:
    assert old.Inf == old.Infinity == old.PINF == old.infty == np.inf == -old.NINF
    assert np.isnan(old.NaN) and np.isnan(old.NAN)
    assert np.signbit(old.NZERO) and old.PZERO == 0 and not np.signbit(old.PZERO)
    limits = old.MachAr()
    assert limits.eps == 2.0**-52 and limits.tiny == 2.0**-1022


def test_functions(old: Any) -> None:
    assert old.alltrue([1, 1]) and not old.alltrue([1, 0]) and old.sometrue([0, 1])
    assert old.product([2, 3]) == 6 and old.cumproduct([2, 3]).tolist() == [2, 6] and old.rank([[1]]) == 2
    assert old.in1d([[1, 2], [3, 4]], [2, 3]).tolist() == [False, True, True, False]
    assert old.row_stack([[1], [2]]).shape == (2, 1) and old.trapz([1, 3], dx=2) == 4
    assert old.msort([[3, 1], [2, 5]]).tolist() == [[2, 1], [3, 5]]
    assert old.asscalar(np.array([24])) == 24 and type(old.asscalar(np.array([24]))) is int
    assert old.asfarray([1]).dtype == np.float64 and old.asfarray([1], dtype=int).dtype == np.float64
    assert old.asfarray([1], dtype="float32").dtype == np.float32
    assert old.alen([[1, 2]]) == 1 and old.round_(1.26, 1) == 1.3
    assert (old.mat([[1, 2], [3, 4]]) * old.mat([[1], [1]])).tolist() == [[3], [7]]
    assert old.fastCopyAndTranspose([[1, 2]]).tolist() == [[1], [2]]
    assert old.cast["uint8"]([1.5]).tolist() == [1] and old.cast[np.float32](1).dtype == np.float32
    assert old.safe_eval("[1, 2]") == [1, 2]
    out = io.StringIO()
    old.disp("text", out)
    assert out.getvalue() == "text\n"


@pytest.mark.parametrize(
    ("arrays", "scalars", "expected"),
    [  # what NumPy 1.13 said
        (["float32"], ["float64"], "float32"),
        (["int32"], ["float32"], "float64"),
        (["int8"], ["int64"], "int8"),
        (["uint8"], ["int8"], "int16"),
        (["int16"], ["float32"], "float32"),
        (["float32"], ["complex128"], "complex128"),
        ([], ["int8", "float32"], "float32"),
        (["int64", "float32"], [], "float64"),
    ],
)
def test_find_common_type(old: Any, arrays: list[str], scalars: list[str], expected: str) -> None:
    assert old.find_common_type(arrays, scalars) == np.dtype(expected)


def test_modules_within_numpy(old: Any, old_import: Any) -> None:
    assert old.math.factorial(5) == 120 and callable(old.warnings.warn)
    with pytest.raises(old_import("numpy.linalg").linalg.LinAlgError):
        np.linalg.inv(np.zeros((2, 2)))


def test_questions_about_types(old: Any) -> None:
    assert old.obj2sctype(np.array([1.0])) is np.float64 and old.obj2sctype("nothing like it", 5) == 5
    assert old.issctype(np.int32) and not old.issctype([1]) and not old.issctype(1.5)
    assert old.issubsctype("float32", np.floating) and not old.issubsctype("int8", np.floating)
    assert old.issubclass_(bool, int) and not old.issubclass_(5, int)
    assert old.sctype2char("float32") == "f" and old.maximum_sctype(np.uint8) is np.uint64


def test_records_of_text(old: Any) -> None:
    table = old.recfromcsv(io.StringIO("A,b\n1,2.5\n3,4.5\n"))
    assert table.a.tolist() == [1, 3] and table.b.tolist() == [2.5, 4.5]
    assert old.ndfromtxt(io.StringIO("1 2\n3 4")).tolist() == [[1, 2], [3, 4]]


def test_a_function_out_of_use_warns(old: Any) -> None:
    @old.deprecate
    def function() -> int:
        return 5

    with pytest.warns(DeprecationWarning, match="`function` is deprecated!"):
        assert function() == 5


@pytest.mark.parametrize("name", ["irr", "npv", "lookfor", "who"])
def test_what_cannot_be_supplied_says_so(old: Any, name: str) -> None:
    with pytest.raises(NotImplementedError, match=f"numpy.{name} is gone .*; [a-z]"):
        getattr(old, name)()


def test_set_string_function(old: Any) -> None:
    if "override_repr" not in np.get_printoptions():  # NumPy 2.0
        with pytest.raises(NotImplementedError, match="formatter"):
            old.set_string_function(str)
        return
    try:
        old.set_string_function(lambda array: "shown")
        assert repr(np.zeros(1)) == "shown"
        with pytest.raises(NotImplementedError, match="formatter"):
            old.set_string_function(None, repr=False)
    finally:
        old.set_string_function(None)
    assert repr(np.zeros(1)) == "array([0.])"


def test_homes_that_are_gone(old_import: Any, see: Any) -> None:
    assert old_import("numpy.lib.index_tricks").r_ is np.r_
    assert old_import("numpy.linalg.linalg").LinAlgError is np.linalg.LinAlgError
    assert old_import("numpy.testing.utils").assert_allclose is np.testing.assert_allclose
    assert old_import("numpy.testing.decorators").dec.slow(5) == 5
    inner1d = old_import("numpy.core.umath_tests").inner1d
    assert inner1d([[1, 2], [3, 4]], [[1, 1], [2, 0]]).tolist() == [3, 6]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert see("numpy.core.numeric").asarray is np.asarray and see("numpy.core").add is np.add


def test_names_for_tests(old_import: Any) -> None:
    @old_import("numpy.testing").raises(ValueError)
    def test() -> None:
        raise ValueError

    test()


def test_nothing_is_replaced_and_all_is_taken_back() -> None:
    program = """
        import importlib, sys, warnings
        warnings.simplefilter("error")
        import numpy, numpy.core, numpy.testing, numpy.linalg, numpy.random
        numpy.char, numpy.rec, numpy.ma, numpy.polynomial, numpy.exceptions, numpy.lib
        watched = [numpy, numpy.testing, numpy.linalg, numpy.random, numpy.core]
        before = [dict(vars(each)) for each in watched]
        from polykeras import era
        era.install()
        assert numpy.float is float and numpy.NaN != numpy.NaN and numpy.testing.dec
        importlib.import_module("numpy.lib.index_tricks")
        importlib.import_module("numpy.core.umath_tests")
        for each, was in zip(watched, before):
            assert all(vars(each)[name] is value for name, value in was.items()), each
        era.uninstall()
        for each, was in zip(watched, before):
            new = {name for name in set(vars(each)) - set(was) if not hasattr(vars(each)[name], "__path__")}
            assert not new - {"__warningregistry__"}, (each, new)
        assert "numpy.lib.index_tricks" not in sys.modules and "numpy.core.umath_tests" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_the_tables_name_what_is_there(old_import: Any) -> None:
    homes = importlib.import_module("polykeras.era.libraries.numpy_library")._HOMES
    for name, targets in homes.items():
        assert name not in sys.modules or sys.modules[name] is not None
        for target in targets:
            importlib.import_module(target)
