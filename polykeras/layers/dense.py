"""Fully connected layers."""

from __future__ import annotations

import warnings
from typing import Any

from .. import activations
from .. import backend as K
from ..engine.spec import InputSpec
from ..utils.generic_utils import object_name
from .parts import KernelLayer, known_size, positive_int, set_initial_weights

Shape = tuple[int | None, ...]


class Dense(KernelLayer):
    """activation(x . W + b) along the last axis.

    Input: ``(samples, ..., input_dim)`` with two axes or more. Output: ``(samples, ..., output_dim)``.
    Weights: ``W`` (input_dim, output_dim), ``b`` (output_dim,) if `bias`.

    Args:
        output_dim: number of units.
        init: initialization of ``W``, a name or a function ``f(shape, name=None)``.
        activation: a name or a function; None leaves the numbers as they are.
        weights: start values ``[W, b]``.
        W_regularizer, b_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        W_constraint, b_constraint: projections of the weights after each update.
        bias: whether ``b`` is added.
        input_dim: size of the last axis, for the first layer of a model; the same as
            ``input_shape=(input_dim,)``.
    """

    def __init__(
        self,
        output_dim: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.output_dim = positive_int(type(self).__name__, "output_dim", output_dim)
        self.activation = activations.get(activation)
        self.input_spec = [InputSpec(ndim="2+")]
        super().__init__(
            init, weights, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint,
            bias, input_dim, **kwargs,
        )  # fmt: skip

    def build(self, input_shape: Shape) -> None:
        self.input_dim = known_size(self.name, input_shape, -1)
        self.input_spec = [InputSpec(dtype=K.floatx(), ndim="2+")]
        self.W = self._add_kernel((self.input_dim, self.output_dim))
        self.b = self._add_bias((self.output_dim,)) if self.bias else None
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        self._check_last_axis(x)
        output = K.dot(x, self.W)
        if self.bias:
            output = output + self.b
        return self.activation(output)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "activation": object_name(self.name, "activation", self.activation),
        }


class TimeDistributedDense(KernelLayer):
    """One `Dense` applied to every time step.

    Input: ``(samples, time, input_dim)``. Output: ``(samples, time, output_dim)``. Masks are passed on.
    Weights: ``W`` (input_dim, output_dim), ``b`` (output_dim,) if `bias`.

    Args:
        input_length: number of time steps, for the first layer of a model; None if it varies.

    The other arguments are those of `Dense`, which does the same on three axes, but passes no mask.
    """

    def __init__(
        self,
        output_dim: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.output_dim = positive_int(where, "output_dim", output_dim)
        self.activation = activations.get(activation)
        self.input_length = (
            None if input_length is None else positive_int(where, "input_length", input_length)
        )
        self.input_spec = [InputSpec(ndim=3)]
        self.supports_masking = True
        super().__init__(
            init, weights, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint,
            bias, input_dim, **kwargs,
        )  # fmt: skip

    def _input_shape_of(self, input_dim: int) -> Shape:
        return (self.input_length, input_dim)

    def build(self, input_shape: Shape) -> None:
        size = known_size(self.name, input_shape, 2)
        self.input_spec = [InputSpec(dtype=K.floatx(), shape=(None, input_shape[1], size))]
        self.W = self._add_kernel((size, self.output_dim))
        self.b = self._add_bias((self.output_dim,)) if self.bias else None
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        output = K.dot(x, self.W)
        if self.bias:
            output = output + self.b
        return self.activation(output)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (input_shape[0], input_shape[1], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "activation": object_name(self.name, "activation", self.activation),
            "input_length": self.input_length,
        }


class MaxoutDense(KernelLayer):
    """The largest of several linear functions for each unit (Goodfellow et al., 2013).

    Input: ``(samples, input_dim)``. Output: ``(samples, output_dim)``.
    Weights: ``W`` (nb_feature, input_dim, output_dim), ``b`` (nb_feature, output_dim) if `bias`.

    Args:
        output_dim: number of units.
        nb_feature: number of linear functions of a unit.

    The other arguments are those of `Dense`.
    """

    def __init__(
        self,
        output_dim: int,
        nb_feature: int = 4,
        init: Any = "glorot_uniform",
        weights: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.output_dim = positive_int(where, "output_dim", output_dim)
        self.nb_feature = positive_int(where, "nb_feature", nb_feature)
        self.input_spec = [InputSpec(ndim=2)]
        super().__init__(
            init, weights, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint,
            bias, input_dim, **kwargs,
        )  # fmt: skip

    def build(self, input_shape: Shape) -> None:
        size = known_size(self.name, input_shape, 1)
        self.input_spec = [InputSpec(dtype=K.floatx(), shape=(None, size))]
        self.W = self._add_kernel((self.nb_feature, size, self.output_dim))
        self.b = self._add_bias((self.nb_feature, self.output_dim)) if self.bias else None
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        output = K.dot(x, self.W)  # (samples, nb_feature, output_dim)
        if self.bias:
            output = output + self.b
        return K.max(output, axis=1)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.output_dim)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_dim": self.output_dim, "nb_feature": self.nb_feature}


class Highway(KernelLayer):
    """t * activation(x . W + b) + (1 - t) * x with the gate t = sigmoid(x . W_carry + b_carry).

    A densely connected highway network (Srivastava et al., 2015).

    Input and output: ``(samples, input_dim)``. Weights: ``W`` and ``W_carry`` (input_dim, input_dim), and if
    `bias` ``b`` and ``b_carry`` (input_dim,), the latter starting at 1. Regularizers and constraints concern
    ``W`` and ``b``. The arguments are those of `Dense`; ``transform_bias`` of Keras 1.0 has no effect.
    """

    def __init__(
        self,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        if "transform_bias" in kwargs:
            warnings.warn(
                "Highway: transform_bias has no effect; b_carry starts at 1. For another start pass "
                "`weights` or call set_weights.",
                stacklevel=2,
            )
            del kwargs["transform_bias"]
        self.activation = activations.get(activation)
        self.input_spec = [InputSpec(ndim=2)]
        super().__init__(
            init, weights, W_regularizer, b_regularizer, activity_regularizer, W_constraint, b_constraint,
            bias, input_dim, **kwargs,
        )  # fmt: skip

    def build(self, input_shape: Shape) -> None:
        size = known_size(self.name, input_shape, 1)
        self.input_spec = [InputSpec(dtype=K.floatx(), shape=(None, size))]
        self.W = self._add_kernel((size, size))
        self.W_carry = self.add_weight((size, size), initializer=self.init, name=f"{self.name}_W_carry")
        self.b = self.b_carry = None
        if self.bias:
            self.b = self._add_bias((size,))
            self.b_carry = self.add_weight((size,), initializer="one", name=f"{self.name}_b_carry")
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        gate, output = K.dot(x, self.W_carry), K.dot(x, self.W)
        if self.bias:
            gate, output = gate + self.b_carry, output + self.b
        gate = K.sigmoid(gate)
        return gate * self.activation(output) + (1.0 - gate) * x

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "activation": object_name(self.name, "activation", self.activation),
        }
