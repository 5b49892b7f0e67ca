"""Objectives and metrics against the figures of Keras 1.2.2."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from polykeras import metrics, objectives

FIGURES = np.load(Path(__file__).parent / "data" / "losses.npz")
RTOL, ATOL = 2e-4, 2e-5

# Which targets a figure was recorded with: the others used `y_true` (objectives) or `y_binary` (metrics).
TARGETS = {
    "objective/sparse_categorical_crossentropy": "y_sparse",
    "metric/categorical_accuracy": "y_true",
    "metric/sparse_categorical_accuracy": "y_sparse",
    "metric/top_k_categorical_accuracy": "y_true",
}


def keys(kind):
    return [key for key in FIGURES if key.startswith(f"{kind}/")]


def value(K, function, targets):
    y_true = K.placeholder(shape=(None, targets.shape[1]))
    y_pred = K.placeholder(shape=(None, FIGURES["y_pred"].shape[1]))
    return K.function([y_true, y_pred], [function(y_true, y_pred)])([targets, FIGURES["y_pred"]])[0]


@pytest.mark.parametrize("key", keys("objective"))
def test_objective(K, key):
    got = value(K, objectives.get(key.partition("/")[2]), FIGURES[TARGETS.get(key, "y_true")])
    np.testing.assert_allclose(got, FIGURES[key], RTOL, ATOL)


@pytest.mark.parametrize("key", keys("metric"))
def test_metric(K, key):
    function = metrics.get(key.partition("/")[2])
    if "top_k" in key:
        function = partial(function, k=3)
    got = value(K, function, FIGURES[TARGETS.get(key, "y_binary")])
    assert np.ndim(got) == 0
    np.testing.assert_allclose(got, FIGURES[key], RTOL, ATOL)


def test_every_alias_is_found():
    for module, names in (
        (objectives, "mse MSE mae MAE mape MAPE msle MSLE kld KLD cosine"),
        (metrics, "mse MSE mae MAE mape MAPE msle MSLE cosine fscore f1score fmeasure"),
    ):
        for name in names.split():
            assert module.get(name) is getattr(module, name)


@pytest.mark.parametrize("module", [objectives, metrics])
def test_unknown_name(module):
    with pytest.raises(ValueError, match="mean_squared_error"):
        module.get("mean_squared_eror")
    with pytest.raises(ValueError, match="Unknown"):
        module.get("in_graph_scope")


# By numpy, from the definitions, on every objective and metric that has no figure.
T = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]], "float32")
P = np.array([[0.9, 0.2, 0.6], [0.3, 0.6, 0.4], [0.8, 0.4, 0.1], [0.2, 0.7, 0.6]], "float32")
TP, TN, FP, FN = 4.0, 4.0, 2.0, 2.0

EXPECTED = {
    "precision": TP / (TP + FP),
    "recall": TP / (TP + FN),
    "fmeasure": 2 * TP / (2 * TP + FP + FN),
    "matthews_correlation": (TP * TN - FP * FN) / np.sqrt((TP + FP) * (TP + FN) * (TN + FP) * (TN + FN)),
    "poisson": np.mean(P - T * np.log(P)),
    "binary_accuracy": 8 / 12,
    "categorical_crossentropy": np.mean(-np.sum(T * np.log(P / P.sum(1, keepdims=True)), 1)),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_metric_by_definition(K, name):
    np.testing.assert_allclose(K.eval(metrics.get(name)(K.variable(T), K.variable(P))), EXPECTED[name], 1e-5)


def test_fbeta_score(K):
    p, r = 0.8, 0.5
    true = np.array([[1] * 8 + [0] * 4], "float32")
    pred = np.array([[1] * 4 + [0] * 4 + [1] + [0] * 3], "float32")
    got = K.eval(metrics.fbeta_score(K.variable(true), K.variable(pred), beta=2))
    np.testing.assert_allclose(got, 5 * p * r / (4 * p + r), 1e-5)
    with pytest.raises(ValueError, match="beta"):
        metrics.fbeta_score(K.variable(true), K.variable(pred), beta=-1)


@pytest.mark.parametrize("name", ["mean_squared_error", "cosine_proximity", "binary_crossentropy"])
def test_objective_reduces_last_axis_only(K, name):
    y_true = K.variable(np.random.RandomState(0).uniform(0.1, 0.9, (2, 3, 4)))
    y_pred = K.variable(np.random.RandomState(1).uniform(0.1, 0.9, (2, 3, 4)))
    assert K.eval(objectives.get(name)(y_true, y_pred)).shape == (2, 3)
