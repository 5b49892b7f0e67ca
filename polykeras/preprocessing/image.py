"""Pictures: reading, changing at random, and batches of them without end."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import backend, config
from ..errors import check_choice
from . import affine
from .affine import apply_transform as apply_transform
from .affine import flip_axis as flip_axis
from .affine import random_channel_shift as random_channel_shift
from .affine import random_rotation as random_rotation
from .affine import random_shear as random_shear
from .affine import random_shift as random_shift
from .affine import random_zoom as random_zoom
from .affine import transform_matrix_offset_center as transform_matrix_offset_center
from .iterators import DirectoryIterator as DirectoryIterator
from .iterators import Iterator as Iterator
from .iterators import NumpyArrayIterator as NumpyArrayIterator
from .pictures import array_to_img as array_to_img
from .pictures import img_to_array as img_to_array
from .pictures import list_pictures as list_pictures
from .pictures import load_img as load_img

K = backend


def __getattr__(name: str) -> Any:
    """``pil_image``: Pillow's module of pictures, None where Pillow is not installed."""
    if name != "pil_image":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return importlib.import_module("PIL.Image")
    except ImportError:
        return None


BAD_FILES = ("warn", "error", "ignore")


class ImageDataGenerator:
    """Makes batches of pictures that are changed at random, without end.

    Numbers are drawn from numpy's global generator, in the order in which Keras 1 drew them.

    Args:
        featurewise_center: subtract the mean of each channel over the pictures that `fit` was given.
        samplewise_center: subtract the mean over the channels from each pixel.
        featurewise_std_normalization: divide by the standard deviation of each channel, likewise.
        samplewise_std_normalization: divide by the standard deviation over the channels of each pixel.
        zca_whitening: remove correlations between pixels (Krizhevsky, 2009); needs `fit`.
        rotation_range: largest angle of a random turn, in degrees.
        width_shift_range, height_shift_range: largest random shift, as a fraction of the size.
        shear_range: largest angle of a random shear, in radians.
        zoom_range: a number z for random zooms of [1 - z, 1 + z], or a pair (least, most).
        channel_shift_range: largest number that is added to a channel at random.
        fill_mode, cval: what lies outside the picture, see `apply_transform`.
        horizontal_flip, vertical_flip: whether pictures are mirrored at random.
        rescale: a factor for all values, applied when a picture is standardized, before what needs `fit`.
        preprocessing_function: a function of one picture (three axes) of the same shape, applied before that.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'``.

    Attributes:
        bad_files: what `flow_from_directory` does about a file that is no picture: ``'warn'``, ``'error'`` or
            ``'ignore'``.
    """

    bad_files = "warn"

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        rotation_range: float = 0.0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[np.ndarray], np.ndarray] | None = None,
        dim_ordering: str = "default",
    ) -> None:
        where = type(self).__name__
        self.featurewise_center = featurewise_center
        self.samplewise_center = samplewise_center
        self.featurewise_std_normalization = featurewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.shear_range = shear_range
        self.channel_shift_range = channel_shift_range
        self.fill_mode = check_choice(where, "fill_mode", fill_mode, affine.FILL_MODES)
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.dim_ordering = config.resolve_dim_ordering(where, dim_ordering)
        # Axes of a batch; those of one picture are one less.
        self.channel_axis, self.row_axis, self.col_axis = (
            (3, 1, 2) if self.dim_ordering == "tf" else (1, 2, 3)
        )
        self.zoom_range: list[float]
        if isinstance(zoom_range, (int, float, np.number)):
            self.zoom_range = [float(1 - zoom_range), float(1 + zoom_range)]
        elif len(zoom_range) == 2:
            self.zoom_range = list(zoom_range)
        else:
            raise ValueError(
                f"{where}: zoom_range must be a number or two numbers (least, most), got {zoom_range!r}."
            )
        self.mean: Any = None
        self.std: Any = None
        self.principal_components: Any = None

    def flow(
        self,
        X: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
    ) -> NumpyArrayIterator:
        """Batches without end from an array.

        Args:
            X: pictures, an array of four axes with 1, 3 or 4 channels.
            y: targets, one row a picture; None: the batches hold pictures only.
            batch_size, shuffle, seed: see `Iterator`.
            save_to_dir, save_prefix, save_format: where the changed pictures are kept; None: nowhere.
        """
        return NumpyArrayIterator(
            X, y, self, batch_size, shuffle, seed, self.dim_ordering, save_to_dir, save_prefix, save_format
        )

    def flow_from_directory(
        self,
        directory: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Any = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "jpeg",
        follow_links: bool = False,
    ) -> DirectoryIterator:
        """Batches without end from a folder that holds a folder of pictures for each class.

        Args:
            directory: the folder. Pictures are PNG, JPEG and BMP files, at any depth of a class's folder.
            target_size: (rows, columns) to which all are resized.
            color_mode: ``'rgb'`` or ``'grayscale'``.
            classes: the names of the classes' folders, in the order of their numbers; None: all, sorted.
            class_mode: what the targets are: ``'categorical'`` (a row of 0 and 1), ``'binary'`` (0. or 1.),
                ``'sparse'`` (the class's number), or None: there are none.
            batch_size, shuffle, seed: see `Iterator`.
            save_to_dir, save_prefix, save_format: where the changed pictures are kept; None: nowhere.
            follow_links: whether links to folders are followed.
        """
        check_choice(type(self).__name__, "bad_files", self.bad_files, BAD_FILES)
        return DirectoryIterator(
            directory, self, target_size, color_mode, self.dim_ordering, classes, class_mode, batch_size,
            shuffle, seed, save_to_dir, save_prefix, save_format, follow_links,
        )  # fmt: skip

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """One picture rescaled, centered and so on, as asked for; statistics over all are those of `fit`."""
        channels = self.channel_axis - 1
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x = x * self.rescale
        if self.samplewise_center:
            x = x - np.mean(x, axis=channels, keepdims=True)
        if self.samplewise_std_normalization:
            x = x / (np.std(x, axis=channels, keepdims=True) + 1e-7)
        if self.featurewise_center and self._fitted("featurewise_center", self.mean):
            x = x - self.mean
        if self.featurewise_std_normalization and self._fitted("featurewise_std_normalization", self.std):
            x = x / (self.std + 1e-7)
        if self.zca_whitening and self._fitted("zca_whitening", self.principal_components):
            x = (x.reshape(-1) @ self.principal_components).reshape(x.shape)
        return x

    @staticmethod
    def _fitted(option: str, statistic: Any) -> bool:
        if statistic is None:
            warnings.warn(
                f"ImageDataGenerator: {option} has no effect before the generator has seen data. Call fit.",
                stacklevel=3,
            )
        return statistic is not None

    def random_transform(self, x: np.ndarray) -> np.ndarray:
        """One picture (three axes), turned, shifted, sheared, zoomed and mirrored at random."""
        rows, columns, channels = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        turn = affine.rotation(self.rotation_range) if self.rotation_range else np.eye(3)
        shift = [
            np.random.uniform(-limit, limit) * x.shape[axis] if limit else 0.0
            for limit, axis in ((self.height_shift_range, rows), (self.width_shift_range, columns))
        ]
        skew = affine.shear(self.shear_range) if self.shear_range else np.eye(3)
        matrix = turn @ affine.translation(*shift) @ skew @ affine.zoom(self.zoom_range)
        if not np.array_equal(matrix, np.eye(3)):
            centered = transform_matrix_offset_center(matrix, x.shape[rows], x.shape[columns])
            x = apply_transform(x, centered, channels, self.fill_mode, self.cval)
        if self.channel_shift_range:
            x = random_channel_shift(x, self.channel_shift_range, channels)
        if self.horizontal_flip and np.random.random() < 0.5:
            x = flip_axis(x, columns)
        if self.vertical_flip and np.random.random() < 0.5:
            x = flip_axis(x, rows)
        return x

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Takes the statistics that `featurewise_*` and `zca_whitening` need.

        Args:
            x: pictures, an array of four axes with 1, 3 or 4 channels.
            augment: whether they are changed at random first.
            rounds: how many times, with `augment`.
            seed: for numpy's generator; None: it is left alone.

        Raises:
            ValueError: if `x` has another number of axes or channels.
        """
        x = np.array(x, dtype=config.floatx())
        where = "ImageDataGenerator.fit"
        if x.ndim != 4:
            raise ValueError(f"{where}: the pictures must have 4 axes, got shape {x.shape}.")
        if x.shape[self.channel_axis] not in (1, 3, 4):
            raise ValueError(
                f"{where}: the pictures must have 1, 3 or 4 channels, got {x.shape[self.channel_axis]} under "
                f"dim_ordering {self.dim_ordering!r} (shape {x.shape})."
            )
        if seed is not None:
            np.random.seed(seed)
        if augment:
            x = np.stack([self.random_transform(picture) for _ in range(rounds) for picture in x])
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes, keepdims=True)[0]
            x = x - self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes, keepdims=True)[0]
            x = x / (self.std + config.epsilon())
        if self.zca_whitening:
            flat = x.reshape(len(x), -1)
            covariance = flat.T @ flat / len(flat)
            vectors, values, _ = np.linalg.svd(covariance)
            self.principal_components = vectors @ np.diag(1.0 / np.sqrt(values + 1e-6)) @ vectors.T
