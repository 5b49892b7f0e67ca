"""Programs in the manner of 2015 to 2017, byte for byte by `polykeras run`, on both engines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).parent / "era"


def run(name: str, backend: str, folder: Path) -> tuple[str, str]:
    """Runs a program; what it prints, and what stands on stderr."""
    home = str(folder / "home")
    environment = {**os.environ, "KERAS_HOME": home, "POLYKERAS_PYTENSOR_MODE": "interpret"}
    words = [sys.executable, "-m", "polykeras", "run", "--backend", backend, str(PROGRAMS / name)]
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment, timeout=600)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout, result.stderr


def test_gan_in_python_2(backend_name: str, tmp_path: Path) -> None:
    """cPickle in text mode, tuple parameters, mixed tabs and blanks, shuffled ranges, None as smallest."""
    lines = run("gan.py", backend_name, tmp_path)[0].splitlines()
    assert lines[:2] == ["making circle.pkl", "X_train shape: (256, 2) half: 128"]
    assert [line.split()[:2] for line in lines[2:5]] == [["epoch", f"{n}/3"] for n in (1, 2, 3)]
    assert all(line.endswith("finite: True") for line in lines[2:5])
    assert lines[5:] == ["d 24 True", "g 24 True", "the end best", "x 1 y 1.5"]
    second = run("gan.py", backend_name, tmp_path)[0].splitlines()
    assert second[0] == "X_train shape: (256, 2) half: 128"


def test_exported_notebook(backend_name: str, tmp_path: Path) -> None:
    """Magics, a late import from ``__future__``, a share of the samples as a slice."""
    printed, errors = run("notebook_export.py", backend_name, tmp_path)
    lines = printed.splitlines()
    assert lines[:3] == ["(48, 1, 8, 8) (16, 1, 8, 8) 0.5", "['acc', 'loss']", "scores: 2 True"]
    assert sorted(lines[3].split("; ")) == ["", "acc 2", "loss 2"]
    assert "command 'nvidia-smi' is not run" in errors


def test_sequence_to_sequence_in_python_2(backend_name: str, tmp_path: Path) -> None:
    """``inspect.getargspec``, whole divisions, a module of the folder that shows no sign of Python 2."""
    lines = run("addition_seq2seq.py", backend_name, tmp_path)[0].splitlines()
    assert lines[:4] == [
        "['self', 'chars', 'maxlen'] 1",
        "Generating data...",
        "Total addition questions: 200",
        "(180, 5, 12) (180, 3, 12) (20, 5, 12)",
    ]
    assert [line for line in lines if line.startswith("Iteration")] == ["Iteration 1", "Iteration 2"]
    questions = [line[2:].strip() for line in lines if line.startswith("Q ")]
    answers = [line.split()[1] for line in lines if line.startswith("T ")]
    assert len(questions) == 4
    for question, answer in zip(questions, answers, strict=True):
        assert sum(int(number) for number in question.split("+")) == int(answer)


def test_word_vectors_in_python_2(backend_name: str, tmp_path: Path) -> None:
    """Binary files read as text, text written to them, csv in binary mode, a defaultdict in a pickle."""
    lines = run("word2vec_cnn.py", backend_name, tmp_path)[0].splitlines()
    assert lines == [
        "number of sentences: 40 vocab size: 11",
        "the good film , is n't it ? | the good caf\xe9 , is n't it ?",
        "words already in word2vec: 5 True",
        "output (None, 1) falls True",
        "test of 10: True",
    ]
