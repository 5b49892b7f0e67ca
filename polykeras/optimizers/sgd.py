"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import backend as K
from ..utils.symbolic import in_graph_scope
from .base import DecayingOptimizer, constrained


class SGD(DecayingOptimizer):
    """Gradient descent with momentum: adds ``velocity = momentum * velocity - lr * gradient`` to a weight.

    Args:
        lr: learning rate.
        momentum: share of the last step's velocity that is kept.
        decay: the learning rate is divided by ``1 + decay * iterations``.
        nesterov: whether to look ahead (Nesterov's momentum; Sutskever et al., 2013).
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: iterations (advances only with `decay` above 0), velocity for each weight.
    """

    momentum: Any

    def __init__(
        self,
        lr: float = 0.01,
        momentum: float = 0.0,
        decay: float = 0.0,
        nesterov: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(lr, decay, **kwargs)
        self._hyper(momentum=momentum)
        self.nesterov = bool(nesterov)

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        velocities = self._slots(params)
        rate, updates = self._rate(), self._counting()
        for param, grad, velocity in zip(params, grads, velocities, strict=True):
            step = rate * grad
            new_velocity = self.momentum * velocity - step
            move = self.momentum * new_velocity - step if self.nesterov else new_velocity
            updates += [K.update(velocity, new_velocity), constrained(param, param + move, constraints)]
        self.weights, self.updates = [self.iterations, *velocities], updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "momentum", "decay")}
        return {**values, "nesterov": self.nesterov, **super().get_config()}
