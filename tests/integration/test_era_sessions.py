"""Programs of the time that use the session, raw TensorFlow or `K.gradients`, run as they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "era"


def run(name: str, backend: str, folder: Path) -> str:
    """Runs a program; what it prints. It may say nothing on stderr but its own warnings."""
    environment = {**os.environ, "KERAS_HOME": str(folder / "home"), "POLYKERAS_PYTENSOR_MODE": "interpret"}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    words = [sys.executable, "-m", "polykeras", "run", "--backend", backend, str(PROGRAMS / name)]
    result = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment, timeout=1200)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result.stdout


def figures(label: str, output: str) -> list[float]:
    """The numbers that a program prints behind a label."""
    found = re.search(rf"{re.escape(label)}:(.*)", output)
    assert found is not None, output
    return [float(each) for each in re.findall(r"-?[0-9.]+", found[1])]


@pytest.fixture
def on_tensorflow(backend_name: str) -> str:
    if backend_name != "tensorflow":
        pytest.skip("the program is written for TensorFlow")
    return backend_name


def test_a_target_network_that_the_session_updates(on_tensorflow: str, tmp_path: Path) -> None:
    output = run("dqn_session.py", on_tensorflow, tmp_path)
    assert "Target equals network at the start: True" in output
    assert figures("Policy", output) == [1, 1, 1, 1, 1]
    assert 0 < figures("Gap", output)[0] < 1


def test_an_actor_that_climbs_its_critics_gradient(on_tensorflow: str, tmp_path: Path) -> None:
    """The best answer to x is -x / 2."""
    low, middle, high = figures("Answers", run("ddpg_session.py", on_tensorflow, tmp_path))
    assert abs(low - 0.4) < 0.2 and abs(middle) < 0.15 and abs(high + 0.4) < 0.2


def test_an_image_by_its_gradient(backend_name: str, tmp_path: Path) -> None:
    output = run("style_transfer.py", backend_name, tmp_path)
    assert figures("Share of the loss left", output)[0] < 0.2
