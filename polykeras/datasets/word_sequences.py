"""Texts that come as lists of word numbers: shuffling, and choosing the words that are kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import whole_number
from ..utils import numpy_pickle

Texts = list[list[int]]
Pair = tuple[np.ndarray, np.ndarray]


def read(path: str) -> Any:
    """A pickle of word numbers and labels, possibly gzipped, without running what it says."""
    opener: Callable[..., Any] = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        return numpy_pickle.load(file, path)


def word_index(path: str) -> dict[str, int]:
    """A pickled dictionary from words to their numbers.

    Raises:
        ValueError: if the file holds something else.
    """
    content = read(path)
    if not isinstance(content, dict):
        raise ValueError(f"{path}: wanted a dictionary from words to numbers, got {type(content).__name__}.")
    for word, number in content.items():
        if not isinstance(word, (str, bytes)) or whole_number(number) is None:
            raise ValueError(f"{path}: wanted a number for each word, got {number!r} for {word!r}.")
    return {word.decode("latin-1") if isinstance(word, bytes) else word: n for word, n in content.items()}


def texts_and_labels(path: str, pair: Any) -> tuple[Texts, list[Any]]:
    """A pair of texts and labels from a file.

    Raises:
        ValueError: if it is something else.
    """
    try:
        texts, labels = pair
        fits = len(texts) == len(labels) and all(hasattr(text, "__len__") for text in texts)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(f"{path}: wanted lists of word numbers with a label for each. Remove the file.")
    return list(texts), list(labels)


def shuffled(seed: int, *lists: Sequence[Any]) -> list[list[Any]]:
    """Several lists in the same random order, the one that `seed` gives."""
    results = []
    for each in lists:
        result = list(each)
        np.random.seed(seed)
        np.random.shuffle(result)
        results.append(result)
    return results


def marked(texts: Texts, start_char: int | None, index_from: int | None) -> Texts:
    """The texts with `index_from` added to each number and `start_char` put before each text."""
    begin = [] if start_char is None else [start_char]
    return [begin + [word + (index_from or 0) for word in text] for text in texts]


def no_longer_than(texts: Texts, labels: list[Any], maxlen: int | None) -> tuple[Texts, list[Any]]:
    """The texts that have fewer than `maxlen` numbers, and their labels."""
    if not maxlen:
        return texts, labels
    kept = [(text, label) for text, label in zip(texts, labels, strict=True) if len(text) < maxlen]
    return [text for text, _ in kept], [label for _, label in kept]


def frequent(texts: Texts, nb_words: int | None, skip_top: int, oov_char: int | None) -> Texts:
    """The texts with numbers from `skip_top` to `nb_words` - 1 only.

    Other words are replaced by `oov_char`; if that is None they are left out.
    """

    def kept(word: int) -> bool:
        return word >= skip_top and (not nb_words or word < nb_words)

    if oov_char is None:
        return [[word for word in text if kept(word)] for text in texts]
    return [[word if kept(word) else oov_char for word in text] for text in texts]


def as_arrays(texts: Texts, labels: list[Any]) -> Pair:
    """An array of lists, and an array of labels."""
    result = np.empty(len(texts), dtype=object)
    result[:] = texts
    return result, np.array(labels)


def check_some_left(where: str, texts: Texts, maxlen: int | None) -> None:
    """Raises ValueError if `maxlen` has left no text."""
    if maxlen and not texts:
        raise ValueError(f"{where}: no text has fewer than maxlen={maxlen} words. Increase maxlen.")
