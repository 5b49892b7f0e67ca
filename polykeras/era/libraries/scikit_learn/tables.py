"""How scikit-learn's estimators and functions were called in releases 0.16 to 0.19: a table.

Arguments that are keyword-only today, in the order that they had then, need no entry.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ...arguments import Then

_SCALE = "put a StandardScaler before the estimator (sklearn.pipeline.make_pipeline)"
_CRITERIA = {"criterion": {"mse": "squared_error", "mae": "absolute_error"}}
_TREE_IGNORED = ("min_impurity_split", "presort")
_OVR = (
    "one model tells all classes apart; for one model a class write "
    "sklearn.multiclass.OneVsRestClassifier(LogisticRegression(...))"
)


def _epochs(kwargs: dict[str, Any]) -> None:
    """``n_iter`` was the number of passes, and there was no tolerance."""
    if "n_iter" in kwargs:
        count = kwargs.pop("n_iter")
        if count is not None:
            kwargs.update(max_iter=count, tol=None)


def _multi_class(kwargs: dict[str, Any]) -> None:
    if kwargs.get("multi_class") in ("multinomial", "auto"):
        del kwargs["multi_class"]


def _usual(name: str, value: Any) -> Any:
    """Leaves out an argument that says what is done anyhow, and that scikit-learn is about to drop."""

    def adapt(kwargs: dict[str, Any]) -> None:
        if kwargs.get(name, adapt) == value:
            del kwargs[name]

    return adapt


def _logistic(kwargs: dict[str, Any]) -> None:
    _multi_class(kwargs)
    _usual("penalty", "l2")(kwargs)


def _response(kwargs: dict[str, Any]) -> None:
    proba, threshold = kwargs.pop("needs_proba", False), kwargs.pop("needs_threshold", False)
    if proba or threshold:
        kwargs["response_method"] = "predict_proba" if proba else ("decision_function", "predict_proba")


def _clip(kwargs: dict[str, Any]) -> None:
    from sklearn.metrics import log_loss

    eps = kwargs.pop("eps", None)
    for name in {"y_pred", "y_proba"}.intersection(kwargs):
        value = kwargs.pop(name)
        today = "y_proba" if "y_proba" in inspect.signature(log_loss).parameters else "y_pred"
        kwargs[today] = value if eps is None else np.clip(np.asarray(value, float), eps, 1 - eps)


def _sorted_by_x(kwargs: dict[str, Any]) -> None:
    if kwargs.pop("reorder", False):
        x, y = np.asarray(kwargs["x"]), np.asarray(kwargs["y"])
        order = np.lexsort((y, x))
        kwargs.update(x=x[order], y=y[order])


def _forest(features: Any, **more: Any) -> Then:
    converted = {**_CRITERIA, "max_features": {"auto": features}}
    return Then(ignored=_TREE_IGNORED, converted=converted, defaults={"n_estimators": 10}, **more)


def _linear(**more: Any) -> Then:
    return Then(refused={"normalize": _SCALE}, **more)


_STOCHASTIC = Then(
    adapt=_epochs,
    converted={"loss": {"log": "log_loss", "squared_loss": "squared_error"}},
    defaults={"max_iter": 5, "tol": None},
)
_ESTIMATOR = {"base_estimator": "estimator"}

ESTIMATORS: dict[str, dict[str, Then]] = {
    "calibration": {"CalibratedClassifierCV": Then(renamed=_ESTIMATOR, defaults={"cv": 3})},
    "cluster": {
        "AgglomerativeClustering": Then(renamed={"affinity": "metric"}),
        "FeatureAgglomeration": Then(renamed={"affinity": "metric"}),
        "KMeans": Then(
            ignored=("n_jobs", "precompute_distances"),
            converted={"algorithm": {"auto": "lloyd", "full": "lloyd"}},
            defaults={"n_init": 10},
        ),
        "MiniBatchKMeans": Then(defaults={"batch_size": 100, "n_init": 3}),
        "SpectralBiclustering": Then(ignored=("n_jobs",)),
        "SpectralCoclustering": Then(ignored=("n_jobs",)),
    },
    "decomposition": {
        "FastICA": Then(converted={}, defaults={"whiten": "arbitrary-variance"}),
        "LatentDirichletAllocation": Then(
            renamed={"n_topics": "n_components"}, defaults={"learning_method": "online"}
        ),
        "NMF": Then(refused={"alpha": "give alpha_W = alpha / number of features and alpha_H accordingly"}),
    },
    "discriminant_analysis": {
        "QuadraticDiscriminantAnalysis": Then(
            order=("priors", "reg_param", "store_covariance", "tol"),
            renamed={"store_covariances": "store_covariance"},
        ),
    },
    "dummy": {"DummyClassifier": Then(defaults={"strategy": "stratified"})},
    "ensemble": {
        "AdaBoostClassifier": Then(
            renamed=_ESTIMATOR,
            warned={"algorithm": "AdaBoostClassifier is SAMME, which learns more slowly than SAMME.R did"},
        ),
        "AdaBoostRegressor": Then(renamed=_ESTIMATOR),
        "BaggingClassifier": Then(renamed=_ESTIMATOR),
        "BaggingRegressor": Then(renamed=_ESTIMATOR),
        "ExtraTreesClassifier": _forest("sqrt"),
        "ExtraTreesRegressor": _forest(1.0),
        "GradientBoostingClassifier": Then(
            ignored=_TREE_IGNORED,
            converted={
                "loss": {"deviance": "log_loss"},
                "max_features": {"auto": "sqrt"},
                "criterion": {"mse": "squared_error", "mae": "friedman_mse"},
            },
        ),
        "GradientBoostingRegressor": Then(
            ignored=_TREE_IGNORED,
            converted={
                "loss": {"ls": "squared_error", "lad": "absolute_error"},
                "max_features": {"auto": None},
                "criterion": {"mse": "squared_error", "mae": "friedman_mse"},
            },
        ),
        "IsolationForest": Then(defaults={"contamination": 0.1}),
        "RandomForestClassifier": _forest("sqrt"),
        "RandomForestRegressor": _forest(1.0),
        "RandomTreesEmbedding": _forest(1.0),
    },
    "linear_model": {
        "ARDRegression": _linear(renamed={"n_iter": "max_iter"}),
        "BayesianRidge": _linear(renamed={"n_iter": "max_iter"}),
        "ElasticNet": _linear(),
        "ElasticNetCV": _linear(renamed={"n_alphas": "alphas"}, defaults={"cv": 3}),
        "Lars": _linear(ignored=("positive",)),
        "Lasso": _linear(),
        "LassoCV": _linear(renamed={"n_alphas": "alphas"}, defaults={"cv": 3}),
        "LassoLars": _linear(),
        "LassoLarsCV": _linear(defaults={"cv": 3}),
        "LassoLarsIC": _linear(),
        # To scale columns changes nothing in the least squares' predictions.
        "LinearRegression": Then(
            order=("fit_intercept", "normalize", "copy_X", "n_jobs"), ignored=("normalize",)
        ),
        "LogisticRegression": Then(
            order=("penalty", "dual", "tol", "C", "fit_intercept", "intercept_scaling", "class_weight"),
            adapt=_logistic,
            warned={"multi_class": _OVR},
        ),
        "PassiveAggressiveClassifier": _STOCHASTIC,
        "PassiveAggressiveRegressor": _STOCHASTIC,
        "Perceptron": _STOCHASTIC,
        "RANSACRegressor": Then(
            renamed=_ESTIMATOR,
            converted={"loss": {"absolute_loss": "absolute_error", "squared_loss": "squared_error"}},
        ),
        "Ridge": _linear(defaults={"tol": 1e-3}),
        "RidgeCV": _linear(renamed={"store_cv_values": "store_cv_results"}),
        "RidgeClassifier": _linear(defaults={"tol": 1e-3}),
        "RidgeClassifierCV": _linear(),
        "SGDClassifier": _STOCHASTIC,
        "SGDRegressor": _STOCHASTIC,
    },
    "manifold": {
        "Isomap": Then(order=("n_neighbors", "n_components", "eigen_solver", "tol", "max_iter")),
        "TSNE": Then(
            order=("n_components", "perplexity", "early_exaggeration", "learning_rate", "max_iter"),
            renamed={"n_iter": "max_iter"},
            defaults={"init": "random", "learning_rate": 200.0},
        ),
    },
    "model_selection": {
        "GridSearchCV": Then(
            refused={"fit_params": "give them to fit"}, ignored=("iid",), defaults={"cv": 3}
        ),
        "RandomizedSearchCV": Then(
            refused={"fit_params": "give them to fit"}, ignored=("iid",), defaults={"cv": 3}
        ),
        "GroupKFold": Then(defaults={"n_splits": 3}),
        "KFold": Then(defaults={"n_splits": 3}),
        "StratifiedKFold": Then(defaults={"n_splits": 3}),
        "TimeSeriesSplit": Then(defaults={"n_splits": 3}),
    },
    "naive_bayes": {
        "BernoulliNB": Then(order=("alpha", "binarize", "fit_prior", "class_prior")),
        "MultinomialNB": Then(order=("alpha", "fit_prior", "class_prior")),
    },
    "neural_network": {"MLPRegressor": Then(order=("hidden_layer_sizes", "activation", "solver", "alpha"))},
    "preprocessing": {"OneHotEncoder": Then(renamed={"sparse": "sparse_output"})},
    "svm": {
        "NuSVC": Then(adapt=_usual("probability", False), defaults={"gamma": "auto"}),
        "NuSVR": Then(defaults={"gamma": "auto"}),
        "OneClassSVM": Then(ignored=("random_state",), defaults={"gamma": "auto"}),
        "SVC": Then(adapt=_usual("probability", False), defaults={"gamma": "auto"}),
        "SVR": Then(defaults={"gamma": "auto"}),
    },
    "tree": {
        "DecisionTreeClassifier": Then(
            ignored=_TREE_IGNORED, converted={**_CRITERIA, "max_features": {"auto": "sqrt"}}
        ),
        "DecisionTreeRegressor": Then(
            ignored=_TREE_IGNORED, converted={**_CRITERIA, "max_features": {"auto": None}}
        ),
        "ExtraTreeClassifier": Then(ignored=_TREE_IGNORED, converted={"max_features": {"auto": "sqrt"}}),
        "ExtraTreeRegressor": Then(
            ignored=_TREE_IGNORED, converted={**_CRITERIA, "max_features": {"auto": 1.0}}
        ),
    },
}

_FIT_PARAMS = Then(renamed={"fit_params": "params"}, defaults={"cv": 3})

FUNCTIONS: dict[str, dict[str, Then]] = {
    "metrics": {
        "auc": Then(adapt=_sorted_by_x),
        "average_precision_score": Then(order=("y_true", "y_score", "average", "sample_weight")),
        "brier_score_loss": Then(renamed={"y_prob": "y_proba"}),
        "fowlkes_mallows_score": Then(ignored=("sparse",)),
        "hamming_loss": Then(ignored=("labels", "classes")),
        "log_loss": Then(
            order=("y_true", "y_pred", "eps", "normalize", "sample_weight", "labels"), adapt=_clip
        ),
        "make_scorer": Then(adapt=_response),
        "precision_recall_curve": Then(renamed={"probas_pred": "y_score"}),
    },
    "model_selection": {
        "cross_val_predict": _FIT_PARAMS,
        "cross_val_score": _FIT_PARAMS,
        "cross_validate": _FIT_PARAMS,
        "learning_curve": Then(defaults={"cv": 3}),
        "validation_curve": Then(defaults={"cv": 3}),
    },
    "cluster": {"k_means": Then(ignored=("n_jobs", "precompute_distances"), defaults={"n_init": 10})},
    "tree": {"export_graphviz": Then(defaults={"out_file": "tree.dot"})},
}
