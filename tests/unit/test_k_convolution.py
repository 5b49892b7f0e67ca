"""Convolution and pooling in K: drawn at random, and what cases of the conformance kit do not reach."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polykeras import config
from polykeras.testing import oracle
from polykeras.testing.draws import examples, on_each, seeds, values
from polykeras.testing.tolerance import assert_close

RNG = np.random.RandomState(11)
MODES = ["valid", "same", "full"]


class Window(NamedTuple):
    """A window that moves over an input, and what is told of the input when the expression is built."""

    lengths: tuple[int, ...]
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    border_mode: str
    samples: int
    dtype: str
    unknown: str
    seed: int

    @property
    def options(self) -> dict[str, Any]:
        return {"strides": self.strides, "border_mode": self.border_mode}

    def static(self, channels: int) -> tuple[int | None, ...]:
        """The shape of the placeholder."""
        samples = self.samples if self.unknown == "nothing" else None
        lengths = (None,) * len(self.lengths) if self.unknown == "sizes" else self.lengths
        return (samples, *lengths, channels)

    def shape(self, channels: int) -> tuple[int, ...]:
        return (self.samples, *self.lengths, channels)


@st.composite
def windows(draw: Any, ranks: Any = (1, 2, 3), modes: Any = MODES, dilated: bool = False) -> Window:
    """Windows of all kinds; under 'valid' they fit."""
    rank = draw(st.sampled_from(ranks))

    def some(low: int, high: int) -> tuple[int, ...]:
        return draw(st.tuples(*[st.integers(low, high)] * rank))

    mode = draw(st.sampled_from(modes))
    sizes, dilation = some(1, 4), some(1, 3) if dilated else (1,) * rank
    lengths = some(1, 7 if rank < 3 else 4)
    if mode == "valid":
        reaches = [(size - 1) * apart + 1 for size, apart in zip(sizes, dilation, strict=True)]
        lengths = tuple(max(pair) for pair in zip(lengths, reaches, strict=True))
    return Window(
        lengths,
        sizes,
        some(1, 4),
        dilation,
        mode,
        draw(st.integers(1, 3)),
        draw(st.sampled_from(["float32", "float64"])),
        draw(st.sampled_from(["nothing", "samples", "sizes"])),
        draw(seeds),
    )


def compute(K: Any, build: Any, arrays: Any, static: Any, by: Any) -> list[np.ndarray]:
    """An expression's value, then its slopes, each element weighted by the last of the arrays."""
    tensors = [
        K.placeholder(shape, dtype=array.dtype.name) for array, shape in zip(arrays, static, strict=True)
    ]
    result = build(K, *tensors[:-1])
    told = K.int_shape(result)
    slopes = K.gradients(K.sum(result * tensors[-1]), [tensors[index] for index in by])
    values = K.function(tensors, [result, *slopes])(arrays)
    assert len(told) == values[0].ndim
    assert all(size in (None, real) for size, real in zip(told, values[0].shape, strict=True))
    if all(None not in shape for shape in static[:-1]):
        assert told == values[0].shape
    assert [each.dtype for each in values] == [arrays[0].dtype] * len(values)
    return values


def bilinear(engines: list[str], case: Window, build: Any, reference: Any, arrays: Any, terms: int) -> None:
    """Holds an operation that is linear in each of its arguments against `reference`, on every engine.

    Its slope by one argument is held against the definition: the slope's product with a direction is the
    weighted result in that direction.
    """
    wanted = reference(*(each.astype("float64") for each in arrays))
    weights = values(wanted.shape, case.dtype, case.seed + 7)
    static = [case.static(arrays[0].shape[-1]), *(each.shape for each in arrays[1:]), wanted.shape]
    static[-1] = (None,) * wanted.ndim
    by = range(len(arrays))
    outcomes = on_each(engines, lambda K: compute(K, build, [*arrays, weights], static, by), case.dtype)
    for name, (result, *slopes) in outcomes.items():
        assert_close(result, wanted, case.dtype, terms, 8, name)
        for index, slope in enumerate(slopes):
            directed = list(arrays)
            directed[index] = values(slope.shape, case.dtype, case.seed + 11 + index)
            change = np.sum(reference(*(each.astype("float64") for each in directed)) * weights)
            product = np.sum(slope.astype("float64") * directed[index])
            assert_close(product, change, case.dtype, terms * result.size, 8, f"{name}, slope {index}")


