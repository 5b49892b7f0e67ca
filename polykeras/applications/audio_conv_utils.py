"""Music for `MusicTaggerCRNN`, and the names of its tags. Reading audio files needs librosa."""

from __future__ import annotations

import importlib
import os
from typing import Any

import numpy as np

from .. import backend
from ..config import resolve_dim_ordering
from .imagenet_utils import checked_predictions, checked_top, largest

K = backend

TAGS = [
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s",
    "alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists", "classic rock", "soul",
    "indie rock", "Mellow", "electronica", "80s", "folk", "90s", "chill", "instrumental", "punk", "oldies",
    "blues", "hard rock", "ambient", "acoustic", "experimental", "female vocalist", "guitar", "Hip-Hop",
    "70s", "party", "country", "easy listening", "sexy", "catchy", "funk", "electro", "heavy metal",
    "Progressive rock", "60s", "rnb", "indie pop", "sad", "House", "happy",
]  # fmt: skip
"""The tags, in the order of the network's outputs."""

# What the network was trained on.
_RATE = 12000  # samples a second
_SECONDS = 29.12
_WINDOW, _HOP = 512, 256  # samples
_BANDS = 96
_FLOOR = 1e-10  # of the power
_RANGE = 80.0  # decibels below the loudest


def __getattr__(name: str) -> Any:
    """The module `librosa`, imported on first touch; None if it is not installed."""
    if name != "librosa":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module: Any = importlib.import_module("librosa")
    except ImportError:
        module = None
    globals()[name] = module
    return module


def preprocess_input(audio_path: str | os.PathLike[str], dim_ordering: str = "default") -> np.ndarray:
    """An audio file as `MusicTaggerCRNN` takes it: the loudness of 96 mel bands over time, in decibels.

    The middle 29.12 seconds are taken; a shorter piece is followed by silence.

    Args:
        audio_path: the file, in any format that librosa reads.
        dim_ordering: ``'tf'``, ``'th'`` or ``'default'``.

    Returns:
        A `floatx` array (96, 1366, 1) for ``'tf'``, (1, 96, 1366) for ``'th'``: one sample, to which the
        network's axis of samples must be added, as by ``x[None]``.

    Raises:
        ImportError: if librosa is not installed.
    """
    ordering = resolve_dim_ordering("preprocess_input", dim_ordering)
    librosa = globals()["librosa"] if "librosa" in globals() else __getattr__("librosa")
    if librosa is None:
        raise ImportError(
            "preprocess_input: wanted librosa to read an audio file, but it is not installed. Run: "
            "pip install librosa"
        )
    sound, _ = librosa.load(audio_path, sr=_RATE)
    power = librosa.feature.melspectrogram(
        y=_of_length(sound, int(_SECONDS * _RATE)), sr=_RATE, hop_length=_HOP, n_fft=_WINDOW, n_mels=_BANDS
    )
    loudness = 10.0 * np.log10(np.maximum(np.square(power), _FLOOR))
    loudness = np.maximum(loudness, loudness.max() - _RANGE).astype(K.floatx())
    return loudness[..., None] if ordering == "tf" else loudness[None]


def _of_length(sound: np.ndarray, length: int) -> np.ndarray:
    """The middle of a sound, or the sound with zeros behind it."""
    if len(sound) < length:
        return np.pad(sound, (0, length - len(sound)))
    start = (len(sound) - length) // 2
    return sound[start : start + length]


def decode_predictions(preds: Any, top_n: int = 5) -> list[list[tuple[str, Any]]]:
    """The most probable tags.

    Args:
        preds: probabilities, ``(samples, 50)``.
        top_n: how many tags to give for each sample.

    Returns:
        For each sample a list of ``(tag, probability)``, the most probable first.

    Raises:
        ValueError: if `preds` has another shape.
    """
    values = checked_predictions("decode_predictions", preds, len(TAGS))
    count = checked_top("decode_predictions", "top_n", top_n)
    return [[(TAGS[index], row[index]) for index in largest(row, count)] for row in values]
