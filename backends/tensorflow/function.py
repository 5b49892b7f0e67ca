"""`K.function` on TensorFlow: traced parts of K's graph, called with ready tensors."""

from __future__ import annotations

import functools
import itertools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from ..interface import Function
from ..interface.checks import not_an_input, numbers
from .graph import KerasGraph, graph_scope, state
from .indices import index_error
from .regions import allowed, tracing
from .trace import Transfer
from .updates import FusedUpdates

_EVALUATORS_KEPT = 16
# For so many shapes of the arguments a function is traced anew, where that lets XLA compile a part of it.
_SHAPES_TRACED = 4
# What computes a step while a function is traced: (phase, step, arguments) -> (outputs, are they random).
Compute = Callable[[int, Any, Sequence[Any]], tuple[list[Any], bool]]
# Kinds of numbers: one is cast to another of the same or a higher rank.
_RANK = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def tensor_of(x: Any) -> Any:
    """`x` as a tensor of K's graph (sparse ones stay sparse)."""
    with graph_scope():
        if isinstance(x, tf.SparseTensor):
            if not isinstance(getattr(x.indices, "graph", None), KerasGraph):
                return tf.SparseTensor(*(tf.identity(each) for each in (x.indices, x.values, x.dense_shape)))
            return x
        tensor = tf.convert_to_tensor(x)
        return tensor if isinstance(getattr(tensor, "graph", None), KerasGraph) else tf.identity(tensor)


def components(tensor: Any) -> list[Any]:
    """The dense tensors that `tensor` consists of: three if it is sparse, else itself."""
    if isinstance(tensor, tf.SparseTensor):
        return [tensor.indices, tensor.values, tensor.dense_shape]
    return [tensor]


def is_phase(x: Any) -> bool:
    """Whether `x` is the symbolic learning phase."""
    return isinstance(x, tf.Tensor) and isinstance(x.graph, KerasGraph) and x is x.graph.phase


# How XLA says that it cannot compile something; wrong arguments raise some of these, too.
_REFUSALS = (
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
    tf.errors.NotFoundError,
    tf.errors.InternalError,
)


class Program:
    """One traced form of a function.

    Attributes:
        call: the concrete function; its first argument numbers the step.
        random: whether its results depend on that number.
        uncompiled: makes the same with less XLA, for what XLA refuses; None if this one is without XLA.
        open: whether a part was not compiled because a size was not known.
    """

    def __init__(
        self,
        call: Any,
        random: bool,
        uncompiled: Callable[[], Program] | None = None,
        open: bool = False,
    ) -> None:
        self.random = random
        self.uncompiled = uncompiled
        self.open = open
        self._take(call)

    def _take(self, call: Any) -> None:
        self.call = call
        # What the concrete function calls in the end; without its checks a call costs half as much.
        self._flat_call = call.inference_fn.call_flat
        self._captured = list(call.captured_inputs)

    def __call__(self, arguments: Sequence[Any], steps: int = 1) -> list[Any]:
        """Runs it on tensors; `steps` is how many steps it counts for."""
        if any(each.shape.num_elements() == 0 for each in arguments) and self._breaks_on_nothing():
            raise ValueError(
                "function: wanted arrays with at least one entry, got one with none. TensorFlow's gradient "
                "of max pooling, which is among what is computed here, does not bear that."
            )
        first = 0
        if self.random:
            with state.lock:
                first = state.steps
                state.steps += steps
        return self._run(tf.constant(first, tf.int64), arguments)

    def _breaks_on_nothing(self) -> bool:
        """Whether it holds an operation that ends the process without samples (TensorFlow 2.21, oneDNN)."""
        definition = self.call.graph.as_graph_def(add_shapes=False)
        nodes = itertools.chain(definition.node, *(each.node_def for each in definition.library.function))
        return any(node.op == "MaxPoolGrad" for node in nodes)

    def _run(self, number: Any, arguments: Sequence[Any]) -> list[Any]:
        try:
            results = self._flat_call(number, *arguments, *self._captured)
        except _REFUSALS as error:
            bad_index = index_error(error)
            if bad_index is not None:
                raise bad_index from None
            if self.uncompiled is None:
                raise
            # What is wrong with the arguments, and no refusal of XLA, is raised here again.
            other = self.uncompiled()
            results = other._run(number, arguments)
            self.uncompiled = other.uncompiled
            self._take(other.call)
        return list(results or [])


