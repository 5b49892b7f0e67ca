"""Sequences, images and volumes without their borders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .windows import Shape, SpatialLayer, counts

Pair = tuple[int, int]


class _Cropping(SpatialLayer):
    """Leaves out the first and last entries of each spatial axis; ``self._sides()`` tells how many."""

    cropping: Any

    def _sides(self) -> tuple[Pair, ...]:
        return tuple(self.cropping)

    def _checked(self, cropping: Any) -> tuple[Pair, ...]:
        where = type(self).__name__
        if not isinstance(cropping, (list, tuple)) or len(cropping) != self.RANK:
            example = ", ".join(["(1, 1)"] * self.RANK)
            raise ValueError(
                f"{where}: cropping must be {self.RANK} pairs such as ({example}), got {cropping!r}."
            )
        pairs = [counts(where, "each pair of cropping", pair, 2) for pair in cropping]
        return tuple((before, after) for before, after in pairs)

    def _rest(self, input_shape: Shape) -> list[int | None]:
        """What is left of each spatial axis."""
        lengths = self._lengths(input_shape)
        rest = [
            None if length is None else length - sum(pair)
            for length, pair in zip(lengths, self._sides(), strict=True)
        ]
        if any(size is not None and size < 0 for size in rest):
            raise ValueError(
                f"{self.name}: cropping {self.cropping} takes away more than an input of the shape "
                f"{tuple(input_shape)} has. Crop less."
            )
        return rest

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return self._with_lengths(input_shape, self._rest(input_shape))

    def call(self, x: Any, mask: Any = None) -> Any:
        self._rest(self._open_shape(x))
        kept = [slice(None)] * (self.RANK + 2)
        for axis, (before, after) in zip(self._spatial_axes, self._sides(), strict=True):
            kept[axis] = slice(before, -after if after else None)
        return x[tuple(kept)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cropping": self.cropping}


class Cropping1D(_Cropping):
    """Sequences, ``(samples, steps, channels)``, without their first and last steps.

    Args:
        cropping: how many steps to leave out, (at the start, at the end).
    """

    RANK = 1

    def __init__(self, cropping: Sequence[int] = (1, 1), **kwargs: Any) -> None:
        self.cropping = counts(type(self).__name__, "cropping", cropping, 2)
        super().__init__(**kwargs)

    def _sides(self) -> tuple[Pair, ...]:
        before, after = self.cropping
        return ((before, after),)


class Cropping2D(_Cropping):
    """Images, ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels, rows, columns)`` for
    ``'th'``, without their borders.

    Args:
        cropping: ``((top, bottom), (left, right))``.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    RANK = 2

    def __init__(
        self,
        cropping: Sequence[Sequence[int]] = ((0, 0), (0, 0)),
        dim_ordering: str = "default",
        **kwargs: Any,
    ) -> None:
        self.cropping = self._checked(cropping)
        self._order(dim_ordering)
        super().__init__(**kwargs)


class Cropping3D(_Cropping):
    """Volumes, ``(samples, d1, d2, d3, channels)`` for ``'tf'``, ``(samples, channels, d1, d2, d3)`` for
    ``'th'``, without their borders.

    Args:
        cropping: for each of the three axes how much to leave out, (at the start, at the end).
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    RANK = 3

    def __init__(
        self,
        cropping: Sequence[Sequence[int]] = ((1, 1), (1, 1), (1, 1)),
        dim_ordering: str = "default",
        **kwargs: Any,
    ) -> None:
        self.cropping = self._checked(cropping)
        self._order(dim_ordering)
        super().__init__(**kwargs)
