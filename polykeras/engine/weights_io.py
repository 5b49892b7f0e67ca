"""The weights of layers in HDF5 groups, as Keras 1 writes them.

A group holds the attribute ``layer_names`` and for each layer a group with the attribute ``weight_names`` and
a data set for each weight. Keras before 1.0 wrote ``layer_0``, ``layer_1``, ... with ``param_0``, ...
Nothing is set before the whole file has been checked and read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import backend as K
from ..errors import check_choice
from ..utils.kernels import is_kernel, is_rotated, rotated, weight_owners
from .hdf5 import (
    check_name,
    has_member,
    object_key,
    read_dataset,
    read_group,
    read_names,
    read_values,
    write_names,
)
from .spec import Shape

HAS_ROTATED_KERNELS = {"tensorflow": False, "theano": True}
"""The backends of Keras 1, and whether it convolved with kernels rotated by 180 degrees under them."""

_MOST_DATASETS = 10**5

Conversion = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[Any, Shape, Shape], Conversion | None]
"""Given the layer, the shape of its weight and that in the file: how to make one of the other, or None."""


class StoredLayer(NamedTuple):
    """A layer in a file: its name, and its data sets in order, not read yet."""

    name: str
    datasets: list[Any]


class LoadedWeight(NamedTuple):
    """A weight that is set from a file: the variable, the data set, and what is done to the data."""

    variable: Any
    dataset: Any
    steps: list[Conversion]

    def converted(self, values: np.ndarray) -> np.ndarray:
        """What the file holds for the weight, or for a slot of it in an optimizer, as it is here."""
        for step in self.steps:
            values = step(values)
        return values


def fit_shapes(layer: Any, shape: Shape, stored: Shape) -> Conversion | None:
    """The plain `Fit`: equal shapes; or a kernel of Convolution1D as Keras 1.0 wrote it."""
    if shape == stored:
        return _same
    # (filters, channels, length, 1) for (length, 1, channels, filters)
    if len(shape) == 4 and shape[1] == 1 and stored == (shape[3], shape[2], shape[0], 1):
        return _from_keras_1_0
    return None


def _same(values: np.ndarray) -> np.ndarray:
    return values


def _from_keras_1_0(kernel: np.ndarray) -> np.ndarray:
    return kernel.transpose(2, 3, 1, 0)


def weights_group(file: Any) -> Any:
    """Where the weights lie in a file: at its root, or in the group that files of whole models have."""
    marks = ("layer_names", "layer_names0", "nb_layers")
    at_root = any(mark in file.attrs for mark in marks) or not has_member(file, "model_weights")
    return file if at_root else read_group(file, "model_weights")


def load_weights_from_group(
    layers: Sequence[Any], group: Any, original_backend: str | None = None, fit: Fit = fit_shapes
) -> list[LoadedWeight]:
    """Sets the weights of layers from a group, by position: the names do not matter.

    The layers with weights and the layers of the file with weights are paired in order.

    Args:
        layers: the layers of a model in order; a model among them counts as one layer.
        group: an h5py group.
        original_backend: ``'tensorflow'`` or ``'theano'``, the backend that the kernels of convolutions are
            for. None: told by the names in the file, those of Theano do not end in ``:0``. Kernels for Theano
            are rotated by 180 degrees.
        fit: how the shapes in the file are brought to those of the weights.

    Returns:
        What was set, in the order of the file.

    Raises:
        ValueError: if the numbers of layers or weights, or any shapes, differ, or the group holds something
            else; then nothing is changed.
    """
    _check_origin(original_backend)
    pairs = _old_pairs(layers, group) if _is_old(group) else _pairs_by_position(layers, group)
    return _set_weights(pairs, original_backend, fit)


def load_weights_from_group_by_name(
    layers: Sequence[Any], group: Any, original_backend: str | None = None, fit: Fit = fit_shapes
) -> None:
    """Sets the weights of those layers that have the name of a layer in a group; the others stay.

    Args:
        layers, group, original_backend, fit: as for `load_weights_from_group`. Several layers may share a
            name: all get the weights.

    Raises:
        ValueError: as `load_weights_from_group`; and if the group is of Keras before 1.0, which has no names.
    """
    _check_origin(original_backend)
    if _is_old(group):
        raise ValueError(
            f"{group.file.filename}: written by Keras before 1.0, which stored no names of layers. Load it "
            "with by_name=False."
        )
    named: dict[str, list[Any]] = {}
    for layer in layers:
        named.setdefault(layer.name, []).append(layer)
    pairs = [
        _checked_pair(layer, list(layer.weights), stored)
        for stored in _stored_layers(group)
        for layer in named.get(stored.name, ())
    ]
    _set_weights(pairs, original_backend, fit)


def save_weights_to_group(layers: Sequence[Any], group: Any) -> None:
    """Writes the weights of layers into a group that is empty.

    The names of the data sets end in ``:0``, so that Keras 1 and `load_weights_from_group` know the kernels
    as those of a cross-correlation.

    Args:
        layers: the layers of a model in order; a model among them counts as one layer.
        group: an h5py group, writable.

    Raises:
        ValueError: if a name can not stand in a file, or two layers have the same name.
    """
    names = [layer.name for layer in layers]
    for name in names:
        check_name(name)
    twice = _repeated(names)
    if twice is not None:
        raise ValueError(f"Saving weights: two layers have the name {twice!r}. Give one another name.")
    write_names(group, "layer_names", names)
    for layer in layers:
        weights = list(layer.weights)
        stored = _names_to_store(weights)
        place = group.create_group(layer.name)
        write_names(place, "weight_names", stored)
        for name, value in zip(stored, K.batch_get_value(weights), strict=True):
            place.create_dataset(name, data=value)


def _check_origin(original_backend: str | None) -> None:
    if original_backend is not None:
        check_choice("load_weights", "original_backend", original_backend, HAS_ROTATED_KERNELS)


def _is_old(group: Any) -> bool:
    """Whether a group was written by Keras before 1.0."""
    return "nb_layers" in group.attrs and read_names(group, "layer_names") is None


def _names_to_store(weights: Sequence[Any]) -> list[str]:
    """A name for each weight, all different and ending in ``:0``."""
    names: dict[str, None] = {}
    counts: dict[str, int] = {}
    for index, weight in enumerate(weights):
        base = (getattr(weight, "name", None) or f"param_{index}").removesuffix(":0")
        check_name(base)
        name = base
        while f"{name}:0" in names:
            counts[base] = counts.get(base, 0) + 1
            name = f"{base}_{counts[base]}"
        names[f"{name}:0"] = None
    return list(names)


def _stored_layers(group: Any) -> list[StoredLayer]:
    names = read_names(group, "layer_names")
    if names is None:
        raise ValueError(
            f"{group.file.filename}: wanted weights of a model, got a file without the attribute "
            f"'layer_names'. It holds: {_some(map(repr, group)) or 'nothing'}."
        )
    stored = []
    left = _MOST_DATASETS
    for name in _distinct(group, "layer_names", names):
        place = read_group(group, name)
        weight_names = read_names(place, "weight_names")
        if weight_names is None:
            raise ValueError(
                f"{group.file.filename}: the layer {name!r} has no attribute 'weight_names'. The file is "
                "damaged."
            )
        left -= 1 + len(weight_names)
        if left < 0:
            raise ValueError(
                f"{group.file.filename}: wanted at most {_MOST_DATASETS:,} layers and weights, got more. The "
                "file is damaged."
            )
        weight_names = _distinct(place, "weight_names", weight_names)
        stored.append(StoredLayer(name, [read_dataset(place, weight) for weight in weight_names]))
    return stored


def _distinct(group: Any, attribute: str, names: list[str]) -> list[str]:
    """`names`, if no two are the same."""
    twice = _repeated(names)
    if twice is not None:
        raise ValueError(
            f"{group.file.filename}: the attribute {attribute!r} of {group.name!r} has the name {twice!r} "
            "twice. The file is damaged."
        )
    return names


def stored_elements(group: Any) -> int:
    """How many numbers the weights in a group are, by the shapes that it tells; each data set counts once."""
    if _is_old(group):
        places = [read_group(group, name) for name in group if name.startswith("layer_")]
        datasets = [read_dataset(place, name) for place in places for name in place]
    else:
        datasets = [dataset for layer in _stored_layers(group) for dataset in layer.datasets]
    shapes = {object_key(dataset): dataset.shape for dataset in datasets}
    return sum(math.prod(shape) for shape in shapes.values())


def _repeated(names: Iterable[str]) -> str | None:
    """The first name that stands a second time, None if there is none."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


