"""The kernels of convolutional layers: which weights they are, and how they are rotated."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from .. import backend as K
from .np_utils import convert_kernel

# By name: these classes are layers, and live floors above. Their kernels have at least four axes.
_CONVOLUTIONS = {
    "AtrousConvolution1D",
    "AtrousConvolution2D",
    "ConvLSTM2D",
    "Convolution1D",
    "Convolution2D",
    "Convolution3D",
    "Deconvolution2D",
}
_INNER = ("layer", "forward_layer", "backward_layer")


def inner_layers(layer: Any) -> list[Any]:
    """The layers that a model or a wrapper is made of, none for other layers."""
    inner = [getattr(layer, name) for name in _INNER if hasattr(getattr(layer, name, None), "weights")]
    return [*inner, *(getattr(layer, "layers", None) or ())]


def weight_owners(layer: Any) -> dict[int, Any]:
    """For the identity of each weight of a layer, model or wrapper the innermost layer that it belongs to."""
    owners: dict[int, Any] = {}
    for part in inner_layers(layer):
        owners.update(weight_owners(part))
    for weight in layer.weights:
        owners.setdefault(id(weight), layer)
    return owners


def is_rotated(layer: Any) -> bool:
    """Whether Keras 1 convolved with the layer's kernels: rotated ones under Theano.

    Not so `SeparableConvolution2D`, which was there for TensorFlow only.
    """
    names = {cls.__name__ for cls in type(layer).__mro__}
    return bool(names & _CONVOLUTIONS) and "SeparableConvolution2D" not in names


def is_kernel(layer: Any, ndim: int) -> bool:
    """Whether a weight of `ndim` axes is a kernel that Keras 1 rotated under Theano."""
    return ndim >= 4 and is_rotated(layer)


def rotated(layer: Any, kernel: Any) -> Any:
    """A kernel of a layer, an array, rotated by 180 degrees."""
    return convert_kernel(kernel, getattr(layer, "dim_ordering", "tf"))


def convert_all_kernels_in_model(model: Any) -> None:
    """Rotates the kernels of all convolutional layers in a model by 180 degrees, wherever they are nested.

    Both engines here compute cross-correlations, so the same kernels serve both, and `load_weights` rotates
    those of a file that was written under Theano. Kernels that `load_weights` has set are left alone, with a
    warning: programs for Keras 1 call this after loading a file of the other backend. What is left to rotate
    are kernels for a true convolution which came by `set_weights`.
    """
    settled, kernels = [], []
    for layer in _distinct_convolutions(model):
        if getattr(layer, "kernels_from_file", False):
            settled.append(layer.name)
            continue
        kernels += [(layer, weight) for weight in layer.weights if len(K.get_variable_shape(weight)) >= 4]
    values = K.batch_get_value([weight for _, weight in kernels])
    K.batch_set_value(
        [(weight, rotated(layer, value)) for (layer, weight), value in zip(kernels, values, strict=True)]
    )
    if settled:
        warnings.warn(
            "convert_all_kernels_in_model: load_weights has brought the kernels of "
            f"{len(settled)} layers ({', '.join(settled[:3])}{', ...' if len(settled) > 3 else ''}) into the "
            "form that the engine needs, so they are left as they are. If the file holds kernels for a true "
            "convolution all the same, load it by load_weights(path, original_backend='theano').",
            stacklevel=2,
        )


def _distinct_convolutions(model: Any) -> list[Any]:
    return list({id(layer): layer for layer in _leaves(model) if is_rotated(layer)}.values())


def _leaves(layer: Any) -> Iterator[Any]:
    inner = inner_layers(layer)
    if not inner:
        yield layer
    for part in inner:
        yield from _leaves(part)
