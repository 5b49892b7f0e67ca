"""Operations of K where engines differ by nature: dtypes, ties, derivatives at edges, unknown sizes."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

from polykeras import config

RNG = np.random.RandomState(7)
X = RNG.uniform(-2, 2, (4, 3)).astype("float32")
X3 = RNG.uniform(-2, 2, (4, 3, 5)).astype("float32")
W = RNG.uniform(-1, 1, (3, 6)).astype("float32")
POSITIVE = RNG.uniform(0.1, 1, (4, 3)).astype("float32")
COUNTS = np.array([[1, 2, 3], [4, 5, 6]], dtype="int32")
FLAGS = np.array([[True, False, True], [False, False, False]])


def placeholder(K, array, unknown=True):
    shape = (None, *array.shape[1:]) if unknown and array.ndim else array.shape
    return K.placeholder(shape=shape, dtype=array.dtype.name)


def evaluate(K, build, *arrays, unknown=True):
    """The value of an expression; what K said of its shape and dtype beforehand is checked against it."""
    inputs = [placeholder(K, array, unknown) for array in arrays]
    output = build(*inputs)
    value = K.function(inputs, [output])(list(arrays))[0]
    static = K.int_shape(output)
    assert len(static) == np.ndim(value)
    assert all(size in (None, real) for size, real in zip(static, np.shape(value), strict=True))
    assert K.dtype(output) == value.dtype.name
    return value


def gradient(K, build, array, unknown=True):
    """The gradient of the sum of an expression with respect to its argument."""
    x = placeholder(K, array, unknown)
    return K.function([x], K.gradients(K.sum(build(x)), [x]))([array])[0]


def static(K, build, *shapes):
    return K.int_shape(build(*(K.placeholder(shape=shape) for shape in shapes)))


def close(value, expected, rtol=1e-5, atol=1e-6):
    expected = np.asarray(expected)
    assert np.shape(value) == expected.shape
    np.testing.assert_allclose(value, expected, rtol=rtol, atol=atol)


# Products


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((4, 3), (3, 6)),
        ((2, 4, 3), (3, 6)),
        ((2, 3), (4, 3, 5)),
        ((4, 3), (3,)),
        ((2, 5, 3), (4, 3, 2)),
        ((3,), (3,)),
    ],
)
def test_dot(K, a, b):
    x, y = RNG.uniform(-1, 1, a).astype("float32"), RNG.uniform(-1, 1, b).astype("float32")
    close(evaluate(K, K.dot, x, y, unknown=False), np.dot(x, y))
    close(evaluate(K, lambda p: K.dot(p, y), x), np.dot(x, y))


def test_dot_keeps_known_sizes(K):
    assert static(K, K.dot, (None, 7, 3), (3, 6)) == (None, 7, 6)
    assert static(K, K.dot, (None, 3), (3, 6)) == (None, 6)


def test_dot_of_wrong_sizes(K):
    with pytest.raises(ValueError, match="one size"):
        K.dot(K.placeholder((None, 3)), K.placeholder((4, 5)))


def test_sparse_dot(K):
    dense = np.where(X > 0, X, 0).astype("float32")
    x = K.placeholder(shape=(None, 3), sparse=True)
    value = K.function([x], [K.dot(x, K.variable(W))])([scipy.sparse.csr_matrix(dense)])[0]
    close(value, dense @ W)
    constant = K.variable(scipy.sparse.csr_matrix(dense))
    close(K.eval(K.dot(constant, K.variable(W))), dense @ W)


def test_sparse_concatenate(K):
    first, second = scipy.sparse.csr_matrix(np.eye(3)), scipy.sparse.csr_matrix(2 * np.eye(3))
    for axis in (0, 1, -1):
        joined = K.concatenate([K.variable(first), K.variable(second)], axis=axis)
        assert K.is_sparse(joined)
        close(K.eval(K.to_dense(joined)), np.concatenate([first.toarray(), second.toarray()], axis=axis))


@pytest.mark.parametrize(
    ("a", "b", "axes", "formula"),
    [
        ((4, 3), (4, 3), 1, "na,na->n"),
        ((4, 3), (4, 3), None, "na,na->n"),
        ((4, 3), (4, 3), 0, "an,an->n"),
        ((3, 4), (4, 3), (0, 1), "an,na->n"),
        ((4, 3), (3, 4), (1, 0), "na,an->n"),
        ((4, 2, 3), (4, 3, 5), None, "nia,naj->nij"),
        ((4, 2, 3), (4, 5, 3), 2, "nia,nja->nij"),
        ((4, 3, 2), (4, 3, 5), 1, "nai,naj->nij"),
        ((4, 3, 2), (4, 5, 3), (1, 2), "nai,nja->nij"),
        ((4, 2), (4, 3, 2), (1, 2), "na,nja->nj"),
        ((4, 2, 3), (4, 3), (2, 1), "nia,na->ni"),
        ((4, 2, 3), (4, 3), (-1, -1), "nia,na->ni"),
        ((4, 2, 3, 5), (4, 5, 6), None, "nija,nak->nijk"),
        ((4, 2, 3, 5), (4, 6, 3, 2), (2, 2), "niaj,nkal->nijkl"),
    ],
)
def test_batch_dot(K, a, b, axes, formula):
    x, y = RNG.uniform(-1, 1, a).astype("float32"), RNG.uniform(-1, 1, b).astype("float32")
    expected = np.einsum(formula, x, y)
    expected = expected[:, None] if expected.ndim == 1 else expected
    close(evaluate(K, lambda p, q: K.batch_dot(p, q, axes), x, y), expected)
    assert (
        static(K, lambda p, q: K.batch_dot(p, q, axes), (None, *a[1:]), (None, *b[1:]))[1:]
        == expected.shape[1:]
    )


@pytest.mark.parametrize("axes", [2, (1, 2, 3)])
def test_batch_dot_of_wrong_axes(K, axes):
    with pytest.raises(ValueError, match="batch_dot"):
        K.batch_dot(K.placeholder((None, 3)), K.placeholder((None, 3)), axes)


@pytest.mark.parametrize(
    ("a", "b", "axes"), [((4, 2, 3), (4, 3), (0, 1)), ((4, 3), (5, 3), 0), ((4, 3), (4, 3), (0, 1))]
)
def test_batch_dot_that_has_no_meaning(K, a, b, axes):
    with pytest.raises(ValueError, match="batch_dot"):
        K.batch_dot(K.placeholder(a), K.placeholder(b), axes)


# Dtypes


def test_numbers_take_the_dtype_of_the_tensor(K):
    x = K.placeholder((None, 3))
    results = [
        K.maximum(x, 0),
        K.minimum(np.float64(0.5), x),
        K.pow(x, 2),
        K.clip(x, 0, 1),
        K.dot(x, W.astype("float64")),
        K.relu(x, alpha=0.3),
        K.elu(x, 0.5),
        K.hard_sigmoid(x),
        K.softsign(x),
        K.mean(x, axis=0),
        K.var(x),
        K.std(x, axis=-1),
        K.sum(x),
        K.prod(x, axis=1),
        K.l2_normalize(x, 1),
        K.batch_flatten(x),
        K.binary_crossentropy(x, POSITIVE.astype("float64")),
        K.dropout(x, 0.5),
        K.categorical_crossentropy(x, x),
        K.sparse_categorical_crossentropy(x, np.zeros(4, "int64")),
        K.switch(K.greater(x, 0), x, 0),
        K.batch_normalization(x, K.mean(x, 0), K.var(x, 0), 0.0, 1.0),
        K.pad(x, ((0, 0), (1, 1))),
        K.sqrt(x),
    ]
    assert {K.dtype(result) for result in results} == {"float32"}


def test_integer_and_float_tensors_meet_in_the_float(K):
    integers = K.placeholder((None, 3), dtype="int32")
    assert K.dtype(K.maximum(integers, K.placeholder((None, 3)))) == "float32"
    assert K.dtype(K.concatenate([integers, K.placeholder((None, 3))])) == "float32"
    assert K.dtype(K.maximum(integers, 2)) == "int32"
    assert K.dtype(K.maximum(integers, 0.5)) == "float32"


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_float_types(K, dtype):
    before = config.floatx()
    config.set_floatx(dtype)
    try:
        x = K.variable(X)
        for result in (
            K.softmax(x),
            K.mean(x),
            K.sum(K.greater(x, 0)),
            K.one_hot(K.variable([1], "int32"), 3),
        ):
            assert K.dtype(result) == dtype == K.eval(result).dtype.name
    finally:
        config.set_floatx(before)


def test_reductions_of_booleans_and_integers(K):
    close(evaluate(K, K.mean, FLAGS), 1 / 3)
    close(evaluate(K, lambda x: K.sum(x, axis=1), FLAGS), [2, 0])
    assert evaluate(K, lambda x: K.sum(x, axis=1), FLAGS).dtype == "float32"
    close(evaluate(K, lambda x: K.mean(x, axis=-1), COUNTS), [2, 5])
    assert evaluate(K, K.sum, COUNTS).dtype == "int32"
    assert evaluate(K, lambda x: K.any(x, axis=1), FLAGS).tolist() == [True, False]
    assert evaluate(K, lambda x: K.all(x, axis=0, keepdims=True), FLAGS).tolist() == [[False, False, False]]
    assert evaluate(K, lambda x: K.any(x), X).dtype == "bool"
    assert evaluate(K, lambda x: K.max(x, axis=1), FLAGS).tolist() == [True, False]


def test_arg_of_extremes(K):
    tied = np.array([[1, 3, 3], [2, 0, 0]], dtype="float32")
    for name, expected in (("argmax", [1, 0]), ("argmin", [0, 1])):
        value = evaluate(K, getattr(K, name), tied)
        assert value.tolist() == expected
        assert value.dtype == "int64"
    assert evaluate(K, lambda x: K.argmax(x, axis=0), FLAGS).tolist() == [0, 0, 0]


def test_sizes_do_not_raise_the_dtype(K):
    x = K.placeholder((None, 3))
    assert K.dtype(x / K.cast(K.shape(x)[0], "float32")) == "float32"
    close(evaluate(K, lambda x: K.reshape(x, (K.shape(x)[0], 1, 3)), X), X[:, None])


# Elements


def test_clip(K):
    close(evaluate(K, lambda x: K.clip(x, -0.5, 0.5), X), X.clip(-0.5, 0.5))
    close(evaluate(K, lambda x: K.clip(x, 0.5, -0.5), X), np.full_like(X, 0.5))
    close(evaluate(K, lambda x: K.clip(x, None, 0.5), X), np.minimum(X, 0.5))
    close(evaluate(K, lambda x: K.clip(x, 0, None), X), np.maximum(X, 0))
    close(
        evaluate(K, lambda x, low: K.clip(x, low, 0.1), X, POSITIVE),
        np.maximum(POSITIVE, np.clip(X, None, 0.1)),
    )
    edge = np.array([-1, -0.5, 0, 0.5, 1], dtype="float32")
    close(gradient(K, lambda x: K.clip(x, -0.5, 0.5), edge), [0, 1, 1, 1, 0])


def test_sqrt_of_negative_numbers(K):
    x = np.array([-4, 0, 4, np.inf], dtype="float32")
    close(evaluate(K, K.sqrt, x), [0, 0, 2, np.inf])
    close(gradient(K, K.sqrt, x), [0, 0, 0.25, 0])


def test_distance_of_equal_points_has_a_gradient(K):
    distance = lambda x: K.sqrt(K.sum(K.square(x - x[::-1]), axis=1))  # noqa: E731
    assert np.isfinite(gradient(K, distance, np.ones((4, 3), "float32"))).all()


def test_round_halves_to_even(K):
    close(evaluate(K, K.round, np.array([-1.5, -0.5, 0.5, 1.5, 2.5], "float32")), [-2, 0, 0, 2, 2])


def test_comparisons(K):
    ours = [K.equal, K.not_equal, K.greater, K.greater_equal, K.lesser, K.lesser_equal]
    theirs = [np.equal, np.not_equal, np.greater, np.greater_equal, np.less, np.less_equal]
    for ours_, theirs_ in zip(ours, theirs, strict=True):
        value = evaluate(K, lambda x, ours_=ours_: ours_(x, 2), COUNTS)
        assert value.dtype == "bool"
        assert (value == theirs_(COUNTS, 2)).all()


def test_ties_share_or_choose_the_gradient_alike(K):
    tied = np.array([[1, 1, 0], [2, 1, 2]], dtype="float32")
    close(gradient(K, lambda x: K.max(x, axis=1), tied), [[0.5, 0.5, 0], [0.5, 0, 0.5]])
    close(gradient(K, lambda x: K.min(x, axis=-1, keepdims=True), tied), [[0, 0, 1], [0, 1, 0]])
    close(gradient(K, lambda x: K.max(x), tied), [[0, 0, 0], [0.5, 0, 0.5]])
    close(gradient(K, lambda x: K.maximum(x, 1), tied), [[1, 1, 0], [1, 1, 1]])
    close(gradient(K, lambda x: K.minimum(x, 1), tied), [[1, 1, 1], [0, 1, 0]])
    close(gradient(K, K.abs, np.array([-1, 0, 1], "float32")), [-1, 0, 1])


def test_prod_with_a_zero_has_a_gradient(K):
    close(gradient(K, lambda x: K.prod(x, axis=1), np.array([[2, 0, 3]], "float32")), [[0, 6, 0]])


# Shapes


@pytest.mark.parametrize(
    ("shape", "target", "expected"),
    [
        ((None, 3, 4), (-1, 12), (None, 12)),
        ((2, 3, 4), (-1, 4), (6, 4)),
        ((2, 3, 4), (6, None), (6, 4)),
        ((None, 3, 4), (None, 4, 3), (None, 4, 3)),
    ],
)
def test_reshape_keeps_known_sizes(K, shape, target, expected):
    assert static(K, lambda x: K.reshape(x, target), shape) == expected


def test_reshape_to_the_shape_of_another(K):
    close(evaluate(K, lambda x, y: K.reshape(x, K.shape(y)), X.reshape(3, 4), X), X)
    assert static(K, lambda x: K.reshape(x, K.shape(x)), (None, 3)) == (None, 3)


@pytest.mark.parametrize("target", [(-1, -1), (5, 5), (-1, 7)])
def test_reshape_to_a_wrong_shape(K, target):
    with pytest.raises(ValueError, match="reshape"):
        K.reshape(K.placeholder((4, 6)), target)


SHAPES = {
    "repeat_elements": (
        lambda K, x: K.repeat_elements(x, 2, -1),
        lambda x: np.repeat(x, 2, -1),
        (None, 3, 10),
    ),
    "repeat_rows": (lambda K, x: K.repeat_elements(x, 3, 0), lambda x: np.repeat(x, 3, 0), (None, 3, 5)),
    "tile": (lambda K, x: K.tile(x, (1, 2, 3)), lambda x: np.tile(x, (1, 2, 3)), (None, 6, 15)),
    "tile_last": (lambda K, x: K.tile(x, 2), lambda x: np.tile(x, 2), (None, 3, 10)),
    "tile_more": (lambda K, x: K.tile(x, [2, 1, 1, 1]), lambda x: np.tile(x, [2, 1, 1, 1]), (2, None, 3, 5)),
    "permute": (
        lambda K, x: K.permute_dimensions(x, (2, 0, -2)),
        lambda x: x.transpose(2, 0, 1),
        (5, None, 3),
    ),
    "transpose": (lambda K, x: K.transpose(x), lambda x: x.T, (5, 3, None)),
    "expand_dims": (lambda K, x: K.expand_dims(x), lambda x: x[..., None], (None, 3, 5, 1)),
    "expand_dims_1": (lambda K, x: K.expand_dims(x, 1), lambda x: x[:, None], (None, 1, 3, 5)),
    "squeeze": (lambda K, x: K.squeeze(x[:, :1], 1), lambda x: x[:, 0], (None, 5)),
    "squeeze_back": (lambda K, x: K.squeeze(x[..., :1], -1), lambda x: x[..., 0], (None, 3)),
    "concatenate": (lambda K, x: K.concatenate([x, x]), lambda x: np.concatenate([x, x], -1), (None, 3, 10)),
    "concatenate_1": (
        lambda K, x: K.concatenate([x, x, x], 1),
        lambda x: np.concatenate([x] * 3, 1),
        (None, 9, 5),
    ),
    "stack": (lambda K, x: K.stack([x, x]), lambda x: np.stack([x, x]), (2, None, 3, 5)),
    "flatten": (lambda K, x: K.flatten(x), np.ravel, (None,)),
    "batch_flatten": (lambda K, x: K.batch_flatten(x), lambda x: x.reshape(len(x), -1), (None, 15)),
    "reverse": (lambda K, x: K.reverse(x, 1), lambda x: x[:, ::-1], (None, 3, 5)),
    "reverse_two": (lambda K, x: K.reverse(x, [0, -1]), lambda x: x[::-1, :, ::-1], (None, 3, 5)),
    "zeros_like": (lambda K, x: K.zeros_like(x), np.zeros_like, (None, 3, 5)),
    "ones_like": (
        lambda K, x: K.ones_like(x, dtype="int32"),
        lambda x: np.ones(x.shape, "int32"),
        (None, 3, 5),
    ),
    "pad": (
        lambda K, x: K.pad(x, ((0, 0), (1, 2), (0, 1)), 7.0),
        lambda x: np.pad(x, ((0, 0), (1, 2), (0, 1)), constant_values=7),
        (None, 6, 6),
    ),
    "max": (lambda K, x: K.max(x, axis=[0, -1]), lambda x: x.max((0, 2)), (3,)),
    "mean": (
        lambda K, x: K.mean(x, axis=(1, 2), keepdims=True),
        lambda x: x.mean((1, 2), keepdims=True),
        (None, 1, 1),
    ),
    "softmax": (
        lambda K, x: K.softmax(x),
        lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
        (None, 3, 5),
    ),
}


@pytest.mark.parametrize("case", SHAPES)
def test_shapes(K, case):
    ours, theirs, expected = SHAPES[case]
    value = evaluate(K, lambda x: ours(K, x), X3)
    close(value, theirs(X3))
    assert static(K, lambda x: ours(K, x), (None, 3, 5)) == expected
    assert static(K, lambda x: ours(K, x), (4, 3, 5)) == value.shape


@pytest.mark.parametrize("name", ["expand_dims", "squeeze", "argmax", "sum"])
def test_an_axis_that_does_not_exist(K, name):
    with pytest.raises(ValueError, match=f"{name}: axis must be"):
        getattr(K, name)(K.placeholder((2, 3)), 4)


def test_gather(K):
    for indices in (
        np.array([2, 0], "int32"),
        np.array([[2, 0], [1, 1]], "int64"),
        np.array([3, 0], "float32"),
    ):
        close(evaluate(K, K.gather, X3, indices), X3[indices.astype(int)])
    index = np.array([[2, 0], [1, 1]], "int32")
    assert static(K, lambda x: K.gather(x, index), (9, 5)) == (2, 2, 5)
    assert K.int_shape(K.gather(K.variable(X), K.placeholder((None, 7), dtype="int32"))) == (None, 7, 3)
    close(gradient(K, lambda x: K.gather(x, index), X), [[1, 1, 1], [2, 2, 2], [1, 1, 1], [0, 0, 0]])


def test_one_hot(K):
    value = evaluate(K, lambda x: K.one_hot(x, 3), np.array([[0, 2], [1, 5], [-1, 2]], "int32"))
    close(value, [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 1]]])
    assert value.dtype == "float32"


def test_arange(K):
    for arguments in ((5,), (2, 7), (2, 9, 3), (-3,), (5, 2), (5, 0, -2)):
        value = K.arange(*arguments)
        assert K.dtype(value) == "int32"
        assert K.int_shape(value) == np.arange(*arguments).shape
        assert K.eval(value).tolist() == np.arange(*arguments).tolist()
    assert K.dtype(K.arange(3, dtype="float32")) == "float32"
    assert evaluate(K, lambda x: K.arange(K.shape(x)[0]), X).tolist() == [0, 1, 2, 3]
    assert evaluate(K, lambda x: K.arange(1, K.shape(x)[0]), X).tolist() == [1, 2, 3]


# Networks


def test_relu(K):
    edge = np.array([-2, 0, 0.5, 3], dtype="float32")
    close(evaluate(K, K.relu, edge), [0, 0, 0.5, 3])
    close(gradient(K, K.relu, edge), [0, 0, 1, 1])
    close(evaluate(K, lambda x: K.relu(x, alpha=0.1), edge), [-0.2, 0, 0.5, 3])
    close(gradient(K, lambda x: K.relu(x, alpha=0.1), edge), [0.1, 0.1, 1, 1])
    close(evaluate(K, lambda x: K.relu(x, max_value=1), edge), [0, 0, 0.5, 1])
    close(gradient(K, lambda x: K.relu(x, max_value=1), edge), [0, 0, 1, 0])
    close(evaluate(K, lambda x: K.relu(x, alpha=0.1, max_value=1), edge), [-0.2, 0, 0.5, 1])
    slopes = np.array([0.1, 0.2, 0.3, 0.4], dtype="float32")
    close(evaluate(K, lambda x, a: K.relu(x, alpha=a), edge, slopes, unknown=False), [-0.2, 0, 0.5, 3])


def test_relu_of_double_precision(K):
    x = np.array([-3.0, 2.0])
    close(evaluate(K, lambda x: K.relu(x, alpha=0.3), x), [-0.9, 2], rtol=1e-14)


def test_elu(K):
    edge = np.array([-2, 0, 3, 200], dtype="float32")
    close(evaluate(K, K.elu, edge), [np.expm1(-2), 0, 3, 200])
    close(gradient(K, K.elu, edge), [np.exp(-2), 1, 1, 1])
    close(evaluate(K, lambda x: K.elu(x, 0.5), edge), [0.5 * np.expm1(-2), 0, 3, 200])
    close(gradient(K, lambda x: K.elu(x, 0.5), edge), [0.5 * np.exp(-2), 0.5, 1, 1])


def test_saturating_activations(K):
    far = np.array([-1000, -30, 0, 30, 1000], dtype="float32")
    close(evaluate(K, K.sigmoid, far), [0, 9.357623e-14, 0.5, 1, 1], rtol=1e-4, atol=0)
    close(evaluate(K, K.softplus, far), [0, 9.357623e-14, np.log(2), 30, 1000], rtol=1e-4, atol=0)
    close(gradient(K, K.softplus, far), [0, 9.357623e-14, 0.5, 1, 1], rtol=1e-4, atol=0)
    close(evaluate(K, K.hard_sigmoid, far), [0, 0, 0.5, 1, 1])
    assert np.isfinite(evaluate(K, K.softmax, np.array([[1000, -1000, 0]], "float32"))).all()


def crossentropy(output, target):
    output = output / output.sum(-1, keepdims=True)
    return -(target * np.log(output.clip(1e-7, 1 - 1e-7))).sum(-1)


def test_categorical_crossentropy(K):
    target = POSITIVE[::-1].copy()
    close(evaluate(K, K.categorical_crossentropy, POSITIVE, target), crossentropy(POSITIVE, target))
    softmax = np.exp(X) / np.exp(X).sum(-1, keepdims=True)
    logits = evaluate(K, lambda x, t: K.categorical_crossentropy(x, t, from_logits=True), X, target)
    close(logits, -(target * np.log(softmax)).sum(-1))
    slope = gradient(K, lambda x: K.categorical_crossentropy(x, target, from_logits=True), X)
    close(slope, target.sum(-1, keepdims=True) * softmax - target)


def test_crossentropies_at_0_and_1(K):
    sure = np.array([[1, 0, 0], [0, 1, 0]], dtype="float32")
    wrong = sure[::-1].copy()
    for output in (sure, wrong):
        assert np.isfinite(evaluate(K, K.categorical_crossentropy, output, sure)).all()
        assert np.isfinite(gradient(K, lambda x: K.categorical_crossentropy(x, sure), output)).all()
        assert np.isfinite(evaluate(K, K.binary_crossentropy, output, sure)).all()
        assert np.isfinite(gradient(K, lambda x: K.binary_crossentropy(x, sure), output)).all()
    close(evaluate(K, K.categorical_crossentropy, wrong, sure), [-np.log(1e-7)] * 2, rtol=1e-4)


def test_binary_crossentropy(K):
    target = np.array([[0, 1, 0.3]] * 4, dtype="float32")
    output = POSITIVE.clip(0, 0.99)
    expected = -(target * np.log(output) + (1 - target) * np.log(1 - output))
    close(evaluate(K, K.binary_crossentropy, output, target), expected)
    logits = np.log(output / (1 - output))
    close(
        evaluate(K, lambda x, t: K.binary_crossentropy(x, t, from_logits=True), logits, target),
        expected,
        1e-4,
    )
    far = np.array([[-1000, 0, 1000]], dtype="float32")
    slope = gradient(K, lambda x: K.binary_crossentropy(x, target[:1], from_logits=True), far)
    close(slope, [[0, -0.5, 0.7]])


@pytest.mark.parametrize("kind", ["int32", "float32"])
def test_sparse_categorical_crossentropy(K, kind):
    classes = np.array([2, 0, 1, 1])
    expected = -np.log((POSITIVE / POSITIVE.sum(-1, keepdims=True))[range(4), classes])
    for target in (classes, classes[:, None]):
        close(evaluate(K, K.sparse_categorical_crossentropy, POSITIVE, target.astype(kind)), expected)
    logits = evaluate(
        K,
        lambda x, t: K.sparse_categorical_crossentropy(x, t, from_logits=True),
        np.log(POSITIVE),
        classes.astype(kind),
    )
    close(logits, expected)
    steps, labels = np.abs(X3) / 3 + 0.1, RNG.randint(0, 5, (4, 3)).astype(kind)
    scaled = steps / steps.sum(-1, keepdims=True)
    picked = np.take_along_axis(scaled, labels.astype(int)[..., None], -1)[..., 0]
    close(evaluate(K, K.sparse_categorical_crossentropy, steps, labels), -np.log(picked))
    close(evaluate(K, K.sparse_categorical_crossentropy, steps, labels[..., None]), -np.log(picked))


def test_in_top_k(K):
    scores = np.array([[0.1, 0.5, 0.5, 0.2], [0.4, 0.1, 0.2, 0.3], [0.1, np.nan, 0, 1]], dtype="float32")
    for classes, k, expected in (
        ([2, 3, 3], 1, [True, False, False]),
        ([3, 3, 3], 2, [False, True, False]),
        ([7, -1, 0], 4, [False, False, False]),
    ):
        value = evaluate(K, lambda p, t, k=k: K.in_top_k(p, t, k), scores, np.array(classes, "int32"))
        assert value.tolist() == expected


def test_l2_normalize_of_zeros(K):
    rows = np.array([[3, 4], [0, 0]], dtype="float32")
    close(evaluate(K, lambda x: K.l2_normalize(x, -1), rows), [[0.6, 0.8], [0, 0]])
    assert np.isfinite(gradient(K, lambda x: K.l2_normalize(x, -1), rows)).all()


def test_normalize_batch_in_training(K):
    for axes in ([0], [0, 1], [0, -1]):
        rest = tuple(axis for axis in range(3) if axis not in [axis % 3 for axis in axes])
        shape = tuple(X3.shape[axis] for axis in rest)
        gamma, beta = RNG.uniform(0.5, 1, shape).astype("float32"), RNG.uniform(size=shape).astype("float32")
        x = K.placeholder((None, 3, 5))
        outputs = K.normalize_batch_in_training(x, K.variable(gamma), K.variable(beta), axes)
        normal, mean, var = K.function([x], list(outputs))([X3])
        over = tuple(axis % 3 for axis in axes)
        wide = [slice(None) if axis in rest else None for axis in range(3)]
        close(mean, X3.mean(over))
        close(var, X3.var(over))
        deviation = (X3 - X3.mean(over, keepdims=True)) / np.sqrt(X3.var(over, keepdims=True) + 1e-3)
        close(normal, deviation * gamma[tuple(wide)] + beta[tuple(wide)], 1e-4, 1e-5)


# Random


def test_random_tensors(K):
    for build, mean, std in (
        (lambda: K.random_uniform((200, 100), -1, 3, seed=1), 1, 4 / 12**0.5),
        (lambda: K.random_normal((200, 100), 2, 0.5, seed=1), 2, 0.5),
        (lambda: K.random_binomial((200, 100), 0.3, seed=1), 0.3, 0.21**0.5),
    ):
        tensor = build()
        assert K.int_shape(tensor) == (200, 100)
        value = K.eval(tensor)
        assert value.dtype == "float32"
        assert abs(value.mean() - mean) < 0.05
        assert abs(value.std() - std) < 0.05
        draw = K.function([], [tensor])
        assert (draw([])[0] != draw([])[0]).any()


def test_random_shapes_from_data(K):
    value = evaluate(K, lambda x: K.random_uniform((K.shape(x)[0], 3)), X)
    assert value.shape == (4, 3)
    assert static(K, lambda x: K.random_uniform((K.shape(x)[0], 3)), (None, 2)) == (None, 3)
    assert static(K, lambda x: K.random_normal(K.shape(x)), (None, 2)) == (None, 2)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32"])
def test_random_dtypes(K, dtype):
    value = K.eval(K.random_uniform((50,), 0, 10, dtype=dtype))
    assert value.dtype == dtype
    assert value.min() >= 0
    assert value.max() <= 10


def test_dropout(K):
    ones = np.ones((100, 50), dtype="float32")
    value = evaluate(K, lambda x: K.dropout(x, 0.2), ones)
    close(np.unique(value), [0, 1.25])
    assert abs((value == 0).mean() - 0.2) < 0.03
    rows = evaluate(K, lambda x: K.dropout(x, 0.5, noise_shape=(K.shape(x)[0], 1)), ones)
    assert (rows == rows[:, :1]).all()
    assert 0 < rows.mean() < 2
    close(evaluate(K, lambda x: K.dropout(x, 0.0), ones), ones)
    odd = evaluate(K, lambda x: K.dropout(x, 0.5, seed=1), ones[:3, :3])
    close(np.unique(odd), [0, 2])
    for level in (1.0, -0.1, 2):
        with pytest.raises(ValueError, match="level"):
            K.dropout(K.placeholder((2,)), level)


def test_dropout_masks_are_random(K):
    x = K.placeholder((None, 64))
    draw = K.function([x], [K.dropout(x, 0.25, seed=3), K.dropout(x, 0.25, seed=4)])
    ones = np.ones((64, 64), dtype="float32")
    masks = np.array([value for _ in range(40) for value in draw([ones])]) > 0
    assert abs(masks.mean() - 0.75) < 0.005
    assert abs(masks.mean(axis=(0, 1)) - 0.75).max() < 0.05  # no column, row or draw differs from the others
    assert abs(masks.mean(axis=(0, 2)) - 0.75).max() < 0.05
    assert abs(masks.mean(axis=(1, 2)) - 0.75).max() < 0.05
    deviation = masks.reshape(80, -1) - 0.75
    correlation = deviation @ deviation.T / deviation.shape[1] / (0.75 * 0.25)
    assert abs(correlation - np.eye(80)).max() < 0.1  # nor do two draws resemble each other
    for lag in range(1, 9):
        assert abs((deviation[:, lag:] * deviation[:, :-lag]).mean()) < 0.005


def test_dropout_gradient_follows_the_mask(K):
    x = K.placeholder((None, 50))
    dropped = K.dropout(x, 0.5)
    ones = np.ones((20, 50), dtype="float32")
    value, slope = K.function([x], [dropped, *K.gradients(K.sum(dropped), [x])])([ones])
    close(value, slope)


# Control


def test_switch(K):
    for scalar in (0, 1):
        chosen = X if scalar else -X
        flag = np.array(scalar, dtype="uint8")
        close(evaluate(K, lambda c, x: K.switch(c, x, -x), flag, X), chosen)
        close(evaluate(K, lambda c, x: K.switch(c, lambda: x, lambda: -x), flag, X), chosen)
    close(evaluate(K, lambda x: K.switch(K.greater(x, 0), x, K.zeros_like(x)), X), np.maximum(X, 0))
    rows = np.array([1, 0, 1, 0], dtype="int32")
    close(evaluate(K, lambda c, x: K.switch(c, x, -x), rows, X3), np.where(rows[:, None, None], X3, -X3))


def test_switch_has_gradients(K):
    flag = K.variable(1, dtype="int32")
    close(gradient(K, lambda x: K.switch(flag, lambda: K.square(x), lambda: x), X), 2 * X)
    close(gradient(K, lambda x: K.switch(flag, K.square(x), x), X), 2 * X)
    close(gradient(K, lambda x: K.switch(K.greater(x, 0), K.square(x), -x), X), np.where(X > 0, 2 * X, -1))


def test_folds(K):
    minus = lambda total, x: total - 2 * x  # noqa: E731
    left, right = X[0].copy(), X[-1].copy()
    for row in X[1:]:
        left = minus(left, row)
    for row in X[-2::-1]:
        right = minus(right, row)
    for unknown in (True, False):
        close(evaluate(K, lambda x: K.foldl(minus, x), X, unknown=unknown), left)
        close(evaluate(K, lambda x: K.foldr(minus, x), X, unknown=unknown), right)
        close(evaluate(K, lambda x: K.foldl(minus, x), X[:1], unknown=unknown), X[0])
        total = evaluate(K, lambda x: K.foldl(lambda a, b: a + K.sum(b), x, 1.0), X, unknown=unknown)
        close(total, 1 + X.sum(), 1e-4)
    close(gradient(K, lambda x: K.foldl(minus, x), X[:1]), [[1] * 3])
    close(gradient(K, lambda x: K.foldl(minus, x), X), [[1] * 3, [-2] * 3, [-2] * 3, [-2] * 3])


def test_map_fn(K):
    close(evaluate(K, lambda x: K.map_fn(lambda row: K.sum(row) + row, x), X), X.sum(1, keepdims=True) + X)
    pair = evaluate(K, lambda x, y: K.map_fn(lambda a, b: K.dot(a, K.transpose(b)), [x, y]), X3, X3)
    close(pair, np.einsum("nij,nkj->nik", X3, X3), 1e-4)
    assert evaluate(K, lambda x: K.map_fn(lambda row: K.argmax(row), x), X).tolist() == X.argmax(1).tolist()
    close(gradient(K, lambda x: K.map_fn(lambda row: K.square(row), x), X), 2 * X)


def test_stop_gradient(K):
    close(gradient(K, lambda x: x * K.stop_gradient(x), X), X)
    both = K.stop_gradient([K.variable(X), K.variable(W)])
    close(K.eval(both[1]), W)
    x = K.variable(X)
    assert K.gradients(K.sum(K.stop_gradient(x)), [x]) == [None]


def test_print_tensor(K, capfd):
    close(evaluate(K, lambda x: K.print_tensor(x, message="row sums:") + 1, X), X + 1)
    assert "row sums:" in capfd.readouterr().out
