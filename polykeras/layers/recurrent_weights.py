"""The weights of recurrent layers, gate by gate or side by side, and the dropout along a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from .. import activations, initializations, regularizers
from .. import backend as K
from ..engine.spec import InputSpec
from ..utils.generic_utils import object_name
from .parts import fraction, known_size, part_config, positive_int, set_initial_weights
from .recurrent_base import Recurrent, dropped_features, time_distributed_dense, zero_state

Shape = tuple[int | None, ...]


def masked(x: Any, mask: Any) -> Any:
    """`x` times a dropout mask; the number 1 stands for none."""
    return x * mask if K.is_tensor(mask) else x


def dropout_mask(x: Any, size: int, level: float) -> Any:
    """A mask ``(samples, size)`` for an input ``(samples, time, features)``: ones when testing."""
    ones = zero_state(x, size) + 1.0
    return K.in_train_phase(lambda: K.dropout(ones, level), ones)


class _Weighted(Recurrent):
    """A recurrent layer with an array W for the input, an array U for the state and a shift b for each gate.

    With ``consume_less='gpu'`` the arrays of all gates lie side by side in one W, one U and one b; else each
    gate has its own, and W, U and b are these side by side.

    Args:
        output_dim: number of units.
        init, inner_init: initializations of W and of U, a name or a function ``f(shape, name=None)``.
        activation: of the output, a name or a function.
        W_regularizer, U_regularizer, b_regularizer: penalties on the weights.
        dropout_W: the fraction of the input's features to leave out while training.
        dropout_U: the fraction of the state's features to leave out while training. Both leave the same
            features out at all steps of a sequence (Gal and Ghahramani, 2016).
        **kwargs: those of `Recurrent`.
    """

    GATES: ClassVar[tuple[str, ...]] = ("",)
    """The gates in the order of `get_weights`. A single one has no name."""
    COLUMNS: ClassVar[tuple[str, ...]] = ("",)
    """The gates as they lie side by side."""

    W: Any
    U: Any
    b: Any

    def __init__(
        self,
        output_dim: int,
        init: Any,
        inner_init: Any,
        activation: Any,
        W_regularizer: Any,
        U_regularizer: Any,
        b_regularizer: Any,
        dropout_W: float,
        dropout_U: float,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.output_dim = positive_int(where, "output_dim", output_dim)
        self.init = initializations.get(init)
        self.inner_init = initializations.get(inner_init)
        self.activation = activations.get(activation)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.U_regularizer = regularizers.get(U_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.dropout_W = fraction(where, "dropout_W", dropout_W)
        self.dropout_U = fraction(where, "dropout_U", dropout_U)
        if self.dropout_W or self.dropout_U:
            self.uses_learning_phase = True
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        self.input_spec = [InputSpec(shape=tuple(input_shape))]
        self.input_dim = known_size(self.name, input_shape, 2)
        self._start_states()
        if self._whole():
            self.W, self.U, self.b = self._add_arrays("", self.COLUMNS)
        else:
            for gate in self.GATES:
                for kind, array in zip("WUb", self._add_arrays(f"_{gate}", (gate,)), strict=True):
                    setattr(self, f"{kind}_{gate}", array)
            self.W, self.U, self.b = (self._side_by_side(kind) for kind in "WUb")
        set_initial_weights(self)
        self.built = True

    def _whole(self) -> bool:
        """Whether there is one array for all gates."""
        return self.consume_less == "gpu" or len(self.GATES) == 1

    def _add_arrays(self, suffix: str, gates: Sequence[str]) -> tuple[Any, Any, Any]:
        """Makes W, U and b for some gates that lie side by side."""
        units = self.output_dim

        def shift(shape: Sequence[int], name: str | None = None) -> Any:
            parts = [K.get_value(self._bias_init(gate)((units,))) for gate in gates]
            return K.variable(np.concatenate(parts), name=name)

        width = len(gates) * units
        plan = [
            ("W", (self.input_dim or 0, width), self.init, self.W_regularizer),
            ("U", (units, width), self.inner_init, self.U_regularizer),
            ("b", (width,), shift, self.b_regularizer),
        ]
        W, U, b = (
            self.add_weight(
                shape, initializer=init, name=f"{self.name}_{kind}{suffix}", regularizer=regularizer
            )
            for kind, shape, init, regularizer in plan
        )
        return W, U, b

    def _bias_init(self, gate: str) -> Any:
        """The initialization of the shift of a gate."""
        return initializations.zero

    def _side_by_side(self, kind: str) -> Any:
        """The arrays W, U or b of all gates in one."""
        if self._whole():
            return getattr(self, kind)
        return K.concatenate([getattr(self, f"{kind}_{gate}") for gate in self.COLUMNS])

    def preprocess_input(self, x: Any) -> Any:
        return self._projected(x) if self.consume_less == "cpu" else x

    def _projected(self, x: Any) -> Any:
        """The inputs of all steps, multiplied by their weights: ``(samples, time, gates * output_dim)``."""
        if self._of_one_product():
            W, b = self._side_by_side("W"), self._side_by_side("b")
            return time_distributed_dense(x, W, b, self.dropout_W)
        parts = [
            time_distributed_dense(x, getattr(self, f"W_{gate}"), getattr(self, f"b_{gate}"), self.dropout_W)
            for gate in self.COLUMNS
        ]
        return K.concatenate(parts)

    def _of_one_product(self) -> bool:
        """Whether all gates get the same features of an input."""
        return self._whole() or not 0 < self.dropout_W < 1

    def get_constants(self, x: Any) -> list[Any]:
        """The dropout masks of the state and those of the input: a list of one for each gate, 1 without."""
        level = 0.0 if self.consume_less == "cpu" else self.dropout_W
        return [
            self._masks(x, self.output_dim, self.dropout_U),
            self._masks(x, (K.int_shape(x) or (None,) * 3)[2], level),
        ]

    def _columns(self, z: Any) -> list[Any]:
        """The parts of the gates, side by side in `z`."""
        units = self.output_dim
        return [z[:, start : start + units] for start in range(0, len(self.COLUMNS) * units, units)]

    def _gate_inputs(self, x: Any, masks: list[Any]) -> list[Any]:
        """For each gate what one step's input contributes, where each gate has arrays of its own."""
        if self.consume_less == "cpu":
            return self._columns(x)
        return [
            K.dot(masked(x, mask), getattr(self, f"W_{gate}")) + getattr(self, f"b_{gate}")
            for gate, mask in zip(self.COLUMNS, masks, strict=True)
        ]

    def _masks(self, x: Any, size: Any, level: float) -> list[Any]:
        if not 0 < level < 1:
            return [K.cast_to_floatx(1.0)] * len(self.GATES)
        return [dropout_mask(x, size, level) for _ in self.GATES]

    def get_config(self) -> dict[str, Any]:
        name = self.name
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "init": object_name(name, "init", self.init),
            "inner_init": object_name(name, "inner_init", self.inner_init),
            "activation": object_name(name, "activation", self.activation),
            "W_regularizer": part_config(name, "W_regularizer", self.W_regularizer),
            "U_regularizer": part_config(name, "U_regularizer", self.U_regularizer),
            "b_regularizer": part_config(name, "b_regularizer", self.b_regularizer),
            "dropout_W": self.dropout_W,
            "dropout_U": self.dropout_U,
        }


