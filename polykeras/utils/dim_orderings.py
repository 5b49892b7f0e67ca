"""The weights of a model for the same model with the other `dim_ordering`.

Both graphs of layers are walked at once. For each tensor it is known how it is arranged in the target,
compared with the source: its axes may be in another order, or after a `Flatten` the numbers along its last
axis. For each layer there is a rule that says how its weights follow, and how its output is arranged.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import backend as K
from .arrangement import Arrangement, Pair, alike, fits, images, refused
from .arrangement_rules import Change, check_settings, is_permute, permuted, rule_of
from .kernels import inner_layers


def convert_dim_ordering(source: Any, target: Any) -> None:
    """Sets the weights of a model so that it computes what the same model with the other `dim_ordering` does.

    For files of models with channels first, which run faster with channels last::

        old = build("th")
        old.load_weights("th.h5")
        new = build("tf")
        convert_dim_ordering(old, new)

    Then ``new`` predicts for images with the channels last what ``old`` does for the same images with the
    channels first. Kernels are transposed. The rows of a `Dense` or recurrent layer after a `Flatten`, and
    what is learned for each number on the way, are put in the order in which the target flattens. Models may
    be nested and wrapped, and some layers may have the same ordering in both.

    Args:
        source: the model with the weights, a `Sequential` or `Model`.
        target: a model of the same layers, made in the same order. The `dim_ordering` may differ, and what
            goes with it: the shape of the input, ``axis`` of `BatchNormalization`, ``concat_axis`` and
            ``shared_axes``. Either model may have layers `Permute` that the other has not.

    Raises:
        TypeError: if one is no model.
        ValueError: if the models differ otherwise; if a layer whose input has another order may depend on it,
            such as a `Lambda` or a layer of your own; or if an output is a flattened image. Then nothing is
            changed.
    """
    for name, model in (("source", source), ("target", target)):
        if not _is_model(model):
            raise TypeError(
                f"convert_dim_ordering: {name} must be a model, got {model!r}. For the weights of a file, "
                "build the model that was saved, and load them into it first."
            )
    failures = []
    for orders in _candidates(source, target):
        conversion = _Conversion()
        try:
            _check_outputs(source, conversion.walk(source, target, orders))
            conversion.check_complete(target)
        except ValueError as error:
            failures.append(error)
            continue
        K.batch_set_value(conversion.values)
        for layer in conversion.from_file:
            layer.kernels_from_file = True
        return
    raise failures[0]


def _candidates(source: Any, target: Any) -> Iterator[list[Arrangement]]:
    """The ways in which the inputs may be arranged, by their shapes; the layers tell which one it is."""
    shapes, others = ([tuple(x._keras_shape) for x in _graph(model).inputs] for model in (source, target))
    if len(shapes) != len(others):
        raise refused(f"wanted models with the same number of inputs, got {len(shapes)} and {len(others)}.")
    same = _orderings(source) == _orderings(target)
    choices = []
    for shape, other in zip(shapes, others, strict=True):
        ndim = len(shape)
        known = [alike(ndim), *images(ndim)] if same else [*images(ndim), alike(ndim)]
        fitting = [order for order in known if fits(order.of(shape), other)]
        if not fitting:
            raise refused(
                f"wanted inputs of one shape, but for the place of the channels, got {shape} in the source, "
                f"{other} in the target."
            )
        choices.append(fitting)
    return map(list, itertools.product(*choices))


def _orderings(layer: Any) -> set[str]:
    """The orderings of the layers in a model."""
    inner = inner_layers(layer)
    return set().union(*map(_orderings, inner)) if inner else {getattr(layer, "dim_ordering", "tf")}


def _graph(model: Any) -> Any:
    """The graph of a model: that of a `Sequential` is in the model inside it."""
    return model._inner() if callable(getattr(model, "_inner", None)) else model


def _is_model(layer: Any) -> bool:
    return hasattr(_graph(layer), "nodes_by_depth")


def _check_outputs(source: Any, orders: list[Arrangement]) -> None:
    for name, order in zip(_graph(source).output_names, orders, strict=True):
        if order.places is not None:
            raise refused(
                f"the output of {name!r} is a flattened image, whose numbers would come in another order. "
                "End both models before the Flatten, or with a Dense after it."
            )


class _Tensors:
    """The tensors of two graphs that were met, in pairs, and how those of the target are arranged.

    Layers `Permute` stand by themselves: one of the models may have some that the other has not.

    Args:
        inputs: the inputs of both graphs, and how they are arranged.
    """

    def __init__(self, inputs: Iterable[tuple[Any, Any, Arrangement]]) -> None:
        self._known: dict[tuple[int, int], Arrangement] = {}
        self._permutes: dict[int, Any] = {}
        self.add(inputs)

    def add(self, tensors: Iterable[tuple[Any, Any, Arrangement]]) -> None:
        self._known.update(((id(x), id(y)), order) for x, y, order in tensors)

    def calls(self, graph: Any) -> list[Any]:
        """The calls of layers in a graph, inputs before outputs, but for those of `Permute`."""
        inputs = {id(x) for x in graph.inputs}
        nodes = [n for n in graph._nodes_in_order() if not inputs.issuperset(map(id, n.output_tensors))]
        permutes = [node for node in nodes if is_permute(node.outbound_layer)]
        self._permutes.update((id(node.output_tensors[0]), node) for node in permutes)
        return [node for node in nodes if node not in permutes]

    def orders(self, tensors: Sequence[Any], others: Sequence[Any], where: str) -> list[Arrangement]:
        """How tensors of the target are arranged, which must be the counterparts of those of the source."""
        found = [self._order(x, y) for x, y in zip(tensors, others, strict=False)]
        known = [order for order in found if order is not None]
        if not len(known) == len(tensors) == len(others):
            raise refused(
                f"wanted models whose layers are connected alike, but {where} comes of other layers in the "
                "target. Build both by the same code."
            )
        return known

    def _order(self, x: Any, y: Any) -> Arrangement | None:
        before, other = self._permutes.get(id(x)), self._permutes.get(id(y))
        order = self._known.get((id(x), id(y)))
        if order is None and before is not None:
            order = self._order(before.input_tensors[0], y)
            return None if order is None else permuted(order, before.outbound_layer, None)
        if order is None and other is not None:
            order = self._order(x, other.input_tensors[0])
            return None if order is None else permuted(order, None, other.outbound_layer)
        return order


def _paired(nodes: list[Any], others: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The calls of layers in two models, one by one."""
    for node, other in itertools.zip_longest(nodes, others):
        if node is None or other is None:
            layer = (node or other).outbound_layer
            raise refused(
                f"wanted models of the same layers, got {layer.name!r} ({type(layer).__name__}) only in the "
                f"{'target' if node is None else 'source'}. Build both by the same code."
            )
        yield node, other


