"""Layers around another layer."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from ..engine.container_config import part_data
from ..engine.layer import Layer, checked_values
from ..engine.spec import InputSpec, distinct
from ..errors import check_choice, shortened
from ..utils.generic_utils import custom_object_scope
from ..utils.layer_utils import layer_from_config
from ..utils.limits import reads_arguments
from .parts import check_weights, set_initial_weights, sizes_from

Shape = tuple[int | None, ...]

_TRAINED = "trained_directions"
"""The key that tells which directions of a `Bidirectional` are trained, where it is not both as told."""


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

    @property
    def _inner(self) -> list[Any]:
        """The layers whose weights the wrapper takes over, in the order of `get_weights`."""
        return [self.layer]

    def build(self, input_shape: Any = None) -> None:
        self.constraints = self.layer.constraints
        self.built = True

    @property
    def trainable_weights(self) -> list[Any]:
        """The weights that training changes: those of the inner layer, then any of the wrapper's own."""
        inner = [weight for layer in self._inner for weight in layer.trainable_weights]
        return distinct([*inner, *self._trainable_weights]) if self.trainable else []

    @trainable_weights.setter
    def trainable_weights(self, weights: Any) -> None:
        self._trainable_weights = list(weights)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The weights that training does not change by gradients."""
        fixed = [weight for layer in self._inner for weight in layer.non_trainable_weights]
        fixed += self._non_trainable_weights
        if self.trainable:
            return distinct(fixed)
        inner = [weight for layer in self._inner for weight in layer.weights]
        return distinct([*inner, *self._trainable_weights, *fixed])

    @non_trainable_weights.setter
    def non_trainable_weights(self, weights: Any) -> None:
        self._non_trainable_weights = list(weights)

    @property
    def losses(self) -> list[Any]:
        """The penalties on the inner layer's weights and those of the wrapper."""
        return distinct([*self._inner_losses(), *self._losses])

    @losses.setter
    def losses(self, losses: Any) -> None:
        self._losses = list(losses)

    @property
    def updates(self) -> list[Any]:
        """The updates of the inner layer that depend on no input and those of the wrapper."""
        return distinct([*self._inner_updates(), *self._updates])

    @updates.setter
    def updates(self, updates: Any) -> None:
        self._updates = list(updates)

    def _inner_losses(self, inputs: Any = None) -> list[Any]:
        return [item for layer in self._inner for item in layer.get_losses_for(inputs)]

    def _inner_updates(self, inputs: Any = None) -> list[Any]:
        return [item for layer in self._inner for item in layer.get_updates_for(inputs)]

    def get_losses_for(self, inputs: Any) -> list[Any]:
        own = super().get_losses_for(inputs)
        return own if inputs is not None else distinct([*self._inner_losses(), *own])

    def get_updates_for(self, inputs: Any) -> list[Any]:
        own = super().get_updates_for(inputs)
        return own if inputs is not None else distinct([*self._inner_updates(), *own])

    def _adopt(self, step_inputs: Any, inputs: Any) -> None:
        """Files what the inner layer has filed under its own input under the wrapper's."""
        self.add_loss(self._inner_losses(step_inputs), inputs)
        self.add_update(self._inner_updates(step_inputs), inputs)

    def get_weights(self) -> list[Any]:
        return [value for layer in self._inner for value in layer.get_weights()]

    def set_weights(self, weights: Any) -> None:
        self.layer.set_weights(weights)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "layer": part_data(self.layer)}

    @classmethod
    @reads_arguments
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A wrapper of the configuration that `get_config` has returned, with a new inner layer."""
        if "layer" not in config:
            raise ValueError(
                f"{cls.__name__}.from_config: wanted a dictionary with the key 'layer', got "
                f"{shortened(repr(config), 200)}."
            )
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
        _build(self.layer, _step_shape(input_shape))
        super().build(input_shape)

    def get_output_shape_for(self, input_shape: Shape) -> Shape | None:
        if not self.layer.defines_output_shape:
            return None
        step = self.layer.get_output_shape_for(_step_shape(input_shape))
        return None if step is None else (input_shape[0], input_shape[1], *step[1:])

    def call(self, inputs: Any, mask: Any = None) -> Any:
        steps = K.reshape(inputs, (-1, *sizes_from(inputs, 2)))
        output = self.layer(steps)
        if isinstance(output, list):
            raise ValueError(f"{self.name}: the inner layer must have one output, got {len(output)}.")
        self._adopt(steps, inputs)
        result = K.reshape(output, (*sizes_from(inputs, 0)[:2], *sizes_from(output, 1)))
        result._uses_learning_phase = getattr(output, "_uses_learning_phase", False)
        return result


class Bidirectional(Wrapper):
    """Goes through a sequence in both directions, by two recurrent layers with weights of their own.

    Schuster and Paliwal, 1997. Input: ``(samples, time, ...)``. Output: the outputs of the two layers, put
    together; with ``return_sequences`` both are in the order of time. Weights: those of the layer for the
    direction of time, named ``forward_...``, then those of the other, named ``backward_...``.

    Args:
        layer: a recurrent layer: the one that is made like it, for the other direction, differs in
            ``go_backwards``.
        merge_mode: ``'sum'``, ``'mul'``, ``'ave'`` (element by element), ``'concat'`` (along the last axis),
            or None: two outputs.
        weights: start values, in the order of `get_weights`.

    Attributes:
        forward_layer, backward_layer: the two layers.
    """

    MERGE_MODES = ("sum", "mul", "ave", "concat", None)

    def __init__(
        self, layer: Layer, merge_mode: str | None = "concat", weights: Any = None, **kwargs: Any
    ) -> None:
        where = type(self).__name__
        self.merge_mode = check_choice(where, "merge_mode", merge_mode, self.MERGE_MODES)
        missing = [name for name in ("go_backwards", "return_sequences") if not hasattr(layer, name)]
        if isinstance(layer, Layer) and missing:
            raise TypeError(
                f"{where}: layer must be a recurrent layer, such as LSTM or GRU, got {layer!r}, which has no "
                f"{missing[0]}."
            )
        super().__init__(layer, **kwargs)
        recurrent: Any = layer
        self.forward_layer = _twin(recurrent, "forward")
        self.backward_layer = _twin(recurrent, "backward", go_backwards=not recurrent.go_backwards)
        values = check_weights(where, weights)
        if values is not None:
            half = len(values) // 2
            self.forward_layer.initial_weights = values[:half]
            self.backward_layer.initial_weights = values[half:]
        self.stateful = getattr(recurrent, "stateful", False)
        self.return_sequences = recurrent.return_sequences
        self.supports_masking = True
        self.input_spec = recurrent.input_spec

    @property
    def _inner(self) -> list[Any]:
        return [self.forward_layer, self.backward_layer]

    @property
    def constraints(self) -> dict[Any, Any]:
        """The constraints of both layers, by their weights."""
        return {**self.forward_layer.constraints, **self.backward_layer.constraints}

    def build(self, input_shape: Shape) -> None:  # type: ignore[override]
        for layer in self._inner:
            _build(layer, input_shape)
        self.input_spec = self.forward_layer.input_spec
        self.built = True

    def get_output_shape_for(self, input_shape: Shape) -> Any:
        shape = self.forward_layer.get_output_shape_for(input_shape)
        if self.merge_mode is None:
            return [shape, shape]
        if self.merge_mode == "concat":
            return (*shape[:-1], None if shape[-1] is None else 2 * shape[-1])
        return shape

    def compute_mask(self, input: Any, mask: Any) -> Any:  # type: ignore[override]
        passed = mask if self.return_sequences else None
        return passed if self.merge_mode else [passed, passed]

    def call(self, inputs: Any, mask: Any = None) -> Any:
        forward, backward = (layer.call(inputs, mask) for layer in self._inner)
        self._adopt(inputs, inputs)
        if self.return_sequences:
            backward = K.reverse(backward, 1)
        if self.merge_mode is None:
            return [forward, backward]
        if self.merge_mode == "concat":
            return K.concatenate([forward, backward])
        if self.merge_mode == "mul":
            return forward * backward
        total = forward + backward
        return total / 2.0 if self.merge_mode == "ave" else total

    def reset_states(self) -> None:
        """Sets the states of both layers to zeros."""
        for layer in self._inner:
            layer.reset_states()

    def set_weights(self, weights: Any) -> None:
        values = list(weights)
        half = len(values) // 2
        wanted = 2 * len(self.forward_layer.weights)
        if len(values) != wanted:
            raise ValueError(
                f"Layer {self.name!r}: set_weights wanted a list of {wanted} arrays, got {len(values)}. "
                "The order is that of get_weights()."
            )
        K.batch_set_value(
            [
                *checked_values(f"Layer {self.name!r}", self.forward_layer.weights, values[:half]),
                *checked_values(f"Layer {self.name!r}", self.backward_layer.weights, values[half:]),
            ]
        )

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), "merge_mode": self.merge_mode}
        trained = [bool(layer.trainable) for layer in self._inner]
        if trained != [bool(self.layer.trainable)] * 2:  # told beside the layer's class, as for models
            config["layer"][_TRAINED] = trained
        return config

    @classmethod
    @reads_arguments
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """See `Wrapper.from_config`; the two directions are frozen as they were."""
        made = super().from_config(config, custom_objects)
        trained = config["layer"].get(_TRAINED)
        if isinstance(trained, (list, tuple)) and len(trained) == 2:
            made.forward_layer.trainable, made.backward_layer.trainable = map(bool, trained)
        return made


def _twin(layer: Any, prefix: str, **changes: Any) -> Any:
    """A new layer like `layer` but for some arguments, with a name that begins with `prefix`."""
    config = {**layer.get_config(), **changes, "name": f"{prefix}_{layer.name}"}
    functions = {part.__name__: part for part in vars(layer).values() if hasattr(part, "__name__")}
    with custom_object_scope(functions):
        twin = type(layer).from_config(config)
    twin.initial_weights = None
    return twin


def _build(layer: Any, input_shape: Shape) -> None:
    """Makes the weights of an inner layer, if it has none yet."""
    if not layer.built:
        layer.build(input_shape)
        layer.built = True
        set_initial_weights(layer)


def _step_shape(input_shape: Shape) -> Shape:
    """The shape that the inner layer sees."""
    samples, time = input_shape[:2]
    return (samples * time if samples is not None and time is not None else None, *input_shape[2:])
