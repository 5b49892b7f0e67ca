"""`numpy.random` as the program's own files see it: sizes may be numbers with a point, as up to 1.11."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from .numpy_sizes import whole, with_sizes

# Where in a function's arguments the size stands.
_SIZE_AT: dict[int, tuple[str, ...]] = {
    0: (
        "random_sample",
        "random",
        "ranf",
        "sample",
        "standard_cauchy",
        "standard_exponential",
        "standard_normal",
    ),
    1: (
        *("chisquare", "dirichlet", "exponential", "geometric", "logseries", "pareto", "poisson", "power"),
        *("rayleigh", "standard_gamma", "standard_t", "weibull", "zipf"),
    ),
    2: (
        *("beta", "binomial", "f", "gamma", "gumbel", "laplace", "logistic", "lognormal", "multinomial"),
        *("multivariate_normal", "negative_binomial", "noncentral_chisquare", "normal", "uniform"),
        *("vonmises", "wald"),
    ),
    3: ("hypergeometric", "noncentral_f", "triangular"),
}


def _drawing(owner: Any) -> dict[str, Callable[..., Any]]:
    """The functions that draw, of the module or of a generator."""
    made: dict[str, Callable[..., Any]] = {}
    for position, names in _SIZE_AT.items():
        for name in names:
            if hasattr(owner, name):
                made[name] = with_sizes(getattr(owner, name), (position,), ("size",))
    for name in ("rand", "randn"):
        made[name] = with_sizes(getattr(owner, name), None, ())
    made["bytes"] = with_sizes(owner.bytes, (0,), ("length",))
    made["randint"] = _randint(owner)
    made["random_integers"] = _random_integers(made["randint"])
    made["choice"] = with_sizes(_choice(owner), (1,), ("size",))
    made["permutation"] = lambda x: owner.permutation(_count(x))
    made["shuffle"] = owner.shuffle
    return made


def _count(value: Any) -> Any:
    """A count as an integer; a sequence to draw from as it is."""
    return whole(value) if np.ndim(value) == 0 else value


def _randint(owner: Any) -> Callable[..., Any]:
    def randint(low: Any, high: Any = None, size: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Integers from `low` up to below `high`, or from 0 up to below `low`."""
        return owner.randint(
            _count(low), None if high is None else _count(high), whole(size), *args, **kwargs
        )

    return randint


def _random_integers(randint: Callable[..., Any]) -> Callable[..., Any]:
    def random_integers(low: Any, high: Any = None, size: Any = None) -> Any:
        """Integers from `low` to `high`, or from 1 to `low`."""
        first, last = (1, low) if high is None else (low, high)
        return randint(first, np.floor(last) + 1, size)

    return random_integers


def _choice(owner: Any) -> Callable[..., Any]:
    def choice(a: Any, size: Any = None, replace: Any = True, p: Any = None) -> Any:
        """Items of `a`, or of the integers below it."""
        return owner.choice(_count(a), size, bool(replace), p)

    return choice


def override(module: ModuleType) -> dict[str, Any]:
    """What the view of `numpy.random` has in place of the module's names."""

    class RandomState(np.random.RandomState):
        """A generator of random numbers."""

        def __init__(self, seed: Any = None) -> None:
            super().__init__(seed)
            vars(self).update(_drawing(super()))

    RandomState.__module__ = "numpy.random"
    return {**_drawing(module), "RandomState": RandomState}
