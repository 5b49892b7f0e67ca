"""Models as estimators of scikit-learn: in pipelines, cross-validation and grid searches."""

from __future__ import annotations

import copy
import inspect
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import nearest
from ..loading import load_model
from ..sequential import Sequential as Sequential
from ..utils.extras import optional
from ..utils.np_utils import to_categorical as to_categorical

optional("sklearn", "scikit-learn", "polykeras.wrappers.scikit_learn")

from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin  # noqa: E402
from sklearn.utils import multiclass as _multiclass  # noqa: E402
from sklearn.utils import validation as _validation  # noqa: E402

_CATEGORICAL = "categorical_crossentropy"
_LEARNED = ("n_features_in_", "n_classes_")  # what `build_fn` may ask for


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


class BaseWrapper(BaseEstimator):
    """What classifier and regressor share.

    Args:
        build_fn: a function, or an object that can be called, that returns a compiled model; None: the class
            itself can be called (a subclass defines ``__call__``). If it has arguments ``n_features_in_`` or
            ``n_classes_``, it is told the number of columns or classes of the data.
        sk_params: arguments of `build_fn` and of `fit`, `predict`, `predict_proba` and `evaluate` of
            `Sequential`: these are what a grid search varies. Arguments of a method that are given in the
            call come first.

    Attributes:
        model: the model, once fitted.
        history, epoch: those of the `callbacks.History` of the last fit.
    """

    def __init__(self, build_fn: Any = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _builder(self) -> Callable[..., Any]:
        """The function that makes the model.

        Raises:
            TypeError: if there is none.
        """
        if self.build_fn is None:
            own = getattr(self, "__call__", None)  # noqa: B004  # it is wanted itself
            if own is None:
                raise TypeError(
                    f"{type(self).__name__}: wanted build_fn, a function that returns a compiled model, got "
                    "None. Give it, or define __call__ in a subclass."
                )
            return own
        if not callable(self.build_fn):
            raise TypeError(
                f"{type(self).__name__}: build_fn must be a function that returns a compiled model, got "
                f"{self.build_fn!r}."
            )
        return self.build_fn

    def check_params(self, params: Mapping[str, Any]) -> None:
        """Checks that each parameter is one of the builder or of a method.

        Raises:
            ValueError: names the unknown one and the nearest known one.
        """
        known = {"nb_epoch", "batch_size"}
        for method in (Sequential.fit, Sequential.predict, Sequential.predict_classes, Sequential.evaluate):
            known |= _parameters(method).keys()
        if self.build_fn is not None or hasattr(self, "__call__"):  # noqa: B004
            parameters = _parameters(self._builder())
            if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
                return
            known |= parameters.keys()
        known -= {"self", "kwargs", "args"}
        for name in params:
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__}: {name!r} is not a legal parameter.{nearest(name, known)} Known "
                    f"parameters: {', '.join(sorted(known))}."
                )

    def get_params(self, **params: Any) -> dict[str, Any]:
        """All parameters, `build_fn` among them; ``deep`` is accepted and has no effect."""
        if self.build_fn is None and "build_fn" not in _parameters(type(self)):
            return dict(self.sk_params)  # of a subclass with a constructor of its own
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> BaseWrapper:
        """Sets parameters.

        Raises:
            ValueError: if one is unknown; nothing is set then.
        """
        if "build_fn" in params:
            changed = copy.copy(self)
            changed.build_fn = params["build_fn"]
            changed.check_params({name: value for name, value in params.items() if name != "build_fn"})
            self.build_fn = params.pop("build_fn")
        else:
            self.check_params(params)
        self.sk_params = {**self.sk_params, **params}
        return self

    def filter_sk_params(
        self, fn: Callable[..., Any], override: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Those of the parameters that a function takes, and `override` on top."""
        parameters = _parameters(fn)
        return {**{k: v for k, v in self.sk_params.items() if k in parameters}, **(override or {})}

    def fit(self, x: Any, y: Any, **kwargs: Any) -> BaseWrapper:
        """Makes a new model and trains it.

        Args:
            x: the inputs, (samples, ...).
            y: the targets, (samples,) or (samples, outputs).
            kwargs: arguments of `Sequential.fit`.

        Returns:
            The estimator itself; its attributes `history` and `epoch` are those that Keras 1 returned.
        """
        x, y = self._checked(x, y, reset=True)
        builder = self._builder()
        asked = {name: getattr(self, name) for name in _LEARNED if name in _parameters(builder)}
        self.model = builder(**self.filter_sk_params(builder, asked))
        if self._loss() == _CATEGORICAL and y.ndim != 2:
            y = to_categorical(y)
        options = copy.deepcopy(self.filter_sk_params(Sequential.fit))
        options.update(kwargs)
        history = self.model.fit(x, y, **options)
        self.history, self.epoch = history.history, history.epoch
        return self

    def _loss(self) -> str | None:
        loss = getattr(self.model, "loss", None)
        return getattr(loss, "__name__", loss)

    def _checked(self, x: Any, y: Any = "no_validation", reset: bool = False) -> Any:
        """Inputs and targets as arrays of numbers without NaN, with a target for each sample.

        Lists of arrays and dictionaries, for models of several inputs, are left as they are.
        """
        if type(x) is dict or (isinstance(x, list) and x and getattr(x[0], "ndim", 0) > 1):
            return x if isinstance(y, str) else (x, np.asarray(y))
        if isinstance(y, str):
            return _validation.validate_data(self, x, reset=reset, allow_nd=True)
        return _validation.validate_data(self, x, y, reset=reset, allow_nd=True, multi_output=True)

    def _for_prediction(self, x: Any) -> Any:
        _validation.check_is_fitted(self, "model")
        return self._checked(x)

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "model" in state:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.h5"
                state["model"].save(path)
                state["model"] = path.read_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if isinstance(state.get("model"), bytes):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.h5"
                path.write_bytes(state["model"])
                state = {**state, "model": load_model(path)}
        super().__setstate__(state)


class KerasClassifier(ClassifierMixin, BaseWrapper):
    """A model that tells classes. Its last layer has a unit for each class, or one unit for two classes.

    Targets are class labels of any kind, (samples,), or rows of 0 and 1, (samples, classes).

    Attributes:
        classes_: the labels, sorted; what unit i stands for is ``classes_[i]``.
        n_classes_: their number.
    """

    def fit(self, x: Any, y: Any, **kwargs: Any) -> KerasClassifier:
        """Makes a new model and trains it; see `BaseWrapper.fit`."""
        labels = np.asarray(y)
        if labels.ndim == 2 and labels.shape[1] > 1:
            self.classes_ = np.arange(labels.shape[1])
        else:
            x, labels = self._checked(x, y, reset=True)
            if labels.ndim == 2:
                labels = _validation.column_or_1d(labels, warn=True)
            _multiclass.check_classification_targets(labels)
            self.classes_, labels = np.unique(labels, return_inverse=True)
        self.n_classes_ = len(self.classes_)
        super().fit(x, labels, **kwargs)
        return self

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The class of each sample, (samples,).

        Args:
            x: the inputs.
            kwargs: arguments of `Sequential.predict_classes`.
        """
        x = self._for_prediction(x)
        options = {"verbose": 0, **self.filter_sk_params(Sequential.predict_classes, kwargs)}
        numbers = np.asarray(self.model.predict_classes(x, **options)).reshape(len(x))
        return self.classes_[np.minimum(numbers, self.n_classes_ - 1)]  # one class: one unit says 0 or 1

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The probability of each class, (samples, classes), in the order of `classes_`.

        Args:
            x: the inputs.
            kwargs: arguments of `Sequential.predict_proba`.
        """
        x = self._for_prediction(x)
        options = {"verbose": 0, **self.filter_sk_params(Sequential.predict_proba, kwargs)}
        probabilities = np.asarray(self.model.predict_proba(x, **options))
        if probabilities.shape[1] == 1:
            probabilities = np.hstack([1 - probabilities, probabilities])
        return probabilities

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The accuracy, by the model's own metric.

        Args:
            x, y: inputs and targets.
            kwargs: arguments of `Sequential.evaluate`.

        Raises:
            ValueError: if the model was not compiled with ``metrics=['accuracy']``, or a label is unknown.
        """
        x = self._for_prediction(x)
        labels = np.asarray(y)
        if labels.ndim < 2 or labels.shape[1] == 1:
            labels = labels.reshape(len(labels))
            unknown = sorted(set(labels.tolist()) - set(self.classes_.tolist()), key=str)
            if unknown:
                raise ValueError(
                    f"{type(self).__name__}.score: wanted labels of {self.classes_.tolist()}, got {unknown}."
                )
            labels = np.searchsorted(self.classes_, labels)
            if self._loss() == _CATEGORICAL:
                labels = to_categorical(labels, self.n_classes_)
        options = {"verbose": 0, **self.filter_sk_params(Sequential.evaluate, kwargs)}
        values = self.model.evaluate(x, labels, **options)
        if isinstance(values, list) and "acc" in self.model.metrics_names:
            return float(values[self.model.metrics_names.index("acc")])
        raise ValueError(
            f"{type(self).__name__}.score: the model does not compute its accuracy. Pass "
            "metrics=['accuracy'] to model.compile in build_fn."
        )


class KerasRegressor(RegressorMixin, BaseWrapper):
    """A model that tells numbers."""

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The outputs, (samples,) for a model of one unit, else (samples, units).

        Args:
            x: the inputs.
            kwargs: arguments of `Sequential.predict`.
        """
        x = self._for_prediction(x)
        values = np.asarray(self.model.predict(x, **self.filter_sk_params(Sequential.predict, kwargs)))
        return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The negative loss, so that larger is better, as scikit-learn wants it.

        Args:
            x, y: inputs and targets.
            kwargs: arguments of `Sequential.evaluate`.
        """
        x = self._for_prediction(x)
        options = {"verbose": 0, **self.filter_sk_params(Sequential.evaluate, kwargs)}
        values = self.model.evaluate(x, np.asarray(y), **options)
        return -float(values[0] if isinstance(values, list) else values)
