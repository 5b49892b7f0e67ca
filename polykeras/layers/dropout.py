"""Dropout of elements, and of whole feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..config import resolve_dim_ordering
from ..engine.layer import Layer
from ..engine.spec import InputSpec, shape_tuple
from .parts import fraction


class Dropout(Layer):
    """Sets a fraction `p` of the input to 0 while training and divides the rest by 1 - p.

    Source: Srivastava et al., 2014. Input and output have the same shape; masks are passed on.

    Args:
        p: the fraction to drop, from 0 to 1; with 0 or 1 the layer does nothing, as in Keras 1.
        noise_shape: the shape of the 0/1 pattern, which is broadcast to the input: integers, tensors, and
            None for the input's own size.
        seed: seed of the random numbers; drawn from numpy's global generator by default.
    """

    def __init__(
        self, p: float, noise_shape: Sequence[Any] | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        where = type(self).__name__
        self.p = fraction(where, "p", p)
        if noise_shape is not None and not K.is_tensor(noise_shape):
            sizes: Any = noise_shape
            if isinstance(noise_shape, (list, tuple)):
                sizes = [None if K.is_tensor(size) else size for size in noise_shape]
            shape_tuple(where, "noise_shape", sizes)
        self.noise_shape = noise_shape
        self.seed = seed
        self.supports_masking = True
        if 0 < self.p < 1:
            self.uses_learning_phase = True
        super().__init__(**kwargs)

    def _get_noise_shape(self, x: Any) -> Any:
        """The shape of the 0/1 pattern for the input `x`; None means that of `x`."""
        if self.noise_shape is None or not isinstance(self.noise_shape, (list, tuple)):
            return self.noise_shape
        return tuple(K.shape(x)[axis] if size is None else size for axis, size in enumerate(self.noise_shape))

    def call(self, x: Any, mask: Any = None) -> Any:
        if not 0 < self.p < 1:
            return x

        def dropped() -> Any:
            return K.dropout(x, self.p, self._get_noise_shape(x), seed=self.seed)

        return K.in_train_phase(dropped, x)

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "p": self.p}
        # Keras 1.2 leaves these two out; it reads them, and without them a copy would drop otherwise.
        if isinstance(self.noise_shape, (list, tuple)):
            config["noise_shape"] = list(self.noise_shape)
        if self.seed is not None:
            config["seed"] = self.seed
        return config


class _SpatialDropout(Dropout):
    """Dropout of whole maps: one 0/1 for each sample and channel (Tompson et al., 2014)."""

    NDIM = 0

    def __init__(self, p: float, dim_ordering: str = "default", **kwargs: Any) -> None:
        self.dim_ordering = resolve_dim_ordering(type(self).__name__, dim_ordering)
        self._asked_ordering = dim_ordering
        self.input_spec = [InputSpec(ndim=self.NDIM)]
        super().__init__(p, **kwargs)

    def _get_noise_shape(self, x: Any) -> Any:
        shape = K.shape(x)
        ones = (1,) * (self.NDIM - 2)
        if self.dim_ordering == "th":
            return (shape[0], shape[1], *ones)
        return (shape[0], *ones, shape[self.NDIM - 1])

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self._asked_ordering != "default":
            config["dim_ordering"] = self.dim_ordering
        return config


class SpatialDropout1D(Dropout):
    """Drops whole channels of a sequence while training, rather than single elements.

    Source: Tompson et al., 2014. Input and output: ``(samples, time, channels)``.

    Args:
        p: the fraction of channels to drop.
    """

    def __init__(self, p: float, **kwargs: Any) -> None:
        self.input_spec = [InputSpec(ndim=3)]
        super().__init__(p, **kwargs)

    def _get_noise_shape(self, x: Any) -> Any:
        shape = K.shape(x)
        return (shape[0], 1, shape[2])


class SpatialDropout2D(_SpatialDropout):
    """Drops whole maps of images while training, rather than single pixels.

    Source: Tompson et al., 2014. Input and output: ``(samples, rows, columns, channels)`` for ``'tf'``,
    ``(samples, channels, rows, columns)`` for ``'th'``.

    Args:
        p: the fraction of maps to drop.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    NDIM = 4


class SpatialDropout3D(_SpatialDropout):
    """Drops whole maps of volumes while training, rather than single points.

    Source: Tompson et al., 2014. Input and output: ``(samples, d1, d2, d3, channels)`` for ``'tf'``,
    ``(samples, channels, d1, d2, d3)`` for ``'th'``.

    Args:
        p: the fraction of maps to drop.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
    """

    NDIM = 5
