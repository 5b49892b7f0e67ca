"""Pooling, and the layers that pad, crop and repeat: drawn at random, and what they promise besides."""

import numpy as np
import pytest
from drawn_layers import Drawn, check, common, several, sized
from hypothesis import given
from hypothesis import strategies as st

from polykeras import layers
from polykeras.layers import Input
from polykeras.layers import pooling as home
from polykeras.models import Model, Sequential
from polykeras.testing import oracle
from polykeras.testing.draws import examples

RANDOM = np.random.RandomState(4)


def one(layer, shape):
    x = Input(shape=shape)
    return Model(input=x, output=layer(x))


def spatial(x, ordering):
    return range(1, x.ndim - 1) if ordering == "tf" else range(2, x.ndim)


@st.composite
def poolings(draw):
    rank, mode = draw(st.integers(1, 3)), draw(st.sampled_from(["valid", "same"]))
    kind = draw(st.sampled_from(["Max", "Average"]))
    ordering = draw(st.sampled_from(["tf", "th"])) if rank > 1 else "tf"
    sizes, steps = draw(several(rank, 1, 3)), draw(st.none() | several(rank, 1, 3))
    lengths = draw(several(rank, 1, 7 if rank < 3 else 4))
    if mode == "valid":
        lengths = tuple(map(max, lengths, sizes))
    arguments = {"border_mode": mode}
    if rank == 1:
        arguments.update(pool_length=sizes[0], stride=steps and steps[0])
    else:
        arguments.update(pool_size=sizes, strides=steps, dim_ordering=ordering)
    shape = sized(ordering, lengths, draw(st.integers(1, 3)))
    drawn = draw(st.fixed_dictionaries(common()))
    return Drawn(f"{kind}Pooling{rank}D", arguments, shape, draw(st.booleans()), **drawn), sizes, steps, kind


@given(poolings())
@examples(usual=20)
def test_pooling(engines, drawn):
    case, sizes, steps, kind = drawn
    mode = "max" if kind == "Max" else "avg"

    def formula(x):
        images = x if case.ordering == "tf" else np.moveaxis(x, 1, -1)
        pooled = oracle.pooling(images, sizes, steps, case.arguments["border_mode"], mode)
        return pooled if case.ordering == "tf" else np.moveaxis(pooled, -1, 1)

    check(engines, case, formula, int(np.prod(sizes)))


@st.composite
def whole(draw):
    rank, kind = draw(st.integers(1, 3)), draw(st.sampled_from(["Max", "Average"]))
    ordering = draw(st.sampled_from(["tf", "th"])) if rank > 1 else "tf"
    shape = sized(ordering, draw(several(rank, 1, 5)), draw(st.integers(1, 3)))
    arguments = {"dim_ordering": ordering} if rank > 1 else {}
    drawn = draw(st.fixed_dictionaries(common()))
    return Drawn(f"Global{kind}Pooling{rank}D", arguments, shape, draw(st.booleans()), **drawn), kind


@given(whole())
@examples()
def test_global_pooling(engines, drawn):
    case, kind = drawn

    def formula(x):
        return (np.max if kind == "Max" else np.mean)(x, axis=tuple(spatial(x, case.ordering)))

    check(engines, case, formula, int(np.prod(case.shape)))


@st.composite
def moved(draw):
    """Padding, cropping and repeating, each in the forms in which its argument may come."""
    kind = draw(st.sampled_from(["ZeroPadding", "Cropping", "UpSampling"]))
    rank = draw(st.integers(1, 3))
    ordering = draw(st.sampled_from(["tf", "th"])) if rank > 1 else "tf"
    lengths = draw(several(rank, 2, 5))
    arguments = {"dim_ordering": ordering} if rank > 1 else {}
    if kind == "UpSampling":
        sides = draw(several(rank, 1, 3))
        arguments.update({"length": sides[0]} if rank == 1 else {"size": sides})
    elif kind == "Cropping":
        sides = tuple(
            (before, draw(st.integers(0, n - before - 1)))
            for n in lengths
            for before in [draw(st.integers(0, n - 1))]
        )
        arguments["cropping"] = sides if rank > 1 else sides[0]
    else:
        form = draw(st.sampled_from(["even", "sides", "named"])) if rank < 3 else "even"
        sides = tuple((n, n) for n in draw(several(rank, 0, 2)))
        arguments["padding"] = tuple(n for n, _ in sides) if rank > 1 else sides[0][0]
        if form != "even":
            sides = tuple(draw(several(2, 0, 2)) for _ in range(rank))
            flat = tuple(n for pair in sides for n in pair)
            names = (
                ("left_pad", "right_pad") if rank == 1 else ("top_pad", "bottom_pad", "left_pad", "right_pad")
            )
            named = {name: n for name, n in zip(names, flat, strict=True) if n}
            arguments["padding"] = flat if form == "sides" else named
    shape = sized(ordering, lengths, draw(st.integers(1, 3)))
    drawn = draw(st.fixed_dictionaries(common()))
    return Drawn(f"{kind}{rank}D", arguments, shape, draw(st.booleans()), **drawn), sides


