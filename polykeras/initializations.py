"""Starting values of weights, by name.

Each function takes the weight's shape and returns a variable. All random numbers come from numpy's global
generator, so the same ``numpy.random.seed`` gives the same weights on every backend.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import backend as K
from .config import DIM_ORDERINGS, floatx
from .errors import check_choice, check_kwargs
from .utils.generic_utils import function_from_module
from .utils.generic_utils import get_from_module as get_from_module
from .utils.limits import spend

_NOT_BY_NAME = ("get_fans",)


def get_fans(shape: Sequence[int], dim_ordering: str = "th") -> tuple[float, float]:
    """How many inputs one unit has, and how many units one input feeds.

    Args:
        shape: of the weight. Two axes: (inputs, outputs). Four or five: a convolution kernel,
            (outputs, inputs, *window) for ``'th'``, (*window, inputs, outputs) for ``'tf'``; of a 3D
            window in ``'tf'`` ordering only the first two sizes count, as in Keras 1. Else both results
            are the square root of the number of elements.
        dim_ordering: ``'th'`` or ``'tf'``.

    Returns:
        ``(fan_in, fan_out)``.

    Raises:
        ValueError: for a kernel with another `dim_ordering`.
    """
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) in (4, 5):
        check_choice("get_fans", "dim_ordering", dim_ordering, DIM_ORDERINGS)
        if dim_ordering == "th":
            outputs, inputs, *window = shape
        else:
            *window, inputs, outputs = shape
            window = window[:2]
        field = int(np.prod(window))
        return inputs * field, outputs * field
    root = float(np.sqrt(np.prod(shape)))
    return root, root


def uniform(
    shape: Sequence[int], scale: float = 0.05, name: str | None = None, dim_ordering: str = "th"
) -> Any:
    """Uniform numbers of [-scale, scale)."""
    return K.random_uniform_variable(shape, -scale, scale, name=name)


def normal(
    shape: Sequence[int], scale: float = 0.05, name: str | None = None, dim_ordering: str = "th"
) -> Any:
    """Normal numbers of mean 0 and standard deviation `scale`."""
    return K.random_normal_variable(shape, 0.0, scale, name=name)


def lecun_uniform(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """Uniform numbers of variance 1 / fan_in (LeCun et al., Efficient BackProp, 1998)."""
    fan_in, _ = get_fans(shape, dim_ordering)
    return uniform(shape, float(np.sqrt(3.0 / fan_in)), name=name)


def glorot_normal(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """Normal numbers of variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    fan_in, fan_out = get_fans(shape, dim_ordering)
    return normal(shape, float(np.sqrt(2.0 / (fan_in + fan_out))), name=name)


def glorot_uniform(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """Uniform numbers of variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    fan_in, fan_out = get_fans(shape, dim_ordering)
    return uniform(shape, float(np.sqrt(6.0 / (fan_in + fan_out))), name=name)


def he_normal(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """Normal numbers of variance 2 / fan_in (He et al., 2015)."""
    fan_in, _ = get_fans(shape, dim_ordering)
    return normal(shape, float(np.sqrt(2.0 / fan_in)), name=name)


def he_uniform(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """Uniform numbers of variance 2 / fan_in (He et al., 2015)."""
    fan_in, _ = get_fans(shape, dim_ordering)
    return uniform(shape, float(np.sqrt(6.0 / fan_in)), name=name)


def orthogonal(
    shape: Sequence[int], scale: float = 1.1, name: str | None = None, dim_ordering: str = "th"
) -> Any:
    """`scale` times a random orthogonal matrix (Saxe et al., 2013).

    A weight of more than two axes is taken as a matrix of shape[0] rows; rows or columns, whichever are
    fewer, are orthogonal.

    Raises:
        ValueError: if `shape` has fewer than two axes.
    """
    if len(shape) < 2:
        raise ValueError(f"orthogonal: shape must have at least 2 axes, got {tuple(shape)}.")
    flat = (shape[0], math.prod(shape[1:]))
    spend("work", "orthogonal", math.prod(flat) * min(flat), f"an orthogonal matrix of the shape {flat}")
    left, _, right = np.linalg.svd(np.random.normal(0.0, 1.0, flat), full_matrices=False)
    basis = left if left.shape == flat else right
    return K.variable(scale * basis.reshape(shape), name=name)


def identity(
    shape: Sequence[int], scale: float = 1, name: str | None = None, dim_ordering: str = "th"
) -> Any:
    """`scale` times the identity matrix.

    Raises:
        ValueError: if `shape` is not that of a square matrix.
    """
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"identity: shape must be that of a square matrix, got {tuple(shape)}.")
    matrix = np.identity(shape[0], dtype=floatx())
    matrix *= scale
    return K.variable(matrix, name=name)


def zero(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """All 0."""
    return K.zeros(shape, name=name)


def one(shape: Sequence[int], name: str | None = None, dim_ordering: str = "th") -> Any:
    """All 1."""
    return K.ones(shape, name=name)


def get(identifier: str | Callable[..., Any], **kwargs: Any) -> Callable[..., Any]:
    """The initialization that a name means; a function ``f(shape, name=None)`` means itself.

    Args:
        identifier: the name or the function.
        **kwargs: ``scale`` or ``dim_ordering``, fixed in the function that is returned.

    Raises:
        ValueError: if the name is unknown, or `identifier` is neither a name nor a function.
    """
    check_kwargs("initializations.get", kwargs, ("dim_ordering", "scale"))
    initialization = function_from_module(identifier, globals(), "initialization")
    if not callable(initialization):
        raise ValueError(
            f"An initialization must be a name such as 'glorot_uniform' or a function, got {identifier!r}."
        )
    return functools.partial(initialization, **kwargs) if kwargs else initialization
