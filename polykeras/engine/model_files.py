"""Whole models in HDF5 files, as Keras 1 writes them: architecture, weights, state of the training."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import backend as K
from ..optimizers import TFOptimizer
from ..utils.io_utils import ask_to_proceed_with_overwrite
from ..utils.new_files import new_hdf5_file
from .container_config import KERAS_VERSION, layer_data, plain
from .hdf5 import has_member, read_dataset, read_group, read_names, read_values, write_names
from .trained_weights import other_weights, trained_weights
from .training_point import TrainingPoint
from .weights_io import LoadedWeight, save_weights_to_group


def save_model(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Writes a model to an HDF5 file that Keras 1 can read too.

    The file holds the architecture, the weights, and if the model is compiled the loss, the metrics, the
    optimizer and its state. It appears under its name when it is complete; until then an older one stays.

    Args:
        model: the model.
        filepath: the file.
        overwrite: whether a file may be replaced. False: asks on the terminal if there is one.

    Raises:
        FileExistsError: if `overwrite` is False, the file exists, and there is no terminal.
        OSError: if it cannot be written.
        TypeError, ValueError: if the model's configuration cannot stand in a file.
    """
    texts = _texts(model)
    if not overwrite and os.path.exists(filepath) and not ask_to_proceed_with_overwrite(filepath):
        return
    _write(model, filepath, texts, None)


def save_checkpoint(model: Any, filepath: str | os.PathLike[str]) -> None:
    """Like `save_model`, and where the training stands besides; see `Model.resume`."""
    _write(model, filepath, _texts(model), getattr(model, "training_point", None))


def _texts(model: Any) -> dict[str, str]:
    """The attributes of a file. What cannot be told in a file is found out before there is one."""
    texts = {"keras_version": KERAS_VERSION, "model_config": json.dumps(plain(layer_data(model)))}
    trained = training_model(model)
    if isinstance(getattr(trained, "optimizer", None), TFOptimizer):
        warnings.warn(
            "save: an optimizer of the engine cannot be saved. The model is saved without it, and must be "
            "compiled again after loading. Use an optimizer of keras.optimizers, such as 'adam'.",
            stacklevel=4,
        )
    elif hasattr(trained, "optimizer"):
        texts["training_config"] = json.dumps(plain(_training_config(trained)))
    return texts


def _write(
    model: Any, filepath: str | os.PathLike[str], texts: dict[str, str], point: TrainingPoint | None
) -> None:
    with new_hdf5_file(filepath) as file:
        for name, text in texts.items():
            file.attrs[name] = text.encode("utf-8")
        save_weights_to_group(model._layers_in_file(), file.create_group("model_weights"))
        if "training_config" in texts:
            state = training_model(model).optimizer.weights
            if state:
                _save_state(state, file.create_group("optimizer_weights"))
        if point is not None:
            point.write(file)


def training_model(model: Any) -> Any:
    """The model that is compiled: the one inside a `Sequential`, else the model itself."""
    inner = getattr(model, "_inner", None)
    return model if inner is None else inner()


def _training_config(model: Any) -> dict[str, Any]:
    return {
        "optimizer_config": layer_data(model.optimizer),
        "loss": model.loss,
        "metrics": model.metrics,
        "sample_weight_mode": model.sample_weight_mode,
        "loss_weights": model.loss_weights,
        **trained_weights(model),
    }


def _save_state(weights: Sequence[Any], group: Any) -> None:
    """The state of an optimizer: only the order tells what is what."""
    names = [f"param_{index}:0" for index in range(len(weights))]
    write_names(group, "weight_names", names)
    for name, value in zip(names, K.batch_get_value(weights), strict=True):
        group.create_dataset(name, data=value)


def sort_as_in_file(model: Any, loaded: Sequence[LoadedWeight]) -> None:
    """Puts the trainable weights of a compiled model in the order that the optimizer of the file had.

    They were sorted by the names that they have in the file.
    """
    names = {id(each.variable): _name_in_layer(each.dataset) for each in loaded}
    if all(id(weight) in names for weight in model._collected_trainable_weights):
        model._collected_trainable_weights.sort(key=lambda weight: names[id(weight)])


def _name_in_layer(dataset: Any) -> str:
    """The name of a weight's data set below the group of its layer."""
    path = dataset.name.strip("/").split("/")
    below = path[1:] if path[0] == "model_weights" else path
    return "/".join(below[1:])


def load_state(model: Any, file: Any, loaded: Sequence[LoadedWeight]) -> None:
    """Sets the state of a compiled model's optimizer from the file of a whole model, if it holds any.

    What does not fit (an optimizer of another version) is told by a warning; the optimizer then starts anew.
    """
    if not has_member(file, "optimizer_weights"):
        return
    model._make_train_function()
    weights = model._collected_trainable_weights
    group = read_group(file, "optimizer_weights")
    stored = [read_dataset(group, name) for name in read_names(group, "weight_names") or []]
    variables = list(model.optimizer.weights)
    trouble = ""
    if len(stored) != len(variables):
        trouble = f"wanted {len(variables)} arrays, got {len(stored)}{other_weights(model, len(stored))}"
    pairs = []
    slots = _slot_owners(variables, weights, loaded)
    for index, (variable, dataset, owner) in enumerate(zip(variables, stored, slots, strict=False)):
        shape = tuple(K.get_variable_shape(variable))
        elements = int(np.prod(dataset.shape, dtype=object))
        if elements != int(np.prod(shape, dtype=object)):
            trouble = trouble or f"array {index} must have the shape {shape}, got {dataset.shape}"
            break
        values = read_values(dataset).astype(K.dtype(variable), copy=False)
        values = values if owner is None else owner.converted(values)
        if values.shape != shape:
            trouble = trouble or f"array {index} must have the shape {shape}, got {values.shape}"
            break
        pairs.append((variable, values))
    if trouble:
        warnings.warn(
            f"{file.filename}: the state of the optimizer does not fit ({trouble}). The optimizer starts "
            "anew; weights are as in the file.",
            stacklevel=4,
        )
        return
    K.batch_set_value(pairs)


def _slot_owners(
    variables: Sequence[Any], weights: Sequence[Any], loaded: Sequence[LoadedWeight]
) -> list[LoadedWeight | None]:
    """For each variable of an optimizer's state the weight that it belongs to, as it was loaded, or None.

    The state is a number of single variables followed by rows of one variable for each trainable weight.
    """
    known = {id(each.variable): each for each in loaded}
    owners = [known.get(id(weight)) for weight in weights]
    if not owners:
        return [None] * len(variables)
    single = len(variables) % len(owners)
    rows = len(variables) // len(owners)
    return [None] * single + owners * rows
