"""Short forms of the programs of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutate_models import MEMORY, SECONDS, Report, run
from train_from_hdf5 import train, write

from polykeras.backends import registry

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(
    not os.access("/proc/self/clear_refs", os.W_OK), reason="memory is read from /proc"
)


def test_spoiled_models_load_or_are_refused(backend_name: str) -> None:
    report = Report()
    run(backend_name, 0, 150, report, every=16)
    assert not report.findings
    assert report.total == 150 and report.slowest[0] < SECONDS and report.largest[0] < MEMORY
    outcomes = [line.split()[-1] for line in report.counts]
    assert {"loaded", "ValueError", "OSError"} <= set(outcomes)


@pytest.mark.skipif(not registry.engine_installed("pytensor"), reason="the program runs on PyTensor")
def test_a_process_that_is_killed_leaves_whole_files() -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "kill_while_saving.py"), "--kills", "15"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 kills: each file was whole" in done.stdout and "0 at the end" in done.stdout


@pytest.fixture(scope="module")
def data() -> Iterator[tuple[Path, int]]:
    """A file of samples, and the number of its rows."""
    with tempfile.TemporaryDirectory(prefix="train-") as name:
        path = Path(name) / "data.h5"
        yield path, write(path, 2**28)


def test_data_in_a_file_stay_there(backend_name: str, data: tuple[Path, int]) -> None:
    """A training takes less than half of the file's size in memory, above that on a few arrays."""
    path, rows = data
    took = train(path, backend_name)
    assert took.peak - took.small < path.stat().st_size / 2**20 / 2
    assert took.predicted == rows and took.held_out < took.untrained / 4
