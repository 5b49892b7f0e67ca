"""Every layer: trained on one engine and saved, it predicts the same when the other engine has loaded it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from layer_cases import CASES, Case, model_of

from polykeras import backend
from polykeras.backends import registry
from polykeras.models import Sequential, load_model
from polykeras.optimizers import SGD
from polykeras.testing import plugin

SAMPLES = 4
NUMBERED = [pytest.param(index, case, id=case.name) for index, case in enumerate(CASES)]
LOOPS = ("rnn", "gru", "lstm", "bidirectional")
"""In the names of cases of which PyTensor trains none, and loads weights only: it takes seconds to make the
derivative of a loop, also for a model that is compiled as it is loaded."""


def train(model: Sequential, x: np.ndarray) -> None:
    """One step, which changes the weights."""
    if not hasattr(model, "optimizer"):
        model.compile(SGD(lr=0.5), "mse")
    before = model.get_weights()
    model.train_on_batch(x, np.ones((SAMPLES, *model.output_shape[1:]), "float32"))
    assert not same(before, model.get_weights())


def same(weights: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return len(weights) == len(others) and all(map(np.array_equal, weights, others))


def save(model: Sequential, path: Path, whole: bool) -> None:
    if whole:
        model.save(path)
    else:
        model.save_weights(path)


def load(path: Path, weights: list[np.ndarray], model: Sequential | None) -> Sequential:
    """A whole model, or the one given, with the weights of a file, which must be these."""
    if model is None:
        loaded = load_model(path)
    else:
        loaded = model
        loaded.set_weights([np.full(value.shape, 7.0) for value in weights])
        loaded.load_weights(path)
    assert same(weights, loaded.get_weights())
    return loaded


def check(got: np.ndarray, wanted: np.ndarray) -> None:
    scale = max(1.0, float(np.abs(wanted).max()))
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5 * scale)


# From TensorFlow to PyTensor and back, for every second layer the other way round. There by `save`, back by
# `save_weights`; for every second pair of layers the other way round.
@pytest.mark.filterwarnings("ignore:.*not compiled")  # layers without weights are not
@pytest.mark.parametrize(("index", "case"), NUMBERED)
def test_from_one_engine_to_the_other_and_back(index: int, case: Case, tmp_path: Path) -> None:
    if not all(registry.engine_installed(name) for name in plugin.ENGINES):
        pytest.skip("needs both engines")
    loop = any(part in case.name for part in LOOPS)
    first, second = plugin.ENGINES if index % 2 == 0 or loop else plugin.ENGINES[::-1]
    x = case.draw(np.random.RandomState(3), SAMPLES, 1.5)
    with plugin.fresh(first):
        model = model_of(case)
        whole = not model.weights or (index % 4 < 2 and not loop)
        if model.weights:
            train(model, x)
        save(model, tmp_path / "there.h5", whole)
        wanted, weights = model.predict_on_batch(x), model.get_weights()
        with plugin.fresh(second):
            other = load(tmp_path / "there.h5", weights, None if whole else model_of(case))
            check(other.predict_on_batch(x), wanted)
            if not weights:
                return
            if not loop:
                train(other, x)
            save(other, tmp_path / "back.h5", not whole)
            wanted, weights = other.predict_on_batch(x), other.get_weights()
        backend.use(first)
        again = load(tmp_path / "back.h5", weights, model if whole else None)
        check(again.predict_on_batch(x), wanted)
