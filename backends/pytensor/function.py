"""`K.function` and its batch runner on PyTensor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors

from ..interface import BatchRunner, Function
from ..interface.checks import not_an_input
from ..interface.function import Batch, take
from .other_sizes import with_open_sizes
from .phase import is_phase, phase_value, with_phase
from .program import as_update, is_root, random_updates
from .sparse import SparseTensorType, as_csr, is_scipy_sparse


def describe_input(index: int, variable: Any) -> str:
    """How messages name an input of a function."""
    return f"input {index} ({variable.name!r})" if variable.name else f"input {index}"


class InputRule:
    """What values one placeholder takes, and how they are converted."""

    def __init__(self, index: int, variable: Any) -> None:
        self.title = describe_input(index, variable)
        self.sparse = isinstance(variable.type, SparseTensorType)
        self.dtype = np.dtype(variable.type.dtype)
        declared = getattr(variable, "_keras_shape", None)
        own = tuple(variable.type.shape)
        self.shape = tuple(declared) if declared is not None and len(declared) == len(own) else own
        self.fixed = [(axis, size) for axis, size in enumerate(self.shape) if size is not None]

    def __call__(self, value: Any) -> Any:
        """`value` as a C-contiguous array of the declared dtype, rank and shape.

        Raises:
            ValueError: if it cannot be that.
        """
        result = self.convert(value)
        self.check_shape(result.shape)
        return result

    def convert(self, value: Any) -> Any:
        """`value` as a C-contiguous array of the declared dtype.

        Raises:
            ValueError: if it cannot be that.
        """
        if self.sparse:
            return self._as_sparse(value)
        if not isinstance(value, np.ndarray):
            if is_scipy_sparse(value):
                raise ValueError(
                    f"K.function: {self.title} is dense, got a sparse matrix. Call its toarray(), or make "
                    "the placeholder with sparse=True."
                )
            try:
                value = np.asarray(value)
            except ValueError:
                raise ValueError(
                    f"K.function: {self.title} takes an array, got a list of uneven rows. Pad them."
                ) from None
        if value.dtype != self.dtype:
            value = self._cast(value)
        return value if value.flags.carray else np.array(value, order="C")

    def check_shape(self, shape: tuple[int, ...], rows: bool = True) -> None:
        """Compares a shape with the declared one; `rows` False leaves axis 0 out.

        Raises:
            ValueError: if it is another.
        """
        if self.other_axes(shape) - (set() if rows else {0}):
            raise ValueError(f"K.function: {self.difference(shape)}")

    def other_axes(self, shape: tuple[int, ...]) -> frozenset[int]:
        """The axes along which an array of this shape has not the declared size.

        Raises:
            ValueError: if it has another number of axes.
        """
        if len(shape) != len(self.shape):
            raise ValueError(
                f"K.function: {self.title} has {len(self.shape)} axes, the shape {self.shape}; got an array "
                f"of the shape {tuple(shape)}."
            )
        return frozenset(axis for axis, size in self.fixed if shape[axis] != size)

    def difference(self, shape: tuple[int, ...]) -> str:
        """The sentence of messages that names the declared shape and that of an array."""
        return f"{self.title} has the shape {self.shape}, got an array of the shape {tuple(shape)}."

    def _cast(self, value: np.ndarray) -> np.ndarray:
        if value.dtype.kind not in "biuf" and not (value.dtype.kind == "c" and self.dtype.kind == "c"):
            raise ValueError(
                f"K.function: {self.title} takes numbers ({self.dtype}), got an array of dtype "
                f"{value.dtype}. Rows of different lengths, strings and None cannot be converted."
            )
        result = value.astype(self.dtype)
        if value.dtype.kind == "f" and self.dtype.kind in "biu" and not np.array_equal(result, value):
            raise ValueError(
                f"K.function: {self.title} takes whole numbers ({self.dtype}), got {value.dtype} values with "
                "fractions."
            )
        return result

    def _as_sparse(self, value: Any) -> Any:
        if not is_scipy_sparse(value) and np.ndim(value) != 2:
            raise ValueError(f"K.function: {self.title} takes a sparse matrix, got {type(value).__name__}.")
        return as_csr(value, str(self.dtype))


class PTFunction(Function):
    """A function whose learning phase, if it is an input, is compiled in: one executable for each phase."""

    def __init__(
        self,
        engine: Any,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        updates: Sequence[Any],
        fixed_phase: int = 0,
        once: bool = False,
    ) -> None:
        super().__init__(inputs, outputs, updates)
        self._engine = engine
        self._fixed_phase = fixed_phase
        self._once = once
        self._check()
        self._phase_at = next((index for index, x in enumerate(self.inputs) if is_phase(x)), None)
        self._placeholders = [x for x in self.inputs if not is_phase(x)]
        self._rules = [InputRule(index, x) for index, x in enumerate(self.inputs)]
        self._dense_rules = [
            rule for rule, x in zip(self._rules, self.inputs, strict=True) if not is_phase(x)
        ]
        # A computed input is cut off from what it was computed from: a placeholder stands for it.
        self._cuts = {x: x.type(name=x.name) for x in self.inputs if not is_root(x)}
        self._pairs = self._update_pairs()
        self._by_phase: dict[int, Any] = {}
        self._of_sizes: dict[Any, Any] = {}

    def _check(self) -> None:
        for index, x in enumerate(self.inputs):
            if not isinstance(x, Variable) or isinstance(x, (Constant, SharedVariable)):
                raise ValueError(not_an_input(index, x, isinstance(x, SharedVariable)))
            if any(x is other for other in self.inputs[:index]):
                raise ValueError(f"K.function: {describe_input(index, x)} is given twice.")
        for x in self.outputs:
            if not isinstance(x, Variable):
                raise ValueError(f"K.function: outputs must be tensors, got {x!r}.")

    def _update_pairs(self) -> list[tuple[Any, Any]]:
        pairs: dict[Any, Any] = {}
        for entry in self.updates:
            pair = isinstance(entry, (tuple, list)) and len(entry) == 2
            if not (pair and isinstance(entry[0], SharedVariable)):
                raise ValueError(
                    "K.function: an update must be a pair of a variable and its new value, or the result of "
                    f"K.update; got {entry!r}."
                )
            pairs[entry[0]] = as_update(*entry)
        wanted = [*self.outputs, *pairs.values()]
        known = set(self.inputs)
        for x in ancestors(wanted, blockers=self.inputs):
            if is_root(x) and x not in known and not is_phase(x):
                name = repr(x.name) if x.name else str(x)
                raise ValueError(
                    f"K.function: the outputs or updates depend on the placeholder {name}, which is not "
                    "among the inputs. Add it to them."
                )
        return list(pairs.items())

    def executable(self, phase: int) -> Any:
        """What runs this function in the given learning phase; made on first use."""
        found = self._by_phase.get(phase)
        if found is None:
            with self._engine.lock:
                found = self._by_phase[phase] = self._build(phase)
        return found

    def _build(self, phase: int, open_axes: Mapping[Any, frozenset[int]] | None = None) -> Any:
        variables = [variable for variable, _ in self._pairs]
        values = [value for _, value in self._pairs]
        results: Any = [*self.outputs, *values]
        drawn = [pair for pair in random_updates(results) if pair[0] not in set(variables)]
        n_outputs, n_values = len(self.outputs), len(values)
        wanted: Any = [*results, *[following for _, following in drawn]]
        placeholders = [self._cuts.get(x, x) for x in self._placeholders]
        chosen = with_phase(clone_replace(wanted, self._cuts) if self._cuts else wanted, phase)
        if open_axes:
            placeholders, chosen = with_open_sizes(placeholders, open_axes, chosen)
        outputs, values, states = (
            chosen[:n_outputs],
            chosen[n_outputs:][:n_values],
            chosen[n_outputs + n_values :],
        )
        updates = [(x, as_update(x, value)) for x, value in zip(variables, values, strict=True)]
        # A branch that was not chosen takes its random generator along.
        used = set(ancestors([*outputs, *values]))
        updates += [(rng, state) for (rng, _), state in zip(drawn, states, strict=True) if rng in used]
        return self._engine.executable(placeholders, outputs, updates, self._once)

    def __call__(self, inputs: Sequence[Any]) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise TypeError(f"A function of K takes a list of inputs, got {type(inputs).__name__}.")
        if len(inputs) != len(self.inputs):
            raise ValueError(f"K.function: wanted {len(self.inputs)} inputs, got {len(inputs)}.")
        phase, values = self.split_phase(inputs)
        values = [rule.convert(value) for rule, value in zip(self._dense_rules, values, strict=True)]
        others = [rule.other_axes(value.shape) for rule, value in zip(self._dense_rules, values, strict=True)]
        if any(others):
            return self.as_given(self._with_other_sizes(phase, values, others))
        return self.as_given(self.executable(phase)(values))

    def _with_other_sizes(self, phase: int, values: list[Any], others: list[frozenset[int]]) -> list[Any]:
        """The outputs for arrays that have other sizes than their placeholders along some axes.

        Raises:
            ValueError: if the function holds for the declared sizes only; then nothing is changed.
        """
        for rule, value, axes in zip(self._dense_rules, values, others, strict=True):
            if axes and rule.sparse:
                rule.check_shape(value.shape)
        key = (phase, *others)
        try:
            found = self._of_sizes.get(key)
            if found is None:
                with self._engine.lock:
                    axes_of = {
                        self._cuts.get(x, x): axes
                        for x, axes in zip(self._placeholders, others, strict=True)
                        if axes
                    }
                    found = self._of_sizes[key] = self._build(phase, axes_of)
            return found(values)
        except (ValueError, TypeError, IndexError, AssertionError) as error:
            first = next(index for index, axes in enumerate(others) if axes)
            difference = self._dense_rules[first].difference(values[first].shape)
            raise ValueError(
                f"K.function: {difference} A layer such as Dense, Flatten or Reshape fixes sizes: of arrays "
                f"of another shape this function cannot be computed ({error}). Give arrays of the declared "
                "shape, or build the model for the other one."
            ) from error

    def split_phase(self, inputs: Sequence[Any]) -> tuple[int, list[Any]]:
        """The learning phase among the values of the inputs, and the other values."""
        values = list(inputs)
        if self._phase_at is None:
            return self._fixed_phase, values
        return phase_value(values.pop(self._phase_at)), values

    def over(self, data: Sequence[Any], constants: Sequence[Any] = ()) -> BatchRunner:
        return PTBatchRunner(self, data, constants)


class PTBatchRunner(BatchRunner):
    """Takes the rows of each batch from data that were converted once, and calls the executable directly."""

    def __init__(self, function: PTFunction, data: Sequence[Any], constants: Sequence[Any] = ()) -> None:
        super().__init__(function, data, constants)
        total = len(self.data) + len(self.constants)
        if total != len(function.inputs):
            raise ValueError(f"K.function: wanted {len(function.inputs)} inputs, got {total}.")
        rules = function._rules
        self._converted: list[Any] = []
        self._convert: list[Any] = []
        for rule, array in zip(rules, self.data, strict=False):
            rule.check_shape(tuple(np.shape(array)), rows=False)
            in_memory = isinstance(array, np.ndarray) and not isinstance(array, np.memmap) and not rule.sparse
            if in_memory:
                array = array if array.dtype == rule.dtype else rule._cast(array)
            self._converted.append(array)
            self._convert.append(None if in_memory else rule)
        filler: list[Any] = [None] * len(self.data)
        phase_at = function._phase_at
        if phase_at is not None and phase_at < len(self.data):
            raise ValueError("K.function: the learning phase is no data: give it among the constants.")
        phase, rest = function.split_phase([*filler, *self.constants])
        fixed = rest[len(self.data) :]
        self._phase = phase
        self._constants = [
            rule(value) for rule, value in zip(function._dense_rules[len(self.data) :], fixed, strict=True)
        ]

    def run(self, batches: Sequence[Batch]) -> list[list[Any]]:
        call = self.function.executable(self._phase)  # type: ignore[attr-defined]
        constants = self._constants
        sources = list(zip(self._converted, self._convert, strict=True))
        results = []
        for batch in batches:
            values = []
            for array, rule in sources:
                rows = _rows(array, batch) if rule is None else rule(take(array, batch))
                values.append(rows)
            results.append(call(values + constants))
        return results


def _rows(array: np.ndarray, batch: Batch) -> np.ndarray:
    """The rows of an array in memory, C-contiguous and writable."""
    if isinstance(batch, tuple):
        rows = array[batch[0] : batch[1]]
        return rows if rows.flags.carray else np.array(rows, order="C")
    if array.flags.c_contiguous:
        return array.take(batch, 0)
    return np.ascontiguousarray(array[batch])  # `take` would copy the whole array first
