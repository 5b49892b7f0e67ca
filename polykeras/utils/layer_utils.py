"""Layers by class name, and tables of layers. Works with anything that behaves like a layer."""

from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from .. import backend as K
from ..errors import nearest, shortened
from . import limits
from .custom_objects import LoadingScope, get_custom_objects
from .dim_orderings import convert_dim_ordering as convert_dim_ordering
from .generic_utils import is_library_class as is_library_class
from .kernels import convert_all_kernels_in_model as convert_all_kernels_in_model
from .output import is_terminal, show

T = TypeVar("T", bound=type)

_classes: dict[str, type] = {}

FROZEN = "trainable"
"""The key beside `class_name` and `config` that is False for a frozen model within another."""

DEFAULT_LINE_LENGTH = 100
DEFAULT_POSITIONS = (0.33, 0.55, 0.67, 1.0)

# Other names under which files know a class.
_OTHER_NAMES = {"Container": "Model"}

# Arguments that layers have since Keras 2 only.
_KERAS_2_KEYS = (
    "units",
    "filters",
    "kernel_size",
    "kernel_initializer",
    "data_format",
    "recurrent_initializer",
)


def register_layer(cls: T, name: str | None = None) -> T:
    """Makes a class known to `layer_from_config`.

    Layers of this package are registered as they are defined; a program's own layers are given by
    ``custom_objects`` instead.

    Args:
        cls: the class.
        name: the name that stands for it in configurations; by default its own.

    Raises:
        ValueError: if the name belongs to another class.
    """
    name = name or cls.__name__
    known = _classes.setdefault(name, cls)
    if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        raise ValueError(
            f"register_layer: the name {name!r} belongs to {known!r}, it can not stand for {cls!r} too."
        )
    _classes[name] = cls
    return cls


def layer_class(name: str) -> type:
    """The class that a name stands for: a custom object, or a registered class.

    Raises:
        ValueError: if the name is unknown, or stands for a custom object that is no class of layers.
    """
    custom = get_custom_objects()
    if name in custom:
        found = custom[name]
        if not isinstance(found, type) or not hasattr(found, "from_config") or not hasattr(found, "call"):
            raise ValueError(
                f"Wanted a class of layers under the name {name!r} of the custom objects, got {found!r}."
            )
        return found
    name = _OTHER_NAMES.get(name, name)
    if name not in _classes:
        known = sorted({*_classes, *custom})
        raise ValueError(
            f"Unknown layer: {name!r}.{nearest(name, known)} Known layers: {', '.join(known) or 'none'}. "
            f"Make your own known by custom_objects={{{name!r}: TheClass}}."
        )
    return _classes[name]


def layer_entry(entry: Any) -> dict[str, Any]:
    """A layer's entry in a configuration, in the form ``{'class_name', 'config'}``.

    The first versions of Keras 1 wrote the class as ``name`` and the layer's name as ``custom_name`` among
    the arguments; such an entry is rewritten.

    Raises:
        ValueError: if it is neither form.
    """
    if isinstance(entry, dict) and isinstance(entry.get("class_name"), str) and "config" in entry:
        return entry
    if isinstance(entry, dict) and "class_name" not in entry and isinstance(entry.get("name"), str):
        config = {key: value for key, value in entry.items() if key not in ("custom_name", "cache_enabled")}
        config.pop("name")
        if entry.get("custom_name"):
            config["name"] = entry["custom_name"]
        return {"class_name": entry["name"], "config": config}
    raise ValueError(
        "A layer in a configuration must be a dictionary with the keys 'class_name' and 'config', "
        f"got {textwrap.shorten(repr(entry), 200)}."
    )


