"""Runs mypy over the package as it is installed: with the folder `backends` as polykeras.backends.

mypy knows nothing of setup.cfg's package_dir, so it is given a tree of links that looks like the installed
package. Run it from the checkout: python .ci/typecheck.py
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TREE = ROOT / "build" / "typecheck"


def link(place: Path, target: Path) -> None:
    """Makes `place` a link to `target`, relative, so that the tree may be moved with the checkout."""
    if place.is_symlink():
        place.unlink()
    place.symlink_to(os.path.relpath(target, place.parent), target_is_directory=target.is_dir())


def main() -> int:
    """Returns mypy's exit status."""
    package = TREE / "polykeras"
    package.mkdir(parents=True, exist_ok=True)
    for stale in package.iterdir():
        stale.unlink()
    for entry in (ROOT / "polykeras").iterdir():
        link(package / entry.name, entry)
    link(package / "backends", ROOT / "backends")
    words = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "-p", "polykeras"]
    return subprocess.run(words, cwd=TREE, env={**os.environ, "MYPYPATH": str(TREE)}).returncode


if __name__ == "__main__":
    sys.exit(main())
