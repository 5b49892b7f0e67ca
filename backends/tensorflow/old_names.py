"""What the module of Keras 1's TensorFlow backend had besides the operations of K: what it had imported, and
its helpers. Programs reach for both, as it had no ``__all__``."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any

import tensorflow as tf

from ... import config
from .graph import graph_scope

_MODULES = {
    "tf": "tensorflow",
    "functional_ops": "tensorflow.python.ops.functional_ops",
    "tensor_array_ops": "tensorflow.python.ops.tensor_array_ops",
    "ctc": "tensorflow.python.ops.ctc_ops",
    "moving_averages": "tensorflow.python.training.moving_averages",
}
# The TensorFlow whose names Keras 1.2.2 was written for, and which the alias supplies.
_VERSION = {"tf_major_version": 1, "tf_minor_version": 0}


def preprocess_conv2d_input(x: Any, dim_ordering: str) -> Any:
    """Images in the order of TensorFlow's operations, the channels last; float64 becomes float32."""
    return _transposed(_single(x), dim_ordering, (0, 2, 3, 1))


def preprocess_conv3d_input(x: Any, dim_ordering: str) -> Any:
    """Volumes in the order of TensorFlow's operations, the channels last; float64 becomes float32."""
    return _transposed(_single(x), dim_ordering, (0, 2, 3, 4, 1))


def preprocess_conv2d_kernel(kernel: Any, dim_ordering: str) -> Any:
    """A kernel as ``(rows, columns, in, out)``; float64 becomes float32."""
    return _transposed(_single(kernel), dim_ordering, (2, 3, 1, 0))


def preprocess_conv3d_kernel(kernel: Any, dim_ordering: str) -> Any:
    """A kernel as ``(depth, rows, columns, in, out)``; float64 becomes float32."""
    return _transposed(_single(kernel), dim_ordering, (2, 3, 4, 1, 0))


def preprocess_border_mode(border_mode: str) -> str:
    """The border mode as TensorFlow names it.

    Raises:
        ValueError: if it is neither ``'same'`` nor ``'valid'``.
    """
    if border_mode not in ("same", "valid"):
        raise ValueError(f"Invalid border mode: wanted 'same' or 'valid', got {border_mode!r}.")
    return border_mode.upper()


def preprocess_deconv_output_shape(x: Any, shape: Sequence[Any], dim_ordering: str) -> Any:
    """The shape of the result of a transposed convolution, channels last, as one tensor."""
    sizes = list(shape)
    if dim_ordering == "th":
        sizes = [sizes[0], sizes[2], sizes[3], sizes[1]]
    with graph_scope():
        return tf.stack([tf.shape(x)[0] if sizes[0] is None else sizes[0], *sizes[1:]])


def postprocess_conv2d_output(x: Any, dim_ordering: str) -> Any:
    """Images, channels last, in the given ordering and of the float type of the settings."""
    return _transposed(_as_settings(x), dim_ordering, (0, 3, 1, 2))


def postprocess_conv3d_output(x: Any, dim_ordering: str) -> Any:
    """Volumes, channels last, in the given ordering and of the float type of the settings."""
    return _transposed(_as_settings(x), dim_ordering, (0, 4, 1, 2, 3))


def _single(x: Any) -> Any:
    with graph_scope():
        return tf.cast(x, tf.float32) if x.dtype.base_dtype == tf.float64 else x


def _as_settings(x: Any) -> Any:
    with graph_scope():
        return tf.cast(x, tf.float64) if config.floatx() == "float64" else x


def _transposed(x: Any, dim_ordering: str, order: Sequence[int]) -> Any:
    """`x` with its axes in another order, if the ordering of the arguments is ``'th'``."""
    with graph_scope():
        return tf.transpose(x, order) if dim_ordering == "th" else x


def old_name(name: str) -> Any:
    """What the module had under a name.

    Raises:
        KeyError: if it had nothing of that name.
    """
    if name == "control_flow_ops":
        return _control_flow_ops()
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    return _VERSION[name] if name in _VERSION else _HELPERS[name]


def old_names() -> list[str]:
    """The names that a star import gave."""
    return [*_MODULES, *_VERSION, "control_flow_ops"]


@cache
def _control_flow_ops() -> Any:
    """TensorFlow's module of this name, with the operations that have moved from it since."""
    now = importlib.import_module("tensorflow.python.ops.control_flow_ops")
    then = ModuleType(now.__name__, now.__doc__)
    vars(then).update({name: getattr(tf.compat.v1, name) for name in ("case", "cond", "while_loop")})
    vars(then).update({name: value for name, value in vars(now).items() if not name.startswith("__")})
    return then


_HELPERS = {
    f"_{function.__name__}": function
    for function in (
        preprocess_conv2d_input,
        preprocess_conv3d_input,
        preprocess_conv2d_kernel,
        preprocess_conv3d_kernel,
        preprocess_border_mode,
        preprocess_deconv_output_shape,
        postprocess_conv2d_output,
        postprocess_conv3d_output,
    )
}
