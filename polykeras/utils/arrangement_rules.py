"""For each layer: how its weights and its output are arranged, if its inputs are arranged in some way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from .arrangement import Arrangement, Pair, alike, fits, known_orders, refused, swapped
from .generic_utils import is_library_class

Change = Callable[[str, np.ndarray], np.ndarray]


class Conversion(Protocol):
    """What rules ask of the walk through two models."""

    def weights(self, pair: Pair, change: Change | None = None) -> None:
        """Notes the weights of a layer.

        Args:
            change: makes the target's value of the name that the weight has as an attribute, and its value in
                the source; None: the same value.
        """

    def layer(self, pair: Pair, given: list[Arrangement]) -> list[Arrangement]:
        """Notes the weights of a layer whose inputs are arranged as given, and tells how its outputs are."""


Rule = Callable[[Conversion, Pair, list[Arrangement]], list[Arrangement]]
_RuleOfOne = Callable[[Conversion, Pair, Arrangement], Arrangement]

# What is compared of two layers, beside the shapes of outputs and weights. The rest is about training.
_SETTINGS = (
    "activation", "alpha", "atrous_rate", "border_mode", "consume_less", "depth_multiplier", "epsilon",
    "go_backwards", "inner_activation", "merge_mode", "mode", "pool_length", "pool_size", "stride", "strides",
    "subsample", "subsample_length", "theta",
)  # fmt: skip


def check_settings(pair: Pair) -> None:
    """Raises ValueError if two layers are not of the same class, or differ in more than their ordering."""
    kind, other = (type(layer).__name__ for layer in pair[:2])
    if kind != other:
        raise refused(
            f"wanted models of the same layers, got {pair} in the source, {pair.target.name!r} ({other}) in "
            "the target. Build both by the same code."
        )
    one: Any
    two: Any
    for name in _SETTINGS:
        one, two = (getattr(layer, name, None) for layer in pair[:2])
        if not np.array_equal(getattr(one, "__qualname__", one), getattr(two, "__qualname__", two)):
            raise refused(
                f"{pair} has {name}={one!r} in the source, {two!r} in the target. Build both models alike."
            )


def rule_of(pair: Pair) -> Rule:
    """The rule for a layer; for those of which nothing is known, one that wants equal tensors."""
    kind = type(pair.source)
    if not is_library_class(kind):
        return _plain
    if kind.__name__ in _RULES_OF_ONE:
        rule = _RULES_OF_ONE[kind.__name__]
        return lambda conversion, pair, given: [rule(conversion, pair, given[0])]
    return _RULES.get(kind.__name__, _plain)


def is_permute(layer: Any) -> bool:
    """Whether a layer does nothing but put axes in another order."""
    return type(layer).__name__ == "Permute" and is_library_class(type(layer))


def _unfit(pair: Pair, wanted: Arrangement | str, got: Arrangement) -> ValueError:
    return refused(
        f"{pair} wants an input {wanted}, got one {got}. Give each layer the dim_ordering that goes with its "
        "input. Before a layer that may depend on the order of axes and has no dim_ordering, such as Lambda, "
        "put a Permute in one of the models."
    )


def _plain(conversion: Conversion, pair: Pair, given: list[Arrangement]) -> list[Arrangement]:
    for order in given:
        if not order.alike:
            raise _unfit(pair, alike(0), order)
    if getattr(pair.source, "dim_ordering", None) != getattr(pair.target, "dim_ordering", None):
        raise refused(f"what the dim_ordering of {pair} means for its weights is not known.")
    conversion.weights(pair)
    return [alike(len(shape)) for shape in pair.outputs]


# Element by element


def _any_element(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    return order


def _activation(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    _check_activations(pair, order)
    return order


def _check_activations(pair: Pair, order: Arrangement) -> None:
    """Refuses activations that may ask for the order of axes or numbers, unless it is the same.

    Those of Keras do not: softmax, which asks for the last axis, takes no images.
    """
    if order.alike:
        return
    home = f"{__name__.partition('.')[0]}.activations"
    for name in ("activation", "inner_activation"):
        function = getattr(pair.source, name, None)
        kind = getattr(function, "__name__", repr(function))
        if function is not None and getattr(function, "__module__", None) != home:
            raise refused(
                f"{pair} has the {name} {kind}, which may depend on the order of axes, and that is another "
                "one in the target. Make it a layer of its own, and put a Permute before it in one of the "
                "models."
            )


def _learned_activation(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    """Weights of the shape of a sample, or of size 1 along shared axes."""

    def change(name: str, value: np.ndarray) -> np.ndarray:
        moved = value.transpose([axis - 1 for axis in order.axes[1:]])
        return moved if order.places is None or moved.shape[-1] == 1 else moved.take(order.places, axis=-1)

    conversion.weights(pair, change)
    return order


def _batch_normalization(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    """Vectors along one axis."""
    _check_axis(pair, "axis", order)
    last = pair.source.axis % len(order.axes) == len(order.axes) - 1
    places = order.places if last else None
    conversion.weights(pair, lambda name, value: value if places is None else value.take(places))
    return order


def _check_axis(pair: Pair, name: str, order: Arrangement) -> int:
    """The axis of the source that an argument names, if the target names the same one."""
    given, other = (getattr(layer, name) for layer in pair[:2])
    axis = int(given % len(order.axes))
    if order.axes[other % len(order.axes)] != axis:
        raise refused(
            f"{pair} has {name}={given} in the source; wanted {name}={order.axes.index(axis)} in the target, "
            f"got {other}."
        )
    return axis


# Images and volumes


def _as_image(pair: Pair, got: Arrangement, before: int = 1) -> Arrangement:
    """The arrangement of an image, or images after more axes, if it is that of the layer's orderings."""
    ordering = pair.source.dim_ordering
    ndim = len(got.axes)
    wanted = alike(ndim) if ordering == pair.target.dim_ordering else swapped(ndim, before, ordering)
    if not wanted.same_as(got):
        raise _unfit(pair, wanted, got)
    _check_activations(pair, wanted)
    return wanted


