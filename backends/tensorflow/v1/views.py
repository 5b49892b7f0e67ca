"""What the program's own files see as ``tensorflow``: TensorFlow 2 with the ways of TensorFlow 1."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

import tensorflow as tf

from ..compat_v1 import supplied
from ..graph import state
from . import before_1, scopes, summaries
from .cells import CELLS, LOOPS
from .contrib import Contrib, contrib
from .layers import LAYERS
from .saver import Saver
from .signatures import both, gone, symbolic

v1 = tf.compat.v1

# What must not be put into K's graph: it concerns the process, sessions or graphs, or does so by itself.
_AS_THEY_ARE = {
    *("get_default_graph", "reset_default_graph", "get_default_session", "set_random_seed", "group"),
    *("global_variables", "trainable_variables", "all_variables", "gradients", "function", "init_scope"),
    *("global_variables_initializer", "initialize_all_variables", "variables_initializer"),
    *("initialize_variables", "local_variables_initializer", "initialize_local_variables"),
    *("tables_initializer", "initialize_all_tables", "assign", "assign_add", "assign_sub", "is_tensor"),
    *("executing_eagerly", "as_dtype", "numpy_function", "py_function", "device", "load_op_library"),
    *("custom_gradient", "register_tensor_conversion_function", "name_scope", "variable_creator_scope"),
    *("enable_eager_execution", "disable_eager_execution", "enable_v2_behavior", "disable_v2_behavior"),
    *("executing_eagerly_outside_functions", "load_library", "get_logger"),
}
# Modules whose functions compute tensors.
_COMPUTING = (
    "nn",
    "math",
    "image",
    "random",
    "linalg",
    "sparse",
    "strings",
    "io",
    "losses",
    "metrics",
    "sets",
)


class Part(ModuleType):
    """A module of TensorFlow, with some names of its own."""

    def __init__(self, module: ModuleType, names: Mapping[str, Any]) -> None:
        super().__init__(module.__name__, module.__doc__)
        vars(self).update(__whole__=module, **names)

    def __getattr__(self, name: str) -> Any:
        return getattr(vars(self)["__whole__"], name)

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *dir(vars(self)["__whole__"])})


def _functions(now: ModuleType, then: ModuleType) -> dict[str, Any]:
    """The functions of a module of TensorFlow 2 and of TensorFlow 1's in one, built in K's graph."""
    only_then = supplied(now) if now is not then else set(vars(then))
    found: dict[str, Any] = {}
    for name in {*vars(now), *vars(then)}:
        if name.startswith("_") or name in _AS_THEY_ARE:
            continue
        new, old = vars(now).get(name), vars(then).get(name)
        if isinstance(old, FunctionType) and (name in only_then or new is None):
            found[name] = symbolic(old, always=True)
        elif isinstance(old, FunctionType) and isinstance(new, FunctionType) and old is not new:
            found[name] = symbolic(both(old, new))
        elif isinstance(new, FunctionType):
            found[name] = symbolic(new)
    return found


class Graph:
    """``tf.Graph``: there is one graph, that of K."""

    def __new__(cls) -> Any:
        return state.graph


def _parts() -> dict[str, Any]:
    """The modules within ``tensorflow``."""
    parts: dict[str, Any] = {}
    for name in _COMPUTING:
        then = vars(v1)[name]
        now = then if name in ("losses", "metrics") else vars(tf).get(name, then)
        parts[name] = Part(now, _functions(now, then))
    in_graph = {name: symbolic(each) for name, each in before_1.nn().items()}
    vars(parts["nn"]).update(in_graph, **LOOPS, rnn_cell=Contrib("tensorflow.nn.rnn_cell", **CELLS))
    vars(parts["image"]).update(resize_images=symbolic(before_1.resize_images, always=True))
    train = {
        "Saver": Saver,
        "SummaryWriter": summaries.FileWriter,
        "import_meta_graph": gone(
            "tf.train.import_meta_graph", "Build the model, then tf.train.Saver().restore."
        ),
    }
    parts["train"] = Part(tf.train, {**_decays(), **train})
    parts["summary"] = Part(tf.summary, summaries.summary_names())
    parts["layers"] = Contrib("tensorflow.layers", **LAYERS)
    parts["initializers"] = v1.initializers
    parts["contrib"] = contrib()
    return parts


def _decays() -> dict[str, Any]:
    names = ("exponential_decay", "polynomial_decay", "natural_exp_decay", "inverse_time_decay")
    more = ("piecewise_constant", "cosine_decay", "get_or_create_global_step", "get_global_step")
    return {name: symbolic(getattr(v1.train, name), always=True) for name in (*names, *more)}


def tensorflow_names(module: ModuleType) -> dict[str, Any]:
    """What the program's view of ``tensorflow`` has in place of the module's names."""
    scoped = (
        *(scopes.variable_scope, scopes.name_scope, scopes.control_dependencies, scopes.get_variable),
        *(scopes.get_variable_scope, scopes.get_collection, scopes.add_to_collection, scopes.Variable),
        scopes.device,
    )
    return {
        **_functions(module, v1),
        **{name: symbolic(each) for name, each in before_1.top().items()},
        **summaries.before_1(),
        **{each.__name__: each for each in scoped},
        "Graph": Graph,
        "op_scope": _op_scope,
        **_parts(),
    }


def _op_scope(values: Any, name: str | None = None, default_name: str | None = None) -> Any:
    """A scope of names; before 1.0 the values came first."""
    return scopes.name_scope(name, default_name, values)
