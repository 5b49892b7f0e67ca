"""Activation functions, cross-entropies and dropout on PyTensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.special import softmax

from ... import config
from ..interface import NN
from ..interface.arguments import check_dropped
from ..interface.variables import draw_seed
from .mask import dropout_mask
from .math import as_float, as_tensor, cast, positive_part, same_dtype
from .ops.batch_normalization import BatchNormalize
from .ops.softmax_crossentropy import crossentropy, crossentropy_of_logits
from .shape import size_list
from .sizes import reshaped, sizes_of
from .states import RandomStates


class PTNN(RandomStates, NN):
    def relu(self, x: Any, alpha: Any = 0.0, max_value: float | None = None) -> Any:
        x = as_tensor(x)
        slope = as_tensor(alpha, x.dtype)
        linear = getattr(slope, "data", None)
        if linear is not None and not np.any(linear):
            result = positive_part(x)
            return result if max_value is None else pt.minimum(result, np.asarray(max_value, x.dtype))
        x, slope = same_dtype([x, slope])
        if max_value is None:
            return x * pt.switch(pt.gt(x, np.asarray(0, x.dtype)), np.asarray(1, x.dtype), slope)
        positive = pt.minimum(positive_part(x), np.asarray(max_value, x.dtype))
        return positive - slope * positive_part(-x)

    def elu(self, x: Any, alpha: Any = 1.0) -> Any:
        x, alpha = same_dtype([as_float(x), alpha])
        negative = pt.expm1(pt.minimum(x, np.asarray(0, x.dtype)))
        scaled = negative if np.all(getattr(alpha, "data", 0) == np.asarray(1)) else alpha * negative
        return positive_part(x) + scaled

    def softmax(self, x: Any) -> Any:
        x = as_float(x)
        self._check_rank("softmax", x)
        return softmax(x, axis=-1)

    def softplus(self, x: Any) -> Any:
        return pt.softplus(as_float(x))

    def sigmoid(self, x: Any) -> Any:
        return pt.sigmoid(as_float(x))

    def tanh(self, x: Any) -> Any:
        return pt.tanh(as_float(x))

    def softsign(self, x: Any) -> Any:
        x = as_float(x)
        return x / (np.asarray(1, x.dtype) + pt.abs(x))

    def hard_sigmoid(self, x: Any) -> Any:
        x = as_float(x)
        slope, middle = np.asarray(0.2, x.dtype), np.asarray(0.5, x.dtype)
        return self.clip(slope * x + middle, 0.0, 1.0)

    def dropout(self, x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
        level = check_dropped(level)
        seed = draw_seed() if seed is None else seed
        x = as_float(x)
        if level == 0.0:
            return x
        sizes = sizes_of(x)
        if noise_shape is not None:
            asked = size_list(noise_shape)
            sizes = [sizes[axis] if size is None else size for axis, size in enumerate(asked)]
        rng = self.random_rng(seed)
        drawn_in = x.dtype if x.dtype in ("float32", "float64") else "float32"
        following, mask = dropout_mask.make_node(rng, sizes, np.asarray(level, drawn_in)).outputs
        self.register_rng_update(rng, following)
        return x * cast(mask, x.dtype)

    def batch_normalization(
        self, x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float = 1e-3
    ) -> Any:
        x, mean, var, beta, gamma, added = same_dtype([x, mean, var, beta, gamma, epsilon])
        return super().batch_normalization(x, mean, var, beta, gamma, added)

    def normalize_batch_in_training(
        self, x: Any, gamma: Any, beta: Any, reduction_axes: Sequence[int], epsilon: float = 1e-3
    ) -> tuple[Any, Any, Any]:
        x, gamma, beta = same_dtype([as_float(x), gamma, beta])
        axes = {axis % max(x.ndim, 1) for axis in reduction_axes}
        kept = [axis for axis in range(x.ndim) if axis not in axes]
        if len(kept) != 1 or x.dtype not in ("float32", "float64") or gamma.ndim != 1 or beta.ndim != 1:
            return super().normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon)
        normalized, mean, var = BatchNormalize(kept[0], epsilon).make_node(x, gamma, beta).outputs
        return normalized, mean, var

    def categorical_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        output = as_float(output)
        target = cast(as_tensor(target, output.dtype), output.dtype)
        if from_logits:
            return crossentropy_of_logits(output, target, classes=False)
        return crossentropy(output, target, config.epsilon(), classes=False)

    def sparse_categorical_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        output = as_float(output)
        self._check_rank("sparse_categorical_crossentropy", output)
        classes = cast(as_tensor(target), "int64")
        if classes.ndim == output.ndim:
            classes = reshaped(classes, sizes_of(classes)[:-1])
        elif classes.ndim != output.ndim - 1:
            classes = reshaped(classes, sizes_of(output)[:-1])
        if from_logits:
            return crossentropy_of_logits(output, classes, classes=True)
        return crossentropy(output, classes, config.epsilon(), classes=True)

    def binary_crossentropy(self, output: Any, target: Any, from_logits: bool = False) -> Any:
        output = as_float(output)
        target = cast(as_tensor(target, output.dtype), output.dtype)
        if from_logits:
            return self.softplus(output) - output * target
        output = self._clip_probability(output)
        one = np.asarray(1, output.dtype)
        return -(target * pt.log(output) + (one - target) * pt.log(one - output))

    def in_top_k(self, predictions: Any, targets: Any, k: int) -> Any:
        predictions = as_float(predictions)
        targets = cast(as_tensor(targets), "int64")
        classes = predictions.shape[1]
        valid = pt.ge(targets, 0) & pt.lt(targets, classes)
        row = pt.arange(predictions.shape[0])
        chosen = predictions[row, pt.switch(valid, targets, 0)]
        better = pt.sum(pt.gt(predictions, chosen.dimshuffle(0, "x")), axis=1, dtype="int64")
        known = ~pt.any(pt.isnan(predictions) | pt.isinf(predictions), axis=1)
        return pt.lt(better, cast(as_tensor(k), "int64")) & known & valid

    @staticmethod
    def _check_rank(where: str, x: Any) -> None:
        if x.ndim < 1:
            raise ValueError(f"{where}: wanted a tensor with an axis of classes, got a scalar.")
