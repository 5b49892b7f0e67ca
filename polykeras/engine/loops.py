"""Loops over batches: training, testing, predicting.

A loop hands the engine's function several batches at a time where nothing needs to happen between them; the
numbers are the same as batch by batch.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .. import backend as K
from ..callbacks import CallbackList
from ..utils.figure import figures
from ..utils.progbar import Progbar
from .standardize import is_sparse
from .training_point import TrainingPoint

Batch = Any


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """The (start, stop) pairs that cut `size` samples into batches; the last one may be smaller."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def batch_shuffle(index_array: np.ndarray, batch_size: int) -> np.ndarray:
    """`index_array` with whole batches shuffled; what does not fill a batch stays at the end.

    Draws from numpy's global generator, as ``shuffle='batch'`` of Keras 1 does.
    """
    full = len(index_array) // batch_size * batch_size
    batches = index_array[:full].reshape(-1, batch_size)
    np.random.shuffle(batches)
    return np.append(batches.reshape(-1), index_array[full:])


def slice_X(X: Any, start: Any = None, stop: int | None = None) -> Any:
    """Rows of an array, or of each array of a list.

    Args:
        X: an array or a list of arrays.
        start: the first row; or an array or list of row numbers, and `stop` is then not used.
        stop: the row after the last one.
    """
    if isinstance(X, list):
        return [slice_X(x, start, stop) for x in X]
    if hasattr(start, "__len__"):
        return X[start.tolist() if hasattr(start, "tolist") and not isinstance(X, np.ndarray) else start]
    return X[start:stop]


class GroupSize:
    """How many batches to dispatch at once: as many as take about `target` seconds together.

    It starts at 1 and moves by factors of 2. The first run of each size may include compilation and does
    not count against it.

    Attributes:
        size: batches in the next group.
    """

    def __init__(self, target: float = 0.1, largest: int = 1024) -> None:
        self.size = 1
        self._target = target
        self._largest = largest
        self._tried: set[int] = set()

    def note(self, count: int, seconds: float) -> None:
        """Takes in that a group of `count` batches took `seconds`."""
        if count != self.size:
            return
        if seconds * 2 <= self._target and self.size < self._largest:
            self.size *= 2
        elif seconds > self._target and self.size > 1 and count in self._tried:
            self.size //= 2
        self._tried.add(count)


class Interrupt:
    """Whether the user has pressed Ctrl-C.

    Attributes:
        pending: True after the first Ctrl-C.
    """

    def __init__(self) -> None:
        self.pending = False

    def check(self) -> None:
        """Raises KeyboardInterrupt if the user has asked for a stop."""
        if self.pending:
            raise KeyboardInterrupt


@contextmanager
def deferred_interrupt() -> Iterator[Interrupt]:
    """Keeps the first Ctrl-C from breaking into a step: `Interrupt.check` raises it between steps.

    A second Ctrl-C raises KeyboardInterrupt at once. Outside the main thread, or where the program has its
    own handler, signals are left alone.
    """
    interrupt = Interrupt()
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield interrupt
        return

    def handler(signum: int, frame: Any) -> None:
        if interrupt.pending:
            raise KeyboardInterrupt
        interrupt.pending = True

    signal.signal(signal.SIGINT, handler)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def as_fed(placeholder: Any, array: Any) -> Any:
    """`array` in the type of its placeholder, so that the loop need not cast it batch by batch.

    Only casts that keep the kind of information are made; the function refuses the others. Arrays that lie
    in a file and sparse matrices are cast batch by batch.
    """
    if not isinstance(array, np.ndarray) or is_sparse(array):
        return array
    wanted = np.dtype(K.dtype(placeholder))
    if array.dtype == wanted or not np.can_cast(array.dtype, wanted, casting="same_kind"):
        return array
    return array.astype(wanted)


def scalars(outputs: Sequence[Any]) -> list[Any]:
    """Outputs without axes as Python numbers."""
    return [output.item() if getattr(output, "ndim", None) == 0 else output for output in outputs]


class Dispatcher:
    """Runs a function over batches of the same data, group by group.

    Args:
        function: made by ``K.function``; its first inputs take `data`, the others `constants`.
        data: arrays with one row a sample.
        constants: values of the other inputs.
        single: whether to dispatch each batch alone.
    """

    def __init__(
        self, function: Any, data: Sequence[Any], constants: Sequence[Any] = (), single: bool = False
    ) -> None:
        fed = [as_fed(*pair) for pair in zip(function.inputs, data, strict=False)]
        self._runner = function.over(fed, list(constants))
        self._group = GroupSize(largest=1 if single else 1024)

    def run(
        self, batches: Sequence[Batch], before: Callable[[int], None] | None = None
    ) -> Iterator[tuple[int, list[list[Any]]]]:
        """Runs all batches; yields the position of each group's first batch, and the outputs of its batches.

        Args:
            batches: index arrays or (start, stop) pairs.
            before: called before each dispatch with the position of its first batch; what it raises ends
                the loop.
        """
        first = 0
        while first < len(batches):
            if before is not None:
                before(first)
            group = list(batches[first : first + self._group.size])
            began = time.perf_counter()
            outputs = self._runner.run(group)
            self._group.note(len(group), time.perf_counter() - began)
            yield first, [scalars(each) for each in outputs]
            first += len(group)


