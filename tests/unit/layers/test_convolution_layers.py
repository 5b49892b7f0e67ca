"""Convolutional and locally connected layers: drawn at random, and what they promise besides."""

import itertools

import numpy as np
import pytest
from drawn_layers import Drawn, check, common, several, sized
from hypothesis import given
from hypothesis import strategies as st

from polykeras import initializations, layers
from polykeras.layers import Convolution1D, Convolution2D, Input
from polykeras.models import Model, Sequential
from polykeras.testing import oracle
from polykeras.testing.draws import examples

MODES = ("valid", "same", "full")
RANDOM = np.random.RandomState(4)


def one(layer, shape):
    x = Input(shape=shape)
    return Model(input=x, output=layer(x))


def shifted(output, bias, ordering="tf"):
    """`output` plus a number for each channel."""
    channels = -1 if ordering == "tf" else 1
    return output + np.expand_dims(
        bias, [axis for axis in range(output.ndim) if axis != channels % output.ndim]
    )


def lengths_that_fit(draw, sizes, apart, mode, most=7):
    """Sizes of an input; under 'valid' the window fits."""
    lengths = draw(several(len(sizes), 1, most))
    if mode != "valid":
        return lengths
    return tuple(max(n, (size - 1) * d + 1) for n, size, d in zip(lengths, sizes, apart, strict=True))


@st.composite
def sequences(draw):
    kind = draw(st.sampled_from(["Convolution1D", "AtrousConvolution1D"]))
    mode, size = draw(st.sampled_from(MODES)), draw(st.integers(1, 4))
    rate = draw(st.integers(1, 3)) if kind.startswith("Atrous") else 1
    arguments = {
        "nb_filter": draw(st.integers(1, 4)),
        "filter_length": size,
        "border_mode": mode,
        "subsample_length": draw(st.integers(1, 3)),
        "bias": draw(st.booleans()),
    }
    if kind.startswith("Atrous"):
        arguments["atrous_rate"] = rate
    shape = (*lengths_that_fit(draw, (size,), (rate,), mode), draw(st.integers(1, 4)))
    return Drawn(kind, arguments, shape, draw(st.booleans()), **draw(st.fixed_dictionaries(common())))


@given(sequences())
@examples()
def test_sequences(engines, case):
    given_ = case.arguments

    def formula(x, kernel, bias=None):
        output = oracle.convolution(
            x, kernel[:, 0], given_["subsample_length"], given_["border_mode"], given_.get("atrous_rate")
        )
        return output if bias is None else shifted(output, bias)

    check(engines, case, formula, given_["filter_length"] * case.shape[-1])


@st.composite
def images(draw):
    kind = draw(st.sampled_from(["Convolution2D", "AtrousConvolution2D", "Convolution3D"]))
    rank = 3 if kind.endswith("3D") else 2
    mode, ordering = draw(st.sampled_from(MODES)), draw(st.sampled_from(["tf", "th"]))
    sizes = draw(several(rank, 1, 3))
    apart = draw(several(rank, 1, 3)) if kind.startswith("Atrous") else (1,) * rank
    names = ("nb_row", "nb_col") if rank == 2 else ("kernel_dim1", "kernel_dim2", "kernel_dim3")
    arguments = {
        "nb_filter": draw(st.integers(1, 4)),
        **dict(zip(names, sizes, strict=True)),
        "border_mode": mode,
        "subsample": draw(several(rank, 1, 3)),
        "dim_ordering": ordering,
        "bias": draw(st.booleans()),
    }
    if kind.startswith("Atrous"):
        arguments["atrous_rate"] = apart
    lengths = lengths_that_fit(draw, sizes, apart, mode, 6 if rank == 2 else 4)
    shape = sized(ordering, lengths, draw(st.integers(1, 3)))
    return Drawn(kind, arguments, shape, draw(st.booleans()), **draw(st.fixed_dictionaries(common())))


