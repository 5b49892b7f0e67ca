"""Sessions in the manner of TensorFlow 1, over K's graph.

A variable has its value from the start, so there is nothing to initialise; a session computes tensors, and
runs operations such as an optimizer's.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.stack import default_session

from .function import TFFunction, components, is_phase
from .graph import KerasGraph, state

_FUNCTIONS_KEPT = 64


class Session:
    """Computes tensors of K's graph.

    Args:
        target: kept for programs that give it; there is one engine, in this process.
        graph: likewise; there is one graph.
        config: a `ConfigProto`; its thread counts and GPU options are applied while the engine allows it.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        self.target = target
        self.config = config
        self._functions: dict[Any, TFFunction] = {}
        self._entered: list[Any] = []
        if config is not None:
            apply_config(config)

    @property
    def graph(self) -> KerasGraph:
        """The graph that K builds in."""
        return state.graph

    def run(self, fetches: Any, feed_dict: Mapping[Any, Any] | None = None) -> Any:
        """Computes the present values of tensors.

        Args:
            fetches: a tensor or variable, an operation (a training step), None (nothing to do), or lists,
                tuples and dicts of such. Variables are read before operations write to them.
            feed_dict: values for placeholders, or for any other tensors.

        Returns:
            The values, nested like `fetches`: numpy arrays, None for what has no value.
        """
        flat = tf.nest.flatten(fetches, expand_composites=False)
        fed = dict((feed_dict or {}).items())
        computed = [each for each in flat if self._has_value(each)]
        done = [each for each in flat if isinstance(each, tf.Operation)]
        values = iter(self._compute(computed, done, fed) if computed or done else [])
        return tf.nest.pack_sequence_as(
            fetches, [next(values) if self._has_value(each) else None for each in flat]
        )

    def as_default(self) -> AbstractContextManager[Session]:
        """A context in which a tensor's ``eval()`` computes by this session."""
        return default_session(self)

    def close(self) -> None:
        """Forgets the functions that were made for it."""
        self._functions.clear()

    def list_devices(self) -> list[Any]:
        """The devices of this process."""
        return list(tf.config.list_logical_devices())

    def __enter__(self) -> Session:
        default = default_session(self)
        default.__enter__()
        self._entered.append((sessions.use(self), default))
        return self

    def __exit__(self, *error: Any) -> None:
        before, default = self._entered.pop()
        sessions.use(before)
        default.__exit__(*error)

    @staticmethod
    def _has_value(fetch: Any) -> bool:
        return isinstance(fetch, (tf.Tensor, tf.Variable, tf.SparseTensor))

    def _compute(self, fetches: list[Any], operations: list[Any], fed: Mapping[Any, Any]) -> list[Any]:
        feeds = [_reference(each) for each in fed]
        key = (
            id(state.graph),
            tuple(id(each) for each in [*fetches, None, *operations]),
            tuple(components(each)[0].name for each in feeds),
        )
        function = self._functions.get(key)
        if function is None:
            if len(self._functions) >= _FUNCTIONS_KEPT:
                self._functions.clear()
            function = TFFunction(feeds, fetches, operations, feeding_anything=True)
            self._functions[key] = function
        values = [
            bool(value) if is_phase(each) else value for each, value in zip(feeds, fed.values(), strict=True)
        ]
        return function(values)


def _reference(fed: Any) -> Any:
    """The tensor that a key of a feed dict means."""
    return fed.deref() if hasattr(fed, "deref") else fed


class _Sessions:
    """The session in use.

    Attributes:
        manual_initialization: what `K.manual_variable_initialization` was given.
    """

    def __init__(self) -> None:
        self.manual_initialization = False
        self._current: Any = None

    def current(self) -> Any:
        if self._current is None:
            self._current = Session()
        return self._current

    def use(self, session: Any) -> Any:
        """Makes `session` the one in use; returns the one that was.

        Of a session of TensorFlow itself, which could not compute K's tensors, the configuration is taken.
        """
        if session is not None and not isinstance(session, Session):
            session = Session(config=getattr(session, "_config", None))
        before, self._current = self._current, session
        return before

    def reset(self) -> None:
        self._current = None


sessions = _Sessions()


def apply_config(config: Any) -> None:
    """Applies what a `ConfigProto` says, as far as TensorFlow 2 takes it once it is running."""
    threads = (
        (config.intra_op_parallelism_threads, tf.config.threading.set_intra_op_parallelism_threads),
        (config.inter_op_parallelism_threads, tf.config.threading.set_inter_op_parallelism_threads),
    )
    for count, apply in threads:
        if count:
            _try(lambda apply=apply, count=count: apply(int(count)))
    if config.gpu_options.allow_growth:
        for device in tf.config.list_physical_devices("GPU"):
            _try(lambda device=device: tf.config.experimental.set_memory_growth(device, True))
    if "GPU" in config.device_count and config.device_count["GPU"] == 0:
        _try(lambda: tf.config.set_visible_devices([], "GPU"))


def _try(setting: Any) -> None:
    """Makes a setting that TensorFlow refuses once its devices are in use; then it stays as it is."""
    try:
        setting()
    except RuntimeError as error:
        tf.get_logger().info("polykeras: the session's setting came too late: %s", error)
