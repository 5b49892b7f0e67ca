"""Operations that move elements about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from polykeras import config


def concatenate(tensors: Sequence[np.ndarray], axis: int = -1) -> np.ndarray:
    first = np.moveaxis(tensors[0], axis, 0)
    rows = [row for tensor in tensors for row in np.moveaxis(tensor, axis, 0)]
    return np.moveaxis(np.array(rows).reshape(len(rows), *first.shape[1:]), 0, axis)


def stack(x: Sequence[np.ndarray]) -> np.ndarray:
    return np.array(list(x))


def reshape(x: np.ndarray, shape: Sequence[int | None]) -> np.ndarray:
    return np.array(x.flat, dtype=x.dtype).reshape([-1 if size is None else size for size in shape])


def permute_dimensions(x: np.ndarray, pattern: Sequence[int]) -> np.ndarray:
    return x.transpose(*pattern)


def expand_dims(x: np.ndarray, dim: int = -1) -> np.ndarray:
    at = dim if dim >= 0 else dim + x.ndim + 1
    return x.reshape((*x.shape[:at], 1, *x.shape[at:]))


def squeeze(x: np.ndarray, axis: int) -> np.ndarray:
    return x.reshape([size for index, size in enumerate(x.shape) if index != axis % x.ndim])


def repeat_elements(x: np.ndarray, rep: int, axis: int) -> np.ndarray:
    wide = np.moveaxis(x, axis, 0)
    return np.moveaxis(np.array([row for row in wide for _ in range(rep)]), 0, axis)


def tile(x: np.ndarray, n: int | Sequence[int]) -> np.ndarray:
    counts = [n] if isinstance(n, int) else list(n)
    counts = [1] * (x.ndim - len(counts)) + counts
    x = x.reshape([1] * (len(counts) - x.ndim) + list(x.shape))
    for axis, count in enumerate(counts):
        x = concatenate([x] * count, axis)
    return x


def flatten(x: np.ndarray) -> np.ndarray:
    return np.array(list(x.flat), dtype=x.dtype)


def reverse(x: np.ndarray, axes: int | Sequence[int]) -> np.ndarray:
    for axis in [axes] if isinstance(axes, int) else axes:
        x = np.moveaxis(np.array(list(np.moveaxis(x, axis, 0))[::-1]), 0, axis)
    return x


def one_hot(indices: np.ndarray, nb_classes: int) -> np.ndarray:
    result = np.zeros((*indices.shape, nb_classes))
    for place in np.ndindex(indices.shape):
        if 0 <= indices[place] < nb_classes:
            result[(*place, indices[place])] = 1
    return result


def arange(start: int, stop: int | None = None, step: int = 1, dtype: str = "int32") -> np.ndarray:
    return np.array(range(start) if stop is None else range(start, stop, step), dtype)


def zeros_like(x: np.ndarray, dtype: str | None = None) -> np.ndarray:
    return np.full(x.shape, 0, dtype or x.dtype)


def ones_like(x: np.ndarray, dtype: str | None = None) -> np.ndarray:
    return np.full(x.shape, 1, dtype or x.dtype)


def pad(x: np.ndarray, paddings: Sequence[tuple[int, int]], value: float = 0.0) -> np.ndarray:
    sizes = [size + before + after for size, (before, after) in zip(x.shape, paddings, strict=True)]
    result = np.full(sizes, value, x.dtype)
    inner = zip(x.shape, paddings, strict=True)
    result[tuple(slice(before, before + size) for size, (before, _) in inner)] = x
    return result


def repeat(x: np.ndarray, n: int) -> np.ndarray:
    return np.array([[row] * n for row in x])


def batch_flatten(x: np.ndarray) -> np.ndarray:
    return np.array([row.ravel() for row in x])


def _spatial(dim_ordering: str, rank: int) -> range:
    """The axes of an image that are neither samples nor channels."""
    ordering = config.image_dim_ordering() if dim_ordering == "default" else dim_ordering
    return range(1, rank - 1) if ordering == "tf" else range(2, rank)


def _pad_sides(x: np.ndarray, sides: Sequence[tuple[int, int]], axes: Sequence[int]) -> np.ndarray:
    of_axis = dict(zip(axes, sides, strict=True))
    return pad(x, [of_axis.get(axis, (0, 0)) for axis in range(x.ndim)])


def temporal_padding(x: np.ndarray, padding: int = 1) -> np.ndarray:
    return _pad_sides(x, [(padding, padding)], [1])


def asymmetric_temporal_padding(x: np.ndarray, left_pad: int = 1, right_pad: int = 1) -> np.ndarray:
    return _pad_sides(x, [(left_pad, right_pad)], [1])


def spatial_2d_padding(
    x: np.ndarray, padding: tuple[int, int] = (1, 1), dim_ordering: str = "default"
) -> np.ndarray:
    return _pad_sides(x, [(size, size) for size in padding], _spatial(dim_ordering, 4))


def asymmetric_spatial_2d_padding(
    x: np.ndarray,
    top_pad: int = 1,
    bottom_pad: int = 1,
    left_pad: int = 1,
    right_pad: int = 1,
    dim_ordering: str = "default",
) -> np.ndarray:
    return _pad_sides(x, [(top_pad, bottom_pad), (left_pad, right_pad)], _spatial(dim_ordering, 4))


def spatial_3d_padding(
    x: np.ndarray, padding: tuple[int, int, int] = (1, 1, 1), dim_ordering: str = "default"
) -> np.ndarray:
    return _pad_sides(x, [(size, size) for size in padding], _spatial(dim_ordering, 5))


def _resize(x: np.ndarray, factors: Sequence[int], dim_ordering: str) -> Any:
    for axis, factor in zip(_spatial(dim_ordering, x.ndim), factors, strict=True):
        x = x[(slice(None),) * axis + ([place // factor for place in range(x.shape[axis] * factor)],)]
    return x


def resize_images(X: np.ndarray, height_factor: int, width_factor: int, dim_ordering: str) -> np.ndarray:
    return _resize(X, (height_factor, width_factor), dim_ordering)


def resize_volumes(
    X: np.ndarray,
    depth_factor: int,
    height_factor: int,
    width_factor: int,
    dim_ordering: str,
) -> np.ndarray:
    return _resize(X, (depth_factor, height_factor, width_factor), dim_ordering)
