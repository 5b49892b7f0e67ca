"""Models that were built, trained and cleared leave next to nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import gc, sys
import numpy as np
from polykeras import backend as K
from polykeras.layers import Dense, Dropout
from polykeras.models import Sequential

K.use(sys.argv[1])
x, y = np.zeros((32, 20), "float32"), np.zeros((32, 3), "float32")

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])

for model_number in range(50):
    model = Sequential([Dense(32, input_dim=20, activation="relu"), Dropout(0.2), Dense(3)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(x, y, nb_epoch=1, verbose=0)
    del model
    K.clear_session()
    if model_number == 9:
        before = resident()
print((resident() - before) / 40)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_models_that_were_cleared_are_freed(backend_name: str) -> None:
    """Memory grows by less than 0.2 MB a model over 40 models, after 10 of warming up."""
    command = [sys.executable, "-c", PROGRAM, backend_name]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    pages = float(result.stdout.split()[-1])
    assert pages * os.sysconf("SC_PAGE_SIZE") < 0.2 * 2**20
