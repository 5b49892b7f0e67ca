"""compile, fit, evaluate, predict: what they compute, and in which order."""

import os
import signal

import numpy as np
import pytest
import scipy.sparse

from polykeras import callbacks, config, objectives
from polykeras.engine.assembly import weighted_objective
from polykeras.layers import Activation, Dense, Dropout, Input, Masking, TimeDistributed
from polykeras.models import Model, Sequential

RNG = np.random.RandomState(5)
X = RNG.uniform(-1, 1, (50, 3)).astype("float32")
Y = RNG.uniform(-1, 1, (50, 2)).astype("float32")


def model_of(metrics=None, optimizer="sgd", **kwargs):
    i = Input(shape=(3,), name="i")
    model = Model(input=i, output=Dense(2, name="o")(i))
    model.compile(optimizer, "mse", metrics=metrics, **kwargs)
    return model


def two_outputs(**kwargs):
    i = Input(shape=(3,), name="i")
    model = Model(input=i, output=[Dense(2, name="a")(i), Dense(1, activation="sigmoid", name="b")(i)])
    model.compile("sgd", **{"loss": {"a": "mse", "b": "binary_crossentropy"}, **kwargs})
    return model


class Spy(callbacks.Callback):
    """Notes every call."""

    def __init__(self):
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("train begin")

    def on_train_end(self, logs=None):
        self.calls.append("train end")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch} begin")

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch} end")


class Steps(Spy):
    """Notes the batches too, and the weights at each of them."""

    def __init__(self):
        super().__init__()
        self.logs, self.weights = [], []

    def on_batch_begin(self, batch, logs=None):
        self.calls.append(f"batch {batch} begin")
        self.weights.append(self.model.get_weights()[0].copy())

    def on_batch_end(self, batch, logs=None):
        self.calls.append(f"batch {batch} end")
        self.logs.append(dict(logs))


def test_predict_and_evaluate_by_numpy(K):
    model = model_of(metrics=["mae"])
    w, b = model.get_weights()
    pred = X @ w + b
    np.testing.assert_allclose(model.predict(X, batch_size=7), pred, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(X), pred, rtol=1e-5, atol=1e-6)
    expected = [np.mean((pred - Y) ** 2), np.mean(np.abs(pred - Y))]
    np.testing.assert_allclose(model.evaluate(X, Y, batch_size=7, verbose=0), expected, rtol=1e-5)
    np.testing.assert_allclose(model.test_on_batch(X, Y), expected, rtol=1e-5)
    assert model.metrics_names == ["loss", "mean_absolute_error"]
    np.testing.assert_allclose(model.train_on_batch(X, Y), expected, rtol=1e-5)
    grad_b = 2 * np.mean(pred - Y, axis=0) / 2
    np.testing.assert_allclose(model.get_weights()[1], b - 0.01 * grad_b, rtol=1e-4, atol=1e-6)


def test_one_value_is_no_list(K):
    model = model_of()
    assert isinstance(model.evaluate(X, Y, verbose=0), float)
    assert isinstance(model.train_on_batch(X, Y), float)
    assert isinstance(model.predict(X), np.ndarray)


def test_predict_without_compile(K):
    i = Input(shape=(3,))
    assert Model(input=i, output=Dense(2)(i)).predict(X).shape == (50, 2)


def test_weighted_objective_by_numpy(K):
    rng = np.random.RandomState(0)
    true, pred = rng.uniform(size=(2, 4, 3, 5))
    mask = rng.randint(0, 2, (4, 3))
    weights = np.array([0.0, 2.0, 1.0, 0.5])
    values = ((true - pred) ** 2).mean(-1)
    masked = values * mask / mask.mean()

    def got(w, m):
        tensors = [K.variable(true), K.variable(pred), K.variable(w), None if m is None else K.variable(m)]
        return K.eval(weighted_objective(objectives.mse)(*tensors))

    np.testing.assert_allclose(got(np.ones(4), None), values.mean(), rtol=1e-5)
    np.testing.assert_allclose(got(weights, None), (values.mean(1) * weights).mean() / 0.75, rtol=1e-5)
    np.testing.assert_allclose(got(weights, mask), (masked.mean(1) * weights).mean() / 0.75, rtol=1e-5)
    temporal = rng.choice([0.0, 1.0, 3.0], (4, 3))
    expected = (masked * temporal).mean() / (temporal != 0).mean()
    np.testing.assert_allclose(got(temporal, mask), expected, rtol=1e-5)


def test_weighted_objective_of_a_number(K):
    def loss(y_true, y_pred):
        return K.mean(K.square(y_true - y_pred))

    tensors = [K.variable(X), K.variable(X + 2), K.variable(np.ones(50))]
    np.testing.assert_allclose(K.eval(weighted_objective(loss)(*tensors)), 4, rtol=1e-5)


