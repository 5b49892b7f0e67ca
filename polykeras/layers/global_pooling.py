"""Pooling over whole sequences, images and volumes."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from .windows import Shape, SpatialLayer


class _GlobalPooling(SpatialLayer):
    """A number for each sample and channel; ``self._pooled`` makes it of all spatial axes."""

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (input_shape[0], input_shape[self._channel_axis])


class _GlobalPooling1D(_GlobalPooling):
    RANK = 1


class _GlobalSized(_GlobalPooling):
    """Pooling of whole images or volumes."""

    def __init__(self, dim_ordering: str = "default", **kwargs: Any) -> None:
        self._order(dim_ordering)
        super().__init__(**kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dim_ordering": self.dim_ordering}


class _GlobalPooling2D(_GlobalSized):
    RANK = 2


class _GlobalPooling3D(_GlobalSized):
    RANK = 3


class _Max(_GlobalPooling):
    def call(self, x: Any, mask: Any = None) -> Any:
        return K.max(x, axis=list(self._spatial_axes))


class _Average(_GlobalPooling):
    def call(self, x: Any, mask: Any = None) -> Any:
        return K.mean(x, axis=list(self._spatial_axes))


class GlobalMaxPooling1D(_Max, _GlobalPooling1D):
    """The largest value of each channel over all steps: ``(samples, steps, channels)`` to ``(samples,
    channels)``.
    """


class GlobalAveragePooling1D(_Average, _GlobalPooling1D):
    """The mean of each channel over all steps: ``(samples, steps, channels)`` to ``(samples, channels)``."""


class GlobalMaxPooling2D(_Max, _GlobalPooling2D):
    """The largest value of each channel over all rows and columns.

    Input: ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels, rows, columns)`` for
    ``'th'``. Output: ``(samples, channels)``.

    Args:
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """


class GlobalAveragePooling2D(_Average, _GlobalPooling2D):
    """The mean of each channel over all rows and columns; otherwise as `GlobalMaxPooling2D`."""


class GlobalMaxPooling3D(_Max, _GlobalPooling3D):
    """The largest value of each channel over the three spatial axes.

    Input: ``(samples, d1, d2, d3, channels)`` for ``'tf'``, ``(samples, channels, d1, d2, d3)`` for ``'th'``.
    Output: ``(samples, channels)``.

    Args:
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """


class GlobalAveragePooling3D(_Average, _GlobalPooling3D):
    """The mean of each channel over the three spatial axes; otherwise as `GlobalMaxPooling3D`."""
