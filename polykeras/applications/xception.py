"""Xception, a network of depthwise separable convolutions with weights for pictures."""

from __future__ import annotations

import warnings
from typing import Any

from .. import backend
from ..engine.merge import merge as merge
from ..engine.model import Model as Model
from ..engine.node import get_source_inputs as get_source_inputs
from ..layers import Activation as Activation
from ..layers import BatchNormalization as BatchNormalization
from ..layers import Convolution2D, SeparableConvolution2D
from ..layers import Dense as Dense
from ..layers import GlobalAveragePooling2D as GlobalAveragePooling2D
from ..layers import Input as Input
from ..layers import MaxPooling2D as MaxPooling2D
from ..utils.data_utils import get_file as get_file
from .image_model import ImageModel
from .imagenet_utils import decode_predictions as decode_predictions
from .imagenet_utils import scaled_input
from .pretrained import Published

K = backend
Conv2D = Convolution2D
SeparableConv2D = SeparableConvolution2D

_RELEASE = "https://github.com/fchollet/deep-learning-models/releases/download/v0.4/"
TF_WEIGHTS_PATH = f"{_RELEASE}xception_weights_tf_dim_ordering_tf_kernels.h5"
TF_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}xception_weights_tf_dim_ordering_tf_kernels_notop.h5"
MD5 = "0a58e3b7378bc2990ea3b43d5981f1f6"
MD5_NO_TOP = "b0042744bf5b25fce3cb969f33bebb97"

_ORDERING = "tf"


def preprocess_input(x: Any) -> Any:
    """Pictures from -1 to 1, as a new array; see `imagenet_utils.scaled_input`."""
    return scaled_input(x)


def _relu(x: Any, name: str) -> Any:
    return Activation("relu", name=f"{name}_act")(x)


def _convolved(x: Any, nb_filter: int, name: str, step: int) -> Any:
    x = Conv2D(nb_filter, 3, 3, subsample=(step, step), bias=False, dim_ordering=_ORDERING, name=name)(x)
    return BatchNormalization(name=f"{name}_bn")(x)


def _separated(x: Any, nb_filter: int, name: str) -> Any:
    x = SeparableConv2D(nb_filter, 3, 3, border_mode="same", bias=False, dim_ordering=_ORDERING, name=name)(x)
    return BatchNormalization(name=f"{name}_bn")(x)


def _halving_block(x: Any, block: int, first: int, last: int) -> Any:
    """Two separable convolutions and a pooling, beside a convolution of the input: half the rows and columns.

    Args:
        first, last: the channels of the two.
    """
    beside = Conv2D(last, 1, 1, subsample=(2, 2), border_mode="same", bias=False, dim_ordering=_ORDERING)(x)
    beside = BatchNormalization()(beside)
    name = f"block{block}"
    if block > 2:  # the input of block 2 comes from a relu
        x = _relu(x, f"{name}_sepconv1")
    x = _separated(x, first, f"{name}_sepconv1")
    x = _relu(x, f"{name}_sepconv2")
    x = _separated(x, last, f"{name}_sepconv2")
    x = MaxPooling2D((3, 3), strides=(2, 2), border_mode="same", dim_ordering=_ORDERING, name=f"{name}_pool")(
        x
    )
    return merge([x, beside], mode="sum")


def _middle_block(x: Any, block: int) -> Any:
    """Three separable convolutions, whose result is added to their input."""
    start = x
    for number in (1, 2, 3):
        name = f"block{block}_sepconv{number}"
        x = _separated(_relu(x, name), 728, name)
    return merge([x, start], mode="sum")


def _network(x: Any, include_top: Any, classes: int) -> Any:
    x = _relu(_convolved(x, 32, "block1_conv1", 2), "block1_conv1")
    x = _relu(_convolved(x, 64, "block1_conv2", 1), "block1_conv2")
    for block, filters in ((2, 128), (3, 256), (4, 728)):
        x = _halving_block(x, block, filters, filters)
    for block in range(5, 13):
        x = _middle_block(x, block)
    x = _halving_block(x, 13, 728, 1024)
    for number, filters in ((1, 1536), (2, 2048)):
        name = f"block14_sepconv{number}"
        x = _relu(_separated(x, filters, name), name)
    if include_top:
        x = GlobalAveragePooling2D(dim_ordering=_ORDERING, name="avg_pool")(x)
        x = Dense(classes, activation="softmax", name="predictions")(x)
    return x


_MODEL = ImageModel("Xception", "xception", _network, size=299, least_size=71, dim_ordering=_ORDERING)


def Xception(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    classes: int = 1000,
) -> Model:
    """The network Xception (Chollet, 2016, arXiv:1610.02357).

    Input: ``(samples, 299, 299, 3)``, pictures as `preprocess_input` of this module gives them; there is no
    other order of axes, so with ``'th'`` as the default there is a warning. Output: ``(samples, classes)``,
    probabilities; without the dense layer 2048 channels, for pictures of that size 10 rows and columns.

    Arguments and errors: see `polykeras.applications`. Pictures have at least 71 rows and columns.
    """
    if K.image_dim_ordering() != _ORDERING:
        warnings.warn(
            "Xception: the default order of image axes is 'th' (channels first), but this network takes "
            "pictures as (samples, rows, columns, channels) only. Transpose them, or set the order 'tf'.",
            stacklevel=2,
        )
    return _MODEL.build(
        Published(TF_WEIGHTS_PATH, MD5),
        Published(TF_WEIGHTS_PATH_NO_TOP, MD5_NO_TOP),
        include_top,
        weights,
        input_tensor,
        input_shape,
        classes,
    )
