"""The cross-entropy of a softmax in one operation, and its derivative.

`crossentropy` gives an operation on probabilities whose graph is an ordinary one. When a function is
rewritten to be run, that on the result of a softmax becomes `SoftmaxCrossentropy`, which takes the logarithm
from the argument of the softmax, and the way back through both becomes `SoftmaxCrossentropySlope`, which
divides by no probability. What is left of the former is replaced by its graph.

Probabilities are limited to [epsilon, 1 - epsilon], and no gradient goes through what was limited. Dense
targets are distributions, compared with probabilities that are scaled to sum 1 and then limited; classes pick
one of the probabilities that are limited and then scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.mode import optdb
from pytensor.gradient import DisconnectedType, disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter
from pytensor.graph.traversal import ancestors
from pytensor.raise_op import CheckAndRaise
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.math import Sum, mul, sub
from pytensor.tensor.rewriting.ofg import inline_ofg_node
from pytensor.tensor.special import Softmax, log_softmax, softmax
from pytensor.tensor.symbolic import TensorSymbolicOp

from ...interface.arguments import check_indices
from ..rewrites import COMMON_TAG
from ..versions import SizedOp
from .ordinary import pulled_back

FLOATS = ("float32", "float64")


def crossentropy(output: Any, target: Any, epsilon: float, classes: bool) -> Any:
    """The cross-entropy of probabilities, or of their neighbours in [epsilon, 1 - epsilon].

    Args:
        output: float tensor, probabilities along the last axis.
        target: distributions of the same dtype and shape, or classes: int64, the shape without its last axis.
        epsilon: see above.
        classes: whether `target` is classes.
    """
    return Crossentropy(epsilon=epsilon, classes=classes)(output, target)


def crossentropy_of_logits(logits: Any, target: Any, classes: bool) -> Any:
    """The cross-entropy of the softmax of `logits`, with no limits; `target` as in `crossentropy`."""
    if _alike(logits, target, classes):
        return SoftmaxCrossentropy(None, classes).make_node(logits, target).outputs[0]
    return _losses_of_logits(logits, target, classes)


@cache
def limits(epsilon: float | None, dtype: Any) -> tuple[Any, Any, Any, Any]:
    """What probabilities are limited to, and the logarithms of these two."""
    low, high = (0.0, np.inf) if epsilon is None else (epsilon, 1.0 - epsilon)
    ends = np.asarray([low, high], dtype)
    with np.errstate(divide="ignore"):
        return *ends, *np.log(ends)


def _picked(rows: Any, classes: Any) -> Any:
    """The entry of each row, along the last axis of a tensor, that a class counts."""
    size = rows.shape[-1]
    known = pt.all(pt.ge(classes, 0) & pt.lt(classes, size))
    message = "cross-entropy: a class is negative, or there are not so many classes."
    classes = CheckAndRaise(ValueError, message)(classes, known)
    return rows.reshape((-1, size))[pt.arange(classes.size), classes.flatten()].reshape(
        rows.shape[:-1], ndim=rows.ndim - 1
    )


def _losses(output: Any, target: Any, epsilon: float, classes: bool) -> Any:
    """The cross-entropy of probabilities, as an ordinary graph."""
    low, high = limits(epsilon, output.dtype)[:2]
    if classes:
        limited = pt.clip(output, low, high)
        return pt.log(pt.sum(limited, axis=-1, dtype=output.dtype) / _picked(limited, target))
    scaled = output / pt.sum(output, axis=-1, keepdims=True, dtype=output.dtype)
    return -pt.sum(target * pt.log(pt.clip(scaled, low, high)), axis=-1, dtype=output.dtype)


def _losses_of_logits(logits: Any, target: Any, classes: bool) -> Any:
    """The cross-entropy of the softmax of `logits`, as an ordinary graph."""
    logarithms = log_softmax(logits, axis=-1)
    if classes:
        return -_picked(logarithms, target)
    return -pt.sum(target * logarithms, axis=-1, dtype=logits.dtype)


def _alike(x: Any, target: Any, classes: bool) -> bool:
    """Whether the fused operations take these as they are: nothing is to be broadcast."""
    shape = x.type.shape[:-1] if classes else x.type.shape
    return (
        x.dtype in FLOATS
        and len(shape) == target.ndim
        and all((a == 1) == (b == 1) for a, b in zip(shape, target.type.shape, strict=True))
    )


class Crossentropy(TensorSymbolicOp):
    """From probabilities and a target: the losses."""

    __props__ = ("epsilon", "classes")

    def __init__(self, *, epsilon: float, classes: bool, **kwargs: Any) -> None:
        self.epsilon, self.classes = float(epsilon), bool(classes)
        super().__init__(**kwargs)

    def build_inner_graph(self, *inputs: Any) -> list[Any]:
        output, target = inputs
        return [_losses(output, target, self.epsilon, self.classes)]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        output, target = inputs
        slope = CrossentropySlope(epsilon=self.epsilon, classes=self.classes)
        by_output = slope(output, target, output_grads[0])
        if self.classes:
            return [by_output, disconnected_type()]
        return [by_output, *pulled_back(self.build_inner_graph, inputs, output_grads, [1])]


class CrossentropySlope(TensorSymbolicOp):
    """From probabilities, a target and the gradient of the losses: that of the probabilities."""

    __props__ = ("epsilon", "classes")

    def __init__(self, *, epsilon: float, classes: bool, **kwargs: Any) -> None:
        self.epsilon, self.classes = float(epsilon), bool(classes)
        super().__init__(**kwargs)

    def build_inner_graph(self, *inputs: Any) -> list[Any]:
        output, target, gradient = inputs
        losses = Crossentropy(epsilon=self.epsilon, classes=self.classes)
        return pulled_back(losses.build_inner_graph, [output, target], [gradient], [0])


class _Fused(SizedOp):
    """What the two operations have in common."""

    __props__ = ("epsilon", "classes")
    fresh_results = True

    def __init__(self, epsilon: float | None, classes: bool) -> None:
        self.epsilon = None if epsilon is None else float(epsilon)
        self.classes = bool(classes)

    def _tensors(self, *inputs: Any) -> list[Any]:
        x, target, *rest = (pt.as_tensor_variable(each) for each in inputs)
        wanted = (x.ndim - 1, "int64") if self.classes else (x.ndim, x.dtype)
        fits = x.dtype in FLOATS and x.ndim > 0 and (target.ndim, target.dtype) == wanted
        if not fits or any((each.ndim, each.dtype) != (x.ndim - 1, x.dtype) for each in rest):
            kinds = ", ".join(str(each.type) for each in (x, target, *rest))
            what = (
                "int64 classes of a shape with one axis less"
                if self.classes
                else "a target of its dtype and shape"
            )
            raise TypeError(f"cross-entropy: wanted a float tensor and {what}, got {kinds}.")
        return [x, target, *rest]

    def _check(self, x: np.ndarray, target: np.ndarray) -> None:
        wanted = x.shape[:-1] if self.classes else x.shape
        if target.shape != wanted:
            raise ValueError(
                f"cross-entropy: wanted a target of the shape {wanted}, that of the output"
                f"{' without its last axis' if self.classes else ''}, got {target.shape}."
            )
        if self.classes:
            check_indices(target, x.shape[-1])


def _places(rows: np.ndarray, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows one behind the other, and where among them the entries are that the classes count."""
    size = rows.shape[-1]
    return rows.reshape(-1), classes.ravel() + np.arange(0, classes.size * size, size)


