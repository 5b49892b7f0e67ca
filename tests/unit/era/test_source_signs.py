"""Which files are taken for Python 2."""

from __future__ import annotations

import pytest

from polykeras.era.source.translate import compiled, parsed

PYTHON_2 = [
    "for i in xrange(3): pass",
    "import cPickle as pickle",
    "from itertools import izip",
    "import urllib2",
    "print",
    'print ("a"), x',
    'print ("a %d") % 3',
    "print -1",
    "print >> f, x",
    "isinstance(s, unicode)",
    "d.has_key(1)",
    "for k, v in d.iteritems(): pass",
    "d.keys()[0]",
    "map(f, x)[0]",
    "x = range(3) + [1]",
    "x = range(3)\nrandom.shuffle(x)",
    "x = map(f, y)\nx.append(1)",
    "len(filter(f, x))",
    "k = d.keys()\nk.sort()\nd.keys().sort()",
    "x.sort(cmp=f)",
    "class A:\n    __metaclass__ = M",
    "class A:\n    def __nonzero__(self): return 1",
    "class A:\n    def __iter__(self): return self\n    def next(self): return 1",
    "import sys\nx = sys.maxint",
    "import string\nstring.letters",
    "#!/usr/bin/env python2\nx = 5 / 2",
]
PYTHON_3 = [
    "print('a', 5 / 2)",
    "try:\n    xrange\nexcept NameError:\n    xrange = range\nfor i in xrange(3): pass",
    "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle",
    "import sys\nif sys.version_info[0] == 2:\n    text = unicode\nelse:\n    text = str",
    "from six.moves import xrange\nfor i in xrange(3): pass",
    "from functools import reduce\nreduce(f, x)",
    "import six\nsix.iteritems(d)",
    "import pandas as pd\nfor k, c in df.iteritems(): pass\ndf.keys()[0]",
    "from pylab import *\nfile(3)",
    "x = list(range(3)) + [1]",
    "x = range(3)\nfor i in x: pass\nx[0]",
    "def reduce(a): pass\nreduce(3)",
    "class A:\n    def __nonzero__(self): return 1\n    __bool__ = __nonzero__",
    "x = 7 / 2",
    "loader.next()",
    "def f(cmp): return cmp(1, 2)",
]


@pytest.mark.parametrize("text", PYTHON_2)
def test_signs(text: str) -> None:
    assert parsed(text + "\n", "x.py").python_2


@pytest.mark.parametrize("text", PYTHON_3)
def test_no_signs(text: str) -> None:
    found = parsed(text + "\n", "x.py")
    assert not found.python_2 and found.text == text + "\n" and found.lines is None


def test_python_3_does_not_load_fissix() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from polykeras.era.source.translate import compiled; compiled('x = 1', 'x');"
        "print([name for name in ('fissix', 'numpy') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("x = 1\ny = = 2\n", 2, "y = = 2"),
        ("print 'a'\nprint 'b'\nz = (1,\ny = = 2\n", 4, "y = = 2"),
        ("print 'a'\nif x\n    pass\n", 2, "if x"),
        ("print 'a'\nx = (1,\n", 2, "x = (1,"),
    ],
)
def test_neither_python_2_nor_3(text: str, line: int, shown: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        compiled(text, "wrong.py")
    assert caught.value.filename == "wrong.py"
    assert caught.value.lineno == line and (caught.value.text or "").strip() == shown


def test_form_feeds_end_no_line() -> None:
    found = parsed("print 'a'\n\x0c\ndef f((a, b)):\n    return a\n\x0c\nx = 1 / 0\n", "x.py")
    assert found.lines is not None and found.lines[:7] == [1, 2, 3, 4, 4, 5, 6]
    with pytest.raises(SyntaxError) as caught:
        compiled("print 'a'\n\x0c\nx = = 1\n", "x.py")
    assert (caught.value.lineno, caught.value.text) == (3, "x = = 1")


def test_escapes_that_are_none_are_no_fault() -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled("x = '\\d'\ny = x is 'a'\n", "x.py")
        compiled("print '\\d'\n", "x.py")