class _Conversion:
    """The new values of the target's weights, found on a walk through both models.

    Attributes:
        values: pairs of a weight of the target and its value.
        from_file: layers of the target whose kernels are known to be those of a cross-correlation.
    """

    def __init__(self) -> None:
        self._values: dict[int, tuple[Any, np.ndarray]] = {}
        self.from_file: list[Any] = []

    @property
    def values(self) -> list[tuple[Any, np.ndarray]]:
        return list(self._values.values())

    def walk(self, source: Any, target: Any, orders: Sequence[Arrangement]) -> list[Arrangement]:
        """How the outputs of two models are arranged, for inputs that are arranged in a given way."""
        one, two = _graph(source), _graph(target)
        if len(one.outputs) != len(two.outputs):
            raise refused(f"wanted {len(one.outputs)} outputs of {target.name!r}, got {len(two.outputs)}.")
        tensors = _Tensors(zip(one.inputs, two.inputs, orders, strict=True))
        for node, other in _paired(tensors.calls(one), tensors.calls(two)):
            layers = node.outbound_layer, other.outbound_layer
            pair = Pair(*layers, node.input_shapes, node.output_shapes, other.output_shapes)
            given = tensors.orders(node.input_tensors, other.input_tensors, str(pair))
            results = self.layer(pair, given)
            tensors.add(zip(node.output_tensors, other.output_tensors, results, strict=True))
        return tensors.orders(one.outputs, two.outputs, f"the output of {source.name!r}")

    def layer(self, pair: Pair, given: list[Arrangement]) -> list[Arrangement]:
        if _is_model(pair.source) and _is_model(pair.target):
            return self.walk(pair.source, pair.target, given)
        check_settings(pair)
        results = rule_of(pair)(self, pair, given)
        for order, shape, other in zip(results, pair.outputs, pair.target_outputs, strict=True):
            if not fits(order.of(shape), other):
                raise refused(
                    f"the output of {pair} has the shape {shape} in the source; wanted {order.of(shape)} in "
                    f"the target, got {other}. Build both models alike but for dim_ordering."
                )
        if getattr(pair.source, "kernels_from_file", False):
            self.from_file.append(pair.target)
        return results

    def weights(self, pair: Pair, change: Change | None = None) -> None:
        weights, others = pair.source.weights_in_order(), pair.target.weights_in_order()
        names = {id(value): name for name, value in vars(pair.source).items()}
        values = K.batch_get_value(weights)
        if len(weights) != len(others):
            raise refused(f"{pair} has {len(weights)} weights in the source, {len(others)} in the target.")
        for weight, value, other in zip(weights, values, others, strict=True):
            new = value if change is None else change(names.get(id(weight), ""), value)
            shape = tuple(K.get_variable_shape(other))
            if new.shape != shape:
                raise refused(
                    f"a weight of {pair} has the shape {value.shape} in the source; wanted {new.shape} in "
                    f"the target, got {shape}. Build both models alike but for dim_ordering."
                )
            noted = self._values.setdefault(id(other), (other, new))
            if not np.array_equal(noted[1], new, equal_nan=True):
                raise refused(
                    f"{pair} is used at several places, which ask for its weights in different orders."
                )

    def check_complete(self, target: Any) -> None:
        """Raises ValueError if a weight of the target was met nowhere."""
        left = [weight for weight in target.weights_in_order() if id(weight) not in self._values]
        if left:
            raise refused(
                f"{len(left)} weights of the target belong to no layer between its inputs and its outputs, "
                f"the first one is {getattr(left[0], 'name', None)!r}."
            )
