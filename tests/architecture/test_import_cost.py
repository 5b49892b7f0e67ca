"""`import polykeras` loads no engine and next to nothing else."""

from __future__ import annotations

import json
import subprocess
import sys


def loaded_by(statement: str) -> set[str]:
    code = f"import sys, json; before = set(sys.modules); {statement}; print(json.dumps(sorted(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(result.stdout)}


def test_import_polykeras_loads_no_engine() -> None:
    engines = {"tensorflow", "pytensor", "keras", "numba", "scipy", "h5py", "torch", "jax"}
    assert not loaded_by("import polykeras") & engines


def test_import_of_the_user_facing_modules_loads_no_engine() -> None:
    statement = "import polykeras.models, polykeras.layers, polykeras.optimizers, polykeras.datasets.mnist"
    assert not loaded_by(statement) & {"tensorflow", "pytensor", "keras", "numba", "torch", "jax"}
