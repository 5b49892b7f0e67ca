"""Batch normalisation."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from .. import initializations, regularizers
from ..engine.layer import Layer
from ..engine.spec import InputSpec
from ..errors import check_choice, check_number
from ..utils.generic_utils import object_name
from .parts import check_weights, known_size, part_config, set_initial_weights

MODES = (0, 1, 2)


class BatchNormalization(Layer):
    """(x - mean) / sqrt(variance + epsilon) * gamma + beta (Ioffe and Szegedy, 2015).

    Input and output have the same shape; masks are passed on. Weights, each of the size of the input along
    `axis`: ``gamma``, ``beta``, and without gradient ``running_mean`` and ``running_std``; the last holds the
    variance, in spite of its name.

    Args:
        epsilon: a small number that keeps the division defined.
        mode: 0: statistics of the batch while training, the running ones when testing, for each feature along
            `axis`. 1: statistics of each sample over `axis`, always; here epsilon is added to the variance
            and to the standard deviation. 2: statistics of the batch, always.
        axis: the axis of the features: -1, or 1 for images in ``'th'`` ordering.
        momentum: how much of the running statistics each training step keeps.
        weights: start values ``[gamma, beta, running_mean, running_std]``.
        beta_init, gamma_init: initializations, a name or a function.
        gamma_regularizer, beta_regularizer: penalties on gamma and beta.
    """

    def __init__(
        self,
        epsilon: float = 1e-3,
        mode: int = 0,
        axis: int = -1,
        momentum: float = 0.99,
        weights: Any = None,
        beta_init: Any = "zero",
        gamma_init: Any = "one",
        gamma_regularizer: Any = None,
        beta_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.mode = check_choice(where, "mode", mode, MODES)
        self.epsilon = check_number(where, "epsilon", epsilon)
        if isinstance(axis, bool) or not isinstance(axis, int) or axis == 0:
            raise ValueError(f"{where}: axis must be an integer other than 0 (the samples), got {axis!r}.")
        self.axis = axis
        self.momentum = check_number(where, "momentum", momentum)
        self.initial_weights = check_weights(where, weights)
        self.beta_init = initializations.get(beta_init)
        self.gamma_init = initializations.get(gamma_init)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.supports_masking = True
        if self.mode == 0:
            self.uses_learning_phase = True
        super().__init__(**kwargs)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = (known_size(self.name, input_shape, self.axis),)
        # A layer whose statistics belong to one axis takes other inputs only if they agree there.
        spec: list[int | None] = [None] * len(input_shape)
        spec[self.axis] = shape[0]
        self.input_spec = [InputSpec(shape=tuple(spec))]
        self.gamma = self.add_weight(
            shape, initializer=self.gamma_init, name=f"{self.name}_gamma", regularizer=self.gamma_regularizer
        )
        self.beta = self.add_weight(
            shape, initializer=self.beta_init, name=f"{self.name}_beta", regularizer=self.beta_regularizer
        )
        self.running_mean = self.add_weight(
            shape, initializer="zero", name=f"{self.name}_running_mean", trainable=False
        )
        self.running_std = self.add_weight(
            shape, initializer="one", name=f"{self.name}_running_std", trainable=False
        )
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        ndim: Any = K.ndim(x)
        feature_axis = self.axis % ndim
        if self.mode == 1:
            return self._normalize_samples(x, ndim, feature_axis)
        reduction_axes = [axis for axis in range(ndim) if axis != feature_axis]
        normed, mean, variance = K.normalize_batch_in_training(
            x, self.gamma, self.beta, reduction_axes, epsilon=self.epsilon
        )
        if self.mode == 2:
            return normed
        self.add_update(
            [
                K.moving_average_update(self.running_mean, mean, self.momentum),
                K.moving_average_update(self.running_std, variance, self.momentum),
            ],
            x,
        )

        def with_running_statistics() -> Any:
            vectors = (self.running_mean, self.running_std, self.beta, self.gamma)
            mean, variance, beta, gamma = (self._along(vector, ndim, feature_axis) for vector in vectors)
            return K.batch_normalization(x, mean, variance, beta, gamma, epsilon=self.epsilon)

        return K.in_train_phase(normed, with_running_statistics)

    def _normalize_samples(self, x: Any, ndim: int, feature_axis: int) -> Any:
        mean = K.mean(x, axis=feature_axis, keepdims=True)
        deviation = K.sqrt(K.var(x, axis=feature_axis, keepdims=True) + self.epsilon)
        normed = (x - mean) / (deviation + self.epsilon)
        gamma, beta = (self._along(vector, ndim, feature_axis) for vector in (self.gamma, self.beta))
        return normed * gamma + beta

    @staticmethod
    def _along(vector: Any, ndim: int, feature_axis: int) -> Any:
        """`vector` shaped so that it is broadcast along all axes but the one of the features."""
        if feature_axis == ndim - 1:
            return vector
        shape = [1] * ndim
        shape[feature_axis] = K.get_variable_shape(vector)[0]
        return K.reshape(vector, tuple(shape))

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "epsilon": self.epsilon,
            "mode": self.mode,
            "axis": self.axis,
            "momentum": self.momentum,
            "gamma_regularizer": part_config(self.name, "gamma_regularizer", self.gamma_regularizer),
            "beta_regularizer": part_config(self.name, "beta_regularizer", self.beta_regularizer),
        }
        # Keras 1.2 reads these two but does not write them; they are written where they are not the default.
        if self.beta_init is not initializations.zero:
            config["beta_init"] = object_name(self.name, "beta_init", self.beta_init)
        if self.gamma_init is not initializations.one:
            config["gamma_init"] = object_name(self.name, "gamma_init", self.gamma_init)
        return config
