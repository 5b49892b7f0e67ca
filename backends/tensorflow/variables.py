"""Variables, placeholders and constants on TensorFlow."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import record
from tensorflow.python.ops.resource_variable_ops import ResourceVariable

from ... import config
from ..interface import Variables
from ..interface.checks import dtype_name, numbers, open_shape, whole
from .function import evaluate
from .graph import building, graph_scope, in_graph
from .writes import Initialization, Update, kept

_BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"]
_OPERATORS = [
    *_BINARY,
    *(f"r{each}" for each in _BINARY),
    *("neg", "abs", "getitem", "lt", "le", "gt", "ge", "invert"),
]


class KVariable(ResourceVariable):
    """A variable of K: a `tf.Variable` with its value at once, and symbolic in every expression.

    Where no gradient tape records and no function is traced, arithmetic with it (``2 * w``) gives a tensor of
    K's graph, as all arithmetic did in Keras 1; a tape or a `tf.function` sees an ordinary variable. Where
    TensorFlow reads it on the way into K's graph, the reading is made there, so that it never stands for a
    past value.

    Attributes:
        of_keras: whether K has made it, and not the program by ``tf.Variable``.
        was_set: whether it was given a value from outside, such as a file's.
    """

    of_keras = True
    was_set = False

    # Variables are compared by identity and may be keys of a dictionary, as in Keras 1.
    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    def __init__(self, value: Any, dtype: Any, name: str, trainable: bool = True) -> None:
        super().__init__(value, dtype=dtype, name=_legal(name), trainable=trainable)
        self._given_name = name

    @property
    def name(self) -> str:
        return f"{self._given_name}:0"

    @property
    def initializer(self) -> Initialization:
        """What a session runs to give the variable its first value again."""
        return Initialization([self])

    def initialized_value(self) -> Any:
        """The variable's value in K's graph."""
        with graph_scope():
            return self.read_value()

    def get_shape(self) -> Any:
        return self.shape

    def eval(self, session: Any = None) -> Any:
        """The present value, a numpy array."""
        with tf.init_scope():
            return self.numpy()

    def load(self, value: Any, session: Any = None) -> None:
        """Sets the value."""
        write(self, value)

    def _dense_var_to_tensor(self, dtype: Any = None, name: Any = None, as_ref: bool = False) -> Any:
        value = super()._dense_var_to_tensor(dtype=dtype, name=name, as_ref=as_ref)
        if tf.executing_eagerly() and isinstance(value, tf.Tensor):
            value._polykeras_variable = weakref.ref(self)
        return value


def _symbolic(inherited: Callable[..., Any]) -> Callable[..., Any]:
    def operator(self: KVariable, *args: Any) -> Any:
        if building() or record.could_possibly_record():
            return inherited(self, *args)
        with graph_scope():
            return inherited(self, *args)

    return operator


for _operator in _BINARY:  # ``loss += x`` gives a tensor, as in Keras 1; the variable keeps its value
    setattr(KVariable, f"__i{_operator}__", _symbolic(getattr(ResourceVariable, f"__{_operator}__")))

for _operator in _OPERATORS:
    setattr(KVariable, f"__{_operator}__", _symbolic(getattr(ResourceVariable, f"__{_operator}__")))


def _legal(name: str) -> str:
    """`name` as an operation's name may be written."""
    legal = re.sub(r"[^A-Za-z0-9_.\\/>-]", "_", name)
    return legal if re.match(r"[A-Za-z0-9.]", legal) else f"v{legal}"


def _numpy(where: str, value: Any, dtype: str) -> np.ndarray:
    """A copy of `value` (numbers, an array, or a tensor that can be evaluated) as an array of the dtype."""
    if tf.is_tensor(value) or isinstance(value, tf.Variable):
        value = evaluate(value)
    return np.array(numbers(where, value, tf.as_dtype(dtype).as_numpy_dtype))


