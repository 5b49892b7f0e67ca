"""What `scipy.stats` has lost, written anew."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from .numpy_functions import refusal


def _axis(a: Any, axis: int | None) -> tuple[np.ndarray, int]:
    return (np.ravel(a), 0) if axis is None else (np.asarray(a), axis)


def ss(a: Any, axis: int | None = 0) -> Any:
    """The sum of squares."""
    values, axis = _axis(a, axis)
    return np.sum(values * values, axis)


def square_of_sums(a: Any, axis: int | None = 0) -> Any:
    """The square of the sum."""
    values, axis = _axis(a, axis)
    return np.sum(values, axis, dtype=np.result_type(values, float)) ** 2


def signaltonoise(a: Any, axis: int | None = 0, ddof: int = 0) -> Any:
    """The mean over the standard deviation; 0 where that is 0."""
    values = np.asarray(a)
    mean, deviation = values.mean(axis), values.std(axis=axis, ddof=ddof)
    return np.where(deviation == 0, 0, mean / np.where(deviation == 0, 1, deviation))


def itemfreq(a: Any) -> np.ndarray:
    """Rows of a value and how often it comes."""
    values, counts = np.unique(np.ravel(a), return_counts=True)
    return np.array([values, counts]).T


def threshold(a: Any, threshmin: Any = None, threshmax: Any = None, newval: Any = 0) -> np.ndarray:
    """A copy, with `newval` for what is below `threshmin` or above `threshmax`."""
    values = np.array(a)
    outside = np.zeros(values.shape, dtype=bool)
    if threshmin is not None:
        outside |= values < threshmin
    if threshmax is not None:
        outside |= values > threshmax
    values[outside] = newval
    return values


def find_repeats(arr: Any) -> tuple[np.ndarray, np.ndarray]:
    """The values that come more than once, and how often."""
    values, counts = np.unique(np.asarray(arr, dtype=np.float64), return_counts=True)
    return values[counts > 1], counts[counts > 1]


def names(stats: Any) -> dict[str, Any]:
    """What `scipy.stats` lacks."""
    special = importlib.import_module("scipy.special")

    def binom_test(x: Any, n: Any = None, p: float = 0.5, alternative: str = "two-sided") -> float:
        """The p value that the chance of a success is `p`; `x` may be successes and failures."""
        successes, tries = (x, n) if np.ndim(x) == 0 else (x[0], x[0] + x[1])
        return float(stats.binomtest(int(successes), int(tries), p, alternative=alternative).pvalue)

    distributions = {
        "frechet_l": "weibull_max",
        "frechet_r": "weibull_min",
        "gilbrat": "gibrat",
        "trapz": "trapezoid",
    }
    refused = {
        "f_value": "use scipy.stats.f_oneway",
        "histogram": "use numpy.histogram",
        "histogram2": "use numpy.histogram",
        "pdf_fromgamma": "write the series out",
    }
    return {
        **{old: getattr(stats, new) for old, new in distributions.items() if hasattr(stats, new)},
        **{name: refusal(f"scipy.stats.{name}", instead) for name, instead in refused.items()},
        "betai": lambda a, b, x: special.betainc(a, b, np.minimum(x, 1.0)),
        "binom_test": binom_test,
        "chisqprob": lambda chisq, df: special.chdtrc(df, chisq),
        "fastsort": lambda a: (np.sort(a, axis=0), np.argsort(a, axis=0)),
        "find_repeats": find_repeats,
        "fprob": special.fdtrc,
        "itemfreq": itemfreq,
        "ksprob": special.kolmogorov,
        "nanmean": lambda x, axis=0: np.nanmean(x, axis),
        "nanmedian": lambda x, axis=0: np.nanmedian(x, axis),
        "nanstd": lambda x, axis=0, bias=False: np.nanstd(x, axis, ddof=0 if bias else 1),
        "signaltonoise": signaltonoise,
        "square_of_sums": square_of_sums,
        "ss": ss,
        "threshold": threshold,
        "zprob": special.ndtr,
    }


def masked_names(mstats: Any) -> dict[str, Any]:
    """What `scipy.stats.mstats` lacks."""
    special = importlib.import_module("scipy.special")
    return {
        "betai": lambda a, b, x: special.betainc(a, b, np.minimum(x, 1.0)),
        "signaltonoise": signaltonoise,
        "threshold": threshold,
    }