def evaluate_loop(
    dispatcher: Dispatcher,
    sample_count: int,
    batch_size: int,
    verbose: int = 0,
    check: Callable[[], None] | None = None,
) -> list[Any]:
    """The outputs of a test function, averaged over all samples."""
    batches = make_batches(sample_count, batch_size)
    progress = Progbar(target=sample_count) if verbose == 1 else None
    totals: list[Any] = []
    for first, group in dispatcher.run(batches, None if check is None else lambda position: check()):
        for (start, stop), outputs in zip(batches[first:], group, strict=False):
            totals = totals or [0.0] * len(outputs)
            totals = [total + output * (stop - start) for total, output in zip(totals, outputs, strict=True)]
        if progress is not None:
            progress.update(batches[first + len(group) - 1][1])
    return figures([total / sample_count for total in totals])


def predict_loop(dispatcher: Dispatcher, sample_count: int, batch_size: int, verbose: int = 0) -> list[Any]:
    """The outputs of a predict function for all samples, written batch by batch into one array each.

    Raises:
        ValueError: if an output has not one row for each sample.
    """
    batches = make_batches(sample_count, batch_size)
    progress = Progbar(target=sample_count) if verbose == 1 else None
    results: list[np.ndarray] = []
    for first, group in dispatcher.run(batches):
        for (start, stop), outputs in zip(batches[first:], group, strict=False):
            outputs = [np.atleast_1d(output) for output in outputs]
            if not results:
                results = [np.empty((sample_count, *each.shape[1:]), each.dtype) for each in outputs]
            for position, (result, output) in enumerate(zip(results, outputs, strict=True)):
                wanted = (stop - start, *result.shape[1:])
                if output.shape != wanted:
                    raise ValueError(
                        f"predict: output {position} must have the shape {wanted} for a batch of "
                        f"{stop - start} samples, got {output.shape}. Use predict_on_batch for a model whose "
                        "output is not one row for each sample."
                    )
                result[start:stop] = output
        if progress is not None:
            progress.update(batches[first + len(group) - 1][1])
    return results


def train_loop(
    dispatcher: Dispatcher,
    callbacks: CallbackList,
    model: Any,
    labels: Sequence[str],
    sample_count: int,
    batch_size: int,
    epochs: range,
    shuffle: bool | str,
    validate: Callable[[Callable[[], None]], dict[str, Any]] | None,
    resumed: TrainingPoint | None = None,
) -> None:
    """Trains epoch by epoch and reports to the callbacks.

    Args:
        dispatcher: over the train function and the training data.
        callbacks: what to report to; its `needs_each_batch` must be what `dispatcher` was told as `single`.
        model: ends the training when its `stop_training` is true after an epoch; its `training_point` is
            kept up to date.
        labels: the names of the train function's outputs.
        sample_count, batch_size: of the training data.
        epochs: the numbers of the epochs to run.
        shuffle: True: samples are shuffled before each epoch, on top of the order so far; ``'batch'``: whole
            batches are; False: neither.
        validate: called after each epoch with a function that raises KeyboardInterrupt if Ctrl-C was
            pressed; returns the validation's logs.
        resumed: where the training was broken off: the order of the samples goes on from there.

    Raises:
        KeyboardInterrupt: between two dispatches, if Ctrl-C was pressed. `callbacks.on_train_end` is left to
            the caller.
    """
    single = callbacks.needs_each_batch
    order = np.arange(sample_count)
    if resumed is not None and resumed.order is not None and len(resumed.order) == sample_count:
        order = resumed.order.copy()
    cuts = make_batches(sample_count, batch_size)
    with deferred_interrupt() as interrupt:
        for epoch in epochs:
            interrupt.check()
            callbacks.on_epoch_begin(epoch)
            if shuffle == "batch":
                order = batch_shuffle(order, batch_size)
            elif shuffle:
                np.random.shuffle(order)
            batches: list[Any]
            if shuffle is True:
                batches = [order[start:stop] for start, stop in cuts]
            else:  # a batch is then a run of rows
                batches = [(int(order[start]), int(order[start]) + stop - start) for start, stop in cuts]
            logs = [{"batch": position, "size": stop - start} for position, (start, stop) in enumerate(cuts)]

            def before(position: int, logs: list[dict[str, Any]] = logs) -> None:
                interrupt.check()
                if single:
                    callbacks.on_batch_begin(position, logs[position])

            for first, group in dispatcher.run(batches, before):
                for position, outputs in enumerate(group, first):
                    if not single:
                        callbacks.on_batch_begin(position, logs[position])
                    logs[position].update(zip(labels, outputs, strict=True))
                    callbacks.on_batch_end(position, logs[position])
            interrupt.check()
            epoch_logs = {} if validate is None else validate(interrupt.check)
            model.training_point = TrainingPoint(epoch + 1, order)
            callbacks.on_epoch_end(epoch, epoch_logs)
            if getattr(model, "stop_training", False):
                break
