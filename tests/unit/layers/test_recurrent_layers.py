"""Recurrent layers: states, masks, dropout, layers of one's own, and what they refuse."""

import functools
import json

import numpy as np
import pytest

from polykeras import activations, layers
from polykeras.engine.spec import InputSpec
from polykeras.layers import (
    GRU,
    LSTM,
    Bidirectional,
    Dense,
    Input,
    Masking,
    Recurrent,
    SimpleRNN,
    TimeDistributed,
)
from polykeras.models import Model, Sequential

X = np.random.RandomState(0).normal(size=(4, 6, 3)).astype("float32")
KINDS = [SimpleRNN, GRU, LSTM]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
each_mode = pytest.mark.parametrize("mode", ["cpu", "mem", "gpu"])


def one(layer, shape=X.shape[1:]):
    return (
        Sequential([layer], name=None)
        if hasattr(layer, "batch_input_shape")
        else after(Input(shape=shape), layer)
    )


def after(inputs, layer):
    return Model(input=inputs, output=layer(inputs))


def split_gates(layer, weights):
    """The weights of a layer with one array for all gates, as those of a layer with an array for each."""
    columns = {"GRU": "zrh", "LSTM": "ifco"}[type(layer).__name__]
    parts = {
        kind: dict(zip(columns, np.split(w, len(columns), axis=-1), strict=True))
        for kind, w in zip("WUb", weights, strict=True)
    }
    return [parts[kind][gate] for gate in type(layer).GATES for kind in "WUb"]


# How a layer computes


@pytest.mark.parametrize("kind", [GRU, LSTM])
@pytest.mark.parametrize("inner", ["hard_sigmoid", "tanh"])
def test_all_ways_to_compute_agree(K, kind, inner):
    """Gates side by side or one by one, all inputs at once or step by step, by K's own operation or not."""

    class ByStep(kind):
        def step(self, x, states):
            return super().step(x, states)

    whole = kind(4, inner_activation=inner, consume_less="gpu", return_sequences=True)
    wanted = one(whole).predict(X)
    by_gate = split_gates(whole, whole.get_weights())
    ways = [(kind, "cpu"), (kind, "mem"), (ByStep, "cpu"), (ByStep, "mem"), (ByStep, "gpu")]
    for cls, mode in ways:
        unroll = mode == "mem" and cls is kind
        layer = cls(4, inner_activation=inner, consume_less=mode, return_sequences=True, unroll=unroll)
        model = one(layer)
        layer.set_weights(whole.get_weights() if mode == "gpu" else by_gate)
        np.testing.assert_allclose(model.predict(X), wanted, rtol=1e-4, atol=1e-5)


def test_known_operations_are_used(K, monkeypatch):
    """`K.lstm` and `K.gru` serve the layers with the usual activations, and `K.rnn` all others."""
    called = []
    for name in ("lstm", "gru", "rnn"):
        own = getattr(K, name)
        monkeypatch.setattr(
            K, name, lambda *args, name=name, own=own, **kwargs: called.append(name) or own(*args, **kwargs)
        )

    def used(layer):
        called.clear()
        one(layer)
        return called[0]

    for kind in (LSTM, GRU):
        name = kind.__name__.lower()
        for mode, inner in (("cpu", "sigmoid"), ("mem", "hard_sigmoid"), ("gpu", "sigmoid")):
            assert used(kind(2, inner_activation=inner, consume_less=mode, dropout_W=0.5)) == name
        for other in (
            {"activation": "relu"},
            {"inner_activation": "relu"},
            {"dropout_U": 0.5},
            {"unroll": True},
        ):
            assert used(kind(2, **other)) == "rnn"
        for method in ("step", "get_constants", "preprocess_input"):
            changed = type("Changed", (kind,), {method: functools.partialmethod(getattr(kind, method))})
            assert used(changed(2)) == "rnn"


@each_kind
def test_shapes(K, kind):
    model = Sequential([kind(5, return_sequences=True, input_shape=(6, 3)), kind(2)])
    assert model.layers[0].output_shape == (None, 6, 5) and model.output_shape == (None, 2)
    model = Sequential([kind(5, return_sequences=True, input_dim=3)])
    assert model.input_shape == (None, None, 3) and model.output_shape == (None, None, 5)
    for steps in (1, 4):
        assert model.predict(X[:, :steps]).shape == (4, steps, 5)
    assert Sequential([kind(5, input_dim=3, input_length=6)]).input_shape == (None, 6, 3)


