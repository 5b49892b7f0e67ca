"""A quiet start: TensorFlow's notices are held back, its errors are not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from polykeras.era import quiet

NOTICES = (
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    b"I0000 00:00:1796099786.701606   12010 port.cc:153] oneDNN custom operations are on.\n"
    b"2024-05-01 12:00:00.123456: I tensorflow/core/util/port.cc:113] oneDNN custom operations are on.\n"
    b"W0000 00:00:1796099786.701606   12010 cuda.cc:1] Unable to register\n"
)
NO_DRIVER = (
    b"I0000 00:00:1.5 1 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not\n"
)
NO_DEVICE = b"E0000 00:00:1796099792.467846   12010 cuda_platform.cc:52] failed call to cuInit: INTERNAL\n"
ERROR = b"E0000 00:00:1796099792.467846   12010 file.cc:52] cannot open the library\nF0000 00:00:1.5 1 x] y\n"


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "_wanted", True)
    monkeypatch.delenv(quiet.SETTING, raising=False)


def test_which_lines_are_left() -> None:
    assert quiet.without_notices(NOTICES + ERROR + b"own words\n" + NO_DRIVER) == ERROR + b"own words\n"
    assert quiet.without_notices(NO_DRIVER + NO_DEVICE) == b""
    # With a driver there, that it cannot be started is an error.
    assert quiet.without_notices(NOTICES + NO_DEVICE) == NO_DEVICE


def test_what_is_held_back(capfd: Any) -> None:
    listed = []
    with quiet.starting(lambda: listed.append(1)):
        assert os.environ[quiet.SETTING] == "2"
        os.write(2, NOTICES)
        os.write(2, ERROR)
        os.write(2, b"own words\n")
    assert capfd.readouterr().err.encode() == ERROR + b"own words\n"
    assert quiet.SETTING not in os.environ and not listed
    with quiet.starting(lambda: (listed.append(1), os.write(2, NO_DEVICE))):
        os.write(2, NO_DRIVER)
    assert capfd.readouterr().err == "" and listed == [1]


def test_all_of_it_is_written_if_the_import_fails(capfd: Any) -> None:
    with pytest.raises(ImportError), quiet.starting(lambda: None):
        os.write(2, NOTICES)
        raise ImportError
    assert capfd.readouterr().err.encode() == NOTICES
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


@pytest.mark.parametrize("how", ["off", "setting"])
def test_who_wants_to_hear_hears(how: str, capfd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "off":
        quiet.off()
    else:
        monkeypatch.setenv(quiet.SETTING, "0")
    with quiet.starting(lambda: None):
        os.write(2, NOTICES)
    assert capfd.readouterr().err.encode() == NOTICES


PROGRAM = """
import numpy as np
from keras.layers import LSTM, Dense
from keras.models import Sequential
model = Sequential([LSTM(64, input_shape=(10, 16)), Dense(1)])
model.compile('adam', 'mse')
model.fit(np.ones((96, 10, 16)), np.ones((96, 1)), nb_epoch=1, verbose=0)
print('trained')
"""


def _run(backend: str, folder: Path, *options: str, **settings: str) -> tuple[str, str]:
    script = folder / "program.py"
    script.write_text(PROGRAM)
    environment = {**os.environ, "KERAS_HOME": str(folder), **settings}
    if not settings:
        environment.pop(quiet.SETTING, None)
    words = [sys.executable, "-m", "polykeras", "run", *options, "--backend", backend, str(script)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_a_program_prints_what_it_prints(backend_name: str, tmp_path: Path) -> None:
    assert _run(backend_name, tmp_path) == ("trained\n", "")


def test_verbose_leaves_tensorflow_its_lines(backend_name: str, tmp_path: Path) -> None:
    if backend_name != "tensorflow":
        pytest.skip("PyTensor writes none")
    for options, settings in ((["-v"], {}), ([], {quiet.SETTING: "0"})):
        out, err = _run(backend_name, tmp_path, *options, **settings)
        assert out == "trained\n" and len(err.splitlines()) > 3