def layer_from_config(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
    """Makes a layer or model of its configuration.

    Only registered classes and custom objects are found; a name in a file never imports anything.

    Args:
        config: ``{'class_name': ..., 'config': ...}``; it is not changed.
        custom_objects: classes and functions of the program by name. They stay known, as in Keras 1.2.2: see
            `custom_objects`.

    Returns:
        The layer, not yet called (a model is complete).

    Raises:
        ValueError: if the class is unknown, or the configuration is none of Keras 1.
    """
    with limits.reading("layer_from_config", config) as own, LoadingScope(custom_objects or {}):
        entry = layer_entry(own)
        name, arguments = entry["class_name"], entry["config"]
        limits.spend("layers", f"The layer {name}", 1, "another layer")
        cls: Any = layer_class(name)
        own_name = arguments.get("name") if isinstance(arguments, dict) else None
        if isinstance(arguments, dict) and is_library_class(cls):
            newer = [key for key in _KERAS_2_KEYS if key in arguments]
            if newer:
                raise ValueError(
                    f"{name} {own_name!r}: the configuration was written by Keras 2 or later (it has the key "
                    f"{newer[0]!r}); only those of Keras 1 can be read."
                )
        try:
            if custom_objects and "custom_objects" in inspect.signature(cls.from_config).parameters:
                return frozen_as_told(cls.from_config(arguments, custom_objects=custom_objects), entry)
            return frozen_as_told(cls.from_config(arguments), entry)
        except Exception as error:
            error.add_note(shortened(f"In the configuration of the layer {name} {own_name!r}.", 200))
            raise


def frozen_as_told(layer: Any, entry: dict[str, Any]) -> Any:
    """A layer made of an entry of a configuration, frozen if the entry says so beside the arguments."""
    if entry.get(FROZEN) is False:
        layer.trainable = False
    return layer


def count_total_params(layers: Iterable[Any], layer_set: set[Any] | None = None) -> tuple[int, int]:
    """The number of trainable and of other parameters of some layers; each layer is counted once.

    Args:
        layers: the layers.
        layer_set: layers that are counted already; those met are added.

    Returns:
        ``(trainable, non_trainable)``.
    """
    seen = set() if layer_set is None else layer_set
    trainable: dict[int, Any] = {}
    fixed: dict[int, Any] = {}
    for layer in layers:
        if layer in seen:
            continue
        seen.add(layer)
        trainable.update((id(weight), weight) for weight in layer.trainable_weights)
        fixed.update((id(weight), weight) for weight in layer.non_trainable_weights)
    return _elements(trainable.values()), _elements(fixed.values())


def print_summary(
    layers: Sequence[Any],
    relevant_nodes: Iterable[str] | None = None,
    line_length: int = DEFAULT_LINE_LENGTH,
    positions: Sequence[float] | None = None,
) -> None:
    """Prints a table of layers: name and class, output shape, number of parameters, where inputs come from.

    Args:
        layers: the layers, a row each (more if it has several inputs, or a cell is too long for its column).
        relevant_nodes: the nodes to show, by the names that `Container.container_nodes` has; by default all.
        line_length: the width in characters. The default shrinks to the width of a narrower terminal.
        positions: where each of the four columns ends: fractions of the width, or characters.
    """
    ends = list(positions or DEFAULT_POSITIONS)
    if line_length == DEFAULT_LINE_LENGTH and is_terminal():
        line_length = max(40, min(line_length, shutil.get_terminal_size().columns))
    if ends[-1] <= 1:
        ends = [int(line_length * end) for end in ends]
    columns = [int(end - start) for start, end in zip([0, *ends], ends, strict=False)]
    nodes = None if relevant_nodes is None else set(relevant_nodes)

    lines = ["_" * line_length, *_row(["Layer (type)", "Output Shape", "Param #", "Connected to"], columns)]
    rule = "="
    for layer in layers:
        lines.append(rule * line_length)
        rule = "_"
        first, *others = _connections(layer, nodes) or [""]
        title = f"{layer.name} ({layer.__class__.__name__})"
        lines += _row([title, _shape_text(layer), str(layer.count_params()), first], columns)
        for other in others:
            lines += _row(["", "", "", other], columns)
    trainable, fixed = count_total_params(layers)
    lines += [
        "=" * line_length,
        f"Total params: {trainable + fixed:,}",
        f"Trainable params: {trainable:,}",
        f"Non-trainable params: {fixed:,}",
        "_" * line_length,
    ]
    show("\n".join(lines))


def _elements(weights: Iterable[Any]) -> int:
    return sum(K.count_params(weight) for weight in weights)


def _row(cells: Sequence[str], columns: Sequence[int]) -> list[str]:
    """A row of the table as lines; a cell longer than its column goes on below."""
    folded = [_fold(cell, max(width - 1, 1)) for cell, width in zip(cells, columns, strict=False)]
    height = max(len(parts) for parts in folded)
    lines = []
    for index in range(height):
        parts = [parts[index] if index < len(parts) else "" for parts in folded]
        lines.append("".join(part.ljust(width) for part, width in zip(parts, columns, strict=False)).rstrip())
    return lines


def _fold(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _shape_text(layer: Any) -> str:
    try:
        return str(layer.output_shape)
    except AttributeError:
        return "multiple"


def _connections(layer: Any, relevant_nodes: set[str] | None) -> list[str]:
    found = []
    for index, node in enumerate(layer.inbound_nodes):
        if relevant_nodes is not None and f"{layer.name}_ib-{index}" not in relevant_nodes:
            continue
        origins = zip(node.inbound_layers, node.node_indices, node.tensor_indices, strict=True)
        found += [
            f"{before.name}[{node_index}][{tensor_index}]" for before, node_index, tensor_index in origins
        ]
    return found
