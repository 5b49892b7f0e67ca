"""What a session is asked for: nested lists, tuples and dicts of tensors, operations, updates and names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from .graph import state
from .writes import Initialization, Update

# A string with one of these at its end is the name of a tensor, not of an operation.
_OUTPUT = ":"


class Fetches:
    """The parts of what `Session.run` was given, by what is to be done with them.

    Attributes:
        tensors: what is to be computed.
        writes: operations and updates that are to be run.
        initializations: variables that are to get their first values.
    """

    def __init__(self, given: Any) -> None:
        self._given = given
        self.tensors: list[Any] = []
        self.writes: list[Any] = []
        self.initializations: list[Initialization] = []
        self._places = _mapped(given, self._sort)

    def _sort(self, fetch: Any) -> int | None:
        """Puts a part where it belongs; the place of its value among `tensors`, None if it has no value."""
        fetch = element(fetch) if isinstance(fetch, (str, bytes)) else fetch
        if isinstance(fetch, Initialization):
            self.initializations.append(fetch)
            return None
        if isinstance(fetch, Update):
            self.writes.append(fetch)
            fetch = fetch.value
        if isinstance(fetch, (tf.Tensor, tf.Variable, tf.SparseTensor)):
            self.tensors.append(fetch)
            return len(self.tensors) - 1
        if isinstance(fetch, tf.Operation):
            self.writes.append(fetch)
        elif isinstance(fetch, tf.IndexedSlices):
            return self._sort(tf.convert_to_tensor(fetch))
        elif fetch is not None:
            raise TypeError(
                f"Session.run: wanted tensors, variables, operations or their names, or lists, tuples and "
                f"dicts of such; got {fetch!r} of the type {type(fetch).__name__}."
            )
        return None

    def filled(self, values: list[Any]) -> Any:
        """What was asked for, with values in place of tensors, and None in place of operations."""
        return _mapped(self._places, lambda place: None if place is None else values[place])


def _mapped(given: Any, function: Any) -> Any:
    """A structure of the results of `function` for the leaves of `given`."""
    if isinstance(given, Update):
        return function(given)
    if isinstance(given, Mapping):
        items = {key: _mapped(each, function) for key, each in given.items()}
        return items if type(given) is dict else type(given)(items)  # type: ignore[call-arg]
    if isinstance(given, tuple) and hasattr(given, "_fields") and not tf.is_tensor(given):
        return type(given)(*(_mapped(each, function) for each in given))
    if isinstance(given, (list, tuple)) and not tf.is_tensor(given):
        parts = [_mapped(each, function) for each in given]
        return parts if isinstance(given, list) else tuple(parts)
    return function(given)


def element(name: str | bytes) -> Any:
    """The tensor, variable or operation of K's graph that has this name."""
    text = name.decode() if isinstance(name, bytes) else name
    graph = state.graph
    try:
        return graph.as_graph_element(text)
    except (KeyError, ValueError):
        wanted = text if _OUTPUT in text else f"{text}:0"
        for variable in graph.read_variables.values():
            if variable.name == wanted:
                return variable
    raise ValueError(
        f"Session.run: there is no tensor, operation or variable of the name {text!r} in the graph. A tensor "
        f"is named as its operation with ':0' behind; print the tensor to see its name."
    )


def fed_tensor(key: Any) -> Any:
    """The tensor that a key of a feed dict means."""
    if isinstance(key, (str, bytes)):
        key = element(key)
    elif hasattr(key, "deref"):
        key = key.deref()
    if isinstance(key, tf.Variable):
        raise ValueError(
            f"Session.run: a variable cannot be fed, got {key.name!r} in feed_dict. "
            f"Set it by K.set_value(...)."
        )
    return key


def pairs_of(feed_dict: Any) -> list[tuple[Any, Any]]:
    """The tensors of a feed dict and their values; a list or tuple of tensors takes one of values."""
    pairs: list[tuple[Any, Any]] = []
    for key, value in (feed_dict or {}).items():
        if isinstance(key, tuple) and not tf.is_tensor(key):
            pairs.extend((fed_tensor(one), each) for one, each in zip(key, value, strict=True))
        else:
            pairs.append((fed_tensor(key), value))
    return pairs
