"""Callbacks that steer the training: when it stops, and how fast it learns."""

from __future__ import annotations

import math
import numbers
import warnings
from collections.abc import Callable
from typing import Any

from .. import backend as K
from ..errors import check_choice, check_number
from ..utils.output import say
from .base import Callback, Logs

MODES = ("auto", "min", "max")


def wants_more(where: str, mode: str, monitor: str) -> bool:
    """Whether larger values of the quantity `monitor` are the better ones.

    Args:
        where: name of the callback, for the message.
        mode: ``'min'``, ``'max'``, or ``'auto'``: larger is better for accuracies, smaller for the rest.
        monitor: name of the quantity in the logs.

    Raises:
        ValueError: if `mode` is none of the three.
    """
    check_choice(where, "mode", mode, MODES)
    return mode == "max" or (mode == "auto" and "acc" in monitor)


def monitored(where: str, monitor: str, logs: Logs) -> float | None:
    """The value of `monitor` in an epoch's logs; a warning and None if it is not there."""
    value = (logs or {}).get(monitor)
    if value is None:
        known = ", ".join(sorted(logs or {})) or "nothing"
        warnings.warn(
            f"{where}: wanted {monitor!r} in the logs, got {known}. "
            + ("Give fit validation data." if monitor.startswith("val_") else "Correct `monitor`."),
            RuntimeWarning,
            stacklevel=3,
        )
        return None
    return float(value)


def _learning_rate(where: str, model: Any) -> Any:
    rate = getattr(getattr(model, "optimizer", None), "lr", None)
    if rate is None:
        raise ValueError(
            f"{where}: the optimizer {type(getattr(model, 'optimizer', None)).__name__} has no learning rate "
            "`lr`. Use an optimizer that has one."
        )
    return rate


class EarlyStopping(Callback):
    """Stops the training when a quantity has stopped improving.

    Args:
        monitor: name of the quantity in the logs.
        min_delta: by how much the quantity must get better to count as an improvement.
        patience: after how many further epochs without improvement the training stops.
        verbose: 1 to print in which epoch it stopped.
        mode: ``'min'``, ``'max'`` or ``'auto'`` (by the name of the quantity).

    Attributes:
        stopped_epoch: the epoch (from 0) in which it stopped, 0 if it did not.

    Raises:
        ValueError: for an unknown mode, or a setting that is no number.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
    ) -> None:
        self.monitor = monitor
        self.patience = check_number("EarlyStopping", "patience", patience)
        self.verbose = verbose
        self.min_delta = abs(check_number("EarlyStopping", "min_delta", min_delta))
        self._sign = -1.0 if wants_more("EarlyStopping", mode, monitor) else 1.0
        self.wait = 0
        self.stopped_epoch = 0

    def on_train_begin(self, logs: Logs = None) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = self._sign * math.inf

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        current = monitored("EarlyStopping", self.monitor, logs)
        if current is None:
            return
        if self._sign * current + self.min_delta < self._sign * self.best:
            self.best = current
            self.wait = 0
            return
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
        self.wait += 1

    def on_train_end(self, logs: Logs = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            say(f"Epoch {self.stopped_epoch:05d}: early stopping")


class LearningRateScheduler(Callback):
    """Sets the learning rate at the start of every epoch.

    Args:
        schedule: function of the epoch (from 0) that gives the learning rate, a number.

    Raises:
        TypeError: if `schedule` is no function.
        ValueError: in training, if the optimizer has no `lr`, or `schedule` gives something that is not a
            number.
    """

    def __init__(self, schedule: Callable[[int], float]) -> None:
        if not callable(schedule):
            raise TypeError(
                "LearningRateScheduler: schedule must be a function from the epoch to a learning rate, got "
                f"{schedule!r}."
            )
        self.schedule = schedule

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        variable = _learning_rate("LearningRateScheduler", self.model)
        rate = self.schedule(epoch)
        if isinstance(rate, bool) or not isinstance(rate, numbers.Real):
            raise ValueError(
                f"LearningRateScheduler: schedule({epoch}) must return a number, got {rate!r}. "
                "Return a float from the schedule."
            )
        K.set_value(variable, float(rate))


class ReduceLROnPlateau(Callback):
    """Lowers the learning rate when a quantity has stopped improving.

    Args:
        monitor: name of the quantity in the logs.
        factor: the learning rate is multiplied by it; below 1.
        patience: after how many further epochs without improvement the rate is lowered.
        verbose: 1 to print each change.
        mode: ``'min'``, ``'max'`` or ``'auto'`` (by the name of the quantity).
        epsilon: by how much the quantity must get better to count as an improvement.
        cooldown: for how many epochs after a change nothing is watched.
        min_lr: the rate is never set below it.

    Raises:
        ValueError: if `factor` is not below 1, a setting is no number, the mode is unknown, and in training
            if the optimizer has no `lr`.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        epsilon: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0,
    ) -> None:
        settings = {"factor": factor, "patience": patience, "epsilon": epsilon, "cooldown": cooldown}
        for name, value in {**settings, "min_lr": min_lr}.items():
            check_number("ReduceLROnPlateau", name, value)
        if not factor < 1.0:
            raise ValueError(
                f"ReduceLROnPlateau: factor must be below 1 for the rate to fall, got {factor!r}. "
                "Give a factor such as 0.1."
            )
        self._sign = -1.0 if wants_more("ReduceLROnPlateau", mode, monitor) else 1.0
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.mode = mode
        self.epsilon = epsilon
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._start()

    def _start(self) -> None:
        self.wait = 0
        self.cooldown_counter = 0
        self.best = self._sign * math.inf

    def in_cooldown(self) -> bool:
        """Whether the rate was lowered less than `cooldown` epochs ago."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs = None) -> None:
        self._start()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        variable = _learning_rate("ReduceLROnPlateau", self.model)
        rate = float(K.get_value(variable))
        if logs is not None:
            logs["lr"] = rate
        current = monitored("ReduceLROnPlateau", self.monitor, logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._sign * current < self._sign * self.best - self.epsilon:
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            if self.wait >= self.patience and rate > self.min_lr * (1 + 1e-4):
                self._lower(epoch, variable, rate)
            self.wait += 1

    def _lower(self, epoch: int, variable: Any, rate: float) -> None:
        lower = max(rate * self.factor, self.min_lr)
        K.set_value(variable, lower)
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose > 0:
            say(f"\nEpoch {epoch:05d}: reducing learning rate to {lower}.")
