"""Indices that are checked when a function is run.

TensorFlow's own `gather` checks them on a CPU only: on a GPU a row of zeros comes for a wrong index, and in
code that XLA compiles another row. Here an assertion stands before it. XLA leaves assertions out, too: what
holds one is not compiled (`regions.refuse`).
"""

from __future__ import annotations

import re
from typing import Any

import tensorflow as tf

from ..interface.arguments import bad_index, check_indices
from .regions import refuse

_MARK = "polykeras_index"
_MESSAGE = re.compile(rf"\[{_MARK}\] \[(-?\d+)\] \[(-?\d+)\] \[(\d+)\]")


def checked_indices(indices: Any, reference: Any) -> Any:
    """Integers as they are, if all of them count entries along axis 0 of `reference`.

    Raises:
        ValueError: here, if both are known and one does not fit; else when it is run (see `index_error`).
    """
    known, size = tf.get_static_value(indices), reference.shape[0]
    if known is not None and size is not None:
        check_indices(known, size)
        return indices
    limit = (
        tf.shape(reference, out_type=indices.dtype)[0] if size is None else tf.constant(size, indices.dtype)
    )
    low, high = tf.reduce_min(indices), tf.reduce_max(indices)
    fits = tf.logical_and(low >= 0, high < limit)
    check = tf.raw_ops.Assert(condition=fits, data=[_MARK, low, high, limit], name=_MARK)
    refuse()
    with tf.control_dependencies([check]):
        return tf.identity(indices)


def holds_check(definition: Any) -> bool:
    """Whether such an assertion is in a `GraphDef`, or in a function that its nodes call."""
    functions = {each.signature.name: each.node_def for each in definition.library.function}
    waiting = [definition.node]
    while waiting:
        for node in waiting.pop():
            if node.op == "Assert" and _MARK in node.name:
                return True
            for value in node.attr.values():
                for called in (value.func, *value.list.func):
                    waiting.append(functions.pop(called.name, ()))
    return False


def index_error(error: BaseException) -> ValueError | None:
    """The error that a failed check of indices is to be reported by; None if `error` is something else."""
    found = _MESSAGE.search(str(error))
    if found is None:
        return None
    low, high, size = map(int, found.groups())
    return bad_index(low if low < 0 else high, size)
