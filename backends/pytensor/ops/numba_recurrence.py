"""What the recurrent layers share of their implementations for Numba."""

from __future__ import annotations

from typing import Any

import numpy as np
from pytensor.link.numba.dispatch.basic import numba_njit

from .numba_gates import OPTIONS


def size_check(name: str, gates: int, masked: bool) -> Any:
    """A function of x, U, a state and flags that raises ValueError if their shapes do not fit."""
    message = (
        f"{name}: wanted x (samples, time, {gates} * units), U (units, {gates} * units), states "
        "(samples, units) and flags (time, samples), got other shapes."
    )

    @numba_njit
    def check(x, U, state, flags):
        samples, time, width = x.shape
        units = U.shape[0]
        fits = U.shape[1] == width == gates * units and state.shape == (samples, units)
        if not fits or (masked and flags.shape != (time, samples)):
            raise ValueError(message)

    return check


@numba_njit(**OPTIONS)
def put(target, source):
    """Copies a row."""
    for j in range(source.size):
        target[j] = source[j]


@numba_njit(**OPTIONS)
def add(target, source):
    """Adds a row to another."""
    for j in range(source.size):
        target[j] += source[j]


@numba_njit(**OPTIONS)
def last_of(outputs):
    """The last output, zeros if there is none."""
    samples, time, units = outputs.shape
    last = np.zeros((samples, units), outputs.dtype)
    if time:
        for sample in range(samples):
            put(last[sample], outputs[sample, time - 1])
    return last


@numba_njit(**OPTIONS)
def first_counted(flags, backwards):
    """For each sample the number of the first step that counts, that of all steps if none does."""
    time, samples = flags.shape
    first = np.full(samples, time)
    for step in range(time - 1, -1, -1):
        place = time - 1 - step if backwards else step
        for sample in range(samples):
            if flags[place, sample]:
                first[sample] = step
    return first


@numba_njit(**OPTIONS)
def products(rows, columns):
    """The sum of the outer products of the rows of two arrays, over their first two axes."""
    count = rows.shape[0] * rows.shape[1]
    return np.dot(rows.reshape(count, rows.shape[2]).T, columns.reshape(count, columns.shape[2]))
