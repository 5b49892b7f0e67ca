"""Sizes that are known, and what is made of sizes, without a walk through all that was computed before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.graph.traversal import ancestors

from polykeras.backends.pytensor.sizes import known_sizes, made_of_sizes, reshaped, sizes_of, with_types_of

X = pt.tensor(dtype="float32", shape=(None, 3, 4))


@pytest.mark.parametrize(
    ("size", "known"),
    [
        (5, 5),
        (np.int32(5), 5),
        (pt.constant(5), 5),
        (X.shape[0], None),
        (X.shape[1], 3),
        (X.shape[-1], 4),
        (X.shape[1] + 2, 5),
        (X.shape[0] + 2, None),
        (X.shape[1] * X.shape[2], 12),
        (pt.stack([X.shape[0], 7, X.shape[2]])[1], 7),
        (pt.stack([X.shape[0], 7, X.shape[2]])[2], 4),
        (pt.exp(X).shape[2] // 2, 2),
        (pt.cast(X.sum(), "int64"), None),
        (pt.lscalar(), None),
        (X.shape[pt.lscalar()], None),
    ],
)
def test_known_sizes(size: Any, known: int | None) -> None:
    assert known_sizes([size]) == [known]
    assert known_sizes([2, size, X.shape[0]]) == [2, known, None]


def test_numbers_of_a_size() -> None:
    sizes = [X.shape[0], X.shape[1] + 1, 2]
    (made,) = made_of_sizes(lambda sizes: pt.alloc(np.float32(3), *sizes), sizes, at=1)
    assert made.type.shape == (None, 4, 2)
    np.testing.assert_array_equal(made.eval({X: np.zeros((5, 3, 4), "float32")}), np.full((5, 4, 2), 3.0))


def test_sizes_stay_symbolic_in_the_graph() -> None:
    """A function may be called with another size than the type tells; of a constant they are numbers."""
    assert all(hasattr(size, "type") for size in sizes_of(X))
    assert known_sizes(sizes_of(X)) == [None, 3, 4]
    assert sizes_of(pt.constant(np.zeros((2, 1)))) == [2, 1]
    sizes = sizes_of(X)
    assert known_sizes([sizes[1] * sizes[2], sizes[1] - 1, (sizes[2] + 1) // 2]) == [12, 2, 2]
    flat = reshaped(X, (-1, sizes[1] * sizes[2]))
    assert flat.type.shape == (None, 12)
    assert X in ancestors([flat.owner.inputs[1]])


def test_random_numbers_of_a_size() -> None:
    rng = pt.random.shared_rng(seed=1)

    def draw(sizes: Any) -> Any:
        return pt.random.normal(0, 1, size=sizes, rng=rng, return_next_rng=True)[1]

    (_, alone) = made_of_sizes(draw, [X.shape[0]], at=1)
    assert alone.eval({X: np.zeros((5, 3, 4), "float32")}).shape == (5,)
    following, made = made_of_sizes(draw, [X.shape[0], 2], at=1)
    assert made.type.shape == (None, 2) and following.type == rng.type
    np.testing.assert_array_equal(made.eval({X: np.zeros((5, 3, 4), "float32")}), draw([5, 2]).eval())
    assert with_types_of(made.owner, made.owner.op).outputs[1].type == made.type


def test_nothing_before_the_shape_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = X
    for _ in range(50):
        deep = pt.exp(deep)
    seen = []
    infer = pt.basic.infer_static_shape

    def watched(shape: Any) -> Any:
        seen.append(len(list(ancestors(shape))))
        return infer(shape)

    monkeypatch.setattr(pt.basic, "infer_static_shape", watched)
    assert known_sizes([deep.shape[0] + 1, deep.shape[1] + 1]) == [None, 4]
    (made,) = made_of_sizes(lambda sizes: pt.alloc(np.float32(0), *sizes), [deep.shape[0] + 1], at=1)
    assert made.type.shape == (None,) and max(seen) < 20
