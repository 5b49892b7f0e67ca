"""One peer on one task in a process of its own, led through two pipes.

``python -m benchmarks.worker PEER TASK READ_FD WRITE_FD``: each line read is a command, each line written
its answer in JSON. Standard output is the peer's (its progress bar), not part of this talk.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from typing import Any

from .peers import PEERS
from .tasks import TASKS, data


def peak_memory_mib() -> float:
    """The largest resident size of this process so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def main(peer: str, task_name: str, read_fd: int, write_fd: int) -> None:
    task = TASKS[task_name]
    commands = os.fdopen(read_fd, "r")
    answers = os.fdopen(write_fd, "w", buffering=1)

    def answer(**figures: Any) -> None:
        answers.write(json.dumps(figures) + "\n")

    started = time.perf_counter()
    module = importlib.import_module(f"{__package__}.peers.{PEERS[peer].module}")
    imported = time.perf_counter()
    train = module.trainer(task_name)
    x, y = data(task_name)
    built = time.perf_counter()
    train(x[: task.batch_size], y[: task.batch_size], task.batch_size, 1)
    stepped = time.perf_counter()
    answer(import_s=imported - started, build_s=built - imported, first_step_s=stepped - built)
    for command in commands:
        if command.strip() == "round":
            begin = time.perf_counter()
            train(x, y, task.batch_size, task.epochs)
            answer(seconds=time.perf_counter() - begin)
        elif command.strip() == "stop":
            answer(peak_mib=peak_memory_mib())
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
