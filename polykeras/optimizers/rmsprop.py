"""RMSprop: steps scaled by a running mean of squared gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import backend as K
from ..utils.symbolic import in_graph_scope
from .base import DecayingOptimizer, constrained


class RMSprop(DecayingOptimizer):
    """Divides the gradient by the root of a running mean of its square (Tieleman & Hinton, 2012).

    Args:
        lr: learning rate.
        rho: share of the running mean that is kept each step.
        epsilon: added to the divisor.
        decay: the learning rate is divided by ``1 + decay * iterations``.
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: the running mean for each weight.
    """

    rho: Any

    def __init__(
        self, lr: float = 0.001, rho: float = 0.9, epsilon: float = 1e-8, decay: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(lr, decay, **kwargs)
        self._hyper(rho=rho)
        self._check("epsilon", epsilon)
        self.epsilon = epsilon

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        means = self._slots(params)
        rate, fresh, updates = self._rate(), 1.0 - self.rho, self._counting()
        for param, grad, mean in zip(params, grads, means, strict=True):
            new_mean = self.rho * mean + fresh * K.square(grad)
            new_param = param - rate * grad / (K.sqrt(new_mean) + self.epsilon)
            updates += [K.update(mean, new_mean), constrained(param, new_param, constraints)]
        self.weights, self.updates = means, updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "rho", "decay", "epsilon")}
        return {**values, **super().get_config()}