@given(windows(dilated=True), st.integers(1, 3), st.integers(1, 3))
@examples(usual=40)
def test_convolution(engines, case, inputs, outputs):
    x = values(case.shape(inputs), case.dtype, case.seed)
    kernel = values((*case.sizes, inputs, outputs), case.dtype, case.seed + 1)
    options = {**case.options, "dilation": case.dilation}
    bilinear(
        engines,
        case,
        lambda K, x, kernel: K.convolution(x, kernel, **options),
        lambda x, kernel: oracle.convolution(x, kernel, **options),
        [x, kernel],
        inputs * int(np.prod(case.sizes)),
    )


@given(windows(), st.integers(1, 2), st.integers(1, 2))
@examples(usual=20)
def test_transposed_convolution(engines, case, inputs, outputs):
    kernel = values((*case.sizes, outputs, inputs), case.dtype, case.seed + 1)
    full = case.shape(outputs)
    places = oracle.convolution(np.zeros(full), kernel, **case.options).shape[1:-1]
    x = values((case.samples, *places, inputs), case.dtype, case.seed)
    case = case._replace(lengths=places)
    bilinear(
        engines,
        case,
        lambda K, x, kernel: K.transposed_convolution(x, kernel, (None, *full[1:]), **case.options),
        lambda x, kernel: oracle.transposed_convolution(x, kernel, full, **case.options),
        [x, kernel],
        inputs * int(np.prod(case.sizes)),
    )


@given(windows(ranks=(2,), modes=["valid", "same"]), st.integers(1, 3), st.integers(1, 2))
@examples(usual=20)
def test_depthwise_convolution(engines, case, inputs, multiplier):
    x = values(case.shape(inputs), case.dtype, case.seed)
    kernel = values((*case.sizes, inputs, multiplier), case.dtype, case.seed + 1)
    bilinear(
        engines,
        case,
        lambda K, x, kernel: K.depthwise_convolution(x, kernel, **case.options),
        lambda x, kernel: oracle.depthwise_convolution(x, kernel, **case.options),
        [x, kernel],
        int(np.prod(case.sizes)),
    )


@given(windows(modes=["valid", "same"]), st.integers(1, 3))
@examples(usual=20)
def test_average_pooling(engines, case, channels):
    x = values(case.shape(channels), case.dtype, case.seed)
    options = {**case.options, "pool_mode": "avg"}
    bilinear(
        engines,
        case,
        lambda K, x: K.pooling(x, case.sizes, **options),
        lambda x: oracle.pooling(x, case.sizes, **options),
        [x],
        int(np.prod(case.sizes)),
    )


@given(windows(modes=["valid", "same"]), st.integers(1, 3), st.booleans())
@examples(usual=30)
def test_max_pooling(engines, case, channels, ties):
    """Of equal values the first takes the slope."""
    x = values(case.shape(channels), case.dtype, case.seed)
    x = np.rint(x) if ties else x
    wanted = oracle.pooling(x, case.sizes, **case.options)
    weights = values(wanted.shape, case.dtype, case.seed + 7)
    slope = oracle.max_pooling_gradient(x, weights, case.sizes, **case.options)
    static = [case.static(channels), (None,) * wanted.ndim]
    outcomes = on_each(
        engines,
        lambda K: compute(
            K, lambda K, x: K.pooling(x, case.sizes, **case.options), [x, weights], static, [0]
        ),
        case.dtype,
    )
    for name, (got, got_slope) in outcomes.items():
        np.testing.assert_array_equal(got, wanted.astype(case.dtype), err_msg=name)
        assert_close(got_slope, slope, case.dtype, 4 ** len(case.sizes), 4, name)