class _Gated(_Weighted):
    """A recurrent layer whose gates have an activation of their own, ``inner_activation``."""

    inner_activation: Any

    def _plain(self, cls: type) -> bool:
        """Whether K's own operation for the layer `cls` computes what this layer does."""
        return (
            not self._overrides(cls, "step", "preprocess_input", "get_constants")
            and not self.unroll
            and not 0 < self.dropout_U < 1
            and self.activation is activations.tanh
            and self.inner_activation in (activations.hard_sigmoid, activations.sigmoid)
        )

    def _run_by(
        self, operation: Any, x: Any, initial_states: list[Any], mask: Any
    ) -> tuple[Any, Any, list[Any]]:
        """What `_run` returns, by K's own operation."""
        weights = {}
        if self._of_one_product():
            x = dropped_features(x, self.dropout_W)
            weights = {kind: self._side_by_side(kind) for kind in "Wb"}
        else:
            x = self._projected(x)
        return operation(
            x,
            self._side_by_side("U"),
            initial_states,
            mask=mask,
            go_backwards=self.go_backwards,
            inner_activation=self.inner_activation.__name__,
            **weights,
        )

    def get_config(self) -> dict[str, Any]:
        activation = object_name(self.name, "inner_activation", self.inner_activation)
        return {**super().get_config(), "inner_activation": activation}
