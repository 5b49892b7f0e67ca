"""Training in the manner of TensorFlow 1, on K's graph, with the names that the alias supplies."""

from __future__ import annotations

import numpy as np
import pytest

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]], "float32")


@pytest.fixture
def v1(tf):
    from polykeras.backends.tensorflow import compat_v1

    originals = (tf.gradients, tf.group, tf.compat.v1.train.Optimizer.compute_gradients)
    compat_v1.install()
    yield tf
    compat_v1.uninstall()
    assert (tf.gradients, tf.group, tf.compat.v1.train.Optimizer.compute_gradients) == originals


def test_a_step_of_gradient_descent(K, v1):
    """``train_step.run(feed_dict=...)`` moves the variables by the derivative times the rate."""
    w = K.variable([[1.0], [-1.0]])
    x = v1.placeholder(v1.float32, (None, 2))
    loss = v1.reduce_mean(v1.square(v1.matmul(x, w)))
    step = v1.train.GradientDescentOptimizer(0.1).minimize(loss)
    session = K.get_session()
    session.run(v1.global_variables_initializer())
    with session.as_default():
        step.run(feed_dict={x: X})
    wanted = np.array([[1.0], [-1.0]]) - 0.1 * 2 / 3 * X.T @ (X @ [[1.0], [-1.0]])
    np.testing.assert_allclose(K.get_value(w), wanted, rtol=1e-6)
    nothing, before = session.run([step, loss], {x: X})
    assert nothing is None
    np.testing.assert_allclose(before, np.mean((X @ wanted) ** 2), rtol=1e-5)
    assert session.run(loss, {x: X}) < before


def test_layers_called_on_placeholders_learn(K, v1):
    from polykeras import backend
    from polykeras.layers import Dense, Dropout
    from polykeras.objectives import categorical_crossentropy

    backend.use("tensorflow")
    images = v1.placeholder(v1.float32, shape=(None, 2))
    labels = v1.placeholder(v1.float32, shape=(None, 2))
    hidden = Dropout(0.1)(Dense(8, activation="relu")(images))
    predictions = Dense(2, activation="softmax")(hidden)
    loss = v1.reduce_mean(categorical_crossentropy(labels, predictions))
    counter = v1.Variable(0, trainable=False)
    step = v1.train.AdamOptimizer(0.05).minimize(loss, global_step=counter)
    assert len(v1.trainable_variables()) == 4
    session = K.get_session()
    feed = {images: X, labels: np.eye(2)[[0, 1, 0]]}
    first = session.run(loss, {**feed, backend.learning_phase(): 0})
    for _ in range(20):
        session.run(step, {**feed, backend.learning_phase(): 1})
    assert session.run(loss, {**feed, backend.learning_phase(): 0}) < first / 2
    assert counter.numpy() == 20


def test_only_the_variables_asked_for(K, v1):
    a, b = K.variable(2.0, name="a"), K.variable(3.0, name="b")
    loss = a * b
    optimizer = v1.train.GradientDescentOptimizer(1.0)
    (slope, variable), *rest = optimizer.compute_gradients(loss, [b])
    assert variable is b and not rest
    K.get_session().run(optimizer.apply_gradients([(v1.clip_by_value(slope, -0.5, 0.5), b)]))
    assert (K.get_value(a), K.get_value(b)) == (2.0, 2.5)
    assert [each.name for each in v1.trainable_variables()] == ["a:0", "b:0"]
    assert [each.name for each in v1.trainable_variables("b")] == ["b:0"]


def test_gradients(K, v1):
    x = v1.placeholder(v1.float32, (None, 2))
    w = K.variable(np.ones((2, 2)))
    y, z = v1.square(x), K.dot(x, w)
    session, feed = K.get_session(), {x: X}
    (slope,) = v1.gradients(y, x)
    np.testing.assert_allclose(session.run(slope, feed), 2 * X, rtol=1e-6)
    slopes = session.run(v1.gradients([y, z], [x, w]), feed)
    np.testing.assert_allclose(slopes[0], 2 * X + 2, rtol=1e-6)
    np.testing.assert_allclose(slopes[1], np.repeat(X.sum(0)[:, None], 2, axis=1), rtol=1e-6)
    (weighted,) = v1.gradients(y, [x], grad_ys=[3 * v1.ones_like(y)])
    np.testing.assert_allclose(session.run(weighted, feed), 6 * X, rtol=1e-6)
    # A derivative, and what K puts off until tracing, can be derived again.
    (second,) = v1.gradients(v1.square(slope), x)
    np.testing.assert_allclose(session.run(second, feed), 8 * X, rtol=1e-6)
    assert v1.gradients(K.constant(1.0), x) == [None]


