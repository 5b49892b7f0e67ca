"""The toy adapter. What it does not write raises `UnsupportedOperation`."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from polykeras import config
from polykeras.backends.interface import Backend
from polykeras.backends.interface.arguments import (
    constant_dtype,
    dtype_name,
    is_float,
    normalize_axes,
    normalize_axis,
    static_reshape,
)
from polykeras.errors import UnsupportedOperation, check_kwargs

from .tensors import Placeholder, Tensor, ToyFunction, Variable, binary, cast, constant, same_dtype


def _refusal(name: str) -> Callable[..., Any]:
    """A method of the interface that says that this engine lacks it."""

    @functools.wraps(getattr(Backend, name))
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise UnsupportedOperation(self.name, name)

    method.__isabstractmethod__ = False  # type: ignore[attr-defined]
    return method


class Refusals:
    """Every required operation, refused."""


for _name in Backend.__abstractmethods__:
    setattr(Refusals, _name, _refusal(_name))


def _tensor(x: Any) -> Tensor:
    return x if isinstance(x, Tensor) else constant(x, constant_dtype(x))


def _as_float(x: Any) -> Tensor:
    x = _tensor(x)
    return x if is_float(x.dtype) else cast(x, config.floatx())


def _unary(name: str, function: Any, floats: bool = False) -> Callable[..., Any]:
    def method(self: Any, x: Any) -> Tensor:
        return Tensor(lambda a: function(a).astype(a.dtype), [_as_float(x) if floats else _tensor(x)])

    method.__name__ = name
    return method


def _pair(name: str, function: Any) -> Callable[..., Any]:
    def method(self: Any, x: Any, y: Any) -> Tensor:
        return binary(function, x, y)

    method.__name__ = name
    return method


def _reduction(name: str, function: Any, prepare: Callable[[Any], Tensor]) -> Callable[..., Any]:
    def method(self: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
        x = prepare(x)
        axes = tuple(normalize_axes(name, axis, len(x.shape)))
        return Tensor(lambda a: function(a, axis=axes, keepdims=keepdims), [x])

    method.__name__ = name
    return method


def _number(x: Any) -> Tensor:
    x = _tensor(x)
    return cast(x, config.floatx()) if x.dtype == "bool" else x


class ToyMath:
    """Arithmetic."""

    square, abs = _unary("square", np.square), _unary("abs", np.abs)
    sign, round = _unary("sign", np.sign), _unary("round", np.rint)
    sqrt = _unary("sqrt", lambda a: np.sqrt(np.maximum(a, 0)), floats=True)
    exp, log = _unary("exp", np.exp, floats=True), _unary("log", np.log, floats=True)
    sin, cos = _unary("sin", np.sin, floats=True), _unary("cos", np.cos, floats=True)
    sigmoid = _unary("sigmoid", lambda a: np.exp(-np.logaddexp(0, -a)), floats=True)
    tanh, softplus = _unary("tanh", np.tanh), _unary("softplus", lambda a: np.logaddexp(a, 0))
    transpose = _unary("transpose", np.transpose)
    equal, not_equal = _pair("equal", np.equal), _pair("not_equal", np.not_equal)
    greater, greater_equal = _pair("greater", np.greater), _pair("greater_equal", np.greater_equal)
    lesser, lesser_equal = _pair("lesser", np.less), _pair("lesser_equal", np.less_equal)
    maximum, minimum = _pair("maximum", np.maximum), _pair("minimum", np.minimum)
    sum = _reduction("sum", lambda a, **options: np.sum(a, dtype=a.dtype, **options), _number)
    prod = _reduction("prod", lambda a, **options: np.prod(a, dtype=a.dtype, **options), _number)
    mean = _reduction("mean", np.mean, _as_float)
    max, min = _reduction("max", np.max, _tensor), _reduction("min", np.min, _tensor)
    any, all = _reduction("any", np.any, _tensor), _reduction("all", np.all, _tensor)

    def dot(self, x: Any, y: Any) -> Tensor:
        return Tensor(np.dot, same_dtype([x, y]))

    def pow(self, x: Any, a: Any) -> Tensor:
        return binary(np.power, x, a)

    def cast(self, x: Any, dtype: str) -> Tensor:
        return cast(_tensor(x), dtype_name(dtype))

    def argmax(self, x: Any, axis: int = -1) -> Tensor:
        return Tensor(lambda a: np.argmax(a, axis=axis), [_tensor(x)])

    def argmin(self, x: Any, axis: int = -1) -> Tensor:
        return Tensor(lambda a: np.argmin(a, axis=axis), [_tensor(x)])

    def clip(self, x: Any, min_value: Any, max_value: Any) -> Tensor:
        low = -np.inf if min_value is None else min_value
        high = np.inf if max_value is None else np.maximum(max_value, low)
        return Tensor(lambda a: np.clip(a, low, high).astype(a.dtype), [_tensor(x)])


class ToyShape:
    """Shapes."""

    def reshape(self, x: Any, shape: Any) -> Tensor:
        if isinstance(shape, Tensor):
            return Tensor(np.reshape, [_tensor(x), shape])
        sizes, _ = static_reshape(_tensor(x).shape, shape)
        return Tensor(lambda a, *b: a.reshape([int(size) for size in b]), [_tensor(x), *map(_tensor, sizes)])

    def permute_dimensions(self, x: Any, pattern: Sequence[int]) -> Tensor:
        return Tensor(lambda a: a.transpose(pattern), [_tensor(x)])

    def expand_dims(self, x: Any, dim: int = -1) -> Tensor:
        return Tensor(lambda a: np.expand_dims(a, dim), [_tensor(x)])

    def squeeze(self, x: Any, axis: int) -> Tensor:
        axis = normalize_axis("squeeze", axis, len(x.shape))
        return Tensor(lambda a: a.squeeze(axis), [_tensor(x)])

    def concatenate(self, tensors: Sequence[Any], axis: int = -1) -> Tensor:
        return Tensor(lambda *parts: np.concatenate(parts, axis), same_dtype(list(tensors)))

    def stack(self, x: Sequence[Any]) -> Tensor:
        return Tensor(lambda *parts: np.stack(parts), same_dtype(list(x)))

    def repeat_elements(self, x: Any, rep: int, axis: int) -> Tensor:
        return Tensor(lambda a: np.repeat(a, rep, axis), [_tensor(x)])

    def flatten(self, x: Any) -> Tensor:
        return Tensor(np.ravel, [_tensor(x)])

    def pad(self, x: Any, paddings: Sequence[tuple[int, int]], value: float = 0.0) -> Tensor:
        return Tensor(lambda a: np.pad(a, paddings, constant_values=value), [_tensor(x)])

    def zeros_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Tensor:
        return Tensor(lambda a: np.zeros_like(a, dtype), [_tensor(x)])

    def ones_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Tensor:
        return Tensor(lambda a: np.ones_like(a, dtype), [_tensor(x)])


class ToyBackend(ToyMath, ToyShape, Refusals, Backend):
    """K on NumPy, in part."""

    name = "toy"
    _phase: Any = None

    def variable(self, value: Any, dtype: str | None = None, name: str | None = None) -> Variable:
        if hasattr(value, "tocsr"):
            raise UnsupportedOperation(self.name, "variable", "It has no sparse tensors.")
        return Variable(value, dtype or config.floatx(), name)

    def placeholder(
        self,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        dtype: str | None = None,
        sparse: bool = False,
        name: str | None = None,
    ) -> Placeholder:
        if sparse:
            raise UnsupportedOperation(self.name, "placeholder", "It has no sparse tensors.")
        if shape is None and ndim is None:
            raise ValueError("placeholder: wanted a shape or a number of axes (ndim), got neither.")
        sizes = (None,) * int(ndim or 0) if shape is None else tuple(shape)
        return Placeholder(sizes, dtype or config.floatx(), name)

    def constant(
        self,
        value: Any,
        dtype: str | None = None,
        shape: Sequence[int] | None = None,
        name: str | None = None,
    ) -> Tensor:
        full = value if shape is None else np.broadcast_to(value, tuple(shape))
        return constant(full, dtype or config.floatx())

    def is_tensor(self, x: Any) -> bool:
        return isinstance(x, Tensor)

    def is_variable(self, x: Any) -> bool:
        return isinstance(x, Variable)

    def is_sparse(self, tensor: Any) -> bool:
        return False

    def to_dense(self, tensor: Any) -> Any:
        return tensor

    def shape(self, x: Any) -> Tensor:
        return Tensor(lambda a: np.array(a.shape, "int64"), [x])

    def int_shape(self, x: Any) -> tuple[int | None, ...] | None:
        known: tuple[int | None, ...] = getattr(x, "_keras_shape", x.shape)
        return known

    def ndim(self, x: Any) -> int | None:
        return len(x.shape)

    def dtype(self, x: Any) -> str:
        return str(x.dtype)

    def eval(self, x: Any) -> Any:
        phase = {} if self._phase is None or isinstance(self._phase, int) else {self._phase: np.array(False)}
        return np.array(x.value(phase))[()]

    def get_value(self, x: Any) -> np.ndarray:
        return np.array(x.state)

    def set_value(self, x: Any, value: Any) -> None:
        array = np.array(value, x.dtype)
        if array.shape != x.state.shape:
            raise ValueError(f"set_value: {x.name} has the shape {x.state.shape}, got {array.shape}.")
        x.state = array

    def update(self, x: Any, new_x: Any) -> tuple[Any, Any]:
        return x, new_x

    def update_add(self, x: Any, increment: Any) -> tuple[Any, Any]:
        return x, x + increment

    def update_sub(self, x: Any, decrement: Any) -> tuple[Any, Any]:
        return x, x - decrement

    def relu(self, x: Any, alpha: float = 0.0, max_value: float | None = None) -> Tensor:
        upper = self.maximum(x, 0)
        upper = upper if max_value is None else self.minimum(upper, max_value)
        return upper + self.minimum(x, 0) * alpha

    def switch(self, condition: Any, then_expression: Any, else_expression: Any) -> Tensor:
        x, y = (each() if callable(each) else each for each in (then_expression, else_expression))

        def choose(c: Any, a: Any, b: Any) -> Any:
            return np.where(c.reshape(c.shape + (1,) * (a.ndim - c.ndim)), a, b)

        return Tensor(choose, [_tensor(condition), *same_dtype([x, y])])

    def learning_phase(self) -> Any:
        if self._phase is None:
            self._phase = Placeholder((), "bool", "learning_phase")
        if not isinstance(self._phase, int):
            self._phase_uses += 1
        return self._phase

    def set_learning_phase(self, value: int) -> None:
        if value not in (0, 1):
            raise ValueError(f"set_learning_phase: value must be 0 or 1, got {value!r}.")
        self._phase = int(value)

    def graph_scope(self) -> Any:
        return contextlib.nullcontext()

    def clear_session(self) -> None:
        self._phase = None
        self.reset_uids()

    def function(
        self, inputs: Sequence[Any], outputs: Sequence[Any], updates: Sequence[Any] = [], **kwargs: Any
    ) -> ToyFunction:
        check_kwargs("function", kwargs, ())
        return ToyFunction(inputs, outputs, [(x, _tensor(new)) for x, new in updates])
