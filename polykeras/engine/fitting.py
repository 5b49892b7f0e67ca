"""The training of a model on checked arrays: its callbacks, its loop, its validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import callbacks as cbks
from ..utils.output import say
from .loops import Dispatcher, evaluate_loop, slice_X, train_loop
from .training_point import TrainingPoint


class Fitting:
    """The part of a `Model` that runs a training."""

    # What a model has besides.
    metrics_names: list[str]
    history: cbks.History
    validation_data: list[Any] | None
    train_function: Any
    test_function: Any
    resumed: TrainingPoint | None

    def _train(
        self,
        data: list[Any],
        held_out: list[Any] | None,
        batch_size: int,
        epochs: range,
        verbose: int,
        user_callbacks: Sequence[Any],
        shuffle: bool | str,
    ) -> cbks.History:
        """Runs the epochs on checked arrays; see `fit`."""
        sample_count = int(data[0].shape[0])
        if held_out is not None and verbose:
            say(f"Train on {sample_count} samples, validate on {held_out[0].shape[0]} samples")

        def loop(callbacks: cbks.CallbackList, model: Any, labels: list[str]) -> None:
            validate = self._validator(held_out, batch_size, labels)
            train = Dispatcher(
                self.train_function,
                data,
                phase_inputs(self.train_function, data, 1.0),
                single=callbacks.needs_each_batch,
            )
            resumed, self.resumed = getattr(self, "resumed", None), None
            train_loop(
                train, callbacks, model, labels, sample_count, batch_size, epochs, shuffle, validate, resumed
            )

        params = {"batch_size": batch_size, "nb_epoch": epochs.stop, "nb_sample": sample_count}
        return self._run_training(loop, params, verbose, user_callbacks, held_out, held_out is not None)

    def _run_training(
        self,
        loop: Callable[[cbks.CallbackList, Any, list[str]], None],
        params: dict[str, Any],
        verbose: int,
        user_callbacks: Sequence[Any],
        held_out: list[Any] | None,
        validates: bool,
    ) -> cbks.History:
        """Trains between `on_train_begin` and `on_train_end` of the callbacks.

        Args:
            loop: runs the epochs; takes the callbacks, the model that they know, and the names of the values.
            params: what the callbacks are told of the training, besides what follows from the rest.
            verbose, user_callbacks: see `fit`.
            held_out: the arrays that the model is evaluated on, for callbacks; None if there are none.
            validates: whether `loop` evaluates the model after each epoch.
        """
        model: Any = getattr(self, "callback_model", None) or self
        labels = unique_names(self.metrics_names)
        self.history = cbks.History()
        averages = cbks.BaseLogger()
        bars = [cbks.ProgbarLogger()] if verbose else []
        callbacks = cbks.CallbackList([averages, *user_callbacks, self.history, *bars])
        callbacks.set_model(model)
        callbacks.set_params(
            {
                **params,
                "verbose": verbose,
                "do_validation": validates,
                "metrics": labels + ([f"val_{label}" for label in labels] if validates else []),
            }
        )
        if held_out is not None:
            held_out = held_out + phase_inputs(self.test_function, held_out, 0.0)
        self.validation_data = held_out
        for callback in callbacks.callbacks:
            callback.validation_data = held_out
        model.stop_training = False
        callbacks.on_train_begin()
        try:
            loop(callbacks, model, labels)
        except KeyboardInterrupt:
            partial: dict[str, Any] = {}
            averages.on_epoch_end(len(self.history.epoch), partial)
            self.history.interrupted = partial
        callbacks.on_train_end()
        if verbose and self.history.interrupted is not None:
            say(
                f"Training was interrupted; {len(self.history.epoch)} epochs are complete, and the weights "
                "so far are kept."
            )
        return self.history

    def _validator(
        self, held_out: list[Any] | None, batch_size: int, labels: list[str]
    ) -> Callable[[Callable[[], None]], dict[str, Any]] | None:
        """A function that evaluates on the held-out arrays and returns logs, or None without any."""
        if held_out is None:
            return None
        test = Dispatcher(self.test_function, held_out, phase_inputs(self.test_function, held_out, 0.0))
        count = int(held_out[0].shape[0])

        def validate(check: Callable[[], None]) -> dict[str, Any]:
            values = evaluate_loop(test, count, batch_size, check=check)
            return {f"val_{label}": value for label, value in zip(labels, values, strict=True)}

        return validate


def phase_inputs(function: Any, data: Sequence[Any], value: float) -> list[float]:
    """What to feed behind `data`: the learning phase, if the function takes it."""
    return [value] * (len(function.inputs) - len(data))


def unique_names(names: Sequence[str]) -> list[str]:
    """`names`, a number put behind each that occurs more than once: 'acc_1', 'acc_2'."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(f"{name}_{seen[name]}" if list(names).count(name) > 1 else name)
    return unique


def split_arrays(data: list[Any], validation_split: float) -> tuple[list[Any], list[Any]]:
    """The arrays up to the share that is held out, and from there."""
    count = int(data[0].shape[0])
    if not 0 < validation_split < 1 or not 0 < int(count * (1.0 - validation_split)) < count:
        raise ValueError(
            "fit: validation_split must be between 0 and 1 and leave samples on both sides, got "
            f"{validation_split!r} for {count} samples."
        )
    split_at = int(count * (1.0 - validation_split))
    return slice_X(data, 0, split_at), slice_X(data, split_at)
