"""What ``from keras.layers import *`` and its kin give while the alias is installed.

The modules of Keras 1 had no ``__all__``, so a star import also gave what they had imported: programs use
``np``, ``os`` or ``json`` without importing them. These names are added to a module when a program imports
it by the name of the alias, and it is given an ``__all__`` without the parts of our own that Keras 1 had not:
a star import must not put ``conv2d`` or ``dropout`` in the place of a program's own function of that name.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

_PACKAGE = __name__.partition(".")[0]

# Module of Keras 1.2.2 -> what it had imported from elsewhere.
_IMPORTED = {
    "callbacks": "Iterable OrderedDict csv deque json np os time warnings",
    "engine.topology": "copy inspect json marshal np os python_types re warnings",
    "engine.training": "copy np threading time warnings",
    "initializations": "np",
    "layers": "copy inspect np python_types warnings",
    "layers.advanced_activations": "np",
    "layers.convolutional_recurrent": "np warnings",
    "layers.core": "copy inspect np python_types warnings",
    "layers.noise": "np",
    "layers.recurrent": "np",
    "layers.wrappers": "copy inspect",
    "metrics": "np",
    "models": "copy json np os warnings",
    "objectives": "np",
    "preprocessing.image": "np os re threading warnings",
    "preprocessing.sequence": "np random",
    "preprocessing.text": "np string sys",
    "utils.data_utils": "functools hashlib os shutil sys tarfile",
    "utils.generic_utils": "marshal np python_types sys time",
    "utils.io_utils": "defaultdict np sys",
    "utils.layer_utils": "np",
    "utils.np_utils": "np",
    "utils.visualize_util": "os",
    "wrappers.scikit_learn": "copy inspect np",
}
_ELSEWHERE = {
    "Iterable": "collections.abc",
    "OrderedDict": "collections",
    "defaultdict": "collections",
    "deque": "collections",
}
_MODULE_NAMES = {"np": "numpy", "python_types": "types"}
# Packages with modules of our own beside those of Keras 1, and these.
_PARTS = {
    "callbacks": "",
    "engine": "topology training",
    "layers": (
        "advanced_activations convolutional convolutional_recurrent core embeddings local noise "
        "normalization pooling recurrent wrappers"
    ),
    "preprocessing": "image sequence text",
    "utils": "data_utils generic_utils io_utils layer_utils np_utils test_utils visualize_util",
}
_LANGUAGE = ("__future__", "collections.abc", "dataclasses", "typing")

_given: list[tuple[ModuleType, str, Any]] = []
_MISSING = object()


def hand_out(module: ModuleType) -> None:
    """Gives a module the names that it handed out in Keras 1.2.2, for star imports too."""
    name = module.__name__.removeprefix(f"{_PACKAGE}.")
    if name == _PACKAGE or name.partition(".")[0] == "backend" or any(done[0] is module for done in _given):
        return  # the backend's modules answer for themselves
    wanted = _IMPORTED.get(name, "").split()
    for each in wanted:
        if each in vars(module):
            continue
        _set(module, each, _value(each))
    listed = vars(module).get("__all__")
    if listed is None:
        listed = [each for each, value in vars(module).items() if _of_keras_1(each, value)]
    _set(module, "__all__", sorted({*listed, *wanted}))


def take_back() -> None:
    """Takes back what `hand_out` has given, but for what a program has replaced since."""
    while _given:
        module, name, before = _given.pop()
        if before is _MISSING:
            vars(module).pop(name, None)
        else:
            vars(module)[name] = before


def _set(module: ModuleType, name: str, value: Any) -> None:
    _given.append((module, name, vars(module).get(name, _MISSING)))
    setattr(module, name, value)


def _value(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    return importlib.import_module(_MODULE_NAMES.get(name, name))


def _of_keras_1(name: str, value: Any) -> bool:
    """Whether a star import is to give a name: it is public, and not a part of our own or of the language."""
    if name.startswith("_"):
        return False
    if not isinstance(value, ModuleType):
        home = value if isinstance(value, type) else type(value)
        return getattr(value, "__module__", home.__module__) not in _LANGUAGE
    package, _, part = value.__name__.removeprefix(f"{_PACKAGE}.").rpartition(".")
    return package not in _PARTS or part in _PARTS[package].split()
