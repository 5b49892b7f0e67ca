"""What layers on sequences, images and volumes share: their axes, and kernels that slide along them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from .. import activations
from .. import backend as K
from ..backends.interface.windows import BORDER_MODES, check_fits, checked_mode, output_length, window
from ..config import resolve_dim_ordering
from ..engine.layer import Layer
from ..engine.spec import InputSpec, shape_of
from ..errors import LARGEST_INT, whole_number
from ..utils.generic_utils import object_name
from .parts import KernelLayer, known_size, positive_int, set_initial_weights

Shape = tuple[int | None, ...]
Init = TypeVar("Init", bound=Callable[..., None])


def counts(where: str, name: str, value: Any, number: int) -> tuple[int, ...]:
    """`value` as a tuple of so many integers, none below 0.

    Raises:
        ValueError: if it is something else, or one is larger than engines can count.
    """
    given = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    wholes = [whole_number(each) for each in given]
    if len(given) != number or any(each is None or not 0 <= each <= LARGEST_INT for each in wholes):
        example = f"({', '.join(['1'] * number)})" if number > 1 else "1"
        raise ValueError(
            f"{where}: {name} must be {number} integer{'s' if number > 1 else ''} not below 0 such as "
            f"{example}, got {value!r}."
        )
    return tuple(int(each) for each in wholes if each is not None)


class Spatial:
    """What a layer knows of an input of samples, spatial axes and channels.

    Attributes:
        dim_ordering: ``'tf'``: the channels come last; ``'th'``: they come first, after the samples.
    """

    RANK: ClassVar[int]  # the number of spatial axes
    dim_ordering: str = "tf"

    @property
    def _channel_axis(self) -> int:
        return self.RANK + 1 if self.dim_ordering == "tf" else 1

    @property
    def _spatial_axes(self) -> range:
        start = 1 if self.dim_ordering == "tf" else 2
        return range(start, start + self.RANK)

    def _open_shape(self, x: Any) -> Shape:
        """The shape of `x`, with None for what is not known."""
        return shape_of(x) or (None,) * (self.RANK + 2)

    def _lengths(self, shape: Shape) -> list[int | None]:
        """The sizes of the spatial axes."""
        return [shape[axis] for axis in self._spatial_axes]

    def _with_lengths(self, shape: Shape, lengths: Sequence[int | None], channels: Any = None) -> Shape:
        """`shape` with other sizes of the spatial axes, and another number of channels if it is given."""
        channels = shape[self._channel_axis] if channels is None else channels
        if self.dim_ordering == "tf":
            return (shape[0], *lengths, channels)
        return (shape[0], channels, *lengths)


class SpatialLayer(Spatial, Layer):
    """A layer without weights on sequences, images or volumes.

    Keras 1.2 writes no `dim_ordering` for most of these layers; it reads it, and without it a copy would take
    other axes. Hence one that was asked for is written.
    """

    _asked_ordering: Any = "default"

    def __init__(self, **kwargs: Any) -> None:
        self.input_spec = [InputSpec(ndim=self.RANK + 2)]
        super().__init__(**kwargs)

    def _order(self, dim_ordering: str) -> None:
        """Takes the argument `dim_ordering`."""
        self.dim_ordering = resolve_dim_ordering(type(self).__name__, dim_ordering)
        self._asked_ordering = dim_ordering

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self._asked_ordering != "default":
            config["dim_ordering"] = self.dim_ordering
        return config


def sizes_one_by_one(init: Init) -> Init:
    """Decorator for the constructor of a layer: says what Keras 1 wants where arguments are missing."""
    signature = inspect.signature(init)

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            signature.bind(self, *args, **kwargs)
        except TypeError as error:
            name = type(self).__name__
            sizes = ", ".join(["3"] * self.RANK)
            raise TypeError(
                f"{name}: {error}. The sizes of the kernel are given one by one, such as {name}(32, {sizes}"
                f"{', ...' if 'output_shape' in signature.parameters else ''})."
            ) from None
        init(self, *args, **kwargs)

    return checked  # type: ignore[return-value]


class WindowLayer(Spatial, KernelLayer):
    """A layer whose kernel slides over one to three spatial axes of its input.

    A subclass tells the kernel's sizes (`_window`) and steps (`_steps`), and computes (`call`).

    Args:
        nb_filter: number of output channels.
        activation: a name or a function; None leaves the numbers as they are.
        border_mode: one of the class's `BORDER_MODES`.

    The other arguments are those of `KernelLayer`.
    """

    BORDER_MODES: ClassVar[tuple[str, ...]] = BORDER_MODES
    W_shape: tuple[int, ...]

    def __init__(
        self,
        nb_filter: int,
        init: Any,
        activation: Any,
        weights: Any,
        border_mode: str,
        *arguments: Any,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        if "input_dim" in kwargs:
            raise TypeError(f"{where}: unknown keyword argument 'input_dim'. Give the whole input_shape.")
        self.nb_filter = positive_int(where, "nb_filter", nb_filter)
        self.activation = activations.get(activation)
        self.border_mode = checked_mode(where, border_mode, self.BORDER_MODES)
        self.input_spec = [InputSpec(ndim=self.RANK + 2)]
        super().__init__(init, weights, *arguments, **kwargs)

    def _window(self) -> tuple[int, ...]:
        """The kernel's sizes along the spatial axes."""
        raise NotImplementedError

    def _steps(self) -> tuple[int, ...]:
        """The kernel's steps along the spatial axes."""
        raise NotImplementedError

    def _dilation(self) -> tuple[int, ...]:
        """The distances of the kernel's elements along the spatial axes."""
        return (1,) * self.RANK

    def _places(self, input_shape: Shape) -> tuple[int | None, ...]:
        """At how many places the kernel stands along each spatial axis; None where the size is unknown.

        Raises:
            ValueError: if the kernel is larger than the input.
        """
        lengths = self._lengths(input_shape)
        check_fits(self.name, lengths, self._window(), self.border_mode, self._dilation())
        parts = zip(lengths, self._window(), self._steps(), self._dilation(), strict=True)
        return tuple(
            output_length(length, size, self.border_mode, step, apart) for length, size, step, apart in parts
        )

    def _channels(self, input_shape: Shape) -> int:
        """The number of the input's channels, which fits the kernel from now on."""
        channels = known_size(self.name, input_shape, self._channel_axis)
        self.input_spec = [
            InputSpec(shape=self._with_lengths((None,) * (self.RANK + 2), (None,) * self.RANK, channels))
        ]
        return channels

    def _kernel_shape(self, window: tuple[int, ...], inputs: int, outputs: int) -> tuple[int, ...]:
        return (*window, inputs, outputs) if self.dim_ordering == "tf" else (outputs, inputs, *window)

    def _initializer(self) -> Callable[..., Any]:
        if not takes_argument(self.init, "dim_ordering"):
            return self.init
        return functools.partial(self.init, dim_ordering=self._fans_ordering())

    def _fans_ordering(self) -> str:
        """How the initialization takes the axes of the kernel when it asks for the fans."""
        return self.dim_ordering

    def build(self, input_shape: Shape) -> None:
        channels = self._channels(input_shape)
        self._places(input_shape)
        self.W_shape = self._kernel_shape(self._window(), channels, self.nb_filter)
        self.W = self._add_kernel(self.W_shape)
        self.b = self._add_bias((self.nb_filter,)) if self.bias else None
        set_initial_weights(self)
        self.built = True

    def call(self, x: Any, mask: Any = None) -> Any:
        self._places(self._open_shape(x))
        dtype = K.dtype(self.weights[0])
        return self._finished(self._convolved(x if K.dtype(x) == dtype else K.cast(x, dtype)))

    def _convolved(self, x: Any) -> Any:
        """The convolution of `x` with the kernel, without shift and activation."""
        raise NotImplementedError

    def _finished(self, output: Any) -> Any:
        """`output`, shifted and activated."""
        if self.bias:
            ones = (1,) * self.RANK
            last = self.dim_ordering == "tf"
            output = output + (self.b if last else K.reshape(self.b, (1, self.nb_filter, *ones)))
        return self.activation(output)

    def get_output_shape_for(self, input_shape: Shape) -> Shape:
        return self._with_lengths(input_shape, self._places(input_shape), self.nb_filter)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["input_dim"]  # only layers of sequences take it
        return {
            **config,
            "nb_filter": self.nb_filter,
            "activation": object_name(self.name, "activation", self.activation),
            "border_mode": self.border_mode,
        }


