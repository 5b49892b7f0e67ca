"""What `K.function` returns: a compiled function, and its runner over many batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from .checks import listed

Batch = np.ndarray | tuple[int, int]


def take(array: Any, batch: Batch) -> Any:
    """The rows of `array` that a batch names: indices along axis 0, or ``(start, stop)``.

    Data that lie in a file (anything but a numpy array) are asked for in ascending order of rows, which is
    what HDF5 demands, and put back into the order of the batch.
    """
    if isinstance(batch, tuple):
        return array[batch[0] : batch[1]]
    if isinstance(array, np.ndarray) or hasattr(array, "tocsr"):
        return array[batch]
    ascending, back = np.unique(batch, return_inverse=True)
    return np.asarray(array[ascending])[back]


class BatchRunner:
    """Calls a `Function` on batch after batch of the same data.

    This one takes the rows by numpy and calls the function once for each batch. An adapter may keep the data
    on the device and run many batches in one dispatch; the numbers are the same.
    """

    def __init__(self, function: Function, data: Sequence[Any], constants: Sequence[Any] = ()) -> None:
        self.function = function
        self.data = list(data)
        self.constants = list(constants)

    def run(self, batches: Sequence[Batch]) -> list[list[Any]]:
        """Runs the function on each batch, in order.

        Args:
            batches: index arrays (1-D integers), or ``(start, stop)`` pairs.

        Returns:
            For each batch the list of outputs.
        """
        results = []
        for batch in batches:
            values = self.function([take(array, batch) for array in self.data] + self.constants)
            results.append([values] if self.function.single else values)
        return results


class Function(ABC):
    """A compiled function of placeholders.

    Attributes:
        inputs: the placeholders, or computed tensors in place of which values are given.
        outputs: the tensors that are computed.
        single: whether the one output was given without a list, and is returned so.
        updates: what is written afterwards; a dictionary from variable to new value is taken as pairs.
    """

    def __init__(self, inputs: Sequence[Any], outputs: Sequence[Any], updates: Sequence[Any] = ()) -> None:
        self.inputs = list(listed("function", "inputs", inputs))
        self.single = hasattr(outputs, "dtype")
        self.outputs = [outputs] if self.single else list(listed("function", "outputs", outputs))
        self.updates = list(updates.items() if hasattr(updates, "items") else updates)

    @abstractmethod
    def __call__(self, inputs: Sequence[Any]) -> Any:
        """Computes the outputs, then writes the updates.

        Args:
            inputs: one array (or number, or scipy sparse matrix) for each placeholder, cast to its dtype.

        Returns:
            The outputs as a list of numpy arrays; one array if the function was made of one tensor and not of
            a list.

        Raises:
            ValueError: if the number of inputs, or the rank or shape of one, is not what was declared.
            TypeError: if `inputs` is no list.
        """

    def as_given(self, values: list[Any]) -> Any:
        """The values of the outputs in the form in which `__call__` returns them."""
        return values[0] if self.single else values

    def over(self, data: Sequence[Any], constants: Sequence[Any] = ()) -> BatchRunner:
        """A runner that calls this function on batches of `data`.

        Args:
            data: arrays for the first inputs, one row a sample.
            constants: values for the remaining inputs, such as the learning phase.
        """
        return BatchRunner(self, data, constants)
