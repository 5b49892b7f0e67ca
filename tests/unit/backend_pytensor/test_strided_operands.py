"""What the interpreter writes over an operand that is a view with strides."""

import numpy as np
import pytest

from polykeras import backend as K
from polykeras.testing import plugin


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("width", range(1, 10))
@pytest.mark.parametrize("name", ["negated", "sigmoid", "tanh", "exp", "square", "relu"])
def test_operations_on_one_column(dtype, width, name):
    functions = {
        "negated": (lambda x: -x, np.negative),
        "sigmoid": (lambda x: K.sigmoid(x), lambda x: 1 / (1 + np.exp(-x))),
        "tanh": (lambda x: K.tanh(x), np.tanh),
        "exp": (lambda x: K.exp(x), np.exp),
        "square": (lambda x: K.square(x), np.square),
        "relu": (lambda x: K.relu(x), lambda x: np.maximum(x, 0)),
    }
    symbolic, plain = functions[name]
    value = np.random.RandomState(0).normal(size=(7, width)).astype(dtype)
    with plugin.fresh("pytensor", dtype):
        x = K.placeholder((None, width))
        # The sum is an array of its own: its last column may be written over.
        column = symbolic((x + 1.0)[:, width - 1 :])
        result = K.function([x], [column])([value])[0]
    np.testing.assert_allclose(result, plain((value + 1)[:, width - 1 :].copy()), rtol=1e-6)
