"""Tensors compare by identity and have no length, as those of TensorFlow 1 and Theano."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from polykeras import alias
from polykeras.layers import Dense, Input, merge
from polykeras.models import Model, Sequential


@pytest.fixture(params=[False, True], ids=["without alias", "with alias"])
def under_alias(request: pytest.FixtureRequest) -> Any:
    if request.param:
        alias.install()
    yield request.param
    if request.param:
        alias.uninstall()


def test_tensors_are_found_in_lists(K: Any, under_alias: bool) -> None:
    a, b = Input((3,)), Input((3,))
    assert (a == a) is True and (a != a) is False
    assert (a == b) is False and (a != b) is True
    assert (a == None) is False and (a == 1) is False and (a != "a") is True  # noqa: E711
    tensors = [a, b, a + b]
    assert tensors.index(b) == 1 and b in tensors and a - b not in tensors
    tensors.remove(b)
    assert len(tensors) == 2 and b not in tensors
    assert {a: 1, b: 2}[b] == 2 and {a, b, a} == {b, a}


def test_results_of_every_kind(K: Any, under_alias: bool) -> None:
    """Derivatives, what depends on the phase, loops, constants and what one operation splits into."""
    x = K.placeholder((2, 3))
    (slope,) = K.gradients(K.sum(x * x), [x])
    chosen = K.in_train_phase(x, 2 * x)
    last, _, _ = K.rnn(lambda each, states: (each, []), K.placeholder((2, 4, 3)), [])
    for tensor in (slope, chosen, last, K.constant(1.0), K.learning_phase(), K.expand_dims(x, 0)):
        assert (tensor == tensor) is True and (tensor == x) is False
        assert not hasattr(tensor, "__len__")


def test_variables_compare_by_identity(K: Any, under_alias: bool) -> None:
    v, w = K.variable([1.0]), K.variable([1.0])
    assert v == v and v != w and [v, w].index(w) == 1 and {v: 1, w: 2}[w] == 2
    assert (v == v + 0) is False


def test_arrays_are_not_equal_to_tensors(K: Any) -> None:
    x = K.placeholder((2,))
    assert (x == np.zeros(2)) is False or not np.any(x == np.zeros(2))


def test_a_tensor_has_no_length(K: Any, under_alias: bool) -> None:
    """Agents of the time ask ``hasattr(model.output, '__len__') and len(model.output) > 1``."""
    output = Sequential([Dense(2, input_dim=3)]).output
    assert not hasattr(output, "__len__")
    with pytest.raises(TypeError, match="has no len"):
        len(output)


def test_elements_are_compared_by_equal(K: Any) -> None:
    x = K.placeholder((3,))
    values = K.function([x], [K.equal(x, 2.0)])([np.array([1.0, 2.0, 3.0])])[0]
    np.testing.assert_array_equal(values, [False, True, False])


def test_an_actor_critic_agent_finds_its_action_input(K: Any, under_alias: bool) -> None:
    action, observation = Input((2,)), Input((3,))
    critic = Model(input=[action, observation], output=Dense(1)(merge([action, observation], mode="concat")))
    assert [i for i, each in enumerate(critic.inputs) if each == action] == [0]
    assert critic.inputs.index(observation) == 1
    rest = [each for each in critic.input if each != action]
    assert len(rest) == 1 and rest[0] is observation


def test_eager_tensors_stay_as_tensorflow_has_them(K: Any, under_alias: bool) -> None:
    if K.backend() != "tensorflow":
        pytest.skip("TensorFlow alone has tensors outside K's graph")
    import tensorflow as tf

    one = tf.constant([1.0, 2.0])
    np.testing.assert_array_equal((one == tf.constant([1.0, 3.0])).numpy(), [True, False])
    assert len(one) == 2
    np.testing.assert_array_equal(tf.function(lambda x: x == x)(one), [True, True])
    assert copy.copy(one) is not None
