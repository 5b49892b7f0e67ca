"""Windows that slide over an input: their sizes and steps, checked, and the sizes of what they give.

An axis of the length n, seen through a window of k elements that lie `dilation` apart, has the extent
``(k - 1) * dilation + 1``. The border mode says where the window may stand: ``'valid'``: wholly inside;
``'same'``: at as many places as there are elements (with a stride s: ``ceil(n / s)``), the input being padded
as evenly as possible, the odd element at the end; ``'full'``: wherever it touches the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import LARGEST_INT, check_choice, whole_number

BORDER_MODES = ("valid", "same", "full")
POOL_BORDER_MODES = ("valid", "same")
POOL_MODES = ("max", "avg")


def window(where: str, name: str, value: Any, rank: int) -> tuple[int, ...]:
    """Sizes, steps or dilations, one for each of `rank` spatial axes; one integer stands for all.

    Raises:
        ValueError: if there are not `rank` of them, or one is no integer from 1 to `LARGEST_INT`.
    """
    given = tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
    numbers = [whole_number(each) for each in given]
    if len(given) != rank or any(number is None or not 1 <= number <= LARGEST_INT for number in numbers):
        example = ", ".join(["1"] * rank)
        raise ValueError(
            f"{where}: {name} must be {rank} integer{'s' if rank > 1 else ''} above 0 "
            f"such as {example if rank == 1 else f'({example})'}, got {value!r}."
        )
    return tuple(int(number) for number in numbers if number is not None)


def extent(size: int, dilation: int = 1) -> int:
    """How far a window of `size` elements that lie `dilation` apart reaches."""
    return (size - 1) * dilation + 1


def output_length(
    length: int | None, size: int, border_mode: str, stride: int = 1, dilation: int = 1
) -> int | None:
    """At how many places the window stands; None for an unknown `length`; 0 or less: it does not fit."""
    if length is None:
        return None
    reach = extent(size, dilation)
    places = {"valid": length - reach + 1, "same": length, "full": length + reach - 1}[border_mode]
    return -(-places // stride)


def same_padding(length: int, size: int, stride: int = 1, dilation: int = 1) -> tuple[int, int]:
    """How many elements ``'same'`` adds before and after an axis."""
    missing = max((-(-length // stride) - 1) * stride + extent(size, dilation) - length, 0)
    return missing // 2, missing - missing // 2


def check_fits(
    where: str,
    lengths: Sequence[int | None],
    sizes: Sequence[int],
    border_mode: str,
    dilation: Sequence[int] | None = None,
) -> None:
    """Checks that a window fits into an input, as far as its sizes are known.

    Raises:
        ValueError: if under ``'valid'`` it reaches farther than the input.
    """
    reaches = [extent(size, d) for size, d in zip(sizes, dilation or (1,) * len(sizes), strict=True)]
    if border_mode == "valid" and any(
        length is not None and length < reach for length, reach in zip(lengths, reaches, strict=True)
    ):
        raise ValueError(
            f"{where}: the window {tuple(reaches)} is larger than the input {tuple(lengths)}. Take a smaller "
            f"one, border_mode='same', or a larger input."
        )


def checked_mode(where: str, border_mode: str, choices: Sequence[str] = BORDER_MODES) -> str:
    """`border_mode`, if it is one of `choices`."""
    return str(check_choice(where, "border_mode", border_mode, choices))
