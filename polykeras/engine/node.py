"""Nodes: one for each call of a layer, holding the tensors that went in and came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import backend as K
from ..utils.limits import spend
from .spec import Shape, describe, is_keras_tensor, one_or_list, shape_of, to_list


class Node:
    """One call of a layer, a link between the layers before it and itself.

    Creating a node enters it into ``inbound_nodes`` of the layer called and ``outbound_nodes`` of the layers
    that its inputs come from.

    Args:
        outbound_layer: the layer that is called.
        inbound_layers: for each input tensor the layer that made it; empty for an input of the graph.
        node_indices: for each input tensor the index of the node of its layer.
        tensor_indices: for each input tensor its index among the outputs of that node.
        input_tensors, output_tensors: the tensors.
        input_masks, output_masks: the mask of each tensor, or None.
        input_shapes, output_shapes: the shape of each tensor.
    """

    def __init__(
        self,
        outbound_layer: Any,
        inbound_layers: list[Any],
        node_indices: list[int],
        tensor_indices: list[int],
        input_tensors: list[Any],
        output_tensors: list[Any],
        input_masks: list[Any],
        output_masks: list[Any],
        input_shapes: list[Shape],
        output_shapes: list[Shape],
    ) -> None:
        self.outbound_layer = outbound_layer
        self.inbound_layers = inbound_layers
        self.node_indices = node_indices
        self.tensor_indices = tensor_indices
        self.input_tensors = input_tensors
        self.output_tensors = output_tensors
        self.input_masks = input_masks
        self.output_masks = output_masks
        self.input_shapes = input_shapes
        self.output_shapes = output_shapes
        for layer in inbound_layers:
            if layer is not None:
                layer.outbound_nodes.append(self)
        outbound_layer.inbound_nodes.append(self)

    @classmethod
    def create_node(
        cls,
        outbound_layer: Any,
        inbound_layers: Sequence[Any],
        node_indices: Sequence[int] | None = None,
        tensor_indices: Sequence[int] | None = None,
    ) -> Node:
        """Calls a layer on the outputs of other layers, and records the call.

        Args:
            outbound_layer: the layer to call; it must be built.
            inbound_layers: for each input tensor the layer that made it.
            node_indices, tensor_indices: for each input tensor, which node of that layer, and which output of
                it; by default the first.

        Raises:
            TypeError: if the layer's ``call`` returns something else than tensors.
            ValueError: if the numbers of tensors, masks and shapes differ.
        """
        count = len(inbound_layers)
        node_indices = list(node_indices or [0] * count)
        tensor_indices = list(tensor_indices or [0] * count)
        tensors, masks, shapes = [], [], []
        for layer, node_index, tensor_index in zip(inbound_layers, node_indices, tensor_indices, strict=True):
            node = layer.inbound_nodes[node_index]
            tensors.append(node.output_tensors[tensor_index])
            masks.append(node.output_masks[tensor_index])
            shapes.append(node.output_shapes[tensor_index])
        with K.graph_scope():
            outputs, output_masks, output_shapes = apply_layer(outbound_layer, tensors, masks, shapes)
            outputs = _own_tensors(outputs, tensors)
        for index, (output, shape) in enumerate(zip(outputs, output_shapes, strict=True)):
            _tag(output, shape, outbound_layer, tensors)
            output._keras_history = (outbound_layer, len(outbound_layer.inbound_nodes), index)
        return cls(
            outbound_layer,
            list(inbound_layers),
            node_indices,
            tensor_indices,
            tensors,
            outputs,
            masks,
            output_masks,
            shapes,
            output_shapes,
        )

    def get_config(self) -> dict[str, Any]:
        """The node in names and numbers."""
        return {
            "outbound_layer": self.outbound_layer.name if self.outbound_layer else None,
            "inbound_layers": [layer.name for layer in self.inbound_layers],
            "node_indices": self.node_indices,
            "tensor_indices": self.tensor_indices,
        }


def apply_layer(
    layer: Any, inputs: list[Any], masks: list[Any], input_shapes: list[Any]
) -> tuple[list[Any], list[Any], list[Shape]]:
    """Computes a layer's outputs, their masks and their shapes, and files its activity penalty.

    Makes no node and no Keras tensors. To be called inside ``K.graph_scope()``.

    Raises:
        TypeError: if ``call`` returns something else than tensors.
        ValueError: if the numbers of tensors, masks and shapes differ, or a shape is unknown.
    """
    x, mask = one_or_list(inputs), one_or_list(masks)
    spend("calls", f"the layer {layer.name!r}", len(inputs), "another call of a layer")
    phase_uses = K.learning_phase_uses()
    try:
        returned = layer.call(x, mask=mask)
    except Exception as error:
        given = ", ".join(str(shape) for shape in input_shapes)
        error.add_note(
            f"In the call of layer {layer.name!r} ({type(layer).__name__}), input of shape {given}."
        )
        raise
    outputs = list(returned) if isinstance(returned, (list, tuple)) else [returned]
    for output in outputs:
        if not K.is_tensor(output):
            raise TypeError(
                f"Layer {layer.name!r}: its method `call` must return a tensor or a list of tensors, "
                f"got {returned!r}. Compute the output with the functions of keras.backend."
            )
    if not outputs:
        raise TypeError(f"Layer {layer.name!r}: its method `call` must return a tensor, got an empty list.")
    spend("calls", f"the layer {layer.name!r}", len(outputs) - 1, f"{len(outputs):,} outputs of a layer")
    if K.learning_phase_uses() > phase_uses:
        for output in outputs:
            if not is_keras_tensor(output):
                output._uses_learning_phase = True
    shapes = _output_shapes(layer, outputs, input_shapes)
    output_masks = to_list(layer.compute_mask(x, mask))
    if len(outputs) > 1 and len(output_masks) == 1 and output_masks[0] is None:
        output_masks = output_masks * len(outputs)
    if len(output_masks) != len(outputs):
        raise ValueError(
            f"Layer {layer.name!r}: `compute_mask` must return one mask (or None) for each output: wanted "
            f"{len(outputs)}, got {len(output_masks)}."
        )
    regularizer = getattr(layer, "activity_regularizer", None)
    if regularizer is not None:
        layer.add_loss([regularizer(output) for output in outputs], inputs)
    return outputs, output_masks, shapes


def apply_to_plain_tensors(layer: Any, inputs: list[Any], masks: list[Any]) -> list[Any]:
    """Calls a layer on the engine's own tensors, which come from no layer: no node, no Keras tensors."""
    with K.graph_scope():
        outputs, _, shapes = apply_layer(layer, inputs, masks, [shape_of(x) for x in inputs])
        outputs = _own_tensors(outputs, inputs)
    for output, shape in zip(outputs, shapes, strict=True):
        _tag(output, shape, layer, inputs)
    return outputs


