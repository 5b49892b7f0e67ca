"""The networks: sizes, names and order of layers as Keras 1.2.2 has them, one result on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras import initializations
from polykeras.applications import (
    VGG16,
    VGG19,
    InceptionV3,
    ResNet50,
    Xception,
    inception_v3,
    music_tagger_crnn,
    resnet50,
    vgg16,
    vgg19,
    xception,
)
from polykeras.applications.music_tagger_crnn import MusicTaggerCRNN
from polykeras.backends import registry
from polykeras.layers import Convolution2D, Input
from polykeras.models import Model
from polykeras.testing.plugin import fresh
from polykeras.utils.layer_utils import count_total_params

API = json.loads((Path(__file__).parents[2] / "data" / "keras1_api.json").read_text())["modules"]

# All parameters, and those that are not trained.
TOTALS = {
    VGG16: (138_357_544, 0),
    VGG19: (143_667_240, 0),
    ResNet50: (25_636_712, 53_120),
    InceptionV3: (23_660_968, 34_240),
    Xception: (22_910_480, 54_528),
}
IMAGE_MODELS = list(TOTALS)
SIZES = {VGG16: 224, VGG19: 224, ResNet50: 224, InceptionV3: 299, Xception: 299}
LEAST_SIZES = {VGG16: 48, VGG19: 48, ResNet50: 197, InceptionV3: 139, Xception: 71}


@pytest.fixture
def zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights start as zeros: a hundred million random numbers take seconds."""
    monkeypatch.setattr(initializations, "glorot_uniform", initializations.zero)


@pytest.fixture
def structure(zeros: None) -> Iterator[Any]:
    """K on one engine, for what layers do without it."""
    engine = next(name for name in ("pytensor", "tensorflow") if registry.engine_installed(name))
    with fresh(engine) as K:
        K.clear_session()
        yield K


def names_of_weighted(model: Any) -> list[str]:
    return [layer.name for layer in model.layers if layer.weights]


def resnet_order() -> list[str]:
    order = ["conv1", "bn_conv1"]
    for stage, blocks in ((2, "abc"), (3, "abcd"), (4, "abcdef"), (5, "abc")):
        for block in blocks:
            branches = [("2a",), ("2b",), ("2c", "1") if block == "a" else ("2c",)]
            for level in branches:
                order += [f"{kind}{stage}{block}_branch{end}" for kind in ("res", "bn") for end in level]
    return [*order, "fc1000"]


def vgg_order(depths: tuple[int, ...]) -> list[str]:
    convolutions = [
        f"block{block}_conv{number}"
        for block, depth in enumerate(depths, 1)
        for number in range(1, depth + 1)
    ]
    return [*convolutions, "fc1", "fc2", "predictions"]


ORDERS = {VGG16: vgg_order((2, 2, 3, 3, 3)), VGG19: vgg_order((2, 2, 4, 4, 4)), ResNet50: resnet_order()}


@pytest.mark.parametrize("make", IMAGE_MODELS)
def test_parameters_shapes_and_names(structure: Any, make: Any) -> None:
    model = make(weights=None)
    trainable, fixed = count_total_params(model.layers)
    assert (trainable + fixed, fixed) == TOTALS[make] and model.count_params() == TOTALS[make][0]
    assert model.input_shape == (None, SIZES[make], SIZES[make], 3) and model.output_shape == (None, 1000)
    name = {InceptionV3: "inception_v3"}.get(make, make.__name__.lower())
    assert model.name == name
    if make in ORDERS:
        assert names_of_weighted(model) == ORDERS[make]


def test_order_of_parallel_branches(structure: Any) -> None:
    """Files list layers by their distance from the output; numbers in names tell when a layer was made."""
    model = InceptionV3(weights=None, include_top=False)
    made = [int(name.partition("_")[2]) for name in names_of_weighted(model) if name.startswith("conv")]
    assert made[:12] == [1, 2, 3, 4, 5, 9, 7, 10, 6, 8, 11, 12] and sorted(made) == list(range(1, 95))
    assert made[-9:] == [90, 87, 91, 88, 89, 92, 93, 86, 94]
    merges = [layer.name for layer in model.layers if type(layer).__name__ == "Merge"]
    last = ["mixed9_0", "merge_1", "mixed9", "mixed9_1", "merge_2", "mixed10"]
    assert merges == [f"mixed{index}" for index in range(9)] + last


