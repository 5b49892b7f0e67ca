"""Builds the sdist and, from it, the wheel; checks both, and tries the wheel in a bare environment.

    python tools/check_package.py [--keep FOLDER] [--engine pytensor]

What is built is what is committed. The tools (build, twine) and the trial each get a virtual environment of
their own, which is removed afterwards. The exit status is 1 if anything is amiss, and it is told what.
"""

from __future__ import annotations

import argparse
import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# A program of 2016 that trains, saves and loads, run by the installed command outside the checkout.
PROGRAM = """
import numpy as np
from keras.datasets import mnist
from keras.layers import Dense
from keras.models import Sequential, load_model
from keras.optimizers import Adam
(x, _), _ = mnist.load_data()
assert x.shape == (60000, 28, 28)
np.random.seed(1)
x = np.random.rand(256, 4)
y = (x.sum(axis=1) > 2).astype("float32")
model = Sequential([Dense(8, input_dim=4, activation="tanh"), Dense(1, activation="sigmoid")])
model.compile(Adam(lr=0.02), "binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, nb_epoch=60, batch_size=32, verbose=0).history
assert history["acc"][-1] > 0.9, history["acc"]
model.save("model.h5")
assert np.array_equal(load_model("model.h5").predict(x), model.predict(x))
print("the program ran")
"""


class Amiss(Exception):
    """What is wrong with the package."""


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """Runs a command; what it printed.

    Raises:
        Amiss: if it fails.
    """
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    result = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**kept, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        raise Amiss(f"{' '.join(map(str, words))} failed:\n{result.stdout[-3000:]}")
    return result.stdout


def environment(folder: Path) -> Path:
    """A new virtual environment with pip; its folder of programs."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def build(work: Path) -> tuple[Path, Path]:
    """The sdist of the present commit, and the wheel that is built from it; both are checked by twine."""
    source, made = work / "source", work / "dist"
    run("git", "clone", "--quiet", "--no-hardlinks", ROOT, source, cwd=work)
    programs = environment(work / "tools")
    run(programs / "python", "-m", "pip", "install", "--quiet", "build", "twine", cwd=work)
    run(programs / "python", "-m", "build", "--outdir", made, source, cwd=work)
    (sdist,), (wheel,) = made.glob("*.tar.gz"), made.glob("*.whl")
    run(programs / "python", "-m", "twine", "check", "--strict", sdist, wheel, cwd=work)
    return sdist, wheel


def committed() -> set[str]:
    """The files of the package as the wheel is to hold them."""
    listed = run("git", "ls-files", "polykeras", "backends", cwd=ROOT).split()
    return {name if name.startswith("polykeras/") else f"polykeras/{name}" for name in listed}


def check_files(sdist: Path, wheel: Path) -> None:
    """Both hold every committed file of the package, and nothing else but what packaging adds."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    if packed != committed():
        raise Amiss(f"the wheel's files differ from those committed: {sorted(packed ^ committed())[:10]}")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    missing = {"LICENSE", "README.md", "pyproject.toml", "setup.cfg"} - inside
    if missing:
        raise Amiss(f"the sdist lacks {sorted(missing)}")


def try_wheel(wheel: Path, work: Path, engine: str) -> None:
    """Installs the wheel and an engine where nothing else is, and runs a program."""
    programs = environment(work / "trial")
    python, command, home = programs / "python", programs / "polykeras", work / "home"
    home.mkdir()
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=home)
    text = run(
        python, "-c", "import polykeras.cli as c; print(c.main(['doctor']))", cwd=home, KERAS_HOME=str(home)
    )
    if "neither is installed" not in text:
        raise Amiss(f"without an engine, the doctor says:\n{text}")
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[{engine}]", cwd=home)
    run(python, "-m", "pip", "check", cwd=home)
    script = home / "program.py"
    script.write_text(PROGRAM)
    text = run(command, "run", script, cwd=home, KERAS_HOME=str(home), TF_CPP_MIN_LOG_LEVEL="3")
    if "the program ran" not in text:
        raise Amiss(f"the program printed:\n{text}")
    run(command, "doctor", cwd=home, KERAS_HOME=str(home))


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="copies the two files there")
    parser.add_argument("--engine", default="pytensor", help="the extra that is tried (default: pytensor)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        try:
            sdist, wheel = build(Path(name))
            check_files(sdist, wheel)
            try_wheel(wheel, Path(name), options.engine)
        except Amiss as problem:
            print(f"check_package: {problem}", file=sys.stderr)
            return 1
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            for path in (sdist, wheel):
                shutil.copy(path, options.keep)
        setup = configparser.ConfigParser()
        setup.read(ROOT / "setup.cfg", encoding="utf-8")
        print(f"polykeras {setup['metadata']['version']}: {sdist.name} and {wheel.name} are sound")
    return 0


if __name__ == "__main__":
    sys.exit(main())
