"""VGG16, a network of 16 layers with weights for pictures."""

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
TH_WEIGHTS_PATH = f"{_RELEASE}vgg16_weights_th_dim_ordering_th_kernels.h5"
TF_WEIGHTS_PATH = f"{_RELEASE}vgg16_weights_tf_dim_ordering_tf_kernels.h5"
TH_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}vgg16_weights_th_dim_ordering_th_kernels_notop.h5"
TF_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
MD5 = "64373286793e3c8b2b4e3219cbf3544b"
MD5_NO_TOP = "6d6bbae143d832006294945121d1f1fc"


_MODEL = vgg("VGG16", (2, 2, 3, 3, 3))


def VGG16(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    classes: int = 1000,
) -> Model:
    """The network VGG-16 (Simonyan and Zisserman, 2014, arXiv:1409.1556).

    Input: ``(samples, 224, 224, 3)``, or ``(samples, 3, 224, 224)`` if the default order of image axes is
    ``'th'``; pictures as `preprocess_input` gives them. Output: ``(samples, classes)``, probabilities;
    without dense layers the features of the last pooling, 512 channels with 1/32 of the rows and columns.

    Arguments and errors: see `polykeras.applications`. Pictures have at least 48 rows and columns.
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
