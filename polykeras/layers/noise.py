"""Random noise while training."""

from __future__ import annotations

import math
from typing import Any

from .. import backend as K
from ..engine.layer import Layer
from .parts import fraction


class GaussianNoise(Layer):
    """Adds normal noise of mean 0 while training. Input and output have the same shape; masks are passed on.

    Args:
        sigma: standard deviation of the noise.
    """

    def __init__(self, sigma: float, **kwargs: Any) -> None:
        if isinstance(sigma, bool) or not sigma >= 0:
            raise ValueError(f"{type(self).__name__}: sigma must be a number not below 0, got {sigma!r}.")
        self.sigma = sigma
        self.supports_masking = True
        self.uses_learning_phase = True
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        def noised() -> Any:
            return x + K.random_normal(K.shape(x), mean=0.0, std=float(self.sigma), dtype=K.dtype(x))

        return K.in_train_phase(noised, x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "sigma": self.sigma}


class GaussianDropout(Layer):
    """Multiplies by normal noise of mean 1 and variance p / (1 - p) while training (Srivastava et al., 2014).

    Input and output have the same shape; masks are passed on.

    Args:
        p: the fraction that `Dropout` of the same strength would drop; with 0 or 1 the layer does nothing.
    """

    def __init__(self, p: float, **kwargs: Any) -> None:
        self.p = fraction(type(self).__name__, "p", p)
        self.supports_masking = True
        if 0 < self.p < 1:
            self.uses_learning_phase = True
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        if not 0 < self.p < 1:
            return x

        def noised() -> Any:
            deviation = math.sqrt(self.p / (1.0 - self.p))
            return x * K.random_normal(K.shape(x), mean=1.0, std=deviation, dtype=K.dtype(x))

        return K.in_train_phase(noised, x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "p": self.p}
