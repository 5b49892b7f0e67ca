"""Functions: what is read, written, accepted and refused."""

from __future__ import annotations

import threading

import numpy as np
import pytest


def test_all_is_read_before_anything_is_written(K):
    a, b = K.variable(1.0), K.variable(2.0)
    f = K.function(
        [],
        [a, b, a + b],
        [
            (a, b),
            (b, a),
        ],
    )
    assert f([]) == [1, 2, 3]
    assert f([]) == [2, 1, 3]


def test_updates_take_what_a_script_gives(tf, K):
    v = K.variable(np.zeros(3))
    with K.graph_scope():
        own = v.assign_add(np.ones(3, "float32"))
    K.function([], [], [own])([])
    K.function([], [], {v: v + 1}.items())([])
    K.function([], [], [(v, np.full(3, 7))])([])
    np.testing.assert_array_equal(K.get_value(v), [7, 7, 7])


@pytest.mark.parametrize("value", [1, 1.0, True, np.float32(1), np.array([1])])
def test_the_learning_phase_takes_any_form_of_a_truth_value(K, value):
    x = K.placeholder((2,))
    f = K.function([x, K.learning_phase()], [K.in_train_phase(x * 2, x)])
    np.testing.assert_array_equal(f([[1, 2], value])[0], [2, 4])
    np.testing.assert_array_equal(f([[1, 2], 0])[0], [1, 2])


def test_the_branch_of_the_other_phase_is_not_traced(K):
    x, unfed = K.placeholder((2,)), K.placeholder((2,))
    chosen = K.in_train_phase(unfed, x)
    f = K.function([x, K.learning_phase()], [chosen])
    np.testing.assert_array_equal(f([[1, 2], 0])[0], [1, 2])
    with pytest.raises(ValueError, match="not among the inputs"):
        f([[1, 2], 1])


def test_branches_may_differ_in_shape(K):
    x = K.placeholder((None, 3))
    chosen = K.in_train_phase(lambda: K.sum(x, axis=1), lambda: K.sum(x, axis=0))
    f = K.function([x, K.learning_phase()], [chosen])
    data = np.ones((2, 3))
    assert f([data, 1])[0].shape == (2,)
    assert f([data, 0])[0].shape == (3,)


def test_in_train_phase_inside_a_loop(K):
    x = K.placeholder((None, 3))
    y = K.map_fn(lambda row: K.in_train_phase(row * 2, row), x)
    f = K.function([x, K.learning_phase()], [y])
    assert f([np.ones((2, 3)), 1])[0].sum() == 12
    assert f([np.ones((2, 3)), 0])[0].sum() == 6


BAD = {
    "too few": ([], r"wanted 1 inputs, got 0"),
    "rank": ([np.zeros(3)], r"input 0 \(x:0\): wanted the shape \(None, 3\), got \(3,\)"),
    "size": ([np.zeros((2, 4))], r"wanted the shape \(None, 3\), got \(2, 4\)"),
    "text": ([np.array([["a", "b", "c"]])], r"wanted values of the dtype float32"),
    "complex": ([np.zeros((2, 3), complex)], r"wanted values of the dtype float32, got complex128"),
}


@pytest.mark.parametrize(("values", "message"), BAD.values(), ids=BAD.keys())
def test_bad_values_are_refused_before_anything_is_written(K, values, message):
    x = K.placeholder((None, 3), name="x")
    v = K.variable(0.0)
    f = K.function([x], [K.sum(x)], [K.update_add(v, 1.0)])
    with pytest.raises(ValueError, match=message):
        f(values)
    assert K.get_value(v) == 0


def test_only_placeholders_are_inputs(K):
    x = K.placeholder((2,))
    with pytest.raises(ValueError, match="not among the inputs"):
        K.function([x + 1], [x])([np.zeros(2)])
    with pytest.raises(ValueError, match="placeholders or computed tensors"):
        K.function([np.zeros(2)], [x])


def test_options(K):
    x = K.placeholder((2,))
    with pytest.warns(UserWarning, match="mode is an option of Theano"):
        K.function([x], [x], mode="FAST_RUN")
    with pytest.raises(TypeError, match=r"unknown keyword argument 'jit_compil'.*'jit_compile'"):
        K.function([x], [x], jit_compil=True)
    np.testing.assert_array_equal(K.function([x], [x + 1], jit_compile=True)([[1, 2]])[0], [2, 3])


def test_sparse_inputs_and_outputs(K):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    matrix = scipy_sparse.random(5, 4, 0.4, random_state=1)
    s = K.placeholder((None, 4), sparse=True)
    w = K.variable(np.arange(8.0).reshape(4, 2))
    product, dense, same = K.function([s], [K.dot(s, w), K.to_dense(s), s])([matrix])
    np.testing.assert_allclose(product, matrix @ np.arange(8.0).reshape(4, 2), rtol=1e-6)
    np.testing.assert_allclose(dense, matrix.toarray(), rtol=1e-6)
    np.testing.assert_allclose(same.toarray(), matrix.toarray(), rtol=1e-6)


def test_building_and_calling_from_several_threads(K):
    x = K.placeholder((None, 3))
    w = K.variable(np.ones((3, 2)))
    f = K.function([x], [K.dot(x, w)])
    results: list[float] = []

    def work(number: int) -> None:
        y = x
        for _ in range(10):
            y = K.tanh(y) * number
        results.append(float(K.function([x], [K.sum(y)])([np.zeros((2, 3))])[0]))
        results.append(float(f([np.ones((2, 3))])[0].sum()) - 12)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0.0] * 12


def test_random_numbers_are_fresh_and_repeatable(K):
    def draws() -> list[np.ndarray]:
        np.random.seed(3)
        r = K.random_uniform((4,))
        f = K.function([], [r, r + 0])
        return [*f([]), *f([]), K.eval(r)]

    one, other = draws(), draws()
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(one[0], one[1])
    assert not np.array_equal(one[0], one[2])
    assert not np.array_equal(one[2], one[4])


def test_what_xla_refuses_runs_without_it(tf, K):
    x, v = K.placeholder((None,)), K.variable(0.0)
    with K.graph_scope():
        kept = tf.strings.to_number(tf.strings.as_string(x))
    f = K.function([x], [kept], [K.update_add(v, 1.0)], jit_compile=True)
    for _ in range(2):
        np.testing.assert_array_equal(f([[1, 2]])[0], [1, 2])
    assert K.get_value(v) == 2


def test_the_gradient_of_max_pooling_without_samples(K):
    """TensorFlow ends the process there."""
    x = K.placeholder((None, 4, 4, 1))
    y = K.pool2d(x, (2, 2), dim_ordering="tf")
    assert K.function([x], [y])([np.zeros((0, 4, 4, 1))])[0].shape == (0, 3, 3, 1)
    f = K.function([x], K.gradients(K.sum(y), [x]))
    with pytest.raises(ValueError, match=r"wanted arrays with at least one entry.*max pooling"):
        f([np.zeros((0, 4, 4, 1))])
    assert f([np.zeros((1, 4, 4, 1))])[0].shape == (1, 4, 4, 1)
