"""`RandomStreams` and `MRG_RandomStreams`: random tensors that differ from call to call of a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt

from ...registry import load

_DEFAULT_SEED = 12345


class RandomStreams:
    """Makes random tensors; each has a random state of its own, all from one seed.

    Args:
        seed: an integer, or None for one from the system.
        use_cuda: has no effect.
    """

    def __init__(self, seed: Any = None, use_cuda: Any = None, **options: Any) -> None:
        self.state_updates: list[tuple[Any, Any]] = []
        self.default_instance_seed = seed
        self.seed(seed)

    def seed(self, seed: Any = None) -> None:
        """Starts all random states anew."""
        chosen = self.default_instance_seed if seed is None else seed
        self._seeds = np.random.default_rng(None if chosen is None else np.abs(np.asarray(chosen, "int64")))
        for state, _ in self.state_updates:
            state.set_value(np.random.Generator(np.random.SFC64(self._next_seed())))

    def _next_seed(self) -> int:
        return int(self._seeds.integers(2**31))

    def updates(self) -> list[tuple[Any, Any]]:
        """Each random state with the one that follows it."""
        return list(self.state_updates)

    def _drawn(self, distribution: Callable[..., Any], *parameters: Any, **options: Any) -> Any:
        adapter: Any = load("pytensor", "theano's random streams")
        state = adapter.random_rng(self._next_seed())
        made = distribution(*parameters, rng=state, return_next_rng=True, **options)
        following, result = made
        adapter.register_rng_update(state, following)
        self.state_updates.append((state, following))
        result.rng = state
        result.update = (state, following)
        return result

    @staticmethod
    def _size(size: Any, ndim: Any, *parameters: Any) -> Any:
        """The shape as PyTensor takes it: None, or a sequence of sizes or a vector."""
        if isinstance(size, (int, np.integer)):
            return (int(size),)
        if isinstance(size, list):
            return tuple(size)
        if hasattr(size, "ndim") and getattr(size, "ndim", 1) == 0 and hasattr(size, "owner"):
            return (size,)
        if size is not None and hasattr(size, "owner") and ndim is not None:
            return tuple(size[axis] for axis in range(int(ndim)))
        return size

    def _floats(self, distribution: Any, first: Any, second: Any, size: Any, ndim: Any, dtype: Any) -> Any:
        dtype = dtype or pytensor.config.floatX
        inner = dtype if dtype in ("float32", "float64") else "float32"
        first, second = (pt.cast(pt.as_tensor_variable(each), inner) for each in (first, second))
        drawn = self._drawn(distribution, first, second, size=self._size(size, ndim), dtype=inner)
        return drawn if dtype == inner else _like(pt.cast(drawn, dtype), drawn)

    def uniform(
        self, size: Any = None, low: Any = 0.0, high: Any = 1.0, ndim: Any = None, dtype: Any = None,
        nstreams: Any = None,
    ) -> Any:  # fmt: skip
        """Numbers between `low` and `high`."""
        return self._floats(pt.random.uniform, low, high, size, ndim, dtype)

    def normal(
        self, size: Any = None, avg: Any = 0.0, std: Any = 1.0, ndim: Any = None, dtype: Any = None,
        nstreams: Any = None,
    ) -> Any:  # fmt: skip
        """Numbers of the normal distribution of this mean and deviation."""
        return self._floats(pt.random.normal, avg, std, size, ndim, dtype)

    def binomial(
        self, size: Any = None, n: Any = 1, p: Any = 0.5, ndim: Any = None, dtype: Any = "int64",
        nstreams: Any = None, prob: Any = None,
    ) -> Any:  # fmt: skip
        """How many of `n` trials succeed."""
        p = p if prob is None else prob
        if isinstance(n, (int, np.integer)) and int(n) == 1:
            shape = self._size(size, ndim)
            shape = pt.as_tensor_variable(p).shape if shape is None else shape
            uniform = self._drawn(pt.random.uniform, *_floats32(0, 1), size=shape, dtype="float32")
            return _like(pt.cast(uniform < pt.cast(pt.as_tensor_variable(p), "float32"), dtype), uniform)
        drawn = self._drawn(pt.random.binomial, n, p, size=self._size(size, ndim))
        return _like(pt.cast(drawn, dtype), drawn)

    def multinomial(
        self, size: Any = None, n: Any = 1, pvals: Any = (0.5, 0.5), ndim: Any = None, dtype: Any = "int64",
        nstreams: Any = None,
    ) -> Any:  # fmt: skip
        """How often each class was drawn in `n` draws; a row for each row of `pvals`."""
        pvals = pt.cast(pt.as_tensor_variable(pvals), "float64")
        pvals = pvals / pt.sum(pvals, axis=-1, keepdims=True)
        drawn = self._drawn(pt.random.multinomial, n, pvals, size=self._size(size, ndim))
        return _like(pt.cast(drawn, dtype), drawn)

    def random_integers(
        self, size: Any = None, low: Any = 0, high: Any = 1, ndim: Any = None, dtype: Any = "int64"
    ) -> Any:
        """Integers from `low` to `high`, both included."""
        top = pt.as_tensor_variable(high) + 1
        drawn = self._drawn(pt.random.integers, low, top, size=self._size(size, ndim))
        return _like(pt.cast(drawn, dtype), drawn)

    def poisson(self, size: Any = None, lam: Any = 1.0, ndim: Any = None, dtype: Any = "int64") -> Any:
        """Numbers of the Poisson distribution."""
        drawn = self._drawn(pt.random.poisson, lam, size=self._size(size, ndim))
        return _like(pt.cast(drawn, dtype), drawn)

    def choice(
        self, size: Any = None, a: Any = 2, replace: bool = True, p: Any = None, ndim: Any = None,
        dtype: Any = "int64", nstreams: Any = None,
    ) -> Any:  # fmt: skip
        """Numbers below `a`, or elements of the vector `a`."""
        options = {} if p is None else {"p": pt.as_tensor_variable(p)}
        shape = () if size is None else self._size(size, ndim)
        drawn = self._drawn(pt.random.choice, a, size=shape, replace=replace, **options)
        return drawn if hasattr(a, "owner") else _like(pt.cast(drawn, dtype), drawn)

    def permutation(self, size: Any = None, n: Any = 1, ndim: Any = None, dtype: Any = "int64") -> Any:
        """The numbers below `n` in a random order."""
        if size not in (None, (), []):
            raise ValueError("RandomStreams.permutation: one permutation is made at a time: leave size out.")
        drawn = self._drawn(pt.random.permutation, n)
        return _like(pt.cast(drawn, dtype), drawn)

    def shuffle_row_elements(self, input: Any) -> Any:
        """A vector in a random order."""
        input = pt.as_tensor_variable(input)
        if input.ndim != 1:
            raise ValueError("RandomStreams.shuffle_row_elements: wanted a vector.")
        return input[self.permutation(n=input.shape[0])]


class MRG_RandomStreams(RandomStreams):
    """The streams of `theano.sandbox.rng_mrg`; they draw by NumPy's generator here, so other numbers."""

    def __init__(self, seed: Any = _DEFAULT_SEED, use_cuda: Any = None, **options: Any) -> None:
        super().__init__(seed, use_cuda)

    def set_rstate(self, seed: Any) -> None:
        """Starts all random states anew."""
        self.seed(seed)


def _floats32(*values: float) -> Sequence[np.ndarray]:
    return [np.asarray(value, "float32") for value in values]


def _like(result: Any, drawn: Any) -> Any:
    """A tensor made of a random one, with that one's random state."""
    result.rng, result.update = drawn.rng, drawn.update
    return result


NAMES: dict[str, Any] = {
    "RandomStreams": RandomStreams,
    "RandomStreamsBase": RandomStreams,
    "MRG_RandomStreams": MRG_RandomStreams,
    "CURAND_RandomStreams": MRG_RandomStreams,
}
