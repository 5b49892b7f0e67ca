"""Sessions in the manner of TensorFlow 1, over K's graph.

A variable has its value from the start, so there is nothing to initialise; a session computes tensors, and
runs what writes: an optimizer's operations, assignments, K's updates, and initializers, which set variables
back.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import tensorflow as tf
from tensorflow.python.framework.stack import default_session

from .fetches import Fetches, pairs_of
from .function import TFFunction, components, is_phase
from .graph import KerasGraph, state
from .session_in_use import sessions

_FUNCTIONS_KEPT = 64


class Session:
    """Computes tensors of K's graph.

    Args:
        target: kept for programs that give it; there is one engine, in this process.
        graph: likewise; there is one graph.
        config: a `ConfigProto`; its thread counts and GPU options are applied while the engine allows it.
    """

    computes_keras = True

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

    def run(
        self,
        fetches: Any,
        feed_dict: Mapping[Any, Any] | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Computes tensors, and carries out what writes.

        Tensors and assignments take their turns in the order given, and an assignment's value is the new one;
        operations and K's updates write when all else has been read.

        Args:
            fetches: a tensor or variable, an operation (a training step), an update of K, the name of one of
                these, None (nothing to do), or lists, tuples and dicts of such.
            feed_dict: values for placeholders, or for any other tensors, by the tensor or its name.
            options: kept for programs that give it, as is `run_metadata`.

        Returns:
            The values, nested like `fetches`: numpy arrays, None for what has no value.
        """
        asked = Fetches(fetches)
        fed = pairs_of(feed_dict)
        values = self._compute(asked.tensors, asked.writes, fed) if asked.tensors or asked.writes else []
        for each in asked.initializations:
            each.write(everything=self is sessions.chosen())
        return asked.filled(values)

    def partial_run(self, *arguments: Any, **options: Any) -> Any:
        """Is refused: a graph is run as a whole."""
        raise NotImplementedError(
            "Session.partial_run is not supported on TensorFlow 2. Use Session.run with all values in its "
            "feed_dict."
        )

    partial_run_setup = partial_run

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

    def _compute(self, tensors: list[Any], writes: list[Any], fed: list[tuple[Any, Any]]) -> list[Any]:
        feeds = [each for each, _ in fed]
        key = (
            id(state.graph),
            tuple(id(each) for each in [*tensors, None, *writes]),
            tuple(components(each)[0].name for each in feeds),
        )
        function = self._functions.get(key)
        if function is None:
            if len(self._functions) >= _FUNCTIONS_KEPT:
                self._functions.clear()
            function = TFFunction(feeds, tensors, writes, feeding_anything=True)
            self._functions[key] = function
        return function([bool(value) if is_phase(each) else value for each, value in fed])


sessions.make = Session


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
