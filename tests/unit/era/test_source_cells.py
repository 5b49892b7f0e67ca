"""``%load_ext polykeras``: cells in Python 2 run in IPython."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

START = """\
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "polykeras")
def cell(text):
    sys.stdout.flush()
    return shell.run_cell(text)
"""


def run(tmp_path: Path, *cells: str, end: str = "", python_2: bool = False) -> str:
    """What cells print."""
    program = START + "".join(f"cell({text!r})\n" for text in cells) + end
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")}
    if python_2:
        environment["POLYKERAS_NOTEBOOK_PYTHON_2"] = "1"
    words = [sys.executable, "-c", program]
    result = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300)
    assert result.returncode == 0, result.stderr
    return re.sub(r"\x1b\[[0-9;]*m|Out\[\d+\]: ", "", result.stdout)


def test_cells_in_python_2(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def half(n): return n / 2\n")
    cells = [
        "x = 7 / 2\nx",
        "print 'a', x",
        "x = 7 / 2\nx",
        "import cPickle, keras, helper\nprint keras.__name__, helper.half(7), map(str, xrange(2)), long(3)",
        "%pwd\nprint 'magic'",
        "%%time\nd = {'k': 5 / 2}",
        "print d.keys()[0], d['k']",
    ]
    printed = run(tmp_path, *cells)
    assert printed.startswith("3.5\na 3.5\n3\npolykeras 3 ['0', '1'] 3\nmagic\n") and printed.endswith(
        "k 2\n"
    )


def test_future_imports_hold_for_the_cells_that_follow(tmp_path: Path) -> None:
    cells = ["from __future__ import division, print_function\nxrange", "print(7 / 2, end='!\\n')"]
    assert run(tmp_path, *cells).endswith("3.5!\n")


def test_a_notebook_known_to_be_in_python_2(tmp_path: Path) -> None:
    assert run(tmp_path, "7 / 2", "f'{7 / 2}'", python_2=True) == "3\n'3.5'\n"


def test_python_3_stays_python_3(tmp_path: Path) -> None:
    assert run(tmp_path, "print(7 / 2)", "type(range(3)).__name__").startswith("3.5\n'range'\n")


def test_a_cell_in_neither_is_a_syntax_error(tmp_path: Path) -> None:
    printed = run(tmp_path, "print 'a'", "x = = 3")
    assert printed.startswith("a\n") and "SyntaxError: invalid syntax" in printed and "x = = 3" in printed


def test_unloading_takes_all_of_it_back(tmp_path: Path) -> None:
    end = (
        "shell.run_line_magic('unload_ext', 'polykeras')\n"
        "cell('print(7 / 2, type(range(2)).__name__, type(__builtins__).__name__)')\n"
        "cell('unicode')\n"
        "print(len(shell.ast_transformers), len(shell.input_transformers_post))\n"
    )
    printed = run(tmp_path, "print 7 / 2", end=end)
    assert (
        printed.startswith("3\n3.5 range module\n") and "NameError" in printed and printed.endswith("0 0\n")
    )
