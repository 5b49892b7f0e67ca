"""Arithmetic, reductions, comparisons and linear algebra."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from ... import config
from .variables import Variables

Axis = int | Sequence[int] | None


class Math(Variables):
    """Operations on values.

    Where a tensor is wanted, Python scalars and numpy arrays are accepted beside at least one tensor; they
    take its dtype, so that a float32 graph stays float32. Reductions take an axis, a list of axes or None
    (all axes); negative axes count from the end; `keepdims` leaves reduced axes with size 1.
    """

    @abstractmethod
    def dot(self, x: Any, y: Any) -> Any:
        """The product over the last axis of `x` and the last but one of `y` (the only one, if `y` has one).

        The other axes of `x` come first, then those of `y`: (2, 3) . (4, 3, 5) has the shape (2, 4, 5).
        `x` may be sparse if `y` is a dense matrix.
        """

    @abstractmethod
    def batch_dot(self, x: Any, y: Any, axes: int | Sequence[int] | None = None) -> Any:
        """The product of `x` and `y` for each sample, contracting one axis of each.

        Args:
            x, y: tensors of two or more axes with the same size of axis 0.
            axes: the axis of `x` and the axis of `y` to contract; one integer stands for both; None: the
                last of `x` and the last but one of `y`.

        Returns:
            A tensor of the axes of `x` without the contracted one, then those of `y` without axis 0 and the
            contracted one. If nothing but axis 0 would be left, an axis of size 1 is added: two (n, d)
            matrices with ``axes=1`` give (n, 1). Of two matrices axis 0 may be contracted too: ``axes=0``
            gives (d, 1); for ``(0, 1)`` and ``(1, 0)`` one must have the shape of the other transposed.
        """

    def _matrix_dot(self: Any, x: Any, y: Any, axes: tuple[int, int]) -> Any:
        """`batch_dot` of two matrices."""
        first, second = axes
        products = (x if first == second else self.transpose(x)) * y
        return self.expand_dims(self.sum(products, axis=second), 1)

    @abstractmethod
    def transpose(self, x: Any) -> Any:
        """`x` with its axes in reverse order."""

    @abstractmethod
    def gather(self, reference: Any, indices: Any) -> Any:
        """The entries along axis 0 of `reference` at the integer `indices`: shape indices + reference[1:].

        Raises:
            ValueError: for an index that is negative, or not below the size of the axis; numbers are checked
                when the expression is built, tensors when it is run, in compiled code too.
        """

    @abstractmethod
    def max(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The largest value along `axis`."""

    @abstractmethod
    def min(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The smallest value along `axis`."""

    @abstractmethod
    def sum(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The sum along `axis`."""

    @abstractmethod
    def prod(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The product along `axis`."""

    @abstractmethod
    def mean(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The mean along `axis`; booleans and integers are taken as `floatx`."""

    @abstractmethod
    def any(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """Whether any element along `axis` is true (bool)."""

    @abstractmethod
    def all(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """Whether all elements along `axis` are true (bool)."""

    @abstractmethod
    def argmax(self, x: Any, axis: int = -1) -> Any:
        """The index of the largest value along one axis (int64); the first one among equals."""

    @abstractmethod
    def argmin(self, x: Any, axis: int = -1) -> Any:
        """The index of the smallest value along one axis (int64); the first one among equals."""

    @abstractmethod
    def square(self, x: Any) -> Any:
        """The square of each element."""

    @abstractmethod
    def abs(self, x: Any) -> Any:
        """The absolute value of each element."""

    @abstractmethod
    def sqrt(self, x: Any) -> Any:
        """The square root of each element; that of a negative number is 0."""

    @abstractmethod
    def exp(self, x: Any) -> Any:
        """e to the power of each element."""

    @abstractmethod
    def log(self, x: Any) -> Any:
        """The natural logarithm of each element."""

    @abstractmethod
    def round(self, x: Any) -> Any:
        """Each element rounded to an integer value, halves to the even one."""

    @abstractmethod
    def sign(self, x: Any) -> Any:
        """-1, 0 or 1 for each element."""

    @abstractmethod
    def pow(self, x: Any, a: Any) -> Any:
        """Each element to the power of `a`."""

    @abstractmethod
    def clip(self, x: Any, min_value: Any, max_value: Any) -> Any:
        """Each element limited to [min_value, max_value]; a `max_value` below `min_value` is raised to it.

        None leaves that side open.
        """

    @abstractmethod
    def sin(self, x: Any) -> Any:
        """The sine of each element."""

    @abstractmethod
    def cos(self, x: Any) -> Any:
        """The cosine of each element."""

    @abstractmethod
    def equal(self, x: Any, y: Any) -> Any:
        """Element-wise x == y (bool)."""

    @abstractmethod
    def not_equal(self, x: Any, y: Any) -> Any:
        """Element-wise x != y (bool)."""

    @abstractmethod
    def greater(self, x: Any, y: Any) -> Any:
        """Element-wise x > y (bool)."""

    @abstractmethod
    def greater_equal(self, x: Any, y: Any) -> Any:
        """Element-wise x >= y (bool)."""

    @abstractmethod
    def lesser(self, x: Any, y: Any) -> Any:
        """Element-wise x < y (bool)."""

    @abstractmethod
    def lesser_equal(self, x: Any, y: Any) -> Any:
        """Element-wise x <= y (bool)."""

    @abstractmethod
    def maximum(self, x: Any, y: Any) -> Any:
        """The larger of two elements, with broadcasting."""

    @abstractmethod
    def minimum(self, x: Any, y: Any) -> Any:
        """The smaller of two elements, with broadcasting."""

    @abstractmethod
    def cast(self, x: Any, dtype: str) -> Any:
        """`x` with another element type."""

    def var(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The variance along `axis`, the mean squared deviation (divided by n, not n - 1)."""
        deviation = self._as_float(x) - self.mean(x, axis=axis, keepdims=True)
        return self.mean(self.square(deviation), axis=axis, keepdims=keepdims)

    def std(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        """The standard deviation along `axis`, the square root of `var`."""
        return self.sqrt(self.var(x, axis=axis, keepdims=keepdims))

    def _as_float(self, x: Any) -> Any:
        """`x` if it holds floats, else `x` cast to `floatx`."""
        return x if self.dtype(x).startswith("float") else self.cast(x, config.floatx())
