"""Functions that SciPy has lost, written anew by their formulas."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np


def _scipy(name: str) -> Any:
    return importlib.import_module(f"scipy.{name}")


def central_diff_weights(Np: int, ndiv: int = 1) -> np.ndarray:
    """The weights of `Np` points, a step of 1 apart, whose sum is the derivative in the middle.

    Raises:
        ValueError: unless `Np` is odd and larger than `ndiv`.
    """
    if Np < ndiv + 1 or Np % 2 == 0:
        raise ValueError(f"central_diff_weights wants an odd number of points above {ndiv}, got {Np}")
    steps = np.arange(Np) - Np // 2
    powers = steps[:, None] ** np.arange(0.0, Np)
    return math.factorial(ndiv) * np.linalg.inv(powers)[ndiv]


def derivative(
    func: Callable[..., Any], x0: Any, dx: float = 1.0, n: int = 1, args: tuple[Any, ...] = (), order: int = 3
) -> Any:
    """The `n`-th derivative at `x0` by central differences of `order` points."""
    weights = central_diff_weights(order, n)
    values = [func(x0 + (at - order // 2) * dx, *args) for at in range(order)]
    return sum(weight * value for weight, value in zip(weights, values, strict=True)) / dx**n


def simps(y: Any, x: Any = None, dx: float = 1, axis: int = -1, even: str = "avg") -> Any:
    """The integral by Simpson's rule.

    Of an even number of points one interval is done by the trapezoid: the last (`even` of ``"first"``), the
    first (``"last"``), or the mean of both (``"avg"``).
    """
    integrate = _scipy("integrate")
    values = np.moveaxis(np.asarray(y), axis, -1)
    places = None if x is None else np.asarray(x)
    if places is not None and places.ndim > 1:
        places = np.moveaxis(places, axis, -1)

    def over(rule: Callable[..., Any], part: slice) -> Any:
        return rule(values[..., part], x=None if places is None else places[..., part], dx=dx, axis=-1)

    count = values.shape[-1]
    if count % 2:
        return over(integrate.simpson, slice(None))
    if count == 2:
        return over(integrate.trapezoid, slice(None))
    if even not in ("avg", "first", "last"):
        raise ValueError(f"simps wants even to be avg, first or last, got {even!r}")
    first = over(integrate.simpson, slice(-1)) + over(integrate.trapezoid, slice(-2, None))
    last = over(integrate.simpson, slice(1, None)) + over(integrate.trapezoid, slice(2))
    return {"avg": 0.5 * (first + last), "first": first, "last": last}[even]


def spline(
    xk: Any, yk: Any, xnew: Any, order: int = 3, kind: str = "smoothest", conds: Any = None
) -> np.ndarray:
    """Values of the smoothest spline through points.

    Of all splines with the knots `xk`, it is the one whose derivative of the highest order jumps least.

    Raises:
        NotImplementedError: for another kind, or for conditions.
    """
    if kind != "smoothest" or conds is not None:
        raise NotImplementedError(
            "scipy.interpolate.spline is supplied for kind='smoothest' without conds; use make_interp_spline"
        )
    interpolate = _scipy("interpolate")
    x, y = np.asarray(xk, dtype=float), np.asarray(yk, dtype=float)
    knots = np.concatenate([[x[0]] * order, x, [x[-1]] * order])
    count = len(knots) - order - 1
    basis = interpolate.BSpline(knots, np.eye(count), order)
    highest = basis.derivative(order)
    jumps = np.diff(highest((x[:-1] + x[1:]) / 2), axis=0)
    through = basis(x)
    exact = np.linalg.lstsq(through, y, rcond=None)[0]
    free = _scipy("linalg").null_space(through)
    exact = exact.reshape(count, -1)
    smooth = np.linalg.lstsq(jumps @ free, -(jumps @ exact), rcond=None)[0]
    coefficients = (exact + free @ smooth).reshape(count, *y.shape[1:])
    return interpolate.BSpline(knots, coefficients, order)(np.asarray(xnew))


def pinv2(a: Any, cond: Any = None, rcond: Any = None, return_rank: bool = False, **options: Any) -> Any:
    """The pseudoinverse by singular values; those below `cond` times the largest count as 0."""
    limit = rcond if rcond is not None else cond
    return _scipy("linalg").pinv(a, rtol=None if limit in (None, -1) else limit, return_rank=return_rank)


def ricker(points: int, a: float) -> np.ndarray:
    """The Mexican hat of width `a` at `points` places, a step of 1 apart."""
    squares = ((np.arange(points) - (points - 1.0) / 2) / a) ** 2
    return 2 / (math.sqrt(3 * a) * math.pi**0.25) * (1 - squares) * np.exp(-squares / 2)


def morlet(M: int, w: float = 5.0, s: float = 1.0, complete: bool = True) -> np.ndarray:
    """The complex Morlet wavelet at `M` places from ``-s * 2 * pi`` to ``s * 2 * pi``."""
    x = np.linspace(-s * 2 * math.pi, s * 2 * math.pi, M)
    wave = np.exp(1j * w * x) - (math.exp(-0.5 * w**2) if complete else 0)
    return wave * np.exp(-0.5 * x**2) * math.pi**-0.25


def qmf(hk: Any) -> np.ndarray:
    """The high-pass filter that belongs to a low-pass one: turned round, each second sign changed."""
    coefficients = np.asarray(hk)
    return coefficients[::-1] * (-1.0) ** np.arange(len(coefficients))


def cwt(data: Any, wavelet: Callable[..., Any], widths: Iterable[float]) -> np.ndarray:
    """The continuous wavelet transform: a row for each width."""
    signal = np.asarray(data)
    rows = []
    for width in widths:
        wave = np.conj(wavelet(min(int(10 * width), len(signal)), width))[::-1]
        rows.append(np.convolve(signal, wave, mode="same"))
    return np.real(np.array(rows))


def lpn(n: int, z: Any) -> tuple[np.ndarray, np.ndarray]:
    """The Legendre polynomials of the degrees 0 to `n` at `z`, and their derivatives."""
    legendre = np.polynomial.legendre.Legendre
    polynomials = [legendre.basis(degree) for degree in range(n + 1)]
    return np.array([each(z) for each in polynomials]), np.array([each.deriv()(z) for each in polynomials])


def sph_harm(m: Any, n: Any, theta: Any, phi: Any) -> Any:
    """The spherical harmonic of order `m` and degree `n`; `theta` is the azimuth, `phi` the polar angle."""
    return _scipy("special").sph_harm_y(n, m, phi, theta)


def spherical(name: str) -> Callable[..., Any]:
    """A spherical Bessel function of the orders 0 to `n`, and its derivatives."""

    def call(n: int, z: Any) -> tuple[Any, Any]:
        function = getattr(_scipy("special"), name)
        orders = np.arange(n + 1)
        return function(orders, z), function(orders, z, derivative=True)

    return call


def _pairs(u: Any, v: Any) -> tuple[int, int, int]:
    """How many truth values are both true, differ, and are both false."""
    first, second = np.asarray(u, dtype=bool), np.asarray(v, dtype=bool)
    both, differ = int((first & second).sum()), int((first != second).sum())
    return both, differ, first.size - both - differ


def kulsinski(u: Any, v: Any) -> float:
    """The Kulsinski dissimilarity of truth values."""
    both, differ, neither = _pairs(u, v)
    count = both + differ + neither
    return (differ - both + count) / (differ + count)


def sokalmichener(u: Any, v: Any) -> float:
    """The Sokal-Michener dissimilarity of truth values."""
    both, differ, neither = _pairs(u, v)
    return 2.0 * differ / (both + neither + 2.0 * differ)


def matching(u: Any, v: Any) -> float:
    """The share of elements that differ."""
    return float(np.mean(np.asarray(u) != np.asarray(v)))


def wminkowski(u: Any, v: Any, p: float, w: Any) -> float:
    """The Minkowski distance of weighted differences."""
    return float(np.linalg.norm(np.asarray(w) * (np.asarray(u) - np.asarray(v)), ord=p))


DISTANCES: dict[str, Any] = {
    function.__name__: function for function in (kulsinski, matching, sokalmichener, wminkowski)
}
