"""How Numba compiles the long short-term memory. Imported only when something is compiled.

Loops are short and touch few arrays each, so that LLVM makes vector code of them: it has to test at run time
that arrays do not overlap, and gives up where there is too much to test.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key

from .lstm import LSTM, LSTMGradient
from .numba_gates import OPTIONS, gate_functions
from .numba_recurrence import add, first_counted, last_of, products, put, size_check

VERSION = 2


@register_funcify_default_op_cache_key(LSTM)
def _lstm(op: LSTM, node: Any, **kwargs: Any) -> Any:
    tanh, gate, _ = gate_functions(node.outputs[0].type.dtype, op.inner_activation)
    backwards, masked, keeps = op.go_backwards, op.masked, op.keeps
    check = size_check("LSTM", op.gates, masked)

    @numba_njit(**OPTIONS)
    def activate(z, x):
        for j in range(z.size):
            z[j] = gate(z[j] + x[j])

    @numba_njit(**OPTIONS)
    def squash(z, x):
        for j in range(z.size):
            z[j] = tanh(z[j] + x[j])

    @numba_njit(**OPTIONS)
    def advance(i, f, c, o, cell, new_cell, squashed, h):
        for j in range(h.size):
            new_cell[j] = f[j] * cell[j] + i[j] * c[j]
        for j in range(h.size):
            squashed[j] = tanh(new_cell[j])
        for j in range(h.size):
            h[j] = o[j] * squashed[j]

    @numba_njit(**OPTIONS)
    def run(x, U, start_h, start_cell, flags):
        check(x, U, start_h, flags)
        check(x, U, start_cell, flags)
        samples, time, _ = x.shape
        units = U.shape[0]
        two, three = 2 * units, 3 * units
        outputs = np.zeros((samples, time, units), x.dtype)
        n_states, n_steps = (time + 1, time) if keeps else (2, 1)
        h = np.empty((n_states, samples, units), x.dtype)
        cell = np.empty((n_states, samples, units), x.dtype)
        gates = np.empty((n_steps, samples, 4 * units), x.dtype)
        squashed = np.empty((n_steps, samples, units), x.dtype)
        h[0] = start_h
        cell[0] = start_cell
        first = first_counted(flags, backwards)
        for step in range(time):
            here, now, then = (step, step, step + 1) if keeps else (0, step % 2, (step + 1) % 2)
            place = time - 1 - step if backwards else step
            z = gates[here]
            np.dot(h[now], U, z)
            for sample in range(samples):
                row, now_x = z[sample], x[sample, place]
                i, f, c, o = row[:units], row[units:two], row[two:three], row[three:]
                activate(row[:two], now_x[:two])
                squash(c, now_x[two:three])
                activate(o, now_x[three:])
                if masked and not flags[place, sample]:
                    put(h[then, sample], h[now, sample])
                    put(cell[then, sample], cell[now, sample])
                else:
                    advance(
                        i, f, c, o, cell[now, sample], cell[then, sample], squashed[here, sample],
                        h[then, sample],
                    )  # fmt: skip
                if not masked or step >= first[sample]:
                    put(outputs[sample, step], h[then, sample])
        end = time if keeps else time % 2
        return outputs, last_of(outputs), h[end].copy(), cell[end].copy(), h, cell, gates, squashed

    if masked and keeps:

        @numba_njit
        def lstm(x, U, h, cell, flags):
            return run(np.ascontiguousarray(x), np.ascontiguousarray(U), h, cell, flags)

    elif masked:

        @numba_njit
        def lstm(x, U, h, cell, flags):
            return run(np.ascontiguousarray(x), np.ascontiguousarray(U), h, cell, flags)[:4]

    elif keeps:

        @numba_njit
        def lstm(x, U, h, cell):
            return run(np.ascontiguousarray(x), np.ascontiguousarray(U), h, cell, np.ones((1, 1), np.bool_))

    else:

        @numba_njit
        def lstm(x, U, h, cell):
            return run(np.ascontiguousarray(x), np.ascontiguousarray(U), h, cell, np.ones((1, 1), np.bool_))[
                :4
            ]

    return lstm, VERSION


@register_funcify_default_op_cache_key(LSTMGradient)
def _lstm_gradient(op: LSTMGradient, node: Any, **kwargs: Any) -> Any:
    _, _, slope = gate_functions(node.outputs[0].type.dtype, op.inner_activation)
    backwards, masked = op.go_backwards, op.masked

    @numba_njit(**OPTIONS)
    def to_gates(by_i, by_f, by_c, by_o, by_h, by_cell, i, f, c, o, cell, squashed):
        one = i.dtype.type(1)
        for j in range(i.size):
            by_cell[j] += by_h[j] * o[j] * (one - squashed[j] * squashed[j])
        for j in range(i.size):
            by_i[j] = by_cell[j] * c[j] * slope(i[j])
        for j in range(i.size):
            by_f[j] = by_cell[j] * cell[j] * slope(f[j])
        for j in range(i.size):
            by_c[j] = by_cell[j] * i[j] * (one - c[j] * c[j])
        for j in range(i.size):
            by_o[j] = by_h[j] * squashed[j] * slope(o[j])
        for j in range(i.size):
            by_cell[j] *= f[j]

    @numba_njit(**OPTIONS)
    def run(U, flags, h, cell, gates, squashed, by_outputs, by_last, by_end_h, by_end_cell):
        samples, time, units = by_outputs.shape
        two, three = 2 * units, 3 * units
        by_h, by_cell, before = by_end_h.copy(), by_end_cell.copy(), np.empty_like(by_end_h)
        by_steps = np.empty_like(gates)
        by_x = np.empty((samples, time, 4 * units), gates.dtype)
        transposed = np.ascontiguousarray(U.T)
        first = first_counted(flags, backwards)
        for step in range(time - 1, -1, -1):
            place = time - 1 - step if backwards else step
            by_z = by_steps[step]
            for sample in range(samples):
                if not masked or step >= first[sample]:
                    add(by_h[sample], by_outputs[sample, step])
                    if step == time - 1:
                        add(by_h[sample], by_last[sample])
                if masked and not flags[place, sample]:
                    by_z[sample] = 0
                else:
                    row, z = by_z[sample], gates[step, sample]
                    to_gates(
                        row[:units], row[units:two], row[two:three], row[three:],
                        by_h[sample], by_cell[sample],
                        z[:units], z[units:two], z[two:three], z[three:],
                        cell[step, sample], squashed[step, sample],
                    )  # fmt: skip
                put(by_x[sample, place], by_z[sample])
            np.dot(by_z, transposed, before)
            if masked:
                for sample in range(samples):
                    if not flags[place, sample]:
                        put(before[sample], by_h[sample])
            by_h, before = before, by_h
        return by_x, products(h[:-1], by_steps), by_h, by_cell

    if masked:

        @numba_njit
        def lstm_gradient(
            x, U, start_h, start_cell, flags, h, cell, gates, squashed, by_outputs, by_last, by_h, by_cell
        ):
            return run(
                U, flags, h, cell, gates, squashed, np.ascontiguousarray(by_outputs), by_last, by_h, by_cell
            )

    else:

        @numba_njit
        def lstm_gradient(
            x, U, start_h, start_cell, h, cell, gates, squashed, by_outputs, by_last, by_h, by_cell
        ):
            flags = np.ones((1, 1), np.bool_)
            return run(
                U, flags, h, cell, gates, squashed, np.ascontiguousarray(by_outputs), by_last, by_h, by_cell
            )

    return lstm_gradient, VERSION
