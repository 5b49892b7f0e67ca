"""``tf.contrib``: what it had of layers and recurrent cells; for the rest an error that names it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import tensorflow as tf

from ..graph import graph_scope, state
from . import layers
from .cells import CELLS, LOOPS
from .scopes import variable_scope

v1 = tf.compat.v1

_ZEROS = v1.zeros_initializer()
# What to write instead of some parts.
_INSTEAD = {
    "learn": "Use Keras models and scikit-learn.",
    "slim": "Use tf.contrib.layers or Keras layers.",
    "keras": "Use `import keras`.",
    "legacy_seq2seq": "Use recurrent layers of Keras, or tf.contrib.rnn.",
    "seq2seq": "Use recurrent layers of Keras, or tf.contrib.rnn.",
    "ffmpeg": "Use librosa.",
    "crf": "Write the loss with tf.scan.",
}


class Contrib(ModuleType):
    """A module of ``tf.contrib``; what it does not have is refused by name."""

    def __init__(self, name: str, **names: Any) -> None:
        super().__init__(name)
        vars(self).update(__path__=[], **names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        instead = _INSTEAD.get(name, "Use Keras layers, or operations of tf and tf.nn.")
        shown = self.__name__.replace("tensorflow", "tf", 1)
        raise AttributeError(f"{shown}.{name} was a part of TensorFlow 1 that is not supported. {instead}")


def xavier_initializer(uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32) -> Any:
    """Numbers of variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010)."""
    kind = "uniform" if uniform else "truncated_normal"
    return v1.variance_scaling_initializer(1.0, "fan_avg", kind, seed=seed, dtype=dtype)


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = tf.float32,
) -> Any:
    """Numbers of variance factor / fan (He et al., 2015)."""
    kind = "uniform" if uniform else "truncated_normal"
    return v1.variance_scaling_initializer(factor, mode.lower(), kind, seed=seed, dtype=dtype)


def l2_regularizer(scale: float, scope: str | None = None) -> Any:
    """``scale * sum(w ** 2) / 2``."""
    return lambda weights: scale * tf.nn.l2_loss(weights)


def l1_regularizer(scale: float, scope: str | None = None) -> Any:
    """``scale * sum(|w|)``."""
    return lambda weights: scale * tf.reduce_sum(tf.abs(weights))


def apply_regularization(regularizer: Any, weights_list: Any = None) -> Any:
    """The sum of a regularizer's penalties for variables."""
    with graph_scope():
        listed = weights_list or state.graph.get_collection(v1.GraphKeys.WEIGHTS)
        return tf.add_n([regularizer(each) for each in listed])


def _finished(x: Any, activation: Any, normalizer: Any, parameters: Any) -> Any:
    with graph_scope():
        x = x if normalizer is None else normalizer(x, **(parameters or {}))
        return x if activation is None else activation(x)


def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """A dense layer; of a normalized one the bias is left out."""
    with variable_scope(scope, "fully_connected", reuse=reuse):
        x = layers.dense(
            inputs,
            num_outputs,
            None,
            normalizer_fn is None and biases_initializer is not None,
            weights_initializer or xavier_initializer(),
            biases_initializer,
            weights_regularizer,
            trainable=trainable,
            name="weights",
            reuse=reuse,
        )
        return _finished(x, activation_fn, normalizer_fn, normalizer_params)


def convolution2d(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: Any = None,
    rate: Any = 1,
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = _ZEROS,
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """A convolution of images with channels last."""
    with variable_scope(scope, "Conv", reuse=reuse):
        x = layers.conv2d(
            inputs,
            num_outputs,
            kernel_size,
            stride,
            padding,
            data_format or "channels_last",
            rate,
            None,
            normalizer_fn is None and biases_initializer is not None,
            weights_initializer or xavier_initializer(),
            biases_initializer,
            weights_regularizer,
            trainable=trainable,
            name="weights",
            reuse=reuse,
        )
        return _finished(x, activation_fn, normalizer_fn, normalizer_params)


def max_pool2d(
    inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", scope: Any = None
) -> Any:
    """The largest value of each window."""
    return layers.max_pooling2d(inputs, kernel_size, stride, padding)


def avg_pool2d(
    inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", scope: Any = None
) -> Any:
    """The mean of each window."""
    return layers.average_pooling2d(inputs, kernel_size, stride, padding)


def dropout(
    inputs: Any, keep_prob: Any = 0.5, noise_shape: Any = None, is_training: Any = True, **options: Any
) -> Any:
    """A share `keep_prob` of the elements kept and scaled up, if in training."""
    return layers.dropout(inputs, 1 - keep_prob, noise_shape, training=is_training)


def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Any = None,
    param_initializers: Any = None,
    updates_collections: Any = v1.GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: Any = None,
    trainable: bool = True,
    scope: Any = None,
    **options: Any,
) -> Any:
    """Batch normalization; without `updates_collections` the averages move whenever it is computed."""
    with variable_scope(scope, "BatchNorm", reuse=reuse):
        collected = updates_collections is not None
        x = layers._normalized(inputs, decay, epsilon, center, scale, is_training, trainable, collected)
        return _finished(x, activation_fn, None, None)


def contrib() -> Contrib:
    """The module ``tf.contrib``."""
    functions = (
        *(fully_connected, convolution2d, max_pool2d, avg_pool2d, dropout, batch_norm, l1_regularizer),
        *(xavier_initializer, variance_scaling_initializer, l2_regularizer, apply_regularization),
    )
    names = {each.__name__: each for each in functions}
    own = Contrib(
        "tensorflow.contrib.layers",
        **names,
        conv2d=convolution2d,
        xavier_initializer_conv2d=xavier_initializer,
        flatten=layers.flatten,
    )
    cells = Contrib("tensorflow.contrib.rnn", **CELLS, **LOOPS)
    return Contrib("tensorflow.contrib", layers=own, rnn=cells)