@each_kind
def test_backwards_is_the_reversed_sequence(K, kind):
    layer = kind(4, go_backwards=True, return_sequences=True)
    backwards = one(layer).predict(X)
    twin = kind(4, return_sequences=True)
    model = one(twin)
    twin.set_weights(layer.get_weights())
    np.testing.assert_allclose(backwards, model.predict(X[:, ::-1]), rtol=1e-5, atol=1e-6)


@each_kind
def test_start_weights(K, kind):
    layer = kind(4)
    one(layer)
    values = [weight + 1 for weight in layer.get_weights()]
    again = kind(4, weights=values)
    one(again)
    for value, wanted in zip(again.get_weights(), values, strict=True):
        np.testing.assert_array_equal(value, wanted)


def test_forget_gate_starts_open(K):
    for mode in ("cpu", "gpu"):
        layer = LSTM(2, consume_less=mode)
        one(layer)
        shifts = (
            layer.get_weights()[-1]
            if mode == "gpu"
            else np.concatenate([K.get_value(b) for b in (layer.b_i, layer.b_f, layer.b_c, layer.b_o)])
        )
        np.testing.assert_array_equal(shifts, [0, 0, 1, 1, 0, 0, 0, 0])


def test_arrays_side_by_side(K):
    """W, U and b of a layer with an array for each gate, as programs read them."""
    layer = LSTM(2)
    one(layer)
    np.testing.assert_array_equal(
        K.eval(layer.U), np.concatenate([K.get_value(getattr(layer, f"U_{gate}")) for gate in "ifco"], axis=1)
    )
    assert K.int_shape(layer.W) == (3, 8) and K.int_shape(layer.b) == (8,)


def test_time_distributed_dense(K):
    rng = np.random.RandomState(1)
    w, b = rng.normal(size=(3, 5)), rng.normal(size=5)
    x, open_x = K.placeholder((None, 6, 3)), K.placeholder((None, None, None))
    y = layers.time_distributed_dense(x, K.variable(w), K.variable(b))
    np.testing.assert_allclose(K.function([x], [y])([X])[0], X @ w + b, rtol=1e-5, atol=1e-5)
    y = layers.time_distributed_dense(open_x, K.variable(w), input_dim=3, output_dim=5, timesteps=6)
    assert K.int_shape(y) == (None, 6, 5)
    np.testing.assert_allclose(K.function([open_x], [y])([X])[0], X @ w, rtol=1e-5, atol=1e-5)
    ones = np.ones((4, 6, 3))
    y = layers.time_distributed_dense(x, K.variable(np.eye(3)), dropout=0.5)
    f = K.function([x, K.learning_phase()], [y])
    dropped = f([ones, 1])[0]
    assert set(np.unique(dropped)) == {0, 2} and (dropped == dropped[:, :1]).all()
    np.testing.assert_array_equal(f([ones, 0])[0], ones)


# Masks


@each_kind
@pytest.mark.parametrize("unroll", [False, True])
def test_masked_steps_are_passed_over(K, kind, unroll):
    x = X.copy()
    x[0, 4:] = 0  # ends early
    x[1, [1, 3]] = 0  # has holes
    x[2, :2] = 0  # starts late
    x[3] = 0  # has nothing
    source, layer = Masking(), kind(4, return_sequences=True, unroll=unroll)
    inputs = Input(shape=(6, 3))
    model = after(inputs, lambda t: layer(source(t)))
    outputs = model.predict(x)
    plain = one(layer.__class__.from_config({**layer.get_config(), "unroll": False}), (None, 3))
    plain.set_weights(layer.get_weights())
    assert layer.output_mask is source.output_mask
    for sample, steps in enumerate(([0, 1, 2, 3], [0, 2, 4, 5], [2, 3, 4, 5], [])):
        wanted, reached = np.zeros((6, 4)), -1
        alone = plain.predict(x[sample : sample + 1, steps])[0] if steps else None
        for step in range(6):
            reached += step in steps
            wanted[step] = alone[reached] if reached >= 0 else 0
        np.testing.assert_allclose(outputs[sample], wanted, rtol=1e-4, atol=1e-5)


def test_mask_ends_with_the_last_output(K):
    layer = LSTM(2)
    layer(Masking()(Input(shape=(6, 3))))
    assert layer.output_mask is None
    Sequential([Masking(input_shape=(6, 3)), LSTM(2), Dense(1)])  # no layer is left with a mask


