"""``tf.layers`` and ``tf.contrib.layers``: layers as functions, with variables of the open scope."""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

from ..graph import graph_scope, state
from .scopes import get_variable, variable_scope

v1 = tf.compat.v1


def _pair(sizes: Any) -> list[int]:
    return [int(sizes)] * 2 if isinstance(sizes, int) else [int(each) for each in sizes]


def _with_bias(x: Any, size: int, initializer: Any, name: str) -> Any:
    if initializer is None:
        return x
    return tf.nn.bias_add(x, get_variable(name, [size], x.dtype, initializer))


def dense(
    inputs: Any,
    units: int,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = v1.zeros_initializer(),  # noqa: B008
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
) -> Any:
    """``tf.layers.dense``: the product of the last axis and a kernel, with a bias and an activation."""
    with graph_scope(), variable_scope(name, "dense", reuse=reuse):
        x = tf.convert_to_tensor(inputs)
        shape = [int(x.shape[-1]), int(units)]
        kernel = get_variable(
            "kernel", shape, x.dtype, kernel_initializer, kernel_regularizer, trainable=trainable
        )
        x = tf.tensordot(x, kernel, 1) if (x.shape.rank or 2) > 2 else tf.matmul(x, kernel)
        x = _with_bias(x, units, bias_initializer if use_bias else None, "bias")
        return x if activation is None else activation(x)


def conv2d(
    inputs: Any,
    filters: int,
    kernel_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: str = "channels_last",
    dilation_rate: Any = (1, 1),
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = v1.zeros_initializer(),  # noqa: B008
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
) -> Any:
    """``tf.layers.conv2d``: a convolution of images with channels last."""
    _last(data_format, "conv2d")
    with graph_scope(), variable_scope(name, "conv2d", reuse=reuse):
        x = tf.convert_to_tensor(inputs)
        shape = [*_pair(kernel_size), int(x.shape[-1]), int(filters)]
        kernel = get_variable(
            "kernel", shape, x.dtype, kernel_initializer, kernel_regularizer, trainable=trainable
        )
        x = tf.nn.conv2d(x, kernel, _pair(strides), padding.upper(), dilations=_pair(dilation_rate))
        x = _with_bias(x, filters, bias_initializer if use_bias else None, "bias")
        return x if activation is None else activation(x)


def _last(data_format: str, name: str) -> None:
    if data_format not in ("channels_last", "NHWC", None):
        raise NotImplementedError(
            f"{name}: wanted channels last, got data_format={data_format!r}. Transpose the images."
        )


def max_pooling2d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Any:
    """The largest value of each window."""
    _last(data_format, "max_pooling2d")
    with graph_scope():
        return tf.nn.max_pool2d(inputs, _pair(pool_size), _pair(strides), padding.upper(), name=name)


def average_pooling2d(
    inputs: Any,
    pool_size: Any,
    strides: Any,
    padding: str = "valid",
    data_format: str = "channels_last",
    name: str | None = None,
) -> Any:
    """The mean of each window."""
    _last(data_format, "average_pooling2d")
    with graph_scope():
        return tf.nn.avg_pool2d(inputs, _pair(pool_size), _pair(strides), padding.upper(), name=name)


def flatten(inputs: Any, name: str | None = None, **options: Any) -> Any:
    """All axes but that of the samples in one."""
    with graph_scope():
        x = tf.convert_to_tensor(inputs)
        sizes = x.shape.as_list()[1:]
        size = -1 if None in sizes else math.prod(sizes)
        return tf.reshape(x, [-1 if size != -1 else tf.shape(x)[0], size], name=name)


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: Any = None,
    training: Any = False,
    name: Any = None,
) -> Any:
    """``tf.layers.dropout``: a share `rate` of the elements set to zero, if in training."""
    with graph_scope():
        x = tf.convert_to_tensor(inputs)
        return _either(training, lambda: tf.nn.dropout(x, rate, noise_shape, seed), lambda: tf.identity(x))


def _either(flag: Any, then: Any, otherwise: Any) -> Any:
    """One of two results, by a bool that may be a tensor."""
    if tf.is_tensor(flag):
        return tf.cond(tf.cast(flag, tf.bool), then, otherwise)
    return then() if flag else otherwise()


def batch_normalization(
    inputs: Any,
    axis: int = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
    **options: Any,
) -> Any:
    """``tf.layers.batch_normalization`` of the last axis; what moves the averages is in ``UPDATE_OPS``."""
    with variable_scope(name, "batch_normalization", reuse=reuse):
        return _normalized(inputs, momentum, epsilon, center, scale, training, trainable, True)


def _normalized(
    inputs: Any,
    momentum: float,
    epsilon: float,
    center: bool,
    scale: bool,
    training: Any,
    trainable: bool,
    collected: bool,
) -> Any:
    with graph_scope():
        x = tf.convert_to_tensor(inputs)
        size, axes = int(x.shape[-1]), list(range(x.shape.rank - 1))
        zeros, ones = v1.zeros_initializer(), v1.ones_initializer()
        gamma = get_variable("gamma", [size], x.dtype, ones, trainable=trainable) if scale else None
        beta = get_variable("beta", [size], x.dtype, zeros, trainable=trainable) if center else None
        mean = get_variable("moving_mean", [size], x.dtype, zeros, trainable=False)
        variance = get_variable("moving_variance", [size], x.dtype, ones, trainable=False)
        now = tf.nn.moments(x, axes)
        used = [
            _either(training, lambda a=a: a, lambda b=b: b.read_value())
            for a, b in zip(now, (mean, variance), strict=True)
        ]
        updates = [
            tf.convert_to_tensor(old.assign(old * momentum + new * (1 - momentum)))
            for old, new in zip((mean, variance), used, strict=True)
        ]
        if training is not False:
            if collected:
                for each in updates:
                    state.graph.add_to_collection(v1.GraphKeys.UPDATE_OPS, each)
            else:
                with tf.control_dependencies(updates):
                    x = tf.identity(x)
        return tf.nn.batch_normalization(x, *used, beta, gamma, epsilon)


LAYERS: dict[str, Any] = {
    each.__name__: each
    for each in (dense, conv2d, max_pooling2d, average_pooling2d, flatten, dropout, batch_normalization)
}
