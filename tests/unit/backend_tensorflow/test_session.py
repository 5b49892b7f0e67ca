"""Sessions, names of TensorFlow 1, and what clear_session leaves."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest


@pytest.fixture
def v1(tf):
    from polykeras.backends.tensorflow import compat_v1

    before = set(dir(tf))
    compat_v1.install()
    yield tf
    compat_v1.uninstall()
    assert set(dir(tf)) == before


def test_a_session_computes(K, tf):
    x, w = K.placeholder((None, 2)), K.variable(np.ones((2, 2)))
    y = K.dot(x, w)
    session = K.get_session()
    feed = {x.ref(): np.ones((1, 2))}
    got = session.run({"y": y, "both": [w, None]}, feed)
    np.testing.assert_array_equal(got["y"], [[2, 2]])
    np.testing.assert_array_equal(got["both"][0], np.ones((2, 2)))
    assert got["both"][1] is None
    np.testing.assert_array_equal(session.run(y * 2, {y.ref(): [[1, 2]]}), [[2, 4]])
    with pytest.raises(ValueError, match="not among the inputs"):
        session.run(y)


def test_the_names_of_tensorflow_1(K, v1):
    v1.reset_default_graph()
    v1.set_random_seed(1)
    v1.logging.set_verbosity(v1.logging.ERROR)
    options = v1.GPUOptions(per_process_gpu_memory_fraction=0.3, allow_growth=True)
    session = v1.Session(config=v1.ConfigProto(gpu_options=options, allow_soft_placement=True))
    K.set_session(session)
    K.manual_variable_initialization(True)
    assert K.get_session() is session
    session.run(v1.global_variables_initializer())
    x = v1.placeholder(v1.float32, (None, 2))
    y = v1.log(v1.mul(v1.matmul(x, K.variable(np.ones((2, 2)))), v1.to_float(2)))
    np.testing.assert_allclose(session.run(y, feed_dict={x: [[1, 1]]}), np.log([[4, 4]]), rtol=1e-6)
    with session.as_default():
        assert y.eval({x: [[1, 1]]}).shape == (1, 2)
    with v1.get_default_graph().as_default():
        assert K.function([x], [y])([[[1, 1]]])[0].shape == (1, 2)
        assert K.get_value(K.variable(3.0)) == 3


def test_the_session_of_a_with_statement(K, v1):
    outer = K.get_session()
    with v1.Session() as session:
        assert K.get_session() is session
        assert K.eval(K.sum(K.variable([1.0, 2.0]))) == 3
    assert K.get_session() is outer
    interactive = v1.InteractiveSession()
    assert K.get_session() is interactive
    interactive.close()
    assert K.get_session() is outer


def test_a_session_of_tensorflow_itself_gives_its_configuration(K, tf):
    foreign = tf.compat.v1.Session(config=tf.compat.v1.ConfigProto(allow_soft_placement=True))
    K.set_session(foreign)
    assert K.get_session().config.allow_soft_placement
    assert K.get_session().run(K.constant(2.0)) == 2


def test_clear_session_forgets(K):
    K.get_uid("a")
    K.set_learning_phase(1)
    v = K.variable(np.ones(3))
    graph = weakref.ref(
        K.learning_phase().graph if not isinstance(K.learning_phase(), int) else (v + 1).graph
    )
    kept = weakref.ref(v)
    K.function([], [v + 1], [K.update_add(v, 1.0)])([])
    assert K.eval(v + 1)[0] == 3
    del v
    K.clear_session()
    gc.collect()
    assert graph() is None and kept() is None
    assert K.get_uid("a") == 1
    assert not isinstance(K.learning_phase(), int)
