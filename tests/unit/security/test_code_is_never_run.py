"""Attacks that would run code: each is made, loaded by every way in, and must have done nothing.

The numbers are those of weaknesses found in other versions of Keras. The attack is the class of the weakness,
made for the formats of Keras 1.
"""

from __future__ import annotations

import base64
import builtins
import json
import marshal
import os
import pickle
import types
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml
from hostile import (
    FIRST_WEIGHTS,
    TRAINING,
    entry,
    every_training,
    every_way,
    first,
    graph,
    model_file,
    refused,
    sequential,
    tried,
    watched,
)

from polykeras import activations, constraints, initializations, metrics, objectives, optimizers, regularizers
from polykeras import backend as K_module
from polykeras.layers import Lambda, Merge
from polykeras.models import Sequential, load_model, model_from_config, model_from_json, model_from_yaml
from polykeras.utils import layer_utils
from polykeras.utils.generic_utils import func_dump
from polykeras.utils.layer_utils import layer_from_config


def dropping(canary: Path) -> types.FunctionType:
    """A function that leaves a file behind when it is run, and that this program has not dumped."""
    source = f"lambda x: open({str(canary)!r}, 'w').close() or x"
    return eval(source)


def byte_code(function: types.FunctionType) -> list[Any]:
    return [marshal.dumps(function.__code__).decode("raw_unicode_escape"), None, None]


