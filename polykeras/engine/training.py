"""The training part of the engine under the names of Keras 1's module `keras.engine.training`."""

from __future__ import annotations

from .. import backend as K
from .. import callbacks as cbks
from .. import metrics as metrics_module
from .. import objectives as objectives
from .. import optimizers as optimizers
from ..utils.generic_utils import Progbar as Progbar
from .assembly import collect_metrics as collect_metrics
from .assembly import weighted_objective as weighted_objective
from .container import Container as Container
from .enqueuer import GeneratorEnqueuer as GeneratorEnqueuer
from .loops import batch_shuffle as batch_shuffle
from .loops import make_batches as make_batches
from .loops import slice_X as slice_X
from .model import Model as Model
from .standardize import check_array_lengths as check_array_lengths
from .standardize import standardize_class_weights as standardize_class_weights
from .standardize import standardize_input_data as standardize_input_data
from .standardize import standardize_sample_or_class_weights as standardize_sample_or_class_weights
from .standardize import standardize_sample_weights as standardize_sample_weights
from .standardize import standardize_weights as standardize_weights
from .target_checks import check_loss_and_target_compatibility as check_loss_and_target_compatibility

__all__ = [
    "Container", "GeneratorEnqueuer", "K", "Model", "Progbar", "batch_shuffle", "cbks", "check_array_lengths",
    "check_loss_and_target_compatibility", "collect_metrics", "make_batches", "metrics_module", "objectives",
    "optimizers", "slice_X", "standardize_class_weights", "standardize_input_data",
    "standardize_sample_or_class_weights", "standardize_sample_weights", "standardize_weights",
    "weighted_objective",
]  # fmt: skip
