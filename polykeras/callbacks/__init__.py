"""What `fit` reports to, and what may steer it."""

import importlib
from typing import Any

from .. import backend
from ..utils.progbar import Progbar as Progbar
from .base import BaseLogger as BaseLogger
from .base import Callback as Callback
from .base import CallbackList as CallbackList
from .base import History as History
from .base import LambdaCallback as LambdaCallback
from .checkpoint import ModelCheckpoint as ModelCheckpoint
from .logs import CSVLogger as CSVLogger
from .logs import ProgbarLogger as ProgbarLogger
from .logs import RemoteMonitor as RemoteMonitor
from .schedule import EarlyStopping as EarlyStopping
from .schedule import LearningRateScheduler as LearningRateScheduler
from .schedule import ReduceLROnPlateau as ReduceLROnPlateau
from .tensorboard import TensorBoard as TensorBoard

K = backend


def __getattr__(name: str) -> Any:
    """``requests``: the package of that name, None where it is not installed; Keras 1 kept it here."""
    if name != "requests":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return importlib.import_module("requests")
    except ImportError:
        return None
