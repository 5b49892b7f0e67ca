"""Functions of scikit-image with the defaults and arguments of releases 0.11 to 0.13."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ...arguments import Then, taking

_CHANNELS = (3, 4)


def _channels(image: Any, multichannel: Any, guess: bool) -> int | None:
    """The axis of colours that ``multichannel`` means; by default three or four numbers are a colour."""
    if multichannel is None and guess:
        multichannel = np.ndim(image) == 3 and np.shape(image)[-1] in _CHANNELS
    return -1 if multichannel else None


def coloured(function: Any, guess: bool = True) -> Any:
    """A function with the argument ``multichannel``.

    Args:
        function: today's, with ``channel_axis``.
        guess: whether it told pictures in colours by their shape.
    """

    @functools.wraps(function)
    def call(image: Any, *args: Any, **kwargs: Any) -> Any:
        multichannel = kwargs.pop("multichannel", None)
        if "channel_axis" not in kwargs:
            kwargs["channel_axis"] = _channels(image, multichannel, guess)
        return function(image, *args, **kwargs)

    return call


def transform(module: Any) -> dict[str, Any]:
    """`skimage.transform`: images are not smoothed before they are made smaller; zero is around them."""

    def resize(
        image: Any,
        output_shape: Any,
        order: int = 1,
        mode: str | None = None,
        cval: float = 0,
        clip: bool = True,
        preserve_range: bool = False,
        **options: Any,
    ) -> Any:
        options.setdefault("anti_aliasing", False)
        shape = tuple(int(size) for size in output_shape)
        mode = {None: "constant", "nearest": "edge"}.get(mode, mode)
        return module.resize(image, shape, order, mode, cval, clip, preserve_range, **options)

    def rescale(
        image: Any,
        scale: Any,
        order: int = 1,
        mode: str | None = None,
        cval: float = 0,
        clip: bool = True,
        preserve_range: bool = False,
        multichannel: bool | None = None,
        **options: Any,
    ) -> Any:
        image = np.asarray(image)
        axis = options.pop("channel_axis", _channels(image, multichannel, True))
        last = image.ndim if axis is None else image.ndim - 1
        scales = np.broadcast_to(scale, last)
        shape = [*np.round(np.array(image.shape[:last]) * scales).astype(int), *image.shape[last:]]
        return resize(image, shape, order, mode, cval, clip, preserve_range, **options)

    found = {"resize": resize, "rescale": rescale}
    for name in ("pyramid_reduce", "pyramid_expand", "pyramid_gaussian", "pyramid_laplacian"):
        found[name] = coloured(getattr(module, name))
    return found


def color(module: Any) -> dict[str, Any]:
    """`skimage.color`: grey images stay as they are, and a fourth channel is left out."""

    def rgb2gray(rgb: Any) -> Any:
        rgb = np.asarray(rgb)
        if rgb.ndim == 2:
            return rgb
        return module.rgb2gray(rgb[..., :3] if rgb.shape[-1] == 4 else rgb)

    def gray2rgb(image: Any, alpha: Any = None) -> Any:
        image = np.asarray(image)
        if image.ndim == 3 and image.shape[-1] in _CHANNELS and not alpha:
            return image[..., :3]
        return module.gray2rgb(image)

    return {"rgb2gray": rgb2gray, "rgb2grey": rgb2gray, "gray2rgb": gray2rgb, "grey2rgb": gray2rgb}


_EDGES = (
    "sobel",
    "sobel_h",
    "sobel_v",
    "scharr",
    "scharr_h",
    "scharr_v",
    "prewitt",
    "prewitt_h",
    "prewitt_v",
)


def _bordered(function: Any) -> Any:
    """A filter of edges that gives zero at the border."""

    @functools.wraps(function)
    def call(image: Any, mask: Any = None, **options: Any) -> Any:
        found = function(image, mask, **options)
        if mask is None and found.ndim == 2:
            for border in (found[:1], found[-1:], found[:, :1], found[:, -1:]):
                border[...] = 0
        return found

    return call


def filters(module: Any) -> dict[str, Any]:
    """`skimage.filters`."""

    def median(image: Any, selem: Any = None, out: Any = None, **options: Any) -> Any:
        footprint = np.ones((3, 3), np.uint8) if selem is None else selem
        return module.median(image, footprint, out=out, behavior="rank", **options)

    gaussian = coloured(module.gaussian)
    edges = {name: _bordered(getattr(module, name)) for name in _EDGES}
    more = {"hsobel": edges["sobel_h"], "vsobel": edges["sobel_v"]}
    return {**edges, **more, "median": median, "gaussian": gaussian, "gaussian_filter": gaussian}


def measure(module: Any) -> dict[str, Any]:
    """`skimage.measure`."""

    def label(
        label_image: Any,
        neighbors: int | None = None,
        background: Any = None,
        return_num: bool = False,
        connectivity: int | None = None,
    ) -> Any:
        if neighbors is not None:
            connectivity = 1 if neighbors == 4 else np.ndim(label_image)
        return module.label(label_image, background, return_num, connectivity)

    return {"label": label}


def exposure(module: Any) -> dict[str, Any]:
    """`skimage.exposure`."""

    def rescale_intensity(image: Any, in_range: Any = "image", out_range: Any = "dtype") -> Any:
        image = np.asarray(image)
        found = module.rescale_intensity(image, in_range, out_range)
        return found.astype(image.dtype) if isinstance(out_range, (tuple, list)) else found

    adapthist = Then(ignored=("ntiles_x", "ntiles_y"))
    return {
        "rescale_intensity": rescale_intensity,
        "equalize_adapthist": taking(
            module.equalize_adapthist, adapthist, "skimage.exposure.equalize_adapthist"
        ),
    }


def feature(module: Any) -> dict[str, Any]:
    """`skimage.feature`."""

    def hog(
        image: Any,
        orientations: int = 9,
        pixels_per_cell: Any = (8, 8),
        cells_per_block: Any = (3, 3),
        block_norm: str = "L1",
        visualise: bool = False,
        transform_sqrt: bool = False,
        feature_vector: bool = True,
        normalise: bool | None = None,
        **options: Any,
    ) -> Any:
        options.setdefault("visualize", visualise)
        if not isinstance(block_norm, str):  # the fifth argument was `visualise` in releases before 0.13
            options["visualize"], block_norm = bool(block_norm), "L1"
        return module.hog(
            image,
            orientations,
            pixels_per_cell,
            cells_per_block,
            block_norm,
            transform_sqrt=transform_sqrt,
            feature_vector=feature_vector,
            **options,
        )

    def peak_local_max(image: Any, *args: Any, indices: bool = True, **options: Any) -> Any:
        found = module.peak_local_max(image, *args, **options)
        if indices:
            return found
        mask = np.zeros(np.shape(image), bool)
        mask[tuple(found.T)] = True
        return mask

    return {"hog": hog, "peak_local_max": peak_local_max}


def _footprints(module: Any, names: tuple[str, ...]) -> dict[str, Any]:
    then = Then(renamed={"selem": "footprint"})
    return {name: taking(getattr(module, name), then, f"{module.__name__}.{name}") for name in names}


_MORPHOLOGY = ("dilation", "erosion", "opening", "closing", "white_tophat", "black_tophat")
_BINARY = ("binary_dilation", "binary_erosion", "binary_opening", "binary_closing")


def morphology(module: Any) -> dict[str, Any]:
    """`skimage.morphology`: what is smaller than ``min_size`` is removed."""

    def small(function: Callable[..., Any]) -> Any:
        parameters = inspect.signature(function).parameters
        limit = next(
            (name for name in ("max_size", "min_size", "area_threshold") if name in parameters), "min_size"
        )

        def remove(
            ar: Any, min_size: int = 64, connectivity: int = 1, in_place: bool = False, **options: Any
        ) -> Any:
            size = options.pop("area_threshold", min_size)
            sizes = {limit: max(size - 1, 0) if limit == "max_size" else size}
            found = function(ar, connectivity=connectivity, **sizes, **options)
            if not in_place:
                return found
            ar[...] = found
            return ar

        remove.__name__, remove.__doc__ = function.__name__, function.__doc__
        return remove

    return {
        **_footprints(module, tuple(name for name in (*_MORPHOLOGY, *_BINARY) if hasattr(module, name))),
        "remove_small_objects": small(module.remove_small_objects),
        "remove_small_holes": small(module.remove_small_holes),
    }


def segmentation(module: Any) -> dict[str, Any]:
    """`skimage.segmentation`: segments are counted from 0."""

    def slic(image: Any, *args: Any, multichannel: bool | None = None, **options: Any) -> Any:
        axis = options.pop("channel_axis", _channels(image, multichannel, True))
        return module.slic(image, *args, channel_axis=axis, **{"start_label": 0, **options})

    return {"slic": slic}


def restoration(module: Any) -> dict[str, Any]:
    """`skimage.restoration`."""
    bilateral = Then(renamed={"sigma_range": "sigma_color"})
    names = ("denoise_tv_chambolle", "denoise_nl_means", "denoise_wavelet")
    found = {name: coloured(getattr(module, name), guess=name != "denoise_tv_chambolle") for name in names}
    denoise = taking(module.denoise_bilateral, bilateral, "skimage.restoration.denoise_bilateral")
    return {**found, "denoise_bilateral": coloured(denoise), "nl_means_denoising": found["denoise_nl_means"]}


def util(module: Any) -> dict[str, Any]:
    """`skimage.util`."""
    return {"random_noise": taking(module.random_noise, Then(adapt=_seed), "skimage.util.random_noise")}


def _seed(kwargs: dict[str, Any]) -> None:
    if "seed" in kwargs:
        kwargs["rng"] = kwargs.pop("seed")


def io(module: Any) -> dict[str, Any]:
    """`skimage.io`: numbers of any kind can be saved."""
    reading = Then(order=("fname", "as_gray", "plugin"), renamed={"as_grey": "as_gray"})

    def imread(*args: Any, **kwargs: Any) -> Any:
        for old in ("as_grey", "flatten"):
            if old in kwargs:
                kwargs["as_gray"] = kwargs.pop(old)
        return read(*args, **kwargs)

    def imsave(fname: Any, arr: Any, plugin: Any = None, **options: Any) -> Any:
        return module.imsave(fname, savable(np.asarray(arr), str(fname)), plugin, **options)

    read = taking(module.imread, reading, "skimage.io.imread")
    return {"imread": imread, "imsave": imsave}


def savable(image: np.ndarray, name: str) -> np.ndarray:
    """An image in bytes, or in words of 16 bits where it is grey and goes into a PNG file."""
    skimage = importlib.import_module("skimage")
    if image.dtype.kind == "f":
        grey = image.ndim == 2 and name.lower().endswith(".png")
        return skimage.img_as_uint(image) if grey else skimage.img_as_ubyte(image)
    if image.dtype.kind in "iu" and image.dtype.itemsize > 2:
        return image.astype(np.uint8)
    return image
