"""Bad input: the error says what was wanted, what came, and where; weights and optimizer state stay."""

import numpy as np
import pytest
import scipy.sparse

from polykeras import callbacks, optimizers
from polykeras.layers import Dense, Input
from polykeras.models import Model, Sequential

X, Y = np.ones((8, 3), "float32"), np.ones((8, 2), "float32")


def two_by_two(K, compiled=True):
    first, second = Input(shape=(3,), name="first"), Input(shape=(4,), name="second")
    outputs = [Dense(2, name="left")(first), Dense(3, activation="softmax", name="right")(second)]
    model = Model(input=[first, second], output=outputs)
    if compiled:
        model.compile(optimizers.SGD(momentum=0.9), ["mse", "categorical_crossentropy"])
        model.train_on_batch([X, np.ones((8, 4))], [Y, np.eye(3)[[0, 1, 2, 0, 1, 2, 0, 1]]])
    return model


def one(**kwargs):
    i = Input(shape=(3,), name="only")
    model = Model(input=i, output=Dense(2, name="out")(i))
    model.compile("adam", "mse", **kwargs)
    model.train_on_batch(X, Y)
    return model


def state(model):
    return [*model.get_weights(), *model.optimizer.get_weights()]


def assert_refused(model, error, message, call):
    before = state(model)
    with pytest.raises(error, match=message):
        call()
    for a, b in zip(before, state(model), strict=True):
        np.testing.assert_array_equal(a, b)


CASES = [
    (np.ones((8, 5)), Y, ValueError, r"model input 'only'.*\(None, 3\).*\(8, 5\)"),
    (np.ones((8, 3, 1)), Y, ValueError, r"model input 'only'.*\(8, 3, 1\)"),
    (np.ones((7, 3)), Y, ValueError, "input arrays: 7; target arrays: 8"),
    ([X, X], Y, ValueError, "model input.*'only'.*list of 2"),
    ({"onyl": X}, Y, ValueError, "'onyl'.*Did you mean 'only'"),
    (np.array([["a"] * 3] * 8), Y, ValueError, "numbers"),
    (None, Y, TypeError, "model input.*NoneType"),
    (X, None, TypeError, "model target.*NoneType"),
    (X, np.ones((8, 5)), ValueError, r"\(None, 2\).*\(8, 5\)"),
    (X, np.ones((8, 2, 2)), ValueError, r"model target 'out'.*\(8, 2, 2\)"),
    (X, [Y, Y], ValueError, "model target.*'out'"),
    (scipy.sparse.csr_matrix(X), Y, ValueError, r"model input 'only'.*sparse=True"),
    (np.ones((0, 3)), np.ones((0, 2)), ValueError, "at least one sample"),
]


@pytest.mark.parametrize("x, y, error, message", CASES, ids=[message for *_, message in CASES])
@pytest.mark.parametrize("method", ["fit", "train_on_batch", "evaluate", "test_on_batch"])
def test_bad_data(K, method, x, y, error, message):
    model = one()
    assert_refused(model, error, message, lambda: getattr(model, method)(x, y))


@pytest.mark.parametrize("method", ["predict", "predict_on_batch"])
def test_bad_data_for_predict(K, method):
    model = one()
    assert_refused(model, ValueError, r"'only'.*\(8, 5\)", lambda: getattr(model, method)(np.ones((8, 5))))


@pytest.mark.parametrize(
    "x, y, message",
    [
        (X, [Y, np.ones((8, 3))], "list of 2 arrays, for 'first', 'second'"),
        ([X], [Y, np.ones((8, 3))], "2 arrays.*got 1"),
        ({"first": X}, [Y, np.ones((8, 3))], "no data for 'second'"),
        ([X, np.ones((8, 4))], [Y, np.zeros(8)], "categorical_crossentropy.*to_categorical"),
        ([X, np.ones((7, 4))], [Y, np.ones((8, 3))], "input arrays: 7, 8"),
    ],
)
def test_bad_data_for_several_inputs(K, x, y, message):
    model = two_by_two(K)
    assert_refused(model, ValueError, message, lambda: model.fit(x, y, verbose=0))