@given(images())
@examples(usual=16)
def test_images_and_volumes(engines, case):
    given_ = case.arguments
    rank = len(case.shape) - 1

    def formula(x, kernel, bias=None):
        output = oracle.conv3d(
            x,
            kernel,
            given_["subsample"],
            given_["border_mode"],
            case.ordering,
            filter_dilation=given_.get("atrous_rate", (1,) * rank),
        )
        return output if bias is None else shifted(output, bias, case.ordering)

    check(engines, case, formula, 27 * 3)


@st.composite
def transposed(draw):
    mode, ordering = draw(st.sampled_from(MODES)), draw(st.sampled_from(["tf", "th"]))
    sizes, steps = draw(several(2, 1, 3)), draw(several(2, 1, 3))
    outputs = draw(st.integers(1, 3))
    lengths = lengths_that_fit(draw, sizes, (1, 1), mode, 6)
    places = oracle.convolution(np.zeros((1, *lengths, 1)), np.zeros((*sizes, 1, 1)), steps, mode).shape[1:3]
    arguments = {
        "nb_filter": outputs,
        "nb_row": sizes[0],
        "nb_col": sizes[1],
        "output_shape": (None, *sized(ordering, lengths, outputs)),
        "border_mode": mode,
        "subsample": steps,
        "dim_ordering": ordering,
        "bias": draw(st.booleans()),
    }
    shape = sized(ordering, places, draw(st.integers(1, 3)))
    return Drawn(
        "Deconvolution2D", arguments, shape, draw(st.booleans()), **draw(st.fixed_dictionaries(common()))
    )


@given(transposed())
@examples()
def test_transposed(engines, case):
    given_ = case.arguments

    def formula(x, kernel, bias=None):
        output = oracle.deconv2d(
            x, kernel, given_["output_shape"], given_["subsample"], given_["border_mode"], case.ordering
        )
        return output if bias is None else shifted(output, bias, case.ordering)

    check(engines, case, formula, 27)


@st.composite
def separable(draw):
    mode, ordering = draw(st.sampled_from(MODES[:2])), draw(st.sampled_from(["tf", "th"]))
    sizes = draw(several(2, 1, 3))
    arguments = {
        "nb_filter": draw(st.integers(1, 4)),
        "nb_row": sizes[0],
        "nb_col": sizes[1],
        "depth_multiplier": draw(st.integers(1, 3)),
        "border_mode": mode,
        "subsample": draw(several(2, 1, 3)),
        "dim_ordering": ordering,
        "bias": draw(st.booleans()),
    }
    shape = sized(ordering, lengths_that_fit(draw, sizes, (1, 1), mode, 6), draw(st.integers(1, 3)))
    return Drawn(
        "SeparableConvolution2D",
        arguments,
        shape,
        draw(st.booleans()),
        **draw(st.fixed_dictionaries(common())),
    )


@given(separable())
@examples()
def test_separable(engines, case):
    given_ = case.arguments

    def formula(x, depthwise, pointwise, bias=None):
        output = oracle.separable_conv2d(
            x, depthwise, pointwise, given_["subsample"], given_["border_mode"], case.ordering
        )
        return output if bias is None else shifted(output, bias, case.ordering)

    check(engines, case, formula, 9 * 9)


