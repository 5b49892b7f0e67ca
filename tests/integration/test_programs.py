"""Whole programs by `polykeras run`, on both engines: those of the seed, byte for byte, and the examples."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SEED = HERE / "seed"
EXAMPLES = HERE.parents[1] / "examples"

# SHA-256 of the seed's programs as they were handed over: nobody may "repair" them.
SUMS = {
    "binary.py": "0a20ce4f9f8fcd34f8e0cc993c75664bc66287d11a7098aeefb2400c0b7d64e3",
    "mnist_mlp.py": "28829675da977ad605296c7179a4272284b30fd521526e2e9e038245f88726d4",
    "mnist_siamese.py": "3fe50900e3f0dc07cd5fadf36bcc8671a40438f11484cb5e487d00557900a878",
    "two_inputs.py": "d43d36167466dca8f76d652dca60387cadac7dae713e4e2c1bdc8da934366ab3",
}


def run(script: Path, backend: str, folder: Path, *arguments: str, mode: str = "interpret") -> str:
    """Runs a script; what it prints."""
    environment = {
        **os.environ,
        "KERAS_HOME": str(folder / "home"),
        "POLYKERAS_PYTENSOR_MODE": mode,
    }
    words = [sys.executable, "-m", "polykeras", "run", "--backend", backend, str(script), *arguments]
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment, timeout=1200)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout


def figure(label: str, output: str) -> float:
    """The number that a program prints behind a label."""
    found = re.search(rf"{re.escape(label)}:? *([0-9.]+)", output)
    assert found is not None, output
    return float(found[1])


def test_seed_is_as_it_was_handed_over() -> None:
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SEED.glob("*.py")}
    assert sums == SUMS


def test_binary(backend_name: str, tmp_path: Path) -> None:
    output = run(SEED / "binary.py", backend_name, tmp_path)
    assert output.count("1000/1000 [====") == 10 and "\r" not in output
    assert "Total params: 785" in output


def test_two_inputs(backend_name: str, tmp_path: Path) -> None:
    output = run(SEED / "two_inputs.py", backend_name, tmp_path)
    accuracies = [float(value) for value in re.findall(r"acc: ([0-9.]+)", output)]
    assert len(accuracies) == 10 and accuracies[-1] > accuracies[0] + 0.05
    assert "Total params: 50890" in output.replace(",", "")


@pytest.mark.slow
def test_mnist_mlp(backend_name: str, tmp_path: Path) -> None:
    output = run(SEED / "mnist_mlp.py", backend_name, tmp_path, mode="auto")
    assert "60000 train samples" in output and "Total params: 669706" in output.replace(",", "")
    assert figure("Test accuracy", output) >= 0.98


@pytest.mark.slow
def test_mnist_siamese(backend_name: str, tmp_path: Path) -> None:
    output = run(SEED / "mnist_siamese.py", backend_name, tmp_path, mode="auto")
    assert figure("* Accuracy on test set", output) >= 98.0


@pytest.mark.parametrize(
    ("name", "arguments", "accuracy"),
    [
        ("mnist_mlp", ["--samples", "4000", "--epochs", "2"], 0.85),
        ("mnist_cnn", ["--samples", "640", "--tests", "300", "--epochs", "3"], 0.45),
        (
            "imdb_lstm",
            [
                "--synthetic",
                "--samples",
                "1200",
                "--words",
                "1000",
                "--length",
                "40",
                "--units",
                "16",
                "--epochs",
                "4",
            ],
            0.7,
        ),
        ("binary_classification", ["--samples", "2000", "--epochs", "40"], 0.8),
        ("two_branches", ["--samples", "2000", "--epochs", "3"], 0.75),
        ("ctc_digits", ["--samples", "3000", "--epochs", "7"], 0.6),
        ("functional_api", ["--samples", "4000", "--epochs", "3"], 0.75),
        ("siamese_mnist", ["--samples", "4000", "--epochs", "3", "--plot", "plane.png"], 0.78),
    ],
)
def test_example(backend_name: str, tmp_path: Path, name: str, arguments: list[str], accuracy: float) -> None:
    output = run(EXAMPLES / f"{name}.py", backend_name, tmp_path, *arguments)
    assert figure("Test accuracy", output) > accuracy
    if "--plot" in arguments:
        assert (tmp_path / "plane.png").read_bytes().startswith(b"\x89PNG")
