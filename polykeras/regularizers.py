"""Penalties on weights and outputs that are added to the loss, by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from . import backend as K
from .config import cast_to_floatx
from .errors import check_number
from .utils.generic_utils import get_from_module
from .utils.symbolic import in_graph_scope

_NOT_BY_NAME = ("Regularizer",)


class Regularizer:
    """A function from a tensor to a scalar penalty; subclasses write ``__call__`` and `get_config`."""

    def __call__(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, x), the penalty of x.")

    def get_config(self) -> dict[str, Any]:
        """The configuration, from which `get` makes the same regularizer again."""
        return {"name": self.__class__.__name__}

    def set_param(self, _: Any) -> None:
        """Kept for programs written before Keras 1.2; a regularizer is simply called with the tensor now."""
        warnings.warn(
            "Regularizer.set_param has no effect: call the regularizer with the tensor.", stacklevel=2
        )

    def set_layer(self, _: Any) -> None:
        """Kept for programs written before Keras 1.2; a regularizer is simply called with the tensor now."""
        warnings.warn(
            "Regularizer.set_layer has no effect: call the regularizer with the tensor.", stacklevel=2
        )


class EigenvalueRegularizer(Regularizer):
    """`k` times the square root of the largest eigenvalue of transpose(x) . x, found by the power method.

    Args:
        k: factor of the penalty.
    """

    POWER = 9

    def __init__(self, k: float) -> None:
        self.k = check_number(type(self).__name__, "k", k)

    @in_graph_scope
    def __call__(self, x: Any) -> Any:
        if K.ndim(x) != 2:
            raise ValueError(f"EigenvalueRegularizer: x must be a matrix (2 axes), got {K.ndim(x)} axes.")
        covariance = K.dot(K.transpose(x), x)
        vector = K.sum(covariance, axis=1, keepdims=True)  # the product with a vector of ones
        for _ in range(self.POWER - 1):
            vector = K.dot(covariance, vector / K.sqrt(K.sum(K.square(vector)) + K.epsilon()))
        stretched = K.dot(covariance, vector)
        eigenvalue = K.sum(stretched * vector) / K.sum(K.square(vector))
        return K.sqrt(eigenvalue) * self.k

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "k": float(self.k)}


class L1L2Regularizer(Regularizer):
    """l1 * sum(abs(x)) + l2 * sum(x ** 2).

    Args:
        l1, l2: factors of the two sums.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = cast_to_floatx(check_number("A regularizer", "the factor of l1", l1))
        self.l2 = cast_to_floatx(check_number("A regularizer", "the factor of l2", l2))

    @in_graph_scope
    def __call__(self, x: Any) -> Any:
        penalty: Any = 0.0
        if self.l1:
            penalty += K.sum(float(self.l1) * K.abs(x))
        if self.l2:
            penalty += K.sum(float(self.l2) * K.square(x))
        return penalty

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "l1": float(self.l1), "l2": float(self.l2)}


WeightRegularizer = L1L2Regularizer
ActivityRegularizer = L1L2Regularizer


def l1(l: float = 0.01) -> L1L2Regularizer:  # noqa: E741
    """A penalty of l * sum(abs(x))."""
    return L1L2Regularizer(l1=l)


def l2(l: float = 0.01) -> L1L2Regularizer:  # noqa: E741
    """A penalty of l * sum(x ** 2)."""
    return L1L2Regularizer(l2=l)


def l1l2(l1: float = 0.01, l2: float = 0.01) -> L1L2Regularizer:
    """A penalty of l1 * sum(abs(x)) + l2 * sum(x ** 2)."""
    return L1L2Regularizer(l1=l1, l2=l2)


def activity_l1(l: float = 0.01) -> L1L2Regularizer:  # noqa: E741
    """`l1`, meant for a layer's output."""
    return L1L2Regularizer(l1=l)


def activity_l2(l: float = 0.01) -> L1L2Regularizer:  # noqa: E741
    """`l2`, meant for a layer's output."""
    return L1L2Regularizer(l2=l)


def activity_l1l2(l1: float = 0.01, l2: float = 0.01) -> L1L2Regularizer:
    """`l1l2`, meant for a layer's output."""
    return L1L2Regularizer(l1=l1, l2=l2)


def get(identifier: Any, kwargs: dict[str, Any] | None = None) -> Callable[[Any], Any] | None:
    """The regularizer that a name or a configuration means; None and a regularizer mean themselves.

    Args:
        identifier: a name such as ``'l2'``, a configuration ``{'name': 'L1L2Regularizer', 'l1': 0.1}``, a
            function from tensor to penalty, or None.
        kwargs: the arguments of the constructor, if `identifier` is a name.

    Raises:
        ValueError: if the name is unknown, or `identifier` is none of these.
    """
    found = get_from_module(identifier, globals(), "regularizer", instantiate=True, kwargs=kwargs)
    if found is None or callable(found):
        return found
    raise ValueError(
        "A regularizer must be a name such as 'l2', a regularizer such as l2(0.01), or None, "
        f"got {identifier!r}."
    )
