"""scikit-learn as releases 0.16 to 0.19 had it."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType
from typing import Any

from ... import views
from ...homes import mirror
from ...imports import ImportHooks
from ...patches import Patches

_OWN = __name__
# Packages of which the program's own files see functions that take positional arguments.
_PACKAGES = (
    "calibration",
    "cluster",
    "covariance",
    "datasets",
    "decomposition",
    "discriminant_analysis",
    "dummy",
    "ensemble",
    "feature_extraction",
    "feature_extraction.text",
    "feature_selection",
    "gaussian_process",
    "kernel_ridge",
    "linear_model",
    "manifold",
    "metrics",
    "metrics.pairwise",
    "mixture",
    "model_selection",
    "multiclass",
    "naive_bayes",
    "neighbors",
    "neural_network",
    "preprocessing",
    "random_projection",
    "semi_supervised",
    "svm",
    "tree",
    "utils",
)
_GONE = ("covariance", "decomposition", "gaussian_process", "linear_model", "metrics", "mixture", "neighbors")
_NAMED = {
    "sklearn.feature_extraction.text": ("CountVectorizer",),
    "sklearn.feature_extraction": ("DictVectorizer",),
    "sklearn.preprocessing": ("PolynomialFeatures", "OneHotEncoder"),
    "sklearn.pipeline": ("FeatureUnion",),
}


def register(hooks: ImportHooks) -> None:
    """Tells the hooks what scikit-learn lacks today."""
    from .homes import HOMES

    for name, home in HOMES.items():
        hooks.provide(name, functools.partial(_old_home, home=home))
    hooks.provide("sklearn.utils.testing", mirror("sklearn.utils._testing", "numpy.testing"))
    hooks.provide("sklearn.externals.joblib", mirror("joblib"), package=True)
    hooks.provide("sklearn.externals.joblib.numpy_pickle", mirror("joblib.numpy_pickle"))
    hooks.provide("sklearn.externals.six", mirror("six"), package=True)
    hooks.provide("sklearn.externals.six.moves", mirror("six.moves"))
    for name in ("cross_validation", "grid_search", "learning_curve"):
        hooks.provide(f"sklearn.{name}", mirror(f"{_OWN}.{name}"))
    hooks.provide("sklearn.preprocessing.imputation", mirror(f"{_OWN}.preprocessing"))
    hooks.provide("sklearn.datasets.mldata", mirror(f"{_OWN}.datasets"))
    hooks.provide("sklearn.utils.linear_assignment_", mirror(f"{_OWN}.estimators"))
    hooks.provide("sklearn.lda", _discriminant("LinearDiscriminantAnalysis", "LDA"))
    hooks.provide("sklearn.qda", _discriminant("QuadraticDiscriminantAnalysis", "QDA"))
    hooks.watch("sklearn.metrics._scorer", _supply_scorings)
    hooks.watch("sklearn.preprocessing", _supply_transformers)
    hooks.watch("sklearn.datasets", _supply_data_sets)
    hooks.watch("sklearn.model_selection", _supply_grid_scores)
    hooks.watch("sklearn.utils.extmath", _supply_mathematics)
    for name in _GONE:
        hooks.watch(f"sklearn.{name}", _supply_gone)
    for name in _NAMED:
        hooks.watch(name, _supply_feature_names)
    views.override("sklearn", lambda module: {})
    for name in _PACKAGES:
        hooks.watch(f"sklearn.{name}", _widen_estimators)
        views.override(f"sklearn.{name}", _functions)


def _discriminant(today: str, then: str) -> Any:
    def make(name: str) -> ModuleType:
        module = mirror("sklearn.discriminant_analysis")(name)
        vars(module)[then] = vars(module)[today]
        return module

    return make


def _old_home(name: str, home: str) -> ModuleType:
    """A module of a package, whose functions take the arguments of the time as the package's do."""
    module = mirror(home)(name)
    vars(module).update(_taken(vars(module), home.rpartition(".")[0]))
    return module


