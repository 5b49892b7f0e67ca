"""Pictures for networks that were trained on ImageNet, and the names of classes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polykeras import config
from polykeras.applications import imagenet_utils, inception_v3, xception
from polykeras.applications.imagenet_utils import _obtain_input_shape, decode_predictions, preprocess_input

MEANS_BGR = np.array([103.939, 116.779, 123.68])


@pytest.fixture(autouse=True)
def tf_ordering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_image_dim_ordering", "tf")
    monkeypatch.setattr(config, "_floatx", "float32")


def pictures(dtype: str = "float32") -> np.ndarray:
    return np.random.RandomState(0).randint(0, 256, (2, 4, 5, 3)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
def test_preprocess_input(dtype: str) -> None:
    x = pictures(dtype)
    before = x.copy()
    got = preprocess_input(x)
    np.testing.assert_allclose(
        got, before[..., [2, 1, 0]].astype("float64") - MEANS_BGR, rtol=1e-6, atol=1e-5
    )
    assert got.dtype == (dtype if dtype != "uint8" else "float32")
    np.testing.assert_array_equal(x, before)


def test_preprocess_input_of_both_orderings_and_of_one_picture() -> None:
    x = pictures()
    wanted = preprocess_input(x, dim_ordering="tf")
    channels_first = preprocess_input(x.transpose(0, 3, 1, 2), dim_ordering="th")
    np.testing.assert_array_equal(channels_first.transpose(0, 2, 3, 1), wanted)
    np.testing.assert_array_equal(preprocess_input(x[0]), wanted[0])
    np.testing.assert_array_equal(preprocess_input(x[0].transpose(2, 0, 1), "th"), channels_first[0])


def test_preprocess_input_follows_the_default_ordering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_image_dim_ordering", "th")
    assert preprocess_input(np.zeros((1, 3, 2, 2)))[0, :, 0, 0].tolist() == (-MEANS_BGR).tolist()


def test_preprocess_input_refuses_other_shapes() -> None:
    with pytest.raises(ValueError, match=r"\(samples, rows, columns, 3\).*'tf', got \(2, 3, 4, 5\)"):
        preprocess_input(np.zeros((2, 3, 4, 5)))
    with pytest.raises(ValueError, match=r"got \(3,\)"):
        preprocess_input(np.zeros(3))
    with pytest.raises(ValueError, match="dim_ordering must be one of 'tf', 'th', got 'channels_last'"):
        preprocess_input(pictures(), "channels_last")


@pytest.mark.parametrize("module", [inception_v3, xception])
def test_scaled_pictures(module: Any) -> None:
    x = np.array([[0.0, 127.5, 255.0]], "float32")
    np.testing.assert_allclose(module.preprocess_input(x), [[-1.0, 0.0, 1.0]], atol=1e-6)
    assert x.max() == 255.0
    assert module.preprocess_input(np.array([255], "uint8")).tolist() == [1.0]


@pytest.fixture
def class_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the classes' names, with names of our own, in the cache."""
    path = tmp_path / "models" / "imagenet_class_index.json"
    path.parent.mkdir()
    path.write_text(json.dumps({str(index): [f"n{index:08}", f"thing_{index}"] for index in range(1000)}))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX", None)
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX_MD5", hashlib.md5(path.read_bytes()).hexdigest())
    monkeypatch.setattr(imagenet_utils, "CLASS_INDEX_PATH", (tmp_path / "none.json").as_uri())
    return path


def test_decode_predictions(class_index: Path) -> None:
    preds = np.zeros((2, 1000), "float32")
    preds[0, [7, 42, 999]] = [0.2, 0.5, 0.3]
    preds[1, 0] = 1.0
    first, second = decode_predictions(preds, top=3)
    assert first == [
        ("n00000042", "thing_42", np.float32(0.5)),
        ("n00000999", "thing_999", np.float32(0.3)),
        ("n00000007", "thing_7", np.float32(0.2)),
    ]
    assert second[0] == ("n00000000", "thing_0", 1.0)
    assert [len(each) for each in decode_predictions(preds)] == [5, 5]
    assert len(decode_predictions(preds, top=2000)[0]) == 1000
    class_index.unlink()
    assert decode_predictions(preds, top=1)[0][0][1] == "thing_42"  # read once


def test_the_names_are_checked(class_index: Path) -> None:
    class_index.write_text("{}")
    with pytest.raises(OSError, match=f"put it at {class_index}"):
        decode_predictions(np.zeros((1, 1000)))


def test_decode_predictions_refuses_others() -> None:
    with pytest.raises(ValueError, match=r"\(samples, 1000\), got \(1, 10\)"):
        decode_predictions(np.zeros((1, 10)))
    with pytest.raises(ValueError, match=r"got \(1000,\)"):
        decode_predictions(np.zeros(1000))
    with pytest.raises(ValueError, match="top must be an integer of at least 0, got -1"):
        decode_predictions(np.zeros((1, 1000)), top=-1)


@pytest.mark.parametrize(
    ("shape", "ordering", "top", "wanted"),
    [
        (None, "tf", True, (224, 224, 3)),
        (None, "th", True, (3, 224, 224)),
        ((224, 224, 3), "tf", True, (224, 224, 3)),
        ([3, 224, 224], "th", True, (3, 224, 224)),
        (None, "tf", False, (None, None, 3)),
        (None, "th", False, (3, None, None)),
        ((48, None, 3), "tf", False, (48, None, 3)),
        ((3, 100, 48), "th", False, (3, 100, 48)),
    ],
)
def test_input_shape(shape: Any, ordering: str, top: bool, wanted: Any) -> None:
    assert _obtain_input_shape(shape, 224, 48, ordering, top) == wanted


@pytest.mark.parametrize(
    ("shape", "ordering", "top", "message"),
    [
        ((100, 100, 3), "tf", True, r"must be \(224, 224, 3\) with include_top=True, got \(100, 100, 3\)"),
        ((224, 224, 3), "th", True, r"must be \(3, 224, 224\)"),
        ((100, 100), "tf", False, r"must be \(rows, columns, 3\).*got \(100, 100\)"),
        ((100, 100, 1), "tf", False, r"got \(100, 100, 1\)"),
        ((100, 100, 3), "th", False, r"must be \(3, rows, columns\) for dim_ordering 'th'"),
        ((47, 100, 3), "tf", False, r"at least 48 rows and 48 columns, got \(47, 100, 3\)"),
        ((3, 100, 10), "th", False, r"at least 48 rows and 48 columns, got \(3, 100, 10\)"),
        ((), "tf", False, r"got \(\)"),
    ],
)
def test_other_input_shapes(shape: Any, ordering: str, top: bool, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _obtain_input_shape(shape, 224, 48, ordering, top)


def test_an_input_shape_that_is_none() -> None:
    with pytest.raises(TypeError, match="input_shape must be a tuple of integers and None"):
        _obtain_input_shape(224, 224, 48, "tf", False)
