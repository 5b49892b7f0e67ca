"""VGG19, a network of 19 layers with weights for pictures."""

from __future__ import annotations

from typing import Any

from .. import backend
from ..engine.model import Model as Model
from ..engine.node import get_source_inputs as get_source_inputs
from ..layers import Convolution2D as Convolution2D
from ..layers import Dense as Dense
from ..layers import Flatten as Flatten
from ..layers import Input as Input
from ..layers import MaxPooling2D as MaxPooling2D
from ..utils.data_utils import get_file as get_file
from ..utils.layer_utils import convert_all_kernels_in_model as convert_all_kernels_in_model
from .imagenet_utils import decode_predictions as decode_predictions
from .imagenet_utils import preprocess_input as preprocess_input
from .pretrained import Published
from .vgg import vgg

K = backend

_RELEASE = "https://github.com/fchollet/deep-learning-models/releases/download/v0.1/"
TH_WEIGHTS_PATH = f"{_RELEASE}vgg19_weights_th_dim_ordering_th_kernels.h5"
TF_WEIGHTS_PATH = f"{_RELEASE}vgg19_weights_tf_dim_ordering_tf_kernels.h5"
TH_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}vgg19_weights_th_dim_ordering_th_kernels_notop.h5"
TF_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
MD5 = "cbe5617147190e668d6c5d5026f83318"
MD5_NO_TOP = "253f8cb515780f3b799900260a226db6"


_MODEL = vgg("VGG19", (2, 2, 4, 4, 4))


def VGG19(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    classes: int = 1000,
) -> Model:
    """The network VGG-19: as `VGG16`, but with four convolutions in blocks 3, 4 and 5."""
    return _MODEL.build(
        Published(TF_WEIGHTS_PATH, MD5),
        Published(TF_WEIGHTS_PATH_NO_TOP, MD5_NO_TOP),
        include_top,
        weights,
        input_tensor,
        input_shape,
        classes,
    )
