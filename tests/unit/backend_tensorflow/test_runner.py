"""Many batches in one dispatch: the same numbers as call after call."""

from __future__ import annotations

import numpy as np
import pytest


def training(K, noise: bool = False):
    """A function that trains a small network, and its weights."""
    state = np.random.RandomState(0)
    x, y = K.placeholder((None, 5)), K.placeholder((None, 2))
    w, u = K.variable(state.randn(5, 4)), K.variable(state.randn(4, 2))
    hidden = K.tanh(K.dot(x, w))
    if noise:
        hidden = K.in_train_phase(K.dropout(hidden, 0.5, seed=7), hidden)
    out = K.dot(hidden, u)
    loss = K.mean(K.square(out - y))
    steps = [K.update_sub(v, 0.1 * g) for v, g in zip((w, u), K.gradients(loss, [w, u]), strict=True)]
    return K.function([x, y, K.learning_phase()], [loss, out], steps), [w, u]


DATA = [np.random.RandomState(1).randn(23, 5), np.random.RandomState(2).randn(23, 2).astype("float32")]
ORDER = np.random.RandomState(3).permutation(23)
BATCHES = [ORDER[start : start + 4] for start in range(0, 23, 4)]


@pytest.mark.parametrize("batches", [BATCHES, [(start, min(start + 4, 23)) for start in range(0, 23, 4)]])
@pytest.mark.parametrize("noise", [False, True])
def test_fused_steps_give_the_numbers_of_single_ones(K, monkeypatch, batches, noise):
    from polykeras.backends.interface.function import take
    from polykeras.backends.tensorflow import runner

    def by_calls(f):
        return [f([take(array, batch) for array in DATA] + [1]) for batch in batches]

    def fused(f):
        return f.over(DATA, [1]).run(batches)

    def streamed(f):
        monkeypatch.setattr(runner, "RESIDENT_BYTES", 0)
        monkeypatch.setattr(runner, "DISPATCH_BYTES", 600)
        return f.over(DATA, [1]).run(batches)

    found = []
    for way in (by_calls, fused, streamed):
        f, weights = training(K, noise)
        found.append((way(f), [K.get_value(v) for v in weights]))
    for results, weights in found[1:]:
        assert [len(each) for each in results] == [2] * 6
        for got, wanted in zip(results, found[0][0], strict=True):
            np.testing.assert_allclose(got[0], wanted[0], rtol=1e-5)
            np.testing.assert_allclose(got[1], wanted[1], rtol=1e-4, atol=1e-6)
        for got, wanted in zip(weights, found[0][1], strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_outputs_whose_shape_depends_on_the_data(tf, K):
    x = K.placeholder((None,))
    f = K.function([x], [tf.boolean_mask(x, x > 0)])
    data = np.array([1.0, -1.0, 2.0, 3.0, -4.0, -5.0])
    got = f.over([data]).run([(0, 2), (2, 4), (4, 6)])
    assert [each[0].tolist() for each in got] == [[1], [2, 3], []]


def test_sparse_data(K):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    matrix = scipy_sparse.random(6, 4, 0.5, random_state=1, format="csr")
    s = K.placeholder((None, 4), sparse=True)
    f = K.function([s], [K.sum(K.dot(s, K.ones((4, 1))))])
    got = f.over([matrix]).run([np.array([0, 2]), np.array([5])])
    dense = matrix.toarray()
    np.testing.assert_allclose([each[0] for each in got], [dense[[0, 2]].sum(), dense[5].sum()], rtol=1e-5)


def test_bad_data_are_refused(K):
    f, weights = training(K)
    before = K.get_value(weights[0])
    with pytest.raises(ValueError, match="wanted 3 inputs, got 1 arrays and 1 constants"):
        f.over(DATA[:1], [1])
    with pytest.raises(ValueError, match=r"wanted the shape \(None, 5\)"):
        f.over([DATA[0][:, :3], DATA[1]], [1])
    with pytest.raises(IndexError, match="wanted rows from 0 to 22"):
        f.over(DATA, [1]).run([np.array([0, 23])])
    np.testing.assert_array_equal(K.get_value(weights[0]), before)


def test_many_lengths_share_a_loop(K):
    """A loop is traced for the first few lengths of batches, then one for all others; the numbers hold."""
    f, weights = training(K)
    g, other = training(K)
    K.batch_set_value([(b, K.get_value(a)) for a, b in zip(weights, other, strict=True)])
    runner = f.over(DATA, [1])
    for length in range(1, 12):
        rows = np.arange(length)
        (fused,) = runner.run([rows])
        plain = g([each[rows] for each in DATA] + [1])
        for one, two in zip(fused, plain, strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-5)
    assert len(f.loops) == 5
