"""What a whole ResNet50 takes: memory, and time to the first prediction of a new process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
import numpy as np
from polykeras import backend as K
K.use(sys.argv[1])
from polykeras.applications import ResNet50
y = ResNet50(weights=None).predict(np.zeros((1, 224, 224, 3), "float32"))
assert y.shape == (1, 1000)
used = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/status") as file:
    peak = next(line for line in file if line.startswith("VmHWM")).split()[1]
print(used.ru_utime + used.ru_stime, int(peak) / 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="memory is read from /proc")
def test_resnet50_in_a_process_of_its_own(backend_name: str) -> None:
    """Less than 20 seconds of computing to the first result, less than 2 GB."""
    command = [sys.executable, "-c", PROGRAM, backend_name]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    seconds, megabytes = map(float, result.stdout.split()[-2:])
    assert seconds < 20 and megabytes < 2000