@given(moved())
@examples(usual=25)
def test_moved(engines, drawn):
    case, sides = drawn

    def formula(x):
        for axis, side in zip(spatial(x, case.ordering), sides, strict=True):
            if case.kind.startswith("UpSampling"):
                x = np.repeat(x, side, axis)
            elif case.kind.startswith("Cropping"):
                x = np.take(x, range(side[0], x.shape[axis] - side[1]), axis)
            else:
                x = np.pad(x, [side if each == axis else (0, 0) for each in range(x.ndim)])
        return x

    check(engines, case, formula, 27)


# What a layer is and has


def test_defaults():
    assert layers.MaxPooling1D().get_config().items() >= {
        "pool_length": 2, "stride": 2, "border_mode": "valid",
    }.items()  # fmt: skip
    assert layers.MaxPooling1D(3, 1).stride == 1 and layers.AveragePooling1D(3).stride == 3
    assert layers.MaxPooling2D().strides == (2, 2) and layers.AveragePooling3D((1, 2, 3)).strides == (1, 2, 3)
    assert layers.MaxPooling2D(strides=(1, 1)).get_config()["strides"] == (1, 1)
    assert layers.UpSampling1D().length == 2 and layers.UpSampling3D().size == (2, 2, 2)
    assert layers.ZeroPadding1D().padding == 1 and layers.Cropping1D().cropping == (1, 1)


def test_ordering_in_the_configuration():
    """Pooling always tells it; of the others, where Keras 1 loses it, those that were asked for it do."""
    for kind in ("ZeroPadding2D", "Cropping3D", "UpSampling2D"):
        make = getattr(layers, kind)
        assert "dim_ordering" not in make().get_config()
        assert make(dim_ordering="th").get_config()["dim_ordering"] == "th"
    assert layers.GlobalMaxPooling2D().get_config()["dim_ordering"] == "tf"


def test_names_of_sides():
    layer = layers.ZeroPadding2D({"top_pad": 1, "right_pad": 2})
    assert (layer.top_pad, layer.bottom_pad, layer.left_pad, layer.right_pad) == (1, 0, 0, 2)
    assert layer.get_config()["padding"] == {"top_pad": 1, "right_pad": 2}
    layer = layers.ZeroPadding1D((3, 0))
    assert (layer.left_pad, layer.right_pad) == (3, 0)


def test_padding_counts_nowhere(K):
    """A window at the border: the mean over what lies inside, the largest of it even below 0."""
    x = -np.arange(1.0, 6.0).reshape(1, 5, 1)
    largest = one(layers.MaxPooling1D(3, 1, "same"), (5, 1)).predict(x).ravel()
    mean = one(layers.AveragePooling1D(3, 1, "same"), (5, 1)).predict(x).ravel()
    np.testing.assert_allclose(largest, [-1, -1, -2, -3, -4])
    np.testing.assert_allclose(mean, [-1.5, -2, -3, -4, -4.5])


def test_slope_goes_to_the_first_of_equals(K):
    model = one(layers.MaxPooling2D(), (2, 4, 1))
    slope = K.gradients(K.sum(model.outputs[0]), model.inputs)
    x = np.array([[1.0, 1, 2, 3], [1, 1, 3, 3]]).reshape(1, 2, 4, 1)
    got = K.function(model.inputs, slope)([x])[0]
    np.testing.assert_array_equal(got[0, :, :, 0], [[1, 0, 0, 1], [0, 0, 0, 0]])


def test_own_pooling(K):
    """Subclasses of Keras 1 programs override `_pooling_function`."""

    class Both(home._Pooling2D):
        def _pooling_function(self, inputs, pool_size, strides, border_mode, dim_ordering):
            arguments = (inputs, pool_size, strides, border_mode, dim_ordering)
            return K.pool2d(*arguments, pool_mode="max") + K.pool2d(*arguments, pool_mode="avg")

    class Widths(home._Pooling1D):
        def _pooling_function(self, inputs, pool_size, strides, border_mode, dim_ordering):
            assert pool_size == (3, 1) and strides == (2, 1) and dim_ordering == "tf"
            return K.pool2d(inputs, pool_size, strides, border_mode, dim_ordering, pool_mode="max")

    x = RANDOM.normal(size=(2, 4, 6, 3))
    wanted = one(layers.MaxPooling2D(), (4, 6, 3)).predict(x) + one(
        layers.AveragePooling2D(), (4, 6, 3)
    ).predict(x)
    np.testing.assert_allclose(one(Both(), (4, 6, 3)).predict(x), wanted, rtol=1e-5, atol=1e-6)
    assert one(Widths(3, 2), (7, 2)).output_shape == (None, 3, 2)