@pytest.mark.parametrize(
    "kwargs, error, message",
    [
        ({"batch_size": 0}, ValueError, "batch_size.*at least 1.*0"),
        ({"batch_size": 2.5}, ValueError, "batch_size.*2.5"),
        ({"nb_epoch": -1}, ValueError, "nb_epoch"),
        ({"initial_epoch": "1"}, ValueError, "initial_epoch"),
        ({"shuffle": "batches"}, ValueError, "shuffle.*Did you mean 'batch'"),
        ({"validation_split": 1.5}, ValueError, "validation_split.*1.5"),
        ({"validation_split": 0.95}, ValueError, "validation_split.*8 samples"),
        ({"validation_data": X}, ValueError, r"validation_data.*\(x, y\).*ndarray"),
        ({"validation_data": (X,)}, ValueError, "validation_data.*tuple of 1"),
        ({"validation_data": (X, np.ones((8, 5)))}, ValueError, r"\(8, 5\)"),
        ({"callbacks": [callbacks.EarlyStopping]}, TypeError, "instances"),
        ({"sample_weight": np.ones(5)}, ValueError, r"sample_weight.*\(8,\).*\(5,\)"),
        ({"sample_weight": np.ones((8, 2))}, ValueError, "sample_weight"),
        ({"class_weight": {7: 1.0}}, ValueError, "class_weight.*none for"),
        ({"class_weight": "even"}, ValueError, "class_weight.*'even'"),
        ({"epochs": 3}, TypeError, "'epochs'.*'nb_epoch'"),
        ({"nb_epochs": 3}, TypeError, "'nb_epoch'"),
        ({"steps_per_epoch": 3}, TypeError, "steps_per_epoch"),
    ],
)
def test_bad_arguments_of_fit(K, kwargs, error, message):
    model = one()
    assert_refused(model, error, message, lambda: model.fit(X, Y, **{"verbose": 0, **kwargs}))


@pytest.mark.parametrize(
    "kwargs, error, message",
    [
        ({"optimizer": "rmspro"}, ValueError, "'rmsprop'"),
        ({"optimizer": optimizers.SGD}, TypeError, "SGD()"),
        ({"optimizer": None}, TypeError, "None"),
        ({"loss": "mean_square_error"}, ValueError, "'mean_squared_error'"),
        ({"loss": None}, ValueError, "loss.*None"),
        ({"loss": ["mse", "mse"]}, ValueError, "loss.*1 outputs, 'out', got 2"),
        ({"loss": {"ot": "mse"}}, ValueError, "'ot'.*Did you mean 'out'"),
        ({"loss": {}}, ValueError, "'out' is missing"),
        ({"metrics": ["acuracy"]}, ValueError, "Unknown metric"),
        ({"metrics": "accuracy"}, TypeError, r"\['accuracy'\]"),
        ({"metrics": {"ot": "acc"}}, ValueError, "metrics.*'ot'"),
        ({"loss_weights": 3}, TypeError, "loss_weights.*got 3"),
        ({"loss_weights": {"out": "much"}}, TypeError, "loss_weights.*much"),
        ({"loss_weights": [1.0, 2.0]}, ValueError, "loss_weights"),
        ({"sample_weight_mode": "tmporal"}, ValueError, "sample_weight_mode"),
        ({"sample_weight_mode": "temporal"}, ValueError, "time axis"),
        ({"objective": "mse"}, TypeError, "'loss'"),
        ({"run_eagerly": True}, TypeError, "run_eagerly"),
        ({"metric": ["acc"]}, TypeError, "Did you mean 'metrics'"),
    ],
)
def test_bad_arguments_of_compile(K, kwargs, error, message):
    model = one()
    arguments = {"optimizer": "sgd", "loss": "mse", **kwargs}
    assert_refused(model, error, message, lambda: model.compile(**arguments))
    assert isinstance(model.optimizer, optimizers.Adam)
    model.train_on_batch(X, Y)


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_not_compiled(K, method):
    model = two_by_two(K, compiled=False)
    before = model.get_weights()
    with pytest.raises(RuntimeError, match="compiled first"):
        getattr(model, method)([X, X], [Y, Y])
    np.testing.assert_array_equal(before[0], model.get_weights()[0])


