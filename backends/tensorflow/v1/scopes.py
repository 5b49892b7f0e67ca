"""``tf.Variable``, ``tf.get_variable`` and the scopes of names, with variables that K's graph reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import tensorflow as tf

from ..function import evaluate
from ..graph import KerasGraph, building, graph_scope, in_keras_graph, state
from ..variables import KVariable, make_variable

v1 = tf.compat.v1


class VariableScope:
    """A scope in which `get_variable` finds and makes variables.

    Attributes:
        name: of the scope, with those around it.
        initializer: for variables that are given none, as is `regularizer`.
        reuse: whether variables are found rather than made; ``tf.AUTO_REUSE`` for either.
    """

    def __init__(self, name: str, reuse: Any, initializer: Any, regularizer: Any) -> None:
        self.name = name
        self.original_name_scope = f"{name}/" if name else ""
        self.reuse = reuse
        self.initializer = initializer
        self.regularizer = regularizer

    def reuse_variables(self) -> None:
        """From now on variables of this scope are found, not made."""
        self.reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Sets the initializer for variables that are given none."""
        self.initializer = initializer

    def set_regularizer(self, regularizer: Any) -> None:
        """Sets the regularizer for variables that are given none."""
        self.regularizer = regularizer


_scopes: list[VariableScope] = []


def get_variable_scope() -> VariableScope:
    """The scope of `get_variable` that is open."""
    if not _scopes:
        _scopes.append(VariableScope("", False, None, None))
    return _scopes[-1]


@contextmanager
def variable_scope(
    name_or_scope: Any = None,
    default_name: str | None = None,
    values: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: Any = None,
    constraint: Any = None,
    auxiliary_name_scope: bool = True,
) -> Iterator[VariableScope]:
    """Opens a scope for `get_variable`, and one of the same name for operations."""
    if custom_getter is not None or partitioner is not None:
        raise NotImplementedError("tf.variable_scope: custom_getter and partitioner are not supported.")
    outer = get_variable_scope()
    if isinstance(name_or_scope, VariableScope):
        name, last = name_or_scope.name, name_or_scope.name.rpartition("/")[2]
        outer = name_or_scope
    else:
        last = name_or_scope if name_or_scope is not None else _unused(outer.name, default_name or "scope")
        name = f"{outer.name}/{last}" if outer.name and last else outer.name + last
    scope = VariableScope(
        name,
        outer.reuse if reuse is None else reuse,
        outer.initializer if initializer is None else initializer,
        outer.regularizer if regularizer is None else regularizer,
    )
    _scopes.append(scope)
    try:
        with name_scope(last or None):
            yield scope
    finally:
        _scopes.remove(scope)


def _unused(outer: str, name: str) -> str:
    """`name`, with a number behind if a variable of K's graph is in a scope of that name."""
    taken = state.graph.named_variables
    prefix = f"{outer}/{name}" if outer else name
    number = 0
    while any(each.startswith(f"{prefix}_{number}/" if number else f"{prefix}/") for each in taken):
        number += 1
    return f"{name}_{number}" if number else name


@contextmanager
def name_scope(name: str | None = None, default_name: str | None = None, values: Any = None) -> Iterator[str]:
    """Opens a scope of names in K's graph; what is built within stands in that graph."""
    if building() and not in_keras_graph():
        with v1.name_scope(name, default_name, values) as scope:
            yield scope
        return
    with state.graph.as_default(), v1.name_scope(name, default_name, values) as scope:
        yield scope


def device(device_name_or_function: Any) -> AbstractContextManager[Any]:
    """``tf.device``; without effect for a GPU where there is none, and for a function."""
    name = device_name_or_function
    if not isinstance(name, str):
        return nullcontext()
    if "gpu" in name.lower() and not tf.config.list_physical_devices("GPU"):
        return nullcontext()
    placed: AbstractContextManager[Any] = tf.device(name)
    return placed


@contextmanager
def control_dependencies(control_inputs: Sequence[Any] | None) -> Iterator[None]:
    """What is built within is run behind `control_inputs`."""
    if building() and not in_keras_graph():
        with tf.control_dependencies(control_inputs):
            yield
        return
    with state.graph.as_default():
        operations = [] if control_inputs is None else [_operation(each) for each in control_inputs]
        with tf.control_dependencies(None if control_inputs is None else operations):
            yield


def _operation(x: Any) -> Any:
    return x.variable.assign(x.value) if hasattr(x, "variable") and hasattr(x, "value") else x


class _VariableKind(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, tf.Variable)


