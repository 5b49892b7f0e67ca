"""The abstract interface ``K``: what an engine must offer, and what follows from it.

Each theme is one file. In it the required operations come first (abstract: an adapter must write them), then
the free ones, written here once in terms of the required ones. An adapter overrides a free one only to be
faster. Across this boundary go the engine's own tensors, numpy arrays, Python scalars, shape tuples and dtype
strings. The docstrings here hold for every adapter.
"""

from __future__ import annotations

from typing import Any

from .control import Control as Control
from .conv import Conv as Conv
from .ctc import CTC as CTC
from .function import BatchRunner as BatchRunner
from .function import Function as Function
from .graph import Graph as Graph
from .math import Math as Math
from .nn import NN as NN
from .random import Random as Random
from .recurrent import Recurrent as Recurrent
from .shape import Shape as Shape
from .variables import Variables as Variables


class Backend(CTC, Recurrent, NN, Conv, Shape, Math, Random, Control, Graph, Variables):
    """The whole interface. An adapter is a subclass whose constructor takes no argument.

    Attributes:
        name: the engine's name, for messages.
    """

    name: str = "abstract"

    def _old_name(self, name: str) -> Any:
        """What Keras 1's module for the engine had under a name, besides the operations of K.

        Raises:
            KeyError: if it had nothing of that name.
        """
        raise KeyError(name)

    def _old_names(self) -> list[str]:
        """Those of these names that a star import gave."""
        return []