def _window(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    return _as_image(pair, order)


def _global(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    _as_image(pair, order)
    return alike(2)


def _convolution(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    _as_image(pair, order)
    conversion.weights(pair, lambda name, value: _kernel(pair, order, value))
    return order


def _kernel(pair: Pair, order: Arrangement, value: np.ndarray) -> np.ndarray:
    """(*window, inputs, outputs) in 'tf', (outputs, inputs, *window) in 'th'; vectors stay."""
    if value.ndim < 4 or not order.swapped:
        return value
    axes = range(value.ndim)
    return value.transpose(
        (*axes[2:], 1, 0) if pair.source.dim_ordering == "th" else (axes[-1], axes[-2], *axes[:-2])
    )


def _recurrent_convolution(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    _as_image(pair, order, before=2)
    conversion.weights(pair, lambda name, value: _kernel(pair, order, value))
    if pair.source.return_sequences:
        return order
    ndim = len(order.axes) - 1
    return swapped(ndim, 1, pair.source.dim_ordering) if order.swapped else alike(ndim)


def _locally_connected(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    """Patches are flat in the order of the input; in 'th' the numbers of b are read as (outputs, *grid)."""
    _as_image(pair, order)
    layer = pair.source
    from_th = layer.dim_ordering == "th"
    window = (layer.nb_row, layer.nb_col)

    def change(name: str, value: np.ndarray) -> np.ndarray:
        if not order.swapped:
            return value
        if name == "b":
            *grid, outputs = value.shape
            moved = (
                np.moveaxis(value.reshape(outputs, *grid), 0, -1) if from_th else np.moveaxis(value, -1, 0)
            )
            return moved.reshape(value.shape)
        places, patch, outputs = value.shape
        channels = patch // math.prod(window)
        sizes = (channels, *window) if from_th else (*window, channels)
        parts = value.reshape(places, *sizes, outputs)
        moved = np.moveaxis(parts, 1, -2) if from_th else np.moveaxis(parts, -2, 1)
        return moved.reshape(value.shape)

    conversion.weights(pair, change)
    return order


# Sums over the last axis


def _sum(
    conversion: Conversion, pair: Pair, order: Arrangement, axes: Callable[[str, np.ndarray], Sequence[int]]
) -> Arrangement:
    """Weights lie along these axes as the input does along its last one."""
    if order.swapped:
        raise _unfit(pair, alike(0), order)

    def change(name: str, value: np.ndarray) -> np.ndarray:
        if order.places is not None:
            for axis in axes(name, value):
                value = value.take(order.places, axis=axis)
        return value

    conversion.weights(pair, change)
    return alike(len(pair.outputs[0]))


def _dense(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    return _sum(conversion, pair, order, lambda name, value: [-2] if name == "W" else [])


def _recurrent(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    return _sum(conversion, pair, order, lambda name, value: [0] if name.startswith("W") else [])


def _highway(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    """The output holds the input, so it is arranged as that is."""
    _sum(conversion, pair, order, lambda name, value: range(value.ndim))
    _check_activations(pair, order)
    return order


# Other shapes


def _reshape(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    given, shape, other = pair.inputs[0], pair.outputs[0], pair.target_outputs[0]
    if order.alike and fits(shape, other):
        return alike(len(shape))
    sizes = [tuple(size for size in each[1:] if size is not None) for each in (given, shape, other)]
    if all(len(known) == len(each) - 1 for known, each in zip(sizes, (given, shape, other), strict=True)):
        numbers = order.numbers(sizes[0]).reshape(sizes[2])
        for found in known_orders(numbers, sizes[1]):
            return found
    raise refused(
        f"{pair} makes {shape} of {given} in the source, {other} in the target, and no order of axes tells "
        "how the numbers lie then. Give it the same target_shape in both models, and put a Permute before or "
        "after it in one of them."
    )


def _permute(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    return permuted(order, pair.source, pair.target)


def permuted(order: Arrangement, source: Any, target: Any) -> Arrangement:
    """The arrangement after a `Permute` in the source and one in the target; None: there is none."""
    axes = range(len(order.axes))
    dims, others = (tuple(axes) if layer is None else (0, *layer.dims) for layer in (source, target))
    if order.places is not None and not dims[-1] == others[-1] == axes[-1]:
        raise refused(
            f"the layer {(source or target).name!r} (Permute) wants an input {alike(0)}, got one {order}. "
            "Put it before the Flatten."
        )
    return Arrangement(tuple(dims.index(order.axes[axis]) for axis in others), order.places)


def _repeat(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    return Arrangement((0, 1, 2), order.places)


# Layers of layers, and of several inputs


def _time_distributed(conversion: Conversion, pair: Pair, order: Arrangement) -> Arrangement:
    if order.axes[1] != 1:
        raise _unfit(pair, "whose axis of time is the same", order)
    step = Arrangement(tuple(max(axis - 1, 0) for axis in order.axes if axis != 1), order.places)
    (inner,) = conversion.layer(pair.inside(pair.source.layer, pair.target.layer, steps=True), [step])
    return Arrangement((0, 1, *(axis + 1 for axis in inner.axes[1:])), inner.places)


def _bidirectional(conversion: Conversion, pair: Pair, given: list[Arrangement]) -> list[Arrangement]:
    for name in ("forward_layer", "backward_layer"):
        inner = pair.inside(getattr(pair.source, name), getattr(pair.target, name))
        (order,) = rule_of(inner)(conversion, inner, given)
    if pair.source.merge_mode == "concat" and not order.alike:
        raise refused(f"{pair} joins its outputs along the last axis, which is another one in the target.")
    return [order for _ in pair.outputs]


def _merge(conversion: Conversion, pair: Pair, given: list[Arrangement]) -> list[Arrangement]:
    mode, first = pair.source.mode, given[0]
    if mode not in ("sum", "mul", "ave", "max", "concat"):
        return _plain(conversion, pair, given)
    axis = _check_axis(pair, "concat_axis", first) if mode == "concat" else None
    flat = axis == len(first.axes) - 1 and not first.swapped
    for order in given[1:]:
        if not (order.axes == first.axes if flat else order.same_as(first)):
            raise refused(f"{pair} wants inputs in the same order, got one {first} and one {order}.")
    return [_joined(given, [shape[-1] for shape in pair.inputs]) if flat else first]


def _joined(orders: list[Arrangement], sizes: Sequence[Any]) -> Arrangement:
    """How tensors are arranged that are joined along their last axis."""
    if all(order.places is None for order in orders):
        return orders[0]
    starts = np.cumsum([0, *sizes[:-1]])
    parts = [
        start + (np.arange(size) if order.places is None else order.places)
        for order, start, size in zip(orders, starts, sizes, strict=True)
    ]
    return Arrangement(orders[0].axes, np.concatenate(parts))


_RULES: dict[str, Rule] = {"Bidirectional": _bidirectional, "Merge": _merge}

_RULES_OF_ONE: dict[str, _RuleOfOne] = {
    "Activation": _activation,
    "BatchNormalization": _batch_normalization,
    "ConvLSTM2D": _recurrent_convolution,
    "Flatten": _reshape,
    "Highway": _highway,
    "LocallyConnected2D": _locally_connected,
    "Permute": _permute,
    "RepeatVector": _repeat,
    "Reshape": _reshape,
    "TimeDistributed": _time_distributed,
}
for _rule, _names in {
    _any_element: (
        "ActivityRegularization Dropout ELU GaussianDropout GaussianNoise LeakyReLU ThresholdedReLU"
    ),
    _learned_activation: "PReLU SReLU ParametricSoftplus",
    _window: " ".join(
        f"{kind}{rank}D"
        for kind in (
            "MaxPooling",
            "AveragePooling",
            "UpSampling",
            "ZeroPadding",
            "Cropping",
            "SpatialDropout",
        )
        for rank in (2, 3)
    ),
    _global: " ".join(f"Global{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (2, 3)),
    _convolution: ("AtrousConvolution2D Convolution2D Convolution3D Deconvolution2D SeparableConvolution2D"),
    _dense: "Dense MaxoutDense TimeDistributedDense",
    _recurrent: "GRU LSTM SimpleRNN",
}.items():
    _RULES_OF_ONE.update(dict.fromkeys(_names.split(), _rule))
