"""Pictures as arrays, random changes, and batches from arrays and folders."""

import os
import threading

import numpy as np
import pytest
from PIL import Image as PIL

from polykeras import config
from polykeras.preprocessing import image as im


@pytest.fixture
def ordering():
    before = config.image_dim_ordering()
    yield config.set_image_dim_ordering
    config.set_image_dim_ordering(before)


def pictures(count, size=(6, 4), channels=3, seed=0):
    return np.random.RandomState(seed).uniform(0, 255, (count, *size, channels)).astype("float32")


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("which", ["tf", "th"])
def test_there_and_back(channels, which):
    x = np.round(pictures(1, channels=channels)[0])
    given = x if which == "tf" else x.transpose(2, 0, 1)
    img = im.array_to_img(given, which, scale=False)
    assert img.size == (4, 6)
    back = im.img_to_array(img, which)
    assert back.dtype == "float32"
    np.testing.assert_array_equal(back, given)


def test_scaling_and_default_ordering(ordering):
    ordering("th")
    x = np.array([[[-1.0, 0.0], [1.0, 3.0]]])
    np.testing.assert_array_equal(im.img_to_array(im.array_to_img(x)), np.floor((x + 1) / 4 * 255))
    assert not im.img_to_array(im.array_to_img(np.zeros((1, 2, 2)))).any()


def test_load_img_takes_the_nearest_pixel(tmp_path):
    x = np.arange(16, dtype="uint8").reshape(4, 4) * 10
    PIL.fromarray(x).save(tmp_path / "a.png")
    small = im.load_img(tmp_path / "a.png", grayscale=True, target_size=(2, 4))
    np.testing.assert_array_equal(np.asarray(small), x[1::2])
    assert im.load_img(str(tmp_path / "a.png")).mode == "RGB"
    assert im.list_pictures(tmp_path) == [str(tmp_path / "a.png")]


def test_a_turn_by_a_right_angle(monkeypatch):
    monkeypatch.setattr(np.random, "uniform", lambda low, high, size=None: np.full(size or (), high))
    x = pictures(1, (5, 5))[0]
    turned = im.random_rotation(x, 90, row_axis=0, col_axis=1, channel_axis=2, fill_mode="constant")
    # About size / 2 + 0.5, which is one pixel beside the middle of an odd size.
    np.testing.assert_array_equal(turned[:, 2:], np.rot90(x, -1)[:, :3])
    assert not turned[:, :2].any()


def test_shift_zoom_shear_and_channels():
    np.random.seed(2)
    x = pictures(1, (8, 8))[0]
    rows = np.random.RandomState(2).uniform(-0.5, 0.5) * 8
    shifted = im.random_shift(x, 0.0, 0.5, 0, 1, 2)
    source = np.clip(np.round(np.arange(8) + rows), 0, 7).astype(int)
    np.testing.assert_array_equal(shifted, x[source])
    np.testing.assert_array_equal(im.random_zoom(x, (1, 1), 0, 1, 2), x)
    with pytest.raises(ValueError, match="two numbers"):
        im.random_zoom(x, (1,), 0, 1, 2)
    np.testing.assert_array_equal(im.random_shear(x, 0.0, 0, 1, 2), x)
    np.random.seed(4)
    moved = im.random_channel_shift(x, 20.0, channel_axis=2)
    by = np.random.RandomState(4).uniform(-20, 20, 3)
    np.testing.assert_allclose(moved, np.clip(x + by, x.min(), x.max()), rtol=1e-6)


def test_transform_matrix_keeps_the_middle():
    matrix = im.transform_matrix_offset_center(np.diag([2.0, 3.0, 1.0]), 10, 20)
    np.testing.assert_allclose(matrix @ [5.5, 10.5, 1], [5.5, 10.5, 1])


def test_draws_come_in_the_order_of_keras_1():
    """Turn, rows, columns, shear, zoom, channels, mirrors: what a seed gives is thereby fixed."""
    x = pictures(1, (9, 7))[0]
    generator = im.ImageDataGenerator(
        rotation_range=30,
        width_shift_range=0.2,
        height_shift_range=0.1,
        shear_range=0.3,
        zoom_range=0.2,
        channel_shift_range=9.0,
        horizontal_flip=True,
        vertical_flip=True,
    )
    np.random.seed(11)
    got = generator.random_transform(x)
    state = np.random.RandomState(11)
    theta = np.deg2rad(state.uniform(-30, 30))
    down, right = state.uniform(-0.1, 0.1) * 9, state.uniform(-0.2, 0.2) * 7
    angle = state.uniform(-0.3, 0.3)
    zooms = state.uniform(0.8, 1.2, 2)
    c, s = np.cos(theta), np.sin(theta)
    matrix = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, down], [0, 1, right], [0, 0, 1]])
    matrix = matrix @ np.array([[1, -np.sin(angle), 0], [0, np.cos(angle), 0], [0, 0, 1]])
    matrix = matrix @ np.diag([*zooms, 1])
    wanted = np.empty_like(x)
    for row, column in np.ndindex(9, 7):
        place = matrix @ [row - 5.0, column - 4.0, 1] + [5.0, 4.0, 0]
        nearest = np.clip(np.floor(place[:2] + 0.5), 0, [8, 6]).astype(int)
        wanted[row, column] = x[tuple(nearest)]
    wanted = np.clip(wanted + state.uniform(-9, 9, 3).astype("float32"), wanted.min(), wanted.max())
    if state.random_sample() < 0.5:
        wanted = wanted[:, ::-1]
    if state.random_sample() < 0.5:
        wanted = wanted[::-1]
    np.testing.assert_allclose(got, wanted, rtol=1e-5)