def test_mask_of_images_is_refused(K):
    with pytest.raises(ValueError, match=r"mask must have the shape \(samples, time\)"):
        Sequential([Masking(input_shape=(3, 6, 5, 2)), layers.ConvLSTM2D(4, 3, 2, dim_ordering="tf")])


# States


@pytest.mark.parametrize(("kind", "mode"), [(SimpleRNN, "cpu"), (GRU, "mem"), (LSTM, "cpu"), (LSTM, "gpu")])
def test_states_go_on_from_batch_to_batch(K, kind, mode):
    layer = kind(2, stateful=True, return_sequences=True, consume_less=mode, batch_input_shape=(4, None, 3))
    model = Sequential([layer])
    whole = model.predict(X, batch_size=4)
    model.reset_states()
    parts = [model.predict(part, batch_size=4) for part in (X[:, :2], X[:, 2:3], X[:, 3:])]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, rtol=1e-5, atol=1e-6)
    for state in layer.states:
        assert np.abs(K.get_value(state)).max() > 0
    layer.reset_states()
    for state in layer.states:
        assert K.get_value(state).shape == (4, 2) and not K.get_value(state).any()


def test_states_go_on_in_training_too(K):
    model = Sequential([GRU(2, stateful=True, batch_input_shape=(2, 3, 3)), Dense(1)])
    model.compile("sgd", "mse")
    state = model.layers[0].states[0]
    model.fit(X[:, :3], np.zeros((4, 1)), batch_size=2, nb_epoch=1, shuffle=False, verbose=0)
    trained = K.get_value(state)
    assert np.abs(trained).max() > 0
    model.evaluate(X[:2, :3], np.zeros((2, 1)), batch_size=2, verbose=0)
    assert (K.get_value(state) != trained).any()
    model.reset_states()
    assert not K.get_value(state).any()


def test_stateful_needs_a_batch_size(K):
    with pytest.raises(
        ValueError, match=r"lstm_1: a stateful layer needs a fixed batch size.*batch_input_shape"
    ):
        Sequential([LSTM(2, stateful=True, input_shape=(6, 3))])
    with pytest.raises(
        ValueError, match=r"needs a fixed batch size, got an input of the shape \(None, 3, 6, 5, 2\)"
    ):
        Sequential([layers.ConvLSTM2D(4, 3, 2, stateful=True, input_shape=(3, 6, 5, 2), dim_ordering="tf")])
    with pytest.raises(ValueError, match="only a layer with stateful=True has states"):
        LSTM(2).reset_states()


def test_batches_of_another_size_are_refused(K):
    model = Sequential([LSTM(2, stateful=True, batch_input_shape=(4, 6, 3))])
    for count, size in ((3, 4), (3, 3), (8, 2)):
        with pytest.raises(ValueError, match=r"batches of 4 samples|multiple of the batch size"):
            model.predict(np.zeros((count, 6, 3)), batch_size=size)
    with pytest.raises(ValueError, match=r"wanted shape \(4, 6, 3\), got \(2, 6, 3\): axis 0"):
        model.layers[0](Input(batch_shape=(2, 6, 3)))


@each_kind
def test_configuration_of_a_stateful_layer(K, kind):
    layer = kind(2, stateful=True, batch_input_shape=(4, 6, 3), name="mine")
    Sequential([layer])
    config = json.loads(json.dumps(layer.get_config()))
    assert config["batch_input_shape"] == [4, 6, 3] and "input_length" not in config
    again = Sequential([kind.from_config(config)])
    assert again.layers[0].stateful and again.input_shape == (4, 6, 3)


# Dropout


@pytest.mark.parametrize(
    ("kind", "mode", "which"),
    [
        (SimpleRNN, "cpu", "dropout_W"),
        (SimpleRNN, "mem", "dropout_U"),
        (GRU, "cpu", "dropout_U"),
        (GRU, "mem", "dropout_W"),
        (GRU, "gpu", "dropout_U"),
        (LSTM, "cpu", "dropout_W"),
        (LSTM, "mem", "dropout_U"),
        (LSTM, "gpu", "dropout_W"),
    ],
)
def test_dropout_along_a_sequence(K, kind, mode, which):
    layer = kind(16, return_sequences=True, consume_less=mode, **{which: 0.5})
    model = one(layer)
    assert model.uses_learning_phase
    f = K.function([model.input, K.learning_phase()], [model.output])
    first, second, tested = (f([X, phase])[0] for phase in (1, 1, 0))
    assert (first != second).any() and (first != tested).any()
    plain = kind(16, return_sequences=True, consume_less=mode)
    twin = one(plain)
    plain.set_weights(layer.get_weights())
    np.testing.assert_allclose(tested, twin.predict(X), rtol=1e-5, atol=1e-5)
    if which == "dropout_U":  # the first state is zero, whatever is left out of it
        np.testing.assert_allclose(first[:, 0], tested[:, 0], rtol=1e-5, atol=1e-5)


