"""Sessions in the manner of TensorFlow 1 on PyTensor: they compute tensors, and take settings.

A variable has its value from the start, so there is nothing to initialise. What a program says of graphics
cards has no effect.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Variable

from ...errors import UnsupportedOperation
from ..interface import Graph
from .function import PTFunction
from .phase import is_phase

_FUNCTIONS_KEPT = 64


class Session:
    """Computes tensors.

    Args:
        target: has no effect.
        graph: likewise.
        config: a `ConfigProto`; it is kept, and has no effect.
        owner: the backend that the session belongs to.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None, owner: Any = None) -> None:
        self.target, self.graph, self.config, self._owner = target, graph, config, owner
        self._functions: dict[Any, PTFunction] = {}
        self._entered: list[Any] = []

    def run(self, fetches: Any, feed_dict: Mapping[Any, Any] | None = None) -> Any:
        """Computes the present values of tensors.

        Args:
            fetches: a tensor or variable, what initialises variables (nothing to do), None, or lists, tuples
                and dictionaries of such.
            feed_dict: values for placeholders.

        Returns:
            The values, nested like `fetches`; None for what has no value.
        """
        tensors: list[Any] = []
        _collect(fetches, tensors)
        fed = {each: value for each, value in (feed_dict or {}).items() if isinstance(each, Variable)}
        values = iter(self._computed(tensors, fed) if tensors else [])
        return _nested(fetches, values)

    def _computed(self, tensors: list[Any], fed: Mapping[Any, Any]) -> list[Any]:
        phase = self._owner._phase
        key = (tuple(tensors), tuple(fed), phase if isinstance(phase, int) else None)
        function = self._functions.get(key)
        if function is None:
            if len(self._functions) >= _FUNCTIONS_KEPT:
                self._functions.clear()
            function = self._functions[key] = self._owner.function(list(fed), tensors)
        values = [bool(value) if is_phase(each) else value for each, value in fed.items()]
        return [value[()] if isinstance(value, np.ndarray) else value for value in function(values)]

    @contextmanager
    def as_default(self) -> Iterator[Session]:
        """A context in which this session is the one in use."""
        before = self._owner.get_session()
        self._owner.set_session(self)
        try:
            yield self
        finally:
            self._owner.set_session(before)

    def list_devices(self) -> list[Any]:
        """No device but the processor, which is not named."""
        return []

    def close(self) -> None:
        """Forgets the functions that were made for it."""
        self._functions.clear()

    def __enter__(self) -> Session:
        context = self.as_default()
        self._entered.append(context)
        return context.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._entered.pop().__exit__(*error)


def _is_initializer(fetch: Any) -> bool:
    """Whether `fetch` is what a session runs to initialise variables."""
    return getattr(fetch, "name", None) == "init" and hasattr(fetch, "run")


def _collect(fetches: Any, tensors: list[Any]) -> None:
    """Adds the tensors among `fetches`, in order.

    Raises:
        TypeError: if something else is among them.
        UnsupportedOperation: for an update, which a session could not tell from two tensors.
    """
    if isinstance(fetches, Mapping):
        fetches = list(fetches.values())
    if isinstance(fetches, tuple) and len(fetches) == 2 and isinstance(fetches[0], SharedVariable):
        raise UnsupportedOperation(
            "pytensor", "get_session().run", "for updates. Write K.function([], [], updates=[...])([])."
        )
    if isinstance(fetches, (list, tuple)):
        for each in fetches:
            _collect(each, tensors)
    elif isinstance(fetches, Variable):
        tensors.append(fetches)
    elif fetches is not None and not _is_initializer(fetches):
        raise TypeError(
            f"Session.run: wanted tensors of the PyTensor backend, got {type(fetches).__name__}. "
            "To run operations of TensorFlow, choose its backend: KERAS_BACKEND=tensorflow."
        )


def _nested(fetches: Any, values: Iterator[Any]) -> Any:
    """The values in the nesting of `fetches`."""
    if isinstance(fetches, Mapping):
        return {name: _nested(each, values) for name, each in fetches.items()}
    if isinstance(fetches, (list, tuple)):
        parts = [_nested(each, values) for each in fetches]
        return parts if isinstance(fetches, list) else tuple(parts)
    return next(values) if isinstance(fetches, Variable) else None


class PTSessions(Graph):
    """`get_session` and `set_session`, for programs that set options of graphics cards by them."""

    _session: Session | None = None
    _told = False

    def get_session(self) -> Any:
        if self._session is None:
            self._session = Session(owner=self)
        return self._session

    def set_session(self, session: Any) -> None:
        """Makes `session` the one in use; of a session of TensorFlow the configuration is kept."""
        if session is not None and not isinstance(session, Session):
            session = Session(config=getattr(session, "config", None), owner=self)
        if session is not None and session.config is not None and not PTSessions._told:
            PTSessions._told = True
            warnings.warn(
                "PyTensor computes on the processor: a session's options, such as those of graphics cards, "
                "have no effect.",
                UserWarning,
                stacklevel=2,
            )
        self._session = session
