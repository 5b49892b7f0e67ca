"""Sums of a tensor and a bias become an operation of their own when a function is traced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def operations(function: Any) -> list[str]:
    return [each.type for each in function._programs[0].call.graph.get_operations()]


@pytest.mark.parametrize("shape", [(None, 3), (None, 4, 3), (None, 2, 4, 3)])
@pytest.mark.parametrize("bias_first", [False, True])
def test_a_bias(K: Any, shape: tuple[Any, ...], bias_first: bool) -> None:
    x, bias = K.placeholder(shape), K.variable([1.0, 2.0, 3.0])
    y = bias + x if bias_first else x + bias
    by_x, by_bias = K.gradients(K.sum(K.square(y)), [x, bias])
    (again,) = K.gradients(K.sum(K.square(by_bias)), [x])
    function = K.function([x], [y, by_x, by_bias, again])
    value = np.random.default_rng(0).normal(size=(5, *shape[1:])).astype("float32")
    got = function([value])
    wanted = value + np.array([1, 2, 3], "float32")
    sums = np.sum(2 * wanted, axis=tuple(range(len(shape) - 1)))
    for one, other in zip(
        got, (wanted, 2 * wanted, sums, np.broadcast_to(4 * sums, value.shape)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5)
    assert {"BiasAdd", "BiasAddGrad"} <= set(operations(function))


@pytest.mark.parametrize(
    ("one", "other", "dtype"),
    [
        ((3,), (3,), "float32"),  # no axis before the last
        ((5, 1), (3,), "float32"),  # the tensor is repeated, too
        ((5, None), (3,), "float32"),
        ((5, 3), (1,), "float32"),
        ((5, 3), (5, 3), "float32"),
        ((5, 3), (3,), "int32"),
    ],
)
def test_other_sums(K: Any, one: Any, other: Any, dtype: str) -> None:
    x, y = K.placeholder(one, dtype=dtype), K.placeholder(other, dtype=dtype)
    function = K.function([x, y], [x + y])
    values = [
        np.arange(np.prod(shape)).reshape(shape).astype(dtype)
        for shape in ([3 if n is None else n for n in one], other)
    ]
    np.testing.assert_array_equal(function(values)[0], values[0] + values[1])
    assert "BiasAdd" not in operations(function)


def test_a_bias_on_a_product_at_each_step(K: Any) -> None:
    """It is added before the product gets its axes back, so that TensorFlow makes one operation of both."""
    x, w, bias = K.placeholder((None, 4, 3)), K.variable(np.arange(6).reshape(3, 2)), K.variable([1.0, 2.0])
    product = K.dot(x, w)
    y = product + bias
    by_w, by_bias, by_x = K.gradients(K.sum(K.square(y)), [w, bias, x])
    function = K.function([x], [y, by_w, by_bias, by_x])
    value = np.random.default_rng(0).normal(size=(5, 4, 3)).astype("float32")
    weights = np.arange(6).reshape(3, 2)
    wanted = value @ weights + [1, 2]
    got = function([value])
    expected = [
        wanted,
        np.einsum("stf,stu->fu", value, 2 * wanted),
        2 * wanted.sum((0, 1)),
        2 * wanted @ weights.T,
    ]
    for one, other in zip(got, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-4)
    graph = function._programs[0].call.graph
    (added,) = [each for each in graph.get_operations() if each.type == "BiasAdd"]
    assert added.inputs[0].op.type == "MatMul"
    # Where the product is wanted itself, or derived by, it stays what the sum is made of.
    (by_product,) = K.gradients(K.sum(K.square(y)), [product])
    both = K.function([x], [product, by_product])([value])
    np.testing.assert_allclose(both[0], value @ weights, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(both[1], 2 * wanted, rtol=1e-5, atol=1e-4)