@each_mode
def test_dropout_leaves_out_the_same_at_all_steps(K, mode):
    """A layer that adds nothing up shows what is left of its input."""
    layer = SimpleRNN(3, activation="linear", return_sequences=True, consume_less=mode, dropout_W=0.5)
    model = one(layer)
    layer.set_weights([np.eye(3), np.zeros((3, 3)), np.zeros(3)])
    f = K.function([model.input, K.learning_phase()], [model.output])
    left = f([np.ones((40, 6, 3)), 1])[0]
    assert set(np.unique(left)) == {0, 2}
    assert (left == left[:, :1]).all() and (left[0] != left).any()


# Layers of one's own, as programs for Keras 1 wrote them


class Decay(Recurrent):
    """Keeps a share of its state; everything that a subclass may write is written."""

    def __init__(self, output_dim, rate=0.5, **kwargs):
        self.output_dim = output_dim
        self.rate = rate
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.input_spec = [InputSpec(shape=input_shape)]
        self.states = [None, None]
        if self.stateful:
            self.reset_states()
        self.W = self.add_weight((input_shape[2], self.output_dim), initializer="one", name=f"{self.name}_W")
        self.built = True

    def reset_states(self):
        from polykeras import backend as K

        batch = self.input_spec[0].shape[0]
        self.states = [K.zeros((batch, self.output_dim)), K.zeros((batch, 1))]

    def get_initial_states(self, x):
        from polykeras import backend as K

        zeros = K.sum(K.zeros_like(x), axis=(1, 2))
        return [K.tile(K.expand_dims(zeros), [1, self.output_dim]), K.expand_dims(zeros)]

    def get_constants(self, x):
        from polykeras import backend as K

        return [K.cast_to_floatx(self.rate), [K.max(K.max(x, axis=2), axis=1)]]

    def preprocess_input(self, x):
        from polykeras import backend as K

        return K.dot(x, self.W)

    def step(self, x, states):
        from polykeras import backend as K

        total, count, rate, (largest,) = states
        count = count + 1.0
        return x + total * rate, [x + total * rate, count + 0 * K.expand_dims(largest)]

    def get_config(self):
        return {**super().get_config(), "output_dim": self.output_dim, "rate": self.rate}


def decayed(x, rate=0.5):
    total, outputs = np.zeros((len(x), 2)), []
    for step in range(x.shape[1]):
        total = x[:, step].sum(-1, keepdims=True) + total * rate
        outputs.append(total)
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("unroll", [False, True])
def test_a_layer_of_ones_own(K, unroll):
    model = one(Decay(2, return_sequences=True, unroll=unroll))
    np.testing.assert_allclose(model.predict(X), decayed(X), rtol=1e-4, atol=1e-5)
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    model.train_on_batch(X, np.zeros((4, 6, 2)))
    assert (model.get_weights()[0] != before).all()


def test_a_stateful_layer_of_ones_own(K):
    layer = Decay(2, stateful=True, batch_input_shape=(4, 6, 3))
    model = Sequential([layer])
    model.predict(X, batch_size=4)
    np.testing.assert_array_equal(K.get_value(layer.states[1]), np.full((4, 1), 6))
    wanted = decayed(np.concatenate([X, X], axis=1))[:, -1]
    np.testing.assert_allclose(model.predict(X, batch_size=4), wanted, rtol=1e-4, atol=1e-5)


def test_a_layer_of_ones_own_in_both_directions_and_from_a_file(K):
    model = one(Bidirectional(Decay(2, rate=0.25, return_sequences=True), merge_mode="sum"))
    wanted = decayed(X, 0.25) + decayed(X[:, ::-1], 0.25)[:, ::-1]
    np.testing.assert_allclose(model.predict(X), wanted, rtol=1e-4, atol=1e-5)
    again = Model.from_config(json.loads(json.dumps(model.get_config())), custom_objects={"Decay": Decay})
    np.testing.assert_allclose(again.predict(X), wanted, rtol=1e-4, atol=1e-5)


