"""The progress bar: on a terminal, in a pipe, and silent."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Iterator
from typing import Any

import pytest

from polykeras.callbacks import CallbackList, ProgbarLogger
from polykeras.utils.progbar import Progbar


class Terminal(io.StringIO):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def a_terminal() -> Iterator[Terminal]:
    """Standard output is a terminal of 70 columns."""
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(Terminal()) as stream:
        patch.setenv("COLUMNS", "70")
        yield stream


def train(epochs: int = 2, verbose: int = 1, batches: int = 5, metrics: Any = ("loss", "val_loss")) -> None:
    every = CallbackList([ProgbarLogger()])
    every.set_params(
        {"nb_epoch": epochs, "nb_sample": batches * 10, "verbose": verbose, "metrics": list(metrics)}
    )
    every.on_train_begin()
    for epoch in range(epochs):
        every.on_epoch_begin(epoch)
        for batch in range(batches):
            every.on_batch_begin(batch, {"batch": batch, "size": 10})
            every.on_batch_end(batch, {"batch": batch, "size": 10, "loss": float(batch)})
        every.on_epoch_end(epoch, {"loss": 2.0, "val_loss": 1e-5})
    every.on_train_end()


def test_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    train()
    line = f"50/50 [{'=' * 30}] - 0s - loss: 2.0000 - val_loss: 1.0000e-05\n"
    assert capsys.readouterr().out == f"Epoch 1/2\n{line}Epoch 2/2\n{line}"


def test_verbose_2_gives_one_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    train(verbose=2, epochs=1)
    assert capsys.readouterr().out == "Epoch 1/1\n - 0s - loss: 2.0000 - val_loss: 1.0000e-05\n"


def test_verbose_0_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    train(verbose=0)
    bar = Progbar(10, verbose=0)
    bar.update(10, [("loss", 1.0)])
    bar.close()
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err == ""


def test_terminal_sees_the_bar_move() -> None:
    with a_terminal() as terminal:
        bar = Progbar(4, width=8, interval=0.0)
        for step in range(4):
            bar.add(1, [("loss", float(step))])
        drawings = terminal.getvalue().split("\r")
        assert "2/4 [====....] - ETA: 00:00 - loss: 0.5000" in drawings
        assert drawings[-1].split() == ["4/4", "[========]", "-", "0s", "-", "loss:", "1.5000"]
        assert terminal.getvalue().count("\n") == 1


def test_moving_line_is_cut_to_the_terminal_and_the_last_one_is_whole() -> None:
    with a_terminal() as terminal:
        bar = Progbar(2, interval=0.0)
        values = [(f"a_long_name_{i}", 1.0) for i in range(6)]
        bar.update(1, values)
        assert all(len(drawing) <= 70 for drawing in terminal.getvalue().split("\r"))
        bar.update(2, values)
        assert "a_long_name_5: 1.0000" in terminal.getvalue()


def test_terminal_is_not_drawn_on_more_often_than_the_interval() -> None:
    with a_terminal() as terminal:
        bar = Progbar(10_000, interval=60.0)
        for _ in range(9_999):
            bar.add(1, [("loss", 1.0)])
        assert terminal.getvalue().count("\r") <= 2
        bar.add(1)
        assert "10000/10000" in terminal.getvalue()


def test_unknown_target() -> None:
    with a_terminal() as terminal:
        bar = Progbar(None, interval=0.0)
        bar.add(3, [("loss", 2.0)])
        bar.close()
        bar.close()
        assert terminal.getvalue().rstrip("\n").rstrip(" ").endswith("3 - 0s - loss: 2.0000")
        assert terminal.getvalue().count("\n") == 1


def test_averages_are_weighted_by_the_steps(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Progbar(10)
    bar.update(8, [("loss", 1.0)])
    bar.update(10, [("loss", 2.0), ("note", 3.0)])
    assert capsys.readouterr().out == f"10/10 [{'=' * 30}] - 0s - loss: 1.2000 - note: 3.0000\n"


def test_broken_off_training_ends_its_line() -> None:
    with a_terminal() as terminal:
        logger = ProgbarLogger()
        logger.set_params({"nb_epoch": 1, "nb_sample": 100, "verbose": 1, "metrics": ["loss"]})
        logger.on_train_begin()
        logger.on_epoch_begin(0)
        logger.on_batch_end(0, {"size": 10, "loss": 1.0})
        logger.on_train_end()
        assert terminal.getvalue().endswith("\n")
        assert "10/100" in terminal.getvalue()


def test_bar_costs_little() -> None:
    """A batch's report costs microseconds, so that it does not slow the smallest models down."""
    every = CallbackList([ProgbarLogger()])
    every.set_params({"nb_epoch": 1, "nb_sample": 20_000, "verbose": 2, "metrics": ["loss", "acc"]})
    every.on_train_begin()
    every.on_epoch_begin(0)
    began = time.perf_counter()
    for batch in range(20_000):
        every.on_batch_begin(batch, {"batch": batch, "size": 1})
        every.on_batch_end(batch, {"batch": batch, "size": 1, "loss": 1.0, "acc": 0.5})
    assert (time.perf_counter() - began) / 20_000 < 100e-6
