"""Objectives (losses): functions of targets and predictions.

Each takes tensors of one shape, ``(samples, ..., units)``, and returns one value for each sample (and time
step, if there are more axes): the shape without the last axis. `engine.assembly.weighted_objective` averages
them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import backend as K
from .utils.generic_utils import function_from_module
from .utils.generic_utils import get_from_module as get_from_module
from .utils.symbolic import in_graph_scope

Objective = Callable[[Any, Any], Any]


@in_graph_scope
def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of (y_pred - y_true) ** 2."""
    return K.mean(K.square(y_pred - y_true), axis=-1)


@in_graph_scope
def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of abs(y_pred - y_true)."""
    return K.mean(K.abs(y_pred - y_true), axis=-1)


@in_graph_scope
def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of 100 * abs(y_true - y_pred) / abs(y_true), the divisor being at least epsilon."""
    error = K.abs(y_true - y_pred) / K.maximum(K.abs(y_true), K.epsilon())
    return 100.0 * K.mean(error, axis=-1)


@in_graph_scope
def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """Mean of (log(1 + y_pred) - log(1 + y_true)) ** 2, both values being at least epsilon."""
    log_pred = K.log(K.maximum(y_pred, K.epsilon()) + 1.0)
    log_true = K.log(K.maximum(y_true, K.epsilon()) + 1.0)
    return K.mean(K.square(log_pred - log_true), axis=-1)


@in_graph_scope
def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """Mean of max(1 - y_true * y_pred, 0) ** 2; targets are -1 or 1."""
    return K.mean(K.square(K.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


@in_graph_scope
def hinge(y_true: Any, y_pred: Any) -> Any:
    """Mean of max(1 - y_true * y_pred, 0); targets are -1 or 1."""
    return K.mean(K.maximum(1.0 - y_true * y_pred, 0.0), axis=-1)


@in_graph_scope
def categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """-sum(y_true * log(y_pred)) over the classes; the targets are distributions, one-hot for instance."""
    return K.categorical_crossentropy(y_pred, y_true)


@in_graph_scope
def sparse_categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """-log(y_pred[class]); the targets are class indices, with a last axis of size 1."""
    return K.sparse_categorical_crossentropy(y_pred, y_true)


@in_graph_scope
def binary_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """Mean of -y_true * log(y_pred) - (1 - y_true) * log(1 - y_pred)."""
    return K.mean(K.binary_crossentropy(y_pred, y_true), axis=-1)


@in_graph_scope
def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Any:
    """Sum of y_true * log(y_true / y_pred), both limited to [epsilon, 1]."""
    y_true = K.clip(y_true, K.epsilon(), 1.0)
    y_pred = K.clip(y_pred, K.epsilon(), 1.0)
    return K.sum(y_true * K.log(y_true / y_pred), axis=-1)


@in_graph_scope
def poisson(y_true: Any, y_pred: Any) -> Any:
    """Mean of y_pred - y_true * log(y_pred + epsilon), the Poisson log likelihood but for its constant."""
    return K.mean(y_pred - y_true * K.log(y_pred + K.epsilon()), axis=-1)


@in_graph_scope
def cosine_proximity(y_true: Any, y_pred: Any) -> Any:
    """Minus the mean of the products of both vectors' normalised components."""
    y_true = K.l2_normalize(y_true, axis=-1)
    y_pred = K.l2_normalize(y_pred, axis=-1)
    return -K.mean(y_true * y_pred, axis=-1)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine = cosine_proximity


def get(identifier: Any) -> Objective:
    """The objective of a name; a callable is returned as it is.

    Args:
        identifier: a name or alias of this module, a key of the custom objects, or a function
            ``(y_true, y_pred) -> tensor``.

    Raises:
        ValueError: if the name is unknown.
    """
    return function_from_module(identifier, globals(), "objective")
