"""The networks of Simonyan and Zisserman: 3x3 convolutions in five blocks, then three dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..engine.model import Model
from ..layers import Convolution2D, Dense, Flatten, MaxPooling2D
from .pretrained import Published, finished, image_input, load_image_weights

FILTERS = (64, 128, 256, 512, 512)
SIZE, LEAST_SIZE = 224, 48


def vgg(
    title: str,
    depths: Sequence[int],
    top: Published,
    no_top: Published,
    include_top: Any,
    weights: Any,
    input_tensor: Any,
    input_shape: Any,
    classes: Any,
) -> Model:
    """A network of this family.

    Args:
        title: its name in messages; in small letters it is the model's name.
        depths: how many convolutions each block has.
        top, no_top: the published weights with and without the dense layers.

    The other arguments are those of `VGG16`.
    """
    ordering = K.image_dim_ordering()
    start = image_input(
        title, include_top, weights, input_tensor, input_shape, classes, SIZE, LEAST_SIZE, ordering
    )
    x = start
    for block, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 1):
        for number in range(1, depth + 1):
            name = f"block{block}_conv{number}"
            x = Convolution2D(filters, 3, 3, activation="relu", border_mode="same", name=name)(x)
        x = MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
    if include_top:
        x = Flatten(name="flatten")(x)
        x = Dense(4096, activation="relu", name="fc1")(x)
        x = Dense(4096, activation="relu", name="fc2")(x)
        x = Dense(classes, activation="softmax", name="predictions")(x)
    model = finished(start, x, title.lower())
    load_image_weights(model, start, weights, include_top, top, no_top)
    return model
