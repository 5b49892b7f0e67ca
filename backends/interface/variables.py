"""Variables, placeholders and constants: making them, asking about them, reading and writing their values."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ... import config
from .checks import checked_sizes, dtype_name, numbers, whole

_PIECE = 2**20


def draw_seed() -> int:
    """A seed for a random operation, drawn from numpy's global generator, which `numpy.random.seed` rules."""
    return int(np.random.randint(10_000_000))


def _filled(draw: Callable[[int], np.ndarray], shape: Sequence[int], dtype: str | None) -> np.ndarray:
    """An array of random numbers, drawn piece by piece: numpy draws doubles, which take more memory."""
    values = np.empty(math.prod(shape), dtype_name(dtype or config.floatx()))
    for start in range(0, len(values), _PIECE):
        piece = values[start : start + _PIECE]
        piece[...] = draw(len(piece))
    return values.reshape(shape)


class Variables(ABC):
    """Operations on variables and placeholders.

    A shape is a tuple of integers; in a placeholder's shape None stands for a size not known yet. A dtype is
    a string; where it may be None, `polykeras.config.floatx` is meant.
    """

    @abstractmethod
    def variable(self, value: Any, dtype: str | None = None, name: str | None = None) -> Any:
        """A tensor with a state, which `set_value` and updates of a `function` change.

        Args:
            value: the first value: a number, a nested list, a numpy array, a tensor (its present value, see
                `eval`), or a scipy sparse matrix (which gives a sparse constant: it cannot be updated).
            dtype: element type, `floatx` by default.
            name: its name; the attribute ``name`` of the result begins with it.

        Returns:
            The variable, of the shape of `value`.

        Raises:
            TypeError: if `value` holds something else than numbers.
            ValueError: if `value` is a list whose rows differ in length, or `dtype` is unknown.
        """

    @abstractmethod
    def placeholder(
        self,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        dtype: str | None = None,
        sparse: bool = False,
        name: str | None = None,
    ) -> Any:
        """A tensor without a value, to be an input of a `function`.

        Args:
            shape: its shape; None in it for sizes that come with the data.
            ndim: the number of axes; used if `shape` is not given.
            dtype: element type, `floatx` by default.
            sparse: whether its values are scipy sparse matrices (two axes).
            name: its name.

        Returns:
            The tensor, with the attributes ``_keras_shape`` and ``_uses_learning_phase`` (False).

        Raises:
            ValueError: if both `shape` and `ndim` are None, a size is negative, `dtype` is unknown, or
                `sparse` is asked for other than two axes.
            TypeError: if `shape` is no tuple of integers and None.
        """

    @abstractmethod
    def constant(
        self,
        value: Any,
        dtype: str | None = None,
        shape: Sequence[int] | None = None,
        name: str | None = None,
    ) -> Any:
        """A tensor that never changes; a scalar `value` fills `shape` if one is given."""

    @abstractmethod
    def is_tensor(self, x: Any) -> bool:
        """Whether `x` is a tensor or variable of this engine, dense or sparse (numpy arrays are not)."""

    @abstractmethod
    def is_variable(self, x: Any) -> bool:
        """Whether `x` is a variable of this engine, one that `set_value` accepts."""

    @abstractmethod
    def is_sparse(self, tensor: Any) -> bool:
        """Whether `tensor` is a sparse tensor of this engine."""

    @abstractmethod
    def to_dense(self, tensor: Any) -> Any:
        """The dense tensor of the same values; a dense one is returned as it is."""

    @abstractmethod
    def shape(self, x: Any) -> Any:
        """The shape as the engine's own symbolic integer vector; an element of it is a symbolic scalar."""

    @abstractmethod
    def int_shape(self, x: Any) -> tuple[int | None, ...] | None:
        """The shape as a tuple, None for sizes not known before there are data.

        ``x._keras_shape`` if `x` has it, else what the engine can tell. None if the number of axes is
        unknown too.
        """

    @abstractmethod
    def ndim(self, x: Any) -> int | None:
        """The number of axes."""

    @abstractmethod
    def dtype(self, x: Any) -> str:
        """The element type, for example ``'float32'``."""

    @abstractmethod
    def eval(self, x: Any) -> Any:
        """The present value of a tensor that depends on no placeholder (the learning phase counts as 0).

        Returns:
            A numpy array (a scipy sparse matrix for a sparse tensor); a numpy scalar if `x` has no axes.
        """

    @abstractmethod
    def get_value(self, x: Any) -> np.ndarray:
        """A copy of a variable's value as a numpy array.

        Raises:
            TypeError: if `x` is no variable.
        """

    @abstractmethod
    def set_value(self, x: Any, value: Any) -> None:
        """Gives a variable a new value, cast to its dtype.

        Raises:
            ValueError: if the shape differs from the variable's; the variable is then unchanged.
            TypeError: if `x` is no variable, or `value` holds no numbers; likewise.
        """

    @abstractmethod
    def update(self, x: Any, new_x: Any) -> Any:
        """An update for `function`: variable `x` becomes `new_x`.

        Raises:
            TypeError: if `x` is no variable, or `new_x` holds no numbers.
            ValueError: if the shape of `new_x` is not that of `x`.
        """

    @abstractmethod
    def update_add(self, x: Any, increment: Any) -> Any:
        """An update for `function`: variable `x` becomes ``x + increment``."""

    @abstractmethod
    def update_sub(self, x: Any, decrement: Any) -> Any:
        """An update for `function`: variable `x` becomes ``x - decrement``."""

    def moving_average_update(self, variable: Any, value: Any, momentum: float) -> Any:
        """An update for `function`: ``variable * momentum + value * (1 - momentum)``."""
        return self.update(variable, variable * momentum + value * (1.0 - momentum))

    def batch_get_value(self, xs: Iterable[Any]) -> list[np.ndarray]:
        """The values of several variables."""
        return [self.get_value(x) for x in xs]

    def batch_set_value(self, tuples: Iterable[tuple[Any, Any]]) -> None:
        """Sets several variables, all or none.

        Args:
            tuples: pairs of a variable and its new value.

        Raises:
            ValueError: if any shape differs from its variable's; then no variable is changed.
            TypeError: if `tuples` holds something else than pairs, or a value holds no numbers; likewise.
        """
        pairs = []
        for each in tuples if isinstance(tuples, Iterable) else [tuples]:
            if not isinstance(each, (tuple, list)) or len(each) != 2:
                raise TypeError(
                    f"batch_set_value: wanted pairs of a variable and its new value, got {each!r}."
                )
            if not self.is_variable(each[0]):
                raise TypeError(f"batch_set_value: wanted a variable, got {each[0]!r}.")
            pairs.append((each[0], numbers("batch_set_value", each[1], self.dtype(each[0]))))
        for x, value in pairs:
            wanted = tuple(self.get_variable_shape(x))
            if value.shape != wanted:
                raise ValueError(
                    f"batch_set_value: the variable {getattr(x, 'name', None)!r} has the shape {wanted}, "
                    f"got a value of the shape {value.shape}."
                )
        for x, value in pairs:
            self.set_value(x, value)

    def get_variable_shape(self, x: Any) -> tuple[int, ...]:
        """The shape of a variable, a tuple of integers."""
        shape = self.int_shape(x)
        if shape is None or any(size is None for size in shape):
            return tuple(int(size) for size in np.shape(self.get_value(x)))
        return tuple(int(size) for size in shape if size is not None)

    def count_params(self, x: Any) -> int:
        """The number of elements of a variable."""
        return int(np.prod(self.get_variable_shape(x), dtype=np.int64))

    def zeros(self, shape: Sequence[int], dtype: str | None = None, name: str | None = None) -> Any:
        """A variable of the given shape, filled with zeros."""
        dtype = dtype_name(dtype or config.floatx())
        return self.variable(np.zeros(checked_sizes("zeros", shape), dtype), dtype, name)

    def ones(self, shape: Sequence[int], dtype: str | None = None, name: str | None = None) -> Any:
        """A variable of the given shape, filled with ones."""
        dtype = dtype_name(dtype or config.floatx())
        return self.variable(np.ones(checked_sizes("ones", shape), dtype), dtype, name)

    def eye(self, size: int, dtype: str | None = None, name: str | None = None) -> Any:
        """A variable that holds the identity matrix, (size, size)."""
        dtype = dtype_name(dtype or config.floatx())
        return self.variable(np.eye(whole("eye", "size", size), dtype=dtype), dtype, name)

    def random_uniform_variable(
        self,
        shape: Sequence[int],
        low: float,
        high: float,
        dtype: str | None = None,
        name: str | None = None,
        seed: int | None = None,
    ) -> Any:
        """A variable filled once with uniform numbers of [low, high).

        The numbers are drawn by numpy, the same on every engine; without `seed` numpy's global generator
        gives one.
        """
        seed = draw_seed() if seed is None else seed
        size = checked_sizes("random_uniform_variable", shape)

        def draw() -> np.ndarray:
            generator = np.random.RandomState(seed)
            return _filled(lambda count: generator.uniform(low, high, count), size, dtype)

        return self._drawn_variable(draw, dtype, name)

    def random_normal_variable(
        self,
        shape: Sequence[int],
        mean: float,
        scale: float,
        dtype: str | None = None,
        name: str | None = None,
        seed: int | None = None,
    ) -> Any:
        """A variable filled once with normal numbers of the given mean and standard deviation `scale`.

        The numbers are drawn by numpy, the same on every engine; without `seed` numpy's global generator
        gives one.
        """
        seed = draw_seed() if seed is None else seed
        size = checked_sizes("random_normal_variable", shape)

        def draw() -> np.ndarray:
            generator = np.random.RandomState(seed)
            return _filled(lambda count: generator.normal(mean, scale, count), size, dtype)

        return self._drawn_variable(draw, dtype, name)

    def _drawn_variable(self, draw: Callable[[], np.ndarray], dtype: str | None, name: str | None) -> Any:
        """A variable of what `draw` gives; it gives the same at each call."""
        return self.variable(draw(), dtype, name)

    def is_keras_tensor(self, x: Any) -> bool:
        """Whether `x` is the output of a layer, or of `Input`."""
        return hasattr(x, "_keras_history")

    def is_explicit_shape(self, shape: Any) -> bool:
        """Whether `shape` is a tuple or list of integers (None and -1 count as integers)."""
        if not isinstance(shape, (tuple, list)):
            return False
        return all(size is None or isinstance(size, (int, np.integer)) for size in shape)

    def pattern_broadcast(self, x: Any, broatcastable: Sequence[bool]) -> Any:
        """`x`, checked to allow broadcasting along the axes marked True, whose size must be 1.

        Raises:
            ValueError: if the number of marks differs from the number of axes, or a marked axis is known to
                have another size.
        """
        shape = self.int_shape(x)
        marks = tuple(broatcastable)
        if shape is not None and len(marks) != len(shape):
            raise ValueError(
                f"pattern_broadcast: wanted one mark for each of the {len(shape)} axes, got {len(marks)}."
            )
        for axis, (mark, size) in enumerate(zip(marks, shape or (None,) * len(marks), strict=True)):
            if mark and size not in (None, 1):
                raise ValueError(
                    f"pattern_broadcast: axis {axis} is marked for broadcasting: wanted size 1, got {size}."
                )
        return x
