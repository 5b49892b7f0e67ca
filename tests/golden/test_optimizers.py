"""Five training steps of every optimizer, constraint and regularizer against the figures of Keras 1.2.2."""

from pathlib import Path

import numpy as np
import pytest

from polykeras import optimizers, regularizers
from polykeras.layers import Dense
from polykeras.models import Sequential

FIGURES = np.load(Path(__file__).parent / "data" / "optimizers.npz")
RTOL, ATOL = 2e-4, 2e-5

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(lr=0.1),
    "sgd_clipvalue": lambda: optimizers.SGD(lr=0.5, clipvalue=0.02),
    "rmsprop": lambda: optimizers.RMSprop(lr=0.01),
    "adagrad_decay": lambda: optimizers.Adagrad(lr=0.1, decay=0.1),
    "adam_decay": lambda: optimizers.Adam(lr=0.01, decay=0.1),
    "adamax": lambda: optimizers.Adamax(lr=0.01),
    "nadam": lambda: optimizers.Nadam(lr=0.01),
}
FIRST_LAYER = {
    "constraint_unitnorm": lambda: {"W_constraint": "unitnorm"},
    "reg_l1": lambda: {"W_regularizer": regularizers.l1(0.05)},
    "reg_l1l2": lambda: {"W_regularizer": regularizers.l1l2(0.02, 0.03)},
    "reg_activity": lambda: {"activity_regularizer": regularizers.activity_l2(0.05)},
}


def test_every_case_is_known():
    assert {key.partition("/")[0] for key in FIGURES} == OPTIMIZERS.keys() | FIRST_LAYER.keys()


@pytest.mark.parametrize("case", [*OPTIMIZERS, *FIRST_LAYER])
def test_five_steps(K, case):
    def figure(key):
        return FIGURES[f"{case}/{key}"]

    first = Dense(4, activation="tanh", input_dim=3, **FIRST_LAYER.get(case, dict)())
    model = Sequential([first, Dense(2)])
    model.compile(OPTIMIZERS[case]() if case in OPTIMIZERS else "sgd", "mse")
    model.set_weights([figure(f"w0_{i}") for i in range(4)])
    for step in range(5):
        loss = model.train_on_batch(figure("x"), figure("y"))
        np.testing.assert_allclose(loss, figure("loss")[step], RTOL, ATOL)
        for i, weight in enumerate(model.get_weights()):
            np.testing.assert_allclose(weight, figure(f"w{step + 1}_{i}"), RTOL, ATOL)
    state = model.optimizer.get_weights()
    assert len(state) == figure("state_count")
    assert [array.ndim for array in state] == list(figure("state_ndims"))
