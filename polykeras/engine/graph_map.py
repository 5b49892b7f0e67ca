"""The graph of layers between some inputs and outputs: which nodes belong to it, and how deep they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .node import Node
from .spec import describe


def node_key(layer: Any, node_index: int) -> str:
    """The name of a layer's node in ``container_nodes``."""
    return f"{layer.name}_ib-{node_index}"


class GraphMap:
    """The nodes and layers that the outputs depend on, walked backwards from the outputs.

    The depth of a node is the length of the longest way from it to an output; that of a layer, the largest of
    its nodes. Layers are listed from the greatest depth to 0, those of one depth in the order in which the
    walk meets them.

    Args:
        outputs: outputs of layers.

    Attributes:
        nodes_by_depth, layers_by_depth: dictionaries from depth to list.
        layers: all layers in order.
        container_nodes: the names of all nodes, see `node_key`.

    Raises:
        RuntimeError: if the graph has a cycle.
    """

    def __init__(self, outputs: Sequence[Any]) -> None:
        self.container_nodes: set[str] = set()
        order: dict[int, Node] = {}  # as the walk meets them
        finished: list[Node] = []  # each after all nodes that it depends on
        layer_order: dict[int, Any] = {}
        active: set[int] = set()
        depths: dict[int, int] = {}

        def enter(layer: Any, node_index: int) -> Node | None:
            node = layer.inbound_nodes[node_index]
            if id(node) in active:
                raise RuntimeError(
                    f"The graph of layers has a cycle: the layer {layer.name!r} depends on its own output. "
                    "Make the model of tensors that lead from inputs to outputs."
                )
            if id(node) in order:
                return None
            order[id(node)] = node
            self.container_nodes.add(node_key(layer, node_index))
            layer_order.setdefault(id(layer), layer)
            active.add(id(node))
            return node

        for output in outputs:
            layer, node_index, _ = output._keras_history
            root = enter(layer, node_index)
            walk = [] if root is None else [(root, _origins(root))]
            while walk:
                node, origins = walk[-1]
                for before, index in origins:
                    following = enter(before, index)
                    if following is not None:
                        walk.append((following, _origins(following)))
                        break
                else:
                    active.discard(id(node))
                    finished.append(node)
                    walk.pop()

        layer_depths: dict[int, int] = {}
        for node in reversed(finished):  # consumers first
            depth = depths.setdefault(id(node), 0)
            layer_id = id(node.outbound_layer)
            layer_depths[layer_id] = max(depth, layer_depths.get(layer_id, 0))
            for before, index in _origins(node):
                key = id(before.inbound_nodes[index])
                depths[key] = max(depth + 1, depths.get(key, 0))

        self.nodes_by_depth: dict[int, list[Node]] = {}
        for key, node in order.items():
            self.nodes_by_depth.setdefault(depths[key], []).append(node)
        self.layers_by_depth: dict[int, list[Any]] = {}
        for key, layer in layer_order.items():
            self.layers_by_depth.setdefault(layer_depths[key], []).append(layer)
        self.layers: list[Any] = [
            layer
            for depth in sorted(self.layers_by_depth, reverse=True)
            for layer in self.layers_by_depth[depth]
        ]

    def check_connected(self, inputs: Sequence[Any]) -> None:
        """Raises RuntimeError if a node needs a tensor that does not follow from the inputs."""
        known = {id(x) for x in inputs}
        passed: list[str] = []
        for depth in sorted(self.nodes_by_depth, reverse=True):
            for node in self.nodes_by_depth[depth]:
                name = node.outbound_layer.name
                for x in node.input_tensors:
                    if id(x) not in known:
                        raise RuntimeError(
                            f"The graph is disconnected: the layer {name!r} needs {describe(x)}, which does "
                            "not follow from the model's inputs. Add the input that is missing. Layers "
                            f"passed without trouble: {', '.join(passed) or 'none'}."
                        )
                known.update(id(x) for x in node.output_tensors)
                passed.append(name)

    def check_names(self) -> None:
        """Raises RuntimeError if two layers have the same name."""
        by_name: dict[str, Any] = {}
        for layer in self.layers:
            other = by_name.setdefault(layer.name, layer)
            if other is not layer:
                raise RuntimeError(
                    f"The name {layer.name!r} is used by two layers of the model: {other!r} and {layer!r}. "
                    "Names must be unique in a model; give one of them another `name`."
                )


def _origins(node: Node) -> Any:
    """An iterator over the pairs (layer, node index) that a node's inputs come from."""
    return zip(node.inbound_layers, node.node_indices, strict=True)
