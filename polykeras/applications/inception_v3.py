"""InceptionV3, a network of parallel branches with weights for pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend
from ..engine.merge import merge as merge
from ..engine.model import Model as Model
from ..engine.node import get_source_inputs as get_source_inputs
from ..layers import AveragePooling2D as AveragePooling2D
from ..layers import BatchNormalization as BatchNormalization
from ..layers import Convolution2D as Convolution2D
from ..layers import Dense as Dense
from ..layers import Flatten as Flatten
from ..layers import Input as Input
from ..layers import MaxPooling2D as MaxPooling2D
from ..utils.data_utils import get_file as get_file
from ..utils.layer_utils import convert_all_kernels_in_model as convert_all_kernels_in_model
from .image_model import ImageModel, channel_axis
from .imagenet_utils import decode_predictions as decode_predictions
from .imagenet_utils import scaled_input
from .pretrained import Published

K = backend

_RELEASE = "https://github.com/fchollet/deep-learning-models/releases/download/v0.2/"
TH_WEIGHTS_PATH = f"{_RELEASE}inception_v3_weights_th_dim_ordering_th_kernels.h5"
TF_WEIGHTS_PATH = f"{_RELEASE}inception_v3_weights_tf_dim_ordering_tf_kernels.h5"
TH_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}inception_v3_weights_th_dim_ordering_th_kernels_notop.h5"
TF_WEIGHTS_PATH_NO_TOP = f"{_RELEASE}inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
MD5 = "fe114b3ff2ea4bf891e9353d1bbfb32f"
MD5_NO_TOP = "2f3609166de1d967d1a481094754f691"

# A convolution: filters, rows and columns of the kernel, step; with a step of 2 there is no padding.
_Step = tuple[int, int, int, int]


def conv2d_bn(
    x: Any,
    nb_filter: int,
    nb_row: int,
    nb_col: int,
    border_mode: str = "same",
    subsample: Sequence[int] = (1, 1),
    name: str | None = None,
) -> Any:
    """A convolution with relu, then batch normalisation over the channels.

    Args:
        x: the input.
        nb_filter, nb_row, nb_col, border_mode, subsample: as for `Convolution2D`.
        name: the layers are called ``name_conv`` and ``name_bn``; None: by class and number.

    Returns:
        The output.
    """
    x = Convolution2D(
        nb_filter,
        nb_row,
        nb_col,
        subsample=subsample,
        activation="relu",
        border_mode=border_mode,
        name=None if name is None else f"{name}_conv",
    )(x)
    return BatchNormalization(axis=channel_axis(), name=None if name is None else f"{name}_bn")(x)


def preprocess_input(x: Any) -> Any:
    """Pictures from -1 to 1, as a new array; see `imagenet_utils.scaled_input`."""
    return scaled_input(x)


def _branch(x: Any, *steps: _Step) -> Any:
    for filters, rows, columns, step in steps:
        mode = "same" if step == 1 else "valid"
        x = conv2d_bn(x, filters, rows, columns, border_mode=mode, subsample=(step, step))
    return x


def _pooled(x: Any, filters: int) -> Any:
    """The branch with a mean over 3x3."""
    x = AveragePooling2D((3, 3), strides=(1, 1), border_mode="same")(x)
    return conv2d_bn(x, filters, 1, 1)


def _joined(branches: Sequence[Any], name: str | None = None) -> Any:
    return merge(list(branches), mode="concat", concat_axis=channel_axis(), name=name)


def _stem(x: Any) -> Any:
    x = conv2d_bn(x, 32, 3, 3, subsample=(2, 2), border_mode="valid")
    x = conv2d_bn(x, 32, 3, 3, border_mode="valid")
    x = conv2d_bn(x, 64, 3, 3)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = conv2d_bn(x, 80, 1, 1, border_mode="valid")
    x = conv2d_bn(x, 192, 3, 3, border_mode="valid")
    return MaxPooling2D((3, 3), strides=(2, 2))(x)


def _of_35_rows(x: Any, name: str) -> Any:
    return _joined(
        [
            _branch(x, (64, 1, 1, 1)),
            _branch(x, (48, 1, 1, 1), (64, 5, 5, 1)),
            _branch(x, (64, 1, 1, 1), (96, 3, 3, 1), (96, 3, 3, 1)),
            _pooled(x, 32),
        ],
        name,
    )


def _to_17_rows(x: Any, name: str) -> Any:
    return _joined(
        [
            _branch(x, (384, 3, 3, 2)),
            _branch(x, (64, 1, 1, 1), (96, 3, 3, 1), (96, 3, 3, 2)),
            MaxPooling2D((3, 3), strides=(2, 2))(x),
        ],
        name,
    )


def _of_17_rows(x: Any, narrow: int, inner: int, name: str) -> Any:
    """`narrow`: channels behind the first kernel of the long branch; `inner`: in the rest of both."""
    return _joined(
        [
            _branch(x, (192, 1, 1, 1)),
            _branch(x, (inner, 1, 1, 1), (inner, 1, 7, 1), (192, 7, 1, 1)),
            _branch(
                x,
                (narrow, 1, 1, 1),
                (inner, 7, 1, 1),
                (inner, 1, 7, 1),
                (inner, 7, 1, 1),
                (192, 1, 7, 1),
            ),
            _pooled(x, 192),
        ],
        name,
    )


def _to_8_rows(x: Any, name: str) -> Any:
    return _joined(
        [
            _branch(x, (192, 1, 1, 1), (320, 3, 3, 2)),
            _branch(x, (192, 1, 1, 1), (192, 1, 7, 1), (192, 7, 1, 1), (192, 3, 3, 2)),
            AveragePooling2D((3, 3), strides=(2, 2))(x),
        ],
        name,
    )


def _forked(x: Any, name: str | None) -> Any:
    """A row of three and a column of three, side by side."""
    return _joined([conv2d_bn(x, 384, 1, 3), conv2d_bn(x, 384, 3, 1)], name)


def _of_8_rows(x: Any, name: str, inner_name: str) -> Any:
    return _joined(
        [
            _branch(x, (320, 1, 1, 1)),
            _forked(_branch(x, (384, 1, 1, 1)), inner_name),
            _forked(_branch(x, (448, 1, 1, 1), (384, 3, 3, 1)), None),
            _pooled(x, 192),
        ],
        name,
    )


def _network(x: Any, include_top: Any, classes: int) -> Any:
    x = _stem(x)
    for index in range(3):
        x = _of_35_rows(x, f"mixed{index}")
    x = _to_17_rows(x, "mixed3")
    for index, (narrow, inner) in enumerate([(128, 128), (160, 160), (160, 160), (160, 192)], 4):
        x = _of_17_rows(x, narrow, inner, f"mixed{index}")
    x = _to_8_rows(x, "mixed8")
    for index in range(2):
        x = _of_8_rows(x, f"mixed{9 + index}", f"mixed9_{index}")
    if include_top:
        x = AveragePooling2D((8, 8), strides=(8, 8), name="avg_pool")(x)
        x = Flatten(name="flatten")(x)
        x = Dense(classes, activation="softmax", name="predictions")(x)
    return x


_MODEL = ImageModel("InceptionV3", "inception_v3", _network, size=299, least_size=139)


def InceptionV3(
    include_top: bool = True,
    weights: Any = "imagenet",
    input_tensor: Any = None,
    input_shape: Any = None,
    classes: int = 1000,
) -> Model:
    """The network Inception v3 (Szegedy et al., 2015, arXiv:1512.00567), as Keras 1 has it.

    Input: ``(samples, 299, 299, 3)``, or ``(samples, 3, 299, 299)`` if the default order of image axes is
    ``'th'``; pictures as `preprocess_input` of this module gives them. Output: ``(samples, classes)``,
    probabilities; without the dense layer 2048 channels, for pictures of that size 8 rows and columns.

    It is not the network of that name in later versions of Keras, whose weights do not fit.

    Arguments and errors: see `polykeras.applications`. Pictures have at least 139 rows and columns.
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
