"""`numpy` and `numpy.linalg` as the program's own files see them: as NumPy 1.10 to 1.13 were."""

from __future__ import annotations

import functools
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from .numpy_arrays import arrays
from .numpy_sizes import whole, with_sizes

Made = dict[str, Any]

# Function -> the positions and the names of its sizes and counts.
_SIZES: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "array_split": ((1,), ("indices_or_sections",)),
    "delete": ((1,), ("obj",)),
    "dsplit": ((1,), ("indices_or_sections",)),
    "empty": ((0,), ("shape",)),
    "expand_dims": ((1,), ("axis",)),
    "eye": ((0, 1, 2), ("N", "M", "k")),
    "geomspace": ((2,), ("num",)),
    "hsplit": ((1,), ("indices_or_sections",)),
    "identity": ((0,), ("n",)),
    "indices": ((0,), ("dimensions",)),
    "insert": ((1,), ("obj",)),
    "linspace": ((2,), ("num",)),
    "logspace": ((2,), ("num",)),
    "ones": ((0,), ("shape",)),
    "pad": ((1,), ("pad_width",)),
    "repeat": ((1,), ("repeats",)),
    "resize": ((1,), ("new_shape",)),
    "roll": ((1,), ("shift",)),
    "rot90": ((1,), ("k",)),
    "split": ((1,), ("indices_or_sections",)),
    "tile": ((1,), ("reps",)),
    "tri": ((0, 1, 2), ("N", "M", "k")),
    "tril": ((1,), ("k",)),
    "triu": ((1,), ("k",)),
    "vsplit": ((1,), ("indices_or_sections",)),
    "zeros": ((0,), ("shape",)),
}
_STACKS = ("column_stack", "concatenate", "dstack", "hstack", "stack", "vstack")


def override(module: ModuleType) -> Made:
    """What the view of a module has in place of the module's names."""
    if module.__name__ == "numpy.linalg":
        return _linalg(module)
    made: Made = {name: with_sizes(getattr(module, name), *at) for name, at in _SIZES.items()}
    made.update({name: _taking_iterators(getattr(module, name)) for name in _STACKS})
    made["row_stack"] = made["vstack"]
    made.update(arrays(module))
    files = importlib.import_module(f"{__package__}.numpy_files")
    made.update(files.overrides(module))
    made.update(_histograms(module))
    made.update({name: _percentile(getattr(module, name)) for name in ("nanpercentile", "percentile")})
    # The types that had these names were Python's own.
    made.update(bool=bool, long=int)
    made.update(
        __all__=_star(module),
        clip=_clip,
        cross=_cross,
        nonzero=lambda a: np.nonzero(np.atleast_1d(a)),
        reshape=_reshape,
        set_printoptions=_set_printoptions,
        sum=_sum,
        unique=_unique,
        unravel_index=_unravel_index,
        where=_where,
    )
    return made


def _star(module: Any) -> list[str]:
    names: list[str] = importlib.import_module(f"{__package__}.numpy_names").star(module)
    return names


def _taking_iterators(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(tup: Any, *args: Any, **kwargs: Any) -> Any:
        return function(list(tup) if isinstance(tup, Iterator) else tup, *args, **kwargs)

    return call


def _reshape(a: Any, newshape: Any = None, order: Any = "C", **options: Any) -> Any:
    """The elements in another shape, which is called `newshape` or `shape`."""
    shape = options.pop("shape", newshape)
    return np.reshape(arrays(np)["asanyarray"](a), whole(shape), order, **options)


def _sum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, **options: Any) -> Any:
    """The sum of the elements along axes; of what a generator yields, Python's sum."""
    if isinstance(a, types.GeneratorType):
        return sum(a)
    return np.sum(a, axis, dtype, out, **options)


def _where(condition: Any, *args: Any, **kwargs: Any) -> Any:
    """Elements of one array or another; with the condition alone, where it holds."""
    return np.where(condition, *args, **kwargs) if args or kwargs else np.nonzero(np.atleast_1d(condition))


def _clip(a: Any, a_min: Any, a_max: Any, *args: Any, **options: Any) -> Any:
    """The elements, none below `a_min` or above `a_max`; these may lie beyond what the array's type holds."""
    try:
        return np.clip(a, a_min, a_max, *args, **options)
    except OverflowError:
        limits: Any = np.iinfo(np.asarray(a).dtype)
        low, high = (
            None if each is None else np.clip(each, limits.min, limits.max) for each in (a_min, a_max)
        )
        return np.clip(a, low, high, *args, **options)


