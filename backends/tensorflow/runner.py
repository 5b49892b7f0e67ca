"""Many batches in one dispatch: the data stay on the device, and a loop there takes the rows of each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import tensorflow as tf

from ..interface import BatchRunner
from ..interface.function import Batch, take
from .function import Program, TFFunction

# Data larger than this stay where they are, and only the rows of each dispatch are taken over.
RESIDENT_BYTES = 1 << 30
# The most that is taken over for one dispatch then.
DISPATCH_BYTES = 1 << 24
# So many lengths of batches have a loop of their own.
OWN_LOOPS = 4


class _Unstackable(Exception):
    """An output's shape may differ from step to step."""


class TFBatchRunner(BatchRunner):
    """Runs a `TFFunction` over the batches of data, as many steps in a dispatch as `run` is given.

    A program is traced for each size of batches; one `run` may mix sizes, but each change of size is another
    dispatch.
    """

    function: TFFunction

    def __init__(self, function: TFFunction, data: Sequence[Any], constants: Sequence[Any] = ()) -> None:
        super().__init__(function, data, constants)
        slots = function.slots
        if len(self.data) + len(self.constants) != len(slots):
            raise ValueError(
                f"function: wanted {len(slots)} inputs, got {len(self.data)} arrays "
                f"and {len(self.constants)} constants."
            )
        sampled = slots[: len(self.data)]
        self._fusable = (
            bool(self.data)
            and not function.sparse_outputs
            and not any(slot.is_sparse or slot.is_phase for slot in sampled)
            and not any(hasattr(each, "tocoo") or not hasattr(each, "shape") for each in self.data)
        )
        if not self._fusable:
            return
        for slot, array in zip(sampled, self.data, strict=True):
            slot.check_shape((slot.shape[0] if slot.shape else None, *array.shape[1:]))  # type: ignore[arg-type]
        self._phase = function.fixed_phase
        self._constant_tensors: list[Any] = []
        with tf.init_scope():
            for slot, value in zip(slots[len(self.data) :], self.constants, strict=True):
                if slot.is_phase:
                    self._phase = slot.phase(value)
                else:
                    self._constant_tensors.extend(slot.tensors(value))
        self._sampled = list(zip(sampled, self.data, strict=True))
        size = sum(int(np.prod(each.shape)) * slot.dtype.itemsize for slot, each in self._sampled)
        self._row_bytes = max(1, size // max(1, len(self.data[0])))
        self._resident: list[Any] | None = None
        if size <= RESIDENT_BYTES and all(isinstance(each, np.ndarray) for each in self.data):
            with tf.init_scope():
                self._resident = [tf.convert_to_tensor(slot.cast(each)) for slot, each in self._sampled]

    def run(self, batches: Sequence[Batch]) -> list[list[Any]]:
        if not self._fusable:
            return super().run(batches)
        results: list[list[Any]] = []
        with tf.init_scope():
            for length, group in groupby(batches, _length):
                for part in self._parts(list(group), length):
                    results.extend(self._dispatch(part, length))
        return results

    def _parts(self, batches: list[Batch], length: int) -> Iterator[list[Batch]]:
        most = len(batches)
        if self._resident is None:
            most = max(1, DISPATCH_BYTES // max(1, self._row_bytes * length))
        for start in range(0, len(batches), most):
            yield batches[start : start + most]

    def _dispatch(self, batches: list[Batch], length: int) -> list[list[Any]]:
        """Runs batches of one length."""
        program = self._program(length)
        if program is None:
            return super().run(batches)
        if self._resident is None:
            data, rows = self._taken(batches, length)
        else:
            data, rows = self._resident, np.stack([_rows(each) for each in batches])
        size = min(int(each.shape[0]) for each in data)
        if rows.size and (rows.min() < 0 or rows.max() >= size):
            raise IndexError(f"run: wanted rows from 0 to {size - 1}, got {rows.min()} to {rows.max()}.")
        outputs = program([tf.constant(rows, tf.int32), *data, *self._constant_tensors], steps=len(batches))
        columns = [each.numpy() for each in outputs]
        return [[column[step] for column in columns] for step in range(len(batches))]

    def _taken(self, batches: list[Batch], length: int) -> tuple[list[Any], np.ndarray]:
        """The rows of these batches only, and their places among them."""
        count = len(batches) * length
        data = []
        for slot, array in self._sampled:
            rows = np.empty((count, *array.shape[1:]), slot.dtype)
            for position, batch in enumerate(batches):
                rows[position * length : (position + 1) * length] = slot.cast(take(array, batch))
            data.append(tf.convert_to_tensor(rows))
        return data, np.arange(count).reshape(len(batches), length)

    def _program(self, length: int) -> Program | None:
        """The loop over batches of this length; None if its outputs cannot be stacked.

        The first few lengths have a loop each, further ones share a loop whose shapes are open. Which one
        runs depends on the lengths so far alone, not on how many batches are dispatched together.
        """
        function = self.function
        sizes = tuple(each.shape[1:] for each in self.data)
        family = (self._phase, sizes, tuple(each.shape for each in self._constant_tensors))
        key: tuple[Any, ...] = (*family, length)
        if key not in function.loops and sum(other[:-1] == family for other in function.loops) >= OWN_LOOPS:
            key = (*family, None)
        if key in function.loops:
            return function.loops[key]
        specs = [
            tf.TensorSpec((None, key[-1]), tf.int32),
            *(tf.TensorSpec((None, *each.shape[1:]), slot.dtype) for slot, each in self._sampled),
            *(tf.TensorSpec(each.shape, each.dtype) for each in self._constant_tensors),
        ]
        try:
            program: Program | None = function.trace(self._phase, specs, self._loop)
        except _Unstackable:
            program = None
        function.loops[key] = program
        return program

    def _loop(self, phase: int, first: Any, arguments: Sequence[Any]) -> tuple[list[Any], bool]:
        rows, data = arguments[0], arguments[1 : 1 + len(self.data)]
        constants = list(arguments[1 + len(self.data) :])
        count = tf.shape(rows)[0]
        random = False

        def body(step: Any, *collected: Any) -> tuple[Any, ...]:
            nonlocal random
            here = rows[step]
            taken = [tf.gather(each, here) for each in data]
            number = first + tf.cast(step, tf.int64)
            fixed = [tf.identity(each) for each in constants]  # tensors of the loop's own graph
            outputs, random = self.function.compute(phase, number, taken + fixed)
            if any(not each.shape.is_fully_defined() for each in outputs):
                raise _Unstackable
            written = [array.write(step, each) for array, each in zip(collected, outputs, strict=True)]
            return step + 1, *written

        arrays = [
            tf.TensorArray(each.dtype, size=count, infer_shape=True) for each in self.function.output_parts
        ]
        _, *collected = tf.while_loop(
            lambda step, *_: step < count, body, (tf.constant(0), *arrays), parallel_iterations=1
        )
        return [each.stack() for each in collected], random


class TFBatchedFunction(TFFunction):
    """A compiled function that also runs over many batches at once."""

    def over(self, data: Sequence[Any], constants: Sequence[Any] = ()) -> BatchRunner:
        return TFBatchRunner(self, data, constants)


def _length(batch: Batch) -> int:
    return batch[1] - batch[0] if isinstance(batch, tuple) else len(batch)


def _rows(batch: Batch) -> Any:
    return np.arange(*batch) if isinstance(batch, tuple) else np.asarray(batch)
