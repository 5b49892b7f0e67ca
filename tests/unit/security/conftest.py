"""Loads a good model by each way and saves one first, so that what is imported or asked for late is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hostile import entry, every_way, small_model, tried

_warm: set[str] = set()


@pytest.fixture
def warmed_up(K: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    if K.backend() not in _warm:
        folder: Path = tmp_path_factory.mktemp("warm")
        for _, load in every_way(entry("Activation", activation="tanh"), folder):
            tried(load)
        small_model().save_weights(folder / "weights.h5")
        _warm.add(K.backend())
