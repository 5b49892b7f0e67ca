"""Small parts that the whole engine uses: lists, shapes, what a layer expects of its inputs."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import backend as K
from ..errors import LARGEST_INT, whole_number, whole_number_hint

Shape = tuple[int | None, ...]

MOST_AXES = 32


def to_list(x: Any) -> list[Any]:
    """`x` itself if it is a list, else a list that holds only `x`."""
    return x if isinstance(x, list) else [x]


def one_or_list(items: list[Any]) -> Any:
    """The only item of a list of one, else the list: how the engine hands tensors, masks and shapes out."""
    return items[0] if len(items) == 1 else items


def object_list_uid(object_list: Any) -> str:
    """A text that is the same for the same objects in the same order, while they live."""
    return ", ".join(str(abs(id(item))) for item in to_list(object_list))


def shape_tuple(where: str, name: str, value: Any) -> Shape:
    """A shape that a user has given, as a tuple of integers and None.

    Raises:
        TypeError: if `value` is not a tuple or list of integers and None.
        ValueError: if a size is negative.
    """
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        example = f" Write ({value},) for one axis." if isinstance(value, numbers.Integral) else ""
        raise TypeError(
            f"{where}: {name} must be a tuple of integers and None, such as (784,), got {value!r}.{example}"
        )
    sizes = tuple(value)
    if len(sizes) > MOST_AXES:
        raise ValueError(f"{where}: {name} must have at most {MOST_AXES} axes, got {len(sizes):,}.")
    for size in sizes:
        if size is not None and whole_number(size) is None:
            hint = whole_number_hint(size)
            raise TypeError(
                f"{where}: {name} must hold integers and None only, got {size!r} in {sizes}.{hint}"
            )
        if size is not None and size < 0:
            raise ValueError(
                f"{where}: {name} must hold no negative size, got {sizes}. Write None for any size."
            )
        if size is not None and size > LARGEST_INT:
            raise ValueError(f"{where}: {name} must hold no size above {LARGEST_INT}, got {size} in {sizes}.")
    return tuple(None if size is None else int(size) for size in sizes)


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is the output of a layer, or of `Input`, and so knows the graph of layers it comes from."""
    return getattr(x, "_keras_history", None) is not None


def shape_of(x: Any) -> Shape | None:
    """The shape of a tensor as the engine knows it; None if not even the number of axes is known."""
    known = getattr(x, "_keras_shape", None)
    return tuple(known) if known is not None else K.int_shape(x)


def describe(x: Any) -> str:
    """How a message names a tensor."""
    if is_keras_tensor(x):
        layer, node_index, tensor_index = x._keras_history
        return f"output {tensor_index} of layer {layer.name!r} (node {node_index}, shape {shape_of(x)})"
    if isinstance(x, np.ndarray):
        return f"a numpy array of shape {x.shape}"
    name = getattr(x, "name", None)
    return f"{type(x).__name__} {name!r}" if name else f"{type(x).__name__} {x!r}"


class InputSpec:
    """What a layer expects of one of its inputs; checked whenever the layer is called.

    Args:
        dtype: the element type, for example ``'float32'``; None: any.
        shape: a tuple with None for any size; None: any shape.
        ndim: the number of axes, or a text such as ``'2+'``: at least two; None: any.

    Raises:
        ValueError: if a text `ndim` is not a number followed by ``+``.
    """

    def __init__(self, dtype: str | None = None, shape: Any = None, ndim: int | str | None = None) -> None:
        if isinstance(ndim, str) and not (ndim.endswith("+") and ndim[:-1].isdigit()):
            raise ValueError(f"InputSpec: ndim must be an integer or a text such as '2+', got {ndim!r}.")
        self.dtype = dtype
        self.shape = shape
        self.ndim = len(shape) if shape is not None else ndim

    def __repr__(self) -> str:
        return f"InputSpec(dtype={self.dtype!r}, shape={self.shape!r}, ndim={self.ndim!r})"

    def check(self, where: str, index: int, x: Any) -> None:
        """Compares a tensor with what is expected of input number `index` of the layer `where`.

        Raises:
            ValueError: names the layer, what was wanted and what came.
        """
        shape = shape_of(x)
        axes = len(shape) if shape is not None else K.ndim(x)
        which = f"Layer {where!r}, input {index}"
        if self.ndim is not None and axes is not None:
            least = isinstance(self.ndim, str)
            wanted = int(str(self.ndim).rstrip("+"))
            if axes < wanted or (axes > wanted and not least):
                raise ValueError(
                    f"{which}: wanted {'at least ' if least else ''}{wanted} axes, got {axes} "
                    f"(shape {shape}). Reshape the tensor, or use a layer for such inputs."
                )
        if self.dtype is not None and K.dtype(x) != self.dtype:
            raise ValueError(
                f"{which}: wanted dtype {self.dtype!r}, got {K.dtype(x)!r}. Convert the tensor by K.cast."
            )
        if self.shape is None or shape is None:
            return
        for axis, (wanted_size, size) in enumerate(zip(self.shape, shape, strict=False)):
            if wanted_size is not None and size is not None and wanted_size != size:
                raise ValueError(
                    f"{which}: wanted shape {tuple(self.shape)}, got {shape}: axis {axis} must have size "
                    f"{wanted_size}."
                )


class ByInputs:
    """Losses or updates, filed under the input tensors that they depend on."""

    def __init__(self) -> None:
        # Keeps the input tensors alive too: the key is made of their identities.
        self._files: dict[str, tuple[list[Any], list[Any]]] = {}

    def add(self, inputs: Sequence[Any], items: Iterable[Any]) -> None:
        key = object_list_uid(list(inputs))
        self._files.setdefault(key, (list(inputs), []))[1].extend(items)

    def get(self, inputs: Sequence[Any]) -> list[Any]:
        """What was filed under exactly these tensors."""
        return list(self._files.get(object_list_uid(list(inputs)), ((), []))[1])

    def identities(self) -> set[int]:
        """The ids of all items."""
        return {id(item) for _, items in self._files.values() for item in items}


def distinct(items: Iterable[Any]) -> list[Any]:
    """The items without repetitions of the same object, in order."""
    return list({id(item): item for item in items}.values())
