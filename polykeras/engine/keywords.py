"""Keyword arguments that later versions of Keras brought, or that a user has misspelt."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from ..errors import check_kwargs

P = ParamSpec("P")
R = TypeVar("R")

TRAINING_HINTS = {
    "epochs": "nb_epoch",
    "samples": "batch_size",
    "X": "x",
    "Y": "y",
    "inputs": "x",
    "targets": "y",
    "sample_weights": "sample_weight",
    "class_weights": "class_weight",
}
"""For names of other versions, the name that training methods know."""

GENERATOR_HINTS = {
    "epochs": "nb_epoch",
    "steps_per_epoch": "samples_per_epoch (a number of samples, not of batches)",
    "validation_steps": "nb_val_samples (a number of samples, not of batches)",
    "steps": "val_samples (a number of samples, not of batches)",
    "max_queue_size": "max_q_size",
    "workers": "nb_worker",
    "use_multiprocessing": "pickle_safe",
    "class_weights": "class_weight",
}
"""The same for methods that take generators."""

# Arguments of later versions that nothing here corresponds to, and what to do instead.
_NO_COUNTERPART = {
    "steps_per_epoch": "Every epoch passes over all of x and y; remove it.",
    "validation_steps": "The whole of validation_data is used; remove it.",
    "steps": "The whole of x is used; remove it.",
    "workers": "Remove it.",
    "use_multiprocessing": "Remove it.",
    "return_dict": "A list in the order of model.metrics_names is returned; remove it.",
    "weighted_metrics": "Metrics do not see sample weights; pass `metrics`.",
    "target_tensors": "Remove it.",
    "run_eagerly": "Remove it.",
    "jit_compile": "Remove it.",
    "steps_per_execution": "Steps are grouped by themselves where no callback needs each batch; remove it.",
    "show_accuracy": "Pass metrics=['accuracy'] to compile.",
}


def refuse_unknown(where: str, kwargs: Mapping[str, Any], allowed: Any, hints: Mapping[str, str]) -> None:
    """Raises TypeError for a keyword argument that is not among `allowed`, and says what to write instead."""
    for key in kwargs:
        if key not in allowed and key not in hints and key in _NO_COUNTERPART:
            raise TypeError(f"{where}: unknown keyword argument {key!r}. {_NO_COUNTERPART[key]}")
    check_kwargs(where, kwargs, allowed, hints)


def checked_keywords(
    where: str, hints: Mapping[str, str] = TRAINING_HINTS
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: an unknown keyword argument is refused with the name it has here, or the nearest known one.

    Args:
        where: the method, as the message names it.
        hints: the names here of known foreign names.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(method).parameters
        allowed = [name for name in parameters if name != "self"]
        known = frozenset(allowed)

        @functools.wraps(method)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if not kwargs.keys() <= known:
                refuse_unknown(where, kwargs, allowed, hints)
            return method(*args, **kwargs)

        return checked

    return decorate
