"""Depthwise convolution with steps that differ, which is put together in two ways."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.mark.parametrize("mode", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 2), (3, 2), (2, 4), (6, 9), (2, 1000)])
@pytest.mark.parametrize("kernel_size", [(1, 1), (3, 2), (4, 5)])
def test_both_ways_give_the_same(K, monkeypatch, mode, strides, kernel_size):
    from polykeras.backends.tensorflow import conv

    rng = np.random.RandomState(0)
    x = K.variable(rng.uniform(-1, 1, (2, 11, 13, 3)))
    kernel = K.variable(rng.uniform(-1, 1, (*kernel_size, 3, 2)))
    found = []
    for most in (10**6, 0):
        monkeypatch.setattr(conv, "_MOST_PARTS", most)
        y = K.depthwise_convolution(x, kernel, strides, mode)
        found.append((K.eval(y), [K.eval(each) for each in K.gradients(K.sum(K.square(y)), [x, kernel])]))
        assert K.int_shape(y) == found[0][0].shape
    (few, few_gradients), (many, many_gradients) = found
    np.testing.assert_allclose(many, few, rtol=1e-5, atol=1e-6)
    for one, other in zip(few_gradients, many_gradients, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [1, 3])
def test_one_channel_before_an_ordinary_convolution(K, size):
    """TensorFlow 2.21 with oneDNN fails at the latter, if both have the same sizes and a bias is added."""
    x = K.variable(np.full((1, size, size, 1), 3.0))
    depthwise, pointwise, bias = K.variable([[[[2.0]]]]), K.variable([[[[5.0]]]]), K.variable([1.0])
    y = K.separable_conv2d(x, depthwise, pointwise, dim_ordering="tf") + bias
    np.testing.assert_allclose(K.eval(y), np.full((1, size, size, 1), 31.0))
