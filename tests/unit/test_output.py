"""Standard output that is not there, is closed, full, or has few letters: a training goes on all the same."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras import doctor
from polykeras.callbacks import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from polykeras.layers import Dense
from polykeras.models import Sequential
from polykeras.utils import output
from polykeras.utils.io_utils import ask_to_proceed_with_overwrite
from polykeras.utils.progbar import Progbar


class Gone(io.StringIO):
    """A stream whose reader is gone, or whose disk is full."""

    def __init__(self, error: Exception, terminal: bool = False) -> None:
        super().__init__()
        self.error, self.terminal = error, terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        raise self.error


class Late(Gone):
    """A stream that takes all, and fails as what it has is written."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        raise self.error


class Tee:
    """What programs of the time put in the place of standard output."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


def letters(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_told", False)


STREAMS: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "closed": closed,
    "no reader": lambda: Gone(BrokenPipeError(32, "Broken pipe")),
    "full disk": lambda: Gone(OSError(28, "No space left on device")),
    "full disk, seen late": lambda: Late(OSError(28, "No space left on device")),
    "closed terminal": lambda: Gone(OSError(5, "Input/output error"), terminal=True),
    "without flush": Tee,
    "ascii": lambda: letters("ascii"),
    "cp1252": lambda: letters("cp1252"),
}


def net(name: str = "größe_π") -> Sequential:
    model = Sequential([Dense(2, input_dim=3, name=name), Dense(1, name="last")])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize("kind", STREAMS)
def test_a_training_goes_on(K: Any, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    model = net()
    x, y = np.ones((8, 3), "float32"), np.ones((8, 1), "float32")
    every = [
        ModelCheckpoint(tmp_path / "best.h5", monitor="loss", save_best_only=True, verbose=1),
        ReduceLROnPlateau(monitor="lr_of_nothing", patience=0, verbose=1),
        ReduceLROnPlateau(monitor="loss", patience=0, epsilon=1e9, verbose=1),
        EarlyStopping(monitor="loss", min_delta=1e9, patience=2, verbose=1),
    ]
    with pytest.warns(RuntimeWarning, match="lr_of_nothing"), monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", STREAMS[kind]())
        history = model.fit(x, y, nb_epoch=6, validation_data=(x, y), callbacks=every)
        assert 3 <= len(history.epoch) < 6  # stopped early, and told so
        assert len(model.evaluate(x, y)) == 2
        assert model.predict(x, verbose=1).shape == (8, 1)
        assert model.predict_classes(x).shape == (8, 1)
        model.fit_generator(iter([(x, y)] * 2), 8, 2, verbose=2)
        if kind not in ("closed", "no reader", "full disk", "closed terminal", "full disk, seen late"):
            model.summary()
            assert doctor.main() == 0
    assert (tmp_path / "best.h5").exists()


@pytest.mark.parametrize("kind", ["none", "closed", "no reader"])
def test_standard_error_may_be_missing_too(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", STREAMS[kind]())
    monkeypatch.setattr(sys, "stdout", STREAMS["no reader"]())
    output.say("a line")
    bar = Progbar(2)
    bar.update(1)
    bar.update(2)


def test_what_is_lost_is_told_once(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Gone(OSError(28, "No space left on device")))
        for _ in range(3):
            output.say("a line")
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "standard output" in told and "No space left on device" in told and "goes on" in told


def test_letters_that_the_output_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = letters("cp1252")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        net().summary()
        output.say("größe")
    stream.flush()
    text = stream.buffer.getvalue().decode("cp1252")  # type: ignore[attr-defined]
    assert "größe_\\u03c0 (Dense)" in text and "\ngröße\n" in text


def test_a_summary_fails_as_print_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what was asked for: ``program | head`` ends the program, as after any print."""
    model = net()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", Gone(BrokenPipeError(32, "Broken pipe")))
        with pytest.raises(BrokenPipeError):
            model.summary()


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    for stdin in (None, closed()):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", stdin)
            with pytest.raises(FileExistsError, match="overwrite=True"):
                ask_to_proceed_with_overwrite("weights.h5")


PROGRAM = """
    import sys
    import numpy as np
    from polykeras.layers import Dense
    from polykeras.models import Sequential

    model = Sequential([Dense(1, input_dim=2)])
    model.compile('sgd', 'mse')
    history = model.fit(np.ones((4, 2)), np.ones((4, 1)), nb_epoch=300)
    open(sys.argv[1], 'w').write(str(len(history.epoch)))
"""


@pytest.mark.parametrize("where", ["full disk", "no reader", "closed"])
def test_a_program_whose_output_goes_nowhere(K: Any, where: str, tmp_path: Path) -> None:
    done = tmp_path / "done"
    environment = {
        **os.environ,
        "KERAS_BACKEND": K.backend(),
        "POLYKERAS_PYTENSOR_MODE": "interpret",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(done)]
    if where == "full disk":
        with open("/dev/full", "w") as full:
            result = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
        told = result.stderr
    elif where == "no reader":
        reading, writing = os.pipe()
        os.close(reading)
        result = subprocess.run(command, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True)
        os.close(writing)
        told = result.stderr
    else:
        shell = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
        result = subprocess.run(shell, env=environment, stderr=subprocess.PIPE, text=True)
        told = "lines of progress are lost"  # Python has no standard output then: nothing is lost
    assert done.read_text() == "300", result.stderr
    assert told.count("are lost") == 1
    assert "Traceback" not in result.stderr
