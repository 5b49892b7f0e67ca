"""What the functions of K are checked for and completed with before they are compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytensor.tensor as pt
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.traversal import ancestors
from pytensor.tensor.random.type import RandomType

from ..interface.checks import numbers


def random_updates(expressions: Sequence[Variable]) -> list[tuple[SharedVariable, Variable]]:
    """The registered next states of the random generators that `expressions` draw from.

    The states after `expressions` may depend on further generators; these are included.
    """
    found: dict[SharedVariable, Variable] = {}
    pending = list(expressions)
    while pending:
        fresh = [
            variable
            for variable in ancestors(pending)
            if isinstance(variable, SharedVariable)
            and isinstance(variable.type, RandomType)
            and variable not in found
        ]
        pending = []
        for variable in fresh:
            following = getattr(variable.tag, "polykeras_next", None)
            if following is not None and variable not in found:
                found[variable] = following
                pending.append(following)
    return list(found.items())


def is_root(variable: Any) -> bool:
    """Whether `variable` can be an input: it is neither computed, nor a constant, nor shared."""
    return (
        isinstance(variable, Variable)
        and variable.owner is None
        and not isinstance(variable, (Constant, SharedVariable))
    )


def as_update(variable: SharedVariable, value: Any) -> Variable:
    """`value` as a tensor that can replace the value of `variable`: cast to its dtype, its rank checked.

    Raises:
        ValueError: if the number of axes, or a size that is known, differs from the variable's.
    """
    wanted = variable.type
    tensor = value if isinstance(value, Variable) else pt.constant(numbers("K.update", value, wanted.dtype))
    if tensor.type.ndim != wanted.ndim or any(
        a is not None and b is not None and a != b
        for a, b in zip(tensor.type.shape, wanted.shape, strict=True)
    ):
        raise ValueError(
            f"K.function: the update of the variable {variable.name!r} must have its shape {wanted.shape}, "
            f"got a tensor of the shape {tensor.type.shape}."
        )
    if tensor.type.dtype != wanted.dtype:
        tensor = pt.cast(tensor, wanted.dtype)
    return tensor if wanted.is_super(tensor.type) else pt.specify_shape(tensor, wanted.shape)