def local(x, kernel, bias, sizes, steps, ordering):
    """A locally connected layer, place by place; `bias` may be None."""
    spatial = x.shape[1:-1] if ordering == "tf" else x.shape[2:]
    places = [(n - size) // step + 1 for n, size, step in zip(spatial, sizes, steps, strict=True)]
    result = np.zeros((len(x), *sized(ordering, places, kernel.shape[-1])))
    for number, place in enumerate(itertools.product(*map(range, places))):
        window = tuple(
            slice(at * step, at * step + size) for at, size, step in zip(place, sizes, steps, strict=True)
        )
        seen = x[(slice(None), *window)] if ordering == "tf" else x[(slice(None), slice(None), *window)]
        target = (slice(None), *place) if ordering == "tf" else (slice(None), slice(None), *place)
        result[target] = seen.reshape(len(x), -1) @ kernel[number]
    return result if bias is None else result + bias.reshape(result.shape[1:])


@st.composite
def locally_connected(draw):
    rank = draw(st.integers(1, 2))
    ordering = draw(st.sampled_from(["tf", "th"])) if rank == 2 else "tf"
    sizes, steps = draw(several(rank, 1, 3)), draw(several(rank, 1, 3))
    arguments = {"nb_filter": draw(st.integers(1, 3)), "bias": draw(st.booleans())}
    if rank == 1:
        arguments.update(filter_length=sizes[0], subsample_length=steps[0])
    else:
        arguments.update(nb_row=sizes[0], nb_col=sizes[1], subsample=steps, dim_ordering=ordering)
    lengths = lengths_that_fit(draw, sizes, (1,) * rank, "valid", 6)
    shape = sized(ordering, lengths, draw(st.integers(1, 3)))
    return (
        Drawn(f"LocallyConnected{rank}D", arguments, shape, False, **draw(st.fixed_dictionaries(common()))),
        sizes,
        steps,
    )


@given(locally_connected())
@examples()
def test_locally_connected(engines, drawn):
    case, sizes, steps = drawn

    def formula(x, kernel, bias=None):
        return local(x, kernel, bias, sizes, steps, case.ordering)

    check(engines, case, formula, 27)


# What a layer is and has


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Conv1D", "Convolution1D"),
        ("Conv2D", "Convolution2D"),
        ("Conv3D", "Convolution3D"),
        ("Deconv2D", "Deconvolution2D"),
        ("SeparableConv2D", "SeparableConvolution2D"),
        ("AtrousConv1D", "AtrousConvolution1D"),
        ("AtrousConv2D", "AtrousConvolution2D"),
    ],
)
def test_aliases(alias, name):
    assert getattr(layers, alias) is getattr(layers, name)
    assert getattr(layers.convolutional, alias).__name__ == name


def test_alias_is_saved_under_the_long_name(K):
    model = Sequential([layers.Conv2D(2, 3, 3, input_shape=(5, 5, 1))])
    (entry,) = model.get_config()
    assert entry["class_name"] == "Convolution2D" and entry["config"]["name"] == "convolution2d_1"


@pytest.mark.parametrize(
    ("layer", "shape", "fans"),
    [
        (lambda **k: Convolution2D(50, 3, 2, **k), (5, 5, 20), (20 * 6, 50 * 6)),
        (lambda **k: Convolution2D(50, 3, 2, dim_ordering="th", **k), (20, 5, 5), (20 * 6, 50 * 6)),
        (lambda **k: Convolution1D(50, 4, **k), (9, 20), (20 * 50, 4 * 20 * 50)),
        (lambda **k: layers.Convolution3D(30, 3, 2, 2, dim_ordering="th", **k), (9, 4, 4, 4), (108, 360)),
        (lambda **k: layers.LocallyConnected1D(30, 3, **k), (9, 8), (np.sqrt(5040),) * 2),
    ],
)
def test_start_of_the_kernel(K, layer, shape, fans):
    """As in Keras 1, whose Convolution1D takes its kernel's axes for those of the ordering 'th'."""
    kernel = one(layer(), shape).get_weights()[0]
    bound = np.sqrt(6 / sum(fans))
    assert 0.97 * bound < np.abs(kernel).max() <= bound
    assert (one(layer(), shape).get_weights()[1] == 0).all()


def test_own_initializations(K):
    def plain(shape, name=None):
        return K.variable(np.full(shape, 2.0), name=name)

    asked = []

    def with_ordering(shape, name=None, dim_ordering="none"):
        asked.append(dim_ordering)
        return initializations.one(shape, name=name)

    layer = Convolution2D(2, 2, 2, init=plain)
    assert (one(layer, (3, 3, 1)).get_weights()[0] == 2).all() and layer.get_config()["init"] == "plain"
    for ordering in ("tf", "th"):
        one(Convolution2D(2, 2, 2, init=with_ordering, dim_ordering=ordering), (3, 3, 3))
    assert asked == ["tf", "th"]


