"""How a graph is run: interpreted by NumPy at once, or compiled by Numba when that is ready.

``POLYKERAS_PYTENSOR_MODE`` (or `Engine.set_mode`) chooses. In ``auto`` every function starts interpreted; one
that has kept the interpreter busy for `PATIENCE` seconds is compiled by another process meanwhile, and taken
over when the compiled code is there and turns out to be faster. Both run on the same variables and random
states, and with the same random numbers.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from ...errors import check_choice
from . import emit as emit  # registers the emitters
from .background import Compiler
from .interpreter import Step, explain, interpret
from .memory import keep_freed_memory
from .portable import Rewritten, portable, rewrite
from .rewrites import COMPILED, INTERPRETED

MODES = ("auto", "interpret", "compile")
VARIABLE = "POLYKERAS_PYTENSOR_MODE"
PATIENCE = 2.0  # seconds of interpretation that a function is worth before it is compiled
TRIAL = 16  # calls by which the two ways of execution are compared


class Engine:
    """What runs the functions of an adapter.

    Attributes:
        lock: held while graphs are built or rewritten.
        mode: ``'auto'``, ``'interpret'`` or ``'compile'``.
    """

    def __init__(self) -> None:
        keep_freed_memory()
        self.lock = threading.RLock()
        self.compiler = Compiler()
        self.mode = "auto"
        self.set_mode(os.environ.get(VARIABLE, "").strip().lower() or "auto")

    def set_mode(self, mode: str) -> None:
        """Chooses how functions made from now on are run.

        Raises:
            ValueError: if `mode` is not one of `MODES`.
        """
        self.mode = str(check_choice(VARIABLE, "mode", mode, MODES))

    def clear(self) -> None:
        """Drops the compilations that are waited for."""
        self.compiler.cancel()

    def executable(
        self,
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        updates: Sequence[tuple[Any, Any]],
        once: bool = False,
    ) -> Executable:
        """What runs one function.

        Args:
            inputs: placeholders.
            outputs: expressions of them.
            updates: pairs of a shared variable and its new value.
            once: whether it is expected to run just once or twice: then it is always interpreted.
        """
        if self.mode == "compile" and not once:
            return compiled_now(inputs, outputs, updates)
        function, shared = portable(inputs, outputs, updates)
        rewritten = rewrite(function, INTERPRETED)
        step = interpret(rewritten.fgraph())
        if self.mode == "interpret" or once or not self.compiler.available():
            return Executable(step, *storage(rewritten, shared))
        return Adaptive(step, *storage(rewritten, shared), (inputs, outputs, updates), self.compiler)


class Executable:
    """Calls a step and moves the new values into the variables.

    Attributes:
        step: a function of the values of the placeholders and variables; it returns those of the outputs
            and the new ones of the variables.
    """

    def __init__(self, step: Step, cells: list[list[Any]], written: list[list[Any]], n_outputs: int) -> None:
        self.step = step
        self.cells = cells
        self.written = written
        self.n_outputs = n_outputs

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        """The outputs for the values of the placeholders; then the variables have their new values."""
        try:
            results = self.step(*values, *[cell[0] for cell in self.cells])
        except Exception as error:
            explain(error, self.step)
            raise
        n_outputs = self.n_outputs
        for cell, value in zip(self.written, results[n_outputs:], strict=True):
            cell[0] = value
        return list(results[:n_outputs])


def compiled_now(
    inputs: Sequence[Any], outputs: Sequence[Any], updates: Sequence[tuple[Any, Any]]
) -> Executable:
    """An executable that Numba compiles here and now, or finds in its cache."""
    from .compiled import CompiledStep, linked

    function, shared = portable(inputs, outputs, updates)
    rewritten = rewrite(function, COMPILED)
    step = CompiledStep(linked(rewritten)[1])
    return Executable(step, *storage(rewritten, shared))


def storage(rewritten: Rewritten, shared: Sequence[Any]) -> tuple[list[Any], list[Any], int]:
    """The cells of the shared variables, those that are written to, and the number of outputs."""
    cells = [x.container.storage for x in shared]
    n_placeholders = len(rewritten.inputs) - len(cells)
    return cells, [cells[index - n_placeholders] for index in rewritten.written], rewritten.n_outputs


class Adaptive(Executable):
    """Interprets, asks for a compilation after a while, and keeps whichever is faster.

    Several threads may call it: each stage (`_interpret`, `_wait`, `_try`) works outside the lock and keeps
    its accounts inside, where a call that began in an earlier stage changes nothing.
    """

    def __init__(
        self,
        step: Step,
        cells: list[list[Any]],
        written: list[list[Any]],
        n_outputs: int,
        source: tuple[Any, Any, Any],
        compiler: Compiler,
    ) -> None:
        super().__init__(step, cells, written, n_outputs)
        self._source: Any = source
        self._compiler = compiler
        self._accounts = threading.Lock()
        self._spent = 0.0
        self._clock: Callable[[], float] = time.perf_counter
        self._run: Callable[[Sequence[Any]], list[Any]] = self._interpret
        self._rows: Any = None
        self._times: list[float] = []
        self._other: Executable | None = None
        self._limit: float | None = None

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        return self._run(values)

    def _interpret(self, values: Sequence[Any]) -> list[Any]:
        start = self._clock()
        result = super().__call__(values)
        with self._accounts:
            self._spent += self._clock() - start
            source, due = self._source, self._spent > PATIENCE and self._source is not None
            if due:
                self._source = None
                self._run = self._wait
                self._rows = rows_of(values)
        if due:
            function, shared = portable(*source)
            self._compiler.submit(function, shared, weakref.WeakMethod(self.take_over))
        return result

    def _wait(self, values: Sequence[Any]) -> list[Any]:
        start = self._clock()
        result = super().__call__(values)
        seconds = self._clock() - start
        with self._accounts:
            if self._limit is None and rows_of(values) == self._rows:
                self._times = [*self._times[1 - TRIAL :], seconds]
                if self._other is not None and len(self._times) == TRIAL:
                    self._limit, self._times = min(self._times), []
                    self._run = self._try
        return result

    def take_over(self, step: Step, cells: list[Any], written: list[Any], n_outputs: int) -> None:
        """Offers a compiled step (called from another thread)."""
        self._other = Executable(step, cells, written, n_outputs)

    def _try(self, values: Sequence[Any]) -> list[Any]:
        other = self._other
        if other is None:  # another thread has just decided
            return self._run(values)
        start = self._clock()
        result = other(values)
        seconds = self._clock() - start
        with self._accounts:
            if self._other is not None and rows_of(values) == self._rows:
                self._times.append(seconds)
                if len(self._times) == TRIAL:
                    self._run = other if min(self._times) <= (self._limit or 0.0) else super().__call__
                    self._other, self._times = None, []
        return result


def rows_of(values: Sequence[Any]) -> Any:
    """The shape of the first value: times are compared for equal work only."""
    return getattr(values[0], "shape", None) if values else None
