"""``python -m benchmarks``: trains the tasks with every installed peer and prints tables of ratios.

Each peer runs in a process of its own, after a warm-up, in rounds that take turns; a ratio compares the two
figures of one round, and the table shows the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from .driver import Result, Worker, compare
from .peers import PEERS
from .tasks import TASKS

BASE = "keras3/tensorflow"
# PyTensor starts interpreted and moves to compiled code when that is ready, which a cold cache delays.
WARM = dict.fromkeys(PEERS, (6.0, 30.0)) | {"polykeras/pytensor": (60.0, 240.0)}


def versions() -> str:
    found = []
    for name in (
        "polykeras",
        "tensorflow",
        "tensorflow-cpu",
        "keras",
        "pytensor",
        "numba",
        "jax",
        "torch",
        "numpy",
    ):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in [header, ["---"] * len(header), *rows]]
    return "\n".join(lines)


def training_table(results: dict[str, Result], base: str) -> str:
    rows = []
    for name, result in results.items():
        ratios = [mine / its for mine, its in zip(result.speeds, results[base].speeds, strict=True)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        rows.append([name, f"{statistics.median(result.speeds):,.0f}", spread, f"{result.peak_mib:,.0f}"])
    return table(["peer", "samples/s", f"ratio to {base} (least to most)", "peak MiB"], rows)


def import_seconds(statement: str, runs: int = 5) -> float:
    """The median wall-clock time that a statement takes in a fresh interpreter."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)
        for _ in range(runs)
    ]
    return statistics.median(times)


def start_rows(peers: list[str], task: str) -> list[list[str]]:
    """Seconds to import, to build the model, and of the first step in `fit` with cold and warm caches."""
    rows = []
    for name in peers:
        with tempfile.TemporaryDirectory() as folder:
            extra = {
                "PYTENSOR_FLAGS": f"base_compiledir={folder}/pytensor",
                "NUMBA_CACHE_DIR": f"{folder}/numba",
            }
            figures = []
            for _ in range(2):
                worker = Worker(PEERS[name], task, 1, extra)
                figures.append(worker.start_figures)
                worker.stop()
        cold, warm = figures
        first = [f"{run['first_step_s']:.2f}" for run in (cold, warm)]
        rows.append([name, f"{warm['import_s']:.2f}", f"{warm['build_s']:.2f}", *first])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--threads", nargs="+", choices=("one", "all"), default=["one", "all"])
    parser.add_argument("--rounds", type=int, default=7, help="timed rounds of each peer (default 7)")
    parser.add_argument("--base", choices=PEERS, default=BASE, help=f"what ratios refer to (default {BASE})")
    parser.add_argument("--no-training", action="store_true", help="import and first-step times only")
    parser.add_argument("--no-start", action="store_true", help="leave out import and first-step times")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    arguments = parser.parse_args()
    peers = [name for name in arguments.peers if PEERS[name].installed()]
    left_out = [name for name in arguments.peers if name not in peers]
    base = arguments.base if arguments.base in peers else peers[0]
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {versions()}")
    if left_out:
        print(f"Not installed, left out: {', '.join(left_out)}")
    record: dict[str, object] = {}
    for task in [] if arguments.no_training else arguments.tasks:
        for threads in arguments.threads:
            begin = time.monotonic()
            results = compare(task, peers, 1 if threads == "one" else None, arguments.rounds, WARM)
            print(f"\n### {TASKS[task].text}; {threads} thread{'' if threads == 'one' else 's'}\n")
            print(training_table(results, base), flush=True)
            print(f"\n{arguments.rounds} rounds, {time.monotonic() - begin:.0f} s in all.")
            record[f"{task}/{threads}"] = {name: vars(result) for name, result in results.items()}
    if not arguments.no_start:
        print(
            "\n### Start, MLP, one thread: seconds to import, to build, and from `fit` to the end of a step\n"
        )
        rows = start_rows(peers, "mlp")
        print(table(["peer", "import", "build", "first step, cold cache", "first step, warm cache"], rows))
        seconds = import_seconds("import polykeras")
        print(f"\n`import polykeras` by itself: {seconds:.3f} s.")
        record["start"] = {"rows": rows, "import_polykeras_s": seconds}
    if arguments.json:
        arguments.json.write_text(json.dumps(record, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