def test_ordering_of_the_settings(K):
    K.set_image_dim_ordering("th")
    layer = Convolution2D(4, 3, 2, input_shape=(2, 6, 5))
    model = Sequential([layer, layers.MaxPooling2D(), layers.ZeroPadding2D(), layers.GlobalMaxPooling2D()])
    assert [each.output_shape for each in model.layers] == [
        (None, 4, 4, 4), (None, 4, 2, 2), (None, 4, 4, 4), (None, 4),
    ]  # fmt: skip
    assert layer.W_shape == (4, 2, 3, 2) and layer.get_config()["dim_ordering"] == "th"


def test_weights_argument(K):
    values = [RANDOM.normal(size=(2, 3, 1, 4)), np.arange(4.0)]
    layer = Convolution2D(4, 2, 3, weights=values)
    for got, wanted in zip(one(layer, (4, 4, 1)).get_weights(), values, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["int32", "uint8", "float64"])
def test_input_of_another_dtype(K, dtype):
    x = RANDOM.randint(0, 255, (2, 4, 4, 3)).astype(dtype)
    inputs = Input(shape=(4, 4, 3), dtype=dtype)
    model = Model(input=inputs, output=Convolution2D(2, 3, 3)(inputs))
    assert K.dtype(model.outputs[0]) == "float32"
    wanted = oracle.conv2d(x.astype("float64"), model.get_weights()[0])
    np.testing.assert_allclose(model.predict(x), wanted, rtol=1e-4, atol=1e-3)


def test_networks_of_any_size(K):
    """A net of convolutions only takes images of any size, and gives for each what it gives for its part."""
    model = Sequential(
        [
            Convolution2D(3, 3, 3, activation="relu", input_shape=(None, None, 2)),
            layers.MaxPooling2D((2, 2)),
            layers.ZeroPadding2D((1, 0)),
            layers.SeparableConvolution2D(4, 2, 2),
            layers.UpSampling2D((2, 1)),
            layers.Cropping2D(((1, 0), (0, 1))),
            layers.GlobalAveragePooling2D(),
        ]
    )
    assert [each.output_shape for each in model.layers] == [
        *[(None, None, None, 3)] * 3, *[(None, None, None, 4)] * 3, (None, 4),
    ]  # fmt: skip
    small = Sequential.from_config(
        [
            {**entry, "config": {**entry["config"], "batch_input_shape": (None, 10, 11, 2)}}
            if index == 0
            else entry
            for index, entry in enumerate(model.get_config())
        ]
    )
    small.set_weights(model.get_weights())
    for rows, columns in ((10, 11), (13, 8)):
        x = RANDOM.normal(size=(2, rows, columns, 2))
        assert model.predict(x).shape == (2, 4)
    x = RANDOM.normal(size=(2, 10, 11, 2))
    np.testing.assert_allclose(model.predict(x), small.predict(x), rtol=1e-5, atol=1e-6)


def test_window_larger_than_what_comes(K):
    model = Sequential([Convolution2D(2, 3, 3, input_shape=(None, None, 1))])
    with pytest.raises(ValueError):
        model.predict(np.zeros((1, 2, 5, 1)))
    assert model.predict(np.zeros((1, 3, 5, 1))).shape == (1, 1, 3, 2)


def test_shape_of_sequences_of_any_length(K):
    model = Sequential([Convolution1D(3, 2, input_dim=4), layers.MaxPooling1D(), layers.GlobalMaxPooling1D()])
    assert [each.output_shape for each in model.layers] == [(None, None, 3), (None, None, 3), (None, 3)]
    assert model.layers[0].batch_input_shape == (None, None, 4)
    fixed = Sequential([Convolution1D(3, 2, input_dim=4, input_length=6)])
    assert fixed.output_shape == (None, 5, 3)


