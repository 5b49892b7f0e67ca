"""Hooks on imports and what they supply: only what is missing, and all of it taken back."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from polykeras.era.imports import ImportHooks
from polykeras.era.patches import Patches


@pytest.fixture
def hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImportHooks]:
    (tmp_path / "era_sample.py").write_text("kept = 1\n")
    package = tmp_path / "era_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    made = ImportHooks()
    made.install()
    yield made
    made.uninstall()
    for name in [name for name in sys.modules if name.startswith("era_")]:
        del sys.modules[name]


def test_a_watched_module_gets_what_it_lacks_and_loses_it_again(hooks: ImportHooks) -> None:
    hooks.watch("era_sample", lambda module, patches: patches.supply_all(module, {"kept": 2, "gone": 3}))
    sample = importlib.import_module("era_sample")
    assert (sample.kept, sample.gone) == (1, 3)
    hooks.uninstall()
    assert sample.kept == 1 and not hasattr(sample, "gone")


def test_a_module_that_is_loaded_already_gets_it_at_once(hooks: ImportHooks) -> None:
    sample = importlib.import_module("era_sample")
    hooks.watch("era_sample", lambda module, patches: patches.supply_all(module, {"gone": 3}))
    assert sample.gone == 3


def test_a_vanished_module_below_an_existing_package(hooks: ImportHooks) -> None:
    def make(name: str) -> types.ModuleType:
        module = types.ModuleType(name)
        vars(module)["value"] = 5
        return module

    hooks.provide("era_package.old", make)
    old = importlib.import_module("era_package.old")
    assert old.value == 5 and sys.modules["era_package"].old is old
    hooks.uninstall()
    assert "era_package.old" not in sys.modules and not hasattr(sys.modules["era_package"], "old")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("era_package.old")


def test_a_module_that_exists_is_not_replaced(hooks: ImportHooks) -> None:
    hooks.provide("era_sample", types.ModuleType)
    assert importlib.import_module("era_sample").kept == 1


def test_what_the_program_has_replaced_stays() -> None:
    owner, patches = types.ModuleType("owner"), Patches()
    assert patches.supply(owner, "a", 1) and not patches.supply(int, "gone", 1)
    vars(owner)["a"] = 2
    patches.undo()
    assert owner.a == 2
