"""Connectionist temporal classification beyond the kit: training, wide data, engines, bad input."""

from __future__ import annotations

import numpy as np
import pytest

from polykeras.backends import registry
from polykeras.testing import oracle
from polykeras.testing.plugin import ENGINES, fresh

RNG = np.random.RandomState(3)
needs_both = pytest.mark.skipif(
    not all(map(registry.engine_installed, ENGINES)), reason="compares the two engines"
)


def softmax(*shape, sharp=1.0, seed=0):
    logits = sharp * np.random.RandomState(seed).normal(size=shape)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


class Batch:
    """Samples of all lengths, with placeholders for them."""

    def __init__(self, K, samples=6, steps=12, classes=5, labels=4, dtype="float32"):
        self.predictions = softmax(samples, steps, classes).astype(dtype)
        random = np.random.RandomState(1)
        self.labels = random.randint(0, classes - 1, (samples, labels))
        self.frames = random.randint(2 * labels, steps + 1, (samples, 1))
        self.counts = random.randint(1, labels + 1, (samples, 1))
        self.inputs = [
            K.placeholder((None, None), dtype="float32"),
            K.placeholder((None, None, classes), dtype=dtype),
            K.placeholder((None, 1), dtype="int64"),
            K.placeholder((None, 1), dtype="int64"),
        ]
        self.cost = K.ctc_batch_cost(*self.inputs)
        (self.slope,) = K.gradients(K.sum(K.switch(self.cost < 1e30, self.cost, 0)), [self.inputs[1]])
        self.run = K.function(self.inputs, [self.cost, self.slope])

    def __call__(self, **changed):
        values = {**vars(self), **changed}
        return self.run([values[name] for name in ("labels", "predictions", "frames", "counts")])


def test_shapes_and_dtypes(K):
    batch = Batch(K, dtype="float64")
    assert K.int_shape(batch.cost) == (None, 1)
    assert K.dtype(batch.cost) == "float64"
    cost, slope = batch()
    assert cost.shape == (6, 1) and cost.dtype == slope.dtype == "float64"
    assert np.isfinite(cost).all() and (cost > 0).all()


def test_half_precision(K):
    y_pred = softmax(2, 4, 3).astype("float16")
    arrays = [np.array([[0, 1], [1, 1]]), y_pred, np.array([[4], [3]]), np.array([[2], [2]])]
    inputs = [K.placeholder(array.shape, dtype=array.dtype.name) for array in arrays]
    cost = K.ctc_batch_cost(*inputs)
    labels, scores = K.ctc_decode(inputs[1], inputs[2], greedy=False, beam_width=9)
    assert K.dtype(cost) == K.dtype(scores) == "float16"
    values = K.function(inputs, [cost, labels[0], scores])(arrays)
    np.testing.assert_allclose(values[0], oracle.ctc_batch_cost(*arrays), rtol=5e-3)
    (wanted,), likelihoods = oracle.ctc_decode(y_pred.astype(float), arrays[2], greedy=False)
    np.testing.assert_array_equal(values[1], wanted)
    np.testing.assert_allclose(values[2], likelihoods, rtol=5e-3)


def test_padding_has_no_influence(K):
    batch = Batch(K)
    wanted = batch()
    labels, predictions = batch.labels.copy(), batch.predictions.copy()
    for sample in range(len(labels)):
        labels[sample, batch.counts[sample, 0] :] = 77
        predictions[sample, batch.frames[sample, 0] :] = 0.125
    cost, slope = batch(labels=labels, predictions=predictions)
    np.testing.assert_array_equal(cost, wanted[0])
    np.testing.assert_array_equal(slope, wanted[1])
    for sample, frames in enumerate(batch.frames[:, 0]):
        assert not slope[sample, frames:].any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_impossible_samples_leave_the_others_alone(K, dtype):
    batch = Batch(K, dtype=dtype)
    usual = batch()
    frames, counts = batch.frames.copy(), batch.counts.copy()
    frames[0], counts[0] = 1, 4  # too long
    batch.labels[1], frames[1], counts[1] = 2, 6, 4  # too long by the blanks between equal labels
    frames[2], counts[2] = 0, 1
    counts[3] = 0  # no labels: nothing but blanks
    cost, slope = batch(frames=frames, counts=counts)
    assert np.isposinf(cost[:3]).all() and not slope[:3].any()
    blanks = batch.predictions[3, : frames[3, 0], -1]
    np.testing.assert_allclose(cost[3], -np.log(blanks.astype(float)).sum(), rtol=1e-5)
    assert np.isfinite(slope).all() and slope[3].any()
    np.testing.assert_allclose(cost[4:], usual[0][4:], rtol=1e-6)
    np.testing.assert_allclose(slope[4:], usual[1][4:], rtol=1e-5, atol=1e-6)
    batch.labels[1, 1:] = [1, 2, 1]
    assert np.isfinite(batch(frames=frames, counts=counts)[0][1]).all()


