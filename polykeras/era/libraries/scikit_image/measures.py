"""Functions of scikit-image that have gone or moved with other arguments."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np


def _float_range(image: np.ndarray, always: bool = False) -> float | None:
    """The range of floats, which was taken to be from -1 to 1; None for other images."""
    if image.dtype.kind != "f":
        return None
    return 1.0 if not always and image.min() >= 0 else 2.0


def compare_ssim(
    X: Any,
    Y: Any,
    win_size: int | None = None,
    gradient: bool = False,
    data_range: float | None = None,
    multichannel: bool = False,
    gaussian_weights: bool = False,
    full: bool = False,
    dynamic_range: float | None = None,
    **options: Any,
) -> Any:
    """The mean structural similarity of two images."""
    X = np.asarray(X)
    metrics = importlib.import_module("skimage.metrics")
    return metrics.structural_similarity(
        X,
        np.asarray(Y),
        win_size=win_size,
        gradient=gradient,
        data_range=data_range or dynamic_range or _float_range(X, always=True),
        channel_axis=-1 if multichannel else None,
        gaussian_weights=gaussian_weights,
        full=full,
        **options,
    )


def compare_psnr(
    im_true: Any, im_test: Any, data_range: float | None = None, dynamic_range: Any = None
) -> Any:
    """The peak signal to noise ratio of an image, in decibels."""
    im_true = np.asarray(im_true)
    found = data_range or dynamic_range or _float_range(im_true)
    metrics = importlib.import_module("skimage.metrics")
    return metrics.peak_signal_noise_ratio(im_true, np.asarray(im_test), data_range=found)


def compare_mse(im1: Any, im2: Any) -> Any:
    """The mean squared difference of two images."""
    return importlib.import_module("skimage.metrics").mean_squared_error(im1, im2)


def compare_nrmse(im_true: Any, im_test: Any, norm_type: str = "Euclidean") -> Any:
    """The root of the mean squared difference, in units of the true image."""
    metrics = importlib.import_module("skimage.metrics")
    return metrics.normalized_root_mse(im_true, im_test, normalization=norm_type.lower())


def threshold_adaptive(
    image: Any,
    block_size: int,
    method: str = "gaussian",
    offset: float = 0,
    mode: str = "reflect",
    param: Any = None,
) -> np.ndarray:
    """Where an image is brighter than its neighbourhood."""
    filters = importlib.import_module("skimage.filters")
    local = filters.threshold_local(image, block_size, method=method, offset=offset, mode=mode, param=param)
    return np.asarray(image) > local


def circle(r: float, c: float, radius: float, shape: Any = None) -> Any:
    """Rows and columns of the pixels of a disk."""
    return importlib.import_module("skimage.draw").disk((r, c), radius, shape=shape)


def montage2d(
    arr_in: Any,
    fill: Any = "mean",
    rescale_intensity: bool = False,
    grid_shape: Any = None,
    padding_width: int = 0,
) -> np.ndarray:
    """Grey images side by side in one."""
    util = importlib.import_module("skimage.util")
    return util.montage(
        np.asarray(arr_in),
        fill=fill,
        rescale_intensity=rescale_intensity,
        grid_shape=grid_shape,
        padding_width=padding_width,
    )


def register_translation(
    src_image: Any, target_image: Any, upsample_factor: int = 1, space: str = "real"
) -> Any:
    """The shift between two images, its error, and the difference of phase."""
    registration = importlib.import_module("skimage.registration")
    return registration.phase_cross_correlation(
        src_image, target_image, upsample_factor=upsample_factor, space=space, normalization=None
    )


_POWERS = {"contrast": 1, "dissimilarity": 1, "homogeneity": 1, "energy": 1, "ASM": 2}


def greycoprops(P: Any, prop: str = "contrast") -> np.ndarray:
    """A property of matrices of neighbouring grey levels, which need not sum up to one."""
    found = importlib.import_module("skimage.feature").graycoprops(P, prop)
    return found * np.asarray(P).sum(axis=(0, 1)) ** _POWERS.get(prop, 0)


class ImageViewer:
    """A window that shows an image, by Matplotlib; it takes no plugins."""

    def __init__(self, image: Any, useblit: bool = True) -> None:
        self.image = image

    def show(self, main_window: bool = True) -> list[Any]:
        """Shows the image; there is no overlay."""
        pyplot = importlib.import_module("matplotlib.pyplot")
        pyplot.imshow(self.image, cmap="gray")
        pyplot.axis("off")
        pyplot.show()
        return [[self.image, None]]

    def add_plugin(self, plugin: Any) -> None:
        """Refuses: plugins were of the Qt viewer."""
        raise NotImplementedError(
            "skimage.viewer is no more, and its plugins with it: use the package napari"
        )

    __iadd__ = add_plugin
