"""`K.function`: inputs, outputs, updates, and runs over many batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.arange(12, dtype="float32").reshape(4, 3)


@pytest.mark.covers("function", "placeholder")
class TestFunction:
    """Inputs and outputs."""

    def test_outputs_are_numpy_arrays_in_order(self, K: Any) -> None:
        x, y = K.placeholder((None, 3)), K.placeholder((None, 3))
        outputs = K.function([x, y], [x - y, x + y])([X, 2 * X])
        assert isinstance(outputs, list)
        np.testing.assert_allclose(outputs[0], -X)
        np.testing.assert_allclose(outputs[1], 3 * X)

    def test_no_outputs(self, K: Any) -> None:
        assert K.function([K.placeholder((None, 3))], [])([X]) == []

    def test_no_inputs(self, K: Any) -> None:
        assert K.function([], [K.constant(2.0) * 3])([])[0] == 6

    def test_the_same_tensor_twice(self, K: Any) -> None:
        x = K.placeholder((2,))
        square = x * x
        first, second = K.function([x], [square, square])([[1, 2]])
        assert first.tolist() == second.tolist() == [1, 4]

    def test_an_input_as_output(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        np.testing.assert_array_equal(K.function([x], [x])([X])[0], X)

    def test_an_unused_input(self, K: Any) -> None:
        x, unused = K.placeholder((None,)), K.placeholder((None, 2))
        assert K.function([x, unused], [x + 1])([[1.0], np.zeros((5, 2))])[0].tolist() == [2]

    def test_outputs_do_not_alias(self, K: Any) -> None:
        """What a caller does to a result changes neither a variable nor a later result."""
        state = K.variable(X)
        read = K.function([], [state])
        read([])[0][...] = -1
        np.testing.assert_array_equal(K.get_value(state), X)
        np.testing.assert_array_equal(read([])[0], X)

    def test_results_stay_when_variables_change(self, K: Any) -> None:
        state = K.variable(X)
        step = K.function([], [state], updates=[(state, state + 1)])
        first, second = step([])[0], step([])[0]
        np.testing.assert_array_equal(first, X)
        np.testing.assert_array_equal(second, X + 1)

    def test_sees_new_values_of_variables(self, K: Any) -> None:
        w, x = K.variable([1.0, 2.0]), K.placeholder((2,))
        f = K.function([x], [x * w])
        assert f([[1, 1]])[0].tolist() == [1, 2]
        K.set_value(w, [5, 6])
        assert f([[1, 1]])[0].tolist() == [5, 6]

    def test_different_batch_sizes(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        f = K.function([x], [K.sum(x, axis=0)])
        for rows in (4, 1, 3, 0):
            np.testing.assert_allclose(f([X[:rows]])[0], X[:rows].sum(0))

    @pytest.mark.parametrize(
        "value",
        [
            *(X.astype(dtype) for dtype in ("float64", "int64", "uint8", "float16")),
            X > 3, X.tolist(), X[::-1, ::-1], X.T.copy().T,
        ],
        ids=["float64", "int64", "uint8", "float16", "bool", "list", "reversed view", "Fortran order"],
    )  # fmt: skip
    def test_inputs_are_cast(self, K: Any, value: Any) -> None:
        x = K.placeholder((None, 3))
        result = K.function([x], [x + 0])([value])[0]
        assert result.dtype == "float32"
        np.testing.assert_allclose(result, np.asarray(value, "float32"))

    def test_integer_placeholders(self, K: Any) -> None:
        x = K.placeholder((None,), dtype="int32")
        for dtype in ("int64", "uint8", "int32"):
            result = K.function([x], [x + 1])([np.array([1, 2], dtype)])[0]
            assert result.dtype == "int32"
            assert result.tolist() == [2, 3]

    def test_a_caller_s_array_is_not_changed(self, K: Any) -> None:
        x, before = K.placeholder((None, 3)), X.copy()
        f = K.function([x], [x + 1, x * 2])
        f([X])
        np.testing.assert_array_equal(X, before)

    def test_wrong_number_of_inputs(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        f = K.function([x], [x])
        for inputs in ([], [X, X]):
            with pytest.raises(ValueError, match="1"):
                f(inputs)

    @pytest.mark.parametrize("shape", [(3,), (4, 3, 1), ()])
    def test_wrong_shape(self, K: Any, shape: tuple[int, ...]) -> None:
        """The message names the input, what it wants and what came."""
        x = K.placeholder((None, 3), name="pixels")
        with pytest.raises(ValueError, match=r"pixels.*3"):
            K.function([x], [x])([np.zeros(shape, "float32")])

    @pytest.mark.parametrize("declared, shape", [((None, 3), (4, 2)), ((4, 3), (2, 3))])
    def test_other_sizes_than_declared(
        self, K: Any, declared: tuple[int | None, ...], shape: tuple[int, ...]
    ) -> None:
        """They are refused by the input's name, or, on an engine that takes them, give the right values."""
        x = K.placeholder(declared, name="pixels")
        values = np.arange(np.prod(shape), dtype="float32").reshape(shape)
        try:
            (result,) = K.function([x], [x + 1])([values])
        except ValueError as error:
            assert "pixels" in str(error) and str(declared[1]) in str(error)
        else:
            np.testing.assert_array_equal(result, values + 1)

    @pytest.mark.covers("sizes")
    def test_sizes(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        zeros = K.zeros_like(x)
        for size, wanted in zip(K.sizes(x), (2, 3), strict=True):
            if isinstance(size, int):
                assert size == wanted
            else:
                (result,) = K.function([x], [zeros + K.cast(size, "float32")])([np.ones((2, 3), "float32")])
                np.testing.assert_array_equal(result, np.full((2, 3), wanted))

    def test_a_wrong_input_writes_nothing(self, K: Any) -> None:
        x, state = K.placeholder((None, 3)), K.variable(0.0)
        f = K.function([x], [x], updates=[(state, state + 1)])
        with pytest.raises(ValueError):
            f([np.zeros((2, 3, 1))])
        assert K.get_value(state) == 0

    def test_strings_are_refused(self, K: Any) -> None:
        x = K.placeholder((None,), name="pixels")
        with pytest.raises((ValueError, TypeError)):
            K.function([x], [x])([np.array(["a", "b"])])

    def test_a_missing_placeholder(self, K: Any) -> None:
        x, y = K.placeholder((None, 3), name="given"), K.placeholder((None, 3), name="forgotten")
        with pytest.raises(ValueError, match="forgotten"):
            K.function([x], [x + y])([X])

    def test_inputs_must_be_placeholders(self, K: Any) -> None:
        with pytest.raises(ValueError):
            K.function([K.variable(1.0)], [K.constant(1.0)])

    def test_unknown_options(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        with pytest.raises((ValueError, TypeError), match="no_such_option"):
            K.function([x], [x], no_such_option=1)

    def test_is_a_function(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        f = K.function([x], [x])
        assert isinstance(f, K.Function)
        assert f.inputs == [x]


@pytest.mark.covers("update", "update_add", "update_sub", "moving_average_update", "function")
class TestUpdates:
    """All reads before all writes."""

    def test_forms(self, K: Any) -> None:
        a, b, c, d, e = (K.variable([1.0, 2.0]) for _ in range(5))
        x = K.placeholder((2,))
        updates = [
            K.update(a, x * 2),
            K.update_add(b, x),
            K.update_sub(c, x),
            K.moving_average_update(d, x, 0.75),
            (e, e + x),
        ]
        K.function([x], [], updates=updates)([[10, 20]])
        wanted: tuple[Any, ...] = ([20, 40], [11, 22], [-9, -18], [3.25, 6.5], [11, 22])
        for variable, value in zip((a, b, c, d, e), wanted, strict=True):
            np.testing.assert_allclose(K.get_value(variable), value)

    def test_lists_as_pairs(self, K: Any) -> None:
        a = K.variable(1.0)
        K.function([], [], updates=[(a, a * 3)])([])
        assert K.get_value(a) == 3

    def test_swap(self, K: Any) -> None:
        a, b = K.variable([1.0, 2.0]), K.variable([3.0, 4.0])
        f = K.function([], [a, b], updates=[K.update(a, b), K.update(b, a)])
        assert [value.tolist() for value in f([])] == [[1, 2], [3, 4]]
        assert K.get_value(a).tolist() == [3, 4]
        assert K.get_value(b).tolist() == [1, 2]
        f([])
        assert K.get_value(a).tolist() == [1, 2]

    def test_outputs_read_before_writes(self, K: Any) -> None:
        w = K.variable(np.ones((3,)))
        x = K.placeholder((None, 3))
        loss = K.sum(x * w)
        f = K.function([x], [loss, w], updates=[(w, w - K.gradients(loss, [w])[0])])
        before, weights = f([X])
        assert before == X.sum()
        assert weights.tolist() == [1, 1, 1]
        np.testing.assert_allclose(K.get_value(w), 1 - X.sum(0))

    def test_a_chain_reads_old_values(self, K: Any) -> None:
        """The second update depends on a variable that the first one writes."""
        rate, state = K.variable(1.0), K.variable(0.0)
        step = K.function([], [], updates=[K.update_add(rate, 1.0), K.update_add(state, rate)])
        for _ in range(3):
            step([])
        assert K.get_value(rate) == 4
        assert K.get_value(state) == 1 + 2 + 3

    def test_the_same_variable_s_update_in_two_functions(self, K: Any) -> None:
        count = K.variable(0, dtype="int32")
        once, twice = (
            K.function([], [], updates=[(count, count + 1)]),
            K.function([], [], updates=[(count, count + 2)]),
        )
        once([])
        twice([])
        assert K.get_value(count) == 3

    def test_numbers_and_casts(self, K: Any) -> None:
        """The variable keeps its dtype."""
        a, n = K.variable([1.0, 1.0]), K.variable(5, dtype="int32")
        K.function([], [], updates=[K.update_add(a, 0.5), K.update_sub(n, 2)])([])
        assert K.get_value(a).tolist() == [1.5, 1.5]
        assert K.get_value(n) == 3
        assert K.get_value(n).dtype == "int32"
        assert K.get_value(a).dtype == "float32"

    def test_many_steps(self, K: Any) -> None:
        """Gradient descent on a small quadratic reaches its minimum."""
        w, x, y = K.variable(np.zeros((3, 1))), K.placeholder((None, 3)), K.placeholder((None, 1))
        loss = K.mean(K.square(K.dot(x, w) - y))
        (slope,) = K.gradients(loss, [w])
        step = K.function([x, y], [loss], updates=[K.update_sub(w, 0.1 * slope)])
        inputs, truth = np.random.normal(size=(50, 3)), np.array([[1.0], [-2.0], [0.5]])
        losses = [float(step([inputs, inputs @ truth])[0]) for _ in range(200)]
        assert losses[-1] < 1e-6 < losses[0]
        np.testing.assert_allclose(K.get_value(w), truth, atol=1e-3)


@pytest.mark.covers("function", "learning_phase")
class TestOver:
    """`Function.over`: the very numbers of plain calls."""

    ROWS = 23

    def model(self, K: Any, noise: bool = False) -> tuple[Any, Any]:
        """A function that trains a weight, and the weight."""
        np.random.seed(3)
        w, x, y = K.variable(np.full((4, 2), 0.1)), K.placeholder((None, 4)), K.placeholder((None, 2))
        hidden = K.in_train_phase(K.dropout(x, 0.4), x) if noise else x
        loss = K.mean(K.square(K.dot(hidden, w) - y))
        slope = K.gradients(loss, [w])[0]
        phase = [K.learning_phase()] if noise else []
        return K.function([x, y, *phase], [loss, K.sum(hidden, axis=1)], updates=[(w, w - 0.1 * slope)]), w

    def data(self) -> list[np.ndarray]:
        random = np.random.RandomState(5)
        return [random.normal(size=(self.ROWS, size)).astype("float32") for size in (4, 2)]

    def batches(self, kind: str) -> list[Any]:
        starts = range(0, self.ROWS, 5)
        pairs = [(start, min(start + 5, self.ROWS)) for start in starts]
        if kind == "pairs":
            return pairs
        order = np.arange(self.ROWS)
        if kind == "shuffled":
            np.random.RandomState(8).shuffle(order)
        return [order[start:stop] for start, stop in pairs]

    @pytest.mark.parametrize("noise", [False, True], ids=["plain", "dropout"])
    @pytest.mark.parametrize("kind", ["pairs", "ordered", "shuffled"])
    def test_same_numbers(self, K: Any, kind: str, noise: bool) -> None:
        data, batches, phase = self.data(), self.batches(kind), [1] if noise else []
        f, w = self.model(K, noise)
        one_by_one = [
            f([array[slice(*batch) if isinstance(batch, tuple) else batch] for array in data] + phase)
            for batch in batches
        ]
        weights = K.get_value(w)
        K.clear_session()
        f, w = self.model(K, noise)
        runner = f.over(data, phase)
        together = runner.run(batches[:1]) + runner.run(batches[1:])
        assert len(together) == len(one_by_one)
        for (loss, sums), (wanted_loss, wanted_sums) in zip(together, one_by_one, strict=True):
            assert sums.shape == wanted_sums.shape
            np.testing.assert_allclose(loss, wanted_loss, rtol=1e-5)
            np.testing.assert_allclose(sums, wanted_sums, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(K.get_value(w), weights, rtol=1e-5)

    def test_batches_of_several_sizes(self, K: Any) -> None:
        x = K.placeholder((None, 4))
        (data, _) = self.data()
        runner = K.function([x], [K.sum(x, axis=0)]).over([data])
        batches: list[Any] = [(0, 5), (5, 6), np.array([3, 3, 1]), (6, 23), np.array([0])]
        for batch, (result,) in zip(batches, runner.run(batches), strict=True):
            rows = data[slice(*batch)] if isinstance(batch, tuple) else data[batch]
            np.testing.assert_allclose(result, rows.sum(0), rtol=1e-5, atol=1e-6)

    def test_no_batches(self, K: Any) -> None:
        x = K.placeholder((None, 4))
        assert K.function([x], [x]).over([self.data()[0]]).run([]) == []

    def test_data_of_other_types(self, K: Any) -> None:
        """Double precision and integers are cast as in a plain call."""
        x = K.placeholder((None, 2))
        for dtype in ("float64", "int64", "uint8"):
            data = np.arange(20).reshape(10, 2).astype(dtype)
            (first,), (second,) = K.function([x], [x * 2]).over([data]).run([(0, 4), np.array([9, 0])])
            np.testing.assert_array_equal(first, 2 * data[:4])
            np.testing.assert_array_equal(second, 2 * data[[9, 0]])
            assert first.dtype == "float32"

    def test_data_that_is_sliced(self, K: Any) -> None:
        """Anything with a length, a shape and rows serves, such as a data set in a file."""

        class Stored:
            def __init__(self, array: np.ndarray) -> None:
                self.array, self.shape, self.dtype = array, array.shape, array.dtype

            def __len__(self) -> int:
                return len(self.array)

            def __getitem__(self, rows: Any) -> np.ndarray:
                if isinstance(rows, np.ndarray):
                    assert (np.diff(rows) > 0).all(), "rows are to be asked for in ascending order"
                return self.array[rows]

        x, (data, _) = K.placeholder((None, 4)), self.data()
        batches = [(0, 5), np.array([7, 2, 2, 19])]
        first, second = K.function([x], [x + 0]).over([Stored(data)]).run(batches)
        np.testing.assert_array_equal(first[0], data[:5])
        np.testing.assert_array_equal(second[0], data[[7, 2, 2, 19]])

    def test_constants(self, K: Any) -> None:
        x, factor = K.placeholder((None, 4)), K.placeholder(())
        (data, _) = self.data()
        results = K.function([x, factor], [x * factor]).over([data], [3.0]).run([(0, 2), (2, 4)])
        np.testing.assert_allclose(results[1][0], 3 * data[2:4], rtol=1e-6)

    def test_wrong_rows_are_refused(self, K: Any) -> None:
        x = K.placeholder((None, 4), name="pixels")
        with pytest.raises(ValueError, match="pixels"):
            K.function([x], [x]).over([np.zeros((10, 3), "float32")]).run([(0, 5)])

    def test_plain_calls_between_runs(self, K: Any) -> None:
        f, w = self.model(K)
        data = self.data()
        runner = f.over(data)
        runner.run([(0, 5)])
        f([array[5:10] for array in data])
        runner.run([(10, 15)])
        mixed = K.get_value(w)
        K.clear_session()
        f, w = self.model(K)
        f.over(data).run([(0, 5), (5, 10), (10, 15)])
        np.testing.assert_allclose(K.get_value(w), mixed, rtol=1e-5)

    def test_set_value_between_runs(self, K: Any) -> None:
        rate, x = K.variable(1.0), K.placeholder((None, 4))
        runner = K.function([x], [K.sum(x) * 0 + rate]).over([self.data()[0]])
        assert runner.run([(0, 5)])[0][0] == 1
        K.set_value(rate, 2.0)
        assert runner.run([(0, 5)])[0][0] == 2
