"""`sklearn.learning_curve`: scores against the number of samples, or against a parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier

from .cross_validation import check_cv, today_scoring


def learning_curve(
    estimator: Any,
    X: Any,
    y: Any,
    train_sizes: Any = (0.1, 0.325, 0.55, 0.775, 1.0),
    cv: Any = None,
    scoring: Any = None,
    exploit_incremental_learning: bool = False,
    n_jobs: int = 1,
    pre_dispatch: Any = "all",
    verbose: int = 0,
    error_score: Any = "raise",
) -> Any:
    """Sizes of training sets, and the scores on training and test sets; arguments as then."""
    return model_selection.learning_curve(
        estimator,
        X,
        y,
        train_sizes=np.asarray(train_sizes),
        cv=check_cv(cv, X, y, is_classifier(estimator)),
        scoring=today_scoring(scoring),
        exploit_incremental_learning=exploit_incremental_learning,
        n_jobs=n_jobs,
        pre_dispatch=pre_dispatch,
        verbose=verbose,
        error_score=error_score,
    )


def validation_curve(
    estimator: Any,
    X: Any,
    y: Any,
    param_name: str,
    param_range: Any,
    cv: Any = None,
    scoring: Any = None,
    n_jobs: int = 1,
    pre_dispatch: Any = "all",
    verbose: int = 0,
) -> Any:
    """Scores on training and test sets for values of a parameter; arguments in the order of the time."""
    return model_selection.validation_curve(
        estimator,
        X,
        y,
        param_name=param_name,
        param_range=param_range,
        cv=check_cv(cv, X, y, is_classifier(estimator)),
        scoring=today_scoring(scoring),
        n_jobs=n_jobs,
        pre_dispatch=pre_dispatch,
        verbose=verbose,
        error_score="raise",
    )
