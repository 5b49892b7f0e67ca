"""Loops over time: what the cases cannot tell, such as lengths that come with the data, and random steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .gradcheck import check_gradients

X = np.random.RandomState(0).normal(size=(2, 6, 3)).astype("float32")


def added(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    """The running sum."""
    total = states[0] + x
    return total, [total]


def start(K: Any, x: Any) -> Any:
    """Zeros of the shape of one step of `x`, whatever the number of steps."""
    return K.sum(K.zeros_like(x), axis=1)


@pytest.mark.covers("rnn", "scan", "lstm", "gru")
class TestLoopLengths:
    """Numbers of steps that are not known when the loop is built, and none at all."""

    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("known", [False, True])
    def test_of_any_length(self, K: Any, masked: bool, known: bool) -> None:
        for steps in (6, 1, 0):
            shape = (None, steps if known else None)
            x, mask = K.placeholder((*shape, 3)), K.placeholder(shape, dtype="bool")
            last, outputs, states = K.rnn(added, x, [start(K, x)], mask=mask if masked else None)
            loss = K.sum(K.square(outputs)) + K.sum(last) + K.sum(states[0])
            f = K.function([x, mask], [last, outputs, *states, *K.gradients(loss, [x])])
            data, counts = X[:, :steps], np.arange(2 * steps).reshape(2, steps) % 3 > 0
            totals = np.cumsum(data * (counts[:, :, None] if masked else 1), axis=1)
            got = f([data, counts])
            np.testing.assert_allclose(got[1], totals, rtol=1e-5, atol=1e-6)
            for each in (got[0], got[2]):
                np.testing.assert_allclose(
                    each, totals[:, -1] if steps else np.zeros((2, 3)), rtol=1e-5, atol=1e-6
                )
            assert got[3].shape == data.shape
            assert K.int_shape(outputs)[1:] == (shape[1], 3)

    def test_one_loop_for_all_lengths(self, K: Any) -> None:
        x = K.placeholder((None, None, 3))
        f = K.function([x], K.rnn(added, x, [start(K, x)])[:2])
        for steps in (6, 0, 2):
            last, outputs = f([X[:, :steps]])
            assert outputs.shape == (2, steps, 3)
            np.testing.assert_allclose(last, X[:, :steps].sum(1), rtol=1e-5, atol=1e-6)

    def test_unrolled_by_input_length(self, K: Any) -> None:
        x = K.placeholder((None, None, 3))
        last = K.rnn(added, x, [start(K, x)], unroll=True, input_length=6)[0]
        np.testing.assert_allclose(K.function([x], [last])([X])[0], X.sum(1), rtol=1e-5, atol=1e-6)

    def test_scan_of_no_step(self, K: Any) -> None:
        x, y = K.placeholder((None, 3)), K.placeholder((3,))
        outputs, states = K.scan(lambda rows, states: ([rows[0] * 2], [states[0] + rows[0]]), [x], [y])
        results = K.function([x, y], [*outputs, *states])([np.zeros((0, 3)), [1, 2, 3]])
        assert results[0].shape == (0, 3)
        np.testing.assert_array_equal(results[1], [1, 2, 3])

    @pytest.mark.parametrize(("operation", "gates", "states"), [("lstm", 4, 2), ("gru", 3, 1)])
    def test_gates_of_no_step(self, K: Any, operation: str, gates: int, states: int) -> None:
        x, U = K.placeholder((None, None, gates * 2)), K.variable(np.ones((2, gates * 2)))
        starts = [K.placeholder((None, 2)) for _ in range(states)]
        last, outputs, finals = getattr(K, operation)(x, U, starts)
        loss = K.sum(last) + K.sum(outputs) + K.sum(finals[0])
        slopes = K.gradients(loss, [U, starts[0]])
        given = [np.zeros((3, 0, gates * 2)), *(np.full((3, 2), 5.0) for _ in starts)]
        results = K.function([x, *starts], [last, outputs, *finals, *slopes])(given)
        assert results[1].shape == (3, 0, 2)
        np.testing.assert_array_equal(results[0], np.zeros((3, 2)))
        for final in results[2 : 2 + states]:
            np.testing.assert_array_equal(final, np.full((3, 2), 5.0))
        np.testing.assert_array_equal(results[-2], np.zeros((2, gates * 2)))
        np.testing.assert_array_equal(results[-1], np.ones((3, 2)))

    def test_no_samples(self, K: Any) -> None:
        x = K.placeholder((None, 6, 3))
        results = K.function([x], K.rnn(added, x, [start(K, x)])[:2])([X[:0]])
        assert [each.shape for each in results] == [(0, 3), (0, 6, 3)]


@pytest.mark.covers("rnn", "scan")
class TestLoopSteps:
    """What a step may hold."""

    def test_random_numbers_are_new_at_each_step(self, K: Any) -> None:
        x = K.placeholder((None, None, 3))

        def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            noisy = K.in_train_phase(lambda: K.dropout(x, 0.5), x)
            return noisy, [states[0] + noisy]

        _, outputs, states = K.rnn(step, x, [start(K, x)])
        slopes = K.gradients(K.sum(states[0]), [x])
        f = K.function([x, K.learning_phase()], [outputs, *states, *slopes])
        ones = np.ones((20, 8, 3))
        outputs, total, slope = f([ones, 1])
        assert 0.4 < (outputs == 0).mean() < 0.6 and set(np.unique(outputs)) == {0, 2}
        assert all((outputs[:, 0] != outputs[:, step]).any() for step in range(1, 8))
        np.testing.assert_allclose(total, outputs.sum(1))
        np.testing.assert_allclose(slope, outputs)  # the derivative sees the numbers that were drawn
        assert (f([ones, 1])[0] != outputs).any()
        np.testing.assert_array_equal(f([ones, 0])[0], ones)

    def test_random_numbers_from_outside_stay(self, K: Any) -> None:
        x = K.placeholder((None, None, 3))
        mask = K.dropout(start(K, x) + 1.0, 0.5)
        f = K.function([x], [K.rnn(lambda x, states: (x * mask, []), x, [])[1], mask])
        outputs, drawn = f([np.ones((20, 8, 3))])
        np.testing.assert_array_equal(outputs, np.repeat(drawn[:, None], 8, axis=1))

    def test_loop_in_a_loop(self, K: Any) -> None:
        x = K.placeholder((None, None, 3))

        def outer(row: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            inner = K.expand_dims(row)
            noisy = K.rnn(lambda x, _: (K.dropout(x, 0.5), []), inner, [])[1]
            sums = K.rnn(added, inner, [start(K, inner)])[1]
            return K.squeeze(sums, 2) * K.squeeze(noisy, 2), []

        outputs = K.rnn(outer, x, [])[1]
        value, slope = K.function([x], [outputs, *K.gradients(K.sum(outputs), [x])])([np.ones((9, 6, 3))])
        factors = value / [1, 2, 3]
        assert set(np.unique(factors)) == {0, 2} and (factors[:, 0] != factors[:, 1]).any()
        # d/dx_k of sum_i noise_i x_i (x_1 + ... + x_i), at ones
        wanted = value + np.cumsum(factors[:, :, ::-1], axis=2)[:, :, ::-1]
        np.testing.assert_allclose(slope, wanted, rtol=1e-5)

    def test_nested_constants(self, K: Any) -> None:
        """Lists of numbers and tensors, as the layers of Keras 1 pass their dropout masks."""
        x = K.placeholder((None, 6, 3))
        constants = [[np.float32(2.0), K.variable(np.ones(3))], 3.0]

        def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            total, (two, ones), three = states
            return x * two + ones * three, [total]

        outputs = K.rnn(step, x, [start(K, x)], constants=constants)[1]
        np.testing.assert_allclose(K.function([x], [outputs])([X])[0], 2 * X + 3, rtol=1e-6)

    def test_variables_inside_and_as_states(self, K: Any) -> None:
        w, h = K.variable(np.eye(3) * 0.5), K.variable(np.ones((2, 3)))
        x = K.placeholder((2, 6, 3))

        def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            total = K.dot(states[0], w) + x
            return total, [total]

        last = K.rnn(step, x, [h])[0]
        results = K.function([x], [last, *K.gradients(K.sum(last), [h, w])])([X])
        total, by_w = np.ones((2, 3)), np.zeros((2, 3))
        for time in range(6):
            by_w, total = 0.5 * by_w + total, 0.5 * total + X[:, time]
        np.testing.assert_allclose(results[0], total, rtol=1e-5)
        np.testing.assert_allclose(results[1], np.full((2, 3), 0.5**6), rtol=1e-5)
        np.testing.assert_allclose(results[2].diagonal(), by_w.sum(0), rtol=1e-4)

    def test_a_state_keeps_its_dtype(self, K: Any) -> None:
        x, count = K.placeholder((None, 6, 3)), K.constant(np.zeros(()), dtype="int32")
        states = K.rnn(lambda x, states: (x, [states[0] + 1]), x, [count])[2]
        assert K.dtype(states[0]) == "int32"
        assert K.function([x], states)([X])[0] == 6

    def test_a_counter_goes_on_where_a_step_is_masked(self, K: Any) -> None:
        x, mask = K.placeholder((None, 6, 3)), K.placeholder((None, 6), dtype="bool")
        count = K.constant(np.zeros(()), dtype="int32")
        states = K.rnn(lambda x, states: (x, [states[0] + 1]), x, [count], mask=mask)[2]
        assert K.function([x, mask], states)([X, np.zeros((2, 6), bool)])[0] == 6

    def test_second_derivatives(self, K: Any) -> None:
        def slopes(x: Any, w: Any) -> list[Any]:
            def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
                h = K.tanh(K.dot(states[0], w) + x)
                return h, [h]

            return K.gradients(K.sum(K.square(K.rnn(step, x, [start(K, x)])[0])), [x, w])

        arrays = [X[:, :3].astype("float64"), 0.3 * np.eye(3) + 0.1]
        check_gradients(K, slopes, arrays, rtol=1e-5, atol=1e-6)


@pytest.mark.covers("rnn", "scan", "lstm", "gru")
class TestRefusedLoops:
    """What is refused when the loop is built."""

    def test_inputs(self, K: Any) -> None:
        x = K.placeholder((None, 6, 3))
        with pytest.raises(ValueError, match=r"rnn: inputs must have 3 axes or more, .* got 2"):
            K.rnn(added, K.placeholder((None, 6)), [])
        with pytest.raises(ValueError, match="unroll needs to know the number of time steps"):
            K.rnn(added, K.placeholder((None, None, 3)), [start(K, x)], unroll=True)
        for mask in (K.placeholder((None,)), K.placeholder((None, 6, 3, 1))):
            with pytest.raises(ValueError, match="the mask must have the shape"):
                K.rnn(added, x, [start(K, x)], mask=mask)
        with pytest.raises(ValueError, match="as many time steps as the inputs: wanted 6, got"):
            K.rnn(added, x, [start(K, x)], mask=K.placeholder((None, 5)))

    @pytest.mark.parametrize("unroll", [False, True])
    def test_steps(self, K: Any, unroll: bool) -> None:
        x = K.placeholder((None, 6, 3))
        with pytest.raises(TypeError, match="must return its output and the list of new states"):
            K.rnn(lambda x, states: x, x, [start(K, x)], unroll=unroll)
        with pytest.raises(ValueError, match="as many states as there are initial states: wanted 1, got 2"):
            K.rnn(lambda x, states: (x, [x, x]), x, [start(K, x)], unroll=unroll)

    def test_states_change_their_shape(self, K: Any) -> None:
        x = K.placeholder((4, 6, 3))
        with pytest.raises(ValueError, match=r"State 0 has the shape \(4, 3\), after a step \(4, 6\)"):
            K.rnn(lambda x, states: (x, [K.concatenate([x, x])]), x, [start(K, x)])

    def test_sequences(self, K: Any) -> None:
        x = K.placeholder((4, 3))
        with pytest.raises(ValueError, match="one sequence or more"):
            K.scan(lambda rows, states: (rows, states), [], [x])
        with pytest.raises(ValueError, match="one size of axis 0"):
            K.scan(lambda rows, states: (rows, states), [x, K.placeholder((5, 3))], [])

    @pytest.mark.parametrize(("operation", "gates", "states"), [("lstm", 4, 2), ("gru", 3, 1)])
    def test_gates(self, K: Any, operation: str, gates: int, states: int) -> None:
        layer = getattr(K, operation)
        x, U, h = K.placeholder((None, 6, gates * 2)), K.placeholder((2, gates * 2)), K.placeholder((None, 2))
        with pytest.raises(ValueError, match="inner_activation must be one of 'hard_sigmoid', 'sigmoid'"):
            layer(x, U, [h] * states, inner_activation="relu")
        with pytest.raises(ValueError, match=rf"U must have the shape \(units, {gates} \* units\)"):
            layer(x, K.placeholder((2, 7)), [h] * states)
        with pytest.raises(ValueError, match=rf"{operation}: x must have the shape .*{gates * 2}"):
            layer(K.placeholder((None, 6, 5)), U, [h] * states)