@given(
    windows(ranks=(2, 3), modes=["valid", "same", "full"], dilated=True),
    st.sampled_from(["tf", "th"]),
    st.booleans(),
)
@examples(usual=15)
def test_orderings(engines, case, ordering, as_default):
    """The same numbers, channels first or last; the default ordering is asked for when the call is made."""
    x = values(case.shape(2), case.dtype, case.seed)
    kernel = values((*case.sizes, 2, 3), case.dtype, case.seed + 1)
    wanted = oracle.convolution(x, kernel, **case.options, dilation=case.dilation)
    pooled = oracle.pooling(x, (1,) * len(case.sizes), case.strides, "same")
    if ordering == "th":
        x, kernel = np.moveaxis(x, -1, 1), np.moveaxis(kernel, (-1, -2), (0, 1))

    def both(K: Any) -> list[np.ndarray]:
        if as_default:
            config.set_image_dim_ordering(ordering)
        convolve, pool = (K.conv2d, K.pool2d) if len(case.sizes) == 2 else (K.conv3d, K.pool3d)
        given = {"dim_ordering": "default" if as_default else ordering}
        inputs = [K.placeholder((None, *x.shape[1:]), dtype=case.dtype)]
        weights = K.variable(kernel, dtype=case.dtype)
        results = [
            convolve(inputs[0], weights, **case.options, filter_dilation=case.dilation, **given),
            pool(inputs[0], (1,) * len(case.sizes), case.strides, "same", **given),
        ]
        return K.function(inputs, results)([x])

    for name, results in on_each(engines, both, case.dtype).items():
        for got, each in zip(results, (wanted, pooled), strict=True):
            got = np.moveaxis(got, 1, -1) if ordering == "th" else got
            assert_close(got, each, case.dtype, 2 * int(np.prod(case.sizes)), 8, name)


