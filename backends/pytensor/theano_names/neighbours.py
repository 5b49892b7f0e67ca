"""`theano.tensor.nnet.neighbours`: patches of images as rows of a matrix, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt

from .padding import padded


def _whole(where: str, name: str, value: Any) -> tuple[int, int]:
    """Two integers that are known now."""
    parts = getattr(value, "data", value)
    if hasattr(value, "owner") and value.owner is not None:
        parts = [getattr(each, "data", None) for each in value.owner.inputs]
    numbers = [None if each is None or hasattr(each, "owner") else int(each) for each in parts]
    if len(numbers) != 2 or any(number is None or number < 1 for number in numbers):
        raise ValueError(f"{where}: {name} must be two integers above 0, got {value!r}.")
    return numbers[0] or 1, numbers[1] or 1


def images2neibs(ten4: Any, neib_shape: Any, neib_step: Any = None, mode: str = "valid") -> Any:
    """A matrix with a row for each patch.

    Args:
        ten4: images ``(samples, channels, rows, columns)``.
        neib_shape: rows and columns of a patch.
        neib_step: how far patches lie apart, by default their size.
        mode: ``'valid'``: patches must fill the image exactly; ``'ignore_borders'``: what is left over
            does not count; ``'half'`` and ``'full'``: zeros go around.

    Returns:
        Rows by sample, channel, and place of the patch, each patch row by row.
    """
    where = "theano.tensor.nnet.neighbours.images2neibs"
    x = pt.as_tensor_variable(ten4)
    if x.ndim != 4:
        raise TypeError(f"{where}: wanted a tensor of 4 axes, got one of {x.ndim}.")
    if mode not in ("valid", "ignore_borders", "half", "full"):
        raise ValueError(
            f"{where}: mode must be one of 'valid', 'ignore_borders', 'half', 'full', got {mode!r}."
        )
    size = _whole(where, "neib_shape", neib_shape)
    step = size if neib_step is None else _whole(where, "neib_step", neib_step)
    if mode in ("half", "full"):
        around = [each // 2 if mode == "half" else each - 1 for each in size]
        x = padded(x, [(width, width) for width in around])
    lengths = [x.type.shape[axis] or x.shape[axis] for axis in (2, 3)]
    counts = [(length - each) // apart + 1 for length, each, apart in zip(lengths, size, step, strict=True)]
    if mode == "valid":
        x = _exact(where, x, lengths, size, step)
    places = [
        (pt.arange(count) * apart).dimshuffle(0, "x") + np.arange(each)
        for count, each, apart in zip(counts, size, step, strict=True)
    ]
    rows = places[0].dimshuffle(0, "x", 1, "x")
    columns = places[1].dimshuffle("x", 0, "x", 1)
    return x[:, :, rows, columns].reshape((-1, size[0] * size[1]))


def _exact(where: str, x: Any, lengths: Sequence[Any], size: Any, step: Any) -> Any:
    """The images, once patches fill them exactly."""
    message = (
        f"{where}: patches {size} at distances {step} do not fill the images; mode='ignore_borders' may."
    )
    for length, each, apart in zip(lengths, size, step, strict=True):
        rest = (length - each) % apart
        if isinstance(rest, int):
            if rest:
                raise ValueError(message)
            continue
        from pytensor.raise_op import Assert

        x = Assert(message)(x, pt.eq(rest, 0))
    return x


def neibs2images(neibs: Any, neib_shape: Any, original_shape: Any, mode: str = "valid") -> Any:
    """The images of which `images2neibs` has made patches that do not overlap.

    Args:
        neibs: the patches.
        neib_shape: rows and columns of a patch.
        original_shape: the shape of the images.
        mode: ``'valid'``.
    """
    where = "theano.tensor.nnet.neighbours.neibs2images"
    if mode != "valid":
        raise ValueError(f"{where}: mode must be 'valid', got {mode!r}.")
    rows, columns = _whole(where, "neib_shape", neib_shape)
    samples, channels, height, width = [original_shape[axis] for axis in range(4)]
    patches = pt.as_tensor_variable(neibs).reshape(
        (samples, channels, height // rows, width // columns, rows, columns)
    )
    return patches.dimshuffle(0, 1, 2, 4, 3, 5).reshape((samples, channels, height, width))


NAMES: dict[str, Any] = {"images2neibs": images2neibs, "neibs2images": neibs2images}
