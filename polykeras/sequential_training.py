"""What a `Sequential` leaves to the model inside it: compiling, training, evaluating, predicting."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from .engine.keywords import GENERATOR_HINTS, checked_keywords
from .engine.model import Model


class InnerTraining(Model):
    """A model that is trained by another one, `_inner()`, over the same layers."""

    def _inner(self) -> Any:
        """The model that does the work."""
        raise NotImplementedError(f"{type(self).__name__} must define _inner.")

    def compile(  # type: ignore[override]
        self,
        optimizer: Any,
        loss: Any,
        metrics: Any = None,
        sample_weight_mode: Any = None,
        **kwargs: Any,
    ) -> None:
        """Says how the model is trained; see `Model.compile`."""
        self._inner().compile(
            optimizer, loss, metrics=metrics, sample_weight_mode=sample_weight_mode, **kwargs
        )

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
        **kwargs: Any,
    ) -> Any:
        """Trains the model for a number of passes over the data; see `Model.fit`."""
        return self._inner().fit(
            x,
            y,
            batch_size=batch_size,
            nb_epoch=nb_epoch,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            **_without_old_options("fit", kwargs, "show_accuracy"),
        )

    def evaluate(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        verbose: int = 1,
        sample_weight: Any = None,
        **kwargs: Any,
    ) -> Any:
        """The loss and metrics on a data set; see `Model.evaluate`."""
        return self._inner().evaluate(
            x,
            y,
            batch_size=batch_size,
            verbose=verbose,
            sample_weight=sample_weight,
            **_without_old_options("evaluate", kwargs, "show_accuracy"),
        )

    @checked_keywords("predict")
    def predict(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The outputs for a data set; see `Model.predict`."""
        return self._inner().predict(x, batch_size=batch_size, verbose=verbose)

    def train_on_batch(  # type: ignore[override]
        self, x: Any, y: Any, class_weight: Any = None, sample_weight: Any = None, **kwargs: Any
    ) -> Any:
        """One update of the weights on one batch; see `Model.train_on_batch`."""
        return self._inner().train_on_batch(
            x,
            y,
            sample_weight=sample_weight,
            class_weight=class_weight,
            **_without_old_options("train_on_batch", kwargs, "accuracy"),
        )

    def test_on_batch(self, x: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """The loss and metrics on one batch; see `Model.test_on_batch`."""
        return self._inner().test_on_batch(
            x, y, sample_weight=sample_weight, **_without_old_options("test_on_batch", kwargs, "accuracy")
        )

    @checked_keywords("predict_on_batch")
    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch; see `Model.predict_on_batch`."""
        return self._inner().predict_on_batch(x)

    @checked_keywords("predict_proba")
    def predict_proba(self, x: Any, batch_size: int = 32, verbose: int = 1) -> Any:
        """The outputs for a data set, as probabilities: warns if any lies outside [0, 1]."""
        values = self.predict(x, batch_size, verbose)
        if values.size and (values.min() < 0.0 or values.max() > 1.0):
            warnings.warn(
                "predict_proba: the network returns values outside [0, 1]. Its last layer should make "
                "probabilities, for example by the activation 'softmax' or 'sigmoid'.",
                stacklevel=2,
            )
        return values

    @checked_keywords("predict_classes")
    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 1) -> Any:
        """The most probable class of each sample of a data set, (samples,) int64.

        With one output unit it is whether the output is above 0.5, (samples, 1) int32.
        """
        values = self.predict(x, batch_size, verbose)
        return values.argmax(axis=-1) if values.shape[-1] > 1 else (values > 0.5).astype("int32")

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
        **kwargs: Any,
    ) -> Any:
        """Trains the model on batches from a generator; see `Model.fit_generator`."""
        options = _without_old_options("fit_generator", kwargs, "show_accuracy", "nb_val_worker")
        return self._inner().fit_generator(
            generator,
            samples_per_epoch,
            nb_epoch,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=validation_data,
            nb_val_samples=nb_val_samples,
            class_weight=class_weight,
            max_q_size=max_q_size,
            nb_worker=nb_worker,
            pickle_safe=pickle_safe,
            initial_epoch=initial_epoch,
            **options,
        )

    def evaluate_generator(
        self,
        generator: Any,
        val_samples: int,
        max_q_size: int = 10,
        nb_worker: int = 1,
        pickle_safe: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The loss and metrics on batches from a generator; see `Model.evaluate_generator`."""
        options = _without_old_options("evaluate_generator", kwargs, "show_accuracy")
        return self._inner().evaluate_generator(
            generator, val_samples, max_q_size, nb_worker, pickle_safe, **options
        )

    @checked_keywords("predict_generator", GENERATOR_HINTS)
    def predict_generator(
        self,
        generator: Any,
        val_samples: int,
        max_q_size: int = 10,
        nb_worker: int = 1,
        pickle_safe: bool = False,
    ) -> Any:
        """The outputs for batches from a generator; see `Model.predict_generator`."""
        return self._inner().predict_generator(generator, val_samples, max_q_size, nb_worker, pickle_safe)

    def resume(self) -> int:
        """Prepares for a training to go on; see `Model.resume`."""
        return int(self._inner().resume())

    def _make_train_function(self) -> None:
        self._inner()._make_train_function()

    def _make_test_function(self) -> None:
        self._inner()._make_test_function()

    def _make_predict_function(self) -> None:
        self._inner()._make_predict_function()


_INSTEAD = {"nb_val_worker": "remove it"}


def _without_old_options(where: str, kwargs: dict[str, Any], *old: str) -> dict[str, Any]:
    """The keyword arguments without those that Keras 1 gave up, with a warning for each that was there."""
    for name in old:
        if name in kwargs:
            instead = _INSTEAD.get(name, "pass metrics=['accuracy'] to compile")
            warnings.warn(f"{where}: the argument {name!r} has no effect; {instead}.", stacklevel=3)
    return {key: value for key, value in kwargs.items() if key not in old}
