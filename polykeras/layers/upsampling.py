"""Sequences, images and volumes with their entries repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..backends.interface.windows import window
from .parts import positive_int
from .windows import Shape, SpatialLayer


class _UpSampling(SpatialLayer):
    """Repeats the entries along each spatial axis; ``self._factors()`` tells how often."""

    def _factors(self) -> tuple[int, ...]:
        raise NotImplementedError

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        pairs = zip(self._lengths(input_shape), self._factors(), strict=True)
        return self._with_lengths(input_shape, [None if n is None else n * factor for n, factor in pairs])


class UpSampling1D(_UpSampling):
    """Each step of sequences, ``(samples, steps, channels)``, several times over.

    Args:
        length: how often.
    """

    RANK = 1

    def __init__(self, length: int = 2, **kwargs: Any) -> None:
        self.length = positive_int(type(self).__name__, "length", length)
        super().__init__(**kwargs)

    def _factors(self) -> tuple[int, ...]:
        return (self.length,)

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.repeat_elements(x, self.length, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "length": self.length}


class UpSampling2D(_UpSampling):
    """Each row and column of images several times over.

    Input: ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels, rows, columns)`` for
    ``'th'``.

    Args:
        size: how often, (rows, columns).
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    RANK = 2

    def __init__(self, size: Sequence[int] = (2, 2), dim_ordering: str = "default", **kwargs: Any) -> None:
        self.size = window(type(self).__name__, "size", size, 2)
        self._order(dim_ordering)
        super().__init__(**kwargs)

    def _factors(self) -> tuple[int, ...]:
        return self.size

    def call(self, x: Any, mask: Any = None) -> Any:
        rows, columns = self.size
        return K.resize_images(x, rows, columns, self.dim_ordering)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


class UpSampling3D(_UpSampling):
    """Each slice of volumes along their three axes several times over.

    Input: ``(samples, d1, d2, d3, channels)`` for ``'tf'``, ``(samples, channels, d1, d2, d3)`` for ``'th'``.

    Args:
        size: how often, for each of the three axes.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    RANK = 3

    def __init__(self, size: Sequence[int] = (2, 2, 2), dim_ordering: str = "default", **kwargs: Any) -> None:
        self.size = window(type(self).__name__, "size", size, 3)
        self._order(dim_ordering)
        super().__init__(**kwargs)

    def _factors(self) -> tuple[int, ...]:
        return self.size

    def call(self, x: Any, mask: Any = None) -> Any:
        first, second, third = self.size
        return K.resize_volumes(x, first, second, third, self.dim_ordering)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}
