"""The callbacks, spoken to as `fit` does, on made-up logs."""

from __future__ import annotations

import csv
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from polykeras import callbacks
from polykeras.callbacks import schedule


class Rates:
    """Stands in for K: the learning rate lives in a dict."""

    @staticmethod
    def get_value(variable: dict[str, float]) -> np.float32:
        return np.float32(variable["value"])

    @staticmethod
    def set_value(variable: dict[str, float], value: float) -> None:
        variable["value"] = value


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.setattr(schedule, "K", Rates)
    return SimpleNamespace(optimizer=SimpleNamespace(lr={"value": 1.0}), stop_training=False)


def run_epochs(callback: Any, model: Any, series: list[dict[str, float]]) -> int:
    """Reports epochs until the model is told to stop; how many there were."""
    callback.set_model(model)
    callback.on_train_begin()
    done = 0
    for epoch, logs in enumerate(series):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, dict(logs))
        done += 1
        if model.stop_training:
            break
    callback.on_train_end()
    return done


def losses(*values: float) -> list[dict[str, float]]:
    return [{"val_loss": value, "val_acc": -value} for value in values]


# --- the list -----------------------------------------------------------------------------------------------


class Recorder(callbacks.Callback):
    def __init__(self) -> None:
        self.calls: list[Any] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.calls.append(("epoch_begin", epoch, logs))

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        self.calls.append(("batch_end", batch, logs))

    def on_train_end(self, logs: Any = None) -> None:
        self.calls.append(("train_end", logs))


def test_list_passes_everything_on_in_order() -> None:
    first, second = Recorder(), Recorder()
    every = callbacks.CallbackList([first])
    every.append(second)
    every.set_params({"nb_epoch": 3})
    every.set_model("model")
    every.on_train_begin()
    every.on_epoch_begin(2)
    every.on_batch_begin(0)
    every.on_batch_end(0, {"loss": 1.0})
    every.on_train_end()
    assert first.calls == second.calls
    assert first.calls == [("epoch_begin", 2, {}), ("batch_end", 0, {"loss": 1.0}), ("train_end", {})]
    assert second.params == {"nb_epoch": 3} and second.model == "model"


def test_callback_added_to_the_open_list_is_called_from_the_next_epoch() -> None:
    every = callbacks.CallbackList()
    every.on_epoch_begin(0)
    every.on_batch_end(0)
    late = Recorder()
    every.callbacks.append(late)
    every.on_epoch_begin(1)
    every.on_batch_end(0)
    assert [call[0] for call in late.calls] == ["epoch_begin", "batch_end"]


class Watcher(callbacks.ProgbarLogger):
    """Derived from one that accepts groups, with a batch hook of its own."""

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        raise AssertionError("not called here")


class DeclaredWatcher(Watcher):
    accepts_grouped_batches = True


