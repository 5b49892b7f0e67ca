"""`Sequential`: a model that is a stack of layers."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from . import backend as K
from . import layers as layers  # so that the classes of layers are known to `from_config`
from .engine.container import Container
from .engine.container_config import part_data
from .engine.keywords import checked_keywords
from .engine.layer import Layer
from .engine.merge import Merge
from .engine.model import Model
from .engine.node import Node, get_source_inputs
from .engine.spec import describe, distinct
from .sequential_training import InnerTraining
from .utils.layer_utils import frozen_as_told, layer_class, layer_entry, layer_from_config
from .utils.limits import reads_configuration


def _of_inner_model(name: str, doc: str) -> property:
    def get(self: Sequential) -> Any:
        return getattr(self._inner(), name)

    return property(get, doc=doc)


class Sequential(InnerTraining):
    """A linear stack of layers, each called on the output of the one before.

    The first layer must say the shape of its input (``input_shape``, ``batch_input_shape`` or, where it has
    one, ``input_dim``), or be an input layer, a model, or a `Merge` of models.

    Args:
        layers: the layers to add.
        name: by default ``sequential_1``, ``sequential_2``, ...

    Raises:
        TypeError: if `layers` is no list of layers, or one has several outputs.
        ValueError: if the first layer does not say the shape of its input.

    Attributes:
        layers: the layers.
        model: the `Model` that does the work, None before it is needed. Attributes that it has and this
            object has not (``optimizer``, ``metrics_names``, ``input_names``, ...) can be read here too.
        inputs, outputs: lists of tensors.
    """

    @checked_keywords("Sequential", {})
    def __init__(self, layers: Sequence[Any] | None = None, name: str | None = None) -> None:
        if layers is not None and (isinstance(layers, (str, Layer)) or not isinstance(layers, Iterable)):
            raise TypeError(f"Sequential: layers must be a list of layers, got {layers!r}. Write [layer].")
        self._prepare()
        self.layers: list[Any] = []
        self.model: Any = None
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self._trainable = True
        self.built = False
        self.name = name or f"sequential_{K.get_uid('sequential_')}"
        for layer in layers or []:
            self.add(layer)

    def __getattr__(self, name: str) -> Any:
        inner = self.__dict__.get("model")
        if inner is not None and not name.startswith("__"):
            try:
                return getattr(inner, name)
            except AttributeError:
                pass
        raise AttributeError(
            f"{type(self).__name__} {self.__dict__.get('name')!r} has no attribute {name!r}"
            + ("" if inner is not None else " (it is not built or compiled yet)")
        )

    # Stacking

    def add(self, layer: Any) -> None:
        """Puts a layer on the stack.

        Raises:
            TypeError: if `layer` is no layer, or has several outputs.
            ValueError: if it is the first one and does not say the shape of its input.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"Sequential.add: wanted a layer or a model, got {layer!r}.")
        if self.outputs:
            output = layer(self.outputs[0])
            if isinstance(output, list):
                raise TypeError(_several_outputs(layer))
            self._set_output(output)
        else:
            self._start_with(layer)
        self.layers.append(layer)

    def _start_with(self, layer: Any) -> None:
        if not layer.inbound_nodes:
            shape = getattr(layer, "batch_input_shape", None)
            if shape is None:
                raise ValueError(
                    f"Sequential.add: the first layer must say the shape of its input, {layer.name!r} does "
                    "not. Give it `input_shape` (without the axis of samples) or `batch_input_shape`."
                )
            layer.create_input_layer(shape, getattr(layer, "input_dtype", None))
        if len(layer.inbound_nodes) != 1 and not isinstance(layer, Container):
            raise ValueError(
                f"Sequential.add: the first layer must not be connected elsewhere, {layer.name!r} has been "
                f"called {len(layer.inbound_nodes)} times. Use the functional API: Model(input=..., "
                "output=...)."
            )
        node = layer.inbound_nodes[0]
        if len(node.output_tensors) != 1:
            raise TypeError(_several_outputs(layer))
        self.outputs = [node.output_tensors[0]]
        self.inputs = get_source_inputs(self.outputs[0])
        # Links the inputs to the output; kept up to date as layers are added.
        Node(
            self,
            inbound_layers=[],
            node_indices=[],
            tensor_indices=[],
            input_tensors=self.inputs,
            output_tensors=self.outputs,
            input_masks=[None for _ in self.inputs],  # models bring no masks along when they are merged
            output_masks=[None],
            input_shapes=[x._keras_shape for x in self.inputs],
            output_shapes=[self.outputs[0]._keras_shape],
        )
        self._forget_inner()

    def _set_output(self, output: Any) -> None:
        self.outputs = [output]
        self.inbound_nodes[0].output_tensors = self.outputs
        self.inbound_nodes[0].output_shapes = [output._keras_shape]
        self._forget_inner()

    def _forget_inner(self) -> None:
        self.model = None
        self.built = False

    def pop(self) -> None:
        """Takes the last layer off the stack.

        Raises:
            TypeError: if there is none.
        """
        if not self.layers:
            raise TypeError("Sequential.pop: there are no layers in the model.")
        self.layers.pop()
        if not self.layers:
            self.inputs, self.outputs = [], []
            self.inbound_nodes, self.outbound_nodes = [], []
            self._forget_inner()
            return
        last, node_index, _ = self.outputs[0]._keras_history
        node = last.inbound_nodes[node_index]
        for before in node.inbound_layers:
            before.outbound_nodes = [other for other in before.outbound_nodes if other is not node]
        self._set_output(node.input_tensors[0])

    # The inner model

    def build(self, input_shape: Any = None) -> None:
        """Makes the inner `model` of the layers; called by itself when needed.

        Raises:
            TypeError: if there are no layers.
        """
        if not self.inputs or not self.outputs:
            raise TypeError(f"Sequential {self.name!r} is empty and cannot be built. Add some layers first.")
        model = Model(self.inputs, self.outputs[0], name=f"{self.name}_model")
        model.trainable = self._trainable
        model.callback_model = self
        model._parts = self._weight_parts()
        for shared in ("_losses", "_updates", "_losses_by_inputs", "_updates_by_inputs"):
            setattr(model, shared, getattr(self, shared))
        self.supports_masking = model.supports_masking
        self.model = model
        self.built = True

    def _inner(self) -> Any:
        """The inner model, of the present layers."""
        if self.model is None or self.model.outputs[0] is not self.outputs[0]:
            self.build()
        return self.model

    def _branches(self) -> list[Any]:
        """The layers and models that a `Merge` at the bottom merges."""
        first = self.layers[0] if self.layers else None
        return list(first.layers) if isinstance(first, Merge) and first.layers else []

    def _weight_parts(self) -> list[Any]:
        branches = self._branches()
        return distinct([*branches, *self.layers[1:]] if branches else self.layers)

    @property
    def flattened_layers(self) -> list[Any]:
        """The layers, with the layers of its branches in the place of a `Merge` at the bottom."""
        flat: list[Any] = []
        for branch in self._branches():
            flat += getattr(branch, "flattened_layers", None) or getattr(branch, "layers", None) or [branch]
        return distinct([*flat, *self.layers[1:]] if flat else self.layers)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """A layer by its name, or by its index among the layers of `model` (the input layer is number 0).

        Raises:
            ValueError: if there is no such layer, or neither is given.
        """
        if index is None:
            for layer in [*self.layers, *self.flattened_layers]:
                if layer.name == name:
                    return layer
        return self._inner().get_layer(name, index)

    @property
    def trainable(self) -> Any:
        """Whether the weights are trained. To be set before compiling."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: Any) -> None:
        self._trainable = value
        if self.model is not None:
            self.model.trainable = value

    # A layer's duties

    def call(self, x: Any, mask: Any = None) -> Any:
        """The output for new inputs, computed by the same layers."""
        return self._inner().call(x, mask)

    def compute_mask(self, input: Any, mask: Any) -> Any:  # type: ignore[override]
        """The mask of the output, for inputs as in `call`."""
        return self._inner().compute_mask(input, mask)

    def get_output_shape_for(self, input_shape: Any) -> Any:
        """The shape of the output for a shape of the input (a list of them for several inputs)."""
        return self._inner().get_output_shape_for(input_shape)

    def run_internal_graph(self, inputs: Any, masks: Any = None) -> Any:
        """The lists of output tensors, masks and shapes for new inputs; see `Container`."""
        return self._inner().run_internal_graph(inputs, masks)

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The penalties of all layers that depend on these inputs of the model; for None the others."""
        return self._inner().get_losses_for(inputs)

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates of all layers that depend on these inputs of the model; for None the others."""
        return self._inner().get_updates_for(inputs)

    def _state_updates_for(self, inputs: Any) -> list[Any]:
        return self._inner()._state_updates_for(inputs)

    losses = _of_inner_model("losses", "The penalties of all layers.")
    updates = _of_inner_model("updates", "The updates that a training step makes besides the optimizer's.")
    state_updates = _of_inner_model("state_updates", "The updates of stateful layers.")
    uses_learning_phase = _of_inner_model(
        "uses_learning_phase", "Whether the output differs between training and testing."
    )
    constraints = _of_inner_model("constraints", "The constraints of all layers, by weight.")
    input_spec = _of_inner_model("input_spec", "What is expected of the inputs.")
    validation_data = _of_inner_model("validation_data", "What the last `fit` has evaluated on.")
    training_data = _of_inner_model(
        "training_data", "As in Keras 1.2.2 it is there only if a program sets it."
    )
    train_function = _of_inner_model("train_function", "The compiled training step, None before it is made.")
    test_function = _of_inner_model("test_function", "The compiled evaluation, None before it is made.")
    predict_function = _of_inner_model("predict_function", "The compiled prediction, None before it is made.")

    def weights_in_order(self) -> list[Any]:
        """The weights layer by layer, as `get_weights` lists their values."""
        return [weight for layer in self.flattened_layers for weight in layer.weights_in_order()]

    def count_params(self) -> int:
        """The number of elements of all weights."""
        return self._inner().count_params()

    def _layers_to_show(self) -> list[Any]:
        self._inner()
        return self.flattened_layers

    # Configuration

    def get_config(self) -> Any:
        """The list of the layers' configurations, without weights."""
        config = []
        for index, layer in enumerate(self.layers):
            entry = part_data(layer)
            if index == 0 and isinstance(layer, Merge):
                entry["config"] = {
                    **entry["config"],
                    "layers": [part_data(branch) for branch in self._branches()],
                }
            config.append(entry)
        return copy.deepcopy(config)

    @classmethod
    @reads_configuration
    def from_config(cls, config: Any, layer_cache: dict[str, Any] | None = None) -> Any:
        """A model of the configuration that `get_config` has returned, with new weights.

        Args:
            config: a list of layers, also in the form that the first versions of Keras 1 wrote; or a
                dictionary of ``name`` and ``layers``. It is not changed.
            layer_cache: layers by name: a layer whose name is in it is used again. Layers made are added.

        Raises:
            ValueError: if a class is unknown.
        """
        cache = {} if layer_cache is None else layer_cache
        name = None
        if isinstance(config, dict):
            name, config = config.get("name"), config.get("layers")
        if not isinstance(config, (list, tuple)):
            raise ValueError(
                "Sequential.from_config: wanted a list of layers or a dictionary with the key 'layers', "
                f"got {type(config).__name__}."
            )
        model = cls(name=name)
        for index, each in enumerate(config):
            entry = layer_entry(each)
            arguments = entry["config"]
            merges = index == 0 and entry["class_name"] == "Merge" and isinstance(arguments, dict)
            if merges and isinstance(arguments.get("layers"), list):
                branches = [layer_from_config(layer_entry(branch)) for branch in arguments["layers"]]
                model.add(Merge.from_config({**arguments, "layers": branches}))
            else:
                model.add(_cached_layer(entry, cache))
        return model


def _cached_layer(entry: dict[str, Any], cache: dict[str, Any]) -> Any:
    arguments = entry["config"]
    if layer_class(entry["class_name"]) is Sequential:
        return frozen_as_told(Sequential.from_config(arguments, layer_cache=cache), entry)
    name = arguments.get("name") if isinstance(arguments, dict) else None
    if not isinstance(name, str):
        return layer_from_config(entry)
    if name not in cache:
        cache[name] = layer_from_config(entry)
    return cache[name]


def _several_outputs(layer: Any) -> str:
    outputs = ", ".join(describe(x) for x in layer.inbound_nodes[-1].output_tensors)
    return (
        f"Sequential.add: wanted a layer with a single output, {layer.name!r} has several: {outputs}. "
        "Use the functional API: Model(input=..., output=...)."
    )
