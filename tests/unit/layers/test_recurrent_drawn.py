"""Recurrent layers with drawn arguments, shapes and masks: both engines, and plain NumPy step by step."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from drawn_layers import close
from hypothesis import given
from hypothesis import strategies as st

from polykeras import layers
from polykeras.models import Model
from polykeras.testing import oracle
from polykeras.testing.draws import examples, on_each, seeds, values

ACTIVATIONS = {
    "tanh": np.tanh,
    "linear": lambda x: x,
    "softsign": oracle.softsign,
    "sigmoid": oracle.sigmoid,
    "hard_sigmoid": oracle.hard_sigmoid,
}
COLUMNS = {"SimpleRNN": [""], "GRU": ["z", "r", "h"], "LSTM": ["i", "f", "c", "o"]}
ORDER = {"SimpleRNN": [""], "GRU": ["z", "r", "h"], "LSTM": ["i", "c", "f", "o"]}


class Drawn(NamedTuple):
    """A layer, its arguments, and the input that it is to have.

    Attributes:
        kind: name of the class.
        arguments: the constructor's.
        samples, steps, features: sizes of the input.
        open: whether the number of steps is left open in the model.
        masked: whether steps are masked, each with the chance of a third.
        merge_mode: how two directions are put together; ``'none'``: one direction.
        seed: for all numbers.
    """

    kind: str
    arguments: dict[str, Any]
    samples: int
    steps: int
    features: int
    open: bool
    masked: bool
    merge_mode: str
    seed: int

    def input(self) -> np.ndarray:
        x = values((self.samples, self.steps, self.features), "float32", self.seed)
        return x * self.mask()[:, :, None]

    def mask(self) -> np.ndarray:
        chances = np.random.RandomState(self.seed).uniform(size=(self.samples, self.steps))
        return chances < 2 / 3 if self.masked else np.ones((self.samples, self.steps), bool)


@st.composite
def drawn(draw: Any) -> Drawn:
    kind = draw(st.sampled_from(["SimpleRNN", "GRU", "LSTM"]))
    flags = st.booleans()
    arguments = {
        "output_dim": draw(st.integers(1, 6)),
        "activation": draw(st.sampled_from(["tanh", "tanh", "linear", "softsign"])),
        "consume_less": draw(st.sampled_from(["cpu", "mem", "gpu"])),
        "return_sequences": draw(flags),
        "go_backwards": draw(flags),
        "unroll": draw(flags) and draw(flags),
    }
    if kind != "SimpleRNN":
        arguments["inner_activation"] = draw(st.sampled_from(["hard_sigmoid", "sigmoid", "softsign"]))
    return Drawn(
        kind,
        arguments,
        samples=draw(st.integers(1, 4)),
        steps=draw(st.integers(1, 6)),
        features=draw(st.integers(1, 5)),
        open=draw(flags) and not arguments["unroll"],
        masked=draw(flags),
        merge_mode=draw(st.sampled_from(["none", "none", "none", "sum", "mul", "ave", "concat"])),
        seed=draw(seeds),
    )


def results(K: Any, case: Drawn) -> list[np.ndarray]:
    """Output, weights, and slopes by weights and input in a fixed direction."""
    inputs = layers.Input(shape=(None if case.open else case.steps, case.features))
    layer = getattr(layers, case.kind)(**case.arguments)
    if case.merge_mode != "none":
        layer = layers.Bidirectional(layer, merge_mode=case.merge_mode)
    model = Model(input=inputs, output=layer(layers.Masking()(inputs) if case.masked else inputs))
    sizes = [weight.shape for weight in model.get_weights()]
    model.set_weights([0.5 * values(size, "float32", case.seed + n) for n, size in enumerate(sizes, 1)])
    told = layer.get_output_shape_for((case.samples, case.steps, case.features))
    direction = K.constant(values(told, "float32", case.seed + 100))
    with K.graph_scope():
        cost = K.sum(model.outputs[0] * direction)
    slopes = K.gradients(cost, [*model.trainable_weights, inputs])
    output, *slopes = K.function([inputs], [model.outputs[0], *slopes])([case.input()])
    assert output.shape == told and output.dtype == np.float32
    open_shape = layer.get_output_shape_for((None, None if case.open else case.steps, case.features))
    assert model.output_shape == open_shape
    return [output, *model.get_weights(), *slopes]


def by_gates(case: Drawn, weights: list[np.ndarray]) -> dict[str, tuple[np.ndarray, ...]]:
    """W, U and b of each gate."""
    if len(weights) > 3 or case.kind == "SimpleRNN":
        triples = zip(*[iter(weights)] * 3, strict=True)
        return dict(zip(ORDER[case.kind], triples, strict=True))
    columns = COLUMNS[case.kind]
    return dict(
        zip(
            columns,
            zip(*(np.split(each, len(columns), axis=-1) for each in weights), strict=True),
            strict=True,
        )
    )


def one_way(case: Drawn, weights: list[np.ndarray], go_backwards: bool) -> np.ndarray:
    """The output of one layer."""
    gates = by_gates(case, [weight.astype("float64") for weight in weights])
    activation = ACTIVATIONS[case.arguments["activation"]]
    gate = ACTIVATIONS.get(case.arguments.get("inner_activation", ""))

    def total(name: str, x: np.ndarray, h: np.ndarray) -> np.ndarray:
        W, U, b = gates[name]
        return x @ W + h @ U + b

    def step(x: np.ndarray, states: list[np.ndarray]) -> Any:
        h = states[0]
        if case.kind == "SimpleRNN":
            h = activation(total("", x, h))
            return h, [h]
        if case.kind == "GRU":
            z, r = gate(total("z", x, h)), gate(total("r", x, h))
            h = z * h + (1 - z) * activation(total("h", x, r * h))
            return h, [h]
        i, f, o = (gate(total(name, x, h)) for name in "ifo")
        c = f * states[1] + i * activation(total("c", x, h))
        h = o * activation(c)
        return h, [h, c]

    zeros = np.zeros((case.samples, case.arguments["output_dim"]))
    last, outputs, _ = oracle.rnn(
        step,
        case.input().astype("float64"),
        [zeros] * (2 if case.kind == "LSTM" else 1),
        go_backwards=go_backwards,
        mask=case.mask(),
    )
    return outputs if case.arguments["return_sequences"] else last


def formula(case: Drawn, weights: list[np.ndarray]) -> np.ndarray:
    back = case.arguments["go_backwards"]
    if case.merge_mode == "none":
        return one_way(case, weights, back)
    half = len(weights) // 2
    a, b = one_way(case, weights[:half], back), one_way(case, weights[half:], not back)
    if case.arguments["return_sequences"]:
        b = b[:, ::-1]
    merged = {"sum": a + b, "mul": a * b, "ave": (a + b) / 2, "concat": np.concatenate([a, b], axis=-1)}
    return merged[case.merge_mode]


@given(case=drawn())
@examples(6)
def test_recurrent_layers(engines: list[str], case: Drawn) -> None:
    outcomes = on_each(engines, lambda K: results(K, case))
    units = case.arguments["output_dim"]
    # One number of an output adds up the products of a step, and depends on all steps; a slope adds up more.
    terms = (case.features + units) * case.steps
    tolerance = 1e-5 * np.sqrt(terms)
    for name, (output, *rest) in outcomes.items():
        close(output, formula(case, rest[: (len(rest) - 1) // 2]), tolerance, f"{name}: output")
    first, *others = outcomes.values()
    for other in others:
        for value, wanted in zip(other, first, strict=True):
            close(value, wanted, tolerance * np.sqrt(case.samples), "the engines")


@st.composite
def drawn_images(draw: Any) -> tuple[dict[str, Any], tuple[int, ...], bool, int]:
    rows, columns, channels = (draw(st.integers(3, 5)) for _ in range(3))
    ordering = draw(st.sampled_from(["tf", "th"]))
    arguments = {
        "nb_filter": draw(st.integers(1, 3)),
        "nb_row": draw(st.integers(1, 3)),
        "nb_col": draw(st.integers(1, 3)),
        "border_mode": draw(st.sampled_from(["valid", "same"])),
        "subsample": draw(st.tuples(st.integers(1, 2), st.integers(1, 2))),
        "dim_ordering": ordering,
        "inner_activation": draw(st.sampled_from(["sigmoid", "hard_sigmoid"])),
        "return_sequences": draw(st.booleans()),
        "go_backwards": draw(st.booleans()),
    }
    image = (rows, columns, channels) if ordering == "tf" else (channels, rows, columns)
    return arguments, (draw(st.integers(1, 3)), *image), draw(st.booleans()), draw(seeds)


@given(case=drawn_images())
@examples(2)
def test_recurrent_layers_of_images(engines: list[str], case: Any) -> None:
    arguments, shape, masked, seed = case
    x, counts = values((2, *shape), "float32", seed), np.array([[True] * shape[0], [False] * shape[0]])

    def compute(K: Any) -> list[np.ndarray]:
        layer = layers.ConvLSTM2D(**arguments)
        inputs, mask = K.placeholder((None, *shape)), K.placeholder((None, shape[0]), dtype="bool")
        output = layer(inputs, mask=mask if masked else None)
        sizes = [weight.shape for weight in layer.get_weights()]
        layer.set_weights([0.3 * values(size, "float32", seed + n) for n, size in enumerate(sizes, 1)])
        told = layer.get_output_shape_for((2, *shape))
        with K.graph_scope():
            cost = K.sum(output * K.constant(values(told, "float32", seed + 100)))
        slopes = K.gradients(cost, [*layer.trainable_weights, inputs])
        results = K.function([inputs, mask], [output, *slopes])([x, counts])
        assert results[0].shape == told
        assert not masked or not results[0][1].any()
        return results

    first, *others = on_each(engines, compute).values()
    terms = np.prod(shape) * arguments["nb_row"] * arguments["nb_col"]
    for other in others:
        for value, wanted in zip(other, first, strict=True):
            close(value, wanted, 1e-5 * np.sqrt(terms), "the engines")
