"""Settings that no engine has a say in (`keras.backend.common` of Keras 1)."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from ..config import cast_to_floatx as cast_to_floatx
from ..config import epsilon as epsilon
from ..config import floatx as floatx
from ..config import image_dim_ordering as image_dim_ordering
from ..config import legacy_weight_ordering as legacy_weight_ordering
from ..config import set_epsilon as set_epsilon
from ..config import set_floatx as set_floatx
from ..config import set_image_dim_ordering as set_image_dim_ordering
from ..config import set_legacy_weight_ordering as set_legacy_weight_ordering


def get_uid(prefix: str = "") -> int:
    """The next number for names with this prefix, from 1 (of the backend in use)."""
    return int(K.get_uid(prefix))


def reset_uids() -> None:
    """Lets the numbers that `get_uid` gives start again at 1 (on the backend in use)."""
    K.reset_uids()


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is the output of a layer, or of `Input`."""
    return bool(K.is_keras_tensor(x))
