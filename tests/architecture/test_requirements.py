"""What setup.cfg declares, the adapters check, the README says and CI tests is one and the same."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

from polykeras.backends.engines import ENGINES

ROOT = Path(__file__).resolve().parents[2]
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
# Tools for developers only, and stubs: their versions touch nothing that the suite computes.
NOT_HELD = {"mypy", "ruff", "types-pyyaml", "types-tqdm", "librosa"}


def requirements() -> dict[str, str]:
    """Every package that setup.cfg requires, in lower case, with its bounds."""
    texts = [SETUP["options"]["install_requires"], *SETUP["options.extras_require"].values()]
    found: dict[str, str] = {}
    for line in "\n".join(texts).splitlines():
        line = line.partition("#")[0].partition(";")[0].strip()
        match = re.fullmatch(r"([\w-]+)([<>=!].*)?", line)
        if match:
            found[match[1].lower()] = match[2] or ""
    return found


def lowest() -> dict[str, str]:
    """The versions of .ci/lowest.txt."""
    lines = (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {name.lower(): version for name, version in pairs}


def test_lowest_versions_are_the_lower_bounds() -> None:
    wanted = {
        name: bounds.partition(",")[0].removeprefix(">=")
        for name, bounds in requirements().items()
        if name not in NOT_HELD and name != "tensorflow-cpu"
    }
    numbers = {name: [int(part) for part in version.split(".")] for name, version in lowest().items()}
    for name, bound in wanted.items():
        least = [int(part) for part in bound.split(".")]
        assert numbers[name][: len(least)] == least, (
            f"{name}: setup.cfg says {bound}, .ci/lowest.txt {numbers[name]}"
        )
    assert set(numbers) - set(wanted) == {"numba"}, "only Numba comes with another package"


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_engines_are_required_as_they_are_tested(name: str) -> None:
    assert requirements()[name] == ENGINES[name].requirement().removeprefix(name)
    assert f"| {ENGINES[name].title} | {ENGINES[name].tested()} |" in README


def test_pythons_are_those_that_are_tested() -> None:
    classifiers = SETUP["metadata"]["classifiers"]
    named = re.findall(r"Python :: (3\.\d+)$", classifiers, re.MULTILINE)
    assert SETUP["options"]["python_requires"] == f">={named[0]}"
    assert f"| Python | {named[0]} to {named[-1]} |" in README
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert set(named) <= set(re.findall(r'"(3\.\d+)"', workflow))
