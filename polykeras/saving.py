"""Models from configurations, JSON and YAML."""

from __future__ import annotations

import codecs
import json
from typing import Any

import numpy as np
import yaml

from .errors import shortened
from .sequential import Sequential as Sequential  # so that all classes are known
from .utils import limits
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
    with limits.reading("model_from_config", config) as own:
        version = str(own.get("keras_version") or "1")
        if not version.startswith(("0", "1")):
            raise ValueError(
                f"model_from_config: wanted a configuration of Keras 1, got one of Keras {version[:20]}."
            )
        return layer_from_config(own, custom_objects=custom_objects)


def model_from_json(json_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of the text that its `to_json` has returned, with new weights; see `model_from_config`."""
    return model_from_config(parsed_json("model_from_json", json_string), custom_objects)


def model_from_yaml(yaml_string: str, custom_objects: dict[str, Any] | None = None) -> Any:
    """A model of the text that its `to_yaml` has returned, with new weights; see `model_from_config`.

    Nothing is run: of Python's own tags only those of plain values are known (tuples, texts, numpy numbers).
    """
    config = _parsed("model_from_yaml", "YAML", _load_yaml, yaml_string, limits.MOST_LETTERS_OF_YAML)
    return model_from_config(config, custom_objects)


def parsed_json(where: str, text: Any) -> Any:
    """What a text in JSON says.

    Raises:
        TypeError: if it is no text.
        ValueError: if it is no JSON, or longer than any configuration.
    """
    return _parsed(where, "JSON", _load_json, text, limits.MOST_LETTERS)


def _parsed(where: str, kind: str, parse: Any, text: Any, most: int) -> Any:
    if not isinstance(text, (str, bytes, bytearray)):
        raise TypeError(f"{where}: wanted a text in {kind}, got {type(text).__name__}.")
    if len(text) > most:
        raise ValueError(f"{where}: wanted a text of at most {most:,} letters, got {len(text):,}.")
    try:
        return parse(text)
    except Exception as error:  # what a parser stumbles over depends on the text alone
        raise ValueError(
            f"{where}: the text is not the {kind} of a model: {shortened(str(error)) or type(error).__name__}"
        ) from error


def _load_json(text: Any) -> Any:
    """Refuses texts of very many parts before objects are made of them."""
    marks = (",", "[", "{") if isinstance(text, str) else (b",", b"[", b"{")
    if sum(text.count(mark) for mark in marks) > limits.MOST_ITEMS:
        raise ValueError(f"wanted at most {limits.MOST_ITEMS:,} items, got more")
    return json.loads(text)


_PYTHON = "tag:yaml.org,2002:python/"
_MOST_DIGITS = 500
_MOST_TAGS = 100


class _ConfigLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A SafeLoader that also knows the tags of plain values that Keras 1 wrote, and refuses what makes much
    of a few letters."""

    def flatten_mapping(self, node: Any) -> None:
        """Refuses the key ``<<``, which copies other mappings, and keys that are not single values."""
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise _refused("wanted texts as keys", key)

    def construct_scalar(self, node: Any) -> Any:
        """Refuses numbers of many digits: those in base 60 take long to read."""
        number = node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", f"{_PYTHON}long")
        if number and len(node.value) > _MOST_DIGITS:
            raise _refused(f"a number may have {_MOST_DIGITS} letters, got {len(node.value)}", node)
        return super().construct_scalar(node)


def _refused(what: str, node: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


def _load_yaml(text: Any) -> Any:
    if isinstance(text, (bytes, bytearray)):
        text = text.decode("utf-16" if text[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8")
    if text.count("%TAG") > _MOST_TAGS:  # the parser compares each of them with all others
        raise ValueError(f"wanted at most {_MOST_TAGS} directives %TAG, got more")
    _check_yaml(text)
    return yaml.load(text, Loader=_ConfigLoader)


def _check_yaml(text: Any) -> None:
    """Refuses texts that are deep or have very many parts, before objects are made of them."""
    level = 0
    for parts, event in enumerate(yaml.parse(text, Loader=_ConfigLoader)):
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            level += 1
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            level -= 1
        if level > limits.MOST_LEVELS or parts > limits.MOST_PARTS_OF_YAML:
            raise ValueError(
                f"wanted at most {limits.MOST_LEVELS} levels and {limits.MOST_PARTS_OF_YAML:,} parts, got "
                "more"
            )


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
        raise _refused(f"wanted a dtype of numbers, got {dtype}", node)
    order = state[1] if isinstance(state, (list, tuple)) and len(state) > 1 else None
    return dtype.newbyteorder(order) if order in ("<", ">", "=") else dtype


def _numpy_scalar(loader: _ConfigLoader, node: Any) -> Any:
    arguments, _ = _arguments(loader, node)
    if len(arguments) != 2 or not isinstance(arguments[0], np.dtype):
        raise _refused("wanted a dtype and the bytes of a number", node)
    dtype, data = arguments
    data = data.encode("latin-1") if isinstance(data, str) else data
    return np.frombuffer(data, dtype, count=1)[0].item()


_ConfigLoader.add_constructor(f"{_PYTHON}tuple", _tuple)
_ConfigLoader.add_constructor(f"{_PYTHON}unicode", _text)
_ConfigLoader.add_constructor(f"{_PYTHON}str", _text)
_ConfigLoader.add_constructor(f"{_PYTHON}long", _integer)
_ConfigLoader.add_constructor(f"{_PYTHON}object/apply:numpy.dtype", _numpy_dtype)
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _ConfigLoader.add_constructor(f"{_PYTHON}object/apply:{_module}.scalar", _numpy_scalar)
