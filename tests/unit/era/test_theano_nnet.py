"""`theano.tensor.nnet` and `theano.tensor.signal` on PyTensor: values from NumPy, SciPy and formulas."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from theano_modules import theano_modules


@pytest.fixture
def theano() -> Iterator[Any]:
    with theano_modules() as package:
        yield package


@pytest.fixture
def T(theano: Any) -> Any:
    return importlib.import_module("theano.tensor")


def draw(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def value(x: Any) -> Any:
    return x.eval()


def test_activations(T: Any) -> None:
    x = np.linspace(-4, 4, 9)
    c, nnet = T.constant(x), T.nnet
    np.testing.assert_allclose(value(nnet.sigmoid(c)), 1 / (1 + np.exp(-x)))
    np.testing.assert_allclose(value(nnet.hard_sigmoid(c)), np.clip(0.2 * x + 0.5, 0, 1))
    np.testing.assert_allclose(value(nnet.ultra_fast_sigmoid(c)), 1 / (1 + np.exp(-x)), atol=0.06)
    at_two = 0.5 * (1 + 1.5 / (1 + 1.0))  # half of 2 is 1: the first piece, 1.5 x / (1 + x)
    np.testing.assert_allclose(value(nnet.ultra_fast_sigmoid(T.constant([2.0, -2.0]))), [at_two, 1 - at_two])
    np.testing.assert_allclose(value(nnet.softplus(c)), np.log1p(np.exp(x)))
    np.testing.assert_allclose(value(nnet.relu(c)), np.maximum(x, 0))
    np.testing.assert_allclose(value(nnet.relu(c, 0.1)), np.where(x > 0, x, 0.1 * x))
    np.testing.assert_allclose(value(nnet.relu(c, alpha=T.constant(0.2))), np.where(x > 0, x, 0.2 * x))
    np.testing.assert_allclose(value(nnet.elu(c, 2)), np.where(x > 0, x, 2 * np.expm1(x)))
    m = draw(2, 3)
    soft = np.exp(m) / np.exp(m).sum(1, keepdims=True)
    np.testing.assert_allclose(value(nnet.softmax(T.constant(m))), soft)
    np.testing.assert_allclose(value(nnet.logsoftmax(T.constant(m))), np.log(soft))
    assert value(nnet.softmax(T.constant(m[0]))).shape == (1, 3)


def test_cross_entropies(T: Any) -> None:
    p = np.array([[0.2, 0.8], [0.6, 0.4]])
    np.testing.assert_allclose(
        value(T.nnet.categorical_crossentropy(T.constant(p), T.constant(np.array([1, 0])))),
        -np.log([0.8, 0.6]),
    )
    np.testing.assert_allclose(
        value(T.nnet.categorical_crossentropy(T.constant(p), T.constant(np.eye(2)))), -np.log([0.2, 0.4])
    )
    np.testing.assert_allclose(
        value(T.nnet.binary_crossentropy(T.constant(p), T.constant(np.eye(2)))),
        -np.log([[0.2, 0.2], [0.4, 0.4]]),
    )
    with pytest.raises(TypeError, match="int32"):
        T.nnet.categorical_crossentropy(T.constant(p), T.constant([0.0, 1.0]))
    z = draw(2, 2)
    np.testing.assert_allclose(
        value(T.nnet.sigmoid_binary_crossentropy(T.constant(z), T.constant(np.eye(2)))),
        -np.where(np.eye(2) > 0, np.log(1 / (1 + np.exp(-z))), np.log(1 / (1 + np.exp(z)))),
    )


@pytest.mark.parametrize("border_mode", ["valid", "full", "half", 1, (2, 0)])
@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("step", [(1, 1), (2, 3)])
@pytest.mark.parametrize("known", [True, False])
def test_convolution(theano: Any, T: Any, border_mode: Any, flip: bool, step: Any, known: bool) -> None:
    signal = pytest.importorskip("scipy.signal")
    x, w = draw(2, 3, 7, 8), draw(4, 3, 3, 2, seed=1)
    images, kernels = T.tensor4("images"), T.tensor4("kernels")
    shapes = {"input_shape": x.shape, "filter_shape": w.shape} if known else {}
    y = T.nnet.conv2d(images, kernels, border_mode=border_mode, subsample=step, filter_flip=flip, **shapes)
    result = theano.function([images, kernels], y)(x, w)
    around = {"valid": (0, 0), "full": (2, 1), "half": (1, 1), 1: (1, 1), (2, 0): (2, 0)}[border_mode]
    padded = np.pad(x, [(0, 0), (0, 0), *[(width, width) for width in around]])
    convolve = signal.convolve2d if flip else signal.correlate2d
    expected = np.array(
        [[sum(convolve(image[c], k[c], "valid") for c in range(3)) for k in w] for image in padded]
    )[:, :, :: step[0], :: step[1]]
    np.testing.assert_allclose(result, expected, atol=1e-12)


def test_the_convolution_s_derivative_and_transpose(theano: Any, T: Any) -> None:
    x, w = draw(1, 2, 5, 6), draw(3, 2, 2, 3, seed=1)
    images = T.tensor4()
    y = T.nnet.conv2d(images, T.constant(w), border_mode=1, subsample=(2, 1))
    weight = draw(*theano.function([images], y)(x).shape, seed=2)
    slope = theano.function([images], T.grad((y * weight).sum(), images))(x)
    abstract = importlib.import_module("theano.tensor.nnet.abstract_conv")
    direct = abstract.conv2d_grad_wrt_inputs(
        T.constant(weight), T.constant(w), x.shape, border_mode=1, subsample=(2, 1)
    )
    np.testing.assert_allclose(value(direct), slope, atol=1e-12)
    around = T.nnet.conv2d_transpose(
        T.constant(weight), T.constant(w), x.shape, border_mode=(1, 1), input_dilation=(2, 1)
    )
    np.testing.assert_allclose(value(around), slope, atol=1e-12)


def test_convolution_names_of_before(theano: Any, T: Any) -> None:
    signal = pytest.importorskip("scipy.signal")
    x, w = draw(1, 1, 5, 5), draw(1, 1, 2, 2, seed=1)
    old = importlib.import_module("theano.tensor.nnet.conv")
    expected = signal.convolve2d(x[0, 0], w[0, 0], "valid")
    y = old.conv2d(T.constant(x), T.constant(w), image_shape=x.shape, filter_shape=(1, 1, 2, 2))
    np.testing.assert_allclose(value(y)[0, 0], expected)
    pictures = importlib.import_module("theano.tensor.signal.conv")
    np.testing.assert_allclose(value(pictures.conv2d(T.constant(x[0, 0]), T.constant(w[0, 0]))), expected)
    full = pictures.conv2d(T.constant(x[0]), T.constant(w[0, 0]), border_mode="full")
    np.testing.assert_allclose(value(full)[0], signal.convolve2d(x[0, 0], w[0, 0], "full"))
    dnn = importlib.import_module("theano.sandbox.cuda.dnn")
    assert not dnn.dnn_available()
    np.testing.assert_allclose(value(dnn.dnn_conv(T.constant(x), T.constant(w)))[0, 0], expected)
    with pytest.raises(TypeError, match="4 axes"):
        T.nnet.conv2d(T.tensor3(), T.tensor4())
    with pytest.raises(ValueError, match="'half'"):
        T.nnet.conv2d(T.tensor4(), T.tensor4(), border_mode="same")


def pooled(x: np.ndarray, size: Any, step: Any, ignore: bool, around: Any, how: Any) -> np.ndarray:
    """Pooling of the last two axes by loops; `how` gets the elements of a window and how many are padding."""
    marked = np.pad(np.stack([x, np.ones_like(x)]), [(0, 0)] * (x.ndim - 1) + [(p, p) for p in around])
    rows, columns = marked.shape[-2:]

    def count(length: int, k: int, s: int) -> int:
        if ignore:
            return (length - k) // s + 1
        return (length - 1) // s + 1 if s >= k else max(0, (length - 1 - k + s) // s) + 1

    result = np.empty((*x.shape[:-2], count(rows, size[0], step[0]), count(columns, size[1], step[1])))
    for i in range(result.shape[-2]):
        for j in range(result.shape[-1]):
            window = marked[..., i * step[0] : i * step[0] + size[0], j * step[1] : j * step[1] + size[1]]
            result[..., i, j] = how(window[0], window[1])
    return result


POOLS: dict[str, Any] = {
    "max": lambda v, m: np.where(m > 0, v, -np.inf).max((-2, -1)),
    "sum": lambda v, m: v.sum((-2, -1)),
    "average_inc_pad": lambda v, m: v.mean((-2, -1)),
    "average_exc_pad": lambda v, m: v.sum((-2, -1)) / m.sum((-2, -1)),
}


@pytest.mark.parametrize("mode", POOLS)
@pytest.mark.parametrize(
    ("size", "step", "ignore", "around"),
    [
        ((2, 2), (2, 2), True, (0, 0)),
        ((2, 2), (2, 2), False, (0, 0)),
        ((3, 2), (2, 1), False, (0, 0)),
        ((3, 3), (2, 2), True, (1, 1)),
        ((2, 3), (3, 4), False, (0, 0)),
    ],
)
def test_pooling(theano: Any, T: Any, mode: str, size: Any, step: Any, ignore: bool, around: Any) -> None:
    pool_2d = importlib.import_module("theano.tensor.signal.pool").pool_2d
    x = draw(2, 3, 7, 6)
    expected = pooled(x, size, step, ignore, around, POOLS[mode])
    images = T.tensor4()
    for given in (images, T.constant(x)):
        y = pool_2d(given, size, ignore_border=ignore, st=step, padding=around, mode=mode)
        f = theano.function([images], y, on_unused_input="ignore")
        np.testing.assert_allclose(f(x), expected, atol=1e-12)


def test_pooling_of_other_ranks(T: Any) -> None:
    downsample = importlib.import_module("theano.tensor.signal.downsample")
    x = draw(2, 2, 3, 4, 4)
    expected = pooled(x, (2, 2), (2, 2), True, (0, 0), POOLS["max"])
    for part, wanted in ((x, expected), (x[0, 0], expected[0, 0]), (x[0, 0, 0], expected[0, 0, 0])):
        np.testing.assert_allclose(value(downsample.max_pool_2d(T.constant(part), (2, 2))), wanted)
    with pytest.warns(UserWarning, match="ignore_border"):
        importlib.import_module("theano.tensor.signal.pool").pool_2d(T.constant(x), (2, 2))
    with pytest.raises(ValueError, match="average_exc_pad"):
        downsample.max_pool_2d(T.constant(x), (2, 2), mode="mean")


def test_neighbours(theano: Any, T: Any) -> None:
    neighbours = importlib.import_module("theano.tensor.nnet.neighbours")
    x = np.arange(2 * 1 * 4 * 4.0).reshape(2, 1, 4, 4)
    images = T.tensor4()
    patches = neighbours.images2neibs(images, neib_shape=(2, 2))
    result = theano.function([images], patches)(x)
    np.testing.assert_array_equal(result[:2], [[0, 1, 4, 5], [2, 3, 6, 7]])
    assert result.shape == (8, 4)
    back = neighbours.neibs2images(patches, (2, 2), images.shape)
    np.testing.assert_array_equal(theano.function([images], back)(x), x)
    steps = theano.function([images], neighbours.images2neibs(images, (3, 3), (1, 1), mode="ignore_borders"))(
        x
    )
    assert steps.shape == (8, 9) and steps[1].tolist() == [1, 2, 3, 5, 6, 7, 9, 10, 11]
    with pytest.raises((ValueError, AssertionError), match="do not fill"):
        theano.function([images], neighbours.images2neibs(images, (3, 3)))(x)


def test_batch_normalization(T: Any) -> None:
    x, gamma, beta = draw(6, 3), draw(3, seed=1), draw(3, seed=2)
    result, _, _, running_mean, running_var = T.nnet.bn.batch_normalization_train(
        T.constant(x),
        T.constant(gamma),
        T.constant(beta),
        running_mean=T.zeros((1, 3)),
        running_var=T.ones((1, 3)),
    )
    expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-4) * gamma + beta
    np.testing.assert_allclose(value(result), expected)
    np.testing.assert_allclose(value(running_mean)[0], 0.1 * x.mean(0))
    np.testing.assert_allclose(value(running_var)[0], 0.9 + 0.1 * x.var(0, ddof=1))
    plain = T.nnet.bn.batch_normalization(T.constant(x), gamma, beta, x.mean(0), x.std(0))
    np.testing.assert_allclose(value(plain), (x - x.mean(0)) / x.std(0) * gamma + beta)
