"""What recurrent layers have in common: the loop over time, states, masks; and weights gate by gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from .. import activations, initializations, regularizers
from .. import backend as K
from ..engine.layer import Layer
from ..engine.spec import InputSpec
from ..errors import check_choice
from ..utils.generic_utils import object_name
from .parts import check_weights, fraction, known_size, part_config, positive_int, set_initial_weights

Shape = tuple[int | None, ...]

CONSUME_LESS = ("cpu", "mem", "gpu")


def time_distributed_dense(
    x: Any,
    w: Any,
    b: Any = None,
    dropout: float | None = None,
    input_dim: int | None = None,
    output_dim: int | None = None,
    timesteps: int | None = None,
) -> Any:
    """x . w + b at each time step.

    Args:
        x: ``(samples, time, input_dim)``.
        w: ``(input_dim, output_dim)``.
        b: ``(output_dim,)``, or None.
        dropout: the fraction of features that are left out while training, the same at all steps of a
            sequence.
        input_dim, output_dim, timesteps: sizes, for use where `x` and `w` do not tell them.

    Returns:
        ``(samples, time, output_dim)``.
    """
    if dropout is not None and 0 < dropout < 1:
        x = _dropped_features(x, dropout)
    y = K.dot(x, w)
    if b is not None:
        y = y + b
    if None in (output_dim, timesteps) or None not in (K.int_shape(y) or (None,))[1:]:
        return y
    return K.reshape(y, (-1, timesteps, output_dim))


def _dropped_features(x: Any, level: float) -> Any:
    """`x` with the same features left out at all time steps of a sequence, while training."""
    return K.in_train_phase(lambda: K.dropout(x, level, noise_shape=(K.shape(x)[0], 1, K.shape(x)[2])), x)


def _zeros(x: Any, size: int) -> Any:
    """Zeros of the shape ``(samples, size)`` for an input ``(samples, time, features)``."""
    return K.tile(K.expand_dims(K.sum(K.zeros_like(x[:, :1, :1]), axis=(1, 2))), [1, size])


def dropout_mask(x: Any, size: int, level: float) -> Any:
    """A mask ``(samples, size)`` for an input ``(samples, time, features)``: ones when testing."""
    ones = _zeros(x, size) + 1.0
    return K.in_train_phase(lambda: K.dropout(ones, level), ones)


def reset_states(layer: Any, count: int, shape: Sequence[int]) -> None:
    """Sets the states of a stateful layer to zeros, and makes them if there are none.

    Args:
        layer: the layer, with an ``input_spec`` of the complete shape of its input.
        count: how many states it has.
        shape: the shape of each for one sample.

    Raises:
        ValueError: if the layer is not stateful, or the batch size is not known.
    """
    if not layer.stateful:
        raise ValueError(
            f"{layer.name}: only a layer with stateful=True has states to reset. Set that when you make it."
        )
    spec = layer.input_spec[0].shape
    if spec is None or spec[0] is None:
        got = "the layer has not been called yet" if spec is None else f"got an input of the shape {spec}"
        raise ValueError(
            f"{layer.name}: a stateful layer needs a fixed batch size, {got}. Give the first layer "
            "batch_input_shape=(batch size, steps, ...), or use Input(batch_shape=...)."
        )
    states = getattr(layer, "states", None)
    if not states or any(state is None for state in states):
        layer.states = [K.zeros((spec[0], *shape)) for _ in range(count)]
    else:
        K.batch_set_value([(state, np.zeros(K.get_variable_shape(state))) for state in states])


class Recurrent(Layer):
    """Base of the layers that go through a sequence step by step.

    Input: ``(samples, time, input_dim)``. Output: ``(samples, output_dim)``, of the last step; or of all
    steps ``(samples, time, output_dim)`` with `return_sequences`. A mask ``(samples, time)``, such as that of
    `Masking`, marks steps to be passed over: there the output of the step before is repeated (zeros before
    the first that counts), and the states stay as they are.

    A layer of one's own needs ``output_dim``, `build` (which makes the weights, sets ``input_spec`` to the
    complete shape and ``states`` to a list of None, one for each state) and `step`; where there is use for
    them `get_constants`, `preprocess_input` and `get_initial_states`.

    Args:
        weights: start values, in the order of `get_weights`.
        return_sequences: whether the outputs of all steps are given out, or just the last.
        go_backwards: whether the last step comes first; the outputs then stay in that order.
        stateful: whether a batch starts from the states that the batch before has ended with, sample by
            sample. The batch size must then be fixed, by ``batch_input_shape``.
        unroll: whether the steps are written out one after another, which is faster for a few steps and takes
            more memory; their number must be known.
        consume_less: how the layer computes: ``'cpu'``: the inputs of all steps are multiplied by their
            weights at once; ``'mem'``: step by step; ``'gpu'``: as 'mem', with the weights of all gates in
            one array (other arrays in `get_weights`). The results are the same.
        input_dim: size of the input's last axis, for the first layer of a model.
        input_length: the number of steps, for the first layer of a model, if it is fixed.
        **kwargs: those of `Layer`.

    Attributes:
        states: the states (variables) of a stateful layer; else a None for each.
    """

    states: list[Any]
    output_dim: int
    state_count: ClassVar[int] = 1
    _shape_implied = False

    def __init__(
        self,
        weights: Any = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        consume_less: str = "cpu",
        input_dim: int | None = None,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.return_sequences = return_sequences
        self.initial_weights = check_weights(where, weights)
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.consume_less = check_choice(where, "consume_less", consume_less, CONSUME_LESS)
        self.supports_masking = True
        self.input_spec = [InputSpec(ndim=3)]
        self.input_dim = None if input_dim is None else positive_int(where, "input_dim", input_dim)
        self.input_length = (
            None if input_length is None else positive_int(where, "input_length", input_length)
        )
        if self.input_dim is not None:
            given = kwargs.get("batch_input_shape", kwargs.get("input_shape"))
            if given is None:
                kwargs["input_shape"] = (self.input_length, self.input_dim)
            elif given[-1] != self.input_dim or self.input_length not in (None, given[-2]):
                raise ValueError(
                    f"{where}: input_dim={input_dim} and input_length={input_length} contradict the input's "
                    f"shape {tuple(given)}. Give one of the two."
                )
        super().__init__(**kwargs)

    # What subclasses write

    def step(self, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """One step.

        Args:
            x: the input of the step ``(samples, ...)``, as `preprocess_input` has made it.
            states: the states ``(samples, ...)``, followed by what `get_constants` returns.

        Returns:
            The output ``(samples, output_dim)``, and the list of new states.
        """
        raise NotImplementedError(
            f"{type(self).__name__}: a recurrent layer needs a method step(x, states) that returns its "
            "output and the list of new states."
        )

    def get_constants(self, x: Any) -> list[Any]:
        """What each step gets besides the states, for an input `x` ``(samples, time, input_dim)``."""
        return []

    def get_initial_states(self, x: Any) -> list[Any]:
        """The states before the first step, zeros ``(samples, output_dim)``, for an input `x`."""
        zeros = _zeros(x, self.output_dim)
        return [zeros for _ in self.states]

    def preprocess_input(self, x: Any) -> Any:
        """What the steps go through, ``(samples, time, ...)``, for an input `x`."""
        return x

    # The layer

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        if self.return_sequences:
            return (input_shape[0], input_shape[1], self.output_dim)
        return (input_shape[0], self.output_dim)

    def compute_mask(self, input: Any, mask: Any) -> Any:  # type: ignore[override]
        return mask if self.return_sequences else None

    def call(self, x: Any, mask: Any = None) -> Any:
        initial_states = self.states if self.stateful else self.get_initial_states(x)
        last, outputs, states = self._run(x, list(initial_states), mask)
        if self.stateful:
            pairs = zip(self.states, states, strict=True)
            self.add_update([K.update(state, after) for state, after in pairs], x)
        return outputs if self.return_sequences else last

    def _run(self, x: Any, initial_states: list[Any], mask: Any) -> tuple[Any, Any, list[Any]]:
        """The last output, all outputs and the last states."""
        return K.rnn(
            self.step,
            self.preprocess_input(x),
            initial_states,
            go_backwards=self.go_backwards,
            mask=mask,
            constants=self.get_constants(x),
            unroll=self.unroll,
            input_length=(K.int_shape(x) or (None, None))[1],
        )

    def reset_states(self) -> None:
        """Sets the states of a stateful layer to zeros.

        Raises:
            ValueError: if the layer is not stateful, or the batch size is not known.
        """
        reset_states(self, self.state_count, (self.output_dim,))

    def _start_states(self) -> None:
        """Makes the states; to be called by `build`, when ``input_spec`` holds the complete shape."""
        self.states = [None] * self.state_count
        if self.stateful:
            self.reset_states()

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "consume_less": self.consume_less,
        }
        if self._shape_implied:
            config = {key: config[key] for key in config if key not in ("batch_input_shape", "input_dtype")}
        if not self.stateful:
            return {**config, "input_dim": self.input_dim, "input_length": self.input_length}
        if self.input_spec[0].shape is not None:
            config["batch_input_shape"] = self.input_spec[0].shape
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        layer = super().from_config(config)
        # Every layer that has been called writes its input_dim, but only the first its batch_input_shape.
        layer._shape_implied = "batch_input_shape" not in config and "input_shape" not in config
        return layer


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
        if self._whole() or not 0 < self.dropout_W < 1:
            W, b = self._side_by_side("W"), self._side_by_side("b")
            return time_distributed_dense(x, W, b, self.dropout_W)
        parts = [
            time_distributed_dense(x, getattr(self, f"W_{gate}"), getattr(self, f"b_{gate}"), self.dropout_W)
            for gate in self.COLUMNS
        ]
        return K.concatenate(parts)

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

    def _own(self, cls: type) -> bool:
        """Whether the layer computes as `cls` does, and no subclass in another way."""
        methods = ("step", "preprocess_input", "get_constants")
        return not any(name in self.__dict__ for name in methods) and all(
            getattr(type(self), name) is getattr(cls, name) for name in methods
        )

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
            self._own(cls)
            and not self.unroll
            and not 0 < self.dropout_U < 1
            and self.activation is activations.tanh
            and self.inner_activation in (activations.hard_sigmoid, activations.sigmoid)
        )

    def get_config(self) -> dict[str, Any]:
        activation = object_name(self.name, "inner_activation", self.inner_activation)
        return {**super().get_config(), "inner_activation": activation}


def masked(x: Any, mask: Any) -> Any:
    """`x` times a dropout mask; the number 1 stands for none."""
    return x * mask if K.is_tensor(mask) else x
