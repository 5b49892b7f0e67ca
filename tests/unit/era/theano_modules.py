"""Theano's modules in this process, as under the alias, for the tests that use them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from polykeras.era.imports import ImportHooks
from polykeras.era.libraries import theano_names


@contextmanager
def theano_modules() -> Iterator[Any]:
    """Yields the package `theano`; afterwards all is taken back."""
    pytest.importorskip("pytensor")
    hooks = ImportHooks()
    hooks.install()
    theano_names.register(hooks)
    try:
        yield importlib.import_module("theano")
    finally:
        hooks.uninstall()
        assert not any(name.partition(".")[0] == "theano" for name in sys.modules)
