"""Where scikit-learn's modules were before release 0.22 gave most of them a leading underscore."""

from __future__ import annotations

# Package: old module -> today's, both below the package.
_MOVED: dict[str, dict[str, str]] = {
    "cluster": {
        "affinity_propagation_": "_affinity_propagation",
        "bicluster": "_bicluster",
        "birch": "_birch",
        "dbscan_": "_dbscan",
        "hierarchical": "_agglomerative",
        "k_means_": "_kmeans",
        "mean_shift_": "_mean_shift",
        "spectral": "_spectral",
    },
    "covariance": {
        "elliptic_envelope": "_elliptic_envelope",
        "empirical_covariance_": "_empirical_covariance",
        "graph_lasso_": "_graph_lasso",
        "robust_covariance": "_robust_covariance",
        "shrunk_covariance_": "_shrunk_covariance",
    },
    "datasets": {
        "base": "_base",
        "california_housing": "_california_housing",
        "covtype": "_covtype",
        "kddcup99": "_kddcup99",
        "lfw": "_lfw",
        "olivetti_faces": "_olivetti_faces",
        "rcv1": "_rcv1",
        "samples_generator": "_samples_generator",
        "species_distributions": "_species_distributions",
        "svmlight_format": "_svmlight_format_io",
        "twenty_newsgroups": "_twenty_newsgroups",
    },
    "decomposition": {
        "base": "_base",
        "dict_learning": "_dict_learning",
        "factor_analysis": "_factor_analysis",
        "fastica_": "_fastica",
        "incremental_pca": "_incremental_pca",
        "kernel_pca": "_kernel_pca",
        "nmf": "_nmf",
        "online_lda": "_lda",
        "pca": "_pca",
        "sparse_pca": "_sparse_pca",
        "truncated_svd": "_truncated_svd",
    },
    "ensemble": {
        "bagging": "_bagging",
        "base": "_base",
        "forest": "_forest",
        "gradient_boosting": "_gb",
        "iforest": "_iforest",
        "voting_classifier": "_voting",
        "weight_boosting": "_weight_boosting",
    },
    "feature_extraction": {
        "dict_vectorizer": "_dict_vectorizer",
        "hashing": "_hash",
        "stop_words": "_stop_words",
    },
    "feature_selection": {
        "base": "_base",
        "from_model": "_from_model",
        "mutual_info_": "_mutual_info",
        "rfe": "_rfe",
        "univariate_selection": "_univariate_selection",
        "variance_threshold": "_variance_threshold",
    },
    "gaussian_process": {"gpc": "_gpc", "gpr": "_gpr"},
    "linear_model": {
        "base": "_base",
        "bayes": "_bayes",
        "coordinate_descent": "_coordinate_descent",
        "huber": "_huber",
        "least_angle": "_least_angle",
        "logistic": "_logistic",
        "omp": "_omp",
        "passive_aggressive": "_passive_aggressive",
        "perceptron": "_perceptron",
        "ransac": "_ransac",
        "ridge": "_ridge",
        "stochastic_gradient": "_stochastic_gradient",
        "theil_sen": "_theil_sen",
    },
    "manifold": {
        "isomap": "_isomap",
        "locally_linear": "_locally_linear",
        "mds": "_mds",
        "spectral_embedding_": "_spectral_embedding",
        "t_sne": "_t_sne",
    },
    "metrics": {
        "base": "_base",
        "classification": "_classification",
        "ranking": "_ranking",
        "regression": "_regression",
        "scorer": "_scorer",
    },
    "mixture": {
        "base": "_base",
        "bayesian_mixture": "_bayesian_mixture",
        "gaussian_mixture": "_gaussian_mixture",
    },
    "neighbors": {
        "base": "_base",
        "classification": "_classification",
        "graph": "_graph",
        "kde": "_kde",
        "lof": "_lof",
        "nearest_centroid": "_nearest_centroid",
        "regression": "_regression",
        "unsupervised": "_unsupervised",
    },
    "neural_network": {"multilayer_perceptron": "_multilayer_perceptron", "rbm": "_rbm"},
    "preprocessing": {"data": "_data", "label": "_label"},
    "semi_supervised": {"label_propagation": "_label_propagation"},
    "svm": {"base": "_base", "bounds": "_bounds", "classes": "_classes"},
    "tree": {"export": "_export", "tree": "_classes"},
}

HOMES: dict[str, str] = {
    f"sklearn.{package}.{old}": f"sklearn.{package}.{today}"
    for package, modules in _MOVED.items()
    for old, today in modules.items()
}
