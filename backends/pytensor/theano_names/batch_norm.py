"""`theano.tensor.nnet.bn`: batch normalization as it is written down."""

from __future__ import annotations

from typing import Any

import pytensor.tensor as pt


def batch_normalization(
    inputs: Any, gamma: Any, beta: Any, mean: Any, std: Any, mode: str = "low_mem"
) -> Any:
    """``(inputs - mean) * gamma / std + beta``; `mode` has no effect."""
    return (inputs - mean) * (gamma / std) + beta


def _axes(axes: Any, rank: int) -> tuple[int, ...]:
    if axes == "per-activation":
        return (0,)
    if axes == "spatial":
        return (0, *range(2, rank))
    return tuple(int(each) % rank for each in axes)


def batch_normalization_train(
    inputs: Any, gamma: Any, beta: Any, axes: Any = "per-activation", epsilon: float = 1e-4,
    running_average_factor: float = 0.1, running_mean: Any = None, running_var: Any = None,
) -> tuple[Any, ...]:  # fmt: skip
    """The batch, normalised by its own mean and variance.

    Args:
        inputs: the batch.
        gamma: scale, broadcast over `axes`.
        beta: offset, likewise.
        axes: ``'per-activation'`` (the first axis), ``'spatial'`` (all but the second), or a tuple.
        epsilon: is added to the variance.
        running_average_factor: the weight of this batch in the running figures.
        running_mean: the running mean, or None.
        running_var: the running variance, or None; it takes the unbiased variance.

    Returns:
        The result, the mean, the inverse of the standard deviation, then the new running figures if given.
    """
    inputs = pt.as_tensor_variable(inputs)
    over = list(_axes(axes, inputs.ndim))
    mean = pt.mean(inputs, axis=over, keepdims=True)
    variance = pt.var(inputs, axis=over, keepdims=True)
    inverse = 1.0 / pt.sqrt(pt.cast(variance + epsilon, inputs.dtype))
    results = [(inputs - mean) * inverse * gamma + beta, mean, inverse]
    kept = 1.0 - running_average_factor
    if running_mean is not None:
        results.append(running_mean * kept + mean * running_average_factor)
    if running_var is not None:
        count = pt.cast(pt.prod([inputs.shape[axis] for axis in over]), inputs.dtype)
        unbiased = count / (count - 1.0) * variance
        results.append(running_var * kept + unbiased * running_average_factor)
    return tuple(results)


def batch_normalization_test(
    inputs: Any, gamma: Any, beta: Any, mean: Any, var: Any, axes: Any = "per-activation",
    epsilon: float = 1e-4,
) -> Any:  # fmt: skip
    """The batch, normalised by a given mean and variance."""
    return (inputs - mean) * gamma / pt.sqrt(var + epsilon) + beta


NAMES: dict[str, Any] = {
    "batch_normalization": batch_normalization,
    "batch_normalization_train": batch_normalization_train,
    "batch_normalization_test": batch_normalization_test,
}
