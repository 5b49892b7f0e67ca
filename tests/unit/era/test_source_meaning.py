"""Programs in Python 2 print what CPython 2.7.18 printed: tests/data/python_2_7.json was recorded from it."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras.era.source.names import builtins_for
from polykeras.era.source.translate import compiled

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "python_2_7.json").read_text(encoding="utf-8"))
PROGRAMS = [
    pytest.param(program, printed, id=f"{theme}-{number}")
    for theme, programs in RECORDED.items()
    for number, (program, printed) in enumerate(programs)
]


def run(text: str, **names: Any) -> tuple[str, dict[str, Any]]:
    """Runs a program; what it prints, and its names."""
    program = compiled(text + "\n", "program.py")
    scope = {
        "__name__": "__main__",
        "__builtins__": builtins_for(program.python_2, program.features),
        **names,
    }
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program.code, scope)
    return printed.getvalue(), scope


@pytest.mark.parametrize(("program", "printed"), PROGRAMS)
def test_prints_what_python_2_printed(program: str, printed: str) -> None:
    assert run(program)[0] == printed


def test_division_of_arrays_is_that_of_their_integers() -> None:
    program = "print 'python 2'\nq = a / 2\nb = a / 2.0\nc = a / f\na /= 2\nn = m / 4\ns = k / k\n"
    names = {"a": np.array([7, -7]), "f": np.array([2.0, 4.0]), "m": np.int64(10), "k": np.array([True])}
    first = names["a"]
    scope = run(program, **names)[1]
    np.testing.assert_array_equal(scope["q"], [3, -4])
    np.testing.assert_array_equal(scope["b"], [3.5, -3.5])
    np.testing.assert_array_equal(scope["c"], [3.5, -1.75])
    assert scope["a"] is first and first.tolist() == [3, -4]
    assert scope["n"] == 2 and scope["s"].dtype == np.int8


def test_pandas_divides_truly() -> None:
    class Series:
        __module__ = "pandas.core.series"
        dtype = np.dtype(int)

        def __truediv__(self, other: Any) -> str:
            return "true"

    assert run("print 'python 2'\nq = s / 2", s=Series())[1]["q"] == "true"


@pytest.mark.parametrize("start", ["", "print 'python 2'\n"])
def test_arrays_of_one_element_are_numbers(start: str) -> None:
    program = start + "i, f, s = int(a), float(a), '%d %.1f' % (a, a)\nt = '%.2f' % a\n"
    program += "ok = isinstance(3, int) and np.zeros(2, int).dtype == int and int('7', 8) == 7\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scope = run(program, a=np.array([[2.5]]), np=np)[1]
    assert (scope["i"], scope["f"], scope["s"], scope["t"], scope["ok"]) == (2, 2.5, "2 2.5", "2.50", True)
    with pytest.raises(TypeError):
        run(start + "int(a)", a=np.arange(2))


@pytest.mark.parametrize("start", ["", "print 'python 2'\n"])
def test_float_indices_of_arrays_are_cut(start: str) -> None:
    program = start + "n = len(x) * 0.5\na = x[:n].tolist()\nb = x[np.floor(1.5)]\nx[2.0:4.9] += 10\n"
    program += "c = x[np.round([0.2, 1.1])].tolist()\nm = y[len(y) * 0.5, 1 * 1.0]\n"
    scope = run(program, x=np.arange(6), y=np.arange(8).reshape(4, 2), np=np)[1]
    assert scope["a"] == [0, 1, 2] and scope["b"] == 1 and scope["c"] == [0, 1] and scope["m"] == 5
    assert scope["x"].tolist() == [0, 1, 12, 13, 4, 5]
    with pytest.raises(TypeError):
        run(start + "x[:len(x) * 0.5]", x=[1, 2])


def test_methods_that_an_object_still_has_are_its_own() -> None:
    class Frame(dict):  # type: ignore[type-arg]
        def iteritems(self) -> str:
            return "own"

        def next(self) -> str:
            return "next"

    program = "print 'python 2'\na = f.iteritems()\nb = f.next()\nk = g.keys()\nn = h.has_key('x')"

    class Group:
        def keys(self) -> str:
            return "keys of a group"

        def __contains__(self, key: str) -> bool:
            return key == "x"

    scope = run(program, f=Frame(), g=Group(), h=Group())[1]
    assert (scope["a"], scope["b"], scope["k"], scope["n"]) == ("own", "next", "keys of a group", True)


@pytest.mark.parametrize("start", ["", "print 'python 2'\n"])
def test_methods_that_classes_in_c_have_lost(start: str) -> None:
    import xml.etree.ElementTree

    program = start + "a = x.tostring()\nb = x.ptp()\nc = [e.tag for e in tree.getchildren()]\n"
    program += "d = [e.tag for e in tree.getiterator('b')]\nf = np.fromstring('1 2', sep=' ').tolist()\n"
    tree = xml.etree.ElementTree.fromstring("<a><b/><c/></a>")
    scope = run(program, x=np.array([1, 4], "uint8"), tree=tree, np=np)[1]
    assert (scope["a"], scope["b"], scope["c"], scope["d"]) == (b"\x01\x04", 3, ["b", "c"], ["b"])
    assert scope["f"] == [1, 2]
    with pytest.raises(AttributeError, match="'list' object has no attribute 'tostring'"):
        run(start + "x.tostring()", x=[])


def test_magics_do_no_harm_without_ipython() -> None:
    program = "get_ipython().magic(u'matplotlib inline')\n%matplotlib inline\n!ls\nprint 7 / 2\n"
    program += "get_ipython().run_cell_magic(u'time', u'', u'print 9 / 2')"
    assert run(program)[0] == "3\n4\n"
    assert run("%matplotlib inline\nprint(7 / 2)")[0] == "3.5\n"


def test_own_names_are_left_alone() -> None:
    program = (
        "def unicode(x): return ('own', x)\ndef int(x): return 'mine'\nprint unicode('a'), int(3), str(2)"
    )
    assert run(program)[0] == "('own', 'a') mine 2\n"


def test_future_imports_are_accepted_anywhere() -> None:
    assert run("import sys\n'x'\nfrom __future__ import division, print_function\nprint(7 / 2)")[0] == "3.5\n"
    assert run("import sys\nfrom __future__ import division\nprint 7 / 2")[0] == "3.5\n"


def test_no_python_2_in_python_3() -> None:
    assert run("print(7 / 2, type(range(2)).__name__, round(2.5))")[0] == "3.5 range 2\n"
    with pytest.raises(NameError):
        run("exec('unicode')")
