"""What a layer knows of the graph it stands in: its nodes, and the tensors that went in and came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .node import Node
from .spec import one_or_list


class Connected:
    """The part of a layer that answers for its nodes.

    Attributes:
        inbound_nodes: a node for each call of this layer.
        outbound_nodes: a node for each call of another layer on an output of this one.
    """

    name: str
    inbound_nodes: list[Node]
    outbound_nodes: list[Node]

    def add_inbound_node(
        self,
        inbound_layers: Any,
        node_indices: Sequence[int] | int | None = None,
        tensor_indices: Sequence[int] | int | None = None,
    ) -> None:
        """Calls this layer on the outputs of other layers; builds nothing, so the layer must be built.

        Args:
            inbound_layers: the layers, or one layer.
            node_indices, tensor_indices: for each, which of its nodes, and which output of that; by default
                the first.
        """
        several = isinstance(inbound_layers, (list, tuple))
        layers = list(inbound_layers) if several else [inbound_layers]
        nodes, tensors = (
            [indices] if isinstance(indices, int) else indices for indices in (node_indices, tensor_indices)
        )
        Node.create_node(self, layers, nodes, tensors)

    def _node_attribute(self, node_index: int, attribute: str, what: str) -> Any:
        if not self.inbound_nodes:
            raise RuntimeError(
                f"Layer {self.name!r} has never been called, so it has no {what}. Call it first."
            )
        if not -len(self.inbound_nodes) <= node_index < len(self.inbound_nodes):
            raise ValueError(
                f"Layer {self.name!r}: wanted the {what} of node {node_index}, but the layer has "
                f"{len(self.inbound_nodes)} nodes (one for each call)."
            )
        return one_or_list(getattr(self.inbound_nodes[node_index], attribute))

    def get_input_at(self, node_index: int) -> Any:
        """The input tensor (or list of tensors) of the call number `node_index`.

        Raises:
            RuntimeError: if the layer was never called.
            ValueError: if it was not called so often.
        """
        return self._node_attribute(node_index, "input_tensors", "input")

    def get_output_at(self, node_index: int) -> Any:
        """The output tensor (or list of tensors) of a call; see `get_input_at`."""
        return self._node_attribute(node_index, "output_tensors", "output")

    def get_input_shape_at(self, node_index: int) -> Any:
        """The shape of the input (or list of shapes) of a call; see `get_input_at`."""
        return self._node_attribute(node_index, "input_shapes", "input shape")

    def get_output_shape_at(self, node_index: int) -> Any:
        """The shape of the output (or list of shapes) of a call; see `get_input_at`."""
        return self._node_attribute(node_index, "output_shapes", "output shape")

    def get_input_mask_at(self, node_index: int) -> Any:
        """The mask of the input (or list of masks) of a call, None without; see `get_input_at`."""
        return self._node_attribute(node_index, "input_masks", "input mask")

    def get_output_mask_at(self, node_index: int) -> Any:
        """The mask of the output (or list of masks) of a call, None without; see `get_input_at`."""
        return self._node_attribute(node_index, "output_masks", "output mask")

    def _only(self, attribute: str, what: str, method: str) -> Any:
        if not self.inbound_nodes:
            raise AttributeError(
                f"Layer {self.name!r} is not connected: it has no {what} before it is called on a tensor."
            )
        if len(self.inbound_nodes) > 1:
            raise AttributeError(
                f"Layer {self.name!r} has been called {len(self.inbound_nodes)} times, so it has no single "
                f"{what}. Use {method}(node_index)."
            )
        return one_or_list(getattr(self.inbound_nodes[0], attribute))

    def _common_shape(self, attribute: str, what: str, method: str) -> Any:
        if not self.inbound_nodes:
            raise AttributeError(f"Layer {self.name!r} has never been called, so it has no {what}.")
        shapes = [getattr(node, attribute) for node in self.inbound_nodes]
        if any(shape != shapes[0] for shape in shapes):
            raise AttributeError(
                f"Layer {self.name!r} has been called on inputs of different shapes, so it has no single "
                f"{what}. Use {method}(node_index)."
            )
        return one_or_list(shapes[0])

    @property
    def input(self) -> Any:
        """The input tensor, or list of tensors.

        Raises:
            AttributeError: if the layer was called never, or more than once.
        """
        return self._only("input_tensors", "input", "get_input_at")

    @property
    def output(self) -> Any:
        """The output tensor, or list of tensors; raises as `input` does."""
        return self._only("output_tensors", "output", "get_output_at")

    @property
    def input_mask(self) -> Any:
        """The mask of the input, or list of masks; raises as `input` does."""
        return self._only("input_masks", "input mask", "get_input_mask_at")

    @property
    def output_mask(self) -> Any:
        """The mask of the output, or list of masks; raises as `input` does."""
        return self._only("output_masks", "output mask", "get_output_mask_at")

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or list of shapes.

        Raises:
            AttributeError: if the layer was never called, or on inputs of different shapes.
        """
        return self._common_shape("input_shapes", "input shape", "get_input_shape_at")

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or list of shapes; raises as `input_shape` does."""
        return self._common_shape("output_shapes", "output shape", "get_output_shape_at")
