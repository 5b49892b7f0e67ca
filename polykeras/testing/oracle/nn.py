"""Activation functions, cross-entropies and normalisation, from their formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from polykeras import config


def relu(x: np.ndarray, alpha: Any = 0.0, max_value: float | None = None) -> np.ndarray:
    positive = np.where(x > 0, x, 0)
    if max_value is not None:
        positive = np.where(positive > max_value, max_value, positive)
    return positive + alpha * np.where(x < 0, x, 0)


def elu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0, x)))


def softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(x, 0)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -x))


def tanh(x: np.ndarray) -> np.ndarray:
    return 2 * sigmoid(2 * x) - 1


def softsign(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.abs(x))


def hard_sigmoid(x: np.ndarray) -> np.ndarray:
    return np.where(x < -2.5, 0, np.where(x > 2.5, 1, 0.2 * x + 0.5))


def _clip(p: np.ndarray) -> np.ndarray:
    low, high = config.epsilon(), 1 - config.epsilon()
    return np.where(p < low, low, np.where(p > high, high, p))


def _log_softmax(x: np.ndarray) -> np.ndarray:
    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)


def categorical_crossentropy(output: np.ndarray, target: np.ndarray, from_logits: bool = False) -> np.ndarray:
    scaled = output / output.sum(axis=-1, keepdims=True)
    logs = _log_softmax(output) if from_logits else np.log(_clip(scaled))
    return -(target * logs).sum(axis=-1)


def sparse_categorical_crossentropy(
    output: np.ndarray, target: np.ndarray, from_logits: bool = False
) -> np.ndarray:
    classes = target.reshape(output.shape[:-1]).astype(int)
    if from_logits:
        logs = _log_softmax(output)
    else:
        logs = np.log(_clip(output))
        logs = logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    result = np.zeros(classes.shape)
    for place in np.ndindex(classes.shape):
        result[place] = -logs[(*place, classes[place])]
    return result


def binary_crossentropy(output: np.ndarray, target: np.ndarray, from_logits: bool = False) -> np.ndarray:
    if from_logits:
        return target * np.logaddexp(0, -output) + (1 - target) * np.logaddexp(0, output)
    p = _clip(output)
    return -target * np.log(p) - (1 - target) * np.log(1 - p)


def in_top_k(predictions: np.ndarray, targets: np.ndarray, k: int) -> np.ndarray:
    """A class is within if fewer than k classes are more probable; a class that does not exist never is."""
    within = []
    for row, target in zip(predictions, targets, strict=True):
        exists = 0 <= target < len(row) and np.isfinite(row[target])
        within.append(bool(exists and sum(other > row[target] for other in row) < k))
    return np.array(within)


def l2_normalize(x: np.ndarray, axis: int) -> np.ndarray:
    squared = (x * x).sum(axis=axis, keepdims=True)
    return x / np.sqrt(np.where(squared < 1e-12, 1e-12, squared))


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, epsilon: float = 1e-3
) -> np.ndarray:
    return np.asarray(gamma * (x - mean) / np.sqrt(var + epsilon) + beta)


def normalize_batch_in_training(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, reduction_axes: Sequence[int], epsilon: float = 1e-3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    axes = tuple(axis % x.ndim for axis in reduction_axes)
    mean = x.mean(axis=axes, keepdims=True)
    var = ((x - mean) ** 2).mean(axis=axes, keepdims=True)
    gamma, beta = gamma.reshape(mean.shape), beta.reshape(mean.shape)
    normal = batch_normalization(x, mean, var, beta, gamma, epsilon)
    return normal, mean.squeeze(axes), var.squeeze(axes)
