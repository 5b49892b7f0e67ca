"""``rolling_mean(x, 5)`` and its kin: functions over windows that are methods today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .frequencies import today

_STATISTICS = ("sum", "mean", "median", "std", "var", "min", "max", "skew", "kurt", "count")


def _wrapped(data: Any, compute: Callable[[Any], Any]) -> Any:
    """Computes of an array as of a series or frame; the result is an array again."""
    import pandas

    if hasattr(data, "rolling"):
        return compute(data)
    array = np.asarray(data)
    return compute((pandas.Series if array.ndim == 1 else pandas.DataFrame)(array)).to_numpy()


def _sampled(data: Any, freq: Any, how: Any) -> Any:
    return data if freq is None else data.resample(today(freq)).agg(how or "mean")


def _rolling(name: str) -> Callable[..., Any]:
    def rolling(
        arg: Any,
        window: Any,
        min_periods: int | None = None,
        freq: Any = None,
        center: bool = False,
        how: Any = None,
        **options: Any,
    ) -> Any:
        def compute(data: Any) -> Any:
            windows = _sampled(data, freq, how).rolling(window, min_periods=min_periods, center=center)
            return getattr(windows, name)(**options)

        return _wrapped(arg, compute)

    rolling.__name__ = rolling.__qualname__ = f"rolling_{name}"
    rolling.__doc__ = f"``arg.rolling(window).{name}()``."
    return rolling


def _expanding(name: str) -> Callable[..., Any]:
    def expanding(arg: Any, min_periods: int = 1, freq: Any = None, **options: Any) -> Any:
        def compute(data: Any) -> Any:
            return getattr(_sampled(data, freq, None).expanding(min_periods=min_periods), name)(**options)

        return _wrapped(arg, compute)

    expanding.__name__ = expanding.__qualname__ = f"expanding_{name}"
    expanding.__doc__ = f"``arg.expanding().{name}()``."
    return expanding


def rolling_apply(
    arg: Any,
    window: Any,
    func: Callable[..., Any],
    min_periods: int | None = None,
    freq: Any = None,
    center: bool = False,
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
) -> Any:
    """A function of the array of each window."""

    def compute(data: Any) -> Any:
        windows = _sampled(data, freq, None).rolling(window, min_periods=min_periods, center=center)
        return windows.apply(func, raw=True, args=args, kwargs=kwargs or {})

    return _wrapped(arg, compute)


def rolling_quantile(
    arg: Any,
    window: Any,
    quantile: float,
    min_periods: int | None = None,
    freq: Any = None,
    center: bool = False,
) -> Any:
    """A quantile of each window."""

    def compute(data: Any) -> Any:
        windows = _sampled(data, freq, None).rolling(window, min_periods=min_periods, center=center)
        return windows.quantile(quantile)

    return _wrapped(arg, compute)


def _pairs(name: str) -> Callable[..., Any]:
    def rolling(
        arg1: Any,
        arg2: Any = None,
        window: Any = None,
        min_periods: int | None = None,
        freq: Any = None,
        center: bool = False,
        pairwise: bool | None = None,
        how: Any = None,
    ) -> Any:
        if window is None and isinstance(arg2, (int, np.integer)):
            arg2, window = None, arg2
        windows = _sampled(arg1, freq, how).rolling(window, min_periods=min_periods, center=center)
        return getattr(windows, name)(arg2, pairwise=pairwise)

    rolling.__name__ = rolling.__qualname__ = f"rolling_{name}"
    rolling.__doc__ = f"``arg1.rolling(window).{name}(arg2)``."
    return rolling


def _weighted(name: str, statistic: str) -> Callable[..., Any]:
    def weighted(
        arg: Any,
        com: float | None = None,
        span: float | None = None,
        halflife: float | None = None,
        min_periods: int = 0,
        freq: Any = None,
        adjust: bool = True,
        how: Any = None,
        ignore_na: bool = False,
        alpha: float | None = None,
        bias: bool = False,
    ) -> Any:
        options = {"bias": bias} if statistic != "mean" else {}

        def compute(data: Any) -> Any:
            windows = _sampled(data, freq, how).ewm(
                com=com,
                span=span,
                halflife=halflife,
                alpha=alpha,
                min_periods=min_periods,
                adjust=adjust,
                ignore_na=ignore_na,
            )
            return getattr(windows, statistic)(**options)

        return _wrapped(arg, compute)

    weighted.__name__ = weighted.__qualname__ = name
    weighted.__doc__ = f"``arg.ewm(com, span, halflife).{statistic}()``."
    return weighted


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{f"rolling_{name}": _rolling(name) for name in _STATISTICS},
    **{f"expanding_{name}": _expanding(name) for name in _STATISTICS},
    **{f"rolling_{name}": _pairs(name) for name in ("corr", "cov")},
    "rolling_apply": rolling_apply,
    "rolling_quantile": rolling_quantile,
    "ewma": _weighted("ewma", "mean"),
    "ewmstd": _weighted("ewmstd", "std"),
    "ewmvol": _weighted("ewmvol", "std"),
    "ewmvar": _weighted("ewmvar", "var"),
}
