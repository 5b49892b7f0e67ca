"""Operations that move elements about: joining, reshaping, repeating, padding, resizing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ... import config
from .checks import count
from .math import Math


class Shape(Math):
    """Operations on shapes. Negative axes count from the end. Sizes that are known stay known."""

    @abstractmethod
    def concatenate(self, tensors: Sequence[Any], axis: int = -1) -> Any:
        """The tensors joined along an axis; sparse matrices give a sparse one."""

    @abstractmethod
    def stack(self, x: Sequence[Any]) -> Any:
        """Tensors of one shape joined along a new axis 0."""

    @abstractmethod
    def reshape(self, x: Any, shape: Any) -> Any:
        """The same elements in another shape.

        Args:
            x: a tensor.
            shape: integers, symbolic integers, or a symbolic vector; one of them may be -1 (or None).
        """

    @abstractmethod
    def permute_dimensions(self, x: Any, pattern: Sequence[int]) -> Any:
        """The axes in another order: axis ``i`` of the result is axis ``pattern[i]`` of `x`."""

    @abstractmethod
    def expand_dims(self, x: Any, dim: int = -1) -> Any:
        """`x` with a new axis of size 1 at index `dim`."""

    @abstractmethod
    def squeeze(self, x: Any, axis: int) -> Any:
        """`x` without an axis, whose size must be 1."""

    @abstractmethod
    def repeat_elements(self, x: Any, rep: Any, axis: int) -> Any:
        """Each slice along `axis` repeated `rep` times, like `numpy.repeat`; `rep` may be symbolic."""

    @abstractmethod
    def tile(self, x: Any, n: Any) -> Any:
        """`x` laid side by side, as `numpy.tile` does.

        `n` is an integer for each axis, or one for the last axis.
        """

    @abstractmethod
    def flatten(self, x: Any) -> Any:
        """`x` as one axis."""

    @abstractmethod
    def reverse(self, x: Any, axes: int | Sequence[int]) -> Any:
        """`x` with the order of elements reversed along one axis or several."""

    @abstractmethod
    def one_hot(self, indices: Any, nb_classes: int) -> Any:
        """A new last axis of size `nb_classes` (`floatx`): 1 at the index, 0 elsewhere.

        An index outside [0, nb_classes) gives a row of zeros.
        """

    @abstractmethod
    def arange(self, start: Any, stop: Any = None, step: Any = 1, dtype: str = "int32") -> Any:
        """Numbers from `start` (included) to `stop` (not included); ``arange(n)`` counts from 0."""

    @abstractmethod
    def zeros_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Any:
        """Zeros in the shape of `x`, of its dtype unless another is given."""

    @abstractmethod
    def ones_like(self, x: Any, dtype: str | None = None, name: str | None = None) -> Any:
        """Ones in the shape of `x`, of its dtype unless another is given."""

    @abstractmethod
    def pad(self, x: Any, paddings: Sequence[tuple[int, int]], value: float = 0.0) -> Any:
        """`x` with elements of `value` added: a pair (before, after) for each axis."""

    def sizes(self, x: Any) -> list[Any]:
        """The shape of `x`: integers where they are certain, else symbolic ones.

        `int_shape` tells what was declared. On an engine whose functions take arrays of other sizes than the
        placeholders declare, expressions that are made of these sizes hold for them too.
        """
        known = self.int_shape(x) or (None,) * (self.ndim(x) or 0)
        return [self.shape(x)[axis] if size is None else size for axis, size in enumerate(known)]

    def repeat(self, x: Any, n: Any) -> Any:
        """A matrix repeated along a new axis 1: (samples, d) becomes (samples, n, d).

        `n` is an integer, or a symbolic one such as ``K.shape(y)[1]``.
        """
        if self.ndim(x) != 2:
            raise ValueError(f"repeat: x must have 2 axes (samples, d), got {self.ndim(x)}.")
        return self.repeat_elements(self.expand_dims(x, 1), count("repeat", "n", n), 1)

    def batch_flatten(self, x: Any) -> Any:
        """All axes but the first made one: (samples, a, b, ...) becomes (samples, a * b * ...)."""
        sizes = (self.int_shape(x) or (None, None))[1:]
        known = 1
        for size in sizes:
            if size is None:
                return self.reshape(x, (-1, self.prod(self.shape(x)[1:])))
            known *= size
        return self.reshape(x, (-1, known))

    def temporal_padding(self, x: Any, padding: int = 1) -> Any:
        """`padding` zeros before and after axis 1 of (samples, steps, features)."""
        return self.asymmetric_temporal_padding(x, padding, padding)

    def asymmetric_temporal_padding(self, x: Any, left_pad: int = 1, right_pad: int = 1) -> Any:
        """Zeros before and after axis 1 of (samples, steps, features)."""
        return self.pad(x, ((0, 0), (left_pad, right_pad), (0, 0)))

    def spatial_2d_padding(
        self, x: Any, padding: tuple[int, int] = (1, 1), dim_ordering: str = "default"
    ) -> Any:
        """Zeros around images: ``padding[0]`` rows above and below, ``padding[1]`` columns left and right."""
        rows, columns = padding
        return self.asymmetric_spatial_2d_padding(x, rows, rows, columns, columns, dim_ordering)

    def asymmetric_spatial_2d_padding(
        self,
        x: Any,
        top_pad: int = 1,
        bottom_pad: int = 1,
        left_pad: int = 1,
        right_pad: int = 1,
        dim_ordering: str = "default",
    ) -> Any:
        """Zeros on the four sides of images, (samples, rows, columns, channels) under ``'tf'``."""
        sides = ((top_pad, bottom_pad), (left_pad, right_pad))
        return self._pad_spatial("asymmetric_spatial_2d_padding", x, sides, dim_ordering)

    def spatial_3d_padding(
        self, x: Any, padding: tuple[int, int, int] = (1, 1, 1), dim_ordering: str = "default"
    ) -> Any:
        """Zeros on all sides of volumes: ``padding[i]`` before and after the i-th spatial axis."""
        sides = tuple((size, size) for size in padding)
        return self._pad_spatial("spatial_3d_padding", x, sides, dim_ordering)

    def resize_images(self, X: Any, height_factor: int, width_factor: int, dim_ordering: str) -> Any:
        """Images with each row repeated `height_factor` times and each column `width_factor` times."""
        return self._resize("resize_images", X, (height_factor, width_factor), dim_ordering)

    def resize_volumes(
        self, X: Any, depth_factor: int, height_factor: int, width_factor: int, dim_ordering: str
    ) -> Any:
        """Volumes with the slices of their three spatial axes repeated by the three factors."""
        return self._resize("resize_volumes", X, (depth_factor, height_factor, width_factor), dim_ordering)

    def _pad_spatial(self, where: str, x: Any, sides: Sequence[tuple[int, int]], dim_ordering: str) -> Any:
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        none = ((0, 0),)
        paddings = none + tuple(sides) + none if ordering == "tf" else none + none + tuple(sides)
        if self.ndim(x) != len(paddings):
            raise ValueError(f"{where}: x must have {len(paddings)} axes, got {self.ndim(x)}.")
        return self.pad(x, paddings)

    def _resize(self, where: str, x: Any, factors: Sequence[int], dim_ordering: str) -> Any:
        ordering = config.resolve_dim_ordering(where, dim_ordering)
        if self.ndim(x) != len(factors) + 2:
            raise ValueError(f"{where}: X must have {len(factors) + 2} axes, got {self.ndim(x)}.")
        for axis, factor in enumerate(factors, start=1 if ordering == "tf" else 2):
            if not isinstance(factor, int) or factor != 1:
                x = self.repeat_elements(x, factor, axis)
        return x
