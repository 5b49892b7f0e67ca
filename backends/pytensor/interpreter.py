"""The NumPy interpreter: a rewritten graph as a straight line of NumPy calls.

PyTensor's own Python linkers pay several microseconds a node and allocate every result. Here the nodes are
written out as one Python function, one statement a node; statements come from emitters (see emit.py), and an
`Op` that has none there runs by its ``perform``. What dies is deleted at once, and an element-wise result is
written over an operand that nobody needs any more. Inputs and variables are never written to, so a call that
fails changes nothing.

Within the function an array without axes may stand as a NumPy scalar; `perform` methods and the caller get
arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import Any

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.op import Op
from pytensor.tensor.type import TensorType

FILENAME = "<polykeras interpreter>"

Step = Callable[..., tuple[Any, ...]]


class Writer:
    """Collects the statements for one graph and keeps account of its buffers.

    Attributes:
        scope: the names that the statements refer to.
    """

    def __init__(self, nodes: Sequence[Apply], outputs: Sequence[Variable]) -> None:
        self.scope: dict[str, Any] = {"asarray": np.asarray, "errstate": np.errstate}
        self.lines: list[str] = []
        self.line_nodes: list[Apply | None] = []
        self._names: dict[Variable, str] = {}
        self._known: dict[int, str] = {}
        self._kept: list[Any] = []
        self._node: Apply | None = None
        self._now = 0
        # The last statement that needs the memory of each buffer; a view has the buffer that it looks into.
        self._buffer: dict[Variable, Variable] = {}
        self._fresh: set[Variable] = set()
        self._last: dict[Variable, int] = {}
        self._last_name: dict[Variable, int] = {}
        for position, node in enumerate(nodes):
            for variable in node.inputs:
                self._last_name[variable] = position
            for index, output in enumerate(node.outputs):
                seen = {**node.op.view_map, **node.op.destroy_map}.get(index)
                root = self.buffer(node.inputs[seen[0]]) if seen else output
                self._buffer[output] = root
                self._last[root] = max(self._last.get(root, 0), position)
            for variable in node.inputs:
                self._last[self.buffer(variable)] = position
        self._uses = Counter(variable for node in nodes for variable in node.inputs)
        self._results = set(outputs)
        for variable in outputs:
            self._last[self.buffer(variable)] = len(nodes)
            self._last_name[variable] = len(nodes)

    def buffer(self, variable: Variable) -> Variable:
        """The variable whose memory `variable` looks into: itself, unless it is a view."""
        return self._buffer.get(variable, variable)

    def consumed(self, state: Variable, following: Variable) -> bool:
        """Whether a random state may be advanced in place: it is used once, and what follows it is kept."""
        return self._uses[state] == 1 and state not in self._results and following in self._results

    def begin(self, position: int, node: Apply) -> None:
        """Says that statements for `node` follow."""
        self._now = position
        self._node = node

    def name(self, variable: Variable) -> str:
        """The name under which statements find the value of `variable`."""
        if variable not in self._names:
            if isinstance(variable, Constant):
                data = variable.data
                if isinstance(data, np.ndarray) and data.ndim == 0:
                    data = data[()]
                self._names[variable] = self.keep(data, "c")
            else:
                self._names[variable] = f"v{len(self._names)}"
        return self._names[variable]

    def array(self, variable: Variable) -> str:
        """Like `name`, for code that wants an array even if there are no axes."""
        name = self.name(variable)
        return (
            f"asarray({name})" if isinstance(variable.type, TensorType) and variable.type.ndim == 0 else name
        )

    def keep(self, value: Any, prefix: str = "k") -> str:
        """A name for a Python object."""
        if isinstance(value, np.dtype):
            prefix = f"{value.name}_"
        name = self._known.get(id(value))
        if name is None:
            name = f"{prefix}{len(self._kept)}"
            self._known[id(value)] = name
            self._kept.append(value)
            self.scope[name] = value
        return name

    def dtype(self, variable: Variable) -> str:
        """A name for the NumPy dtype of `variable`."""
        return self.keep(np.dtype(variable.type.dtype), "dtype")

    def line(self, text: str) -> None:
        """Adds a statement."""
        self.lines.append(text)
        self.line_nodes.append(self._node)

    def assign(self, variable: Variable, expression: str, fresh: bool = False) -> None:
        """Adds the statement that computes `variable`.

        Args:
            variable: an output of the present node.
            expression: its value.
            fresh: whether the value is a new array of its own that fills its memory: it may be written over.
        """
        if fresh and self.buffer(variable) is variable and getattr(variable.type, "ndim", 0) > 0:
            self._fresh.add(variable)
        self.line(f"{self.name(variable)} = {expression}")

    def spare(self, node: Apply) -> str | None:
        """An operand of an element-wise `node` that may be overwritten by its (first) result, or None."""
        output = node.outputs[0]
        if output.type.ndim == 0:
            return None
        for variable in node.inputs:
            root = self.buffer(variable)
            if (
                root in self._fresh
                and self._last[root] == self._now
                and variable.type.dtype == output.type.dtype
                and variable.type.broadcastable == output.type.broadcastable
                and node.inputs.count(variable) == 1
                and sum(self.buffer(other) is root for other in node.inputs) == 1
            ):
                self._fresh.discard(root)
                self._last[output] = max(self._last.get(output, 0), self._now)
                return self.name(variable)
        return None

    def release(self, node: Apply) -> None:
        """Deletes the names that are not needed after `node`."""
        dead = {
            self.name(variable)
            for variable in (*node.inputs, *node.outputs)
            if not isinstance(variable, Constant)
            and variable in self._names
            and self._last_name.get(variable, -1) <= self._now
            and variable.owner is not None
        }
        if dead:
            self.line(f"del {', '.join(sorted(dead))}")


@singledispatch
def emit(op: Op, node: Apply, writer: Writer) -> bool:
    """Writes the statements for `node`, whose operation is `op`; False if there are none for it.

    Emitters are registered by the type of the operation, most of them in emit.py.
    """
    return False


def write_perform(writer: Writer, node: Apply) -> None:
    """Statements that run `node` by the ``perform`` method of its `Op`.

    Results of PyTensor's own operations, and of ours with an attribute `fresh_results`, are new arrays.
    """
    node.op.prepare_node(node, None, None, "py")
    perform, kept = writer.keep(node.op.perform, "perform"), writer.keep(node, "node")
    operands = ", ".join(writer.array(variable) for variable in node.inputs)
    cells = ", ".join("[None]" for _ in node.outputs)
    writer.line(f"cells = [{cells}]")
    writer.line(f"{perform}({kept}, [{operands}], cells)")
    known = type(node.op).__module__.startswith("pytensor.") or getattr(node.op, "fresh_results", False)
    for index, variable in enumerate(node.outputs):
        fresh = index not in node.op.view_map and index not in node.op.destroy_map
        writer.assign(variable, f"cells[{index}][0]", fresh=known and fresh)


def interpret(fgraph: Any, name: str = "step") -> Step:
    """A function that runs a graph by NumPy.

    Args:
        fgraph: the graph, rewritten.
        name: the function's name, for tracebacks.

    Returns:
        A function of the values of the inputs that returns the tuple of the values of the outputs.
    """
    nodes = list(fgraph.toposort())
    writer = Writer(nodes, fgraph.outputs)
    arguments = [writer.name(variable) for variable in fgraph.inputs]
    for position, node in enumerate(nodes):
        writer.begin(position, node)
        if not emit(node.op, node, writer):
            write_perform(writer, node)
        writer.release(node)
    results = "".join(f"{writer.array(variable)}, " for variable in fgraph.outputs)
    body = [f"def {name}({', '.join(arguments)}):", "    with errstate(all='ignore'):"]
    body += [f"        {line}" for line in writer.lines]
    body += [f"        return ({results})"]
    exec(compile("\n".join(body), FILENAME, "exec"), writer.scope)
    step: Step = writer.scope.pop(name)
    step.__dict__["line_nodes"] = [None, None, *writer.line_nodes]
    return step


def explain(error: BaseException, step: Step) -> None:
    """Adds a note to an error that `step` raised: at which operation it happened."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is getattr(step, "__code__", None):
            line_nodes = step.__dict__.get("line_nodes", [])
            node = line_nodes[trace.tb_lineno - 1] if trace.tb_lineno <= len(line_nodes) else None
            if node is not None:
                kinds = ", ".join(str(variable.type) for variable in node.inputs)
                error.add_note(f"The operation was {node.op} on ({kinds}).")
        trace = trace.tb_next
