"""Layers with several inputs and one output: sums, products, joints, dot products, or a function."""

from __future__ import annotations

import copy
import inspect
import types
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from .. import backend as K
from ..errors import check_choice
from ..utils.custom_objects import get_custom_objects, objects_for_layers
from ..utils.generic_utils import func_dump, known_function, object_name, stored_function
from ..utils.limits import reads_arguments
from .keywords import checked_keywords
from .layer import Layer
from .spec import Shape, describe, is_keras_tensor, one_or_list

ELEMENTWISE_MODES = ("sum", "mul", "ave", "max")
PRODUCT_MODES = ("dot", "cos")
MERGE_MODES = ("sum", "mul", "concat", "ave", "cos", "dot", "max")


class Merge(Layer):
    """Makes one tensor of several. `merge` does the same for tensors at hand.

    Args:
        layers: the layers whose outputs are merged, at once; None: the layer is to be called on a list of
            tensors, once.
        mode: ``'sum'``, ``'mul'``, ``'ave'``, ``'max'`` (element by element); ``'concat'``; ``'dot'`` and
            ``'cos'`` (of two tensors, sample by sample; `cos` of two matrices gives (samples, 1, 1)); or a
            function from the list of tensors to a tensor. If it has an argument ``mask``, it gets the list of
            masks there.
        concat_axis: the axis along which ``'concat'`` joins.
        dot_axes: the axis of each tensor that ``'dot'`` and ``'cos'`` sum over: an integer for both, or a
            list of two.
        output_shape: for a function the shape of its output: a tuple without the axis of samples, or a
            function from the list of complete shapes to the complete shape; None: it is taken from the
            tensor.
        output_mask: for a function the mask of its output: a tensor, or a function from the list of masks to
            the mask; None: no mask.
        arguments: further keyword arguments of the function.
        node_indices, tensor_indices: for each of `layers` which of its nodes and which output of it is meant.
        name: by default ``merge_1``, ``merge_2``, ...

    Raises:
        TypeError: if there are not at least two layers, or `dot_axes` is of the wrong type.
        ValueError: if the mode is unknown, or the shapes do not fit it.
    """

    supports_masking = True

    @checked_keywords("Merge", {})
    def __init__(
        self,
        layers: Any = None,
        mode: Any = "sum",
        concat_axis: int = -1,
        dot_axes: Any = -1,
        output_shape: Any = None,
        output_mask: Any = None,
        arguments: dict[str, Any] | None = None,
        node_indices: Sequence[int] | None = None,
        tensor_indices: Sequence[int] | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        if not callable(mode):
            check_choice("Merge", "mode", mode, MERGE_MODES)
        self.layers = layers
        self.mode = mode
        self.concat_axis = concat_axis
        self.dot_axes = dot_axes
        self._output_shape = tuple(output_shape) if isinstance(output_shape, list) else output_shape
        self._output_mask = output_mask
        self.arguments = dict(arguments or {})
        self.node_indices = node_indices
        self.tensor_indices = tensor_indices
        self.built = False
        if layers is not None and not (isinstance(layers, (list, tuple)) and not layers):
            self._merge_layers(layers, node_indices, tensor_indices)

    def _merge_layers(self, layers: Any, node_indices: Any, tensor_indices: Any) -> None:
        if not isinstance(layers, (list, tuple)) or len(layers) < 2:
            raise TypeError(
                f"{self.name}: wanted a list of at least 2 layers to merge, got {layers!r}. To merge "
                "tensors, use the function merge([tensor_1, tensor_2])."
            )
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(
                    f"{self.name}: wanted layers or models to merge, got {describe(layer)}. To merge "
                    "tensors, use the function merge([tensor_1, tensor_2])."
                )
            if not layer.inbound_nodes:
                raise ValueError(
                    f"{self.name}: the layer {layer.name!r} has no output to merge: it is not connected. "
                    "Give it an input_shape in a Sequential model, or call it on a tensor."
                )
        nodes = list(node_indices or [0] * len(layers))
        tensors = list(tensor_indices or [0] * len(layers))
        shapes = [
            layer.inbound_nodes[node].output_shapes[tensor]
            for layer, node, tensor in zip(layers, nodes, tensors, strict=True)
        ]
        self._check_shapes(shapes)
        self.built = True
        self.add_inbound_node(layers, nodes, tensors)

    def __call__(self, inputs: Any, mask: Any = None) -> Any:
        """Merges tensors. A `Merge` is called only once, and never if it was made with `layers`.

        Args:
            inputs: a list of tensors, two at least.
            mask: the list of masks of the engine's own tensors; outputs of layers bring theirs along.

        Raises:
            RuntimeError: if it was called before.
            TypeError: if `inputs` is not such a list.
        """
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise TypeError(
                f"{self.name}: wanted a list of at least 2 tensors, got "
                f"{describe(inputs) if K.is_tensor(inputs) else inputs!r}."
            )
        if self.built:
            raise RuntimeError(
                f"{self.name}: a Merge layer can be used only once. Use the function "
                "merge([tensor_1, tensor_2]), which makes a new one each time."
            )
        return super().__call__(list(inputs), mask)

    def build(self, input_shape: Any) -> None:
        self._check_shapes(list(input_shape))
        self.built = True

    def _check_shapes(self, shapes: list[Shape]) -> None:
        if self.mode in ELEMENTWISE_MODES:
            if not _compatible(shapes):
                raise ValueError(
                    f"{self.name}: mode {self.mode!r} wants inputs of the same shape, got {_listed(shapes)}. "
                    "Reshape them, or use mode='concat'."
                )
        elif self.mode == "concat":
            self._check_concat(shapes)
        elif self.mode in PRODUCT_MODES:
            self._check_product(shapes)

    def _check_concat(self, shapes: list[Shape]) -> None:
        axis = self.concat_axis
        fits = len({len(shape) for shape in shapes}) == 1 and -len(shapes[0]) <= axis < len(shapes[0])
        if fits:
            position = axis % len(shapes[0])
            fits = _compatible([(*shape[:position], *shape[position + 1 :]) for shape in shapes])
        if not fits:
            raise ValueError(
                f"{self.name}: mode 'concat' wants inputs whose shapes differ along axis {axis} only, got "
                f"{_listed(shapes)}. Choose another concat_axis, or reshape the inputs."
            )

    def _check_product(self, shapes: list[Shape]) -> None:
        if len(shapes) != 2:
            raise ValueError(f"{self.name}: mode {self.mode!r} wants exactly 2 inputs, got {len(shapes)}.")
        axes = self.dot_axes
        if _is_int(axes):
            # A negative axis is counted from each end, a positive one is the same for both.
            axes = [axes % len(shape) for shape in shapes] if axes < 0 else [axes, axes]
        if not isinstance(axes, (list, tuple)) or len(axes) != 2 or not all(_is_int(axis) for axis in axes):
            raise TypeError(
                f"{self.name}: dot_axes must be an integer or a list of 2 integers, got {self.dot_axes!r}."
            )
        for axis, shape in zip(axes, shapes, strict=True):
            if not -len(shape) <= axis < len(shape):
                raise ValueError(
                    f"{self.name}: dot_axes={self.dot_axes}: there is no axis {axis} in {shape}."
                )
        axes = [axis % len(shape) for axis, shape in zip(axes, shapes, strict=True)]
        first, second = (shape[axis] for axis, shape in zip(axes, shapes, strict=True))
        if first is not None and second is not None and first != second:
            raise ValueError(
                f"{self.name}: mode {self.mode!r} sums over axis {axes[0]} of the first and axis {axes[1]} "
                f"of the second input, which must have the same size, got {first} and {second} in "
                f"{_listed(shapes)}. Choose other dot_axes."
            )
        if self.mode == "cos":
            rest = [(*shape[:axis], *shape[axis + 1 :]) for axis, shape in zip(axes, shapes, strict=True)]
            if not _compatible(rest):
                raise ValueError(
                    f"{self.name}: mode 'cos' wants inputs of the same shape but for the axes {axes} that it "
                    f"sums over, got {_listed(shapes)}. Reshape them, or normalise them and use mode 'dot'."
                )
        self.dot_axes = axes

    def call(self, inputs: Any, mask: Any = None) -> Any:
        inputs = list(inputs)
        mode = self.mode
        if callable(mode):
            arguments = dict(self.arguments)
            if _takes(mode, "mask"):
                arguments["mask"] = mask
            return mode(inputs, **arguments)
        if mode == "sum":
            return reduce(lambda left, right: left + right, inputs)
        if mode == "ave":
            return reduce(lambda left, right: left + right, inputs) / float(len(inputs))
        if mode == "mul":
            return reduce(lambda left, right: left * right, inputs)
        if mode == "max":
            return reduce(K.maximum, inputs)
        if mode == "concat":
            return K.concatenate(inputs, axis=self.concat_axis)
        left, right = inputs
        product = K.batch_dot(left, right, self.dot_axes)
        if mode == "dot":
            return product
        first, second = self.dot_axes
        squares = K.batch_dot(left, left, [first, first]) * K.batch_dot(right, right, [second, second])
        return K.expand_dims(product / K.maximum(K.sqrt(squares), K.epsilon()), 1)

    def get_output_shape_for(self, input_shape: Any) -> Any:
        shapes = [tuple(shape) for shape in input_shape]
        if callable(self.mode):
            if callable(self._output_shape):
                return self._output_shape(input_shape)
            return None if self._output_shape is None else (shapes[0][0], *self._output_shape)
        if self.mode in ELEMENTWISE_MODES:
            return tuple(
                next((size for size in sizes if size is not None), None)
                for sizes in zip(*shapes, strict=True)
            )
        if self.mode == "concat":
            axis = self.concat_axis % len(shapes[0])
            joined = [shape[axis] for shape in shapes]
            total = None if None in joined else sum(size for size in joined if size is not None)
            return (*shapes[0][:axis], total, *shapes[0][axis + 1 :])
        left, right = (list(shape) for shape in shapes)
        left.pop(self.dot_axes[0])
        right.pop(self.dot_axes[1])
        output = left + right[1:]
        if len(output) == 1:
            output.append(1)
        if self.mode == "cos":
            output.insert(1, 1)
        return tuple(output)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        masks = list(mask) if isinstance(mask, (list, tuple)) else [mask]
        if callable(self.mode):
            return self._output_mask(mask) if callable(self._output_mask) else self._output_mask
        known = [each for each in masks if each is not None]
        if not known or self.mode in PRODUCT_MODES:
            return None
        with K.graph_scope():
            if self.mode == "concat":
                return self._concat_mask(list(inputs), masks)
            return _all_of(known)

    def _concat_mask(self, inputs: list[Any], masks: list[Any]) -> Any:
        """The mask of joined tensors: joined masks if they have the joint's axis, else what all allow."""
        known = [mask for mask in masks if mask is not None]
        axes = int(K.ndim(known[0]) or 0)
        axis = self.concat_axis % int(K.ndim(inputs[0]) or 1)
        if axis >= axes:
            return _all_of(known)
        parts = [
            K.cast(_ones_like_mask(tensor, axes) if mask is None else mask, "bool")
            for tensor, mask in zip(inputs, masks, strict=True)
        ]
        return K.concatenate(parts, axis=axis)

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"name": self.name}
        parts = {"mode": self.mode, "output_shape": self._output_shape, "output_mask": self._output_mask}
        for key, value in parts.items():
            config[key], config[f"{key}_type"] = self._to_config(key, value)
        return {
            **config,
            "concat_axis": self.concat_axis,
            "dot_axes": self.dot_axes,
            "arguments": copy.deepcopy(self.arguments),
        }

    def _to_config(self, key: str, value: Any) -> tuple[Any, str]:
        if isinstance(value, types.FunctionType):
            return func_dump(value), "lambda"
        if callable(value):
            return object_name(self.name, key, value), "function"
        if K.is_tensor(value):
            raise TypeError(
                f"{self.name}: {key} is a tensor and cannot be saved. Use a function from masks to mask "
                f"instead."
            )
        return value, "raw"

    @classmethod
    @reads_arguments
    def from_config(cls, config: dict[str, Any]) -> Merge:
        """A merge layer of the configuration that `get_config` has returned.

        Functions that were saved by name are looked for among the custom objects; one under the name of the
        layer (``<name>_output_shape``, ``<name>_output_mask`` for the others) is taken whatever was saved.

        Raises:
            ValueError: if a function is not known.
        """
        config = {key: value for key, value in config.items() if key != "trainable"}
        known, by_layer = get_custom_objects(), objects_for_layers()
        name = str(config.get("name"))
        for key, custom in (
            ("mode", name),
            ("output_shape", f"{name}_output_shape"),
            ("output_mask", f"{name}_output_mask"),
        ):
            kind = config.pop(f"{key}_type", "raw")
            where = f"Merge layer {name!r}"
            if custom in by_layer and kind != "raw":
                config[key] = known_function(where, custom, by_layer)
            elif kind == "function":
                config[key] = known_function(where, config[key], known)
            elif kind == "lambda":
                config[key] = stored_function(where, custom, config[key])
        return cls(**config)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _takes(function: Callable[..., Any], argument: str) -> bool:
    try:
        return argument in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some callables written in C have no signature
        return False


