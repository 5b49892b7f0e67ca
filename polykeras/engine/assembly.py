"""From the arguments of `compile` to one loss and the tensors of the metrics."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import backend as K
from .. import metrics as metrics_module
from .. import objectives
from ..errors import nearest
from ..utils.symbolic import function_name, in_graph_scope

Shape = tuple[int | None, ...]


def _rank(x: Any) -> int:
    rank = K.ndim(x)
    if rank is None:
        raise ValueError(f"A loss must return a tensor with a known number of axes, got {x!r}.")
    return rank


def weighted_objective(fn: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A loss function with weights and a mask.

    Args:
        fn: a function ``(y_true, y_pred) -> tensor`` of one value for each sample (and time step).

    Returns:
        A function ``(y_true, y_pred, weights, mask=None)`` that gives one number: the values times the mask
        over the mask's mean; averaged down to the axes of `weights`; times the weights over the share of
        weights that are not 0; averaged.
    """

    @in_graph_scope
    def weighted(y_true: Any, y_pred: Any, weights: Any, mask: Any = None) -> Any:
        values = fn(y_true, y_pred)
        if not K.is_tensor(values):
            raise TypeError(
                f"compile: the loss {function_name(fn)} must return a tensor with a value for each sample, "
                f"got {values!r}."
            )
        if mask is not None:
            mask = K.cast(mask, K.dtype(values))
            values = values * (mask / _share(mask))
        if weights is not None:
            extra = list(range(_rank(weights), _rank(values)))
            if extra:
                values = K.mean(values, axis=extra)
            used = K.cast(K.not_equal(weights, 0), K.dtype(weights))
            return K.mean(values * weights) / _share(used)
        return K.mean(values)

    return weighted


def _share(flags: Any) -> Any:
    """The mean of zeros and ones to divide by. Where all are 0 the loss is to be 0, not NaN."""
    return K.maximum(K.mean(flags), K.epsilon())


def _named(value: Mapping[str, Any], names: Sequence[str], what: str, complete: bool) -> list[Any]:
    unknown = [key for key in value if key not in names]
    missing = [name for name in names if name not in value] if complete else []
    listed = ", ".join(repr(name) for name in names)
    if unknown:
        hint = nearest(unknown[0], names)
        raise ValueError(f"compile: {what} wants output names as keys, {listed}, got {unknown[0]!r}.{hint}")
    if missing:
        raise ValueError(
            f"compile: {what} wants an entry for each output, {listed}; {missing[0]!r} is missing."
        )
    return [value.get(name) for name in names]


def _listed(value: Sequence[Any], names: Sequence[str], what: str) -> list[Any]:
    if len(value) != len(names):
        listed = ", ".join(repr(name) for name in names)
        raise ValueError(
            f"compile: {what} wants an entry for each of the {len(names)} outputs, {listed}, "
            f"got {len(value)}."
        )
    return list(value)


def loss_functions(loss: Any, names: Sequence[str]) -> list[Callable[..., Any]]:
    """The loss function of each output; `loss` is one for all, a list, or a dictionary by output name."""
    if isinstance(loss, Mapping):
        chosen = _named(loss, names, "loss", complete=True)
    elif isinstance(loss, (list, tuple)):
        chosen = _listed(loss, names, "loss")
    else:
        chosen = [loss] * len(names)
    functions = [objectives.get(each) for each in chosen]
    for function in functions:
        if not callable(function):
            raise ValueError(
                "compile: loss must be the name of an objective such as 'mse' or a function "
                f"(y_true, y_pred), got {function!r}."
            )
    return functions


def loss_factors(loss_weights: Any, names: Sequence[str]) -> list[float]:
    """The factor of each output's loss; missing names in a dictionary count 1."""
    if loss_weights is None:
        return [1.0] * len(names)
    if isinstance(loss_weights, Mapping):
        factors = _named(loss_weights, names, "loss_weights", complete=False)
    elif isinstance(loss_weights, (list, tuple)):
        factors = _listed(loss_weights, names, "loss_weights")
    else:
        factors = []
    factors = [1.0 if factor is None else factor for factor in factors]
    if factors and all(isinstance(each, (int, float, np.number)) or K.is_tensor(each) for each in factors):
        return factors
    raise TypeError(
        "compile: loss_weights must be a list of numbers or a dictionary from output name to number, got "
        f"{loss_weights!r}."
    )


