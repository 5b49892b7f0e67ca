"""The long short-term memory as an operation, and its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt

from .recurrence import (
    Recurrence,
    RecurrenceGradient,
    activate,
    derivatives_by_states,
    in_order_of_time,
    last_of,
    outputs_of,
    slope,
    symbolic_gate,
)

# h and cell before each step and after the last; the activated gates i, f, c, o; tanh(cell).
_KEPT = ((1, 1), (1, 1), (0, 4), (0, 1))


class LSTMGradient(RecurrenceGradient):
    gates, n_states, kept = 4, 2, _KEPT

    def run(self, U: Any, flags: Any, kept: list[Any], by: list[Any]) -> list[np.ndarray]:
        h, cell, gates, squashed = kept
        by_h, by_cell = by[2].copy(), by[3].copy()
        by_outputs = derivatives_by_states(by[0], by[1], flags)
        time, samples, units = squashed.shape
        i, f, c, o = (gates[..., n * units : (n + 1) * units] for n in range(4))
        # What the derivatives are multiplied by: at first the factors, in the end the derivatives by x.
        by_x = np.empty((time, samples, 4, units), gates.dtype)
        np.multiply(c, slope(self.inner_activation, i), out=by_x[:, :, 0])
        np.multiply(cell[:-1], slope(self.inner_activation, f), out=by_x[:, :, 1])
        np.multiply(i, 1 - c * c, out=by_x[:, :, 2])
        np.multiply(squashed, slope(self.inner_activation, o), out=by_x[:, :, 3])
        to_cell = o * (1 - squashed * squashed)
        if flags is not None:
            f = np.where(flags[..., None], f, f.dtype.type(1))
            by_x[~flags] = 0
            to_cell[~flags] = 0
        transposed = np.ascontiguousarray(U.T)
        for step in reversed(range(time)):
            by_h += by_outputs[:, step]
            by_cell += by_h * to_cell[step]
            by_x[step, :, :3] *= by_cell[:, None]
            by_x[step, :, 3] *= by_h
            before = by_x[step].reshape(samples, 4 * units).dot(transposed)
            by_h = before if flags is None else np.where(flags[step][:, None], before, by_h)
            by_cell *= f[step]
        by_x = by_x.reshape(time, samples, 4 * units)
        by_U = h[:-1].reshape(time * samples, units).T.dot(by_x.reshape(time * samples, 4 * units))
        return [in_order_of_time(by_x, self.go_backwards), by_U, by_h, by_cell]


class LSTM(Recurrence):
    """Gates i, f, c, o; states h and cell."""

    gates, n_states, kept = 4, 2, _KEPT
    gradient = LSTMGradient

    def step(self, x: Any, U: Any, states: list[Any]) -> list[Any]:
        h, cell = states
        units = h.shape[1]
        z = x + pt.dot(h, U)
        i, f, c, o = (z[:, n * units : (n + 1) * units] for n in range(4))
        gate = symbolic_gate(self.inner_activation)
        cell = gate(f) * cell + gate(i) * pt.tanh(c)
        return [gate(o) * pt.tanh(cell), cell]

    def run(self, x: Any, U: Any, states: list[Any], flags: Any) -> list[np.ndarray]:
        samples, time, _ = x.shape
        units = len(U)
        h, cell = (np.empty((time + 1, samples, units), x.dtype) for _ in range(2))
        h[0], cell[0] = states
        gates = np.empty((time, samples, 4 * units), x.dtype)
        squashed = np.empty((time, samples, units), x.dtype)
        for step in range(time):
            z = np.dot(h[step], U, out=gates[step])
            z += x[:, -1 - step if self.go_backwards else step]
            activate(self.inner_activation, z[:, : 2 * units])
            np.tanh(z[:, 2 * units : 3 * units], out=z[:, 2 * units : 3 * units])
            activate(self.inner_activation, z[:, 3 * units :])
            i, f, c, o = (z[:, n * units : (n + 1) * units] for n in range(4))
            np.multiply(f, cell[step], out=cell[step + 1])
            cell[step + 1] += i * c
            np.tanh(cell[step + 1], out=squashed[step])
            np.multiply(o, squashed[step], out=h[step + 1])
            if flags is not None:
                idle = ~flags[step]
                h[step + 1, idle], cell[step + 1, idle] = h[step, idle], cell[step, idle]
        outputs = outputs_of(h, flags)
        main = [outputs, last_of(outputs), h[-1].copy(), cell[-1].copy()]
        return [*main, h, cell, gates, squashed] if self.keeps else main


LSTMGradient.forward = LSTM
