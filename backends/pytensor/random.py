"""Random tensors on PyTensor: each operation has a shared generator, which a call of a function advances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytensor.tensor as pt

from ... import config
from ..interface import Random
from ..interface.arguments import dtype_name
from ..interface.checks import checked_sizes, numbers
from ..interface.variables import draw_seed
from .math import as_tensor, cast
from .shape import PTShape, size_list
from .sizes import made_of_sizes
from .states import RandomStates


class PTRandom(RandomStates, Random):
    def random_uniform(
        self,
        shape: Sequence[Any],
        low: Any = 0.0,
        high: Any = 1.0,
        dtype: str | None = None,
        seed: int | None = None,
    ) -> Any:
        return self._draw(pt.random.uniform, low, high, shape, dtype, seed)

    def random_normal(
        self,
        shape: Sequence[Any],
        mean: Any = 0.0,
        std: Any = 1.0,
        dtype: str | None = None,
        seed: int | None = None,
    ) -> Any:
        return self._draw(pt.random.normal, mean, std, shape, dtype, seed)

    def random_binomial(
        self, shape: Sequence[Any], p: Any = 0.0, dtype: str | None = None, seed: int | None = None
    ) -> Any:
        drawn = self.random_uniform(shape, dtype="float32", seed=seed)
        return cast(pt.lt(drawn, as_tensor(p, "float32")), dtype_name(dtype or config.floatx()))

    def _draw(
        self, distribution: Any, first: Any, second: Any, shape: Any, dtype: str | None, seed: int | None
    ) -> Any:
        """Numbers of a distribution with two parameters, drawn in float32 or float64 and then cast."""
        dtype = dtype_name(dtype or config.floatx())
        inner = dtype if dtype in ("float32", "float64") else "float32"
        rng = self.random_rng(draw_seed() if seed is None else seed)
        sizes = [PTShape._size(size) for size in checked_sizes("random tensor", size_list(shape))]
        parameters = [
            cast(as_tensor(each), inner) if hasattr(each, "type") else numbers("random tensor", each, inner)
            for each in (first, second)
        ]
        next_rng, drawn = made_of_sizes(
            lambda sizes: distribution(*parameters, size=sizes, rng=rng, dtype=inner, return_next_rng=True)[
                1
            ],
            sizes,
            at=1,
        )
        self.register_rng_update(rng, next_rng)
        return cast(drawn, dtype)
