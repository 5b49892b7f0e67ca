"""`K.function` reads its arguments alike on every engine."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from polykeras.layers import Dropout
from polykeras.models import Sequential


@pytest.mark.parametrize("phase", [0, 1])
def test_the_phase_fixed_after_building_holds(K: Any, phase: int) -> None:
    x = K.placeholder((None, 2))
    y = K.in_train_phase(2 * x, x)
    K.set_learning_phase(phase)
    f = K.function([x], [y])
    np.testing.assert_array_equal(f([np.ones((3, 2))])[0], np.full((3, 2), 1 + phase))
    rows = f.over([np.ones((6, 2))]).run([(0, 2), (2, 4), (4, 6)])
    assert [each[0].sum() for each in rows] == [4 * (1 + phase)] * 3
    assert K.eval(K.in_train_phase(K.constant(2.0), K.constant(1.0))) == 1 + phase


def test_a_model_obeys_the_phase_fixed_after_it_was_built(K: Any) -> None:
    model = Sequential([Dropout(0.5, input_shape=(200,))])
    K.set_learning_phase(1)
    assert (model.predict(np.ones((4, 200))) == 0).any()


def test_eval_takes_an_open_phase_as_0(K: Any) -> None:
    y = K.in_train_phase(K.constant(2.0), K.constant(1.0))
    K.set_learning_phase(1)
    assert K.eval(y) == 1


def test_both_phases_the_same(K: Any) -> None:
    x = K.placeholder((2,))
    assert K.in_train_phase(x, x) is x
    assert K.in_test_phase(x, x) is x


@pytest.mark.parametrize("value", [2, 0.5, -1, "train", [0, 1]])
def test_the_phase_is_0_or_1(K: Any, value: Any) -> None:
    f = K.function([K.learning_phase()], [K.in_train_phase(K.constant(2.0), K.constant(1.0))])
    with pytest.raises(ValueError, match="learning phase"):
        f([value])


@pytest.mark.parametrize(("value", "wanted"), [(0, 1), (1, 2), (True, 2), (0.0, 1), (np.float32(1), 2)])
def test_what_means_a_phase(K: Any, value: Any, wanted: int) -> None:
    f = K.function([K.learning_phase()], [K.in_train_phase(K.constant(2.0), K.constant(1.0))])
    assert f([value])[0] == wanted


def test_updates_in_any_form(K: Any) -> None:
    v, w = K.variable(1.0), K.variable(5.0)
    K.function([], [], updates=[[v, v + 1], (w, w * 2)])([])
    assert (K.get_value(v), K.get_value(w)) == (2, 10)
    K.function([], [], updates={v: v + 1})([])
    assert K.get_value(v) == 3


def test_options_of_theano_have_no_effect(K: Any) -> None:
    v = K.variable(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert K.function([], [v], name="step")([])[0] == 1
    with pytest.warns(UserWarning, match="allow_input_downcast is an option of Theano"):
        assert K.function([], [v], allow_input_downcast=True)([])[0] == 1
    with pytest.raises(TypeError, match="unknown keyword argument 'givenss'"):
        K.function([], [v], givenss={})


def test_a_variable_of_the_value_of_a_tensor(K: Any) -> None:
    v = K.variable([1.0, 2.0])
    copy, double = K.variable(v), K.variable(v * 2)
    K.set_value(v, [7.0, 7.0])
    np.testing.assert_array_equal(K.get_value(copy), [1, 2])
    np.testing.assert_array_equal(K.get_value(double), [2, 4])
