"""Functions of TensorFlow with the arguments of TensorFlow 1 beside those of today, built in K's graph."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.util import deprecation

from ..graph import KerasGraph, building, graph_scope
from ..variables import KVariable

Function = Callable[..., Any]
# How deep lists are searched for tensors of K.
_DEPTH = 4


def concerns_keras(given: Any, depth: int = _DEPTH) -> bool:
    """Whether a tensor of K's graph or a variable of K is among arguments, or in lists among them."""
    if isinstance(given, KVariable) or isinstance(getattr(given, "graph", None), KerasGraph):
        return True
    if depth and isinstance(given, (list, tuple)):
        return any(concerns_keras(each, depth - 1) for each in given)
    if depth and isinstance(given, Mapping):
        return any(concerns_keras(each, depth - 1) for each in given.values())
    return isinstance(given, (tf.SparseTensor, tf.IndexedSlices)) and concerns_keras(given.values, 0)


def symbolic(function: Function, always: bool = False) -> Function:
    """`function`, with what it makes of K's tensors and variables put into K's graph.

    Args:
        function: a function of TensorFlow.
        always: whether it builds there whatever it is given, as all of TensorFlow 1 built in a graph.
    """

    @functools.wraps(function)
    def built(*args: Any, **kwargs: Any) -> Any:
        with deprecation.silence():
            if building() or not (always or concerns_keras([args, kwargs])) or record.could_possibly_record():
                return function(*args, **kwargs)
            with graph_scope():
                return function(*args, **kwargs)

    return built


def both(old: Function, new: Function) -> Function:
    """A function that takes the arguments of `old`, or, where they are none of it, those of `new`."""
    signature: inspect.Signature | None = None

    @functools.wraps(old)
    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal signature
        signature = signature or inspect.signature(old)
        try:
            signature.bind(*args, **kwargs)
        except TypeError:
            return new(*args, **kwargs)
        return old(*args, **kwargs)

    return call


def gone(call: str, instead: str) -> Function:
    """Stands for what TensorFlow 2 has no equivalent of: says so when it is called."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{call} of TensorFlow 1 is not supported on TensorFlow 2. {instead}")

    return refuse
