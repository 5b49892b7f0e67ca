"""Both engines give the same weights, outputs and gradients for every layer."""

import numpy as np
import pytest
from layer_cases import CASES, model_of

from polykeras.backends import registry
from polykeras.testing import plugin

SAMPLES = 6


def figures(K, case, phase):
    """Weights, then output, penalty and gradients for a fixed input and direction, of the same numpy seed."""
    model = model_of(case)
    state = np.random.RandomState(3)
    x = case.draw(state, SAMPLES, 1.5)
    direction = state.uniform(-1, 1, (SAMPLES, *model.output_shape[1:])).astype("float32")
    with K.graph_scope():
        penalty = sum(model.losses) + K.sum(model.outputs[0] * 0.0)
        loss = K.sum(model.outputs[0] * K.constant(direction)) + penalty
    by = [*model.trainable_weights, *([] if case.vocabulary else model.inputs)]
    gradients = K.gradients(loss, by) if by else []
    function = K.function([model.inputs[0], K.learning_phase()], [model.outputs[0], penalty, *gradients])
    return model.get_weights(), function([x, phase])


PHASES = [(case, phase) for case in CASES for phase in (0, 1) if not (case.random and phase)]


# Random numbers differ between engines by contract, so random layers are compared in the test phase only.
@pytest.mark.parametrize(("case", "phase"), PHASES, ids=lambda value: getattr(value, "name", value))
def test_engines_agree(case, phase):
    if not all(registry.engine_installed(name) for name in plugin.ENGINES):
        pytest.skip("needs both engines")
    results = []
    for name in plugin.ENGINES:
        with plugin.fresh(name) as K:
            results.append(figures(K, case, phase))
    (weights, values), (other_weights, other_values) = results
    assert len(weights) == len(other_weights)
    for value, other in zip(weights, other_weights, strict=True):
        np.testing.assert_array_equal(value, other)
    for value, other in zip(values, other_values, strict=True):
        scale = max(1.0, float(np.abs(value).max()))
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-5 * scale)
