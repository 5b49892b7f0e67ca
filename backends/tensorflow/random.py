"""Random tensors on TensorFlow: stateless operations, keyed by their own seed and the function's step."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from ... import config
from ..interface import Random
from ..interface.arguments import dtype_name
from ..interface.checks import checked_sizes
from ..interface.variables import draw_seed
from .graph import in_graph
from .math import as_tensor, cast
from .shape import size_vector


def random_words(seed: int, step: Any, count: Any) -> Any:
    """A vector of random 64-bit words (uint64), for uses where many are wanted at little cost.

    SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014) from a
    start that the engine's own generator draws from the seed and the step: a few vectorised passes, where
    TensorFlow's generators compute element by element.
    """
    key = tf.stack([tf.constant(seed, tf.int64), step])
    start = tf.random.stateless_uniform([], key, None, None, tf.uint64, alg="philox")
    word = tf.cast(tf.range(count), tf.uint64) * tf.constant(0x9E3779B97F4A7C15, tf.uint64) + start
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = tf.bitwise.bitwise_xor(word, tf.bitwise.right_shift(word, tf.constant(shift, tf.uint64)))
        word *= tf.constant(factor, tf.uint64)
    return tf.bitwise.bitwise_xor(word, tf.bitwise.right_shift(word, tf.constant(31, tf.uint64)))


def dropout_mask(seed: int, step: Any, sizes: Sequence[Any], level: float, dtype: str) -> Any:
    """A tensor of the given shape: 0 with probability `level`, else 1 / (1 - level).

    Each word decides about four elements, by 16 bits each, so `level` is kept to within 1/131072.
    """
    known = math.prod(size for size in sizes if isinstance(size, int))
    count: Any = known
    for size in sizes:
        count = count if isinstance(size, int) else count * size
    bits = tf.bitcast(random_words(seed, step, (count + 3) // 4), tf.uint16)
    if known % 4:  # the last word may have bits to spare
        bits = tf.reshape(bits, [-1])[:count]
    bits = tf.reshape(bits, size_vector(sizes))
    keep = bits >= tf.constant(min(round(level * 65536), 65535), tf.uint16)
    return tf.cast(keep, dtype) * tf.constant(1.0 / (1.0 - level), dtype)


class TFRandom(Random):
    random_step: Callable[[], Any]  # see `TFPhase`

    @in_graph
    def random_uniform(
        self,
        shape: Sequence[Any],
        low: Any = 0.0,
        high: Any = 1.0,
        dtype: str | None = None,
        seed: int | None = None,
    ) -> Any:
        return self._draw(tf.random.stateless_uniform, low, high, shape, dtype, seed)

    @in_graph
    def random_normal(
        self,
        shape: Sequence[Any],
        mean: Any = 0.0,
        std: Any = 1.0,
        dtype: str | None = None,
        seed: int | None = None,
    ) -> Any:
        return self._draw(tf.random.stateless_normal, mean, std, shape, dtype, seed)

    @in_graph
    def random_binomial(
        self, shape: Sequence[Any], p: Any = 0.0, dtype: str | None = None, seed: int | None = None
    ) -> Any:
        drawn = self.random_uniform(shape, dtype="float32", seed=seed)
        return tf.cast(drawn < cast(as_tensor(p, "float32"), "float32"), dtype_name(dtype or config.floatx()))

    def _draw(
        self, distribution: Any, first: Any, second: Any, shape: Any, dtype: str | None, seed: int | None
    ) -> Any:
        """Numbers of a distribution with two parameters, drawn in float32 or float64 and then cast."""
        dtype = dtype_name(dtype or config.floatx())
        inner = dtype if dtype in ("float32", "float64") else "float32"
        seed = draw_seed() if seed is None else int(seed)
        key = tf.stack([tf.constant(seed, tf.int64), self.random_step()])
        sizes = shape
        if not tf.is_tensor(shape) or shape.shape.rank == 0:
            given = list(shape) if isinstance(shape, (list, tuple)) else [shape]
            sizes = size_vector(checked_sizes("random tensor", given))
        parameters = [cast(as_tensor(each, inner), inner) for each in (first, second)]
        # Under XLA the automatic choice of the algorithm is many times slower.
        drawn = distribution(sizes, key, *parameters, dtype=inner, alg="philox")
        return cast(drawn, dtype)