def _tag(output: Any, shape: Shape, layer: Any, inputs: list[Any]) -> None:
    """Writes down what later layers ask a tensor for: shape, and whether it depends on the learning phase."""
    output._keras_shape = shape
    output._uses_learning_phase = bool(
        layer.uses_learning_phase
        or getattr(output, "_uses_learning_phase", False)
        or any(getattr(x, "_uses_learning_phase", False) for x in inputs)
    )


def _own_tensors(outputs: list[Any], inputs: list[Any]) -> list[Any]:
    """The outputs, none of them an object that the graph of layers knows already.

    A layer may return its very input (a dropout of 0), a variable, or one tensor twice; such an output gets a
    tensor of its own, so that its history does not overwrite another.
    """
    seen = {id(x) for x in inputs}
    result = []
    for output in outputs:
        if id(output) in seen or is_keras_tensor(output) or K.is_variable(output):
            output = same_values(output)
        seen.add(id(output))
        result.append(output)
    return result


def same_values(x: Any) -> Any:
    """Another tensor with the values of `x` (a dense one if `x` is sparse)."""
    with K.graph_scope():
        return K.squeeze(K.expand_dims(K.to_dense(x), 0), 0)


def _output_shapes(layer: Any, outputs: list[Any], input_shapes: list[Shape]) -> list[Shape]:
    declared = None
    if layer.defines_output_shape:
        declared = layer.get_output_shape_for(one_or_list(input_shapes))
    if declared is None:
        return [_found_shape(layer, output, input_shapes) for output in outputs]
    shapes = [tuple(shape) for shape in to_list(declared)]
    if len(shapes) != len(outputs):
        raise ValueError(
            f"Layer {layer.name!r}: `get_output_shape_for` must return one shape for each output: wanted "
            f"{len(outputs)}, got {len(shapes)}: {shapes}."
        )
    return shapes


def _found_shape(layer: Any, output: Any, input_shapes: list[Shape]) -> Shape:
    """The shape of an output that no `get_output_shape_for` tells, as the engine sees it.

    Sizes that the engine does not see are those of the input, if the rest of the shape is the same.
    """
    shape = K.int_shape(output)
    if shape is None:
        raise ValueError(
            f"Layer {layer.name!r}: the shape of its output is unknown. Define `get_output_shape_for` in the "
            "layer, or give `output_shape`."
        )
    for given in input_shapes[:1]:
        same_axes = given is not None and len(given) == len(shape)
        if same_axes and all(
            size is None or wanted is None or size == wanted
            for size, wanted in zip(shape, given, strict=True)
        ):
            return tuple(wanted if size is None else size for size, wanted in zip(shape, given, strict=True))
    return tuple(shape)


def get_source_inputs(tensor: Any, layer: Any = None, node_index: int | None = None) -> list[Any]:
    """The input tensors that are needed to compute a tensor.

    Args:
        tensor: an output of a layer.
        layer, node_index: where the tensor comes from, if that is not what it says itself.

    Returns:
        The tensors of the input layers, each once, in the order in which they are met.

    Raises:
        ValueError: if `tensor` does not come from a layer.
    """
    if not is_keras_tensor(tensor):
        raise ValueError(f"get_source_inputs: wanted the output of a layer, got {describe(tensor)}.")
    if layer is None or node_index is None:
        layer, node_index, _ = tensor._keras_history
    if not layer.inbound_nodes:
        return [tensor]
    sources: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = [layer.inbound_nodes[node_index]]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if not node.inbound_layers:
            sources.update((id(x), x) for x in node.input_tensors)
        steps = list(zip(node.inbound_layers, node.node_indices, strict=True))
        waiting.extend(before.inbound_nodes[index] for before, index in reversed(steps))
    return list(sources.values())