class Variable(metaclass=_VariableKind):
    """``tf.Variable``: a variable of K, read symbolically in every expression, as in TensorFlow 1."""

    def __new__(
        cls,
        initial_value: Any = None,
        trainable: bool = True,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        **options: Any,
    ) -> Any:
        if building() and not in_keras_graph():
            return tf.Variable(initial_value, trainable=trainable, name=name, dtype=dtype)
        return _made(initial_value, dtype, _unique(name or "Variable"), trainable, collections)


def _unique(name: str) -> str:
    with graph_scope():
        return str(state.graph.unique_name(name))


def _made(initial: Any, dtype: Any, name: str, trainable: bool, collections: Any = None) -> KVariable:
    """A variable with the value of numbers, of a tensor, or of what a function returns."""
    with tf.init_scope():
        value = initial() if callable(initial) else initial
    if value is None:
        raise ValueError(f"tf.Variable {name!r}: wanted an initial value, got none.")
    if not isinstance(value, (tf.Tensor, tf.Variable)):
        value = tf.constant(value, dtype)
    array = np.asarray(evaluate(value))
    if dtype is not None:
        array = array.astype(tf.as_dtype(dtype).as_numpy_dtype)
    made = make_variable(array, tf.as_dtype(array.dtype).name, name, trainable)
    made.of_keras = False
    graph: KerasGraph = state.graph
    graph.read_variables.setdefault(id(made), made)
    for each in [collections] if isinstance(collections, str) else collections or []:
        graph.add_to_collection(each, made)
    return made


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    **options: Any,
) -> KVariable:
    """The variable of this name in the open scope, made if the scope does not reuse variables."""
    scope = get_variable_scope()
    full = f"{scope.name}/{name}" if scope.name else name
    known = state.graph.named_variables.get(full)
    if known is not None:
        return _reused(known, full, shape, scope.reuse)
    if scope.reuse and scope.reuse is not v1.AUTO_REUSE:
        raise ValueError(
            f"Variable {full} does not exist, or was not created with tf.get_variable(). "
            f"Did you mean to set reuse=tf.AUTO_REUSE in its scope?"
        )
    initial = _initial(full, shape, dtype, scope.initializer if initializer is None else initializer)
    made = state.graph.named_variables[full] = _made(initial, dtype, full, trainable, collections)
    with graph_scope():
        regularizer = scope.regularizer if regularizer is None else regularizer
        loss = None if regularizer is None else regularizer(made)
        if loss is not None:
            state.graph.add_to_collection(v1.GraphKeys.REGULARIZATION_LOSSES, loss)
    return made


def _reused(known: KVariable, name: str, shape: Any, reuse: Any) -> KVariable:
    if not reuse:
        raise ValueError(
            f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
            f"reuse=tf.AUTO_REUSE in its scope?"
        )
    if shape is not None and not known.shape.is_compatible_with(tf.TensorShape(shape)):
        raise ValueError(
            f"Trying to share variable {name}, but specified shape {tuple(tf.TensorShape(shape))} and found "
            f"shape {tuple(known.shape)}."
        )
    return known


def _initial(name: str, shape: Any, dtype: Any, initializer: Any) -> Callable[[], Any]:
    """What makes the first value of a variable."""
    dtype = tf.as_dtype(dtype or tf.float32)
    if initializer is not None and not callable(initializer):
        return lambda: tf.constant(initializer) if not tf.is_tensor(initializer) else initializer
    if shape is None or not tf.TensorShape(shape).is_fully_defined():
        raise ValueError(f"The shape of a new variable ({name}) must be fully defined, got {shape!r}.")
    sizes = tf.TensorShape(shape).as_list()
    if initializer is None:
        initializer = v1.glorot_uniform_initializer() if dtype.is_floating else v1.zeros_initializer()
    made = initializer() if isinstance(initializer, type) else initializer
    return lambda: made(sizes, dtype=dtype)


def get_collection(key: str, scope: str | None = None) -> list[Any]:
    """What was put under a key into K's graph; its variables for the keys of TensorFlow that mean these."""
    keys = v1.GraphKeys
    if key in (keys.GLOBAL_VARIABLES, keys.TRAINABLE_VARIABLES):
        found = list(state.graph.read_variables.values())
        found = [each for each in found if each.trainable or key == keys.GLOBAL_VARIABLES]
    else:
        found = state.graph.get_collection(key)
    return [each for each in found if scope is None or re.match(scope, getattr(each, "name", ""))]


def add_to_collection(name: str, value: Any) -> None:
    """Puts something under a key into K's graph."""
    state.graph.add_to_collection(name, value)
