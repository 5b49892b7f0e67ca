"""Loops over time: the general one, and the two recurrent layers that engines can run as one operation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from .control import Control
from .nn import NN

Step = Callable[[Any, list[Any]], tuple[Any, list[Any]]]
Body = Callable[[list[Any], list[Any]], tuple[list[Any], list[Any]]]


class Recurrent(NN, Control):
    """Operations that go through the time steps of a sequence, axis 1 of ``(samples, time, ...)``."""

    @abstractmethod
    def scan(
        self, body: Body, sequences: Sequence[Any], states: Sequence[Any], go_backwards: bool = False
    ) -> tuple[list[Any], list[Any]]:
        """Runs a loop over axis 0 of several tensors.

        Args:
            body: takes the slices of the sequences and the states before a step; returns the outputs of the
                step and the states after it. It is called while the expression is built.
            sequences: tensors with the same size of axis 0.
            states: the states before the first step; each keeps its shape and dtype.
            go_backwards: whether the last slice comes first.

        Returns:
            The outputs of all steps, stacked along a new axis 0 in the order in which they were made, and
            the states after the last step. With no step: no outputs along axis 0, and the states unchanged.
        """

    def rnn(
        self,
        step_function: Callable[[Any, list[Any]], tuple[Any, list[Any]]],
        inputs: Any,
        initial_states: Sequence[Any],
        go_backwards: bool = False,
        mask: Any = None,
        constants: Sequence[Any] | None = None,
        unroll: bool = False,
        input_length: int | None = None,
    ) -> tuple[Any, Any, list[Any]]:
        """Goes through the time steps of `inputs`.

        Args:
            step_function: takes the input of one step ``(samples, ...)`` and a list, the states followed by
                `constants`; returns the step's output ``(samples, ...)`` and the list of new states, each of
                the shape of the old one.
            inputs: ``(samples, time, ...)`` with three axes or more.
            initial_states: the states before the first step.
            go_backwards: whether the last step comes first; the outputs stay in that order.
            mask: ``(samples, time)`` or ``(samples, time, 1)``; where it is false, a step repeats the previous
                output (zeros if there is none) and keeps the states.
            constants: tensors that every step gets.
            unroll: whether the steps are written out one after another instead of in a loop; their number
                must then be known.
            input_length: the number of steps, where the shape of `inputs` does not tell it.

        Returns:
            The last output ``(samples, ...)``, all outputs ``(samples, time, ...)``, and the list of last states.

        Raises:
            ValueError: if `inputs` has fewer than three axes, the mask has other than two or three, or
                `unroll` is asked for and the number of steps is not known.
        """
        raise NotImplementedError

    def lstm(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
    ) -> tuple[Any, Any, list[Any]]:
        """The recurrence of a long short-term memory (Hochreiter and Schmidhuber, 1997), after its inputs have
        been multiplied by their weights.

        With ``z = x[:, t] + h . U`` split into i, f, c, o, and s the `inner_activation`:
        ``cell = s(f) * cell + s(i) * tanh(c)``; ``h = s(o) * tanh(cell)``.

        Args:
            x: ``(samples, time, 4 * units)``, gates in the order i, f, c, o, biases included.
            U: ``(units, 4 * units)``, in the same order.
            initial_states: ``h`` and ``cell``, each ``(samples, units)``.
            mask, go_backwards: see `rnn`.
            inner_activation: ``'hard_sigmoid'`` or ``'sigmoid'``.

        Returns:
            As `rnn`: the last output, all outputs ``(samples, time, units)``, and ``[h, cell]``.
        """
        raise NotImplementedError

    def gru(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
    ) -> tuple[Any, Any, list[Any]]:
        """The recurrence of a gated recurrent unit (Cho et al., 2014), after its inputs have been multiplied by
        their weights.

        With x and U split into z, r, h, and s the `inner_activation`: ``z = s(x_z + h . U_z)``;
        ``r = s(x_r + h . U_r)``; ``hh = tanh(x_h + (r * h) . U_h)``; ``h = z * h + (1 - z) * hh``.

        Args:
            x: ``(samples, time, 3 * units)``, in the order z, r, h, biases included.
            U: ``(units, 3 * units)``, in the same order.
            initial_states: ``[h]``, ``(samples, units)``.
            mask, go_backwards, inner_activation: see `lstm`.

        Returns:
            As `rnn`: the last output, all outputs ``(samples, time, units)``, and ``[h]``.
        """
        raise NotImplementedError
