"""The TensorFlow adapter: the themes put together."""

from __future__ import annotations

from typing import Any

from ..interface import Backend
from . import old_names
from .control import TFControl
from .conv import TFConv
from .ctc import TFCTC
from .fused_recurrent import TFFusedRecurrent
from .math import TFMath
from .nn import TFNN
from .phase import TFPhase
from .program import TFGraph
from .random import TFRandom
from .recurrent import TFRecurrent
from .shape import TFShape
from .variables import TFVariables


class TensorFlowBackend(
    TFVariables,
    TFMath,
    TFShape,
    TFConv,
    TFCTC,
    TFFusedRecurrent,
    TFRecurrent,
    TFNN,
    TFRandom,
    TFPhase,
    TFControl,
    TFGraph,
    Backend,
):
    """K on TensorFlow 2.

    What a program builds stands in one symbolic graph (graph.py); `function` traces the parts that it needs
    (trace.py, function.py) and runs many batches in one dispatch (runner.py).
    """

    name = "tensorflow"

    def _old_name(self, name: str) -> Any:
        return old_names.old_name(name)

    def _old_names(self) -> list[str]:
        return old_names.old_names()
