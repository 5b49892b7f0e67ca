"""Derivatives: `theano.grad` and its kin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytensor
from pytensor import gradient


def _floats_of(cost: Any) -> Any:
    """A context in which what PyTensor makes of no dtype in particular has that of `cost`."""
    dtype = str(getattr(cost, "dtype", ""))
    return pytensor.config.change_flags(
        floatX=dtype if dtype in ("float32", "float64") else pytensor.config.floatX
    )


def grad(
    cost: Any, wrt: Any, consider_constant: Any = None, disconnected_inputs: str = "raise",
    add_names: bool = True, known_grads: Mapping[Any, Any] | None = None, return_disconnected: str = "zero",
    null_gradients: str = "raise",
) -> Any:  # fmt: skip
    """The derivatives of a scalar by one variable, or by each of a list of them."""
    options: dict[str, Any] = {
        "consider_constant": consider_constant,
        "disconnected_inputs": disconnected_inputs,
        "add_names": add_names,
        "known_grads": known_grads,
        "return_disconnected": return_disconnected.lower(),
        "null_gradients": null_gradients,
    }
    with _floats_of(cost):
        return gradient.grad(cost, wrt, **options)


def jacobian(
    expression: Any, wrt: Any, consider_constant: Any = None, disconnected_inputs: Any = "raise"
) -> Any:
    """The derivatives of each element of a vector."""
    with _floats_of(expression):
        return gradient.jacobian(
            expression, wrt, consider_constant=consider_constant, disconnected_inputs=disconnected_inputs
        )


def hessian(cost: Any, wrt: Any, consider_constant: Any = None, disconnected_inputs: Any = "raise") -> Any:
    """The second derivatives of a scalar by vectors."""
    with _floats_of(cost):
        return gradient.hessian(
            cost, wrt, consider_constant=consider_constant, disconnected_inputs=disconnected_inputs
        )


def Rop(
    f: Any,
    wrt: Any,
    eval_points: Any,
    disconnected_outputs: Any = "raise",
    return_disconnected: Any = "zero",
) -> Any:
    """The derivatives of `f`, multiplied by `eval_points` from the right."""
    return gradient.pushforward(
        f,
        wrt,
        eval_points,
        disconnected_outputs=disconnected_outputs,
        return_disconnected=return_disconnected.lower(),
    )


def Lop(
    f: Any, wrt: Any, eval_points: Any, consider_constant: Any = None, disconnected_inputs: Any = "raise"
) -> Any:
    """The derivatives of `f`, multiplied by `eval_points` from the left."""
    with _floats_of(eval_points):
        return gradient.pullback(
            f, wrt, eval_points, consider_constant=consider_constant, disconnected_inputs=disconnected_inputs
        )


def format_as(use_list: bool, use_tuple: bool, outputs: Any) -> Any:
    """Results as a list, as a tuple, or the only one of them."""
    if use_list:
        return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    if use_tuple:
        return tuple(outputs) if isinstance(outputs, (list, tuple)) else (outputs,)
    return outputs[0] if isinstance(outputs, (list, tuple)) else outputs


NAMES: dict[str, Any] = {
    "grad": grad,
    "jacobian": jacobian,
    "hessian": hessian,
    "Rop": Rop,
    "Lop": Lop,
    "format_as": format_as,
    "consider_constant": gradient.zero_grad,
}