def test_mask_reaches_the_loss(K):
    x = RNG.uniform(0.5, 1, (6, 4, 3))
    x[0, 2:] = x[3, 1:] = 0
    y = RNG.uniform(size=(6, 4, 2))
    model = Sequential([Masking(input_shape=(4, 3)), TimeDistributed(Dense(2))])
    model.compile("sgd", "mse")
    mask = (x != 0).any(-1)
    errors = ((model.predict(x) - y) ** 2).mean(-1)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), errors[mask].mean(), rtol=1e-4)


def test_two_outputs(K):
    model = two_outputs(loss_weights={"b": 0.5}, metrics=["accuracy"])
    z = RNG.randint(0, 2, 50)
    assert model.metrics_names == ["loss", "a_loss", "b_loss", "a_acc", "b_acc"]
    loss, a, b, _, accuracy = model.evaluate(X, [Y, z], verbose=0)
    np.testing.assert_allclose(loss, a + 0.5 * b, rtol=1e-5)
    pred = model.predict(X)
    np.testing.assert_allclose(accuracy, np.mean((pred[1][:, 0] > 0.5) == z), rtol=1e-5)
    assert [each.shape for each in pred] == [(50, 2), (50, 1)]
    history = model.fit(X, {"a": Y, "b": z}, nb_epoch=1, verbose=0, sample_weight={"b": np.ones(50)})
    assert set(history.history) == set(model.metrics_names)


@pytest.mark.parametrize(
    "units, activation, loss, targets, name",
    [
        (1, "sigmoid", "mse", lambda c: c % 2, "binary_accuracy"),
        (3, "sigmoid", "binary_crossentropy", lambda c: np.eye(3)[c], "binary_accuracy"),
        (3, "softmax", "categorical_crossentropy", lambda c: np.eye(3)[c], "categorical_accuracy"),
        (3, "softmax", "sparse_categorical_crossentropy", lambda c: c, "sparse_categorical_accuracy"),
    ],
)
def test_accuracy_means_the_right_metric(K, units, activation, loss, targets, name):
    model = Sequential([Dense(units, activation=activation, input_dim=3)])
    model.compile("sgd", loss, metrics=["acc", "accuracy", name])
    assert model.metrics_names == ["loss", "acc", "acc", name]
    _, acc, again, named = model.evaluate(X, targets(RNG.randint(0, 3, 50)), verbose=0)
    assert acc == again == named


def test_custom_metrics(K):
    def spread(y_true, y_pred):
        return {"low": K.min(y_pred), "high": K.max(y_pred)}

    def per_sample(y_true, y_pred):
        return K.mean(y_pred, axis=-1)

    model = model_of(metrics=[spread, per_sample])
    assert model.metrics_names == ["loss", "low", "high", "per_sample"]
    pred = model.predict(X)
    values = model.evaluate(X, Y, batch_size=50, verbose=0)[1:]
    np.testing.assert_allclose(values, [pred.min(), pred.max(), pred.mean()], rtol=1e-4)


def test_regularizer_losses_are_added(K):
    i = Input(shape=(3,))
    model = Model(input=i, output=Dense(2, W_regularizer="l2")(i))
    model.compile("sgd", "mse", metrics=["mse"])
    total, mse = model.evaluate(X, Y, verbose=0)
    np.testing.assert_allclose(total, mse + 0.01 * np.sum(model.get_weights()[0] ** 2), rtol=1e-5)


def test_sample_and_class_weights_in_fit(K):
    classes = RNG.randint(0, 2, 50)
    y = np.eye(2)[classes]
    results = []
    for kwargs in (
        {"class_weight": {0: 1.0, 1: 4.0}},
        {"sample_weight": np.where(classes == 1, 4.0, 1.0)},
        {"sample_weight": [np.where(classes == 1, 4.0, 1.0)]},
    ):
        np.random.seed(0)
        model = model_of()
        results.append(model.fit(X, y, nb_epoch=2, verbose=0, **kwargs).history["loss"])
    assert results[0] == results[1] == results[2]


def test_temporal_weights(K):
    x, y = RNG.uniform(size=(6, 4, 3)), RNG.uniform(size=(6, 4, 2))
    weights = RNG.choice([0.0, 1.0, 2.0], (6, 4))
    model = Sequential([TimeDistributed(Dense(2), input_shape=(4, 3))])
    model.compile("sgd", "mse", sample_weight_mode="temporal")
    errors = ((model.predict(x) - y) ** 2).mean(-1)
    expected = (errors * weights).mean() / (weights != 0).mean()
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0, sample_weight=weights), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="time axis"):
        model_of(sample_weight_mode="temporal")


