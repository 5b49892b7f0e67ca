"""The base of optimizers: gradients with clipping, state, configuration."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any

from .. import backend as K
from ..errors import check_kwargs
from ..utils.limits import reads_configuration
from ..utils.symbolic import in_graph_scope

CLIPPING = ("clipnorm", "clipvalue")

# Names that later versions of Keras use.
KEYWORD_HINTS = {"learning_rate": "lr", "global_clipnorm": "clipnorm", "clip_norm": "clipnorm"}


@in_graph_scope
def clip_norm(g: Any, c: float, n: Any) -> Any:
    """`g` scaled by c / n where the norm `n` is above `c`, else as it is; a `c` of 0 or less does nothing.

    Args:
        g: a gradient.
        c: the largest norm allowed.
        n: the norm, a scalar tensor.
    """
    return g * (c / K.maximum(n, c)) if c > 0 else g


class Optimizer:
    """Base class of optimizers.

    A subclass overrides `get_updates`: it returns a list of updates for ``K.function`` and keeps it as
    ``self.updates``; ``self.weights`` lists the variables that make up its state. All updates of a step read
    the values from before the step.

    Args:
        **kwargs: ``clipnorm`` (float): the gradients are scaled down together so that their global norm,
            over all weights, is at most this. ``clipvalue`` (float): each element of each gradient is
            limited to [-clipvalue, clipvalue], after `clipnorm`. A value of 0 or less does nothing.

    Raises:
        TypeError: for any other keyword argument.
        ValueError: if a clipping value is not a number.
    """

    clipnorm: float
    clipvalue: float
    weights: list[Any]

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.keys() <= set(CLIPPING):
            own = inspect.signature(type(self).__init__).parameters
            allowed = [name for name in own if name not in ("self", "kwargs")]
            check_kwargs(type(self).__name__, kwargs, [*allowed, *CLIPPING], KEYWORD_HINTS)
        for name, value in kwargs.items():
            self._check(name, value)
        self.__dict__.update(kwargs)
        self.updates: list[Any] = []
        self.weights = []

    def get_updates(self, params: Sequence[Any], constraints: Mapping[Any, Any], loss: Any) -> list[Any]:
        """The updates of one training step.

        Args:
            params: the trainable weights, variables.
            constraints: for some of them a function from the new value to the one it may have.
            loss: the scalar to be made small.

        Returns:
            A list of updates for ``K.function``.
        """
        raise NotImplementedError(f"{type(self).__name__} must override get_updates.")

    @in_graph_scope
    def get_gradients(self, loss: Any, params: Sequence[Any]) -> list[Any]:
        """The gradients of `loss` with respect to `params`, clipped as the constructor was told.

        Raises:
            ValueError: if `loss` does not depend on one of `params`.
        """
        if not params:
            return []
        grads = list(K.gradients(loss, list(params)))
        pairs = zip(params, grads, strict=True)
        lost = [str(getattr(param, "name", param)) for param, grad in pairs if grad is None]
        if lost:
            raise ValueError(
                f"The loss must depend on every trainable weight; it does not depend on {', '.join(lost)}. "
                "Set `trainable = False` on the layer, or use differentiable operations between it and the "
                "loss."
            )
        if getattr(self, "clipnorm", 0) > 0:
            squares = [K.sum(K.square(grad)) for grad in grads]
            norm = K.sqrt(sum(squares[1:], squares[0]))
            scale = self.clipnorm / K.maximum(norm, self.clipnorm)
            grads = [grad * scale for grad in grads]
        if getattr(self, "clipvalue", 0) > 0:
            grads = [K.clip(grad, -self.clipvalue, self.clipvalue) for grad in grads]
        return grads

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Sets the state, in the order of `get_weights`.

        The state exists once the train function of a compiled model has been made
        (``model._make_train_function()``, or a first training step).

        Args:
            weights: one array for each variable of the state.

        Raises:
            ValueError: if the number of arrays or a shape differs; nothing is set then.
            TypeError: if `weights` is no list, or holds something else than numbers; likewise.
        """
        where = f"{type(self).__name__}.set_weights"
        if not isinstance(weights, (list, tuple)):
            raise TypeError(f"{where}: wanted a list of arrays, as get_weights gives it, got {weights!r}.")
        arrays = list(weights)
        if len(arrays) != len(self.weights):
            raise ValueError(
                f"{where}: wanted {len(self.weights)} arrays, got {len(arrays)}. "
                "Make the model's train function first (train a step), and set the state of the same model."
            )
        K.batch_set_value(list(zip(self.weights, arrays, strict=True)))

    def get_weights(self) -> list[Any]:
        """The state as a list of numpy arrays: empty before the train function of a model has been made."""
        return K.batch_get_value(self.weights)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; ``type(self).from_config`` makes the same optimizer of them."""
        return {name: getattr(self, name) for name in CLIPPING if hasattr(self, name)}

    @classmethod
    @reads_configuration
    def from_config(cls, config: Mapping[str, Any]) -> Any:
        """An optimizer made of `get_config`'s result; missing keys take their defaults."""
        return cls(**config)

    def _value(self, name: str) -> float:
        """A hyper-parameter's present value; those in float32 variables are seen as doubles."""
        value = getattr(self, name)
        return float(K.get_value(value) if K.is_variable(value) else value)

    def _hyper(self, **values: Any) -> None:
        """Makes a variable of each hyper-parameter and sets it as an attribute.

        Raises:
            ValueError: if a value is not a number.
        """
        for name, value in values.items():
            self._check(name, value)
        for name, value in values.items():
            setattr(self, name, K.variable(value))

    def _check(self, name: str, value: Any) -> None:
        try:
            good = not isinstance(value, (str, bytes, bool)) and math.isfinite(value)
        except TypeError:
            good = False
        if not good:
            raise ValueError(f"{type(self).__name__}: {name} must be a finite number, got {value!r}.")

    def _slots(self, params: Sequence[Any]) -> list[Any]:
        """A variable of zeros for each weight."""
        return [K.zeros(K.get_variable_shape(param), dtype=K.dtype(param)) for param in params]


class DecayingOptimizer(Optimizer):
    """An optimizer whose learning rate is ``lr / (1 + decay * iterations)``.

    Attributes:
        iterations: a variable that counts steps.
        lr, decay: variables.
        inital_decay: the `decay` given to the constructor; if it is 0 the decay is left out for good.
    """

    iterations: Any
    lr: Any
    decay: Any

    def __init__(self, lr: float, decay: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._hyper(lr=lr, decay=decay)
        self.iterations = K.variable(0.0)
        self.inital_decay = decay

    def _rate(self) -> Any:
        """This step's learning rate."""
        if self.inital_decay > 0:
            return self.lr / (1.0 + self.decay * self.iterations)
        return self.lr

    def _counting(self) -> list[Any]:
        """The update of `iterations`, if only the decay needs it."""
        return [K.update_add(self.iterations, 1.0)] if self.inital_decay > 0 else []


def constrained(param: Any, value: Any, constraints: Mapping[Any, Any]) -> Any:
    """The update of `param` to `value`, passed through its constraint if it has one."""
    if param in constraints:
        value = constraints[param](value)
    return K.update(param, value)
