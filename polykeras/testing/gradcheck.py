"""Derivatives, checked against central differences in double precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEP = 1e-5


def weights(shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of [0.5, 1.5], all different, that make a scalar of a tensor without symmetries."""
    count = int(np.prod(shape, dtype=np.int64))
    return 0.5 + (np.arange(1, count + 1) * 0.6180339887498949 % 1).reshape(shape)


def weighted_sum(K: Any, tensors: Sequence[Any], shapes: Sequence[tuple[int, ...]]) -> Any:
    """The sum over the elements of all tensors, each times a number of its own.

    Args:
        K: the backend in use.
        tensors: float tensors.
        shapes: their shapes.
    """
    sums = [
        K.sum(tensor * K.constant(weights(tuple(shape)), dtype=K.dtype(tensor)))
        for tensor, shape in zip(tensors, shapes, strict=True)
    ]
    total = sums[0]
    for each in sums[1:]:
        total = total + each
    return total


def central_differences(
    loss: Callable[[list[np.ndarray]], float], arrays: Sequence[np.ndarray], by: int, step: float = STEP
) -> np.ndarray:
    """The derivative of a function of arrays by all elements of one of them, (f(x + h) - f(x - h)) / 2h.

    Args:
        loss: takes float64 arrays and gives a number.
        arrays: the point.
        by: the index of the array to differentiate by.
        step: h, taken relative to elements larger than 1.
    """
    point = [np.array(array) for array in arrays]
    x = point[by]
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        kept = float(x[index])
        h = step * max(1.0, abs(kept))
        x[index] = kept + h
        above = loss(point)
        x[index] = kept - h
        below = loss(point)
        x[index] = kept
        result[index] = (above - below) / (2 * h)
    return result


def check_gradients(
    K: Any,
    build: Callable[..., Any],
    arrays: Sequence[np.ndarray],
    by: Sequence[int] | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-7,
) -> list[np.ndarray]:
    """Holds `K.gradients` of an expression against central differences of its value.

    Args:
        K: the backend in use.
        build: ``build(*placeholders)`` makes a float tensor, or a list of them.
        arrays: float64 arrays (and arrays of integers, which are not differentiated by).
        by: the indices of the arrays to differentiate by; by default those of floats.
        rtol, atol: what the two may differ by.

    Returns:
        The values of the expression.

    Raises:
        AssertionError: if they differ by more.
    """
    inputs = [K.placeholder(shape=array.shape, dtype=array.dtype.name) for array in arrays]
    results = build(*inputs)
    results = list(results) if isinstance(results, (list, tuple)) else [results]
    shapes = [K.int_shape(result) for result in results]
    if any(shape is None or None in shape for shape in shapes):
        shapes = [value.shape for value in K.function(inputs, results)(list(arrays))]
    total = weighted_sum(K, results, shapes)
    indices = [i for i, array in enumerate(arrays) if array.dtype.kind == "f"] if by is None else list(by)
    evaluate = K.function(inputs, [total, *results, *K.gradients(total, [inputs[i] for i in indices])])
    outcome = evaluate(list(arrays))
    values, gradients = outcome[1 : len(results) + 1], outcome[len(results) + 1 :]
    for index, gradient in zip(indices, gradients, strict=True):
        numeric = central_differences(lambda point: float(evaluate(point)[0]), arrays, index)
        title = f"the gradient by argument {index}"
        assert gradient.shape == numeric.shape, (
            f"{title}: wanted the shape {numeric.shape}, got {gradient.shape}."
        )
        np.testing.assert_allclose(gradient, numeric, rtol=rtol, atol=atol, err_msg=title)
    return values