def test_attention_over_a_second_input(K):
    """An LSTM whose step looks at constants that its call has put aside."""

    class Attentive(LSTM):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.input_spec = [InputSpec(ndim=3), InputSpec(ndim=3)]

        def compute_mask(self, input, mask):
            return super().compute_mask(input, mask[0])

        def call(self, x, mask=None):
            x, self.context = x
            return super().call(x, None if mask is None else mask[0])

        def build(self, input_shape):
            super().build(input_shape[0])
            self.input_spec = [InputSpec(shape=input_shape[0]), InputSpec(ndim=3)]

        def get_output_shape_for(self, input_shape):
            return super().get_output_shape_for(input_shape[0])

        def get_constants(self, x):
            return [*super().get_constants(x), self.context]

        def step(self, x, states):
            h, (h, c) = super().step(x, states[:4])
            weights = K.softmax(K.batch_dot(states[4], h, axes=[2, 1]))
            return h + K.batch_dot(weights, states[4], axes=[1, 1]), [h, c]

    sequence, context = Input(shape=(6, 3)), Input(shape=(5, 4))
    layer = Attentive(4, return_sequences=True)
    model = Model(input=[sequence, context], output=layer([sequence, context]))
    c = np.random.RandomState(1).normal(size=(4, 5, 4))
    plain = LSTM(4, return_sequences=True)
    twin = one(plain)
    plain.set_weights(layer.get_weights())
    h = twin.predict(X)
    weights = np.exp(np.einsum("nku,ntu->ntk", c, h))
    wanted = h + np.einsum("ntk,nku->ntu", weights / weights.sum(-1, keepdims=True), c)
    np.testing.assert_allclose(model.predict([X, c]), wanted, rtol=1e-4, atol=1e-5)
    model.compile("sgd", "mse")
    assert np.isfinite(model.train_on_batch([X, c], wanted))


# Both directions


@pytest.mark.parametrize("merge_mode", ["sum", "mul", "ave", "concat", None])
@pytest.mark.parametrize("sequences", [True, False])
def test_both_directions(K, merge_mode, sequences):
    layer = Bidirectional(GRU(4, return_sequences=sequences), merge_mode=merge_mode)
    model = one(layer)
    twins = [GRU(4, return_sequences=sequences, go_backwards=back) for back in (False, True)]
    forward, backward = (one(twin) for twin in twins)
    values = layer.get_weights()
    forward.set_weights(values[:9])
    backward.set_weights(values[9:])
    a, b = forward.predict(X), backward.predict(X)
    if sequences:
        b = b[:, ::-1]
    wanted = {
        "sum": a + b,
        "mul": a * b,
        "ave": (a + b) / 2,
        "concat": np.concatenate([a, b], axis=-1),
        None: [a, b],
    }
    np.testing.assert_allclose(model.predict(X), wanted[merge_mode], rtol=1e-4, atol=1e-5)
    shape = (None, 6, 4) if sequences else (None, 4)
    told = {"concat": (*shape[:-1], 8), None: [shape, shape]}
    assert model.output_shape == told.get(merge_mode, shape)


@pytest.mark.parametrize("merge_mode", ["concat", None])
def test_masks_in_both_directions(K, merge_mode):
    x = X.copy()
    x[:, 4:] = 0
    source = Masking()
    layer = Bidirectional(LSTM(3, return_sequences=True), merge_mode=merge_mode)
    inputs = Input(shape=(6, 3))
    outputs = layer(source(inputs))
    masks = layer.output_mask if merge_mode is None else [layer.output_mask]
    assert all(mask is source.output_mask for mask in masks)
    values = Model(input=inputs, output=outputs).predict(x)
    short = one(Bidirectional(LSTM(3, return_sequences=True), merge_mode=merge_mode), (4, 3))
    short.set_weights(layer.get_weights())
    wanted = short.predict(x[:, :4])
    pairs = zip(values, wanted, strict=True) if merge_mode is None else [(values, wanted)]
    for value, plain in pairs:
        np.testing.assert_allclose(value[:, :4], plain, rtol=1e-4, atol=1e-5)
    last = Bidirectional(LSTM(3))
    last(source(inputs))
    assert last.output_mask is None


