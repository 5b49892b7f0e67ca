"""Programs of 2016 that use Theano, or TensorFlow's options only, by `polykeras run`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from polykeras.backends import registry

PROGRAMS = Path(__file__).parent / "era"


def run(name: str, backend: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the time."""
    result = subprocess.run(
        [sys.executable, "-m", "polykeras", "run", "--backend", backend, str(PROGRAMS / name)],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=900,
        env={
            **os.environ,
            "KERAS_HOME": str(folder / "home"),
            "POLYKERAS_PYTENSOR_MODE": "interpret",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **environment,
        },
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result


def figures(label: str, output: str) -> list[float]:
    """The numbers behind a label."""
    line = re.search(rf"^.*{re.escape(label)}(.*)$", output, re.MULTILINE)
    assert line is not None, output
    return [float(each) for each in re.findall(r"-?\d+\.\d+(?:e-?\d+)?", line[1])]


@pytest.fixture(autouse=True)
def needs_pytensor() -> None:
    if not registry.engine_installed("pytensor"):
        pytest.skip("PyTensor is not installed")


def test_attention_written_with_theano(tmp_path: Path) -> None:
    result = run("theano_attention.py", "theano", tmp_path, THEANO_FLAGS="device=gpu,floatX=float32")
    assert "device gpu floatX float32" in result.stdout and "activity (2, 12)" in result.stdout
    before, after = *figures("before ", result.stdout)[:1], *figures("Test score:", result.stdout)
    assert after < before / 3


@pytest.mark.parametrize("backend", ["pytensor", "tensorflow"])
def test_q_learning_in_pure_theano(tmp_path: Path, backend: str) -> None:
    """It uses no Keras: the backend does not matter, and Theano's own float type is double precision."""
    if not registry.engine_installed(backend):
        pytest.skip(f"{backend} is not installed")
    output = run("theano_qlearning.py", backend, tmp_path).stdout
    assert "floatX float64" in output and "Used the cpu" in output
    assert "greedy [1, 1, 1, 1, 1, 1]" in output
    assert figures("Value at the door:", output)[0] == pytest.approx(1.0, abs=0.2)


def test_options_of_a_graphics_card(tmp_path: Path, backend_name: str) -> None:
    """Theano is imported there without use, and on PyTensor TensorFlow for its options only."""
    pytest.importorskip("tensorflow")
    result = run("gpu_options_mlp.py", backend_name, tmp_path)
    assert figures("Test accuracy:", result.stdout)[0] > 0.8
    assert result.stderr.count("have no effect") == (backend_name == "pytensor")
