"""Which session is in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf


class Sessions:
    """The session in use.

    Attributes:
        make: makes a session; `session.py` sets it.
        manual_initialization: what `K.manual_variable_initialization` was given.
    """

    make: Callable[..., Any]

    def __init__(self) -> None:
        self.manual_initialization = False
        self._current: Any = None

    def current(self) -> Any:
        """The session in use; one is made if there is none."""
        if self._current is None:
            self._current = self.make()
        return self._current

    def chosen(self, given: Any = None) -> Any:
        """`given`, else the session of the ``with`` statement around, else the one in use."""
        return given or tf.compat.v1.get_default_session() or self.current()

    def use(self, session: Any) -> Any:
        """Makes `session` the one in use; returns the one that was.

        Of a session of TensorFlow itself, which could not compute K's tensors, the configuration is taken.
        """
        if session is not None and not hasattr(session, "computes_keras"):
            session = self.make(config=getattr(session, "_config", None))
        before, self._current = self._current, session
        return before

    def reset(self) -> None:
        """Forgets it."""
        self._current = None


sessions = Sessions()
