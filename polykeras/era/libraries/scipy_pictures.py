"""The pictures of `scipy.misc` (SciPy 0.17 to 0.19) on today's Pillow."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

_INTERPOLATION = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}
_FILTERS = {
    "blur": "BLUR",
    "contour": "CONTOUR",
    "detail": "DETAIL",
    "edge_enhance": "EDGE_ENHANCE",
    "edge_enhance_more": "EDGE_ENHANCE_MORE",
    "emboss": "EMBOSS",
    "find_edges": "FIND_EDGES",
    "sharpen": "SHARPEN",
    "smooth": "SMOOTH",
    "smooth_more": "SMOOTH_MORE",
}


def _pillow(part: str = "PIL.Image") -> Any:
    try:
        return importlib.import_module(part)
    except ImportError as error:
        raise ImportError(
            f"the pictures of scipy.misc need Pillow, which cannot be imported ({error}). "
            "Run: pip install 'polykeras[images]'"
        ) from error


def bytescale(data: Any, cmin: Any = None, cmax: Any = None, high: int = 255, low: int = 0) -> np.ndarray:
    """Numbers as bytes: from the smallest to the largest spread evenly from `low` to `high`.

    Bytes stay as they are.

    Args:
        data: the numbers.
        cmin: what becomes `low`, by default the smallest number.
        cmax: what becomes `high`, by default the largest number.
        high: the upper end.
        low: the lower end.
    """
    data = np.asarray(data)
    if data.dtype == np.uint8:
        return data
    if high > 255 or low < 0 or high < low:
        raise ValueError(f"bytescale wants 0 <= low <= high <= 255, got low={low}, high={high}")
    smallest = data.min() if cmin is None else cmin
    largest = data.max() if cmax is None else cmax
    span = float(largest) - float(smallest)
    if span < 0:
        raise ValueError(f"bytescale wants cmax of at least cmin, got cmin={smallest}, cmax={largest}")
    return (_spread(data, smallest, span, high, low).clip(low, high) + 0.5).astype(np.uint8)


def _spread(data: np.ndarray, smallest: Any, span: float, high: int, low: int) -> np.ndarray:
    return (data - float(smallest)) * (float(high - low) / (span or 1.0)) + low


def toimage(
    arr: Any,
    high: int = 255,
    low: int = 0,
    cmin: Any = None,
    cmax: Any = None,
    pal: Any = None,
    mode: str | None = None,
    channel_axis: int | None = None,
) -> Any:
    """A picture of Pillow from an array of two or three axes.

    Numbers other than bytes are scaled: the smallest is black, the largest white.

    Args:
        arr: the array; of three axes one has three elements (colours) or four (colours and opacity).
        high, low, cmin, cmax: see `bytescale`.
        pal: the palette, an array of shape (256, 3), for two axes.
        mode: the picture's mode; by default L for two axes, RGB or RGBA for three.
        channel_axis: which axis the colours are on; by default the first of three elements, else of four.
    """
    data = np.asarray(arr)
    if np.iscomplexobj(data):
        raise ValueError("toimage wants real numbers, got complex ones")
    if data.ndim == 2:
        return _flat(data, (cmin, cmax, high, low), pal, mode)
    if data.ndim == 3 and (3 in data.shape or 4 in data.shape):
        return _coloured(data, (cmin, cmax, high, low), mode, channel_axis)
    raise ValueError(
        f"toimage wants two axes, or three with one of 3 or 4 elements; got the shape {data.shape}"
    )


def _flat(data: np.ndarray, scaling: tuple[Any, ...], pal: Any, mode: str | None) -> Any:
    size = (data.shape[1], data.shape[0])
    make = _pillow().frombytes
    if mode == "F":
        return make("F", size, data.astype(np.float32).tobytes())
    if mode == "I":
        smallest = data.min() if scaling[0] is None else scaling[0]
        span = float(data.max() if scaling[1] is None else scaling[1]) - float(smallest)
        return make("I", size, _spread(data, smallest, span, *scaling[2:]).astype(np.int32).tobytes())
    if mode not in (None, "L", "P"):
        raise ValueError(f"toimage wants the mode L, P, F or I for two axes, got {mode!r}")
    picture = make("L", size, bytescale(data, *scaling).tobytes())
    if pal is not None:
        picture.putpalette(np.asarray(pal, dtype=np.uint8).tobytes())
    elif mode == "P":
        picture.putpalette(np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes())
    return picture


def _coloured(data: np.ndarray, scaling: tuple[Any, ...], mode: str | None, axis: int | None) -> Any:
    if axis is None:
        axis = data.shape.index(3 if 3 in data.shape else 4)
    channels = data.shape[axis]
    if channels not in (3, 4):
        raise ValueError(f"toimage wants 3 or 4 elements on the axis of colours, got the shape {data.shape}")
    allowed = ("RGB", "YCbCr") if channels == 3 else ("RGBA", "CMYK")
    mode = mode or allowed[0]
    if mode not in allowed:
        raise ValueError(f"toimage wants one of the modes {allowed} for {channels} channels, got {mode!r}")
    rows = np.moveaxis(bytescale(data, *scaling), axis, 2)
    return _pillow().frombytes(mode, (rows.shape[1], rows.shape[0]), rows.tobytes())


def fromimage(im: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """The numbers of a picture of Pillow.

    Args:
        im: the picture.
        flatten: whether to make it grey, of float32.
        mode: a mode of Pillow to convert it to first.
    """
    if not isinstance(im, _pillow().Image):
        raise TypeError(f"fromimage wants a picture of Pillow, got {type(im).__name__}")
    if mode is not None:
        if mode == "L" and im.mode in ("RGB", "RGBA") and not flatten:
            return _grey(np.array(im))
        im = im if mode == im.mode else im.convert(mode)
    elif im.mode == "P":
        im = im.convert("RGBA" if "transparency" in im.info else "RGB")
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")
    return np.array(im)


def _grey(colours: np.ndarray) -> np.ndarray:
    """Grey of colours, as Pillow made it up to version 4: cut, where today's rounds."""
    red, green, blue = (colours[..., at].astype(np.int32) for at in range(3))
    return ((19595 * red + 38470 * green + 7471 * blue) >> 16).astype(np.uint8)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """The numbers of a picture in a file; see `fromimage`."""
    with _pillow().open(name) as picture:
        return fromimage(picture, flatten=flatten, mode=mode)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Writes an array as a picture, its colours on the last axis; see `toimage`."""
    toimage(arr, channel_axis=2).save(name, **({} if format is None else {"format": format}))


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> np.ndarray:
    """An array as a picture of another size, in bytes.

    Args:
        arr: the array; see `toimage`.
        size: an int is a percentage, a float a fraction, a tuple (rows, columns).
        interp: nearest, lanczos, bilinear, bicubic or cubic.
        mode: the picture's mode; see `toimage`.
    """
    picture = toimage(arr, mode=mode)
    method = _method(interp, "imresize")
    if isinstance(size, (int, np.integer)):
        wanted = _times(picture.size, size / 100.0)
    elif isinstance(size, (float, np.floating)):
        wanted = _times(picture.size, float(size))
    else:
        wanted = (int(size[1]), int(size[0]))
    return fromimage(_premultiplied(picture, lambda each: _resized(each, wanted, method)))


def _resized(picture: Any, size: tuple[int, int], method: int) -> Any:
    """The picture in another size: first its rows, then its columns; between them numbers are rounded."""
    if method == _INTERPOLATION["nearest"]:
        return picture.resize(size, resample=method)
    return picture.resize((size[0], picture.height), resample=method).resize(size, resample=method)


def _premultiplied(picture: Any, change: Callable[[Any], Any]) -> Any:
    """A change in which clear pixels count for less than opaque ones."""
    return change(picture.convert("RGBa")).convert("RGBA") if picture.mode == "RGBA" else change(picture)


def _times(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return int(size[0] * factor), int(size[1] * factor)


def _method(interp: str, what: str) -> int:
    if interp not in _INTERPOLATION:
        raise ValueError(f"{what} wants interp to be one of {', '.join(_INTERPOLATION)}, got {interp!r}")
    return _INTERPOLATION[interp]


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> np.ndarray:
    """An array as a picture, turned about its middle, counterclockwise in degrees; in bytes."""
    method = _method(interp, "imrotate")
    picture = toimage(arr)
    if angle % 180 == 0:
        return fromimage(picture.rotate(angle))
    return fromimage(_premultiplied(picture, lambda each: each.rotate(angle, resample=method)))


def imfilter(arr: Any, ftype: str) -> np.ndarray:
    """An array as a picture, filtered; in bytes.

    Args:
        arr: the array; see `toimage`.
        ftype: blur, contour, detail, edge_enhance, edge_enhance_more, emboss, find_edges, smooth, smooth_more
            or sharpen.
    """
    if ftype not in _FILTERS:
        raise ValueError(f"imfilter wants ftype to be one of {', '.join(_FILTERS)}, got {ftype!r}")
    return fromimage(toimage(arr).filter(getattr(_pillow("PIL.ImageFilter"), _FILTERS[ftype])))


def imshow(arr: Any) -> None:
    """Shows an array as a picture in the system's viewer."""
    toimage(arr).show()


PICTURES: dict[str, Any] = {
    function.__name__: function
    for function in (*(bytescale, fromimage, imfilter, imread, imresize, imrotate, imsave, imshow, toimage),)
}
