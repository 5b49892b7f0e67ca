"""Models as configurations: dictionaries of plain types, JSON and YAML."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import yaml

from ..errors import nearest
from ..utils.generic_utils import CustomObjectScope
from ..utils.layer_utils import layer_entry, layer_from_config
from .graph_map import node_key

KERAS_VERSION = "1.2.2"
"""The version of Keras whose format is written."""


def plain(value: Any) -> Any:
    """`value` in plain types, as JSON knows them: tuples become lists, numpy values numbers and lists.

    Raises:
        TypeError: for a value that JSON and YAML can not hold.
    """
    if value is None or (isinstance(value, (bool, int, float, str)) and type(value).__module__ == "builtins"):
        return value
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, np.dtype):
        return value.name
    if hasattr(value, "__name__"):
        return value.__name__
    raise TypeError(
        f"A configuration can not hold {value!r} of type {type(value).__name__}: wanted numbers, texts, "
        "lists and dictionaries. Let get_config return such."
    )


def layer_data(layer: Any) -> dict[str, Any]:
    """A layer as `layer_from_config` reads it."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


class ContainerConfig:
    """The part of a container that answers for its configuration."""

    name: str
    layers: list[Any]
    inputs: list[Any]
    outputs: list[Any]
    container_nodes: set[str]

    def get_config(self) -> dict[str, Any]:
        """The graph: name, layers with their calls, inputs and outputs; without weights.

        Calls are numbered among those that belong to this model; in a nested model 0 is its own graph.
        """
        numbers: dict[str, int] = {}
        for layer in self.layers:
            nested = isinstance(layer, ContainerConfig)
            count = 1 if nested else 0
            for index, node in enumerate(layer.inbound_nodes):
                if node_key(layer, index) not in self.container_nodes:
                    continue
                if nested and not node.inbound_layers:
                    numbers[node_key(layer, index)] = 0
                    continue
                numbers[node_key(layer, index)] = count
                count += 1
        config = {
            "name": self.name,
            "layers": [self._layer_config(layer, numbers) for layer in self.layers],
            "input_layers": [self._reference(x, numbers) for x in self.inputs],
            "output_layers": [self._reference(x, numbers) for x in self.outputs],
        }
        return copy.deepcopy(config)

    def _layer_config(self, layer: Any, numbers: dict[str, int]) -> dict[str, Any]:
        calls = []
        for index, node in enumerate(layer.inbound_nodes):
            if node_key(layer, index) in numbers and node.inbound_layers:
                origins = zip(node.inbound_layers, node.node_indices, node.tensor_indices, strict=True)
                calls.append(
                    [
                        [before.name, numbers[node_key(before, number)], tensor]
                        for before, number, tensor in origins
                    ]
                )
        return {"name": layer.name, **layer_data(layer), "inbound_nodes": calls}

    def _reference(self, x: Any, numbers: dict[str, int]) -> list[Any]:
        """A tensor as ``[layer, node, tensor]``; an input that belongs to a nested model, by that model."""
        layer, node_index, tensor_index = x._keras_history
        if node_key(layer, node_index) in numbers:
            return [layer.name, numbers[node_key(layer, node_index)], tensor_index]
        for nested in self.layers:
            for index, own in enumerate(getattr(nested, "inputs", ())):
                if own is x:
                    return [nested.name, 0, index]
        raise ValueError(f"Model {self.name!r}: the input {layer.name!r} is used by none of its layers.")

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A model of the configuration that `get_config` has returned, with new weights.

        Args:
            config: the configuration; it is not changed.
            custom_objects: classes and functions of the program by name.

        Raises:
            ValueError: if a class is unknown, or the graph refers to layers or calls that do not exist.
        """
        with CustomObjectScope(custom_objects or {}):
            layers = _build_layers(config)
        inputs = [_tensor(layers, reference, as_input=True) for reference in config["input_layers"]]
        outputs = [_tensor(layers, reference) for reference in config["output_layers"]]
        return cls(input=inputs, output=outputs, name=config.get("name"))  # type: ignore[call-arg]

    def _model_config(self) -> dict[str, Any]:
        return {**layer_data(self), "keras_version": KERAS_VERSION}

    def to_json(self, **kwargs: Any) -> str:
        """The architecture as JSON, without weights; `polykeras.models.model_from_json` reads it.

        Args:
            **kwargs: options of ``json.dumps``, for example ``indent``.
        """
        return json.dumps(plain(self._model_config()), **kwargs)

    def to_yaml(self, **kwargs: Any) -> str:
        """The architecture as YAML, without weights; `polykeras.models.model_from_yaml` reads it.

        Args:
            **kwargs: options of ``yaml.dump``.
        """
        return yaml.dump(plain(self._model_config()), Dumper=yaml.SafeDumper, **kwargs)


def describe_config(config: Any) -> str:
    """What a message says of a configuration that is not understood."""
    if isinstance(config, Mapping):
        return f"the keys {', '.join(repr(key) for key in config) or 'none'}"
    return f"a {type(config).__name__}"


def _build_layers(config: dict[str, Any]) -> dict[str, Any]:
    """Makes the layers of a graph and calls them on each other as the configuration says.

    A call waits until the calls that it refers to are made: a layer that is used twice may stand before the
    layers between its two uses.
    """
    if not isinstance(config, Mapping) or not {"layers", "input_layers", "output_layers"} <= config.keys():
        raise ValueError(
            "The configuration of a model must be a dictionary with the keys 'layers', 'input_layers' and "
            f"'output_layers', got {describe_config(config)}."
        )
    layers: dict[str, Any] = {}
    waiting: list[tuple[Any, list[Any]]] = []
    for data in config["layers"]:
        entry = layer_entry(data)
        layer = layer_from_config({"class_name": entry["class_name"], "config": entry["config"]})
        name = data.get("name", layer.name)
        layer.name = name  # the configuration of a Sequential does not tell its name
        layers[name] = layer
        if type(layer).__name__ != "InputLayer":
            waiting.append((layer, list(data.get("inbound_nodes") or [])))
    while waiting:
        made = 0
        for layer, calls in waiting:
            while calls and _can_be_made(layers, layer, calls[0]):
                tensors = [_tensor(layers, reference) for reference in calls.pop(0)]
                layer(tensors[0] if len(tensors) == 1 else tensors)
                made += 1
        waiting = [(layer, calls) for layer, calls in waiting if calls]
        if waiting and not made:
            names = ", ".join(repr(layer.name) for layer, _ in waiting)
            raise ValueError(
                f"The configuration of the model {config.get('name')!r} has calls of the layers {names} that "
                "refer to calls which are never made: the graph has a cycle or lacks a part."
            )
    return layers


def _parts(reference: Any) -> tuple[str, int, int]:
    if not isinstance(reference, (list, tuple)) or not 3 <= len(reference) <= 4:
        raise ValueError(
            f"A tensor in a configuration must be [layer name, node index, tensor index], got {reference!r}."
        )
    if len(reference) == 4 and reference[3]:
        raise ValueError(
            f"The configuration calls a layer on {reference[0]!r} with keyword arguments {reference[3]!r}; "
            "Keras 1 has no such calls."
        )
    return reference[0], reference[1], reference[2]


def _can_be_made(layers: dict[str, Any], layer: Any, call: Any) -> bool:
    for reference in call:
        name, node_index, _ = _parts(reference)
        if name not in layers:
            raise ValueError(
                f"The configuration calls {layer.name!r} on the layer {name!r}, which is not in it."
                f"{nearest(name, layers)}"
            )
        if node_index >= len(layers[name].inbound_nodes):
            return False
    return True


def _tensor(layers: dict[str, Any], reference: Any, as_input: bool = False) -> Any:
    name, node_index, tensor_index = _parts(reference)
    if name not in layers or node_index >= len(layers[name].inbound_nodes):
        raise ValueError(
            f"The configuration of the model refers to call {node_index} of the layer {name!r}, which is not "
            f"in it."
        )
    node = layers[name].inbound_nodes[node_index]
    return (node.input_tensors if as_input else node.output_tensors)[tensor_index]
