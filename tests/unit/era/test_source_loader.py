"""The modules of a program's folder, as `polykeras run` loads them."""

from __future__ import annotations

import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from polykeras.era.source import loader


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / (name.replace("__SLASH__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def outcome(folder: Path, *arguments: str) -> tuple[int, str, str]:
    words = [sys.executable, "-m", "polykeras", "run", "--backend", "pytensor", "main.py", *arguments]
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=300)
    return result.returncode, result.stdout, result.stderr


def everything_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_modules_and_packages_of_the_folder(tmp_path: Path) -> None:
    write(
        tmp_path,
        main="import helper, package.inner\nfrom package import other\nprint(helper.half(7), other.name)\n"
        "print(package.inner.twin.NAME, 7 / 2)\n",
        helper="def half(n):\n    print 'halving',\n    return n / 2\n",
        package__SLASH____init__="",
        package__SLASH__inner="import twin\nfrom twin import NAME\nimport json\n",
        package__SLASH__twin="NAME = 'twin'\nprint 'twin'\n",
        package__SLASH__other="from __future__ import absolute_import\nimport sys\n"
        "try:\n    import twin\nexcept ImportError, e:\n    name = str(e)\n",
    )
    before = everything_below(tmp_path)
    status, printed, errors = outcome(tmp_path)
    assert (status, errors) == (0, "")
    assert printed == "twin\nhalving (3, \"No module named 'twin'\")\n('twin', 3)\n"
    assert everything_below(tmp_path) == before


def test_byte_code_of_python_3_is_not_used(tmp_path: Path) -> None:
    """An array of one element is a number in the modules too, whatever stands in ``__pycache__``."""
    write(tmp_path, main="import helper\n", helper="import sys\nprint int([3][0]), type(sys).__name__\n")
    write(tmp_path, helper="def f():\n    return __era_int__(3)\nprint(f())\n")

    py_compile.compile(
        str(tmp_path / "helper.py"), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
    )
    write(tmp_path, helper="print('new')\n")
    assert outcome(tmp_path)[:2] == (0, "new\n")


def test_folders_that_the_program_adds_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "site-packages").mkdir()
    write(
        tmp_path,
        main="import sys\nsys.path.insert(0, 'lib')\nsys.path.append('site-packages')\nimport mine\n"
        "try:\n    import theirs\nexcept SyntaxError as error:\n    print(type(error).__name__)\n",
        lib__SLASH__mine="print 'mine'\n",
    )
    (tmp_path / "site-packages" / "theirs.py").write_text("print 'theirs'\n")
    assert outcome(tmp_path)[:2] == (0, "mine\nSyntaxError\n")


def test_a_program_is_in_one_python(tmp_path: Path) -> None:
    """A file without signs divides as one beside it that has some; what only Python 3 reads does not."""
    write(
        tmp_path,
        main="import helper, first\nprint(helper.half(7), first.half(7), 7 / 2)\n",
        helper="import second\nhalf = second.half\n",
        second="print 'a'\ndef half(n): return n / 2\n",
        first="def half(n: int): return n / 2\n",
    )
    assert outcome(tmp_path)[:2] == (0, "a\n(3, 3.5, 3)\n")


TRACEBACK = """\
# -*- coding: utf-8 -*-
def f(a, (b, c)):
    text = '''two
    lines'''
    print a; d = b / c
    return d

def g(x):
    return map(lambda (a, b): f(1, (a, b)), x)

g([(4, 2), (1, 0)])
"""


def test_tracebacks_show_the_program_s_own_lines(tmp_path: Path) -> None:
    write(tmp_path, main="import helper\n", helper=TRACEBACK)
    status, printed, errors = outcome(tmp_path)
    path = tmp_path / "helper.py"
    assert (status, printed) == (1, "1\n1\n")
    assert errors == (
        "Traceback (most recent call last):\n"
        f'  File "{tmp_path / "main.py"}", line 1, in <module>\n    import helper\n'
        f'  File "{path}", line 11, in <module>\n    g([(4, 2), (1, 0)])\n'
        f'  File "{path}", line 9, in g\n    return map(lambda (a, b): f(1, (a, b)), x)\n'
        f'  File "{path}", line 9, in <lambda>\n    return map(lambda (a, b): f(1, (a, b)), x)\n'
        f'  File "{path}", line 9, in <lambda>\n    return map(lambda (a, b): f(1, (a, b)), x)\n'
        f'  File "{path}", line 5, in f\n    print a; d = b / c\n'
        "ZeroDivisionError: integer division or modulo by zero\n"
    )


def test_syntax_error_of_a_module(tmp_path: Path) -> None:
    write(tmp_path, main="import helper\n", helper="print 'a'\n\nif x = 3:\n    pass\n")
    status, _, errors = outcome(tmp_path)
    assert status == 1 and f'File "{tmp_path / "helper.py"}", line 3\n    if x = 3:\n' in errors
    assert errors.splitlines()[-1].startswith("SyntaxError: ")


def test_names_of_python_2_are_seen_by_its_files_alone(tmp_path: Path) -> None:
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages" / "theirs.py").write_text(
        "try:\n    unicode\nexcept NameError:\n    print('none')\nprint(type(range(1)).__name__)\n"
    )
    write(tmp_path, main="import sys\nsys.path.append('site-packages')\nimport theirs\nprint unicode('a')\n")
    assert outcome(tmp_path)[:2] == (0, "none\nrange\na\n")


def test_views_are_for_the_program_s_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        main="import pickle\nfrom six.moves import cPickle\nimport importlib\n"
        "print(pickle.load.__module__.split('.')[0], cPickle.load.__module__.split('.')[0])\n"
        "print(importlib.import_module('pickle').load.__module__)\nfrom pickle import *\n",
    )
    assert outcome(tmp_path)[:2] == (0, "polykeras polykeras\n_pickle\n")


def test_uninstall_takes_the_finder_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(sys.meta_path)
    loader.install(str(tmp_path))
    loader.install(str(tmp_path / "other"))
    assert len(sys.meta_path) == len(before) + 1
    loader.uninstall()
    assert sys.meta_path == before


def test_python_2_as_a_script(tmp_path: Path) -> None:
    text = "import os, sys\nreload(sys)\nsys.setdefaultencoding('utf8')\nsys.stdout = os.fdopen(1, 'w', 0)\n"
    text += "print sys.argv[1], os.path.basename(__file__), __name__, 7 / 2, sys.maxint > 2 ** 40, u'\xe9'\n"
    write(tmp_path, main="# coding: utf-8\n" + text + "execfile('more.py')\nprint x\n", more="x = 9 / 2\n")
    assert outcome(tmp_path, "word") == (0, "word main.py __main__ 3 True \xe9\n4\n", "")
    assert os.listdir(tmp_path) and not list(tmp_path.rglob("*.pyc"))
