"""Models as configurations: dictionaries of plain types, JSON and YAML."""

from __future__ import annotations

import copy
import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import yaml

from ..errors import nearest, shortened
from ..utils.custom_objects import LoadingScope
from ..utils.layer_utils import FROZEN, layer_entry, layer_from_config
from ..utils.limits import reads_configuration
from .graph_map import node_key

KERAS_VERSION = "1.2.2"
"""The version of Keras whose format is written."""


_LAYER_KEYS = ("class_name", "config", FROZEN)


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


def part_data(layer: Any) -> dict[str, Any]:
    """A layer or model within another model, as `layer_from_config` reads it.

    A model has no argument that tells whether it is trained. That it is frozen stands beside its class, where
    Keras 1 does not look.
    """
    frozen = isinstance(layer, ContainerConfig) and not layer.trainable
    return {**layer_data(layer), FROZEN: False} if frozen else layer_data(layer)


class ContainerConfig:
    """The part of a container that answers for its configuration."""

    name: str
    trainable: Any
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
        return {"name": layer.name, **part_data(layer), "inbound_nodes": calls}

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
    @reads_configuration
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """A model of the configuration that `get_config` has returned, with new weights.

        Args:
            config: the configuration; it is not changed.
            custom_objects: classes and functions of the program by name; they stay known to later loaders.

        Raises:
            ValueError: if a class is unknown, or the graph refers to layers or calls that do not exist.
        """
        with LoadingScope(custom_objects or {}):
            layers = _build_layers(config)
        inputs = [
            _tensor(layers, reference, as_input=True)
            for reference in _list("the inputs", config["input_layers"])
        ]
        outputs = [_tensor(layers, each) for each in _list("the outputs", config["output_layers"])]
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
    calls: dict[str, deque[Any]] = {}
    for data in _list("the layers", config["layers"]):
        entry = layer_entry(data)
        layer = layer_from_config({key: value for key, value in entry.items() if key in _LAYER_KEYS})
        name = data.get("name", layer.name)
        if not isinstance(name, str) or name in layers:
            raise ValueError(
                f"A layer in the configuration of a model must have a name of its own, got {name!r}"
                f"{' twice' if isinstance(name, str) else ''}."
            )
        layer.name = name  # the configuration of a Sequential does not tell its name
        layers[name] = layer
        nodes = _list(f"the calls of {name!r}", data.get("inbound_nodes") or [])
        calls[name] = deque() if type(layer).__name__ == "InputLayer" else deque(nodes)
    _make_calls(config.get("name"), layers, calls)
    return layers


def _make_calls(model: Any, layers: dict[str, Any], calls: dict[str, deque[Any]]) -> None:
    """Makes the calls of all layers, each when those that it refers to are made."""
    ready = deque(calls)
    waiting: dict[tuple[str, int], list[str]] = {}  # the layer and call that is waited for, and who waits
    while ready:
        name = ready.popleft()
        layer = layers[name]
        while calls[name]:
            call = _list(f"a call of {name!r}", calls[name][0])
            missing = _missing(layers, layer, call)
            if missing is not None:
                waiting.setdefault(missing, []).append(name)
                break
            tensors = [_tensor(layers, reference) for reference in call]
            layer(tensors[0] if len(tensors) == 1 else tensors)
            calls[name].popleft()
            ready.extend(waiting.pop((name, len(layer.inbound_nodes) - 1), ()))
    left = [repr(name) for name in layers if calls[name]]
    if left:
        raise ValueError(
            f"The configuration of the model {model!r} has calls of the layers {', '.join(left)} that refer "
            "to calls which are never made: the graph has a cycle or lacks a part."
        )


def _list(what: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"The configuration of a model must list {what}, got {shortened(repr(value), 200)}.")
    return value


def _parts(reference: Any) -> tuple[str, int, int]:
    whole = isinstance(reference, (list, tuple)) and 3 <= len(reference) <= 4
    if not whole or not isinstance(reference[0], str) or not all(map(_is_index, reference[1:3])):
        raise ValueError(
            "A tensor in a configuration must be [layer name, node index, tensor index], got "
            f"{shortened(repr(reference), 200)}."
        )
    if len(reference) == 4 and reference[3]:
        raise ValueError(
            f"The configuration calls a layer on {reference[0]!r} with keyword arguments {reference[3]!r}; "
            "Keras 1 has no such calls."
        )
    return reference[0], reference[1], reference[2]


def _is_index(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _missing(layers: dict[str, Any], layer: Any, call: Sequence[Any]) -> tuple[str, int] | None:
    """The first of the calls that a call refers to which is not made yet."""
    for reference in call:
        name, node_index, _ = _parts(reference)
        if name not in layers:
            raise ValueError(
                f"The configuration calls {layer.name!r} on the layer {name!r}, which is not in it."
                f"{nearest(name, layers)}"
            )
        if node_index >= len(layers[name].inbound_nodes):
            return name, node_index
    return None


def _tensor(layers: dict[str, Any], reference: Any, as_input: bool = False) -> Any:
    name, node_index, tensor_index = _parts(reference)
    nodes = layers[name].inbound_nodes if name in layers else []
    tensors: Sequence[Any] = ()
    if node_index < len(nodes):
        node = nodes[node_index]
        tensors = node.input_tensors if as_input else node.output_tensors
    if tensor_index >= len(tensors):
        raise ValueError(
            f"The configuration of the model refers to tensor {tensor_index} of call {node_index} of the "
            f"layer {name!r}, which is not in it."
        )
    return tensors[tensor_index]
