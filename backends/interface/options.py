"""The options of `K.function`: those of an engine, and those of Theano that old programs pass."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import check_kwargs

# Options of Theano's compiler that Keras 1 programs pass to K.function.
_THEANO_OPTIONS = (
    "accept_inplace",
    "allow_input_downcast",
    "givens",
    "mode",
    "name",
    "no_default_updates",
    "on_unused_input",
    "profile",
    "rebuild_strict",
)


def function_options(kwargs: Mapping[str, Any], own: Sequence[str] = ()) -> dict[str, Any]:
    """The keyword arguments of `K.function` that an engine knows.

    Args:
        kwargs: what was given. Options of Theano are passed over, all but the name with a warning.
        own: the options of the engine.

    Raises:
        TypeError: if there is another one.
    """
    theano = [name for name in kwargs if name in _THEANO_OPTIONS and name not in own]
    check_kwargs("K.function", kwargs, [*own, *theano])
    for name in theano:
        if name != "name":
            warnings.warn(f"K.function: {name} is an option of Theano and has no effect.", stacklevel=3)
    return {name: value for name, value in kwargs.items() if name in own}