@pytest.mark.parametrize(
    "method, name, message",
    [
        ("evaluate", "steps", "steps"),
        ("predict", "batchsize", "batch_size"),
        ("train_on_batch", "sample_weights", "'sample_weight'"),
        ("test_on_batch", "class_weight", "class_weight"),
        ("predict_on_batch", "y", "'y'"),
    ],
)
def test_unknown_keywords(K, method, name, message):
    model = one()
    with pytest.raises(TypeError, match=message):
        getattr(model, method)(X, **({} if "predict" in method else {"y": Y}), **{name: 1})


def test_a_loss_that_forgets_a_weight(K):
    i = Input(shape=(3,), name="i")
    model = Model(input=i, output=[Dense(2, name="used")(i), Dense(2, name="unused")(i)])
    model.compile("sgd", {"used": "mse", "unused": lambda y_true, y_pred: K.mean(y_true, axis=-1)})
    with pytest.raises(ValueError, match=r"unused_W.*trainable"):
        model.train_on_batch(X, [Y, Y])


def test_sparse_classes_one_hot(K):
    i = Input(shape=(3,))
    model = Model(input=i, output=Dense(2, activation="softmax")(i))
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match="class numbers"):
        model.train_on_batch(X, Y)
    assert np.isfinite(model.train_on_batch(X, np.arange(8) % 2))


def test_floats_for_integers(K):
    i = Input(shape=(3,), dtype="int32", name="ids")
    model = Model(input=i, output=i)
    with pytest.raises(ValueError, match=r"'ids'.*int32.*float32 with fractions"):
        model.predict(X + 0.5)
    np.testing.assert_array_equal(model.predict(np.floor(X)), np.floor(X))
    np.testing.assert_array_equal(model.predict(X.astype("int64")), X)


def test_stateful_batches(K):
    i = Input(batch_shape=(4, 3))
    model = Model(input=i, output=Dense(2)(i))
    model.layers[1].stateful = True
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"multiple of the batch size.*6 samples and the batch size 4"):
        model.fit(X[:6], Y[:6], batch_size=4, verbose=0)
    model.fit(X, Y, batch_size=4, nb_epoch=1, verbose=0)
    assert model.predict(X, batch_size=4).shape == (8, 2)


def test_batches_of_a_fixed_size(K):
    """An input with `batch_input_shape` takes batches of that size only, the last one included."""
    model = Sequential([Dense(2, batch_input_shape=(4, 3))])
    model.compile("sgd", "mse")
    x, y = np.ones((8, 3)), np.ones((8, 2))
    message = "'dense_input_1'.*batches of 4 samples.*in batches of"
    assert_refused(model, ValueError, message, lambda: model.fit(x, y, verbose=0))
    assert_refused(model, ValueError, message, lambda: model.fit(x[:7], y[:7], batch_size=4, verbose=0))
    assert_refused(model, ValueError, message, lambda: model.fit(x[:3], y[:3], batch_size=4, verbose=0))
    held_out = {"validation_data": (x[:3], y[:3])}
    assert_refused(model, ValueError, message, lambda: model.fit(x, y, batch_size=4, verbose=0, **held_out))
    assert_refused(
        model, ValueError, message, lambda: model.fit(x, y, batch_size=4, verbose=0, validation_split=0.25)
    )
    assert_refused(model, ValueError, message, lambda: model.evaluate(x, y, batch_size=3, verbose=0))
    assert_refused(model, ValueError, message, lambda: model.predict(x))
    history = model.fit(x, y, batch_size=4, nb_epoch=1, verbose=0, validation_split=0.5)
    assert len(history.epoch) == 1
    assert model.predict(x, batch_size=4).shape == (8, 2)
    assert model.predict(x[:4]).shape == (4, 2)
