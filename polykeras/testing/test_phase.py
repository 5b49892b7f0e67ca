"""The learning phase, and choices by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.array([[1.0, 2.0], [3.0, 4.0]], dtype="float32")


@pytest.mark.covers("learning_phase", "set_learning_phase", "in_train_phase", "in_test_phase")
class TestPhase:
    """0 in tests, 1 in training; an input of functions unless it is set."""

    def test_both_ways(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        train, test = K.in_train_phase(x * 2, x), K.in_test_phase(x * 3, x)
        f = K.function([x, K.learning_phase()], [train, test])
        for phase in (1, True, 1.0, np.float32(1), np.array(1)):
            np.testing.assert_allclose(f([X, phase]), [2 * X, X])
        for phase in (0, False, 0.0, np.array(0)):
            np.testing.assert_allclose(f([X, phase]), [X, 3 * X])

    def test_marks_its_result(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        assert K.in_train_phase(x * 2, x)._uses_learning_phase is True
        assert K.in_test_phase(x * 2, x)._uses_learning_phase is True

    def test_functions_as_branches(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        f = K.function([x, K.learning_phase()], [K.in_train_phase(lambda: x + 1, lambda: x - 1)])
        np.testing.assert_allclose(f([X, 1])[0], X + 1)
        np.testing.assert_allclose(f([X, 0])[0], X - 1)

    def test_shape_is_kept(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        assert K.int_shape(K.in_train_phase(x * 2, x))[-1] == 2
        assert K.dtype(K.in_train_phase(x * 2, x)) == "float32"

    def test_first_input(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        f = K.function([K.learning_phase(), x], [K.in_train_phase(x * 2, x)])
        np.testing.assert_allclose(f([1, X])[0], 2 * X)

    def test_by_value(self, K: Any) -> None:
        """The phase may be used like any scalar."""
        x = K.placeholder((None, 2))
        f = K.function([x, K.learning_phase()], [K.switch(K.learning_phase(), x * 2, x)])
        np.testing.assert_allclose(f([X, 1])[0], 2 * X)
        np.testing.assert_allclose(f([X, 0])[0], X)

    def test_nested(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        inner = K.in_train_phase(x + 1, x)
        f = K.function(
            [x, K.learning_phase()], [K.in_train_phase(inner * 2, inner), K.in_test_phase(inner, -inner)]
        )
        np.testing.assert_allclose(f([X, 1]), [2 * X + 2, -X - 1])
        np.testing.assert_allclose(f([X, 0]), [X, X])

    def test_updates_follow_it(self, K: Any) -> None:
        x, mean = K.placeholder((None, 2)), K.variable([0.0, 0.0])
        new = K.in_train_phase(K.mean(x, axis=0), mean)
        f = K.function([x, K.learning_phase()], [], updates=[(mean, new)])
        f([X, 0])
        assert K.get_value(mean).tolist() == [0, 0]
        f([X, 1])
        assert K.get_value(mean).tolist() == [2, 3]

    def test_gradients_follow_it(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        slope = K.gradients(K.sum(K.in_train_phase(x * x, x)), [x])
        f = K.function([x, K.learning_phase()], slope)
        np.testing.assert_allclose(f([X, 1])[0], 2 * X)
        np.testing.assert_allclose(f([X, 0])[0], np.ones_like(X))

    def test_is_one_tensor(self, K: Any) -> None:
        assert K.learning_phase() is K.learning_phase()

    @pytest.mark.covers("learning_phase_uses")
    def test_uses_are_counted(self, K: Any) -> None:
        """Expressions that depend on the phase make the count grow, others do not."""
        x = K.placeholder((None, 2))
        before = K.learning_phase_uses()
        K.dropout(x, 0.5)
        assert K.learning_phase_uses() == before
        K.in_train_phase(x * 2, x)
        after = K.learning_phase_uses()
        assert after > before
        K.learning_phase()
        assert K.learning_phase_uses() > after
        K.set_learning_phase(1)
        fixed = K.learning_phase_uses()
        K.in_train_phase(x * 2, x)
        assert K.learning_phase_uses() == fixed

    @pytest.mark.parametrize("phase", [0, 1])
    def test_set(self, K: Any, phase: int) -> None:
        K.set_learning_phase(phase)
        assert K.learning_phase() == phase
        x = K.placeholder((None, 2))
        chosen = K.in_train_phase(x * 2, x)
        assert not getattr(chosen, "_uses_learning_phase", False)
        np.testing.assert_allclose(K.function([x], [chosen])([X])[0], X * (1 + phase))
        K.clear_session()
        assert not isinstance(K.learning_phase(), int)

    @pytest.mark.parametrize("value", [2, -1, "train", None, 0.5])
    def test_set_to_nonsense(self, K: Any, value: Any) -> None:
        with pytest.raises(ValueError):
            K.set_learning_phase(value)

    def test_wrong_value(self, K: Any) -> None:
        x = K.placeholder((None, 2))
        f = K.function([x, K.learning_phase()], [K.in_train_phase(x * 2, x)])
        with pytest.raises((ValueError, TypeError)):
            f([X, "train"])


@pytest.mark.covers("switch")
class TestSwitch:
    """What a condition does not choose has no effect."""

    def test_gradient_of_the_branch_not_chosen(self, K: Any) -> None:
        x = K.placeholder((2,))
        slope = K.gradients(K.sum(K.switch(K.greater(x, 0), x * 3, x * 5)), [x])
        np.testing.assert_allclose(K.function([x], slope)([[1, -1]])[0], [3, 5])

    def test_by_a_variable(self, K: Any) -> None:
        flag, x = K.variable(1, dtype="int32"), K.placeholder((None, 2))
        f = K.function([x], [K.switch(flag, x, -x)])
        np.testing.assert_allclose(f([X])[0], X)
        K.set_value(flag, 0)
        np.testing.assert_allclose(f([X])[0], -X)


@pytest.mark.covers("print_tensor", "foldl", "map_fn")
class TestSideEffects:
    """Printing; variables inside loops."""

    def test_print_tensor(self, K: Any, capfd: pytest.CaptureFixture[str]) -> None:
        x = K.placeholder((None, 2))
        f = K.function([x], [K.print_tensor(x, message="rows are") * 2])
        np.testing.assert_allclose(f([X])[0], 2 * X)
        f([X])
        out, err = capfd.readouterr()
        assert (out + err).count("rows are") == 2

    def test_loops_see_variables(self, K: Any) -> None:
        w, x = K.variable([1.0, 2.0]), K.placeholder((None, 2))
        mapped = K.map_fn(lambda row: row * w, x)
        total = K.foldl(lambda a, b: a + b * w, x, K.zeros_like(w))
        f = K.function([x], [mapped, total, *K.gradients(K.sum(mapped) + K.sum(total), [w])])
        values = f([X])
        np.testing.assert_allclose(values[0], X * [1, 2])
        np.testing.assert_allclose(values[1], X.sum(0) * [1, 2])
        np.testing.assert_allclose(values[2], 2 * X.sum(0))
        K.set_value(w, [0, 1])
        np.testing.assert_allclose(f([X])[0], X * [0, 1])
