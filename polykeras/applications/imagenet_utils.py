"""Pictures for networks that were trained on ImageNet, and the names of what these see in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import backend
from ..config import resolve_dim_ordering
from ..engine.spec import Shape, shape_tuple
from ..errors import whole_number
from ..utils.data_utils import get_file

K = backend

CLASS_INDEX: dict[str, Any] | None = None
CLASS_INDEX_PATH = "https://s3.amazonaws.com/deep-learning-models/image-models/imagenet_class_index.json"
CLASS_INDEX_MD5 = "c2c37ea517e94d9795004a39431a14cb"
CLASSES = 1000

# Means of the training pictures of VGG and ResNet: blue, green, red, from 0 to 255.
_MEANS = (103.939, 116.779, 123.68)


def preprocess_input(x: Any, dim_ordering: str = "default") -> np.ndarray:
    """Pictures as VGG16, VGG19 and ResNet50 take them: blue first, the mean colour subtracted.

    Args:
        x: RGB pictures, numbers from 0 to 255: ``(samples, rows, columns, 3)`` for ``'tf'``,
            ``(samples, 3, rows, columns)`` for ``'th'``; or one picture, without the first axis.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'``.

    Returns:
        A new array of the same shape, of the float type of `x`, or `floatx` if `x` holds integers. `x` stays
        as it is.

    Raises:
        ValueError: if `x` has another number of axes or not 3 channels.
    """
    ordering = resolve_dim_ordering("preprocess_input", dim_ordering)
    pictures = as_floats(x)
    axis = {"tf": -1, "th": -3}[ordering]
    if pictures.ndim not in (3, 4) or pictures.shape[axis] != 3:
        wanted = {"tf": "(samples, rows, columns, 3)", "th": "(samples, 3, rows, columns)"}[ordering]
        raise ValueError(
            f"preprocess_input: wanted pictures of the shape {wanted} for dim_ordering {ordering!r}, got "
            f"{pictures.shape}."
        )
    means = np.array(_MEANS, pictures.dtype)
    return np.flip(pictures, axis) - (means if ordering == "tf" else means[:, None, None])


def scaled_input(x: Any) -> np.ndarray:
    """Pictures as InceptionV3 and Xception take them: from -1 to 1.

    Args:
        x: RGB pictures, numbers from 0 to 255, any shape.

    Returns:
        A new array of the same shape, of the float type of `x`, or `floatx` if `x` holds integers. `x` stays
        as it is.
    """
    return (as_floats(x) / 255.0 - 0.5) * 2.0


def as_floats(x: Any) -> np.ndarray:
    """`x` as an array of floats."""
    array = np.asarray(x)
    return array if array.dtype.kind == "f" else array.astype(K.floatx())


def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """The most probable classes of ImageNet.

    The names of the classes are fetched on the first call, and kept below ``$KERAS_HOME/models``.

    Args:
        preds: probabilities, ``(samples, 1000)``.
        top: how many classes to give for each sample.

    Returns:
        For each sample a list of ``(WordNet id, name, probability)``, the most probable first.

    Raises:
        ValueError: if `preds` has another shape.
        OSError: if the names can not be fetched.
    """
    global CLASS_INDEX
    values = checked_predictions("decode_predictions", preds, CLASSES)
    count = checked_top("decode_predictions", "top", top)
    if CLASS_INDEX is None:
        path = get_file(
            "imagenet_class_index.json", CLASS_INDEX_PATH, md5_hash=CLASS_INDEX_MD5, cache_subdir="models"
        )
        with open(path, encoding="utf-8") as file:
            CLASS_INDEX = json.load(file)
    classes = CLASS_INDEX
    return [[(*classes[str(index)], row[index]) for index in largest(row, count)] for row in values]


def checked_predictions(where: str, preds: Any, classes: int) -> np.ndarray:
    """`preds` as an array, if it has the shape ``(samples, classes)``; else a ValueError."""
    values = np.asarray(preds)
    if values.ndim != 2 or values.shape[1] != classes:
        raise ValueError(
            f"{where}: wanted predictions of the shape (samples, {classes}), got {values.shape}. Names are "
            "known for the classes of the published weights only."
        )
    return values


def checked_top(where: str, name: str, value: Any) -> int:
    """`value` as an integer of at least 0; else a ValueError."""
    count = whole_number(value)
    if count is None or count < 0:
        raise ValueError(f"{where}: {name} must be an integer of at least 0, got {value!r}.")
    return count


def largest(row: np.ndarray, count: int) -> list[int]:
    """The indices of the `count` largest numbers, the largest first."""
    return np.argsort(row, kind="stable")[::-1][:count].tolist()


def _obtain_input_shape(
    input_shape: Any, default_size: int, min_size: int, dim_ordering: str, include_top: bool
) -> Shape:
    """The shape of the input of an image model, without the axis of samples.

    Args:
        input_shape: the shape wanted, or None.
        default_size: rows and columns of the pictures that the model was made for.
        min_size: the least number of rows and columns.
        dim_ordering: ``'tf'`` or ``'th'``.
        include_top: whether the model has its dense layers, which are made for pictures of the default size.

    Returns:
        The shape; without dense layers rows and columns may be None, for any size.

    Raises:
        ValueError: if `input_shape` does not fit.
    """
    ordering = resolve_dim_ordering("_obtain_input_shape", dim_ordering)
    if input_shape is None:
        size = default_size if include_top else None
        return image_shape(ordering, size, size)
    shape = shape_tuple("Image model", "input_shape", input_shape)
    default = image_shape(ordering, default_size, default_size)
    if include_top:
        if shape != default:
            raise ValueError(
                f"input_shape must be {default} with include_top=True, got {shape}. Pass include_top=False "
                "for pictures of another size."
            )
        return shape
    check_picture_shape("input_shape", shape, ordering, min_size)
    return shape


def image_shape(ordering: str, rows: int | None, columns: int | None) -> Shape:
    """The shape of an RGB picture."""
    return (rows, columns, 3) if ordering == "tf" else (3, rows, columns)


def check_picture_shape(
    where: str, shape: Sequence[int | None], ordering: str, min_size: int, any_channels: bool = False
) -> None:
    """Raises ValueError if a picture has not 3 axes, not 3 channels, or too few rows or columns."""
    wanted = {"tf": "(rows, columns, 3)", "th": "(3, rows, columns)"}[ordering]
    channels, sizes = (shape[:1], shape[1:]) if ordering == "th" else (shape[-1:], shape[:-1])
    if len(shape) != 3 or (tuple(channels) != (3,) and not any_channels):
        raise ValueError(f"{where} must be {wanted} for dim_ordering {ordering!r}, got {tuple(shape)}.")
    if any(size is not None and size < min_size for size in sizes):
        raise ValueError(
            f"{where} must have at least {min_size} rows and {min_size} columns, got {tuple(shape)} (order "
            f"of axes {wanted})."
        )
