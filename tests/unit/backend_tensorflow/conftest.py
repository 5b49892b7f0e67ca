"""The TensorFlow adapter itself; without TensorFlow these tests are left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("tensorflow")


@pytest.fixture
def tf() -> Any:
    import tensorflow

    return tensorflow


@pytest.fixture
def K() -> Iterator[Any]:
    from polykeras.backends import registry

    adapter = registry.load("tensorflow", "the tests of the TensorFlow adapter")
    yield adapter
    adapter.clear_session()
