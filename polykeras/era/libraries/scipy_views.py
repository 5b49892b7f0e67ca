"""Modules of SciPy that have changed their ways, as the program's own files see them."""

from __future__ import annotations

import functools
from collections import namedtuple
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from ..views import View
from .numpy_names import NEW_NAMES
from .scipy_functions import simps

Made = dict[str, Any]


def override(module: ModuleType) -> Made:
    """What the view of a module has in place of the module's names."""
    return _VIEWS[module.__name__](module)


class _CallableModule(View):
    """`scipy.fft`, which was NumPy's function and is a module today: it can be called, too."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return np.fft.fft(*args, **kwargs)


def _scipy(scipy: Any) -> Made:
    today = {*vars(scipy), *scipy.__all__} - NEW_NAMES
    return {
        "fft": _CallableModule(scipy.fft, {}),
        "__all__": sorted(name for name in today if not name.startswith("_")),
    }


# The most frequent values and how often they come.
ModeResult = namedtuple("ModeResult", ("mode", "count"))


def _stats(stats: Any) -> Made:
    def mode(a: Any, axis: int | None = 0, nan_policy: str = "propagate", **options: Any) -> Any:
        """The most frequent value along an axis, which stays with one element, and how often it comes."""
        values = np.asarray(a)
        if values.dtype.kind not in "biufc":
            return _mode_of_objects(*((values.ravel(), 0) if axis is None else (values, axis)))
        keep = {"keepdims": axis is not None, **options}
        found = stats.mode(values, axis=axis, nan_policy=nan_policy, **keep)
        return ModeResult(np.atleast_1d(found.mode), np.atleast_1d(found.count))

    return {"mode": mode}


def _mode_of_objects(values: np.ndarray, axis: int) -> ModeResult:
    def of(row: np.ndarray) -> tuple[Any, int]:
        items, counts = np.unique(row, return_counts=True)
        return items[counts.argmax()], int(counts.max())

    rows = np.moveaxis(values, axis, -1)
    found = [of(rows[place]) for place in np.ndindex(rows.shape[:-1])]
    shape = rows.shape[:-1]
    modes = np.array([each for each, _ in found], dtype=values.dtype).reshape(shape)
    counts = np.array([count for _, count in found]).reshape(shape)
    return ModeResult(np.expand_dims(modes, axis), np.expand_dims(counts, axis))


def _optimize(optimize: Any) -> Made:
    def from_any_shape(name: str) -> Callable[..., Any]:
        function = getattr(optimize, name)

        @functools.wraps(function)
        def call(func: Any, x0: Any, *args: Any, **kwargs: Any) -> Any:
            if name == "fmin_l_bfgs_b":  # it shows its progress no more
                kwargs = {word: value for word, value in kwargs.items() if word not in ("disp", "iprint")}
            return function(func, np.ravel(x0), *args, **kwargs)

        return call

    names = (
        "fmin",
        "fmin_bfgs",
        "fmin_cg",
        "fmin_l_bfgs_b",
        "fmin_ncg",
        "fmin_powell",
        "fmin_tnc",
        "minimize",
    )
    return {name: from_any_shape(name) for name in names}


class Interp2d:
    """A spline through values on a grid, or at scattered places, of the degree that `kind` says.

    Args:
        x, y: the columns and rows of the grid, or the places.
        z: the values, of shape (len(y), len(x)) for a grid.
        kind: linear, cubic or quintic.
        bounds_error: whether a place outside is an error.
        fill_value: what is returned for places outside; by default the value at the nearest place inside.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        z: Any,
        kind: str = "linear",
        copy: bool = True,
        bounds_error: bool = False,
        fill_value: Any = None,
    ) -> None:
        from scipy import interpolate

        degrees = {"linear": 1, "cubic": 3, "quintic": 5}
        if kind not in degrees:
            raise ValueError(f"interp2d wants kind to be linear, cubic or quintic, got {kind!r}")
        degree = degrees[kind]
        x, y, z = (np.asarray(each, dtype=float) for each in (x, y, z))
        x, y = np.ravel(x), np.ravel(y)
        self.bounds_error, self.fill_value = bounds_error, fill_value
        self.x_min, self.x_max, self.y_min, self.y_max = x.min(), x.max(), y.min(), y.max()
        if z.size == len(x) * len(y):
            columns, rows = np.argsort(x), np.argsort(y)
            grid = z.reshape(len(y), len(x))[rows][:, columns]
            made = interpolate.RectBivariateSpline(x[columns], y[rows], grid.T, kx=degree, ky=degree)
            self._at: Callable[..., Any] = made
        elif z.size == len(x) == len(y):
            spline = interpolate.bisplrep(x, y, z.ravel(), kx=degree, ky=degree, s=0.0)
            self._at = lambda columns, rows: np.reshape(
                interpolate.bisplev(columns, rows, spline), (len(columns), len(rows))
            )
        else:
            raise ValueError(
                "interp2d wants a value for each place or for each point of the grid: "
                f"x has {len(x)} elements, y has {len(y)}, z has {z.size}"
            )

    def __call__(self, x: Any, y: Any, dx: int = 0, dy: int = 0, assume_sorted: bool = False) -> Any:
        """The values at the columns `x` and rows `y`, both sorted: of shape (len(y), len(x))."""
        if dx or dy:
            raise NotImplementedError(
                "interp2d is supplied without derivatives (dx, dy); use scipy.interpolate.RectBivariateSpline"
            )
        columns, rows = (np.sort(np.atleast_1d(each)) for each in (x, y))
        outside = (columns < self.x_min) | (columns > self.x_max), (rows < self.y_min) | (rows > self.y_max)
        if self.bounds_error and any(each.any() for each in outside):
            raise ValueError(
                f"interp2d wants places within x {self.x_min} to {self.x_max}, y {self.y_min} to {self.y_max}"
            )
        values = np.array(self._at(columns, rows).T)
        if self.fill_value is not None:
            values[:, outside[0]] = self.fill_value
            values[outside[1], :] = self.fill_value
        return values[0] if len(rows) == 1 else values


