"""Loops over time: the general one, and the two recurrent layers that engines can run as one operation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from ...errors import check_choice
from .control import Control
from .nn import NN
from .steps import GATES, checked_step, gate_units, number_of_steps, split

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
            mask: ``(samples, time)`` or ``(samples, time, 1)``; where it is false, a step repeats the
                previous output (zeros if there is none) and keeps the states.
            constants: tensors that every step gets.
            unroll: whether the steps are written out one after another instead of in a loop; their number
                must then be known.
            input_length: the number of steps, where the shape of `inputs` does not tell it.

        Returns:
            The last output ``(samples, ...)``, all outputs ``(samples, time, ...)``, and the list of last
            states.

        Raises:
            ValueError: if `inputs` has fewer than three axes, the mask has other than two or three, or
                `unroll` is asked for and the number of steps is not known.
        """
        where = "rnn"
        rank = self.ndim(inputs) or 0
        if rank < 3:
            raise ValueError(
                f"{where}: inputs must have 3 axes or more, (samples, time, ...), got {rank}. For one "
                "number at each time step add an axis by K.expand_dims."
            )
        steps = number_of_steps(where, self.int_shape(inputs), input_length)
        flags = None if mask is None else self._step_flags(where, mask, steps)
        states, extra = list(initial_states), list(constants or [])

        def step(x: Any, before: list[Any]) -> tuple[Any, list[Any]]:
            return checked_step(where, step_function(x, [*before, *extra]), len(states))

        if unroll:
            if steps is None:
                raise ValueError(
                    f"{where}: unroll needs to know the number of time steps, got inputs of the shape "
                    f"{self.int_shape(inputs)}. Give input_length (a layer: input_shape with the number of "
                    "steps), or leave unroll out."
                )
            if steps:
                return self._unrolled(step, inputs, states, flags, steps, go_backwards)
        sequences = [self._swapped(inputs)]
        if flags is None:
            (outputs,), states = self.scan(
                lambda slices, before: _listed(step(slices[0], before)), sequences, states, go_backwards
            )
        else:
            # What a step would give tells the shape of the zeros that stand for no output yet.
            nothing = self.zeros_like(step(self.sum(sequences[0], axis=0), states)[0])

            def masked(slices: list[Any], before: list[Any]) -> tuple[list[Any], list[Any]]:
                x, counts = slices
                output, after = self._kept(counts, step(x, before[1:]), before[0], before[1:])
                return [output], [output, *after]

            (outputs,), (_, *states) = self.scan(
                masked, [*sequences, flags], [nothing, *states], go_backwards
            )
        # The sum over the last step alone is that step, or zeros if there is none.
        last = outputs[-1] if steps else self.sum(outputs[-1:], axis=0)
        return last, self._swapped(outputs), states

    def _unrolled(
        self, step: Step, inputs: Any, states: list[Any], flags: Any, steps: int, go_backwards: bool
    ) -> tuple[Any, Any, list[Any]]:
        outputs: list[Any] = []
        for time in reversed(range(steps)) if go_backwards else range(steps):
            result = step(inputs[:, time], states)
            if flags is None:
                output, states = result
            else:
                previous = outputs[-1] if outputs else self.zeros_like(result[0])
                output, states = self._kept(flags[time], result, previous, states)
            outputs.append(output)
        return outputs[-1], self._swapped(self.stack(outputs)), states

    def _kept(
        self, counts: Any, result: tuple[Any, list[Any]], output: Any, states: list[Any]
    ) -> tuple[Any, list[Any]]:
        """The results of a step for the samples where it counts, elsewhere what was there before."""
        new_output, new_states = result
        after = [
            self.switch(counts, new, old) if self.ndim(old) else new
            for new, old in zip(new_states, states, strict=True)
        ]
        return self.switch(counts, new_output, output), after

    def _step_flags(self, where: str, mask: Any, steps: int | None) -> Any:
        """The mask as booleans, ``(time, samples)``."""
        rank, shape = self.ndim(mask), self.int_shape(mask)
        if rank not in (2, 3):
            raise ValueError(
                f"{where}: the mask must have the shape (samples, time) or (samples, time, 1), got {rank} "
                "axes."
            )
        if shape is not None and None not in (shape[1], steps) and shape[1] != steps:
            raise ValueError(
                f"{where}: the mask must have as many time steps as the inputs: wanted {steps}, got the "
                f"shape {shape}."
            )
        flags = self.cast(mask, "bool")
        return self._swapped(self.squeeze(flags, 2) if rank == 3 else flags)

    def _swapped(self, x: Any) -> Any:
        """`x` with its first two axes, samples and time, swapped."""
        return self.permute_dimensions(x, (1, 0, *range(2, self.ndim(x) or 2)))

    def lstm(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
        W: Any = None,
        b: Any = None,
    ) -> tuple[Any, Any, list[Any]]:
        """The recurrence of a long short-term memory (Hochreiter and Schmidhuber, 1997).

        With ``z = x[:, t] . W + b + h . U`` split into i, f, c, o, and s the `inner_activation`:
        ``cell = s(f) * cell + s(i) * tanh(c)``; ``h = s(o) * tanh(cell)``.

        Args:
            x: ``(samples, time, input_dim)``; without W ``(samples, time, 4 * units)``, multiplied by its
                weights before, gates in the order i, f, c, o, biases included.
            U: ``(units, 4 * units)``, in the same order.
            initial_states: ``h`` and ``cell``, each ``(samples, units)``.
            mask, go_backwards: see `rnn`.
            inner_activation: ``'hard_sigmoid'`` or ``'sigmoid'``.
            W: ``(input_dim, 4 * units)``, in the same order.
            b: ``(4 * units,)``, in the same order; only beside W. None: zeros.

        Returns:
            As `rnn`: the last output, all outputs ``(samples, time, units)``, and ``[h, cell]``.
        """
        x, units = self._gate_inputs("lstm", 4, x, U, W, b)
        gate = self._gate("lstm", inner_activation)

        def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            h, cell = states
            i, f, c, o = split(x + self.dot(h, U), units, 4)
            cell = gate(f) * cell + gate(i) * self.tanh(c)
            h = gate(o) * self.tanh(cell)
            return h, [h, cell]

        return self.rnn(step, x, initial_states, go_backwards=go_backwards, mask=mask)

    def gru(
        self,
        x: Any,
        U: Any,
        initial_states: Sequence[Any],
        mask: Any = None,
        go_backwards: bool = False,
        inner_activation: str = "hard_sigmoid",
        W: Any = None,
        b: Any = None,
    ) -> tuple[Any, Any, list[Any]]:
        """The recurrence of a gated recurrent unit (Cho et al., 2014).

        With ``y = x[:, t] . W + b`` and U split into z, r, h, and s the `inner_activation`:
        ``z = s(y_z + h . U_z)``; ``r = s(y_r + h . U_r)``; ``hh = tanh(y_h + (r * h) . U_h)``;
        ``h = z * h + (1 - z) * hh``.

        Args:
            x: ``(samples, time, input_dim)``; without W ``(samples, time, 3 * units)``, multiplied by its
                weights before, in the order z, r, h, biases included.
            U: ``(units, 3 * units)``, in the same order.
            initial_states: ``[h]``, ``(samples, units)``.
            mask, go_backwards, inner_activation: see `lstm`.
            W: ``(input_dim, 3 * units)``, in the same order.
            b: ``(3 * units,)``, in the same order; only beside W. None: zeros.

        Returns:
            As `rnn`: the last output, all outputs ``(samples, time, units)``, and ``[h]``.
        """
        x, units = self._gate_inputs("gru", 3, x, U, W, b)
        gate = self._gate("gru", inner_activation)
        U_gates, U_h = U[:, : 2 * units], U[:, 2 * units :]

        def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            h = states[0]
            z, r = (gate(part) for part in split(x[:, : 2 * units] + self.dot(h, U_gates), units, 2))
            hh = self.tanh(x[:, 2 * units :] + self.dot(r * h, U_h))
            h = z * h + (1.0 - z) * hh
            return h, [h]

        return self.rnn(step, x, initial_states, go_backwards=go_backwards, mask=mask)

    def _gate_inputs(self, where: str, gates: int, x: Any, U: Any, W: Any, b: Any) -> tuple[Any, int]:
        """What the gates take of the inputs, ``(samples, time, gates * units)``, and the number of units."""
        units = self._gate_units(where, gates, x, U, W, b)
        if W is not None:
            x = self.dot(x, W)
        return x if b is None else x + b, units

    def _gate_units(self, where: str, gates: int, *tensors: Any) -> int:
        """The number of units, from x, U, W and b; see `gate_units`."""
        return gate_units(where, gates, *(None if each is None else self.int_shape(each) for each in tensors))

    def _gate(self, where: str, inner_activation: str) -> Callable[[Any], Any]:
        check_choice(f"K.{where}", "inner_activation", inner_activation, GATES)
        return self.sigmoid if inner_activation == "sigmoid" else self.hard_sigmoid


def _listed(result: tuple[Any, list[Any]]) -> tuple[list[Any], list[Any]]:
    output, states = result
    return [output], states