class SequenceLayer(WindowLayer):
    """A `WindowLayer` on sequences, ``(samples, steps, channels)``.

    Args:
        filter_length: length of the kernel.
        subsample_length: its step.
        input_dim, input_length: number of channels, and of steps (None if it varies), for the first layer of
            a model.

    The other arguments are those of `WindowLayer`.
    """

    RANK = 1

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        filter_length: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        border_mode: str = "valid",
        subsample_length: int = 1,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.filter_length = positive_int(where, "filter_length", filter_length)
        self.subsample_length = positive_int(where, "subsample_length", subsample_length)
        self.subsample = (self.subsample_length, 1)
        self.input_length = (
            None if input_length is None else positive_int(where, "input_length", input_length)
        )
        super().__init__(
            nb_filter, init, activation, weights, border_mode, W_regularizer, b_regularizer,
            activity_regularizer, W_constraint, b_constraint, bias, input_dim, **kwargs,
        )  # fmt: skip

    def _input_shape_of(self, input_dim: int) -> Shape:
        return (self.input_length, input_dim)

    def _window(self) -> tuple[int, ...]:
        return (self.filter_length,)

    def _steps(self) -> tuple[int, ...]:
        return (self.subsample_length,)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filter_length": self.filter_length,
            "subsample_length": self.subsample_length,
            "input_dim": self.input_dim,
            "input_length": self.input_length,
        }


