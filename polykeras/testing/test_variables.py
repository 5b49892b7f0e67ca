"""Variables, placeholders, and what K tells about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

X = np.arange(6, dtype="float32").reshape(2, 3)


class TestVariables:
    """Making, reading and writing variables."""

    @pytest.mark.covers("variable", "get_value", "eval", "is_variable", "dtype", "ndim", "int_shape")
    @pytest.mark.parametrize(
        "value", [3.5, [1.0, 2.0], X, X.astype("float64"), X.astype("int64"), np.zeros((0, 2))]
    )
    def test_variable(self, K: Any, value: Any) -> None:
        x = K.variable(value)
        assert K.is_variable(x) and K.is_tensor(x)
        assert K.dtype(x) == "float32"
        assert K.int_shape(x) == np.shape(value) == K.get_variable_shape(x)
        assert K.ndim(x) == np.ndim(value)
        for read in (K.get_value(x), K.eval(x)):
            np.testing.assert_allclose(read, np.asarray(value, "float32"))
            assert np.asarray(read).dtype == "float32"

    @pytest.mark.covers("variable", "placeholder", "constant")
    def test_names(self, K: Any) -> None:
        for name in ("weights", "dense_1_W", "a_b_1"):
            assert K.variable(X, name=name).name.split(":")[0] == name
        first, second = K.variable(X, name="same"), K.variable(X, name="same")
        assert first.name == second.name
        assert K.placeholder((None,), name="pixels").name.split(":")[0] == "pixels"

    @pytest.mark.covers("variable")
    @pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "int64", "uint8", "bool"])
    def test_dtypes(self, K: Any, dtype: str) -> None:
        x = K.variable([0, 1, 1], dtype=dtype)
        assert K.dtype(x) == dtype == K.get_value(x).dtype.name

    @pytest.mark.covers("variable")
    def test_does_not_alias_its_first_value(self, K: Any) -> None:
        value = X.copy()
        x = K.variable(value)
        value[...] = 9
        np.testing.assert_array_equal(K.get_value(x), X)

    @pytest.mark.covers("get_value")
    def test_get_value_is_a_copy(self, K: Any) -> None:
        x = K.variable(X)
        K.get_value(x)[...] = 9
        np.testing.assert_array_equal(K.get_value(x), X)

    @pytest.mark.covers("set_value")
    def test_set_value(self, K: Any) -> None:
        x, value = K.variable(X), -X.astype("float64")
        K.set_value(x, value)
        value[...] = 7
        np.testing.assert_array_equal(K.get_value(x), -X)
        assert K.get_value(x).dtype == "float32"
        K.set_value(x, [[1, 2, 3], [4, 5, 6]])
        assert K.get_value(x).tolist() == [[1, 2, 3], [4, 5, 6]]
        rate = K.variable(0.1)
        K.set_value(rate, 0.5)
        assert K.get_value(rate) == 0.5

    @pytest.mark.covers("set_value")
    @pytest.mark.parametrize("shape", [(3, 2), (2,), (6,), (2, 3, 1), (1, 3), ()])
    def test_set_value_of_a_wrong_shape(self, K: Any, shape: tuple[int, ...]) -> None:
        x = K.variable(X, name="weights")
        with pytest.raises(ValueError, match="weights"):
            K.set_value(x, np.ones(shape))
        np.testing.assert_array_equal(K.get_value(x), X)

    @pytest.mark.covers("batch_get_value", "batch_set_value")
    def test_batches_of_values(self, K: Any) -> None:
        a, b = K.variable(X), K.variable(1.0)
        K.batch_set_value([(a, X + 1), (b, 5)])
        first, second = K.batch_get_value([a, b])
        np.testing.assert_array_equal(first, X + 1)
        assert second == 5
        assert K.batch_get_value([]) == []
        K.batch_set_value([])

    @pytest.mark.covers("batch_set_value")
    def test_batch_set_value_is_all_or_none(self, K: Any) -> None:
        a, b = K.variable(X), K.variable(X, name="second")
        with pytest.raises(ValueError, match="second"):
            K.batch_set_value([(a, X + 1), (b, np.ones(5))])
        np.testing.assert_array_equal(K.get_value(a), X)

    @pytest.mark.covers("count_params", "get_variable_shape")
    def test_counts(self, K: Any) -> None:
        assert K.count_params(K.variable(X)) == 6
        assert K.count_params(K.variable(2.0)) == 1
        assert K.count_params(K.zeros((0, 3))) == 0
        assert K.get_variable_shape(K.zeros((4, 1, 2))) == (4, 1, 2)

    @pytest.mark.covers("zeros", "ones", "eye", "random_uniform_variable", "random_normal_variable")
    def test_filled(self, K: Any) -> None:
        made = [
            K.zeros((2, 3), name="a"),
            K.ones((2, 3), name="a"),
            K.eye(3, name="a"),
            K.random_uniform_variable((2, 3), 0, 1, name="a"),
            K.random_normal_variable((2, 3), 0, 1, name="a"),
        ]
        for variable in made:
            assert K.is_variable(variable)
            assert variable.name.split(":")[0] == "a"
            assert K.dtype(variable) == "float32"

    @pytest.mark.covers("random_uniform_variable", "random_normal_variable")
    def test_random_variables(self, K: Any) -> None:
        uniform = K.get_value(K.random_uniform_variable((100, 50), -1, 3, seed=1))
        normal = K.get_value(K.random_normal_variable((100, 50), 2, 0.5, seed=1))
        assert uniform.min() >= -1 and uniform.max() < 3
        assert abs(uniform.mean() - 1) < 0.05
        assert abs(normal.mean() - 2) < 0.05 and abs(normal.std() - 0.5) < 0.05
        again = K.get_value(K.random_uniform_variable((100, 50), -1, 3, seed=1))
        np.testing.assert_array_equal(uniform, again)
        assert K.dtype(K.random_normal_variable((2,), 0, 1, dtype="float64")) == "float64"

    @pytest.mark.covers("random_uniform_variable", "random_normal_variable")
    @pytest.mark.parametrize("name", ["random_uniform_variable", "random_normal_variable"])
    def test_numpy_seed_rules_random_variables(self, K: Any, name: str) -> None:
        draws = []
        for seed in (4, 4, 5):
            np.random.seed(seed)
            draws.append([K.get_value(getattr(K, name)((3,), 0.0, 1.0)).tolist() for _ in range(2)])
        assert draws[0] == draws[1] != draws[2]
        assert draws[0][0] != draws[0][1]

    @pytest.mark.covers("eval")
    def test_eval(self, K: Any) -> None:
        x = K.variable(X)
        np.testing.assert_allclose(K.eval(x * 2 + 1), 2 * X + 1)
        assert float(K.eval(K.sum(x))) == 15
        assert np.ndim(K.eval(K.sum(x))) == 0
        K.set_value(x, X + 1)
        np.testing.assert_allclose(K.eval(x * 2), 2 * X + 2)
        assert K.eval(K.in_train_phase(K.constant(1.0), K.constant(0.0))) == 0

    @pytest.mark.covers("eval")
    def test_eval_with_a_placeholder(self, K: Any) -> None:
        with pytest.raises(Exception, match="pixels"):
            K.eval(K.placeholder((2,), name="pixels") + 1)

    @pytest.mark.covers("is_tensor", "is_variable")
    def test_kinds(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        for tensor in (x, x + 1, K.constant(1.0), K.shape(x), K.variable(1.0)):
            assert K.is_tensor(tensor)
        for other in (X, 1.0, [K.variable(1.0)], None, "x"):
            assert not K.is_tensor(other)
            assert not K.is_variable(other)
        assert not K.is_variable(x) and not K.is_variable(x + 1)

    def test_attributes_can_be_set(self, K: Any) -> None:
        """Layers keep their history on tensors."""
        x = K.placeholder((None, 3))
        for tensor in (x, x + 1, K.variable(X), K.sum(x)):
            tensor._keras_history = ("layer", 0, 0)
            assert tensor._keras_history == ("layer", 0, 0)

    def test_operators(self, K: Any) -> None:
        """Tensors take part in Python's arithmetic, with numbers and arrays on either side."""
        x, w = K.placeholder((2, 3)), K.variable(X + 1)
        outputs = [x + w, x - 1, 1 - x, 2 * x, x / w, 1.0 / w, -x, x**2, x + 0.5]
        wanted = [2 * X + 1, X - 1, 1 - X, 2 * X, X / (X + 1), 1 / (X + 1), -X, X**2, X + 0.5]
        outputs += [w[0], w[:, 1], w[-1]]
        wanted += [X[0] + 1, X[:, 1] + 1, X[-1] + 1]
        for value, expected in zip(K.function([x], outputs)([X]), wanted, strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-6)
            assert value.dtype == "float32"


