"""The normalisation of a batch as one operation: values, derivatives of two orders, compilation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor
import pytensor.tensor as pt

from polykeras.backends.pytensor import PyTensorBackend
from polykeras.backends.pytensor.execution import Engine
from polykeras.backends.pytensor.ops.batch_normalization import BatchNormalize, BatchNormalizeSlope
from polykeras.testing.gradcheck import central_differences, weights

EPSILON = 1e-3
SHAPES = [((7, 3), 1), ((2, 3, 4, 5), 3), ((2, 3, 2, 5), 1), ((6, 4), 0)]


def run(mode: str, inputs: list[Any], outputs: list[Any], values: list[Any]) -> list[np.ndarray]:
    """The outputs, computed in one of the two ways of execution."""
    engine = Engine()
    engine.set_mode(mode)
    return [np.asarray(each) for each in engine.executable(inputs, outputs, [])(values)]


def data(shape: tuple[int, ...], axis: int, dtype: str = "float64", shift: float = 3.0) -> list[np.ndarray]:
    generator = np.random.RandomState(2)
    channels = shape[axis]
    x = generator.normal(shift, 2.0, shape)
    return [
        x.astype(dtype),
        weights((channels,)).astype(dtype),
        generator.normal(size=channels).astype(dtype),
    ]


def placeholders(values: list[np.ndarray]) -> list[Any]:
    return [pt.tensor(dtype=each.dtype.name, shape=(None,) * each.ndim) for each in values]


def reference(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, axis: int) -> list[np.ndarray]:
    """In double precision."""
    x = np.moveaxis(x.astype("float64"), axis, -1)
    others = tuple(range(x.ndim - 1))
    mean, var = x.mean(axis=others), x.var(axis=others)
    y = (x - mean) / np.sqrt(var + EPSILON) * gamma + beta
    return [np.moveaxis(y, -1, axis), mean, var]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "axis"), [*SHAPES, ((40, 30, 30, 7), 3), ((9, 5, 70, 60), 1)])
def test_values(shape: tuple[int, ...], axis: int, dtype: str) -> None:
    """Also of tensors of several blocks, and of means that are large beside the deviations."""
    values = data(shape, axis, dtype, shift=30.0)
    inputs = placeholders(values)
    got = run("interpret", inputs, BatchNormalize(axis, EPSILON)(*inputs), values)
    for result, wanted in zip(got, reference(*values, axis), strict=True):
        assert result.dtype == dtype
        tolerance = 1e-5 if dtype == "float32" else 1e-12
        np.testing.assert_allclose(result, wanted, rtol=2 * tolerance, atol=3 * tolerance)


@pytest.mark.parametrize("also", [(), (1,), (2,), (1, 2)])
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_derivatives(shape: tuple[int, ...], axis: int, also: tuple[int, ...]) -> None:
    """By all arguments, of functions of the normalised tensor and of (`also`) means and variances."""
    values = data(shape, axis)
    inputs = placeholders(values)
    results = BatchNormalize(axis, EPSILON)(*inputs)
    cost = pt.sum(pt.sqr(results[0]) * weights(shape) + results[0] ** 3)
    for index in also:
        cost = cost + pt.sum(pt.sqr(results[index]) * weights((shape[axis],)))
    slopes = pytensor.grad(cost, inputs)
    steepness = sum(
        pt.sum(pt.sqr(each) * weights(value.shape)) for each, value in zip(slopes, values, strict=True)
    )
    scale = np.float64(1e-3)
    seconds = pytensor.grad(steepness * scale, inputs)
    f = Engine().executable(inputs, [cost, steepness * scale, *slopes, *seconds], [])
    results = f(values)
    for order in (0, 1):
        for index in range(3):
            wanted = central_differences(lambda point, order=order: float(f(point)[order]), values, index)
            got = results[2 + 3 * order + index]
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5, err_msg=f"{order}, {index}")


def test_derivative_of_the_moments_alone() -> None:
    values = data((5, 3), 1)
    inputs = placeholders(values)
    _, mean, var = BatchNormalize(1, EPSILON)(*inputs)
    slope = pytensor.grad(pt.sum(mean * var), inputs[0])
    f = Engine().executable(inputs, [pt.sum(mean * var), slope], [])
    wanted = central_differences(lambda point: float(f(point)[0]), values, 0)
    np.testing.assert_allclose(f(values)[1], wanted, rtol=1e-6, atol=1e-8)


def test_second_derivative_of_a_single_gradient() -> None:
    """A function of one of the gradients, while the others are not asked for."""
    values = data((5, 3), 1)
    inputs = placeholders(values)
    y = BatchNormalize(1, EPSILON)(*inputs)[0]
    for index in range(3):
        slope = pytensor.grad(pt.sum(y**3), inputs[index])
        steepness = pt.sum(pt.sqr(slope))
        second = pytensor.grad(steepness, inputs, disconnected_inputs="ignore")
        f = Engine().executable(inputs, [steepness, *second], [])
        for by in range(3):
            wanted = central_differences(lambda point, f=f: float(f(point)[0]), values, by)
            np.testing.assert_allclose(
                f(values)[1 + by], wanted, rtol=1e-5, atol=1e-5, err_msg=f"{index}, {by}"
            )


def test_is_used() -> None:
    """`K.normalize_batch_in_training` makes it, for one axis that is not reduced, whatever that is."""
    K = PyTensorBackend()
    for shape, axes, used in (
        ((None, 4), [0], True),
        ((None, 4, 5), [0, 2], True),
        ((None, 4, 5), [0], False),
    ):
        x = K.placeholder(shape=shape)
        sizes = [size for axis, size in enumerate(shape) if axis not in axes]
        gamma, beta = (K.placeholder(shape=sizes) for _ in range(2))
        y, mean, var = K.normalize_batch_in_training(x, gamma, beta, axes)
        assert isinstance(y.owner.op, BatchNormalize) == used
        assert K.int_shape(y) == shape and K.int_shape(mean) == K.int_shape(var) == tuple(sizes)


def test_sizes_are_known_without_computing() -> None:
    x = pt.tensor(dtype="float32", shape=(None, None, None))
    vectors = [pt.tensor(dtype="float32", shape=(None,)) for _ in range(2)]
    y, mean, _ = BatchNormalize(1, EPSILON)(x, *vectors)
    shapes = [y.shape, mean.shape, pytensor.grad(pt.sum(pt.sqr(y)), x).shape]
    f = pytensor.function(
        [x, *vectors], shapes, mode=pytensor.compile.mode.Mode("py", "fast_run"), on_unused_input="ignore"
    )
    assert not any("BatchNormalize" in str(node.op) for node in f.maker.fgraph.apply_nodes)
    value = np.zeros((2, 3, 4), "float32")
    assert [tuple(each) for each in f(value, value[0, :, 0], value[0, :, 0])] == [(2, 3, 4), (3,), (2, 3, 4)]


def test_errors() -> None:
    x, gamma, beta = placeholders(data((4, 3), 1, "float32"))
    for arguments in ((x, gamma, pt.cast(beta, "float64")), (x, x, beta), (pt.cast(x, "int32"), gamma, beta)):
        with pytest.raises(TypeError, match=r"one float dtype with \[2, 1, 1\] axes, got"):
            BatchNormalize(1, EPSILON)(*arguments)
    y = BatchNormalize(1, EPSILON)(x, gamma, beta)[0]
    value, vector = np.zeros((4, 3), "float32"), np.zeros(2, "float32")
    with pytest.raises(ValueError, match=r"vectors of the 3 channels of the input, got the sizes \[2, 2\]"):
        run("interpret", [x, gamma, beta], [y], [value, vector, vector])
    slope = BatchNormalizeSlope(1, EPSILON)(x, gamma, gamma, gamma, x.T)[0]
    with pytest.raises(ValueError, match=r"a gradient of the shape \(4, 3\), got \(3, 4\)"):
        run("interpret", [x, gamma], [slope], [value, np.zeros(3, "float32")])


def test_compiled_equals_interpreted() -> None:
    """Channels last, within and first, in both dtypes; more rows than are added up in one go."""
    inputs: list[Any] = []
    outputs: list[Any] = []
    values: list[np.ndarray] = []
    for shape, axis, dtype in (
        ((2, 15, 22, 37), 3, "float32"),
        ((3, 5, 7, 9), 1, "float32"),
        ((301, 3), 1, "float64"),
        ((6, 40), 0, "float64"),
    ):
        value = data(shape, axis, dtype)
        value.append(data(shape, axis, dtype, shift=0.0)[0][::-1].copy())
        mine = placeholders(value)
        results = BatchNormalize(axis, EPSILON)(*mine[:3])
        gradients = BatchNormalizeSlope(axis, EPSILON)(mine[0], mine[1], *results[1:], mine[3])
        inputs, values, outputs = [*inputs, *mine], [*values, *value], [*outputs, *results, *gradients]
    compiled = run("compile", inputs, outputs, values)
    for index, (got, wanted) in enumerate(
        zip(compiled, run("interpret", inputs, outputs, values), strict=True)
    ):
        tolerance = 2e-5 if wanted.dtype == "float32" else 1e-12
        assert got.dtype == wanted.dtype
        scale = np.abs(wanted).max()
        np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance * scale, err_msg=str(index))


def test_compiled_code_is_cached_and_refuses_what_does_not_fit() -> None:
    from polykeras.backends.pytensor.compiled import Link
    from polykeras.backends.pytensor.portable import portable, rewrite
    from polykeras.backends.pytensor.rewrites import COMPILED

    keys = []
    for axis in (0, 1):
        x, gamma, beta = placeholders(data((4, 3), 1, "float32"))
        function, _ = portable([x, gamma, beta], [BatchNormalize(axis, EPSILON)(x, gamma, beta)[0]], [])
        link = Link(rewrite(function, COMPILED))
        keys.append(link.key)
    assert None not in keys and keys[0] != keys[1]
    step = link.compile()
    with pytest.raises(ValueError, match="vectors of the channels of the input"):
        step(np.zeros((4, 3), "float32"), np.zeros(4, "float32"), np.zeros(4, "float32"))