class ImageLayer(WindowLayer):
    """A `WindowLayer` on images, ``(samples, rows, columns, channels)`` for ``'tf'``, ``(samples, channels,
    rows, columns)`` for ``'th'``.

    Args:
        nb_row, nb_col: rows and columns of the kernel.
        subsample: its steps along rows and columns.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'`` (that of ``keras.json``).

    The other arguments are those of `WindowLayer`.
    """

    RANK = 2

    @sizes_one_by_one
    def __init__(
        self,
        nb_filter: int,
        nb_row: int,
        nb_col: int,
        init: Any = "glorot_uniform",
        activation: Any = None,
        weights: Any = None,
        border_mode: str = "valid",
        subsample: Sequence[int] = (1, 1),
        dim_ordering: str = "default",
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        **kwargs: Any,
    ) -> None:
        where = type(self).__name__
        self.nb_row = positive_int(where, "nb_row", nb_row)
        self.nb_col = positive_int(where, "nb_col", nb_col)
        self.subsample = window(where, "subsample", subsample, 2)
        self.dim_ordering = resolve_dim_ordering(where, dim_ordering)
        super().__init__(
            nb_filter, init, activation, weights, border_mode, W_regularizer, b_regularizer,
            activity_regularizer, W_constraint, b_constraint, bias, None, **kwargs,
        )  # fmt: skip

    def _window(self) -> tuple[int, ...]:
        return (self.nb_row, self.nb_col)

    def _steps(self) -> tuple[int, ...]:
        return self.subsample

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "nb_row": self.nb_row,
            "nb_col": self.nb_col,
            "subsample": self.subsample,
            "dim_ordering": self.dim_ordering,
        }


def takes_argument(function: Callable[..., Any], argument: str) -> bool:
    """Whether a function has a parameter of this name, or any keyword."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False
    return argument in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())
