"""Words, numbers of words and matrices of texts."""

import numpy as np
import pytest

from polykeras.preprocessing import text
from polykeras.preprocessing.text import Tokenizer, one_hot, text_to_word_sequence

TEXTS = ["The cat sat on the mat.", "The dog sat on the log.", "Dogs and cats living together."]


def test_text_to_word_sequence():
    assert text_to_word_sequence("Hello, World! (again)\tand\nagain") == [
        "hello",
        "world",
        "again",
        "and",
        "again",
    ]
    assert text_to_word_sequence("Ab, cD", filters="", lower=False) == ["Ab,", "cD"]
    assert text_to_word_sequence("a;b;;c", filters="", split=";") == ["a", "b", "c"]
    assert text_to_word_sequence("") == []


def test_one_hot_is_the_hash_of_python_2():
    assert one_hot("abc a", 5000) == [number % 4999 + 1 for number in (1453079729188098211, 12416037344)]
    numbers = one_hot("the quick brown fox jumped over the lazy dog", 5)
    assert len(numbers) == 9 and set(numbers) <= {1, 2, 3, 4} and numbers[0] == numbers[6]
    with pytest.raises(ValueError, match="at least 2"):
        one_hot("a", 1)


def test_hash_of_known_words():
    """The hashes of 'a' and 'abc' on 64 bits: published figures of CPython 2.7."""
    assert text._hash("a") == 12416037344
    assert text._hash("abc") == 1453079729188098211


def test_tokenizer_counts_and_numbers():
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(TEXTS)
    assert tokenizer.word_counts["the"] == 4 and tokenizer.word_docs["the"] == 2
    assert tokenizer.document_count == 3
    assert tokenizer.word_index["the"] == 1
    assert sorted(tokenizer.word_index.values()) == list(range(1, len(tokenizer.word_index) + 1))
    assert tokenizer.index_docs[tokenizer.word_index["sat"]] == 2
    (numbers,) = tokenizer.texts_to_sequences(["the unknown cat"])
    assert numbers == [1, tokenizer.word_index["cat"]]
    few = Tokenizer(nb_words=3)
    few.fit_on_texts(TEXTS)
    assert all(number < 3 for row in few.texts_to_sequences(TEXTS) for number in row)


def test_tokenizer_of_characters():
    tokenizer = Tokenizer(char_level=True)
    tokenizer.fit_on_texts(["aab", "b c"])
    assert tokenizer.word_index == {"a": 1, "b": 2, " ": 3, "c": 4}
    assert tokenizer.texts_to_sequences(["cab"]) == [[4, 1, 2]]


@pytest.mark.parametrize("mode", ["binary", "count", "freq", "tfidf"])
def test_matrix(mode):
    tokenizer = Tokenizer(nb_words=5)
    tokenizer.fit_on_texts(TEXTS)
    matrix = tokenizer.texts_to_matrix(TEXTS, mode)
    assert matrix.shape == (3, 5) and not matrix[:, 0].any()
    rows = tokenizer.texts_to_sequences(TEXTS)
    for row, numbers in enumerate(rows):
        for number in range(1, 5):
            count = numbers.count(number)
            documents = sum(number in each for each in rows)
            wanted = {
                "binary": float(count > 0),
                "count": count,
                "freq": count / max(len(numbers), 1),
                "tfidf": (1 + np.log(count)) * np.log(1 + 3 / (1 + documents)) if count else 0,
            }[mode]
            assert matrix[row, number] == pytest.approx(wanted)


def test_texts_read_from_bytes_that_are_no_utf_8():
    """Whatever letters a program's way of decoding has left in a text, the text is taken."""
    texts = [b"a caf\xe9 a".decode("utf-8", errors) for errors in ("surrogateescape", "replace", "ignore")]
    tokenizer = Tokenizer()
    tokenizer.fit_on_texts(texts)
    assert list(tokenizer.word_index) == ["a", "caf\udce9", "caf\ufffd", "caf"]
    assert tokenizer.texts_to_sequences(texts) == [[1, 2, 1], [1, 3, 1], [1, 4, 1]]
    assert all(0 < number < 9 for text in texts for number in one_hot(text, 9))


def test_fit_on_sequences():
    tokenizer = Tokenizer(nb_words=4)
    tokenizer.fit_on_sequences([[1, 1, 2], [1], [3]])
    assert tokenizer.index_docs == {1: 2, 2: 1, 3: 1} and tokenizer.document_count == 3
    tfidf = tokenizer.sequences_to_matrix([[1, 1]], mode="tfidf")
    assert tfidf[0, 1] == pytest.approx((1 + np.log(2)) * np.log(1 + 3 / 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Tokenizer().fit_on_texts("one text"), TypeError, "list of texts"),
        (lambda: Tokenizer().texts_to_sequences("one text"), TypeError, "list of texts"),
        (lambda: Tokenizer().fit_on_texts([3]), TypeError, "must be a str, got int"),
        (lambda: Tokenizer().fit_on_texts(None), TypeError, "list of texts, got NoneType"),
        (lambda: Tokenizer().fit_on_texts([b"caf\xe9"]), TypeError, r"got bytes. Decode it first.*\.decode"),
        (lambda: Tokenizer(char_level=True).fit_on_texts([b"a"]), TypeError, "got bytes. Decode it first"),
        (lambda: Tokenizer(char_level=True).texts_to_sequences([3]), TypeError, "must be a str, got int"),
        (lambda: Tokenizer(nb_words="5"), ValueError, "nb_words must be an integer above 0, got '5'"),
        (lambda: Tokenizer().fit_on_sequences([1, 2]), TypeError, "for each text, got int at 0"),
        (lambda: Tokenizer(5).sequences_to_matrix([[1], "a"]), TypeError, "for each text, got str at 1"),
        (lambda: Tokenizer(5).sequences_to_matrix([[1], ["a"]]), ValueError, "got 'a' in sequence 1"),
        (lambda: Tokenizer(5).sequences_to_matrix([[-1]]), ValueError, "from 0 on, got -1"),
        (lambda: text_to_word_sequence(b"a b"), TypeError, "Decode it first"),
        (lambda: text_to_word_sequence("a b", filters=None), TypeError, "filters must be a str"),
        (lambda: text_to_word_sequence("a b", split=""), ValueError, "at least one character"),
        (lambda: one_hot("a", 4.5), ValueError, "n must be an integer of at least 2, got 4.5"),
        (lambda: one_hot("a", "4"), ValueError, "n must be an integer"),
        (lambda: Tokenizer().sequences_to_matrix([[1]]), ValueError, "nb_words"),
        (lambda: Tokenizer(5).sequences_to_matrix([[1]], mode="tfidf"), ValueError, "fit_on_texts first"),
        (lambda: Tokenizer(5).sequences_to_matrix([[1]], mode="tf-idf"), ValueError, "Did you mean 'tfidf'"),
    ],
)
def test_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()
