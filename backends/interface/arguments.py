"""How arguments are read, the same on every engine: dtypes that meet, axes, sizes of a reshape.

The functions here work on dtype strings, Python numbers and shape tuples, never on tensors of an engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ... import config
from .checks import checked_size, numbers
from .checks import dtype_name as dtype_name


def is_float(dtype: str) -> bool:
    """Whether a dtype string names a float type."""
    return "float" in dtype


def common_dtype(dtypes: Sequence[str]) -> str:
    """The dtype in which tensors of several dtypes meet.

    Floats win over integers and integers over booleans, whatever their widths, so that a float32 graph stays
    float32; within a kind the wider one wins.
    """
    floats = [dtype for dtype in dtypes if is_float(dtype)]
    integers = [dtype for dtype in dtypes if dtype != "bool"]
    result = np.result_type(*(floats or integers or dtypes)).name
    return "int64" if not floats and is_float(result) else result  # numpy: uint64 and int64 give float64


def constant_dtype(value: Any, like: str | None = None) -> str:
    """The dtype that a number or array takes on beside a tensor of the dtype `like`, or on its own.

    A float beside an integer tensor keeps being a float (`floatx`), everything else takes `like`. On their
    own, floats become `floatx` and Python integers int32.
    """
    kind = numbers("K", value).dtype
    if like is not None and (is_float(like) or kind.kind != "f"):
        return like if like != "bool" or kind.kind == "b" else constant_dtype(value)
    if kind.kind == "f":
        return config.floatx()
    return "int32" if kind.name == "int64" and not isinstance(value, (np.ndarray, np.generic)) else kind.name


def check_dropped(level: float) -> float:
    """The fraction that dropout drops, checked.

    Raises:
        ValueError: if it is no number of [0, 1).
    """
    if not isinstance(level, (int, float, np.number)) or not 0.0 <= level < 1.0:
        raise ValueError(f"dropout: level must be in the interval [0, 1), got {level!r}.")
    return float(level)


def normalize_axis(where: str, axis: Any, rank: int) -> int:
    """`axis` counted from the front.

    Raises:
        ValueError: if a tensor of `rank` axes has no such axis.
        TypeError: if `axis` is no integer.
    """
    try:
        number = int(axis)
    except (TypeError, ValueError):
        raise TypeError(f"{where}: axis must be an integer, got {axis!r}.") from None
    if not -rank <= number < rank:
        raise ValueError(
            f"{where}: axis must be in [{-rank}, {rank}) for a tensor of {rank} axes, got {axis!r}."
        )
    return number % rank


def normalize_axes(where: str, axis: Any, rank: int) -> list[int]:
    """The axes that `axis` (an axis, several, or None for all) names, counted from the front, ascending."""
    if axis is None:
        return list(range(rank))
    several = axis if isinstance(axis, (list, tuple, np.ndarray)) else [axis]
    return sorted({normalize_axis(where, each, rank) for each in several})


# In three pieces, between which the size and the index stand: compiled code puts them together, too.
BAD_INDEX = (
    "gather: an index must not be negative and must be below ",
    ", the size of the reference's axis 0 (for an Embedding: its input_dim), got ",
    ".",
)


def bad_index(index: int, size: int) -> ValueError:
    """The error for an index that `gather` cannot use."""
    return ValueError(f"{BAD_INDEX[0]}{size}{BAD_INDEX[1]}{index}{BAD_INDEX[2]}")


def check_indices(indices: np.ndarray, size: int) -> None:
    """Checks integers that are to count the entries of an axis of the given size.

    Raises:
        ValueError: for one that is negative or too large.
    """
    if indices.size:
        low, high = int(indices.min()), int(indices.max())
        if low < 0 or high >= size:
            raise bad_index(low if low < 0 else high, size)


def contracted_axes(
    x_shape: Sequence[int | None], y_shape: Sequence[int | None], axes: int | Sequence[int] | None
) -> tuple[int, int]:
    """The axes of `x` and `y` that `batch_dot` contracts.

    Raises:
        ValueError: if there are fewer than two axes, an axis does not exist or is the batch axis (of two
            matrices it may be), or sizes that are known differ.
    """
    ranks = len(x_shape), len(y_shape)
    if min(ranks) < 2:
        raise ValueError(f"batch_dot: x and y must have two axes or more, got {ranks[0]} and {ranks[1]}.")
    if axes is None:
        given: tuple[Any, Any] = (ranks[0] - 1, max(ranks[1] - 2, 1))
    elif isinstance(axes, (int, np.integer)):
        given = (axes, axes)
    elif len(axes) == 2:
        given = (axes[0], axes[1])
    else:
        raise ValueError(f"batch_dot: axes must be an integer or two integers, got {axes!r}.")
    chosen = tuple(normalize_axis("batch_dot", axis, rank) for axis, rank in zip(given, ranks, strict=True))
    if 0 in chosen and ranks != (2, 2):
        raise ValueError(f"batch_dot: axes must not name axis 0, the one of the samples, got {axes!r}.")
    sizes = x_shape[chosen[0]], y_shape[chosen[1]]
    if 0 in chosen and None not in (rest := (x_shape[1 - chosen[0]], y_shape[1 - chosen[1]])):
        sizes = (sizes[0], sizes[1]) if rest[0] == rest[1] else rest
    if None not in sizes and sizes[0] != sizes[1]:
        raise ValueError(
            f"batch_dot: the contracted axes must have one size; x has the shape {tuple(x_shape)} and y "
            f"{tuple(y_shape)}, got the axes {chosen}."
        )
    return chosen[0], chosen[1]


def static_reshape(
    known: Sequence[int | None] | None, sizes: Sequence[Any]
) -> tuple[list[Any], tuple[int | None, ...]]:
    """The sizes of a reshape, and what is known of the result's shape.

    Args:
        known: the shape of the argument.
        sizes: the wanted sizes; None and -1 both stand for the size that remains; anything that is not an
            integer is a symbolic one.

    Returns:
        The sizes, with -1 replaced by the number where that is known; and the static shape.

    Raises:
        ValueError: if more than one size is left open, or the number of elements does not fit.
    """
    wanted = [-1 if size is None else checked_size("reshape", size) for size in sizes]
    wanted = [int(size) if isinstance(size, (int, np.integer)) else size for size in wanted]
    numbers = [size for size in wanted if isinstance(size, int) and size != -1]
    if sum(isinstance(size, int) and size == -1 for size in wanted) > 1 or any(size < 0 for size in numbers):
        raise ValueError(f"reshape: the shape may leave one size open (-1), got {tuple(sizes)!r}.")
    total = (
        None
        if known is None or None in known
        else int(np.prod([size or 0 for size in known], dtype=np.int64))
    )
    if total is not None and all(isinstance(size, int) for size in wanted):
        rest = int(np.prod(numbers, dtype=np.int64))
        if (total != rest) if -1 not in wanted else (total % rest if rest else total):
            raise ValueError(
                f"reshape: a tensor of the shape {tuple(known or ())} ({total} elements) cannot take the "
                f"shape {tuple(sizes)!r}."
            )
        if -1 in wanted and rest:
            wanted[wanted.index(-1)] = total // rest
    return wanted, tuple(size if isinstance(size, int) and size != -1 else None for size in wanted)
