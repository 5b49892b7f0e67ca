"""`Model`: a container that can be compiled, trained, evaluated and asked for predictions."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import backend as K
from .. import callbacks as cbks
from .. import optimizers
from ..errors import check_choice, whole_number, whole_number_hint
from ..utils.figure import figures
from .assembly import assemble
from .container import Container
from .fitting import Fitting, phase_inputs, split_arrays
from .generators import GeneratorTraining
from .keywords import checked_keywords, refuse_unknown
from .loops import Dispatcher, evaluate_loop, predict_loop, scalars
from .standardize import check_array_lengths
from .training_point import TrainingPoint
from .user_data import (
    check_fixed_batches,
    check_stateful_batches,
    checked_inputs,
    checked_targets,
    checked_weights,
)

_FUNCTION_OPTIONS = ("mode", "name")

_COMPILE_HINTS = {
    "objective": "loss",
    "lr": "optimizer (for example SGD(lr=0.1))",
    "learning_rate": "optimizer (for example SGD(lr=0.1))",
}

# Arguments of Keras 0.x that Keras 1.2.2 took without effect.
_OLD_OPTIONS = {
    "class_mode": "Pass metrics=['accuracy'] for the accuracy.",
    "theano_mode": "Remove it.",
}


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _count(where: str, name: str, value: Any, least: int) -> int:
    number = whole_number(value)
    if number is None or number < least:
        hint = whole_number_hint(value)
        raise ValueError(f"{where}: {name} must be an integer of at least {least}, got {value!r}.{hint}")
    return number


class Model(Fitting, GeneratorTraining, Container):
    """A graph of layers, from its inputs to its outputs, that can be trained.

    Args:
        input, output: tensors, or lists of tensors, as for `Container`.
        name: the model's name.
    """

    # No values here: a subclass that hands attributes on to another model would find these first.
    optimizer: Any
    loss: Any
    metrics: Any
    loss_weights: Any
    sample_weight_mode: Any
    metrics_names: list[str]
    callback_model: Any
    stop_training: bool
    history: cbks.History
    validation_data: list[Any] | None
    training_point: TrainingPoint | None
    resumed: TrainingPoint | None
    train_function: Any
    test_function: Any
    predict_function: Any

    # Compiling

    def compile(
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        **kwargs: Any,
    ) -> None:
        """Says how the model is trained. Weights keep their values.

        Args:
            optimizer: the name of an optimizer, or an instance.
            loss: the name of an objective or a function ``(y_true, y_pred)`` that gives one value for each
                sample; for several outputs a list, or a dictionary from output name to loss. The total is
                their weighted sum plus the penalties of regularizers.
            metrics: list of names of metrics, or functions ``(y_true, y_pred)`` that give a number or a
                dictionary of names and numbers; ``'accuracy'`` picks the kind by output and loss. A
                dictionary from output name to metrics where outputs differ.
            loss_weights: factors of the outputs' losses, a list or a dictionary by output name.
            sample_weight_mode: ``'temporal'`` for weights of time steps, (samples, time steps); None for
                weights of samples; a list or a dictionary by output name where outputs differ.
            **kwargs: ``mode`` and ``name``, options of ``K.function``. ``class_mode`` and ``theano_mode`` of
                Keras 0.x have no effect, and a warning says so.

        Raises:
            ValueError, TypeError: if an argument is not understood; the model stays as it was.
        """
        for key in [key for key in kwargs if key in _OLD_OPTIONS]:
            del kwargs[key]
            warnings.warn(f"compile: {key} of Keras 0.x has no effect. {_OLD_OPTIONS[key]}", stacklevel=2)
        refuse_unknown(
            "compile",
            kwargs,
            ["optimizer", "loss", "metrics", "loss_weights", "sample_weight_mode", *_FUNCTION_OPTIONS],
            _COMPILE_HINTS,
        )
        chosen = optimizers.get(optimizer)
        masks = self.compute_mask(self.inputs, mask=None)
        if not isinstance(masks, (list, tuple)):
            masks = [masks] * len(self.outputs)
        assembly = assemble(
            self.outputs,
            self.output_names,
            self.internal_output_shapes,
            masks,
            self.losses,
            loss,
            metrics,
            loss_weights,
            sample_weight_mode,
        )
        self.optimizer = chosen
        self.loss, self.metrics, self.loss_weights = loss, metrics, loss_weights
        self.sample_weight_mode = sample_weight_mode
        self.loss_functions = assembly.loss_functions
        self.weighted_losses = assembly.weighted_losses
        self.loss_weights_list = assembly.loss_weights_list
        self.sample_weight_modes = assembly.sample_weight_modes
        self.targets, self.sample_weights = assembly.targets, assembly.sample_weights
        self.total_loss = assembly.total_loss
        self.metrics_names = assembly.metrics_names
        self.metrics_tensors = assembly.metrics_tensors
        self._function_kwargs = kwargs
        weights = list(self.trainable_weights)
        if not K.legacy_weight_ordering():
            weights.sort(key=lambda weight: str(weight.name))
        self._collected_trainable_weights = weights
        self.train_function = self.test_function = self.predict_function = None

    def resume(self) -> int:
        """Prepares a model that was loaded from a file of `ModelCheckpoint` for its training to go on.

        Numpy's global generator gets the state that it had then, and the next `fit` shuffles the samples on
        from the order that they had; with the same data and arguments, and without random layers, it goes on
        to the same numbers as if it had never stopped.

        Returns:
            The number of the next epoch, for `initial_epoch` of `fit`.

        Raises:
            RuntimeError: if the model does not come from such a file.
        """
        point: TrainingPoint | None = getattr(self, "training_point", None)
        if point is None:
            raise RuntimeError(
                "resume: the model does not come from a file that ModelCheckpoint has written during a "
                "training. Pass initial_epoch to fit yourself."
            )
        if point.random is not None:
            np.random.set_state(point.random)
        self.resumed = point
        return point.epoch

    def _check_compiled(self, what: str) -> None:
        if not hasattr(self, "total_loss"):
            raise RuntimeError(
                f"{what}: the model must be compiled first, for example "
                "model.compile(optimizer='rmsprop', loss='mse')."
            )

    def _phase_inputs(self) -> list[Any]:
        """The learning phase if functions of the model need it as an input: a list of one item or none."""
        phase = K.learning_phase()
        return [phase] if self.uses_learning_phase and not isinstance(phase, int) else []

    def _make_train_function(self) -> None:
        """Makes `train_function`, and with it the optimizer's state, unless it is there."""
        self._check_compiled("_make_train_function")
        if self.train_function is not None:
            return
        with K.graph_scope():
            updates = self.optimizer.get_updates(
                self._collected_trainable_weights, self.constraints, self.total_loss
            )
            inputs = self.inputs + self.targets + self.sample_weights + self._phase_inputs()
            self.train_function = K.function(
                inputs,
                [self.total_loss, *self.metrics_tensors],
                updates=[*self.updates, *updates],
                **self._function_kwargs,
            )

    def _make_test_function(self) -> None:
        """Makes `test_function` unless it is there."""
        self._check_compiled("_make_test_function")
        if self.test_function is not None:
            return
        inputs = self.inputs + self.targets + self.sample_weights + self._phase_inputs()
        self.test_function = K.function(
            inputs,
            [self.total_loss, *self.metrics_tensors],
            updates=self.state_updates,
            **self._function_kwargs,
        )

    def _make_predict_function(self) -> None:
        """Makes `predict_function` unless it is there; the model need not be compiled."""
        if getattr(self, "predict_function", None) is not None:
            return
        self.predict_function = K.function(
            self.inputs + self._phase_inputs(),
            self.outputs,
            updates=self.state_updates,
            **getattr(self, "_function_kwargs", {}),
        )

    def _standardize_user_data(
        self,
        x: Any,
        y: Any,
        sample_weight: Any = None,
        class_weight: Any = None,
        check_batch_axis: bool = True,
        batch_size: int | None = None,
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """Inputs, targets and sample weights as lists of checked arrays, one for each input or output.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError, TypeError: if something does not fit the model.
        """
        self._check_compiled("training and evaluating")
        inputs = checked_inputs(self, x, check_batch_axis)
        if batch_size is not None:
            check_stateful_batches(self, inputs, batch_size)
        targets = checked_targets(self, y)
        check_array_lengths(inputs, targets, [])
        return inputs, targets, checked_weights(self, targets, sample_weight, class_weight)

    # Whole data sets

    @checked_keywords("fit")
    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        nb_epoch: int = 10,
        verbose: int = 1,
        callbacks: Sequence[Any] | None = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
    ) -> cbks.History:
        """Trains the model for a number of passes over the data.

        Ctrl-C ends the training between two steps: the weights so far stay, and the history of the finished
        epochs is returned, with the averages of the broken epoch as its `interrupted`.

        Args:
            x: the input array; for several inputs a list, or a dictionary by input name.
            y: the target array, a list, or a dictionary by output name.
            batch_size: samples for each update of the weights.
            nb_epoch: number of the last epoch, counted from 1.
            verbose: 0 silent, 1 a progress bar, 2 one line an epoch.
            callbacks: list of `callbacks.Callback`.
            validation_split: share of the samples, at the end of the data before shuffling, that the model is
                evaluated on after each epoch instead of being trained on them.
            validation_data: ``(x, y)`` or ``(x, y, sample_weight)`` to evaluate on after each epoch, instead
                of a `validation_split`.
            shuffle: whether to shuffle the samples before each epoch; ``'batch'`` shuffles whole batches, for
                data that lie in an HDF5 file.
            class_weight: dictionary from class to weight; for several outputs a list or a dictionary of them.
            sample_weight: array of weights, (samples,); (samples, time steps) in the mode ``'temporal'``; for
                several outputs a list or a dictionary of them.
            initial_epoch: number of the epoch to start at, counted from 0, to resume a training.

        Returns:
            The `callbacks.History`: its `history` maps each name in `metrics_names` (and ``'val_'`` + name)
            to the list of values.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError, TypeError: if an argument does not fit the model; nothing is changed then.
        """
        batch_size = _count("fit", "batch_size", batch_size, 1)
        nb_epoch = _count("fit", "nb_epoch", nb_epoch, 0)
        initial_epoch = _count("fit", "initial_epoch", initial_epoch, 0)
        shuffle = check_choice("fit", "shuffle", _plain(shuffle), (True, False, "batch"))
        if callbacks is not None and not isinstance(callbacks, Iterable):
            raise TypeError(f"fit: callbacks must be a list, got {callbacks!r}. Write [callback].")
        for callback in callbacks or []:
            if isinstance(callback, type) or not hasattr(callback, "on_epoch_end"):
                raise TypeError(
                    f"fit: callbacks must be a list of instances of callbacks.Callback, got {callback!r}."
                )
        inputs, targets, weights = self._standardize_user_data(
            x, y, sample_weight, class_weight, check_batch_axis=False, batch_size=batch_size
        )
        data = inputs + targets + weights
        held_out: list[Any] | None = None
        if validation_data is not None:
            held_out = self._validation_arrays(validation_data, batch_size)
        elif validation_split:
            data, held_out = split_arrays(data, validation_split)
        for part in (data, held_out):
            if part is not None:
                check_fixed_batches(self, part, batch_size)
        self._make_train_function()
        if held_out is not None:
            self._make_test_function()
        return self._train(
            data, held_out, batch_size, range(initial_epoch, nb_epoch), verbose, callbacks or [], shuffle
        )

    def _validation_arrays(self, validation_data: Any, batch_size: int) -> list[Any]:
        if not isinstance(validation_data, (list, tuple)) or len(validation_data) not in (2, 3):
            got = type(validation_data).__name__
            if isinstance(validation_data, (list, tuple)):
                got += f" of {len(validation_data)}"
            raise ValueError(
                f"fit: validation_data must be a tuple (x, y) or (x, y, sample_weight), got a {got}."
            )
        x, y, *weights = validation_data
        parts = self._standardize_user_data(
            x, y, weights[0] if weights else None, check_batch_axis=False, batch_size=batch_size
        )
        return [array for part in parts for array in part]

    @checked_keywords("evaluate")
    def evaluate(
        self, x: Any, y: Any, batch_size: int = 32, verbose: int = 1, sample_weight: Any = None
    ) -> Any:
        """The loss and metrics on a data set, in test mode.

        Args:
            x, y, sample_weight: as for `fit`.
            batch_size: samples at a time.
            verbose: 1 shows a progress bar, 0 nothing.

        Returns:
            The loss, or the list of values that `metrics_names` names: averages over all samples.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError, TypeError: if an argument does not fit the model.
        """
        batch_size = _count("evaluate", "batch_size", batch_size, 1)
        inputs, targets, weights = self._standardize_user_data(
            x, y, sample_weight, check_batch_axis=False, batch_size=batch_size
        )
        check_fixed_batches(self, inputs, batch_size)
        self._make_test_function()
        data = inputs + targets + weights
        dispatcher = Dispatcher(self.test_function, data, phase_inputs(self.test_function, data, 0.0))
        return _one_or_all(evaluate_loop(dispatcher, int(data[0].shape[0]), batch_size, verbose))

    @checked_keywords("predict")
    def predict(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The outputs for a data set, in test mode; the model need not be compiled.

        Args:
            x: as for `fit`.
            batch_size: samples at a time.
            verbose: 1 shows a progress bar, 0 nothing.

        Returns:
            An array with one row for each sample; a list of them for several outputs.

        Raises:
            ValueError, TypeError: if `x` does not fit the model.
        """
        batch_size = _count("predict", "batch_size", batch_size, 1)
        inputs = checked_inputs(self, x, check_batch_axis=False)
        count = int(inputs[0].shape[0])
        if count > batch_size:
            check_stateful_batches(self, inputs, batch_size)
        check_fixed_batches(self, inputs, batch_size)
        self._make_predict_function()
        dispatcher = Dispatcher(
            self.predict_function, inputs, phase_inputs(self.predict_function, inputs, 0.0)
        )
        return _one_or_all(predict_loop(dispatcher, count, batch_size, verbose))

    # Single batches

    @checked_keywords("train_on_batch")
    def train_on_batch(self, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None) -> Any:
        """One update of the weights on one batch.

        Args:
            x, y, sample_weight, class_weight: as for `fit`.

        Returns:
            The loss, or the list of values that `metrics_names` names, from before the update.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError, TypeError: if an argument does not fit the model; nothing is changed then.
        """
        inputs, targets, weights = self._standardize_user_data(x, y, sample_weight, class_weight)
        self._make_train_function()
        return _one_or_all(_called(self.train_function, inputs + targets + weights, 1.0))

    @checked_keywords("test_on_batch")
    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None) -> Any:
        """The loss and metrics on one batch, in test mode; arguments and result as for `train_on_batch`."""
        inputs, targets, weights = self._standardize_user_data(x, y, sample_weight)
        self._make_test_function()
        return _one_or_all(_called(self.test_function, inputs + targets + weights, 0.0))

    @checked_keywords("predict_on_batch")
    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, in test mode: an array, or a list of arrays for several outputs."""
        inputs = checked_inputs(self, x, check_batch_axis=True)
        self._make_predict_function()
        phase = phase_inputs(self.predict_function, inputs, 0.0)
        return _one_or_all(list(self.predict_function(inputs + phase)))


def _called(function: Any, data: list[Any], phase: float) -> list[Any]:
    return figures(scalars(function(data + phase_inputs(function, data, phase))))


def _plain(value: Any) -> Any:
    """A numpy bool as a Python one."""
    return bool(value) if isinstance(value, np.bool_) else value
