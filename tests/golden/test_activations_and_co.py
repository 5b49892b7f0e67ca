"""Activations, constraints and regularizers against the figures of Keras 1.2.2."""

from pathlib import Path

import numpy as np
import pytest

from polykeras import activations, constraints, regularizers

FIGURES = np.load(Path(__file__).parent / "data" / "losses.npz")
RTOL, ATOL = 2e-4, 2e-5

CONSTRAINTS = {
    "maxnorm": constraints.maxnorm(1),
    "maxnorm_axis1": constraints.maxnorm(1, axis=1),
    "unitnorm": constraints.unitnorm(),
    "nonneg": constraints.nonneg(),
}
REGULARIZERS = {
    "l1": regularizers.l1(0.1),
    "l1l2": regularizers.l1l2(0.1, 0.2),
    "eigen": regularizers.EigenvalueRegularizer(0.1),
}


def keys(kind):
    return [key.partition("/")[2] for key in FIGURES if key.startswith(f"{kind}/")]


@pytest.mark.parametrize("name", keys("activation"))
def test_activation(K, name):
    x = K.placeholder(shape=(None, 11))
    function = K.function([x], [activations.get(name)(x)])
    np.testing.assert_allclose(function([FIGURES["act_in"]])[0], FIGURES[f"activation/{name}"], RTOL, ATOL)


@pytest.mark.parametrize("name", keys("constraint"))
def test_constraint(K, name):
    value = CONSTRAINTS[name](K.variable(FIGURES["constraint_in"]))
    np.testing.assert_allclose(K.eval(value), FIGURES[f"constraint/{name}"], RTOL, ATOL)


@pytest.mark.parametrize("name", keys("regularizer"))
def test_regularizer(K, name):
    rows = 4 if name == "eigen" else 5
    penalty = REGULARIZERS[name](K.variable(FIGURES["constraint_in"][:rows]))
    np.testing.assert_allclose(K.eval(penalty), FIGURES[f"regularizer/{name}"], RTOL, ATOL)
