"""A model's inputs, targets and weights: users' data checked against the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import backend as K
from .assembly import target_shape
from .standardize import (
    check_array_lengths,
    is_sparse,
    standardize_class_weights,
    standardize_input_data,
    standardize_sample_weights,
    standardize_weights,
)
from .target_checks import check_loss_and_target_compatibility, warn_of_values, warn_of_weights


def _checked_kind(array: Any, tensor: Any, where: str) -> Any:
    """`array`, as integers if that is what the placeholder takes and all its values are whole.

    Raises:
        ValueError: if the placeholder cannot take the array's kind of values.
    """
    if is_sparse(array) and not K.is_sparse(tensor):
        raise ValueError(
            f"{where}: wanted a dense array, got a scipy sparse matrix. Declare the input with "
            "Input(..., sparse=True), or pass x.toarray()."
        )
    wanted, got = str(K.dtype(tensor)), str(getattr(array, "dtype", ""))
    if not (got.startswith("float") and "int" in wanted and isinstance(array, np.ndarray)):
        return array
    integers = array.astype(wanted)
    if not np.array_equal(integers, array):
        raise ValueError(
            f"{where}: wanted integers ({wanted}), got {got} with fractions. Pass x.astype({wanted!r}) to "
            "drop them."
        )
    return integers


def checked_inputs(model: Any, x: Any, check_batch_axis: bool) -> list[Any]:
    """The input arrays in the order of the model's inputs.

    Raises:
        ValueError, TypeError: if `x` does not fit the model's inputs; the message names the input.
    """
    names = model.input_names
    arrays = standardize_input_data(x, names, model.internal_input_shapes, check_batch_axis, "model input")
    arrays = [
        _checked_kind(array, tensor, f"model input {name!r}")
        for array, tensor, name in zip(arrays, model.inputs, names, strict=True)
    ]
    check_array_lengths(arrays, [], [])
    return arrays


def check_stateful_batches(model: Any, inputs: list[Any], batch_size: int) -> None:
    """Raises ValueError if a stateful model would get a batch of another size at the end."""
    count = int(inputs[0].shape[0])
    if model.stateful and count % batch_size:
        raise ValueError(
            "A stateful model wants a number of samples that is a multiple of the batch size, got "
            f"{count} samples and the batch size {batch_size}."
        )


def check_fixed_batches(model: Any, data: list[Any], batch_size: int) -> None:
    """Raises ValueError if an input's number of samples in a batch is fixed, and some batch has another."""
    count = int(data[0].shape[0])
    sizes = {min(count, batch_size), count % batch_size or batch_size} if count > batch_size else {count}
    for name, shape in zip(model.input_names, model.internal_input_shapes, strict=True):
        fixed = shape[0] if shape else None
        if fixed is not None and sizes != {fixed}:
            raise ValueError(
                f"model input {name!r}: wanted batches of {fixed} samples, as its shape {tuple(shape)} says, "
                f"got {count} samples in batches of {batch_size}. Pass batch_size={fixed} and a multiple of "
                f"{fixed} samples, or leave the size of the batch open in the model's input."
            )


def checked_targets(model: Any, y: Any) -> list[Any]:
    """The target arrays of a compiled model in the order of its outputs.

    Raises:
        ValueError, TypeError: if `y` does not fit the model's outputs and losses.
    """
    names, losses = model.output_names, model.loss_functions
    outputs = [tuple(shape) for shape in model.internal_output_shapes]
    free = [(None,) * len(shape) if len(shape) == 1 else None for shape in outputs]
    targets = standardize_input_data(y, names, free, False, "model target")
    for index, (tensor, shape, name) in enumerate(zip(model.targets, outputs, names, strict=True)):
        where = f"model target {name!r}"
        array = targets[index] = _checked_kind(targets[index], tensor, where)
        if len(array.shape) != len(shape):
            raise ValueError(
                f"{where}: wanted {len(shape)} axes, as the output's shape {shape} has, got an array of the "
                f"shape {tuple(array.shape)}."
            )
    shapes = [target_shape(shape, loss) for shape, loss in zip(outputs, losses, strict=True)]
    check_loss_and_target_compatibility(targets, losses, shapes)
    for array, shape, loss, name in zip(targets, outputs, losses, names, strict=True):
        if getattr(loss, "__name__", "") == "sparse_categorical_crossentropy":
            _check_class_numbers(array, shape[-1], f"model target {name!r}")
        if target_shape(shape, loss) is not None:
            warn_of_values(array, loss, f"model target {name!r}")
    return targets


def _check_class_numbers(array: Any, classes: int | None, where: str) -> None:
    """Raises ValueError unless all targets are whole numbers from 0 to `classes` - 1."""
    if not isinstance(array, np.ndarray) or classes is None or not array.size:
        return
    wrong = array[(array < 0) | (array >= classes) | (array != np.floor(array))]
    if wrong.size:
        raise ValueError(
            f"{where}: sparse_categorical_crossentropy wants class numbers from 0 to {classes - 1}, got "
            f"{wrong.flat[0]}. Number the classes from 0, or give the last layer more units."
        )


def checked_weights(model: Any, targets: list[Any], sample_weight: Any, class_weight: Any) -> list[Any]:
    """An array of weights for each output of a compiled model.

    Raises:
        ValueError, TypeError: if the weights do not fit the targets.
    """
    names = model.output_names
    parts = zip(
        targets,
        standardize_sample_weights(sample_weight, names),
        standardize_class_weights(class_weight, names),
        model.sample_weight_modes,
        strict=True,
    )
    weights = [standardize_weights(*part) for part in parts]
    if sample_weight is not None or class_weight is not None:
        for array, name in zip(weights, names, strict=True):
            warn_of_weights(array, f"weights of the output {name!r}")
    return weights
