"""``polykeras run notebook.ipynb``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbclient")

from polykeras.era import notebooks


def notebook(*cells: str, **metadata: Any) -> dict[str, Any]:
    """A notebook of format 4."""
    code = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
        for text in cells
    ]
    title = {"cell_type": "markdown", "metadata": {}, "source": "# A title"}
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": [title, *code]}


def old_notebook(*cells: str) -> dict[str, Any]:
    """A notebook of format 3."""
    code = [
        {
            "cell_type": "code",
            "collapsed": False,
            "metadata": {},
            "outputs": [],
            "input": text,
            "language": "python",
        }
        for text in cells
    ]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": code}]}


def run(folder: Path, content: Any, backend: str = "pytensor") -> tuple[int, str, list[str]]:
    """Runs a notebook; its status, what stands on stderr, and what each of its code cells put out."""
    path = folder / "book.ipynb"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    before = path.read_bytes()
    words = [sys.executable, "-m", "polykeras", "run", "--backend", backend, "book.ipynb"]
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "JUPYTER_CONFIG_DIR": str(folder)}
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment, timeout=600)
    assert path.read_bytes() == before
    executed = folder / "book.executed.ipynb"
    outputs = []
    if executed.exists():
        cells = json.loads(executed.read_text())["cells"]
        outputs = [text_of(cell) for cell in cells if cell["cell_type"] == "code"]
    return result.returncode, result.stderr, outputs


def text_of(cell: dict[str, Any]) -> str:
    parts = []
    for output in cell["outputs"]:
        parts.extend(output.get("text", []))
        parts.extend(output.get("data", {}).get("text/plain", []))
        parts.append(output.get("ename", ""))
    return "".join(parts)


def test_a_notebook_in_python_2_trains(tmp_path: Path, backend_name: str) -> None:
    cells = [
        "%matplotlib inline\nimport numpy as np\nfrom keras.models import Sequential\n"
        "from keras.layers import *",
        "from keras import backend as K\nmodel = Sequential([Dense(6 / 2, input_dim=2)])",
        "print K.backend(), model.output_shape\n7 / 2",
        "model.compile('sgd', 'mse')\nx, y = np.ones((4, 2)), np.ones((4, 3))\n"
        "print model.fit(x, y, nb_epoch=1, verbose=0).history.keys()",
        "import helper\nprint helper.half(9),\nprint __builtins__ is not None",
    ]
    (tmp_path / "helper.py").write_text("def half(n): return n / 2\n")
    status, errors, outputs = run(tmp_path, notebook(*cells), backend_name)
    assert status == 0, errors
    assert "100%" in errors and "5/5" in errors and "book.executed.ipynb: written" in errors
    assert outputs[2:] == [f"{backend_name} (None, 3)\n3", "['loss']\n", "4 True\n"]


def test_format_3_and_signs_in_a_later_cell(tmp_path: Path) -> None:
    status, errors, outputs = run(tmp_path, old_notebook("7 / 2", "print 'a'"))
    assert (status, outputs) == (0, ["3", "a\n"]), errors


def test_a_cell_that_fails(tmp_path: Path) -> None:
    status, errors, outputs = run(tmp_path, notebook("print 'a'", "x = {}['key']", "print 'b'"))
    assert status == 1 and outputs == ["a\n", "KeyError", ""]
    assert "Cell 3 failed." in errors and "KeyError: 'key'" in errors and "\x1b" not in errors
    assert "book.executed.ipynb: written" in errors


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no notebook"),
        (notebook("1", kernelspec={"name": "ir", "language": "R"}), "a notebook in r; only Python"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    status, errors, outputs = run(tmp_path, content)
    assert status == 2 and message in errors and outputs == []


def test_arguments_and_missing_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from polykeras import cli

    assert cli.main(["run", str(tmp_path / "none.ipynb")]) == 2
    assert "can't open file" in capsys.readouterr().err
    assert cli.main(["run", "book.ipynb", "word"]) == 2 and "no arguments: word" in capsys.readouterr().err


def test_without_nbclient(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert notebooks.run("book.ipynb") == 2
    assert "Run: pip install 'polykeras[notebook]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("metadata", "cell", "expected"),
    [
        ({"language_info": {"version": "2.7.12"}}, "x = 1", True),
        ({"language_info": {"version": "3.5.2"}}, "print 'a'", False),
        ({"kernelspec": {"name": "python2"}}, "x = 1", True),
        ({}, "print 'a'", True),
        ({}, "print('a')", False),
        ({}, "%%bash\nls -l | grep x", False),
    ],
)
def test_the_python_of_a_notebook(metadata: dict[str, Any], cell: str, expected: bool) -> None:
    import nbformat

    content = nbformat.from_dict(notebook(cell, **metadata))
    assert notebooks.in_python_2(content) is expected
