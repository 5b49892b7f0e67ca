"""TensorFlow 1 names that Keras 1 programs call on ``tensorflow``, for as long as the alias is installed.

Names that TensorFlow 2 lacks are added: most come from ``tensorflow.compat.v1`` as they are, those that
concern graphs and sessions are ours, and a few are the names that operations had before TensorFlow 1.0.
Those of training (``compat_train``) that TensorFlow 2 has, but not for graphs, are replaced.
"""

from __future__ import annotations

import types
from typing import Any

import tensorflow as tf

from .compat_train import (
    assignments,
    global_variables,
    in_keras_graph,
    replacements,
    trainable_variables,
)
from .graph import state
from .session import Session
from .session_in_use import sessions
from .writes import Initialization

_ADDED: list[tuple[Any, str]] = []
_REPLACED: list[tuple[Any, str, Any]] = []

# Names of compat.v1 that stand for something else than an operation or a class, and would mislead.
_LEFT_OUT = {"compat", "keras", "estimator", "enable_v2_behavior", "disable_v2_behavior"}
# Functions that take no tensor, or that write to a variable: they build in K's graph.
_BUILDING = [
    "placeholder",
    "placeholder_with_default",
    "sparse_placeholder",
    "scatter_update",
    "scatter_add",
    "scatter_sub",
]
_SUBMODULES = ("nn", "image", "train", "random", "summary", "linalg", "io", "sparse")

_NOTHING_TO_INITIALISE = [
    "local_variables_initializer",
    "initialize_local_variables",
    "tables_initializer",
    "initialize_all_tables",
]

# Before TensorFlow 1.0 -> now.
_RENAMED = {
    "pack": "stack",
    "unpack": "unstack",
    "mul": "multiply",
    "sub": "subtract",
    "neg": "negative",
    "batch_matmul": "matmul",
    "complex_abs": "abs",
    "inv": "math.reciprocal",
    "listdiff": "sets.difference",
    "select": "compat.v1.where",
    "batch_cholesky": "linalg.cholesky",
    "batch_matrix_inverse": "linalg.inv",
    "batch_matrix_diag": "linalg.diag",
    "batch_matrix_band_part": "linalg.band_part",
    "scalar_summary": "compat.v1.summary.scalar",
    "histogram_summary": "compat.v1.summary.histogram",
    "image_summary": "compat.v1.summary.image",
    "merge_all_summaries": "compat.v1.summary.merge_all",
}


class InteractiveSession(Session):
    """A session that is the one in use from the moment it is made."""

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._before = sessions.use(self)
        default: Any = self.as_default()
        default.enforce_nesting = False
        default.__enter__()
        self._default = default

    def close(self) -> None:
        super().close()
        if self._default is not None:
            self._default.__exit__(None, None, None)
            self._default = None
        if sessions.current() is self:
            sessions.use(self._before)


def get_default_graph() -> Any:
    """The graph that K builds in; inside a function graph that one."""
    return state.graph if tf.executing_eagerly() else tf.compat.v1.get_default_graph()


def reset_default_graph() -> None:
    """Forgets all that was built, and starts a new graph."""
    state.reset()
    sessions.reset()


def get_default_session() -> Any:
    """The session in use."""
    return sessions.current()


def _all_variables_initializer() -> Initialization:
    """What a session runs to give all variables that there are now their first values."""
    return Initialization(global_variables(), sweeping=True)


def _variables_initializer(var_list: Any, name: str = "init") -> Initialization:
    """What a session runs to give these variables their first values."""
    return Initialization(list(var_list))


def _no_initializer(name: str | None = None) -> Initialization:
    """What a session runs to initialise what there is nothing of."""
    return Initialization([])


def _own_names() -> dict[str, Any]:
    v1 = tf.compat.v1
    return {
        "Session": Session,
        "InteractiveSession": InteractiveSession,
        "get_default_graph": get_default_graph,
        "reset_default_graph": reset_default_graph,
        "get_default_session": get_default_session,
        "set_random_seed": tf.random.set_seed,
        "trainable_variables": trainable_variables,
        "global_variables": global_variables,
        "all_variables": global_variables,
        "python": types.SimpleNamespace(control_flow_ops=types.SimpleNamespace()),
        **dict.fromkeys(
            ["global_variables_initializer", "initialize_all_variables"], _all_variables_initializer
        ),
        **dict.fromkeys(["variables_initializer", "initialize_variables"], _variables_initializer),
        **dict.fromkeys(_NOTHING_TO_INITIALISE, _no_initializer),
        **{name: in_keras_graph(getattr(v1, name)) for name in _BUILDING},
        **assignments(),
    }


def _find(path: str) -> Any:
    found = tf
    for part in path.split("."):
        found = getattr(found, part)
    return found


def install(tf_module: Any = None) -> None:
    """Adds the names of TensorFlow 1 that are lacking.

    Args:
        tf_module: the module to add them to, ``tensorflow`` by default.
    """
    module = tf if tf_module is None else tf_module
    for owner, name, replacement in [] if _REPLACED else replacements():
        _REPLACED.append((owner, name, getattr(owner, name)))
        setattr(owner, name, replacement)
    _add(module, _own_names())
    _add(module, {name: _find(path) for name, path in _RENAMED.items()})
    v1 = tf.compat.v1
    public = [name for name in dir(v1) if not name.startswith("_") and name not in _LEFT_OUT]
    _add(module, {name: getattr(v1, name) for name in public})
    for name in _SUBMODULES:
        ours, theirs = getattr(module, name, None), getattr(v1, name, None)
        if ours is not None and theirs is not None:
            _add(ours, {each: getattr(theirs, each) for each in dir(theirs) if not each.startswith("_")})


def uninstall() -> None:
    """Undoes `install`."""
    while _REPLACED:
        owner, name, original = _REPLACED.pop()
        setattr(owner, name, original)
    while _ADDED:
        module, name = _ADDED.pop()
        if hasattr(module, name):
            delattr(module, name)


def supplied(module: Any) -> set[str]:
    """The names that were added to a module."""
    return {name for owner, name in _ADDED if owner is module}


def _add(module: Any, names: dict[str, Any]) -> None:
    for name, value in names.items():
        if not hasattr(module, name):
            setattr(module, name, value)
            _ADDED.append((module, name))
