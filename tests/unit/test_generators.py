"""Training, evaluating and predicting with generators, their threads and processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback

import numpy as np
import pytest

from polykeras.callbacks import Callback
from polykeras.engine.enqueuer import GeneratorEnded, GeneratorEnqueuer
from polykeras.layers import Dense, Input
from polykeras.models import Model, Sequential

X = np.random.RandomState(0).uniform(-1, 1, (24, 3)).astype("float32")
Y = (X @ [[1.0], [-2.0], [0.5]]).astype("float32")
W = np.random.RandomState(1).uniform(0.5, 1.5, 24).astype("float32")


def endless(size=8, weights=False, loops=None):
    while loops is None or loops > 0:
        loops = None if loops is None else loops - 1
        for start in range(0, len(X), size):
            part = slice(start, start + size)
            yield (X[part], Y[part], W[part]) if weights else (X[part], Y[part])


def dense():
    np.random.seed(5)
    model = Sequential([Dense(4, input_dim=3, activation="tanh"), Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    return model


def fit_generator(model, generator, samples=24, epochs=2, **options):
    return model.fit_generator(generator, samples, epochs, verbose=0, **options)


@pytest.mark.parametrize("weights", [False, True])
def test_same_as_fit(K, weights):
    one, other = dense(), dense()
    first = fit_generator(one, endless(weights=weights), validation_data=(X, Y))
    second = other.fit(
        X, Y, batch_size=8, nb_epoch=2, verbose=0, shuffle=False, validation_data=(X, Y),
        sample_weight=W if weights else None,
    )  # fmt: skip
    assert first.history.keys() == second.history.keys()
    for name, values in second.history.items():
        np.testing.assert_allclose(first.history[name], values, rtol=1e-5)
    for mine, its in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_evaluate_and_predict_are_those_of_arrays(K):
    model = dense()
    wanted = model.evaluate(X, Y, verbose=0)
    np.testing.assert_allclose(model.evaluate_generator(endless(5), 24), wanted, rtol=1e-5)
    got = model.evaluate_generator(endless(weights=True), 24)
    np.testing.assert_allclose(got[1], wanted[1], rtol=1e-5)
    np.testing.assert_allclose(model.predict_generator(endless(), 24), model.predict(X), rtol=1e-6)
    alone = (batch for batch, _ in endless(loops=1))
    assert model.predict_generator(alone, 20).shape == (24, 1)
    model.compile("sgd", "mse")
    assert isinstance(model.evaluate_generator(endless(), 24), float)


def test_several_inputs_and_outputs(K):
    a, b = Input((3,)), Input((3,))
    model = Model([a, b], [Dense(1, name="p")(a), Dense(2, name="q")(b)])
    model.compile("sgd", "mse")

    def batches():
        while True:
            yield [X[:8], X[8:16]], {"p": Y[:8], "q": np.zeros((8, 2))}

    history = fit_generator(model, batches(), 16, 2)
    assert set(history.history) == {"loss", "p_loss", "q_loss"}
    p, q = model.predict_generator(batches(), 16)
    assert p.shape == (16, 1) and q.shape == (16, 2)


def test_validation_from_a_generator(K):
    model = dense()
    history = fit_generator(model, endless(), validation_data=endless(6), nb_val_samples=24)
    np.testing.assert_allclose(history.history["val_loss"][-1], model.evaluate(X, Y, verbose=0)[0], rtol=1e-5)
    with pytest.raises(ValueError, match="nb_val_samples"):
        fit_generator(model, endless(), validation_data=endless())


def test_class_weight_and_initial_epoch(K):
    def classifier():
        np.random.seed(3)
        model = Sequential([Dense(1, input_dim=3, activation="sigmoid")])
        model.compile("sgd", "binary_crossentropy")
        return model

    labels = (Y > 0).astype("float32")
    one, other = classifier(), classifier()
    labelled = ((X[i : i + 8], labels[i : i + 8]) for _ in range(9) for i in (0, 8, 16))
    history = fit_generator(one, labelled, class_weight={1: 3.0, 0: 0.5}, epochs=3, initial_epoch=1)
    assert history.epoch == [1, 2]
    other.fit(
        X, labels, batch_size=8, nb_epoch=2, verbose=0, shuffle=False, class_weight={1: 3.0, 0: 0.5}
    )  # fmt: skip
    for mine, its in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)


def test_callbacks_hear_of_every_batch(K):
    heard = []

    class Listener(Callback):
        def on_batch_begin(self, batch, logs=None):
            heard.append((batch, logs["size"]))

        def on_batch_end(self, batch, logs=None):
            assert np.isfinite(logs["loss"])

        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    model = dense()
    history = fit_generator(model, endless(9), epochs=5, callbacks=[Listener()])
    assert heard == [(0, 9), (1, 9), (2, 6)] * 2 and history.epoch == [0, 1]
    assert history.params["nb_sample"] == 24


def test_too_many_samples_are_told(K):
    with pytest.warns(UserWarning, match=r"24 samples, more than samples_per_epoch=20"):
        fit_generator(dense(), endless(), samples=20, epochs=1)


def failing():
    yield X[:8], Y[:8]
    raise KeyError("row 9 is missing")


@pytest.mark.parametrize("apart", [False, True])
def test_errors_of_the_generator_come_here(K, apart):
    with pytest.raises(KeyError, match="row 9 is missing") as caught:
        fit_generator(dense(), failing(), pickle_safe=apart)
    told = "".join(traceback.format_exception(caught.value))
    assert "in failing" in told and "raise KeyError" in told
    assert not [each for each in multiprocessing.active_children() if each.is_alive()]


class Unsendable(Exception):
    def __init__(self, one, two):
        super().__init__("cannot be sent")


def test_errors_that_cannot_be_sent(K):
    def batches():
        raise Unsendable(1, 2)
        yield

    with pytest.raises(RuntimeError, match="Unsendable: cannot be sent"):
        fit_generator(dense(), batches(), pickle_safe=True)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
def test_workers(K, apart, workers):
    before = threading.active_count()
    history = fit_generator(dense(), endless(), epochs=3, nb_worker=workers, pickle_safe=apart, max_q_size=2)
    assert len(history.epoch) == 3
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before and not multiprocessing.active_children()


def test_one_worker_keeps_the_order_and_the_bound():
    taken = []

    def numbers():
        for number in range(100):
            taken.append(number)
            yield number

    enqueuer = GeneratorEnqueuer(numbers())
    enqueuer.start(max_q_size=3)
    assert enqueuer.is_running()
    time.sleep(0.2)
    assert len(taken) <= 5
    assert [enqueuer.get() for _ in range(100)] == list(range(100))
    with pytest.raises(GeneratorEnded):
        enqueuer.get()
    enqueuer.stop()
    assert not enqueuer.is_running()
    enqueuer.stop()


def test_threads_share_a_plain_generator():
    enqueuer = GeneratorEnqueuer(iter_slowly())
    enqueuer.start(nb_worker=4)
    assert sorted(enqueuer.get() for _ in range(20)) == list(range(20))
    enqueuer.stop()


def iter_slowly():
    for number in range(20):
        time.sleep(0.001)
        yield number


def test_processes_draw_different_numbers():
    def draws():
        while True:
            yield float(np.random.uniform())

    enqueuer = GeneratorEnqueuer(draws(), pickle_safe=True)
    enqueuer.start(nb_worker=2, max_q_size=4)
    values = [enqueuer.get() for _ in range(12)]
    enqueuer.stop()
    assert len(set(values)) == 12


def test_a_worker_process_that_is_killed(K):
    def batches():
        yield X[:8], Y[:8]
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(RuntimeError, match="exit code -9"):
        fit_generator(dense(), batches(), pickle_safe=True)


def test_a_batch_that_cannot_be_sent(K):
    def batches():
        while True:
            yield X[:8], lambda: None

    with pytest.raises(Exception, match=r"pickle|local object"):
        fit_generator(dense(), batches(), pickle_safe=True)


def test_interrupt_keeps_what_was_learned(K):
    class Interrupter(Callback):
        def on_batch_end(self, batch, logs=None):
            if self.model.seen_batches == 4:
                os.kill(os.getpid(), signal.SIGINT)
            self.model.seen_batches += 1

    model = dense()
    model.seen_batches = 0
    start = model.get_weights()
    history = fit_generator(model, endless(), epochs=50, callbacks=[Interrupter()])
    assert history.epoch == [0] and "loss" in history.interrupted
    assert any((a != b).any() for a, b in zip(start, model.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("generator", "error", "message"),
    [
        (lambda: iter(()), ValueError, "ended after 0 of 48 samples"),
        (lambda: endless(loops=1), ValueError, r"ended after 24 of 48 samples.*while True"),
        (lambda: iter([X]), ValueError, r"\(x, y\) or \(x, y, sample_weight\), got a ndarray"),
        (lambda: iter([(X, Y, W, W)]), ValueError, "got a tuple of 4"),
        (lambda: iter([(X[:0], Y[:0])]), ValueError, "no samples"),
        (lambda: iter([(X[:, :2], Y)]), ValueError, "dense_input|shape"),
        (lambda: iter([(X, Y[:3])]), ValueError, "24|samples"),
        (lambda: iter([(object(), Y)]), TypeError, "model input: wanted an array, .*got object"),
        (lambda: iter([(None, Y)]), TypeError, "model input: wanted an array, .*got NoneType"),
        (lambda: iter([({}, Y)]), ValueError, "wanted a dictionary with the keys 'dense_input"),
        (lambda: iter([([], Y)]), ValueError, "no samples"),
        (lambda: iter([(np.float32(3), Y)]), ValueError, "wanted an array with a row for each sample"),
        (lambda: iter([([X, X], Y)]), ValueError, "wanted one array, .*got a list of 2 arrays"),
        (lambda: iter([(Y, X)]), ValueError, "model input 'dense_input"),
        (lambda: [(X, Y)], TypeError, "wanted a generator of batches, got list"),
    ],
)
def test_generators_that_do_not_fit(K, generator, error, message):
    with pytest.raises(error, match=message):
        fit_generator(dense(), generator(), samples=48, epochs=1)
    with pytest.raises(error):
        dense().evaluate_generator(generator(), 48)


def test_batches_of_nested_lists(K):
    """Their samples are counted as those of arrays."""
    predicted = dense().predict_generator(((x.tolist(), y) for x, y in endless()), 24)
    assert len(predicted) == 24


def test_arguments_that_do_not_fit(K):
    model = dense()
    for call, error, message in (
        (lambda: model.fit_generator(endless(), 0, 1), ValueError, "samples_per_epoch"),
        (lambda: model.evaluate_generator(endless(), 2.5), ValueError, "val_samples"),
        (lambda: fit_generator(model, endless(), nb_worker=0), ValueError, "nb_worker"),
        (lambda: fit_generator(model, endless(), max_q_size=0), ValueError, "max_q_size"),
        (lambda: fit_generator(model, endless(), validation_data=3), ValueError, "validation_data"),
        (lambda: fit_generator(model, endless(), steps_per_epoch=3), TypeError, "samples_per_epoch"),
        (lambda: fit_generator(model, endless(), workers=3), TypeError, "nb_worker"),
        (lambda: Sequential([Dense(1, input_dim=3)]).fit_generator(endless(), 8, 1), RuntimeError, "compile"),
    ):
        with pytest.raises(error, match=message):
            call()
    with pytest.warns(UserWarning, match="nb_val_worker"):
        fit_generator(model, endless(), nb_val_worker=2)
