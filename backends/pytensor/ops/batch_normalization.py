"""Normalisation of a batch by its own mean and variance (Ioffe and Szegedy, 2015), and its derivative.

Both take a tensor of any shape, one axis of which, the channels, is not reduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply

from ..reductions import sums
from ..versions import SizedOp
from .ordinary import pulled_back

FLOATS = ("float32", "float64")
BLOCK = 2**19  # bytes that are worked through at once, so that they stay in the cache


class _Normalization(SizedOp):
    """What the two operations have in common.

    Args:
        axis: the axis of the channels.
        epsilon: added to the variance.
    """

    __props__ = ("axis", "epsilon")
    fresh_results = True

    def __init__(self, axis: int, epsilon: float) -> None:
        self.axis, self.epsilon = int(axis), float(epsilon)

    def _tensors(self, inputs: Sequence[Any], like_x: Sequence[int]) -> list[Any]:
        """The arguments as tensors: those at `like_x` have the axes of the first, the others are vectors."""
        tensors: list[Any] = [pt.as_tensor_variable(each) for each in inputs]
        x = tensors[0]
        wanted = [x.ndim if index in like_x else 1 for index in range(len(tensors))]
        fits = x.dtype in FLOATS and 0 <= self.axis < x.ndim
        if not fits or [(each.ndim, each.dtype) for each in tensors] != [(ndim, x.dtype) for ndim in wanted]:
            kinds = ", ".join(str(each.type) for each in tensors)
            raise TypeError(
                f"batch normalisation: wanted tensors of one float dtype with {wanted} axes, got {kinds}."
            )
        return tensors

    def _wide(self, vector: Any, ndim: int) -> Any:
        """A vector over the channels, to be broadcast to the tensor."""
        return vector.dimshuffle(*["x" if axis != self.axis else 0 for axis in range(ndim)])

    def _count(self, x: Any) -> Any:
        """How many numbers a channel has."""
        return pt.cast(x.size // x.shape[self.axis], x.dtype)

    def _sum(self, x: Any) -> Any:
        return pt.sum(x, axis=[axis for axis in range(x.ndim) if axis != self.axis], dtype=x.dtype)

    def _layout(self, *arrays: np.ndarray) -> list[np.ndarray]:
        """Arrays as (rows, channels) or (outer, channels, inner)."""
        shape = arrays[0].shape
        inner = int(np.prod(shape[self.axis + 1 :], dtype=np.int64))
        sizes = (shape[self.axis],) if inner == 1 else (shape[self.axis], inner)
        outer = int(np.prod(shape[: self.axis], dtype=np.int64))
        return [np.ascontiguousarray(each).reshape(outer, *sizes) for each in arrays]

    def _check(self, x: np.ndarray, *vectors: np.ndarray) -> None:
        channels = x.shape[self.axis]
        if any(len(vector) != channels for vector in vectors):
            raise ValueError(
                f"batch normalisation: wanted vectors of the {channels} channels of the input, got the sizes "
                f"{[len(vector) for vector in vectors]}."
            )


def _blocks(x: np.ndarray) -> Iterator[slice]:
    rows = max(BLOCK // max(x[:1].nbytes, 1), 1)
    return (slice(first, first + rows) for first in range(0, len(x), rows))


def _total(x: np.ndarray) -> np.ndarray:
    """The sums over all but the channels, of an array as `_layout` gives it."""
    return sums(x, (0,) if x.ndim == 2 else (0, 2))


class BatchNormalize(_Normalization):
    """From a tensor, a scale and a shift for each channel: the normalised tensor, means and variances."""

    def make_node(self, *inputs: Any) -> Apply:
        x, gamma, beta = self._tensors(inputs, [0])
        vector = pt.tensor(dtype=x.dtype, shape=(x.type.shape[self.axis],))
        return Apply(self, [x, gamma, beta], [x.type(), vector, vector.type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, gamma, beta = inputs
        self._check(x, gamma, beta)
        (rows,) = self._layout(x)
        wide = (slice(None), None)[: rows.ndim - 1]
        count = max(rows.size // max(rows.shape[1], 1), 1)
        mean = _total(rows) / x.dtype.type(count)
        result = np.empty_like(rows)
        squares = np.zeros(rows.shape[1])
        for part in _blocks(rows):
            difference = np.subtract(rows[part], mean[wide], out=result[part])
            squares += _total(np.square(difference))
        var = (squares / count).astype(x.dtype)
        scale = gamma / np.sqrt(var + x.dtype.type(self.epsilon))
        for part in _blocks(rows):
            block = result[part]
            block *= scale[wide]
            block += beta[wide]
        output_storage[0][0], output_storage[1][0], output_storage[2][0] = result.reshape(x.shape), mean, var

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        shape = input_shapes[0]
        return [shape, (shape[self.axis],), (shape[self.axis],)]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True, True, True], [True, False, False], [True, False, False]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, gamma, _ = inputs
        _, mean, var = outputs
        by_y, by_mean, by_var = output_grads
        gradients: list[Any] = [disconnected_type() for _ in inputs]
        parts = []
        if not isinstance(by_y.type, DisconnectedType):
            slope = BatchNormalizeSlope(self.axis, self.epsilon)
            part, *gradients[1:] = slope.make_node(x, gamma, mean, var, by_y).outputs
            parts.append(part)
        count = self._count(x)
        if not isinstance(by_mean.type, DisconnectedType):
            parts.append(pt.zeros_like(x) + self._wide(by_mean / count, x.ndim))
        if not isinstance(by_var.type, DisconnectedType):
            twice = np.asarray(2, x.dtype) * by_var / count
            parts.append((x - self._wide(mean, x.ndim)) * self._wide(twice, x.ndim))
        if parts:
            gradients[0] = parts[0]
            for part in parts[1:]:
                gradients[0] = gradients[0] + part
        return gradients


class BatchNormalizeSlope(_Normalization):
    """From the input, scales, means, variances and the gradient of the normalised tensor: the gradients of
    the input, of the scales and of the shifts."""

    def make_node(self, *inputs: Any) -> Apply:
        tensors = self._tensors(inputs, [0, 4])
        x, gamma = tensors[:2]
        return Apply(self, tensors, [x.type(), gamma.type(), gamma.type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, gamma, mean, var, gradient = inputs
        self._check(x, gamma, mean, var)
        if gradient.shape != x.shape:
            raise ValueError(
                f"batch normalisation: wanted a gradient of the shape {x.shape}, got {gradient.shape}."
            )
        rows, slopes = self._layout(x, gradient)
        wide = (slice(None), None)[: rows.ndim - 1]
        count = x.dtype.type(max(rows.size // max(rows.shape[1], 1), 1))
        by_beta, product = np.zeros(rows.shape[1]), np.zeros(rows.shape[1])
        result = np.empty_like(rows)
        for part in _blocks(rows):
            difference = np.subtract(rows[part], mean[wide], out=result[part])
            by_beta += _total(slopes[part])
            product += _total(difference * slopes[part])
        shift, product = by_beta.astype(x.dtype), product.astype(x.dtype)
        inverse = 1 / np.sqrt(var + x.dtype.type(self.epsilon))
        tilt = product * inverse * inverse / count
        scale = gamma * inverse
        for part in _blocks(rows):
            block = result[part]
            block *= tilt[wide]
            np.subtract(slopes[part], block, out=block)
            block -= (shift / count)[wide]
            block *= scale[wide]
        output_storage[0][0] = result.reshape(x.shape)
        output_storage[1][0], output_storage[2][0] = product * inverse, shift

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [input_shapes[0], input_shapes[1], input_shapes[1]]

    def connection_pattern(self, node: Apply | None) -> list[list[bool]]:
        centred = [True, True, False]
        return [centred, [True, False, False], centred, centred, [True, True, True]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        given = [not isinstance(each.type, DisconnectedType) for each in output_grads]
        pattern = self.connection_pattern(None)
        by = [
            index
            for index, reaches in enumerate(pattern)
            if any(reached and there for reached, there in zip(reaches, given, strict=True))
        ]
        gradients: list[Any] = [disconnected_type() for _ in inputs]
        for index, gradient in zip(by, pulled_back(self._plain, inputs, output_grads, by), strict=True):
            gradients[index] = gradient
        return gradients

    def _plain(self, x: Any, gamma: Any, mean: Any, var: Any, gradient: Any) -> list[Any]:
        """The same as an ordinary graph."""
        count, ndim = self._count(x), x.ndim
        inverse = np.asarray(1, x.dtype) / pt.sqrt(var + np.asarray(self.epsilon, x.dtype))
        difference = x - self._wide(mean, ndim)
        by_beta, product = self._sum(gradient), self._sum(gradient * difference)
        tilt = self._wide(product * pt.sqr(inverse) / count, ndim)
        centred = gradient - self._wide(by_beta / count, ndim) - difference * tilt
        return [self._wide(gamma * inverse, ndim) * centred, product * inverse, by_beta]
