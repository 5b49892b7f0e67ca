"""The operations of pooling: values, ties, derivatives of two orders, both ways of execution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("pytensor")

import pytensor
import pytensor.tensor as pt

from polykeras.backends.pytensor.execution import Engine
from polykeras.backends.pytensor.ops.pooling import (
    AveragePool,
    AveragePoolTranspose,
    MaxPool,
    MaxPoolGather,
    MaxPoolScatter,
    pool,
)
from polykeras.testing.gradcheck import central_differences, weights
from polykeras.testing.oracle.conv import max_pooling_gradient, pooling

# Shape, window, strides, border mode: windows apart, with gaps, overlapping, larger than the input; channels
# that fill vector registers and such that do not.
LAYOUTS = [
    ((2, 7, 3), (2,), (2,), "valid"),
    ((2, 6, 5), (4,), (1,), "same"),
    ((2, 5, 6, 2), (2, 3), (2, 3), "valid"),
    ((1, 6, 4, 20), (2, 2), (2, 2), "valid"),
    ((2, 5, 4, 2), (3, 3), (2, 1), "same"),
    ((1, 5, 5, 2), (1, 2), (3, 4), "valid"),
    ((1, 2, 3, 2), (4, 5), (1, 2), "same"),
    ((1, 3, 4, 3, 2), (2, 2, 2), (1, 2, 1), "same"),
    ((1, 3, 2, 4, 17), (2, 1, 3), (1, 1, 1), "valid"),
]


def run(mode: str, inputs: list[Any], outputs: list[Any], values: list[Any]) -> list[np.ndarray]:
    """The outputs, computed in one of the two ways of execution."""
    engine = Engine()
    engine.set_mode(mode)
    return [np.asarray(each) for each in engine.executable(inputs, outputs, [])(values)]


def unknown(array: np.ndarray) -> Any:
    """A placeholder for an array, no size of which is known."""
    return pt.tensor(dtype=array.dtype.name, shape=(None,) * array.ndim)


def numbers(shape: tuple[int, ...], dtype: str = "float64") -> np.ndarray:
    """All different, in no order, no two closer than 0.1."""
    count = int(np.prod(shape))
    return (np.random.RandomState(count).permutation(count) * 0.1 - 0.05 * count).reshape(shape).astype(dtype)


@pytest.mark.parametrize("mode", ["max", "avg"])
@pytest.mark.parametrize(("shape", "sizes", "strides", "border_mode"), LAYOUTS)
def test_values_and_derivatives(
    shape: tuple[int, ...], sizes: tuple[int, ...], strides: tuple[int, ...], border_mode: str, mode: str
) -> None:
    """Against the oracle and central differences: the value, its derivative, and the derivative of a
    function of this."""
    value = numbers(shape)
    expected = pooling(value, sizes, strides, border_mode, mode)
    x = unknown(value)
    y = pool(x, sizes, strides, border_mode, mode)
    cost = pt.sum(pt.sqr(y) * weights(expected.shape))
    slope = pytensor.grad(cost, x)
    steepness = pt.sum(pt.sqr(slope) * weights(shape))
    second = pytensor.grad(steepness, x)
    engine = Engine()
    f = engine.executable([x], [y, cost, slope, steepness, second], [])
    got, _, got_slope, _, got_second = f([value])
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    for index, got_derivative in ((1, got_slope), (3, got_second)):
        wanted = central_differences(lambda point, index=index: float(f(point)[index]), [value], 0)
        np.testing.assert_allclose(got_derivative, wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("shape", "sizes", "strides", "border_mode"), LAYOUTS)
def test_each_of_a_pair_is_the_transpose_of_the_other(
    shape: tuple[int, ...], sizes: tuple[int, ...], strides: tuple[int, ...], border_mode: str
) -> None:
    """<scatter(u), v> = <u, gather(v)>, with many equal values; the same through `grad`."""
    x_value = np.random.RandomState(0).randint(0, 3, shape).astype("float64")
    u_value = weights(pooling(x_value, sizes, strides, border_mode, "max").shape)
    v_value = weights(shape)[::-1].copy()
    x, u, v = unknown(x_value), unknown(u_value), unknown(v_value)
    windows = sizes, strides, border_mode
    largest = MaxPool(*windows)(x)
    scattered, gathered = MaxPoolScatter(*windows)(x, largest, u), MaxPoolGather(*windows)(x, largest, v)
    by_grad = pytensor.grad(pt.sum(scattered * v), u), pytensor.grad(pt.sum(gathered * u), v)
    first, second, third, fourth = run(
        "interpret", [x, u, v], [scattered, gathered, *by_grad], [x_value, u_value, v_value]
    )
    np.testing.assert_allclose(np.sum(first * v_value), np.sum(u_value * second), rtol=1e-12)
    np.testing.assert_array_equal(second, third)
    np.testing.assert_array_equal(first, fourth)
    np.testing.assert_allclose(first, max_pooling_gradient(x_value, u_value, sizes, strides, border_mode))


def test_the_gradient_goes_to_the_first_of_equals() -> None:
    x = pt.tensor(dtype="float32", shape=(1, 2, 4, 1))
    slope = pytensor.grad(pt.sum(pool(x, (2, 2), (2, 2), "valid", "max")), x)
    value = np.array([[0, 3, 5, 5], [3, 3, 5, 5]], "float32").reshape(1, 2, 4, 1)
    (got,) = run("interpret", [x], [slope], [value])
    np.testing.assert_array_equal(got[0, ..., 0], [[0, 1, 1, 0], [0, 0, 0, 0]])


NAN, INF = np.nan, np.inf
ODD = np.array([[1, NAN, 3, 2], [NAN, 1, 2, 3], [NAN, NAN, NAN, NAN], [-INF, -INF, NAN, -INF]])
ODD_LARGEST = [3, 3, NAN, -INF]
ODD_SLOPES = [[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]]


def odd_function() -> tuple[list[Any], list[Any]]:
    x = pt.tensor(dtype="float32", shape=(None, 4, 1))
    y = pool(x, (4,), (4,), "valid", "max")
    return [x], [y, pytensor.grad(None, x, known_grads={y: pt.ones_like(y)})]


def test_not_a_number_counts_as_smallest() -> None:
    largest, slope = run("interpret", *odd_function(), [ODD[..., None].astype("float32")])
    np.testing.assert_array_equal(largest.ravel(), ODD_LARGEST)
    np.testing.assert_array_equal(slope[..., 0], ODD_SLOPES)


def test_results_are_written_over_only_if_nobody_needs_them() -> None:
    x = pt.tensor(dtype="float32", shape=(None, 4, 1))
    value = np.arange(8, dtype="float32").reshape(2, 4, 1)
    for mode in ("max", "avg"):
        y = pool(x, (2,), (2,), "valid", mode)
        kept, doubled = run("interpret", [x], [y, y * 2], [value])
        (alone,) = run("interpret", [x], [y * 2], [value])
        np.testing.assert_array_equal(kept.ravel(), np.array([1, 3, 5, 7]) - (0.5 if mode == "avg" else 0))
        np.testing.assert_array_equal(doubled, 2 * kept)
        np.testing.assert_array_equal(alone, doubled)
    # A window of one element: the result equals the input, and the input is not written over.
    same = pool(x, (1,), (1,), "valid", "max")
    (alone,) = run("interpret", [x], [same * 2], [value])
    np.testing.assert_array_equal(alone, 2 * np.arange(8).reshape(2, 4, 1))
    np.testing.assert_array_equal(value.ravel(), np.arange(8))


def test_known_sizes() -> None:
    x = pt.tensor(dtype="float32", shape=(None, 7, None, 3))
    y = pool(x, (2, 3), (2, 2), "valid", "max")
    assert y.type.shape == (None, 3, None, 3) and y.dtype == "float32"
    assert pytensor.grad(pt.sum(y), x).type.shape == x.type.shape
    y = pool(x, (2, 3), (2, 2), "same", "avg")
    assert y.type.shape == (None, 4, None, 3)
    assert pytensor.grad(pt.sum(y), x).type.shape == x.type.shape


@pytest.mark.parametrize("border_mode", ["valid", "same"])
def test_sizes_are_known_without_computing(border_mode: str) -> None:
    """The shapes of results and of gradients need no pooling."""
    x = pt.tensor(dtype="float64", shape=(None, None, None, None))
    shapes = []
    for mode in ("max", "avg"):
        y = pool(x, (3, 2), (2, 2), border_mode, mode)
        shapes += [y.shape, pytensor.grad(pt.sum(pt.sqr(y)), x).shape]
    f = pytensor.function([x], shapes, mode=pytensor.compile.mode.Mode("py", "fast_run"))
    assert not [node for node in f.maker.fgraph.apply_nodes if "Pool" in str(node.op)]
    value = np.zeros((2, 7, 6, 3))
    rows, columns = (3, 3) if border_mode == "valid" else (4, 3)
    for got, wanted in zip(f(value), [(2, rows, columns, 3), value.shape] * 2, strict=True):
        assert tuple(got) == wanted


def test_no_samples() -> None:
    x = pt.tensor(dtype="float32", shape=(None, 4, 4, 2))
    y = pool(x, (2, 2), (1, 1), "same", "max")
    got, slope = run("interpret", [x], [y, pytensor.grad(pt.sum(y), x)], [np.zeros((0, 4, 4, 2), "float32")])
    assert got.shape == slope.shape == (0, 4, 4, 2)


def test_half_precision() -> None:
    x = pt.tensor(dtype="float16", shape=(1, 4, 1))
    y = pool(x, (2,), (2,), "valid", "avg")
    inputs, outputs = [x], [y, pytensor.grad(pt.sum(y), x)]
    got, slope = run("interpret", inputs, outputs, [np.arange(4, dtype="float16").reshape(1, 4, 1)])
    assert got.dtype == np.float16
    np.testing.assert_array_equal(got.ravel(), [0.5, 2.5])
    np.testing.assert_array_equal(slope.ravel(), [0.5] * 4)


def test_errors() -> None:
    x = pt.tensor(dtype="float32", shape=(None, 2, None, 1))
    with pytest.raises(ValueError, match=r"window \(3, 1\) is larger than the input \(2, None\)"):
        pool(x, (3, 1), (1, 1), "valid", "max")
    with pytest.raises(ValueError, match="border_mode must be one of 'valid', 'same', got 'full'"):
        pool(x, (1, 1), (1, 1), "full", "max")
    with pytest.raises(ValueError, match="mode must be one of 'max', 'avg', got 'sum'"):
        pool(x, (1, 1), (1, 1), "valid", "sum")
    with pytest.raises(TypeError, match="wanted a float tensor with 3 axes"):
        pool(x, (1,), (1,), "valid", "max")
    with pytest.raises(TypeError, match="wanted a float tensor with 4 axes"):
        pool(pt.tensor(dtype="int32", shape=(1, 2, 2, 1)), (1, 1), (1, 1), "valid", "max")
    with pytest.raises(ValueError, match="one to three spatial axes, got sizes for 4"):
        pool(x, (1,) * 4, (1,) * 4, "valid", "max")
    with pytest.raises(TypeError, match="wanted tensors of one dtype, got float32, float64, float64"):
        MaxPoolGather((1, 1), (1, 1), "valid")(x, pt.cast(x, "float64"), pt.cast(x, "float64"))
    for mode in ("max", "avg"):
        y = pool(x, (1, 3), (1, 1), "valid", mode)
        with pytest.raises(ValueError, match=r"window \(1, 3\) is larger than the input \(2, 2\)"):
            run("interpret", [x], [y], [np.zeros((1, 2, 2, 1), "float32")])


def test_compiled_equals_interpreted() -> None:
    """Every operation, in each number of axes, with windows apart and overlapping, in both dtypes; one input
    is not contiguous."""
    generator = np.random.RandomState(1)
    x_value = generator.randint(0, 4, (1, 20, 6, 4)).astype("float32")
    wide = unknown(x_value)
    x = wide.dimshuffle(0, 2, 3, 1)
    u_value = generator.normal(size=(1, 3, 2, 20)).astype("float32")
    odd_value = ODD[..., None].astype("float32")
    u, odd = unknown(u_value), unknown(odd_value)
    cube_value = generator.randint(0, 3, (1, 3, 4, 3, 2)).astype("float64")
    cube = unknown(cube_value)
    flat, thick = ((2, 2), (2, 2), "valid"), ((2, 2, 2), (1, 2, 1), "same")
    largest = MaxPool(*flat)(x)
    crowd = MaxPool(*thick)(cube)
    outputs = [
        largest,
        MaxPoolScatter(*flat)(x, largest, u),
        AveragePoolTranspose(*flat)(u, x.shape[1:-1]),
        MaxPool((4,), (4,), "valid")(odd),
        MaxPoolScatter(*thick)(cube, crowd, crowd),
        MaxPoolGather(*thick)(cube, crowd, cube),
        AveragePool(*thick)(cube),
        AveragePoolTranspose(*thick)(crowd, cube.shape[1:-1]),
    ]
    inputs, values = [wide, u, odd, cube], [x_value, u_value, odd_value, cube_value]
    compiled = run("compile", inputs, outputs, values)
    for index, (got, wanted) in enumerate(
        zip(compiled, run("interpret", inputs, outputs, values), strict=True)
    ):
        tolerance = 1e-5 if wanted.dtype == "float32" else 1e-12
        assert got.dtype == wanted.dtype
        np.testing.assert_allclose(got, wanted, rtol=tolerance, atol=tolerance, err_msg=str(index))


def test_compiled_code_is_cached_and_refuses_what_does_not_fit() -> None:
    from polykeras.backends.pytensor.compiled import Link
    from polykeras.backends.pytensor.portable import portable, rewrite
    from polykeras.backends.pytensor.rewrites import COMPILED

    keys = []
    for sizes in ((2, 2), (3, 2)):
        x, v = (pt.tensor(dtype="float32", shape=(None,) * 4) for _ in range(2))
        largest = pool(x, sizes, (2, 2), "valid", "max")
        function, _ = portable([x, v], [MaxPoolGather(sizes, (2, 2), "valid")(x, largest, v)], [])
        link = Link(rewrite(function, COMPILED))
        keys.append(link.key)
    assert None not in keys and keys[0] != keys[1]
    step = link.compile()
    with pytest.raises(ValueError, match=r"window \(3, 2\) is larger than the input"):
        step(np.zeros((1, 2, 2, 1), "float32"), np.zeros((1, 2, 2, 1), "float32"))
    with pytest.raises(ValueError, match="do not fit"):
        step(np.zeros((1, 4, 4, 1), "float32"), np.zeros((1, 3, 4, 1), "float32"))