def test_order_of_xception(structure: Any) -> None:
    names = [layer.name for layer in Xception(weights=None, include_top=False).layers]
    start = names.index("block2_sepconv2_bn") - 1
    assert names[start : start + 6] == [
        "block2_sepconv2",
        "block2_sepconv2_bn",
        "convolution2d_1",
        "block2_pool",
        "batchnormalization_1",
        "merge_1",
    ]
    assert names[1:4] == ["block1_conv1", "block1_conv1_bn", "block1_conv1_act"]


def test_music_tagger(structure: Any) -> None:
    for ordering, shape in (("tf", (96, 1366, 1)), ("th", (1, 96, 1366))):
        structure.set_image_dim_ordering(ordering)
        model = MusicTaggerCRNN(weights=None)
        assert model.count_params() == 400_562 and model.input_shape == (None, *shape)
        assert model.output_shape == (None, 50) and model.name == "music_tagger_crnn"
        blocks = [name for number in range(1, 5) for name in (f"conv{number}", f"bn{number}")]
        assert names_of_weighted(model) == ["bn_0_freq", *blocks, "gru1", "gru2", "output"]
    assert MusicTaggerCRNN(weights=None, include_top=False).output_shape == (None, 32)
    assert MusicTaggerCRNN(weights=None, classes=3).output_shape == (None, 3)


def test_tags_are_the_same_on_both_engines_in_either_ordering(tmp_path: Path) -> None:
    x = np.random.RandomState(0).rand(1, 96, 1366, 1).astype("float32")
    with fresh("pytensor") as K:
        K.set_image_dim_ordering("th")
        model = MusicTaggerCRNN(weights=None)
        model.save_weights(tmp_path / "music_tagger_crnn_weights_tf_kernels_th_dim_ordering.h5")
        wanted = model.predict(x.transpose(0, 3, 1, 2))
    with fresh("tensorflow"):
        path = tmp_path / "music_tagger_crnn_weights_tf_kernels_th_dim_ordering.h5"
        got = MusicTaggerCRNN(weights=path).predict(x)
    assert wanted.shape == (1, 50) and 0 < wanted.min() < wanted.max() < 1
    np.testing.assert_allclose(got, wanted, rtol=1e-4)


@pytest.mark.parametrize(
    "make",
    [VGG16, Xception, *(pytest.param(make, marks=pytest.mark.slow) for make in (ResNet50, InceptionV3))],
)
def test_both_engines_predict_the_same(make: Any) -> None:
    size = LEAST_SIZES[make]
    x = np.random.RandomState(0).rand(1, size, size, 3).astype("float32")
    results = []
    for engine in ("tensorflow", "pytensor"):
        with fresh(engine):
            model = make(weights=None, include_top=False, input_shape=(size, size, 3))
            results.append(model.predict(x))
    assert results[0].std() > 0
    np.testing.assert_allclose(*results, rtol=1e-3, atol=1e-4 * np.abs(results[0]).max())


@pytest.mark.parametrize("make", [VGG16, ResNet50, InceptionV3])
def test_channels_first(structure: Any, make: Any) -> None:
    structure.set_image_dim_ordering("th")
    model = make(weights=None, include_top=False)
    assert model.input_shape == (None, 3, None, None)
    channels = {VGG16: 512}.get(make, 2048)
    assert model.output_shape[:2] == (None, channels)
    axes = {layer.axis for layer in model.layers if hasattr(layer, "axis")}
    assert axes <= {1} and {layer.dim_ordering for layer in model.layers if hasattr(layer, "W")} == {"th"}


def test_xception_knows_one_ordering(structure: Any) -> None:
    K = structure
    K.set_image_dim_ordering("th")
    with pytest.warns(UserWarning, match=r"takes pictures as \(samples, rows, columns, channels\) only"):
        model = Xception(weights=None, include_top=False, input_shape=(71, 80, 3))
    assert K.image_dim_ordering() == "th" and model.output_shape == (None, 3, 3, 2048)
    with pytest.raises(ValueError, match="at least 71 rows"), pytest.warns(UserWarning):
        Xception(weights=None, include_top=False, input_shape=(70, 80, 3))
    assert K.image_dim_ordering() == "th"