class TFFunction(Function):
    """A compiled function; it is traced anew for each value of the learning phase.

    Attributes:
        fixed_phase: the learning phase, if it is not among the inputs.
    """

    def __init__(
        self,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        updates: Sequence[Any] = (),
        jit_compile: bool = False,
        feeding_anything: bool = False,
        fixed_phase: int = 0,
    ) -> None:
        super().__init__(inputs, outputs, updates)
        for position, output in enumerate(self.outputs):
            if not tf.is_tensor(output) and not isinstance(output, tf.Variable):
                raise ValueError(f"function: output {position}: wanted a tensor, got {output!r}.")
        self.slots = [Slot(position, each, feeding_anything) for position, each in enumerate(self.inputs)]
        self._jit_compile = bool(jit_compile)
        self.fixed_phase = fixed_phase
        with graph_scope():
            self._graph = state.graph
            self._outputs = [tensor_of(each) for each in self.outputs]
            self._assigned, self._extra = _split_updates(self.updates)
        self._fused: FusedUpdates | None = None
        self._programs: dict[int, Program] = {}
        self._of_shapes: dict[tuple[Any, ...], Program] = {}
        self.loops: dict[Any, Program | None] = {}

    def __call__(self, inputs: Sequence[Any]) -> Any:
        if not tf.executing_eagerly():
            with tf.init_scope():
                return self(inputs)
        phase, arguments = self.arguments(inputs)
        program = self._programs.get(phase)
        if program is None:
            program = self._programs[phase] = self.trace(phase, self.specs(), self.compute)
        if program.open:
            program = self._of_known_shapes(program, phase, arguments)
        return self.as_given(self.values(program(arguments)))

    def _of_known_shapes(self, program: Program, phase: int, arguments: Sequence[Any]) -> Program:
        """A form for arguments of just these shapes; after a few shapes `program`, that for any."""
        specs = self.specs(arguments)
        key = (phase, *(tuple(each.shape) for each in specs))
        found = self._of_shapes.get(key)
        if found is None:
            if sum(other[0] == phase for other in self._of_shapes) >= _SHAPES_TRACED:
                return program
            found = self._of_shapes[key] = self.trace(phase, specs, self.compute)
        return found

    def arguments(self, inputs: Sequence[Any]) -> tuple[int, list[Any]]:
        """The learning phase (`fixed_phase` if it is not among the inputs) and the tensors for a program."""
        values = list(inputs)
        if len(values) != len(self.slots):
            raise ValueError(f"function: wanted {len(self.slots)} inputs, got {len(values)}.")
        phase = self.fixed_phase
        arguments: list[Any] = []
        for slot, value in zip(self.slots, values, strict=True):
            if slot.is_phase:
                phase = slot.phase(value)
            else:
                arguments.extend(slot.tensors(value))
        return phase, arguments

    def specs(self, arguments: Sequence[Any] | None = None) -> list[Any]:
        """What the tensors of `arguments` look like: of any size that is allowed, or of that of these ones.

        The number of elements that a sparse tensor holds is left open.
        """
        slots = [(slot, each) for slot in self.slots if not slot.is_phase for each in slot.components]
        if arguments is None:
            return [tf.TensorSpec(each.shape, each.dtype) for _, each in slots]
        return [
            tf.TensorSpec(each.shape if slot.is_sparse else argument.shape, each.dtype)
            for (slot, each), argument in zip(slots, arguments, strict=True)
        ]

    def compute(self, phase: int, step: Any, arguments: Sequence[Any]) -> tuple[list[Any], bool]:
        """Puts one step into the function that is being traced: first all is read, then all is written.

        Returns:
            The outputs (sparse ones as three tensors), and whether they depend on `step`.
        """
        fed = [each for slot in self.slots if not slot.is_phase for each in slot.components]
        feeds = {each.name: value for each, value in zip(fed, arguments, strict=True)}
        cuts = [each for slot in self.slots if slot.is_cut for each in slot.components]
        transfer = Transfer(self._graph, feeds, phase, step, cuts)
        wanted = self.output_parts
        fused = self._fused_updates() if allowed() else None
        assigned, edge = (self._assigned, []) if fused is None else (fused.rest, fused.edge)
        new_values = [value for _, value in assigned]
        brought = transfer.bring(wanted + new_values + edge)
        outputs = [tf.identity(each) for each in brought[: len(wanted)]]
        written = brought[len(wanted) : len(wanted) + len(new_values)]
        # Operations cannot be imported under control dependencies (TensorFlow compares tensors there); the
        # function orders them behind the reads of the variables that they write.
        transfer.bring([], self._extra)
        with tf.control_dependencies(brought):
            if fused is not None:
                fused.write(brought[len(wanted) + len(new_values) :])
            for (variable, _), value in zip(assigned, written, strict=True):
                variable.assign(value, read_value=False)
        return outputs, transfer.uses_step

    def _fused_updates(self) -> FusedUpdates | None:
        """The updates that are worth a region, None if there are none.

        Operations that do their own writing must see the variables as they were, and be seen by nobody.
        """
        if self._extra or any(slot.is_cut for slot in self.slots):
            return None
        if self._fused is None:
            self._fused = FusedUpdates(self._graph, self._assigned)
        return self._fused if self._fused.pairs else None

    def trace(
        self,
        phase: int,
        specs: Sequence[Any],
        compute: Compute,
        jit_compile: bool | None = None,
        regions: bool = True,
    ) -> Program:
        """Traces `compute(phase, step, arguments)` for arguments that look like `specs`.

        Args:
            phase: the learning phase.
            specs: dtypes and shapes.
            compute: what is traced.
            jit_compile: whether XLA compiles all of it; None: as the function was made.
            regions: whether XLA compiles the parts that are worth it.
        """
        jit_compile = self._jit_compile if jit_compile is None else jit_compile
        random = False

        def step_of(step: Any, *arguments: Any) -> list[Any]:
            nonlocal random
            outputs, random = compute(phase, step, arguments)
            return outputs

        with state.lock, tf.init_scope(), tracing(regions and not jit_compile) as found:
            traced = tf.function(step_of, autograph=False, jit_compile=jit_compile or None)
            call = traced.get_concrete_function(tf.TensorSpec((), tf.int64), *specs)
        if jit_compile and found.refused:
            return self.trace(phase, specs, compute, jit_compile=False)
        if jit_compile:
            return Program(call, random, lambda: self.trace(phase, specs, compute, jit_compile=False))
        if not found.compiled:
            return Program(call, random, open=found.open > 0)
        plain = functools.partial(self.trace, phase, specs, compute, jit_compile=False, regions=False)
        return Program(call, random, plain, found.open > 0)

    def values(self, results: Sequence[Any]) -> list[Any]:
        """The outputs as numpy arrays, and scipy matrices for sparse ones."""
        rest = iter(results)
        values = []
        for output in self._outputs:
            if isinstance(output, tf.SparseTensor):
                values.append(_scipy_matrix(next(rest), next(rest), next(rest)))
            else:
                values.append(next(rest).numpy())
        return values

    @property
    def output_parts(self) -> list[Any]:
        """The dense tensors that the outputs consist of."""
        return [part for each in self._outputs for part in components(each)]

    @property
    def sparse_outputs(self) -> bool:
        """Whether an output is sparse."""
        return any(isinstance(each, tf.SparseTensor) for each in self._outputs)


