"""Padding, sampling tables and skip-grams."""

import random

import numpy as np
import pytest

from polykeras.preprocessing.sequence import make_sampling_table, pad_sequences, skipgrams

RAGGED = [[1], [1, 2], [1, 2, 3]]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [[0, 0, 1], [0, 1, 2], [1, 2, 3]]),
        ({"padding": "post"}, [[1, 0, 0], [1, 2, 0], [1, 2, 3]]),
        ({"maxlen": 2}, [[0, 1], [1, 2], [2, 3]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [1, 2], [1, 2]]),
        ({"maxlen": 4, "value": 9}, [[9, 9, 9, 1], [9, 9, 1, 2], [9, 1, 2, 3]]),
        ({"maxlen": 0}, [[], [], []]),
    ],
)
def test_pad_sequences(options, wanted):
    padded = pad_sequences(RAGGED, **options)
    assert padded.dtype == "int32"
    np.testing.assert_array_equal(padded, wanted)


def test_pad_sequences_of_vectors_and_empty_ones():
    padded = pad_sequences([[], [[1, 2]], [[3, 4], [5, 6]]], dtype="float32")
    np.testing.assert_array_equal(padded, [[[0, 0], [0, 0]], [[0, 0], [1, 2]], [[3, 4], [5, 6]]])
    assert padded.dtype == "float32"
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[], []], maxlen=3).tolist() == [[0, 0, 0]] * 2


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: pad_sequences([1, 2]), TypeError, "got 1 as sequence 0"),
        (lambda: pad_sequences(RAGGED, padding="front"), ValueError, "padding must be one of 'pre', 'post'"),
        (lambda: pad_sequences(RAGGED, truncating="end"), ValueError, "truncating must be one of"),
        (lambda: pad_sequences(RAGGED, maxlen=-1), ValueError, "negative"),
        (lambda: pad_sequences([[[1, 2]], [[1, 2, 3]]]), ValueError, r"shape \(2,\).*got \(3,\)"),
    ],
)
def test_pad_sequences_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_make_sampling_table():
    table = make_sampling_table(1000, 1e-3)
    assert table.shape == (1000,) and table[0] == table[1]
    assert (np.diff(table[1:]) >= 0).all() and table[-1] == 1.0
    inverse = 3 * (np.log(3) + 0.577) + 0.5 - 1 / 36
    assert table[3] == pytest.approx(np.sqrt(1e-3 * inverse))


def test_skipgrams_pairs_are_neighbours():
    couples, labels = skipgrams(range(6), vocabulary_size=6, window_size=1, negative_samples=0, shuffle=False)
    assert couples == [[a, b] for a in range(1, 6) for b in (a - 1, a + 1) if 0 < b < 6]
    assert labels == [1] * len(couples)


def test_skipgrams_with_negative_samples():
    random.seed(3)
    couples, labels = skipgrams(range(1, 20), 20, window_size=2, negative_samples=2.0, categorical=True)
    assert labels.count([1, 0]) == 2 * labels.count([0, 1])
    real = [pair for pair, label in zip(couples, labels, strict=True) if label == [0, 1]]
    assert len(real) == 70 and all(0 < abs(a - b) <= 2 for a, b in real)
    assert all(1 <= b < 20 for _, b in couples)
    random.seed(3)
    assert skipgrams(range(1, 20), 20, window_size=2, negative_samples=2.0, categorical=True) == (
        couples,
        labels,
    )


def test_skipgrams_thinned_out_and_empty():
    nothing = skipgrams(range(5), 5, sampling_table=np.zeros(5) - 1.0)
    assert nothing == ([], [])
    assert skipgrams([0, 0], 5) == ([], [])