@pytest.mark.parametrize(
    ("lengths", "sizes", "strides", "mode"),
    [
        ((4, 5), (1, 1), (2, 1), "valid"),
        ((1, 1), (1, 1), (1, 2), "same"),
        ((7, 3), (1, 3), (1, 2), "valid"),
        ((2, 4, 2), (1, 3, 2), (3, 1, 3), "same"),
        ((3, 2), (2, 3), (2, 1), "full"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_without_derivatives(K, lengths, sizes, strides, mode, channels):
    """Values alone, with a bias and an activation: engines fuse these, and some go astray at it."""
    x, kernel = RNG.normal(size=(2, *lengths, channels)), RNG.normal(size=(*sizes, channels, 3))
    bias = RNG.normal(size=3)
    images = K.placeholder((None, *lengths, channels))
    plain = K.convolution(images, K.variable(kernel), strides, mode)
    active = K.relu(K.convolution(images, K.variable(kernel), strides, mode) + K.variable(bias))
    wanted = oracle.convolution(x, kernel, strides, mode)
    for result, each in ((plain, wanted), (active, np.maximum(wanted + bias, 0))):
        got = K.function([images], [result])([x])[0]
        assert_close(got, each, "float32", channels * int(np.prod(sizes)), 8)


# Derivatives of derivatives


def twice(K, build, x, kernel):
    """The slope by the kernel of a product with the slope by the image, and the other way round."""
    inputs = [K.placeholder(each.shape, dtype="float64") for each in (x, kernel)]
    result = build(*inputs)
    weights = K.constant(
        np.cos(np.arange(np.prod(K.int_shape(result)))).reshape(K.int_shape(result)), dtype="float64"
    )
    directions = [values(each.shape, "float64", 5 + place) for place, each in enumerate((x, kernel))]
    slopes = K.gradients(K.sum(result * weights), inputs)
    mixed = []
    for slope, direction, other in zip(slopes, directions, reversed(inputs), strict=True):
        (second,) = K.gradients(K.sum(slope * K.constant(direction, dtype="float64")), [other])
        mixed.append(second)
    first, second = K.function(inputs, mixed)([x, kernel])
    wanted = np.sum(K.function(inputs, [result * weights])(directions)[0])
    np.testing.assert_allclose(np.sum(first * directions[1]), wanted, rtol=1e-9)
    np.testing.assert_allclose(np.sum(second * directions[0]), wanted, rtol=1e-9)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("lengths", "sizes", "strides", "dilation"),
    [
        ((6,), (3,), (2,), (1,)),
        ((4, 5), (2, 2), (1, 2), (1, 1)),
        ((5, 6), (2, 2), (2, 3), (3, 2)),
        ((3, 4, 3), (2, 1, 2), (2, 2, 1), (1, 1, 2)),
    ],
)
def test_second_derivatives_of_convolution(K, mode, lengths, sizes, strides, dilation):
    x, kernel = RNG.normal(size=(2, *lengths, 2)), RNG.normal(size=(*sizes, 2, 2))
    twice(K, lambda x, kernel: K.convolution(x, kernel, strides, mode, dilation), x, kernel)


@pytest.mark.parametrize("strides", [(1, 1), (2, 1)])
def test_second_derivatives_of_depthwise_convolution(K, strides):
    x, kernel = RNG.normal(size=(2, 4, 3, 2)), RNG.normal(size=(2, 2, 2, 2))
    twice(K, lambda x, kernel: K.depthwise_convolution(x, kernel, strides, "same"), x, kernel)


def test_second_derivatives_of_transposed_convolution(K):
    x, kernel = RNG.normal(size=(2, 3, 2, 2)), RNG.normal(size=(2, 3, 1, 2))
    shape = (None, 6, 4, 1)
    twice(K, lambda x, kernel: K.transposed_convolution(x, kernel, shape, (2, 2), "same"), x, kernel)


@pytest.mark.parametrize("pool_mode", ["max", "avg"])
@pytest.mark.parametrize("sizes", [(2,), (2, 3), (2, 1, 2)])
@pytest.mark.parametrize("mode", ["valid", "same"])
def test_second_derivatives_of_pooling(K, pool_mode, sizes, mode):
    """The slope of a slope's square is twice the slope, sent through the pooling and back once more."""
    x = RNG.permutation(5 ** len(sizes) * 2).astype("float64").reshape((1, *[5] * len(sizes), 2))
    steps = (2,) * len(sizes)
    place = K.placeholder(x.shape, dtype="float64")
    pooled = K.pooling(place, sizes, steps, mode, pool_mode)
    (slope,) = K.gradients(K.sum(K.square(pooled)), [place])
    (second,) = K.gradients(K.sum(K.square(slope)), [place])
    first, got, values_ = K.function([place], [slope, second, pooled])([x])
    if pool_mode == "max":

        def back(slopes):
            return oracle.max_pooling_gradient(x, slopes, sizes, steps, mode)

        def forth(direction):
            marks = np.zeros(values_.shape)
            for index in np.ndindex(*values_.shape):
                one = np.zeros(values_.shape)
                one[index] = 1
                marks[index] = np.sum(back(one) * direction)
            return marks
    else:

        def forth(direction):
            return oracle.pooling(direction, sizes, steps, mode, "avg")

        def back(slopes):
            result = np.zeros(x.shape)
            for index in np.ndindex(*x.shape):
                one = np.zeros(x.shape)
                one[index] = 1
                result[index] = np.sum(forth(one) * slopes)
            return result

    np.testing.assert_allclose(first, back(2 * values_), rtol=1e-9)
    np.testing.assert_allclose(got, back(4 * forth(first)), rtol=1e-9)


# Arguments


def test_kernels_of_conv1d(K):
    """The axis of size 1 that Convolution1D keeps makes no difference."""
    x, kernel = RNG.normal(size=(2, 6, 3)), RNG.normal(size=(2, 3, 4))
    x_, flat, high = K.variable(x), K.variable(kernel), K.variable(kernel[:, None])
    for mode, stride in itertools.product(MODES, (1, 2)):
        one, two = (K.eval(K.conv1d(x_, each, stride, mode)) for each in (flat, high))
        np.testing.assert_array_equal(one, two)
    with pytest.raises(ValueError, match=r"\(length, 1, in, out\), got \(2, 2, 3, 4\)"):
        K.conv1d(x_, K.variable(RNG.normal(size=(2, 2, 3, 4))))
    with pytest.raises(ValueError, match="the kernel must have 3 axes, got 2"):
        K.conv1d(x_, K.variable(kernel[0]))


def test_hints_have_no_effect(K):
    x, kernel = K.variable(RNG.normal(size=(1, 4, 4, 2))), K.variable(RNG.normal(size=(2, 2, 2, 3)))
    plain = K.eval(K.conv2d(x, kernel))
    hinted = K.eval(K.conv2d(x, kernel, image_shape=(9, 9, 9, 9), filter_shape=(1, 1, 1, 1)))
    np.testing.assert_array_equal(plain, hinted)


def test_one_integer_for_all_axes(K):
    x, kernel = K.variable(RNG.normal(size=(1, 5, 5, 2))), K.variable(RNG.normal(size=(2, 2, 2, 3)))
    for one, both in ((2, (2, 2)), (2.0, [2, 2])):
        np.testing.assert_array_equal(
            K.eval(K.conv2d(x, kernel, strides=one)), K.eval(K.conv2d(x, kernel, strides=both))
        )
        np.testing.assert_array_equal(K.eval(K.pool2d(x, one, one)), K.eval(K.pool2d(x, both, both)))


def test_strides_of_pooling_are_the_window_by_default(K):
    x = K.placeholder((None, 6, 7, 2))
    assert K.int_shape(K.pooling(x, (2, 3))) == (None, 3, 2, 2)
    assert K.int_shape(K.pool2d(x, (2, 3), None)) == (None, 3, 2, 2)
    assert K.int_shape(K.pool2d(x, (2, 3))) == (None, 5, 5, 2)


def test_integers_and_arrays_are_taken(K):
    """Images of integers are made floats; a kernel may be an array; the wider float wins."""
    x, kernel = RNG.randint(0, 9, (2, 4, 4, 2)), RNG.normal(size=(2, 2, 2, 3)).astype("float32")
    pixels = K.placeholder(x.shape, dtype="int32")
    result = K.conv2d(pixels, kernel)
    assert K.dtype(result) == "float32"
    np.testing.assert_allclose(
        K.function([pixels], [result])([x])[0], oracle.convolution(x, kernel), rtol=1e-4, atol=1e-4
    )
    assert K.dtype(K.pool2d(pixels, (2, 2))) == "float32"
    wide = K.placeholder(x.shape, dtype="float64")
    assert K.dtype(K.conv2d(wide, K.variable(kernel))) == "float64"


def test_known_sizes_stay_known(K):
    x = K.placeholder((None, 9, None, 3))
    kernel = K.placeholder((3, 3, 3, 5))
    assert K.int_shape(K.conv2d(x, kernel, (2, 2), "same")) == (None, 5, None, 5)
    assert K.int_shape(K.conv2d(x, kernel, border_mode="full")) == (None, 11, None, 5)
    assert K.int_shape(K.conv2d(x, kernel, filter_dilation=(3, 2))) == (None, 3, None, 5)
    assert K.int_shape(K.pool2d(x, (2, 2), (2, 2))) == (None, 4, None, 3)
    assert K.int_shape(K.pool2d(x, (2, 2), (2, 2), "same", pool_mode="avg")) == (None, 5, None, 3)
    depthwise, pointwise = K.placeholder((2, 2, 3, 2)), K.placeholder((1, 1, 6, 4))
    assert K.int_shape(K.separable_conv2d(x, depthwise, pointwise, (1, 2))) == (None, 8, None, 4)
    back = K.deconv2d(K.placeholder((None, 4, 4, 3)), kernel, (None, 9, 9, 5), (2, 2))
    assert K.int_shape(back) == (None, 9, 9, 5)
    assert K.int_shape(K.pool3d(K.placeholder((None, 4, None, 6, 2)), (2, 2, 3), (2, 2, 3))) == (
        None,
        2,
        None,
        2,
        2,
    )


def test_output_shape_of_deconv2d(K):
    """The samples are those of the input whatever is said; spatial sizes may be symbolic."""
    x, kernel = RNG.normal(size=(3, 2, 3, 2)), RNG.normal(size=(2, 2, 2, 1))
    wanted = oracle.deconv2d(x, kernel, (None, 5, 6, 1), (2, 2))
    images = K.placeholder((None, None, None, 2), dtype="float64")
    kernel_ = K.variable(kernel, dtype="float64")
    rows = K.shape(images)[1] * 2 + 1
    for shape in ((None, 5, 6, 1), (8, 5, 6, 1), [K.shape(images)[0], rows, 6, 1]):
        result = K.deconv2d(images, kernel_, shape, (2, 2))
        np.testing.assert_allclose(K.function([images], [result])([x])[0], wanted, rtol=1e-9)


# Errors


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda K, x, w: K.conv2d(x, w, border_mode="valud"),
            ValueError,
            "conv2d: border_mode.*'valid'.*valud",
        ),
        (lambda K, x, w: K.conv2d(x, w, dim_ordering="channels"), ValueError, "dim_ordering.*'th'.*channels"),
        (lambda K, x, w: K.conv2d(x, w, strides=(0, 1)), ValueError, r"strides must be 2 integers.*\(0, 1\)"),
        (lambda K, x, w: K.conv2d(x, w, strides=(1, 1, 1)), ValueError, "strides must be 2 integers"),
        (lambda K, x, w: K.conv2d(x, w, strides=(1, 1.5)), ValueError, "strides must be 2 integers"),
        (lambda K, x, w: K.conv2d(x, w, filter_dilation=(1, -1)), ValueError, "dilation must be 2 integers"),
        (lambda K, x, w: K.atrous_conv2d(x, w, rate=0), ValueError, "atrous_conv2d: dilation must be.*got 0"),
        (lambda K, x, w: K.conv2d(x, w, dim_ordering="th"), ValueError, "channels.*dim_ordering"),
        (lambda K, x, w: K.conv3d(x, w), ValueError, "conv3d: x must have 5 axes, got 4"),
        (lambda K, x, w: K.conv1d(x, w), ValueError, "conv1d: x must have 3 axes, got 4"),
        (lambda K, x, w: K.conv2d(x, w[0]), ValueError, "the kernel must have 4 axes, got 3"),
        (
            lambda K, x, w: K.conv2d(x, w, filter_dilation=(3, 1)),
            ValueError,
            r"window \(7, 3\) is larger than the input \(5, 6\).*border_mode='same'",
        ),
        (lambda K, x, w: K.convolution(x, w, border_mode="ful"), ValueError, "Did you mean 'full'"),
        (lambda K, x, w: K.convolution(K.flatten(x), w), ValueError, "x must have 3, 4 or 5 axes, got 1"),
        (lambda K, x, w: K.pool2d(x, (2, 2), border_mode="full"), ValueError, "'valid', 'same', got 'full'"),
        (lambda K, x, w: K.pool2d(x, (2, 2), pool_mode="mean"), ValueError, "pool_mode.*'avg'.*mean"),
        (lambda K, x, w: K.pool2d(x, (2, 0)), ValueError, "pool_size must be 2 integers"),
        (
            lambda K, x, w: K.pool2d(x, (6, 2)),
            ValueError,
            r"window \(6, 2\) is larger than the input \(5, 6\)",
        ),
        (lambda K, x, w: K.pool3d(x, (2, 2, 2)), ValueError, "pool3d: x must have 5 axes, got 4"),
        (lambda K, x, w: K.pooling(x, (2, 2), (1,)), ValueError, "strides must be 2 integers"),
        (lambda K, x, w: K.deconv2d(x, w, (None, 7, 8)), ValueError, "output_shape must have 4 entries"),
        (lambda K, x, w: K.deconv2d(x, w, (None, None, 8, 4)), ValueError, "spatial ones are integers"),
        (lambda K, x, w: K.deconv2d(x, w, (None, 7, 8, 3)), ValueError, "4 channels.*got 3"),
        (
            lambda K, x, w: K.deconv2d(x, w, (None, 7, 9, 4)),
            ValueError,
            "axis 1.*make 7 of 9, got an input of 6",
        ),
        (lambda K, x, w: K.deconv2d(x, w, 7), TypeError, "output_shape must be a list"),
        (lambda K, x, w: K.deconv2d(x, w, (1, 7, 8, 4), border_mode="fill"), ValueError, "got 'fill'"),
        (lambda K, x, w: K.depthwise_convolution(x, w, border_mode="full"), ValueError, "got 'full'"),
        (lambda K, x, w: K.separable_conv2d(x, w, w), ValueError, "must have the 2 channels.*got 8"),
        (
            lambda K, x, w: K.separable_conv2d(x, w, K.placeholder((2, 1, 8, 3))),
            ValueError,
            r"pointwise kernel must have one row and one column, got the shape \(2, 1, 8, 3\)",
        ),
    ],
)
def test_bad_arguments(K, build, error, message):
    """Refused when the expression is built, telling what was wanted and what came."""
    x, kernel = K.placeholder((None, 5, 6, 2)), K.placeholder((3, 3, 2, 4))
    with pytest.raises(error, match=message):
        build(K, x, kernel)


