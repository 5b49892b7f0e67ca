"""Padding of the last axes by constants; the widths may be symbolic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt


def padded(x: Any, widths: Sequence[tuple[Any, Any]], value: float = 0.0) -> Any:
    """A tensor with elements added to its last axes.

    Args:
        x: the tensor.
        widths: for each of the last axes how many elements go before and behind; integers or symbolic ones.
        value: what is added.
    """
    if all(isinstance(each, int) and each == 0 for pair in widths for each in pair):
        return x
    rank = x.ndim - len(widths)
    sizes = [x.type.shape[axis] or x.shape[axis] for axis in range(x.ndim)]
    inner = []
    for axis, (before, behind) in enumerate(widths, rank):
        inner.append(slice(before, before + sizes[axis]))
        sizes[axis] = sizes[axis] + before + behind
    empty: Any = pt.alloc(np.asarray(value, x.dtype), *sizes)
    return pt.set_subtensor(empty[(slice(None),) * rank + tuple(inner)], x)
