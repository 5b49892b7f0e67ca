"""Small numpy helpers around labels, probabilities and kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import backend
from ..backends.interface import windows
from ..config import resolve_dim_ordering

K = backend


def to_categorical(y: Any, nb_classes: int | None = None) -> np.ndarray:
    """Class numbers as rows of a 0/1 matrix.

    Args:
        y: integers from 0 to ``nb_classes - 1``, any shape; it is flattened.
        nb_classes: number of classes, by default the largest number in `y` plus 1.

    Returns:
        float64 array of shape ``(y.size, nb_classes)``.

    Raises:
        ValueError: if a number lies outside the classes, or `y` holds something else than numbers.
    """
    given = np.asarray(y)
    if given.dtype.kind not in "biuf":
        raise ValueError(
            f"to_categorical: y must hold class numbers, got an array of the dtype {given.dtype}. Number the "
            "classes from 0, for example by numpy.unique(y, return_inverse=True)[1]."
        )
    labels = given.astype("int").ravel()
    classes = int(nb_classes) if nb_classes else int(labels.max()) + 1 if labels.size else 0
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise ValueError(
            f"to_categorical: numbers in y must lie from 0 to nb_classes - 1 ({classes - 1}), got {wrong}."
        )
    categorical = np.zeros((labels.size, classes))
    categorical[np.arange(labels.size), labels] = 1
    return categorical


def normalize(a: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """`a` divided by its norm of the given order along an axis; vectors of norm 0 stay 0."""
    norms = np.atleast_1d(np.linalg.norm(a, order, axis))
    norms[norms == 0] = 1
    return np.asarray(a / np.expand_dims(norms, axis))


def binary_logloss(p: Any, y: Any) -> float:
    """Mean binary cross-entropy of probabilities `p` against labels `y` (0 or 1)."""
    tiny = 1e-15
    p, y = np.clip(np.asarray(p, dtype="float64"), tiny, 1 - tiny), np.asarray(y)
    return float(-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y))


def multiclass_logloss(p: Any, y: Any) -> float:
    """Mean cross-entropy of rows of probabilities `p` against class numbers `y` that count from 1."""
    p, y = np.asarray(p), np.asarray(y, dtype="int").ravel()
    if y.size and (y.min() < 1 or y.max() > p.shape[1]):
        raise ValueError(
            f"multiclass_logloss: class numbers must lie from 1 to {p.shape[1]}, got {y.min()} to {y.max()}."
        )
    return float(-np.mean(np.log(p[np.arange(len(y)), y - 1])))


def accuracy(p: Any, y: Any) -> float:
    """Share of places where `p` equals `y`."""
    return float(np.mean(np.equal(p, y)))


def probas_to_classes(y_pred: Any) -> np.ndarray:
    """Class numbers of predictions: the largest column, or ``> 0.5`` if there is just one column."""
    y_pred = np.asarray(y_pred)
    if y_pred.ndim > 1 and y_pred.shape[1] > 1:
        return categorical_probas_to_classes(y_pred)
    return (y_pred.reshape(len(y_pred)) > 0.5).astype("int")


def categorical_probas_to_classes(p: Any) -> np.ndarray:
    """The index of the largest probability in each row."""
    return np.argmax(p, axis=1)


def convert_kernel(kernel: Any, dim_ordering: str | None = None) -> np.ndarray:
    """A convolution kernel rotated by 180 degrees: true convolution <-> cross-correlation.

    Args:
        kernel: array of 4 axes (2D convolution) or 5 (3D convolution).
        dim_ordering: ``'th'`` (spatial axes last), ``'tf'`` (spatial axes first), None for the default.

    Raises:
        ValueError: if the number of axes or `dim_ordering` is another.
    """
    kernel = np.asarray(kernel)
    if kernel.ndim not in (4, 5):
        raise ValueError(f"convert_kernel: kernel must have 4 or 5 axes, got shape {kernel.shape}.")
    ordering = resolve_dim_ordering("convert_kernel", dim_ordering)
    axes = range(2, kernel.ndim) if ordering == "th" else range(kernel.ndim - 2)
    return np.flip(kernel, tuple(axes)).copy()


def conv_output_length(
    input_length: int | None, filter_size: int, border_mode: str, stride: int, dilation: int = 1
) -> int | None:
    """Length of a convolution's output along one axis; None for an unknown input length.

    Raises:
        ValueError: if `border_mode` is not ``'valid'``, ``'same'`` or ``'full'``.
    """
    mode = windows.checked_mode("conv_output_length", border_mode)
    return windows.output_length(input_length, filter_size, mode, stride, dilation)


def conv_input_length(
    output_length: int | None, filter_size: int, border_mode: str, stride: int
) -> int | None:
    """The shortest input along one axis that a convolution takes to `output_length`; None stays None.

    Raises:
        ValueError: if `border_mode` is not ``'valid'``, ``'same'`` or ``'full'``.
    """
    mode = windows.checked_mode("conv_input_length", border_mode)
    if output_length is None:
        return None
    padding = {"valid": 0, "same": filter_size // 2, "full": filter_size - 1}[mode]
    return (output_length - 1) * stride - 2 * padding + filter_size