def test_transposed_takes_any_number_of_samples(K):
    layer = layers.Deconvolution2D(2, 3, 3, (None, 9, 9, 2), subsample=(2, 2))
    model = one(layer, (4, 4, 1))
    assert model.output_shape == (None, 9, 9, 2) and layer.output_shape == (None, 9, 9, 2)
    for samples in (1, 3):
        assert model.predict(np.ones((samples, 4, 4, 1))).shape == (samples, 9, 9, 2)
    told = one(layers.Deconvolution2D(2, 3, 3, (7, 9, 9, 2), subsample=(2, 2)), (4, 4, 1))
    assert told.predict(np.ones((3, 4, 4, 1))).shape == (3, 9, 9, 2)


def test_transposed_undoes_the_shape_of_a_convolution(K):
    inputs = Input(batch_shape=(3, 7, 8, 2))
    down = Convolution2D(4, 3, 2, subsample=(2, 3), border_mode="same")
    up = layers.Deconvolution2D(2, 3, 2, inputs._keras_shape, subsample=(2, 3), border_mode="same")
    assert up(down(inputs))._keras_shape == (3, 7, 8, 2)


def test_a_locally_connected_layer_is_one_product(K, monkeypatch):
    """However many places there are."""
    calls = []
    for name in ("dot", "batch_dot"):
        original = getattr(K, name)
        monkeypatch.setattr(
            K,
            name,
            lambda *args, _original=original, _name=name, **k: calls.append(_name) or _original(*args, **k),
        )
    one(layers.LocallyConnected2D(2, 2, 2), (12, 12, 3))
    one(layers.LocallyConnected1D(2, 2), (50, 3))
    assert calls == ["batch_dot", "batch_dot"]


def test_own_subclass(K):
    """Subclasses of Keras 1 programs use the layer's attributes."""

    class Doubled(Convolution2D):
        def call(self, x, mask=None):
            output = K.conv2d(
                x,
                2 * self.W,
                strides=self.subsample,
                border_mode=self.border_mode,
                dim_ordering=self.dim_ordering,
                filter_shape=self.W_shape,
            )
            return self.activation(output + K.reshape(self.b, (1, 1, 1, self.nb_filter)))

    layer = Doubled(3, 2, 2)
    model, plain = one(layer, (4, 4, 2)), one(Convolution2D(3, 2, 2), (4, 4, 2))
    plain.set_weights(model.get_weights())
    x = RANDOM.normal(size=(2, 4, 4, 2))
    np.testing.assert_allclose(model.predict(x), 2 * plain.predict(x), rtol=1e-5, atol=1e-6)
    assert model.output_shape == (None, 3, 3, 3)


# With other layers


