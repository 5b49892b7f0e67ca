"""Engines whose version nobody has tested, and engines that cannot be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from polykeras.backends import engines

USE = "from polykeras import backend as K; K.use({0!r}); K.adapter()"


def pretend(folder: Path, module: str, version: str, source: str | None = None) -> dict[str, str]:
    """The environment of a process that finds a package's version, and its module if given, in `folder`."""
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n")
    if source is not None:
        (folder / f"{module}.py").write_text(source)
    return {**os.environ, "PYTHONPATH": str(folder), "KERAS_HOME": str(folder)}


def python(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize(
    "module, version, word, others",
    [
        ("pytensor", "3.4.0", "newer", "3.0.1 to 3.3"),
        ("pytensor", "3.0.0", "older", "3.0.1 to 3.3"),
        ("pytensor", "4.0.0rc1", "newer", "3.0.1 to 3.3"),
        ("tensorflow", "2.19.1", "older", "2.20 to 2.21"),
        ("tensorflow", "3.0.0", "newer", "2.20 to 2.21"),
    ],
)
def test_an_untested_version_is_told_and_not_imported(
    tmp_path: Path, module: str, version: str, word: str, others: str
) -> None:
    environment = pretend(tmp_path, module, version, "raise SystemExit('it was imported')")
    sentence = f"{engines.ENGINES[module].title} {version} is {word} than the versions tested, {others}."
    advice = f"Run: pip install '{engines.ENGINES[module].requirement()}'"
    result = python(environment, "-c", USE.format(module))
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode == 1 and "BackendNotFound" in last and sentence in last and advice in last
    script = tmp_path / "script.py"
    script.write_text("print('it was run')")
    result = python(environment, "-m", "polykeras", "run", "--backend", module, str(script))
    assert result.returncode == 2 and sentence in result.stderr and advice in result.stderr
    assert not result.stdout
    result = python({**environment, "KERAS_BACKEND": module}, "-m", "polykeras", "doctor")
    assert result.returncode == 1 and f"not tested     {sentence} {advice}" in result.stdout


def test_an_untested_version_can_be_tried(tmp_path: Path) -> None:
    environment = pretend(tmp_path, "pytensor", "3.9.0", "raise SystemExit('it was imported')")
    result = python({**environment, engines.OVERRIDE: "1"}, "-c", USE.format("pytensor"))
    assert result.stderr.strip() == "it was imported"


@pytest.mark.parametrize("module, version", [("pytensor", "3.2.0"), ("tensorflow", "2.21.0")])
def test_an_engine_that_cannot_be_imported(tmp_path: Path, module: str, version: str) -> None:
    environment = pretend(tmp_path, module, version, "raise ImportError('libstrange.so: cannot open')")
    result = python(environment, "-c", USE.format(module))
    last = result.stderr.strip().splitlines()[-1]
    assert "BackendNotFound" in last and f"{version} is installed, but this failed: libstrange.so" in last
    assert f"pip install --force-reinstall '{engines.ENGINES[module].requirement()}'" in last


def test_other_builds_of_an_engine_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name != "tensorflow-cpu":
            raise engines.metadata.PackageNotFoundError(name)
        return "2.21.1"

    monkeypatch.setattr(engines.metadata, "version", version)
    assert engines.ENGINES["tensorflow"].version() == "2.21.1"
    assert engines.ENGINES["tensorflow"].outside() is None
    assert engines.ENGINES["pytensor"].version() is None and engines.ENGINES["pytensor"].refusal() is None


@pytest.mark.parametrize("version", ["2.20.0", "2.21.3.dev1", "2.20", "unknown"])
def test_versions_within_the_range(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(engines.metadata, "version", lambda name: version)
    assert engines.ENGINES["tensorflow"].outside() is None
