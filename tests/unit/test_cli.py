"""`polykeras run` against Python itself, and `polykeras doctor`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from polykeras import cli

SCRIPT = '''\
"""What a script can see of how it was started."""
import os, pickle, sys

class Point:
    x = 1

print(sys.argv, sys.path[0], sorted(globals()), __name__, __file__, __doc__, __package__, __spec__)
print(sys.modules["__main__"].Point is Point, type(pickle.loads(pickle.dumps(Point()))) is Point)

def fail(how):
    if how == "raise":
        raise ValueError("wrong")
    if how == "chain":
        try:
            {}["a"]
        except KeyError as error:
            raise ValueError("wrong") from error
    if how == "hook":
        def hook(kind, value, trace):
            names = trace.tb_frame.f_code.co_name, trace.tb_next.tb_frame.f_code.co_name
            print("hook:", kind.__name__, names)
        sys.excepthook = hook
        raise ValueError("wrong")
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "exit":
        sys.exit(7)
    if how == "message":
        sys.exit("a message")
    if how == "os":
        sys.stdout.flush()
        os._exit(3)

fail(sys.argv[1] if len(sys.argv) > 1 else None)
'''


def outcome(words: list[str], folder: Path) -> tuple[int, str, str]:
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=300)
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["raise"],
        ["chain"],
        ["hook"],
        ["interrupt"],
        ["exit"],
        ["message"],
        ["os"],
        ["--", "-h", "--backend", "x", ""],
    ],
    ids=lambda words: " ".join(words) or "plain",
)
def test_runs_as_python_does(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "script.py").write_text(SCRIPT)
    script = os.path.join("sub", "script.py")
    expected = outcome([sys.executable, script, *arguments], tmp_path)
    run = [sys.executable, "-m", "polykeras", "run", "--backend", "pytensor"]
    assert outcome([*run, script, *arguments], tmp_path) == expected
    assert ("ValueError" in expected[1] + expected[2]) is (arguments[:1] in (["raise"], ["chain"], ["hook"]))


def test_syntax_error_and_encoding(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("x = 1\ny = = 2\n")
    (tmp_path / "latin.py").write_bytes(
        "# -*- coding: latin-1 -*-\nprint(len('\xe9\xe8'))\n".encode("latin-1")
    )
    for script in ("wrong.py", "latin.py"):
        expected = outcome([sys.executable, script], tmp_path)
        assert outcome([sys.executable, "-m", "polykeras", "run", script], tmp_path) == expected


def test_script_imports_its_neighbours_and_keras(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("import keras\nname = keras.__name__\n")
    (tmp_path / "script.py").write_text("import neighbour\nprint(neighbour.name)\n")
    words = [sys.executable, "-m", "polykeras", "run", str(tmp_path / "script.py")]
    assert outcome(words, Path("/")) == (0, "polykeras\n", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nowhere.py"], "can't open file"),
        (["run", "--backend", "tensorflw", "nowhere.py"], "unknown backend 'tensorflw'; known: pytensor, "),
        (["run"], "the following arguments are required: script"),
        (["train"], "invalid choice: 'train'"),
        ([], "required: COMMAND"),
    ],
)
def test_wrong_command_lines(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 2
    captured = capsys.readouterr()
    assert message in captured.err and captured.out == ""


def test_backend_whose_engine_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("polykeras.backends.registry.engine_installed", lambda name: False)
    assert cli.main(["run", "--backend", "Theano", "x.py"]) == 2
    assert "Run: pip install 'polykeras[pytensor]'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["run", "-h"], ["--version"]])
def test_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words) == 0
    assert "polykeras" in capsys.readouterr().out


def test_doctor(backend_name: str, tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text('{"floatx": "float64", "backend": "tensorflow"}')
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "KERAS_BACKEND": backend_name}
    environment.pop("POLYKERAS_BACKEND", None)
    words = [sys.executable, "-m", "polykeras", "doctor"]
    result = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{backend_name}, by the environment variable KERAS_BACKEND" in result.stdout
    assert f"{tmp_path / 'keras.json'} (read)" in result.stdout and "floatx float64" in result.stdout
    assert "numpy" in result.stdout and "the backend works" in result.stdout


def test_doctor_tells_what_is_wrong(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "polykeras", "doctor"]
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "POLYKERAS_BACKEND": "thano"}
    result = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=300)
    assert result.returncode == 1 and "Did you mean 'theano'?" in result.stdout
    (tmp_path / "keras.json").write_text("{")
    result = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=300)
    assert result.returncode == 1 and f"{tmp_path / 'keras.json'} is not valid JSON" in result.stderr
    assert "Traceback" not in result.stderr
