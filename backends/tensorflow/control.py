"""Conditions, loops and what else steers a computation on TensorFlow."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from ..interface import Control
from ..interface.checks import function_of
from .graph import in_graph
from .math import as_tensor, cast, dtype_of, rank_of, same_dtype


class TFControl(Control):
    @in_graph
    def switch(self, condition: Any, then_expression: Any, else_expression: Any) -> Any:
        condition = cast(as_tensor(condition), "bool")
        if condition.shape.rank == 0 and callable(then_expression) and callable(else_expression):
            return tf.cond(
                condition, lambda: as_tensor(then_expression()), lambda: as_tensor(else_expression())
            )
        branches = [each() if callable(each) else each for each in (then_expression, else_expression)]
        first, second = same_dtype([self.to_dense(branch) for branch in branches])
        rank = max(rank_of("switch", first), rank_of("switch", second))
        for _ in range(rank - rank_of("switch", condition) if condition.shape.rank else 0):
            condition = tf.expand_dims(condition, -1)
        return tf.where(condition, first, second)

    @in_graph
    def foldl(
        self, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
    ) -> Any:
        return self._fold(tf.foldl, fn, elems, initializer, name)

    @in_graph
    def foldr(
        self, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
    ) -> Any:
        return self._fold(tf.foldr, fn, elems, initializer, name)

    @in_graph
    def map_fn(self, fn: Callable[..., Any], elems: Any, name: str | None = None) -> Any:
        function_of("map_fn", "fn", fn)
        several = isinstance(elems, (list, tuple))
        sequences = tuple(as_tensor(each) for each in elems) if several else (as_tensor(elems),)
        # The type of the results is needed in advance; this first call is left out of what is run.
        trial = as_tensor(fn(*(sequence[0] for sequence in sequences)))
        return tf.map_fn(
            lambda slices: as_tensor(fn(*slices)),
            sequences,
            fn_output_signature=tf.TensorSpec(trial.shape, trial.dtype),
            name=name,
        )

    @in_graph
    def stop_gradient(self, variables: Any) -> Any:
        if isinstance(variables, (list, tuple)):
            return type(variables)(tf.stop_gradient(as_tensor(each)) for each in variables)
        return tf.stop_gradient(as_tensor(variables))

    @in_graph
    def print_tensor(self, x: Any, message: str = "") -> Any:
        x = as_tensor(x)
        with tf.control_dependencies([tf.print(message, x, output_stream=sys.stdout)]):
            return tf.identity(x)

    @staticmethod
    def _fold(
        fold: Any, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any, name: str | None
    ) -> Any:
        function_of(fold.__name__, "fn", fn)
        elems = as_tensor(elems)
        start = None if initializer is None else as_tensor(initializer, dtype_of(elems))
        dtype = dtype_of(elems if start is None else start)
        return fold(lambda total, x: cast(as_tensor(fn(total, x), dtype), dtype), elems, start, name=name)
