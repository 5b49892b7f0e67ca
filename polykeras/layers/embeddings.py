"""Vectors for whole numbers."""

from __future__ import annotations

from typing import Any

from .. import backend as K
from .. import constraints as constraints
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..engine.layer import Layer as Layer
from ..utils.generic_utils import object_name
from .parts import check_weights, fraction, part_config, positive_int, set_initial_weights

Shape = tuple[int | None, ...]


class Embedding(Layer):
    """A trained vector for each number of a vocabulary.

    Input: ``(samples, steps)``, whole numbers from 0 to ``input_dim - 1``; others are an error when the model
    is run. Output: ``(samples, steps, output_dim)``. Weights: ``W`` (input_dim, output_dim). Mask, if
    `mask_zero`: True where the number is not 0.

    Args:
        input_dim: size of the vocabulary.
        output_dim: size of a vector.
        init: initialization of ``W``, a name or a function ``f(shape, name=None)``.
        input_length: number of steps; None if it varies. A `Flatten` and a `Dense` behind need it.
        W_regularizer: penalty on ``W``.
        activity_regularizer: penalty on the output.
        W_constraint: projection of ``W`` after each update.
        mask_zero: whether the number 0 stands for "nothing here".
        weights: start values ``[W]``.
        dropout: fraction of the vocabulary whose vectors are 0 in a training step, the others being divided
            by ``1 - dropout`` (Gal and Ghahramani, 2016); with 0 or 1 nothing is dropped, as in Keras 1.
    """

    W: Any = None

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        init: Any = "uniform",
        input_length: int | None = None,
        W_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.input_dim = positive_int(where, "input_dim", input_dim)
        self.output_dim = positive_int(where, "output_dim", output_dim)
        self.init = initializations.get(init)
        self.input_length = (
            None if input_length is None else positive_int(where, "input_length", input_length)
        )
        self.mask_zero = mask_zero
        self.dropout = fraction(where, "dropout", dropout)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.initial_weights = check_weights(where, weights)
        if 0 < self.dropout < 1:
            self.uses_learning_phase = True
        if kwargs.get("input_shape") is None:
            kwargs["input_shape"] = (self.input_length,)
        kwargs["input_dtype"] = "int32"
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        self._steps(input_shape)
        self.W = self.add_weight(
            (self.input_dim, self.output_dim),
            initializer=self.init,
            name=f"{self.name}_W",
            regularizer=self.W_regularizer,
            constraint=self.W_constraint,
        )
        set_initial_weights(self)
        self.built = True

    def compute_mask(self, x: Any, mask: Any = None) -> Any:
        return K.not_equal(x, 0) if self.mask_zero else None

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *self._steps(input_shape), self.output_dim)

    def _steps(self, input_shape: Shape) -> Shape:
        """The sizes of the input's axes but the first, `input_length` being the second's.

        Raises:
            ValueError: if they contradict each other.
        """
        sizes = tuple(input_shape[1:])
        if self.input_length is None:
            return sizes
        if sizes not in ((None,), (self.input_length,)):
            raise ValueError(
                f"{self.name}: wanted an input of the shape (samples, {self.input_length}), as input_length "
                f"says, got {tuple(input_shape)}."
            )
        return (self.input_length,)

    def call(self, x: Any, mask: Any = None) -> Any:
        if K.dtype(x) != "int32":
            x = K.cast(x, "int32")
        rows = K.gather(self.W, x)
        if not 0 < self.dropout < 1:
            return rows

        def dropped() -> Any:
            kept = K.dropout(K.ones_like(self.W[:, :1]), self.dropout)  # a number for each row of W
            return rows * K.gather(kept, x)

        return K.in_train_phase(dropped, rows)

    def get_config(self) -> dict[str, Any]:
        name = self.name
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "init": object_name(name, "init", self.init),
            "input_length": self.input_length,
            "mask_zero": self.mask_zero,
            "activity_regularizer": part_config(name, "activity_regularizer", self.activity_regularizer),
            "W_regularizer": part_config(name, "W_regularizer", self.W_regularizer),
            "W_constraint": part_config(name, "W_constraint", self.W_constraint),
            "dropout": self.dropout,
        }
