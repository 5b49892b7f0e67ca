"""Weights of a model for the same model with the other ordering of axes: both predict the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras import backend as K_module
from polykeras import layers
from polykeras.layers import (
    ELU,
    GRU,
    LSTM,
    Activation,
    AtrousConvolution1D,
    AtrousConvolution2D,
    AveragePooling2D,
    AveragePooling3D,
    BatchNormalization,
    Bidirectional,
    ConvLSTM2D,
    Convolution1D,
    Convolution2D,
    Convolution3D,
    Cropping2D,
    Cropping3D,
    Deconvolution2D,
    Dense,
    Dropout,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    GlobalAveragePooling2D,
    GlobalMaxPooling3D,
    Highway,
    Input,
    Lambda,
    LeakyReLU,
    LocallyConnected1D,
    LocallyConnected2D,
    MaxoutDense,
    MaxPooling2D,
    MaxPooling3D,
    Merge,
    ParametricSoftplus,
    Permute,
    PReLU,
    RepeatVector,
    Reshape,
    SeparableConvolution2D,
    SimpleRNN,
    SpatialDropout2D,
    SReLU,
    ThresholdedReLU,
    TimeDistributed,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding2D,
    ZeroPadding3D,
    merge,
)
from polykeras.models import Model, Sequential
from polykeras.utils.layer_utils import convert_dim_ordering

IMAGE = (3, 6, 5)  # channels first
VOLUME = (3, 5, 4, 6)
IMAGES = (2, 3, 6, 5)  # two steps of time


def shaped(shape: tuple[int, ...], ordering: str, before: int = 0) -> tuple[int, ...]:
    """A shape with the channels first, in an ordering; `before`: axes before the channels."""
    if ordering == "th":
        return shape
    return (*shape[:before], *shape[before + 1 :], shape[before])


def moved(x: np.ndarray, ordering: str, other: str, before: int = 1) -> np.ndarray:
    """Images in another ordering; what is none stays."""
    if ordering == other or x.ndim < 4:
        return x
    return np.moveaxis(x, before, -1) if ordering == "th" else np.moveaxis(x, -1, before)


def spread(model: Any) -> None:
    """Weights of which no two are the same; positive, for variances are among them."""
    state = np.random.RandomState(7)
    model.set_weights([state.uniform(0.1, 0.9, value.shape) for value in model.get_weights()])


def check_twins(
    build: Callable[[str], Any], shapes: list[tuple[int, ...]], before: int = 1, out_before: int = 1
) -> None:
    """Converts there and back, and compares predictions for the same images."""
    for source, target in (("th", "tf"), ("tf", "th")):
        one, two = build(source), build(target)
        spread(one)
        weights = two.get_weights()
        convert_dim_ordering(one, two)
        state = np.random.RandomState(3)
        images = [state.uniform(-1, 1, (2, *shape)).astype("float32") for shape in shapes]
        wanted, got = (
            model.predict_on_batch([moved(x, "th", ordering, before) for x in images])
            for model, ordering in ((one, source), (two, target))
        )
        scale = max(1.0, float(np.abs(wanted).max()))
        np.testing.assert_allclose(
            moved(got, target, source, out_before), wanted, rtol=1e-5, atol=1e-5 * scale
        )
        assert np.ptp(wanted) > 1e-3 * scale
        assert not weights or not all(map(np.array_equal, weights, two.get_weights()))
        back = build(source)
        convert_dim_ordering(two, back)
        assert all(map(np.array_equal, back.get_weights(), one.get_weights()))


def stack(shape: tuple[int, ...], before: int, *makers: Callable[[str], Any]) -> Callable[[str], Sequential]:
    """What builds a stack of layers on images of a shape in an ordering."""

    def build(ordering: str) -> Sequential:
        x = Input(shaped(shape, ordering, before))
        output = x
        for make in makers:
            output = make(ordering)(output)
        return Model(x, output)

    return build


def axis(ordering: str) -> int:
    return 1 if ordering == "th" else -1


def spatial(ordering: str) -> list[int]:
    return [2, 3] if ordering == "th" else [1, 2]


def conv(ordering: str, filters: int = 4, **options: Any) -> Any:
    return Convolution2D(filters, 3, 2, dim_ordering=ordering, **options)


OF_IMAGES: dict[str, Callable[[str], Any]] = {
    "convolution": lambda o: conv(o, border_mode="same", subsample=(1, 2), activation="tanh"),
    "convolution_no_bias": lambda o: conv(o, bias=False),
    "atrous": lambda o: AtrousConvolution2D(4, 2, 3, atrous_rate=(2, 1), dim_ordering=o),
    "deconvolution": lambda o: Deconvolution2D(
        4, 3, 2, output_shape=(None, *shaped((4, 8, 6), o)), dim_ordering=o
    ),
    "separable": lambda o: SeparableConvolution2D(4, 3, 2, depth_multiplier=2, dim_ordering=o),
    "locally_connected": lambda o: LocallyConnected2D(4, 3, 2, subsample=(1, 2), dim_ordering=o),
    "locally_connected_no_bias": lambda o: LocallyConnected2D(4, 3, 2, bias=False, dim_ordering=o),
    "batch_normalization": lambda o: BatchNormalization(axis=axis(o)),
    "batch_normalization_of_samples": lambda o: BatchNormalization(axis=axis(o), mode=1),
    "batch_normalization_of_rows": lambda o: BatchNormalization(axis=spatial(o)[0]),
    "prelu": lambda o: PReLU(),
    "prelu_shared": lambda o: PReLU(shared_axes=spatial(o)),
    "srelu_of_rows": lambda o: SReLU(shared_axes=[spatial(o)[1], axis(o) % 4]),
    "parametric_softplus": lambda o: ParametricSoftplus(),
    "activation": lambda o: Activation("tanh"),
    "leaky": lambda o: LeakyReLU(),
    "elu": lambda o: ELU(),
    "thresholded": lambda o: ThresholdedReLU(0.2),
    "dropout": lambda o: Dropout(0.5),
    "spatial_dropout": lambda o: SpatialDropout2D(0.5, dim_ordering=o),
    "noise": lambda o: GaussianNoise(0.5),
    "gaussian_dropout": lambda o: GaussianDropout(0.5),
    "max_pooling": lambda o: MaxPooling2D((2, 3), dim_ordering=o),
    "average_pooling": lambda o: AveragePooling2D((3, 2), border_mode="same", dim_ordering=o),
    "global_pooling": lambda o: GlobalAveragePooling2D(dim_ordering=o),
    "padding": lambda o: ZeroPadding2D((1, 2), dim_ordering=o),
    "cropping": lambda o: Cropping2D(((1, 0), (0, 2)), dim_ordering=o),
    "upsampling": lambda o: UpSampling2D((2, 3), dim_ordering=o),
    "permute": lambda o: Permute((1, 3, 2) if o == "th" else (2, 1, 3)),
}

OF_VOLUMES: dict[str, Callable[[str], Any]] = {
    "convolution": lambda o: Convolution3D(4, 2, 3, 2, dim_ordering=o),
    "max_pooling": lambda o: MaxPooling3D((2, 1, 3), dim_ordering=o),
    "average_pooling": lambda o: AveragePooling3D((1, 2, 3), dim_ordering=o),
    "global_pooling": lambda o: GlobalMaxPooling3D(dim_ordering=o),
    "padding": lambda o: ZeroPadding3D((1, 0, 2), dim_ordering=o),
    "cropping": lambda o: Cropping3D(((1, 0), (0, 1), (2, 1)), dim_ordering=o),
    "upsampling": lambda o: UpSampling3D((2, 1, 3), dim_ordering=o),
}

OF_FLAT: dict[str, list[Callable[[str], Any]]] = {
    "dense": [lambda o: Dense(3)],
    "reshape": [lambda o: Reshape((-1,)), lambda o: Dense(3)],
    "maxout": [lambda o: MaxoutDense(3, nb_feature=2)],
    "highway": [lambda o: Highway(activation="tanh"), lambda o: Dense(3)],
    "between": [
        lambda o: Dropout(0.5),
        lambda o: BatchNormalization(),
        lambda o: LeakyReLU(),
        lambda o: PReLU(),
        lambda o: GaussianNoise(0.1),
        lambda o: Activation("softmax"),
        lambda o: BatchNormalization(mode=1),
        lambda o: Dense(3),
        lambda o: BatchNormalization(),
        lambda o: Dense(2, activation="softmax"),
    ],
    "recurrent": [
        lambda o: RepeatVector(3),
        lambda o: GRU(2, consume_less="gpu", inner_activation="sigmoid"),
    ],
    "recurrent_by_gates": [lambda o: RepeatVector(3), lambda o: Bidirectional(LSTM(2)), lambda o: Dense(3)],
    "time_distributed": [
        lambda o: RepeatVector(2),
        lambda o: TimeDistributed(Dense(3)),
        lambda o: SimpleRNN(2),
    ],
}


@pytest.mark.parametrize("name", OF_IMAGES)
def test_layers_of_images(K: Any, name: str) -> None:
    check_twins(stack(IMAGE, 0, OF_IMAGES[name]), [IMAGE])


@pytest.mark.parametrize("name", OF_VOLUMES)
def test_layers_of_volumes(K: Any, name: str) -> None:
    check_twins(stack(VOLUME, 0, OF_VOLUMES[name]), [VOLUME])


@pytest.mark.parametrize("sequences", [False, True])
def test_recurrent_convolution(K: Any, sequences: bool) -> None:
    def layer(o: str) -> Any:
        return ConvLSTM2D(2, 2, 3, border_mode="same", return_sequences=sequences, dim_ordering=o)

    check_twins(stack(IMAGES, 1, layer), [IMAGES], before=2, out_before=2 if sequences else 1)


@pytest.mark.parametrize("name", OF_FLAT)
def test_after_flatten(K: Any, name: str) -> None:
    check_twins(stack(IMAGE, 0, conv, lambda o: Flatten(), *OF_FLAT[name]), [IMAGE])


def test_a_net_of_2016(K: Any) -> None:
    def build(o: str) -> Sequential:
        return Sequential(
            [
                ZeroPadding2D((1, 1), input_shape=shaped(IMAGE, o), dim_ordering=o),
                conv(o, activation="relu"),
                BatchNormalization(axis=axis(o)),
                MaxPooling2D((2, 2), dim_ordering=o),
                conv(o, 5, border_mode="same"),
                Flatten(),
                Dropout(0.5),
                BatchNormalization(),
                Dense(4, activation="relu"),
                Dense(3, activation="softmax"),
            ]
        )

    check_twins(build, [IMAGE])


def test_nested_and_shared(K: Any) -> None:
    """Models in models, one of them at two places, a Dense in another model than the Flatten."""

    def build(o: str) -> Model:
        a, b = Input(shaped(IMAGE, o)), Input(shaped(IMAGE, o))
        inner = Sequential([conv(o, input_shape=shaped(IMAGE, o)), PReLU(shared_axes=spatial(o))])
        x = Input(shaped((4, 4, 4), o))
        flat = Model(x, Flatten()(conv(o, 2)(x)))
        head = Sequential([Dense(3, input_dim=12)])
        both = [head(flat(inner(each))) for each in (a, b)]
        return Model([a, b], merge([*both, flat(inner(a))][:2], mode="mul"))

    check_twins(build, [IMAGE, IMAGE])


@pytest.mark.parametrize("mode", ["concat", "sum", "max"])
def test_branches_that_are_merged(K: Any, mode: str) -> None:
    """Before the Flatten along the channels, after it flat images with what is none."""

    def build(o: str) -> Model:
        a, b = Input(shaped(IMAGE, o)), Input((24,))
        images = merge([conv(o)(a), conv(o)(a)], mode=mode, concat_axis=axis(o))
        flat = [Flatten()(conv(o, 2)(images)), Flatten()(conv(o, 2, border_mode="same")(images))]
        if mode == "concat":
            flat.append(Dense(24)(b))
        else:
            flat[1] = Flatten()(conv(o, 2)(images))
        joined = merge(flat, mode=mode)
        return Model([a, b] if mode == "concat" else a, Dense(3)(joined))

    check_twins(build, [IMAGE, (24,)] if mode == "concat" else [IMAGE])


def test_a_merge_at_the_bottom(K: Any) -> None:
    def build(o: str) -> Sequential:
        left = Sequential([conv(o, 2, input_shape=shaped(IMAGE, o)), Flatten()])
        right = Sequential([conv(o, 3, input_shape=shaped(IMAGE, o)), Flatten()])
        return Sequential([Merge([left, right], mode="concat"), Dense(3)])

    check_twins(build, [IMAGE, IMAGE])


def test_images_in_time(K: Any) -> None:
    """TimeDistributed layers and models, and what recurrent layers make of flat images."""

    def build(o: str) -> Sequential:
        inner = Sequential([conv(o, 3, input_shape=shaped((2, 4, 4), o)), BatchNormalization(axis=axis(o))])
        return Sequential(
            [
                TimeDistributed(conv(o, 2), input_shape=shaped(IMAGES, o, 1)),
                TimeDistributed(inner),
                TimeDistributed(Flatten()),
                TimeDistributed(BatchNormalization()),
                LSTM(3),
                Dense(2),
            ]
        )

    check_twins(build, [IMAGES], before=2)


def test_without_flatten(K: Any) -> None:
    def build(o: str) -> Model:
        x = Input(shaped((3, None, None), o))  # type: ignore[arg-type]
        return Model(x, Dense(3)(GlobalAveragePooling2D(dim_ordering=o)(conv(o)(x))))

    check_twins(build, [IMAGE])


def test_channels_as_many_as_rows_and_columns(K: Any) -> None:
    """The shape of the input does not tell how it lies; the layers do."""
    cube = (4, 4, 4)
    check_twins(stack(cube, 0, lambda o: conv(o), lambda o: Flatten(), lambda o: Dense(3)), [cube])
    check_twins(
        stack((4, 4, 4, 4), 1, lambda o: TimeDistributed(conv(o)), lambda o: TimeDistributed(Flatten()),
              lambda o: GRU(2)),
        [(4, 4, 4, 4)], before=2,
    )  # fmt: skip


def test_parts_with_one_ordering(K: Any) -> None:
    """Layers of sequences, and images that lie alike in both models, are copied."""

    def build(o: str) -> Model:
        a, b, c = Input(shaped(IMAGE, o)), Input((7, 2)), Input(IMAGE)
        flat = [
            Flatten()(conv(o)(a)),
            Flatten()(AtrousConvolution1D(2, 3)(Convolution1D(3, 2)(b))),
            Flatten()(LocallyConnected1D(2, 2)(b)),
            Flatten()(LocallyConnected2D(2, 2, 2, dim_ordering="th")(conv("th")(c))),
        ]
        return Model([a, b, c], Dense(3)(merge(flat, mode="concat")))

    for source, target in (("th", "tf"), ("tf", "th")):
        one, two = build(source), build(target)
        spread(one)
        convert_dim_ordering(one, two)
        state = np.random.RandomState(3)
        x, *rest = (state.uniform(-1, 1, (2, *shape)).astype("float32") for shape in (IMAGE, (7, 2), IMAGE))
        wanted = one.predict_on_batch([moved(x, "th", source), *rest])
        got = two.predict_on_batch([moved(x, "th", target), *rest])
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5 * np.abs(wanted).max())


def test_made_of_numbers(K: Any) -> None:
    """A generator: what a Dense makes is read in the same order in both, and one has a Permute after it."""

    def build(o: str) -> Sequential:
        return Sequential(
            [
                Dense(36, input_dim=4),
                BatchNormalization(),
                Reshape((2, 6, 3)),
                *([] if o == "th" else [Permute((2, 3, 1))]),
                UpSampling2D(dim_ordering=o),
                conv(o),
            ]
        )

    check_twins(build, [(4,)])


@pytest.mark.parametrize("in_both", [False, True])
def test_permuted(K: Any, in_both: bool) -> None:
    """What music taggers do: images in one order are read as a sequence."""

    def build(o: str) -> Model:
        x = Input(shaped(IMAGE, o))
        output = conv(o)(x)
        if o == "th":
            output = Permute((3, 1, 2))(output)
        elif in_both:
            output = Permute((2, 3, 1))(output)
        else:
            output = Permute((1, 3, 2))(Permute((2, 1, 3))(output))
        sequence = TimeDistributed(Flatten())(output)
        return Model(x, GRU(2)(sequence))

    check_twins(build, [IMAGE])


def test_a_file_of_the_other_ordering(K: Any, tmp_path: Path) -> None:
    """The error of `load_weights` tells the way."""
    old, new = (stack(IMAGE, 0, conv, lambda o: Flatten(), lambda o: Dense(3))(o) for o in ("th", "tf"))
    spread(old)
    old.save_weights(tmp_path / "th.h5")
    with pytest.raises(ValueError, match=r"other dim_ordering.*'th' too.*convert_dim_ordering\("):
        new.load_weights(tmp_path / "th.h5")
    again = stack(IMAGE, 0, conv, lambda o: Flatten(), lambda o: Dense(3))("th")
    again.load_weights(tmp_path / "th.h5")
    convert_dim_ordering(again, new)
    x = np.random.RandomState(3).uniform(-1, 1, (2, *IMAGE)).astype("float32")
    wanted = old.predict_on_batch(x)
    np.testing.assert_allclose(new.predict_on_batch(np.moveaxis(x, 1, -1)), wanted, rtol=1e-5)
    assert all(layer.kernels_from_file for layer in new.layers if isinstance(layer, Convolution2D))


class Own(Dense):
    """A layer of a program's own."""


