"""An optimizer of the engine itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import backend as K
from ..utils.symbolic import in_graph_scope
from .base import Optimizer


class TFOptimizer(Optimizer):
    """Wraps an optimizer of the engine, such as ``tf.compat.v1.train.AdamOptimizer()`` under TensorFlow.

    Args:
        optimizer: the engine's optimizer.

    Its state is the engine's affair: `weights` and the configuration are not available, and models compiled
    with it are saved without it.

    Raises:
        TypeError: if `optimizer` is not an optimizer of the engine in use.
    """

    def __init__(self, optimizer: Any) -> None:
        if not K.is_native_optimizer(optimizer):
            raise TypeError(
                f"TFOptimizer: optimizer must be an optimizer of the engine of the {K.backend()!r} backend, "
                f"got {optimizer!r}. Use one of polykeras.optimizers, such as 'adam', instead."
            )
        self.optimizer = optimizer
        self.iterations = K.variable(0.0)
        self.updates = []

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        if constraints:
            raise ValueError(
                "TFOptimizer: the engine's optimizers know no weight constraints, got constraints on "
                f"{len(constraints)} weights. Use an optimizer of polykeras.optimizers, or remove "
                "W_constraint, b_constraint and the like."
            )
        grads = self.get_gradients(loss, params)
        updates = K.native_optimizer_updates(self.optimizer, list(params), grads)
        self.updates = [*updates, K.update_add(self.iterations, 1.0)]
        return self.updates

    @property
    def weights(self) -> list[Any]:  # type: ignore[override]
        raise NotImplementedError("TFOptimizer.weights: the state belongs to the wrapped optimizer.")

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("TFOptimizer.get_config: the wrapped optimizer belongs to the engine.")

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        raise NotImplementedError("TFOptimizer.from_config: wrap the engine's optimizer again.")
