"""What `fit` reports to, and what may steer it."""

from .. import backend
from ..utils.progbar import Progbar as Progbar
from .base import BaseLogger as BaseLogger
from .base import Callback as Callback
from .base import CallbackList as CallbackList
from .base import History as History
from .base import LambdaCallback as LambdaCallback
from .logs import CSVLogger as CSVLogger
from .logs import ProgbarLogger as ProgbarLogger
from .schedule import EarlyStopping as EarlyStopping
from .schedule import LearningRateScheduler as LearningRateScheduler
from .schedule import ReduceLROnPlateau as ReduceLROnPlateau

K = backend
