"""Layers with drawn arguments, on each engine and by a formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from polykeras import layers
from polykeras.models import Sequential
from polykeras.testing.draws import on_each, seeds, values

Formula = Callable[..., np.ndarray]


class Drawn(NamedTuple):
    """A layer, its arguments, and the input that it is to have.

    Attributes:
        kind: name of the class.
        arguments: the constructor's.
        shape: of one sample, in the layer's ordering.
        open: whether the spatial sizes are left open in the model.
        samples: number of samples.
        dtype: of the weights and of the input.
        seed: for all numbers.
    """

    kind: str
    arguments: dict[str, Any]
    shape: tuple[int, ...]
    open: bool
    samples: int
    dtype: str
    seed: int

    @property
    def ordering(self) -> str:
        return self.arguments.get("dim_ordering", "tf")

    @property
    def declared(self) -> tuple[int | None, ...]:
        """The shape that the model is told."""
        if not self.open:
            return self.shape
        channels = -1 if self.ordering == "tf" else 0
        return tuple(
            size if axis == channels % len(self.shape) else None for axis, size in enumerate(self.shape)
        )

    def input(self) -> np.ndarray:
        return values((self.samples, *self.shape), self.dtype, self.seed)


def sized(ordering: str, lengths: Sequence[int], channels: int) -> tuple[int, ...]:
    """The shape of a sample."""
    return (*lengths, channels) if ordering == "tf" else (channels, *lengths)


def several(rank: int, low: int, high: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(low, high)] * rank)


def common() -> dict[str, Any]:
    """What is drawn for every layer alike."""
    return {"samples": st.integers(1, 3), "dtype": st.sampled_from(["float32", "float64"]), "seed": seeds}


def results(K: Any, case: Drawn) -> list[np.ndarray]:
    """Output, weights, and slopes by weights and input in a fixed direction."""
    model = Sequential([getattr(layers, case.kind)(input_shape=case.declared, **case.arguments)])
    model.set_weights(
        [values(weight.shape, case.dtype, case.seed + n) for n, weight in enumerate(model.get_weights(), 1)]
    )
    told = model.layers[0].get_output_shape_for((case.samples, *case.shape))
    open_shape = model.output_shape
    direction = K.placeholder((None,) * len(told))
    with K.graph_scope():
        cost = K.sum(model.outputs[0] * direction)
    slopes = K.gradients(cost, [*model.trainable_weights, model.inputs[0]])
    function = K.function([model.inputs[0], direction], [model.outputs[0], *slopes])
    output, *slopes = function([case.input(), values(told, case.dtype, case.seed + 100)])
    assert output.shape == told and output.dtype == case.dtype
    assert all(size in (None, real) for size, real in zip(open_shape, told, strict=True))
    if not case.open:
        assert open_shape[1:] == told[1:]
    return [output, *model.get_weights(), *slopes]


def check(engines: list[str], case: Drawn, formula: Formula, terms: int, slopes: bool = True) -> None:
    """Holds a layer against a formula, its slopes against central differences, and the engines together.

    Args:
        engines: names of the backends.
        case: the layer.
        formula: ``formula(x, *weights)``, the output.
        terms: how many products one number of the output adds up.
        slopes: whether slopes are held against differences, which are wrong across a corner.
    """
    outcomes = on_each(engines, lambda K: results(K, case), case.dtype)
    unit = 1e-5 if case.dtype == "float32" else 1e-12
    for name, (output, *rest) in outcomes.items():
        count = (len(rest) - 1) // 2
        weights, by_engine = rest[:count], rest[count:]
        exact = [each.astype("float64") for each in (case.input(), *weights)]
        close(output, formula(*exact), unit * np.sqrt(terms), f"{name}: output")
        if not slopes:
            continue
        direction = values(output.shape, case.dtype, case.seed + 100).astype("float64")
        for index, slope in enumerate([by_engine[-1], *by_engine[:-1]]):
            step = values(slope.shape, "float64", case.seed + 200 + index)
            sides = []
            for sign in (1e-4, -1e-4):
                moved = list(exact)
                moved[index] = moved[index] + sign * step
                sides.append(np.sum(formula(*moved) * direction))
            got = np.sum(slope.astype("float64") * step)
            scale = np.abs(slope).max(initial=1.0) * np.sqrt(slope.size)
            np.testing.assert_allclose(got, (sides[0] - sides[1]) / 2e-4, atol=1e-5 * terms * scale)
    first, *others = outcomes.values()
    for other in others:
        for value, wanted in zip(other, first, strict=True):
            close(value, wanted, unit * np.sqrt(max(terms, value.size)), "the engines")


def close(value: np.ndarray, wanted: np.ndarray, tolerance: float, title: str) -> None:
    assert value.shape == wanted.shape, title
    scale = np.abs(wanted).max(initial=1.0)
    np.testing.assert_allclose(value, wanted, rtol=tolerance, atol=tolerance * scale, err_msg=title)
