"""`polykeras port`: programs in Python 2 become programs in Python 3 that print the same."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from polykeras import cli
from polykeras.era.source.port import ported

RECORDED = json.loads((Path(__file__).parents[2] / "data" / "python_2_7.json").read_text(encoding="utf-8"))
# What a program for good does not keep: the way floats and sets are printed, an order among unlike types, the
# blanks of print statements, strings that are decoded, code that is run from strings, text from filter,
# sorting by cmp and key at once.
PORTED = [
    pytest.param(program, printed, id=f"{theme}-{number}")
    for theme, numbers in {
        "division": [0, 1, 2, 4, 5, 6, 7, 9, 10],
        "rounding": [0, 1],
        "lists": [2, 3, 4, 5, 9, 12, 14, 15],
        "comparison": [3, 6],
        "syntax": [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20],
    }.items()
    for number, (program, printed) in enumerate(RECORDED[theme])
    if number in numbers
]


@pytest.mark.parametrize(("program", "printed"), PORTED)
def test_a_ported_program_prints_the_same(program: str, printed: str, tmp_path: Path) -> None:
    path = tmp_path / "new.py"
    path.write_text(ported(program + "\n", "old.py").text)
    result = subprocess.run([sys.executable, str(path)], capture_output=True, text=True)
    assert [line.rstrip() for line in result.stdout.splitlines()] == [
        line.rstrip() for line in printed.splitlines()
    ], path.read_text() + result.stderr


OLD = """\
#!/usr/bin/env python
# -*- coding: latin-1 -*-
'''A program.'''
import sys  # the system
import string

reload(sys)
sys.setdefaultencoding('utf8')
batch = 32
n = len(sys.argv) * 64   # samples
for i in xrange(n / batch):
    print "batch", i, string.letters[:2]   # \xe9

def mean(a, b):
    return (a + b) / 2
"""
NEW = """\
#!/usr/bin/env python
# -*- coding: utf-8 -*-
'''A program.'''
from polykeras.era.python2 import divide
import sys  # the system
import string
import importlib

pass
pass
batch = 32
n = len(sys.argv) * 64   # samples
for i in range(n // batch):
    print("batch", i, string.ascii_letters[:2])   # \xe9

def mean(a, b):
    return divide((a + b), 2)
"""


def test_comments_and_layout_stay() -> None:
    found = ported(OLD.encode("latin-1"), "old.py")
    assert found.changed and found.text == NEW
    assert [line for line, _ in found.notes] == [10, 17]
    assert "setdefaultencoding" in found.notes[0][1] and "divide" in found.notes[1][1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print 'p'\nx = 7 / 2", "x = 7 // 2"),
        ("print 'p'\nlr = 0.5\nx = y / lr", "x = y / lr"),
        ("print 'p'\nx = len(y) / a.shape[0]", "x = len(y) // a.shape[0]"),
        ("print 'p'\nx = a / b", "x = divide(a, b)"),
        ("print 'p'\nx = (a + 1) / (b * 2)  # /", "x = divide((a + 1), (b * 2))  # /"),
        ("print 'p'\nx = a / b / c", "x = divide(divide(a, b), c)"),
        ("print 'p'\nself.x /= n", "self.x = divide_in_place(self.x, n)"),
        ("print 'p'\nx[:n * 0.5] = 1", "x[:int(n * 0.5)] = 1"),
        ("import cPickle as pickle\nx = pickle.load(f)", 'x = pickle.load(f, encoding="latin1")'),
        ("print 'p'\nfrom __future__ import division\nx = a / b", "x = a / b"),
        ("print 'p'\nx.sort(cmp=f)", "x.sort(key=functools.cmp_to_key(f))"),
        ("print 'p'\nx = d.has_key(k)", "x = k in d"),
        ("print 'p'\nfor k, v in d.iteritems(): pass", "for k, v in d.items(): pass"),
        ("print 'p'\nx = map(f, y)", "x = list(map(f, y))"),
        ("print 'p'\n%matplotlib inline", "pass  # %matplotlib inline"),
    ],
)
def test_what_is_written(old: str, new: str) -> None:
    assert new in ported(old + "\n", "old.py").text.splitlines()


@pytest.mark.parametrize(
    ("old", "note"),
    [
        ("class A:\n    def __cmp__(self, o): return 0", "__cmp__"),
        ("x = 'a'.decode('utf-8')", "decode"),
        ("exec s", "exec"),
        ("try: f()\nexcept IOError, e: pass\nprint e", "within its handler only"),
        ("x[f()] /= n", "//="),
        ("x = sorted(y, cmp=f, key=g)", "cmp and key"),
        ("import csv\nr = csv.reader(open('x', 'rb'))", "csv"),
    ],
)
def test_what_could_not_be_translated_is_told(old: str, note: str) -> None:
    assert any(note in text for _, text in ported("print 'p'\n" + old + "\n", "old.py").notes)


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.py"
    old.write_text("print 'a', x / y\n")
    assert cli.main(["port", str(old)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{tmp_path / 'old_py3.py'}: written\n" and "old_py3.py:2: divide" in captured.err
    assert old.read_text() == "print 'a', x / y\n"
    ast.parse((tmp_path / "old_py3.py").read_text())
    assert cli.main(["port", str(old)]) == 2 and "old_py3.py exists" in capsys.readouterr().err
    assert cli.main(["port", str(old), "-o", str(old)]) == 2 and "itself" in capsys.readouterr().err
    assert cli.main(["port", str(old), "-o", str(tmp_path / "old_py3.py")]) == 0
    assert cli.main(["port", str(tmp_path / "none.py")]) == 2


def test_command_on_neither_and_on_python_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.py").write_text("print 'a'\nx = = 3\n")
    assert cli.main(["port", str(tmp_path / "wrong.py")]) == 1
    assert "wrong.py:2: invalid syntax\n    x = = 3" in capsys.readouterr().err
    assert not (tmp_path / "wrong_py3.py").exists()
    (tmp_path / "new.py").write_text("x = 7 / 2  # 3.5\n")
    assert cli.main(["port", str(tmp_path / "new.py")]) == 0
    assert "unchanged: no sign of Python 2" in capsys.readouterr().out
    assert (tmp_path / "new_py3.py").read_text() == "x = 7 / 2  # 3.5\n"