@pytest.fixture
def canary(tmp_path: Path) -> Any:
    """The file that an attack would leave behind."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists(), "the attack was run"


pytestmark = pytest.mark.usefixtures("warmed_up")


# CVE-2021-37678: YAML that makes objects of any class


YAML_ATTACKS = [
    "!!python/object/apply:os.system ['touch {canary}']",
    "!!python/object/apply:subprocess.check_output [['touch', '{canary}']]",
    "!!python/object/new:os.system ['touch {canary}']",
    '!!python/object/apply:builtins.eval [\'open("{canary}", "w")\']',
    "!!python/object/apply:builtins.open ['{canary}', 'w']",
    "!!python/name:os.system ''",
    "!!python/module:antigravity ''",
    "!!python/object:polykeras.layers.core.Dense {{output_dim: 3}}",
    "!!python/object/apply:numpy.load ['{canary}']",
    "!!python/object/apply:numpy.core.multiarray.scalar [!!python/name:os.system '', 'x']",
    "!!python/object/apply:numpy.core.multiarray.fromfile ['{canary}']",
    "!!python/object/apply:numpy.dtype [!!python/object/apply:os.system ['touch {canary}']]",
    "!!python/object/apply:numpy.dtype {{args: [O, 0, 1], state: !!python/object/apply:os.system ['x']}}",
    "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch {canary}']",
    "!!js/function 'x'",
]


@pytest.mark.parametrize("attack", YAML_ATTACKS)
@pytest.mark.parametrize(
    "place",
    [
        "{0}",
        "class_name: {0}",
        "class_name: Sequential\nconfig: {0}",
        "class_name: Sequential\nconfig: [{{class_name: Dense, config: {{name: {0}}}}}]",
        "? {0}\n: 1",
        "keras_version: {0}",
    ],
)
def test_yaml_makes_no_objects(canary: Path, tmp_path: Path, attack: str, place: str) -> None:
    text = place.format(attack.format(canary=canary))
    with watched(tmp_path):
        refused(lambda: model_from_yaml(text), "model_from_yaml")
        refused(lambda: model_from_yaml(text.encode()), "model_from_yaml")


def test_yaml_still_reads_what_keras_wrote(K: Any) -> None:
    text = (
        "class_name: Sequential\nconfig:\n- class_name: Dense\n  config:\n"
        "    batch_input_shape: !!python/tuple [null, 3]\n    name: !!python/unicode 'd'\n"
        "    output_dim: !!python/object/apply:numpy.core.multiarray.scalar\n"
        "    - !!python/object/apply:numpy.dtype\n      args: [i8, 0, 1]\n"
        "      state: !!python/tuple [3, <, null, null, null, -1, -1, 0]\n"
        f"    - !!binary |\n      {base64.b64encode((4).to_bytes(8, 'little')).decode()}\n"
    )
    assert model_from_yaml(text).output_shape == (None, 4)


# CVE-2024-3660, CVE-2025-9905, CVE-2026-12481: byte code in a Lambda, in HDF5, in text, or given to the class


def lambdas(canary: Path) -> list[dict[str, Any]]:
    code = byte_code(dropping(canary))
    good = "polykeras.activations.relu"
    return [
        entry("Lambda", function=code, function_type="lambda", name="l"),
        entry("Lambda", function=code, name="l"),
        entry("Lambda", function=code[0], name="l"),
        entry("Lambda", function=code, function_type="raw", name="l"),
        entry("Lambda", function=code, function_type=None, name="l"),
        entry("Lambda", function=code, function_type="safe", safe_mode=False, name="l"),
        entry(
            "Lambda", function=good, function_type="function", output_shape=code, output_shape_type="lambda"
        ),
        entry("Lambda", function=[*code[:2], [1]], function_type="lambda", name="l"),
        entry(
            "Lambda", function=[base64.b64encode(code[0].encode("latin-1", "replace")).decode(), None, None]
        ),
        entry("Merge", mode=code, mode_type="lambda", name="m"),
        entry("Merge", mode="sum", output_mask=code, output_mask_type="lambda", name="m"),
        entry("Merge", mode="sum", output_shape=code, output_shape_type="lambda", name="m"),
    ]


@pytest.mark.parametrize("number", range(12))
def test_byte_code_is_not_run(canary: Path, tmp_path: Path, number: int) -> None:
    hostile = lambdas(canary)[number]
    for way, load in every_way(hostile, tmp_path):
        with watched(tmp_path):
            message = refused(load)
        if way == "layer_from_config" and "byte code" in message:
            assert "custom_objects=" in message  # says what to do


def test_byte_code_in_fixed_length_attributes(canary: Path, tmp_path: Path) -> None:
    """h5py reads other texts as other types; the policy is the same."""
    config = json.dumps(sequential(first(), lambdas(canary)[0]))
    for value in (config.encode(), np.bytes_(config.encode()), np.array(config.encode(), "S")):
        path = model_file(tmp_path / "model.h5", config, TRAINING, FIRST_WEIGHTS)
        with h5py.File(path, "a") as file:
            file.attrs["model_config"] = value
        with watched(tmp_path):
            refused(lambda path=path: load_model(path), "byte code")


# CVE-2025-1550: a configuration that names a module, a class or a function


def test_names_never_import_anything(canary: Path, tmp_path: Path) -> None:
    (tmp_path / "hostile_module.py").write_text(f"open({str(canary)!r}, 'w')")
    keys = {
        "module": "hostile_module",
        "package": "hostile_module",
        "registered_name": "hostile_module>Layer",
    }
    for name in (
        "hostile_module.Layer",
        "hostile_module>Layer",
        "os.system",
        "builtins.eval",
        "exec",
        "Layer.__init__",
        "polykeras.utils.data_utils.get_file",
        "subprocess.Popen",
        "__import__",
        "",
        "function",
    ):
        hostile = {
            "class_name": name,
            "config": {"cmd": f"touch {canary}", "args": [f"touch {canary}"]},
            **keys,
        }
        for _, load in every_way(hostile, tmp_path):
            with watched(tmp_path):
                refused(load, "nknown layer")


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "eval",
        "exec",
        "numpy.load",
        "K.clear_session",
        "get_file",
        "np",
        "open",
        "get",
        "__class__",
        "get_from_module",
        "K",
        "Callable",
        "Any",
    ],
)
def test_functions_are_those_of_closed_lists(canary: Path, tmp_path: Path, name: str) -> None:
    for key in ("activation", "init", "W_regularizer", "b_constraint"):
        for value in (
            name,
            {"name": name},
            {"name": name, "fname": str(canary)},
            {"class_name": name, "config": {}},
        ):
            for _, load in every_way(entry("Dense", output_dim=3, **{key: value}), tmp_path):
                with watched(tmp_path):
                    refused(load)
    for training in (
        {"loss": name},
        {"loss": {"first": name}},
        {"metrics": [name]},
        {"metrics": {"first": name}},
        {"optimizer_config": {"class_name": name, "config": {"fname": str(canary)}}},
        {"optimizer_config": {"class_name": "SGD", "config": {"lr": {"name": name}}}},
    ):
        for _, load in every_training(tmp_path, **training):
            with watched(tmp_path):
                refused(load)


def names_of(module: Any, names: list[str]) -> set[str]:
    """Those of some names that the look-up of a module answers to."""
    found = set()
    for name in names:
        try:
            module.get(name)
        except (ValueError, TypeError) as error:
            if "nknown" in str(error):
                continue
        found.add(name)
    return found


def test_the_lists_are_closed(K: Any) -> None:
    """Everything that a name in a file can mean. Whoever adds a name must add it here, and think."""
    everything = sorted(
        {*dir(builtins), *dir(os), *dir(np), *dir(K_module), *dir(layer_utils)}
        | {
            name
            for module in (
                activations,
                constraints,
                initializations,
                metrics,
                objectives,
                optimizers,
                regularizers,
            )
            for name in vars(module)
        }
    )
    assert names_of(activations, everything) == {
        "softmax",
        "elu",
        "softplus",
        "softsign",
        "relu",
        "tanh",
        "sigmoid",
        "hard_sigmoid",
        "linear",
    }
    assert names_of(initializations, everything) == {
        "uniform",
        "lecun_uniform",
        "normal",
        "identity",
        "orthogonal",
        "zero",
        "one",
        "glorot_normal",
        "glorot_uniform",
        "he_normal",
        "he_uniform",
    }
    assert names_of(constraints, everything) == {
        "maxnorm",
        "nonneg",
        "unitnorm",
        "MaxNorm",
        "NonNeg",
        "UnitNorm",
        "MinMaxNorm",
    }
    assert names_of(regularizers, everything) == {
        "l1",
        "l2",
        "l1l2",
        "activity_l1",
        "activity_l2",
        "activity_l1l2",
        "L1L2Regularizer",
        "WeightRegularizer",
        "ActivityRegularizer",
        "EigenvalueRegularizer",
    }
    assert names_of(optimizers, everything) == {
        "sgd",
        "rmsprop",
        "adagrad",
        "adadelta",
        "adam",
        "adamax",
        "nadam",
        "SGD",
        "RMSprop",
        "Adagrad",
        "Adadelta",
        "Adam",
        "Adamax",
        "Nadam",
    }
    for module in (objectives, metrics):
        for name in names_of(module, everything):
            assert getattr(module, name).__module__ == module.__name__
    for name, cls in layer_utils._classes.items():
        assert cls.__module__.startswith("polykeras."), name


# CVE-2025-8747: functions of the library itself that fetch or unpack something, named in a configuration


def test_tools_of_the_library_are_no_layers(canary: Path, tmp_path: Path) -> None:
    arguments = {
        "fname": "x",
        "origin": "http://127.0.0.1:9/payload.tar",
        "untar": True,
        "cache_subdir": str(tmp_path),
    }
    for name in (
        "get_file",
        "polykeras.utils.get_file",
        "HDF5Matrix",
        "load_model",
        "model_from_yaml",
        "func_load",
        "load_array",
        "ImageDataGenerator",
        "Sequential.load_weights",
        "VGG16",
        "mnist.load_data",
    ):
        hostile = {"class_name": name, "config": arguments}
        for _, load in every_way(hostile, tmp_path):
            with watched(tmp_path):
                refused(load, "nknown layer")
        nested = entry("Lambda", function=name, function_type="function", arguments=arguments, name="l")
        for _, load in every_way(nested, tmp_path):
            with watched(tmp_path):
                refused(load)


# CVE-2025-9906: a configuration that switches the safety off


def test_no_switch_in_a_file(canary: Path, tmp_path: Path) -> None:
    code = lambdas(canary)[0]
    switches = [
        {"safe_mode": False},
        {"custom_objects": {"l": "eval"}},
        {"trusted": True, "allow_pickle": True},
    ]
    for switch in switches:
        with watched(tmp_path):
            refused(
                lambda switch=switch: model_from_config({**sequential(first(), code), **switch}), "byte code"
            )
        hostile = {**code, "config": {**code["config"], **switch}}
        for _, load in every_way(hostile, tmp_path):
            with watched(tmp_path):
                refused(load)
    opening = entry("Lambda", function="enable_unsafe_deserialization", function_type="function", name="open")
    with watched(tmp_path):
        refused(lambda: model_from_config(sequential(first(), opening, code)), "is not known")
    # The limits are no part of a configuration either.
    limits = {"numbers": 10**12, "limits": {"numbers": 10**12}, "allowing": 10**12}
    refused(
        lambda: model_from_config(
            {**sequential(entry("Dense", output_dim=10**9, batch_input_shape=[1, 9])), **limits}
        ),
        "more than there can be",
    )


# CVE-2025-49655: a layer that unpickles


class Dropping:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return open, (str(self.canary), "w")


def test_pickles_are_never_opened(canary: Path, tmp_path: Path) -> None:
    data = pickle.dumps(Dropping(canary))
    texts = [base64.b64encode(data).decode(), data.decode("latin-1"), list(data)]
    for text in texts:
        wrapped = {"class_name": "TorchModuleWrapper", "config": {"module": text, "lazy_evaluation": False}}
        for _, load in every_way(wrapped, tmp_path):
            with watched(tmp_path):
                refused(load, "nknown layer")
        for weights in (text, [text], {"W": text}):
            for hostile in (
                entry("Dense", output_dim=3, weights=weights),
                entry("Embedding", input_dim=3, output_dim=3, weights=weights),
            ):
                for _, load in every_way(hostile, tmp_path):
                    with watched(tmp_path):
                        tried(load)
                refused(lambda hostile=hostile: model_from_config(sequential(first(), hostile)))
    for numbers in (np.frombuffer(data, "uint8"), np.array([data], "S"), np.void(data)):
        path = model_file(
            tmp_path / "model.h5",
            sequential(first()),
            TRAINING,
            {"first/W:0": numbers, "first/b:0": FIRST_WEIGHTS["first/b:0"]},
        )
        with watched(tmp_path):
            refused(lambda path=path: load_model(path))


# Aliases: a name of the program's own objects, used for what it was not meant for


class Writer:
    """A class of the program that is no layer, and does something when it is made."""

    made: list[Any]

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self.made.append((arguments, keywords))

    @classmethod
    def from_config(cls, config: Any) -> Writer:
        return cls(**config)


def test_custom_objects_are_used_for_what_they_are(tmp_path: Path) -> None:
    done: list[Any] = []

    def note(*arguments: Any, **keywords: Any) -> None:
        done.append((arguments, keywords))

    Writer.made = done
    known = {"note": note, "Writer": Writer, "l": Writer, "m": Writer}
    for hostile in (
        entry("note", path="/etc/passwd"),
        entry("Writer", path="/etc/passwd"),
        entry("Dense", output_dim=3, activation={"name": "note", "path": "/etc/passwd"}),
        entry("Dense", output_dim=3, activation="Writer"),
        entry("Dense", output_dim=3, init={"name": "note", "path": "/etc/passwd"}),
        entry("Dense", output_dim=3, init="Writer"),
        entry("Dense", output_dim=3, W_regularizer={"name": "note", "path": "/etc/passwd"}),
        entry("Dense", output_dim=3, W_constraint={"name": "note", "path": "/etc/passwd"}),
        entry("Lambda", function="Writer", function_type="function", name="other"),
        entry("Lambda", function=["x", None, None], function_type="lambda", name="l"),
        entry("Merge", mode="Writer", mode_type="function", name="other"),
        entry("Merge", mode="x", mode_type="function", name="m"),
    ):
        for _, load in every_way(hostile, tmp_path, known):
            refused(load)
    for name in known:
        config = {"class_name": name, "config": {"path": "/etc/passwd"}}
        refused(lambda config=config: optimizers.optimizer_from_config(config, known))
    assert not done


def opened(x: Any, path: str = "/nowhere") -> Any:
    raise AssertionError(f"opened {path}")


def test_own_byte_code_with_other_values(tmp_path: Path) -> None:
    """A file can hold the text of a function of the program; its defaults and free variables are not for
    files to choose."""

    def keeping(path: str) -> Any:
        return lambda x: opened(x, path)

    for function in (opened, keeping("/nowhere")):
        code, defaults, closure = func_dump(function)
        for stored in (
            [code, ["/etc/passwd"], closure and list(closure)],
            [code, defaults and list(defaults), ["/etc/passwd"]],
            [code, None, ["/etc/passwd"]],
            [code, ["/etc/passwd"], None],
            [code, {"path": "/etc/passwd"}, None],
        ):
            if stored == [code, defaults and list(defaults), closure and list(closure)]:
                continue
            for _, load in every_way(entry("Lambda", function=stored, name="l"), tmp_path):
                refused(load)


def test_own_functions_are_found_again(K: Any) -> None:
    """Two functions of one line have one text; each layer gets its own."""
    model = Sequential([Lambda(lambda x, k=k: x * k, input_shape=(3,)) for k in (2.0, 5.0)])
    again = model_from_json(model.to_json())
    np.testing.assert_array_equal(again.predict(np.ones((1, 3))), np.full((1, 3), 10.0))


# CVE-2026-12481: nested entries, and classes asked directly


def test_nested_unknown_classes(canary: Path, tmp_path: Path) -> None:
    hostile = entry("TFSMLayer", filepath=str(tmp_path), call_endpoint="serve")
    inner = entry("TimeDistributed", layer=entry("TimeDistributed", layer=hostile))
    for _, load in every_way(inner, tmp_path):
        with watched(tmp_path):
            refused(load, "TFSMLayer")
    refused(lambda: Merge.from_config({"mode": "sum", "layers": [hostile, hostile]}))
    refused(lambda: layer_from_config({"class_name": "Wrapper", "config": {"layer": hostile}}), "TFSMLayer")
    refused(lambda: model_from_config(sequential(first(), graph(hostile))), "TFSMLayer")
    # The first versions of Keras wrote the class under another key.
    refused(lambda: Sequential.from_config([{"name": "TFSMLayer", "filepath": str(tmp_path)}]), "TFSMLayer")
    refused(
        lambda: Sequential.from_config([first(), {"name": "Lambda", "function": byte_code(dropping(canary))}])
    )


def test_yaml_dumps_are_safe_to_read_for_others(K: Any) -> None:
    model = Sequential.from_config([first()])
    assert yaml.safe_load(model.to_yaml())["class_name"] == "Sequential"
