"""Recurrent layers on sequences of images."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

from .. import activations as activations
from .. import backend as K
from .. import initializations as initializations
from .. import regularizers as regularizers
from ..backends.interface.windows import check_fits, checked_mode, window
from ..config import resolve_dim_ordering
from ..engine.layer import Layer as Layer
from ..engine.spec import InputSpec as InputSpec
from ..utils.generic_utils import object_name
from ..utils.np_utils import conv_output_length as conv_output_length
from .parts import fraction, known_size, part_config, positive_int, set_initial_weights, sizes_from
from .recurrent_base import _Looping
from .recurrent_weights import masked
from .windows import Spatial, sizes_one_by_one, takes_argument

Shape = tuple[int | None, ...]


class ConvRecurrent2D(Spatial, _Looping):
    """Base of the recurrent layers on sequences of images.

    Input: ``(samples, time, rows, columns, channels)`` for ``'tf'``, ``(samples, time, channels, rows,
    columns)`` for ``'th'``. Output: images ``(samples, new_rows, new_columns, nb_filter)`` (``'th'``:
    ``(samples, nb_filter, new_rows, new_columns)``), of the last step; or of all steps with
    `return_sequences`, time being axis 1. A mask ``(samples, time)`` marks steps to be passed over.

    Args:
        weights: start values, in the order of `get_weights`.
        nb_row, nb_col: rows and columns of the kernels.
        nb_filter: number of output channels.
        return_sequences: whether the outputs of all steps are given out, or just the last.
        go_backwards: whether the last step comes first; the outputs then stay in that order.
        stateful: whether a batch starts from the states that the batch before has ended with, sample by
            sample. The shape of the input must then be fixed, by ``batch_input_shape``.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``), as is None.
        **kwargs: those of `Layer`.

    Attributes:
        states: the states (variables) of a stateful layer; else a None for each.
    """

    RANK = 2
    border_mode: str = "valid"
    subsample: tuple[int, ...] = (1, 1)
    nb_row: Any
    nb_col: Any
    nb_filter: Any

    def __init__(
        self,
        weights: Any = None,
        nb_row: int | None = None,
        nb_col: int | None = None,
        nb_filter: int | None = None,
        return_sequences: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        dim_ordering: str | None = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        for name, value in (("nb_row", nb_row), ("nb_col", nb_col), ("nb_filter", nb_filter)):
            setattr(self, name, None if value is None else positive_int(where, name, value))
        self.dim_ordering = resolve_dim_ordering(where, dim_ordering or "default")
        self.input_spec = [InputSpec(ndim=5)]
        super().__init__(weights, return_sequences, go_backwards, stateful, **kwargs)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        image = self._output_image(input_shape)
        return (*input_shape[:2], *image) if self.return_sequences else (input_shape[0], *image)

    def _output_image(self, input_shape: Shape) -> Shape:
        """The shape of one image of the output."""
        image = (input_shape[0], *input_shape[2:])
        places = zip(self._lengths(image), (self.nb_row, self.nb_col), self.subsample, strict=True)
        lengths = [conv_output_length(length, size, self.border_mode, step) for length, size, step in places]
        return self._with_lengths(image, lengths, self.nb_filter)[1:]

    def _state_shape(self) -> Shape:
        return self._output_image(self.input_spec[0].shape)

    def get_initial_states(self, X: Any) -> list[Any]:
        """The states before the first step, zeros of the shape of an output image, for an input `X`."""
        sizes = self._output_image((None, None, *sizes_from(X, 2)))
        point = K.sum(K.zeros_like(X[:, :1, :1, :1, :1]), axis=1)
        zeros = K.tile(point, [1, *sizes])
        return [zeros for _ in self.states]

    def get_constants(self, X: Any, train: bool = False) -> list[Any]:
        """What each step gets besides the states, for an input `X`."""
        return []

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
        }
        if self.stateful and self.input_spec[0].shape is not None:
            config["batch_input_shape"] = self.input_spec[0].shape
        return config


class ConvLSTM2D(ConvRecurrent2D):
    """Long short-term memory whose products with matrices are convolutions (Shi et al., 2015).

    With s the `inner_activation`, g the `activation` and * a convolution: ``i = s(x * W_i + h * U_i + b_i)``,
    f and o likewise; ``c = f c + i g(x * W_c + h * U_c + b_c)``; the output is ``h = o g(c)``, the states are
    h and c. The convolution of h keeps its size.

    Input: ``(samples, time, rows, columns, channels)`` for ``'tf'``, ``(samples, time, channels, rows,
    columns)`` for ``'th'``. Output: images of `nb_filter` channels, of the last step, or of all steps with
    ``return_sequences``. Weights: ``W_i, U_i, b_i``, then likewise for c, f and o: ``W`` (nb_row, nb_col,
    channels, nb_filter) for ``'tf'``, (nb_filter, channels, nb_row, nb_col) for ``'th'``, ``U`` the same with
    `nb_filter` for the channels, ``b`` (nb_filter,).

    Args:
        nb_filter: number of output channels.
        nb_row, nb_col: rows and columns of the kernels.
        init, inner_init: initializations of the ``W`` and of the ``U``, a name or a function
            ``f(shape, name=None)``.
        forget_bias_init: initialization of ``b_f``.
        activation, inner_activation: a name or a function.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).
        border_mode: ``'valid'`` or ``'same'``: where the kernels ``W`` may stand.
        subsample: their steps along rows and columns.
        W_regularizer, U_regularizer, b_regularizer: penalties on the weights.
        dropout_W, dropout_U: the fractions of the input and of the state to leave out while training, the
            same elements at all steps of a sequence.
        **kwargs: ``return_sequences``, ``go_backwards``, ``stateful`` and ``weights``, see `ConvRecurrent2D`;
            and those of `Layer`.
    """

    GATES: ClassVar[tuple[str, ...]] = ("i", "c", "f", "o")
    """The gates in the order of `get_weights`."""
    COLUMNS: ClassVar[tuple[str, ...]] = ("i", "f", "c", "o")
    """The gates in the order in which `step` takes their dropout masks."""
    state_count = 2

    W_shape: tuple[int, ...]
    W_shape1: tuple[int, ...]

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        nb_row: int,
        nb_col: int,
        init: Any = "glorot_uniform",
        inner_init: Any = "orthogonal",
        forget_bias_init: Any = "one",
        activation: Any = "tanh",
        inner_activation: Any = "hard_sigmoid",
        dim_ordering: str = "default",
        border_mode: str = "valid",
        subsample: Sequence[int] = (1, 1),
        W_regularizer: Any = None,
        U_regularizer: Any = None,
        b_regularizer: Any = None,
        dropout_W: float = 0.0,
        dropout_U: float = 0.0,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.init = initializations.get(init)
        self.inner_init = initializations.get(inner_init)
        self.forget_bias_init = initializations.get(forget_bias_init)
        self.activation = activations.get(activation)
        self.inner_activation = activations.get(inner_activation)
        self.border_mode = checked_mode(where, border_mode, ("valid", "same"))
        self.subsample = window(where, "subsample", subsample, 2)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.U_regularizer = regularizers.get(U_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.dropout_W = fraction(where, "dropout_W", dropout_W)
        self.dropout_U = fraction(where, "dropout_U", dropout_U)
        if self.dropout_W or self.dropout_U:
            self.uses_learning_phase = True
        super().__init__(
            nb_row=nb_row, nb_col=nb_col, nb_filter=nb_filter, dim_ordering=dim_ordering, **kwargs
        )

    def build(self, input_shape: Shape) -> None:
        image = (input_shape[0], *input_shape[2:])
        window_sizes = (self.nb_row, self.nb_col)
        channels = known_size(self.name, image, self._channel_axis)
        check_fits(self.name, self._lengths(image), window_sizes, self.border_mode)
        self.input_spec = [InputSpec(shape=tuple(input_shape))]
        self._start_states()
        self.W_shape = self._kernel_shape(channels)
        self.W_shape1 = self._kernel_shape(self.nb_filter)
        for gate in self.GATES:
            shift = self.forget_bias_init if gate == "f" else initializations.zero
            plan = [
                ("W", self.W_shape, self._in_order(self.init), self.W_regularizer),
                ("U", self.W_shape1, self._in_order(self.inner_init), self.U_regularizer),
                ("b", (self.nb_filter,), shift, self.b_regularizer),
            ]
            for kind, shape, init, regularizer in plan:
                weight = self.add_weight(
                    shape, initializer=init, name=f"{self.name}_{kind}_{gate}", regularizer=regularizer
                )
                setattr(self, f"{kind}_{gate}", weight)
        set_initial_weights(self)
        self.built = True

    def _kernel_shape(self, channels: int) -> tuple[int, ...]:
        if self.dim_ordering == "tf":
            return (self.nb_row, self.nb_col, channels, self.nb_filter)
        return (self.nb_filter, channels, self.nb_row, self.nb_col)

    def _in_order(self, init: Any) -> Any:
        """An initialization that takes the axes of a kernel for what they are."""
        known = takes_argument(init, "dim_ordering")
        return functools.partial(init, dim_ordering=self.dim_ordering) if known else init

    # Step by step: what subclasses may override

    def conv_step(self, x: Any, W: Any, b: Any = None, border_mode: str = "valid") -> Any:
        """The convolution of images of the input with the kernel `W`, shifted by `b`."""
        output = K.conv2d(
            x, W, strides=self.subsample, border_mode=border_mode, dim_ordering=self.dim_ordering
        )
        if b is None:
            return output
        return output + (b if self.dim_ordering == "tf" else K.reshape(b, (1, -1, 1, 1)))

    def conv_step_hidden(self, x: Any, W: Any, border_mode: str = "valid") -> Any:
        """The convolution of images of the state with the kernel `W`."""
        return K.conv2d(x, W, strides=(1, 1), border_mode=border_mode, dim_ordering=self.dim_ordering)

    def step(self, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        h, c, B_U, B_W = states
        parts = []
        for gate, by_h, by_x in zip(self.COLUMNS, B_U, B_W, strict=True):
            W, U, b = (getattr(self, f"{kind}_{gate}") for kind in "WUb")
            part = self.conv_step(masked(x, by_x), W, b, border_mode=self.border_mode)
            parts.append(part + self.conv_step_hidden(masked(h, by_h), U, border_mode="same"))
        return self._next(parts, c)

    def _next(self, parts: Sequence[Any], c: Any) -> tuple[Any, list[Any]]:
        """The output and the states, from the sums that the gates i, f, c, o are made of."""
        i, f, new, o = parts
        gate = self.inner_activation
        c = gate(f) * c + gate(i) * self.activation(new)
        h = gate(o) * self.activation(c)
        return h, [h, c]

    def get_constants(self, x: Any) -> list[Any]:  # type: ignore[override]
        """The dropout masks of the state and those of the input: a list of one for each gate, 1 without."""
        state = self.get_initial_states(x)[0] if 0 < self.dropout_U < 1 else None
        image = K.sum(K.zeros_like(x[:, :1]), axis=1) if 0 < self.dropout_W < 1 else None
        return [self._masks(state, self.dropout_U), self._masks(image, self.dropout_W)]

    def _masks(self, zeros: Any, level: float) -> list[Any]:
        if zeros is None:
            return [K.cast_to_floatx(1.0)] * len(self.COLUMNS)
        ones = zeros + 1.0
        return [K.in_train_phase(lambda: K.dropout(ones, level), ones) for _ in self.COLUMNS]

    # The same for all gates at once, and for the inputs of all steps at once

    def _run(self, x: Any, initial_states: list[Any], mask: Any) -> tuple[Any, Any, list[Any]]:
        own = ("step", "get_constants", "preprocess_input", "conv_step", "conv_step_hidden")
        if self._overrides(ConvLSTM2D, *own):
            return super()._run(x, initial_states, mask)
        B_U, B_W = self.get_constants(x)

        def step(z: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            h, c = states
            if K.is_tensor(B_U[0]):
                each = [
                    self.conv_step_hidden(h * by_h, getattr(self, f"U_{gate}"), "same")
                    for gate, by_h in zip(self.COLUMNS, B_U, strict=True)
                ]
                parts = [part + more for part, more in zip(self._split(z), each, strict=True)]
            else:
                parts = self._split(z + self.conv_step_hidden(h, U, "same"))
            return self._next(parts, c)

        U = self._joined("U")
        return K.rnn(step, self._projected(x, B_W), initial_states, self.go_backwards, mask)

    def _joined(self, kind: str) -> Any:
        """The kernels (or shifts) of all gates as one, their outputs side by side."""
        axis = 0 if self.dim_ordering == "th" or kind == "b" else 3
        return K.concatenate([getattr(self, f"{kind}_{gate}") for gate in self.COLUMNS], axis=axis)

    def _split(self, z: Any) -> list[Any]:
        """The channels of each gate."""
        ends = range(0, len(self.COLUMNS) * self.nb_filter, self.nb_filter)
        if self.dim_ordering == "th":
            return [z[:, start : start + self.nb_filter] for start in ends]
        return [z[:, :, :, start : start + self.nb_filter] for start in ends]

    def _projected(self, x: Any, masks: list[Any]) -> Any:
        """What the inputs of all steps contribute to the gates, side by side along the channels."""
        if not K.is_tensor(masks[0]):
            return self._at_each_step(x, self._joined("W"), self._joined("b"))
        parts = [
            self._at_each_step(
                x * K.expand_dims(mask, 1), getattr(self, f"W_{gate}"), getattr(self, f"b_{gate}")
            )
            for gate, mask in zip(self.COLUMNS, masks, strict=True)
        ]
        return K.concatenate(parts, axis=self._channel_axis + 1)

    def _at_each_step(self, x: Any, W: Any, b: Any) -> Any:
        images = self.conv_step(K.reshape(x, (-1, *sizes_from(x, 2))), W, b, self.border_mode)
        return K.reshape(images, (*sizes_from(x, 0)[:2], *sizes_from(images, 1)))

    def get_config(self) -> dict[str, Any]:
        name = self.name
        return {
            **super().get_config(),
            "nb_filter": self.nb_filter,
            "nb_row": self.nb_row,
            "nb_col": self.nb_col,
            "init": object_name(name, "init", self.init),
            "inner_init": object_name(name, "inner_init", self.inner_init),
            "forget_bias_init": object_name(name, "forget_bias_init", self.forget_bias_init),
            "activation": object_name(name, "activation", self.activation),
            "inner_activation": object_name(name, "inner_activation", self.inner_activation),
            "dim_ordering": self.dim_ordering,
            "border_mode": self.border_mode,
            # Keras 1.2 reads the rest but does not write it.
            "subsample": self.subsample,
            "W_regularizer": part_config(name, "W_regularizer", self.W_regularizer),
            "U_regularizer": part_config(name, "U_regularizer", self.U_regularizer),
            "b_regularizer": part_config(name, "b_regularizer", self.b_regularizer),
            "dropout_W": self.dropout_W,
            "dropout_U": self.dropout_U,
        }
