"""Where a graph of layers begins."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from ..utils.limits import reads_arguments
from .keywords import checked_keywords
from .layer import Layer
from .node import Node, same_values
from .spec import Shape, describe, is_keras_tensor, shape_of, shape_tuple


class InputLayer(Layer):
    """A layer whose output is a placeholder, or a tensor that is given. `Input` makes one.

    Args:
        input_shape: the shape without the axis of samples.
        batch_input_shape: the shape with it; give one of the two.
        input_dtype: the dtype, by default `floatx`, or that of `input_tensor`.
        input_tensor: a tensor of the engine to start from, in place of a new placeholder. Its own shape wins
            over one that is given, where it is known.
        sparse: whether the placeholder is sparse.
        name: by default ``input_1``, ``input_2``, ...

    Raises:
        ValueError: if there is no shape, or there are two.
    """

    @checked_keywords("InputLayer", {})
    def __init__(
        self,
        input_shape: Any = None,
        batch_input_shape: Any = None,
        input_dtype: str | None = None,
        input_tensor: Any = None,
        sparse: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name or f"input_{K.get_uid('input')}", trainable=False)
        where = f"Input {self.name!r}"
        self.built = True
        self.sparse = sparse
        if input_shape is not None and batch_input_shape is not None:
            raise ValueError(
                f"{where}: wanted a shape either without the axis of samples (`shape`, `input_shape`) or "
                f"with it (`batch_shape`, `batch_input_shape`), got both: {input_shape} and "
                f"{batch_input_shape}."
            )
        if input_tensor is not None and not K.is_tensor(input_tensor):
            raise TypeError(
                f"{where}: `tensor` must be a tensor of the engine, got {describe(input_tensor)}."
            )
        shape: Shape | None = None
        if batch_input_shape is not None:
            shape = shape_tuple(where, "batch_shape", batch_input_shape)
        elif input_shape is not None:
            shape = (None, *shape_tuple(where, "shape", input_shape))
        if input_tensor is not None:
            shape = _shape_of_tensor(shape_of(input_tensor), shape)
        if shape is None:
            raise ValueError(
                f"{where}: wanted a shape, got none. Give `shape` without the axis of samples, for "
                "example Input(shape=(784,)), or `batch_shape` with it."
            )
        if input_tensor is None:
            self.input_dtype = input_dtype or K.floatx()
            input_tensor = K.placeholder(shape=shape, dtype=self.input_dtype, sparse=sparse, name=self.name)
        else:
            self.input_dtype = input_dtype or K.dtype(input_tensor)
            if is_keras_tensor(input_tensor):
                input_tensor = same_values(input_tensor)
        self.batch_input_shape = shape
        input_tensor._keras_shape = shape
        input_tensor._uses_learning_phase = False
        input_tensor._keras_history = (self, 0, 0)
        tensors = [input_tensor]
        Node(self, [], [], [], tensors, list(tensors), [None], [None], [shape], [shape])

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_input_shape": self.batch_input_shape,
            "input_dtype": self.input_dtype,
            "sparse": self.sparse,
            "name": self.name,
        }

    @classmethod
    @reads_arguments
    def from_config(cls, config: dict[str, Any]) -> InputLayer:
        """An input layer of the configuration that `get_config` has returned; ``trainable`` is ignored."""
        return cls(**{key: value for key, value in config.items() if key != "trainable"})


def _shape_of_tensor(own: Shape | None, given: Shape | None) -> Shape | None:
    """The shape of an input that starts from a tensor: its own, and what is given where that is open.

    Programs also gave the complete shape of the tensor as that without the axis of samples.
    """
    if own is None:
        return given
    if given is not None and len(given) == len(own) + 1:
        given = given[1:]
    if given is None or len(given) != len(own):
        return own
    return tuple(told if size is None else size for size, told in zip(own, given, strict=True))


@checked_keywords("Input", {"input_shape": "shape", "batch_input_shape": "batch_shape"})
def Input(
    shape: Any = None,
    batch_shape: Any = None,
    name: str | None = None,
    dtype: str | None = None,
    sparse: bool = False,
    tensor: Any = None,
) -> Any:
    """A tensor from which a model starts: data are fed there.

    Args:
        shape: the shape without the axis of samples, with None for any size: ``(784,)``.
        batch_shape: the shape with the axis of samples; give one of the two.
        name: of the input layer, unique in a model.
        dtype: by default `floatx`.
        sparse: whether sparse matrices are fed.
        tensor: a tensor of the engine to start from. Its own shape is taken, as far as it is known.

    Returns:
        The tensor.

    Raises:
        ValueError: if there is no shape, or there are two.
    """
    layer = InputLayer(
        input_shape=shape,
        batch_input_shape=batch_shape,
        input_dtype=dtype,
        input_tensor=tensor,
        sparse=sparse,
        name=name,
    )
    return layer.inbound_nodes[0].output_tensors[0]
