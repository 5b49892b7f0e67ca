"""Variables: symbolic wherever Keras 1 programs use them, ordinary variables to raw TensorFlow."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def w(K):
    return K.variable(np.ones((3, 2)), name="w")


@pytest.fixture
def x(K):
    return K.placeholder((None, 3), name="x")


TOP_LEVEL = {
    "operator with a tensor": lambda tf, K, x, w: K.dot(x, w) + w[0],
    "tensor first": lambda tf, K, x, w: K.dot(x, w) * K.sum(w),
    "number and variable": lambda tf, K, x, w: 2 * w,
    "matrix product": lambda tf, K, x, w: x @ w,
    "raw matmul": lambda tf, K, x, w: tf.matmul(x, w),
    "raw add": lambda tf, K, x, w: tf.add(tf.reduce_sum(x), w),
    "raw concat": lambda tf, K, x, w: tf.concat([x, tf.transpose(2.0 * w)], 0),
    "K operation": lambda tf, K, x, w: K.square(w),
}


@pytest.mark.parametrize("expression", TOP_LEVEL.values(), ids=TOP_LEVEL.keys())
def test_an_expression_outside_any_scope_sees_later_values(tf, K, x, w, expression):
    data = np.arange(6.0).reshape(2, 3).astype("float32")
    f = K.function([x], [expression(tf, K, x, w)])
    before = f([data])[0]
    K.set_value(w, np.full((3, 2), 5.0))
    after = f([data])[0]
    fresh = K.function([x], [expression(tf, K, x, K.variable(np.full((3, 2), 5.0)))])([data])[0]
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(after, fresh)


def test_a_gradient_tape_and_raw_operations_take_a_variable(tf, K, w):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * w + 3 * w)
    np.testing.assert_allclose(tape.gradient(loss, w), np.full((3, 2), 5.0))
    assert float(tf.reduce_sum(w)) == 6.0
    w.assign(np.zeros((3, 2), "float32"))
    assert w.numpy().sum() == 0


def test_a_variable_is_ordinary_inside_a_tf_function(tf, K, w):
    @tf.function
    def double(value):
        w.assign_add(value)
        return 2 * w

    np.testing.assert_allclose(double(tf.ones((3, 2))), np.full((3, 2), 4.0))


def test_names_are_kept_to_the_letter(K):
    assert K.variable(0.0, name="dense_1_W").name == "dense_1_W:0"
    assert K.variable(0.0, name="a name/with: odd signs").name == "a name/with: odd signs:0"


def test_the_value_is_copied_on_the_way_in_and_out(K):
    array = np.zeros(64, "float32")
    v = K.variable(array)
    array[:] = 1
    assert K.get_value(v).sum() == 0
    K.set_value(v, array)
    array[:] = 2
    got = K.get_value(v)
    got[:] = 3
    assert K.get_value(v).sum() == 64


def test_set_value_of_a_wrong_shape_changes_nothing(K, w):
    with pytest.raises(ValueError, match=r"'w:0' has the shape \(3, 2\).*\(2, 3\)"):
        K.set_value(w, np.zeros((2, 3)))
    assert K.get_value(w).sum() == 6


def test_values_are_there_inside_a_building_scope(K, w):
    with K.graph_scope():
        v = K.variable(np.ones(2))
        assert K.get_value(v).sum() == 2
        assert K.eval(K.sum(w)) == 6


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "bool"])
def test_dtypes(K, dtype):
    v = K.variable(np.ones(3), dtype=dtype)
    assert K.dtype(v) == dtype
    assert K.get_value(v).dtype == dtype


def test_an_update_of_a_wrong_shape_is_refused_when_it_is_made(K, w):
    with pytest.raises(ValueError, match=r"update: the variable 'w:0' has the shape \(3, 2\)"):
        K.update(w, K.zeros((2, 3)))
    with pytest.raises(TypeError, match="wanted a variable"):
        K.update(K.zeros((2,)) + 1, 0.0)


def test_a_sparse_constant(K):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    matrix = scipy_sparse.random(4, 3, 0.5, random_state=0)
    v = K.variable(matrix)
    assert K.is_sparse(v) and not K.is_variable(v)
    assert K.int_shape(v) == (4, 3)
    np.testing.assert_allclose(K.eval(v).toarray(), matrix.toarray().astype("float32"))
    np.testing.assert_allclose(K.eval(K.to_dense(v)), matrix.toarray().astype("float32"))
