"""Programs of 2015 to 2017 with the scientific libraries, by the command line, on both engines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAMS = Path(__file__).parent / "era"


def run(name: str, backend: str, folder: Path) -> str:
    """Runs a program in a folder; what it prints."""
    environment = {
        **os.environ,
        "KERAS_HOME": str(folder / "home"),
        "MPLCONFIGDIR": str(folder / "home"),
        "POLYKERAS_PYTENSOR_MODE": "interpret",
    }
    words = [sys.executable, "-m", "polykeras", "run", "--backend", backend, str(PROGRAMS / name)]
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment, timeout=1200)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout


def figure(label: str, output: str) -> float:
    """The number that a program prints behind a label."""
    found = re.search(rf"{re.escape(label)}:? *([0-9.]+)", output)
    assert found is not None, output
    return float(found[1])


def passengers(count: int, first: int, survived: bool) -> str:
    """A table of made-up passengers, of whom women and children of the better classes survive."""
    state = np.random.RandomState(first)
    names = ["PassengerId", "Survived", "Pclass", "Name", "Sex", "Age", "SibSp", "Parch", "Fare", "Embarked"]
    lines = []
    for number in range(first, first + count):
        woman, group, child = state.rand() < 0.4, state.randint(1, 4), state.rand() < 0.1
        title = "Mrs." if woman else "Master." if child else "Mr."
        age = "" if state.rand() < 0.2 else f"{state.randint(1, 12) if child else state.randint(16, 70)}"
        saved = int(woman * 2.0 + child * 1.5 - group * 0.6 + state.normal(0, 0.3) > 0)
        fare = "" if number == first + 1 else f"{80 / group + state.rand() * 5:.2f}"
        port = "" if number == first + 2 else "SCQ"[state.choice(3, p=[0.7, 0.2, 0.1])]
        sex = "female" if woman else "male"
        row = [
            number,
            saved,
            group,
            f"Doe {title} {number}",
            sex,
            age,
            state.randint(3),
            state.randint(2),
            fare,
            port,
        ]
        lines.append(
            ",".join(
                str(value) for name, value in zip(names, row, strict=True) if survived or name != "Survived"
            )
        )
    header = ",".join(name for name in names if survived or name != "Survived")
    return "\n".join([header, *lines]) + "\n"


def test_kaggle_script(backend_name: str, tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    (tmp_path / "train.csv").write_text(passengers(180, 1, True))
    (tmp_path / "test.csv").write_text(passengers(60, 181, False))
    output = run("titanic_kaggle.py", backend_name, tmp_path)
    assert "train (180, 10) test (60, 9)" in output and "encoded Sex" in output
    assert "features 8 ['Pclass', 'Sex', 'Age', 'Fare', 'Family', 'from_C', 'from_Q', 'from_S']" in output
    assert "fold 3 of 3" in output and "saved" in output and "smoothed (56,)" in output
    assert figure("Test accuracy", output) > 0.8 and figure("log loss", output) < 0.6
    answers = (tmp_path / "submission.csv").read_text().splitlines()
    assert answers[0] == "PassengerId,Survived" and answers[1].startswith("181,") and len(answers) == 61


def test_grid_search(backend_name: str, tmp_path: Path) -> None:
    output = run("grid_search_curves.py", backend_name, tmp_path)
    assert figure("Best", output) > 0.6 and len(re.findall(r"with: \{'neurons'", output)) == 2
    assert figure("Test accuracy", output) > 0.7 and "(3 folds)" in output
    assert "['lda', 'logistic', 'sgd', 'svc'] True" in output and 0 < figure("log loss", output) < 1
    assert "drawn 10 bins" in output and (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_pictures(backend_name: str, tmp_path: Path) -> None:
    pytest.importorskip("skimage")
    output = run("image_features.py", backend_name, tmp_path)
    assert "files 80" in output and "names 0 str ['images', 'labels', 'names']" in output
    assert "pixels (80, 16, 16, 1) float32 True True" in output and "doubled True (32, 32)" in output
    assert 0 < figure("similar", output) < 1 and figure("Test accuracy", output) > 0.8
    assert "layers 4" in output and "same again True" in output