def test_convolution_of_each_step(K):
    x = RANDOM.normal(size=(2, 3, 5, 6, 2))
    inner = Convolution2D(4, 2, 3, border_mode="same", subsample=(2, 1))
    model = one(layers.TimeDistributed(inner), (3, 5, 6, 2))
    assert model.output_shape == (None, 3, 3, 6, 4)
    single = one(Convolution2D(4, 2, 3, border_mode="same", subsample=(2, 1)), (5, 6, 2))
    single.set_weights(model.get_weights())
    wanted = single.predict(x.reshape(6, 5, 6, 2)).reshape(2, 3, 3, 6, 4)
    np.testing.assert_allclose(model.predict(x), wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_maps_drop_behind_a_convolution(K, ordering):
    shape = (6, 6, 1) if ordering == "tf" else (1, 6, 6)
    model = Sequential(
        [
            Convolution2D(40, 3, 3, init="one", dim_ordering=ordering, input_shape=shape),
            layers.SpatialDropout2D(0.5, dim_ordering=ordering),
        ]
    )
    y = K.function([model.inputs[0], K.learning_phase()], model.outputs)([np.ones((5, *shape)), 1])[0]
    y = np.moveaxis(y, -1, 1) if ordering == "tf" else y
    maps = y.reshape(200, -1)
    assert set(np.unique(maps)) == {0.0, 18.0} and (maps.min(1) == maps.max(1)).all()
    assert 0.3 < (maps[:, 0] == 0).mean() < 0.7


@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_a_net_learns(K, ordering):
    """Where a bright square is."""
    x = 0.3 * RANDOM.normal(size=(64, 8, 8, 1))
    labels = RANDOM.randint(0, 2, 64)
    for image, label in zip(x, labels, strict=True):
        image[2:5, 4 * label : 4 * label + 3] += 1
    x = x if ordering == "tf" else np.moveaxis(x, -1, 1)
    model = Sequential(
        [
            Convolution2D(4, 3, 3, activation="relu", dim_ordering=ordering, input_shape=x.shape[1:]),
            layers.MaxPooling2D(dim_ordering=ordering),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, labels, batch_size=16, nb_epoch=25, verbose=0)
    assert history.history["acc"][-1] > 0.95


# Bad input


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Convolution2D(0, 3, 3),
            ValueError,
            "Convolution2D: nb_filter must be an integer above 0, got 0",
        ),
        (lambda: Convolution2D(2, -1, 3), ValueError, "nb_row must be an integer above 0, got -1"),
        (lambda: Convolution1D(2, 2.5), ValueError, "filter_length must be an integer above 0, got 2.5"),
        (lambda: Convolution1D(2, 2, subsample_length=0), ValueError, "subsample_length must be an integer"),
        (
            lambda: Convolution2D(2, 3, 3, subsample=(0, 1)),
            ValueError,
            r"subsample must be 2 int.*got \(0, 1\)",
        ),
        (lambda: Convolution2D(2, 3, 3, subsample=(1,)), ValueError, r"subsample must be 2 integers"),
        (
            lambda: Convolution2D(2, 3, 3, border_mode="sme"),
            ValueError,
            "'full', got 'sme'. Did you mean 'same'",
        ),
        (lambda: Convolution2D(2, 3, 3, dim_ordering="tff"), ValueError, "got 'tff'. Did you mean 'tf'"),
        (lambda: Convolution2D(2, 3, 3, activation="rleu"), ValueError, "Did you mean 'relu'"),
        (lambda: Convolution2D(2, 3, 3, input_dim=2), TypeError, "'input_dim'. Give the whole input_shape"),
        (lambda: Convolution2D(2, 3, 3, strides=2), TypeError, "In Keras 1 it is called 'subsample'"),
        (
            lambda: Convolution2D(2, (3, 3)),
            TypeError,
            r"Convolution2D: missing.*'nb_col'.*Convolution2D\(32, 3, 3\)",
        ),
        (
            lambda: layers.AtrousConvolution2D(2, 3, 3, atrous_rate=0),
            ValueError,
            "atrous_rate must be 2 integers",
        ),
        (
            lambda: layers.AtrousConvolution1D(2, 3, atrous_rate=0),
            ValueError,
            "atrous_rate must be an integer",
        ),
        (
            lambda: layers.SeparableConvolution2D(2, 3, 3, border_mode="full"),
            ValueError,
            "'valid', 'same', got",
        ),
        (
            lambda: layers.SeparableConvolution2D(2, 3, 3, depth_multiplier=0),
            ValueError,
            "depth_multiplier must",
        ),
        (
            lambda: layers.LocallyConnected1D(2, 3, border_mode="same"),
            ValueError,
            "one of 'valid', got 'same'",
        ),
        (
            lambda: layers.LocallyConnected2D(2, 3, 3, border_mode="same"),
            ValueError,
            "one of 'valid', got 'same'",
        ),
        (
            lambda: layers.Convolution3D(2, 3, 3),
            TypeError,
            r"missing.*kernel_dim3.*Convolution3D\(32, 3, 3, 3\)",
        ),
        (
            lambda: layers.Deconvolution2D(3, 2, 2, (9, 9)),
            ValueError,
            r"such as \(None, 28, 28, 3\).*got \(9, 9\)",
        ),
        (lambda: layers.Deconvolution2D(3, 2, 2, (None, 9, None, 3)), ValueError, "three integers above 0"),
        (
            lambda: layers.Deconvolution2D(3, 2, 2, (None, 9, 9, 4)),
            ValueError,
            r"nb_filter \(3\) channels at axis 3",
        ),
        (lambda: layers.Deconvolution2D(3, 2, 2), TypeError, "missing.*'output_shape'"),
    ],
)
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            lambda: Convolution2D(2, 5, 5),
            (3, 3, 1),
            r"convolution2d_1: the window \(5, 5\) is larger than the input",
        ),
        (lambda: Convolution2D(2, 5, 5, dim_ordering="th"), (1, 3, 3), "convolution2d_1: the window"),
        (lambda: layers.AtrousConvolution2D(2, 3, 3, atrous_rate=(3, 3)), (6, 6, 1), r"the window \(7, 7\)"),
        (lambda: layers.AtrousConvolution1D(2, 3, atrous_rate=3), (6, 1), r"the window \(7,\) is larger"),
        (lambda: layers.LocallyConnected2D(2, 5, 5), (3, 3, 1), "locallyconnected2d_1: the window"),
        (
            lambda: layers.LocallyConnected1D(2, 2),
            (None, 3),
            "locallyconnected1d_1: the size of .* axis 1 must be known",
        ),
        (lambda: layers.SeparableConvolution2D(2, 5, 5), (3, 3, 1), "separableconvolution2d_1: the window"),
        (
            lambda: Convolution2D(2, 2, 2),
            (3, 3, None),
            "convolution2d_1: the size of .* axis 3 must be known",
        ),
        (lambda: Convolution2D(2, 2, 2), (3, 3), "'convolution2d_1', input 0: wanted 4 axes, got 3"),
        (
            lambda: layers.Deconvolution2D(3, 2, 2, (None, 9, 9, 3)),
            (4, 4, 1),
            r"deconvolution2d_1: .*\(8, 8\).*got \(4, 4\)",
        ),
    ],
)
def test_bad_input(K, layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer()(Input(shape=shape))


def test_shared_layer_on_what_does_not_fit(K):
    layer = Convolution2D(2, 3, 3, name="shared")
    layer(Input(shape=(5, 5, 2)))
    with pytest.raises(ValueError, match=r"'shared', input 0: wanted shape \(None, None, None, 2\)"):
        layer(Input(shape=(5, 5, 3)))
    with pytest.raises(ValueError, match=r"shared: the window \(3, 3\) is larger than the input \(2, 5\)"):
        layer(Input(shape=(2, 5, 2)))
    assert layer(Input(shape=(9, 9, 2)))._keras_shape == (None, 7, 7, 2)


def test_another_batch_than_declared(K):
    model = Sequential([Convolution2D(2, 3, 3, batch_input_shape=(4, 6, 6, 1))])
    with pytest.raises(ValueError, match=r"wanted batches of 4 samples.*got 3"):
        model.predict(np.zeros((3, 6, 6, 1)), batch_size=4)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: Convolution1D(2, 2),
        lambda: layers.AtrousConvolution1D(2, 2),
        lambda: layers.LocallyConnected1D(2, 2),
        layers.UpSampling1D,
        layers.ZeroPadding1D,
        layers.Cropping1D,
        layers.MaxPooling1D,
        layers.AveragePooling1D,
        layers.GlobalMaxPooling1D,
        layers.GlobalAveragePooling1D,
    ],
)
def test_masks_are_refused(K, layer):
    masked = layers.Embedding(9, 3, mask_zero=True)(Input(shape=(6,), dtype="int32"))
    with pytest.raises(TypeError, match="does not support masking"):
        layer()(masked)
