"""`sklearn.cross_validation`: splitters that know their data and are iterated themselves.

They yield the folds that releases 0.17 to 0.19 did.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import model_selection
from sklearn.base import is_classifier
from sklearn.utils import check_random_state

Split = tuple[np.ndarray, np.ndarray]
FOLDS = 3  # of a cross-validation whose number of folds is not given


class _Iterator:
    """Splits of ``n`` samples, by iteration."""

    _shown: tuple[str, ...] = ()

    def __init__(self, n: int, **shown: Any) -> None:
        self.n = int(n)
        self._shown = ("n", *shown)
        vars(self).update(shown)

    def _tests(self) -> Iterator[np.ndarray]:
        """Indices of the test samples of each split."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Split]:
        every = np.arange(self.n)
        for test in self._tests():
            left = np.ones(self.n, bool)
            left[test] = False
            yield every[left], every[~left]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown)
        return f"sklearn.cross_validation.{type(self).__name__}({shown})"


def _check_folds(n_folds: Any, largest: int, what: str) -> int:
    if n_folds != int(n_folds) or not 2 <= n_folds <= largest:
        raise ValueError(f"n_folds must be a whole number from 2 to {largest}, {what}; got {n_folds!r}")
    return int(n_folds)


def _sections(order: np.ndarray, n_folds: int) -> list[np.ndarray]:
    """Consecutive parts of an order, the first ones larger by one where it does not divide evenly."""
    return np.array_split(order, n_folds)


class KFold(_Iterator):
    """``n_folds`` consecutive parts of ``n`` samples, each the test set once."""

    def __init__(self, n: int, n_folds: int = 3, shuffle: bool = False, random_state: Any = None) -> None:
        n_folds = _check_folds(n_folds, int(n), "the number of samples")
        super().__init__(n, n_folds=n_folds, shuffle=shuffle, random_state=random_state)
        self.idxs = np.arange(self.n)
        if shuffle:
            check_random_state(random_state).shuffle(self.idxs)

    def _tests(self) -> Iterator[np.ndarray]:
        yield from _sections(self.idxs, self.n_folds)  # type: ignore[attr-defined]


class StratifiedKFold(_Iterator):
    """Folds that hold each class of ``y`` in about its share, in the order of the samples."""

    def __init__(self, y: Any, n_folds: int = 3, shuffle: bool = False, random_state: Any = None) -> None:
        self.y = np.asarray(y)
        if self.y.ndim != 1 and self.y.size != len(self.y):
            raise ValueError(
                f"StratifiedKFold wants one class for each sample, not an array of shape {self.y.shape}: "
                "give it the classes from before np_utils.to_categorical"
            )
        names, classes = np.unique(self.y.ravel(), return_inverse=True)
        counts = np.bincount(classes)
        n_folds = _check_folds(n_folds, int(counts.max()), "the samples of the largest class")
        super().__init__(len(classes), n_folds=n_folds, shuffle=shuffle, random_state=random_state)
        state = check_random_state(random_state) if shuffle else None
        self.test_folds = np.zeros(self.n, int)
        for number in range(len(names)):
            order = np.arange(max(counts[number], n_folds))
            if state is not None:
                state.shuffle(order)
            folds = np.empty(len(order), int)
            for fold, part in enumerate(_sections(order, n_folds)):
                folds[part] = fold
            self.test_folds[classes == number] = folds[: counts[number]]

    def _tests(self) -> Iterator[np.ndarray]:
        for fold in range(self.n_folds):  # type: ignore[attr-defined]
            yield np.flatnonzero(self.test_folds == fold)


class PredefinedSplit(_Iterator):
    """Folds that the caller has numbered; -1 is never in a test set."""

    def __init__(self, test_fold: Any) -> None:
        self.test_fold = np.asarray(test_fold, int)
        super().__init__(len(self.test_fold))

    def _tests(self) -> Iterator[np.ndarray]:
        for fold in np.unique(self.test_fold[self.test_fold != -1]):
            yield np.flatnonzero(self.test_fold == fold)


class _Today(_Iterator):
    """Splits by one of today's splitters, which draw as they did."""

    def __init__(self, n: int, splitter: Any, y: Any = None, groups: Any = None, **shown: Any) -> None:
        super().__init__(n, **shown)
        self._splitter, self._y, self._groups = splitter, y, groups

    def __iter__(self) -> Iterator[Split]:
        yield from self._splitter.split(np.zeros((self.n, 1)), self._y, self._groups)

    def __len__(self) -> int:
        return int(self._splitter.get_n_splits(np.zeros((self.n, 1)), self._y, self._groups))


class LeaveOneOut(_Today):
    """Each of ``n`` samples is the test set once."""

    def __init__(self, n: int) -> None:
        super().__init__(n, model_selection.LeaveOneOut())


class LeavePOut(_Today):
    """Each choice of ``p`` of ``n`` samples is the test set once."""

    def __init__(self, n: int, p: int) -> None:
        super().__init__(n, model_selection.LeavePOut(p), p=p)


class LabelKFold(_Today):
    """Folds of which no two hold samples of one label."""

    def __init__(self, labels: Any, n_folds: int = 3) -> None:
        self.labels = np.asarray(labels)
        splitter = model_selection.GroupKFold(n_folds)
        super().__init__(len(self.labels), splitter, groups=self.labels, n_folds=n_folds)


class LeaveOneLabelOut(_Today):
    """The samples of each label are the test set once."""

    def __init__(self, labels: Any) -> None:
        self.labels = np.asarray(labels)
        super().__init__(len(self.labels), model_selection.LeaveOneGroupOut(), groups=self.labels)


