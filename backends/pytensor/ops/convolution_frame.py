"""Where the window of a convolution stands: the numbers that all implementations start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ...interface.windows import check_fits, extent, output_length, same_padding


class Geometry(NamedTuple):
    """How a window moves.

    Attributes:
        strides: its steps, one for each spatial axis.
        border_mode: ``'valid'``, ``'same'`` or ``'full'``.
        dilation: distances of its elements, one for each spatial axis.
    """

    strides: tuple[int, ...]
    border_mode: str
    dilation: tuple[int, ...]


class Frame(NamedTuple):
    """The sizes of one convolution; each attribute has an entry for each spatial axis.

    Attributes:
        lengths: the sizes of the input.
        sizes: those of the kernel.
        places: those of the output.
        before: how many zeros are thought before the input.
        needed: how much of the padded input the windows cover, from its first element to the last one seen.
        strides, dilation: as in `Geometry`.
    """

    lengths: tuple[int, ...]
    sizes: tuple[int, ...]
    places: tuple[int, ...]
    before: tuple[int, ...]
    needed: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]

    @classmethod
    def of(cls, where: str, geometry: Geometry, lengths: Sequence[int], sizes: Sequence[int]) -> Frame:
        """The frame for an input of the given lengths and a kernel of the given sizes.

        Raises:
            ValueError: if the window does not fit.
        """
        strides, mode, dilation = geometry
        check_fits(where, lengths, sizes, mode, dilation)
        places, before, needed = [], [], []
        for n, size, stride, apart in zip(lengths, sizes, strides, dilation, strict=True):
            count = max(output_length(n, size, mode, stride, apart) or 0, 0)
            reach = extent(size, apart)
            padding = {"valid": 0, "same": same_padding(n, size, stride, apart)[0], "full": reach - 1}
            places.append(count)
            before.append(padding[mode])
            needed.append((count - 1) * stride + reach if count else 0)
        return cls(
            tuple(lengths), tuple(sizes), tuple(places), tuple(before), tuple(needed), strides, dilation
        )

    def transposed(self) -> Frame:
        """The frame of the way back, a convolution with the kernel turned about; all strides must be 1."""
        reaches = [extent(size, apart) for size, apart in zip(self.sizes, self.dilation, strict=True)]
        return Frame(
            self.places,
            self.sizes,
            self.lengths,
            tuple(reach - 1 - before for reach, before in zip(reaches, self.before, strict=True)),
            tuple(n + reach - 1 if n else 0 for n, reach in zip(self.lengths, reaches, strict=True)),
            self.strides,
            self.dilation,
        )

    @property
    def padded(self) -> bool:
        """Whether a window reaches out of the input."""
        return any(self.before) or any(
            needed > length for needed, length in zip(self.needed, self.lengths, strict=True)
        )

    @property
    def pointwise(self) -> bool:
        """Whether each output element sees just the input element of its own place."""
        return set(self.sizes) == {1} and set(self.strides) == {1}


def gradient_frame(
    where: str, geometry: Geometry, images: Sequence[Any], sizes: Sequence[int], weights: Sequence[int]
) -> Frame:
    """The frame of a convolution of `images`, the weights of whose outputs have the shape `weights`.

    Raises:
        ValueError: if the output has another shape. The samples of `images` may be None; its channels, and
            those of `weights`, are not looked at.
    """
    lengths, rank = tuple(images[1 : 1 + len(sizes)]), len(sizes)
    frame = Frame.of(where, geometry, lengths, sizes)
    got = tuple(weights[1 : 1 + rank])
    if frame.places != got:
        raise ValueError(
            f"{where}: an input of the sizes {lengths}, a kernel of the sizes {tuple(sizes)}, strides "
            f"{geometry.strides} and border_mode {geometry.border_mode!r} make an output of the sizes "
            f"{frame.places}, got one of {got}."
        )
    if images[0] is not None and images[0] != weights[0]:
        raise ValueError(f"{where}: got {images[0]} inputs, but {weights[0]} outputs.")
    return frame


def check_channels(where: str, got: int | None, wanted: int | None) -> None:
    """Checks that images have the channels that a kernel takes, as far as both are known.

    Raises:
        ValueError: if they have not.
    """
    if got is not None and wanted is not None and got != wanted:
        raise ValueError(f"{where}: the kernel takes {wanted} channels, got images of {got} channels.")


def check_multiple(where: str, out: int, channels: int) -> int:
    """How many output channels each channel makes.

    Raises:
        ValueError: if not each makes the same number.
    """
    if channels < 1 or out % channels:
        raise ValueError(f"{where}: {channels} channels cannot make {out} channels, each the same number.")
    return out // channels