@pytest.mark.parametrize("samples", [0, 2])
@pytest.mark.parametrize("steps", [0, 3])
def test_no_samples_and_no_time(K, samples, steps):
    batch = Batch(K)
    y_pred, lengths = np.full((samples, steps, 5), 0.2), np.full((samples, 1), steps)
    nothing = {"labels": np.zeros((samples, 0)), "counts": 0 * lengths}
    cost, slope = batch(predictions=y_pred, frames=lengths, **nothing)
    np.testing.assert_allclose(cost, np.full((samples, 1), steps * np.log(5)), rtol=1e-6)
    assert slope.shape == y_pred.shape
    for greedy in (True, False):
        (labels,), scores = K.ctc_decode(batch.inputs[1], batch.inputs[2], greedy=greedy)
        values = K.function(batch.inputs[1:3], [labels, scores])([y_pred, lengths])
        assert len(values[0]) == samples and values[1].shape == (samples, 1)


def test_long_labels_of_a_network_that_is_sure_of_blanks(K):
    """Likelihoods far below the smallest float, where every path is nearly impossible."""
    steps, count = 300, 120
    predictions = np.full((1, steps, 4), 1e-7, "float32")
    predictions[..., -1] = 1
    y_true = np.arange(count)[None] % 3
    batch = Batch(K, classes=4)
    lengths = {"frames": np.array([[steps]]), "counts": np.array([[count]])}
    cost, slope = batch(labels=y_true, predictions=predictions, **lengths)
    # Blanks cost nothing; each label once is by far the most likely: choose(300, 120) paths at least.
    cheapest = count * -np.log(1.1e-7 / (1 + 4e-7))
    assert 0.85 * cheapest < cost[0, 0] < cheapest
    assert np.isfinite(slope).all() and slope[..., :3].min() < -1e5


@needs_both
@pytest.mark.parametrize("sharp", [0.5, 2.0, 6.0])
def test_costs_of_wide_data_on_both_engines(sharp):
    results = []
    for name in ENGINES:
        with fresh(name) as K:
            batch = Batch(K, samples=8, steps=40, classes=20, labels=12)
            results.append(batch(predictions=softmax(8, 40, 20, sharp=sharp).astype("float32")))
    (one, one_slope), (two, two_slope) = results
    np.testing.assert_allclose(one, two, rtol=1e-5)
    np.testing.assert_allclose(one_slope, two_slope, rtol=2e-3, atol=1e-5 * np.abs(two_slope).max())


@needs_both
@pytest.mark.parametrize("width", [1, 2, 3, 5, 10, 100])
@pytest.mark.parametrize("sharp", [0.3, 1.0, 3.0])
def test_beams_of_all_widths_on_both_engines(width, sharp):
    """A narrow beam loses paths; both engines lose the same ones."""
    paths = min(width, 3)
    y_pred = softmax(8, 14, 6, sharp=sharp, seed=width).astype("float32")
    frames = np.array([14, 14, 14, 13, 9, 6, 3, 2])
    results = []
    for name in ENGINES:
        with fresh(name) as K:
            x, lengths = K.placeholder((None, None, 6)), K.placeholder((None,), dtype="int32")
            labels, scores = K.ctc_decode(x, lengths, greedy=False, beam_width=width, top_paths=paths)
            assert len(labels) == paths and K.int_shape(scores) == (None, paths)
            results.append(K.function([x, lengths], [*labels, scores])([y_pred, frames]))
    for one, two in zip(*results, strict=True):
        assert one.dtype == two.dtype
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("greedy", [True, False])
def test_numpy_arrays(K, greedy):
    """As in programs that decode what `predict` has given."""
    y_pred = softmax(3, 6, 4)
    (labels,), scores = K.ctc_decode(y_pred, np.ones(3) * 6, greedy=greedy)
    (wanted,), figures = oracle.ctc_decode(y_pred, np.full(3, 6), greedy=greedy)
    np.testing.assert_array_equal(K.eval(labels), wanted)
    np.testing.assert_allclose(K.eval(scores), figures, rtol=1e-5)
    arrays = [np.array([[0, 1]]), y_pred[:1], np.array([[6]]), np.array([[2]])]
    np.testing.assert_allclose(K.eval(K.ctc_batch_cost(*arrays)), oracle.ctc_batch_cost(*arrays), rtol=1e-5)


