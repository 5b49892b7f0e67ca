"""Callbacks that report: the progress bar, the CSV file, a web server."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import warnings
from collections.abc import Iterable
from typing import Any

from ..utils.extras import optional
from ..utils.new_files import could_not_write
from ..utils.output import say
from ..utils.progbar import Progbar
from .base import Callback, Logs

_TIMEOUT_SECONDS = 10


class ProgbarLogger(Callback):
    """Shows a progress bar with the averages of loss and metrics.

    `verbose` of `fit` says how much: 0 nothing, 1 a bar, 2 one line an epoch. See `Progbar` for what a
    terminal, a notebook and a pipe get to see.
    """

    accepts_grouped_batches = True
    progbar: Progbar | None = None

    def on_train_begin(self, logs: Logs = None) -> None:
        params = self.params or {}
        self.verbose = params.get("verbose", 1)
        self.nb_epoch = params.get("nb_epoch")
        self.target = params.get("nb_sample")
        self.names = list(params.get("metrics", ()))
        self.progbar = None

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.seen = 0
        self.totals: dict[str, Any] = {}
        if self.verbose:
            say(f"Epoch {epoch + 1}/{self.nb_epoch}")
            self.progbar = Progbar(target=self.target, verbose=self.verbose)

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        bar = self.progbar
        if bar is None:
            return
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size
        totals = self.totals
        for name in self.names:
            if name in logs:
                totals[name] = totals.get(name, 0.0) + logs[name] * size
        bar.seen_so_far = self.seen
        if self.seen and bar.due():
            bar.draw({name: total / self.seen for name, total in totals.items()})

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.progbar is None:
            return
        values = {name: total / max(self.seen, 1) for name, total in self.totals.items()}
        values.update({name: logs[name] for name in self.names if name in logs} if logs else {})
        self.progbar.draw(values, done=True)
        self.progbar = None

    def on_train_end(self, logs: Logs = None) -> None:
        if self.progbar is not None:  # training was broken off within an epoch
            self.progbar.close()
            self.progbar = None


def _cell(value: Any) -> Any:
    """A value as it stands in a CSV file: a list becomes ``"[1, 2]"``."""
    if isinstance(value, str) or not isinstance(value, Iterable) or getattr(value, "shape", None) == ():
        return value
    return f"[{', '.join(str(each) for each in value)}]"


class CSVLogger(Callback):
    """Writes the logs of every epoch to a CSV file, one row an epoch.

    The first row holds the names: ``epoch``, then those of the first epoch's logs, sorted. A row is written
    at once, in full or not at all: if the disk is full, the file ends with the row before.

    Args:
        filename: path of the file.
        separator: what stands between the values.
        append: continue a file that exists instead of replacing it.

    Raises:
        TypeError: if `filename` is no path.
        OSError: as training begins, if the file can not be opened; after an epoch, if it can not be written.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        if not isinstance(filename, (str, os.PathLike)):
            raise TypeError(f"CSVLogger: filename must be the path of a file, got {filename!r}.")
        self.filename = filename
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None
        self.csv_file: Any = None
        self.writer: Any = None

    def on_train_begin(self, logs: Logs = None) -> None:
        self._has_header = (
            self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        )
        self.keys = None
        mode = "a" if self.append else "w"
        try:
            self.csv_file = open(self.filename, mode, newline="", encoding="utf-8")  # noqa: SIM115
        except OSError as error:
            raise OSError(
                error.errno,
                f"CSVLogger: wanted to write {os.fspath(self.filename)}, which can not be opened: "
                f"{error.strerror}. Give the path of a file in a folder that is there and can be written",
            ) from error
        self.writer = csv.writer(self.csv_file, delimiter=self.sep, lineterminator="\n")

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = logs or {}
        rows: list[list[Any]] = []
        if self.keys is None:
            self.keys = sorted(logs)
            if not self._has_header:
                rows.append(["epoch", *self.keys])
        rows.append([epoch, *(_cell(logs.get(name, "")) for name in self.keys)])
        size = os.fstat(self.csv_file.fileno()).st_size
        try:
            self.writer.writerows(rows)
            self.csv_file.flush()
        except OSError as error:
            self._drop_rows(size)
            raise OSError(error.errno, could_not_write(self.filename, error)) from error

    def _drop_rows(self, size: int) -> None:
        """Closes the file, cut to a number of bytes, without what is still to be written."""
        file = self.csv_file.buffer.raw
        with contextlib.suppress(OSError):
            file.truncate(size)
        file.close()

    def on_train_end(self, logs: Logs = None) -> None:
        self.csv_file.close()
        self.writer = None


class RemoteMonitor(Callback):
    """Sends the logs of every epoch to a web server, as JSON in a field of a form.

    Args:
        root: address of the server.
        path: where on it.
        field: name of the field.
        headers: headers of the request; None: those that are usual.

    A server that cannot be reached costs a warning, not the training.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        requests = optional("requests", "requests", "RemoteMonitor")
        sent = {"epoch": epoch, **{name: _number(value) for name, value in (logs or {}).items()}}
        try:
            answer = requests.post(
                self.root + self.path,
                {self.field: json.dumps(sent)},
                headers=self.headers,
                timeout=_TIMEOUT_SECONDS,
            )
            answer.raise_for_status()
        except requests.exceptions.RequestException as error:
            warnings.warn(
                f"RemoteMonitor: could not send epoch {epoch} to {self.root + self.path}: {error}",
                RuntimeWarning,
                stacklevel=3,
            )


def _number(value: Any) -> Any:
    """A numpy number as a Python one."""
    return value.item() if hasattr(value, "item") else value