def test_callback_order_and_batch_logs(K):
    spy, steps = Spy(), Steps()
    model = model_of()
    model.fit(X, Y, batch_size=20, nb_epoch=2, verbose=0, callbacks=[spy, steps])
    batches = [f"batch {b} {when}" for b in range(3) for when in ("begin", "end")]
    epochs = [
        ["epoch 0 begin", *batches, "epoch 0 end"],
        ["epoch 1 begin", *batches, "epoch 1 end"],
    ]
    assert steps.calls == ["train begin", *epochs[0], *epochs[1], "train end"]
    assert spy.calls == [call for call in steps.calls if "batch" not in call]
    assert [(log["batch"], log["size"]) for log in steps.logs] == [(0, 20), (1, 20), (2, 10)] * 2
    assert all(isinstance(log["loss"], float) for log in steps.logs)
    changed = [not np.array_equal(a, b) for a, b in zip(steps.weights, steps.weights[1:], strict=False)]
    assert all(changed)  # the hooks run between the steps


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
def test_grouped_dispatch_gives_the_same_history(K, shuffle):
    histories, weights = [], []
    for each_batch in ([], [Steps()]):
        np.random.seed(1)
        model = Sequential([Dense(8, input_dim=3, activation="tanh"), Dropout(0.5), Dense(2)])
        model.compile("rmsprop", "mse", metrics=["mae"])
        history = model.fit(
            X,
            Y,
            batch_size=4,
            nb_epoch=6,
            verbose=0,
            callbacks=each_batch,
            shuffle=shuffle,
            validation_split=0.2,
        )
        histories.append(history.history)
        weights.append(model.get_weights())
    assert histories[0] == histories[1]
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_shuffling_is_cumulative_and_seeded(K):
    seen = []

    class Rows(callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            seen.append(logs["loss"])

    i = Input(shape=(1,))
    model = Model(input=i, output=Activation("linear")(i))
    model.compile("sgd", lambda y_true, y_pred: K.mean(y_pred, axis=-1))
    np.random.seed(9)
    model.fit(np.arange(10.0), np.zeros(10), batch_size=1, nb_epoch=2, verbose=0, callbacks=[Rows()])
    np.random.seed(9)
    order = np.arange(10)
    expected = []
    for _ in range(2):
        np.random.shuffle(order)
        expected += list(order)
    assert seen == expected


def test_history_epochs_and_resuming(K):
    model = model_of(metrics=["mae"])
    history = model.fit(X, Y, nb_epoch=5, initial_epoch=3, verbose=0, validation_data=(X[:7], Y[:7]))
    assert history.epoch == [3, 4]
    assert model.history is history
    assert {name: len(values) for name, values in history.history.items()} == dict.fromkeys(
        ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"], 2
    )
    last = [values[-1] for name, values in history.history.items() if name.startswith("val_")]
    np.testing.assert_allclose(last, model.evaluate(X[:7], Y[:7], verbose=0), rtol=1e-5)
    assert model.fit(X, Y, nb_epoch=2, initial_epoch=2, verbose=0).epoch == []


def test_validation_split_takes_the_end(K):
    model = model_of()
    history = model.fit(X, Y, nb_epoch=1, verbose=0, validation_split=0.3)
    expected = model.evaluate(X[35:], Y[35:], verbose=0)
    np.testing.assert_allclose(history.history["val_loss"][0], expected, rtol=1e-5)


def test_validation_weights(K):
    weights = RNG.choice([0.0, 1.0, 3.0], 50)
    model = model_of()
    history = model.fit(X, Y, nb_epoch=1, verbose=0, batch_size=50, validation_data=(X, Y, weights))
    expected = model.evaluate(X, Y, batch_size=50, verbose=0, sample_weight=weights)
    np.testing.assert_allclose(history.history["val_loss"][0], expected, rtol=1e-5)


def test_stop_training(K):
    class Stop(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    assert model_of().fit(X, Y, nb_epoch=9, verbose=0, callbacks=[Stop()]).epoch == [0, 1]


def test_callbacks_see_model_and_params(K):
    spy = Spy()
    model = model_of(metrics=["mae"])
    model.fit(X, Y, batch_size=20, nb_epoch=2, verbose=0, callbacks=[spy], validation_split=0.2)
    assert spy.model is model
    assert spy.params == {
        "batch_size": 20,
        "nb_epoch": 2,
        "nb_sample": 40,
        "verbose": 0,
        "do_validation": True,
        "metrics": ["loss", "mean_absolute_error", "val_loss", "val_mean_absolute_error"],
    }
    np.testing.assert_array_equal(model.validation_data[0], X[40:])


def test_interrupt_keeps_history_and_weights(K, capsys):
    class CtrlC(callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            self.batches = getattr(self, "batches", 0) + 1
            if self.batches == 5:
                raise KeyboardInterrupt

    model = model_of()
    before = model.get_weights()[0]
    spy = Spy()
    history = model.fit(X, Y, batch_size=20, nb_epoch=9, verbose=1, callbacks=[CtrlC(), spy])
    assert history.epoch == [0]
    assert len(history.history["loss"]) == 1
    assert history.interrupted.keys() == {"loss"}
    assert spy.calls[-2:] == ["epoch 1 begin", "train end"]
    assert not np.array_equal(before, model.get_weights()[0])
    assert "interrupted" in capsys.readouterr().out
    assert len(model.fit(X, Y, nb_epoch=1, verbose=0).epoch) == 1


def test_only_weights_and_state_of_trainable_layers(K):
    i = Input(shape=(3,))
    frozen = Dense(4, trainable=False)
    model = Model(input=i, output=Dense(2)(frozen(i)))
    model.compile("adam", "mse")
    kept = frozen.get_weights()[0]
    model.fit(X, Y, nb_epoch=1, verbose=0)
    np.testing.assert_array_equal(frozen.get_weights()[0], kept)
    assert len(model.optimizer.get_weights()) == 5


def test_a_model_without_weights_trains(K):
    i = Input(shape=(2,))
    model = Model(input=i, output=Activation("tanh")(i))
    model.compile("sgd", "mse")
    assert len(model.fit(Y, Y, nb_epoch=2, verbose=0).epoch) == 2


def test_data_of_every_number_type(K):
    for dtype in ("float64", "float32", "float16", "int64", "uint8", "bool"):
        x = (X > 0).astype(dtype)
        model = model_of()
        assert np.isfinite(model.fit(x, Y.astype("float64"), nb_epoch=1, verbose=0).history["loss"][0])
        assert np.isfinite(model.train_on_batch(x, Y))


def test_learning_phase(K):
    model = Sequential([Dropout(0.5, input_shape=(3,))])
    model.compile("sgd", "mse")
    assert model.uses_learning_phase
    np.testing.assert_array_equal(model.predict(X), X)
    assert model.evaluate(X, X, verbose=0) == 0
    assert model.train_on_batch(X, X) > 0


def test_recompiling_keeps_weights(K):
    model = model_of()
    model.fit(X, Y, nb_epoch=1, verbose=0)
    weights = model.get_weights()
    model.compile("adam", "mae")
    for a, b in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.fit(X, Y, nb_epoch=1, verbose=0)


def test_verbose_prints(K, capsys):
    model = model_of()
    model.fit(X, Y, nb_epoch=2, verbose=0, validation_split=0.2)
    assert capsys.readouterr().out == ""
    model.fit(X, Y, nb_epoch=2, verbose=2, validation_split=0.2)
    out = capsys.readouterr().out
    assert "Train on 40 samples, validate on 10 samples" in out
    assert "Epoch 2/2" in out and "val_loss" in out


def test_ctrl_c_in_fit(K):
    class CtrlC(callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                os.kill(os.getpid(), signal.SIGINT)

    history = model_of().fit(X, Y, nb_epoch=9, verbose=0, callbacks=[CtrlC()])
    assert history.epoch == [0, 1]
    assert history.interrupted == {}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Rows:
    """An array as HDF5 gives it: rows only by slice or in ascending order."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype

    def __len__(self):
        return len(self.array)

    def __getitem__(self, key):
        assert isinstance(key, slice) or (np.diff(key) > 0).all()
        return self.array[key]


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
def test_arrays_in_a_file(K, shuffle):
    results = []
    for wrap in (Rows, np.asarray):
        np.random.seed(3)
        model = model_of()
        history = model.fit(wrap(X), wrap(Y), batch_size=8, nb_epoch=3, verbose=0, shuffle=shuffle)
        results.append([history.history["loss"], model.evaluate(wrap(X), wrap(Y), verbose=0)])
        np.testing.assert_array_equal(model.predict(wrap(X)), model.predict(X))
    assert results[0] == results[1]


def test_sparse_inputs(K):
    x = scipy.sparse.random(40, 6, 0.3, format="coo", random_state=0)
    y = RNG.uniform(size=(40, 2))
    results = []
    for sparse in (True, False):
        np.random.seed(3)
        i = Input(shape=(6,), sparse=sparse)
        model = Model(input=i, output=Dense(2)(i))
        model.compile("adam", "mse")
        data = x if sparse else x.toarray()
        history = model.fit(data, y, batch_size=8, nb_epoch=3, verbose=0, validation_split=0.2)
        results.append([history.history["loss"], history.history["val_loss"], model.predict(data).ravel()])
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_double_precision(K):
    config.set_floatx("float64")
    model = Sequential([Dense(4, input_dim=3, activation="tanh"), Dropout(0.2), Dense(2)])
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, nb_epoch=1, verbose=0)
    assert model.predict(X).dtype == np.float64
    assert all(array.dtype == np.float64 for array in model.optimizer.get_weights())
