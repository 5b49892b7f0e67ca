"""Spoils good models in many ways and loads each: every one must load, or be refused by a clear error.

    python tests/soak/mutate_models.py --count 100000 --seed 0

Models of every kind of layer, and files of Keras 1, are changed a little: the bytes of HDF5 files, their
attributes, data sets and links, and configurations in JSON and YAML, by letters, by words and by structure.
Processes load one after the other, each in at most five seconds of the processor and a gibibyte more memory.
Anything else than a model or a ValueError, TypeError or OSError is reported with its number;
``--only NUMBER`` does it again.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import gc
import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

SECONDS = 5
MEMORY = 2**30
_SILENCE = 120  # seconds after which a process that says nothing is ended
_CASES = 5000  # of a process; then a new one begins
_CLEAN = (ValueError, TypeError, OSError)


class Outcome(NamedTuple):
    """What came of a spoiled model.

    Attributes:
        kind: how it was spoiled.
        error: the class of the error, empty if it was loaded.
        clean: whether callers expect such an error.
        message: what the error says.
        seconds: of the processor.
        growth: bytes by which the process has grown at most.
    """

    kind: str
    error: str
    clean: bool
    message: str
    seconds: float
    growth: int


Load = Callable[[], Any]


def spoiled(number: int, specimens: list[Any], folder: Path) -> tuple[str, Load]:
    """How the model that a number stands for is spoiled, and a function that loads it."""
    from mutations import JSON_TOKENS, spoiled_bytes, spoiled_file, spoiled_json, spoiled_text, spoiled_yaml

    from polykeras.models import load_model, model_from_json, model_from_yaml
    from polykeras.utils.layer_utils import _classes

    rng = random.Random(number)
    specimen = rng.choice(specimens)
    others, classes = [each.config for each in rng.sample(specimens, 3)], sorted(_classes)
    kind = rng.choices(["bytes", "file", "json", "yaml"], [35, 25, 28, 12])[0]
    if kind == "json":
        text = spoiled_json(rng, specimen.config, others, classes)
        return kind, lambda: model_from_json(text)
    if kind == "yaml":
        block = spoiled_yaml(rng, specimen.config, others, classes)
        return kind, lambda: model_from_yaml(block)

    def config(text: str) -> str:
        try:
            tree = json.loads(text)
        except ValueError:  # it was spoiled before
            return spoiled_text(rng, text, JSON_TOKENS)
        return spoiled_json(rng, tree, others, classes)

    path = folder / "spoiled.h5"
    data = specimen.file
    if kind == "file" or rng.random() < 0.1:
        path.write_bytes(data)
        spoiled_file(rng, path, config)
        data = path.read_bytes()
    if kind == "bytes":
        data = spoiled_bytes(rng, data)
    path.write_bytes(data)
    way = rng.choice(["load_model", "load_model", "load_weights", "by_name"])
    if way == "load_model":
        return f"{kind}, {way}", lambda: load_model(path)
    try:
        model = model_from_json(json.dumps(specimen.config))
    except ValueError:  # it has a Lambda
        return f"{kind}, load_model", lambda: load_model(path)
    return f"{kind}, {way}", lambda: model.load_weights(path, by_name=way == "by_name")


def outcome(kind: str, load: Load, most: dict[str, int]) -> Outcome:
    """Loads, and tells what came of it.

    Args:
        kind: how the model was spoiled.
        load: loads it.
        most: what configurations may ask for, see `limits.allowing`.
    """
    from polykeras.utils import limits

    error: BaseException | None = None
    before, start = _reset_peak(), time.process_time()
    try:
        with warnings.catch_warnings(), limits.allowing(**most):
            warnings.simplefilter("ignore")
            load()
    except Exception as caught:
        error = caught
    seconds = time.process_time() - start
    growth = _memory("VmHWM") - before
    if error is None:
        return Outcome(kind, "", seconds < SECONDS, "", seconds, growth)
    message = "".join(traceback.format_exception_only(error))
    clean = isinstance(error, _CLEAN) and "MemoryError" not in message and len(message) < 20_000
    if not clean:
        message = "".join(traceback.format_exception(error))
    return Outcome(kind, type(error).__name__, clean and seconds < SECONDS, message, seconds, growth)


def _memory(what: str) -> int:
    """Bytes of this process: ``'VmHWM'``, at most since `_reset_peak`, or ``'VmSize'``, mapped."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {what}.")


