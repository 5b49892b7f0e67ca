"""Music for MusicTaggerCRNN; librosa, which need not be installed, is played by a stand-in."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from polykeras import config
from polykeras.applications import audio_conv_utils
from polykeras.applications.audio_conv_utils import TAGS, decode_predictions, preprocess_input

RATE, LENGTH = 12000, 349440


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_image_dim_ordering", "tf")
    monkeypatch.setattr(config, "_floatx", "float32")


class Librosa:
    """Loads a given sound, and keeps what it is asked."""

    def __init__(self, sound: np.ndarray) -> None:
        self.sound = sound
        self.asked: dict[str, Any] = {}
        self.feature = SimpleNamespace(melspectrogram=self.melspectrogram)

    def load(self, path: str, sr: int) -> tuple[np.ndarray, int]:
        self.asked["path"] = path
        return self.sound, sr

    def melspectrogram(self, **options: Any) -> np.ndarray:
        self.asked.update(options)
        bands, frames = options["n_mels"], 1 + len(options["y"]) // options["hop_length"]
        return np.linspace(0, 2, bands * frames).reshape(bands, frames)


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Any:
    def play(length: int) -> Librosa:
        fake = Librosa(np.arange(1, length + 1, dtype="float32"))
        monkeypatch.setattr(audio_conv_utils, "librosa", fake, raising=False)
        return fake

    return play


def test_what_librosa_is_asked_and_the_result(play: Any) -> None:
    fake = play(LENGTH)
    x = preprocess_input("song.mp3")
    assert x.shape == (96, 1366, 1) and x.dtype == np.float32
    y = fake.asked.pop("y")
    assert fake.asked == {"path": "song.mp3", "sr": RATE, "hop_length": 256, "n_fft": 512, "n_mels": 96}
    np.testing.assert_array_equal(y, fake.sound)
    power = np.linspace(0, 2, 96 * 1366).reshape(96, 1366)[..., None] ** 2
    loudest = 20 * np.log10(2)
    with np.errstate(divide="ignore"):
        wanted = np.maximum(10 * np.log10(power), loudest - 80)
    np.testing.assert_allclose(x, wanted, rtol=1e-5)


def test_channels_first(play: Any) -> None:
    play(LENGTH)
    x = preprocess_input("song.mp3", dim_ordering="th")
    assert x.shape == (1, 96, 1366)
    np.testing.assert_array_equal(x[0], preprocess_input("song.mp3")[..., 0])


def test_short_and_long_sounds(play: Any) -> None:
    fake = play(1000)
    preprocess_input("short.wav")
    y = fake.asked["y"]
    assert len(y) == LENGTH and y[999] == 1000 and not y[1000:].any()
    fake = play(LENGTH + 101)
    preprocess_input("long.wav")
    y = fake.asked["y"]
    assert len(y) == LENGTH and y[0] == 51  # 50 left out before, 51 behind


def test_librosa_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.delitem(vars(audio_conv_utils), "librosa", raising=False)
    monkeypatch.setattr(importlib, "import_module", absent)
    assert audio_conv_utils.librosa is None
    with pytest.raises(ImportError, match="Run: pip install librosa"):
        preprocess_input("song.mp3")
    monkeypatch.undo()
    vars(audio_conv_utils).pop("librosa", None)
    with pytest.raises(AttributeError, match="no attribute 'torchaudio'"):
        _ = audio_conv_utils.torchaudio


def test_tags() -> None:
    assert len(TAGS) == len(set(TAGS)) == 50 and (TAGS[0], TAGS[-1]) == ("rock", "happy")


def test_decode_predictions() -> None:
    preds = np.zeros((2, 50))
    preds[0, [1, 49]] = [0.25, 0.5]
    preds[1, 0] = 1.0
    first, second = decode_predictions(preds, top_n=2)
    assert first == [("happy", 0.5), ("pop", 0.25)] and second[0] == ("rock", 1.0)
    assert len(decode_predictions(preds)[0]) == 5
    with pytest.raises(ValueError, match=r"\(samples, 50\), got \(2, 49\)"):
        decode_predictions(preds[:, :49])
    with pytest.raises(ValueError, match=r"top_n must be an integer of at least 0, got 0\.5"):
        decode_predictions(preds, top_n=0.5)