def _below(module: ModuleType) -> str:
    return module.__name__.partition(".")[2]


def _widen_estimators(module: ModuleType, patches: Patches) -> None:
    """Has the estimators of a package take the arguments of the time."""
    import inspect

    from ...arguments import Then, taking
    from .tables import ESTIMATORS

    table = ESTIMATORS.get(_below(module), {})
    for name, found in list(vars(module).items()):
        if not (inspect.isclass(found) and inspect.isfunction(vars(found).get("__init__"))):
            continue
        if name.startswith("_") or not found.__module__.startswith(module.__name__):
            continue
        title = f"{module.__name__}.{name}"
        wrap = functools.partial(taking, then=table.get(name, Then()), title=title, method=True)
        patches.widen(found, "__init__", wrap)


def _functions(module: ModuleType) -> dict[str, Any]:
    """The functions of a package, such that they take the arguments of the time."""
    found = _taken(vars(module), module.__name__)
    if _below(module) == "preprocessing":
        found["OneHotEncoder"] = functools.partial(_encoder, module)
    return found


def _taken(names: dict[str, Any], package: str) -> dict[str, Any]:
    import inspect

    from ...arguments import Then, taking
    from .tables import FUNCTIONS

    table = FUNCTIONS.get(package.partition(".")[2], {})
    return {
        name: taking(value, table.get(name, Then()), f"{package}.{name}")
        for name, value in names.items()
        if inspect.isfunction(value) and not name.startswith("_") and value.__module__.startswith("sklearn.")
    }


def _encoder(module: Any, *args: Any, **kwargs: Any) -> Any:
    """Today's OneHotEncoder, or the old one where it is asked for things that are no more."""
    if args or not {"n_values", "categorical_features"}.isdisjoint(kwargs):
        return importlib.import_module(f"{_OWN}.preprocessing").OneHotEncoder(*args, **kwargs)
    return module.OneHotEncoder(**kwargs)


def _supply_scorings(module: ModuleType, patches: Patches) -> None:
    table = vars(module)["_SCORERS"]
    for name in ("log_loss", "mean_squared_error", "mean_absolute_error", "median_absolute_error"):
        patches.supply_item(table, name, table[f"neg_{name}"])


def _supply_transformers(module: ModuleType, patches: Patches) -> None:
    patches.supply(module, "Imputer", importlib.import_module(f"{_OWN}.preprocessing").Imputer)


def _supply_data_sets(module: ModuleType, patches: Patches) -> None:
    own = importlib.import_module(f"{_OWN}.datasets")
    patches.supply_all(module, {"fetch_mldata": own.fetch_mldata, "load_boston": own.load_boston})


def _supply_grid_scores(module: Any, patches: Patches) -> None:
    def grid_scores_(self: Any) -> Any:
        """Parameters, mean and scores of each choice."""
        return importlib.import_module(f"{_OWN}.grid_search").grid_scores(self.cv_results_)

    for name in ("GridSearchCV", "RandomizedSearchCV"):
        patches.supply(getattr(module, name), "grid_scores_", property(grid_scores_))


def _supply_mathematics(module: ModuleType, patches: Patches) -> None:
    import numpy as np
    from scipy import linalg, special

    patches.supply_all(
        module,
        {"fast_dot": np.dot, "logsumexp": special.logsumexp, "norm": np.linalg.norm, "pinvh": linalg.pinvh},
    )


def _supply_gone(module: ModuleType, patches: Patches) -> None:
    own = importlib.import_module(f"{_OWN}.estimators")
    patches.supply_all(module, getattr(own, _below(module))())


def _supply_feature_names(module: Any, patches: Patches) -> None:
    own = importlib.import_module(f"{_OWN}.estimators")
    for name in _NAMED[module.__name__]:
        patches.supply(getattr(module, name), "get_feature_names", own.get_feature_names)
