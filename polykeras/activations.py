"""Activation functions, by name. All keep the shape of their argument."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from . import backend as K
from .utils.generic_utils import function_from_module
from .utils.generic_utils import get_from_module as get_from_module


def softmax(x: Any) -> Any:
    """exp(x) / sum(exp(x)) along the last axis.

    Args:
        x: tensor of 2 or 3 axes: (samples, classes) or (samples, steps, classes).

    Raises:
        ValueError: for another number of axes.
    """
    ndim = K.ndim(x)
    if ndim not in (2, 3):
        raise ValueError(
            f"softmax: x must have 2 or 3 axes (the last one holds the classes), got {ndim}. "
            "Reshape it first, for example to (samples, positions, classes)."
        )
    if (K.int_shape(x) or (None,))[-1] == 1:
        warnings.warn(
            "softmax: the last axis of x has the size 1, so all of the result is 1, whatever x is. Use "
            "sigmoid for one unit, or bring the axis that the numbers compete along to the end.",
            stacklevel=2,
        )
    return K.softmax(x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015)."""
    return K.elu(x, alpha)


def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return K.softplus(x)


def softsign(x: Any) -> Any:
    """x / (1 + abs(x))."""
    return K.softsign(x)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None) -> Any:
    """max(x, 0) + alpha * min(x, 0), the first part limited to `max_value` if that is given."""
    return K.relu(x, alpha=alpha, max_value=max_value)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return K.tanh(x)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return K.sigmoid(x)


def hard_sigmoid(x: Any) -> Any:
    """0.2 * x + 0.5 limited to [0, 1]."""
    return K.hard_sigmoid(x)


def linear(x: Any) -> Any:
    """`x` itself."""
    return x


def get(identifier: str | Callable[..., Any] | None) -> Callable[..., Any]:
    """The activation that a name means; None means `linear`, a function means itself.

    Raises:
        ValueError: if the name is unknown, or `identifier` is neither a name nor a function.
    """
    if identifier is None:
        return linear
    activation = function_from_module(identifier, globals(), "activation function")
    if not callable(activation):
        raise ValueError(f"activation must be a name such as 'relu', a function or None, got {identifier!r}.")
    return activation
