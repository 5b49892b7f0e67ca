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


def test_updates_write_when_they_are_run(K):
    """As ``sess.run(K.update_add(v, 1.))``: the new value comes back, and the variable has it."""
    v, w = K.variable(2.0), K.variable([1.0, 2.0])
    add, halve = K.update_add(v, 1.0), K.update(w, w / 2)
    session = K.get_session()
    assert K.get_value(v) == 2
    assert session.run(add) == 3 and K.get_value(v) == 3
    value, nothing = session.run([halve, None])
    np.testing.assert_array_equal(value, [0.5, 1])
    assert nothing is None
    np.testing.assert_array_equal(K.get_value(w), [0.5, 1])
    average = K.moving_average_update(v, K.constant(7.0), 0.75)
    assert average.eval(session=session) == 4 and K.get_value(v) == 4
    add.run(session=session)
    assert K.get_value(v) == 5
    got = session.run({"v": v, "add": [add]})
    assert got == {"v": 5, "add": [6]} and K.get_value(v) == 6
    # For K they are pairs, as ever.
    variable, new = add
    assert variable is v and K.function([], [new], [add])([])[0] == 7 and K.get_value(v) == 7


def test_an_initializer_gives_the_first_value(K):
    constant, drawn = K.variable([1.0, 2.0]), K.random_normal_variable((3, 4), 0.0, 1.0)
    uniform, zeros = K.random_uniform_variable((40, 40), -1, 1, seed=3), K.zeros((50, 50))
    variables = [constant, drawn, uniform, zeros]
    before = [K.get_value(each) for each in variables]
    session = K.get_session()
    for each in variables:
        K.set_value(each, np.full(K.int_shape(each), 7.0))
        assert session.run(each.initializer) is None
    for each, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(K.get_value(each), value)
    K.set_value(constant, [7.0, 7.0])
    constant.initializer.run(session=session)
    np.testing.assert_array_equal(constant.eval(session), [1, 2])


def test_first_values_are_not_those_of_the_array_afterwards(K):
    array = np.ones(3)
    v = K.variable(array)
    array[:] = 5
    K.get_session().run(v.initializer)
    np.testing.assert_array_equal(K.get_value(v), np.ones(3))


def test_the_initializer_of_all_variables(K, v1):
    """It covers the variables there are, restores them, and says so if loaded values are lost."""
    from polykeras import backend
    from polykeras.layers import Dense
    from polykeras.models import Sequential

    backend.use("tensorflow")
    model = Sequential([Dense(3, input_dim=2), Dense(1)])
    model.compile("adam", "mse")
    first = model.get_weights()
    session = K.get_session()
    session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
    model.train_on_batch(np.ones((2, 2)), np.ones((2, 1)))
    assert not np.array_equal(model.get_weights()[0], first[0])
    session.run(v1.group(v1.initialize_all_variables(), v1.tables_initializer()))
    for got, wanted in zip(model.get_weights(), first, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert K.get_value(model.optimizer.iterations) == 0
    model.set_weights([each + 1 for each in first])
    with pytest.warns(UserWarning, match="4 that were loaded or set"):
        session.run(v1.global_variables_initializer())
    np.testing.assert_array_equal(model.get_weights()[0], first[0])
    session.run(v1.variables_initializer([model.layers[0].W]))


def test_a_session_that_is_not_in_use_leaves_layers_alone(K, v1):
    """In TensorFlow 1 each session had values of its own."""
    w = K.variable([1.0])
    _ = w + 1
    K.set_value(w, [4.0])
    other = v1.Session()
    other.run(v1.global_variables_initializer())
    assert K.get_value(w) == 4
    K.set_session(other)
    with pytest.warns(UserWarning, match="first values"):
        other.run(v1.global_variables_initializer())
    assert K.get_value(w) == 1


def test_what_cannot_be_run_is_refused_before_anything_is_written(K):
    v = K.variable(1.0)
    session = K.get_session()
    for fetches, error, message in (
        ([K.update_add(v, 1.0), 3], TypeError, "got 3 of the type int"),
        ([K.update_add(v, 1.0), "nothing:0"], ValueError, "'nothing:0'"),
        ([K.update_add(v, 1.0), K.placeholder((2,))], ValueError, "not among the inputs"),
    ):
        with pytest.raises(error, match=message):
            session.run(fetches)
    with pytest.raises(ValueError, match="cannot be fed"):
        session.run([K.update_add(v, 1.0)], {v: 3.0})
    with pytest.raises(NotImplementedError, match="partial_run"):
        session.partial_run()
    assert K.get_value(v) == 1


def test_tensors_by_their_names(K, v1):
    x = v1.placeholder(v1.float32, (None, 2), name="observation")
    w = K.variable([[1.0], [2.0]], name="kernel")
    y = K.dot(x, w)
    session = K.get_session()
    got = session.run([y.name, "kernel:0"], {"observation:0": [[1, 1]]})
    np.testing.assert_array_equal(got[0], [[3]])
    np.testing.assert_array_equal(got[1], [[1], [2]])
    np.testing.assert_array_equal(y.eval({x: [[2, 2]]}), [[6]])
    np.testing.assert_array_equal(y.eval(feed_dict={x: [[2, 2]]}, session=session), [[6]])
    assert session.run("observation", {x: [[1, 1]]}) is None


def test_an_interactive_session_is_the_default(K, v1):
    session = v1.InteractiveSession()
    v = K.variable(1.0)
    v.assign(v + 4).op.run()
    assert K.get_value(v) == 5
    session.close()


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