def test_start_from_another_tensor(K: Any, zeros: None) -> None:
    start = Input((48, 48, 5))
    three = Convolution2D(3, 1, 1)(start)
    model = VGG16(weights=None, include_top=False, input_tensor=three)
    assert model.inputs == [start] and model.output_shape == (None, 1, 1, 512)
    plain = K.placeholder((None, 48, 48, 1))
    model = VGG16(weights=None, include_top=False, input_tensor=plain)
    assert model.layers[1].get_weights()[0].shape == (3, 3, 1, 64)
    top = ResNet50(weights=None, input_tensor=Input((200, 230, 3)), classes=7)
    assert top.output_shape == (None, 7)


def test_blocks_can_be_used_alone(K: Any) -> None:
    start = Input((6, 6, 4))
    x = resnet50.conv_block(start, 3, [2, 2, 5], stage=7, block="a")
    assert Model(start, x).output_shape == (None, 3, 3, 5)
    x = resnet50.identity_block(x, 3, [2, 2, 5], stage=7, block="b")
    model = Model(start, x)
    assert model.output_shape == (None, 3, 3, 5) and model.get_layer("res7a_branch1").subsample == (2, 2)
    x = inception_v3.conv2d_bn(start, 3, 1, 2, border_mode="valid", subsample=(2, 1), name="c")
    model = Model(start, x)
    assert [layer.name for layer in model.layers[1:]] == ["c_conv", "c_bn"]
    assert model.output_shape == (None, 3, 5, 3)


# Arguments are checked before anything is built


@pytest.mark.parametrize("make", IMAGE_MODELS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "imagnet"}, "weights must be None .*got 'imagnet'. Did you mean 'imagenet'"),
        ({"weights": 3}, "or the path of a file of weights, got 3"),
        ({"weights": "imagenet", "classes": 10}, "classes must be 1000 with weights='imagenet'"),
        ({"weights": None, "classes": 0}, "classes must be an integer of at least 1, got 0"),
        ({"weights": None, "input_shape": (100, 100, 3)}, "with include_top=True, got"),
        ({"include_top": False, "input_shape": (20, 500, 3)}, "must have at least"),
        ({"include_top": False, "input_shape": (500, 500, 1)}, r"got \(500, 500, 1\)"),
    ],
)
def test_arguments(make: Any, arguments: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polykeras.config._image_dim_ordering", "tf")
    monkeypatch.setattr("polykeras.engine.layer.Layer.__call__", None)  # nothing is built
    monkeypatch.setattr("polykeras.applications.pretrained.get_file", None)  # nor fetched
    with pytest.raises(ValueError, match=message):
        make(**arguments)


def test_other_tensors(K: Any) -> None:
    with pytest.raises(ValueError, match=r"block5_pool: .*larger than the input"):
        VGG16(weights=None, include_top=False, input_tensor=Input((20, 48, 3)))
    with pytest.raises(ValueError, match=r"input_tensor must be \(rows, columns, 3\)"):
        VGG16(include_top=False, input_tensor=Input((48, 48, 1)))
    with pytest.raises(ValueError, match="input_tensor must have 4 axes"):
        VGG16(weights=None, include_top=False, input_tensor=Input((48, 3)))
    with pytest.raises(TypeError, match="VGG16: input_tensor must be a tensor"):
        VGG16(weights=None, include_top=False, input_tensor=np.zeros((1, 48, 48, 3)))
    with pytest.raises(ValueError, match="MusicTaggerCRNN: input_tensor must have 4 axes"):
        MusicTaggerCRNN(weights=None, input_tensor=Input((96, 1366)))
    with pytest.raises(ValueError, match=r"MusicTaggerCRNN: weights must be None .*'msd'.*got 'imagenet'"):
        MusicTaggerCRNN(weights="imagenet")
    with pytest.raises(ValueError, match="classes must be 50 with weights='msd'"):
        MusicTaggerCRNN(classes=10)


@pytest.mark.parametrize("module", [vgg16, vgg19, resnet50, inception_v3, xception, music_tagger_crnn])
def test_addresses(module: Any) -> None:
    """The URLs that Keras 1.2.2 has; the checksums have the form of MD5."""
    entries = API[module.__name__.replace("polykeras", "keras")]
    wanted = {name: entry["value"].strip("'") for name, entry in entries.items() if entry["kind"] == "value"}
    assert wanted and {name: getattr(module, name) for name in wanted} == wanted
    for name in ("MD5", "MD5_NO_TOP") if hasattr(module, "MD5") else ():
        assert len(bytes.fromhex(getattr(module, name))) == 16