def test_a_sure_network_ties(K):
    """Equal scores: the lower class is the better one."""
    y_pred = np.full((1, 3, 4), 0.25, "float32")
    (labels,), _ = K.ctc_decode(y_pred, [3])
    np.testing.assert_array_equal(K.eval(labels), [[0]])


def test_zeros_are_labels(K):
    labels = K.placeholder((None, 3), dtype="int32")
    lengths = K.placeholder((None, 1), dtype="int32")
    result = K.ctc_label_dense_to_sparse(labels, lengths)
    assert K.is_sparse(result) and K.dtype(result) == "int32"
    matrix = K.function([labels, lengths], [result])([[[0, 2, 0], [0, 0, 5]], [[3], [1]]])[0]
    assert matrix.shape == (2, 3) and matrix.nnz == 4
    rows, columns = matrix.tocoo().coords
    assert list(zip(rows, columns, strict=True)) == [(0, 0), (0, 1), (0, 2), (1, 0)]
    assert matrix.data.tolist() == [0, 2, 0, 0]


def test_two_ways_to_the_cost_of_a_sequence(K):
    """`ctc_cost`, `ctc_path_probs` summed over the states at any time, and the cost of what both smooth."""
    predict, Y = K.variable(softmax(6, 4)), K.variable([1, 1, 0], dtype="int32")
    cost = K.ctc_cost(predict, Y)
    log_probs, reached = K.ctc_path_probs(predict, K.ctc_interleave_blanks(Y))
    value, paths, mask, slope, slope_of_paths = K.function(
        [],
        [
            cost,
            log_probs,
            reached,
            *K.gradients(cost, [predict]),
            *K.gradients(-K.log(K.sum(K.exp(log_probs[2]))), [predict]),
        ],
    )([])
    assert mask.any(axis=1).all() and np.isneginf(paths[~mask]).all()
    np.testing.assert_allclose(-np.log(np.exp(paths).sum(axis=1)), np.full(6, value), rtol=1e-5)
    np.testing.assert_allclose(slope_of_paths, slope, rtol=1e-4, atol=1e-5)
    smooth = (1 - 1e-4) * softmax(6, 4) + 1e-4 / 7
    arrays = [np.array([[1, 1, 0]]), smooth[None], np.array([6]), np.array([3])]
    np.testing.assert_allclose(
        value, oracle.ctc_batch_cost(*arrays) - np.log(smooth.sum(axis=1)).sum(), rtol=1e-5
    )


def test_the_steps_by_hand(K):
    """`ctc_update_log_p` from step to step ends at the likelihood."""
    probabilities = softmax(5, 4)
    Y = K.ctc_interleave_blanks(K.variable([2, 0], dtype="int32"))
    skips = K.ctc_create_skip_idxs(Y)
    emitted = np.log(probabilities[:, [3, 2, 3, 0, 3]]).astype("float32")
    zeros = K.variable(np.zeros(5))
    active, paths = K.constant(1, dtype="int32"), zeros
    for row in emitted:
        active, paths = K.ctc_update_log_p(skips, zeros, active, K.variable(row), paths)
    assert K.eval(active) == 5
    likelihood = np.exp(K.eval(paths)[-2:]).sum()
    wanted = oracle.ctc_batch_cost(np.array([[2, 0]]), probabilities[None], np.array([5]), np.array([2]))
    np.testing.assert_allclose(-np.log(likelihood), wanted[0, 0], rtol=1e-4)


