"""What the tests of attacks share: every way into the library, and guards that see what an attack does."""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml

from polykeras import layers, optimizers
from polykeras.engine.container_config import plain
from polykeras.layers import Dense, Merge
from polykeras.models import (
    Model,
    Sequential,
    load_model,
    model_from_config,
    model_from_json,
    model_from_yaml,
)
from polykeras.utils.layer_utils import layer_from_config

REFUSED = (ValueError, TypeError, OSError)

Entry = dict[str, Any]
Load = Callable[[], Any]


def entry(class_name: str, **config: Any) -> Entry:
    """A layer in a configuration."""
    return {"class_name": class_name, "config": config}


def sequential(*entries: Entry) -> Entry:
    """A Sequential in a configuration; its first layer must tell its shape."""
    return {"class_name": "Sequential", "config": list(entries)}


def first(size: int = 3) -> Entry:
    return entry("Dense", output_dim=size, batch_input_shape=[None, size], name="first")


def model_file(path: Path, config: Any, training: Any = None, weights: dict[str, Any] | None = None) -> Path:
    """A file of a whole model with any configuration, and weights by ``layer/weight``."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "1.2.2"
        file.attrs["model_config"] = config if isinstance(config, (str, bytes)) else json.dumps(config)
        if training is not None:
            file.attrs["training_config"] = json.dumps(training)
        group = file.create_group("model_weights")
        by_layer: dict[str, list[str]] = {}
        for place, value in (weights or {}).items():
            layer, name = place.split("/")
            by_layer.setdefault(layer, []).append(name)
            group.create_dataset(place, data=value)
        group.attrs["layer_names"] = np.array(list(by_layer), "S") if by_layer else np.zeros(0)
        for layer, names in by_layer.items():
            group[layer].attrs["weight_names"] = np.array(names, "S")
    return path


FIRST_WEIGHTS = {"first/W:0": np.zeros((3, 3), "float32"), "first/b:0": np.zeros(3, "float32")}
_MORE = {"more/W:0": np.zeros(1000, "float32")}
TRAINING = {"optimizer_config": {"class_name": "SGD", "config": {}}, "loss": "mse"}


def graph(hostile: Entry) -> Entry:
    """A Model that calls a layer on an input."""
    source = entry("InputLayer", batch_input_shape=[None, 3], input_dtype="float32", name="source")
    config = {
        "name": "graph",
        "layers": [
            {"name": "source", **source, "inbound_nodes": []},
            {"name": "hostile", **hostile, "inbound_nodes": [[["source", 0, 0]]]},
        ],
        "input_layers": [["source", 0, 0]],
        "output_layers": [["hostile", 0, 0]],
    }
    return {"class_name": "Model", "config": config}


def every_way(hostile: Entry, folder: Path, custom_objects: Any = None) -> Iterator[tuple[str, Load]]:
    """Every way by which a configuration of a layer gets in, alone and inside others.

    Args:
        hostile: the entry of a layer that takes an input of the shape (None, 3).
        folder: where files are made.
        custom_objects: what the program hands over.
    """
    from polykeras.utils.generic_utils import CustomObjectScope

    def scoped(load: Load) -> Load:
        def loaded() -> Any:
            with CustomObjectScope(custom_objects or {}):
                return load()

        return loaded

    stack = sequential(first(), hostile)
    deep = sequential(
        first(), sequential(entry("Activation", activation="relu", batch_input_shape=[None, 3]), hostile)
    )
    branch = entry("Merge", mode="sum", layers=[sequential(first()), sequential(first(), hostile)])
    timed = entry("TimeDistributed", layer=hostile)
    both = entry("Bidirectional", layer=hostile)
    models = {
        "Sequential": stack,
        "Sequential in Sequential": deep,
        "branch of Merge": sequential(branch),
        "Model": graph(hostile),
        "Model in Sequential": sequential(first(), graph(hostile)),
    }
    yield "layer_from_config", scoped(lambda: layer_from_config(hostile))
    yield "layer_from_config in TimeDistributed", scoped(lambda: layer_from_config(timed))
    yield "TimeDistributed.from_config", scoped(lambda: layers.TimeDistributed.from_config(timed["config"]))
    yield "Bidirectional.from_config", scoped(lambda: layers.Bidirectional.from_config(both["config"]))
    known = getattr(layers, hostile["class_name"], None)
    if isinstance(known, type) and hostile["class_name"] not in (custom_objects or {}):
        yield "Layer.from_config", scoped(lambda: known.from_config(hostile["config"]))
    yield "Sequential.from_config", scoped(lambda: Sequential.from_config(stack["config"]))
    yield "Model.from_config", scoped(lambda: Model.from_config(graph(hostile)["config"]))
    for name, config in models.items():
        text = json.dumps(plain(config))
        yield f"model_from_config: {name}", scoped(lambda config=config: model_from_config(config))
        yield f"model_from_json: {name}", scoped(lambda text=text: model_from_json(text))
        block = yaml.safe_dump(json.loads(text))
        yield f"model_from_yaml: {name}", scoped(lambda block=block: model_from_yaml(block))
        path = model_file(folder / f"{name}.h5".replace(" ", "_"), text, TRAINING, {**FIRST_WEIGHTS, **_MORE})
        yield f"load_model: {name}", scoped(lambda path=path: load_model(path))


def every_training(folder: Path, **training: Any) -> Iterator[tuple[str, Load]]:
    """Every way by which the configuration of a training gets in."""
    path = model_file(folder / "trained.h5", sequential(first()), {**TRAINING, **training}, FIRST_WEIGHTS)
    yield "load_model", lambda: load_model(path)
    if "optimizer_config" in training:
        yield "optimizer_from_config", lambda: optimizers.optimizer_from_config(training["optimizer_config"])


def refused(load: Load, *wanted: str) -> str:
    """Loads, and gives the message and notes of the error that must come, which must hold some texts."""
    with pytest.raises(REFUSED) as caught:
        load()
    message = "\n".join(traceback.format_exception_only(caught.type, caught.value))
    for text in wanted:
        assert text in message, f"{text!r} is not in: {message}"
    assert "MemoryError" not in message and len(message) < 10_000
    return message


def tried(load: Load) -> None:
    """Loads; an error must be one that callers expect."""
    with contextlib.suppress(*REFUSED):
        load()


# What an attack does

_EVENTS = (
    "open",
    "import",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "subprocess.Popen",
    "socket.connect",
    "socket.getaddrinfo",
    "urllib.Request",
    "pickle.find_class",
    "code.__new__",
    "ctypes.dlopen",
    "marshal.load",
    "shutil.copyfile",
    "webbrowser.open",
)
_seen: list[tuple[str, Any]] | None = None
_hooked = False


def _hook(event: str, arguments: Any) -> None:
    if _seen is not None and event in _EVENTS:
        _seen.append((event, arguments))


@contextlib.contextmanager
def watched(allowed: Path) -> Iterator[None]:
    """A context in which nothing may be run, imported, sent or opened but files in a folder.

    What Python itself tells by its audit hooks is seen; the standard library and the engines may import their
    own parts.
    """
    global _seen, _hooked
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked = True
    seen = _seen = []
    try:
        yield
    finally:
        _seen = None
    imported = {str(arguments[1]) for event, arguments in seen if event == "import"}
    for event, arguments in seen:
        if event == "import":
            assert arguments[0].partition(".")[0] not in ("antigravity", "hostile_module"), arguments
            continue
        path = str(arguments[0])
        inside = event in ("open", "os.remove", "os.rename") and path.startswith(str(allowed))
        part_of_python = event == "open" and (
            path in imported
            or path.startswith((sys.prefix, sys.base_prefix))
            or path.endswith((".py", ".pyc"))
        )
        assert inside or part_of_python, f"{event} {arguments}"


@contextlib.contextmanager
def bounded(seconds: float = 5, memory: int = 2**30) -> Iterator[None]:
    """A context that may take so many seconds of the processor, and so many bytes of memory more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, hard))
    start = time.process_time()
    try:
        yield
    finally:
        taken = time.process_time() - start
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert taken < seconds, f"it took {taken:.1f} s"


def small_model() -> Sequential:
    return Sequential([Dense(3, input_dim=3, name="first")])


def merged() -> Sequential:
    return Sequential([Merge([small_model(), small_model()], mode="sum")])
