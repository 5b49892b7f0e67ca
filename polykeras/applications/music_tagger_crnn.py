"""MusicTaggerCRNN, a convolutional and recurrent network with weights for tags of music."""

from __future__ import annotations

from typing import Any

from .. import backend
from ..engine.model import Model as Model
from ..engine.node import get_source_inputs as get_source_inputs
from ..layers import ELU as ELU
from ..layers import GRU as GRU
from ..layers import BatchNormalization as BatchNormalization
from ..layers import Convolution2D as Convolution2D
from ..layers import Dense as Dense
from ..layers import Dropout as Dropout
from ..layers import Input as Input
from ..layers import MaxPooling2D as MaxPooling2D
from ..layers import Permute as Permute
from ..layers import Reshape as Reshape
from ..layers import ZeroPadding2D as ZeroPadding2D
from ..utils.data_utils import get_file as get_file
from ..utils.layer_utils import convert_all_kernels_in_model as convert_all_kernels_in_model
from .audio_conv_utils import TAGS
from .audio_conv_utils import decode_predictions as decode_predictions
from .audio_conv_utils import preprocess_input as preprocess_input
from .image_model import channel_axis, start_from
from .pretrained import Published, check_classes, check_weights, load_file, located

K = backend

_RELEASE = "https://github.com/fchollet/deep-learning-models/releases/download/v0.3/"
TH_WEIGHTS_PATH = f"{_RELEASE}music_tagger_crnn_weights_tf_kernels_th_dim_ordering.h5"
TF_WEIGHTS_PATH = f"{_RELEASE}music_tagger_crnn_weights_tf_kernels_tf_dim_ordering.h5"

_NAME = "music_tagger_crnn"
_BANDS, _FRAMES = 96, 1366
# The channels of each convolution, and the size of the pooling behind it.
_BLOCKS = ((64, 2), (128, 3), (128, 4), (128, 4))


def MusicTaggerCRNN(
    weights: Any = "msd", input_tensor: Any = None, include_top: bool = True, classes: int = 50
) -> Model:
    """A convolutional recurrent network that tags music (Choi, Fazekas, Sandler and Cho, 2016,
    arXiv:1609.04243).

    Input: ``(samples, 96, 1366, 1)``, or ``(samples, 1, 96, 1366)`` if the default order of image axes is
    ``'th'``: mel spectrograms as `audio_conv_utils.preprocess_input` gives them. Output:
    ``(samples, classes)``, a probability for each of `audio_conv_utils.TAGS`; without the dense layer
    ``(samples, 32)``.

    Args:
        weights: None: random start; ``'msd'``: those trained on the Million Song Dataset, which are fetched
            once and kept below ``$KERAS_HOME/models`` (no checksum of these files is known); or the path of a
            file of weights of this network. Layers get them by name.
        input_tensor: a tensor to start from in place of a new input.
        include_top: whether it has its dense layer.
        classes: number of outputs, other than 50 with weights of your own only.

    Raises:
        ValueError, TypeError: if an argument does not fit; nothing is built or fetched then.
        OSError: if the weights can not be fetched.
    """
    where = "MusicTaggerCRNN"
    check_weights(where, weights, "msd")
    check_classes(where, classes, weights, include_top, "msd", len(TAGS))
    ordering = K.image_dim_ordering()
    shape = {"tf": (_BANDS, _FRAMES, 1), "th": (1, _BANDS, _FRAMES)}[ordering]
    start = start_from(where, input_tensor, shape)
    if weights is not None:
        url = {"tf": TF_WEIGHTS_PATH, "th": TH_WEIGHTS_PATH}[ordering]
        path, kind = located(weights, "msd", Published(url, None), _NAME)
    time_axis = {"tf": 2, "th": 3}[ordering]

    x = ZeroPadding2D(padding=(0, 37))(start)
    x = BatchNormalization(axis=time_axis, name="bn_0_freq")(x)
    for number, (filters, pool) in enumerate(_BLOCKS, 1):
        x = Convolution2D(filters, 3, 3, border_mode="same", name=f"conv{number}")(x)
        x = BatchNormalization(axis=channel_axis(), mode=0, name=f"bn{number}")(x)
        x = ELU()(x)
        x = MaxPooling2D(pool_size=(pool, pool), strides=(pool, pool), name=f"pool{number}")(x)
    if time_axis == 3:
        x = Permute((3, 1, 2))(x)
    x = Reshape((15, 128))(x)
    x = GRU(32, return_sequences=True, name="gru1")(x)
    x = GRU(32, return_sequences=False, name="gru2")(x)
    if include_top:
        x = Dense(classes, activation="sigmoid", name="output")(x)
    model = Model(get_source_inputs(start), x, name=_NAME)
    if weights is not None:
        load_file(model, start, path, kind, by_name=True)
    return model
