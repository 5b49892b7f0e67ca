"""Compilation in another process, one function at a time, and its transfer into this one.

A thread starts the process, sends it the graph, waits, and loads the compiled code from the cache on disk.
Whatever goes wrong (an operation that the other process cannot import, a folder that cannot be written to, a
crash) costs one warning, and the function stays interpreted.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from pytensor import config

from .portable import Portable

log = logging.getLogger("polykeras.pytensor")

WORKER = "polykeras.backends.pytensor.compile_worker"
LONGEST = 1800.0  # seconds after which a compilation is given up
MOST_FAILURES = 3  # in a row, after which no more are tried

Offer = Callable[[], Callable[..., None] | None]


class Cancelled(Exception):
    """Nobody waits for the compilation any more."""


class Compiler:
    """A queue of functions to compile and the thread that works it off."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[tuple[bytes, list[Any], int, Offer]] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._failures = 0

    def available(self) -> bool:
        """Whether compilation can be tried: Numba is installed and it has not failed again and again."""
        return self._failures < MOST_FAILURES and importlib.util.find_spec("numba") is not None

    def submit(self, function: Portable, shared: list[Any], offer: Offer) -> None:
        """Asks for a compilation.

        Args:
            function: the function.
            shared: the variables behind its further inputs.
            offer: gives what to call with the compiled step, the cells of the variables, those written to and
                the number of outputs; None once nobody waits for it.
        """
        if not self.available():
            return
        try:
            request = pickle.dumps(function, pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            # An operation made in a notebook, a closure in a Lambda: only this function stays interpreted.
            log.info("A function is not compiled, since it cannot be sent to another process: %s", error)
            return
        with self._lock:
            self._jobs.put((request, [x.container.storage for x in shared], function.n_placeholders, offer))
            if self._thread is None:
                self._stop.clear()
                atexit.register(self._shut_down)
                self._thread = threading.Thread(target=self._work, name="polykeras compiler", daemon=True)
                self._thread.start()

    def cancel(self) -> None:
        """Drops what is queued; the compilation that runs is dropped if nobody waits for it any more."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()

    def _shut_down(self) -> None:
        self._stop.set()
        self._end_process()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(10.0)

    def _end_process(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            with contextlib.suppress(OSError):
                process.kill()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=5.0)
            except queue.Empty:
                with self._lock:
                    if self._jobs.empty():
                        self._thread = None
                        atexit.unregister(self._shut_down)
                        return
                continue
            try:
                self._serve(*job)
            except Cancelled:
                continue
            except Exception as error:
                if not self._stop.is_set():
                    self._report(error)
            else:
                self._failures = 0

    def _report(self, error: Exception) -> None:
        self._failures += 1
        log.log(
            logging.WARNING if self._failures == 1 else logging.INFO,
            "A PyTensor function stays interpreted, which may be slower: its compilation in another process "
            "failed (%s). Set POLYKERAS_PYTENSOR_MODE=interpret to do without compilation.",
            error,
        )

    def _serve(self, request: bytes, cells: list[Any], n_placeholders: int, offer: Offer) -> None:
        key, answer = pickle.loads(self._compile_elsewhere(request, offer))
        if key is None:
            log.info("A function is not compiled, since an operation in it has no place in Numba's cache.")
            return
        from .compiled import CompiledStep, Link

        rewritten = pickle.loads(answer)
        link = Link(rewritten)
        if link.key != key:
            raise RuntimeError("the compiled code was not found in the cache")
        step = CompiledStep(link.compile())
        take_over = offer()
        if take_over is not None and not self._stop.is_set():
            written = [cells[index - n_placeholders] for index in rewritten.written]
            take_over(step, cells, written, rewritten.n_outputs)

    def _compile_elsewhere(self, request: bytes, offer: Offer) -> bytes:
        process = subprocess.Popen(
            [sys.executable, "-m", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
            env=worker_environment(),
        )
        self._process = process
        outputs: list[bytes] = [b"", b""]
        readers = [
            threading.Thread(target=_read_all, args=(stream, outputs, index), daemon=True)
            for index, stream in enumerate((process.stdout, process.stderr))
        ]
        try:
            for reader in readers:
                reader.start()
            assert process.stdin is not None
            # The pipe stays open: the worker ends when it is closed, be it by the end of this process.
            process.stdin.write(len(request).to_bytes(8, "big") + request)
            process.stdin.flush()
            self._wait(process, offer)
        finally:
            self._end_process()
            process.wait()
            for reader in readers:
                reader.join()
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
            self._process = None
        if process.returncode != 0:
            last = outputs[1].decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(f"exit status {process.returncode}: {last[0]}")
        return outputs[0]

    def _wait(self, process: subprocess.Popen[bytes], offer: Offer) -> None:
        waited, slice_ = 0.0, 0.25
        while process.poll() is None:
            if self._stop.wait(slice_) or offer() is None:
                raise Cancelled
            waited += slice_
            if waited > LONGEST:
                raise RuntimeError(f"it took more than {LONGEST:.0f} s")


def _read_all(stream: Any, outputs: list[bytes], index: int) -> None:
    with contextlib.suppress(OSError, ValueError), stream:
        outputs[index] = stream.read()


def worker_environment() -> dict[str, str]:
    """The environment of the worker: the modules that this process sees, and the same cache folder."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join([path or os.getcwd() for path in sys.path])
    flags = [flag for flag in environment.get("PYTENSOR_FLAGS", "").split(",") if flag]
    flags = [flag for flag in flags if not flag.startswith(("base_compiledir=", "numba__fastmath="))]
    flags += [f"base_compiledir={config.base_compiledir}", f"numba__fastmath={config.numba__fastmath}"]
    environment["PYTENSOR_FLAGS"] = ",".join(flags)
    return environment