def write(variable: Any, value: Any) -> None:
    """Sets a variable to a value of its shape, at once."""
    array = _numpy("set_value", value, variable.dtype.name)
    wanted = tuple(variable.shape.as_list())
    if array.shape != wanted:
        raise ValueError(
            f"set_value: the variable {variable.name!r} has the shape {wanted}, "
            f"got a value of the shape {array.shape}."
        )
    with tf.init_scope():
        tf.raw_ops.AssignVariableOp(resource=variable.handle, value=tf.constant(array, variable.dtype))
    variable.was_set = True


def make_variable(
    array: np.ndarray,
    dtype: str,
    name: str | None = None,
    trainable: bool = True,
    first: Callable[[], np.ndarray] | None = None,
) -> KVariable:
    """A variable of K.

    Args:
        array: its value.
        dtype: its dtype.
        name: its name; "Variable" by default.
        trainable: whether it is among TensorFlow's trainable variables.
        first: gives the value for its initializer, where that need not be kept.
    """
    with tf.init_scope():
        result = KVariable(array, tf.as_dtype(dtype), name or "Variable", trainable)
    result._polykeras_first = first or kept(array)
    result._keras_shape = array.shape
    result._uses_learning_phase = False
    return result


class TFVariables(Variables):
    """Variables, placeholders and constants."""

    def variable(self, value: Any, dtype: str | None = None, name: str | None = None) -> Any:
        dtype = dtype_name(dtype or config.floatx())
        if hasattr(value, "tocoo"):
            return _sparse_constant(value, dtype)
        return make_variable(_numpy("variable", value, dtype), dtype, name)

    def _drawn_variable(self, draw: Callable[[], np.ndarray], dtype: str | None, name: str | None) -> Any:
        return make_variable(draw(), dtype_name(dtype or config.floatx()), name, first=draw)

    @in_graph
    def placeholder(
        self,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        dtype: str | None = None,
        sparse: bool = False,
        name: str | None = None,
    ) -> Any:
        dtype = dtype_name(dtype or config.floatx())
        if shape is None:
            if ndim is None:
                raise ValueError("placeholder: wanted a shape or a number of axes (ndim), got neither.")
            shape = (None,) * whole("placeholder", "ndim", ndim)
        shape = open_shape("placeholder", shape)
        legal = None if name is None else _legal(name)
        if sparse:
            if len(shape) != 2:
                raise ValueError(f"placeholder: a sparse one has two axes, got the shape {shape}.")
            result = tf.SparseTensor(
                tf.compat.v1.placeholder(tf.int64, (None, 2), f"{legal or 'sparse'}_indices"),
                tf.compat.v1.placeholder(dtype, (None,), f"{legal or 'sparse'}_values"),
                tf.compat.v1.placeholder(tf.int64, (2,), f"{legal or 'sparse'}_shape"),
            )
            result.set_shape(shape)
            result.name = f"{legal or 'sparse'}:0"
        else:
            result = tf.compat.v1.placeholder(dtype, shape, legal)
        result._keras_shape = shape
        result._uses_learning_phase = False
        return result

    @in_graph
    def constant(
        self,
        value: Any,
        dtype: str | None = None,
        shape: Sequence[int] | None = None,
        name: str | None = None,
    ) -> Any:
        wanted = tf.as_dtype(dtype_name(dtype or config.floatx())).as_numpy_dtype
        array = numbers("constant", value, wanted)
        if shape is not None and array.shape != tuple(shape):
            array = np.full(tuple(shape), array) if array.ndim == 0 else array.reshape(tuple(shape))
        return tf.constant(array, name=None if name is None else _legal(name))

    def is_tensor(self, x: Any) -> bool:
        return isinstance(x, (tf.Tensor, tf.Variable, tf.SparseTensor))

    def is_variable(self, x: Any) -> bool:
        return isinstance(x, tf.Variable)

    def is_sparse(self, tensor: Any) -> bool:
        return isinstance(tensor, tf.SparseTensor)

    @in_graph
    def to_dense(self, tensor: Any) -> Any:
        if not isinstance(tensor, tf.SparseTensor):
            return tensor
        result = tf.sparse.to_dense(tf.sparse.reorder(tensor))
        _inherit(result, tensor)
        return result

    @in_graph
    def shape(self, x: Any) -> Any:
        return tf.shape(x)

    def int_shape(self, x: Any) -> tuple[int | None, ...] | None:
        known = getattr(x, "_keras_shape", None)
        if known is not None:
            return tuple(known)
        shape = getattr(x, "shape", None)
        if shape is None:
            raise TypeError(f"int_shape: wanted a tensor, got {x!r}.")
        if isinstance(shape, tuple):
            return shape
        return None if shape.rank is None else tuple(shape.as_list())

    def ndim(self, x: Any) -> int | None:
        shape = x.shape
        rank = len(shape) if isinstance(shape, tuple) else shape.rank
        return None if rank is None else int(rank)

    def dtype(self, x: Any) -> str:
        return str(tf.as_dtype(x.dtype).name)

    def eval(self, x: Any) -> Any:
        if not self.is_tensor(x):
            raise TypeError(f"eval: wanted a tensor, got {x!r}.")
        return evaluate(x)

    def get_value(self, x: Any) -> np.ndarray:
        if isinstance(x, tf.Variable):
            with tf.init_scope():
                return np.asarray(x.numpy())
        if isinstance(x, tf.SparseTensor):
            return np.asarray(evaluate(x).toarray())
        raise TypeError(f"get_value: wanted a variable, got {x!r}. To compute a tensor's value, use K.eval.")

    def set_value(self, x: Any, value: Any) -> None:
        if not isinstance(x, tf.Variable):
            raise TypeError(f"set_value: wanted a variable, got {x!r}.")
        write(x, value)

    @in_graph
    def update(self, x: Any, new_x: Any) -> Any:
        return Update((x, _new_value("update", x, new_x)))

    @in_graph
    def update_add(self, x: Any, increment: Any) -> Any:
        return Update((x, x + _new_value("update_add", x, increment)))

    @in_graph
    def update_sub(self, x: Any, decrement: Any) -> Any:
        return Update((x, x - _new_value("update_sub", x, decrement)))


