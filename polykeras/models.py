"""Models under the names of Keras 1's module `keras.models`."""

from __future__ import annotations

from . import backend as K
from . import optimizers as optimizers
from .engine.layer import Layer as Layer
from .engine.merge import Merge as Merge
from .engine.model import Model as Model
from .engine.model_files import save_model as save_model
from .engine.node import Node as Node
from .engine.node import get_source_inputs as get_source_inputs
from .loading import load_model as load_model
from .optimizers import optimizer_from_config as optimizer_from_config
from .saving import model_from_config as model_from_config
from .saving import model_from_json as model_from_json
from .saving import model_from_yaml as model_from_yaml
from .sequential import Sequential as Sequential
from .utils.io_utils import ask_to_proceed_with_overwrite as ask_to_proceed_with_overwrite

__all__ = [
    "K", "Layer", "Merge", "Model", "Node", "Sequential", "ask_to_proceed_with_overwrite",
    "get_source_inputs", "load_model", "model_from_config", "model_from_json", "model_from_yaml",
    "optimizer_from_config", "optimizers", "save_model",
]  # fmt: skip