def test_pooling_of_each_step(K):
    x = RANDOM.normal(size=(2, 3, 4, 6, 2))
    model = one(layers.TimeDistributed(layers.MaxPooling2D((2, 3))), (3, 4, 6, 2))
    assert model.output_shape == (None, 3, 2, 2, 2)
    wanted = x.reshape(2, 3, 2, 2, 2, 3, 2).max((3, 5))
    np.testing.assert_allclose(model.predict(x), wanted, rtol=1e-6)


def test_maps_of_any_size(K):
    model = Sequential(
        [
            layers.ZeroPadding1D(2, input_shape=(None, 3)),
            layers.Cropping1D((1, 0)),
            layers.UpSampling1D(3),
            layers.AveragePooling1D(4, border_mode="same"),
        ]
    )
    assert [each.output_shape for each in model.layers] == [(None, None, 3)] * 4
    for length in (1, 5):
        assert model.predict(np.ones((2, length, 3))).shape == (2, -(-3 * (length + 3) // 4), 3)


# Bad input


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MaxPooling1D(0), "MaxPooling1D: pool_length must be an integer above 0, got 0"),
        (lambda: layers.MaxPooling1D(2, 0), "stride must be an integer above 0, got 0"),
        (lambda: layers.MaxPooling2D((2, 0)), r"MaxPooling2D: pool_size must be 2 integers.*got \(2, 0\)"),
        (lambda: layers.MaxPooling2D((2, 2, 2)), "pool_size must be 2 integers"),
        (lambda: layers.AveragePooling2D(strides=(0, 1)), "AveragePooling2D: strides must be 2 integers"),
        (
            lambda: layers.MaxPooling2D(border_mode="full"),
            "border_mode must be one of 'valid', 'same', got 'full'",
        ),
        (lambda: layers.MaxPooling3D(border_mode="vaild"), "Did you mean 'valid'"),
        (
            lambda: layers.GlobalMaxPooling2D(dim_ordering="t"),
            "GlobalMaxPooling2D: dim_ordering must be one of",
        ),
        (lambda: layers.UpSampling1D(0), "UpSampling1D: length must be an integer above 0"),
        (lambda: layers.UpSampling2D((2, 0)), r"UpSampling2D: size must be 2 integers above 0"),
        (lambda: layers.ZeroPadding1D(-1), "ZeroPadding1D: padding must be 1 integer not below 0.*got -1"),
        (lambda: layers.ZeroPadding1D((1, 2, 3)), "padding must be 2 integers"),
        (
            lambda: layers.ZeroPadding2D((1, 2, 3)),
            r"ZeroPadding2D: padding must be \(rows, columns\).*\(1, 2, 3\)",
        ),
        (lambda: layers.ZeroPadding2D((1, -2)), "padding must be 2 integers not below 0"),
        (
            lambda: layers.ZeroPadding2D({"top": 1}),
            "each key of padding must be one of.*Did you mean 'top_pad'",
        ),
        (lambda: layers.ZeroPadding2D({"top_pad": 0.5}), "padding must be 4 integers"),
        (lambda: layers.ZeroPadding3D((1, 1)), "padding must be 3 integers"),
        (lambda: layers.Cropping1D((-1, 0)), "Cropping1D: cropping must be 2 integers not below 0"),
        (lambda: layers.Cropping2D((1, 1)), "Cropping2D: each pair of cropping must be 2 integers"),
        (lambda: layers.Cropping2D(((1, 1),)), "cropping must be 2 pairs such as"),
        (lambda: layers.Cropping3D(3), "cropping must be 3 pairs such as"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            lambda: layers.MaxPooling2D((5, 2)),
            (3, 3, 1),
            r"maxpooling2d_1: the window \(5, 2\) is larger than",
        ),
        (lambda: layers.MaxPooling1D(5), (3, 1), r"maxpooling1d_1: the window \(5,\)"),
        (lambda: layers.MaxPooling2D(), (3, 3), "'maxpooling2d_1', input 0: wanted 4 axes, got 3"),
        (lambda: layers.GlobalMaxPooling1D(), (3,), "'globalmaxpooling1d_1', input 0: wanted 3 axes, got 2"),
        (
            lambda: layers.Cropping1D((2, 1)),
            (2, 1),
            "cropping1d_1: .*takes away more than an input of the shape",
        ),
        (
            lambda: layers.Cropping2D(((0, 0), (2, 2))),
            (5, 3, 1),
            r"cropping2d_1: .*takes away more.*\(None, 5, 3, 1\)",
        ),
        (lambda: layers.UpSampling2D(), (3,), "wanted 4 axes"),
        (lambda: layers.ZeroPadding3D(), (3, 4, 2), "wanted 5 axes"),
    ],
)
def test_bad_input(K, layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer()(Input(shape=shape))


@pytest.mark.parametrize(
    "kind", ["UpSampling1D", "ZeroPadding1D", "Cropping1D", "MaxPooling1D", "GlobalMaxPooling1D"]
)
def test_sequences_have_no_ordering(kind):
    with pytest.raises(TypeError, match="unknown keyword argument 'dim_ordering'"):
        getattr(layers, kind)(dim_ordering="th")