class Slot:
    """One input of a function: what is accepted for it."""

    def __init__(self, position: int, placeholder: Any, anything: bool = False) -> None:
        self.placeholder = placeholder
        self.is_phase = is_phase(placeholder)
        self.is_sparse = isinstance(placeholder, tf.SparseTensor)
        name = getattr(placeholder, "name", None)
        self.where = f"function: input {position} ({name})"
        variable = isinstance(placeholder, tf.Variable)
        if variable or not isinstance(placeholder, (tf.Tensor, tf.SparseTensor)):
            raise ValueError(not_an_input(position, placeholder, variable))
        self.components = components(placeholder)
        for each in self.components:
            graph = getattr(each, "graph", None)
            if not isinstance(graph, KerasGraph):
                raise ValueError(f"{self.where}: wanted a placeholder of K, got {placeholder!r}.")
            if not anything and each.op.type == "Const":
                raise ValueError(not_an_input(position, "a constant", False))
        self.is_cut = not all(each.graph.is_placeholder(each) for each in self.components)
        self.dtype = np.dtype(self.components[-1 if not self.is_sparse else 1].dtype.as_numpy_dtype)
        shape = placeholder.shape
        self.shape = None if shape.rank is None else tuple(shape.as_list())

    def phase(self, value: Any) -> int:
        """The learning phase that `value` means."""
        number = np.asarray(value)
        if number.size != 1 or number.dtype.kind not in "buif" or number.item() not in (0, 1):
            raise ValueError(f"{self.where}: the learning phase is 0 or 1, got {value!r}.")
        return int(number.item())

    def tensors(self, value: Any) -> list[Any]:
        """The tensors to feed for `value`."""
        if self.is_sparse:
            return self._sparse(value)
        if hasattr(value, "tocoo"):
            raise ValueError(
                f"{self.where}: got a sparse matrix, wanted an array. Make the placeholder with sparse=True, "
                f"or pass the matrix as value.toarray()."
            )
        array = self.cast(value)
        self.check_shape(np.shape(array))
        return [tf.convert_to_tensor(array)]

    def cast(self, value: Any) -> np.ndarray:
        """`value` as an array of the placeholder's dtype."""
        try:
            array = np.asarray(value)
        except ValueError:
            raise ValueError(f"{self.where}: wanted an array, got a list of uneven rows. Pad them.") from None
        if array.dtype == self.dtype:
            return array
        if _RANK.get(array.dtype.kind, 9) > _RANK.get(self.dtype.kind, 9):
            if array.dtype.kind == "f" and self.dtype.kind in "iu":
                whole = array.astype(self.dtype)
                if np.array_equal(whole, array):
                    return whole
            raise ValueError(
                f"{self.where}: wanted values of the dtype {self.dtype.name}, got {array.dtype.name}. "
                f"Convert them with astype if that is meant."
            )
        return array.astype(self.dtype)

    def check_shape(self, shape: Sequence[int]) -> None:
        """Raises ValueError if a value of this shape does not fit."""
        if self.shape is None:
            return
        if len(shape) != len(self.shape) or any(
            want is not None and want != size for want, size in zip(self.shape, shape, strict=True)
        ):
            raise ValueError(f"{self.where}: wanted the shape {self.shape}, got {tuple(shape)}.")

    def _sparse(self, value: Any) -> list[Any]:
        if not hasattr(value, "tocoo"):
            import scipy.sparse

            value = scipy.sparse.coo_matrix(self.cast(value))
        self.check_shape(value.shape)
        matrix = value.tocsr().tocoo()
        indices = np.stack([matrix.row, matrix.col], axis=1).astype(np.int64)
        return [
            tf.constant(indices),
            tf.constant(self.cast(matrix.data)),
            tf.constant(np.asarray(matrix.shape, np.int64)),
        ]


