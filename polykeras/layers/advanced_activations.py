"""Activations with parameters, fixed or learned. All keep the shape of their input and pass masks on."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import backend as K
from .. import initializations
from ..config import cast_to_floatx
from ..engine.layer import Layer
from ..engine.spec import InputSpec
from ..errors import check_number
from ..utils.generic_utils import object_name
from .parts import check_weights, known_size, set_initial_weights


class LeakyReLU(Layer):
    """x where it is positive, else alpha * x.

    Args:
        alpha: slope of the negative part.
    """

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        self.alpha = check_number(type(self).__name__, "alpha", alpha)
        self.supports_masking = True
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.relu(x, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": float(self.alpha)}


class ELU(Layer):
    """x where it is positive, else alpha * (exp(x) - 1) (Clevert et al., 2015).

    Args:
        alpha: scale of the negative part.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        self.alpha = cast_to_floatx(check_number(type(self).__name__, "alpha", alpha))
        self.supports_masking = True
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.elu(x, float(self.alpha))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "alpha": float(self.alpha)}


class ThresholdedReLU(Layer):
    """x where it is above theta, else 0 (Konda et al., 2014).

    Args:
        theta: the threshold.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        self.theta = cast_to_floatx(check_number(type(self).__name__, "theta", theta))
        self.supports_masking = True
        super().__init__(**kwargs)

    def call(self, x: Any, mask: Any = None) -> Any:
        return x * K.cast(K.greater(x, float(self.theta)), K.dtype(x))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "theta": float(self.theta)}


class _LearnedActivation(Layer):
    """An activation with weights of the shape of one sample, or of size 1 along shared axes."""

    def __init__(self, shared_axes: int | Sequence[int] | None, **kwargs: Any) -> None:
        axes: Sequence[Any] = shared_axes if isinstance(shared_axes, (list, tuple)) else [shared_axes]
        self.shared_axes = [axis for axis in axes if axis is not None]
        for axis in self.shared_axes:
            if isinstance(axis, bool) or not isinstance(axis, int) or axis < 1:
                raise ValueError(
                    f"{type(self).__name__}: shared_axes must be integers from 1 (0 is the axis of samples), "
                    f"for example [1, 2], got {shared_axes!r}."
                )
        self.supports_masking = True
        super().__init__(**kwargs)

    def _weight_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int, ...]:
        for axis in self.shared_axes:
            if axis >= len(input_shape):
                raise ValueError(
                    f"{self.name}: shared_axes {self.shared_axes} do not fit an input of shape {input_shape}."
                )
        shape = tuple(
            1 if axis in self.shared_axes else known_size(self.name, input_shape, axis)
            for axis in range(1, len(input_shape))
        )
        spec = (None if axis + 1 in self.shared_axes else size for axis, size in enumerate(shape))
        self.input_spec = [InputSpec(shape=(None, *spec))]
        return shape

    def _parameter(self, shape: tuple[int, ...], suffix: str, initializer: Any) -> Any:
        return self.add_weight(shape, initializer=initializer, name=f"{self.name}_{suffix}")

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        # Keras 1.2 reads shared_axes but does not write it, so that its own copies lose the sharing.
        if self.shared_axes:
            config["shared_axes"] = list(self.shared_axes)
        return config


class PReLU(_LearnedActivation):
    """x where it is positive, else alphas * x, with learned slopes (He et al., 2015).

    Args:
        init: initialization of the slopes, a name or a function.
        weights: start values ``[alphas]``.
        shared_axes: axes along which one slope serves all places: with ``[1, 2]`` images in ``'tf'``
            ordering have a slope for each channel.
    """

    def __init__(
        self,
        init: Any = "zero",
        weights: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        self.init = initializations.get(init)
        self.initial_weights = check_weights(type(self).__name__, weights)
        super().__init__(shared_axes, **kwargs)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.alphas = self._parameter(self._weight_shape(input_shape), "alphas", self.init)
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.relu(x) - self.alphas * K.relu(-x)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "init": object_name(self.name, "init", self.init)}


def _filled(shape: Sequence[int], name: str | None = None, value: float = 0.0) -> Any:
    return K.variable(np.full(tuple(shape), value), name=name)


class ParametricSoftplus(_LearnedActivation):
    """alphas * log(1 + exp(betas * x)) with learned alphas and betas.

    Args:
        alpha_init, beta_init: the numbers that all alphas and betas start with.
        weights: start values ``[alphas, betas]``.
        shared_axes: axes along which one alpha and beta serve all places, as in `PReLU`.
    """

    def __init__(
        self,
        alpha_init: float = 0.2,
        beta_init: float = 5.0,
        weights: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        self.alpha_init = cast_to_floatx(alpha_init)
        self.beta_init = cast_to_floatx(beta_init)
        self.initial_weights = check_weights(type(self).__name__, weights)
        super().__init__(shared_axes, **kwargs)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = self._weight_shape(input_shape)
        self.alphas = self._parameter(
            shape, "alphas", functools.partial(_filled, value=float(self.alpha_init))
        )
        self.betas = self._parameter(shape, "betas", functools.partial(_filled, value=float(self.beta_init)))
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        return K.softplus(self.betas * x) * self.alphas

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_init": float(self.alpha_init),
            "beta_init": float(self.beta_init),
        }


class SReLU(_LearnedActivation):
    """An S of three straight pieces with learned corners and slopes (Jin et al., 2015).

    x between t_left and t_left + abs(t_right); beyond them straight on with the slopes a_left and a_right.

    Args:
        t_left_init, a_left_init: initializations of the left corner and slope.
        t_right_init, a_right_init: initializations of the width of the middle and of the right slope.
        shared_axes: axes along which the same numbers serve all places, as in `PReLU`.
    """

    def __init__(
        self,
        t_left_init: Any = "zero",
        a_left_init: Any = "glorot_uniform",
        t_right_init: Any = "glorot_uniform",
        a_right_init: Any = "one",
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        self.t_left_init = initializations.get(t_left_init)
        self.a_left_init = initializations.get(a_left_init)
        self.t_right_init = initializations.get(t_right_init)
        self.a_right_init = initializations.get(a_right_init)
        super().__init__(shared_axes, **kwargs)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = self._weight_shape(input_shape)
        self.t_left = self._parameter(shape, "t_left", self.t_left_init)
        self.a_left = self._parameter(shape, "a_left", self.a_left_init)
        self.t_right = self._parameter(shape, "t_right", self.t_right_init)
        self.a_right = self._parameter(shape, "a_right", self.a_right_init)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        width = K.abs(self.t_right)
        inside = x - self.t_left
        middle = self.t_left + K.minimum(K.relu(inside), width)
        return middle - self.a_left * K.relu(-inside) + self.a_right * K.relu(inside - width)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "t_left_init": object_name(self.name, "t_left_init", self.t_left_init),
            "a_left_init": object_name(self.name, "a_left_init", self.a_left_init),
            "t_right_init": object_name(self.name, "t_right_init", self.t_right_init),
            "a_right_init": object_name(self.name, "a_right_init", self.a_right_init),
        }
