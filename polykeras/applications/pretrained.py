"""Weights that were published for a model: what may be asked for, where they lie, and how they are read."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..engine.graph_map import GraphMap
from ..engine.hdf5 import open_file
from ..engine.model import Model
from ..engine.spec import Shape
from ..engine.weights_io import (
    Conversion,
    fit_shapes,
    load_weights_from_group,
    load_weights_from_group_by_name,
    weights_group,
)
from ..errors import nearest, whole_number
from ..utils.data_utils import get_file
from ..utils.kernels import is_rotated


class Published(NamedTuple):
    """A file of weights on the web, in Keras 1's names: kernels for cross-correlation."""

    url: str
    md5: str | None


class Kind(NamedTuple):
    """What a file of weights was made for: ``'tf'`` or ``'th'`` each; None where it does not tell."""

    dim_ordering: str | None
    kernels: str | None


_BACKENDS = {"tf": "tensorflow", "th": "theano", None: None}


def check_weights(where: str, weights: Any, published: str) -> None:
    """Raises ValueError if `weights` is not None, the name of the published ones, or the path of a file."""
    if weights is None or (isinstance(weights, str) and weights == published):
        return
    if not isinstance(weights, (str, os.PathLike)) or not os.path.isfile(weights):
        raise ValueError(
            f"{where}: weights must be None (random start), {published!r} or the path of a file of weights, "
            f"got {weights!r}.{nearest(weights, [published])}"
        )


def check_classes(
    where: str, classes: Any, weights: Any, include_top: Any, published: str, count: int
) -> None:
    """Raises ValueError if `classes` is no count, or not that of the published weights that are asked for."""
    number = whole_number(classes)
    if number is None or number < 1:
        raise ValueError(f"{where}: classes must be an integer of at least 1, got {classes!r}.")
    if include_top and isinstance(weights, str) and weights == published and number != count:
        raise ValueError(
            f"{where}: classes must be {count} with weights={published!r} and include_top=True, got "
            f"{classes!r}. For other classes pass weights=None, or include_top=False and a layer of your own."
        )


def located(weights: Any, name: str, published: Published, model_name: str) -> tuple[Any, Kind]:
    """The path of the file that `weights` means, fetched if it is the `name` of the published ones, and its
    kind."""
    if isinstance(weights, str) and weights == name:
        return fetched(published), kind_of(published.url)
    return weights, kind_of_file(weights, model_name)


def fetched(published: Published) -> str:
    """The path of a published file in the cache."""
    name = published.url.rpartition("/")[2]
    return get_file(name, published.url, md5_hash=published.md5, cache_subdir="models")


def kind_of_file(path: Any, model_name: str) -> Kind:
    """The `Kind` that the name of a file tells if it is that of published weights of the model."""
    name = os.path.basename(os.fspath(path))
    return kind_of(name) if str(name).startswith(f"{model_name}_weights_") else Kind(None, None)


def kind_of(name: str) -> Kind:
    """The `Kind` that stands in a name such as ``vgg16_weights_th_dim_ordering_tf_kernels.h5``."""
    ordering = re.search(r"_(tf|th)_dim_ordering(?=[_.])", name)
    kernels = re.search(r"_(tf|th)_kernels(?=[_.])", name)
    return Kind(ordering and ordering[1], kernels and kernels[1])


def load_file(model: Model, start: Any, path: Any, kind: Kind, by_name: bool = False) -> None:
    """Sets the weights of the layers behind `start` from a file, whose kernels are transposed and rotated as
    its kind demands."""
    before = {id(layer) for layer in GraphMap([start]).layers}
    layers = [layer for layer in model.layers if id(layer) not in before]
    orderings = {layer.dim_ordering for layer in layers if hasattr(layer, "dim_ordering")}
    foreign = kind.dim_ordering is not None and orderings == {"tf", "th"} - {kind.dim_ordering}
    fit = _Reordered(kind.dim_ordering) if foreign and kind.dim_ordering else fit_shapes
    load = load_weights_from_group_by_name if by_name else load_weights_from_group
    with open_file(path) as file:
        load(layers, weights_group(file), original_backend=_BACKENDS[kind.kernels], fit=fit)


class _Reordered:
    """A `Fit` for a file of a model with the other order of axes.

    Args:
        stored: the ordering of the file.
    """

    def __init__(self, stored: str) -> None:
        self.stored = stored

    def __call__(self, layer: Any, shape: Shape, stored_shape: Shape) -> Conversion | None:
        if len(shape) == 4 and is_rotated(layer):
            axes = (3, 2, 0, 1) if self.stored == "tf" else (2, 3, 1, 0)
            fits = tuple(stored_shape[axis] for axis in axes) == tuple(shape)
            return (lambda kernel: kernel.transpose(axes)) if fits else None
        flattened = _flattened_shape(layer) if len(shape) == 2 else None
        if flattened is None or tuple(shape) != tuple(stored_shape):
            return fit_shapes(layer, shape, stored_shape)
        return lambda matrix: _reordered_rows(matrix, flattened, self.stored)


def _flattened_shape(layer: Any) -> Sequence[int] | None:
    """The shape of the pictures, without the axis of samples, whose numbers a dense layer takes in a row."""
    for node in layer.inbound_nodes:
        for before in node.inbound_layers:
            if type(before).__name__ == "Flatten" and len(before.input_shape) == 4:
                return before.input_shape[1:]
    return None


def _reordered_rows(matrix: np.ndarray, shape: Sequence[int], stored: str) -> np.ndarray:
    """The rows of a dense layer's matrix in the order of flattened pictures of a shape; in the file they have
    the other order."""
    if stored == "tf":
        channels, rows, columns = shape
        return matrix.reshape(rows, columns, channels, -1).transpose(2, 0, 1, 3).reshape(matrix.shape)
    rows, columns, channels = shape
    return matrix.reshape(channels, rows, columns, -1).transpose(1, 2, 0, 3).reshape(matrix.shape)