def weight_modes(sample_weight_mode: Any, names: Sequence[str]) -> list[str | None]:
    """The sample weight mode of each output, None or ``'temporal'``."""
    if isinstance(sample_weight_mode, Mapping):
        modes = _named(sample_weight_mode, names, "sample_weight_mode", complete=True)
    elif isinstance(sample_weight_mode, (list, tuple)):
        modes = _listed(sample_weight_mode, names, "sample_weight_mode")
    else:
        modes = [sample_weight_mode] * len(names)
    for mode in modes:
        if mode not in (None, "temporal"):
            raise ValueError(f"compile: sample_weight_mode must be None or 'temporal', got {mode!r}.")
    return modes


def collect_metrics(metrics: Any, output_names: Sequence[str]) -> list[list[Any]]:
    """The metrics of each output.

    Args:
        metrics: None; a list, which holds for every output; or a dictionary from output name to a metric or a
            list of metrics.
        output_names: the names of the outputs.

    Raises:
        ValueError: if a name is unknown.
        TypeError: for any other type.
    """
    if not metrics:
        return [[] for _ in output_names]
    if isinstance(metrics, (list, tuple)):
        return [list(metrics) for _ in output_names]
    if isinstance(metrics, Mapping):
        chosen = _named(metrics, output_names, "metrics", complete=False)
        lists = [list(each) if isinstance(each, (list, tuple)) else [each] for each in chosen]
        return [[] if each == [None] else each for each in lists]
    raise TypeError(
        "compile: metrics must be a list such as ['accuracy'] or a dictionary from output name to metrics, "
        f"got {metrics!r}."
    )


def accuracy_for(output_shape: Shape, loss: Callable[..., Any]) -> Callable[..., Any]:
    """The metric that 'accuracy' means for an output: binary, categorical, or sparse categorical accuracy."""
    if output_shape[-1] == 1 or loss is objectives.binary_crossentropy:
        return metrics_module.binary_accuracy
    if loss is objectives.sparse_categorical_crossentropy:
        return metrics_module.sparse_categorical_accuracy
    return metrics_module.categorical_accuracy


def target_shape(output_shape: Shape, loss: Callable[..., Any]) -> Shape | None:
    """The shape that targets must have for a built-in loss; None (any) for a user's own."""
    if loss is objectives.sparse_categorical_crossentropy:
        return (*output_shape[:-1], 1)
    built_in = getattr(objectives, getattr(loss, "__name__", ""), None)
    return tuple(output_shape) if built_in is loss else None


@dataclass
class Assembly:
    """What `compile` builds: placeholders, the total loss, and the metrics by name.

    Attributes:
        loss_functions, weighted_losses, loss_weights, sample_weight_modes: one for each output.
        targets, sample_weights: placeholders, one for each output.
        total_loss: a scalar tensor.
        metrics_names: ``'loss'``, then the names of `metrics_tensors`.
        metrics_tensors: scalar tensors.
    """

    loss_functions: list[Any]
    weighted_losses: list[Any]
    loss_weights_list: list[float]
    sample_weight_modes: list[str | None]
    targets: list[Any]
    sample_weights: list[Any]
    total_loss: Any
    metrics_names: list[str]
    metrics_tensors: list[Any]


def _scalar(x: Any, reduce: Callable[[Any], Any]) -> Any:
    return reduce(x) if _rank(x) else x


def _placeholders(
    output: Any, shape: Shape, name: str, loss: Callable[..., Any], mode: str | None
) -> tuple[Any, Any]:
    wanted = target_shape(shape, loss)
    if mode == "temporal" and len(shape) < 3:
        raise ValueError(
            "compile: sample_weight_mode 'temporal' wants an output with a time axis, (samples, time steps, "
            f"...); the output {name!r} has the shape {shape}."
        )
    sparse = K.is_sparse(output)
    target = K.placeholder(
        shape=None if wanted is None or sparse else (None, *wanted[1:]),
        ndim=len(shape),
        name=f"{name}_target",
        sparse=sparse,
        dtype=K.dtype(output),
    )
    weights = K.placeholder(ndim=2 if mode == "temporal" else 1, name=f"{name}_sample_weights")
    return target, weights


