"""K.function on PyTensor: learning phase, updates, random states, conversion of inputs, batches, memory."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
import scipy.sparse

pytest.importorskip("pytensor")

import pytensor
import pytensor.tensor as pt

from polykeras.backends.pytensor import PyTensorBackend


@pytest.fixture(params=["interpret"])
def K(request: pytest.FixtureRequest) -> PyTensorBackend:
    backend = PyTensorBackend()
    backend.set_execution_mode(request.param)
    return backend


def operations_of(executable: Any) -> list[str]:
    """The operations that an interpreted executable runs."""
    return [str(node.op) for node in executable.step.__dict__["line_nodes"] if node is not None]


def test_only_the_branch_of_the_phase_is_compiled(K: PyTensorBackend) -> None:
    x = K.placeholder((None, 3))
    noisy = K.in_train_phase(lambda: K.dropout(pt.exp(x), 0.5, seed=1), lambda: pt.tanh(x))
    f = K.function([x, K.learning_phase()], [noisy])
    data = np.ones((2, 3), "float32")
    np.testing.assert_allclose(f([data, 0])[0], np.tanh(data), rtol=1e-6)
    assert set(np.unique(f([data, 1.0])[0])) <= {np.float32(0), np.float32(2 * np.exp(np.float32(1)))}
    test, train = (operations_of(f.executable(phase)) for phase in (0, 1))
    assert not any("Mask" in name or "Exp" in name for name in test)
    assert not any("Tanh" in name for name in train)


@pytest.mark.parametrize("value", [0, 0.0, False, np.zeros(()), np.zeros(1, "int32")])
def test_phase_values(K: PyTensorBackend, value: Any) -> None:
    f = K.function([K.learning_phase()], [K.in_train_phase(K.constant(5.0), K.constant(3.0))])
    assert f([value])[0] == 3.0


def test_phase_must_be_one_number(K: PyTensorBackend) -> None:
    f = K.function([K.learning_phase()], [K.in_train_phase(K.constant(5.0), K.constant(3.0))])
    with pytest.raises(ValueError, match="learning phase must be 0"):
        f([[0, 1]])


def test_phase_of_what_was_built_before_it_was_fixed(K: PyTensorBackend) -> None:
    tensor = K.in_train_phase(K.constant(5.0), K.constant(3.0))
    assert K.eval(tensor) == 3.0
    K.set_learning_phase(1)
    assert K.function([], [tensor])([])[0] == 5.0
    assert K.learning_phase() == 1


def test_all_reads_before_all_writes(K: PyTensorBackend) -> None:
    a, b = K.variable([1.0, 2.0]), K.variable([10.0, 20.0])
    f = K.function([], [a, b], [(a, b), K.update(b, a), K.update_add(K.variable(0.0), 1.0)])
    np.testing.assert_array_equal(f([]), [[1, 2], [10, 20]])
    np.testing.assert_array_equal(K.get_value(a), [10, 20])
    np.testing.assert_array_equal(K.get_value(b), [1, 2])


def test_last_update_of_a_variable_wins(K: PyTensorBackend) -> None:
    a = K.variable(1.0)
    K.function([], [], [(a, a + 1), (a, a + 5)])([])
    assert K.get_value(a) == 6


def test_results_belong_to_the_caller(K: PyTensorBackend) -> None:
    a = K.variable(np.ones((2, 2)))
    x = K.placeholder((2, 2))
    f = K.function([x], [a, a.T, x, x + 0], [K.update_add(a, 1.0)])
    data = np.zeros((2, 2), "float32")
    for result in f([data]):
        result += 100
    np.testing.assert_array_equal(K.get_value(a), np.full((2, 2), 2.0))
    np.testing.assert_array_equal(data, 0)


def test_a_failing_call_changes_nothing(K: PyTensorBackend) -> None:
    w, count = K.variable(np.ones((3, 2))), K.variable(0.0)
    x, y = K.placeholder((None, 3)), K.placeholder((None, 2))
    cost = K.sum((K.dot(x, w) - y) ** 2)
    f = K.function([x, y], [cost], [K.update_add(count, 1.0), (w, w - K.gradients(cost, [w])[0])])
    with pytest.raises(ValueError) as caught:
        f([np.ones((4, 3)), np.ones((5, 2))])
    assert any("The operation was" in note for note in caught.value.__notes__)
    np.testing.assert_array_equal(K.get_value(w), 1.0)
    assert K.get_value(count) == 0


def test_update_of_another_shape(K: PyTensorBackend) -> None:
    a = K.variable(np.ones((2, 2)))
    with pytest.raises(ValueError, match="must have its shape"):
        K.function([], [], [(a, K.variable(np.ones(2)))])
    x = K.placeholder((None, None))
    f = K.function([x], [], [(a, x)])
    with pytest.raises(ValueError, match=r"shape \(2, 2\), got \(3, 2\)"):
        f([np.zeros((3, 2))])
    np.testing.assert_array_equal(K.get_value(a), 1.0)


def test_inputs_are_checked_and_cast(K: PyTensorBackend) -> None:
    x, n = K.placeholder((None, 3), name="x"), K.placeholder((None,), dtype="int32", name="n")
    f = K.function([x, n], [K.dot(x, K.ones((3, 1))), n])
    first, second = f([np.arange(6).reshape(2, 3), np.array([1.0, 2.0])])
    assert (first.dtype, second.dtype) == (np.dtype("float32"), np.dtype("int32"))
    with pytest.raises(ValueError, match=r"input 0 \('x'\) has 2 axes"):
        f([np.zeros(3), np.zeros(1)])
    with pytest.raises(ValueError, match=r"input 0 \('x'\) has the shape \(None, 3\), got .*\(2, 4\)"):
        f([np.zeros((2, 4)), np.zeros(1)])
    with pytest.raises(ValueError, match=r"input 1 \('n'\) takes whole numbers"):
        f([np.zeros((2, 3)), [0.5]])
    with pytest.raises(ValueError, match="takes numbers"):
        f([np.array([["a", "b", "c"]]), [1]])
    with pytest.raises(ValueError, match="wanted 2 inputs, got 1"):
        f([np.zeros((2, 3))])
    with pytest.raises(ValueError, match="sparse"):
        f([scipy.sparse.eye(3, format="csr"), [1]])


def test_wrong_declarations(K: PyTensorBackend) -> None:
    x, v = K.placeholder((2,), name="x"), K.variable(1.0)
    with pytest.raises(ValueError, match="inputs must be placeholders"):
        K.function([v], [v])
    with pytest.raises(ValueError, match="placeholder 'x', which is not among the inputs"):
        K.function([x * 2], [x])
    with pytest.raises(ValueError, match="is given twice"):
        K.function([x, x], [x])
    with pytest.raises(ValueError, match="placeholder 'x', which is not among the inputs"):
        K.function([], [x * 2])
    with pytest.raises(ValueError, match="an update must be a pair"):
        K.function([x], [x], [x])
    with pytest.raises(TypeError, match="unknown keyword argument 'feed'"):
        K.function([x], [x], feed=1)


def test_random_numbers_advance_and_repeat(K: PyTensorBackend) -> None:
    def draws() -> list[np.ndarray]:
        f = K.function([], [K.random_uniform((4,), seed=7), K.random_normal((4,), seed=8)])
        return [array for _ in range(3) for array in f([])]

    first, second = draws(), draws()
    np.testing.assert_array_equal(first, second)
    assert len({tuple(array) for array in first}) == 6
    tensor = K.random_uniform((4,), seed=7)
    np.testing.assert_array_equal(K.eval(tensor), first[0])
    np.testing.assert_array_equal(K.eval(tensor), first[2])


def test_one_draw_in_the_forward_and_the_backward_pass(K: PyTensorBackend) -> None:
    w = K.variable(np.ones(1000))
    dropped = K.dropout(w, 0.3, seed=3)
    f = K.function([], [dropped, *K.gradients(K.sum(dropped), [w])])
    for _ in range(2):
        value, slope = f([])
        np.testing.assert_array_equal(value, slope)


def test_gradients(K: PyTensorBackend) -> None:
    x, y = K.variable([1.0, 2.0]), K.variable([3.0, 4.0])
    first = K.gradients(x**3, [x, y])
    assert first[1] is None
    np.testing.assert_allclose(K.eval(first[0]), [3, 12])
    np.testing.assert_allclose(K.eval(K.gradients(K.sum(first[0]), x)[0]), [6, 12])
    with pytest.raises(TypeError, match="wanted a tensor"):
        K.gradients(x, [1.0])


def test_gradient_stays_float32(K: PyTensorBackend) -> None:
    with K.graph_scope():
        x = K.placeholder((None, 2))
        slope = K.gradients(K.mean(0.1 * x * x / 3), [x])[0]
    assert slope.dtype == "float32"


def test_scope_leaves_pytensors_settings_alone(K: PyTensorBackend) -> None:
    before = pytensor.config.floatX
    with K.graph_scope(), K.graph_scope():
        assert pytensor.config.floatX == "float32"
    assert pytensor.config.floatX == before


@pytest.mark.parametrize("as_slices", [False, True])
def test_batches(K: PyTensorBackend, as_slices: bool) -> None:
    x, s = K.placeholder((None, 2)), K.placeholder((), dtype="float32")
    total = K.variable(np.zeros(2))
    f = K.function(
        [x, s, K.learning_phase()], [K.sum(x, axis=0) * s, x], [K.update_add(total, K.sum(x, axis=0))]
    )
    data = np.arange(14).reshape(7, 2)
    batches: list[Any] = (
        [(0, 3), (3, 6), (6, 7)] if as_slices else [np.array([4, 1, 0]), np.array([2, 3, 6]), np.array([5])]
    )
    results = f.over([data], [2.0, 1]).run(batches)
    for batch, (summed, rows) in zip(batches, results, strict=True):
        wanted = data[batch[0] : batch[1]] if as_slices else data[batch]
        np.testing.assert_array_equal(rows, wanted)
        np.testing.assert_array_equal(summed, wanted.sum(0) * 2)
        rows += 1
    np.testing.assert_array_equal(data, np.arange(14).reshape(7, 2))
    np.testing.assert_array_equal(K.get_value(total), data.sum(0))


def test_batches_of_what_is_no_array(K: PyTensorBackend) -> None:
    class Rows:
        """As from a file: no numpy array, and only ascending indices."""

        shape = (5, 2)

        def __len__(self) -> int:
            return 5

        def __getitem__(self, key: Any) -> np.ndarray:
            assert isinstance(key, slice) or list(key) == sorted(set(key))
            return np.arange(10, dtype="int64").reshape(5, 2)[key]

    x = K.placeholder((None, 2))
    f = K.function([x], [x * 1])
    (result,), (other,) = f.over([Rows()]).run([np.array([3, 0, 3]), (1, 3)])
    np.testing.assert_array_equal(result, [[6, 7], [0, 1], [6, 7]])
    np.testing.assert_array_equal(other, [[2, 3], [4, 5]])
    with pytest.raises(ValueError, match="has the shape"):
        f.over([np.zeros((3, 4))])


def test_sparse(K: PyTensorBackend) -> None:
    matrix = scipy.sparse.random(6, 4, 0.5, format="coo", random_state=1)
    x = K.placeholder((None, 4), sparse=True)
    w = K.variable(np.ones((4, 2)))
    assert K.is_sparse(x) and not K.is_sparse(w)
    f = K.function([x], [K.dot(x, w), K.to_dense(x)])
    product, dense = f([matrix])
    np.testing.assert_allclose(dense, matrix.toarray().astype("float32"))
    np.testing.assert_allclose(product, matrix.toarray().sum(1, keepdims=True) * np.ones((1, 2)), rtol=1e-6)
    batch = f.over([matrix.tocsr()]).run([np.array([5, 0])])[0][1]
    np.testing.assert_allclose(batch, dense[[5, 0]])
    with pytest.raises(ValueError, match=r"\(None, 4\)"):
        f([scipy.sparse.eye(3)])
    kept = K.variable(matrix)
    np.testing.assert_allclose(K.eval(K.to_dense(kept)), dense)
    assert scipy.sparse.issparse(K.eval(kept))
    assert not K.is_variable(kept)


def test_wrong_values(K: PyTensorBackend) -> None:
    v = K.variable(np.zeros((2, 3)), name="kernel")
    with pytest.raises(ValueError, match=r"'kernel' has the shape \(2, 3\), got .*\(3, 2\)"):
        K.set_value(v, np.ones((3, 2)))
    np.testing.assert_array_equal(K.get_value(v), 0)
    with pytest.raises(TypeError, match="wanted a variable"):
        K.get_value(v * 2)
    with pytest.raises(TypeError, match="wanted a variable"):
        K.set_value(K.placeholder((2,)), [1, 2])
    value = K.get_value(v)
    value += 1
    np.testing.assert_array_equal(K.get_value(v), 0)


def test_loops_with_random_numbers_and_gradients(K: PyTensorBackend) -> None:
    x = K.variable(np.arange(6).reshape(3, 2))
    last = K.foldl(lambda total, row: total * 0.5 + row, x)
    np.testing.assert_allclose(K.eval(last), [5.0, 6.75])
    slope = K.gradients(K.sum(last), [x])[0]
    np.testing.assert_allclose(K.eval(slope), [[0.25, 0.25], [0.5, 0.5], [1, 1]])


def test_functions_that_nobody_needs_are_freed(K: PyTensorBackend) -> None:
    def build() -> None:
        x, w = K.placeholder((None, 50)), K.variable(np.zeros((50, 50)))
        cost = K.sum(K.dropout(K.dot(x, w), 0.5))
        f = K.function([x, K.learning_phase()], [cost], [(w, w - K.gradients(cost, [w])[0])])
        f([np.ones((2, 50)), 1])
        K.eval(K.sum(w))
        K.clear_session()

    def count() -> int:
        gc.collect()
        # By type(): objects such as those of numpy's .npz files answer isinstance with an error.
        return sum(issubclass(type(each), pt.sharedvar.TensorSharedVariable) for each in gc.get_objects())

    build()
    before = count()
    for _ in range(5):
        build()
    assert count() <= before
