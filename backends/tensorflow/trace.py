"""From K's long-lived graph into the function that is being traced: just the operations that are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from .graph import KerasGraph
from .indices import holds_check
from .regions import refuse


class MissingInput(ValueError):
    """A placeholder that a function needs is not among its inputs."""


class Transfer:
    """Copies tensors of a `KerasGraph`, with all that they depend on, into the default graph.

    Operations are imported in stages: a stage ends where a `Deferred` computation (such as a gradient) must
    be made before the rest can be imported. Whatever was brought over once is used again.

    Args:
        graph: where the tensors stand.
        feeds: name of a tensor of `graph` -> what stands for it; any tensor may be fed.
        phase: the learning phase, 0 or 1.
        step: a scalar of int64 that numbers the steps, for random operations.
        cuts: those tensors of `feeds` that are no placeholders.

    Attributes:
        uses_step: whether something that was brought over depends on `step`.
    """

    def __init__(
        self, graph: KerasGraph, feeds: Mapping[str, Any], phase: int, step: Any, cuts: Sequence[Any] = ()
    ) -> None:
        self.graph = graph
        self.phase = phase
        self._at: dict[str, Any] = dict(feeds)
        self._captured = {internal.name: external for external, internal in graph.captures}
        self._stages = 0
        self._asked_for: set[str] | None = None  # what deferred computations start from
        self._step = step
        self.uses_step = False
        self._cut_off = _sources_of(graph, cuts)
        if graph.phase is not None:
            self._at.setdefault(graph.phase.name, tf.constant(bool(phase)))

    def bring(self, tensors: Sequence[Any], operations: Sequence[Any] = ()) -> list[Any]:
        """The tensors of the default graph that stand for these tensors of the long-lived one.

        Args:
            tensors: what is wanted.
            operations: what is to be brought over besides, for its effect.
        """
        for stage in self._plan([self._resolve(each).op for each in tensors] + list(operations)):
            if stage.operations:
                self._import(stage.operations)
            for computation in stage.computations:
                sources = [self._resolve(each).name for each in computation.inputs]
                if self._cut_off and computation.differentiates:
                    self._check_sources(sources[1:])
                results = computation.build([self._at[each] for each in sources])
                for output, result in zip(computation.outputs, results, strict=True):
                    self._at.setdefault(output.name, result)
        return [self._at[self._resolve(each).name] for each in tensors]

    def _check_sources(self, names: Sequence[str]) -> None:
        """Refuses derivatives with respect to what an input was computed from: they would lack a part."""
        for name in names:
            if name in self._cut_off:
                raise ValueError(
                    f"function: the gradient with respect to {name!r} cannot be computed, since a computed "
                    "tensor that depends on it is an input. Differentiate with respect to that input, or "
                    "give the placeholders that it is computed from."
                )

    def _resolve(self, tensor: Any) -> Any:
        """`tensor`, or what the learning phase makes of it."""
        while tensor.name not in self._at and tensor.op.name in self.graph.choices:
            choice = self.graph.choices[tensor.op.name]
            tensor = choice.train if self.phase else choice.test
        return tensor

    def _sources(self, operation: Any) -> list[Any]:
        """The operations that must be there before `operation`."""
        computation = self.graph.deferred.get(operation.name)
        inputs = operation.inputs if computation is None else computation.inputs
        resolved = [self._resolve(each) for each in inputs]
        return [each.op for each in resolved if each.name not in self._at] + list(operation.control_inputs)

    def _plan(self, targets: Sequence[Any]) -> list[_Stage]:
        """The operations that `targets` need and that are not here yet, by stages, in order of dependence."""
        level: dict[str, int] = {}
        stages: list[_Stage] = []
        stack = [(each, False) for each in reversed(targets)]
        while stack:
            operation, ready = stack.pop()
            name = operation.name
            if name in level or self._present(operation):
                continue
            sources = self._sources(operation)
            if not ready:
                stack.append((operation, True))
                stack.extend((each, False) for each in sources if each.name not in level)
                continue
            level[name] = max((level.get(each.name, 0) for each in sources), default=0)
            computation = self.graph.deferred.get(name)
            while len(stages) <= level[name]:
                stages.append(_Stage())
            if computation is None:
                stages[level[name]].operations.append(operation)
                continue
            stages[level[name]].computations.append(computation)
            for output in computation.outputs:
                level[output.op.name] = level[name] + 1
        return stages

    def _present(self, operation: Any) -> bool:
        """Whether the results of `operation` are here; what comes from outside is fetched."""
        outputs = operation.outputs
        if outputs and all(each.name in self._at for each in outputs):
            return True
        if operation.type != "Placeholder" or operation.name in self.graph.deferred:
            return False
        name = outputs[0].name
        if outputs[0] is self.graph.step:
            self._at[name] = self._step
            self.uses_step = True
            return True
        if name not in self._captured:
            shape = outputs[0].shape
            raise MissingInput(
                f"function: the outputs or updates depend on the placeholder {operation.name!r} of the shape "
                f"{None if shape.rank is None else tuple(shape.as_list())}, which is not among the inputs. "
                f"Add it."
            )
        self._at[name] = tf.compat.v1.get_default_graph().capture(self._captured[name])
        return True

    def _import(self, operations: Sequence[Any]) -> None:
        definition = tf.compat.v1.GraphDef()
        definition.versions.CopyFrom(self.graph.graph_def_versions)
        here = {each.name for each in operations}
        mapped: dict[str, Any] = {}
        functional = False
        for operation in operations:
            inputs = _with_bias(operation)
            product = self._product_to_shape(operation, inputs[0]) if inputs else None
            if inputs and product is not None:
                # Added before the product is shaped, so that TensorFlow does both at once.
                flat = _node(definition, operation, f"{operation.name}/flat")
                flat.op = "BiasAdd"
                self._connect(flat, [product, inputs[1]], mapped)
                node = _node(definition, inputs[0].op, operation.name)
                node.input.append(f"{flat.name}:0")
                self._connect(node, [inputs[0].op.inputs[1]], mapped)
            else:
                node = _node(definition, operation, operation.name)
                if inputs:
                    node.op = "BiasAdd"
                self._connect(node, inputs or operation.inputs, mapped)
            node.input.extend(f"^{each.name}" for each in operation.control_inputs if each.name in here)
            functional = functional or any(
                value.HasField("func") or value.list.func for value in node.attr.values()
            )
        if functional:
            library = self.graph.as_graph_def(from_version=self.graph.version).library
            definition.library.CopyFrom(library)
        if holds_check(definition):
            refuse()
        self._stages += 1
        imported = tf.graph_util.import_graph_def(
            definition,
            input_map=mapped,
            return_elements=[each.name for each in operations],
            name=f"stage{self._stages}",
        )
        for original, copy in zip(operations, imported, strict=True):
            for output, result in zip(original.outputs, copy.outputs, strict=True):
                self._at.setdefault(output.name, result)

    def _connect(self, node: Any, tensors: Sequence[Any], mapped: dict[str, Any]) -> None:
        """Makes `tensors` the next inputs of a node; those that are here already are put into `mapped`."""
        for each in tensors:
            source = self._resolve(each)
            node.input.append(source.name)
            if source.name in self._at:
                mapped[source.name] = self._at[source.name]

    def _product_to_shape(self, operation: Any, tensor: Any) -> Any:
        """The product of matrices that `tensor` is, in another shape, for `operation` alone; else None."""
        source = tensor.op
        if source.type != "Reshape" or source.inputs[0].op.type != "MatMul" or tensor.name in self._at:
            return None
        if tensor.shape[-1] != source.inputs[0].shape[-1] or list(tensor.consumers()) != [operation]:
            return None
        if self._asked_for is None:
            computations = self.graph.deferred.values()
            self._asked_for = {each.name for computation in computations for each in computation.inputs}
        return None if tensor.name in self._asked_for else source.inputs[0]


def _sources_of(graph: KerasGraph, tensors: Sequence[Any]) -> set[str]:
    """The names of all tensors that some were computed from."""
    seen: set[str] = set()
    given = {each.name for each in tensors}
    stack = list(tensors)
    while stack:
        tensor = stack.pop()
        if tensor.name in seen:
            continue
        seen.add(tensor.name)
        name = tensor.op.name
        if name in graph.choices:
            stack += [graph.choices[name].train, graph.choices[name].test]
        elif name in graph.deferred:
            stack += graph.deferred[name].inputs
        else:
            stack += list(tensor.op.inputs)
    return seen - given


def _node(definition: Any, operation: Any, name: str) -> Any:
    """A new node for an operation, with no inputs yet."""
    node = definition.node.add()
    node.CopyFrom(operation.node_def)
    node.name = name
    node.attr.pop("_class", None)
    del node.input[:]
    return node


def _with_bias(operation: Any) -> list[Any] | None:
    """A tensor and the bias that an operation adds along its last axis; None if it does something else.

    TensorFlow has an operation of its own for that, with a gradient several times as fast.
    """
    if operation.type != "AddV2" or not operation.outputs[0].dtype.is_floating:
        return None
    one, other = operation.inputs
    for x, bias in ((one, other), (other, one)):
        if bias.shape.rank == 1 and (x.shape.rank or 0) > 1 and x.shape[-1] == bias.shape[0] is not None:
            return [x, bias]
    return None


class _Stage:
    """Operations that are imported together, and the computations that are made after them."""

    def __init__(self) -> None:
        self.operations: list[Any] = []
        self.computations: list[Any] = []
