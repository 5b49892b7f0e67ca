"""Metrics: functions of targets and predictions that return one number, the mean over all samples of a batch.

They are shown in training, never differentiated; masks and sample weights do not enter them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import backend as K
from . import objectives
from .utils.generic_utils import function_from_module
from .utils.generic_utils import get_from_module as get_from_module
from .utils.symbolic import in_graph_scope

Metric = Callable[..., Any]


@in_graph_scope
def binary_accuracy(y_true: Any, y_pred: Any) -> Any:
    """The share of elements where the rounded prediction equals the target."""
    return K.mean(K.equal(y_true, K.round(y_pred)))


@in_graph_scope
def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """The share of samples whose largest prediction is at the largest target (one-hot targets)."""
    return K.mean(K.equal(K.argmax(y_true, axis=-1), K.argmax(y_pred, axis=-1)))


@in_graph_scope
def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """The share of samples whose largest prediction is at the target class (an index, last axis of 1)."""
    predicted = K.cast(K.argmax(y_pred, axis=-1), K.dtype(y_true))
    return K.mean(K.equal(K.max(y_true, axis=-1), predicted))


@in_graph_scope
def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """The share of samples whose target class is among the `k` largest predictions (one-hot targets)."""
    return K.mean(K.in_top_k(y_pred, K.argmax(y_true, axis=-1), k))


@in_graph_scope
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.mean_squared_error`."""
    return K.mean(objectives.mean_squared_error(y_true, y_pred))


@in_graph_scope
def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.mean_absolute_error`."""
    return K.mean(objectives.mean_absolute_error(y_true, y_pred))


@in_graph_scope
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.mean_absolute_percentage_error`."""
    return K.mean(objectives.mean_absolute_percentage_error(y_true, y_pred))


@in_graph_scope
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.mean_squared_logarithmic_error`."""
    return K.mean(objectives.mean_squared_logarithmic_error(y_true, y_pred))


@in_graph_scope
def hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.hinge`."""
    return K.mean(objectives.hinge(y_true, y_pred))


@in_graph_scope
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.squared_hinge`."""
    return K.mean(objectives.squared_hinge(y_true, y_pred))


@in_graph_scope
def categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.categorical_crossentropy`."""
    return K.mean(objectives.categorical_crossentropy(y_true, y_pred))


@in_graph_scope
def sparse_categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.sparse_categorical_crossentropy`."""
    return K.mean(objectives.sparse_categorical_crossentropy(y_true, y_pred))


@in_graph_scope
def binary_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.binary_crossentropy`."""
    return K.mean(objectives.binary_crossentropy(y_true, y_pred))


@in_graph_scope
def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.kullback_leibler_divergence`."""
    return K.mean(objectives.kullback_leibler_divergence(y_true, y_pred))


@in_graph_scope
def poisson(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.poisson`."""
    return K.mean(objectives.poisson(y_true, y_pred))


@in_graph_scope
def cosine_proximity(y_true: Any, y_pred: Any) -> Any:
    """The mean of `objectives.cosine_proximity`."""
    return K.mean(objectives.cosine_proximity(y_true, y_pred))


def _positives(x: Any) -> Any:
    return K.round(K.clip(x, 0.0, 1.0))


@in_graph_scope
def matthews_correlation(y_true: Any, y_pred: Any) -> Any:
    """Matthews' correlation coefficient of binary targets and rounded predictions, in [-1, 1]."""
    true, pred = _positives(y_true), _positives(y_pred)
    tp, tn = K.sum(true * pred), K.sum((1.0 - true) * (1.0 - pred))
    fp, fn = K.sum((1.0 - true) * pred), K.sum(true * (1.0 - pred))
    spread = K.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / (spread + K.epsilon())


@in_graph_scope
def precision(y_true: Any, y_pred: Any) -> Any:
    """Of the elements predicted as positive, the share that are so."""
    return K.sum(_positives(y_true * y_pred)) / (K.sum(_positives(y_pred)) + K.epsilon())


@in_graph_scope
def recall(y_true: Any, y_pred: Any) -> Any:
    """Of the elements that are positive, the share predicted so."""
    return K.sum(_positives(y_true * y_pred)) / (K.sum(_positives(y_true)) + K.epsilon())


@in_graph_scope
def fbeta_score(y_true: Any, y_pred: Any, beta: float = 1) -> Any:
    """The weighted harmonic mean of precision and recall, recall counting `beta` times as much.

    Raises:
        ValueError: if `beta` is below 0.
    """
    if beta < 0:
        raise ValueError(f"fbeta_score: beta must be 0 (precision alone) or above, got {beta!r}.")
    p, r = precision(y_true, y_pred), recall(y_true, y_pred)
    weight = float(beta) ** 2
    return (1.0 + weight) * (p * r) / (weight * p + r + K.epsilon())


@in_graph_scope
def fmeasure(y_true: Any, y_pred: Any) -> Any:
    """The harmonic mean of precision and recall."""
    return fbeta_score(y_true, y_pred, beta=1)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
cosine = cosine_proximity
fscore = f1score = fmeasure


def get(identifier: Any) -> Metric:
    """The metric of a name; a callable is returned as it is.

    Args:
        identifier: a name or alias of this module, a key of the custom objects, or a function
            ``(y_true, y_pred)`` that returns a tensor or a dict of names and tensors.

    Raises:
        ValueError: if the name is unknown.
    """
    return function_from_module(identifier, globals(), "metric")
