"""Random shifts, turns and distortions of one picture.

Numbers are drawn from numpy's global generator. Pictures are arrays of three axes; by default channels first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import check_choice
from ..utils.extras import optional

FILL_MODES = ("constant", "nearest", "reflect", "wrap")

Matrix = np.ndarray


def rotation(degrees: float) -> Matrix:
    """The matrix of a turn by an angle drawn from [-degrees, degrees]."""
    theta = np.pi / 180 * np.random.uniform(-degrees, degrees)
    return np.array([[np.cos(theta), -np.sin(theta), 0], [np.sin(theta), np.cos(theta), 0], [0, 0, 1]])


def shear(intensity: float) -> Matrix:
    """The matrix of a shear by an angle drawn from [-intensity, intensity], in radians."""
    angle = np.random.uniform(-intensity, intensity)
    return np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]])


def zoom(zoom_range: Sequence[float]) -> Matrix:
    """The matrix of a zoom by factors for rows and columns, drawn from an interval."""
    if tuple(zoom_range) == (1, 1):
        return np.eye(3)
    rows, columns = np.random.uniform(zoom_range[0], zoom_range[1], 2)
    return np.diag([rows, columns, 1.0])


def translation(rows: float, columns: float) -> Matrix:
    """The matrix of a shift."""
    return np.array([[1, 0, rows], [0, 1, columns], [0, 0, 1]])


def transform_matrix_offset_center(matrix: Matrix, x: int, y: int) -> Matrix:
    """`matrix`, acting about the middle of a picture of `x` rows and `y` columns."""
    middle = float(x) / 2 + 0.5, float(y) / 2 + 0.5
    return translation(*middle) @ matrix @ translation(-middle[0], -middle[1])


def apply_transform(
    x: np.ndarray,
    transform_matrix: Matrix,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The picture that `transform_matrix` makes: each pixel is the nearest one to where the matrix leads.

    Args:
        x: the picture.
        transform_matrix: 3 x 3, from places in the result to places in `x`.
        channel_axis: the axis of the channels.
        fill_mode: what lies outside: ``'constant'`` (`cval`), ``'nearest'``, ``'reflect'`` or ``'wrap'``.
        cval: see `fill_mode`.
    """
    check_choice("apply_transform", "fill_mode", fill_mode, FILL_MODES)
    ndimage = optional("scipy.ndimage", "scipy", "apply_transform")
    channels = [
        ndimage.affine_transform(
            channel, transform_matrix[:2, :2], transform_matrix[:2, 2], order=0, mode=fill_mode, cval=cval
        )
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.stack(channels, axis=channel_axis)


def random_rotation(
    x: np.ndarray,
    rg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The picture turned by an angle drawn from [-rg, rg], in degrees; the others see `apply_transform`."""
    return _about_the_middle(x, rotation(rg), row_axis, col_axis, channel_axis, fill_mode, cval)


def random_shift(
    x: np.ndarray,
    wrg: float,
    hrg: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The picture shifted by up to the fraction `wrg` of its width and `hrg` of its height."""
    rows = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    columns = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    return apply_transform(x, translation(rows, columns), channel_axis, fill_mode, cval)


def random_shear(
    x: np.ndarray,
    intensity: float,
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The picture sheared by an angle drawn from [-intensity, intensity], in radians."""
    return _about_the_middle(x, shear(intensity), row_axis, col_axis, channel_axis, fill_mode, cval)


def random_zoom(
    x: np.ndarray,
    zoom_range: Sequence[float],
    row_axis: int = 1,
    col_axis: int = 2,
    channel_axis: int = 0,
    fill_mode: str = "nearest",
    cval: float = 0.0,
) -> np.ndarray:
    """The picture zoomed by factors for rows and columns drawn from the interval `zoom_range`.

    Raises:
        ValueError: if `zoom_range` is no pair.
    """
    if len(zoom_range) != 2:
        raise ValueError(f"random_zoom: zoom_range must be two numbers (least, most), got {zoom_range!r}.")
    return _about_the_middle(x, zoom(zoom_range), row_axis, col_axis, channel_axis, fill_mode, cval)


def random_channel_shift(x: np.ndarray, intensity: float, channel_axis: int = 0) -> np.ndarray:
    """The picture with a number drawn from [-intensity, intensity] added to each channel; the values stay
    within those of `x`."""
    least, most = x.min(), x.max()
    channels = [
        np.clip(channel + np.random.uniform(-intensity, intensity), least, most)
        for channel in np.moveaxis(x, channel_axis, 0)
    ]
    return np.stack(channels, axis=channel_axis)


def flip_axis(x: Any, axis: int) -> np.ndarray:
    """The array with one axis reversed."""
    return np.flip(np.asarray(x), axis)


def _about_the_middle(
    x: np.ndarray,
    matrix: Matrix,
    row_axis: int,
    col_axis: int,
    channel_axis: int,
    fill_mode: str,
    cval: float,
) -> np.ndarray:
    centered = transform_matrix_offset_center(matrix, x.shape[row_axis], x.shape[col_axis])
    return apply_transform(x, centered, channel_axis, fill_mode, cval)
