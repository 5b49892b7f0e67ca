"""What many layers share: checks of constructor arguments, and a kernel with a bias."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

from .. import backend as K
from .. import constraints, initializations, regularizers
from ..engine.layer import Layer
from ..errors import LARGEST_INT, whole_number, whole_number_hint
from ..utils.generic_utils import object_name


def positive_int(where: str, argument: str, value: Any) -> int:
    """`value` as an int.

    Raises:
        ValueError: if it is not a whole number above 0, or larger than engines can count.
    """
    number = whole_number(value)
    if number is None or not 0 < number <= LARGEST_INT:
        hint = whole_number_hint(value) if number is None else ""
        limit = f" and at most {LARGEST_INT}" if number is not None and number > 0 else ""
        raise ValueError(f"{where}: {argument} must be an integer above 0{limit}, got {value!r}.{hint}")
    return number


def input_size(where: str, value: Any) -> int:
    """The argument `input_dim`; ``(100,)``, as `input_shape` would have it, counts as 100."""
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    return positive_int(where, "input_dim", value)


def fraction(where: str, argument: str, value: Any) -> Any:
    """`value`, if it is a number from 0 to 1.

    Raises:
        ValueError: if it is not.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= float(value) <= 1:
        raise ValueError(f"{where}: {argument} must be a number from 0 to 1, got {value!r}.")
    return value


def known_size(where: str, input_shape: Sequence[int | None], axis: int) -> int:
    """The size of the input along `axis`, from which the shape of a weight follows.

    Raises:
        ValueError: if the input has no such axis, or its size is not known.
    """
    if not -len(input_shape) <= axis < len(input_shape):
        raise ValueError(f"{where}: the input must have an axis {axis}, got shape {tuple(input_shape)}.")
    size = input_shape[axis]
    if size is None:
        raise ValueError(
            f"{where}: the size of the input's axis {axis} must be known to make the weights, got shape "
            f"{tuple(input_shape)}. Give the first layer a complete `input_shape` or `batch_input_shape`."
        )
    return int(size)


def sizes_from(x: Any, start: int) -> list[Any]:
    """The sizes of `x` from axis `start` on: integers where they are known, else symbolic."""
    return K.sizes(x)[start:]


def check_weights(where: str, weights: Any) -> list[Any] | None:
    """The argument `weights` of a layer: a list of arrays, or None.

    Raises:
        TypeError: if it is something else.
    """
    if weights is None:
        return None
    if not isinstance(weights, (list, tuple)):
        raise TypeError(f"{where}: weights must be a list of numpy arrays, got {type(weights).__name__}.")
    return list(weights)


def set_initial_weights(layer: Layer) -> None:
    """Gives a layer that has just made its weights the values of its argument `weights`, if there are any."""
    if layer.initial_weights is not None:
        layer.set_weights(layer.initial_weights)
        layer.initial_weights = None


def part_config(where: str, argument: str, part: Any) -> dict[str, Any] | None:
    """The configuration of a layer's regularizer or constraint; None stays None.

    Raises:
        TypeError: if `part` has no ``get_config``.
    """
    if part is None:
        return None
    if not hasattr(part, "get_config"):
        raise TypeError(f"{where}: {argument} has no get_config, so it cannot be saved: {part!r}.")
    return part.get_config()


class KernelLayer(Layer):
    """A layer with a kernel ``W`` and, if `bias`, a shift ``b``, their initialization, regularizers and
    constraints.

    Args:
        init: name or function of the initialization of the kernel.
        weights: values for the weights, in the order of `get_weights`.
        W_regularizer, b_regularizer: penalties on the weights.
        activity_regularizer: penalty on the output.
        W_constraint, b_constraint: projections of the weights after each update.
        bias: whether there is a shift.
        input_dim: size of the input's last axis; the same as ``input_shape=(input_dim,)``.
    """

    W: Any = None
    b: Any = None

    def __init__(
        self,
        init: Any,
        weights: Any,
        W_regularizer: Any,
        b_regularizer: Any,
        activity_regularizer: Any,
        W_constraint: Any,
        b_constraint: Any,
        bias: bool,
        input_dim: int | None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.init = initializations.get(init)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.initial_weights = check_weights(where, weights)
        self.input_dim = None if input_dim is None else input_size(where, input_dim)
        if self.input_dim is not None:
            given = kwargs.get("batch_input_shape", kwargs.get("input_shape"))
            if given is None:
                kwargs["input_shape"] = self._input_shape_of(self.input_dim)
            elif given[-1] != self.input_dim:
                raise ValueError(
                    f"{where}: input_dim={input_dim} contradicts the input's shape {tuple(given)}. "
                    "Give one of the two."
                )
        super().__init__(**kwargs)

    def _input_shape_of(self, input_dim: int) -> tuple[int | None, ...]:
        return (input_dim,)

    def _initializer(self) -> Any:
        """What makes the start values of a kernel: a function ``f(shape, name=None)``."""
        return self.init

    def _add_kernel(self, shape: Sequence[int], suffix: str = "W") -> Any:
        return self.add_weight(
            shape,
            initializer=self._initializer(),
            name=f"{self.name}_{suffix}",
            regularizer=self.W_regularizer,
            constraint=self.W_constraint,
        )

    def _add_bias(self, shape: Sequence[int]) -> Any:
        return self.add_weight(
            shape,
            initializer="zero",
            name=f"{self.name}_b",
            regularizer=self.b_regularizer,
            constraint=self.b_constraint,
        )

    def _check_last_axis(self, x: Any) -> None:
        """Refuses an input whose last axis does not fit the kernel, before the engine stumbles over it."""
        shape, kernel = K.int_shape(x), K.get_variable_shape(self.W)
        if shape is not None and shape[-1] is not None and shape[-1] != kernel[-2]:
            raise ValueError(
                f"{self.name}: the last axis of the input must have size {kernel[-2]}, got shape {shape}. "
                "The layer's weights were made for that size; use another layer for this input."
            )

    def get_config(self) -> dict[str, Any]:
        name = self.name
        return {
            **super().get_config(),
            "init": object_name(name, "init", self.init),
            "W_regularizer": part_config(name, "W_regularizer", self.W_regularizer),
            "b_regularizer": part_config(name, "b_regularizer", self.b_regularizer),
            "activity_regularizer": part_config(name, "activity_regularizer", self.activity_regularizer),
            "W_constraint": part_config(name, "W_constraint", self.W_constraint),
            "b_constraint": part_config(name, "b_constraint", self.b_constraint),
            "bias": self.bias,
            "input_dim": self.input_dim,
        }