@pytest.mark.parametrize(
    "build",
    [
        lambda K, x, w: K.conv2d(x, w),
        lambda K, x, w: K.conv2d(x, w, strides=(3, 3)),
        lambda K, x, w: K.conv2d(x, w, filter_dilation=(2, 2)),
        lambda K, x, w: K.depthwise_convolution(x, w),
        lambda K, x, w: K.depthwise_convolution(x, w, (1, 2)),
        lambda K, x, w: K.pool2d(x, (3, 3), (2, 2)),
        lambda K, x, w: K.pool2d(x, (3, 3), (3, 3), pool_mode="avg"),
    ],
)
def test_a_window_that_turns_out_larger_than_the_input(K, build):
    """Sizes that are not known before are checked by the run; a smaller window's number is not made up."""
    x, kernel = K.placeholder((None, None, None, 2)), K.variable(RNG.normal(size=(3, 3, 2, 1)))
    f = K.function([x], [build(K, x, kernel)])
    assert f([np.ones((1, 5, 5, 2))])[0].size
    with pytest.raises(Exception, match=r"larger than the input"):
        f([np.ones((1, 5, 2, 2))])


def test_channels_that_turn_out_to_differ(K):
    """A multiple of the kernel's channels is no convolution in groups."""
    x, kernel = K.placeholder((None, 4, 4, None)), K.variable(RNG.normal(size=(3, 3, 2, 4)))
    for build in (K.conv2d, K.depthwise_convolution):
        f = K.function([x], [build(x, kernel)])
        assert f([np.ones((1, 4, 4, 2))])[0].shape[:3] == (1, 2, 2)
        with pytest.raises(Exception, match="channels"):
            f([np.ones((1, 4, 4, 4))])