def test_gradients_of_tensorflows_own_functions(K, v1):
    @v1.function
    def slope(x):
        return v1.gradients(x * x, x)[0]

    assert slope(v1.constant(3.0)).numpy() == 6


def test_assignments(K, v1):
    """``tf.assign`` builds an operation, which writes when a session runs it; ``tf.group`` binds several."""
    target, source = K.variable([1.0, 2.0]), K.variable([3.0, 4.0])
    session = K.get_session()
    copy = v1.assign(target, 0.5 * source)
    add = v1.assign_add(source, [1.0, 1.0])
    np.testing.assert_array_equal(K.get_value(target), [1, 2])
    np.testing.assert_array_equal(session.run(copy), [1.5, 2])
    np.testing.assert_array_equal(K.get_value(target), [1.5, 2])
    session.run(v1.group(copy, add))
    np.testing.assert_array_equal(K.get_value(source), [4, 5])


def test_methods_of_variables_build_operations(K, v1):
    """``[t.assign(tau * w + (1 - tau) * t) ...]`` of a target network: built once, run again and again."""
    weights = [K.variable([1.0, 2.0]), K.variable([[4.0]])]
    targets = [K.variable([0.0, 0.0]), K.variable([[0.0]])]
    follow = [t.assign(0.5 * w + 0.5 * t) for w, t in zip(weights, targets, strict=True)]
    session = K.get_session()
    assert K.get_value(targets[1]) == 0
    got = session.run(follow)
    np.testing.assert_array_equal(got[0], [0.5, 1])
    session.run(follow)
    np.testing.assert_array_equal(K.get_value(targets[0]), [0.75, 1.5])
    np.testing.assert_array_equal(K.get_value(targets[1]), [[3]])
    session.run(targets[1].assign_sub([[1.0]]))
    assert K.get_value(targets[1]) == 2
    x = v1.placeholder(v1.float32, (2,))
    session.run(targets[0].assign(x), {x: [8, 9]})
    np.testing.assert_array_equal(K.get_value(targets[0]), [8, 9])
    with pytest.raises(ValueError, match="shape"):
        targets[0].assign(np.zeros(3))
    np.testing.assert_array_equal(K.get_value(targets[0]), [8, 9])


def test_assignments_where_the_names_are_not_supplied(K, tf):
    """Without the alias a variable is one of TensorFlow 2, and writes at once; an update of K does not."""
    v = K.variable(1.0)
    v.assign(3.0)
    assert K.get_value(v) == 3
    K.get_session().run(K.update(v, 4.0))
    assert K.get_value(v) == 4


def test_groups_of_updates(K, v1):
    v, w = K.variable(1.0), K.variable(2.0)
    session = K.get_session()
    session.run(v1.group(K.update_add(v, 1.0), w.assign(5.0), K.update_sub(v, 0.0)))
    assert K.get_value(w) == 5
    with pytest.raises(TypeError, match="cannot be grouped"):
        v1.group(v1.global_variables_initializer(), w.assign(1.0))


def test_a_policy_gradient(K, v1):
    """``tf.gradients(model.output, weights, -action_gradient)``, then ``apply_gradients``."""
    from polykeras import backend
    from polykeras.layers import Dense
    from polykeras.models import Sequential

    backend.use("tensorflow")
    model = Sequential([Dense(1, input_dim=2, init="one", bias=False)])
    upwards = v1.placeholder(v1.float32, [None, 1])
    slopes = v1.gradients(model.output, model.trainable_weights, -upwards)
    step = v1.train.GradientDescentOptimizer(0.1).apply_gradients(
        zip(slopes, model.trainable_weights, strict=True)
    )
    given = np.array([[1.0], [0.0], [2.0]])
    K.get_session().run(step, feed_dict={model.input: X, upwards: given})
    np.testing.assert_allclose(model.get_weights()[0], 1 + 0.1 * X.T @ given, rtol=1e-6)
