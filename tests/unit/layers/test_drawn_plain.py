"""Dense layers, activations with weights, normalization, merges and wrappers with drawn arguments and shapes:
each by a formula, and on both engines."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from drawn_layers import Drawn, check, close, common
from hypothesis import given
from hypothesis import strategies as st

from polykeras import layers
from polykeras.testing import oracle
from polykeras.testing.draws import examples, on_each, seeds, shapes, values

# Without corners: slopes are held against differences.
SMOOTH = {
    "linear": lambda x: x,
    "tanh": np.tanh,
    "sigmoid": oracle.sigmoid,
    "softplus": oracle.softplus,
    "softmax": oracle.softmax,
}


@st.composite
def dense(draw: Any) -> Drawn:
    kind = draw(st.sampled_from(["Dense", "Highway", "MaxoutDense", "TimeDistributedDense"]))
    features = draw(st.integers(1, 7))
    arguments: dict[str, Any] = {"bias": draw(st.booleans())}
    if kind != "Highway":
        arguments["output_dim"] = draw(st.integers(1, 7))
    if kind == "MaxoutDense":
        arguments["nb_feature"] = draw(st.integers(1, 4))
    else:
        # A softmax over one number is 1, whatever comes in.
        known = [name for name in SMOOTH if name != "softmax" or arguments.get("output_dim", 0) > 1]
        arguments["activation"] = draw(st.sampled_from(known))
    # Softmax takes no more than three axes.
    most = 1 if arguments.get("activation") == "softmax" else 2
    rank = {"Dense": draw(st.integers(0, most)), "TimeDistributedDense": 1}.get(kind, 0)
    shape = (*draw(shapes(rank, high=4)), features)
    open_sizes = kind == "Dense" and draw(st.booleans())
    return Drawn(kind, arguments, shape, open_sizes, **draw(st.fixed_dictionaries(common())))


@given(case=dense())
@examples(usual=12)
def test_dense(engines: list[str], case: Drawn) -> None:
    bias = case.arguments["bias"]
    activation = SMOOTH[case.arguments.get("activation", "linear")]

    def formula(x: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        if case.kind == "Highway":
            W, W_carry, *rest = weights
            b, b_carry = rest if bias else (0.0, 0.0)
            carried = oracle.sigmoid(x @ W_carry + b_carry)
            return activation(x @ W + b) * carried + x * (1 - carried)
        W, *rest = weights
        b = rest[0] if bias else 0.0
        if case.kind == "MaxoutDense":
            return (np.einsum("si,kio->sko", x, W) + b).max(axis=1)
        return activation(x @ W + b)

    check(engines, case, formula, case.shape[-1] + 1, slopes=case.kind != "MaxoutDense")


@st.composite
def activations(draw: Any) -> Drawn:
    kind = draw(
        st.sampled_from(["ParametricSoftplus", "PReLU", "SReLU", "LeakyReLU", "ELU", "ThresholdedReLU"])
    )
    shape = draw(shapes(draw(st.integers(1, 3)), high=4))
    arguments: dict[str, Any] = {}
    if kind in ("ParametricSoftplus", "PReLU", "SReLU"):
        arguments["shared_axes"] = draw(
            st.none() | st.sets(st.integers(1, len(shape)), min_size=1).map(sorted)
        )
    elif kind != "ThresholdedReLU":
        arguments["alpha"] = draw(st.floats(0.0, 2.0).map(lambda x: round(x, 3)))
    else:
        arguments["theta"] = draw(st.floats(0.0, 2.0).map(lambda x: round(x, 3)))
    return Drawn(kind, arguments, shape, False, **draw(st.fixed_dictionaries(common())))


@given(case=activations())
@examples(usual=12)
def test_activations(engines: list[str], case: Drawn) -> None:
    one = case.arguments.get("alpha", case.arguments.get("theta"))

    def formula(x: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        if case.kind == "ParametricSoftplus":
            alphas, betas = weights
            return alphas * np.log1p(np.exp(betas * x))
        if case.kind == "SReLU":
            left, left_slope, width, right_slope = weights
            right = left + np.abs(width)
            return np.select(
                [x < left, x > right], [left + left_slope * (x - left), right + right_slope * (x - right)], x
            )
        if case.kind == "ThresholdedReLU":
            return np.where(x > one, x, 0.0)
        if case.kind == "ELU":
            return np.where(x > 0, x, one * np.expm1(x))
        return np.where(x > 0, x, (weights[0] if weights else one) * x)

    check(engines, case, formula, 4, slopes=case.kind == "ParametricSoftplus")


class Case(NamedTuple):
    """A layer with several inputs, or one that has two phases.

    Attributes:
        make: makes the layer.
        shapes: of the inputs, with samples.
        phase: the learning phase.
        positive: places among the weights of those that must not be negative.
        seed: for all numbers.
    """

    make: Any
    shapes: list[tuple[int, ...]]
    phase: int
    positive: tuple[int, ...]
    seed: int

    def inputs(self) -> list[np.ndarray]:
        return [values(shape, "float32", self.seed + n) for n, shape in enumerate(self.shapes)]


def outcome(K: Any, case: Case) -> list[np.ndarray]:
    """Output, weights, and slopes by weights and inputs in a fixed direction."""
    layer = case.make()
    inputs = [layers.Input(shape=shape[1:]) for shape in case.shapes]
    output = layer(inputs if len(inputs) > 1 else inputs[0])
    weights = [values(each.shape, "float32", case.seed + n) for n, each in enumerate(layer.get_weights(), 50)]
    for place in case.positive:
        weights[place] = np.abs(weights[place]) + 0.1
    layer.set_weights(weights)
    told = layer.get_output_shape_for(case.shapes if len(inputs) > 1 else case.shapes[0])
    with K.graph_scope():
        cost = K.sum(output * K.constant(values(told, "float32", case.seed + 100)))
    slopes = K.gradients(cost, [*layer.trainable_weights, *inputs])
    got, *slopes = K.function([*inputs, K.learning_phase()], [output, *slopes])([*case.inputs(), case.phase])
    assert got.shape == told and got.dtype == np.float32
    return [got, *weights, *slopes]


def hold(engines: list[str], case: Case, formula: Any, terms: int) -> None:
    """Holds a layer against a formula, and the engines together."""
    outcomes = on_each(engines, lambda K: outcome(K, case))
    tolerance = 1e-5 * np.sqrt(terms)
    exact = [x.astype("float64") for x in case.inputs()]
    for name, (output, *rest) in outcomes.items():
        close(output, formula(*exact, *rest), tolerance, f"{name}: output")
    first, *others = outcomes.values()
    for other in others:
        for value, wanted in zip(other, first, strict=True):
            close(value, wanted, 1e-5 * np.sqrt(max(terms, value.size)), "the engines")


@st.composite
def normalizations(draw: Any) -> tuple[Case, dict[str, Any]]:
    shape = (draw(st.integers(2, 6)), *draw(shapes(draw(st.integers(1, 3)), low=2, high=5)))
    arguments = {
        "mode": draw(st.sampled_from([0, 0, 1, 2])),
        "axis": draw(st.sampled_from([-1, 1])),
        "epsilon": draw(st.sampled_from([1e-3, 1e-2])),
    }
    return Case(
        lambda: layers.BatchNormalization(**arguments), [shape], draw(st.integers(0, 1)), (3,), draw(seeds)
    ), arguments


@given(drawn=normalizations())
@examples(usual=12)
def test_normalization(engines: list[str], drawn: tuple[Case, dict[str, Any]]) -> None:
    case, arguments = drawn
    mode, epsilon = arguments["mode"], arguments["epsilon"]

    def formula(x: np.ndarray, *weights: np.ndarray) -> np.ndarray:
        axis = arguments["axis"] % x.ndim
        broadcast = [size if each == axis else 1 for each, size in enumerate(x.shape)]
        gamma, beta, mean, variance = (each.astype("float64").reshape(broadcast) for each in weights[:4])
        if mode == 1:
            deviation = np.sqrt(x.var(axis=axis, keepdims=True) + epsilon)
            return (x - x.mean(axis=axis, keepdims=True)) / (deviation + epsilon) * gamma + beta
        if mode == 2 or case.phase:
            others = tuple(each for each in range(x.ndim) if each != axis)
            mean, variance = x.mean(axis=others, keepdims=True), x.var(axis=others, keepdims=True)
        return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta

    # The quotient makes an error of mean or variance larger, by the inverse of the deviation.
    hold(engines, case, formula, 30 * int(np.prod(case.shapes[0])))


@st.composite
def merges(draw: Any) -> tuple[Case, str, Any]:
    mode = draw(st.sampled_from(["sum", "mul", "ave", "max", "concat", "dot", "cos"]))
    rank = draw(st.integers(1, 3))
    shape = draw(shapes(rank, high=4))
    batch = draw(st.integers(1, 4))
    given_shapes = [(batch, *shape)] * draw(st.integers(2, 4))
    arguments: dict[str, Any] = {}
    if mode == "concat":
        axis = draw(st.integers(1, rank))
        arguments["concat_axis"] = draw(st.sampled_from([axis, axis - rank - 1]))
        given_shapes = [
            tuple(draw(st.integers(1, 4)) if place == axis else size for place, size in enumerate(each))
            for each in given_shapes
        ]
    elif mode in ("dot", "cos"):
        most = 2 if mode == "dot" else 1
        left, right = (draw(shapes(draw(st.integers(1, most)), high=4)) for _ in range(2))
        axes = draw(st.integers(1, len(left))), draw(st.integers(1, len(right)))
        right = tuple(left[axes[0] - 1] if place == axes[1] else n for place, n in enumerate(right, 1))
        given_shapes = [(batch, *left), (batch, *right)]
        arguments["dot_axes"] = axes[0] if axes[0] == axes[1] and draw(st.booleans()) else axes
    case = Case(lambda: layers.Merge(mode=mode, **arguments), given_shapes, 0, (), draw(seeds))
    return case, mode, arguments


@given(drawn=merges())
@examples(usual=12)
def test_merges(engines: list[str], drawn: tuple[Case, str, Any]) -> None:
    case, mode, arguments = drawn

    def formula(*inputs: np.ndarray) -> np.ndarray:
        inputs = inputs[: len(case.shapes)]
        if mode == "concat":
            return np.concatenate(inputs, axis=arguments["concat_axis"])
        if mode in ("sum", "mul", "ave", "max"):
            by = {"sum": np.add, "ave": np.add, "mul": np.multiply, "max": np.maximum}[mode]
            return by.reduce(inputs) / (len(inputs) if mode == "ave" else 1)
        axes = arguments["dot_axes"]
        axes = (axes, axes) if isinstance(axes, int) else axes
        if mode == "cos":
            inputs = tuple(oracle.l2_normalize(x, axis) for x, axis in zip(inputs, axes, strict=True))
        pairs = [np.tensordot(a, b, (axes[0] - 1, axes[1] - 1)) for a, b in zip(*inputs, strict=True)]
        product = np.stack(pairs)
        product = product[:, None] if product.ndim == 1 else product
        return product[:, None] if mode == "cos" else product

    hold(engines, case, formula, 12)


@st.composite
def wrapped(draw: Any) -> tuple[Case, Any, Any]:
    steps, batch = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    which = draw(st.sampled_from(["dense", "convolution", "pooling", "sequence"]))
    units = draw(st.integers(1, 4))
    inner, shape = {
        "dense": (lambda: layers.Dense(units, activation="tanh"), draw(shapes(1))),
        "convolution": (
            lambda: layers.Convolution2D(units, 2, 2, dim_ordering="tf"),
            draw(shapes(3, low=2, high=4)),
        ),
        "pooling": (lambda: layers.AveragePooling2D(dim_ordering="tf"), draw(shapes(3, low=2, high=4))),
        "sequence": (lambda: layers.GRU(units), draw(shapes(2, high=4))),
    }[which]
    case = Case(lambda: layers.TimeDistributed(inner()), [(batch, steps, *shape)], 0, (), draw(seeds))
    return case, inner, shape


@given(drawn=wrapped())
@examples(usual=8)
def test_each_step_as_a_sample(engines: list[str], drawn: tuple[Case, Any, Any]) -> None:
    """TimeDistributed does with each step what the layer does with a sample."""
    case, inner, shape = drawn

    def alone(K: Any) -> np.ndarray:
        layer, x = inner(), layers.Input(shape=shape)
        output = layer(x)
        sizes = [each.shape for each in layer.get_weights()]
        layer.set_weights([values(size, "float32", case.seed + n) for n, size in enumerate(sizes, 50)])
        given_steps = case.inputs()[0]
        return K.function([x], [output])([given_steps.reshape(-1, *shape)])[0]

    expected = on_each(engines[:1], alone)[engines[0]]

    def formula(x: np.ndarray, *_: np.ndarray) -> np.ndarray:
        return expected.reshape(*x.shape[:2], *expected.shape[1:])

    hold(engines, case, formula, 16 + int(np.prod(shape)))
