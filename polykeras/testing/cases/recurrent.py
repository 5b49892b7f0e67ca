"""Loops over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import oracle
from ..case import Case
from .values import flags, normal, uniform

MASK = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 0], [0, 0, 0, 0, 0]], bool)  # 3 samples, 5 steps


def _flat(result: Any) -> list[Any]:
    last, outputs, states = result
    return [last, outputs, *states]


def _case(
    operation: str, label: str, arrays: tuple[np.ndarray, ...], call: Callable[..., Any], **more: Any
) -> Case:
    """`call` takes K or the oracle, and the arrays."""
    return Case(
        operation,
        label,
        arrays,
        build=call,
        wanted=lambda *values: call(oracle, *values),
        **{"terms": 20, "settles": False, "dtypes": ("float32", "float64"), **more},
    )


def _simple(k: Any, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    h = k.tanh(x + 0.5 * states[0])
    return h, [h]


def _rnn(label: str, *shape: int, mask: np.ndarray | None = None, **options: Any) -> Case:
    """The simplest layer on numbers, or on rows, or on images of any rank."""
    arrays = (normal(*shape), normal(shape[0], *shape[2:], seed=1), *(() if mask is None else (mask,)))

    def call(k: Any, x: Any, h: Any, *masks: Any) -> list[Any]:
        given = {"mask": masks[0]} if masks else {}
        return _flat(k.rnn(lambda x, states: _simple(k, x, states), x, [h], **given, **options))

    return _case("rnn", label, arrays, call, settles=True, unknown=True)


def _step_of_two_states(k: Any, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    """The output is neither state, and its size is another."""
    total, previous, weights, shift = states
    return k.dot(total + x, weights) + shift, [total + k.square(x), k.tanh(x - previous)]


def _of_two_states(label: str, *masks: np.ndarray, **options: Any) -> Case:
    def call(k: Any, x: Any, weights: Any, total: Any, previous: Any, *masks: Any) -> list[Any]:
        given = {"mask": masks[0]} if masks else {}

        def step(x: Any, states: list[Any]) -> Any:
            return _step_of_two_states(k, x, [*states[:2], weights, *states[2:]])

        return _flat(k.rnn(step, x, [total, previous], constants=[0.25], **given, **options))

    arrays = (normal(3, 5, 2), normal(2, 4), normal(3, 2), normal(3, 2, seed=1), *masks)
    samples_first = tuple(index for index in range(len(arrays)) if index != 1)  # all but the weights
    return _case("rnn", label, arrays, call, scale=4, unknown=samples_first)


def _gates(
    operation: str, gates: int, states: int, label: str, *mask: np.ndarray, units: int = 4, **options: Any
) -> Case:
    def call(k: Any, x: Any, U: Any, *rest: Any) -> list[Any]:
        given = {"mask": rest[states]} if len(rest) > states else {}
        return _flat(getattr(k, operation)(x, U, list(rest[:states]), **given, **options))

    # Small enough for all to lie between the kinks of hard_sigmoid.
    arrays = (
        uniform(-0.6, 0.6, 3, 5, units * gates),
        uniform(-0.3, 0.3, units, units * gates),
        *(uniform(-0.5, 0.5, 3, units, seed=seed) for seed in range(states)),
        *mask,
    )
    return _case(operation, label, arrays, call, unknown=False, settles=True)


def _projected(
    operation: str,
    gates: int,
    states: int,
    label: str,
    *mask: np.ndarray,
    features: int = 3,
    biases: bool = True,
    **options: Any,
) -> Case:
    """With weights for the inputs; their features may be fewer or more than what the gates take."""

    def call(k: Any, x: Any, U: Any, W: Any, *rest: Any) -> list[Any]:
        b, starts, flags = rest[:biases], rest[biases : biases + states], rest[biases + states :]
        given = {**options, **dict(zip(["b"], b, strict=False)), **dict(zip(["mask"], flags, strict=False))}
        return _flat(getattr(k, operation)(x, U, list(starts), W=W, **given))

    units = 4
    arrays = (
        uniform(-0.6, 0.6, 3, 5, features),
        uniform(-0.3, 0.3, units, units * gates),
        uniform(-0.2, 0.2, features, units * gates),
        *([uniform(-0.3, 0.3, units * gates)] if biases else []),
        *(uniform(-0.5, 0.5, 3, units, seed=seed) for seed in range(states)),
        *mask,
    )
    return _case(operation, label, arrays, call, unknown=False, settles=True, scale=features)


def _all_of(operation: str, gates: int, states: int) -> list[Case]:
    def of(label: str, *mask: np.ndarray, **options: Any) -> Case:
        return _gates(operation, gates, states, label, *mask, **options)

    return [
        of("plain"),
        of("sigmoid", inner_activation="sigmoid"),
        of("sigmoid of one unit", units=1, inner_activation="sigmoid"),
        of("backwards", go_backwards=True),
        of("mask", MASK),
        of("mask with an axis of size 1", MASK[:, :, None]),
        of("mask, backwards, sigmoid", MASK, go_backwards=True, inner_activation="sigmoid"),
        _projected(operation, gates, states, "weights of the inputs"),
        _projected(operation, gates, states, "weights of the inputs, no biases", biases=False),
        _projected(operation, gates, states, "weights of wide inputs", features=25),
        _projected(
            operation, gates, states, "weights of the inputs, mask, backwards", MASK, go_backwards=True
        ),
    ]


def _scan(label: str, go_backwards: bool = False) -> Case:
    def call(k: Any, x: Any, y: Any, a: Any, b: Any) -> list[Any]:
        def body(slices: list[Any], states: list[Any]) -> tuple[list[Any], list[Any]]:
            (row, number), (total, matrix) = slices, states
            total = total + number * k.sum(row)
            return [total, row * 2 + total, matrix], [total, matrix * 0.5 + k.dot(row, k.transpose(row))]

        outputs, states = k.scan(body, [x, y], [a, b], go_backwards=go_backwards)
        return [*outputs, *states]

    arrays = (normal(4, 2, 3), normal(4), np.array(0.5), normal(2, 2))
    return _case("scan", label, arrays, call, scale=8, unknown=False)


CASES = [
    _scan("states of several ranks"),
    _scan("backwards", go_backwards=True),
    _rnn("rows", 3, 5, 2),
    _rnn("one step", 3, 1, 2),
    _rnn("one sample", 1, 5, 2),
    _rnn("images", 2, 3, 2, 3, 2),
    _rnn("backwards", 3, 5, 2, go_backwards=True),
    _rnn("mask", 3, 5, 2, mask=MASK),
    _rnn("mask with an axis of size 1", 3, 5, 2, mask=MASK[:, :, None]),
    _rnn("mask of numbers", 3, 5, 2, mask=MASK.astype("uint8")),
    _rnn("mask, backwards", 3, 5, 2, mask=MASK, go_backwards=True),
    _rnn("mask of images", 2, 3, 2, 3, 2, mask=flags(2, 3)),
    _rnn("mask, one step", 3, 1, 2, mask=MASK[:, :1]),
    _rnn("unrolled", 3, 5, 2, unroll=True),
    _rnn("unrolled, backwards", 3, 5, 2, unroll=True, go_backwards=True),
    _rnn("unrolled, mask", 3, 5, 2, mask=MASK, unroll=True),
    _rnn(
        "unrolled, mask, images, backwards", 2, 3, 2, 3, 2, mask=flags(2, 3), unroll=True, go_backwards=True
    ),
    _of_two_states("two states and constants"),
    _of_two_states("two states, mask", MASK),
    _of_two_states("two states, mask, unrolled", MASK, unroll=True),
    *_all_of("lstm", 4, 2),
    *_all_of("gru", 3, 1),
]
