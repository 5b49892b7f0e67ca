"""11 228 newswires of 46 topics, as lists of word numbers (Reuters-21578)."""

from __future__ import annotations

from ..utils.data_utils import get_file as get_file
from . import word_sequences as words

ORIGIN = "https://s3.amazonaws.com/text-datasets/reuters.pkl"
INDEX_ORIGIN = "https://s3.amazonaws.com/text-datasets/reuters_word_index.pkl"


def load_data(
    path: str = "reuters.pkl",
    nb_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[words.Pair, words.Pair]:
    """Loads the newswires; the first call fetches them into ``$KERAS_HOME/datasets``.

    Args:
        test_split: the share of them that is for testing, from 0 to 1.

    The other arguments, the result and the errors are those of `imdb.load_data`; the labels are topics from 0
    to 45. No checksum of this file is known: only the connection vouches for it.
    """
    if not 0.0 <= test_split <= 1.0:
        raise ValueError(f"reuters.load_data: test_split must be a number from 0 to 1, got {test_split!r}.")
    file = get_file(path, origin=ORIGIN)
    texts, labels = words.shuffled(seed, *words.texts_and_labels(file, words.read(file)))
    texts, labels = words.no_longer_than(words.marked(texts, start_char, index_from), labels, maxlen)
    words.check_some_left("reuters.load_data", texts, maxlen)
    texts = words.frequent(texts, nb_words, skip_top, oov_char)
    cut = int(len(texts) * (1 - test_split))
    return words.as_arrays(texts[:cut], labels[:cut]), words.as_arrays(texts[cut:], labels[cut:])


def get_word_index(path: str = "reuters_word_index.pkl") -> dict[str, int]:
    """The number of each word, before `index_from` is added; fetched like the newswires."""
    return words.word_index(get_file(path, origin=INDEX_ORIGIN))
