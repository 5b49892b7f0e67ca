"""Data sets that `sklearn.datasets` has no more."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np


def fetch_mldata(
    dataname: str,
    target_name: str = "label",
    data_name: str = "data",
    transpose_data: bool = True,
    data_home: Any = None,
) -> Any:
    """The data set ``"MNIST original"`` of mldata.org, which is no more.

    Its 60,000 training digits come first and its 10,000 test digits behind them, each sorted by class, as
    rows of 784 bytes; targets are floats.
    """
    if dataname.lower().replace("-", " ").replace("_", " ") not in ("mnist original", "mnist"):
        raise ValueError(
            f"fetch_mldata({dataname!r}): mldata.org is no more. Use sklearn.datasets.fetch_openml(name) "
            "with the name at https://www.openml.org; of mldata.org's sets only 'MNIST original' is here"
        )
    from sklearn.utils import Bunch

    mnist = importlib.import_module("keras.datasets.mnist")
    images, classes = [], []
    for x, y in mnist.load_data():
        order = np.argsort(y, kind="stable")
        images.append(x[order].reshape(len(x), -1))
        classes.append(y[order])
    data, target = np.concatenate(images), np.concatenate(classes).astype(float)
    return Bunch(
        data=data, target=target, COL_NAMES=["label", "data"], DESCR="mldata.org dataset: mnist-original"
    )


def load_boston(return_X_y: bool = False) -> Any:
    """The house prices of Boston, fetched from OpenML: 506 rows of 13 numbers, and a price for each.

    Args:
        return_X_y: whether just the two arrays are returned.
    """
    from sklearn.datasets import fetch_openml

    try:
        found = fetch_openml(data_id=531, as_frame=False, parser="liac-arff")
    except OSError as error:
        raise OSError(
            "load_boston: scikit-learn has dropped this data set, and it could not be fetched from OpenML "
            f"({error}). Use sklearn.datasets.fetch_california_housing, or put the file there by "
            "sklearn.datasets.fetch_openml(data_id=531) where there is a network"
        ) from error
    found.data = np.asarray(found.data, float)
    found.target = np.asarray(found.target, float)
    found.feature_names = np.asarray(found.feature_names, dtype="<U7")
    return (found.data, found.target) if return_X_y else found
