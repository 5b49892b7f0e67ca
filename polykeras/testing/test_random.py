"""Random tensors and dropout: distributions, seeds, new numbers at each step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

MAKERS = {
    "uniform": lambda K, shape, **options: K.random_uniform(shape, -1.0, 3.0, **options),
    "normal": lambda K, shape, **options: K.random_normal(shape, 2.0, 0.5, **options),
    "binomial": lambda K, shape, **options: K.random_binomial(shape, 0.3, **options),
    "dropout": lambda K, shape, **options: K.dropout(K.ones(shape), 0.25, **options),
}
kinds = pytest.mark.parametrize("kind", MAKERS)
N = 40_000


@pytest.mark.covers("random_uniform", "random_normal", "random_binomial", "dropout")
class TestRandom:
    """Statistics within five standard errors, and the rules of seeds."""

    def test_uniform(self, K: Any) -> None:
        x = np.sort(K.eval(K.random_uniform((N,), -1.0, 3.0, seed=11)))
        assert x[0] >= -1 and x[-1] < 3
        # Kolmogorov and Smirnov's distance exceeds 2.2 / sqrt(n) once in 8000 times.
        assert np.abs((x + 1) / 4 - np.arange(N) / N).max() < 2.2 / N**0.5
        assert abs(np.corrcoef(K.eval(K.random_uniform((2, N // 2), seed=11)))[0, 1]) < 5 / (N / 2) ** 0.5

    def test_normal(self, K: Any) -> None:
        x = (K.eval(K.random_normal((N,), 2.0, 0.5, seed=11)).astype("float64") - 2) / 0.5
        for power, moment, spread in ((1, 0, 1), (2, 1, 2**0.5), (3, 0, 15**0.5), (4, 3, 96**0.5)):
            assert abs((x**power).mean() - moment) < 5 * spread / N**0.5, power
        assert abs((np.abs(x) > 2).mean() - 0.0455) < 5 * (0.0455 / N) ** 0.5

    @pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
    def test_binomial(self, K: Any, p: float) -> None:
        x = K.eval(K.random_binomial((N,), p, seed=11))
        assert set(np.unique(x)) <= {0, 1}
        assert abs(x.mean() - p) <= 5 * (p * (1 - p) / N) ** 0.5

    @pytest.mark.parametrize("level", [0.0, 0.2, 0.5, 0.9])
    def test_dropout(self, K: Any, level: float) -> None:
        x = K.eval(K.dropout(K.ones((200, 200)), level, seed=11))
        assert abs((x == 0).mean() - level) <= 5 * (level * (1 - level) / N) ** 0.5
        np.testing.assert_allclose(x[x != 0], 1 / (1 - level), rtol=1e-5)
        columns = (x == 0).mean(axis=0)
        assert columns.std() < 3 * (level * (1 - level) / 200) ** 0.5 + 1e-9

    @pytest.mark.parametrize("level", [1.0, -0.1, 1.5])
    def test_dropout_level(self, K: Any, level: float) -> None:
        with pytest.raises(ValueError, match="level"):
            K.dropout(K.placeholder((None, 3)), level)

    def test_dropout_noise_shape(self, K: Any) -> None:
        x = K.placeholder((None, 6, 8))
        rows = K.dropout(x, 0.5, noise_shape=(K.shape(x)[0], 1, 8))
        value = K.function([x], [rows])([np.ones((10, 6, 8))])[0]
        assert (value == value[:, :1]).all()
        assert 0 < (value == 0).mean() < 1
        fixed = K.function([x], [K.dropout(x, 0.5, noise_shape=(1, 6, 1))])([np.ones((10, 6, 8))])[0]
        assert (fixed == fixed[:1, :, :1]).all()

    @kinds
    def test_dtype_and_shape(self, K: Any, kind: str) -> None:
        tensor = MAKERS[kind](K, (3, 4))
        assert K.dtype(tensor) == "float32"
        assert K.int_shape(tensor) == (3, 4)
        assert K.eval(tensor).shape == (3, 4)

    @pytest.mark.parametrize("dtype", ["float16", "float64"])
    def test_other_dtypes(self, K: Any, dtype: str) -> None:
        for name in ("random_uniform", "random_normal", "random_binomial"):
            tensor = getattr(K, name)((5,), dtype=dtype)
            assert K.dtype(tensor) == dtype == K.eval(tensor).dtype.name

    def test_symbolic_shape(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        f = K.function([x], [K.random_uniform(K.shape(x)), K.random_normal((K.shape(x)[0], 2))])
        for rows in (4, 1):
            first, second = f([np.zeros((rows, 3))])
            assert first.shape == (rows, 3)
            assert second.shape == (rows, 2)

    @kinds
    def test_new_numbers_at_each_step(self, K: Any, kind: str) -> None:
        f = K.function([], [MAKERS[kind](K, (200,), seed=5)])
        draws = [f([])[0].tobytes() for _ in range(5)]
        assert len(set(draws)) == 5

    @kinds
    def test_one_draw_within_a_step(self, K: Any, kind: str) -> None:
        """A random tensor that is used twice is drawn once."""
        tensor = MAKERS[kind](K, (50,))
        first, second = K.function([], [tensor * 2, tensor + 1])([])
        np.testing.assert_allclose(first / 2, second - 1, rtol=1e-4, atol=1e-5)

    @kinds
    def test_two_tensors_differ(self, K: Any, kind: str) -> None:
        first, second = K.function([], [MAKERS[kind](K, (200,)), MAKERS[kind](K, (200,))])([])
        assert (first != second).any()

    @kinds
    def test_seed_repeats(self, K: Any, kind: str) -> None:
        """The same seed from the start of a session gives the same numbers, another one others."""
        draws = []
        for seed in (7, 7, 8):
            K.clear_session()
            f = K.function([], [MAKERS[kind](K, (100,), seed=seed)])
            draws.append([f([])[0].tobytes() for _ in range(3)])
        assert draws[0] == draws[1]
        assert draws[0] != draws[2]

    @kinds
    def test_numpy_seed_repeats(self, K: Any, kind: str) -> None:
        """Without a seed, numpy's seed at the time of building rules."""
        draws = []
        for seed in (7, 7, 8):
            K.clear_session()
            np.random.seed(seed)
            f = K.function([], [MAKERS[kind](K, (100,))])
            draws.append([f([])[0].tobytes() for _ in range(3)])
        assert draws[0] == draws[1]
        assert draws[0] != draws[2]

    @kinds
    def test_running_draws_nothing_from_numpy(self, K: Any, kind: str) -> None:
        f = K.function([], [MAKERS[kind](K, (10,))])
        state: Any = np.random.get_state()
        f([])
        after: Any = np.random.get_state()
        assert after[1].tobytes() == state[1].tobytes()

    def test_eval_draws_afresh(self, K: Any) -> None:
        tensor = K.random_uniform((50,))
        assert (K.eval(tensor) != K.eval(tensor)).any()

    def test_gradient_of_dropout_follows_the_mask(self, K: Any) -> None:
        x = K.placeholder((None, 50))
        dropped = K.dropout(x, 0.5)
        f = K.function([x], [dropped, *K.gradients(K.sum(dropped), [x])])
        for _ in range(2):
            value, slope = f([np.ones((20, 50))])
            np.testing.assert_array_equal(value, slope)

    def test_numbers_advance_in_training_only_where_drawn(self, K: Any) -> None:
        """In the test phase dropout is the identity, whatever was drawn before."""
        x = K.placeholder((None, 20))
        f = K.function([x, K.learning_phase()], [K.in_train_phase(K.dropout(x, 0.5), x)])
        ones = np.ones((10, 20))
        first, second = f([ones, 1])[0], f([ones, 1])[0]
        assert (first != second).any()
        np.testing.assert_array_equal(f([ones, 0])[0], ones)