def test_second_derivatives_are_refused(K):
    batch = Batch(K)
    with pytest.raises((NotImplementedError, LookupError), match="second"):
        again = K.gradients(K.sum(K.square(batch.slope)), [batch.inputs[1]])
        K.function(batch.inputs, again)([batch.labels, batch.predictions, batch.frames, batch.counts])


# Training, as programs of Keras 1 did it: the cost is the output of a Lambda.


def spoken(samples, generator):
    """Sequences of three labels out of three, each heard for two or three time steps, with noise."""
    labels = generator.randint(0, 3, (samples, 3))
    heard = generator.normal(scale=0.2, size=(samples, 12, 4))
    frames = np.zeros((samples, 1), "int64")
    for sample in range(samples):
        time = 0
        for label in labels[sample]:
            heard[sample, time, 3] += 1  # silence first
            stay = generator.randint(2, 4)
            heard[sample, time + 1 : time + stay, label] += 1
            time += stay
        frames[sample] = time
    return labels, heard.astype("float32"), frames, np.full((samples, 1), 3)


def test_training_and_decoding(K):
    from polykeras.layers import Dense, Input, Lambda, TimeDistributed
    from polykeras.models import Model
    from polykeras.optimizers import Adam

    labels, heard, frames, counts = spoken(64, np.random.RandomState(5))
    x = Input(shape=(12, 4), name="heard")
    y_pred = TimeDistributed(Dense(4, activation="softmax"))(TimeDistributed(Dense(12, activation="tanh"))(x))
    rest = [Input(shape=(3,), name="labels")]
    rest += [Input(shape=(1,), dtype="int64", name=name) for name in ("frames", "counts")]

    def cost(arguments):
        predictions, y_true, input_length, label_length = arguments
        return K.ctc_batch_cost(y_true, predictions, input_length, label_length)

    loss = Lambda(cost, output_shape=(1,), name="ctc")([y_pred, *rest])
    model = Model(input=[x, *rest], output=[loss])
    model.compile(loss={"ctc": lambda y_true, y_pred: y_pred}, optimizer=Adam(lr=0.03))
    inputs = {"heard": heard, "labels": labels, "frames": frames, "counts": counts}
    history = model.fit(inputs, {"ctc": np.zeros(64)}, batch_size=16, nb_epoch=25, verbose=0)
    losses = history.history["loss"]
    assert losses[-1] < 0.2 * losses[0]

    decode = K.function([x, rest[1]], [K.ctc_decode(y_pred, rest[1])[0][0]])
    (found,) = decode([heard, frames])
    right = [row[row >= 0].tolist() == wanted.tolist() for row, wanted in zip(found, labels, strict=True)]
    assert np.mean(right) > 0.9


def test_compiled_as_interpreted():
    """PyTensor's operations by Numba: costs, derivatives, decoding, sparse labels; errors too."""
    pytest.importorskip("pytensor")
    pytest.importorskip("numba")
    results = []
    for mode in ("interpret", "compile"):
        with fresh("pytensor") as K:
            before = K.adapter().execution_mode()
            K.adapter().set_execution_mode(mode)
            try:
                batch = Batch(K)
                _, x, frames, _ = batch.inputs
                greedy, beam = (
                    K.ctc_decode(x, frames, greedy=True),
                    K.ctc_decode(x, frames, greedy=False, beam_width=6, top_paths=2),
                )
                held = K.to_dense(K.ctc_label_dense_to_sparse(batch.inputs[0], batch.inputs[3]))
                outputs = [batch.cost, batch.slope, held, *greedy[0], greedy[1], *beam[0], beam[1]]
                f = K.function(batch.inputs, outputs)
                values = [batch.labels, batch.predictions, batch.frames, batch.counts]
                batch.frames[0], batch.counts[1] = 1, 0
                results.append(f(values))
                with pytest.raises(ValueError, match=r"from 0 to 3 .*got 9 for sample 2"):
                    f([np.where(np.arange(6)[:, None] == 2, 9, batch.labels), *values[1:]])
                with pytest.raises(
                    ValueError, match="input_length must be from 0 to 12, got 13 for sample 0"
                ):
                    f([*values[:2], batch.frames * 0 + 13, batch.counts])
            finally:
                K.adapter().set_execution_mode(before)
    for one, two in zip(*results, strict=True):
        assert one.dtype == two.dtype
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


