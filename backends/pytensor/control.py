"""Conditions, loops and what else steers a computation on PyTensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytensor
import pytensor.tensor as pt
from pytensor.gradient import disconnected_grad
from pytensor.printing import Print

from ..interface import Control
from ..interface.checks import function_of
from .math import as_tensor, cast, same_dtype


class PTControl(Control):
    def switch(self, condition: Any, then_expression: Any, else_expression: Any) -> Any:
        branches = [each() if callable(each) else each for each in (then_expression, else_expression)]
        first, second = same_dtype([self.to_dense(branch) for branch in branches])
        condition = cast(as_tensor(condition), "bool")
        rank = max(first.ndim, second.ndim)
        if 0 < condition.ndim < rank:
            condition = condition.dimshuffle(*range(condition.ndim), *["x"] * (rank - condition.ndim))
        return pt.switch(condition, first, second)

    def foldl(
        self, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
    ) -> Any:
        return self._fold(function_of("foldl", "fn", fn), as_tensor(elems), initializer, name)

    def foldr(
        self, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
    ) -> Any:
        return self._fold(function_of("foldr", "fn", fn), as_tensor(elems)[::-1], initializer, name)

    def map_fn(self, fn: Callable[..., Any], elems: Any, name: str | None = None) -> Any:
        function_of("map_fn", "fn", fn)
        several = isinstance(elems, (list, tuple))
        sequences = [as_tensor(each) for each in elems] if several else [as_tensor(elems)]
        return pytensor.scan(
            lambda *slices: as_tensor(fn(*slices)), sequences=sequences, name=name, return_updates=False
        )

    def stop_gradient(self, variables: Any) -> Any:
        if isinstance(variables, (list, tuple)):
            return type(variables)(self.stop_gradient(each) for each in variables)
        return disconnected_grad(as_tensor(variables))

    def print_tensor(self, x: Any, message: str = "") -> Any:
        return Print(message)(as_tensor(x))

    @staticmethod
    def _fold(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any, name: str | None) -> Any:
        length = elems.type.shape[0]
        skip_first = initializer is None
        start = elems[0] if skip_first else as_tensor(initializer, elems.dtype)
        if skip_first and length is not None:
            elems, length, skip_first = elems[1:], length - 1, False
        if length == 0:
            return start

        def step(index: Any, x: Any, accumulator: Any) -> Any:
            result = cast(as_tensor(fn(accumulator, x), start.dtype), start.dtype)
            if skip_first:  # a loop of no steps, as elems[1:] may give, has no derivative in PyTensor
                result = pt.switch(pt.eq(index, 0), accumulator, result)
            return accumulator.type.filter_variable(result)

        results = pytensor.scan(
            step,
            sequences=[pt.arange(elems.shape[0]), elems],
            outputs_info=[start],
            name=name,
            return_updates=False,
        )
        if length is None and not skip_first:  # there may be no slice at all
            results = pt.concatenate([pt.expand_dims(start, 0), results])
        return results[-1]
