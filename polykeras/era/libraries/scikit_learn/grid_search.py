"""`sklearn.grid_search`: searches with `grid_scores_`, each test sample counting the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from sklearn import model_selection
from sklearn.base import clone, is_classifier

from .cross_validation import check_cv, today_scoring

ParameterGrid = model_selection.ParameterGrid
ParameterSampler = model_selection.ParameterSampler


class GridScore(NamedTuple):
    """What one choice of parameters has scored."""

    parameters: dict[str, Any]
    mean_validation_score: float
    cv_validation_scores: np.ndarray

    def __repr__(self) -> str:
        return (
            f"mean: {self.mean_validation_score:.5f}, std: {np.std(self.cv_validation_scores):.5f}, "
            f"params: {self.parameters}"
        )


def split_scores(results: Mapping[str, Any]) -> np.ndarray:
    """The scores of a search, a row for each choice of parameters, a column for each split."""
    count = sum(1 for name in results if name.startswith("split") and name.endswith("_test_score"))
    return np.stack([results[f"split{number}_test_score"] for number in range(count)], axis=1)


def grid_scores(results: Mapping[str, Any], means: np.ndarray | None = None) -> list[GridScore]:
    """The list `grid_scores_` of a search."""
    means = results["mean_test_score"] if means is None else means
    rows = zip(results["params"], means, split_scores(results), strict=True)
    return [GridScore(dict(chosen), float(mean), scores) for chosen, mean, scores in rows]


class _Search:
    """`fit` and the results of the time; mixed into today's searches."""

    iid: bool
    fit_params: dict[str, Any] | None

    @property
    def grid_scores_(self: Any) -> list[GridScore]:
        """Parameters, mean and scores of each choice."""
        return grid_scores(self.cv_results_, self.mean_scores_)

    def fit(self: Any, X: Any, y: Any = None) -> Any:
        """Tries the parameters on all splits, and fits the best once more on everything.

        Args:
            X: the samples.
            y: the targets.

        Returns:
            The search.
        """
        splits = list(check_cv(self.cv, X, y, is_classifier(self.estimator)))
        sizes = [len(test) if test.dtype != bool else test.sum() for _, test in _indices(splits)]
        given = {"cv": self.cv, "refit": self.refit, "scoring": self.scoring}
        # Today's search must not fit: the best may be another one when each sample counts the same.
        self.cv, self.refit, self.scoring = splits, False, today_scoring(self.scoring)
        try:
            super().fit(X, y, **(self.fit_params or {}))  # type: ignore[misc]
        finally:
            vars(self).update(given)
        means = np.average(split_scores(self.cv_results_), axis=1, weights=sizes if self.iid else None)
        self.mean_scores_ = means
        self.best_index_ = int(np.argmax(means))
        self.best_score_ = float(means[self.best_index_])
        self.best_params_ = self.cv_results_["params"][self.best_index_]
        if self.refit:
            best = clone(self.estimator).set_params(**self.best_params_)
            options = self.fit_params or {}
            self.best_estimator_ = best.fit(X, **options) if y is None else best.fit(X, y, **options)
        return self


def _indices(splits: list[Any]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.asarray(train), np.asarray(test)) for train, test in splits]


class GridSearchCV(_Search, model_selection.GridSearchCV):
    """Tries every choice of a grid of parameters; arguments in the order of the time."""

    def __init__(
        self,
        estimator: Any,
        param_grid: Any,
        scoring: Any = None,
        fit_params: dict[str, Any] | None = None,
        n_jobs: int = 1,
        iid: bool = True,
        refit: bool = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: Any = "2*n_jobs",
        error_score: Any = "raise",
    ) -> None:
        super().__init__(
            estimator,
            param_grid,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
        )
        self.fit_params = fit_params
        self.iid = iid


class RandomizedSearchCV(_Search, model_selection.RandomizedSearchCV):
    """Tries ``n_iter`` choices of parameters drawn at random; arguments in the order of the time."""

    def __init__(
        self,
        estimator: Any,
        param_distributions: Any,
        n_iter: int = 10,
        scoring: Any = None,
        fit_params: dict[str, Any] | None = None,
        n_jobs: int = 1,
        iid: bool = True,
        refit: bool = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: Any = "2*n_jobs",
        random_state: Any = None,
        error_score: Any = "raise",
    ) -> None:
        super().__init__(
            estimator,
            param_distributions,
            n_iter=n_iter,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            random_state=random_state,
            error_score=error_score,
        )
        self.fit_params = fit_params
        self.iid = iid


def fit_grid_point(
    X: Any,
    y: Any,
    estimator: Any,
    parameters: dict[str, Any],
    train: Any,
    test: Any,
    scorer: Any,
    verbose: int = 0,
    error_score: Any = "raise",
    **fit_params: Any,
) -> tuple[float, dict[str, Any], int]:
    """The score of one choice of parameters on one split, the parameters, and the size of the test set."""
    search = GridSearchCV(
        estimator,
        {name: [value] for name, value in parameters.items()},
        scoring=scorer,
        fit_params=fit_params,
        refit=False,
        cv=[(train, test)],
        verbose=verbose,
        error_score=error_score,
    ).fit(X, y)
    return search.best_score_, parameters, len(test)
