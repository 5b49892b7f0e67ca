"""What the functions for models of pictures have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .. import backend as K
from ..engine.input_layer import Input
from ..engine.model import Model
from ..engine.node import get_source_inputs
from ..engine.spec import Shape, describe, is_keras_tensor, shape_of
from .imagenet_utils import CLASSES, _obtain_input_shape, check_picture_shape
from .pretrained import Published, check_classes, check_weights, load_file, located

_PUBLISHED = "imagenet"


@dataclass(frozen=True)
class ImageModel:
    """A network that was published with weights for ImageNet.

    Attributes:
        title: the name of its function, for messages.
        name: the name of the model.
        network: a function from the input, `include_top` and `classes` to the output.
        size: rows and columns of the pictures that it was made for.
        least_size: the least number of rows and columns.
        dim_ordering: the one that it is bound to; None: that of the settings.
    """

    title: str
    name: str
    network: Callable[[Any, Any, int], Any]
    size: int
    least_size: int
    dim_ordering: str | None = None

    def build(
        self,
        top: Published,
        no_top: Published,
        include_top: Any,
        weights: Any,
        input_tensor: Any,
        input_shape: Any,
        classes: Any,
    ) -> Model:
        """The model, with weights by position.

        The published weights are for the ordering ``'tf'``; a model of the other one gets them transposed.

        Args:
            top, no_top: the published weights with and without dense layers.

        The other arguments and the errors are those of the functions, see `polykeras.applications`.
        """
        check_weights(self.title, weights, _PUBLISHED)
        check_classes(self.title, classes, weights, include_top, _PUBLISHED, CLASSES)
        ordering = self.dim_ordering or K.image_dim_ordering()
        shape = _obtain_input_shape(input_shape, self.size, self.least_size, ordering, include_top)
        start = start_from(self.title, input_tensor, shape)
        if input_tensor is not None:
            found: Any = shape_of(start)
            check_picture_shape(
                f"{self.title}: input_tensor",
                found[1:],
                ordering,
                1,  # the size is that of the program: no least one was asked of tensors
                any_channels=weights is None,
            )
        if weights is not None:
            path, kind = located(weights, _PUBLISHED, top if include_top else no_top, self.name)
        model = Model(get_source_inputs(start), self.network(start, include_top, classes), name=self.name)
        if weights is not None:
            load_file(model, start, path, kind)
        return model


def start_from(where: str, input_tensor: Any, shape: Shape) -> Any:
    """The tensor that a model starts from: a new input of a shape, or a given tensor with as many axes."""
    if input_tensor is None:
        return Input(shape=shape)
    if not K.is_tensor(input_tensor):
        raise TypeError(
            f"{where}: input_tensor must be a tensor, such as Input(shape={shape}), got "
            f"{describe(input_tensor)}."
        )
    found = shape_of(input_tensor)
    if found is not None and len(found) != len(shape) + 1:
        raise ValueError(
            f"{where}: input_tensor must have {len(shape) + 1} axes, such as Input(shape={shape}), got "
            f"{describe(input_tensor)}."
        )
    if is_keras_tensor(input_tensor):
        return input_tensor
    sizes = zip(found[1:], shape, strict=True) if found is not None else ()
    known = tuple(default if size is None else size for size, default in sizes)
    return Input(tensor=input_tensor, shape=known or shape)


def channel_axis() -> int:
    """The axis of the channels of pictures in the default ordering."""
    return {"tf": 3, "th": 1}[K.image_dim_ordering()]
