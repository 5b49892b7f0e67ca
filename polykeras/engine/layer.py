"""The base class of all layers."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from .. import backend as K
from .. import initializations
from ..errors import check_kwargs
from ..utils import limits
from ..utils.layer_utils import is_library_class, layer_class, register_layer
from .connectivity import Connected
from .node import apply_to_plain_tensors
from .spec import (
    ByInputs,
    InputSpec,
    describe,
    is_keras_tensor,
    one_or_list,
    shape_of,
    shape_tuple,
    to_list,
)

LATER_NAMES = {
    "units": "output_dim",
    "filters": "nb_filter",
    "kernel_initializer": "init",
    "kernel_regularizer": "W_regularizer",
    "bias_regularizer": "b_regularizer",
    "kernel_constraint": "W_constraint",
    "bias_constraint": "b_constraint",
    "use_bias": "bias",
    "rate": "p",
    "padding": "border_mode",
    "data_format": "dim_ordering",
    "dtype": "input_dtype",
    "batch_shape": "batch_input_shape",
    "stddev": "sigma",
    "strides": "subsample",
    "dilation_rate": "atrous_rate",
    "embeddings_initializer": "init",
    "embeddings_regularizer": "W_regularizer",
    "embeddings_constraint": "W_constraint",
    "recurrent_initializer": "inner_init",
    "recurrent_activation": "inner_activation",
    "recurrent_regularizer": "U_regularizer",
    "dropout": "dropout_W",
    "recurrent_dropout": "dropout_U",
    "implementation": "consume_less",
}
"""Keyword arguments of later versions of Keras, and what they are called here."""


class Layer(Connected):
    """A function of tensors with weights.

    A subclass writes some of: ``__init__``; `build` (makes the weights, by `add_weight` or by assigning
    ``self.trainable_weights``); `call` (the function); `get_output_shape_for` (if the output has another
    shape than the input; without it the shape is taken from the tensor); `compute_mask`; `get_config`.

    Args:
        **kwargs: ``name``, by default made of the class's name and a number; ``trainable``; ``weights``,
            start values for the weights; and for the first layer of a model ``input_shape`` (without the
            axis of samples) or ``batch_input_shape``, and ``input_dtype``.

    Attributes:
        name: unique in a model.
        trainable: if False, the trainable weights count as non-trainable. To be set before compiling.
        built: whether the weights are made.
        input_spec: a list of `InputSpec`, one for each input, or None.
        supports_masking: whether a mask of the input may come, and is passed on.
        uses_learning_phase: whether the output differs between training and testing.
        trainable_weights, non_trainable_weights: lists of variables.
        constraints: dictionary from weight to constraint.
        losses: penalties of this layer, as `add_loss` has gathered them.
        updates: updates of this layer, as `add_update` has gathered them.

    Raises:
        TypeError: for an unknown keyword argument.
    """

    input_spec: Any = None
    supports_masking: bool = False
    uses_learning_phase: Any = False
    trainable: Any = True
    built: bool = False
    initial_weights: Any = None
    constraints: Any
    _losses_by_inputs: ByInputs
    _updates_by_inputs: ByInputs
    defines_output_shape: ClassVar[bool] = False
    """Whether the class says itself, by `get_output_shape_for`, which shape its output has."""

    _OPTIONS = ("name", "trainable", "weights", "input_shape", "batch_input_shape", "input_dtype")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.defines_output_shape = cls.get_output_shape_for is not Layer.get_output_shape_for
        if is_library_class(cls) and not cls.__name__.startswith("_"):
            register_layer(cls)

    def __init__(self, **kwargs: Any) -> None:
        where = type(self).__name__
        unknown = {name: value for name, value in kwargs.items() if name not in self._OPTIONS}
        if unknown:
            known = {*self._OPTIONS, *_constructor_arguments(type(self))}
            hints = {later: name for later, name in LATER_NAMES.items() if name in known}
            check_kwargs(where, unknown, known, hints)
        self._prepare()
        self.name = kwargs.get("name") or self._new_name()
        self.trainable = kwargs.get("trainable", True)
        if kwargs.get("weights") is not None:
            self.initial_weights = kwargs["weights"]
        if kwargs.get("batch_input_shape") is not None:
            self.batch_input_shape = shape_tuple(where, "batch_input_shape", kwargs["batch_input_shape"])
        elif kwargs.get("input_shape") is not None:
            self.batch_input_shape = (None, *shape_tuple(where, "input_shape", kwargs["input_shape"]))
        if hasattr(self, "batch_input_shape") or kwargs.get("input_dtype") is not None:
            self.input_dtype = kwargs.get("input_dtype") or K.floatx()

    def _prepare(self) -> None:
        """Gives the layer the lists that it does not have yet: a subclass may fill some before this."""
        fresh: dict[str, Callable[[], Any]] = {
            "inbound_nodes": list,
            "outbound_nodes": list,
            "constraints": dict,
            "_trainable_weights": list,
            "_non_trainable_weights": list,
            "_losses": list,
            "_updates": list,
            "_losses_by_inputs": ByInputs,
            "_updates_by_inputs": ByInputs,
        }
        for attribute, make in fresh.items():
            computed = isinstance(getattr(type(self), attribute, None), property)  # as in models
            if attribute not in self.__dict__ and not computed:
                setattr(self, attribute, make())

    def _new_name(self) -> str:
        prefix = type(self).__name__.lower()
        return f"{prefix}_{K.get_uid(prefix)}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self, 'name', '(no name yet)')!r}>"

    # What subclasses write

    def build(self, input_shape: Any) -> None:
        """Makes the weights. Called once, before the first call.

        Args:
            input_shape: the shape of the input, or a list of shapes.
        """
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        """The function itself.

        Args:
            x: the input tensor, or a list of them.
            mask: its mask, or list of masks; None: there is none.

        Returns:
            The output tensor, or a list of them.
        """
        return x

    def get_output_shape_for(self, input_shape: Any) -> Any:
        """The shape of the output for a shape (or list of shapes) of the input, the same if not overridden.

        An overriding method may return None: then the shape is taken from the tensor that `call` returns.
        """
        return input_shape

    def compute_mask(self, input: Any, input_mask: Any = None) -> Any:
        """The mask of the output: by default that of the input, if the layer supports masking, else None.

        Raises:
            TypeError: if a mask comes and the layer does not support masking.
        """
        if self.supports_masking:
            return input_mask
        if any(mask is not None for mask in to_list(input_mask)):
            raise TypeError(
                f"Layer {self.name!r} does not support masking, but its input has a mask. Put it before the "
                "layer that makes the mask, or set `supports_masking` in it if it may pass the mask on."
            )
        return None

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, from which `from_config` makes the same layer, without weights."""
        config = {"name": self.name, "trainable": self.trainable}
        if hasattr(self, "batch_input_shape"):
            config["batch_input_shape"] = self.batch_input_shape
        if hasattr(self, "input_dtype"):
            config["input_dtype"] = self.input_dtype
        return config

    @classmethod
    @limits.reads_arguments
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer of the configuration that `get_config` has returned."""
        return cls(**config)

    # Calling

    def __call__(self, x: Any, mask: Any = None) -> Any:
        """Calls the layer on tensors, and makes its weights first if it has none.

        Args:
            x: a tensor, or a list of them. Outputs of layers and of `Input` give an output that knows its
                origin, from which a model can be made; the engine's own tensors give its own tensors.
            mask: the mask for the engine's own tensors; outputs of layers bring theirs along.

        Returns:
            The output tensor, or a list of them.

        Raises:
            TypeError: if `x` is no tensor.
            ValueError: if `x` does not fit `input_spec`.
        """
        inputs = list(x) if isinstance(x, (list, tuple)) else [x]
        for tensor in inputs:
            if not K.is_tensor(tensor):
                raise TypeError(
                    f"Layer {self.name!r}: wanted a tensor, got {describe(tensor)}. Start from "
                    "Input(shape=...), or turn numbers into a tensor by K.variable."
                )
        x = one_or_list(inputs)
        with K.graph_scope():
            self._build_for(inputs)
            self.assert_input_compatibility(x)
            if inputs and all(is_keras_tensor(tensor) for tensor in inputs):
                origins = [tensor._keras_history for tensor in inputs]
                layers, nodes, indices = (list(column) for column in zip(*origins, strict=True))
                self.add_inbound_node(layers, nodes, indices)
                outputs = self.inbound_nodes[-1].output_tensors
            else:
                masks = to_list(mask) if mask is not None else [None] * len(inputs)
                outputs = apply_to_plain_tensors(self, inputs, masks)
        return one_or_list(outputs)

    def _build_for(self, inputs: list[Any]) -> None:
        if self.built:
            return
        x = one_or_list(inputs)
        self.assert_input_compatibility(x)
        self.build(one_or_list([shape_of(tensor) for tensor in inputs]))
        self.built = True
        if self.initial_weights is not None:
            self.set_weights(self.initial_weights)
            self.initial_weights = None

    def assert_input_compatibility(self, input: Any) -> bool:
        """Checks a tensor (or list of them) against `input_spec`.

        Raises:
            ValueError: says what was wanted and what came.
        """
        if not self.input_spec:
            return True
        specs = list(self.input_spec) if isinstance(self.input_spec, (list, tuple)) else [self.input_spec]
        for spec in specs:
            if spec is not None and not isinstance(spec, InputSpec):
                raise TypeError(f"Layer {self.name!r}: input_spec must hold InputSpec objects, got {spec!r}.")
        inputs = to_list(input)
        if len(specs) == 1 < len(inputs) and not is_library_class(type(self)):
            inputs = inputs[:1]  # one spec of a layer of one's own is for the first of its inputs
        if len(inputs) != len(specs):
            call = "a tensor" if len(specs) == 1 else f"a list of {len(specs)} tensors"
            names = f" ({', '.join(self.input_names)})" if hasattr(self, "input_names") else ""
            raise ValueError(
                f"Layer {self.name!r}: wanted {len(specs)} inputs{names}, got {len(inputs)}. "
                f"Call it on {call}."
            )
        for index, (tensor, spec) in enumerate(zip(inputs, specs, strict=False)):
            if spec is not None:
                spec.check(self.name, index, tensor)
        return True

    def create_input_layer(
        self, batch_input_shape: Any, input_dtype: str | None = None, name: str | None = None
    ) -> None:
        """Makes an input for this layer and calls the layer on it.

        Args:
            batch_input_shape: the shape of the input, with the axis of samples (mostly None).
            input_dtype: its dtype, `floatx` by default.
            name: of the input layer, by default made of the name of this layer's class.
        """
        if not name:
            prefix = f"{type(self).__name__.lower()}_input_"
            name = f"{prefix}{K.get_uid(prefix)}"
        self.batch_input_shape = shape_tuple(f"Layer {self.name!r}", "batch_input_shape", batch_input_shape)
        self.input_dtype = input_dtype or K.floatx()
        # By its name: InputLayer is a layer, so its module imports this one.
        source = layer_class("InputLayer")(
            batch_input_shape=self.batch_input_shape, input_dtype=self.input_dtype, name=name
        )
        self(source.inbound_nodes[0].output_tensors[0])

    # Weights

    def add_weight(
        self,
        shape: Sequence[int],
        initializer: Any,
        name: str | None = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
    ) -> Any:
        """Makes a weight.

        Args:
            shape: its shape, all sizes known.
            initializer: name or function of the initialization.
            name: of the variable.
            trainable: whether it is trained.
            regularizer: function from the weight to a penalty.
            constraint: function from the weight to the weight as it is allowed to be.

        Returns:
            The variable.
        """
        sizes = tuple(shape)
        if any(size is None for size in sizes):
            raise ValueError(
                f"Layer {self.name!r}: all sizes of the weight {name or ''!r} must be known, got {sizes}. "
                "Give the first layer a complete `input_shape` or `batch_input_shape`."
            )
        limits.spend_numbers("numbers", f"the layer {self.name!r}", sizes, "a weight")
        if limits.weights_follow():
            initializer = initializations.zero
        weight = initializations.get(initializer)(tuple(int(size) for size in sizes), name=name)
        if regularizer is not None:
            with K.graph_scope():
                self.add_loss(regularizer(weight))
        if constraint is not None:
            self.constraints[weight] = constraint
        (self._trainable_weights if trainable else self._non_trainable_weights).append(weight)
        return weight

    @property
    def trainable_weights(self) -> list[Any]:
        """The weights that training changes: none if the layer is not trainable."""
        return self._trainable_weights if self.trainable else []

    @trainable_weights.setter
    def trainable_weights(self, weights: Sequence[Any]) -> None:
        self._trainable_weights = list(weights)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The weights that training does not change by gradients."""
        return (
            self._non_trainable_weights
            if self.trainable
            else self._trainable_weights + self._non_trainable_weights
        )

    @non_trainable_weights.setter
    def non_trainable_weights(self, weights: Sequence[Any]) -> None:
        self._non_trainable_weights = list(weights)

    @property
    def weights(self) -> list[Any]:
        """All weights: the trainable ones, then the others."""
        return self.trainable_weights + self.non_trainable_weights

    def weights_in_order(self) -> list[Any]:
        """The weights in the order of `get_weights`."""
        return self.weights

    def get_weights(self) -> list[np.ndarray]:
        """The values of the weights, in the order of `weights`."""
        return K.batch_get_value(self.weights_in_order())

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the values of the weights, all or none.

        Args:
            weights: arrays in the order of `weights`.

        Raises:
            ValueError: if their number or any shape differs; then nothing is changed.
        """
        K.batch_set_value(checked_values(f"Layer {self.name!r}", self.weights_in_order(), weights))

    def count_params(self) -> int:
        """The number of elements of all weights.

        Raises:
            RuntimeError: if the weights are not made yet.
        """
        if not self.built:
            raise RuntimeError(
                f"Layer {self.name!r} has no weights yet, so its parameters can not be counted. Call it on a "
                "tensor, or `build` it for an input shape."
            )
        return sum(K.count_params(weight) for weight in self.weights)

    # Losses and updates

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Adds penalties to the loss of every model that uses this layer.

        Args:
            losses: a scalar tensor, or a list of them.
            inputs: the tensor or tensors that they depend on: the penalty then counts only in a model that
                calls the layer on them. None: it depends on none, for example on weights only.
        """
        self._add(losses, inputs, self._losses, self._losses_by_inputs)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Adds updates of variables to the training step of every model that uses this layer.

        Args:
            updates: as `K.update` returns it, or a pair of variable and new value; or a list of them.
            inputs: the tensor or tensors that they depend on, as in `add_loss`.
        """
        self._add(updates, inputs, self._updates, self._updates_by_inputs)

    @staticmethod
    def _add(items: Any, inputs: Any, everything: list[Any], by_inputs: ByInputs) -> None:
        if items is None:
            return
        items = to_list(items)
        everything += items
        depends_on = list(inputs) if isinstance(inputs, (list, tuple)) else to_list(inputs)
        if inputs is not None and depends_on:
            by_inputs.add(depends_on, items)

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The penalties that depend on just these input tensors; for None those that depend on none."""
        return self._for(inputs, self._losses, self._losses_by_inputs)

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates that depend on just these input tensors; for None those that depend on none."""
        return self._for(inputs, self._updates, self._updates_by_inputs)

    @staticmethod
    def _for(inputs: Any, everything: list[Any], by_inputs: ByInputs) -> list[Any]:
        if inputs is not None and (wanted := to_list(inputs)):
            return by_inputs.get(wanted)
        conditional = by_inputs.identities()
        return [item for item in everything if id(item) not in conditional]

    def _state_updates_for(self, inputs: Any) -> list[Any]:
        """The updates that carry the state of a stateful layer on, in prediction too."""
        return self.get_updates_for(inputs) if getattr(self, "stateful", False) else []

    @property
    def losses(self) -> Any:
        return self._losses

    @losses.setter
    def losses(self, losses: Any) -> None:
        self._losses = list(losses)

    @property
    def updates(self) -> Any:
        return self._updates

    @updates.setter
    def updates(self, updates: Any) -> None:
        self._updates = list(updates)

    @property
    def regularizers(self) -> list[Any]:
        """Always empty, kept for programs written before Keras 1.2: penalties go by `add_loss`."""
        _warn_of_regularizers()
        return []

    @regularizers.setter
    def regularizers(self, regularizers: Any) -> None:
        _warn_of_regularizers()


register_layer(Layer)


def _warn_of_regularizers() -> None:
    warnings.warn(
        "The attribute `regularizers` of layers has no effect: give add_weight a `regularizer`, or call "
        "add_loss(penalty).",
        stacklevel=3,
    )


def _constructor_arguments(cls: type) -> set[str]:
    """The arguments that a class takes by name, its own and those that it passes on to its bases."""
    names: set[str] = set()
    for base in cls.__mro__:
        if "__init__" in vars(base):
            parameters = list(inspect.signature(base.__init__).parameters.values())[1:]  # type: ignore[misc]
            open_ended = any(each.kind is each.VAR_KEYWORD for each in parameters)
            names.update(each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD)
            if not open_ended:
                break
    return names


def checked_values(where: str, variables: Sequence[Any], values: Any) -> list[tuple[Any, np.ndarray]]:
    """Pairs of variable and new value, for ``K.batch_set_value``.

    Raises:
        ValueError: if the number of values or the shape of any differs from the variables'.
        TypeError: if `values` is no list, or a value holds no numbers.
    """
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise TypeError(
            f"{where}: set_weights wanted a list of arrays, as get_weights gives it, got {values!r}."
        )
    values = list(values)
    if len(values) != len(variables):
        raise ValueError(
            f"{where}: set_weights wanted a list of {len(variables)} arrays, got {len(values)}. "
            "The order is that of get_weights()."
        )
    pairs = [(variable, np.asarray(value)) for variable, value in zip(variables, values, strict=True)]
    for index, (variable, value) in enumerate(pairs):
        wanted = tuple(K.get_variable_shape(variable))
        if value.shape != wanted:
            raise ValueError(
                f"{where}: set_weights wanted shape {wanted} for weight {index} "
                f"({getattr(variable, 'name', None)}), got {value.shape}. Nothing was changed."
            )
        if value.dtype.kind not in "biuf":
            raise TypeError(
                f"{where}: set_weights wanted numbers for weight {index} "
                f"({getattr(variable, 'name', None)}), got an array of the dtype {value.dtype}. Nothing was "
                "changed."
            )
    return pairs
