"""Numbers that training reports."""

from __future__ import annotations

from typing import Any

import numpy as np


class Figure(np.float64):
    """A loss or metric: a float with the methods of numpy's numbers, as in Keras 1, that prints plainly."""

    __slots__ = ()

    def __repr__(self) -> str:
        return float.__repr__(self)


def figures(values: list[Any]) -> list[Any]:
    """`values` with floats as `Figure`; arrays stay as they are."""
    return [Figure(value) if isinstance(value, float) else value for value in values]
