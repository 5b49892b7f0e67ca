"""The names of Keras 1.2.2's backend, with their parameters and defaults, against what K offers.

`tests/data/api_ledger.toml` lists what is not there yet, with a reason each. A name that is listed and there
is a failure, so the ledger cannot lag behind.
"""

from __future__ import annotations

import ast
import inspect
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from polykeras.backend import common

DATA = Path(__file__).resolve().parents[1] / "data"
MODULES = json.loads((DATA / "keras1_api.json").read_text(encoding="utf-8"))["modules"]
API = MODULES["keras.backend"]
LEDGER = tomllib.loads((DATA / "api_ledger.toml").read_text(encoding="utf-8"))
MISSING = {name: theme["reason"] for theme in LEDGER.get("missing", {}).values() for name in theme["names"]}
DIFFERENT: dict[str, str] = LEDGER["different"]
# Of one engine, about itself: nothing to ask of an adapter.
FOREIGN: dict[str, str] = LEDGER["foreign"]


def _default(text: str) -> Any:
    """A default value as the file tells it; module-level state is told by its name, and is None here."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def _wanted(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (argument[0], _default(argument[1]) if len(argument) > 1 else inspect.Parameter.empty)
        for argument in entry["args"]
    ]


def _got(function: Any) -> list[tuple[str, Any]]:
    stars: dict[Any, str] = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}
    return [
        (stars.get(each.kind, "") + each.name, each.default)
        for each in inspect.signature(function).parameters.values()
    ]


FUNCTIONS = sorted(name for name, entry in API.items() if entry["kind"] == "function" and name not in FOREIGN)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(K: Any, name: str) -> None:
    if name in MISSING:
        assert not hasattr(K, name), f"K.{name} is there now: take it out of tests/data/api_ledger.toml"
        pytest.skip(MISSING[name])
    got, wanted = _got(getattr(K, name)), _wanted(API[name])
    if name in DIFFERENT:
        assert got != wanted, f"K.{name} is as in Keras 1 now: take it out of tests/data/api_ledger.toml"
        pytest.skip(DIFFERENT[name])
    assert got == wanted


@pytest.mark.parametrize(
    "name", sorted(name for name, entry in API.items() if entry["kind"] != "function" and name not in FOREIGN)
)
def test_other_names(K: Any, name: str) -> None:
    assert hasattr(K, name)


def test_ledger_names_are_keras_names() -> None:
    for name in (*MISSING, *DIFFERENT, *FOREIGN):
        assert name in API
    for reason in (*MISSING.values(), *DIFFERENT.values(), *FOREIGN.values()):
        assert reason.strip()


def test_names_of_the_backend_modules(K: Any) -> None:
    """`keras.backend.common` holds what does not depend on the engine."""
    for name, entry in MODULES["keras.backend.common"].items():
        assert _got(getattr(common, name)) == _wanted(entry), name
