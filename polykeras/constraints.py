"""Projections that weights go through after each update, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import backend as K
from .errors import check_number
from .utils.generic_utils import get_from_module
from .utils.symbolic import in_graph_scope

_NOT_BY_NAME = ("Constraint",)


def _norms(p: Any, axis: Any) -> Any:
    return K.sqrt(K.sum(K.square(p), axis=axis, keepdims=True))


class Constraint:
    """A function from a weight to the constrained weight; subclasses write ``__call__`` and `get_config`."""

    def __call__(self, p: Any) -> Any:
        return p

    def get_config(self) -> dict[str, Any]:
        """The configuration, from which `get` makes the same constraint again."""
        return {"name": self.__class__.__name__}


class MaxNorm(Constraint):
    """Scales weight vectors down to a Euclidean norm of at most `m` (Srivastava et al., 2014).

    Args:
        m: the largest norm.
        axis: the axis (or axes) along which a vector lies: 0 for the inputs of each unit of `Dense`, for
            a convolution kernel all axes but the one of the outputs, ``[0, 1, 2]`` for ``'tf'`` ordering.
    """

    def __init__(self, m: float = 2, axis: Any = 0) -> None:
        self.m = check_number(type(self).__name__, "m", m)
        self.axis = axis

    @in_graph_scope
    def __call__(self, p: Any) -> Any:
        norms = _norms(p, self.axis)
        return p * (K.clip(norms, 0, self.m) / (K.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "m": self.m, "axis": self.axis}


class NonNeg(Constraint):
    """Sets negative weights to 0."""

    @in_graph_scope
    def __call__(self, p: Any) -> Any:
        return p * K.cast(K.greater_equal(p, 0.0), K.dtype(p))


class UnitNorm(Constraint):
    """Scales weight vectors to Euclidean norm 1.

    Args:
        axis: the axis (or axes) along which a vector lies, as in `MaxNorm`.
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    @in_graph_scope
    def __call__(self, p: Any) -> Any:
        return p / (K.epsilon() + _norms(p, self.axis))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


class MinMaxNorm(Constraint):
    """Scales weight vectors towards a Euclidean norm between `low` and `high`.

    Args:
        low, high: the least and the largest norm.
        rate: how far each update goes: 1 reaches the interval at once, 0 changes nothing.
        axis: the axis (or axes) along which a vector lies, as in `MaxNorm`.
    """

    def __init__(self, low: float = 0.0, high: float = 1.0, rate: float = 1.0, axis: Any = 0) -> None:
        for name, value in (("low", low), ("high", high), ("rate", rate)):
            check_number(type(self).__name__, name, value)
        self.low = low
        self.high = high
        self.rate = rate
        self.axis = axis

    @in_graph_scope
    def __call__(self, p: Any) -> Any:
        norms = _norms(p, self.axis)
        wanted = self.rate * K.clip(norms, self.low, self.high) + (1 - self.rate) * norms
        return p * (wanted / (K.epsilon() + norms))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "low": self.low,
            "high": self.high,
            "rate": self.rate,
            "axis": self.axis,
        }


maxnorm = MaxNorm
nonneg = NonNeg
unitnorm = UnitNorm


def get(identifier: Any, kwargs: dict[str, Any] | None = None) -> Callable[[Any], Any] | None:
    """The constraint that a name or a configuration means; None and a constraint mean themselves.

    Args:
        identifier: a name such as ``'nonneg'``, a configuration ``{'name': 'MaxNorm', 'm': 2, 'axis': 0}``, a
            function from weight to weight, or None.
        kwargs: the arguments of the constructor, if `identifier` is a name.

    Raises:
        ValueError: if the name is unknown, or `identifier` is none of these.
    """
    found = get_from_module(identifier, globals(), "constraint", instantiate=True, kwargs=kwargs)
    if found is None or callable(found):
        return found
    raise ValueError(
        "A constraint must be a name such as 'nonneg', a constraint such as maxnorm(2), or None, "
        f"got {identifier!r}."
    )
