"""What a session runs to write: updates in the manner of K, and the first values of variables."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from .session_in_use import sessions

# Fewer elements than these are kept as they are.
_FEW = 1 << 10


class Runnable:
    """Something that a session runs, as TensorFlow 1 had it of operations."""

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Has a session run this: the given one, or the one in use."""
        sessions.chosen(session).run(self, feed_dict)


class Update(tuple[Any, Any], Runnable):
    """A variable and its new value, as `K.update` gives them; a session that runs it writes the variable.

    What the session returns is the new value.
    """

    @property
    def variable(self) -> Any:
        return self[0]

    @property
    def value(self) -> Any:
        return self[1]

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Writes, and returns the new value."""
        return sessions.chosen(session).run(self, feed_dict)


class Initialization(Runnable):
    """Gives variables their first values again, when a session runs it.

    As TensorFlow 1 kept the values of variables in sessions, a session that is not the one in use by K leaves
    K's variables, such as the weights of layers, as they are.

    Args:
        variables: those to be set.
        sweeping: whether they are all variables, rather than some that the program has chosen. Then a warning
            says so if values are lost that were loaded.
    """

    name = "init"
    type = "NoOp"

    def __init__(self, variables: Sequence[Any], sweeping: bool = False) -> None:
        self.pairs = [(each, first_value(each)) for each in variables]
        self._sweeping = sweeping

    def write(self, everything: bool = True) -> None:
        """Sets the variables; without `everything` only those that K has not made."""
        pairs = [pair for pair in self.pairs if everything or not getattr(pair[0], "of_keras", False)]
        loaded = [variable.name for variable, _ in pairs if getattr(variable, "was_set", False)]
        if self._sweeping and loaded:
            warnings.warn(
                f"The initializer of all variables sets {len(loaded)} that were loaded or set "
                f"({loaded[0]!r}, ...) back to their first values, as in TensorFlow 1. Run it before "
                f"loading, or leave it out: the variables of Keras need none.",
                stacklevel=3,
            )
        with tf.init_scope():
            for variable, first in pairs:
                value = tf.constant(first(), variable.dtype)
                tf.raw_ops.AssignVariableOp(resource=variable.handle, value=value)
                variable.was_set = False


def first_value(variable: Any) -> Callable[[], np.ndarray]:
    """What gives the first value of a variable."""
    known: Callable[[], np.ndarray] | None = getattr(variable, "_polykeras_first", None)
    if known is None:
        with tf.init_scope():
            known = variable._polykeras_first = kept(variable.numpy())
    return known


def kept(array: np.ndarray) -> Callable[[], np.ndarray]:
    """A function that gives a copy of `array`, without holding on to it if all its elements are alike."""
    shape, size = array.shape, array.size
    if size > _FEW and np.array_equal(array, np.broadcast_to(array.flat[0], shape)):
        number = array.flat[0]
        return lambda: np.full(shape, number)
    copy = np.array(array)
    return lambda: copy
