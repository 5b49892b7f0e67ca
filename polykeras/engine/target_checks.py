"""Do targets and losses go together? What trains on silently, to numbers that mean nothing, is told here."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..utils.symbolic import function_name
from .standardize import Shape, check_shape

_ONE_COLUMN = "categorical_crossentropy"
_NOT_NEGATIVE = ("mean_squared_logarithmic_error", "poisson", "kullback_leibler_divergence")


def check_loss_and_target_compatibility(
    targets: Sequence[Any], losses: Sequence[Callable[..., Any]], output_shapes: Sequence[Shape | None]
) -> None:
    """Raises ValueError for targets that a built-in loss cannot mean.

    Args:
        targets: an array for each output.
        losses: the loss function of each output.
        output_shapes: the shape that the targets of each output must have, or None if any will do.
    """
    for y, loss, shape in zip(targets, losses, output_shapes, strict=True):
        if shape is None:
            continue
        name, got = function_name(loss), tuple(y.shape)
        if name == _ONE_COLUMN and got[-1] == 1:
            raise ValueError(f"You are passing a target array of the shape {got}: {_one_column(shape)}")
        if name == "sparse_categorical_crossentropy" and len(got) == len(shape) and got[-1] > 1:
            raise ValueError(
                f"The loss {name} wants class numbers, targets of the shape {(None, *shape[1:])}, got {got}. "
                "Use the loss categorical_crossentropy for targets with a column for each class."
            )
        where = f"targets for the loss {name}"
        if name == "sparse_categorical_crossentropy":
            check_shape(got, shape, False, where)
        else:
            check_shape(
                got, shape, False, where, "The loss expects targets to have the same shape as the output."
            )


def _one_column(shape: Shape) -> str:
    """Why categorical cross-entropy cannot do with one column, and what to do, for an output of a shape."""
    wants = (
        f"the loss {_ONE_COLUMN} wants one column for each class, 1 for that of the sample and 0 elsewhere"
    )
    if shape[-1] == 1:
        return (
            f"{wants}; of one class alone there is nothing to learn. For two classes in one column use the "
            "loss binary_crossentropy and the activation sigmoid."
        )
    return (
        f"{wants}, targets of the shape {(None, *shape[1:])}. Convert class numbers by "
        "`np_utils.to_categorical(y)`, or use the loss sparse_categorical_crossentropy."
    )


def warn_of_values(y: Any, loss: Callable[..., Any], where: str) -> None:
    """Warns of targets whose values a built-in loss makes nothing sensible of.

    Arrays in a file are not looked at.

    Args:
        y: the targets.
        loss: the loss function, a built-in one.
        where: names the targets in messages.
    """
    if not isinstance(y, np.ndarray) or y.dtype.kind not in "biuf" or not y.size:
        return
    name = function_name(loss)
    low, high = float(y.min()), float(y.max())
    if not np.isfinite(low) or not np.isfinite(high):
        _warn(f"{where}: holds NaN or infinity, from which all weights of the model become NaN.")
    elif name == "binary_crossentropy" and (low < 0 or high > 1) and np.array_equal(y, np.floor(y)):
        _warn(
            f"{where}: the loss binary_crossentropy wants targets from 0 to 1, got numbers from {low:g} to "
            f"{high:g}. For class numbers use the loss sparse_categorical_crossentropy and an output with a "
            "unit for each class; make -1 and 1 into 0 and 1."
        )
    elif name in ("hinge", "squared_hinge") and low == 0 and np.isin(y, (0, 1)).all():
        _warn(f"{where}: the loss {name} wants targets of -1 and 1, got 0 and 1. Pass 2 * y - 1.")
    elif name in _NOT_NEGATIVE and low < 0:
        _warn(f"{where}: the loss {name} wants targets that are not negative, got {low:g}.")


def warn_of_weights(weights: np.ndarray, where: str) -> None:
    """Warns of sample weights that leave nothing to learn, or spoil the model."""
    if not weights.size:
        return
    low, high = float(weights.min()), float(weights.max())
    if not np.isfinite(low) or not np.isfinite(high):
        _warn(f"{where}: holds NaN or infinity, from which all weights of the model become NaN.")
    elif low == high == 0:
        _warn(f"{where}: all weights are 0, so nothing is learnt.")


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=2)
