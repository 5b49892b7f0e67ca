"""Adam and its relatives: running means of the gradient and of its size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .. import backend as K
from ..utils.symbolic import in_graph_scope
from .base import DecayingOptimizer, Optimizer, constrained

# Nadam's momentum schedule is beta_1 * (1 - 0.5 * 0.96 ** (step * schedule_decay)).
_LOG_BASE = math.log(0.96)


class Adam(DecayingOptimizer):
    """Adaptive moment estimation (Kingma & Ba, 2015; the bias is corrected in the rate).

    Args:
        lr: learning rate.
        beta_1: share of the mean gradient that is kept each step, below 1.
        beta_2: share of the mean squared gradient that is kept each step, below 1.
        epsilon: added to the divisor.
        decay: the learning rate is divided by ``1 + decay * iterations``.
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: iterations, mean gradient for each weight, mean squared gradient for each weight.
    """

    beta_1: Any
    beta_2: Any

    def __init__(
        self,
        lr: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(lr, decay, **kwargs)
        self._hyper(beta_1=beta_1, beta_2=beta_2)
        self._check("epsilon", epsilon)
        self.epsilon = epsilon

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        means, sizes = self._slots(params), self._slots(params)
        updates = [K.update_add(self.iterations, 1.0)]
        step = self.iterations + 1.0
        rate = self._rate() * K.sqrt(1.0 - K.pow(self.beta_2, step)) / (1.0 - K.pow(self.beta_1, step))
        fresh_1, fresh_2 = 1.0 - self.beta_1, 1.0 - self.beta_2
        for param, grad, mean, size in zip(params, grads, means, sizes, strict=True):
            new_mean = self.beta_1 * mean + fresh_1 * grad
            new_size = self.beta_2 * size + fresh_2 * K.square(grad)
            new_param = param - rate * new_mean / (K.sqrt(new_size) + self.epsilon)
            updates += [
                K.update(mean, new_mean), K.update(size, new_size), constrained(param, new_param, constraints)
            ]  # fmt: skip
        self.weights, self.updates = [self.iterations, *means, *sizes], updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "beta_1", "beta_2", "decay", "epsilon")}
        return {**values, **super().get_config()}


class Adamax(DecayingOptimizer):
    """Adam with the largest recent gradient for the mean squared one (Kingma & Ba, 2015, section 7).

    Args:
        lr: learning rate.
        beta_1: share of the mean gradient that is kept each step, below 1.
        beta_2: share of the largest gradient that is kept each step, below 1.
        epsilon: added to the divisor.
        decay: the learning rate is divided by ``1 + decay * iterations``.
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: iterations, mean gradient for each weight, largest gradient for each weight.
    """

    beta_1: Any
    beta_2: Any

    def __init__(
        self,
        lr: float = 0.002,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        decay: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(lr, decay, **kwargs)
        self._hyper(beta_1=beta_1, beta_2=beta_2)
        self._check("epsilon", epsilon)
        self.epsilon = epsilon

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        means, sizes = self._slots(params), self._slots(params)
        updates = [K.update_add(self.iterations, 1.0)]
        rate = self._rate() / (1.0 - K.pow(self.beta_1, self.iterations + 1.0))
        fresh = 1.0 - self.beta_1
        for param, grad, mean, size in zip(params, grads, means, sizes, strict=True):
            new_mean = self.beta_1 * mean + fresh * grad
            new_size = K.maximum(self.beta_2 * size, K.abs(grad))
            new_param = param - rate * new_mean / (new_size + self.epsilon)
            updates += [
                K.update(mean, new_mean), K.update(size, new_size), constrained(param, new_param, constraints)
            ]  # fmt: skip
        self.weights, self.updates = [self.iterations, *means, *sizes], updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "beta_1", "beta_2", "decay", "epsilon")}
        return {**values, **super().get_config()}


class Nadam(Optimizer):
    """Adam with Nesterov's momentum, on a warming momentum schedule (Dozat, 2015).

    Args:
        lr: learning rate.
        beta_1: share of the mean gradient that is kept each step, below 1.
        beta_2: share of the mean squared gradient that is kept each step, below 1.
        epsilon: added to the divisor.
        schedule_decay: how fast the momentum rises to `beta_1`.
        **kwargs: ``clipnorm``, ``clipvalue``.

    State: iterations, mean gradient for each weight, mean squared gradient for each weight. As in
    Keras 1 the running product of the momentum schedule, `m_schedule`, is no part of it.
    """

    lr: Any
    beta_1: Any
    beta_2: Any

    def __init__(
        self,
        lr: float = 0.002,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        schedule_decay: float = 0.004,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._hyper(lr=lr, beta_1=beta_1, beta_2=beta_2)
        self._check("epsilon", epsilon)
        self._check("schedule_decay", schedule_decay)
        self.epsilon, self.schedule_decay = epsilon, schedule_decay
        self.iterations = K.variable(0.0)
        self.m_schedule = K.variable(1.0)

    def _momentum(self, step: Any) -> Any:
        return self.beta_1 * (1.0 - 0.5 * K.exp(step * (self.schedule_decay * _LOG_BASE)))

    @in_graph_scope
    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        grads = self.get_gradients(loss, params)
        means, sizes = self._slots(params), self._slots(params)
        step = self.iterations + 1.0
        momentum, next_momentum = self._momentum(step), self._momentum(step + 1.0)
        product = self.m_schedule * momentum
        updates = [K.update_add(self.iterations, 1.0), K.update(self.m_schedule, product)]
        of_grad = self.lr * (1.0 - momentum) / (1.0 - product)
        of_mean = self.lr * next_momentum / (1.0 - product * next_momentum)
        of_size = 1.0 / (1.0 - K.pow(self.beta_2, step))
        fresh_1, fresh_2 = 1.0 - self.beta_1, 1.0 - self.beta_2
        for param, grad, mean, size in zip(params, grads, means, sizes, strict=True):
            new_mean = self.beta_1 * mean + fresh_1 * grad
            new_size = self.beta_2 * size + fresh_2 * K.square(grad)
            move = (of_grad * grad + of_mean * new_mean) / (K.sqrt(of_size * new_size) + self.epsilon)
            new_param = param - move
            updates += [
                K.update(mean, new_mean), K.update(size, new_size), constrained(param, new_param, constraints)
            ]  # fmt: skip
        self.weights, self.updates = [self.iterations, *means, *sizes], updates
        return updates

    def get_config(self) -> dict[str, Any]:
        values = {name: self._value(name) for name in ("lr", "beta_1", "beta_2", "epsilon")}
        return {**values, "schedule_decay": self.schedule_decay, **super().get_config()}
