"""What `theano.function` is given: inputs, outputs, updates and givens, checked and brought into one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytensor
from pytensor.compile.io import Out
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable

from ..phase import is_phase, phase_value
from ..program import as_update

NONE: Any = object()  # no value was given


class In:
    """An input of a function, with what is said about it.

    Args:
        variable: the variable that stands for it.
        name: its name, by default the variable's.
        value: its value where a call gives none; None: a call must give one.
        update: refused; a shared variable does what it did.
        mutable: has no effect.
        strict: whether only arrays of exactly its type are taken.
        allow_downcast: whether arrays of a larger type are converted.
        options: those of Theano's memory: no effect.
    """

    def __init__(
        self,
        variable: Any,
        name: str | None = None,
        value: Any = None,
        update: Any = None,
        mutable: bool | None = None,
        strict: bool = False,
        allow_downcast: bool | None = None,
        **options: Any,
    ) -> None:
        if update is not None:
            raise ValueError(f"theano.In: {variable} has an update. Make it a shared variable.")
        self.variable, self.name, self.value = variable, name, value
        self.strict, self.allow_downcast = strict, allow_downcast


def param(variable: Any, default: Any = None, name: str | None = None, *rest: Any, **options: Any) -> In:
    """An input with a default value: `theano.Param`."""
    allowed = {key: options[key] for key in ("strict", "allow_downcast") if key in options}
    return In(variable, name=name, value=default, **allowed)


def pairs_of(what: str, given: Any) -> list[tuple[Any, Any]]:
    """`updates` or `givens` as pairs: they may be a dictionary or a list."""
    if given is None:
        return []
    entries = list(given.items()) if isinstance(given, Mapping) else list(given)
    for entry in entries:
        if not (isinstance(entry, (tuple, list)) and len(entry) == 2):
            raise TypeError(f"theano.function: {what} must be a dictionary or pairs, got {entry!r}.")
    return [(old, new) for old, new in entries]


def update_pairs(given: Any) -> dict[Any, Any]:
    """The new value of each variable that is written."""
    found: dict[Any, Any] = {}
    for variable, value in pairs_of("updates", given):
        if not isinstance(variable, SharedVariable):
            raise TypeError(
                f"theano.function: an update's target must be a shared variable, got {variable!r}."
            )
        if variable in found:
            raise ValueError(f"theano.function: the shared variable {variable} is updated twice.")
        found[variable] = as_update_of(variable, value)
    return found


def as_update_of(variable: Any, value: Any) -> Any:
    """`value` as a tensor of the variable's type; random states stay what they are."""
    if not hasattr(variable.type, "dtype") or not hasattr(variable.type, "shape"):
        return value
    if isinstance(value, Variable) and hasattr(value.type, "dtype"):
        old, new = np.dtype(variable.type.dtype), np.dtype(value.type.dtype)
        if not np.can_cast(new, old, "same_kind"):
            raise TypeError(
                f"theano.function: the update of {variable} has the dtype {new}, and the variable {old}. "
                f"Write T.cast(..., {old.name!r})."
            )
    if type(variable.type) is not type(getattr(value, "type", variable.type)):  # a sparse matrix, say
        return variable.type.filter_variable(value)
    return as_update(variable, value)


class Input:
    """One argument of a function."""

    def __init__(self, index: int, given: Any) -> None:
        if isinstance(given, Constant) or not isinstance(given, (Variable, In)):
            raise TypeError(f"theano.function: inputs must be variables, got {given!r} as input {index}.")
        spec = given if isinstance(given, In) else In(given)
        self.variable: Any = spec.variable
        if isinstance(self.variable, SharedVariable):
            raise TypeError(
                f"theano.function: input {index}, {self.variable}, is a shared variable. Leave it out: its "
                "value is used anyway. To put another in its place, write givens={shared: x}."
            )
        self.index, self.name = index, spec.name or self.variable.name
        self.strict, self.allow_downcast = spec.strict, spec.allow_downcast
        self.default = NONE if spec.value is None else spec.value

    def __call__(self, value: Any) -> Any:
        """`value` as what the input's type holds: C-contiguous, of its dtype."""
        if is_phase(self.variable):
            return phase_value(value)
        kind = self.variable.type
        try:
            result = kind.filter(value, strict=self.strict, allow_downcast=self.allow_downcast)
        except (TypeError, ValueError) as error:
            name = f" ({self.name!r})" if self.name else ""
            raise type(error)(
                f"Bad argument to a function of theano, input {self.index}{name}: {error}"
            ) from None
        if isinstance(result, np.ndarray) and not result.flags.carray:
            return np.array(result, order="C")
        return result


def outputs_of(outputs: Any) -> tuple[Any, list[Any]]:
    """What makes of a list of results that which a call returns, and the expressions."""
    if isinstance(outputs, Mapping):
        names = sorted(outputs)
        return lambda results: dict(zip(names, results, strict=True)), [outputs[name] for name in names]
    if outputs is None or isinstance(outputs, (list, tuple)):
        return list, list(outputs or ())
    return lambda results: results[0], [outputs]


def expression_of(output: Any) -> Any:
    output = output.variable if isinstance(output, Out) else output
    if isinstance(output, Variable):
        return output
    if isinstance(output, (int, float, np.ndarray, np.generic)):
        return pytensor.tensor.constant(output)
    raise TypeError(f"theano.function: outputs must be theano variables, got {output!r}.")


def replacements_of(givens: Any) -> dict[Any, Any]:
    """What stands in for what; of the learning phase, the number or the tensor."""
    found = {}
    for old, new in pairs_of("givens", givens):
        if not isinstance(old, Variable):
            raise TypeError(f"theano.function: givens must replace variables, got {old!r}.")
        if not isinstance(new, Variable):
            new = pytensor.tensor.constant(np.asarray(new, dtype=getattr(old.type, "dtype", None)))
        if hasattr(old.type, "ndim") and hasattr(new.type, "ndim"):
            if new.type.ndim != old.type.ndim or not np.can_cast(new.type.dtype, old.type.dtype, "same_kind"):
                raise TypeError(
                    f"theano.function: givens replace {old} of the type {old.type} by a tensor of the type "
                    f"{new.type}. Make it the same by T.cast or dimshuffle."
                )
            if new.type.dtype != old.type.dtype:
                new = pytensor.tensor.cast(new, old.type.dtype)
        found[old] = new
    return found