def test_both_directions_with_states(K):
    layer = Bidirectional(LSTM(2, stateful=True), batch_input_shape=(4, 6, 3))
    model = Sequential([layer])
    first, second = model.predict(X, batch_size=4), model.predict(X, batch_size=4)
    assert (first[:, :2] != second[:, :2]).any() and (first[:, 2:] != second[:, 2:]).any()
    model.reset_states()
    np.testing.assert_allclose(model.predict(X, batch_size=4), first, rtol=1e-5, atol=1e-6)
    assert len(model.state_updates) == 4


def test_weights_of_both_directions(K):
    layer = Bidirectional(SimpleRNN(2, W_regularizer="l2", name="rnn"))
    model = one(layer)
    names = [weight.name.partition(":")[0] for weight in layer.weights]
    assert names == [f"{way}_rnn_{kind}" for way in ("forward", "backward") for kind in "WUb"]
    assert len(model.losses) == 2 and layer.layer.name == "rnn"
    values = [value + 1 for value in layer.get_weights()]
    again = Bidirectional(SimpleRNN(2), weights=values)
    one(again)
    for value, wanted in zip(again.get_weights(), values, strict=True):
        np.testing.assert_array_equal(value, wanted)
    with pytest.raises(ValueError, match="set_weights wanted a list of 6 arrays, got 5"):
        layer.set_weights(values[:5])
    wrong = [*values[:5], np.zeros(3)]
    before = layer.get_weights()
    with pytest.raises(ValueError, match="Nothing was changed"):
        layer.set_weights(wrong)
    for value, wanted in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(value, wanted)
    layer.trainable = False
    assert not model.trainable_weights and len(model.non_trainable_weights) == 6


def test_both_directions_of_a_function_without_a_name(K):
    model = one(Bidirectional(SimpleRNN(2, activation=lambda x: K.tanh(2 * x))))
    assert model.predict(X).shape == (4, 4)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: LSTM(0), ValueError, "output_dim must be an integer above 0, got 0"),
        (lambda: LSTM(2, consume_less="tpu"), ValueError, "consume_less must be one of 'cpu', 'mem', 'gpu'"),
        (lambda: LSTM(2, dropout_U=2), ValueError, "dropout_U must be a number from 0 to 1, got 2"),
        (lambda: LSTM(2, return_sequence=True), TypeError, "Did you mean 'return_sequences'"),
        (lambda: LSTM(2, recurrent_dropout=0.1), TypeError, "In Keras 1 it is called 'dropout_U'"),
        (lambda: GRU(2, forget_bias_init="one"), TypeError, "unknown keyword argument 'forget_bias_init'"),
        (lambda: GRU(2, input_dim=3, input_shape=(6, 4)), ValueError, "contradict the input's shape"),
        (
            lambda: GRU(2, input_dim=3, input_length=5, input_shape=(6, 3)),
            ValueError,
            "contradict the input's",
        ),
        (lambda: GRU(2, inner_activation="sigmod"), ValueError, "Did you mean 'sigmoid'"),
        (lambda: Bidirectional(Dense(2)), TypeError, "layer must be a recurrent layer, such as LSTM or GRU"),
        (lambda: Bidirectional(LSTM), TypeError, "layer must be a layer.*Call the class"),
        (lambda: Bidirectional(LSTM(2), merge_mode="add"), ValueError, "merge_mode must be one of 'sum'"),
        (lambda: Bidirectional(LSTM(2), weights=np.zeros(3)), TypeError, "weights must be a list"),
        (
            lambda: layers.ConvLSTM2D(4, 3, 3, border_mode="full"),
            ValueError,
            "border_mode must be one of 'valid'",
        ),
        (lambda: layers.ConvLSTM2D(4, 3), TypeError, "missing a required argument: 'nb_col'"),
        (lambda: layers.ConvLSTM2D(4, 0, 3), ValueError, "nb_row must be an integer above 0"),
        (
            lambda: layers.ConvLSTM2D(4, 3, 3, dim_ordering="channels"),
            ValueError,
            "dim_ordering must be one of",
        ),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (lambda: LSTM(2), (3,), "wanted 3 axes, got 2"),
        (lambda: LSTM(2), (6, None), "axis 2 must be known"),
        (lambda: LSTM(2, unroll=True), (None, 3), "unroll needs to know the number of time steps"),
        (lambda: Bidirectional(LSTM(2)), (3,), "wanted 3 axes, got 2"),
        (lambda: Recurrent(), (6, 3), "needs a method step"),
        (lambda: layers.ConvLSTM2D(4, 3, 3), (6, 3), "wanted 5 axes, got 3"),
        (lambda: layers.ConvLSTM2D(4, 7, 3, dim_ordering="tf"), (3, 6, 5, 2), r"window \(7, 3\) is larger"),
    ],
)
def test_bad_inputs(K, layer, shape, message):
    made = layer()
    if type(made) is Recurrent:
        made.states, made.output_dim = [None], 2
    with pytest.raises((ValueError, NotImplementedError), match=message):
        made(Input(shape=shape))


