"""Transformers of `sklearn.preprocessing` that have gone."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class Imputer(TransformerMixin, BaseEstimator):
    """Fills in missing values with the mean, median or most frequent value of their column or row.

    Args:
        missing_values: what stands for a missing value: ``"NaN"`` or a number.
        strategy: ``"mean"``, ``"median"`` or ``"most_frequent"``.
        axis: 0 for the values of a column, as seen by `fit`; 1 for those of the row itself.
        verbose: has no effect.
        copy: whether the samples given are left as they are.
    """

    def __init__(
        self,
        missing_values: Any = "NaN",
        strategy: str = "mean",
        axis: int = 0,
        verbose: int = 0,
        copy: bool = True,
    ) -> None:
        self.missing_values = missing_values
        self.strategy = strategy
        self.axis = axis
        self.verbose = verbose
        self.copy = copy

    def _imputer(self) -> Any:
        if self.strategy not in ("mean", "median", "most_frequent"):
            raise ValueError(
                f"strategy must be 'mean', 'median' or 'most_frequent'; got {self.strategy!r}. "
                "sklearn.impute.SimpleImputer has more"
            )
        if self.axis not in (0, 1):
            raise ValueError(f"axis must be 0 (columns) or 1 (rows); got {self.axis!r}")
        from sklearn.impute import SimpleImputer

        missing = np.nan if self.missing_values in ("NaN", "nan") else self.missing_values
        return SimpleImputer(missing_values=missing, strategy=self.strategy, copy=self.copy)

    def fit(self, X: Any, y: Any = None) -> Imputer:
        """Computes what to fill in, for columns."""
        imputer = self._imputer()
        if self.axis == 0:
            self.imputer_ = imputer.fit(X)
            self.statistics_ = imputer.statistics_
        return self

    def transform(self, X: Any) -> Any:
        """The samples with missing values filled in, as an array."""
        if self.axis == 1:
            return self._imputer().fit_transform(np.asarray(X, float).T).T
        return self.imputer_.transform(X)


Imputer.__module__ = "sklearn.preprocessing.imputation"  # where pickles look for it


def categorical_columns(choice: Any, count: int) -> list[int]:
    """The columns that ``categorical_features`` of the old OneHotEncoder means."""
    if isinstance(choice, str):
        if choice != "all":
            raise ValueError(f"categorical_features must be 'all', indices or a mask; got {choice!r}")
        return list(range(count))
    columns = np.asarray(choice)
    return list(np.flatnonzero(columns) if columns.dtype == bool else columns)


class OneHotEncoder(TransformerMixin, BaseEstimator):
    """A column of zeros and a one for each value of a column of whole numbers.

    Args:
        n_values: ``"auto"`` for a column for each value that `fit` has seen, a number of values for all
            columns, or one for each.
        categorical_features: ``"all"``, or indices or a mask of the columns to encode; the others follow
            behind them.
        dtype: of the result.
        sparse: whether the result is a sparse matrix.
        handle_unknown: ``"error"`` or ``"ignore"``, for values that `fit` has not seen.
    """

    def __init__(
        self,
        n_values: Any = "auto",
        categorical_features: Any = "all",
        dtype: Any = np.float64,
        sparse: bool = True,
        handle_unknown: str = "error",
    ) -> None:
        self.n_values = n_values
        self.categorical_features = categorical_features
        self.dtype = dtype
        self.sparse = sparse
        self.handle_unknown = handle_unknown

    def fit(self, X: Any, y: Any = None) -> OneHotEncoder:
        """Finds the values of each column."""
        X = np.asarray(X)
        self.columns_ = categorical_columns(self.categorical_features, X.shape[1])
        chosen = whole_numbers(X[:, self.columns_])
        if isinstance(self.n_values, str):
            categories = [np.unique(column) for column in chosen.T]
        else:
            counts = np.broadcast_to(self.n_values, len(self.columns_))
            categories = [np.arange(count) for count in counts]
        self.active_features_ = np.concatenate(categories) if categories else np.empty(0, int)
        self.encoder_ = _today(categories, self.dtype, self.handle_unknown).fit(chosen)
        return self

    def transform(self, X: Any) -> Any:
        """The encoded columns, and behind them the others."""
        from scipy import sparse

        X = np.asarray(X)
        coded = self.encoder_.transform(whole_numbers(X[:, self.columns_]))
        others = np.delete(X, self.columns_, axis=1).astype(self.dtype)
        if others.shape[1]:
            coded = sparse.hstack([coded, others])
        return sparse.csr_matrix(coded) if self.sparse else coded.toarray()


OneHotEncoder.__module__ = "sklearn.preprocessing.data"


def _today(categories: list[np.ndarray], dtype: Any, unknown: str) -> Any:
    from sklearn import preprocessing

    return preprocessing.OneHotEncoder(categories=categories, dtype=dtype, handle_unknown=unknown)


def whole_numbers(X: np.ndarray) -> np.ndarray:
    """The values of categories, which were whole numbers from 0."""
    try:
        whole = X.astype(int)
    except (TypeError, ValueError) as error:
        raise ValueError(f"OneHotEncoder encodes whole numbers; use LabelEncoder first ({error})") from None
    if whole.size and whole.min() < 0:
        raise ValueError(f"OneHotEncoder encodes whole numbers from 0; got {whole.min()}")
    return whole
