"""CIFAR-10: 60 000 coloured pictures of 32 x 32 pixels in 10 classes (Krizhevsky, 2009)."""

from __future__ import annotations

from .. import backend
from ..utils.data_utils import get_file as get_file
from .cifar import Pair, pictures_and_labels
from .cifar import load_batch as load_batch

K = backend

ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
MD5 = "c58f30108f718f92721af3b95e74349a"


def load_data() -> tuple[Pair, Pair]:
    """Loads the pictures; the first call fetches them into ``$KERAS_HOME/datasets``.

    Returns:
        ``(X_train, y_train), (X_test, y_test)``: 50 000 and 10 000 pictures of uint8,
        ``(samples, 32, 32, 3)`` under ``'tf'`` and ``(samples, 3, 32, 32)`` under ``'th'``, and labels from 0
        to 9 of uint8, ``(samples, 1)``.

    Raises:
        OSError: if they cannot be fetched; says where to put the file by hand.
        ValueError: if the file is not what it should be.
    """
    folder = get_file("cifar-10-batches-py", origin=ORIGIN, untar=True, md5_hash=MD5)
    train = pictures_and_labels(folder, [f"data_batch_{number}" for number in range(1, 6)])
    return train, pictures_and_labels(folder, ["test_batch"])
