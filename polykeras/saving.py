"""Models from configurations, JSON and YAML."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import yaml

from .engine.budget import memory_elements, weight_budget
from .sequential import Sequential as Sequential  # so that all classes are known
from .utils.layer_utils import layer_from_config


def model_from_config(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of its configuration, with new weights.

    Args:
        config: ``{'class_name': ..., 'config': ...}``; other keys are ignored.
        custom_objects: classes and functions of the program by name; a name in `config` never imports
            anything.

    Raises:
        TypeError: if `config` is no dictionary.
        ValueError: if a class is unknown, or the configuration is none of Keras 1.
    """
    if isinstance(config, list):
        raise TypeError(
            "model_from_config: wanted a dictionary with 'class_name' and 'config', got a list. A list of "
            "layers is read by Sequential.from_config."
        )
    if not isinstance(config, dict):
        raise TypeError(f"model_from_config: wanted a dictionary, got {type(config).__name__}.")
    version = str(config.get("keras_version") or "1")
    if not version.startswith(("0", "1")):
        raise ValueError(f"model_from_config: wanted a configuration of Keras 1, got one of Keras {version}.")
    with weight_budget(memory_elements(), "model_from_config"):
        return layer_from_config(config, custom_objects=custom_objects)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of the text that its `to_json` has returned, with new weights; see `model_from_config`."""
    return model_from_config(_parsed("model_from_json", "JSON", json.loads, json_string), custom_objects)


def model_from_yaml(yaml_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of the text that its `to_yaml` has returned, with new weights; see `model_from_config`.

    Nothing is run: of Python's own tags only those of plain values are known (tuples, texts, numpy numbers).
    """
    return model_from_config(_parsed("model_from_yaml", "YAML", _load_yaml, yaml_string), custom_objects)


def _parsed(where: str, kind: str, parse: Any, text: Any) -> Any:
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(f"{where}: wanted a text in {kind}, got {type(text).__name__}.")
    try:
        return parse(text)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{where}: the text is not the {kind} of a model: {error}") from error


class _ConfigLoader(yaml.SafeLoader):
    """A SafeLoader that also knows the tags of plain values that Keras 1 wrote."""


def _load_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_ConfigLoader)


def _tuple(loader: _ConfigLoader, node: Any) -> tuple[Any, ...]:
    return tuple(loader.construct_sequence(node, deep=True))


def _text(loader: _ConfigLoader, node: Any) -> str:
    return str(loader.construct_scalar(node))


def _integer(loader: _ConfigLoader, node: Any) -> int:
    return loader.construct_yaml_int(node)


def _arguments(loader: _ConfigLoader, node: Any) -> tuple[list[Any], Any]:
    """The arguments of a call that a tag ``python/object/apply`` stands for, and the state set after it."""
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True), None
    parts = loader.construct_mapping(node, deep=True)
    return list(parts.get("args") or []), parts.get("state")


def _numpy_dtype(loader: _ConfigLoader, node: Any) -> np.dtype:
    arguments, state = _arguments(loader, node)
    dtype = np.dtype(str(arguments[0]))
    if dtype.kind not in "biuf":
        raise yaml.constructor.ConstructorError(
            None, None, f"wanted a dtype of numbers, got {dtype}", node.start_mark
        )
    order = state[1] if isinstance(state, (list, tuple)) and len(state) > 1 else None
    return dtype.newbyteorder(order) if order in ("<", ">", "=") else dtype


def _numpy_scalar(loader: _ConfigLoader, node: Any) -> Any:
    arguments, _ = _arguments(loader, node)
    if len(arguments) != 2 or not isinstance(arguments[0], np.dtype):
        raise yaml.constructor.ConstructorError(
            None, None, "wanted a dtype and the bytes of a number", node.start_mark
        )
    dtype, data = arguments
    data = data.encode("latin-1") if isinstance(data, str) else data
    return np.frombuffer(data, dtype, count=1)[0].item()


_PYTHON = "tag:yaml.org,2002:python/"
_ConfigLoader.add_constructor(f"{_PYTHON}tuple", _tuple)
_ConfigLoader.add_constructor(f"{_PYTHON}unicode", _text)
_ConfigLoader.add_constructor(f"{_PYTHON}str", _text)
_ConfigLoader.add_constructor(f"{_PYTHON}long", _integer)
_ConfigLoader.add_constructor(f"{_PYTHON}object/apply:numpy.dtype", _numpy_dtype)
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _ConfigLoader.add_constructor(f"{_PYTHON}object/apply:{_module}.scalar", _numpy_scalar)
