"""The registry of adapters, and an adapter by a third party: registered, by entry point, put to the kit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from polykeras import backend
from polykeras.backends import registry
from polykeras.errors import UnsupportedOperation

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
from toy_backend import ToyBackend  # noqa: E402

sys.path.remove(str(TESTS))


@pytest.fixture
def toy() -> Iterator[str]:
    """The toy adapter as ``toy``; afterwards the backend of before, or the default one, is in use."""
    before = backend._BACKEND
    registry.register("toy", ToyBackend)
    yield "toy"
    registry.unregister("toy")
    backend.use(before or registry.default())


def installed(folder: Path, name: str = "toy", value: str = "toy_backend:ToyBackend") -> dict[str, str]:
    """The environment of a process in which a package with an adapter's entry point is installed."""
    info = folder / f"{name}_backend-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-backend\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[polykeras.backends]\n{name} = {value}\n")
    environment = {key: text for key, text in os.environ.items() if not key.endswith("KERAS_BACKEND")}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(TESTS), str(TESTS.parent)])
    return environment


def python(
    arguments: list[str], environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True, timeout=300
    )


def test_register(toy: str) -> None:
    assert toy in registry.names()
    assert toy in registry.installed()
    adapter = registry.load(toy)
    assert registry.load(toy) is adapter
    K = backend
    assert K.use(toy) is adapter
    assert K.backend() == toy
    x = K.placeholder((None, 3))
    f = K.function([x], [K.dot(x, K.variable(np.eye(3)))])
    np.testing.assert_array_equal(f([np.ones((2, 3))])[0], np.ones((2, 3)))


def test_two_backends_at_once(toy: str) -> None:
    """What was built on one backend works on while another is in use."""
    others = [name for name in ("tensorflow", "pytensor") if registry.engine_installed(name)]
    functions = []
    for name in (toy, *others):
        K = backend
        K.use(name)
        x = K.placeholder((None, 2))
        functions.append(K.function([x], [K.relu(x) * 2]))
    for f in functions:
        np.testing.assert_allclose(f([[[1.0, -1.0]]])[0], [[2, 0]])


def test_refused_operations_say_so(toy: str) -> None:
    backend.use(toy)
    with pytest.raises(UnsupportedOperation, match=r"toy.*gradients") as caught:
        backend.gradients(backend.variable(1.0), [])
    assert (caught.value.engine, caught.value.operation) == ("toy", "gradients")


def test_names_that_cannot_be_registered() -> None:
    for name in ("tensorflow", "theano", "Toy", "", " toy"):
        with pytest.raises(ValueError, match="register"):
            registry.register(name, ToyBackend)


def test_unregister(toy: str) -> None:
    registry.load(toy)
    registry.unregister(toy)
    with pytest.raises(registry.BackendNotFound, match="'toy'"):
        registry.load(toy)
    registry.unregister(toy)


def test_unknown_name_leaves_the_backend(toy: str) -> None:
    adapter = backend.use(toy)
    with pytest.raises(registry.BackendNotFound, match="toy"):
        backend.use("tooy")
    assert backend.adapter() is adapter
    assert backend.backend() == toy


def test_what_is_no_adapter() -> None:
    registry.register("broken", dict)  # type: ignore[arg-type]
    try:
        with pytest.raises(TypeError, match="Backend"):
            registry.load("broken")
    finally:
        registry.unregister("broken")


def test_theano_is_pytensor() -> None:
    if not registry.engine_installed("pytensor"):
        pytest.skip("pytensor is not installed")
    assert registry.load("theano") is registry.load("pytensor")


def test_entry_point(tmp_path: Path) -> None:
    """An installed package's adapter is found by its name, in the environment or by `use`."""
    environment = installed(tmp_path)
    code = (
        "import polykeras.backend as K; print(K.backend(), type(K.adapter()).__name__, K.eval(K.ones((2,))))"
    )
    result = python(["-c", code], {**environment, "KERAS_BACKEND": "toy"}, tmp_path)
    assert result.stdout.strip() == "toy ToyBackend [1. 1.]", result.stderr
    code = "import polykeras.backend as K; K.use('toy'); print(K.backend())"
    assert python(["-c", code], environment, tmp_path).stdout.strip() == "toy"


def test_conformance_kit(tmp_path: Path) -> None:
    """The toy passes the kit; what it refuses is an expected failure, and nothing else fails."""
    arguments = ["-m", "polykeras.testing", "--backend", "toy", "-q", "--tb=short", "-p", "no:cacheprovider"]
    result = python([*arguments, "-k", "not test_double and not test_half"], installed(tmp_path), tmp_path)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]
    counts = {
        word: int(number) for number, word in re.findall(r"(\d+) (\w+)", result.stdout.splitlines()[-1])
    }
    assert counts["passed"] > 500
    assert counts["xfailed"] > 50
    assert not counts.get("skipped", 0)


def test_kit_on_an_unknown_backend(tmp_path: Path) -> None:
    result = python(["-m", "polykeras.testing", "--backend", "none_such"], installed(tmp_path), tmp_path)
    assert result.returncode != 0
    assert "none_such" in result.stdout + result.stderr
