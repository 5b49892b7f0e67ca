"""Users' data made into lists of arrays, one for each input or output, and checked."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import nearest

Shape = tuple[int | None, ...]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)


def is_sparse(x: Any) -> bool:
    """Whether `x` is a scipy sparse matrix."""
    return hasattr(x, "tocsr") and hasattr(x, "nnz")


def _is_array(x: Any) -> bool:
    """Whether `x` is one array, not a list of them."""
    return hasattr(x, "shape")


def as_array(x: Any, where: str) -> Any:
    """`x` as something with a shape whose rows can be taken.

    Numpy arrays, and arrays that lie in a file (anything else with ``shape``, ``dtype`` and rows), stay as
    they are; sparse matrices are brought into row order; tables and nested lists become numpy arrays.

    Raises:
        ValueError: if `x` does not hold numbers, or is a ragged list; `where` names it.
    """
    if isinstance(x, np.ndarray):
        array = x
    elif is_sparse(x):
        return x.tocsr()
    elif hasattr(x, "shape") and hasattr(x, "__getitem__") and not hasattr(x, "iloc"):
        return x
    else:
        try:
            array = np.asarray(x)
        except ValueError:
            raise ValueError(f"{where}: wanted an array of numbers, got a ragged list: pad it.") from None
    if array.dtype.kind in "biuf":
        return array
    try:
        if array.dtype.kind == "O":
            return np.asarray(array, dtype=float)
    except (TypeError, ValueError):
        pass
    raise ValueError(
        f"{where}: wanted an array of numbers, got {_describe(x)}. Convert it with "
        "numpy.asarray(..., dtype='float32'), and pad sequences of different lengths."
    )


def _describe(x: Any) -> str:
    if hasattr(x, "shape"):
        return f"an array of the shape {tuple(x.shape)} and type {getattr(x, 'dtype', 'unknown')}"
    return f"a {type(x).__name__}"


def _by_name(data: Mapping[str, Any], names: Sequence[str], where: str) -> list[Any]:
    unknown = [key for key in data if key not in names]
    missing = [name for name in names if name not in data]
    if unknown or missing:
        trouble = [f"no data for {_listed(missing)}"] if missing else []
        if unknown:
            trouble.append(f"unknown names {_listed(unknown)}{nearest(unknown[0], names)}")
        raise ValueError(
            f"{where}: wanted a dictionary with the keys {_listed(names)}, got {'; '.join(trouble)}."
        )
    return [data[name] for name in names]


def as_list(data: Any, names: Sequence[str], where: str) -> list[Any]:
    """What `data` has for each name, not yet made into arrays; see `standardize_input_data`.

    Raises:
        ValueError, TypeError: if it does not have one entry for each.
    """
    if isinstance(data, Mapping):
        return _by_name(data, names, where)
    if isinstance(data, (list, tuple)):
        arrays = list(data)
        if len(names) == 1 and not (len(arrays) == 1 and (_is_array(arrays[0]) or _nested(arrays[0]))):
            if any(_is_array(array) and np.ndim(array) > 0 for array in arrays) and len(arrays) > 1:
                raise ValueError(
                    f"{where}: wanted one array, for {_listed(names)}, got a list of {len(arrays)} arrays. "
                    "If they are the samples of one array, join them by numpy.array(...)."
                )
            return [arrays]
        if len(arrays) != len(names):
            raise ValueError(
                f"{where}: wanted a list of {len(names)} arrays, for {_listed(names)}, got {len(arrays)}."
            )
        return arrays
    if len(names) != 1 and _is_array(data):
        raise ValueError(
            f"{where}: wanted a list of {len(names)} arrays, for {_listed(names)}, got {_describe(data)}."
        )
    if data is None or isinstance(data, (str, bytes)) or not (_is_array(data) or hasattr(data, "__len__")):
        raise TypeError(
            f"{where}: wanted {'an array' if len(names) == 1 else f'{len(names)} arrays'}, for "
            f"{_listed(names)}, got {type(data).__name__}."
        )
    return [data]


def _nested(x: Any) -> bool:
    """Whether a list holds lists: ``[[[1, 2], [3, 4]]]`` is a list of one array, ``[[1, 2]]`` is an array."""
    return isinstance(x, (list, tuple)) and len(x) > 0 and isinstance(x[0], (list, tuple))


def standardize_input_data(
    data: Any,
    names: Sequence[str],
    shapes: Sequence[Shape | None] | None = None,
    check_batch_axis: bool = True,
    exception_prefix: str = "",
) -> list[Any]:
    """The arrays of a model's inputs or targets, in the order of `names`.

    Args:
        data: one array (or nested list of numbers), a list of arrays, or a dictionary from name to array. An
            array with one axis gets a second one of size 1.
        names: the names of the inputs or outputs.
        shapes: for each the shape it must have, None in it for any size; None for any shape.
        check_batch_axis: whether axis 0 is checked too.
        exception_prefix: what the data are, for messages: ``'model input'``.

    Returns:
        A list of arrays.

    Raises:
        ValueError: if names are unknown or missing, the number of arrays is wrong, an array does not hold
            numbers, or a shape differs from the one wanted.
        TypeError: if `data` is no array at all.
    """
    what = exception_prefix or "data"
    if not names:
        return []
    arrays = []
    for position, entry in enumerate(as_list(data, names, what)):
        where = f"{what} {names[position]!r}"
        array = as_array(entry, where)
        shape = shapes[position] if shapes else None
        if len(array.shape) == 0:
            raise ValueError(f"{where}: wanted an array with a row for each sample, got a single number.")
        if len(array.shape) == 1 and (shape is None or len(shape) != 1):
            array = np.expand_dims(np.asarray(array), 1)
        if shape is not None:
            check_shape(array.shape, shape, check_batch_axis, where)
        arrays.append(array)
    return arrays


def check_shape(got: Sequence[int], wanted: Shape, check_batch_axis: bool, where: str, why: str = "") -> None:
    """Raises ValueError, with `why` at its end, unless `got` fits `wanted`, where None fits any size."""
    first = 0 if check_batch_axis else 1
    fits = len(got) == len(wanted) and all(
        want is None or want == size for want, size in zip(wanted[first:], got[first:], strict=True)
    )
    if not fits:
        shown = tuple(wanted) if check_batch_axis else (None, *wanted[1:])
        text = f"{where}: wanted an array of the shape {shown} (None: any size), got {tuple(got)}."
        raise ValueError(f"{text} {why}" if why else text)


def standardize_sample_or_class_weights(
    x_weight: Any, output_names: Sequence[str], weight_type: str
) -> list[Any]:
    """One entry of sample or class weights, or None, for each output.

    Args:
        x_weight: None; for one output its weights, or a list of just them; else a list with an entry for each
            output, or a dictionary from output name to weights.
        output_names: the names of the outputs.
        weight_type: ``'sample_weight'`` or ``'class_weight'``, for messages.

    Raises:
        ValueError: if the length of a list is wrong or a name is unknown.
        TypeError: for any other type.
    """
    count = len(output_names)
    if x_weight is None or (isinstance(x_weight, (list, tuple, Mapping)) and len(x_weight) == 0):
        return [None] * count
    if count == 1:
        if isinstance(x_weight, (list, tuple)) and len(x_weight) == 1 and not np.isscalar(x_weight[0]):
            return [x_weight[0]]
        if isinstance(x_weight, Mapping) and output_names[0] in x_weight:
            return [x_weight[output_names[0]]]
        return [x_weight]
    if isinstance(x_weight, (list, tuple)):
        if len(x_weight) != count:
            raise ValueError(
                f"{weight_type}: wanted a list with an entry for each of the {count} outputs, "
                f"{_listed(output_names)}, got {len(x_weight)} entries. Use None for an output without."
            )
        return list(x_weight)
    if isinstance(x_weight, Mapping):
        unknown = [key for key in x_weight if key not in output_names]
        if unknown:
            raise ValueError(
                f"{weight_type}: wanted output names as keys, {_listed(output_names)}, got {unknown[0]!r}."
                f"{nearest(unknown[0], output_names)}"
            )
        return [x_weight.get(name) for name in output_names]
    raise TypeError(
        f"{weight_type}: the model has {count} outputs, so wanted a list or a dictionary with the keys "
        f"{_listed(output_names)}, got {type(x_weight).__name__}."
    )


def standardize_class_weights(class_weight: Any, output_names: Sequence[str]) -> list[Any]:
    """A dictionary from class to weight, or None, for each output."""
    return standardize_sample_or_class_weights(class_weight, output_names, "class_weight")


def standardize_sample_weights(sample_weight: Any, output_names: Sequence[str]) -> list[Any]:
    """An array of weights, or None, for each output."""
    return standardize_sample_or_class_weights(sample_weight, output_names, "sample_weight")


def standardize_weights(
    y: Any,
    sample_weight: Any = None,
    class_weight: Mapping[Any, float] | Sequence[float] | None = None,
    sample_weight_mode: str | None = None,
) -> np.ndarray:
    """The weights of one output's samples.

    Args:
        y: the targets, (samples, ...).
        sample_weight: an array (samples,), or (samples, time steps) with the mode ``'temporal'``.
        class_weight: a dictionary from class to weight, or a list or array with a weight for each class
            number; used if `sample_weight` is None. The class of a sample is its largest column of `y`, or
            the value of its only column. Keras 1.2.2 took no notice of lists and arrays; a warning says so.
        sample_weight_mode: None or ``'temporal'``.

    Returns:
        A float array (samples,), or (samples, time steps): ones if no weights are given.

    Raises:
        ValueError: if the mode is unknown, a shape does not fit `y`, or a class has no weight.
    """
    if sample_weight_mode not in (None, "temporal"):
        raise ValueError(f"sample_weight_mode must be None or 'temporal', got {sample_weight_mode!r}.")
    temporal = sample_weight_mode == "temporal"
    axes = 2 if temporal else 1
    if temporal and len(y.shape) < 3:
        raise ValueError(
            "sample_weight_mode 'temporal' wants targets with a time axis, (samples, time steps, ...), got "
            f"targets of the shape {tuple(y.shape)}. Leave the mode out, or return sequences."
        )
    wanted = tuple(y.shape[:axes])
    if sample_weight is not None:
        weights = as_array(sample_weight, "sample_weight")
        if is_sparse(weights) or tuple(weights.shape) != wanted:
            hint = (
                "Pass sample_weight_mode='temporal' to compile to weight time steps."
                if not temporal and len(weights.shape) == 2 and tuple(weights.shape) == tuple(y.shape[:2])
                else "There must be one weight for each " + ("time step." if temporal else "sample.")
            )
            raise ValueError(f"sample_weight: wanted the shape {wanted}, got {tuple(weights.shape)}. {hint}")
        return weights
    if isinstance(class_weight, str) and class_weight in ("auto", "balanced"):
        warnings.warn(
            f"class_weight: {class_weight!r} has no effect in Keras 1; for weights that make up for the "
            "sizes of the classes, compute them and pass a dictionary from class to weight.",
            stacklevel=2,
        )
        class_weight = None
    if class_weight is not None:
        if temporal:
            raise ValueError(
                "class_weight: cannot be used with sample_weight_mode 'temporal'; use sample_weight."
            )
        return _weights_by_class(y, class_weight)
    return np.ones(wanted, dtype="float32")


def _weights_by_class(y: Any, class_weight: Any) -> np.ndarray:
    if not isinstance(class_weight, Mapping):
        class_weight = _by_class_number(class_weight)
    if len(y.shape) > 2:
        raise ValueError(
            "class_weight: wanted targets of the shape (samples, classes) or (samples, 1), got "
            f"{tuple(y.shape)}. Use sample_weight instead."
        )
    targets = np.asarray(y.toarray() if is_sparse(y) else y)
    classes = targets.argmax(axis=1) if targets.shape[1] > 1 else targets.reshape(-1)
    present, positions = np.unique(classes, return_inverse=True)
    missing = [value.item() for value in present if value.item() not in class_weight]
    if missing:
        raise ValueError(
            f"class_weight: wanted a weight for each class in the targets, got none for {missing[:10]}; "
            f"the keys are {sorted(class_weight)[:20]}."
        )
    weights = np.asarray([class_weight[value.item()] for value in present], dtype="float32")
    return weights[positions.reshape(-1)]


def _by_class_number(weights: Any) -> dict[int, float]:
    """A dictionary from class number to weight, of a list or array with a weight for each.

    Raises:
        ValueError: if it is something else.
    """
    try:
        values = np.asarray(weights, dtype=float)
    except (TypeError, ValueError):
        values = np.empty(())
    if values.ndim != 1 or not values.size:
        raise ValueError(
            "class_weight: wanted a dictionary from class to weight such as {0: 1.0, 1: 5.0}, or a list with "
            f"a weight for each class number, got {weights!r}."
        )
    warnings.warn(
        "class_weight: a list or an array counts as the weights of the classes 0, 1, ...; Keras 1.2.2 took "
        "no notice of it. Pass a dictionary, dict(enumerate(class_weight)), to be sure.",
        stacklevel=2,
    )
    return dict(enumerate(values.tolist()))


def check_array_lengths(inputs: Sequence[Any], targets: Sequence[Any], weights: Sequence[Any]) -> None:
    """Raises ValueError unless all arrays have the same number of samples, and at least one."""
    kinds = {"input arrays": inputs, "target arrays": targets, "sample weights": weights}
    counts = {
        what: sorted({int(array.shape[0]) for array in arrays}) for what, arrays in kinds.items() if arrays
    }
    if len({size for sizes in counts.values() for size in sizes}) > 1:
        told = "; ".join(f"{what}: {', '.join(map(str, sizes))}" for what, sizes in counts.items())
        raise ValueError(f"All arrays must have the same number of samples (axis 0), got {told}.")
    if any(0 in sizes for sizes in counts.values()):
        raise ValueError("There must be at least one sample, got arrays with 0 rows.")
