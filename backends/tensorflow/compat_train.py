"""TensorFlow 1's training on K's graph: derivatives, optimizers' ``minimize``, and assignments to variables.

``compat_v1`` puts these in place of TensorFlow's own for as long as the alias is installed. What does not
concern K's graph goes on to the original.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import record

from .gradients import gradients
from .graph import KerasGraph, building, graph_scope, state
from .variables import KVariable
from .writes import Initialization, Update

_ASSIGNING = ("assign", "assign_add", "assign_sub")


def replacements() -> list[tuple[Any, str, Any]]:
    """What is to be replaced: the owner, the name, and what takes its place."""
    v1, optimizer = tf.compat.v1, tf.compat.v1.train.Optimizer
    return [
        (tf, "gradients", _gradients(tf.gradients)),
        (v1, "gradients", _gradients(v1.gradients)),
        (tf, "group", _group(tf.group)),
        (v1, "group", _group(v1.group)),
        *((KVariable, name, _assigning(getattr(KVariable, name))) for name in _ASSIGNING),
        (optimizer, "compute_gradients", _compute_gradients(optimizer.compute_gradients)),
        (optimizer, "apply_gradients", _apply_gradients(optimizer.apply_gradients)),
    ]


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables that K's graph reads, in that order; with `scope` those whose name begins so."""
    return [each for each in state.graph.read_variables.values() if each.name.startswith(scope or "")]


def trainable_variables(scope: str | None = None) -> list[Any]:
    """Those of `global_variables` that are trainable."""
    return [each for each in global_variables(scope) if each.trainable]


def in_keras_graph(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with what it builds put into K's graph."""

    @functools.wraps(function)
    def building(*args: Any, **kwargs: Any) -> Any:
        with graph_scope():
            return function(*args, **kwargs)

    return building


def _assigning(original: Callable[..., Any]) -> Callable[..., Any]:
    """``variable.assign`` and its kin, as an operation of K's graph that writes when it is run.

    It is the tensor of the value that the variable has then.
    """

    @functools.wraps(original)
    def assign(self: Any, *args: Any, **kwargs: Any) -> Any:
        if building() or record.could_possibly_record():
            return original(self, *args, **kwargs)
        with graph_scope():
            written = original(self, *args, **kwargs)
            return tf.convert_to_tensor(written) if isinstance(written, tf.Variable) else written

    return assign


def assignments() -> dict[str, Callable[..., Any]]:
    """``tf.assign`` and its kin, by name."""

    def assignment(method: str) -> Callable[..., Any]:
        def assign(
            ref: Any, value: Any, validate_shape: Any = None, use_locking: Any = None, name: str | None = None
        ) -> Any:
            return getattr(ref, method)(value)

        assign.__name__ = assign.__qualname__ = method
        return assign

    return {method: assignment(method) for method in _ASSIGNING}


def _group(original: Callable[..., Any]) -> Callable[..., Any]:
    """``tf.group`` in K's graph, also of what K's updates and initializers are."""

    @functools.wraps(original)
    def group(*inputs: Any, **kwargs: Any) -> Any:
        flat = tf.nest.flatten([_written(each) for each in inputs])
        initial = [each for each in flat if isinstance(each, Initialization)]
        if not initial:
            with graph_scope():
                return original(*flat, **kwargs)
        if len(initial) < len(flat):
            raise TypeError(
                "tf.group: initializers and other operations cannot be grouped; run both in a list."
            )
        return Initialization([variable for each in initial for variable, _ in each.pairs])

    return group


def _written(x: Any) -> Any:
    """`x`; an update of K as an operation."""
    if isinstance(x, Update):
        return x.variable.assign(x.value)
    return [_written(each) for each in x] if isinstance(x, (list, tuple)) else x


def _of_keras(x: Any) -> bool:
    return isinstance(getattr(x, "graph", None), KerasGraph)


def _gradients(original: Callable[..., Any]) -> Callable[..., Any]:
    """``tf.gradients``; of tensors of K's graph by `K.gradients`, as a part of that graph is put off."""

    @functools.wraps(original)
    def derive(ys: Any, xs: Any, grad_ys: Any = None, *args: Any, **kwargs: Any) -> list[Any]:
        targets = _listed(ys)
        if not all(_of_keras(each) for each in targets):
            return list(original(ys, xs, grad_ys, *args, **kwargs))
        return gradients(_weighted_sum(targets, _listed(grad_ys)), _listed(xs))

    return derive


def _weighted_sum(targets: Sequence[Any], weights: Sequence[Any]) -> Any:
    """The sum of all elements of the targets, each times its weight if weights are given."""
    with graph_scope():
        if weights:
            weights = [1.0 if each is None else tf.stop_gradient(each) for each in weights]
            targets = [target * weight for target, weight in zip(targets, weights, strict=True)]
        return functools.reduce(tf.add, [tf.reduce_sum(each) for each in targets])


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]


def _compute_gradients(original: Callable[..., Any]) -> Callable[..., Any]:
    """``Optimizer.compute_gradients``; for all trainable variables if there is no `var_list`."""

    @functools.wraps(original)
    def compute(self: Any, loss: Any, var_list: Any = None, *args: Any, **kwargs: Any) -> list[Any]:
        if not _of_keras(loss):
            return list(original(self, loss, var_list, *args, **kwargs))
        grad_loss = kwargs.get("grad_loss")
        total = _weighted_sum([loss], _listed(grad_loss))
        if var_list is not None:
            variables = _listed(var_list)
            return list(zip(gradients(total, variables), variables, strict=True))
        variables = [each for each in trainable_variables() if each.dtype.is_floating]
        pairs = zip(gradients(total, variables), variables, strict=True)
        return [(slope, variable) for slope, variable in pairs if slope is not None]

    return compute


def _apply_gradients(original: Callable[..., Any]) -> Callable[..., Any]:
    """``Optimizer.apply_gradients``, as an operation of K's graph if the derivatives are of it."""

    @functools.wraps(original)
    def apply(self: Any, grads_and_vars: Any, *args: Any, **kwargs: Any) -> Any:
        pairs = list(grads_and_vars)
        if not any(_of_keras(slope) for slope, _ in pairs):
            return original(self, pairs, *args, **kwargs)
        with graph_scope():
            return original(self, pairs, *args, **kwargs)

    return apply