def _linalg(linalg: Any) -> Made:
    def by_index(name: str) -> Callable[..., Any]:
        function = getattr(linalg, name)

        @functools.wraps(function)
        def call(a: Any, b: Any = None, *args: Any, **kwargs: Any) -> Any:
            kwargs.pop("turbo", None)
            chosen = kwargs.pop("eigvals", None)
            if chosen is not None:
                kwargs["subset_by_index"] = chosen
            return function(a, b, *args, **kwargs)

        return call

    def solve(a: Any, b: Any, sym_pos: bool = False, *args: Any, **kwargs: Any) -> Any:
        """Solves linear equations; `sym_pos` says that the matrix is symmetric and positive definite."""
        if sym_pos:
            kwargs["assume_a"] = "pos"
        return linalg.solve(a, b, *args, **kwargs)

    return {"eigh": by_index("eigh"), "eigvalsh": by_index("eigvalsh"), "solve": solve}


def _sparse_linalg(linalg: Any) -> Made:
    def with_tol(name: str) -> Callable[..., Any]:
        function = getattr(linalg, name)

        @functools.wraps(function)
        def call(A: Any, b: Any, x0: Any = None, tol: Any = None, *args: Any, **kwargs: Any) -> Any:
            if tol is not None:
                kwargs["rtol"] = tol
            for word, value in zip(("maxiter",), args, strict=False):
                kwargs[word] = value
            return function(A, b, x0, **kwargs)

        return call

    names = ("bicg", "bicgstab", "cg", "cgs", "qmr")
    return {name: with_tol(name) for name in names}


def _signal(signal: Any) -> Made:
    def by_nyquist(name: str, word: str, factor: float) -> Callable[..., Any]:
        function = getattr(signal, name)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if word in kwargs:
                kwargs["fs"] = factor * kwargs.pop(word)
            return function(*args, **kwargs)

        return call

    return {
        "firwin": by_nyquist("firwin", "nyq", 2.0),
        "firwin2": by_nyquist("firwin2", "nyq", 2.0),
        "remez": by_nyquist("remez", "Hz", 1.0),
    }


_VIEWS: Mapping[str, Callable[[Any], Made]] = {
    "scipy": _scipy,
    "scipy.fft": lambda module: {},
    "scipy.integrate": lambda module: {"simps": simps},
    "scipy.interpolate": lambda module: {"interp2d": Interp2d},
    "scipy.linalg": _linalg,
    "scipy.optimize": _optimize,
    "scipy.signal": _signal,
    "scipy.sparse": lambda module: {},
    "scipy.sparse.linalg": _sparse_linalg,
    "scipy.stats": _stats,
}