_Pair = tuple[Any, list[Any], StoredLayer]


def _pairs_by_position(layers: Sequence[Any], group: Any) -> list[_Pair]:
    own = [(layer, list(layer.weights)) for layer in layers]
    own = [(layer, weights) for layer, weights in own if weights]
    filled = [each for each in _stored_layers(group) if each.datasets]
    if len(own) != len(filled):
        raise ValueError(
            f"load_weights: wanted a file with the weights of {len(own)} layers ("
            f"{_some(layer.name for layer, _ in own)}), got one with those of {len(filled)} ("
            f"{_some(each.name for each in filled)}). Build the model as it was when the file was "
            "written, or load by_name=True. Nothing was changed."
        )
    return [_checked_pair(layer, weights, each) for (layer, weights), each in zip(own, filled, strict=True)]


def _checked_pair(layer: Any, weights: list[Any], stored: StoredLayer) -> _Pair:
    if len(weights) != len(stored.datasets):
        raise ValueError(
            f"load_weights: the layer {layer.name!r} ({type(layer).__name__}) has {len(weights)} weights, "
            f"the layer {stored.name!r} in the file {len(stored.datasets)}. Nothing was changed."
        )
    return layer, weights, stored


def _old_pairs(layers: Sequence[Any], group: Any) -> list[_Pair]:
    """The pairs in a group of Keras before 1.0, which counts layers without weights too."""
    count = _count(group, "nb_layers")
    if count != len(layers):
        raise ValueError(
            f"load_weights: wanted a file of {len(layers)} layers ({_some(layer.name for layer in layers)}), "
            f"got one of {count}; Keras before 1.0 counted those without weights too. Nothing was changed."
        )
    pairs = []
    for index, layer in enumerate(layers):
        name = f"layer_{index}"
        place = read_group(group, name)
        names = [f"param_{number}" for number in range(_count(place, "nb_params"))]
        stored = StoredLayer(name, [read_dataset(place, each) for each in names])
        pairs.append(_checked_pair(layer, layer.weights_in_order(), stored))
    return pairs


