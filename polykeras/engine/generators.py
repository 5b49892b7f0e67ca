"""Training, evaluating and predicting with batches from a generator."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..callbacks import CallbackList, History
from ..errors import whole_number
from ..utils.figure import figures
from .enqueuer import GeneratorEnded, GeneratorEnqueuer
from .keywords import GENERATOR_HINTS, checked_keywords
from .loops import deferred_interrupt
from .spec import one_or_list, to_list
from .standardize import as_list
from .training_point import TrainingPoint


class GeneratorTraining:
    """The part of a `Model` that takes batches from generators.

    A generator yields ``(x, y)`` or ``(x, y, sample_weight)``, as `train_on_batch` takes them, without end.
    It runs in `nb_worker` threads, or processes if `pickle_safe` is true, which keep up to `max_q_size`
    batches ready. What it raises is raised here.
    """

    # What a model has besides.
    metrics_names: list[str]
    test_on_batch: Callable[..., Any]
    train_on_batch: Callable[..., Any]
    predict_on_batch: Callable[..., Any]
    evaluate: Callable[..., Any]
    _run_training: Callable[..., History]
    _check_compiled: Callable[[str], None]
    _make_train_function: Callable[[], None]
    _make_test_function: Callable[[], None]
    _standardize_user_data: Callable[..., Any]

    @checked_keywords("fit_generator", GENERATOR_HINTS)
    def fit_generator(
        self,
        generator: Any,
        samples_per_epoch: int,
        nb_epoch: int,
        verbose: int = 1,
        callbacks: Sequence[Any] | None = None,
        validation_data: Any = None,
        nb_val_samples: int | None = None,
        class_weight: Any = None,
        max_q_size: int = 10,
        nb_worker: int = 1,
        pickle_safe: bool = False,
        initial_epoch: int = 0,
    ) -> History:
        """Trains the model on batches from a generator.

        Args:
            generator: see `GeneratorTraining`.
            samples_per_epoch: an epoch ends when this many samples were seen.
            nb_epoch: number of the last epoch, counted from 1.
            verbose, callbacks, class_weight, initial_epoch: as for `Model.fit`.
            validation_data: what the model is evaluated on after each epoch: a tuple ``(x, y)`` or
                ``(x, y, sample_weight)``, or another generator.
            nb_val_samples: samples to take from that generator.
            max_q_size: batches that are kept ready.
            nb_worker: number of threads or processes.
            pickle_safe: whether they are processes; each has a copy of the generator then.

        Returns:
            The `callbacks.History`, as `Model.fit` does.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError, TypeError: if an argument or a batch does not fit, or the generator ends too early.
        """
        self._check_compiled("fit_generator")
        samples = _samples("fit_generator", "samples_per_epoch", samples_per_epoch)
        held_out = _held_out(self, validation_data, nb_val_samples)
        self._make_train_function()
        if validation_data is not None:
            self._make_test_function()

        def validate(batch_size: int) -> list[Any]:
            if _is_generator(validation_data):
                values = self.evaluate_generator(validation_data, nb_val_samples or 0, max_q_size)
            else:
                x, y, *weights = validation_data
                values = self.evaluate(
                    x, y, batch_size=batch_size, verbose=0, sample_weight=weights[0] if weights else None
                )
            return to_list(values)

        def loop(callbacks: CallbackList, model: Any, labels: list[str]) -> None:
            with (
                deferred_interrupt() as interrupt,
                batches_of(generator, nb_worker, max_q_size, pickle_safe) as enqueuer,
            ):
                for epoch in range(initial_epoch, nb_epoch):
                    interrupt.check()
                    callbacks.on_epoch_begin(epoch)
                    seen = position = size = 0
                    while seen < samples:
                        batch = _next(enqueuer, "fit_generator", seen, samples, interrupt.check)
                        x, y, weight = _parts("fit_generator", batch)
                        size = _rows(self, x)
                        logs = {"batch": position, "size": size}
                        callbacks.on_batch_begin(position, logs)
                        values = self.train_on_batch(x, y, sample_weight=weight, class_weight=class_weight)
                        logs.update(zip(labels, to_list(values), strict=True))
                        callbacks.on_batch_end(position, logs)
                        seen, position = seen + size, position + 1
                        interrupt.check()
                    if seen > samples:
                        warnings.warn(
                            f"fit_generator: the epoch had {seen} samples, more than samples_per_epoch="
                            f"{samples}. Make that a multiple of the batch size to get the same epochs as "
                            "`fit`.",
                            stacklevel=3,
                        )
                    epoch_logs: dict[str, Any] = {}
                    if validation_data is not None:
                        pairs = zip(labels, validate(size), strict=True)
                        epoch_logs = {f"val_{label}": value for label, value in pairs}
                    model.training_point = TrainingPoint(epoch + 1)
                    callbacks.on_epoch_end(epoch, epoch_logs)
                    if getattr(model, "stop_training", False):
                        break

        params = {"nb_epoch": nb_epoch, "nb_sample": samples}
        return self._run_training(
            loop, params, verbose, callbacks or [], held_out, validation_data is not None
        )

    @checked_keywords("evaluate_generator", GENERATOR_HINTS)
    def evaluate_generator(
        self,
        generator: Any,
        val_samples: int,
        max_q_size: int = 10,
        nb_worker: int = 1,
        pickle_safe: bool = False,
    ) -> Any:
        """The loss and metrics on batches from a generator, in test mode.

        Args:
            generator, max_q_size, nb_worker, pickle_safe: as for `fit_generator`.
            val_samples: batches are taken until this many samples were seen.

        Returns:
            The loss, or the list of values that `metrics_names` names: averages over all samples.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError, TypeError: if a batch does not fit the model, or the generator ends too early.
        """
        where = "evaluate_generator"
        self._check_compiled(where)
        wanted = _samples(where, "val_samples", val_samples)
        seen = 0
        totals = np.zeros(())
        with batches_of(generator, nb_worker, max_q_size, pickle_safe) as enqueuer:
            while seen < wanted:
                x, y, weight = _parts(where, _next(enqueuer, where, seen, wanted))
                values = np.asarray(self.test_on_batch(x, y, sample_weight=weight), dtype="float64")
                totals = totals + values * _rows(self, x)
                seen += _rows(self, x)
        return one_or_list(figures(np.atleast_1d(totals / seen).tolist()))

    @checked_keywords("predict_generator", GENERATOR_HINTS)
    def predict_generator(
        self,
        generator: Any,
        val_samples: int,
        max_q_size: int = 10,
        nb_worker: int = 1,
        pickle_safe: bool = False,
    ) -> Any:
        """The outputs for batches from a generator, in test mode; the model need not be compiled.

        Args:
            generator: as for `fit_generator`, or one that yields inputs alone.
            val_samples: batches are taken until this many samples were seen; those of the last batch all
                count.
            max_q_size, nb_worker, pickle_safe: as for `fit_generator`.

        Returns:
            An array with one row for each sample; a list of them for several outputs.
        """
        where = "predict_generator"
        wanted = _samples(where, "val_samples", val_samples)
        seen = 0
        collected: list[list[Any]] = []
        with batches_of(generator, nb_worker, max_q_size, pickle_safe) as enqueuer:
            while seen < wanted:
                batch = _next(enqueuer, where, seen, wanted)
                x = _parts(where, batch)[0] if isinstance(batch, tuple) else batch
                collected.append(to_list(self.predict_on_batch(x)))
                seen += _rows(self, x)
        return one_or_list([np.concatenate(parts) for parts in zip(*collected, strict=True)])


@contextmanager
def batches_of(
    generator: Any, nb_worker: int, max_q_size: int, pickle_safe: bool
) -> Iterator[GeneratorEnqueuer]:
    """A context in which workers take batches out of a generator.

    Raises:
        TypeError: if `generator` is none.
    """
    if not _is_generator(generator):
        raise TypeError(
            f"wanted a generator of batches, got {type(generator).__name__}. Write it as a function with "
            "`yield`, or pass arrays to fit, evaluate or predict."
        )
    enqueuer = GeneratorEnqueuer(generator, pickle_safe=pickle_safe)
    enqueuer.start(nb_worker=nb_worker, max_q_size=max_q_size)
    try:
        yield enqueuer
    finally:
        enqueuer.stop()


def _is_generator(x: Any) -> bool:
    return hasattr(x, "__next__") or hasattr(x, "next")


def _held_out(model: Any, validation_data: Any, nb_val_samples: int | None) -> list[Any] | None:
    """The arrays that callbacks see as the validation data, checked; None for a generator or no data."""
    where = "fit_generator"
    if validation_data is None:
        return None
    if _is_generator(validation_data):
        if not nb_val_samples:
            raise ValueError(
                f"{where}: wanted nb_val_samples, the number of samples to take from the generator given as "
                "validation_data."
            )
        return None
    if not isinstance(validation_data, (list, tuple)) or len(validation_data) not in (2, 3):
        raise ValueError(
            f"{where}: validation_data must be (x, y), (x, y, sample_weight) or a generator, got "
            f"{type(validation_data).__name__}."
        )
    x, y, *weights = validation_data
    parts = model._standardize_user_data(x, y, weights[0] if weights else None)
    return [array for part in parts for array in part]


def _samples(where: str, name: str, value: Any) -> int:
    number = whole_number(value)
    if number is None or number < 1:
        raise ValueError(f"{where}: {name} must be an integer of at least 1, got {value!r}.")
    return number


def _next(
    enqueuer: GeneratorEnqueuer,
    where: str,
    seen: int,
    wanted: int,
    check: Callable[[], None] | None = None,
) -> Any:
    try:
        return enqueuer.get(check)
    except GeneratorEnded:
        raise ValueError(
            f"{where}: the generator ended after {seen} of {wanted} samples. Let it go on without end "
            "(`while True:`), or ask for fewer samples."
        ) from None


def _parts(where: str, batch: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights (or None) of what a generator has yielded."""
    if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
        got = f"a {type(batch).__name__}" + (f" of {len(batch)}" if hasattr(batch, "__len__") else "")
        raise ValueError(
            f"{where}: the generator must yield tuples (x, y) or (x, y, sample_weight), got {got}."
        )
    x, y, *weights = batch
    return x, y, weights[0] if weights else None


def _rows(model: Any, x: Any) -> int:
    """The number of samples in a batch of inputs.

    Raises:
        ValueError, TypeError: if it is 0, or `x` is no batch of inputs.
    """
    first = as_list(x, model.input_names, "model input")[0]
    if np.ndim(first) == 0 and not hasattr(first, "__len__"):
        raise ValueError(
            f"model input {model.input_names[0]!r}: wanted an array with a row for each sample, got "
            f"{first!r}. Look at what the generator yields."
        )
    count = int(first.shape[0] if hasattr(first, "shape") else len(first))
    if not count:
        raise ValueError("The generator has yielded a batch of no samples.")
    return count