class TestPlaceholders:
    """Placeholders and shapes."""

    @pytest.mark.covers("placeholder", "int_shape", "ndim", "dtype")
    @pytest.mark.parametrize("shape", [(), (3,), (None, 3), (None, None), (2, 3, 4), (None, 1, None, 2, 3)])
    def test_shapes(self, K: Any, shape: tuple[int | None, ...]) -> None:
        x = K.placeholder(shape=shape)
        assert K.int_shape(x) == x._keras_shape == shape
        assert K.ndim(x) == len(shape)
        assert K.dtype(x) == "float32"
        assert x._uses_learning_phase is False

    @pytest.mark.covers("placeholder", "ndim")
    def test_ndim(self, K: Any) -> None:
        x = K.placeholder(ndim=3)
        assert K.int_shape(x) == (None, None, None)
        with pytest.raises(ValueError):
            K.placeholder()

    @pytest.mark.covers("int_shape")
    def test_keras_shape_goes_first(self, K: Any) -> None:
        x = K.placeholder((None, None)) + 1
        x._keras_shape = (None, 7)
        assert K.int_shape(x) == (None, 7)

    @pytest.mark.covers("shape")
    def test_symbolic_shape(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        rows = K.cast(K.shape(x)[0], "float32")
        assert K.function([x], [K.sum(x) / rows])([X])[0] == 7.5

    @pytest.mark.covers("is_keras_tensor")
    def test_is_keras_tensor(self, K: Any) -> None:
        x = K.placeholder((None, 3))
        assert not K.is_keras_tensor(x)
        x._keras_history = (None, 0, 0)
        assert K.is_keras_tensor(x)
        assert not K.is_keras_tensor(K.variable(X))

    @pytest.mark.covers("is_explicit_shape")
    def test_is_explicit_shape(self, K: Any) -> None:
        assert K.is_explicit_shape((1, None, -1)) and K.is_explicit_shape([2, 3]) and K.is_explicit_shape(())
        assert not K.is_explicit_shape(3)
        assert not K.is_explicit_shape((1.5, 2))
        assert not K.is_explicit_shape(K.shape(K.placeholder((None, 3))))

    @pytest.mark.covers("pattern_broadcast")
    def test_pattern_broadcast(self, K: Any) -> None:
        x = K.placeholder((1, 3))
        assert K.int_shape(K.pattern_broadcast(x, (True, False))) == (1, 3)
        for marks in ((False, True), (True,)):
            with pytest.raises(ValueError, match="pattern_broadcast"):
                K.pattern_broadcast(x, marks)


class TestSparse:
    """Sparse variables and placeholders hold scipy's sparse matrices."""

    scipy_sparse = pytest.importorskip("scipy.sparse")
    DENSE = np.array([[0, 2, 0], [0, 0, 0], [1, 0, 3], [0, 0, 4]], dtype="float32")
    W = np.arange(6, dtype="float32").reshape(3, 2) - 2

    @pytest.mark.covers("variable", "is_sparse", "to_dense", "eval")
    def test_variable(self, K: Any) -> None:
        x = K.variable(self.scipy_sparse.csr_matrix(self.DENSE))
        assert K.is_sparse(x)
        assert K.is_tensor(x)
        assert K.int_shape(x) == (4, 3)
        assert K.ndim(x) == 2
        assert K.dtype(x) == "float32"
        assert not K.is_sparse(K.to_dense(x))
        np.testing.assert_array_equal(K.eval(K.to_dense(x)), self.DENSE)
        value = K.eval(x)
        assert self.scipy_sparse.issparse(value)
        np.testing.assert_array_equal(value.toarray(), self.DENSE)

    @pytest.mark.covers("is_sparse", "to_dense")
    def test_dense(self, K: Any) -> None:
        x = K.variable(self.DENSE)
        assert not K.is_sparse(x)
        assert K.to_dense(x) is x

    @pytest.mark.covers("placeholder", "is_sparse", "dot", "to_dense")
    @pytest.mark.parametrize("form", ["csr_matrix", "csc_matrix", "coo_matrix"])
    def test_placeholder(self, K: Any, form: str) -> None:
        x = K.placeholder((None, 3), sparse=True)
        assert K.is_sparse(x)
        assert K.int_shape(x) == (None, 3)
        product = K.dot(x, K.variable(self.W))
        assert not K.is_sparse(product)
        assert K.ndim(product) == 2
        f = K.function([x], [product, K.to_dense(x)])
        for rows in (4, 2, 1):
            value, dense = f([getattr(self.scipy_sparse, form)(self.DENSE[:rows])])
            np.testing.assert_allclose(value, self.DENSE[:rows] @ self.W)
            np.testing.assert_array_equal(dense, self.DENSE[:rows])

    @pytest.mark.covers("placeholder")
    def test_sparse_wants_two_axes(self, K: Any) -> None:
        with pytest.raises(ValueError):
            K.placeholder((None, 3, 2), sparse=True)

    @pytest.mark.covers("dot", "gradients")
    def test_gradient_through_a_product(self, K: Any) -> None:
        x, w = K.placeholder((None, 3), sparse=True), K.variable(self.W)
        slope = K.gradients(K.sum(K.square(K.dot(x, w))), [w])
        value = K.function([x], slope)([self.scipy_sparse.csr_matrix(self.DENSE)])[0]
        np.testing.assert_allclose(value, 2 * self.DENSE.T @ self.DENSE @ self.W, rtol=1e-5)

    @pytest.mark.covers("concatenate")
    @pytest.mark.parametrize("axis", [0, 1, -1])
    def test_concatenate(self, K: Any, axis: int) -> None:
        x = K.variable(self.scipy_sparse.csr_matrix(self.DENSE))
        joined = K.concatenate([x, x], axis=axis)
        assert K.is_sparse(joined)
        np.testing.assert_array_equal(
            K.eval(K.to_dense(joined)), np.concatenate([self.DENSE, self.DENSE], axis=axis)
        )

    @pytest.mark.covers("function")
    def test_over(self, K: Any) -> None:
        x = K.placeholder((None, 3), sparse=True)
        runner = K.function([x], [K.dot(x, K.variable(self.W))]).over(
            [self.scipy_sparse.csr_matrix(self.DENSE)]
        )
        first, second = runner.run([(0, 2), np.array([3, 1])])
        np.testing.assert_allclose(first[0], self.DENSE[:2] @ self.W)
        np.testing.assert_allclose(second[0], self.DENSE[[3, 1]] @ self.W)

    def test_a_sparse_matrix_for_a_dense_placeholder(self, K: Any) -> None:
        x = K.placeholder((None, 3), name="pixels")
        with pytest.raises(ValueError, match="pixels"):
            K.function([x], [x])([self.scipy_sparse.csr_matrix(self.DENSE)])
