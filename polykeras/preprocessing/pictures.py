"""Pictures (Pillow's) and arrays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from .. import config
from ..utils.extras import optional


def array_to_img(x: Any, dim_ordering: str = "default", scale: bool = True) -> Any:
    """A picture of an array.

    Args:
        x: ``(rows, columns, channels)`` under ``'tf'``, ``(channels, rows, columns)`` under ``'th'``; one
            channel (grey) or three (red, green, blue).
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'``.
        scale: whether the smallest value becomes 0 (if it is negative) and the largest 255; else the values
            are taken as numbers from 0 to 255.

    Returns:
        A `PIL.Image.Image`.

    Raises:
        ValueError: if the array has other axes or channels.
    """
    image = optional("PIL.Image", "pillow", "array_to_img")
    ordering = config.resolve_dim_ordering("array_to_img", dim_ordering)
    values = np.asarray(x, dtype=config.floatx())
    if values.ndim != 3:
        raise ValueError(f"array_to_img: x must have 3 axes, got shape {values.shape}.")
    if ordering == "th":
        values = values.transpose(1, 2, 0)
    if values.shape[2] not in (1, 3):
        raise ValueError(
            f"array_to_img: x must have 1 or 3 channels, got {values.shape[2]} under dim_ordering "
            f"{ordering!r} (shape {np.shape(x)})."
        )
    if scale:
        values = values + max(-float(values.min()), 0.0)
        largest = float(values.max())
        values = values / largest * 255 if largest else values
    pixels = values.astype("uint8")
    return image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0])


def img_to_array(img: Any, dim_ordering: str = "default") -> np.ndarray:
    """The array of a picture.

    Args:
        img: a `PIL.Image.Image`, or an array of two or three axes, channels last.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'``.

    Returns:
        An array of `floatx`: ``(rows, columns, channels)`` under ``'tf'``, ``(channels, rows, columns)``
        under ``'th'``.
    """
    ordering = config.resolve_dim_ordering("img_to_array", dim_ordering)
    values = np.asarray(img, dtype=config.floatx())
    if values.ndim == 2:
        values = values[:, :, np.newaxis]
    if values.ndim != 3:
        raise ValueError(f"img_to_array: the picture must have 2 or 3 axes, got shape {values.shape}.")
    return values.transpose(2, 0, 1) if ordering == "th" else values


def load_img(path: Any, grayscale: bool = False, target_size: tuple[int, int] | None = None) -> Any:
    """Reads a picture.

    Args:
        path: the file.
        grayscale: whether it becomes grey; else red, green and blue.
        target_size: (rows, columns) to resize it to, by the nearest pixel; None: as it is.

    Returns:
        A `PIL.Image.Image`.

    Raises:
        ValueError: if the file is no picture that Pillow can read.
    """
    image = optional("PIL.Image", "pillow", "load_img")
    try:
        with image.open(path) as opened:
            img = opened.convert("L" if grayscale else "RGB")
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError) as error:
        raise ValueError(
            f"load_img: cannot read a picture from {str(path)!r}: {error}. Remove or mend the file."
        ) from error
    if target_size:
        img = img.resize((target_size[1], target_size[0]), image.Resampling.NEAREST)
    return img


def list_pictures(directory: Any, ext: str = "jpg|jpeg|bmp|png") -> list[str]:
    """The paths of all pictures in a folder and the folders below it.

    Args:
        directory: the folder.
        ext: the endings of their names, separated by ``|``.
    """
    wanted = re.compile(rf"\w+\.(?:{ext})")
    return [str(path) for path in sorted(Path(directory).rglob("*")) if wanted.match(path.name)]
