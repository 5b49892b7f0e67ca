"""The pytest plugin: the option ``--backend``, and the fixtures ``K`` and ``backend_name``.

A test that takes ``K`` runs once on each backend. What an adapter refuses by `UnsupportedOperation` is an
expected failure, except on the built-in adapters, which must support all that the tests ask for.
"""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from polykeras import backend, config
from polykeras.backends import registry
from polykeras.errors import UnsupportedOperation

# Before any engine is imported: small thread pools, no log, and PyTensor without compilation.
ENVIRONMENT = {
    "POLYKERAS_PYTENSOR_MODE": "interpret",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
ENGINES = ("tensorflow", "pytensor")
SEED = 1234
_FREEZE_EVERY = 20  # tests


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("polykeras").addoption(
        "--backend",
        action="append",
        metavar="NAME",
        help="run the tests that take the fixture K on this backend; may be given several times "
        f"(default: what is installed of {', '.join(ENGINES)})",
    )


def pytest_configure(config: pytest.Config) -> None:
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    config.addinivalue_line("markers", "covers(*names): the operations of K that a test is about")


def backend_names(config: pytest.Config) -> list[str]:
    """The backends to test.

    Raises:
        pytest.UsageError: if one is unknown, or its engine is not installed.
    """
    chosen = [name.lower() for name in config.getoption("--backend") or ()]
    unknown = [name for name in chosen if not registry.engine_installed(name)]
    if unknown:
        raise pytest.UsageError(
            f"--backend: {', '.join(unknown)} is not installed; what is: {', '.join(registry.installed())}."
        )
    return list(dict.fromkeys(chosen)) or [name for name in ENGINES if registry.engine_installed(name)]


@pytest.hookimpl(trylast=True)  # the backend changes fastest, so that what backends share is computed once
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend_name" in metafunc.fixturenames:
        metafunc.parametrize("backend_name", backend_names(metafunc.config), indirect=True)


@functools.cache
def _load(name: str) -> None:
    """Imports an engine and keeps what it brings out of later garbage collections: clearing a session asks
    for one."""
    registry.load(name)
    gc.collect()
    gc.freeze()


@pytest.fixture
def backend_name(request: pytest.FixtureRequest) -> str:
    """The name of the backend under test."""
    return str(request.param)


@pytest.fixture(scope="session")
def engines(pytestconfig: pytest.Config) -> list[str]:
    """The names of all backends to test, for a test that runs on one after the other; they are imported."""
    names = backend_names(pytestconfig)
    for name in names:
        _load(name)
    return names


@pytest.fixture
def K(backend_name: str) -> Iterator[Any]:
    """`polykeras.backend`, bound to the backend under test, with default settings and a fixed numpy seed."""
    with fresh(backend_name) as module:
        yield module


class fresh:
    """A context in which a backend is in use, with default settings; afterwards its session is cleared.

    Args:
        name: the backend's name.
        floatx: the default float type inside.
    """

    ended = 0

    def __init__(self, name: str, floatx: str = "float32") -> None:
        self.name, self.floatx = name, floatx

    def __enter__(self) -> Any:
        self.settings = config.floatx(), config.epsilon(), config.image_dim_ordering()
        self.legacy = config.legacy_weight_ordering()
        config.set_floatx(self.floatx)
        config.set_epsilon(1e-7)
        config.set_image_dim_ordering("tf")
        config.set_legacy_weight_ordering(False)
        np.random.seed(SEED)
        _load(self.name)
        backend.use(self.name)
        return backend

    def __exit__(self, *error: object) -> None:
        floatx, epsilon, ordering = self.settings
        config.set_floatx(floatx)
        config.set_epsilon(epsilon)
        config.set_image_dim_ordering(ordering)
        config.set_legacy_weight_ordering(self.legacy)
        registry.load(self.name).clear_session()
        fresh.ended += 1
        if fresh.ended % _FREEZE_EVERY == 0:
            # What compilers and pytest itself keep would be looked through again after each test.
            gc.collect()
            gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    try:
        return (yield)
    except UnsupportedOperation as error:
        if pyfuncitem.funcargs.get("backend_name", error.engine) in registry.BUILT_IN:
            raise
        pytest.xfail(str(error))
