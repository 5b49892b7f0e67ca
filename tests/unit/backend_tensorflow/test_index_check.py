"""The check of indices on TensorFlow: XLA, which leaves it out, is kept from it."""

from __future__ import annotations

import numpy as np
import pytest

TABLE = np.arange(10, dtype="float32").reshape(5, 2)


def refused(index):
    return pytest.raises(ValueError, match=rf"must be below 5, .*got {index}\.")


def test_a_function_that_asks_for_xla(K):
    table, count, x = K.variable(TABLE), K.variable(0.0), K.placeholder((None,), dtype="int32")
    f = K.function([x], [K.gather(table, x)], [K.update_add(count, 1.0)], jit_compile=True)
    np.testing.assert_array_equal(f([[4, 1]])[0], TABLE[[4, 1]])
    for index in (-1, 5):
        with refused(index):
            f([[index]])
    assert K.get_value(count) == 1


def test_a_branch_in_a_function_that_asks_for_xla(K, tf):
    """The check stands in a function that an operation of the graph calls."""
    table, x = K.variable(TABLE), K.placeholder((2,), dtype="int32")
    with K.graph_scope():
        y = tf.cond(K.sum(x) > 0, lambda: K.gather(table, x), lambda: tf.zeros((2, 2)))
    f = K.function([x], [y], jit_compile=True)
    np.testing.assert_array_equal(f([[4, 1]])[0], TABLE[[4, 1]])
    np.testing.assert_array_equal(f([[0, 0]])[0], 0)
    with refused(5):
        f([[5, 1]])


def test_a_region(K, tf):
    """What is compiled by itself is not, if it gathers; the rest is."""
    from polykeras.backends.tensorflow import regions

    doubled = regions.Region(lambda x: x * 2.0)
    rows = regions.Region(lambda table, x: K.gather(table, x))

    specs = tf.TensorSpec((5, 2)), tf.TensorSpec((2,), tf.int32)
    for _ in range(2):  # in a second function, for which nothing is traced any more, too
        with regions.tracing(True) as account:

            def traced(table, x):
                return rows([doubled([table]), x])

            call = tf.function(traced, autograph=False).get_concrete_function(*specs)
        assert account.compiled == 1 and account.refused
        np.testing.assert_array_equal(call(tf.constant(TABLE), tf.constant([4, 1])), 2 * TABLE[[4, 1]])
        with pytest.raises(tf.errors.InvalidArgumentError, match="polykeras_index"):
            call(tf.constant(TABLE), tf.constant([4, 5]))


def test_other_errors_stay_what_they_are(K, tf):
    x = K.placeholder((2,))
    with K.graph_scope():
        y = tf.debugging.check_numerics(x, "not finite")
    f = K.function([x], [y])
    with pytest.raises(tf.errors.InvalidArgumentError, match="not finite"):
        f([[1, np.inf]])
