"""Building scope, gradients, compiled functions, sessions and name counters."""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from ...errors import UnsupportedOperation
from .function import Function
from .variables import Variables


class Graph(Variables):
    """Operations on the graph as a whole."""

    name: str
    _uids: defaultdict[str, int]

    @abstractmethod
    def graph_scope(self) -> AbstractContextManager[Any]:
        """The context in which expressions are built; entered again inside itself it does nothing."""

    @abstractmethod
    def function(
        self,
        inputs: Sequence[Any],
        outputs: Any,
        updates: Sequence[Any] = [],
        **kwargs: Any,
    ) -> Function:
        """Compiles a function.

        Args:
            inputs: placeholders; `learning_phase` may be among them. A computed tensor, such as the input of
                a layer within a model, may be one too: its value is then given, not computed, and what it was
                computed from is not needed.
            outputs: the tensors to compute: a list of them, for which a list of arrays is returned; or one,
                for which one array is returned.
            updates: what is written after everything was read: results of `update`, `update_add`,
                `update_sub`, `moving_average_update`, or pairs of a variable and its new value.
            kwargs: options of an engine, taken by name. Those of Theano's compiler have no effect; a warning
                says so.

        The learning phase, where it is not among the inputs, is the one that `set_learning_phase` has fixed
        by now, else 0.

        Raises:
            ValueError: if an input is a variable or a constant, or the outputs need a placeholder that is not
                among the inputs.
            TypeError: if an option is unknown.
        """

    @abstractmethod
    def gradients(self, loss: Any, variables: Any) -> list[Any]:
        """The derivatives of a scalar with respect to tensors.

        Args:
            loss: the scalar; a tensor with axes is summed.
            variables: a tensor or a list of tensors (variables, placeholders or intermediate results).

        Returns:
            A list of tensors, each of the shape of its variable; None for one that `loss` does not depend on.
        """

    @abstractmethod
    def clear_session(self) -> None:
        """Forgets all that was built and frees its memory.

        There is a new learning phase, and names count from 1 again.
        """

    def get_uid(self, prefix: str = "") -> int:
        """The next number for names with this prefix, from 1."""
        counts = self._uid_counts()
        counts[prefix] += 1
        return counts[prefix]

    def reset_uids(self) -> None:
        """Lets the numbers that `get_uid` gives start again at 1."""
        self._uid_counts().clear()

    def _uid_counts(self) -> defaultdict[str, int]:
        """For each prefix the last number; programs reset it by hand."""
        if "_uids" not in self.__dict__:
            self._uids = defaultdict(int)
        return self._uids

    def is_native_optimizer(self, optimizer: Any) -> bool:
        """Whether `optimizer` is one of the engine itself, which `native_optimizer_updates` can drive."""
        return False

    def native_optimizer_updates(
        self, optimizer: Any, variables: Sequence[Any], gradients: Sequence[Any]
    ) -> list[Any]:
        """Updates for `function` by an optimizer of the engine; its state stays its own affair.

        Args:
            optimizer: one that `is_native_optimizer` accepts.
            variables: the variables to change.
            gradients: the derivative of the loss for each of them.

        Raises:
            UnsupportedOperation: on engines that bring no optimizers.
        """
        raise UnsupportedOperation(
            self.name, "native_optimizer_updates", "Use an optimizer of polykeras.optimizers, such as 'adam'."
        )

    def get_session(self) -> Any:
        """The engine's session.

        Raises:
            UnsupportedOperation: on engines without sessions.
        """
        raise UnsupportedOperation(
            self.name, "get_session", "Use K.function or K.eval, which work everywhere."
        )

    def set_session(self, session: Any) -> None:
        """Makes `session` the engine's session.

        Raises:
            UnsupportedOperation: on engines without sessions.
        """
        raise UnsupportedOperation(self.name, "set_session", "Remove the call: there is no session to set.")

    def manual_variable_initialization(self, value: bool) -> None:
        """Whether the user, not the library, initialises variables.

        Raises:
            UnsupportedOperation: on engines where a variable always has a value.
        """
        raise UnsupportedOperation(
            self.name,
            "manual_variable_initialization",
            "Remove the call: variables have their values at once.",
        )