@pytest.mark.parametrize("which", ["tf", "th"])
def test_statistics(which):
    x = pictures(20, (3, 3))
    x = x if which == "tf" else x.transpose(0, 3, 1, 2)
    axes = (0, 1, 2) if which == "tf" else (0, 2, 3)
    generator = im.ImageDataGenerator(
        featurewise_center=True, featurewise_std_normalization=True, dim_ordering=which
    )
    with pytest.warns(UserWarning, match="Call fit"):
        generator.standardize(x[0])
    generator.fit(x)
    normal = np.stack([generator.standardize(each) for each in x])
    np.testing.assert_allclose(normal.mean(axis=axes), 0, atol=1e-5)
    np.testing.assert_allclose(normal.std(axis=axes), 1, rtol=1e-5)
    channels = -1 if which == "tf" else 0
    each = im.ImageDataGenerator(
        samplewise_center=True, samplewise_std_normalization=True, rescale=2.0, dim_ordering=which
    )
    one = each.standardize(x[0])
    np.testing.assert_allclose(one.mean(axis=channels), 0, atol=1e-6)
    np.testing.assert_allclose(one.std(axis=channels), 1, rtol=1e-5)


def test_whitening_decorrelates():
    x = np.random.RandomState(1).normal(size=(400, 2, 2, 1)) @ np.array([[3.0]])
    x[:, 0] += x[:, 1]
    generator = im.ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    generator.fit(x)
    white = np.stack([generator.standardize(each.astype("float32")) for each in x]).reshape(400, -1)
    np.testing.assert_allclose(white.T @ white / 400, np.eye(4), atol=0.02)


def test_fit_with_augmentation_is_repeatable():
    x = pictures(5)
    means = []
    for _ in range(2):
        generator = im.ImageDataGenerator(featurewise_center=True, rotation_range=20)
        generator.fit(x, augment=True, rounds=3, seed=8)
        means.append(generator.mean)
    np.testing.assert_array_equal(*means)
    assert not np.allclose(means[0], x.mean(axis=(0, 1, 2)))


def test_flow_goes_through_all_samples():
    x, y = pictures(10), np.arange(10)
    flow = im.ImageDataGenerator().flow(x, y, batch_size=4, shuffle=True, seed=3)
    for batches in range(2):
        seen = []
        for size in (4, 4, 2):
            batch, targets = next(flow)
            assert batch.shape == (size, 6, 4, 3) and batch.dtype == "float32"
            np.testing.assert_array_equal(batch, x[targets])
            seen += targets.tolist()
        assert sorted(seen) == list(range(10)), batches
    first = np.random.RandomState(3).permutation(10)[:4]
    np.testing.assert_array_equal(im.ImageDataGenerator().flow(x, y, 4, seed=3).next()[1], first)
    assert next(im.ImageDataGenerator().flow(x, batch_size=3, shuffle=False)).shape == (3, 6, 4, 3)


def test_threads_share_a_flow():
    x, y = pictures(64, (2, 2)), np.arange(64)
    flow = im.ImageDataGenerator().flow(x, y, batch_size=4)
    seen, lock = [], threading.Lock()

    def take():
        for _ in range(4):
            targets = next(flow)[1]
            with lock:
                seen.extend(targets.tolist())

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(64))


def test_what_was_given_out_is_saved(tmp_path):
    flow = im.ImageDataGenerator().flow(
        pictures(3), batch_size=2, save_to_dir=str(tmp_path), save_prefix="seen", save_format="png"
    )
    next(flow)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2 and all(name.startswith("seen_") and name.endswith(".png") for name in names)


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(["cats", "dogs", "owls"]):
        place = tmp_path / "data" / name / "deeper"
        place.mkdir(parents=True)
        for index in range(2 + number):
            pixels = np.full((5, 7, 3), 10 * number + index, "uint8")
            PIL.fromarray(pixels).save((place if index == 0 else place.parent) / f"{index}.png")
    return tmp_path / "data"