# Bad input


def tensors(K):
    return [K.placeholder(shape) for shape in ((None, 3), (None, 8, 5), (None, 1), (None, 1))]


@pytest.mark.parametrize(
    ("which", "shape", "message"),
    [
        (0, (None,), r"y_true must have 2 axes, \(samples, labels\), got 1"),
        (1, (None, 5), r"y_pred must have 3 axes, \(samples, time, classes\), got 2"),
        (2, (None, 2), r"input_length must have the shape \(samples, 1\)"),
        (3, (None, 1, 1), r"label_length must have the shape \(samples, 1\)"),
    ],
)
def test_axes_of_the_cost(K, which, shape, message):
    arguments = tensors(K)
    arguments[which] = K.placeholder(shape)
    with pytest.raises(ValueError, match=f"ctc_batch_cost: {message}"):
        K.ctc_batch_cost(*arguments)


def test_numbers_of_samples(K):
    arguments = [
        K.placeholder((size, *shape)) for size, shape in ((4, (3,)), (4, (8, 5)), (3, (1,)), (4, (1,)))
    ]
    with pytest.raises(ValueError, match="as many samples as one another, got 4, 4, 3, 4"):
        K.ctc_batch_cost(*arguments)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"beam_width": 3, "top_paths": 4}, ValueError, "top_paths must be at most beam_width, 3, got 4"),
        ({"top_paths": 0}, ValueError, "top_paths must be at least 1, got 0"),
        ({"beam_width": 0}, ValueError, "beam_width must be at least 1, got 0"),
        ({"beam_width": 2.5}, TypeError, "beam_width must be an integer, got 2.5"),
    ],
)
def test_options_of_decoding(K, options, error, message):
    with pytest.raises(error, match=f"ctc_decode: {message}"):
        K.ctc_decode(K.placeholder((None, 8, 5)), K.placeholder((None,)), greedy=False, **options)


def test_axes_elsewhere(K):
    matrix, vector = K.placeholder((None, 3)), K.placeholder((None,))
    for operation, arguments, name in (
        ("ctc_decode", (matrix, vector), "y_pred"),
        ("ctc_label_dense_to_sparse", (vector, vector), "labels"),
        ("ctc_interleave_blanks", (matrix,), "Y"),
        ("ctc_create_skip_idxs", (matrix,), "Y"),
        ("ctc_path_probs", (vector, vector), "predict"),
        ("ctc_cost", (matrix, matrix), "Y"),
    ):
        with pytest.raises(ValueError, match=f"{operation}: {name} must have . ax"):
            getattr(K, operation)(*arguments)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": np.full((6, 4), 4)}, "a label must be a class"),  # the blank
        ({"labels": np.full((6, 4), -1)}, "a label must be a class"),
        ({"frames": np.full((6, 1), 13)}, "input_length must be from 0 to"),
        ({"frames": np.full((6, 1), -1)}, "input_length must be from 0 to"),
        ({"counts": np.full((6, 1), 5)}, "label_length must be from 0 to"),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_data_that_fit_no_axis(K, changed, message, dtype):
    batch = Batch(K, dtype=dtype)
    with pytest.raises(Exception, match=f"ctc_batch_cost: {message}"):
        batch(**changed)
    assert np.isfinite(batch()[0]).all()


@pytest.mark.parametrize("greedy", [True, False])
def test_lengths_that_fit_no_time(K, greedy):
    x, frames = K.placeholder((None, 4, 3)), K.placeholder((None,), dtype="int32")
    f = K.function([x, frames], [K.ctc_decode(x, frames, greedy=greedy)[1]])
    for wrong in (5, -1):
        with pytest.raises(Exception, match="ctc_decode: input_length must be from 0 to"):
            f([softmax(2, 4, 3), [4, wrong]])


def test_more_paths_than_labellings(K):
    x, frames = K.placeholder((None, 1, 3)), K.placeholder((None,), dtype="int32")
    labels, scores = K.ctc_decode(x, frames, greedy=False, top_paths=4)
    with pytest.raises(Exception, match=r"top_paths|Less leaves"):
        K.function([x, frames], [labels[0], scores])([softmax(1, 1, 3), [1]])
