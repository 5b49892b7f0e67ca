"""Trains on a data set in an HDF5 file that is larger than the memory it may take.

    python tests/soak/train_from_hdf5.py --gigabytes 4 --limit 1024

A file of random samples is written in parts. A process on each backend trains a small model on nine tenths
of it by ``fit(shuffle='batch')``, validates on the rest, then evaluates and predicts. It fails if the process
ever takes more memory than the limit, engine and all, or if the loss has not come down.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

FEATURES = 1024
BATCH = 128
BACKENDS = ("tensorflow", "pytensor")


class Training(NamedTuple):
    """What a training has taken.

    Attributes:
        imported: MiB at most up to when the library and the engine were imported.
        small: MiB at most up to when a few batches of arrays were trained on, evaluated and predicted.
        peak: MiB at most, in all.
        untrained, loss, held_out: the loss before and after the training, and that of the validation.
        predicted: how many rows `predict` has given.
        seconds: how long training, evaluation and prediction have taken, in all.
    """

    imported: float
    small: float
    peak: float
    untrained: float
    loss: float
    held_out: float
    predicted: int
    seconds: float


def write(path: Path, size: int) -> int:
    """Writes a file of about `size` bytes; returns the number of its rows."""
    import h5py
    import numpy as np

    rows = size // (4 * (FEATURES + 1))
    part = min(rows, 4096)
    rng = np.random.default_rng(0)
    weights = rng.normal(0, FEATURES**-0.5, (FEATURES, 1)).astype("float32")
    with h5py.File(path, "w") as file:
        x = file.create_dataset("x", (rows, FEATURES), "float32")
        y = file.create_dataset("y", (rows, 1), "float32")
        for start in range(0, rows, part):
            values = rng.standard_normal((min(part, rows - start), FEATURES), "float32")
            x[start : start + len(values)] = values
            y[start : start + len(values)] = values @ weights
    return rows


def _train(path: str, backend: str) -> Training:
    os.environ.update(POLYKERAS_BACKEND=backend, TF_CPP_MIN_LOG_LEVEL="3")
    import numpy as np

    from polykeras import backend as K
    from polykeras.layers import Dense
    from polykeras.models import Sequential
    from polykeras.utils.io_utils import HDF5Matrix

    K.variable(0.0)  # so that the engine is there
    imported = _peak()

    def model() -> Any:
        made = Sequential([Dense(16, activation="tanh", input_dim=FEATURES), Dense(1)])
        made.compile("adam", "mse")
        return made

    few = [np.zeros((8 * BATCH, size), "float32") for size in (FEATURES, 1)]
    warm = model()
    warm.fit(*few, batch_size=BATCH, nb_epoch=2, verbose=0, shuffle="batch")
    warm.evaluate(*few, batch_size=BATCH, verbose=0)
    warm.predict(few[0], batch_size=BATCH)
    small = _peak()

    rows = HDF5Matrix(path, "x").shape[0]
    split = rows * 9 // 10 // BATCH * BATCH
    parts = [[HDF5Matrix(path, name, *ends) for name in "xy"] for ends in ((0, split), (split, rows))]
    trained = model()
    began = time.perf_counter()
    untrained = trained.evaluate(*parts[1], batch_size=BATCH, verbose=0)
    history = trained.fit(
        *parts[0], batch_size=BATCH, nb_epoch=1, verbose=0, shuffle="batch", validation_data=tuple(parts[1])
    )
    loss = trained.evaluate(*parts[0], batch_size=BATCH, verbose=0)
    predicted = trained.predict(HDF5Matrix(path, "x"), batch_size=BATCH)
    seconds = time.perf_counter() - began
    return Training(
        imported, small, _peak(), untrained, loss, history.history["val_loss"][-1], len(predicted), seconds
    )


def _peak() -> float:
    """MiB that this process has taken at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmHWM.")


def train(path: Path, backend: str) -> Training:
    """Trains on a file in a process of its own.

    Raises:
        RuntimeError: if the process fails.
    """
    done = subprocess.run(
        [sys.executable, __file__, "--work", str(path), "--backend", backend], capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"The process for {backend} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return Training(**json.loads(done.stdout.splitlines()[-1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=4, help="size of the file, in GiB")
    parser.add_argument("--limit", type=float, default=1024, help="MiB that a process may take")
    parser.add_argument("--backend", choices=BACKENDS, action="append")
    parser.add_argument("--folder", help="where the file is written; else among temporary files")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        print(json.dumps(_train(options.work, options.backend[0])._asdict()))
        return 0
    failed = False
    with tempfile.TemporaryDirectory(prefix="train-", dir=options.folder) as name:
        path = Path(name) / "data.h5"
        rows = write(path, int(options.gigabytes * 2**30))
        print(f"{rows:,} rows, {path.stat().st_size / 2**30:.2f} GiB", flush=True)
        for backend in options.backend or BACKENDS:
            took = train(path, backend)
            wrong = took.peak > options.limit or not took.held_out < took.untrained / 4
            wrong = wrong or took.predicted != rows
            failed = failed or wrong
            print(
                f"{backend:11}{took.peak:6.0f} MiB at most ({took.imported:.0f} when imported, "
                f"{took.small:.0f} with a few arrays), loss {took.untrained:.4f} to {took.loss:.4f}, "
                f"{took.seconds:.0f} s{': FAILED' if wrong else ''}",
                flush=True,
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
