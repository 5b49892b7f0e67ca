"""The base class of callbacks, the list that `fit` speaks to, and the callbacks every training run has."""

from __future__ import annotations

import statistics
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from ..errors import check_kwargs
from ..utils.figure import Figure

Logs = dict[str, Any] | None

_HOOKS = (
    "on_train_begin",
    "on_train_end",
    "on_epoch_begin",
    "on_epoch_end",
    "on_batch_begin",
    "on_batch_end",
)
_SLOW_HOOK_SECONDS = 0.1


class Callback:
    """Base class of everything that `fit` reports to.

    `logs` of the epoch hooks holds the epoch's averages (``'loss'``, ``'acc'``, ``'val_loss'``, ...); that of
    the batch hooks holds ``'batch'`` and ``'size'`` (at the end also the batch's loss and metrics). A
    callback may put values of its own into the logs of an epoch: the callbacks after it and the `History`
    see them.

    Overriding `on_batch_begin` or `on_batch_end` makes training go batch by batch, so that the hooks run
    between the steps. A class whose hooks only watch says ``accepts_grouped_batches = True``: several steps
    may then run at once before its hooks are called for each of them.

    Attributes:
        params: dict with ``'batch_size'``, ``'nb_epoch'``, ``'nb_sample'``, ``'verbose'``,
            ``'do_validation'`` and ``'metrics'`` (the names that logs may hold).
        model: the model that is trained. Setting ``model.stop_training = True`` ends the training.
        validation_data: list of the validation arrays (inputs, targets, sample weights), or None.
    """

    accepts_grouped_batches = False
    params: dict[str, Any] | None = None
    model: Any = None
    validation_data: list[Any] | None = None

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self.model = model

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Called before each epoch; `epoch` counts from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Called after each epoch and its validation."""

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """Called before each batch; `batch` counts from 0 in every epoch."""

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Called after each batch."""

    def on_train_begin(self, logs: Logs = None) -> None:
        """Called once before training."""

    def on_train_end(self, logs: Logs = None) -> None:
        """Called once after training, also after an interrupted one."""


def _overrides(callback: Any, hook: str) -> bool:
    method = getattr(callback, hook, None)
    return method is not None and getattr(method, "__func__", method) is not getattr(Callback, hook)


def _takes_groups(callback: Any, hook: str) -> bool:
    """Whether the class that wrote `hook`, or one derived from it, declares that it only watches."""
    if hook in getattr(callback, "__dict__", {}):
        return False
    for owner in type(callback).__mro__:
        declared = vars(owner).get("accepts_grouped_batches")
        if declared is not None:
            return bool(declared)
        if hook in vars(owner):
            return False
    return False