def _compatible(shapes: Sequence[Shape]) -> bool:
    """Whether shapes are equal where their sizes are known."""
    if len({len(shape) for shape in shapes}) > 1:
        return False
    return all(len(set(sizes) - {None}) <= 1 for sizes in zip(*shapes, strict=True))


def _listed(shapes: Sequence[Shape]) -> str:
    return ", ".join(str(shape) for shape in shapes)


def _all_of(masks: list[Any]) -> Any:
    """True where all masks are."""
    if len(masks) == 1:
        return masks[0]
    return K.all(K.stack([K.cast(mask, "bool") for mask in masks]), axis=0)


def _ones_like_mask(tensor: Any, axes: int) -> Any:
    """A mask with that many axes that leaves the whole tensor in."""
    ones = K.cast(K.ones_like(tensor), "bool")
    for _ in range(int(K.ndim(tensor) or 0) - axes):
        ones = K.all(ones, axis=-1)
    return ones


@checked_keywords("merge", {})
def merge(
    inputs: Any,
    mode: Any = "sum",
    concat_axis: int = -1,
    dot_axes: Any = -1,
    output_shape: Any = None,
    output_mask: Any = None,
    arguments: dict[str, Any] | None = None,
    name: str | None = None,
) -> Any:
    """Makes one tensor of several, by a new `Merge` layer; the arguments are those of `Merge`.

    Args:
        inputs: a list of tensors, two at least.

    Returns:
        The merged tensor.
    """
    options = {
        "mode": mode,
        "concat_axis": concat_axis,
        "dot_axes": dot_axes,
        "output_shape": output_shape,
        "output_mask": output_mask,
        "arguments": arguments,
        "name": name,
    }
    several = isinstance(inputs, (list, tuple)) and len(inputs) > 1
    if several and all(is_keras_tensor(x) for x in inputs):
        layers, nodes, tensors = (
            list(column) for column in zip(*(x._keras_history for x in inputs), strict=True)
        )
        layer = Merge(layers, node_indices=nodes, tensor_indices=tensors, **options)
        return one_or_list(layer.inbound_nodes[0].output_tensors)
    return Merge(**options)(inputs)
