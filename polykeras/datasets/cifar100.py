"""CIFAR-100: 60 000 coloured pictures of 32 x 32 pixels in 100 classes of 20 groups (Krizhevsky, 2009)."""

from __future__ import annotations

from .. import backend
from ..errors import check_choice
from ..utils.data_utils import get_file as get_file
from .cifar import Pair, pictures_and_labels
from .cifar import load_batch as load_batch

K = backend

ORIGIN = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
MD5 = "eb9058c3a382ffc7106e4002c42a8d85"
LABEL_MODES = ("fine", "coarse")


def load_data(label_mode: str = "fine") -> tuple[Pair, Pair]:
    """Loads the pictures; the first call fetches them into ``$KERAS_HOME/datasets``.

    Args:
        label_mode: whether the labels tell the class (``'fine'``, 0 to 99) or its group (``'coarse'``, 0 to
            19).

    Returns, Raises: see `cifar10.load_data`.
    """
    check_choice("cifar100.load_data", "label_mode", label_mode, LABEL_MODES)
    folder = get_file("cifar-100-python", origin=ORIGIN, untar=True, md5_hash=MD5)
    key = f"{label_mode}_labels"
    return pictures_and_labels(folder, ["train"], key), pictures_and_labels(folder, ["test"], key)
