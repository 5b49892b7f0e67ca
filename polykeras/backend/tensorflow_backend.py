"""`K` on TensorFlow, whichever backend is in use; the engine is loaded on the first touch of an operation."""

from __future__ import annotations

from typing import Any

from .binding import member
from .binding import py_all as py_all
from .common import cast_to_floatx as cast_to_floatx
from .common import epsilon as epsilon
from .common import floatx as floatx
from .common import image_dim_ordering as image_dim_ordering
from .common import set_epsilon as set_epsilon
from .common import set_floatx as set_floatx
from .common import set_image_dim_ordering as set_image_dim_ordering


def __getattr__(name: str) -> Any:
    return member(__name__, "tensorflow", name)