class CallbackList:
    """Several callbacks behind the interface of one.

    Args:
        callbacks: the callbacks, in the order in which they are called.
        queue_length: over how many batches the duration of the batch hooks is watched: a warning tells when
            their median is above 0.1 s and nearly all of the time of a batch.
    """

    def __init__(self, callbacks: Iterable[Any] | None = None, queue_length: int = 10) -> None:
        self.callbacks: list[Any] = list(callbacks or [])
        self.queue_length = queue_length
        self._reset()

    def _reset(self) -> None:
        self._batch_hooks: dict[str, list[Callable[..., Any]]] = {}
        self._durations: dict[str, deque[float]] = {
            hook: deque(maxlen=self.queue_length) for hook in ("on_batch_begin", "on_batch_end")
        }
        self._step_began = 0.0
        self._step_seconds = 0.0

    @property
    def needs_each_batch(self) -> bool:
        """Whether a callback wants its batch hooks called between the steps, not after a group of them."""
        return any(
            _overrides(callback, hook) and not _takes_groups(callback, hook)
            for callback in self.callbacks
            for hook in ("on_batch_begin", "on_batch_end")
        )

    def append(self, callback: Any) -> None:
        """Adds a callback behind the others."""
        self.callbacks.append(callback)
        self._reset()

    def set_params(self, params: dict[str, Any]) -> None:
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        for callback in self.callbacks:
            callback.set_model(model)

    def on_train_begin(self, logs: Logs = None) -> None:
        logs = {} if logs is None else logs
        self._reset()
        for callback in self.callbacks:
            callback.on_train_begin(logs)

    def on_train_end(self, logs: Logs = None) -> None:
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_train_end(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        logs = {} if logs is None else logs
        self._reset()
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        logs = {} if logs is None else logs
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        self._call("on_batch_begin", batch, {} if logs is None else logs)
        self._step_began = time.perf_counter()

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        self._step_seconds = time.perf_counter() - self._step_began
        self._call("on_batch_end", batch, {} if logs is None else logs)

    def _call(self, hook: str, batch: int, logs: dict[str, Any]) -> None:
        methods = self._batch_hooks.get(hook)
        if methods is None:  # inherited hooks do nothing: they are not called 10 000 times an epoch
            methods = [getattr(each, hook) for each in self.callbacks if _overrides(each, hook)]
            self._batch_hooks[hook] = methods
        began = time.perf_counter()
        for method in methods:
            method(batch, logs)
        seconds = time.perf_counter() - began
        durations = self._durations[hook]
        durations.append(seconds)
        if seconds > _SLOW_HOOK_SECONDS:
            median = statistics.median(durations)
            if median > _SLOW_HOOK_SECONDS and median > 0.95 * self._step_seconds:
                warnings.warn(
                    f"The callbacks' {hook} takes {median:.2f} s, the batch {self._step_seconds:.2f} s. "
                    "Do less in it, or do it once an epoch.",
                    stacklevel=3,
                )


class BaseLogger(Callback):
    """Averages loss and metrics over the samples of an epoch and puts them into the epoch's logs.

    `fit` puts it before all other callbacks.
    """

    accepts_grouped_batches = True
    seen = 0  # an interruption may come before the first epoch

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.seen = 0
        self.totals: dict[str, Any] = {}

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        logs = logs or {}
        size = logs.get("size", 0)
        self.seen += size
        totals = self.totals
        for name, value in logs.items():
            if name != "size" and name != "batch":
                totals[name] = totals.get(name, 0.0) + value * size

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if logs is None or not self.seen:
            return
        for name in (self.params or {}).get("metrics", ()):
            if name in self.totals:
                logs[name] = Figure(self.totals[name] / self.seen)
        self.seen = 0


class History(Callback):
    """Keeps the logs of every epoch; `fit` adds one to every training run and returns it.

    Attributes:
        epoch: the numbers of the finished epochs.
        history: for each name in the logs, the list of its values, one an epoch.
        interrupted: the averages of the epoch that Ctrl-C broke off, or None.
    """

    def on_train_begin(self, logs: Logs = None) -> None:
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}
        self.interrupted: dict[str, Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class LambdaCallback(Callback):
    """A callback made of functions.

    Args:
        on_epoch_begin, on_epoch_end: called with `epoch` and `logs`.
        on_batch_begin, on_batch_end: called with `batch` and `logs`; either makes training go batch by batch.
        on_train_begin, on_train_end: called with `logs`.
        **kwargs: attributes of the callback, such as ``model`` or state that the functions share.

    Raises:
        TypeError: if a hook is not callable, or a keyword argument is the name of a hook mistyped
            (``on_epochs_end``).
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_batch_begin: Callable[..., Any] | None = None,
        on_batch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        check_kwargs("LambdaCallback", {name: None for name in kwargs if name.startswith("on_")}, _HOOKS)
        given = dict(
            zip(
                _HOOKS,
                (on_train_begin, on_train_end, on_epoch_begin, on_epoch_end, on_batch_begin, on_batch_end),
                strict=True,
            )
        )
        for hook, function in given.items():
            if function is not None and not callable(function):
                raise TypeError(f"LambdaCallback: {hook} must be a function or None, got {function!r}.")
        self.__dict__.update(kwargs)
        self.__dict__.update({hook: function for hook, function in given.items() if function is not None})
