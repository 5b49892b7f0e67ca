"""The one long-lived symbolic graph, and how K's operations come to stand in it.

Everything that a program builds with K stands in one `KerasGraph`. It is never run: `function` brings the
part that it needs over into a `tf.function` (see trace.py). TensorFlow lets operations on tensors of a graph
that is named ``keras_graph`` be built outside any scope, so raw TensorFlow operations work on K's tensors.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import tensorflow as tf

from .tensors import make_own

Method = TypeVar("Method", bound=Callable[..., Any])

_FuncGraph: Any = tf.__internal__.FuncGraph


class Deferred:
    """A computation made only when a function is traced; meanwhile placeholders stand for its results.

    Attributes:
        inputs: the tensors of the graph that it starts from.
        outputs: the placeholders.
        build: takes what stands for `inputs` in the traced function, and returns a tensor for each output.
        differentiates: whether it takes the derivatives of the first of `inputs` with respect to the others.
    """

    def __init__(
        self,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        build: Callable[[list[Any]], Sequence[Any]],
        differentiates: bool = False,
    ) -> None:
        self.differentiates = differentiates
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.build = build


class PhaseChoice:
    """A tensor that is one of two, by the learning phase."""

    def __init__(self, train: Any, test: Any) -> None:
        self.train = train
        self.test = test


class KerasGraph(_FuncGraph):
    """The graph that K builds in.

    Attributes:
        deferred: operation name -> the `Deferred` whose result that placeholder is.
        choices: operation name -> the `PhaseChoice` that the placeholder stands for.
        phase: the learning phase's placeholder, once asked for.
        step: the random step's placeholder, once asked for.
        evaluators: functions that `K.eval` made, by the name of the tensor.
        read_variables: id -> variable, for those that operations of this graph read, in that order.
        named_variables: name -> variable, for those that ``tf.get_variable`` has made.
    """

    def __init__(self) -> None:
        super().__init__("keras_graph")
        self.deferred: dict[str, Deferred] = {}
        self.choices: dict[str, PhaseChoice] = {}
        self.phase: Any = None
        self.step: Any = None
        self.evaluators: OrderedDict[str, Any] = OrderedDict()
        self.read_variables: dict[int, Any] = {}
        self.named_variables: dict[str, Any] = {}

    def as_default(self) -> Any:
        """Makes this the default graph of the thread.

        A function graph would also take over devices and callbacks from where it is entered. It keeps them in
        itself, so that threads would get into each other's way. This one is never run, and needs none of it.
        """
        return tf.Graph.as_default(self)

    def is_placeholder(self, tensor: Any) -> bool:
        """Whether `tensor` has no value until a function is called with one."""
        name = tensor.op.name
        if tensor.op.type not in ("Placeholder", "PlaceholderWithDefault"):
            return False
        if name in self.deferred or name in self.choices:
            return False
        return not any(internal is tensor for _, internal in self.captures)

    def _add_op(self, op: Any) -> Any:
        make_own(op.outputs)
        return super()._add_op(op)

    def watch_variable(self, v: Any) -> None:
        """Notes a variable that is read here: the graph keeps it, as it keeps the variable's value anyway."""
        self.read_variables.setdefault(id(v), v)
        super().watch_variable(v)

    def capture(self, tensor: Any, name: str | None = None, shape: Any = None) -> Any:
        """Takes an outside tensor in; one that was read from a K variable becomes a reading of it."""
        source = getattr(tensor, "_polykeras_variable", None)
        variable = None if source is None else source()
        if variable is not None:
            with self.as_default():
                return variable.read_value()
        return super().capture(tensor, name, shape)


class _State:
    """The graph in use, the lock under which graphs are built and traced, and the count of random steps.

    Attributes:
        loops: while the body of a loop is built, the index of its step; of the outermost loop first.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.steps = 0
        self.loops: list[Any] = []
        self._graph: KerasGraph | None = None

    @property
    def graph(self) -> KerasGraph:
        if self._graph is None:
            with self.lock:
                if self._graph is None:
                    with tf.init_scope():
                        self._graph = KerasGraph()
        return self._graph

    def reset(self) -> None:
        with self.lock:
            self._graph = None


state = _State()


def building() -> bool:
    """Whether this thread is inside a function graph (K's, one of a loop's body, or a `tf.function`'s)."""
    return not tf.executing_eagerly() and tf.compat.v1.get_default_graph().building_function


def in_keras_graph() -> bool:
    """Whether the default graph of this thread is K's own, not that of a loop's body or a `tf.function`."""
    return not tf.executing_eagerly() and isinstance(tf.compat.v1.get_default_graph(), KerasGraph)


class graph_scope:
    """Context in which operations are put into K's graph; inside any function graph it changes nothing.

    Building is done by one thread at a time.
    """

    __slots__ = ("_inner",)

    def __enter__(self) -> None:
        state.lock.acquire()
        try:
            self._inner = None if building() else state.graph.as_default()
            if self._inner is not None:
                self._inner.__enter__()
        except BaseException:
            state.lock.release()
            raise

    def __exit__(self, *error: Any) -> None:
        try:
            if self._inner is not None:
                self._inner.__exit__(*error)
        finally:
            state.lock.release()


def in_graph(method: Method) -> Method:
    """Decorator for a method of an adapter: it builds its operations inside `graph_scope`."""

    @functools.wraps(method)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        with graph_scope():
            return method(self, *args, **kwargs)

    return wrapped  # type: ignore[return-value]


def defer(
    inputs: Sequence[Any],
    specs: Sequence[tuple[Any, Any]],
    build: Callable[[list[Any]], Sequence[Any]],
    name: str = "deferred",
    differentiates: bool = False,
) -> list[Any]:
    """Puts off a computation until a function that needs it is traced.

    For operations that need concrete shapes, and for those that must not stand in a long-lived graph
    (`tf.custom_gradient` there keeps megabytes alive). Inside another function graph, such as a loop's body,
    the computation is made at once.

    Args:
        inputs: tensors; variables and numbers are converted.
        specs: the dtype and static shape of each result.
        build: takes a list of tensors like `inputs`, and returns the list of results.
        name: for the placeholders.
        differentiates: see `Deferred`.

    Returns:
        The tensors that stand for the results.
    """
    with graph_scope():
        tensors = [tf.convert_to_tensor(each) for each in inputs]
        if not in_keras_graph():
            return list(build(tensors))
        outputs = [tf.compat.v1.placeholder(dtype, shape, name) for dtype, shape in specs]
        computation = Deferred(tensors, outputs, build, differentiates)
        for output in outputs:
            state.graph.deferred[output.op.name] = computation
        return outputs
