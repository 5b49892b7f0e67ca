"""Checks of what the loops over time are given, the same on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Shape = Sequence[int | None] | None

GATES = ("hard_sigmoid", "sigmoid")
"""The activations of the gates that `K.lstm` and `K.gru` know."""


def number_of_steps(where: str, shape: Shape, input_length: int | None) -> int | None:
    """The size of the axis of time: that of the shape, or else `input_length`."""
    known = None if shape is None else shape[1]
    return input_length if known is None else known


def checked_step(where: str, result: Any, count: int) -> tuple[Any, list[Any]]:
    """What a step of a loop has returned: its output (or list of them), and the list of new states.

    Raises:
        TypeError: if it is no pair of an output and a list.
        ValueError: if there are not as many new states as there were states before.
    """
    if not isinstance(result, (tuple, list)) or len(result) != 2 or not isinstance(result[1], (tuple, list)):
        raise TypeError(
            f"{where}: the step function must return its output and the list of new states, got {result!r}."
        )
    output, states = result
    if len(states) != count:
        raise ValueError(
            f"{where}: the step function must return as many states as there are initial states: wanted "
            f"{count}, got {len(states)}."
        )
    return output, list(states)


def gate_units(where: str, gates: int, x: Shape, U: Shape, W: Shape = None, b: Shape = None) -> int:
    """The number of units of a recurrent layer with `gates` gates side by side.

    Args:
        where, gates: for the message; how many gates there are.
        x, U, W, b: shapes of the inputs, of the recurrent weights, and of the inputs' weights and biases, if
            there are any.

    Raises:
        ValueError: if they do not fit together.
    """
    if U is None or len(U) != 2 or U[0] is None or U[1] != gates * U[0]:
        raise ValueError(f"{where}: U must have the shape (units, {gates} * units), got {U}.")
    units, width = int(U[0]), gates * int(U[0])
    beside = f"beside a U of the shape {tuple(U)}"
    if W is not None and (len(W) != 2 or W[1] != width):
        raise ValueError(f"{where}: W must have the shape (input_dim, {width}) {beside}, got {tuple(W)}.")
    if b is not None and tuple(b) != (width,):
        raise ValueError(f"{where}: b must have the shape ({width},) {beside}, got {tuple(b)}.")
    if b is not None and W is None:
        raise ValueError(f"{where}: b is added to the product of x and W. Give W, too, or add b to x.")
    columns = width if W is None else W[0]
    if x is None or len(x) != 3 or (x[2] != columns and None not in (x[2], columns)):
        beside += "" if W is None else f" and a W of the shape {tuple(W)}"
        raise ValueError(f"{where}: x must have the shape (samples, time, {columns}) {beside}, got {x}.")
    return units


def gate_states(where: str, count: int, units: int, states: Sequence[Shape]) -> None:
    """Compares the shapes of the states at the start with what a recurrent layer wants.

    Raises:
        ValueError: if there are not `count` of them, or one cannot be ``(samples, units)``.
    """
    if len(states) != count:
        plural = "s" if count > 1 else ""
        raise ValueError(f"{where}: wanted {count} state{plural} to start with, got {len(states)}.")
    for shape in states:
        if shape is None or len(shape) != 2 or shape[1] not in (None, units):
            raise ValueError(f"{where}: each state must have the shape (samples, {units}), got {shape}.")


def split(z: Any, units: int, count: int) -> list[Any]:
    """The first `count` blocks of `units` columns of a matrix."""
    return [z[:, start : start + units] for start in range(0, count * units, units)]


def checked_sequences(where: str, shapes: Sequence[Sequence[int | None]]) -> int | None:
    """The common size of axis 0 of several tensors, None if it is not known.

    Raises:
        ValueError: if there is no tensor, one has no axes, or the sizes that are known differ.
    """
    if not shapes or not all(shapes):
        raise ValueError(f"{where}: wanted one sequence or more, each with an axis 0, got shapes {shapes}.")
    lengths = {shape[0] for shape in shapes} - {None}
    if len(lengths) > 1:
        raise ValueError(f"{where}: the sequences must have one size of axis 0, got the shapes {shapes}.")
    return lengths.pop() if lengths else None


def checked_state(where: str, index: int, before: Sequence[int | None], after: Sequence[int | None]) -> None:
    """Compares the static shape of a state after a step with that before it.

    Raises:
        ValueError: if the two cannot be the same.
    """
    if len(before) != len(after) or any(
        a is not None and b is not None and a != b for a, b in zip(before, after, strict=True)
    ):
        raise ValueError(
            f"{where}: a state must keep its shape from step to step. State {index} has the shape "
            f"{tuple(before)}, after a step {tuple(after)}. Make the initial state of the shape of the "
            "later ones."
        )
