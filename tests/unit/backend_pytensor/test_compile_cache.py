"""The cache of compiled code: a folder for each set of versions, and what happens to spoiled files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

# Compiles a small function, prints the folder of the cache, whether it was compiled anew, and the result.
SCRIPT = """
import sys
import numpy as np
from polykeras.backends.pytensor import PyTensorBackend, compile_cache
{before}
K = PyTensorBackend()
K.set_execution_mode("compile")
x = K.placeholder((None, 3))
f = K.function([x], [K.sum(x * x, axis=-1)])
folder = compile_cache.folder()
old = set(folder.glob("*.nbc"))
print(f([np.arange(6.0).reshape(2, 3)])[0].tolist())
print(len(set(folder.glob("*.nbc")) - old))
print(folder)
"""


RESULT = "[5.0, 50.0]"


def run(home: Path, before: str = "") -> tuple[str, int, Path]:
    """The result, the number of pieces of code that were compiled anew, and the folder of the cache."""
    environment = {**os.environ, "PYTENSOR_FLAGS": f"base_compiledir={home}"}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(before=before)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    value, anew, folder = result.stdout.splitlines()
    return value, int(anew), Path(folder)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the small function lies, found again by a second process."""
    home = tmp_path_factory.mktemp("cache")
    value, anew, folder = run(home)
    assert value == RESULT and anew > 0 and folder.is_relative_to(home)
    assert run(home) == (value, 0, folder)
    return home


@pytest.mark.parametrize("module", ["pytensor", "np"])
def test_code_of_another_version_is_not_used(filled: Path, module: str) -> None:
    before = next(path for path in (filled / "numba" / "polykeras").iterdir() if "99.0" not in path.name)
    pretend = f"compile_cache.{module}.__version__ = '99.0'; compile_cache.folder.cache_clear()"
    value, anew, folder = run(filled, pretend)
    assert value == RESULT and anew > 0 and folder != before and folder.parent == before.parent


@pytest.mark.parametrize(
    "suffix, spoil", [("nbi", "cut"), ("nbi", "noise"), ("nbc", "empty"), ("nbc", "cut")]
)
def test_spoiled_files_are_compiled_anew(filled: Path, tmp_path: Path, suffix: str, spoil: str) -> None:
    home = shutil.copytree(filled, tmp_path / "cache")
    files = list(home.rglob(f"polykeras/*/*.{suffix}"))
    assert files
    for path in files:
        content = path.read_bytes()
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "noise": os.urandom(64)}[spoil])
    assert run(home)[0] == RESULT
    assert run(home)[:2] == (RESULT, 0)
