"""Saving the model while it trains."""

from __future__ import annotations

import math
import os
import warnings
from typing import Any

from ..errors import whole_number
from ..utils.output import say
from .base import Callback, Logs
from .schedule import monitored, wants_more


class ModelCheckpoint(Callback):
    """Saves the model after epochs.

    A file appears under its name when it is complete; killed at any instant, the old one or the new one is
    there. Training can go on from it::

        model = load_model("model.h5")
        model.fit(X, Y, nb_epoch=20, initial_epoch=model.resume())

    Args:
        filepath: the file. It may hold fields for ``epoch`` (from 0) and for what is in the logs of the
            epoch: ``"weights.{epoch:02d}-{val_loss:.2f}.h5"``.
        monitor: name of the quantity in the logs that says which model is the best.
        verbose: 1 to print what is saved.
        save_best_only: whether the model is saved only if it is better than all before.
        save_weights_only: whether only the weights are saved, not the whole model.
        mode: whether smaller (``'min'``) or larger (``'max'``) is better; ``'auto'``: by the name.
        period: epochs between two looks.

    Raises:
        ValueError: for an unknown mode, or a `period` below 1.
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        period: int = 1,
    ) -> None:
        where = type(self).__name__
        if not isinstance(filepath, (str, os.PathLike)):
            raise TypeError(f"{where}: filepath must be the path of a file, got {filepath!r}.")
        number = whole_number(period)
        if number is None or number < 1:
            raise ValueError(f"{where}: period must be an integer of at least 1, got {period!r}.")
        self.filepath = os.fspath(filepath)
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.period = number
        self.epochs_since_last_save = 0
        self._sign = -1.0 if wants_more(where, mode, monitor) else 1.0
        self.best = self._sign * math.inf

    def on_train_begin(self, logs: Logs = None) -> None:
        folder = os.path.dirname(self.filepath)
        if folder and "{" not in folder and not os.path.isdir(folder):
            warnings.warn(
                f"{type(self).__name__}: there is no folder {folder} to save the model in. Make it before "
                "the first epoch ends.",
                RuntimeWarning,
                stacklevel=3,
            )

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.epochs_since_last_save += 1
        if self.epochs_since_last_save < self.period:
            return
        self.epochs_since_last_save = 0
        filepath = self._path(epoch, logs or {})
        told = f"saving model to {filepath}"
        best = self.best
        if self.save_best_only:
            current = monitored(type(self).__name__, self.monitor, logs)
            if current is None:
                return
            if not self._sign * current < self._sign * self.best:
                self._say(f"Epoch {epoch:05d}: {self.monitor} did not improve")
                return
            told = f"{self.monitor} improved from {self.best:0.5f} to {current:0.5f}, {told}"
            best = current
        self._say(f"Epoch {epoch:05d}: {told}")
        if self.save_weights_only:
            self.model.save_weights(filepath, overwrite=True)
        else:
            save = getattr(self.model, "save_checkpoint", self.model.save)
            save(filepath)
        self.best = best  # only what has been saved

    def _say(self, text: str) -> None:
        if self.verbose > 0:
            say(text)

    def _path(self, epoch: int, logs: dict[str, Any]) -> str:
        try:
            return self.filepath.format(epoch=epoch, **logs)
        except (KeyError, IndexError) as error:
            warnings.warn(
                f"{type(self).__name__}: the path {self.filepath!r} asks for {error}, which the logs do not "
                f"hold: {', '.join(sorted(logs)) or 'nothing'}. The field is left as it is.",
                RuntimeWarning,
                stacklevel=3,
            )
            return self.filepath
