"""Texts as sequences of word numbers, or as rows of a matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import check_choice, whole_number
from ..layers.parts import positive_int

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
MODES = ("binary", "count", "freq", "tfidf")

maketrans = str.maketrans


def text_to_word_sequence(
    text: str, filters: str = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """The words of a text.

    Args:
        text: the text.
        filters: characters that count as `split`.
        lower: whether words are put into lower case.
        split: what separates words.

    Raises:
        TypeError: if the text is no str.
        ValueError: if `split` is empty.
    """
    where = "text_to_word_sequence"
    _check_text(where, "text", text)
    _check_text(where, "filters", filters)
    _check_text(where, "split", split)
    if not split:
        raise ValueError(
            f"{where}: split must have at least one character, got ''. For single characters use "
            "Tokenizer(char_level=True)."
        )
    if lower:
        text = text.lower()
    separated = text.translate({ord(character): split for character in filters})
    return [word for word in separated.split(split) if word]


def _check_text(where: str, name: str, value: Any) -> None:
    if isinstance(value, str):
        return
    hint = " Decode it first, such as by .decode('utf-8')." if isinstance(value, (bytes, bytearray)) else ""
    raise TypeError(f"{where}: {name} must be a str, got {type(value).__name__}.{hint}")


def one_hot(text: str, n: int, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[int]:
    """The words of a text as numbers from 1 to n - 1, by hashing: two words may get the same number.

    The hash is that of Python 2.7, so a number is the same in every process and the one that it was there.

    Args:
        text: the text.
        n: number of different numbers, 0 included; at least 2.
        filters, lower, split: see `text_to_word_sequence`.
    """
    most = whole_number(n)
    if most is None or most < 2:
        raise ValueError(f"one_hot: n must be an integer of at least 2, got {n!r}.")
    return [abs(_hash(word)) % (most - 1) + 1 for word in text_to_word_sequence(text, filters, lower, split)]


def _hash(word: str) -> int:
    """The hash of a text in Python 2.7 on 64 bits, a variant of FNV-1."""
    value = ord(word[0]) << 7
    for character in word:
        value = (1000003 * value ^ ord(character)) & 0xFFFFFFFFFFFFFFFF
    value ^= len(word)
    signed = value - (1 << 64) if value >> 63 else value
    return -2 if signed == -1 else signed


class Tokenizer:
    """Numbers the words of texts by falling frequency, from 1.

    Args:
        nb_words: only words with numbers below this are used; None: all.
        filters, lower, split: see `text_to_word_sequence`.
        char_level: whether characters count instead of words.

    Attributes:
        word_counts: word -> how often it was seen.
        word_docs: word -> in how many texts it was seen.
        word_index: word -> its number.
        index_docs: number -> in how many texts the word was seen.
        document_count: number of texts seen.
    """

    def __init__(
        self,
        nb_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
    ) -> None:
        self.nb_words = positive_int("Tokenizer", "nb_words", nb_words) if nb_words else None
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.word_counts: dict[str, int] = {}
        self.word_docs: dict[str, int] = {}
        self.word_index: dict[str, int] = {}
        self.index_docs: dict[int, int] = {}
        self.document_count = 0

    def fit_on_texts(self, texts: Iterable[str]) -> None:
        """Counts the words of texts, on top of those seen so far, and numbers them anew."""
        _check_texts("fit_on_texts", texts)
        for text in texts:
            self.document_count += 1
            tokens = self._tokens(text)
            for token in tokens:
                self.word_counts[token] = self.word_counts.get(token, 0) + 1
            for token in set(tokens):
                self.word_docs[token] = self.word_docs.get(token, 0) + 1
        by_frequency = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        self.word_index = {word: number for number, word in enumerate(by_frequency, 1)}
        self.index_docs = {self.word_index[word]: count for word, count in self.word_docs.items()}

    def fit_on_sequences(self, sequences: Iterable[Iterable[int]]) -> None:
        """Counts in how many sequences of word numbers each number stands, for ``mode='tfidf'``."""
        for row, sequence in enumerate(sequences):
            numbers = _counted("Tokenizer.fit_on_sequences", row, sequence)
            self.document_count += 1
            for number in numbers:
                self.index_docs[number] = self.index_docs.get(number, 0) + 1

    def texts_to_sequences(self, texts: Iterable[str]) -> list[list[int]]:
        """The word numbers of each text; unknown words are left out."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[str]) -> Iterator[list[int]]:
        """Like `texts_to_sequences`, one text after another."""
        _check_texts("texts_to_sequences", texts)
        for text in texts:
            numbers = (self.word_index.get(token) for token in self._tokens(text))
            yield [n for n in numbers if n is not None and (not self.nb_words or n < self.nb_words)]

    def texts_to_matrix(self, texts: Iterable[str], mode: str = "binary") -> np.ndarray:
        """A row for each text; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Sequence[Sequence[int]], mode: str = "binary") -> np.ndarray:
        """A row for each sequence of word numbers, a column for each number.

        Args:
            sequences: lists of word numbers.
            mode: ``'binary'``: 1 if the word is there. ``'count'``: how often. ``'freq'``: how often, divided
                by the length of the sequence. ``'tfidf'``: (1 + log(count)) * log(1 + texts / (1 + texts with
                the word)).

        Returns:
            A float64 array ``(sequences, nb_words)``; without `nb_words` a column for each known word and 0.

        Raises:
            ValueError: for an unknown mode, a number that can be none of a word, or if words were not counted
                before.
            TypeError: if a sequence is none.
        """
        where = "Tokenizer.sequences_to_matrix"
        check_choice(where, "mode", mode, MODES)
        if not self.nb_words and not self.word_index:
            raise ValueError(
                f"{where}: the number of words is not known. Give nb_words, or fit_on_texts first."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError(f"{where}: mode='tfidf' needs counts of texts. Call fit_on_texts first.")
        columns = self.nb_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), columns))
        for row, sequence in enumerate(sequences):
            for number, count in _counted(where, row, sequence).items():
                if number < columns:
                    matrix[row, number] = self._weight(mode, number, count, len(sequence))
        return matrix

    def _weight(self, mode: str, number: int, count: int, length: int) -> float:
        if mode == "binary":
            return 1.0
        if mode == "count":
            return float(count)
        if mode == "freq":
            return count / length
        rarity = np.log(1 + self.document_count / (1 + self.index_docs.get(number, 0)))
        return float((1 + np.log(count)) * rarity)

    def _tokens(self, text: Any) -> Any:
        if self.char_level:
            if not isinstance(text, (list, tuple)):  # of characters, or whatever counts as such
                _check_text("Tokenizer", "text", text)
            return text
        return text_to_word_sequence(text, self.filters, self.lower, self.split)


def _check_texts(where: str, texts: Any) -> None:
    """A single text, taken for a list, would be one text a character."""
    if isinstance(texts, (str, bytes)):
        raise TypeError(f"Tokenizer.{where}: wanted a list of texts, got one text. Write [...] around it.")
    if not isinstance(texts, Iterable):
        raise TypeError(f"Tokenizer.{where}: wanted a list of texts, got {type(texts).__name__}.")


def _counted(where: str, row: int, sequence: Any) -> dict[int, int]:
    """How often each word number stands in a sequence."""
    if isinstance(sequence, (str, bytes)) or not isinstance(sequence, Iterable):
        raise TypeError(
            f"{where}: wanted a list of word numbers for each text, got {type(sequence).__name__} at {row}."
        )
    counts = Counter(sequence)
    for number in counts:
        if (type(number) is not int and whole_number(number) is None) or number < 0:
            raise ValueError(f"{where}: wanted word numbers from 0 on, got {number!r} in sequence {row}.")
    return {int(number): count for number, count in counts.items()}
