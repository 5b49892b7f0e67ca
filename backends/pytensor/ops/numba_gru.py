"""How Numba compiles the gated recurrent unit. Imported only when something is compiled.

See numba_lstm.py for why loops are short.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from .gru import GRU, GRUGradient
from .numba_gates import OPTIONS, gate_functions
from .numba_recurrence import add, first_counted, last_of, products, put, size_check

VERSION = 2


@register_funcify_default_op_cache_key(GRU)
def _gru(op: GRU, node: Any, **kwargs: Any) -> Any:
    tanh, gate, _ = gate_functions(node.outputs[0].type.dtype, op.inner_activation)
    backwards, masked, keeps = op.go_backwards, op.masked, op.keeps
    check = size_check("GRU", op.gates, masked)

    @numba_njit(**OPTIONS)
    def activate(both, x, h, reset):
        units = h.size
        for j in range(both.size):
            both[j] = gate(both[j] + x[j])
        r = both[units:]
        for j in range(units):
            reset[j] = r[j] * h[j]

    @numba_njit(**OPTIONS)
    def advance(z, proposed, x, h, new_h):
        for j in range(h.size):
            proposed[j] = tanh(proposed[j] + x[j])
        for j in range(h.size):
            new_h[j] = proposed[j] + z[j] * (h[j] - proposed[j])

    @numba_njit(**OPTIONS)
    def run(x, U, start_h, flags):
        check(x, U, start_h, flags)
        samples, time, _ = x.shape
        units = U.shape[0]
        two = 2 * units
        outputs = np.zeros((samples, time, units), x.dtype)
        n_states, n_steps = (time + 1, time) if keeps else (2, 1)
        h = np.empty((n_states, samples, units), x.dtype)
        gates = np.empty((n_steps, samples, two), x.dtype)
        fresh = np.empty((n_steps, samples, units), x.dtype)
        reset = np.empty((n_steps, samples, units), x.dtype)
        of_gates, of_fresh = U[:, :two].copy(), U[:, two:].copy()
        h[0] = start_h
        first = first_counted(flags, backwards)
        for step in range(time):
            here, now, then = (step, step, step + 1) if keeps else (0, step % 2, (step + 1) % 2)
            place = time - 1 - step if backwards else step
            np.dot(h[now], of_gates, gates[here])
            for sample in range(samples):
                activate(gates[here, sample], x[sample, place, :two], h[now, sample], reset[here, sample])
            np.dot(reset[here], of_fresh, fresh[here])
            for sample in range(samples):
                z, proposed = gates[here, sample, :units], fresh[here, sample]
                advance(z, proposed, x[sample, place, two:], h[now, sample], h[then, sample])
                if masked and not flags[place, sample]:
                    put(h[then, sample], h[now, sample])
                if not masked or step >= first[sample]:
                    put(outputs[sample, step], h[then, sample])
        end = time if keeps else time % 2
        return outputs, last_of(outputs), h[end].copy(), h, gates, fresh, reset

    if masked and keeps:

        @numba_njit
        def gru(x, U, h, flags):
            return run(np.ascontiguousarray(x), U, h, flags)

    elif masked:

        @numba_njit
        def gru(x, U, h, flags):
            return run(np.ascontiguousarray(x), U, h, flags)[:3]

    elif keeps:

        @numba_njit
        def gru(x, U, h):
            return run(np.ascontiguousarray(x), U, h, np.ones((1, 1), np.bool_))

    else:

        @numba_njit
        def gru(x, U, h):
            return run(np.ascontiguousarray(x), U, h, np.ones((1, 1), np.bool_))[:3]

    return gru, VERSION


@register_funcify_default_op_cache_key(GRUGradient)
def _gru_gradient(op: GRUGradient, node: Any, **kwargs: Any) -> Any:
    _, _, slope = gate_functions(node.outputs[0].type.dtype, op.inner_activation)
    backwards, masked = op.go_backwards, op.masked

    @numba_njit(**OPTIONS)
    def to_fresh(by_fresh, by_z, by_h, z, h, fresh):
        one = z.dtype.type(1)
        for j in range(h.size):
            by_fresh[j] = by_h[j] * (one - z[j]) * (one - fresh[j] * fresh[j])
        for j in range(h.size):
            by_z[j] = by_h[j] * (h[j] - fresh[j]) * slope(z[j])
        for j in range(h.size):
            by_h[j] *= z[j]

    @numba_njit(**OPTIONS)
    def to_reset(by_r, by_h, by_reset, r, h):
        for j in range(h.size):
            by_r[j] = by_reset[j] * h[j] * slope(r[j])
        for j in range(h.size):
            by_h[j] += by_reset[j] * r[j]

    @numba_njit(**OPTIONS)
    def run(U, flags, h, gates, fresh, reset, by_outputs, by_last, by_end_h):
        samples, time, units = by_outputs.shape
        two = 2 * units
        by_h, before, by_reset = by_end_h.copy(), np.empty_like(by_end_h), np.empty_like(by_end_h)
        by_gates, by_fresh = np.empty_like(gates), np.empty_like(fresh)
        by_x = np.empty((samples, time, 3 * units), gates.dtype)
        of_gates, of_fresh = U[:, :two].T.copy(), U[:, two:].T.copy()
        first = first_counted(flags, backwards)
        for step in range(time - 1, -1, -1):
            place = time - 1 - step if backwards else step
            for sample in range(samples):
                if not masked or step >= first[sample]:
                    add(by_h[sample], by_outputs[sample, step])
                    if step == time - 1:
                        add(by_h[sample], by_last[sample])
                row = by_gates[step, sample]
                if masked and not flags[place, sample]:
                    row[:] = 0
                    by_fresh[step, sample] = 0
                else:
                    to_fresh(
                        by_fresh[step, sample], row[:units], by_h[sample],
                        gates[step, sample, :units], h[step, sample], fresh[step, sample],
                    )  # fmt: skip
            np.dot(by_fresh[step], of_fresh, by_reset)
            for sample in range(samples):
                row = by_gates[step, sample]
                if not masked or flags[place, sample]:
                    to_reset(
                        row[units:], by_h[sample], by_reset[sample],
                        gates[step, sample, units:], h[step, sample],
                    )  # fmt: skip
                put(by_x[sample, place, :two], row)
                put(by_x[sample, place, two:], by_fresh[step, sample])
            np.dot(by_gates[step], of_gates, before)
            for sample in range(samples):
                add(by_h[sample], before[sample])
        by_U = np.empty((units, 3 * units), gates.dtype)
        by_U[:, :two] = products(h[:-1], by_gates)
        by_U[:, two:] = products(reset, by_fresh)
        return by_x, by_U, by_h

    if masked:

        @numba_njit
        def gru_gradient(x, U, start_h, flags, h, gates, fresh, reset, by_outputs, by_last, by_h):
            return run(U, flags, h, gates, fresh, reset, np.ascontiguousarray(by_outputs), by_last, by_h)

    else:

        @numba_njit
        def gru_gradient(x, U, start_h, h, gates, fresh, reset, by_outputs, by_last, by_h):
            flags = np.ones((1, 1), np.bool_)
            return run(U, flags, h, gates, fresh, reset, np.ascontiguousarray(by_outputs), by_last, by_h)

    return gru_gradient, VERSION
