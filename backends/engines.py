"""Which versions of the engines the adapters are tested with, and what is said of others.

setup.cfg and the README's table name the same ranges; tests hold them together.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import metadata

# Set to 1, it lets an engine be used whose version nobody has tested.
OVERRIDE = "POLYKERAS_UNTESTED_ENGINE"


@dataclass(frozen=True)
class Engine:
    """A library that computes.

    Attributes:
        module: the name under which Python imports it; also that of the extra which installs it.
        title: its name in messages.
        distributions: the packages that bring the module.
        oldest: the first version that is tested, as (major, minor) or (major, minor, patch).
        newest: the last minor version that is tested, as (major, minor).
    """

    module: str
    title: str
    distributions: tuple[str, ...]
    oldest: tuple[int, ...]
    newest: tuple[int, int]

    def version(self) -> str | None:
        """The version that is installed; None if no package of a known name brings the module."""
        for name in self.distributions:
            try:
                return metadata.version(name)
            except metadata.PackageNotFoundError:
                continue
        return None

    def tested(self) -> str:
        """The tested range in words, such as ``2.20 to 2.21``."""
        return " to ".join(".".join(map(str, version)) for version in (self.oldest, self.newest))

    def requirement(self) -> str:
        """The tested range as pip takes it, such as ``tensorflow>=2.20,<2.22``."""
        oldest, (major, minor) = ".".join(map(str, self.oldest)), self.newest
        return f"{self.module}>={oldest},<{major}.{minor + 1}"

    def outside(self) -> str | None:
        """A sentence about a version outside the tested range; None if it lies within or is not known."""
        version = self.version()
        numbers = re.match(r"\d+\.\d+(\.\d+)?", version or "")
        if numbers is None:
            return None
        found = tuple(int(part) for part in numbers[0].split("."))
        if self.oldest <= found and found[:2] <= self.newest:
            return None
        word = "older" if found < self.oldest else "newer"
        return f"{self.title} {version} is {word} than the versions tested, {self.tested()}."

    def refusal(self) -> str | None:
        """Why the installed version is not used and what to do; None if it is used."""
        outside = self.outside()
        if outside is None or os.environ.get(OVERRIDE, "") not in ("", "0"):
            return None
        return (
            f"{outside} Run: pip install '{self.requirement()}', or set {OVERRIDE}=1 to try it all the same."
        )


ENGINES = {
    engine.module: engine
    for engine in (
        Engine(
            "tensorflow",
            "TensorFlow",
            (
                "tensorflow",
                "tensorflow-cpu",
                "tensorflow-intel",
                "tensorflow-macos",
                "tensorflow-rocm",
                "tensorflow-cpu-aws",
            ),
            (2, 20),
            (2, 21),
        ),
        Engine("pytensor", "PyTensor", ("pytensor",), (3, 0, 1), (3, 3)),
    )
}
