"""Leads workers through interleaved rounds, so that a drift of the machine's speed hits all peers alike."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .peers import PEERS, Peer
from .tasks import TASKS

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment(peer: Peer, threads: int | None, extra: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a worker: the peer's variables, and a limit on threads if one is asked for."""
    names = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "COLUMNS": "100", **peer.environment, **(extra or {})}
    if threads is not None:
        for name in _THREAD_VARIABLES:
            names[name] = str(threads)
        names["TF_NUM_INTRAOP_THREADS"] = names["TF_NUM_INTEROP_THREADS"] = str(threads)
        names["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false" if threads == 1 else names.get("XLA_FLAGS", "")
        )
    return names


class Worker:
    """A peer's process, its progress bar shown to a pseudo-terminal that nobody watches."""

    def __init__(
        self, peer: Peer, task: str, threads: int | None, extra: dict[str, str] | None = None
    ) -> None:
        self.peer, self.task = peer, TASKS[task]
        to_child, self._commands = os.pipe()
        self._answers, from_child = os.pipe()
        self._screen, child_screen = pty.openpty()
        command = [sys.executable, "-m", "benchmarks.worker", peer.name, task, str(to_child), str(from_child)]
        self._process = subprocess.Popen(
            command,
            env=environment(peer, threads, extra),
            pass_fds=(to_child, from_child),
            stdin=subprocess.DEVNULL,
            stdout=child_screen,
            stderr=subprocess.PIPE,
        )
        for descriptor in (to_child, from_child, child_screen):
            os.close(descriptor)
        self._errors: list[bytes] = []
        for drain in (self._drain_screen, self._drain_errors):
            threading.Thread(target=drain, daemon=True).start()
        self._lines = os.fdopen(self._answers, "r")
        self.start_figures = self._read()

    def _drain_screen(self) -> None:
        try:
            while os.read(self._screen, 65536):
                continue
        except OSError:
            return

    def _drain_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._errors.append(line)

    def _read(self) -> dict[str, Any]:
        line = self._lines.readline()
        if not line:
            self._process.wait()
            text = b"".join(self._errors[-30:]).decode(errors="replace")
            raise RuntimeError(f"{self.peer.name} on {self.task.name} ended early:\n{text}")
        figures: dict[str, Any] = json.loads(line)
        return figures

    def ask(self, command: str) -> dict[str, Any]:
        os.write(self._commands, f"{command}\n".encode())
        return self._read()

    def round(self) -> float:
        """Samples a second of one round."""
        return self.task.samples_a_round / float(self.ask("round")["seconds"])

    def warm_up(self, least: float, most: float) -> None:
        """Runs rounds until the speed no longer grows: `least` to `most` seconds."""
        begin = time.monotonic()
        best, best_at = 0.0, begin
        while True:
            speed, now = self.round(), time.monotonic()
            if speed > best * 1.05:
                best, best_at = speed, now
            if now - begin > most or (now - begin > least and now - best_at > least / 2):
                return

    def stop(self) -> float:
        """Ends the process and returns its peak memory in MiB."""
        peak = float(self.ask("stop")["peak_mib"])
        self._process.wait()
        os.close(self._commands)
        return peak


@dataclass
class Result:
    """The figures of one peer on one task."""

    start: dict[str, float] = field(default_factory=dict)
    speeds: list[float] = field(default_factory=list)
    peak_mib: float = 0.0


def compare(
    task: str, peers: list[str], threads: int | None, rounds: int, warm: dict[str, tuple[float, float]]
) -> dict[str, Result]:
    """Times the peers on a task, one round each in turn.

    Args:
        task: a key of `TASKS`.
        peers: keys of `PEERS`.
        threads: a limit on threads, None for all.
        rounds: timed rounds of each peer.
        warm: for each peer, the least and the most seconds of warming up.
    """
    results = {name: Result() for name in peers}
    workers = {}
    try:
        for name in peers:
            workers[name] = Worker(PEERS[name], task, threads)
            results[name].start = workers[name].start_figures
            workers[name].warm_up(*warm[name])
        for _ in range(rounds):
            for name, worker in workers.items():
                results[name].speeds.append(worker.round())
    finally:
        for name, worker in workers.items():
            if worker._process.poll() is None:
                results[name].peak_mib = worker.stop()
    return results
