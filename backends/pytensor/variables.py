"""Variables, placeholders and constants of PyTensor."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.type import TensorType

from ... import config
from ..interface import Variables
from ..interface.checks import dtype_name, numbers, open_shape, whole
from .program import as_update
from .sparse import SparseTensorType, densify, is_scipy_sparse, sparse_placeholder, sparse_variable


def describe(x: Any) -> str:
    """How an error message names a tensor, or what came in its stead."""
    if isinstance(x, Variable):
        return f"the tensor {x.name or x}"
    return f"{x!r} of type {type(x).__name__}"


class PTVariables(Variables):
    """Variables are PyTensor's shared variables; their static shape is that of the first value."""

    _unnamed = itertools.count(1)
    _evaluate: Callable[[Any], Any]  # the value of an expression without placeholders, see `PTGraph`

    def variable(self, value: Any, dtype: str | None = None, name: str | None = None) -> Any:
        dtype = dtype_name(dtype or config.floatx())
        name = name or f"Variable_{next(self._unnamed)}"
        if isinstance(value, Variable):
            value = self.eval(value)
        if is_scipy_sparse(value):
            result = sparse_variable(value, dtype, name)
        else:
            array = np.array(numbers("K.variable", value, dtype), order="C")
            result = pytensor.shared(array, name=name, shape=array.shape, borrow=True)
        result._keras_shape = (
            tuple(int(size) for size in value.shape) if is_scipy_sparse(value) else array.shape
        )
        result._uses_learning_phase = False
        return result

    def placeholder(
        self,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        dtype: str | None = None,
        sparse: bool = False,
        name: str | None = None,
    ) -> Any:
        dtype = dtype_name(dtype or config.floatx())
        if shape is None and ndim is None:
            raise ValueError("K.placeholder: wanted a shape or a number of axes (ndim), got neither.")
        sizes = (
            open_shape("K.placeholder", shape)
            if shape is not None
            else (None,) * whole("K.placeholder", "ndim", ndim)
        )
        if sparse:
            if len(sizes) != 2:
                raise ValueError(
                    f"K.placeholder: a sparse placeholder must have two axes, got the shape {sizes}."
                )
            result = sparse_placeholder(dtype, name)
        else:
            result = pt.tensor(name, dtype=dtype, shape=sizes)
        result._keras_shape = sizes
        result._uses_learning_phase = False
        return result

    def constant(
        self,
        value: Any,
        dtype: str | None = None,
        shape: Sequence[int] | None = None,
        name: str | None = None,
    ) -> Any:
        array = np.array(numbers("K.constant", value, dtype_name(dtype or config.floatx())))
        if shape is not None:
            array = np.array(
                np.broadcast_to(array, tuple(shape)) if array.ndim == 0 else array.reshape(shape)
            )
        return pt.constant(array, name=name)

    def is_tensor(self, x: Any) -> bool:
        return isinstance(x, Variable) and isinstance(x.type, TensorType)

    def is_variable(self, x: Any) -> bool:
        return isinstance(x, SharedVariable) and isinstance(x.type, TensorType) and not self.is_sparse(x)

    def is_sparse(self, tensor: Any) -> bool:
        return isinstance(tensor, Variable) and isinstance(tensor.type, SparseTensorType)

    def to_dense(self, tensor: Any) -> Any:
        return densify(tensor) if self.is_sparse(tensor) else tensor

    def shape(self, x: Any) -> Any:
        return x.shape

    def int_shape(self, x: Any) -> tuple[int | None, ...] | None:
        known = getattr(x, "_keras_shape", None)
        if known is not None:
            return tuple(known)
        if isinstance(x, Variable) and hasattr(x.type, "shape"):
            return tuple(x.type.shape)
        raise TypeError(f"K.int_shape: wanted a tensor, got {describe(x)}.")

    def ndim(self, x: Any) -> int | None:
        return int(x.ndim)

    def dtype(self, x: Any) -> str:
        return str(x.dtype)

    def eval(self, x: Any) -> Any:
        if isinstance(x, SharedVariable):
            value = self.get_value(x)
            return value if np.ndim(value) or self.is_sparse(x) else value[()]
        if isinstance(x, Constant):
            return np.array(x.data)[()] if isinstance(x.type, TensorType) else x.data
        if not self.is_tensor(x):
            raise TypeError(f"K.eval: wanted a tensor, got {describe(x)}.")
        value = self._evaluate(x)
        return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value

    def get_value(self, x: Any) -> np.ndarray:
        if not isinstance(x, SharedVariable):
            raise TypeError(
                f"K.get_value: wanted a variable, got {describe(x)}. K.eval gives a tensor's value."
            )
        return x.get_value(borrow=False)

    def set_value(self, x: Any, value: Any) -> None:
        if not self.is_variable(x):
            raise TypeError(f"K.set_value: wanted a variable, got {describe(x)}.")
        array = np.array(numbers("K.set_value", value, x.type.dtype), order="C")
        wanted = np.shape(x.get_value(borrow=True))
        if array.shape != wanted:
            raise ValueError(
                f"K.set_value: the variable {x.name!r} has the shape {wanted}, got a value of the shape "
                f"{array.shape}."
            )
        x.set_value(array, borrow=True)

    def update(self, x: Any, new_x: Any) -> Any:
        if not self.is_variable(x):
            raise TypeError(f"K.update: wanted a variable to update, got {describe(x)}.")
        return x, as_update(x, new_x)

    def update_add(self, x: Any, increment: Any) -> Any:
        return self.update(x, x + self._like(x, increment))

    def update_sub(self, x: Any, decrement: Any) -> Any:
        return self.update(x, x - self._like(x, decrement))

    def moving_average_update(self, variable: Any, value: Any, momentum: float) -> Any:
        kept = self._like(variable, momentum)
        added = self._like(variable, 1.0 - momentum)
        return self.update(variable, variable * kept + self._like(variable, value) * added)

    @staticmethod
    def _like(x: Any, value: Any) -> Any:
        """`value` as a tensor of the dtype of `x`."""
        if isinstance(value, Variable):
            return value if value.type.dtype == x.dtype else pt.cast(value, x.dtype)
        return pt.constant(numbers("K.update", value, x.dtype))