@pytest.mark.parametrize("mode", ["categorical", "sparse", "binary", None])
def test_folder(folder, mode, capsys):
    flow = im.ImageDataGenerator().flow_from_directory(
        folder, target_size=(4, 6), class_mode=mode, batch_size=9, shuffle=False
    )
    assert capsys.readouterr().out == "Found 9 images belonging to 3 classes.\n"
    assert flow.class_indices == {"cats": 0, "dogs": 1, "owls": 2} and flow.nb_sample == 9
    batch = next(flow)
    values, targets = (batch, flow.classes) if mode is None else batch
    assert values.shape == (9, 4, 6, 3)
    numbers = targets.argmax(axis=1) if mode == "categorical" else targets
    np.testing.assert_array_equal(values[:, 0, 0, 0] // 10, numbers)
    if mode == "binary":
        assert targets.dtype == "float32"


def test_folder_in_grey_and_some_classes(folder):
    flow = im.ImageDataGenerator(dim_ordering="th").flow_from_directory(
        folder, (4, 6), color_mode="grayscale", classes=["owls", "cats"], shuffle=False
    )
    x, y = next(flow)
    assert x.shape == (6, 1, 4, 6) and y.shape == (6, 2) and flow.class_indices == {"owls": 0, "cats": 1}


def test_files_that_are_no_pictures(folder):
    (folder / "cats" / "notes.txt").write_text("no picture")
    (folder / "dogs" / "fake.jpg").write_text("no picture either")
    (folder / "dogs" / ".hidden").write_text("")
    os.mkfifo(folder / "dogs" / "pipe.png")  # whoever opens it waits for ever
    os.symlink("nowhere", folder / "owls" / "gone.png")
    generator = im.ImageDataGenerator()
    names = r"notes\.txt, .*fake\.jpg, .*pipe\.png, .*gone\.png"
    with pytest.warns(UserWarning, match=rf"{names}\. They are passed over"):
        assert generator.flow_from_directory(folder).nb_sample == 9
    generator.bad_files = "error"
    with pytest.raises(ValueError, match=r"fake\.jpg.*Remove them"):
        generator.flow_from_directory(folder)
    (folder / "owls" / "torn.png").write_bytes(b"\x89PNG torn off")
    with pytest.raises(ValueError, match=r"cannot read a picture from .*torn\.png"):
        im.load_img(folder / "owls" / "torn.png")
    generator.bad_files = "warn"
    with pytest.warns(UserWarning, match="no pictures"):
        flow = generator.flow_from_directory(folder, batch_size=99)
    with pytest.raises(ValueError, match=r"cannot read a picture from .*torn\.png"):
        next(flow)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: im.array_to_img(np.zeros((2, 2))), r"3 axes, got shape \(2, 2\)"),
        (lambda: im.array_to_img(np.zeros((2, 2, 5)), "tf"), "1 or 3 channels, got 5"),
        (lambda: im.img_to_array(np.zeros((1, 2, 2, 5))), "2 or 3 axes"),
        (lambda: im.ImageDataGenerator(fill_mode="mirror"), "fill_mode must be one of"),
        (lambda: im.ImageDataGenerator(zoom_range=(1, 2, 3)), "zoom_range must be"),
        (lambda: im.ImageDataGenerator(dim_ordering="channels"), "dim_ordering must be one of"),
        (lambda: im.ImageDataGenerator().flow(np.zeros((3, 2, 2))), "4 axes"),
        (lambda: im.ImageDataGenerator().flow(np.zeros((3, 2, 2, 2))), "1, 3 or 4 channels, got 2"),
        (lambda: im.ImageDataGenerator().flow(pictures(3), np.zeros(2)), "3 pictures and 2 targets"),
        (lambda: im.ImageDataGenerator().flow(pictures(3), batch_size=0), "batch_size must be"),
        (lambda: im.ImageDataGenerator().flow(pictures(3)[:0]), "at least one sample"),
        (lambda: im.ImageDataGenerator().flow(pictures(3), save_to_dir="nowhere"), "Make it first"),
        (lambda: im.ImageDataGenerator().fit(np.zeros((3, 2, 2))), "4 axes"),
        (lambda: im.ImageDataGenerator().flow_from_directory("nowhere"), "folder of pictures"),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_folder_refuses(folder):
    flow = im.ImageDataGenerator().flow_from_directory
    for arguments, message in (
        ({"color_mode": "rgba"}, "color_mode"),
        ({"class_mode": "multi"}, "class_mode"),
        ({"classes": ["cats", "cows"]}, "no folder for the classes cows"),
        ({"target_size": (3,)}, "target_size"),
    ):
        with pytest.raises(ValueError, match=message):
            flow(folder, **arguments)
    (folder.parent / "empty").mkdir()
    with pytest.raises(ValueError, match="found no picture"):
        flow(folder.parent / "empty")