def mean(x: Any) -> Any:
    return K_module.mean(x, axis=-1)


def shifted(x: Any) -> Any:
    return x - K_module.mean(x, axis=-1, keepdims=True)


REFUSED: dict[str, tuple[list[Callable[[str], Any]], str]] = {
    "lambda": ([conv, lambda o: Lambda(mean, name="mine"), lambda o: Flatten()], "'mine'.*Lambda.*Permute"),
    "lambda_flat": ([lambda o: Flatten(), lambda o: Lambda(mean, name="mine")], "'mine'.*another order"),
    "own": ([lambda o: Flatten(), lambda o: Own(2, name="mine")], r"'mine' \(Own\) wants.*another order"),
    "dense_of_images": ([conv, lambda o: Dense(2, name="d")], "'d'.*wants an input that lies"),
    "activation": ([conv, lambda o: Activation(shifted, name="a")], "'a'.*activation shifted"),
    "activation_within": ([lambda o: conv(o, activation=shifted, name="c")], "'c'.*activation shifted"),
    "axis": ([conv, lambda o: BatchNormalization(axis=1, name="n")], "'n'.*axis=1 .* wanted axis=3"),
    "shared_axes": ([conv, lambda o: PReLU(shared_axes=[2, 3], name="p")], "'p'.*wanted .*dim_ordering"),
    "not_converted": (
        [conv, lambda o: MaxPooling2D(name="q", dim_ordering="th")],
        r"'q'.*wants an input that lies as in the source, got one whose axes are the axes \(0, 2, 3, 1\)",
    ),
    "reshape": ([conv, lambda o: Reshape((8, 8), name="r")], "'r'.*no order of axes.*Permute"),
    "generator": (
        [lambda o: Flatten(), lambda o: Dense(36), lambda o: Reshape(shaped((2, 6, 3), o), name="r")],
        "'r'.*Permute",
    ),
    "flat_output": ([conv, lambda o: Flatten(name="f")], "output of 'f'.*Dense after"),
    "masking": ([lambda o: Flatten(), lambda o: RepeatVector(2), lambda o: layers.Masking(name="m")], "'m'"),
    "settings": ([lambda o: conv(o, subsample=(1, 1 + (o == "tf")), name="c")], "'c'.*subsample=.*alike"),
    "sizes": ([lambda o: conv(o, 4 + (o == "tf"), name="c")], "'c'.*shape.*wanted"),
    "classes": (
        [conv, lambda o: (MaxPooling2D if o == "th" else AveragePooling2D)(name="q", dim_ordering=o)],
        "'q' .*MaxPooling2D.*AveragePooling2D",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(K: Any, name: str) -> None:
    """Told by the name of the layer, and nothing is changed."""
    makers, message = REFUSED[name]
    one, two = (stack(IMAGE, 0, *makers)(ordering) for ordering in ("th", "tf"))
    before = two.get_weights()
    with pytest.raises(ValueError, match=f"convert_dim_ordering: .*{message}.*Nothing was changed"):
        convert_dim_ordering(one, two)
    assert all(map(np.array_equal, before, two.get_weights()))


def test_refused_where_the_shape_does_not_tell(K: Any) -> None:
    """The layer that is in the way is named, not one that would be if the images lay otherwise."""
    one, two = (stack((4, 4, 4), 0, conv, lambda o: Lambda(mean, name="mine"))(o) for o in ("th", "tf"))
    with pytest.raises(ValueError, match="'mine'"):
        convert_dim_ordering(one, two)


def test_own_layers_by_the_names_of_others(K: Any) -> None:
    """A class of a program that is called Dense is not taken for one."""
    own = type("Dense", (Own,), {})
    build = stack(IMAGE, 0, conv, lambda o: Flatten(), lambda o: own(2, name="mine"))
    with pytest.raises(ValueError, match=r"'mine'.*another order"):
        convert_dim_ordering(build("th"), build("tf"))
    plain = stack(IMAGE, 0, lambda o: GlobalAveragePooling2D(dim_ordering=o), lambda o: own(2))
    check_twins(plain, [IMAGE])


def test_refused_what_is_no_model(K: Any) -> None:
    model = Sequential([Dense(2, input_dim=3)])
    for source, target, message in (("th.h5", model, "source"), (model, Dense(2), "target")):
        with pytest.raises(TypeError, match=f"{message} must be a model, got .*load them into it"):
            convert_dim_ordering(source, target)


def test_refused_graphs(K: Any) -> None:
    def crossed(o: str) -> Model:
        a, b = Input((4,)), Input((4,))
        one, two = Dense(3)(a), Dense(3)(b)
        return Model([a, b], Dense(2)(merge([one, two] if o == "th" else [two, one], mode="concat")))

    def shared(o: str) -> Model:
        """One Dense for images flattened in the target's order, and in the source's."""
        a, b, dense = Input(shaped(IMAGE, o)), Input((32,)), Dense(3, name="d")
        return Model([a, b], merge([dense(Flatten()(conv(o, 2)(a))), dense(b)], mode="sum"))

    def longer(o: str) -> Sequential:
        return Sequential([Dense(3, input_dim=4), *([Dense(3)] if o == "th" else [])])

    def wider(o: str) -> Model:
        x = Input((4 + (o == "tf"),))
        return Model(x, Dense(3)(x))

    def mixed(o: str) -> Model:
        a, b = Input(shaped(IMAGE, o)), Input((32,))
        return Model([a, b], Dense(2)(merge([Flatten()(conv(o, 2)(a)), b], mode="sum", name="m")))

    for build, message in (
        (crossed, "connected alike"),
        (shared, "'d'.*several places"),
        (longer, r"\(Dense\) only in the source"),
        (wider, "wanted inputs of one shape"),
        (mixed, "'m'.*same order.*another order"),
    ):
        with pytest.raises(ValueError, match=message):
            convert_dim_ordering(build("th"), build("tf"))
