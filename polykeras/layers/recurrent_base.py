"""What recurrent layers have in common: the loop over time, states, masks; and weights gate by gate."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import backend as K
from ..engine.layer import Layer
from ..engine.spec import InputSpec, shape_tuple
from ..errors import check_choice
from ..utils.limits import reads_arguments, spend, spend_numbers
from .parts import check_weights, input_size, positive_int

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
    y = K.dot(x if dropout is None else dropped_features(x, dropout), w)
    if b is not None:
        y = y + b
    if None in (output_dim, timesteps) or None not in (K.int_shape(y) or (None,))[1:]:
        return y
    return K.reshape(y, (-1, timesteps, output_dim))


def dropped_features(x: Any, level: float) -> Any:
    """`x` with the same features left out at all time steps of a sequence, while training."""
    if not 0 < level < 1:
        return x
    return K.in_train_phase(lambda: K.dropout(x, level, noise_shape=(K.shape(x)[0], 1, K.shape(x)[2])), x)


def zero_state(x: Any, size: int) -> Any:
    """Zeros of the shape ``(samples, size)`` for an input ``(samples, time, features)``."""
    return K.tile(K.expand_dims(K.sum(K.zeros_like(x[:, :1, :1]), axis=(1, 2))), [1, size])


class _Looping(Layer):
    """A layer that goes through the time steps of its input by `step`, and may keep its states.

    Args:
        weights: start values, in the order of `get_weights`.
        return_sequences: whether the outputs of all steps are given out, or just the last.
        go_backwards: whether the last step comes first.
        stateful: whether a batch starts from the states that the batch before has ended with.
        **kwargs: those of `Layer`.

    Attributes:
        states: the states (variables) of a stateful layer; else a None for each.
    """

    states: list[Any]
    state_count: ClassVar[int] = 1
    """How many states there are."""

    def __init__(
        self,
        weights: Any,
        return_sequences: bool,
        go_backwards: bool,
        stateful: bool,
        **kwargs: Any,
    ) -> None:
        self.return_sequences = return_sequences
        self.initial_weights = check_weights(type(self).__name__, weights)
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.supports_masking = True
        super().__init__(**kwargs)

    def step(self, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """One step.

        Args:
            x: the input of the step ``(samples, ...)``, as `preprocess_input` has made it.
            states: the states ``(samples, ...)``, followed by what `get_constants` returns.

        Returns:
            The output ``(samples, ...)``, and the list of new states.
        """
        raise NotImplementedError(
            f"{type(self).__name__}: a recurrent layer needs a method step(x, states) that returns its "
            "output and the list of new states."
        )

    def get_initial_states(self, x: Any) -> list[Any]:
        """The states before the first step, for an input `x`."""
        raise NotImplementedError(
            f"{type(self).__name__}: a recurrent layer needs a method get_initial_states(x)."
        )

    def get_constants(self, x: Any) -> list[Any]:
        """What each step gets besides the states, for an input `x`."""
        return []

    def preprocess_input(self, x: Any) -> Any:
        """What the steps go through, ``(samples, time, ...)``, for an input `x`."""
        return x

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
        unroll, length = getattr(self, "unroll", False), (K.int_shape(x) or (None, None))[1]
        if unroll and length is not None:
            spend("calls", f"the layer {self.name!r}", length, f"{length:,} steps, written out")
        return K.rnn(
            self.step,
            self.preprocess_input(x),
            initial_states,
            go_backwards=self.go_backwards,
            mask=mask,
            constants=self.get_constants(x),
            unroll=unroll,
            input_length=length,
        )

    def _overrides(self, cls: type, *methods: str) -> bool:
        """Whether the layer has other methods of these names than `cls`."""
        return any(
            name in self.__dict__ or getattr(type(self), name) is not getattr(cls, name) for name in methods
        )

    def _state_shape(self) -> Shape:
        """The shape of a state for one sample."""
        raise NotImplementedError

    def _start_states(self) -> None:
        """Makes the states; to be called by `build`, when ``input_spec`` holds the complete shape."""
        self.states = [None] * self.state_count
        if self.stateful:
            self.reset_states()

    def reset_states(self) -> None:
        """Sets the states of a stateful layer to zeros.

        Raises:
            ValueError: if the layer is not stateful, or the batch size is not known.
        """
        if not self.stateful:
            raise ValueError(
                f"{self.name}: only a layer with stateful=True has states to reset. Set that when "
                "you make it."
            )
        spec = self.input_spec[0].shape
        shape = None if spec is None else (spec[0], *self._state_shape())
        if shape is None or None in shape:
            got = "the layer has not been called yet" if spec is None else f"got an input of the shape {spec}"
            raise ValueError(
                f"{self.name}: a stateful layer needs a fixed batch size, {got}. Give the first layer "
                "batch_input_shape=(batch size, steps, ...), or use Input(batch_shape=...)."
            )
        states = getattr(self, "states", None)
        if not states or any(state is None for state in states):
            for _ in range(self.state_count):
                spend_numbers("states", f"the layer {self.name!r}", [size or 0 for size in shape], "a state")
            self.states = [K.zeros([size or 0 for size in shape]) for _ in range(self.state_count)]
        else:
            K.batch_set_value([(state, np.zeros(K.get_variable_shape(state))) for state in states])


class Recurrent(_Looping):
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

    output_dim: int
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
        self.unroll = unroll
        self.consume_less = check_choice(where, "consume_less", consume_less, CONSUME_LESS)
        self.input_spec = [InputSpec(ndim=3)]
        self.input_dim = None if input_dim is None else input_size(where, input_dim)
        self.input_length = (
            None if input_length is None else positive_int(where, "input_length", input_length)
        )
        if self.input_dim is not None:
            name = "batch_input_shape" if "batch_input_shape" in kwargs else "input_shape"
            given = shape_tuple(where, name, kwargs[name]) if kwargs.get(name) is not None else None
            if given is None:
                kwargs["input_shape"] = (self.input_length, self.input_dim)
            elif given[-1:] != (self.input_dim,) or self.input_length not in (None, *given[-2:-1]):
                raise ValueError(
                    f"{where}: input_dim={input_dim} and input_length={input_length} contradict the input's "
                    f"shape {given}. Give one of the two."
                )
        super().__init__(weights, return_sequences, go_backwards, stateful, **kwargs)

    def get_initial_states(self, x: Any) -> list[Any]:
        """The states before the first step, zeros ``(samples, output_dim)``, for an input `x`."""
        zeros = zero_state(x, self.output_dim)
        return [zeros for _ in self.states]

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        if self.return_sequences:
            return (input_shape[0], input_shape[1], self.output_dim)
        return (input_shape[0], self.output_dim)

    def _state_shape(self) -> Shape:
        return (self.output_dim,)

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
    @reads_arguments
    def from_config(cls, config: dict[str, Any]) -> Any:
        layer = super().from_config(config)
        # Every layer that has been called writes its input_dim, but only the first its batch_input_shape.
        layer._shape_implied = "batch_input_shape" not in config and "input_shape" not in config
        return layer
