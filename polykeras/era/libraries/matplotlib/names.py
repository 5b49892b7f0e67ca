"""Methods and functions that Matplotlib has no more."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...callers import warn_once
from ...homes import refusing

# Colour maps by the names that they had.
COLOUR_MAPS = {
    "spectral": "nipy_spectral",
    "Vega10": "tab10",
    "Vega20": "tab20",
    "Vega20b": "tab20b",
    "Vega20c": "tab20c",
}
# Settings that had no counterpart since.
SETTINGS_GONE = (
    "axes.hold",
    "savefig.frameon",
    "text.latex.unicode",
    "legend.isaxes",
    "text.fontstyle",
    "datapath",
)
COLOURS = "axes.color_cycle"


def hold(self: Any = None, b: Any = None) -> None:
    """Whether what is drawn is kept by the next drawing: it always is."""
    if b is False or self is False:
        warn_once("hold(False) has no effect today: call cla() before the next drawing")


def ishold(self: Any = None) -> bool:
    """Whether what is drawn is kept by the next drawing."""
    return True


def set_color_cycle(self: Any, clist: Any) -> None:
    """Sets the colours of the lines to come."""
    self.set_prop_cycle(color=list(clist) if clist is not None else None)


def plot_date(
    self: Any,
    x: Any,
    y: Any,
    fmt: str = "o",
    tz: Any = None,
    xdate: bool = True,
    ydate: bool = False,
    **options: Any,
) -> Any:
    """Draws points of which one coordinate is a date."""
    if xdate:
        self.xaxis_date(tz)
    if ydate:
        self.yaxis_date(tz)
    return self.plot(x, y, fmt, **options)


def set_window_title(self: Any, title: str) -> None:
    """Sets the title of a figure's window, if it has one."""
    if self.manager is not None:
        self.manager.set_window_title(title)


def tostring_rgb(self: Any) -> bytes:
    """The picture of a figure as bytes of red, green and blue."""
    return np.asarray(self.buffer_rgba())[..., :3].tobytes()


AXES: dict[str, Any] = {
    "axesPatch": property(lambda self: self.patch),
    "get_axis_bgcolor": lambda self: self.get_facecolor(),
    "hold": hold,
    "ishold": ishold,
    "plot_date": plot_date,
    "set_axis_bgcolor": lambda self, color: self.set_facecolor(color),
    "set_color_cycle": set_color_cycle,
}


def bivariate_normal(
    X: Any,
    Y: Any,
    sigmax: float = 1.0,
    sigmay: float = 1.0,
    mux: float = 0.0,
    muy: float = 0.0,
    sigmaxy: float = 0.0,
) -> Any:
    """The density of a normal distribution of two variables."""
    rho = sigmaxy / (sigmax * sigmay)
    x, y = (np.asarray(X) - mux) / sigmax, (np.asarray(Y) - muy) / sigmay
    distance = (x**2 + y**2 - 2 * rho * x * y) / (1 - rho**2)
    return np.exp(-distance / 2) / (2 * np.pi * sigmax * sigmay * np.sqrt(1 - rho**2))


def normpdf(x: Any, mu: float, sigma: float) -> Any:
    """The density of a normal distribution."""
    return np.exp(-0.5 * ((np.asarray(x) - mu) / sigma) ** 2) / (np.sqrt(2 * np.pi) * sigma)


def find(condition: Any) -> np.ndarray:
    """The places where a condition holds."""
    return np.flatnonzero(condition)


def frange(xini: float, xfin: float | None = None, delta: float = 1.0, **closed: Any) -> np.ndarray:
    """Numbers at equal steps, the end included."""
    first, last = (0.0, xini) if xfin is None else (xini, xfin)
    count = int(np.floor((last - first) / delta + 1e-10)) + int(closed.get("closed", 1))
    return first + delta * np.arange(count)


def movavg(x: Any, n: int) -> np.ndarray:
    """The means of each n neighbours."""
    return np.convolve(np.asarray(x, float), np.full(n, 1 / n), mode="valid")


def csv2rec(
    fname: Any, comments: str = "#", skiprows: int = 0, delimiter: str = ",", names: Any = None, **more: Any
) -> Any:
    """The table in a text file, as records."""
    found = np.genfromtxt(
        fname,
        comments=comments,
        skip_header=skiprows,
        delimiter=delimiter,
        names=True if names is None else names,
        dtype=None,
        encoding="utf-8",
        case_sensitive="lower",
    )
    return np.atleast_1d(found).view(np.recarray)


MLAB: dict[str, Any] = {
    "PCA": refusing("matplotlib.mlab.PCA", "use sklearn.decomposition.PCA"),
    "bivariate_normal": bivariate_normal,
    "csv2rec": csv2rec,
    "find": find,
    "frange": frange,
    "griddata": refusing("matplotlib.mlab.griddata", "use scipy.interpolate.griddata"),
    "movavg": movavg,
    "normpdf": normpdf,
    "prctile": lambda x, p=(0.0, 25.0, 50.0, 75.0, 100.0): np.percentile(x, p),
    "rms_flat": lambda a: np.sqrt(np.mean(np.abs(a) ** 2)),
}
