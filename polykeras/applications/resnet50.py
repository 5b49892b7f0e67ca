"""ResNet50, a residual network of 50 layers with weights for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend
from ..engine.merge import merge as merge
from ..engine.model import Model as Model
from ..engine.node import get_source_inputs as get_source_inputs
from ..layers import Activation as Activation
from ..layers import AveragePooling2D as AveragePooling2D
from ..layers import BatchNormalization as BatchNormalization
from ..layers import Convolution2D as Convolution2D
from ..layers import Dense as Dense
from ..layers import Flatten as Flatten
from ..layers import Input as Input
from ..layers import MaxPooling2D as MaxPooling2D
from ..layers import ZeroPadding2D as ZeroPadding2D
from ..utils.data_utils import get_file as get_file
from ..utils.layer_utils import convert_all_kernels_in_model as convert_all_kernels_in_model
from .image_model import ImageModel, channel_axis
from .imagenet_utils import decode_predictions as decode_predictions
from .imagenet_utils import preprocess_input as preprocess_input
from .pretrained import Published

K = backend

_RELEASE = "https://github.com/fchollet/deep-learning-models/releases/download/v0.2/"
TH_WEIGHTS_PATH = f"{_RELEASE}resnet50_weights_th_dim_ordering_th_kernels.h5"
TF_WEIGHTS_PATH = f"{_RELEASE}resnet50_weights_tf_dim_ordering_tf_kernels.h5"
TH_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}resnet50_weights_th_dim_ordering_th_kernels_notop.h5"
TF_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
MD5 = "a7b3fe01876f51b976af0dea6bc144eb"
MD5_NO_TOP = "a268eb855778b3df3c7506639542a6af"

# For each stage the filters of its blocks, how many blocks it has, and the step of the first one.
_STAGES = {
    2: ((64, 64, 256), 3, 1),
    3: ((128, 128, 512), 4, 2),
    4: ((256, 256, 1024), 6, 2),
    5: ((512, 512, 2048), 3, 2),
}


def _normalized(
    x: Any, nb_filter: int, size: int, stage: int, block: str, branch: str, **options: Any
) -> Any:
    """A convolution of a block and its normalisation."""
    place = f"{stage}{block}_branch{branch}"
    x = Convolution2D(nb_filter, size, size, name=f"res{place}", **options)(x)
    return BatchNormalization(axis=channel_axis(), name=f"bn{place}")(x)


def _main_path(
    x: Any, kernel_size: int, filters: Sequence[int], stage: int, block: str, strides: Sequence[int]
) -> Any:
    """The three convolutions of a block."""
    first, middle, last = filters
    x = _normalized(x, first, 1, stage, block, "2a", subsample=strides)
    x = Activation("relu")(x)
    x = _normalized(x, middle, kernel_size, stage, block, "2b", border_mode="same")
    x = Activation("relu")(x)
    return _normalized(x, last, 1, stage, block, "2c")


def identity_block(
    input_tensor: Any, kernel_size: int, filters: Sequence[int], stage: int, block: str
) -> Any:
    """A residual block whose input is added to its output as it is.

    Args:
        input_tensor: the input, with as many channels as the last number of `filters`.
        kernel_size: rows and columns of the kernel in the middle.
        filters: the channels of the three convolutions.
        stage: a number for the layers' names.
        block: a letter for the layers' names.

    Returns:
        The output, of the shape of the input.
    """
    x = _main_path(input_tensor, kernel_size, filters, stage, block, (1, 1))
    return Activation("relu")(merge([x, input_tensor], mode="sum"))


def conv_block(
    input_tensor: Any,
    kernel_size: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    strides: Sequence[int] = (2, 2),
) -> Any:
    """A residual block whose input goes through a convolution before it is added.

    Args:
        input_tensor, kernel_size, filters, stage, block: as for `identity_block`; the input may have any
            number of channels.
        strides: steps of the first convolution and of that of the input.

    Returns:
        The output: rows and columns divided by `strides`, as many channels as the last number of `filters`.
    """
    x = _main_path(input_tensor, kernel_size, filters, stage, block, strides)
    shortcut = _normalized(input_tensor, filters[2], 1, stage, block, "1", subsample=strides)
    return Activation("relu")(merge([x, shortcut], mode="sum"))


def _network(x: Any, include_top: Any, classes: int) -> Any:
    x = ZeroPadding2D((3, 3))(x)
    x = Convolution2D(64, 7, 7, subsample=(2, 2), name="conv1")(x)
    x = BatchNormalization(axis=channel_axis(), name="bn_conv1")(x)
    x = Activation("relu")(x)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)
    for stage, (filters, blocks, step) in _STAGES.items():
        x = conv_block(x, 3, filters, stage, "a", strides=(step, step))
        for block in "bcdef"[: blocks - 1]:
            x = identity_block(x, 3, filters, stage, block)
    x = AveragePooling2D((7, 7), name="avg_pool")(x)
    if include_top:
        x = Flatten()(x)
        x = Dense(classes, activation="softmax", name="fc1000")(x)
    return x


_MODEL = ImageModel("ResNet50", "resnet50", _network, size=224, least_size=197)


def ResNet50(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    classes: int = 1000,
) -> Model:
    """The residual network of 50 layers (He, Zhang, Ren and Sun, 2015, arXiv:1512.03385).

    Input: ``(samples, 224, 224, 3)``, or ``(samples, 3, 224, 224)`` if the default order of image axes is
    ``'th'``; pictures as `preprocess_input` gives them. Output: ``(samples, classes)``, probabilities;
    without the dense layer 2048 channels, for pictures of that size with one row and one column.

    Arguments and errors: see `polykeras.applications`. Pictures have at least 197 rows and columns.
    """
    return _MODEL.build(
        Published(TF_WEIGHTS_PATH, MD5),
        Published(TF_WEIGHTS_PATH_NO_TOP, MD5_NO_TOP),
        include_top,
        weights,
        input_tensor,
        input_shape,
        classes,
    )
