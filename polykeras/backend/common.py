"""Settings that no engine has a say in (`keras.backend.common` of Keras 1).

The variables that held them there, such as ``_EPSILON``, can be read and set here too.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from types import ModuleType
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


class _Common(ModuleType):
    """This module, with the variables of Keras 1's."""

    @property
    def _FLOATX(self) -> str:
        return floatx()

    @_FLOATX.setter
    def _FLOATX(self, value: str) -> None:
        set_floatx(value)

    @property
    def _EPSILON(self) -> float:
        return epsilon()

    @_EPSILON.setter
    def _EPSILON(self, value: float) -> None:
        set_epsilon(value)

    @property
    def _IMAGE_DIM_ORDERING(self) -> str:
        return image_dim_ordering()

    @_IMAGE_DIM_ORDERING.setter
    def _IMAGE_DIM_ORDERING(self, value: str) -> None:
        set_image_dim_ordering(value)

    @property
    def _LEGACY_WEIGHT_ORDERING(self) -> bool:
        return legacy_weight_ordering()

    @_LEGACY_WEIGHT_ORDERING.setter
    def _LEGACY_WEIGHT_ORDERING(self, value: bool) -> None:
        set_legacy_weight_ordering(value)

    @property
    def _UID_PREFIXES(self) -> defaultdict[str, int]:
        """For each prefix the last number that `get_uid` gave: emptied, it starts at 1 again."""
        return K.adapter()._uid_counts()

    @_UID_PREFIXES.setter
    def _UID_PREFIXES(self, value: Any) -> None:
        counts = K.adapter()._uid_counts()
        kept = dict(value)
        counts.clear()
        counts.update(kept)

    @property
    def np(self) -> ModuleType:
        """NumPy, which the module had imported."""
        found: ModuleType = getattr(K, "np")  # noqa: B009
        return found


sys.modules[__name__].__class__ = _Common