def _count(group: Any, attribute: str) -> int:
    value = np.asarray(group.attrs.get(attribute, -1))
    if value.shape != () or value.dtype.kind not in "iu" or not 0 <= int(value) <= len(group):
        raise ValueError(
            f"{group.file.filename}: the attribute {attribute!r} of {group.name!r} must be the number of "
            f"what it holds, got {value!r} for {len(group)}. The file is damaged."
        )
    return int(value)


def _set_weights(pairs: Sequence[_Pair], original_backend: str | None, fit: Fit) -> list[LoadedWeight]:
    rotate = _must_rotate(pairs, original_backend)
    tasks: list[LoadedWeight] = []
    convolutions = []
    for layer, weights, stored in pairs:
        owners = weight_owners(layer)
        for index, (variable, dataset) in enumerate(zip(weights, stored.datasets, strict=True)):
            owner = owners.get(id(variable), layer)
            shape = tuple(K.get_variable_shape(variable))
            conversion = fit(owner, shape, tuple(dataset.shape))
            if conversion is None:
                raise ValueError(
                    f"load_weights: wanted shape {shape} for weight {index} "
                    f"({getattr(variable, 'name', None)}) of the layer {layer.name!r}, got {dataset.shape} "
                    f"from the layer {stored.name!r} of the file."
                    f"{_ordering_hint(owner, shape, dataset.shape)} Nothing was changed."
                )
            steps = [conversion]
            if rotate and is_kernel(owner, len(shape)):
                steps.append(lambda kernel, owner=owner: rotated(owner, kernel))  # type: ignore[misc]
            tasks.append(LoadedWeight(variable, dataset, steps))
        convolutions += [owner for owner in owners.values() if is_rotated(owner)]
    K.batch_set_value([(task.variable, _values(task)) for task in tasks])
    for owner in convolutions:
        owner.kernels_from_file = True
    return tasks


def _values(task: LoadedWeight) -> np.ndarray:
    return task.converted(read_values(task.dataset).astype(K.dtype(task.variable), copy=False))


def _must_rotate(pairs: Sequence[_Pair], original_backend: str | None) -> bool:
    """Whether the kernels in the file are for a true convolution."""
    if original_backend is not None:
        return HAS_ROTATED_KERNELS[original_backend]
    names = [dataset.name for _, _, stored in pairs for dataset in stored.datasets]
    return not any(name.endswith(":0") for name in names)


def _ordering_hint(owner: Any, shape: Shape, stored: Shape) -> str:
    """What to say if the kernel in the file has the other order of axes."""
    if len(shape) < 4 or not hasattr(owner, "dim_ordering"):
        return ""
    other = (*shape[2:], shape[1], shape[0]), (shape[-1], shape[-2], *shape[:-2])
    if tuple(stored) not in other:
        return ""
    wanted = "tf" if owner.dim_ordering == "th" else "th"
    return (
        f" The file is that of a model with the other dim_ordering. Build this model with {wanted!r} too, "
        "load the file into that one, and call "
        "keras.utils.layer_utils.convert_dim_ordering(that_model, this_model)."
    )


def _some(names: Iterable[str]) -> str:
    """A list of names, cut after a few."""
    listed = list(names)
    shown = ", ".join(listed[:8]) or "none"
    return f"{shown}, ..." if len(listed) > 8 else shown
