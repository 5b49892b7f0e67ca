"""Takes batches out of a generator ahead of time, in threads or processes."""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import threading
import traceback
import types
from collections.abc import Callable
from typing import Any

import numpy as np

_POLL_SECONDS = 0.1  # how long a worker that cannot go on waits before it looks whether to stop


class GeneratorEnded(Exception):
    """The generator has no more batches."""


class _Locked:
    """A plain generator, which only one thread at a time may advance."""

    def __init__(self, generator: Any) -> None:
        self._generator, self._lock = generator, threading.Lock()

    def __next__(self) -> Any:
        with self._lock:
            return next(self._generator)


class GeneratorEnqueuer:
    """A queue of batches that workers fill from a generator.

    Args:
        generator: an iterator. A plain generator is advanced by one thread at a time; any other iterator is
            taken to be safe for several threads.
        pickle_safe: whether the workers are processes: each has a copy of the generator, with numpy's
            generator seeded anew, and the batches go through a pipe.

    Attributes:
        queue: the queue, once started.
    """

    def __init__(self, generator: Any, pickle_safe: bool = False) -> None:
        self.queue: Any = None
        self._pickle_safe = pickle_safe
        threaded = not pickle_safe and isinstance(generator, types.GeneratorType)
        self._generator = _Locked(generator) if threaded else generator
        self._workers: list[Any] = []
        self._stop: Any = None
        self._failures: Any = None
        self._wait_time = 0.05

    def start(self, nb_worker: int = 1, max_q_size: int = 10, wait_time: float = 0.05) -> None:
        """Starts the workers.

        Args:
            nb_worker: their number. With one the batches come in the order of the generator.
            max_q_size: how many batches may wait in the queue.
            wait_time: seconds between two looks into an empty queue.

        Raises:
            ValueError: if a number is below 1, or it has been started already.
            RuntimeError: if processes are asked for on a system that cannot fork.
        """
        where = type(self).__name__
        for name, value in (("nb_worker", nb_worker), ("max_q_size", max_q_size)):
            if value < 1:
                raise ValueError(f"{where}: {name} must be at least 1, got {value!r}.")
        if self._workers:
            raise ValueError(f"{where}: it has been started already. Stop it first.")
        self._wait_time = wait_time
        if self._pickle_safe:
            if "fork" not in multiprocessing.get_all_start_methods():
                raise RuntimeError(
                    f"{where}: pickle_safe=True needs processes that share the generator, which this system "
                    "has not. Use pickle_safe=False."
                )
            context = multiprocessing.get_context("fork")
            self.queue, self._failures = context.Queue(max_q_size), context.Queue()
            self._stop = context.Event()
            seeds = np.random.SeedSequence().generate_state(nb_worker)
            self._workers = [
                context.Process(target=self._work_apart, args=(int(seed),), daemon=True) for seed in seeds
            ]
        else:
            self.queue, self._failures = queue.Queue(max_q_size), queue.Queue()
            self._stop = threading.Event()
            self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(nb_worker)]
        for worker in self._workers:
            worker.start()

    def _work_apart(self, seed: int) -> None:
        np.random.seed(seed)
        self._work()
        if self._stop.is_set():
            self.queue.cancel_join_thread()

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    batch = next(self._generator)
                except StopIteration:
                    return
                self._put(batch)
        except BaseException as error:
            if self._pickle_safe:
                self._failures.put(_portable(error))
            else:
                self._failures.put(error)
            if not isinstance(error, Exception):
                raise

    def _put(self, batch: Any) -> None:
        if self._pickle_safe:
            pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)  # the queue's own thread would lose the error
        while not self._stop.is_set():
            try:
                return self.queue.put(batch, timeout=_POLL_SECONDS)
            except queue.Full:
                continue

    def get(self, check: Callable[[], None] | None = None) -> Any:
        """The next batch.

        Args:
            check: called again and again while there is none; what it raises goes to the caller.

        Raises:
            GeneratorEnded: if there will be none any more.
            Exception: what the generator has raised in a worker.
            RuntimeError: if a worker process was killed.
        """
        while True:
            if check is not None:
                check()
            working = any(worker.is_alive() for worker in self._workers)
            try:
                return self.queue.get(timeout=self._wait_time)
            except queue.Empty:
                self._raise_failure()
            if not working:
                self._raise_killed()
                raise GeneratorEnded

    def _raise_failure(self) -> None:
        try:
            failure = self._failures.get_nowait()
        except queue.Empty:
            return
        raise failure

    def _raise_killed(self) -> None:
        killed = [worker.exitcode for worker in self._workers if getattr(worker, "exitcode", 0)]
        if killed:
            self._raise_failure()
            raise RuntimeError(
                f"A worker process of the generator ended with the exit code {killed[0]}, killed perhaps for "
                "want of memory."
            )

    def is_running(self) -> bool:
        """Whether it has been started and not stopped."""
        return self._stop is not None and not self._stop.is_set()

    def stop(self, timeout: float | None = None) -> None:
        """Stops the workers and forgets what is in the queue.

        Args:
            timeout: seconds to wait for a thread that is still in the generator; None: a second. It ends by
                itself when the generator gives the next batch. Processes are ended in any case.
        """
        if self._stop is None:
            return
        self._stop.set()
        for worker in self._workers:
            if self._pickle_safe:
                worker.terminate()
            worker.join(1.0 if timeout is None else timeout)
        if self._pickle_safe:
            for worker in self._workers:
                if worker.is_alive():
                    worker.kill()
                    worker.join()
            for each in (self.queue, self._failures):
                each.cancel_join_thread()
                each.close()
        self._workers = []
        self.queue = None


def _portable(error: BaseException) -> Exception:
    """`error` with its traceback as a note, or what can be told of it if it cannot be sent to a process."""
    told = "".join(traceback.format_exception(error))
    note = f"It was raised in a worker process:\n{told}"
    try:
        if isinstance(error, Exception):
            copy: Exception = pickle.loads(pickle.dumps(error))
            copy.add_note(note)
            pickle.dumps(copy)
            return copy
    except Exception:
        told = f"{type(error).__name__}: {error}"
    result = RuntimeError(f"The generator raised {type(error).__name__}: {error}")
    result.add_note(note)
    return result
