"""The graphs of loops and branches that were brought over from K's graph, made ready for a derivative.

TensorFlow keeps, beside the operation of a loop, the graphs of its body and condition. For a derivative it
adds outputs to them, and writes them anew under the old name and ``_rewritten``. An operation that was
imported has no such graphs: TensorFlow makes them from the definitions, anew for each derivative. Then

* a loop in two functions is written in two ways under one name, which is an error, as such a name holds for
  the whole process;
* of a variable that a loop within a loop reads it is not known what it holds, and the derivative by it is
  zero without a word.

Here the graphs are made once for each import, with names of their own and all that is known of variables.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python.ops.control_flow_util_v2 import get_func_graph
from tensorflow.python.ops.handle_data_util import copy_handle_data

_NUMBERS = itertools.count(1)


def prepare(graph: Any) -> None:
    """Gives all loops and branches of `graph`, and those within them, their graphs."""
    waiting = [graph]
    while waiting:
        for operation in waiting.pop().get_operations():
            for attribute, function, shapes, inputs in _functions(operation):
                if getattr(operation, attribute, None) is None:
                    body = get_func_graph(operation, shapes, function.name)
                    body.name = f"{function.name}_{next(_NUMBERS)}"
                    for given, argument in zip(inputs, body.inputs, strict=True):
                        copy_handle_data(given, argument)
                    setattr(operation, attribute, body)
                    waiting.append(body)


def _functions(operation: Any) -> Iterator[tuple[str, Any, list[Any], list[Any]]]:
    """The functions that a loop or a branch consists of.

    Yields:
        For each the attribute that holds its graph, its reference, and its arguments: shapes and values.
    """
    kind, inputs = operation.type.removeprefix("Stateless"), list(operation.inputs)
    if kind == "While":
        shapes = [tf.TensorShape(each) for each in operation.get_attr("output_shapes")]
        yield "_cond_graph", operation.get_attr("cond"), shapes, inputs
        yield "_body_graph", operation.get_attr("body"), shapes, inputs
        return
    given = inputs[1:]  # the first is what decides
    shapes = [each.shape for each in given]
    if kind == "If":
        yield "_true_graph", operation.get_attr("then_branch"), shapes, given
        yield "_false_graph", operation.get_attr("else_branch"), shapes, given
    elif kind == "Case":
        for index, branch in enumerate(operation.get_attr("branches")):
            yield f"_branch_graph_{index}", branch, shapes, given