def _new_value(where: str, x: Any, value: Any) -> Any:
    """`value` as a tensor of the dtype of variable `x`, if its shape fits."""
    if not isinstance(x, tf.Variable):
        raise TypeError(f"{where}: wanted a variable to update, got {x!r}.")
    if tf.is_tensor(value) or isinstance(value, tf.Variable):
        value = tf.cast(value, x.dtype)
    else:
        value = tf.convert_to_tensor(numbers(where, value, x.dtype.as_numpy_dtype))
    fits = value.shape.is_compatible_with(x.shape) if where == "update" else _broadcasts(value.shape, x.shape)
    if not fits:
        raise ValueError(
            f"{where}: the variable {x.name!r} has the shape {tuple(x.shape)}, "
            f"got a value of the shape {tuple(value.shape)}."
        )
    return value


def _broadcasts(shape: Any, wanted: Any) -> bool:
    if shape.rank is None:
        return True
    if shape.rank > wanted.rank:
        return False
    return all(
        size in (None, 1, want)
        for size, want in zip(reversed(shape.as_list()), reversed(wanted.as_list()), strict=False)
    )


def _inherit(result: Any, source: Any) -> None:
    for attribute in ("_keras_shape", "_uses_learning_phase"):
        if hasattr(source, attribute):
            setattr(result, attribute, getattr(source, attribute))


def _sparse_constant(value: Any, dtype: str) -> Any:
    """A sparse tensor of the value of a scipy sparse matrix."""
    matrix = value.tocsr().tocoo()
    with tf.init_scope():
        result = tf.SparseTensor(
            np.stack([matrix.row, matrix.col], axis=1).astype(np.int64),
            tf.constant(np.asarray(matrix.data, dtype=tf.as_dtype(dtype).as_numpy_dtype)),
            np.asarray(matrix.shape, np.int64),
        )
    result._keras_shape = tuple(matrix.shape)
    result._uses_learning_phase = False
    return result
