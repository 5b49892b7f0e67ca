"""`K.gradients` on TensorFlow: derivatives that are taken when a function is traced.

Only then are shapes as concrete as they will be, and the graph holds nothing for gradients that no function
uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.ops import get_gradient_function

from .bodies import prepare
from .function import tensor_of
from .graph import KerasGraph, defer, graph_scope, in_keras_graph, state
from .regions import Region

# Elements of gathered rows below which XLA sums their derivatives no faster than TensorFlow.
WORTHWHILE = 1 << 15

# Operations with a registered gradient that is none.
_FLAT = {"StopGradient", "PreventGradient", "Floor", "Ceil", "Rint", "ZerosLike", "OnesLike", "Shape"}


def gradients(loss: Any, variables: Sequence[Any]) -> list[Any]:
    """The derivatives of `loss` (its elements summed) with respect to variables or tensors of K's graph.

    Returns:
        For each a tensor of its shape and dtype; None if `loss` does not depend on it by differentiable
        operations.
    """
    with graph_scope():
        target = _loss(loss) if in_keras_graph() else tf.convert_to_tensor(loss)
        sources = [_source(each) for each in variables]
        if not in_keras_graph():
            found = tf.gradients(target, sources)
            return [None if each is None else tf.convert_to_tensor(each) for each in found]
        reached = _reached(target, state.graph)
        taken = [position for position, each in enumerate(sources) if each.name in reached]
        results: list[Any] = [None] * len(sources)
        if taken:
            specs = [(variables[each].dtype, variables[each].shape) for each in taken]
            derivatives = defer(
                [target, *(sources[each] for each in taken)], specs, _derive, "gradient", True
            )
            for position, derivative in zip(taken, derivatives, strict=True):
                results[position] = derivative
        return results


def _derive(tensors: list[Any]) -> list[Any]:
    target, *sources = tensors
    prepare(tf.compat.v1.get_default_graph())
    found = tf.gradients(target, sources, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return [_dense(each) for each in found]


def _dense(derivative: Any) -> Any:
    """The derivative as one tensor, also where it is of rows that were gathered."""
    if not isinstance(derivative, tf.IndexedSlices):
        return derivative
    shape = tf.get_static_value(derivative.dense_shape)
    size = derivative.values.shape.num_elements()
    if shape is None:
        return tf.convert_to_tensor(derivative)
    worthwhile = size is None or size >= WORTHWHILE
    return _sum_of_rows(int(shape[0]))([derivative.values, derivative.indices], worthwhile)


@cache
def _sum_of_rows(n_rows: int) -> Region:
    """The region that sums rows ``(n, ...)`` by their indices ``(n,)`` in a tensor of `n_rows` rows."""
    return Region(lambda rows, indices: tf.math.unsorted_segment_sum(rows, indices, n_rows))


def _loss(x: Any) -> Any:
    if not tf.is_tensor(x) and not isinstance(x, tf.Variable):
        raise TypeError(f"gradients: wanted a tensor to differentiate, got {x!r}.")
    return tensor_of(x)


def _source(x: Any) -> Any:
    """What a derivative with respect to `x` is taken of: a variable's handle, which all readings share."""
    if isinstance(x, tf.Variable):
        return tf.compat.v1.get_default_graph().capture(x.handle)
    if not isinstance(x, tf.Tensor) or not hasattr(x, "graph"):
        raise TypeError(f"gradients: wanted variables and tensors of K, got {x!r}.")
    return x


def _reached(target: Any, graph: KerasGraph) -> set[str]:
    """The names of the tensors that `target` depends on by differentiable operations."""
    seen: set[str] = set()
    stack = [target]
    while stack:
        tensor = stack.pop()
        if tensor.name in seen or not _carries_gradients(tensor):
            continue
        seen.add(tensor.name)
        operation = tensor.op
        if operation.name in graph.choices:
            choice = graph.choices[operation.name]
            stack += [choice.train, choice.test]
        elif operation.name in graph.deferred:
            stack += graph.deferred[operation.name].inputs
        elif _differentiable(operation):
            stack += list(operation.inputs)
    return seen


def _carries_gradients(tensor: Any) -> bool:
    """Whether the tensor is of floats, or a handle of a variable or of a list in a loop."""
    dtype = tensor.dtype
    return bool(dtype.is_floating or dtype.is_complex or dtype in (tf.resource, tf.variant))


def _differentiable(operation: Any) -> bool:
    if operation.type in _FLAT:
        return False
    try:
        return get_gradient_function(operation) is not None
    except LookupError:
        return True
