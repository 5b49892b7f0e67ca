"""The PyTensor adapter, put together from its themes."""

from __future__ import annotations

from typing import Any

from ..interface import Backend
from . import old_names
from .control import PTControl
from .conv import PTConv
from .ctc import PTCTC
from .execution import Engine
from .fused_recurrent import PTFusedRecurrent
from .graph import PTGraph
from .math import PTMath
from .nn import PTNN
from .random import PTRandom
from .recurrent import PTRecurrent
from .session import PTSessions
from .shape import PTShape
from .variables import PTVariables


class PyTensorBackend(
    PTSessions,
    PTVariables,
    PTMath,
    PTShape,
    PTConv,
    PTCTC,
    PTFusedRecurrent,
    PTRecurrent,
    PTNN,
    PTRandom,
    PTControl,
    PTGraph,
    Backend,
):
    """``K`` on PyTensor 3.

    A graph is run in one of two ways, see `execution`: by the NumPy interpreter, at once, or compiled by
    Numba. `set_execution_mode` and the environment variable ``POLYKERAS_PYTENSOR_MODE`` choose.
    """

    name = "pytensor"

    def __init__(self) -> None:
        self.engine = Engine()
        self._start_graph()

    def execution_mode(self) -> str:
        """How functions are run: ``'auto'``, ``'interpret'`` or ``'compile'``."""
        return self.engine.mode

    def set_execution_mode(self, mode: str) -> None:
        """Chooses how functions are run from now on.

        Args:
            mode: ``'interpret'``: always by the NumPy interpreter. ``'compile'``: always by Numba, which is
                waited for at the first call. ``'auto'``: interpreted first; what is called often is compiled
                by another process meanwhile.

        Raises:
            ValueError: if `mode` is none of these.
        """
        self.engine.set_mode(mode)

    def _old_name(self, name: str) -> Any:
        return old_names.old_name(name)

    def _old_names(self) -> list[str]:
        return old_names.old_names()
