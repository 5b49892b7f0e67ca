"""Loops over time on TensorFlow: a `tf.while_loop` over lists of slices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf

from ..interface import Recurrent
from ..interface.steps import checked_sequences, checked_state, checked_step
from .graph import in_graph, state
from .math import as_tensor, cast, dtype_of

_FuncGraph: Any = tf.__internal__.FuncGraph


class TFRecurrent(Recurrent):
    @in_graph
    def scan(
        self, body: Any, sequences: Sequence[Any], states: Sequence[Any], go_backwards: bool = False
    ) -> tuple[list[Any], list[Any]]:
        rows = [as_tensor(each) for each in sequences]
        starts = [as_tensor(each) for each in states]
        length = checked_sequences("scan", [each.shape.as_list() for each in rows])
        steps = tf.shape(rows[0])[0] if length is None else tf.constant(length)
        loop = _Loop(body, starts)
        shapes = loop.try_out(rows, steps, length)
        lists = [tf.TensorArray(each.dtype, steps, infer_shape=False).unstack(each) for each in rows]
        collected = [
            tf.TensorArray(dtype, steps, element_shape=shape, infer_shape=False)
            for dtype, shape in loop.outputs
        ]

        def step(done: Any, collected: list[Any], before: list[Any]) -> tuple[Any, list[Any], list[Any]]:
            index = steps - 1 - done if go_backwards else done
            slices = []
            for each, whole in zip(lists, rows, strict=True):
                slices.append(each.read(index))
                slices[-1].set_shape(whole.shape[1:])
            with _counting(done):
                outputs, after = loop.run(slices, before)
            written = [each.write(done, out) for each, out in zip(collected, outputs, strict=True)]
            return done + 1, written, after

        _, collected, last = tf.while_loop(
            lambda done, *_: done < steps,
            step,
            (tf.constant(0), collected, starts),
            maximum_iterations=steps,
        )
        results = []
        for each, (dtype, known), shape in zip(collected, loop.outputs, shapes, strict=True):
            if shape is None:
                result = each.stack()
            else:
                result = tf.raw_ops.TensorListStack(
                    input_handle=each.flow, element_shape=shape, element_dtype=dtype
                )
            result.set_shape(tf.TensorShape([length]).concatenate(known))
            results.append(result)
        for tensor, start in zip(last, starts, strict=True):
            tensor.set_shape(start.shape)
        return results, list(last)


class _Loop:
    """The body of a loop, its results brought into the form that a loop asks for.

    Attributes:
        outputs: dtype and static shape of each output, once it has been tried out.
    """

    def __init__(self, body: Any, starts: Sequence[Any]) -> None:
        self._body = body
        self._starts = starts
        self.outputs: list[tuple[Any, Any]] = []

    def run(self, slices: list[Any], before: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Outputs and states of a step; the states are of the dtype and shape that they had at the start."""
        outputs, after = checked_step("scan", self._body(slices, list(before)), len(self._starts))
        kept = []
        for index, (new, start) in enumerate(zip(after, self._starts, strict=True)):
            new = cast(as_tensor(new, dtype_of(start)), dtype_of(start))
            checked_state("scan", index, start.shape.as_list(), new.shape.as_list())
            kept.append(tf.ensure_shape(new, start.shape) if _looser(new.shape, start.shape) else new)
        return [tf.convert_to_tensor(as_tensor(each)) for each in outputs], kept

    def try_out(self, rows: Sequence[Any], steps: Any, length: int | None) -> list[Any]:
        """Finds dtypes and shapes of the outputs.

        Returns:
            For each output its shape as a tensor, for use where there may be no step and the static shape
            does not tell; else None.
        """

        def trial() -> list[Any]:
            slices = [tf.zeros(tf.shape(each)[1:], each.dtype) for each in rows]
            for each, whole in zip(slices, rows, strict=True):
                each.set_shape(whole.shape[1:])
            with _seeds_kept(), _counting(tf.constant(0)):
                outputs, _ = self.run(slices, self._starts)
            self.outputs = [(each.dtype, each.shape) for each in outputs]
            return [tf.shape(each) for each in outputs]

        if length:
            with _FuncGraph("trial").as_default():
                trial()
            return [None] * len(self.outputs)
        sizes = trial() if length == 0 else tf.cond(tf.equal(steps, 0), trial, self._open)
        return [
            None if shape.is_fully_defined() else size
            for (_, shape), size in zip(self.outputs, sizes, strict=True)
        ]

    def _open(self) -> list[Any]:
        """The static shapes, -1 where a size is not known: the list's elements tell it."""
        return [
            tf.constant([-1 if size is None else size for size in shape.as_list()], tf.int32)
            for _, shape in self.outputs
        ]


def _looser(shape: Any, wanted: Any) -> bool:
    """Whether less is known of `shape` than of `wanted`."""
    return any(a is None and b is not None for a, b in zip(shape.as_list(), wanted.as_list(), strict=True))


@contextmanager
def _counting(index: Any) -> Iterator[None]:
    """Makes random operations draw anew at each step of a loop (see `TFPhase.random_step`)."""
    state.loops.append(index)
    try:
        yield
    finally:
        state.loops.pop()


@contextmanager
def _seeds_kept() -> Iterator[None]:
    """What is built here draws no seeds from numpy's generator, as far as what follows can tell."""
    kept = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(kept)
