"""Pooling: the largest value or the mean in each window. Also the Keras 1 home of global pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .. import backend as K
from ..backends.interface.windows import POOL_BORDER_MODES, check_fits, checked_mode, output_length, window
from ..engine.layer import Layer as Layer
from ..engine.spec import InputSpec as InputSpec
from ..utils.np_utils import conv_output_length as conv_output_length
from .global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from .global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from .global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from .global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from .global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from .global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from .parts import positive_int
from .windows import Shape, SpatialLayer


class _Pooling(SpatialLayer):
    """The largest value or the mean, as `POOL_MODE` says, in each window.

    A subclass tells the windows' sizes and steps. What pools is ``_pooling_function``, which a user's
    subclass may override, as in Keras 1.
    """

    POOL_MODE: ClassVar[str]
    border_mode: str

    def __init__(self, border_mode: str, **kwargs: Any) -> None:
        self.border_mode = checked_mode(type(self).__name__, border_mode, POOL_BORDER_MODES)
        super().__init__(**kwargs)

    def _window(self) -> tuple[int, ...]:
        """The window's sizes along the spatial axes."""
        raise NotImplementedError

    def _steps(self) -> tuple[int, ...]:
        """The window's steps along the spatial axes."""
        raise NotImplementedError

    def _places(self, input_shape: Shape) -> list[int | None]:
        """At how many places the window stands along each spatial axis; None where the size is unknown.

        Raises:
            ValueError: if the window is larger than the input.
        """
        lengths = self._lengths(input_shape)
        check_fits(self.name, lengths, self._window(), self.border_mode)
        parts = zip(lengths, self._window(), self._steps(), strict=True)
        return [output_length(length, size, self.border_mode, step) for length, size, step in parts]

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return self._with_lengths(input_shape, self._places(input_shape))

    def _pooling_function(
        self,
        inputs: Any,
        pool_size: tuple[int, ...],
        strides: tuple[int, ...],
        border_mode: str,
        dim_ordering: str,
    ) -> Any:
        return K.pool2d(inputs, pool_size, strides, border_mode, dim_ordering, pool_mode=self.POOL_MODE)

    def call(self, x: Any, mask: Any = None) -> Any:
        self._places(self._open_shape(x))
        return self._pooling_function(
            inputs=x,
            pool_size=self._window(),
            strides=self._steps(),
            border_mode=self.border_mode,
            dim_ordering=self.dim_ordering,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "border_mode": self.border_mode}


class _Pooling1D(_Pooling):
    RANK = 1

    def __init__(
        self, pool_length: int = 2, stride: int | None = None, border_mode: str = "valid", **kwargs: Any
    ) -> None:
        where = type(self).__name__
        self.pool_length = positive_int(where, "pool_length", pool_length)
        self.stride = self.pool_length if stride is None else positive_int(where, "stride", stride)
        super().__init__(border_mode, **kwargs)

    def _window(self) -> tuple[int, ...]:
        return (self.pool_length,)

    def _steps(self) -> tuple[int, ...]:
        return (self.stride,)

    def call(self, x: Any, mask: Any = None) -> Any:
        self._places(self._open_shape(x))
        output = self._pooling_function(
            inputs=K.expand_dims(x, 2),  # images of one column
            pool_size=(self.pool_length, 1),
            strides=(self.stride, 1),
            border_mode=self.border_mode,
            dim_ordering="tf",
        )
        return K.squeeze(output, 2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_length": self.pool_length, "stride": self.stride}


class _SizedPooling(_Pooling):
    """Pooling of images or volumes."""

    def __init__(
        self, pool_size: Any, strides: Any, border_mode: str, dim_ordering: str, **kwargs: Any
    ) -> None:
        where = type(self).__name__
        self.pool_size = window(where, "pool_size", pool_size, self.RANK)
        self.strides = self.pool_size if strides is None else window(where, "strides", strides, self.RANK)
        self._order(dim_ordering)
        super().__init__(border_mode, **kwargs)

    def _window(self) -> tuple[int, ...]:
        return self.pool_size

    def _steps(self) -> tuple[int, ...]:
        return self.strides

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "dim_ordering": self.dim_ordering,
        }


class _Pooling2D(_SizedPooling):
    RANK = 2

    def __init__(
        self,
        pool_size: Sequence[int] = (2, 2),
        strides: Sequence[int] | None = None,
        border_mode: str = "valid",
        dim_ordering: str = "default",
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, border_mode, dim_ordering, **kwargs)


class _Pooling3D(_SizedPooling):
    RANK = 3

    def __init__(
        self,
        pool_size: Sequence[int] = (2, 2, 2),
        strides: Sequence[int] | None = None,
        border_mode: str = "valid",
        dim_ordering: str = "default",
        **kwargs: Any,
    ) -> None:
        super().__init__(pool_size, strides, border_mode, dim_ordering, **kwargs)

    def _pooling_function(
        self,
        inputs: Any,
        pool_size: tuple[int, ...],
        strides: tuple[int, ...],
        border_mode: str,
        dim_ordering: str,
    ) -> Any:
        return K.pool3d(inputs, pool_size, strides, border_mode, dim_ordering, pool_mode=self.POOL_MODE)


class MaxPooling1D(_Pooling1D):
    """The largest value in each window of sequences, ``(samples, steps, channels)``.

    Args:
        pool_length: length of the window.
        stride: its step, `pool_length` by default.
        border_mode: ``'valid'`` or ``'same'``; what ``'same'`` adds at the borders does not count.
    """

    POOL_MODE = "max"


class AveragePooling1D(_Pooling1D):
    """The mean in each window of sequences; the arguments are those of `MaxPooling1D`."""

    POOL_MODE = "avg"


class MaxPooling2D(_Pooling2D):
    """The largest value in each window of images.

    Input: ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels, rows, columns)`` for
    ``'th'``; rows and columns may be unknown.

    Args:
        pool_size: rows and columns of the window.
        strides: its steps, `pool_size` by default.
        border_mode: ``'valid'`` or ``'same'``; what ``'same'`` adds at the borders does not count.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    POOL_MODE = "max"


class AveragePooling2D(_Pooling2D):
    """The mean in each window of images; the arguments are those of `MaxPooling2D`."""

    POOL_MODE = "avg"


class MaxPooling3D(_Pooling3D):
    """The largest value in each window of volumes.

    Input: ``(samples, d1, d2, d3, channels)`` for ``'tf'``, ``(samples, channels, d1, d2, d3)`` for ``'th'``;
    the three sizes may be unknown. The arguments are those of `MaxPooling2D`, with one more size each.
    """

    POOL_MODE = "max"


class AveragePooling3D(_Pooling3D):
    """The mean in each window of volumes; the arguments are those of `MaxPooling3D`."""

    POOL_MODE = "avg"
