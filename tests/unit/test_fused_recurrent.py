"""`K.lstm` and `K.gru`: each engine's own operation against plain NumPy and the version made of `K.rnn`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from polykeras.backends import registry
from polykeras.backends.interface import Recurrent
from polykeras.testing.gradcheck import check_gradients, weighted_sum

SAMPLES, TIME, UNITS = 3, 5, 4
GATES = {"lstm": 4, "gru": 3}
STATES = {"lstm": 2, "gru": 1}


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def hard_sigmoid(x: np.ndarray) -> np.ndarray:
    return np.clip(0.2 * x + 0.5, 0, 1)


def step(kind: str, gate: Any, x: np.ndarray, U: np.ndarray, states: list[np.ndarray]) -> list[np.ndarray]:
    """The states after one time step of one sample."""
    h = states[0]
    n = len(h)
    if kind == "lstm":
        z = x + h @ U
        cell = gate(z[n : 2 * n]) * states[1] + gate(z[:n]) * np.tanh(z[2 * n : 3 * n])
        return [gate(z[3 * n :]) * np.tanh(cell), cell]
    z = gate(x[:n] + h @ U[:, :n])
    r = gate(x[n : 2 * n] + h @ U[:, n : 2 * n])
    fresh = np.tanh(x[2 * n :] + (r * h) @ U[:, 2 * n :])
    return [z * h + (1 - z) * fresh]


def recurrence(
    kind: str,
    x: np.ndarray,
    U: np.ndarray,
    states: list[np.ndarray],
    mask: np.ndarray | None = None,
    go_backwards: bool = False,
    inner_activation: str = "hard_sigmoid",
) -> list[np.ndarray]:
    """The last output, all outputs and the last states, sample by sample and step by step."""
    gate = hard_sigmoid if inner_activation == "hard_sigmoid" else sigmoid
    outputs = np.zeros((len(x), x.shape[1], len(U)))
    last, ends = np.zeros((len(x), len(U))), [np.array(state) for state in states]
    for sample in range(len(x)):
        now = [state[sample] for state in states]
        times = range(x.shape[1])
        for place, time in enumerate(reversed(times) if go_backwards else times):
            if mask is None or mask[sample, time]:
                now = step(kind, gate, x[sample, time], U, now)
                last[sample] = now[0]
            outputs[sample, place] = last[sample]
        for end, state in zip(ends, now, strict=True):
            end[sample] = state
    return [last, outputs, *ends]


def arrays(kind: str, samples: int = SAMPLES, time: int = TIME, units: int = UNITS) -> list[np.ndarray]:
    """x, U and the states; many a gate is saturated."""
    random = np.random.default_rng(7)
    shapes = [(samples, time, GATES[kind] * units), (units, GATES[kind] * units)]
    shapes += [(samples, units)] * STATES[kind]
    scales = [2.0, 1.0, 0.5, 0.5]
    return [random.normal(size=shape, scale=scale) for shape, scale in zip(shapes, scales, strict=False)]


def projected(kind: str, features: int, samples: int = SAMPLES, time: int = TIME) -> list[np.ndarray]:
    """x, U, W, b and the states."""
    random = np.random.default_rng(8)
    width = GATES[kind] * UNITS
    x, W = random.normal(size=(samples, time, features)), random.normal(size=(features, width))
    _, U, *states = arrays(kind, samples, time)
    return [x, U, W / features**0.5, random.normal(size=width), *states]


# The first sample counts from its third step on, the second has a gap, the third has nothing.
MASK = np.array([[0, 0, 1, 1, 1], [1, 0, 0, 1, 0], [0, 0, 0, 0, 0]])
OPTIONS = [
    {},
    {"inner_activation": "sigmoid"},
    {"go_backwards": True},
    {"mask": MASK},
    {"mask": MASK, "go_backwards": True, "inner_activation": "sigmoid"},
]
each_kind = pytest.mark.parametrize("kind", ["lstm", "gru"])
each_option = pytest.mark.parametrize(
    "options", OPTIONS, ids=["plain", "sigmoid", "backwards", "masked", "all"]
)


def symbolic(K: Any, kind: str, options: dict[str, Any], free: bool = False) -> Any:
    """A function of tensors that gives the list of results; `free`: made of `K.rnn`."""

    def build(x: Any, U: Any, *states: Any) -> list[Any]:
        given = {**options}
        if given.get("mask") is not None:
            given["mask"] = K.constant(given["mask"], dtype="float32")
        if free:
            adapter = registry.load(K.backend())
            last, outputs, ends = getattr(Recurrent, kind)(adapter, x, U, list(states), **given)
        else:
            last, outputs, ends = getattr(K, kind)(x, U, list(states), **given)
        return [last, outputs, *ends]

    return build


def placeholders(K: Any, values: list[np.ndarray], unknown: bool, dtype: str) -> list[Any]:
    """The first is x, with its samples and steps open if `unknown`; the second U; then the states."""
    shapes = [value.shape for value in values]
    if unknown:
        shapes = [(None, None, shapes[0][2]), shapes[1], *[(None, shape[1]) for shape in shapes[2:]]]
    return [K.placeholder(shape=shape, dtype=dtype) for shape in shapes]


@each_kind
@each_option
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_and_shapes(K: Any, kind: str, options: dict[str, Any], dtype: str) -> None:
    values = [value.astype(dtype) for value in arrays(kind)]
    wanted = recurrence(kind, *values[:2], values[2:], **options)
    for unknown in (False, True):
        inputs = placeholders(K, values, unknown, dtype)
        results = symbolic(K, kind, options)(*inputs)
        assert {K.dtype(each) for each in results} == {dtype}
        samples, time = (None, None) if unknown else (SAMPLES, TIME)
        if unknown and K.backend() == "pytensor" and "mask" in options:
            samples, time = K.int_shape(results[1])[:2]
        assert K.int_shape(results[1]) == (samples, time, UNITS)
        assert {K.int_shape(each) for each in (results[0], *results[2:])} == {(samples, UNITS)}
        for got, want in zip(K.function(inputs, results)(values), wanted, strict=True):
            tolerance = 1e-5 if dtype == "float32" else 1e-12
            np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


@each_kind
@each_option
def test_gradients(K: Any, kind: str, options: dict[str, Any]) -> None:
    check_gradients(K, symbolic(K, kind, options), arrays(kind), rtol=1e-5)


@each_kind
@each_option
def test_each_result_has_its_gradient(K: Any, kind: str, options: dict[str, Any]) -> None:
    """Those of single results, where sizes are open, sum up to that of all of them."""
    values = arrays(kind)
    inputs = placeholders(K, values, True, "float64")
    results = symbolic(K, kind, options)(*inputs)
    totals = [
        weighted_sum(K, [result], [(SAMPLES, TIME, UNITS) if K.ndim(result) == 3 else (SAMPLES, UNITS)])
        for result in results
    ]
    together = K.gradients(sum(totals[1:], totals[0]), inputs)
    single = [each for total in totals for each in K.gradients(total, inputs) if each is not None]
    assert len(single) == len(results) * len(inputs)
    got = K.function(inputs, [*together, *single])(values)
    wanted, parts = got[: len(inputs)], got[len(inputs) :]
    for position, want in enumerate(wanted):
        np.testing.assert_allclose(sum(parts[position :: len(inputs)]), want, rtol=1e-9, atol=1e-12)


@each_kind
@pytest.mark.parametrize("options", OPTIONS[-1:], ids=["all"])
def test_like_the_version_made_of_rnn(K: Any, kind: str, options: dict[str, Any]) -> None:
    K.set_floatx("float64")
    values = arrays(kind)
    inputs = placeholders(K, values, False, "float64")
    found = []
    for free in (False, True):
        results = symbolic(K, kind, options, free)(*inputs)
        total = weighted_sum(K, results, [K.int_shape(each) for each in results])
        found.append([*results, *K.gradients(total, inputs)])
    got = K.function(inputs, found[0] + found[1])(values)
    for one, other in zip(got[: len(found[0])], got[len(found[0]) :], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "options"), [("gru", OPTIONS[0]), ("lstm", OPTIONS[-1])], ids=["gru-plain", "lstm-all"]
)
def test_second_derivatives(K: Any, kind: str, options: dict[str, Any]) -> None:
    """By all arguments of the derivatives by all arguments, against central differences of the latter."""
    K.set_floatx("float64")
    values = arrays(kind, 2, 3, 2)
    if "mask" in options:
        options = {**options, "mask": MASK[:2, :3]}

    def build(*inputs: Any) -> list[Any]:
        results = symbolic(K, kind, options)(*inputs)
        total = weighted_sum(K, results, [K.int_shape(each) for each in results])
        return list(K.gradients(total, list(inputs)))

    check_gradients(K, build, values, rtol=1e-5, atol=1e-6)


def with_weights(K: Any, kind: str, options: dict[str, Any]) -> Any:
    """As `symbolic`, of x, U, W, b and the states."""

    def build(x: Any, U: Any, W: Any, b: Any, *states: Any) -> list[Any]:
        return list(symbolic(K, kind, {**options, "W": W, "b": b})(x, U, *states))

    return build


# Of the two orders in which derivatives by weights can be summed, each engine takes the one that moves less:
# that of the steps for few features.
each_width = pytest.mark.parametrize("features", [3, 2 * max(GATES.values()) * UNITS], ids=["narrow", "wide"])


@each_kind
@each_option
@each_width
def test_weights_of_the_inputs(K: Any, kind: str, options: dict[str, Any], features: int) -> None:
    values = projected(kind, features)
    x, U, W, b, *states = values
    wanted = recurrence(kind, x @ W + b, U, states, **options)
    for unknown in (False, True):
        inputs = [K.placeholder(shape=value.shape, dtype="float64") for value in values]
        if unknown:
            inputs[0] = K.placeholder(shape=(None, None, features), dtype="float64")
        results = with_weights(K, kind, options)(*inputs)
        assert K.int_shape(results[1])[2] == UNITS
        for got, want in zip(K.function(inputs, results)(values), wanted, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-12)
    check_gradients(K, with_weights(K, kind, options), values, rtol=1e-5)


@each_kind
def test_second_derivatives_by_weights_of_the_inputs(K: Any, kind: str) -> None:
    K.set_floatx("float64")
    values = [value[:2] if value.ndim == 3 else value for value in projected(kind, 2, 2, 3)]

    def build(*inputs: Any) -> list[Any]:
        results = with_weights(K, kind, {"go_backwards": True})(*inputs)
        total = weighted_sum(K, results, [K.int_shape(each) for each in results])
        return list(K.gradients(total, list(inputs)))

    check_gradients(K, build, values, rtol=1e-5, atol=1e-6)


@each_kind
def test_weights_of_no_steps(K: Any, kind: str) -> None:
    values = projected(kind, 3, time=0)
    inputs = [K.placeholder(shape=value.shape, dtype="float64") for value in values]
    results = with_weights(K, kind, {})(*inputs)
    slopes = K.gradients(K.sum(results[0]) + K.sum(results[2]), inputs[2:5])
    *got, by_W, by_b, by_state = K.function(inputs, [*results, *slopes])(values)
    assert got[1].shape == (SAMPLES, 0, UNITS)
    np.testing.assert_array_equal(got[2], values[4])
    np.testing.assert_array_equal(by_W, np.zeros_like(values[2]))
    np.testing.assert_array_equal(by_b, np.zeros_like(values[3]))
    np.testing.assert_array_equal(by_state, np.ones_like(values[4]))


@each_kind
def test_weights_of_the_inputs_that_do_not_fit(K: Any, kind: str) -> None:
    x, U, W, b, *states = (K.placeholder(shape=value.shape) for value in projected(kind, 3))
    operation, width = getattr(K, kind), GATES[kind] * UNITS
    beside = rf"beside a U of the shape \({UNITS}, {width}\)"
    wrong = K.placeholder(shape=(3, width + 1))
    with pytest.raises(
        ValueError, match=rf"{kind}: W must have the shape \(input_dim, {width}\) {beside}, got"
    ):
        operation(x, U, states, W=wrong)
    with pytest.raises(ValueError, match=rf"{kind}: b must have the shape \({width},\) {beside}, got"):
        operation(x, U, states, W=W, b=K.placeholder(shape=(1, width)))
    with pytest.raises(ValueError, match=rf"{kind}: b is added to the product of x and W. Give W, too"):
        operation(x, U, states, b=b)
    wider = K.placeholder(shape=(SAMPLES, TIME, 5))
    with pytest.raises(ValueError, match=rf"{kind}: x must have the shape .*, time, 3\) {beside} and a W of"):
        operation(wider, U, states, W=W, b=b)


@each_kind
def test_no_steps(K: Any, kind: str) -> None:
    values = arrays(kind, time=0)
    for unknown in (False, True):
        inputs = placeholders(K, values, unknown, "float64")
        results = symbolic(K, kind, {})(*inputs)
        got = K.function(inputs, results)(values)
        np.testing.assert_array_equal(got[0], np.zeros((SAMPLES, UNITS)))
        assert got[1].shape == (SAMPLES, 0, UNITS)
        for state, start in zip(got[2:], values[2:], strict=True):
            np.testing.assert_array_equal(state, start)


@each_kind
def test_a_mask_with_three_axes_and_another_type(K: Any, kind: str) -> None:
    values = arrays(kind)
    inputs = placeholders(K, values, False, "float64")
    mask = K.placeholder(shape=(None, TIME, 1), dtype="int32")
    last, _, _ = getattr(K, kind)(inputs[0], inputs[1], inputs[2:], mask=mask)
    got = K.function([*inputs, mask], [last])([*values, MASK[:, :, None].astype("int32")])[0]
    np.testing.assert_allclose(got, recurrence(kind, *values[:2], values[2:], MASK)[0], rtol=1e-12)


@each_kind
def test_half_precision(K: Any, kind: str) -> None:
    values = [value.astype("float16") for value in arrays(kind)]
    inputs = placeholders(K, values, False, "float16")
    results = symbolic(K, kind, {})(*inputs)
    for got, want in zip(
        K.function(inputs, results)(values), recurrence(kind, *values[:2], values[2:]), strict=True
    ):
        assert got.dtype == np.float16
        np.testing.assert_allclose(got, want, rtol=0.02, atol=0.02)


@each_kind
def test_errors(K: Any, kind: str) -> None:
    x, U, *states = (K.placeholder(shape=value.shape) for value in arrays(kind))
    operation, gates = getattr(K, kind), GATES[kind]
    with pytest.raises(
        ValueError, match=rf"K.{kind}: inner_activation must be one of .*, got 'sigmoyd'.*sigmoid"
    ):
        operation(x, U, states, inner_activation="sigmoyd")
    with pytest.raises(ValueError, match=rf"{kind}: U must have the shape \(units, {gates} \* units\), got"):
        operation(x, K.placeholder(shape=(UNITS, UNITS)), states)
    with pytest.raises(
        ValueError, match=rf"{kind}: x must have the shape \(samples, time, {gates * UNITS}\)"
    ):
        operation(K.placeholder(shape=(SAMPLES, TIME, 7)), U, states)
    with pytest.raises(ValueError, match=rf"{kind}: the mask must have as many time steps as the inputs"):
        operation(x, U, states, mask=K.placeholder(shape=(SAMPLES, TIME + 1)))
    with pytest.raises(ValueError, match=rf"{kind}: wanted {len(states)} states? .*got {len(states) + 1}"):
        operation(x, U, [*states, states[0]])
    with pytest.raises(ValueError, match=rf"{kind}: .*\(samples, {UNITS}\), got .*{UNITS + 1}"):
        operation(x, U, [K.placeholder(shape=(SAMPLES, UNITS + 1)), *states[1:]])