def _split_updates(updates: Sequence[Any]) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Updates as pairs of a variable and its new tensor, and as operations that do their own writing."""
    assigned: dict[int, tuple[Any, Any]] = {}
    extra: list[Any] = []
    for update in updates:
        if isinstance(update, (tuple, list)) and len(update) == 2:
            variable, value = update
            if not isinstance(variable, tf.Variable):
                raise ValueError(f"function: an update's first part must be a variable, got {variable!r}.")
            if not tf.is_tensor(value) and not isinstance(value, tf.Variable):
                value = numbers("function: an update", value, variable.dtype.as_numpy_dtype)
            tensor = tf.cast(tensor_of(value), variable.dtype)
            if not tensor.shape.is_compatible_with(variable.shape):
                raise ValueError(
                    f"function: the update of the variable {variable.name!r}: wanted the shape "
                    f"{tuple(variable.shape)}, got {tuple(tensor.shape)}."
                )
            assigned[id(variable)] = (variable, tensor)
        elif isinstance(operation := _operation(update), tf.Operation):
            extra.append(operation)
        else:
            raise ValueError(
                f"function: an update is a pair of a variable and its new value, or what K.update gives; "
                f"got {update!r}."
            )
    return list(assigned.values()), extra


def _operation(update: Any) -> Any:
    """The operation of K's graph that `update` is, or is the result of; None if it is something else."""
    if isinstance(update, (tf.Tensor, tf.Variable)) and not hasattr(update, "numpy"):
        update = update.op
    elif isinstance(update, tf.Variable):
        update = getattr(update, "_parent_op", None)
    return update if isinstance(getattr(update, "graph", None), KerasGraph) else None


def _scipy_matrix(indices: Any, values: Any, shape: Any) -> Any:
    import scipy.sparse

    rows, columns = indices.numpy().T
    return scipy.sparse.csr_matrix((values.numpy(), (rows, columns)), shape=tuple(shape.numpy()))


def evaluate(x: Any) -> Any:
    """The present value of a tensor or variable; the learning phase counts as 0."""
    if not tf.executing_eagerly():
        with tf.init_scope():
            return evaluate(x)
    if isinstance(x, tf.Variable):
        return x.numpy()
    parts = components(x)
    if not isinstance(getattr(parts[0], "graph", None), KerasGraph):
        if isinstance(x, tf.SparseTensor):
            return _scipy_matrix(*parts)
        return x.numpy() if hasattr(x, "numpy") else np.asarray(x)
    kept: OrderedDict[str, TFFunction] = parts[0].graph.evaluators
    name = parts[0].name
    with state.lock:
        function = kept.pop(name, None) or TFFunction([], [x])
        kept[name] = function
        if len(kept) > _EVALUATORS_KEPT:
            kept.popitem(last=False)
    return function([])[0]
