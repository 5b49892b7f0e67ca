"""The learning phase, conditions and loops."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from .variables import Variables


def _value(x: Any) -> Any:
    return x() if callable(x) else x


class Control(Variables):
    """Control flow. The learning phase is 0 when testing and 1 when training."""

    _phase_uses: int = 0

    @abstractmethod
    def learning_phase(self) -> Any:
        """The learning phase: a symbolic scalar that `function` takes among its inputs, or the integer 0 or 1
        after `set_learning_phase`."""

    def learning_phase_uses(self) -> int:
        """How often expressions have asked for the symbolic learning phase so far.

        A layer whose `call` makes this number grow depends on the phase. (An adapter counts in
        `learning_phase`.)
        """
        return self._phase_uses

    @abstractmethod
    def set_learning_phase(self, value: int) -> None:
        """Fixes the learning phase to 0 or 1 for all that is built from now on.

        Raises:
            ValueError: if `value` is neither 0 nor 1.
        """

    @abstractmethod
    def switch(self, condition: Any, then_expression: Any, else_expression: Any) -> Any:
        """`then_expression` where the condition holds, else `else_expression`.

        Args:
            condition: a scalar (int or bool) that chooses between the whole tensors, or a tensor that chooses
                element by element, its axes being the first axes of the expressions.
            then_expression: a tensor, or a function without arguments that returns one.
            else_expression: likewise, of the same shape and dtype.
        """

    @abstractmethod
    def foldl(
        self, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
    ) -> Any:
        """``accumulator = fn(accumulator, x)`` for the slices `x` along axis 0 of `elems`, first to last.

        Without `initializer` the accumulator starts as the first slice.

        Raises:
            TypeError: if `fn` is no function.
        """

    @abstractmethod
    def foldr(
        self, fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None
    ) -> Any:
        """Like `foldl`, from the last slice to the first."""

    @abstractmethod
    def map_fn(self, fn: Callable[..., Any], elems: Any, name: str | None = None) -> Any:
        """``fn(x)`` for each slice `x` along axis 0 of `elems`, stacked along axis 0.

        `elems` may be a list of tensors: `fn` then takes as many arguments.
        """

    @abstractmethod
    def stop_gradient(self, variables: Any) -> Any:
        """The same tensor (or list of tensors), taken as constant by `gradients`."""

    @abstractmethod
    def print_tensor(self, x: Any, message: str = "") -> Any:
        """`x`; its value is printed after `message` each time it is computed."""

    def in_train_phase(self, x: Any, alt: Any) -> Any:
        """`x` in the training phase, else `alt`; either may be a function without arguments.

        The result has ``_uses_learning_phase`` True if the phase is symbolic.
        """
        phase = self.learning_phase()
        if isinstance(phase, int):
            return _value(x) if phase == 1 else _value(alt)
        if x is alt:
            return _value(x)
        result = self.switch(phase, x, alt)
        result._uses_learning_phase = True
        return result

    def in_test_phase(self, x: Any, alt: Any) -> Any:
        """`x` in the test phase, else `alt`; either may be a function without arguments."""
        return self.in_train_phase(alt, x)
