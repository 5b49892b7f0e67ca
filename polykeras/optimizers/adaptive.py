"""Adagrad and Adadelta: a learning rate of its own for each element, from the history of its gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import backend as K
from ..utils.symbolic import in_graph_scope
from .base import DecayingOptimizer, constrained


class Adagrad(DecayingOptimizer):
    """Divides the gradient by the root of the sum of its squares so far (Duchi et al., 2011).

    Args:
        lr: learning rate.
        epsilon: added to the divisor.
        decay: the learning rate is divided by ``1 + decay * iterations``.
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: the sum of squares for each weight.
    """

    def __init__(self, lr: float = 0.01, epsilon: float = 1e-8, decay: float = 0.0, **kwargs: Any) -> None:
        super().__init__(lr, decay, **kwargs)
        self._check("epsilon", epsilon)
        self.epsilon = epsilon

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        totals = self._slots(params)
        rate, updates = self._rate(), self._counting()
        for param, grad, total in zip(params, grads, totals, strict=True):
            new_total = total + K.square(grad)
            new_param = param - rate * grad / (K.sqrt(new_total) + self.epsilon)
            updates += [K.update(total, new_total), constrained(param, new_param, constraints)]
        self.weights, self.updates = totals, updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "decay", "epsilon")}
        return {**values, **super().get_config()}


class Adadelta(DecayingOptimizer):
    """Steps as large as recent steps, over gradients as large as recent gradients (Zeiler, 2012).

    Args:
        lr: factor on the step; 1 is the method as published.
        rho: share of the running means that is kept each step.
        epsilon: added under both roots.
        decay: the learning rate is divided by ``1 + decay * iterations``.
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: the running mean of squared gradients for each weight, then that of squared steps for each weight.
    """

    def __init__(
        self, lr: float = 1.0, rho: float = 0.95, epsilon: float = 1e-8, decay: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(lr, decay, **kwargs)
        self._check("rho", rho)
        self._check("epsilon", epsilon)
        self.rho, self.epsilon = rho, epsilon

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        grad_means, step_means = self._slots(params), self._slots(params)
        rate, updates = self._rate(), self._counting()
        kept, fresh, epsilon = self.rho, 1.0 - self.rho, self.epsilon
        for param, grad, grad_mean, step_mean in zip(params, grads, grad_means, step_means, strict=True):
            new_grad_mean = kept * grad_mean + fresh * K.square(grad)
            step = grad * K.sqrt(step_mean + epsilon) / K.sqrt(new_grad_mean + epsilon)
            updates += [
                K.update(grad_mean, new_grad_mean),
                K.update(step_mean, kept * step_mean + fresh * K.square(step)),
                constrained(param, param - rate * step, constraints),
            ]
        self.weights, self.updates = grad_means + step_means, updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "rho", "decay", "epsilon")}
        return {**values, **super().get_config()}
