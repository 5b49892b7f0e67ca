"""`theano.tensor.nnet`: activations and cross-entropies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor import special

from ...registry import load
from ..math import as_float

_INTEGERS = ("int", "uint")


def _back_end() -> Any:
    return load("pytensor", "theano.tensor.nnet")


def softmax(c: Any) -> Any:
    """The softmax along the last axis; a vector becomes a matrix of one row, as in Theano."""
    c = as_float(pt.as_tensor_variable(c))
    if c.ndim == 0:
        raise ValueError("theano.tensor.nnet.softmax: wanted a vector or a matrix, got a scalar.")
    return special.softmax(pt.shape_padleft(c) if c.ndim == 1 else c, axis=-1)


def logsoftmax(c: Any) -> Any:
    """The logarithm of `softmax`."""
    c = as_float(pt.as_tensor_variable(c))
    return special.log_softmax(pt.shape_padleft(c) if c.ndim == 1 else c, axis=-1)


def softmax_with_bias(x: Any, b: Any) -> Any:
    """The softmax of the rows of a matrix and a bias."""
    return softmax(pt.as_tensor_variable(x) + b)


def softmax_graph(c: Any) -> Any:
    """The softmax, written out."""
    raised = pt.exp(c - pt.max(c, axis=-1, keepdims=True))
    return raised / pt.sum(raised, axis=-1, keepdims=True)


def ultra_fast_sigmoid(x: Any) -> Any:
    """An approximation of the sigmoid by pieces of fractions and lines."""
    x = as_float(pt.as_tensor_variable(x))
    half = abs(x) * np.asarray(0.5, x.dtype)
    near = 1.5 * half / (1.0 + half)
    middle = 0.935409070603099 + 0.0458812946797165 * (half - 1.7)
    rise = pt.switch(half < 1.7, near, pt.switch(half < 3.0, middle, 0.99505475368673))
    return pt.cast(0.5 * (pt.switch(x >= 0, rise, -rise) + 1.0), x.dtype)


def hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5, between 0 and 1."""
    return _back_end().hard_sigmoid(x)


def relu(x: Any, alpha: Any = 0) -> Any:
    """x where it is positive, else `alpha` times x."""
    x = pt.as_tensor_variable(x)
    if isinstance(alpha, (int, float)) and alpha == 0:
        return 0.5 * (x + abs(x)) if x.dtype.startswith(_INTEGERS) else _back_end().relu(x)
    alpha = pt.as_tensor_variable(alpha, ndim=None)
    if alpha.type.dtype != x.dtype and not x.dtype.startswith(_INTEGERS):
        alpha = pt.cast(alpha, x.dtype)
    return pt.switch(x > 0, x, alpha * x)


def elu(x: Any, alpha: Any = 1) -> Any:
    """x where it is positive, else ``alpha * (exp(x) - 1)``."""
    return _back_end().elu(x, float(alpha) if isinstance(alpha, int) else alpha)


def selu(x: Any) -> Any:
    """The scaled `elu` that keeps mean 0 and variance 1."""
    return 1.0507009873554804934193349852946 * elu(x, 1.6732632423543772848170429916717)


def softsign(x: Any) -> Any:
    """``x / (1 + |x|)``."""
    return _back_end().softsign(x)


def binary_crossentropy(output: Any, target: Any) -> Any:
    """For each element the cross-entropy of a probability and what is the case."""
    return -(target * pt.log(output) + (1.0 - target) * pt.log(1.0 - output))


def sigmoid_binary_crossentropy(output: Any, target: Any) -> Any:
    """`binary_crossentropy` of the sigmoid of `output`, without loss of precision."""
    output, target = pt.as_tensor_variable(output), pt.as_tensor_variable(target)
    return pt.softplus(-abs(output)) + output * (pt.cast(output > 0, output.dtype) - target)


