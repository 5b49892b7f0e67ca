"""The tensors of K's graph: compared by identity, and without a length, as in TensorFlow 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.ops import SymbolicTensor

from .session_in_use import sessions


class _NoLength(AttributeError, TypeError):
    """What asking a tensor for its length raises, by ``len(x)`` as well as by ``x.__len__``."""


class _Missing:
    """Stands in a class for a method that its instances do not have."""

    def __get__(self, instance: Any, owner: type) -> Any:
        raise _NoLength("object of type 'Tensor' has no len(); its shape is K.int_shape(x) or K.shape(x)")


class Size(int):
    """A size as `get_shape` tells it; TensorFlow 1 had the number in its attribute `value`."""

    @property
    def value(self) -> int:
        return int(self)


class Shape(tf.TensorShape):
    """What `get_shape` returns: sizes have a `value`, as in TensorFlow 1; None is that of an unknown one."""

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        if isinstance(found, tf.TensorShape):
            return Shape(found)
        return tf.compat.v1.Dimension(None) if found is None else Size(found)

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


class KTensor(SymbolicTensor):
    """A tensor of K's graph.

    ``a == b`` says whether both are one tensor, so that tensors can be found in lists and be keys of a
    dictionary; `K.equal` compares the elements. Tensors outside K's graph are as TensorFlow 2 has them.
    """

    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __len__ = _Missing()

    def get_shape(self) -> Shape:
        """The static shape."""
        return Shape(self.shape)

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """The value, computed by a session: the given one, or the one in use."""
        return sessions.chosen(session).run(self, feed_dict)


def make_own(tensors: Any) -> None:
    """Lets tensors that TensorFlow has just made be those of K's graph."""
    for each in tensors:
        each.__class__ = KTensor
