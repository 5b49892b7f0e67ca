"""Models from files. A file is hostile until shown otherwise: nothing in it is run, and what it asks for is
checked against what it holds before anything is made."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from . import optimizers
from .engine.hdf5 import open_file, text
from .engine.model_files import load_state, sort_as_in_file, training_model
from .engine.trained_weights import set_trained_weights
from .engine.training_point import read_training_point
from .engine.weights_io import LoadedWeight, load_weights_from_group, stored_elements, weights_group
from .saving import model_from_config, parsed_json
from .utils import limits
from .utils.custom_objects import LoadingScope

_ZIP = b"PK\x03\x04"


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: dict[str, Any] | None = None,
    original_backend: str | None = None,
) -> Any:
    """A model from a file that its `save` has written, or that of Keras 1, compiled if it was.

    Args:
        filepath: the file.
        custom_objects: classes and functions of the program by name: layers, losses, metrics, optimizers, and
            the functions of `Lambda` layers by the names of the layers. As in Keras 1.2.2 they stay known to
            later loaders, but for the functions of `Lambda` layers.
        original_backend: ``'tensorflow'`` or ``'theano'``, the backend of Keras 1 that the kernels of
            convolutions are for; None: told by the names in the file, see `Container.load_weights`.

    Raises:
        FileNotFoundError, OSError: if there is no such file, or it cannot be read.
        ValueError: if it is no file of a whole model of Keras 1, or it asks for something that is not known.
    """
    path = os.fspath(filepath)
    _refuse_other_formats(path)
    with open_file(path) as file:
        _refuse_later_versions(path, file)
        config = _json_attribute(file, "model_config")
        if config is None:
            raise ValueError(
                f"{path}: wanted a file of a whole model, got one without an architecture. For a file of "
                "weights build the model first, then call model.load_weights."
            )
        training = _json_attribute(file, "training_config")
        group = weights_group(file)
        numbers = stored_elements(group)
        with limits.reading(path, [config, training]) as (config, training):
            with limits.weights_following(numbers):
                model = model_from_config(config, custom_objects=custom_objects)
            loaded = load_weights_from_group(model._layers_in_file(), group, original_backend)
            if training is not None:
                with LoadingScope(custom_objects or {}):
                    _compile(path, model, training)
                _restore(model, file, loaded)
    if training is None:
        warnings.warn(
            f"{path}: holds no training configuration. The model was not compiled; call model.compile to "
            "train or evaluate it.",
            stacklevel=2,
        )
    return model


def _restore(model: Any, file: Any, loaded: list[LoadedWeight]) -> None:
    trained = training_model(model)
    sort_as_in_file(trained, loaded)
    load_state(trained, file, loaded)
    point = read_training_point(file)
    if point is not None:
        model.training_point = trained.training_point = point


def _compile(path: str, model: Any, training: Any) -> None:
    wanted = ("optimizer_config", "loss")
    if not isinstance(training, dict) or not all(key in training for key in wanted):
        raise ValueError(
            f"{path}: its training_config must hold {' and '.join(wanted)}. The file is damaged."
        )
    trained = training_model(model)
    asked = _leaves(training["loss"]) + _leaves(training.get("metrics"))
    limits.spend(
        "calls", "its training_config", asked * len(trained.outputs), f"{asked:,} losses and metrics"
    )
    optimizer = optimizers.optimizer_from_config(training["optimizer_config"])
    # A Sequential's compile has no loss_weights of its own.
    trained.compile(
        optimizer,
        loss=training["loss"],
        metrics=training.get("metrics"),
        loss_weights=training.get("loss_weights"),
        sample_weight_mode=training.get("sample_weight_mode"),
    )
    set_trained_weights(path, trained, training)


def _leaves(value: Any) -> int:
    """How many values lie in lists and dictionaries."""
    if isinstance(value, dict):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, (list, tuple)) else 1


def _refuse_other_formats(path: str) -> None:
    if os.path.isdir(path):
        raise ValueError(
            f"{path}: wanted an HDF5 file of Keras 1, got a folder (a SavedModel of TensorFlow?). It cannot "
            "be read here."
        )
    if os.path.isfile(path):
        with open(path, "rb") as file:
            if file.read(4) == _ZIP:
                raise ValueError(
                    f"{path}: wanted an HDF5 file of Keras 1, got a zip archive (a .keras file of Keras 3?). "
                    "It cannot be read here."
                )


def _refuse_later_versions(path: str, file: Any) -> None:
    version = _text_attribute(file, "keras_version") or "1"
    if not version.startswith(("0", "1")):
        raise ValueError(
            f"{path}: wanted a file of Keras 1, got one of Keras {version[:20]}. Its layers have other "
            "arguments; build the model anew with those of Keras 1 and set its weights."
        )


def _text_attribute(file: Any, name: str) -> str | None:
    if name not in file.attrs:
        return None
    try:
        value = file.attrs[name]
        scalar = isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0
        return text(value.item() if scalar else value)
    except (TypeError, OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.filename}: its attribute {name!r} must be a text, got {error}.") from error


def _json_attribute(file: Any, name: str) -> Any:
    value = _text_attribute(file, name)
    return None if value is None else parsed_json(f"{file.filename}: its attribute {name!r}", value)
