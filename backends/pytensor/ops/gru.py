"""The gated recurrent unit as an operation, and its derivative."""

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

# h before each step and after the last; the activated gates z, r; the proposed h; r * h.
_KEPT = ((1, 1), (0, 2), (0, 1), (0, 1))


class GRUGradient(RecurrenceGradient):
    gates, n_states, kept = 3, 1, _KEPT

    def run(self, U: Any, flags: Any, kept: list[Any], by: list[Any]) -> list[np.ndarray]:
        h, gates, fresh, reset = kept
        by_h = by[2].copy()
        by_outputs = derivatives_by_states(by[0], by[1], flags)
        time, samples, units = fresh.shape
        z, r = gates[..., :units], gates[..., units:]
        # What the derivatives are multiplied by: at first the factors, in the end the derivatives by x.
        by_gates = slope(self.inner_activation, gates)
        by_gates[..., :units] *= h[:-1] - fresh
        by_gates[..., units:] *= h[:-1]
        by_fresh = (1 - z) * (1 - fresh * fresh)
        if flags is not None:
            z = np.where(flags[..., None], z, z.dtype.type(1))
            by_gates[~flags] = 0
            by_fresh[~flags] = 0
        of_gates, of_fresh = (np.ascontiguousarray(part.T) for part in (U[:, : 2 * units], U[:, 2 * units :]))
        for step in reversed(range(time)):
            by_h += by_outputs[:, step]
            by_fresh[step] *= by_h
            by_reset = by_fresh[step].dot(of_fresh)
            by_gates[step, :, :units] *= by_h
            by_gates[step, :, units:] *= by_reset
            by_h *= z[step]
            by_reset *= r[step]
            by_h += by_reset
            by_h += by_gates[step].dot(of_gates)
        rows = time * samples
        by_U = np.concatenate(
            [
                h[:-1].reshape(rows, units).T.dot(by_gates.reshape(rows, 2 * units)),
                reset.reshape(rows, units).T.dot(by_fresh.reshape(rows, units)),
            ],
            axis=1,
        )
        by_x = np.concatenate([by_gates, by_fresh], axis=2)
        return [in_order_of_time(by_x, self.go_backwards), by_U, by_h]


class GRU(Recurrence):
    """Gates z, r, h; state h."""

    gates, n_states, kept = 3, 1, _KEPT
    gradient = GRUGradient

    def step(self, x: Any, U: Any, states: list[Any]) -> list[Any]:
        (h,) = states
        gates = 2 * h.shape[1]
        both = symbolic_gate(self.inner_activation)(x[:, :gates] + pt.dot(h, U[:, :gates]))
        z, r = both[:, : h.shape[1]], both[:, h.shape[1] :]
        fresh = pt.tanh(x[:, gates:] + pt.dot(r * h, U[:, gates:]))
        return [z * h + (1 - z) * fresh]

    def run(self, x: Any, U: Any, states: list[Any], flags: Any) -> list[np.ndarray]:
        samples, time, _ = x.shape
        units = len(U)
        h = np.empty((time + 1, samples, units), x.dtype)
        h[0] = states[0]
        gates = np.empty((time, samples, 2 * units), x.dtype)
        fresh, reset = (np.empty((time, samples, units), x.dtype) for _ in range(2))
        of_gates, of_fresh = (np.ascontiguousarray(part) for part in (U[:, : 2 * units], U[:, 2 * units :]))
        for step in range(time):
            now = x[:, -1 - step if self.go_backwards else step]
            both = np.dot(h[step], of_gates, out=gates[step])
            both += now[:, : 2 * units]
            activate(self.inner_activation, both)
            z, r = both[:, :units], both[:, units:]
            np.multiply(r, h[step], out=reset[step])
            proposed = np.dot(reset[step], of_fresh, out=fresh[step])
            proposed += now[:, 2 * units :]
            np.tanh(proposed, out=proposed)
            np.subtract(h[step], proposed, out=h[step + 1])
            h[step + 1] *= z
            h[step + 1] += proposed
            if flags is not None:
                idle = ~flags[step]
                h[step + 1, idle] = h[step, idle]
        outputs = outputs_of(h, flags)
        main = [outputs, last_of(outputs), h[-1].copy()]
        return [*main, h, gates, fresh, reset] if self.keeps else main


GRUGradient.forward = GRU