def _entries(rows: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """The entry of each row that a class counts."""
    flat, places = _places(rows, classes)
    return flat[places].reshape(classes.shape)


def _subtract_at(rows: np.ndarray, classes: np.ndarray, numbers: Any) -> None:
    """Subtracts numbers from the entries that classes count, in place; `rows` is contiguous."""
    flat, places = _places(rows, classes)
    flat[places] -= np.ravel(numbers)


class SoftmaxCrossentropy(_Fused):
    """From the argument of a softmax and a target: the losses, and the result of the softmax."""

    def make_node(self, *inputs: Any) -> Apply:
        x, target = self._tensors(*inputs)
        return Apply(self, [x, target], [pt.tensor(dtype=x.dtype, shape=x.type.shape[:-1]), x.type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        x, target = inputs
        self._check(x, target)
        logarithms = x - x.max(axis=-1, keepdims=True)
        p = np.exp(logarithms)
        total = p.sum(axis=-1, keepdims=True)
        p /= total
        output_storage[1][0] = p
        low, high, log_low, log_high = limits(self.epsilon, p.dtype)
        if not self.classes:
            logarithms -= np.log(total)
            if self.epsilon is not None:
                np.copyto(logarithms, log_low, where=p < low)
                np.copyto(logarithms, log_high, where=p > high)
            losses = np.negative(np.vecdot(target, logarithms))
        elif self.epsilon is None:
            losses = np.log(total[..., 0]) - _entries(logarithms, target)
        else:
            limited = np.clip(p, low, high)
            losses = np.log(limited.sum(axis=-1) / _entries(limited, target))
        output_storage[0][0] = np.asarray(losses)

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [input_shapes[0][:-1], input_shapes[0]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        x, target = inputs
        _, p = outputs
        by_losses, by_p = output_grads
        gradients: list[Any] = [disconnected_type(), disconnected_type()]
        if not isinstance(by_p.type, DisconnectedType):
            (gradients[0],) = pulled_back(lambda x: [softmax(x, axis=-1)], [x], [by_p], [0])
        if not isinstance(by_losses.type, DisconnectedType):
            slope = SoftmaxCrossentropySlope(self.epsilon, self.classes)(p, target, by_losses)
            gradients[0] = slope if isinstance(gradients[0].type, DisconnectedType) else gradients[0] + slope
            if not self.classes:
                (gradients[1],) = pulled_back(self._plain, inputs, [by_losses], [1])
        return gradients

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True, True], [not self.classes, False]]

    def _plain(self, x: Any, target: Any) -> list[Any]:
        """The losses as an ordinary graph."""
        if self.epsilon is None:
            return [_losses_of_logits(x, target, self.classes)]
        return [_losses(softmax(x, axis=-1), target, self.epsilon, self.classes)]


class SoftmaxCrossentropySlope(_Fused):
    """From the result of a softmax, a target and the gradient of the losses: that of its argument."""

    def make_node(self, *inputs: Any) -> Apply:
        tensors = self._tensors(*inputs)
        return Apply(self, tensors, [tensors[0].type()])

    def perform(self, node: Apply, inputs: Sequence[Any], output_storage: Any) -> None:
        p, target, gradient = inputs
        self._check(p, target)
        low, high, *_ = limits(self.epsilon, p.dtype)
        inside = None if self.epsilon is None else (p >= low) & (p <= high)
        if not self.classes:
            counted = target if inside is None else target * inside
            result = p * counted.sum(axis=-1, keepdims=True)
            result -= counted
        elif inside is None:
            result = p.copy()
            _subtract_at(result, target, 1)
        else:
            total = np.clip(p, low, high).sum(axis=-1, keepdims=True)
            counted = _entries(inside, target)
            result = np.multiply(p, inside, order="C")
            share = result.sum(axis=-1, keepdims=True) / total
            result /= total
            result -= p * (share - counted[..., None])
            _subtract_at(result, target, counted)
        result *= gradient[..., None]
        output_storage[0][0] = result

    def output_shapes(self, node: Apply, input_shapes: Any) -> list[Any]:
        return [input_shapes[0]]

    def pullback(self, inputs: Any, outputs: Any, output_grads: Any) -> list[Any]:
        if self.classes:
            by_p, by_gradient = pulled_back(self._plain, inputs, output_grads, [0, 2])
            return [by_p, disconnected_type(), by_gradient]
        return pulled_back(self._plain, inputs, output_grads, [0, 1, 2])

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        return [[True], [not self.classes], [True]]

    def _plain(self, p: Any, target: Any, gradient: Any) -> list[Any]:
        """The same as an ordinary graph."""
        one, zero = np.asarray(1, p.dtype), np.asarray(0, p.dtype)
        low, high, *_ = limits(self.epsilon, p.dtype)
        inside = pt.switch(pt.ge(p, low) & pt.le(p, high), one, zero)
        if self.classes:
            hot = pt.switch(pt.eq(pt.arange(p.shape[-1]), pt.expand_dims(target, -1)), one, zero)
        else:
            hot = target
        counted = hot * inside
        result = p * pt.sum(counted, axis=-1, keepdims=True, dtype=p.dtype) - counted
        if self.classes and self.epsilon is not None:
            total = pt.sum(pt.clip(p, low, high), axis=-1, keepdims=True, dtype=p.dtype)
            share = pt.sum(p * inside, axis=-1, keepdims=True, dtype=p.dtype) / total
            result = result + p * (inside / total - share)
        return [result * pt.expand_dims(gradient, -1)]


def _is_softmax(x: Any) -> bool:
    """Whether `x` is a softmax along its last axis."""
    return x.owner is not None and isinstance(x.owner.op, Softmax) and x.owner.op.axis == (x.ndim - 1,)


@node_rewriter([sub])
def fuse_slope(fgraph: FunctionGraph, node: Any) -> Any:
    """``d - p * sum(d)`` with ``d = CrossentropySlope(p, ...) * p``: the way back through both."""
    difference, product = node.inputs
    if (
        difference.owner is None
        or difference.owner.op != mul
        or product.owner is None
        or product.owner.op != mul
    ):
        return None
    for slope, p in (difference.owner.inputs, reversed(difference.owner.inputs)):
        if slope.owner is None or not isinstance(slope.owner.op, CrossentropySlope):
            continue
        op, (of, target, gradient) = slope.owner.op, slope.owner.inputs
        if (
            of is p
            and _is_softmax(p)
            and _alike(p, target, op.classes)
            and _is_product_with_sum(product, p, difference)
        ):
            return [SoftmaxCrossentropySlope(op.epsilon, op.classes)(p, target, gradient)]
    return None


def _is_product_with_sum(product: Any, p: Any, difference: Any) -> bool:
    """Whether `product` is ``p * sum(difference, axis=-1, keepdims=True)``."""
    for factor, wide in (product.owner.inputs, reversed(product.owner.inputs)):
        if factor is p and wide.owner is not None and isinstance(wide.owner.op, DimShuffle):
            total = wide.owner.inputs[0].owner
            kept = (*range(p.ndim - 1), "x")
            if total is not None and isinstance(total.op, Sum) and wide.owner.op.new_order == kept:
                return total.inputs[0] is difference and total.op.axis == (p.ndim - 1,)
    return False


@node_rewriter([Crossentropy])
def fuse_losses(fgraph: FunctionGraph, node: Any) -> Any:
    """The cross-entropy of a softmax: both at once."""
    p, target = node.inputs
    if not _is_softmax(p) or not _alike(p, target, node.op.classes) or p in ancestors([target]):
        return None
    fused = SoftmaxCrossentropy(node.op.epsilon, node.op.classes).make_node(p.owner.inputs[0], target)
    return dict(zip([node.outputs[0], p], fused.outputs, strict=True))


@node_rewriter([Crossentropy, CrossentropySlope])
def expand(fgraph: FunctionGraph, node: Any) -> Any:
    """Puts the graph of a cross-entropy in its place."""
    return inline_ofg_node(node)


# Before the graphs of other operations take their places, the softmax's among them.
for _name, _rewriter, _position in (
    ("polykeras_fuse_crossentropy_slope", fuse_slope, -0.034),
    ("polykeras_fuse_crossentropy", fuse_losses, -0.032),
    ("polykeras_expand_crossentropy", expand, -0.03),
):
    optdb.register(_name, dfs_rewriter(_rewriter, ignore_newtrees=True), COMMON_TAG, position=_position)