def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The cross product of vectors of two or three elements."""
    if axis is not None:
        axisa = axisb = axisc = axis
    left, right = np.moveaxis(np.asarray(a), axisa, -1), np.moveaxis(np.asarray(b), axisb, -1)
    sizes = left.shape[-1], right.shape[-1]
    if sizes == (2, 2):
        return left[..., 0] * right[..., 1] - left[..., 1] * right[..., 0]
    if set(sizes) == {2, 3}:
        left, right = (_in_space(each) for each in (left, right))
    return np.cross(left, right, axisc=axisc)


def _in_space(vectors: np.ndarray) -> np.ndarray:
    """Vectors of two elements with a third that is 0."""
    if vectors.shape[-1] == 3:
        return vectors
    return np.concatenate([vectors, np.zeros_like(vectors[..., :1])], axis=-1)


def _set_printoptions(precision: Any = None, threshold: Any = None, *args: Any, **options: Any) -> None:
    """Sets how arrays are shown; a threshold of NaN shows all elements."""
    if isinstance(threshold, str) or (threshold is not None and np.isnan(threshold)):
        threshold = sys.maxsize
    np.set_printoptions(whole(precision), threshold, *args, **options)


def _unique(ar: Any, *args: Any, **options: Any) -> Any:
    """The elements that differ; the inverse, if it is asked for, on one axis."""
    found = np.unique(ar, *args, **options)
    flags = (
        dict(zip(("return_index", "return_inverse", "return_counts", "axis"), args, strict=False)) | options
    )
    if not flags.get("return_inverse") or flags.get("axis") is not None:
        return found
    at = 2 if flags.get("return_index") else 1
    return (*found[:at], found[at].ravel(), *found[at + 1 :])


def _unravel_index(indices: Any, dims: Any = None, order: str = "C", **options: Any) -> Any:
    """The indices along each axis of places in a flat array; the shape is called `dims` or `shape`."""
    call: Any = np.unravel_index
    return call(indices, whole(options.get("shape", dims)), order)


def _percentile(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, interpolation: str | None = None, **kwargs: Any) -> Any:
        return function(*args, **kwargs, **({} if interpolation is None else {"method": interpolation}))

    return call


def _histograms(module: Any) -> Made:
    def normed_is_density(name: str, at: int) -> Callable[..., Any]:
        function = getattr(module, name)

        @functools.wraps(function)
        def call(*args: Any, normed: Any = None, **kwargs: Any) -> Any:
            words = list(args)
            if len(words) > at:  # normed came before the weights
                normed = words.pop(at)
            if len(words) > at:
                kwargs["weights"] = words.pop(at)
            if len(words) > at:
                kwargs["density"] = words.pop(at)
            if normed is not None and kwargs.get("density") is None:
                kwargs["density"] = bool(normed)
            if "bins" in kwargs:
                kwargs["bins"] = _bins(kwargs["bins"])
            elif len(words) > at - 2:
                words[at - 2] = _bins(words[at - 2])
            return function(*words, **kwargs)

        return call

    # Where `normed` stood: behind the data, the bins and their range.
    places = {"histogram": 3, "histogram2d": 4, "histogramdd": 3}
    return {name: normed_is_density(name, at) for name, at in places.items()}


def _bins(bins: Any) -> Any:
    return whole(bins) if isinstance(bins, (float, np.floating)) else bins


def _linalg(linalg: Any) -> Made:
    def lstsq(a: Any, b: Any, rcond: Any = -1) -> Any:
        """The solution by least squares; by default only singular values of 0 count as 0."""
        return linalg.lstsq(a, b, rcond=rcond)

    def solve(a: Any, b: Any) -> Any:
        """Solves linear equations; `b` of one axis less than `a` is a stack of vectors."""
        right = np.asarray(b)
        if right.ndim > 1 and right.ndim == np.ndim(a) - 1:
            return linalg.solve(a, right[..., None])[..., 0]
        return linalg.solve(a, b)

    return {"lstsq": lstsq, "solve": solve}