class LeavePLabelOut(_Today):
    """The samples of each choice of ``p`` labels are the test set once."""

    def __init__(self, labels: Any, p: int) -> None:
        self.labels = np.asarray(labels)
        super().__init__(len(self.labels), model_selection.LeavePGroupsOut(p), groups=self.labels, p=p)


class ShuffleSplit(_Today):
    """Test sets drawn at random, ``n_iter`` times."""

    def __init__(
        self,
        n: int,
        n_iter: int = 10,
        test_size: float = 0.1,
        train_size: float | None = None,
        random_state: Any = None,
    ) -> None:
        sizes = {"test_size": test_size, "train_size": train_size, "random_state": random_state}
        super().__init__(n, model_selection.ShuffleSplit(n_iter, **sizes), n_iter=n_iter, **sizes)


class StratifiedShuffleSplit(_Today):
    """Test sets drawn at random that hold each class in about its share, ``n_iter`` times."""

    def __init__(
        self,
        y: Any,
        n_iter: int = 10,
        test_size: float = 0.1,
        train_size: float | None = None,
        random_state: Any = None,
    ) -> None:
        self.y = np.asarray(y)
        sizes = {"test_size": test_size, "train_size": train_size, "random_state": random_state}
        splitter = model_selection.StratifiedShuffleSplit(n_iter, **sizes)
        super().__init__(len(self.y), splitter, y=self.y, n_iter=n_iter, **sizes)


class LabelShuffleSplit(_Today):
    """Test sets of whole labels drawn at random, ``n_iter`` times."""

    def __init__(
        self,
        labels: Any,
        n_iter: int = 5,
        test_size: float = 0.2,
        train_size: float | None = None,
        random_state: Any = None,
    ) -> None:
        self.labels = np.asarray(labels)
        sizes = {"test_size": test_size, "train_size": train_size, "random_state": random_state}
        splitter = model_selection.GroupShuffleSplit(n_iter, **sizes)
        super().__init__(len(self.labels), splitter, groups=self.labels, n_iter=n_iter, **sizes)


def check_cv(cv: Any, X: Any = None, y: Any = None, classifier: bool = False) -> Any:
    """The splits that ``cv`` stands for: a number of folds, or splits already.

    Args:
        cv: None for 3 folds, a number of folds, or an iterable of splits.
        X: the samples.
        y: the targets.
        classifier: whether folds shall be stratified by ``y``, where that holds classes.
    """
    if cv is None or isinstance(cv, (int, np.integer)):
        made = model_selection.check_cv(FOLDS if cv is None else int(cv), y, classifier=classifier)
        if isinstance(made, model_selection.StratifiedKFold):
            return StratifiedKFold(y, made.n_splits)
        return KFold(len(X) if not hasattr(X, "shape") else X.shape[0], made.n_splits)
    return list(cv.split(X, y)) if hasattr(cv, "split") else cv


def cross_val_score(
    estimator: Any,
    X: Any,
    y: Any = None,
    scoring: Any = None,
    cv: Any = None,
    n_jobs: int = 1,
    verbose: int = 0,
    fit_params: dict[str, Any] | None = None,
    pre_dispatch: Any = "2*n_jobs",
) -> np.ndarray:
    """The score of each split; arguments in the order of the time."""
    return model_selection.cross_val_score(
        estimator,
        X,
        y,
        scoring=today_scoring(scoring),
        cv=check_cv(cv, X, y, is_classifier(estimator)),
        n_jobs=n_jobs,
        verbose=verbose,
        params=fit_params,
        pre_dispatch=pre_dispatch,
        error_score="raise",
    )


def cross_val_predict(
    estimator: Any,
    X: Any,
    y: Any = None,
    cv: Any = None,
    n_jobs: int = 1,
    verbose: int = 0,
    fit_params: dict[str, Any] | None = None,
    pre_dispatch: Any = "2*n_jobs",
) -> np.ndarray:
    """The prediction for each sample, when it was in a test set; arguments in the order of the time."""
    return model_selection.cross_val_predict(
        estimator,
        X,
        y,
        cv=check_cv(cv, X, y, is_classifier(estimator)),
        n_jobs=n_jobs,
        verbose=verbose,
        params=fit_params,
        pre_dispatch=pre_dispatch,
    )


def permutation_test_score(
    estimator: Any,
    X: Any,
    y: Any,
    cv: Any = None,
    n_permutations: int = 100,
    n_jobs: int = 1,
    labels: Any = None,
    random_state: Any = 0,
    verbose: int = 0,
    scoring: Any = None,
) -> Any:
    """How likely chance alone gives the score; arguments in the order of the time."""
    return model_selection.permutation_test_score(
        estimator,
        X,
        y,
        groups=labels,
        cv=check_cv(cv, X, y, is_classifier(estimator)),
        n_permutations=n_permutations,
        n_jobs=n_jobs,
        random_state=random_state,
        verbose=verbose,
        scoring=today_scoring(scoring),
    )


# Scores that are the smaller the better were named without a sign, and had one nevertheless.
SCORINGS = {
    name: f"neg_{name}"
    for name in ("log_loss", "mean_squared_error", "mean_absolute_error", "median_absolute_error")
}


def today_scoring(scoring: Any) -> Any:
    """Today's name of a scoring."""
    return SCORINGS.get(scoring, scoring) if isinstance(scoring, str) else scoring


train_test_split = model_selection.train_test_split
