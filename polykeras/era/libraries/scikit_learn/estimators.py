"""Estimators and measures that have gone, or go by another name."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...homes import refusing


def decomposition() -> dict[str, Any]:
    """What `sklearn.decomposition` lacks."""
    from sklearn.decomposition import PCA

    class RandomizedPCA(PCA):
        """PCA by a randomized singular value decomposition."""

        def __init__(
            self,
            n_components: Any = None,
            copy: bool = True,
            iterated_power: int = 2,
            whiten: bool = False,
            random_state: Any = None,
        ) -> None:
            super().__init__(
                n_components,
                copy=copy,
                whiten=whiten,
                svd_solver="randomized",
                iterated_power=iterated_power,
                random_state=random_state,
            )

    RandomizedPCA.__module__, RandomizedPCA.__qualname__ = "sklearn.decomposition", "RandomizedPCA"
    return {"RandomizedPCA": RandomizedPCA}


def mixture() -> dict[str, Any]:
    """What `sklearn.mixture` lacks."""
    from sklearn.mixture import GaussianMixture

    class GMM(GaussianMixture):
        """A mixture of Gaussians."""

        def __init__(
            self,
            n_components: int = 1,
            covariance_type: str = "diag",
            random_state: Any = None,
            tol: float = 1e-3,
            min_covar: float = 1e-3,
            n_iter: int = 100,
            n_init: int = 1,
            verbose: int = 0,
        ) -> None:
            super().__init__(
                n_components,
                covariance_type=covariance_type,
                tol=tol,
                reg_covar=min_covar,
                max_iter=n_iter,
                n_init=n_init,
                random_state=random_state,
                verbose=verbose,
            )
            self.min_covar = min_covar
            self.n_iter = n_iter

        @property
        def covars_(self) -> Any:
            """The covariances."""
            return self.covariances_

        def score_samples(self, X: Any) -> Any:
            """The log of each sample's density, and the probabilities of the components."""
            return super().score_samples(X), self.predict_proba(X)

        def score(self, X: Any, y: Any = None) -> Any:
            """The log of each sample's density."""
            return super().score_samples(X)

        def bic(self, X: Any) -> float:
            """The Bayesian information criterion: the smaller the better."""
            return float(-2 * self.score(X).sum() + self._n_parameters() * np.log(len(X)))

        def aic(self, X: Any) -> float:
            """Akaike's information criterion: the smaller the better."""
            return float(-2 * self.score(X).sum() + 2 * self._n_parameters())

    GMM.__module__, GMM.__qualname__ = "sklearn.mixture", "GMM"
    bayesian = "use sklearn.mixture.BayesianGaussianMixture"
    return {
        "GMM": GMM,
        "DPGMM": refusing(
            "sklearn.mixture.DPGMM", f"{bayesian}(weight_concentration_prior_type='dirichlet_process')"
        ),
        "VBGMM": refusing(
            "sklearn.mixture.VBGMM", f"{bayesian}(weight_concentration_prior_type='dirichlet_distribution')"
        ),
    }


def metrics() -> dict[str, Any]:
    """What `sklearn.metrics` lacks."""
    from sklearn import metrics as today

    def jaccard_similarity_score(
        y_true: Any, y_pred: Any, normalize: bool = True, sample_weight: Any = None
    ) -> float:
        """The accuracy; for sets of labels the mean of intersection over union, or its sum."""
        true = np.asarray(y_true)
        if true.ndim < 2 or true.shape[1] == 1:
            return float(
                today.accuracy_score(y_true, y_pred, normalize=normalize, sample_weight=sample_weight)
            )
        both = np.logical_and(true, y_pred).sum(axis=1)
        either = np.logical_or(true, y_pred).sum(axis=1)
        shares = np.where(either == 0, 1.0, both / np.maximum(either, 1))
        if normalize:
            return float(np.average(shares, weights=sample_weight))
        return float(shares.sum() if sample_weight is None else np.dot(shares, sample_weight))

    return {
        "jaccard_similarity_score": jaccard_similarity_score,
        "calinski_harabaz_score": today.calinski_harabasz_score,
        "SCORERS": vars(today._scorer)["_SCORERS"],
    }


def covariance() -> dict[str, Any]:
    """What `sklearn.covariance` lacks."""
    from sklearn import covariance as today

    return {
        "GraphLasso": today.GraphicalLasso,
        "GraphLassoCV": today.GraphicalLassoCV,
        "graph_lasso": today.graphical_lasso,
    }


def linear_model() -> dict[str, Any]:
    """What `sklearn.linear_model` lacks."""
    reason = "use sklearn.feature_selection.SelectFromModel with Lasso or LogisticRegression(penalty='l1')"
    names = ("RandomizedLasso", "RandomizedLogisticRegression")
    return {name: refusing(f"sklearn.linear_model.{name}", reason) for name in names}


def gaussian_process() -> dict[str, Any]:
    """What `sklearn.gaussian_process` lacks."""
    reason = "use sklearn.gaussian_process.GaussianProcessRegressor, with a kernel instead of theta0"
    return {"GaussianProcess": refusing("sklearn.gaussian_process.GaussianProcess", reason)}


def neighbors() -> dict[str, Any]:
    """What `sklearn.neighbors` lacks."""
    return {"LSHForest": refusing("sklearn.neighbors.LSHForest", "use sklearn.neighbors.NearestNeighbors")}


def linear_assignment(X: Any) -> np.ndarray:
    """Pairs of row and column of which each row and column has one at most, of the least sum."""
    from scipy.optimize import linear_sum_assignment

    return np.stack(linear_sum_assignment(np.asarray(X)), axis=1)


def get_feature_names(self: Any, *args: Any) -> list[str]:
    """The names of the columns of the result, as a list."""
    return list(self.get_feature_names_out(*args))
