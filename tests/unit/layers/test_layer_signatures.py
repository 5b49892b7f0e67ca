"""Names, parameters and defaults are those of Keras 1.2.2 (signatures.json)."""

import importlib
import inspect
import json
from pathlib import Path

import pytest

SIGNATURES = json.loads((Path(__file__).parent / "signatures.json").read_text())
EVERYTHING = [(module, name) for module, names in SIGNATURES.items() for name in names]


def parameters(function):
    """[[name], [name, default], ['**kwargs'], ...] without self or cls."""
    listed = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            listed.append([f"**{name}"])
        elif parameter.kind is parameter.VAR_POSITIONAL:
            listed.append([f"*{name}"])
        elif parameter.default is parameter.empty:
            listed.append([name])
        else:
            listed.append([name, repr(parameter.default)])
    return listed if not listed or listed[0] not in (["self"], ["cls"]) else listed[1:]


def found(module, name):
    return getattr(importlib.import_module(f"polykeras.{module}"), name)


@pytest.mark.parametrize(("module", "name"), EVERYTHING)
def test_signature(module, name):
    wanted, value = SIGNATURES[module][name], found(module, name)
    if "alias" in wanted:
        assert value is found(module, wanted["alias"])
        return
    assert parameters(value) == wanted["args"]
    for method, arguments in wanted.get("methods", {}).items():
        assert parameters(getattr(value, method))[: len(arguments)] == arguments, method
