"""Layers on PyTensor's own tensors give PyTensor's own graphs, which others build on and differentiate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from polykeras import backend
from polykeras.layers import BatchNormalization, Dense, Highway, MaxoutDense, PReLU, TimeDistributed
from polykeras.models import Sequential
from polykeras.testing.plugin import fresh

MODE = pytensor.compile.mode.Mode(linker="py", optimizer="fast_compile")


@pytest.fixture(params=["float32", "float64"])
def floatx(request: pytest.FixtureRequest) -> Iterator[str]:
    with fresh("pytensor", request.param):
        yield request.param


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: Dense(3, activation="tanh"), (4, 5)),
        (lambda: Highway(activation="softplus"), (4, 5)),
        (lambda: MaxoutDense(3), (4, 5)),
        (lambda: PReLU(), (4, 5)),
        (lambda: BatchNormalization(), (4, 5)),
        (lambda: TimeDistributed(Dense(2, activation="sigmoid")), (4, 3, 5)),
    ],
    ids=["dense", "highway", "maxout", "prelu", "batchnorm", "timedistributed"],
)
def test_layer_on_a_random_tensor_of_pytensor(floatx: str, make, shape) -> None:  # type: ignore[no-untyped-def]
    """The value and its gradient by PyTensor's own means equal those of the layer in a model."""
    layer = make()
    x = pt.tensor("x", dtype=floatx, shape=shape)
    y = layer(x)
    assert y.dtype == floatx
    slope = pytensor.grad(pt.sum(pt.sqr(y)), x)
    values = np.random.RandomState(3).normal(size=shape).astype(floatx)
    phase = [
        each for each in pytensor.graph.traversal.graph_inputs([y]) if each.name == "keras_learning_phase"
    ]
    f = pytensor.function(
        [x], [y, slope], mode=MODE, givens=[(each, np.asarray(0, each.dtype)) for each in phase]
    )
    value, gradient = f(values)
    K = backend
    inside = K.placeholder(shape)
    outside = layer(inside)
    expected = K.function([inside], [outside, *K.gradients(K.sum(K.square(outside)), [inside])])([values])
    tolerance = 1e-5 if floatx == "float32" else 1e-12
    np.testing.assert_allclose(value, expected[0], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(gradient, expected[1], rtol=tolerance, atol=tolerance)


def test_model_on_a_weighted_input(floatx: str) -> None:
    """A whole model is a function of tensors, here of an expression with a variable that is not its own."""
    model = Sequential([Dense(4, input_dim=3, activation="relu"), Dense(1)])
    scale = pytensor.shared(np.asarray(2.0, floatx))
    data = np.linspace(-1, 1, 6).reshape(2, 3).astype(floatx)
    output = model(pt.constant(data) * scale)
    f = pytensor.function([], [output, pytensor.grad(output.sum(), scale)], mode=MODE)
    value, gradient = f()
    np.testing.assert_allclose(value, model.predict(2 * data), rtol=1e-5)
    step = 1e-3
    numeric = (model.predict((2 + step) * data) - model.predict((2 - step) * data)).sum() / (2 * step)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-2, atol=1e-3)
