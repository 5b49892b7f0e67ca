"""A graph of layers as a layer."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from .. import backend as K
from ..errors import check_kwargs
from ..utils.layer_drawing import html_of
from ..utils.layer_utils import DEFAULT_LINE_LENGTH, DEFAULT_POSITIONS, print_summary
from .container_config import ContainerConfig
from .container_files import ContainerFiles
from .graph_map import GraphMap, node_key
from .input_layer import InputLayer
from .layer import Layer, checked_values
from .node import Node, apply_layer
from .spec import ByInputs, Shape, describe, distinct, is_keras_tensor, object_list_uid, one_or_list, to_list

F = TypeVar("F", bound=Callable[..., Any])


def _plural_names_too(init: F) -> F:
    """Decorator: ``inputs=`` and ``outputs=`` mean ``input=`` and ``output=``; both must be there."""

    @functools.wraps(init)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> None:
        where = type(self).__name__
        check_kwargs(where, kwargs, ["input", "inputs", "output", "outputs", "name"])
        for singular in ("input", "output"):
            plural = f"{singular}s"
            if plural in kwargs:
                if singular in kwargs:
                    raise TypeError(
                        f"{where}: wanted `{singular}` or `{plural}`, got both; they mean the same."
                    )
                kwargs[singular] = kwargs.pop(plural)
        missing = [name for name in ("input", "output")[len(args) :] if name not in kwargs]
        if missing:
            raise TypeError(
                f"{where}: wanted `input` and `output`, got no `{missing[0]}`. Write "
                f"{where}(input=tensor, output=tensor), with lists of tensors for several."
            )
        init(self, *args, **kwargs)

    return wrapped  # type: ignore[return-value]


class Container(ContainerConfig, ContainerFiles, Layer):
    """A graph of layers from inputs to outputs, and itself a layer.

    Args:
        input: a tensor that `Input` has returned, or a list of them.
        output: an output of a layer, or a list of them, that follows from the inputs.
        name: by default made of the class's name and a number.

    Attributes:
        inputs, outputs: lists of tensors.
        layers: all layers, from the inputs to the outputs.
        input_layers, output_layers: for each input and output the layer it comes from.
        input_names, output_names: the names of these layers.
        internal_input_shapes, internal_output_shapes: the shapes of inputs and outputs.
        container_nodes: the names of the nodes that belong to the graph.
        nodes_by_depth, layers_by_depth: nodes and layers by their distance from the outputs.

    Raises:
        TypeError: if an input or output is no tensor of layers.
        ValueError: if an input is given twice.
        RuntimeError: if the graph has a cycle, an output needs another input, or two layers have one name.
    """

    _parts: Any = None

    @_plural_names_too
    def __init__(self, input: Any, output: Any, name: str | None = None) -> None:
        self._prepare()
        self.name = name or self._new_name()
        self.trainable = True
        self.inputs = list(input) if isinstance(input, (list, tuple)) else [input]
        self.outputs = list(output) if isinstance(output, (list, tuple)) else [output]
        self._check_tensors()
        graph = GraphMap(self.outputs)
        graph.check_connected(self.inputs)
        graph.check_names()
        self.container_nodes = graph.container_nodes
        self.nodes_by_depth, self.layers_by_depth = graph.nodes_by_depth, graph.layers_by_depth
        self.layers = graph.layers

        self.input_layers, self.input_layers_node_indices, self.input_layers_tensor_indices = _columns(
            self.inputs
        )
        self.output_layers, self.output_layers_node_indices, self.output_layers_tensor_indices = _columns(
            self.outputs
        )
        self.input_names = [layer.name for layer in self.input_layers]
        self.output_names = [layer.name for layer in self.output_layers]
        self.internal_input_shapes = [x._keras_shape for x in self.inputs]
        self.internal_output_shapes = [x._keras_shape for x in self.outputs]

        self._state_updates_by_inputs = ByInputs()
        self._runs: dict[str, tuple[list[Any], list[Any], tuple[list[Any], list[Any], list[Shape]]]] = {}
        self._output_shape_cache: dict[str, list[Shape]] = {}
        self.supports_masking = False
        self.built = True
        self._add_own_node()

    def _check_tensors(self) -> None:
        where = f"{type(self).__name__} {self.name!r}"
        if not self.inputs or not self.outputs:
            raise ValueError(
                f"{where}: wanted at least one input and one output, got {len(self.inputs)} and "
                f"{len(self.outputs)}."
            )
        for kind, tensors in (("input", self.inputs), ("output", self.outputs)):
            for x in tensors:
                if not is_keras_tensor(x):
                    raise TypeError(
                        f"{where}: each {kind} must be a tensor made by Input or by a layer, got "
                        f"{describe(x)}. Start from Input(shape=...), or Input(tensor=...) for a tensor of "
                        "the engine; wrap other computations in Lambda layers."
                    )
        for x in self.inputs:
            layer = x._keras_history[0]
            if not isinstance(layer, InputLayer):
                raise TypeError(
                    f"{where}: each input must be a tensor made by Input, got {describe(x)}. For a model "
                    "that starts in the middle, call its layers on a new Input."
                )
        if len({id(x) for x in self.inputs}) != len(self.inputs):
            listed = ", ".join(describe(x) for x in self.inputs)
            raise ValueError(f"{where}: each input must be given once, got {listed}.")

    def _add_own_node(self) -> None:
        """The node that links the inputs to the outputs, so that the container can itself be merged."""
        Node(
            self,
            inbound_layers=[],
            node_indices=[],
            tensor_indices=[],
            input_tensors=self.inputs,
            output_tensors=self.outputs,
            input_masks=[None for _ in self.inputs],  # models bring no masks along when they are merged
            output_masks=[None for _ in self.outputs],
            input_shapes=[x._keras_shape for x in self.inputs],
            output_shapes=[x._keras_shape for x in self.outputs],
        )

    # Layers and their attributes

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """A layer of the model, by its name or by its index in `layers`; the index wins.

        Raises:
            ValueError: if there is no such layer, or neither is given.
        """
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(
                    f"get_layer: wanted layer {index}, but the model has {len(self.layers)} layers."
                )
            return self.layers[index]
        if not name:
            raise ValueError("get_layer: wanted the name or the index of a layer, got neither.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        known = ", ".join(layer.name for layer in self.layers)
        raise ValueError(f"get_layer: there is no layer {name!r}. The layers are: {known}.")

    def _nodes_of(self, layer: Any) -> list[Node]:
        """The calls of a layer that belong to this graph."""
        return [
            node
            for index, node in enumerate(layer.inbound_nodes)
            if node_key(layer, index) in self.container_nodes
        ]

    def _gathered(self, method: str, conditional: bool) -> list[Any]:
        """What the layers have under `get_losses_for` and the like, for their calls in this graph or for
        None."""
        items: list[Any] = []
        for layer in self.layers:
            get = getattr(layer, method)
            if conditional:
                for node in self._nodes_of(layer):
                    items += get(node.input_tensors)
            else:
                items += get(None)
        return items

    def _graph_items(self, method: str, inputs: Any, own: list[Any]) -> list[Any]:
        if inputs is None or not to_list(inputs):
            return distinct([*self._gathered(method, conditional=False), *own])
        if object_list_uid(inputs) == object_list_uid(self.inputs):
            return distinct([*self._gathered(method, conditional=True), *own])
        return own

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The penalties of all layers that depend on these inputs of the model; for None the others."""
        return self._graph_items("get_losses_for", inputs, super().get_losses_for(inputs))

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates of all layers that depend on these inputs of the model; for None the others."""
        return self._graph_items("get_updates_for", inputs, super().get_updates_for(inputs))

    def _state_updates_for(self, inputs: Any) -> list[Any]:
        own = [] if inputs is None else self._state_updates_by_inputs.get(to_list(inputs))
        return self._graph_items("_state_updates_for", inputs, own)

    @property  # type: ignore[misc]
    def losses(self) -> list[Any]:
        """The penalties of all layers, as scalars to add to the loss: those of calls in this graph, and those
        that depend on no input."""
        return distinct([*self.get_losses_for(self.inputs), *self.get_losses_for(None)])

    @property  # type: ignore[misc]
    def updates(self) -> list[Any]:
        """The updates that a training step makes besides those of the optimizer."""
        return distinct([*self.get_updates_for(self.inputs), *self.get_updates_for(None)])

    @property
    def state_updates(self) -> list[Any]:
        """The updates of stateful layers, made in prediction too."""
        return distinct([*self._state_updates_for(self.inputs), *self._state_updates_for(None)])

    @property
    def stateful(self) -> bool:
        """Whether any layer carries a state from batch to batch."""
        return any(getattr(layer, "stateful", False) for layer in self.layers)

    def reset_states(self) -> None:
        """Sets the states of all stateful layers back."""
        for layer in self.layers:
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
                layer.reset_states()

    @property
    def uses_learning_phase(self) -> bool:
        """Whether any output differs between training and testing."""
        return any(x._uses_learning_phase for x in self.outputs)

    @property
    def constraints(self) -> dict[Any, Any]:
        """The constraints of all layers, by weight.

        Raises:
            ValueError: if one weight has two constraints.
        """
        gathered: dict[Any, Any] = {}
        for layer in self.layers:
            for weight, constraint in layer.constraints.items():
                if gathered.setdefault(weight, constraint) is not constraint:
                    raise ValueError(f"Layer {layer.name!r}: its weight {weight.name!r} has two constraints.")
        return gathered

    @property
    def input_spec(self) -> Any:
        """What is expected of the inputs: a list of `InputSpec` or None for each."""
        return [spec for layer in self.input_layers for spec in to_list(layer.input_spec)]

    # Weights

    def _weight_parts(self) -> list[Any]:
        """The layers and models that `trainable_weights` and `non_trainable_weights` are gathered from."""
        return self.layers if self._parts is None else self._parts

    @property  # type: ignore[misc]
    def trainable_weights(self) -> list[Any]:
        """The trainable weights of all layers, none if the model is not trainable."""
        if not self.trainable:
            return []
        return distinct(weight for layer in self._weight_parts() for weight in layer.trainable_weights)

    @property  # type: ignore[misc]
    def non_trainable_weights(self) -> list[Any]:
        """The other weights of all layers; if the model is not trainable, after the trainable ones."""
        fixed = [weight for layer in self._weight_parts() for weight in layer.non_trainable_weights]
        if not self.trainable:
            fixed = [weight for layer in self._weight_parts() for weight in layer.trainable_weights] + fixed
        return distinct(fixed)

    def get_weights(self) -> list[np.ndarray]:
        """The values of the weights, layer by layer."""
        return K.batch_get_value(self.weights_in_order())

    def weights_in_order(self) -> list[Any]:
        """The weights layer by layer, as `get_weights` lists their values."""
        return [weight for layer in self.layers for weight in layer.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the values of the weights, all or none.

        Args:
            weights: arrays in the order of `get_weights`.

        Raises:
            ValueError: if their number or any shape differs; then nothing is changed.
        """
        K.batch_set_value(checked_values(f"Model {self.name!r}", self.weights_in_order(), weights))

    # Calling

    def call(self, input: Any, mask: Any = None) -> Any:
        """The outputs for new inputs, computed by the same layers.

        Args:
            input: a tensor for each input, a list if there are several.
            mask: their masks, or None.
        """
        outputs, _, _ = self._run(input, mask)
        return one_or_list(list(outputs))

    def compute_mask(self, input: Any, mask: Any) -> Any:  # type: ignore[override]
        """The masks of the outputs, for inputs as in `call`; a list if there are several outputs."""
        _, masks, _ = self._run(input, mask)
        return one_or_list(list(masks))

    def _run(self, input: Any, mask: Any) -> tuple[list[Any], list[Any], list[Shape]]:
        """`run_internal_graph`, once for the same tensors, and never for the model's own inputs."""
        inputs = to_list(input)
        masks = to_list(mask) if mask is not None else [None] * len(inputs)
        if object_list_uid(inputs) == object_list_uid(self.inputs) and not _any_mask(masks):
            origins = [x._keras_history for x in self.outputs]
            own_masks = [layer.inbound_nodes[node].output_masks[index] for layer, node, index in origins]
            return self.outputs, own_masks, self.internal_output_shapes
        key = f"{object_list_uid(inputs)}_{object_list_uid(masks)}"
        if key not in self._runs:  # keeps the tensors alive as well: the key is made of their identities
            self._runs[key] = inputs, masks, self.run_internal_graph(inputs, masks)
        return self._runs[key][2]

    def get_output_shape_for(self, input_shape: Any) -> Any:
        """The shapes of the outputs for shapes of the inputs, each a list if there are several."""
        shapes = [tuple(shape) for shape in (input_shape if isinstance(input_shape, list) else [input_shape])]
        if shapes == [tuple(shape) for shape in self.internal_input_shapes]:
            return one_or_list([tuple(shape) for shape in self.internal_output_shapes])
        key = str(shapes)
        if key not in self._output_shape_cache:
            self._output_shape_cache[key] = self._walk_shapes(shapes)
        return one_or_list(list(self._output_shape_cache[key]))

    def _walk_shapes(self, input_shapes: list[Shape]) -> list[Shape]:
        self._check_input_count(input_shapes)
        known = {id(x): shape for x, shape in zip(self.inputs, input_shapes, strict=True)}
        for node in self._nodes_in_order():
            if all(id(x) in known for x in node.output_tensors):
                continue
            layer = node.outbound_layer
            given = [known[id(x)] for x in node.input_tensors]
            found = layer.get_output_shape_for(one_or_list(given)) if layer.defines_output_shape else None
            if found is None:  # the layer does not tell: as in this graph, but for the axis of samples
                found = [(given[0][:1] + tuple(shape[1:])) for shape in node.output_shapes]
            known.update((id(x), tuple(s)) for x, s in zip(node.output_tensors, to_list(found), strict=True))
        return [known[id(x)] for x in self.outputs]

    def _nodes_in_order(self) -> list[Node]:
        return [
            node for depth in sorted(self.nodes_by_depth, reverse=True) for node in self.nodes_by_depth[depth]
        ]

    def _check_input_count(self, inputs: Sequence[Any]) -> None:
        if len(inputs) != len(self.inputs):
            raise ValueError(
                f"Model {self.name!r}: wanted {len(self.inputs)} inputs ({', '.join(self.input_names)}), got "
                f"{len(inputs)}."
            )

    def run_internal_graph(self, inputs: Any, masks: Any = None) -> tuple[list[Any], list[Any], list[Shape]]:
        """Computes the outputs for new inputs, layer by layer.

        Penalties and updates that the layers make on the way are filed under `inputs`.

        Args:
            inputs: a tensor for each input.
            masks: a mask or None for each; None: no masks.

        Returns:
            The lists of output tensors, of their masks and of their shapes.

        Raises:
            ValueError: if the number of inputs is wrong, or one does not fit a layer.
        """
        inputs = to_list(inputs)
        masks = to_list(masks) if masks is not None else [None] * len(inputs)
        self._check_input_count(inputs)
        known: dict[int, tuple[Any, Any]] = {
            id(own): (x, mask) for own, x, mask in zip(self.inputs, inputs, masks, strict=True)
        }
        shapes: dict[int, Any] = {}
        with K.graph_scope():
            for own, x in zip(self.inputs, inputs, strict=True):
                shapes[id(own)] = getattr(x, "_keras_shape", None) or K.int_shape(x)
            for node in self._nodes_in_order():
                if all(id(x) in known for x in node.output_tensors):
                    continue
                layer = node.outbound_layer
                given = [known[id(x)] for x in node.input_tensors]
                tensors = [tensor for tensor, _ in given]
                layer.assert_input_compatibility(one_or_list(tensors))
                results = apply_layer(
                    layer, tensors, [mask for _, mask in given], [shapes[id(x)] for x in node.input_tensors]
                )
                late = layer.uses_learning_phase or any(
                    getattr(x, "_uses_learning_phase", False) for x in tensors
                )
                for own, output, mask, shape in zip(node.output_tensors, *results, strict=True):
                    known[id(own)] = output, mask
                    shapes[id(own)] = shape
                    if not is_keras_tensor(output):
                        output._keras_shape = shape
                        output._uses_learning_phase = late or getattr(output, "_uses_learning_phase", False)
                self.add_update(layer.get_updates_for(tensors), inputs)
                self.add_loss(layer.get_losses_for(tensors), inputs)
                self._state_updates_by_inputs.add(inputs, layer._state_updates_for(tensors))
        outputs = [known[id(x)] for x in self.outputs]
        output_shapes = [tuple(shapes[id(x)]) for x in self.outputs]
        self._output_shape_cache.setdefault(str([tuple(shapes[id(x)]) for x in self.inputs]), output_shapes)
        return [tensor for tensor, _ in outputs], [mask for _, mask in outputs], output_shapes

    # Shown to the user

    def summary(
        self, line_length: int = DEFAULT_LINE_LENGTH, positions: Sequence[float] = DEFAULT_POSITIONS
    ) -> None:
        """Prints a table of the layers.

        Args:
            line_length: the width in characters. The default shrinks to the width of a narrower terminal.
            positions: where each column ends: fractions of the width, or characters.
        """
        print_summary(
            self._layers_to_show(), self.container_nodes, line_length=line_length, positions=positions
        )

    def _repr_html_(self) -> str | None:
        """What a notebook shows; None, so that it shows the plain text, for a model that is not built."""
        try:
            return html_of(self)
        except (AttributeError, TypeError, ValueError, RuntimeError):
            return None

    def _layers_to_show(self) -> list[Any]:
        return self.layers


def _any_mask(mask: Any) -> bool:
    return any(each is not None for each in to_list(mask))


def _columns(tensors: list[Any]) -> tuple[list[Any], list[int], list[int]]:
    """The layers, node indices and tensor indices of tensors."""
    layers, nodes, indices = (
        list(column) for column in zip(*(x._keras_history for x in tensors), strict=True)
    )
    return layers, nodes, indices