# Images


def convolved(x, kernel, subsample=(1, 1), same=False):
    """The convolution of images (samples, rows, columns, channels), place by place."""
    rows, columns = kernel.shape[:2]
    if same:
        places = [-(-size // step) for size, step in zip(x.shape[1:3], subsample, strict=True)]
        missing = [
            max((n - 1) * step + k - size, 0)
            for n, step, k, size in zip(places, subsample, (rows, columns), x.shape[1:3], strict=True)
        ]
        x = np.pad(x, [(0, 0), *((m // 2, m - m // 2) for m in missing), (0, 0)])
    return np.array(
        [
            [
                np.tensordot(x[:, i : i + rows, j : j + columns], kernel, axes=([1, 2, 3], [0, 1, 2]))
                for j in range(0, x.shape[2] - columns + 1, subsample[1])
            ]
            for i in range(0, x.shape[1] - rows + 1, subsample[0])
        ]
    ).transpose(2, 0, 1, 3)


def image_lstm(x, weights, subsample, same):
    parts = dict(zip("icfo", zip(*[iter(weights)] * 3, strict=True), strict=True))
    h = c = None
    outputs = []
    for step in range(x.shape[1]):
        sums = {gate: convolved(x[:, step], W, subsample, same) + b for gate, (W, _, b) in parts.items()}
        if h is not None:
            sums = {gate: total + convolved(h, parts[gate][1], same=True) for gate, total in sums.items()}
        i, f, o = (np.clip(0.2 * sums[gate] + 0.5, 0, 1) for gate in "ifo")
        c = i * np.tanh(sums["c"]) + (0 if c is None else f * c)
        h = o * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


@pytest.mark.parametrize("ordering", ["tf", "th"])
@pytest.mark.parametrize(
    ("border_mode", "subsample"), [("valid", (1, 1)), ("same", (1, 1)), ("valid", (1, 2)), ("same", (2, 3))]
)
def test_lstm_of_images(K, ordering, border_mode, subsample):
    x = np.random.RandomState(0).normal(size=(2, 3, 5, 6, 2)).astype("float32")
    given = x if ordering == "tf" else x.transpose(0, 1, 4, 2, 3)
    layer = layers.ConvLSTM2D(
        3, 2, 3, border_mode=border_mode, subsample=subsample, dim_ordering=ordering, return_sequences=True
    )
    model = one(layer, given.shape[1:])
    weights = [
        w.transpose(2, 3, 1, 0) if ordering == "th" and w.ndim == 4 else w for w in layer.get_weights()
    ]
    wanted = image_lstm(x, weights, subsample, border_mode == "same")
    if ordering == "th":
        wanted = wanted.transpose(0, 1, 4, 2, 3)
    assert model.output_shape == (None, *wanted.shape[1:])
    np.testing.assert_allclose(model.predict(given), wanted, rtol=1e-4, atol=1e-5)


def test_lstm_of_images_by_its_own_steps(K):
    """A subclass that overrides a part of the step computes the same, with dropout and without."""

    class ByStep(layers.ConvLSTM2D):
        def conv_step(self, x, W, b=None, border_mode="valid"):
            return super().conv_step(x, W, b, border_mode)

    x = np.random.RandomState(0).normal(size=(2, 3, 5, 6, 2)).astype("float32")
    for dropout in ({}, {"dropout_W": 0.5}, {"dropout_U": 0.5}):
        both = [cls(3, 2, 3, dim_ordering="tf", **dropout) for cls in (layers.ConvLSTM2D, ByStep)]
        models = [one(layer, x.shape[1:]) for layer in both]
        both[1].set_weights(both[0].get_weights())
        np.testing.assert_allclose(models[0].predict(x), models[1].predict(x), rtol=1e-4, atol=1e-5)
        for model in models:
            f = K.function([model.input, K.learning_phase()], [model.output])
            assert (f([x, 1])[0] != f([x, 1])[0]).any() == bool(dropout)


def test_states_and_lengths_of_images(K):
    x = np.random.RandomState(0).normal(size=(2, 4, 5, 6, 2)).astype("float32")
    layer = layers.ConvLSTM2D(3, 2, 3, dim_ordering="tf", stateful=True, batch_input_shape=(2, None, 5, 6, 2))
    model = Sequential([layer])
    whole = model.predict(x, batch_size=2)
    model.reset_states()
    model.predict(x[:, :3], batch_size=2)
    np.testing.assert_allclose(model.predict(x[:, 3:], batch_size=2), whole, rtol=1e-4, atol=1e-5)
    assert K.int_shape(layer.states[0]) == (2, 4, 4, 3)
    open_layer = layers.ConvLSTM2D(3, 2, 3, dim_ordering="tf", go_backwards=True)
    open_model = one(open_layer, (None, None, None, 2))
    assert open_model.output_shape == (None, None, None, 3)
    open_layer.set_weights(layer.get_weights())
    np.testing.assert_allclose(open_model.predict(x[:, ::-1]), whole, rtol=1e-4, atol=1e-5)


def test_masked_images(K):
    """The mask of the time steps passes over whole images."""
    x = np.random.RandomState(0).normal(size=(2, 4, 5, 6, 2)).astype("float32")
    layer = layers.ConvLSTM2D(3, 2, 3, dim_ordering="tf")
    inputs, mask = K.placeholder(x.shape), K.placeholder((2, 4), dtype="bool")
    output = layer(inputs, mask=mask)
    counts = np.array([[True, False, True, False], [True, True, True, True]])
    model = K.function([inputs, mask], [output])
    got, everything = model([x, counts])[0], np.ones((2, 4), bool)
    np.testing.assert_allclose(got[1], model([x, everything])[0][1], rtol=1e-5, atol=1e-6)
    moved = x.copy()
    moved[0, [1, 3]] = 100.0  # what is masked has no influence
    np.testing.assert_allclose(got, model([moved, counts])[0], rtol=1e-5, atol=1e-6)


def test_activations_of_the_layers(K):
    """A function that is not known by name is called as it is."""
    model = one(SimpleRNN(2, activation=lambda x: activations.relu(x) + 1, return_sequences=True))
    assert (model.predict(X) >= 1).all()


# Around other layers


def test_time_distributed_with_a_fixed_batch_size(K):
    inner = LSTM(2)
    model = after(Input(batch_shape=(2, 5, 6, 3)), TimeDistributed(inner))
    x = np.random.RandomState(0).normal(size=(2, 5, 6, 3)).astype("float32")
    assert model.output_shape == (2, 5, 2)
    plain = one(LSTM(2))
    plain.set_weights(inner.get_weights())
    wanted = plain.predict(x.reshape(10, 6, 3)).reshape(2, 5, 2)
    np.testing.assert_allclose(model.predict(x, batch_size=2), wanted, rtol=1e-5, atol=1e-6)


def test_time_distributed_around_layers_of_images_and_a_model(K):
    x = np.random.RandomState(0).normal(size=(2, 3, 6, 5, 2)).astype("float32")
    inner = Sequential(
        [
            layers.Convolution2D(4, 3, 2, dim_ordering="tf", input_shape=(6, 5, 2)),
            layers.MaxPooling2D(dim_ordering="tf"),
            layers.Flatten(),
            Dense(3),
        ]
    )
    model = Sequential([TimeDistributed(inner, input_shape=(3, 6, 5, 2)), Masking(), GRU(2)])
    assert model.layers[0].output_shape == (None, 3, 3) and model.output_shape == (None, 2)
    steps = K.function([model.input], [model.layers[0].output])([x])[0]
    np.testing.assert_allclose(
        steps.reshape(6, 3), inner.predict(x.reshape(6, 6, 5, 2)), rtol=1e-4, atol=1e-5
    )
    model.compile("sgd", "mse")
    before = inner.get_weights()
    model.train_on_batch(x, np.ones((2, 2)))
    assert any((value != old).any() for value, old in zip(inner.get_weights(), before, strict=True))


def test_time_distributed_without_a_step(K):
    model = one(TimeDistributed(Dense(4)), (None, 3))
    assert model.predict(np.zeros((2, 0, 3))).shape == (2, 0, 4)
