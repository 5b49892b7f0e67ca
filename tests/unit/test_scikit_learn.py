"""Models as estimators of scikit-learn."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from polykeras.layers import Dense, Flatten
from polykeras.models import Sequential
from polykeras.wrappers.scikit_learn import KerasClassifier, KerasRegressor


def classifier(hidden: int = 8, n_features_in_: int = 4, n_classes_: int = 2, loss: str = "") -> Sequential:
    np.random.seed(0)
    several = n_classes_ > 2 or loss == "categorical_crossentropy"
    last = Dense(n_classes_, activation="softmax") if several else Dense(1, activation="sigmoid")
    model = Sequential([Dense(hidden, input_dim=n_features_in_, activation="relu"), last])
    loss = loss or ("sparse_categorical_crossentropy" if several else "binary_crossentropy")
    model.compile("adam", loss, metrics=["accuracy"])
    return model


def regressor(hidden: int = 8, n_features_in_: int = 4) -> Sequential:
    np.random.seed(0)
    model = Sequential([Dense(hidden, input_dim=n_features_in_, activation="relu"), Dense(1)])
    model.compile("adam", "mse")
    return model


OPTIONS = {"nb_epoch": 30, "batch_size": 8, "verbose": 0}
COMMON = {
    "check_no_attributes_set_in_init": "sk_params holds the arguments, as in Keras 1",
    "check_dont_overwrite_parameters": "model and history are named as in Keras 1",
    "check_do_not_raise_errors_in_init_or_set_params": "unknown parameters are errors at once, as in Keras 1",
}
EXPECTED = {
    "classifier": COMMON,
    "regressor": {
        **COMMON,
        "check_regressors_train": "the score is the negative loss, not R squared",
        "check_supervised_y_2d": "targets of several columns are welcome",
    },
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_scikit_learns_own_checks(K: Any, kind: str) -> None:
    made = (
        KerasClassifier(classifier, hidden=8, **OPTIONS)
        if kind == "classifier"
        else KerasRegressor(regressor, hidden=8, **OPTIONS)
    )
    results = check_estimator(made, expected_failed_checks=EXPECTED[kind], on_fail=None, on_skip=None)
    assert [each["check_name"] for each in results if each["status"] == "failed"] == []
    failed = {each["check_name"] for each in results if each["status"] == "xfail"}
    assert failed == set(EXPECTED[kind]), "an expected failure that passes is none"


@pytest.fixture(scope="module")
def flowers() -> tuple[np.ndarray, np.ndarray]:
    x, y = make_classification(90, 4, n_informative=4, n_redundant=0, n_classes=3, n_clusters_per_class=1,
                               class_sep=2.0, random_state=1)  # fmt: skip
    return x.astype("float32"), np.array(["iris", "lily", "rose"])[y]


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_classifier(K: Any, flowers: Any, loss: str) -> None:
    x, y = flowers
    estimator = KerasClassifier(classifier, loss=loss, **OPTIONS)
    history = estimator.fit(x, y, nb_epoch=40)
    assert len(history.history["loss"]) == 40 and history.epoch == list(range(40))
    assert estimator.classes_.tolist() == ["iris", "lily", "rose"]
    probabilities = estimator.predict_proba(x)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(estimator.predict(x), estimator.classes_[probabilities.argmax(axis=1)])
    score = estimator.score(x, y)
    assert score > 0.8 and score == pytest.approx(np.mean(estimator.predict(x) == y), abs=1e-6)
    hot = np.eye(3)[np.searchsorted(estimator.classes_, y)]
    if loss == "categorical_crossentropy":
        estimator.fit(x, hot)
        assert estimator.classes_.tolist() == [0, 1, 2] and estimator.score(x, hot) > 0.8


def test_two_classes(K: Any) -> None:
    x, y = make_classification(60, 4, class_sep=2.0, random_state=3)
    estimator = KerasClassifier(classifier, **OPTIONS).fit(x, y)
    assert estimator.predict(x).shape == (60,) and estimator.predict_proba(x).shape == (60, 2)
    np.testing.assert_array_equal(estimator.predict(x), estimator.predict_proba(x)[:, 1] > 0.5)


def test_regressor(K: Any) -> None:
    x, y = make_regression(80, 4, noise=0.1, random_state=2)
    y = (y - y.mean()) / y.std()
    estimator = KerasRegressor(build_fn=regressor, **OPTIONS).fit(x, y, nb_epoch=60)
    assert estimator.predict(x).shape == (80,)
    loss = np.mean((estimator.predict(x) - y) ** 2)
    assert loss < 0.5 and estimator.score(x, y) == pytest.approx(-loss, rel=1e-4)


def test_search_pipeline_and_cross_validation(K: Any, flowers: Any) -> None:
    x, y = flowers
    search = GridSearchCV(
        KerasClassifier(classifier, hidden=1, **OPTIONS), {"hidden": [1, 12], "nb_epoch": [1, 30]}, cv=2
    ).fit(x, y)
    assert search.best_params_["nb_epoch"] == 30 and search.best_score_ > 0.7
    scores = cross_val_score(
        make_pipeline(StandardScaler(), KerasClassifier(classifier, **OPTIONS)), x, y, cv=3
    )
    assert scores.shape == (3,) and scores.mean() > 0.7


def test_search_finds_the_smallest_loss(K: Any) -> None:
    x, y = make_regression(60, 4, random_state=2)
    search = GridSearchCV(KerasRegressor(regressor, verbose=0), {"nb_epoch": [1, 40]}, cv=2).fit(x, y / 100)
    assert search.best_params_ == {"nb_epoch": 40}


def test_clone_and_pickle(K: Any, flowers: Any) -> None:
    x, y = flowers
    estimator = KerasClassifier(classifier, hidden=5, **OPTIONS).fit(x, y)
    copy = clone(estimator)
    assert copy.get_params() == estimator.get_params() and not hasattr(copy, "model")
    again = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(again.predict_proba(x), estimator.predict_proba(x))
    assert again.fit(x, y, nb_epoch=1).epoch == [0]


class Own(KerasClassifier):
    """Makes its model itself, and has a constructor of its own."""

    def __init__(self, hidden: int = 4) -> None:
        super().__init__(hidden=hidden, **OPTIONS)

    def __call__(self, hidden: int) -> Sequential:
        return classifier(hidden, self.n_features_in_, self.n_classes_)


class Maker:
    def __call__(self, hidden: int) -> Sequential:
        return classifier(hidden, 4, 3)


def test_ways_to_make_the_model(K: Any, flowers: Any) -> None:
    x, y = flowers
    for estimator in (Own(hidden=3), KerasClassifier(Maker(), hidden=3, **OPTIONS)):
        estimator.fit(x, y)
        assert estimator.model.layers[0].output_dim == 3


def test_images(K: Any) -> None:
    def build() -> Sequential:
        model = Sequential([Flatten(input_shape=(2, 3, 1)), Dense(1, activation="sigmoid")])
        model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
        return model

    x = np.random.RandomState(0).uniform(size=(10, 2, 3, 1))
    assert KerasClassifier(build, verbose=0).fit(x, np.arange(10) % 2).predict(x).shape == (10,)


def test_parameters(K: Any) -> None:
    estimator = KerasClassifier(classifier, hidden=3)
    estimator.set_params(hidden=4, nb_epoch=2)
    assert estimator.get_params() == {"build_fn": classifier, "hidden": 4, "nb_epoch": 2}
    assert estimator.filter_sk_params(Sequential.fit, {"batch_size": 3}) == {"nb_epoch": 2, "batch_size": 3}
    for call in (
        lambda: KerasClassifier(classifier, hiden=3),
        lambda: estimator.set_params(hiden=3),
        lambda: estimator.set_params(build_fn=regressor, loss=""),
    ):
        with pytest.raises(ValueError, match="not a legal parameter"):
            call()
    assert estimator.get_params()["build_fn"] is classifier
    with pytest.raises(ValueError, match="Did you mean 'hidden'"):
        KerasClassifier(classifier, hiden=3)


def test_refuses(K: Any, flowers: Any) -> None:
    x, y = flowers
    with pytest.raises(TypeError, match="build_fn"):
        KerasClassifier().fit(x, y)
    with pytest.raises(TypeError, match="build_fn must be a function"):
        KerasClassifier(build_fn=3)

    def without_accuracy() -> Sequential:
        model = Sequential([Dense(3, input_dim=4, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model

    estimator = KerasClassifier(without_accuracy, verbose=0, nb_epoch=1).fit(x, y)
    with pytest.raises(ValueError, match=r"metrics=\['accuracy'\]"):
        estimator.score(x, y)
    with pytest.raises(ValueError, match=r"got \['oak'\]"):
        estimator.score(x[:1], ["oak"])