def categorical_crossentropy(coding_dist: Any, true_dist: Any) -> Any:
    """For each row the cross-entropy of probabilities and what is the case.

    Args:
        coding_dist: a matrix of probabilities, a row for each sample.
        true_dist: likewise, or a vector of the numbers of classes.
    """
    coding_dist, true_dist = pt.as_tensor_variable(coding_dist), pt.as_tensor_variable(true_dist)
    if true_dist.ndim == coding_dist.ndim:
        return -pt.sum(true_dist * pt.log(coding_dist), axis=coding_dist.ndim - 1)
    if true_dist.ndim == coding_dist.ndim - 1 == 1:
        return crossentropy_categorical_1hot(coding_dist, true_dist)
    raise TypeError(
        "theano.tensor.nnet.categorical_crossentropy: true_dist must be a matrix of probabilities or a "
        f"vector of class numbers; got tensors of {coding_dist.ndim} and {true_dist.ndim} axes."
    )


def crossentropy_categorical_1hot(coding_dist: Any, true_one_of_n: Any) -> Any:
    """The negative logarithm of the probability of each row's class."""
    if not true_one_of_n.dtype.startswith(_INTEGERS):
        raise TypeError(
            "theano.tensor.nnet.categorical_crossentropy: class numbers must be integers, got "
            f"{true_one_of_n.dtype}. Write T.cast(..., 'int32')."
        )
    return -pt.log(coding_dist[pt.arange(true_one_of_n.shape[0]), true_one_of_n])


def crossentropy_softmax_1hot(x: Any, y_idx: Any, **options: Any) -> tuple[Any, Any]:
    """The cross-entropy of the softmax of a matrix, and the softmax."""
    probabilities = softmax(x)
    return crossentropy_categorical_1hot(probabilities, pt.as_tensor_variable(y_idx)), probabilities


def crossentropy_softmax_1hot_with_bias(x: Any, b: Any, y_idx: Any, **options: Any) -> tuple[Any, Any]:
    """`crossentropy_softmax_1hot` of a matrix and a bias."""
    return crossentropy_softmax_1hot(pt.as_tensor_variable(x) + b, y_idx)


def crossentropy_softmax_argmax_1hot_with_bias(x: Any, b: Any, y_idx: Any) -> tuple[Any, Any, Any]:
    """The cross-entropy, the softmax and the likeliest class."""
    loss, probabilities = crossentropy_softmax_1hot_with_bias(x, b, y_idx)
    return loss, probabilities, pt.argmax(probabilities, axis=-1)


def confusion_matrix(actual: Any, pred: Any) -> list[Any]:
    """How often each class (rows) was taken for each (columns), and the classes in order."""
    actual, pred = pt.as_tensor_variable(actual), pt.as_tensor_variable(pred)
    order = pt.unique(pt.concatenate([actual, pred]))
    rows, columns = (pt.cast(pt.eq(each.dimshuffle(0, "x"), order), "int64") for each in (actual, pred))
    return [pt.dot(rows.T, columns), order]


NAMES: dict[str, Any] = {
    "sigmoid": pt.sigmoid,
    "softplus": pt.softplus,
    "softmax": softmax,
    "softmax_op": softmax,
    "logsoftmax": logsoftmax,
    "softmax_with_bias": softmax_with_bias,
    "softmax_graph": softmax_graph,
    "ultra_fast_sigmoid": ultra_fast_sigmoid,
    "hard_sigmoid": hard_sigmoid,
    "relu": relu,
    "elu": elu,
    "selu": selu,
    "softsign": softsign,
    "binary_crossentropy": binary_crossentropy,
    "sigmoid_binary_crossentropy": sigmoid_binary_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "crossentropy_categorical_1hot": crossentropy_categorical_1hot,
    "crossentropy_softmax_1hot": crossentropy_softmax_1hot,
    "crossentropy_softmax_1hot_with_bias": crossentropy_softmax_1hot_with_bias,
    "crossentropy_softmax_argmax_1hot_with_bias": crossentropy_softmax_argmax_1hot_with_bias,
    "confusion_matrix": confusion_matrix,
}
