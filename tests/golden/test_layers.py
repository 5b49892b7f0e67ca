"""Outputs, gradients, shapes and configurations of the layers against the figures of Keras 1.2.2."""

import json
from pathlib import Path

import numpy as np
import pytest

from polykeras.engine.merge import merge
from polykeras.layers import Input
from polykeras.models import Model, Sequential

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "layers.json").read_text())
FIGURES = np.load(DATA / "layers.npz")
RTOL, ATOL = 2e-4, 2e-5

# What the figures' layers were made with and Keras 1.2.2 does not write.
UNWRITTEN = {"prelu_shared": {"shared_axes": [1, 2]}}


def layer_configs(case):
    return CASES[case]["config"]["config"]


LAYER_CASES = [case for case in CASES if "config" in CASES[case]]
MERGES = [case for case in CASES if "config" not in CASES[case]]


def rebuilt(case):
    (entry,) = layer_configs(case) if len(layer_configs(case)) == 1 else (None,)
    if entry is None or case not in UNWRITTEN:
        return Sequential.from_config(layer_configs(case))
    changed = {**entry, "config": {**entry["config"], **UNWRITTEN[case]}}
    return Sequential.from_config([changed])


def figure(case, key):
    return FIGURES[f"{case}/{key}"]


def weights_of(case):
    count = len(CASES[case]["weights"])
    return [figure(case, f"w{index}") for index in range(count)]


def output_and_gradients(K, model, x, direction, phase):
    """The output, and the gradients of sum(output * direction) for the trainable weights and the input.

    An input of whole numbers has no gradient: None.
    """
    by_input = [] if K.dtype(model.inputs[0]).startswith("int") else [model.inputs[0]]
    variables = [*model.trainable_weights, *by_input]
    with K.graph_scope():
        loss = K.sum(model.outputs[0] * K.constant(direction))
    gradients = K.gradients(loss, variables)
    function = K.function([model.inputs[0], K.learning_phase()], [model.outputs[0], *gradients])
    output, *values = function([x, phase])
    return (output, values[:-1], values[-1]) if by_input else (output, values, None)


@pytest.mark.parametrize("case", LAYER_CASES)
def test_output_and_gradients(K, case):
    model = rebuilt(case)
    model.set_weights(weights_of(case))
    keys = [("y", "g", 0)] + ([("ytrain", "gtrain", 1)] if f"{case}/ytrain" in FIGURES else [])
    for output_key, gradient_key, phase in keys:
        y = figure(case, output_key)
        direction = np.random.RandomState(5).uniform(-1, 1, y.shape).astype("float32")
        output, weight_gradients, input_gradient = output_and_gradients(
            K, model, figure(case, "x0"), direction, phase
        )
        np.testing.assert_allclose(output, y, RTOL, ATOL)
        for index, gradient in enumerate(weight_gradients):
            np.testing.assert_allclose(gradient, figure(case, f"{gradient_key}_w{index}"), RTOL, ATOL)
        assert (input_gradient is None) == (f"{case}/{gradient_key}_x0" not in FIGURES)
        if input_gradient is not None:
            np.testing.assert_allclose(input_gradient, figure(case, f"{gradient_key}_x0"), RTOL, ATOL)


@pytest.mark.parametrize("case", LAYER_CASES)
def test_shape_weights_and_configuration(K, case):
    K.clear_session()
    model = rebuilt(case)
    wanted = CASES[case]
    assert list(model.output_shape) == [int(size) for size in wanted["output_shape"]]
    assert model.count_params() == wanted["params"]
    shapes = [[name_of(weight), list(K.int_shape(weight))] for weight in model.weights]
    assert shapes == wanted["weights"]
    written = json.loads(model.to_json())["config"]
    for entry in written:
        for key in UNWRITTEN.get(case, {}):
            del entry["config"][key]
    assert written == layer_configs(case)


def name_of(weight):
    return weight.name.partition(":")[0]


@pytest.mark.parametrize("case", MERGES)
def test_merge(K, case):
    x = [figure(case, "x0"), figure(case, "x1")]
    inputs = [Input(batch_shape=each.shape) for each in x]
    output = merge(inputs, mode=case.partition("_")[2])
    model = Model(input=inputs, output=output)
    assert list(model.output_shape) == CASES[case]["output_shape"]
    np.testing.assert_allclose(model.predict(x, batch_size=len(x[0])), figure(case, "y"), RTOL, ATOL)
