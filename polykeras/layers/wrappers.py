"""Layers around another layer."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from ..engine.layer import Layer
from ..engine.spec import InputSpec, distinct, shape_of
from ..utils.layer_utils import layer_from_config
from .parts import set_initial_weights

Shape = tuple[int | None, ...]


class Wrapper(Layer):
    """A layer around another layer, whose weights, losses, updates and constraints it takes over.

    A subclass writes `call`, and `build`: it builds ``self.layer``, then calls ``super().build()``.

    Args:
        layer: the inner layer (or model).
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            hint = " Call the class to make a layer of it." if isinstance(layer, type) else ""
            raise TypeError(f"{type(self).__name__}: layer must be a layer, got {layer!r}.{hint}")
        self.layer = layer
        super().__init__(**kwargs)

    def build(self, input_shape: Any = None) -> None:
        self.constraints = self.layer.constraints
        self.built = True

    @property
    def trainable_weights(self) -> list[Any]:
        """The weights that training changes: those of the inner layer, then any of the wrapper's own."""
        return distinct([*self.layer.trainable_weights, *self._trainable_weights]) if self.trainable else []

    @trainable_weights.setter
    def trainable_weights(self, weights: Any) -> None:
        self._trainable_weights = list(weights)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The weights that training does not change by gradients."""
        fixed = [*self.layer.non_trainable_weights, *self._non_trainable_weights]
        return distinct(fixed if self.trainable else [*self.layer.weights, *self._trainable_weights, *fixed])

    @non_trainable_weights.setter
    def non_trainable_weights(self, weights: Any) -> None:
        self._non_trainable_weights = list(weights)

    @property
    def losses(self) -> list[Any]:
        """The penalties on the inner layer's weights and those of the wrapper."""
        return distinct([*self.layer.get_losses_for(None), *self._losses])

    @losses.setter
    def losses(self, losses: Any) -> None:
        self._losses = list(losses)

    @property
    def updates(self) -> list[Any]:
        """The updates of the inner layer that depend on no input and those of the wrapper."""
        return distinct([*self.layer.get_updates_for(None), *self._updates])

    @updates.setter
    def updates(self, updates: Any) -> None:
        self._updates = list(updates)

    def get_losses_for(self, inputs: Any) -> list[Any]:
        own = super().get_losses_for(inputs)
        return own if inputs is not None else distinct([*self.layer.get_losses_for(None), *own])

    def get_updates_for(self, inputs: Any) -> list[Any]:
        own = super().get_updates_for(inputs)
        return own if inputs is not None else distinct([*self.layer.get_updates_for(None), *own])

    def weights_in_order(self) -> list[Any]:
        return self.layer.weights_in_order()

    def get_config(self) -> dict[str, Any]:
        inner = {"class_name": type(self.layer).__name__, "config": self.layer.get_config()}
        return {**super().get_config(), "layer": inner}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A wrapper of the configuration that `get_config` has returned, with a new inner layer."""
        arguments = {key: value for key, value in config.items() if key != "layer"}
        return cls(layer_from_config(config["layer"], custom_objects), **arguments)


class TimeDistributed(Wrapper):
    """Applies a layer to every time step, with the same weights.

    Input: ``(samples, time, ...)``. Output: ``(samples, time, *output of the inner layer)``. The inner layer
    sees samples and time as one axis, so that inner batch normalisation takes its statistics over both. The
    mask of the time steps is passed on.

    Args:
        layer: the inner layer (or model) for one step.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        self.supports_masking = True
        self.input_spec = [InputSpec(ndim="3+")]
        super().__init__(layer, **kwargs)

    def build(self, input_shape: Shape) -> None:  # type: ignore[override]
        self.input_spec = [InputSpec(shape=(None, None, *input_shape[2:]))]
        if not self.layer.built:
            self.layer.build(_step_shape(input_shape))
            self.layer.built = True
            set_initial_weights(self.layer)
        super().build(input_shape)

    def get_output_shape_for(self, input_shape: Shape) -> Shape | None:
        if not self.layer.defines_output_shape:
            return None
        step = self.layer.get_output_shape_for(_step_shape(input_shape))
        return None if step is None else (input_shape[0], input_shape[1], *step[1:])

    def call(self, inputs: Any, mask: Any = None) -> Any:
        shape = shape_of(inputs)
        steps = K.reshape(inputs, (-1, *_sizes(inputs, shape, 2)))
        output = self.layer(steps)
        if isinstance(output, list):
            raise ValueError(f"{self.name}: the inner layer must have one output, got {len(output)}.")
        # What the inner layer has filed under its own input belongs to the wrapper's.
        self.add_loss(self.layer.get_losses_for(steps), inputs)
        self.add_update(self.layer.get_updates_for(steps), inputs)
        result = K.reshape(output, (-1, *_sizes(inputs, shape, 1)[:1], *_sizes(output, shape_of(output), 1)))
        result._uses_learning_phase = getattr(output, "_uses_learning_phase", False)
        return result


def _step_shape(input_shape: Shape) -> Shape:
    """The shape that the inner layer sees."""
    samples, time = input_shape[:2]
    return (samples * time if samples is not None and time is not None else None, *input_shape[2:])


def _sizes(x: Any, shape: Any, start: int) -> list[Any]:
    """The sizes of `x` from axis `start` on: integers where they are known, else symbolic."""
    return [K.shape(x)[axis] if shape[axis] is None else shape[axis] for axis in range(start, len(shape))]
