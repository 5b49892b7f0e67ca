"""The networks of Simonyan and Zisserman: 3x3 convolutions in five blocks, then three dense layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..layers import Convolution2D, Dense, Flatten, MaxPooling2D
from .image_model import ImageModel

_FILTERS = (64, 128, 256, 512, 512)


def vgg(title: str, depths: Sequence[int]) -> ImageModel:
    """The network of this family whose blocks have so many convolutions."""

    def network(x: Any, include_top: Any, classes: int) -> Any:
        for block, (filters, depth) in enumerate(zip(_FILTERS, depths, strict=True), 1):
            for number in range(1, depth + 1):
                name = f"block{block}_conv{number}"
                x = Convolution2D(filters, 3, 3, activation="relu", border_mode="same", name=name)(x)
            x = MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
        if include_top:
            x = Flatten(name="flatten")(x)
            x = Dense(4096, activation="relu", name="fc1")(x)
            x = Dense(4096, activation="relu", name="fc2")(x)
            x = Dense(classes, activation="softmax", name="predictions")(x)
        return x

    return ImageModel(title, title.lower(), network, size=224, least_size=48)
