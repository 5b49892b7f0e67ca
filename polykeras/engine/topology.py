"""The graph part of the engine under the names of Keras 1's module `keras.engine.topology`."""

from __future__ import annotations

from .. import backend as K
from .. import initializations as initializations
from ..utils.generic_utils import func_dump as func_dump
from ..utils.generic_utils import func_load as func_load
from ..utils.io_utils import ask_to_proceed_with_overwrite as ask_to_proceed_with_overwrite
from .container import Container as Container
from .input_layer import Input as Input
from .input_layer import InputLayer as InputLayer
from .layer import Layer as Layer
from .merge import Merge as Merge
from .merge import merge as merge
from .node import Node as Node
from .node import get_source_inputs as get_source_inputs
from .spec import InputSpec as InputSpec
from .spec import object_list_uid as object_list_uid
from .spec import to_list as to_list

__all__ = [
    "Container", "Input", "InputLayer", "InputSpec", "K", "Layer", "Merge", "Node",
    "ask_to_proceed_with_overwrite", "func_dump", "func_load", "get_source_inputs", "initializations",
    "merge", "object_list_uid", "to_list",
]  # fmt: skip
