"""50 000 film reviews, half of them favourable, as lists of word numbers (Maas et al., 2011)."""

from __future__ import annotations

from ..utils.data_utils import get_file as get_file
from . import word_sequences as words

ORIGIN = "https://s3.amazonaws.com/text-datasets/imdb_full.pkl"
MD5 = "d091312047c43cf9e4e38fef92437263"
INDEX_ORIGIN = "https://s3.amazonaws.com/text-datasets/imdb_word_index.pkl"
INDEX_MD5 = "72d94b01291be4ff843198d3b0e1e4d7"


def load_data(
    path: str = "imdb_full.pkl",
    nb_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[words.Pair, words.Pair]:
    """Loads the reviews; the first call fetches them into ``$KERAS_HOME/datasets``.

    Words are numbered by falling frequency.

    Args:
        path: the name of the file in the cache.
        nb_words: numbers from this on are replaced by `oov_char`; None: none.
        skip_top: so are numbers below this.
        maxlen: reviews with this many numbers or more are left out; None: none.
        seed: of the order of the reviews.
        start_char: a number put before each review; None: none.
        oov_char: what stands for a word that is left out; None: nothing.
        index_from: what is added to the number of each word.

    Returns:
        ``(X_train, y_train), (X_test, y_test)``: arrays of lists of numbers, and of labels; 1: favourable.

    Raises:
        OSError: if they cannot be fetched; says where to put the file by hand.
        ValueError: if `maxlen` leaves no review, or the file is not what it should be.
    """
    file = get_file(path, origin=ORIGIN, md5_hash=MD5)
    content = words.read(file)
    parts = []
    for pair, its_seed in zip(content, (seed, 2 * seed), strict=True):
        texts, labels = words.shuffled(its_seed, *words.texts_and_labels(file, pair))
        parts.append(words.no_longer_than(words.marked(texts, start_char, index_from), labels, maxlen))
    words.check_some_left("imdb.load_data", parts[0][0] + parts[1][0], maxlen)
    train, test = (
        words.as_arrays(words.frequent(texts, nb_words, skip_top, oov_char), labels)
        for texts, labels in parts
    )
    return train, test


def get_word_index(path: str = "imdb_word_index.pkl") -> dict[str, int]:
    """The number of each word, before `index_from` is added; fetched like the reviews."""
    return words.word_index(get_file(path, origin=INDEX_ORIGIN, md5_hash=INDEX_MD5))
