"""Activation functions, cross-entropies and dropout on TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from ..interface import NN
from ..interface.arguments import check_dropped
from ..interface.variables import draw_seed
from .graph import in_graph
from .math import as_float, as_tensor, cast, constant_value, dtype_of, rank_of, same_dtype, sizes_of
from .random import dropout_mask
from .shape import reshaped


class TFNN(NN):
    random_step: Callable[[], Any]  # see `TFPhase`

    @in_graph
    def relu(self, x: Any, alpha: Any = 0.0, max_value: float | None = None) -> Any:
        x = as_tensor(x)
        slope = constant_value(alpha)
        if slope is not None and not np.any(slope):
            result = tf.nn.relu(x)
            return result if max_value is None else tf.minimum(result, tf.constant(max_value, x.dtype))
        if max_value is not None:
            x, alpha = same_dtype([x, alpha])
            positive = tf.minimum(tf.nn.relu(x), tf.constant(max_value, x.dtype))
            return positive - alpha * tf.nn.relu(-x)
        if dtype_of(x) == "float32" and slope is not None and slope.ndim == 0:
            return tf.nn.leaky_relu(x, float(slope))  # holds the slope in single precision
        x, alpha = same_dtype([x, alpha])
        return x * tf.where(x > 0, tf.constant(1, x.dtype), alpha)

    @in_graph
    def elu(self, x: Any, alpha: Any = 1.0) -> Any:
        x, slope = same_dtype([as_float(x), alpha])
        result = tf.nn.elu(x)
        if not tf.is_tensor(alpha) and np.all(alpha == np.asarray(1)):
            return result
        return tf.where(x > 0, result, slope * result)

    @in_graph
    def softmax(self, x: Any) -> Any:
        x = as_float(x)
        self._check_rank("softmax", x)
        return tf.nn.softmax(x)

    @in_graph
    def softplus(self, x: Any) -> Any:
        return tf.nn.softplus(as_float(x))

    @in_graph
    def sigmoid(self, x: Any) -> Any:
        return tf.sigmoid(as_float(x))

    @in_graph
    def tanh(self, x: Any) -> Any:
        return tf.tanh(as_float(x))

    @in_graph
    def categorical_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        output = as_float(output)
        target = cast(as_tensor(target, dtype_of(output)), dtype_of(output))
        if from_logits:
            # The fused kernel takes for granted that each target sums to 1.
            logarithm = tf.nn.log_softmax(output)
        else:
            scaled = output / tf.reduce_sum(output, axis=-1, keepdims=True)
            logarithm = tf.math.log(self._clip_probability(scaled))
        return -tf.reduce_sum(target * logarithm, axis=-1)

    @in_graph
    def sparse_categorical_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        output = as_float(output)
        self._check_rank("sparse_categorical_crossentropy", output)
        classes = tf.reshape(cast(as_tensor(target), "int64"), [-1])
        # The kernel's softmax scales clipped probabilities to sum 1.
        logits = output if from_logits else tf.math.log(self._clip_probability(output))
        sizes = sizes_of(output)
        rows = logits if len(sizes) == 2 else reshaped(logits, [-1, sizes[-1]])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=rows)
        return losses if len(sizes) == 2 else reshaped(losses, sizes[:-1])

    @in_graph
    def binary_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        output = as_float(output)
        target = cast(as_tensor(target, dtype_of(output)), dtype_of(output))
        if from_logits:
            return tf.nn.softplus(output) - output * target
        output = self._clip_probability(output)
        one = tf.constant(1, output.dtype)
        return -(target * tf.math.log(output) + (one - target) * tf.math.log(one - output))

    @in_graph
    def in_top_k(self, predictions: Any, targets: Any, k: int) -> Any:
        predictions = as_float(predictions)
        targets = cast(as_tensor(targets), "int64")
        classes = tf.cast(sizes_of(predictions)[1], tf.int64)
        valid = (targets >= 0) & (targets < classes)
        chosen = tf.gather(predictions, tf.where(valid, targets, 0), batch_dims=1)
        better = tf.reduce_sum(tf.cast(predictions > chosen[:, None], tf.int64), axis=1)
        known = tf.reduce_all(tf.math.is_finite(predictions), axis=1)
        return (better < tf.cast(k, tf.int64)) & known & valid

    @in_graph
    def dropout(self, x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
        level = check_dropped(level)
        seed = draw_seed() if seed is None else int(seed)
        x = as_float(x)
        if level == 0.0:
            return x
        sizes = sizes_of(x)
        if noise_shape is not None:
            asked = tf.unstack(noise_shape, num=len(sizes)) if tf.is_tensor(noise_shape) else noise_shape
            sizes = [sizes[axis] if size is None else size for axis, size in enumerate(asked)]
        return x * dropout_mask(seed, self.random_step(), sizes, level, dtype_of(x))

    @staticmethod
    def _check_rank(where: str, x: Any) -> None:
        if rank_of(where, x) < 1:
            raise ValueError(f"{where}: wanted a tensor with an axis of classes, got a scalar.")
