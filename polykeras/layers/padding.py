"""Zeros around sequences, images and volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..errors import check_choice
from .windows import Shape, SpatialLayer, counts

Sides = tuple[tuple[int, int], ...]


class _ZeroPadding(SpatialLayer):
    """Adds zeros before and after each spatial axis; ``self._sides()`` tells how many."""

    padding: Any

    def _sides(self) -> Sides:
        raise NotImplementedError

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        lengths = self._lengths(input_shape)
        pairs = zip(lengths, self._sides(), strict=True)
        return self._with_lengths(input_shape, [None if n is None else n + sum(pair) for n, pair in pairs])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padding": self.padding}

    def _named(self, padding: dict[str, Any], names: Sequence[str]) -> tuple[int, ...]:
        """The sizes of a dictionary from these names to a size; a name that is missing means 0."""
        where = type(self).__name__
        for key in padding:
            check_choice(where, "each key of padding", key, names)
        return counts(where, "padding", [padding.get(name, 0) for name in names], len(names))


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after the steps of sequences, ``(samples, steps, channels)``.

    Args:
        padding: how many on both sides; or a pair (before, after); or a dictionary with ``left_pad`` and
            ``right_pad``.
    """

    RANK = 1

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        where = type(self).__name__
        if isinstance(padding, dict):
            self.left_pad, self.right_pad = self._named(padding, ("left_pad", "right_pad"))
        elif isinstance(padding, (list, tuple)):
            self.left_pad, self.right_pad = counts(where, "padding", padding, 2)
        else:
            self.left_pad = self.right_pad = counts(where, "padding", padding, 1)[0]
        self.padding = padding
        super().__init__(**kwargs)

    def _sides(self) -> Sides:
        return ((self.left_pad, self.right_pad),)

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.asymmetric_temporal_padding(x, left_pad=self.left_pad, right_pad=self.right_pad)


class ZeroPadding2D(_ZeroPadding):
    """Zeros around images, ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels, rows,
    columns)`` for ``'th'``.

    Args:
        padding: ``(rows, columns)``, added on either side; or ``(top, bottom, left, right)``; or a dictionary
            with ``top_pad``, ``bottom_pad``, ``left_pad`` and ``right_pad``, 0 where one is missing.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    RANK = 2
    _NAMES = ("top_pad", "bottom_pad", "left_pad", "right_pad")

    def __init__(self, padding: Any = (1, 1), dim_ordering: str = "default", **kwargs: Any) -> None:
        where = type(self).__name__
        if isinstance(padding, dict):
            sides = self._named(padding, self._NAMES)
        elif isinstance(padding, (list, tuple)) and len(padding) == 4:
            sides = counts(where, "padding", padding, 4)
        elif isinstance(padding, (list, tuple)) and len(padding) == 2:
            rows, columns = counts(where, "padding", padding, 2)
            sides = (rows, rows, columns, columns)
        else:
            raise ValueError(
                f"{where}: padding must be (rows, columns), (top, bottom, left, right) or a dictionary with "
                f"{', '.join(self._NAMES)}, got {padding!r}."
            )
        self.top_pad, self.bottom_pad, self.left_pad, self.right_pad = sides
        self.padding = padding
        self._order(dim_ordering)
        super().__init__(**kwargs)

    def _sides(self) -> Sides:
        return ((self.top_pad, self.bottom_pad), (self.left_pad, self.right_pad))

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.asymmetric_spatial_2d_padding(
            x,
            top_pad=self.top_pad,
            bottom_pad=self.bottom_pad,
            left_pad=self.left_pad,
            right_pad=self.right_pad,
            dim_ordering=self.dim_ordering,
        )


class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes, ``(samples, d1, d2, d3, channels)`` for ``'tf'``, ``(samples, channels, d1, d2,
    d3)`` for ``'th'``.

    Args:
        padding: how many on either side of each of the three axes.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    RANK = 3

    def __init__(
        self, padding: Sequence[int] = (1, 1, 1), dim_ordering: str = "default", **kwargs: Any
    ) -> None:
        self.padding = counts(type(self).__name__, "padding", padding, 3)
        self._order(dim_ordering)
        super().__init__(**kwargs)

    def _sides(self) -> Sides:
        return tuple((size, size) for size in self.padding)

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.spatial_3d_padding(x, padding=self.padding, dim_ordering=self.dim_ordering)
