"""Lazy NumPy tensors: a function and its arguments; static shapes come from trying two batch sizes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from polykeras.backends.interface import Function
from polykeras.backends.interface.arguments import common_dtype, constant_dtype

OPEN_SIZES = (7, 8)  # what stands for an unknown size in the two trials; no test counts on more steps


class Tensor:
    """The result of ``compute(*values of the arguments)``."""

    def __init__(self, compute: Callable[..., Any], arguments: Sequence[Tensor] = ()) -> None:
        self.compute, self.arguments = compute, list(arguments)
        with np.errstate(all="ignore"):
            self.trials: list[np.ndarray] = [
                np.asarray(compute(*(each.trials[trial] for each in self.arguments))) for trial in range(2)
            ]

    @property
    def shape(self) -> tuple[int | None, ...]:
        return tuple(
            a if a == b else None for a, b in zip(*(each.shape for each in self.trials), strict=True)
        )

    @property
    def dtype(self) -> str:
        return self.trials[0].dtype.name

    def value(self, known: dict[Tensor, Any]) -> Any:
        """The value, given those of the placeholders; every tensor is computed once."""
        if self not in known:
            known[self] = np.asarray(self.compute(*(each.value(known) for each in self.arguments)))
        return known[self]

    def __getitem__(self, index: Any) -> Tensor:
        return Tensor(lambda x: x[index], [self])

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(self.shape[0] or 0))

    def __neg__(self) -> Tensor:
        return Tensor(np.negative, [self])


def _operator(function: Any, swapped: bool) -> Callable[[Tensor, Any], Tensor]:
    return lambda x, y: binary(function, y, x) if swapped else binary(function, x, y)


for _name, _function in (
    ("add", np.add), ("sub", np.subtract), ("mul", np.multiply), ("truediv", np.divide), ("pow", np.power),
):  # fmt: skip
    setattr(Tensor, f"__{_name}__", _operator(_function, False))
    setattr(Tensor, f"__r{_name}__", _operator(_function, True))
# Arrays leave an operation with a tensor to the tensor.
Tensor.__array_ufunc__ = None  # type: ignore[attr-defined]


def constant(value: Any, dtype: str) -> Tensor:
    array = np.array(value, dtype)
    return Tensor(lambda: array)


def same_dtype(values: Sequence[Any]) -> list[Tensor]:
    """Tensors, numbers and arrays as tensors of one dtype."""
    present = [value.dtype for value in values if isinstance(value, Tensor)]
    like = common_dtype(present) if present else None
    tensors = [v if isinstance(v, Tensor) else constant(v, constant_dtype(v, like)) for v in values]
    dtype = common_dtype([tensor.dtype for tensor in tensors])
    return [tensor if tensor.dtype == dtype else cast(tensor, dtype) for tensor in tensors]


def binary(function: Any, x: Any, y: Any) -> Tensor:
    return Tensor(function, same_dtype([x, y]))


def cast(x: Tensor, dtype: str) -> Tensor:
    return Tensor(lambda a: a.astype(dtype), [x])


class Placeholder(Tensor):
    """A tensor whose value a function is given."""

    _uses_learning_phase = False

    def __init__(self, shape: Sequence[int | None], dtype: str, name: str | None) -> None:
        self._keras_shape, self.name, self.arguments = tuple(shape), name or "placeholder", []
        self.trials = [
            np.ones([size if known is None else known for known in shape], dtype) for size in OPEN_SIZES
        ]

    def value(self, known: dict[Tensor, Any]) -> Any:
        if self not in known:
            raise ValueError(f"The value of the placeholder {self.name!r} is not given.")
        return known[self]

    def checked(self, value: Any) -> np.ndarray:
        """`value` as an array of this placeholder's dtype and shape."""
        array, wanted = np.asarray(value), self._keras_shape
        fits = array.ndim == len(wanted) and all(
            a in (None, b) for a, b in zip(wanted, array.shape, strict=False)
        )
        if array.dtype.kind not in "biuf" or not fits:
            raise ValueError(
                f"{self.name}: wanted numbers of the shape {wanted}, got {array.dtype} {array.shape}."
            )
        return array.astype(self.dtype)


class Variable(Tensor):
    """A tensor with a state."""

    _uses_learning_phase = False
    _numbers = itertools.count(1)

    def __init__(self, value: Any, dtype: str, name: str | None) -> None:
        self.state = np.array(value, dtype)
        self.name = name or f"variable_{next(self._numbers)}"
        super().__init__(lambda: self.state)

    def value(self, known: dict[Tensor, Any]) -> Any:
        return self.state


class ToyFunction(Function):
    """Computes outputs and updates, then writes."""

    def __init__(self, inputs: Sequence[Any], outputs: Sequence[Any], updates: Sequence[Any]) -> None:
        super().__init__(inputs, outputs, updates)
        if not all(isinstance(each, Placeholder) for each in inputs):
            raise ValueError("function: inputs must be placeholders.")
        for tensor in (*outputs, *(new for _, new in updates)):
            self._check(tensor, set())

    def _check(self, tensor: Tensor, seen: set[Tensor]) -> None:
        if isinstance(tensor, Placeholder) and tensor not in self.inputs:
            raise ValueError(f"function: the placeholder {tensor.name!r} is missing among the inputs.")
        seen.add(tensor)
        for each in tensor.arguments:
            if each not in seen:
                self._check(each, seen)

    def __call__(self, inputs: Sequence[Any]) -> list[Any]:
        if len(inputs) != len(self.inputs):
            raise ValueError(f"function: wanted {len(self.inputs)} inputs, got {len(inputs)}.")
        known = {x: x.checked(value) for x, value in zip(self.inputs, inputs, strict=True)}
        with np.errstate(all="ignore"):
            outputs = [np.array(tensor.value(known)) for tensor in self.outputs]
            states = [new.value(known).astype(variable.dtype) for variable, new in self.updates]
        for (variable, _), state in zip(self.updates, states, strict=True):
            variable.state = state
        return outputs