class OwnHook:
    """Not derived from Callback."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        raise AssertionError("not called here")


def hook_set_later() -> callbacks.Callback:
    callback = callbacks.BaseLogger()
    callback.on_batch_end = lambda batch, logs=None: None  # type: ignore[method-assign]
    return callback


@pytest.mark.parametrize(
    ("callback", "needs"),
    [
        (callbacks.Callback(), False),
        (callbacks.BaseLogger(), False),
        (callbacks.ProgbarLogger(), False),
        (callbacks.History(), False),
        (callbacks.EarlyStopping(), False),
        (callbacks.LambdaCallback(on_epoch_end=print), False),
        (callbacks.LambdaCallback(on_batch_end=print), True),
        (callbacks.LambdaCallback(on_batch_begin=print), True),
        (Recorder(), True),
        (Watcher(), True),
        (DeclaredWatcher(), False),
        (OwnHook(), True),
        (hook_set_later(), True),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, bool) else str(value),
)
def test_needs_each_batch(callback: Any, needs: bool) -> None:
    assert callbacks.CallbackList([callbacks.BaseLogger(), callback]).needs_each_batch is needs


def test_slow_hooks_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = callbacks.LambdaCallback(on_batch_end=lambda batch, logs: time.sleep(0.12))
    every = callbacks.CallbackList([slow])
    every.on_epoch_begin(0)
    every.on_batch_begin(0)
    with pytest.warns(UserWarning, match="on_batch_end takes 0.1"):
        every.on_batch_end(0)


# --- averages and history -----------------------------------------------------------------------------------


def test_base_logger_averages_over_samples() -> None:
    logger = callbacks.BaseLogger()
    logger.set_params({"metrics": ["loss", "acc", "val_loss"]})
    logger.on_epoch_begin(0)
    logger.on_batch_end(0, {"batch": 0, "size": 32, "loss": 1.0, "acc": 0.5, "other": 7.0})
    logger.on_batch_end(1, {"batch": 1, "size": 8, "loss": 2.0, "acc": 1.0, "other": 7.0})
    logs: dict[str, Any] = {"val_loss": 3.0}
    logger.on_epoch_end(0, logs)
    assert logs == pytest.approx({"loss": 1.2, "acc": 0.6, "val_loss": 3.0})


def test_history_collects_and_starts_anew() -> None:
    history = callbacks.History()
    for _ in range(2):
        history.on_train_begin()
        history.on_epoch_end(0, {"loss": 2.0})
        history.on_epoch_end(1, {"loss": 1.0, "lr": 0.1})
    assert history.epoch == [0, 1]
    assert history.history == {"loss": [2.0, 1.0], "lr": [0.1]}
    assert history.interrupted is None


def test_lambda_callback_takes_state_and_refuses_misspelt_hooks() -> None:
    seen: list[Any] = []
    callback = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch), where="file")
    callback.on_epoch_end(3, {})
    callback.on_train_end()
    assert seen == [3] and callback.where == "file"  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="on_epoch_end"):
        callbacks.LambdaCallback(on_epochs_end=print)
    with pytest.raises(TypeError, match="must be a function"):
        callbacks.LambdaCallback(on_epoch_end="print")  # type: ignore[arg-type]


# --- early stopping -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "values", "epochs"),
    [
        ({}, (3, 2, 1, 0), 4),
        ({}, (3, 2, 2, 1), 3),
        ({"patience": 1}, (3, 2, 2, 1, 1, 1), 6),
        ({"patience": 2}, (3, 3, 3, 3, 3), 4),
        ({"min_delta": 0.5}, (3, 2, 1.8, 1.6), 3),
        ({"monitor": "val_acc"}, (3, 2, 2.5), 3),
        ({"monitor": "val_acc", "mode": "min"}, (3, 2, 1), 2),
        ({"mode": "max"}, (1, 2, 3, 2.5), 4),
    ],
)
def test_early_stopping(model: Any, settings: dict[str, Any], values: Any, epochs: int) -> None:
    callback = callbacks.EarlyStopping(**settings)
    assert run_epochs(callback, model, losses(*values)) == epochs
    assert callback.stopped_epoch in (0, epochs - 1)


def test_early_stopping_can_be_used_again(model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    callback = callbacks.EarlyStopping(verbose=1)
    assert run_epochs(callback, model, losses(1, 2, 3)) == 2
    assert capsys.readouterr().out == "Epoch 00001: early stopping\n"
    model.stop_training = False
    assert run_epochs(callback, model, losses(5, 4, 3)) == 3
    assert capsys.readouterr().out == ""


def test_missing_quantity_is_told(model: Any) -> None:
    with pytest.warns(
        RuntimeWarning, match="wanted 'val_loss' in the logs, got loss. Give fit validation data"
    ):
        run_epochs(callbacks.EarlyStopping(), model, [{"loss": 1.0}])


@pytest.mark.parametrize("kind", [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau])
def test_unknown_mode(kind: Any) -> None:
    with pytest.raises(ValueError, match="mode must be one of 'auto', 'min', 'max', got 'minn'"):
        kind(mode="minn")


# --- learning rate ------------------------------------------------------------------------------------------


def test_scheduler_sets_the_rate_at_the_start_of_each_epoch(model: Any) -> None:
    seen = []
    callback = callbacks.LearningRateScheduler(lambda epoch: np.float64(1 / (epoch + 1)))
    callback.set_model(model)
    for epoch in range(3):
        callback.on_epoch_begin(epoch)
        seen.append(model.optimizer.lr["value"])
    assert seen == pytest.approx([1, 1 / 2, 1 / 3])


def test_scheduler_refuses_what_is_no_rate(model: Any) -> None:
    callback = callbacks.LearningRateScheduler(lambda epoch: None)  # type: ignore[arg-type,return-value]
    callback.set_model(model)
    with pytest.raises(ValueError, match=r"schedule\(0\) must return a number, got None"):
        callback.on_epoch_begin(0)
    assert model.optimizer.lr["value"] == 1.0
    callback.set_model(SimpleNamespace(optimizer=SimpleNamespace()))
    with pytest.raises(ValueError, match="has no learning rate"):
        callback.on_epoch_begin(0)


@pytest.mark.parametrize(
    ("settings", "values", "rates"),
    [
        ({"patience": 0}, (2, 2, 2, 1), (1, 0.1, 0.01, 0.01)),
        ({"patience": 1}, (2, 2, 2, 2, 2), (1, 1, 0.1, 0.01, 0.001)),
        ({"patience": 0, "cooldown": 2}, (2, 2, 2, 2, 2), (1, 0.1, 0.1, 0.01, 0.01)),
        ({"patience": 0, "min_lr": 0.05}, (2, 2, 2, 2), (1, 0.1, 0.05, 0.05)),
        ({"patience": 0, "factor": 0.5}, (2, 2), (1, 0.5)),
        ({"patience": 0, "epsilon": 0.5}, (2, 1.8, 1.4), (1, 0.1, 0.1)),
        ({"patience": 0, "monitor": "val_acc"}, (2, 1, 1), (1, 1, 0.1)),
    ],
)
def test_reduce_on_plateau(model: Any, settings: dict[str, Any], values: Any, rates: Any) -> None:
    callback = callbacks.ReduceLROnPlateau(**settings)
    callback.set_model(model)
    callback.on_train_begin()
    seen = []
    for epoch, logs in enumerate(losses(*values)):
        before = model.optimizer.lr["value"]
        callback.on_epoch_end(epoch, logs)
        assert logs["lr"] == pytest.approx(before)
        seen.append(model.optimizer.lr["value"])
    assert seen == pytest.approx(list(rates))


def test_reduce_on_plateau_refuses_a_factor_that_does_not_lower() -> None:
    with pytest.raises(ValueError, match="factor must be below 1"):
        callbacks.ReduceLROnPlateau(factor=1.0)


def test_reduce_on_plateau_says_so(model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run_epochs(callbacks.ReduceLROnPlateau(patience=0, verbose=1), model, losses(1, 1))
    assert capsys.readouterr().out == "\nEpoch 00001: reducing learning rate to 0.1.\n"


# --- CSV ----------------------------------------------------------------------------------------------------


def test_csv_logger(tmp_path: Any) -> None:
    path = tmp_path / "log.csv"
    for append in (False, True):
        logger = callbacks.CSVLogger(str(path), separator=";", append=append)
        logger.on_train_begin()
        logger.on_epoch_end(0, {"loss": 1.5, "acc": np.float32(0.5), "rates": [1, 2]})
        assert path.read_text().endswith("0;0.5;1.5;[1, 2]\n")  # written at once, not at the end
        logger.on_epoch_end(1, {"loss": 0.5})
        logger.on_train_end()
    with open(path, newline="") as stream:
        rows = list(csv.reader(stream, delimiter=";"))
    epochs = [["0", "0.5", "1.5", "[1, 2]"], ["1", "", "0.5", ""]]
    assert rows == [["epoch", "acc", "loss", "rates"], *epochs, *epochs]


def test_csv_logger_replaces_the_file_unless_told_otherwise(tmp_path: Any) -> None:
    path = tmp_path / "log.csv"
    path.write_text("old\n")
    logger = callbacks.CSVLogger(path)
    run_epochs(logger, SimpleNamespace(stop_training=False), [{"loss": 1.0}])
    assert path.read_text() == "epoch,loss\n0,1.0\n"


def test_no_averages_outside_an_epoch() -> None:
    """What an interruption before the first epoch, or between two, leaves of a broken epoch: nothing."""
    logger = callbacks.BaseLogger()
    logger.set_params({"metrics": ["loss"]})
    before: dict[str, float] = {}
    logger.on_epoch_end(0, before)
    logger.on_epoch_begin(0)
    logger.on_batch_end(0, {"size": 2, "loss": 3.0})
    within: dict[str, float] = {}
    logger.on_epoch_end(0, within)
    after: dict[str, float] = {}
    logger.on_epoch_end(1, after)
    assert (before, within, after) == ({}, {"loss": 3.0}, {})
