"""A progress bar with running averages, drawn by tqdm."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

from tqdm.std import tqdm

from .output import ProgressStream, is_terminal, say, writable

_COUNT = "{n_fmt}/{total_fmt} [{bar:%d}] - "
_OPEN_COUNT = "{n_fmt} - "


class _Bar(tqdm):
    """tqdm without its watching thread and its lock between processes: one bar, drawn by one thread."""

    monitor_interval = 0


_Bar.set_lock(threading.RLock())


def _in_kernel() -> bool:
    """Whether standard output goes to a Jupyter page, which honours a carriage return."""
    return type(sys.stdout).__module__.startswith("ipykernel.")


def _moving() -> bool:
    """Whether a line on standard output can be drawn over."""
    return is_terminal() or _in_kernel()


def _columns() -> int | None:
    """Width to which a moving line is cut, so that a terminal need not wrap it; None for a page."""
    return None if _in_kernel() else shutil.get_terminal_size((80, 24)).columns


def average_text(name: str, value: Any) -> str:
    """`` - name: 0.1234``, with an exponent for small values."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return f" - {name}: {value}"
    return f" - {name}: {number:.4f}" if abs(number) > 1e-3 or number == 0 else f" - {name}: {number:.4e}"


class Progbar:
    """Shows how far a loop has come, the time, and averages of what it computes.

    On a terminal and in a notebook a bar moves; in a pipe or a file there is one line, when the loop is
    through.

    Args:
        target: number of steps (samples); None, 0 or a negative number if it is not known.
        width: width of the bar in characters.
        verbose: 0 is silent, 1 a bar, 2 one line at the end.
        interval: least time in seconds between two drawings.

    Attributes:
        seen_so_far: number of steps done.
        sum_values: for each name, ``[weighted sum, number of steps]``.
    """

    def __init__(self, target: int | None, width: int = 30, verbose: int = 1, interval: float = 0.05) -> None:
        self.target = target if target is not None and target > 0 else None
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.seen_so_far = 0
        self.sum_values: dict[str, list[Any]] = {}
        self._shown: dict[str, Any] = {}
        self._start = time.perf_counter()
        self._next_draw = 0.0
        self._bar: Any = None
        self._finished = False

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, force: bool = False
    ) -> None:
        """Moves to `current`.

        Args:
            current: number of steps done in all.
            values: ``(name, value)`` pairs; the average of each, weighted by the steps since the last call,
                is shown.
            force: draw now, however short ago the last drawing was.
        """
        steps = current - self.seen_so_far
        for name, value in values or ():
            total = self.sum_values.setdefault(name, [0, 0])
            total[0] += value * max(steps, 1)
            total[1] += max(steps, 1)
        self.seen_so_far = current
        if self.verbose == 0 or self._finished:
            return
        done = self.target is not None and current >= self.target
        if done or force or self.due():
            self.draw({name: total[0] / total[1] for name, total in self.sum_values.items()}, done)

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Moves `n` steps on; `values` as in `update`."""
        self.update(self.seen_so_far + n, values)

    def due(self) -> bool:
        """Whether the last drawing is longer ago than `interval`."""
        return time.perf_counter() >= self._next_draw

    def draw(self, averages: dict[str, Any], done: bool = False) -> None:
        """Draws now.

        Args:
            averages: the values to show.
            done: the loop is through: the line is ended, and nothing is drawn any more.
        """
        self._next_draw = time.perf_counter() + self.interval
        self._shown = averages
        if self._finished or self.verbose == 0:
            return
        if self.verbose == 1 and self._bar is None and _moving():
            self._bar = self._make_bar()
        if self._bar is not None:
            self._move_bar(averages, done)
        elif done:
            self._print_line(averages)
        self._finished = self._finished or done

    def close(self) -> None:
        """Ends the line of a bar whose loop was left early; does nothing after the end."""
        if not self._finished and self.verbose and (self._bar is not None or self.seen_so_far):
            self.draw(self._shown, done=True)
        self._finished = True

    def _make_bar(self) -> Any:
        return _Bar(
            total=self.target,
            file=ProgressStream(),
            ascii=".>=",
            ncols=_columns(),
            nrows=24,
            mininterval=0,
            miniters=0,
            bar_format=self._format("ETA: {remaining}{desc}"),
        )

    def _format(self, rest: str) -> str:
        return (_COUNT % self.width if self.target is not None else _OPEN_COUNT) + rest

    def _move_bar(self, averages: dict[str, Any], done: bool) -> None:
        bar = self._bar
        bar.n = self.seen_so_far
        bar.ncols = None if done else _columns()
        bar.set_description_str(writable(self._text(averages), sys.stdout), refresh=False)
        if done:
            bar.bar_format = self._format("{elapsed_s:.0f}s{desc}")
            bar.close()
        else:
            bar.refresh()

    def _print_line(self, averages: dict[str, Any]) -> None:
        line = f"{time.perf_counter() - self._start:.0f}s{self._text(averages)}"
        if self.verbose == 1:
            count = f"{self.seen_so_far}/{self.target}" if self.target is not None else f"{self.seen_so_far}"
            part = min(self.seen_so_far / self.target, 1) if self.target is not None else 1
            full = int(self.width * part)
            bar = "=" * full + "." * (self.width - full)
            line = f"{count} [{bar}] - {line}"
        else:
            line = " - " + line
        say(line)

    @staticmethod
    def _text(averages: dict[str, Any]) -> str:
        return "".join(average_text(name, value) for name, value in averages.items())
