"""The names of Keras 1.2.2 above K: modules, classes, methods, parameters, defaults, aliases, re-exports.

`tests/data/keras1_api.json` lists them. What is not there, or other than there, stands in
`tests/data/api_ledger.toml` with a reason each; a line there that is not true any more is a failure.
tests/conformance/test_api.py does the same for K, on each engine.
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[1] / "data"
MODULES = json.loads((DATA / "keras1_api.json").read_text(encoding="utf-8"))["modules"]
LEDGER = tomllib.loads((DATA / "api_ledger.toml").read_text(encoding="utf-8"))["library"]

COVERED = [
    "keras",
    "keras.activations",
    "keras.applications",
    "keras.applications.audio_conv_utils",
    "keras.applications.imagenet_utils",
    "keras.applications.inception_v3",
    "keras.applications.music_tagger_crnn",
    "keras.applications.resnet50",
    "keras.applications.vgg16",
    "keras.applications.vgg19",
    "keras.applications.xception",
    "keras.callbacks",
    "keras.constraints",
    "keras.datasets.cifar",
    "keras.datasets.cifar10",
    "keras.datasets.cifar100",
    "keras.datasets.imdb",
    "keras.datasets.mnist",
    "keras.datasets.reuters",
    "keras.engine",
    "keras.engine.topology",
    "keras.engine.training",
    "keras.initializations",
    "keras.layers",
    "keras.layers.advanced_activations",
    "keras.layers.convolutional",
    "keras.layers.convolutional_recurrent",
    "keras.layers.core",
    "keras.layers.embeddings",
    "keras.layers.local",
    "keras.layers.noise",
    "keras.layers.normalization",
    "keras.layers.pooling",
    "keras.layers.recurrent",
    "keras.layers.wrappers",
    "keras.metrics",
    "keras.models",
    "keras.objectives",
    "keras.optimizers",
    "keras.preprocessing",
    "keras.preprocessing.image",
    "keras.preprocessing.sequence",
    "keras.preprocessing.text",
    "keras.regularizers",
    "keras.utils.data_utils",
    "keras.utils.generic_utils",
    "keras.utils.io_utils",
    "keras.utils.layer_utils",
    "keras.utils.np_utils",
    "keras.utils.test_utils",
    "keras.utils.visualize_util",
    "keras.wrappers",
    "keras.wrappers.scikit_learn",
]

# What it re-exports is everything: nobody looks for layers there.
OWN_NAMES_ONLY = {"keras.utils.layer_utils"}

Parameters = list[tuple[str, Any]]
ANYTHING = object()  # a default that the list tells as an expression, such as K.floatx()
MISSING = {name: theme["reason"] for theme in LEDGER.get("missing", {}).values() for name in theme["names"]}
DIFFERENT: dict[str, str] = LEDGER["different"]


def _default(text: str) -> Any:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ANYTHING
    return tuple(value) if isinstance(value, list) else value


def _wanted(arguments: list[list[str]]) -> Parameters:
    return [(name, _default(rest[0]) if rest else inspect.Parameter.empty) for name, *rest in arguments]


def _got(function: Any) -> Parameters:
    stars: dict[Any, str] = {inspect.Parameter.VAR_KEYWORD: "**", inspect.Parameter.VAR_POSITIONAL: "*"}
    found = []
    for each in inspect.signature(function).parameters.values():
        default = tuple(each.default) if isinstance(each.default, list) else each.default
        found.append((stars.get(each.kind, "") + each.name, default))
    return found


def _same(got: Any, wanted: Any) -> bool:
    return wanted is ANYTHING or (got == wanted and isinstance(got, bool) == isinstance(wanted, bool))


def _agree(got: Parameters, wanted: Parameters) -> bool:
    pairs = zip(got, wanted, strict=False)
    return len(got) == len(wanted) and all(
        name == other and _same(mine, default) for (other, mine), (name, default) in pairs
    )


def _ours(name: str) -> Any:
    """The module of ours for a module of Keras."""
    return importlib.import_module("polykeras" + name.removeprefix("keras"))


def _source(path: str) -> Any:
    """What a re-export of Keras comes from: a module, or a name in one."""
    module, _, name = path.rpartition(".")
    return _ours(path) if path in MODULES else getattr(_ours(module), name)


def _builtin(path: str) -> Any:
    """What Python itself calls so, such as ``str.maketrans``."""
    first, *rest = path.split(".")
    return functools.reduce(getattr, rest, getattr(builtins, first, None))


def _faults(module: str, name: str, entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Which names of an entry are missing or different: pairs of the full name and what is wrong."""
    full, kind = f"{module}.{name}", entry["kind"]
    if kind == "reexport" and module in OWN_NAMES_ONLY:
        return
    home = _ours(module)
    if not hasattr(home, name):
        yield entry.get("source", full) if kind == "reexport" else full, "missing"
        return
    found = getattr(home, name)
    if kind == "reexport" and found is not _source(entry["source"]):
        yield full, f"not that of {entry['source']}"
    if kind == "alias":
        target = getattr(home, entry["target"], None) or _builtin(entry["target"])
        if found is not target:
            yield full, f"not an alias of {entry['target']}"
    if kind in ("function", "class") and "args" in entry:
        got, wanted = _got(found), _wanted(entry["args"])
        if not _agree(got, wanted):
            yield full, f"parameters: wanted {wanted}, got {got}"
    if kind == "class":
        yield from _faults_of_class(full, found, entry)


def _faults_of_class(full: str, cls: Any, entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    names = {base.__name__ for base in cls.__mro__}
    for base in entry.get("bases", []):
        if base not in names:
            yield full, f"no subclass of {base}"
    for name, method in entry.get("methods", {}).items():
        if not hasattr(cls, name):
            yield f"{full}.{name}", "missing"
            continue
        bound = isinstance(inspect.getattr_static(cls, name), (classmethod, staticmethod))
        got = _got(getattr(cls, name))[0 if bound else 1 :]
        if not _agree(got, _wanted(method["args"])):
            yield f"{full}.{name}", f"parameters: wanted {_wanted(method['args'])}, got {got}"
    for name in entry.get("properties", {}):
        if not hasattr(cls, name):
            yield f"{full}.{name}", "missing"
    for name, owner in {**entry.get("inherited", {}), **entry.get("inherited_properties", {})}.items():
        if not hasattr(cls, name):
            yield f"{owner}.{name}", "missing"


def _all_faults() -> Iterator[tuple[str, str]]:
    for module in COVERED:
        for name, entry in MODULES[module].items():
            yield from _faults(module, name, entry)


@pytest.mark.parametrize("module", COVERED)
def test_module(module: str) -> None:
    faults = [fault for name, entry in MODULES[module].items() for fault in _faults(module, name, entry)]
    missing = [full for full, trouble in faults if trouble == "missing" and full not in MISSING]
    different = [fault for fault in faults if fault[1] != "missing" and fault[0] not in DIFFERENT]
    assert not missing and not different


def test_the_ledger_is_true() -> None:
    """What it lists is missing, or different, still."""
    faults = list(_all_faults())
    missing = {full for full, trouble in faults if trouble == "missing"}
    different = {full for full, trouble in faults if trouble != "missing"}
    assert sorted(set(MISSING) - missing) == [] and sorted(set(DIFFERENT) - different) == []
    assert all(reason.strip() for reason in (*MISSING.values(), *DIFFERENT.values()))
