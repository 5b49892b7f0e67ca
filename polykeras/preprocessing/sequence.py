"""Sequences of numbers: padding to one length, and pairs of words for word embeddings.

Words are numbered from 1; 0 stands for no word.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import check_choice

SIDES = ("pre", "post")


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> np.ndarray:
    """Sequences of different lengths as one array.

    Args:
        sequences: lists or arrays, one a sample, whose steps are numbers or arrays of one shape.
        maxlen: the common length; None: that of the longest sequence.
        dtype: type of the result.
        padding: whether a short sequence is filled up before its first step (``'pre'``) or after its last.
        truncating: whether a long one loses steps at its beginning (``'pre'``) or at its end.
        value: what it is filled up with.

    Returns:
        An array ``(samples, maxlen, ...)``.

    Raises:
        TypeError: if a sequence is none.
        ValueError: for an unknown `padding` or `truncating`, a negative `maxlen`, or steps whose shape is not
            that of the first step.
    """
    where = "pad_sequences"
    check_choice(where, "padding", padding, SIDES)
    check_choice(where, "truncating", truncating, SIDES)
    if maxlen is not None and maxlen < 0:
        raise ValueError(f"{where}: maxlen must not be negative, got {maxlen!r}.")
    for index, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise TypeError(f"{where}: wanted a list of sequences, got {sequence!r} as sequence {index}.")
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    step_shape = next((np.shape(sequence)[1:] for sequence in sequences if len(sequence)), ())
    result = np.full((len(sequences), length, *step_shape), value, dtype=dtype)
    for index, sequence in enumerate(sequences):
        kept = sequence[max(len(sequence) - length, 0) :] if truncating == "pre" else sequence[:length]
        if not len(kept):
            continue
        steps = np.asarray(kept, dtype=dtype)
        if steps.shape[1:] != step_shape:
            raise ValueError(
                f"{where}: the steps of all sequences must have the shape {step_shape} of the first one, "
                f"got {steps.shape[1:]} in sequence {index}."
            )
        place = slice(length - len(steps), None) if padding == "pre" else slice(len(steps))
        result[index, place] = steps
    return result


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """The probability of keeping each word when frequent ones are thinned out (Mikolov et al., 2013).

    The frequency of the word of rank k is taken by Zipf's law as the inverse of
    ``k * (log(k) + gamma) + 1/2 - 1/(12 k)``, where gamma is Euler's constant.

    Args:
        size: number of words, numbered by falling frequency.
        sampling_factor: the frequency above which words are thinned out.

    Returns:
        An array of `size` probabilities; entry 0 is that of entry 1.
    """
    gamma = 0.577
    rank = np.maximum(np.arange(size), 1).astype(float)
    inverse_frequency = rank * (np.log(rank) + gamma) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * inverse_frequency))


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
) -> tuple[list[list[int]], list[Any]]:
    """Pairs of words that stand near each other, and pairs of random words (Mikolov et al., 2013).

    Numbers are drawn from Python's `random`, so `random.seed` makes the result repeatable.

    Args:
        sequence: word numbers; 0 is passed over.
        vocabulary_size: number of words, 0 included.
        window_size: how far apart two words of a pair may stand.
        negative_samples: random pairs for each real one.
        shuffle: whether the pairs come in random order.
        categorical: whether labels are ``[0, 1]`` (real) and ``[1, 0]`` instead of 1 and 0.
        sampling_table: for each word the probability of keeping it, see `make_sampling_table`.

    Returns:
        The list of pairs and the list of their labels.
    """
    real, made_up = ([0, 1], [1, 0]) if categorical else (1, 0)
    couples: list[list[int]] = []
    for i, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        for j in range(max(0, i - window_size), min(len(sequence), i + window_size + 1)):
            if j != i and sequence[j]:
                couples.append([word, sequence[j]])
    labels: list[Any] = [real] * len(couples)
    if negative_samples > 0 and couples:
        count = int(len(couples) * negative_samples)
        words = [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [[words[i % len(words)], random.randint(1, vocabulary_size - 1)] for i in range(count)]
        labels += [made_up] * count
    if shuffle:
        seed = random.randint(0, 10_000_000)
        for each in (couples, labels):  # the same order for both
            random.seed(seed)
            random.shuffle(each)
    return couples, labels