def _metric_tensors(metric: Any, y_true: Any, y_pred: Any, shape: Shape, loss: Any) -> dict[str, Any]:
    if metric in ("accuracy", "acc"):
        return {"acc": accuracy_for(shape, loss)(y_true, y_pred)}
    function = metrics_module.get(metric)
    _check_metric(function, target_shape(shape, loss))
    if not callable(function):
        raise ValueError(
            "compile: a metric must be the name of a metric such as 'accuracy' or a function "
            f"(y_true, y_pred), got {metric!r}."
        )
    result = function(y_true, y_pred)
    found = dict(result) if isinstance(result, Mapping) else {function_name(function): result}
    for label, tensor in found.items():
        if not K.is_tensor(tensor):
            raise TypeError(
                f"compile: the metric {label} must return a tensor, or a dictionary from name to tensor, got "
                f"{tensor!r}."
            )
    return found


def _check_metric(metric: Any, targets: Shape | None) -> None:
    """Warns of a metric of classes that are not given in the way in which it reads them.

    Args:
        metric: the function.
        targets: the shape that the loss wants of the targets; None if it is not known.
    """
    if targets is None or targets[-1] is None:
        return
    by_column = metric in (metrics_module.categorical_accuracy, metrics_module.top_k_categorical_accuracy)
    by_number = metric is metrics_module.sparse_categorical_accuracy
    if (by_column and targets[-1] == 1) or (by_number and targets[-1] > 1):
        wanted = "a column for each class" if by_column else "class numbers in one column"
        warnings.warn(
            f"compile: the metric {function_name(metric)} reads targets with {wanted}, and those of the loss "
            f"have the shape {targets}: it shows numbers that mean nothing. Pass metrics=['accuracy'].",
            stacklevel=2,
        )


@in_graph_scope
def assemble(
    outputs: Sequence[Any],
    output_names: Sequence[str],
    output_shapes: Sequence[Shape],
    masks: Sequence[Any],
    layer_losses: Sequence[Any],
    loss: Any,
    metrics: Any,
    loss_weights: Any,
    sample_weight_mode: Any,
) -> Assembly:
    """Builds the total loss and the metrics of a model.

    Args:
        outputs, output_names, output_shapes, masks: one for each output of the model; a mask may be None.
        layer_losses: penalties that layers have added; they are summed.
        loss, metrics, loss_weights, sample_weight_mode: the arguments of `Model.compile`.

    Raises:
        ValueError, TypeError: if one of the last four is not understood; they name it.
    """
    losses = loss_functions(loss, output_names)
    factors = loss_factors(loss_weights, output_names)
    modes = weight_modes(sample_weight_mode, output_names)
    nested_metrics = collect_metrics(metrics, output_names)
    several = len(outputs) > 1

    targets, weights, weighted, names, tensors = [], [], [], ["loss"], []
    total: Any = None
    for output, name, shape, mask, function, factor, mode in zip(
        outputs, output_names, output_shapes, masks, losses, factors, modes, strict=True
    ):
        target, weight = _placeholders(output, shape, name, function, mode)
        weighted_loss = weighted_objective(function)
        value = weighted_loss(target, output, weight, mask)
        if several:
            names.append(f"{name}_loss")
            tensors.append(value)
        value = value if isinstance(factor, float) and factor == 1.0 else factor * value
        total = value if total is None else total + value
        targets.append(target)
        weights.append(weight)
        weighted.append(weighted_loss)
    for penalty in layer_losses:
        total = total + _scalar(penalty, K.sum)
    for output, name, shape, target, function, wanted in zip(
        outputs, output_names, output_shapes, targets, losses, nested_metrics, strict=True
    ):
        for metric in wanted:
            for label, tensor in _metric_tensors(metric, target, output, shape, function).items():
                names.append(f"{name}_{label}" if several else label)
                tensors.append(_scalar(tensor, K.mean))
    return Assembly(losses, weighted, factors, modes, targets, weights, total, names, tensors)
