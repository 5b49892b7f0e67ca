"""Gradients: taken when a function is traced, of anything with respect to anything."""

from __future__ import annotations

import numpy as np


def test_of_gradients(K):
    x = K.placeholder((None, 3))
    w = K.variable(np.array([1.0, 2.0, 3.0]))
    (first,) = K.gradients(K.sum(K.pow(x * w, 3)), [w])
    second = K.gradients(K.sum(first), [w, x])
    data = np.array([[1.0, 2.0, 0.5]])
    got = K.function([x], [first, *second])([data])
    value = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(got[0], 3 * (data[0] * value) ** 2 * data[0], rtol=1e-5)
    np.testing.assert_allclose(got[1], 6 * data[0] ** 3 * value, rtol=1e-5)
    np.testing.assert_allclose(got[2], 9 * (data * value) ** 2, rtol=1e-5)


def test_with_respect_to_an_intermediate_result(K):
    x = K.placeholder((2,))
    h = K.square(x)
    (by_h,) = K.gradients(K.sum(K.square(h)), h)
    np.testing.assert_allclose(K.function([x], [by_h])([[1, 3]])[0], [2, 18])


def test_what_does_not_depend_gives_none(K):
    x, w = K.placeholder((2,)), K.variable(np.ones(2))
    y = x * w
    assert K.gradients(K.sum(x), [w]) == [None]
    assert K.gradients(K.sum(K.stop_gradient(y)), [w, x]) == [None, None]
    assert K.gradients(K.sum(K.cast(K.argmax(y), "float32")), w) == [None]
    by_w, by_x = K.gradients(K.sum(y), [w, x])
    assert K.int_shape(by_w) == (2,) and by_x is not None


def test_one_variable_read_in_several_places(K):
    w = K.variable(np.array([2.0]))
    total = K.sum(K.square(w)) + 3 * w[0] + K.sum(w * w * w)
    (by_w,) = K.gradients(total, [w])
    np.testing.assert_allclose(K.eval(by_w), [2 * 2 + 3 + 3 * 4])


def test_through_loops(K):
    x = K.placeholder((None, 3))
    w = K.variable(np.ones(3))
    mapped = K.map_fn(lambda row: K.sum(row * w * w), x)
    by_w, by_x = K.gradients(K.sum(mapped), [w, x])
    got = K.function([x], [by_w, by_x])([np.ones((4, 3))])
    np.testing.assert_allclose(got[0], [8, 8, 8])
    np.testing.assert_allclose(got[1], np.ones((4, 3)))
    folded = K.foldl(lambda total, row: total + K.tanh(row * w), x, K.zeros((3,)))
    by_w = K.gradients(K.sum(folded), w)
    np.testing.assert_allclose(
        K.function([x], by_w)([np.ones((4, 3))])[0], np.full(3, 4 * (1 - np.tanh(1) ** 2)), rtol=1e-5
    )


def test_through_the_phase_that_is_chosen(K):
    x, w = K.placeholder((2,)), K.variable(np.ones(2))
    y = K.in_train_phase(x * w * 2, x * w)
    f = K.function([x, K.learning_phase()], K.gradients(K.sum(y), w))
    np.testing.assert_allclose(f([[1, 2], 1])[0], [2, 4])
    np.testing.assert_allclose(f([[1, 2], 0])[0], [1, 2])
    only_train = K.gradients(K.sum(K.in_train_phase(x * w, x)), w)
    f = K.function([x, K.learning_phase()], only_train)
    np.testing.assert_allclose(f([[1, 2], 0])[0], [0, 0])


def test_of_a_gather_is_dense(K):
    w = K.variable(np.ones((4, 2)))
    rows = K.placeholder((None,), dtype="int32")
    f = K.function([rows], K.gradients(K.sum(K.gather(w, rows)), w))
    np.testing.assert_allclose(f([[1, 1, 3]])[0], [[0, 0], [2, 2], [0, 0], [1, 1]])


def test_a_deferred_custom_gradient(tf, K):
    from polykeras.backends.tensorflow.graph import defer

    @tf.custom_gradient
    def identity_with_triple_gradient(x):
        return tf.identity(x), lambda upstream: 3 * upstream

    x = K.placeholder((2,))
    (y,) = defer([x * 2], [(tf.float32, (2,))], lambda tensors: [identity_with_triple_gradient(tensors[0])])
    got = K.function([x], [y, *K.gradients(K.sum(y), x)])([[1, 2]])
    np.testing.assert_allclose(got, [[2, 4], [6, 6]])
