"""Loops over time, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .nn import hard_sigmoid, sigmoid


def scan(
    body: Callable[..., Any],
    sequences: Sequence[np.ndarray],
    states: Sequence[Any],
    go_backwards: bool = False,
) -> tuple[list[np.ndarray], list[Any]]:
    rows = list(zip(*sequences, strict=True))
    collected, now = [], list(states)
    for slices in reversed(rows) if go_backwards else rows:
        outputs, now = body(list(slices), now)
        collected.append(outputs)
    return [np.array(each) for each in zip(*collected, strict=True)], now


def rnn(
    step_function: Callable[..., Any],
    inputs: np.ndarray,
    initial_states: Sequence[Any],
    go_backwards: bool = False,
    mask: Any = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: int | None = None,
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Sample by sample, so that a masked step is simply left out."""
    samples, steps = inputs.shape[:2]
    counts = (
        np.ones((samples, steps), bool) if mask is None else np.asarray(mask).reshape(samples, steps) != 0
    )
    order = list(range(steps))[::-1] if go_backwards else list(range(steps))
    outputs: list[list[np.ndarray]] = []
    finals: list[list[Any]] = []
    for sample in range(samples):
        states = [np.asarray(state)[sample : sample + 1] for state in initial_states]
        of_sample: list[np.ndarray] = []
        for time in order:
            x = inputs[sample : sample + 1, time]
            own = [
                each[sample : sample + 1] if np.ndim(each) else each
                for each in map(np.asarray, constants or [])
            ]
            output, after = step_function(x, [*states, *own])
            if counts[sample, time]:
                states = list(after)
                of_sample.append(output[0])
            else:
                of_sample.append(of_sample[-1] if of_sample else np.zeros_like(output[0]))
        outputs.append(of_sample)
        finals.append(states)
    every = np.array(outputs)
    last = [np.concatenate(each) for each in zip(*finals, strict=True)]
    return every[:, -1], every, last


def lstm(
    x: np.ndarray,
    U: np.ndarray,
    initial_states: Sequence[np.ndarray],
    mask: Any = None,
    go_backwards: bool = False,
    inner_activation: str = "hard_sigmoid",
    W: np.ndarray | None = None,
    b: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    gate = sigmoid if inner_activation == "sigmoid" else hard_sigmoid
    if W is not None:
        x = np.einsum("sti,ig->stg", x, W) + (0 if b is None else b)

    def step(x: np.ndarray, states: list[np.ndarray]) -> Any:
        h, cell = states
        i, f, c, o = np.split(x + h @ U, 4, axis=-1)
        cell = gate(f) * cell + gate(i) * np.tanh(c)
        h = gate(o) * np.tanh(cell)
        return h, [h, cell]

    return rnn(step, x, initial_states, go_backwards, mask)


def gru(
    x: np.ndarray,
    U: np.ndarray,
    initial_states: Sequence[np.ndarray],
    mask: Any = None,
    go_backwards: bool = False,
    inner_activation: str = "hard_sigmoid",
    W: np.ndarray | None = None,
    b: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    gate = sigmoid if inner_activation == "sigmoid" else hard_sigmoid
    if W is not None:
        x = np.einsum("sti,ig->stg", x, W) + (0 if b is None else b)
    U_z, U_r, U_h = np.split(U, 3, axis=-1)

    def step(x: np.ndarray, states: list[np.ndarray]) -> Any:
        (h,) = states
        x_z, x_r, x_h = np.split(x, 3, axis=-1)
        z, r = gate(x_z + h @ U_z), gate(x_r + h @ U_r)
        h = z * h + (1 - z) * np.tanh(x_h + (r * h) @ U_h)
        return h, [h]

    return rnn(step, x, initial_states, go_backwards, mask)