def _reset_peak() -> int:
    """Forgets how large the process has been; returns how large it is, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmHWM")


@contextmanager
def _bounded() -> Iterator[None]:
    """A context that may take `SECONDS` of the processor and `MEMORY` bytes more.

    If it takes more time the process ends; memory that is not there is a MemoryError.
    """
    signal.setitimer(signal.ITIMER_PROF, SECONDS + 1)
    resource.setrlimit(resource.RLIMIT_AS, (_memory("VmSize") + MEMORY, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_PROF, 0)


# The processes


def _work(backend: str, every: int) -> None:
    """Reads pairs of numbers, and does all numbers between them."""
    os.environ.update(
        POLYKERAS_BACKEND=backend,
        POLYKERAS_PYTENSOR_MODE="interpret",
        OMP_NUM_THREADS="1",
        TF_CPP_MIN_LOG_LEVEL="3",
    )
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes with the errors
    faulthandler.enable()
    from corpus import specimens

    from polykeras import backend as K

    with tempfile.TemporaryDirectory(prefix="mutate-") as name:
        folder = Path(name)
        found = specimens(folder, every)
        K.clear_session()
        gc.freeze()  # else clear_session, which collects, takes longer than all the rest
        for line in sys.stdin:
            first, last = map(int, line.split())
            for number in range(first, last):
                print(json.dumps({"begins": number}), file=answers, flush=True)
                kind, load = spoiled(number, found, folder)
                # Architectures may ask for 600 megabytes; mostly for less here, or other things hide
                # behind them.
                most = {} if number % 3 == 0 else {"numbers": 2**24, "work": 2**32}
                with _bounded():
                    came = outcome(kind, load, most)
                del load
                K.clear_session()
                print(json.dumps({"number": number, **came._asdict()}), file=answers, flush=True)
            print(json.dumps({"done": last}), file=answers, flush=True)


class _Worker:
    """A process that spoils and loads models."""

    def __init__(self, backend: str, every: int) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `end`)
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "mutate_models.py"), "--work", backend, "--every", str(every)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._rest = b""
        self._silent = False
        self.at = -1

    def do(self, first: int, last: int) -> Any:
        """Yields what comes of the numbers; ends early if the process does."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{first} {last}\n".encode())
        self.process.stdin.flush()
        while True:
            line = self._line()
            if line is None:
                return
            told = json.loads(line)
            if "done" in told:
                return
            if "begins" in told:
                self.at = told["begins"]
            else:
                yield told

    def _line(self) -> bytes | None:
        assert self.process.stdout is not None
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self.process.stdout], [], [], _SILENCE)
            part = os.read(self.process.stdout.fileno(), 2**16) if ready else b""
            if not part:
                self._silent = not ready
                return None
            self._rest += part
        line, self._rest = self._rest.split(b"\n", 1)
        return line

    def end(self) -> str:
        """Ends the process; tells how it ended, and its last words."""
        assert self.process.stdin is not None and self.process.stdout is not None
        if self._silent:
            self.process.kill()
        self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace")[-3000:]
        self._errors.close()
        if self._silent:
            return f"said nothing for {_SILENCE} s\n{words}"
        if code == -signal.SIGPROF:
            return f"took more than {SECONDS} s of the processor\n{words}"
        return f"ended {f'by {signal.Signals(-code).name}' if code < 0 else f'with {code}'}\n{words}"


class Report:
    """Counts what came of all models, and keeps what should not have come."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.findings: list[str] = []
        self.slowest, self.largest = (0.0, ""), (0, "")
        self.total = 0

    def add(self, backend: str, told: dict[str, Any]) -> None:
        self.total += 1
        self.counts[f"{backend:11}{told['kind']:22}{told['error'] or 'loaded'}"] += 1
        number = f"{backend}, number {told['number']}"
        self.slowest = max(self.slowest, (told["seconds"], number))
        self.largest = max(self.largest, (told["growth"], number))
        if not told["clean"] or told["growth"] > MEMORY:
            self.find(
                backend,
                told["number"],
                f"{told['seconds']:.1f} s, {told['growth']:,} bytes: {told['message']}",
            )

    def find(self, backend: str, number: int, what: str) -> None:
        self.findings.append(f"{backend}, number {number}: {what}")
        print(f"FOUND: {self.findings[-1]}", flush=True)

    def show(self) -> None:
        for line, count in sorted(self.counts.items()):
            print(f"{count:8}  {line}")
        print(
            f"{self.total} models, {len(self.findings)} findings; slowest {self.slowest[0]:.1f} s "
            f"({self.slowest[1]}), largest growth {self.largest[0] / 2**20:.0f} MiB ({self.largest[1]})"
        )


def run(backend: str, first: int, last: int, report: Report, every: int = 1) -> None:
    """Does all numbers from `first` to before `last` on a backend.

    Args:
        backend: its name.
        first, last: the numbers.
        report: gets what comes of them.
        every: only each so manieth kind of model is spoiled.

    Raises:
        RuntimeError: if a process ends of itself: the program is wrong, not what it tests.
    """
    while first < last:
        worker = _Worker(backend, every)
        stop = min(first + _CASES, last)
        for told in worker.do(first, stop):
            report.add(backend, told)
            first = told["number"] + 1
        how = worker.end()
        if first < stop:
            if worker.at < first or how.startswith("ended with"):
                raise RuntimeError(f"The process for {backend} at number {worker.at} {how}")
            report.total += 1
            report.find(backend, worker.at, how)
            first = worker.at + 1


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="how many models on each backend")
    parser.add_argument("--seed", type=int, default=0, help="other seeds spoil other models")
    parser.add_argument("--only", type=int, help="do just this number again")
    parser.add_argument("--backend", choices=["tensorflow", "pytensor"], action="append")
    parser.add_argument("--every", type=int, default=1, help="spoil only each so manieth kind of model")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _work(options.work, options.every)
        return 0
    first = options.seed * 10**9 if options.only is None else options.only
    count = options.count if options.only is None else 1
    report = Report()
    try:
        for backend in options.backend or ["tensorflow", "pytensor"]:
            run(backend, first, first + count, report, options.every)
    except KeyboardInterrupt:
        print("interrupted")
    finally:
        report.show()
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
