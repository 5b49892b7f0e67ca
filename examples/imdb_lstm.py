"""An LSTM tells whether a film review praises; reviews are lists of word numbers.

polykeras run examples/imdb_lstm.py
polykeras run --backend pytensor examples/imdb_lstm.py --synthetic --samples 2000 --epochs 3

The reviews of IMDB are fetched when they are first asked for. With --synthetic none are: word numbers are
drawn at random, of which some speak for the film and some against it.
"""

import argparse

import numpy as np
from keras.datasets import imdb
from keras.layers import LSTM, Activation, Dense, Embedding
from keras.models import Sequential
from keras.preprocessing.sequence import pad_sequences

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--synthetic", action="store_true", help="reviews drawn at random instead of IMDB's")
parser.add_argument("--words", type=int, default=20000, help="size of the vocabulary")
parser.add_argument("--length", type=int, default=80, help="how many words of a review are read")
parser.add_argument("--units", type=int, default=128, help="of the embedding and of the LSTM")
parser.add_argument("--samples", type=int, default=25000, help="number of training reviews")
parser.add_argument("--epochs", type=int, default=15)
options = parser.parse_args()

np.random.seed(1337)


def drawn_reviews(count):
    """Lists of word numbers, and 1 for those that praise.

    As in the data set, 0 pads, 1 begins a review, and frequent words have small numbers. One word of five is
    an opinion: 10 to 29 are bad ones, 30 to 49 good ones, and four of five of them say what the review says.
    """
    reviews, labels = [], np.random.randint(0, 2, count)
    for label in labels:
        length = np.random.randint(10, options.length)
        words = 2 + np.random.zipf(1.3, length) % (options.words - 2)
        good = label ^ (np.random.uniform(size=length) < 0.2)
        opinions = 10 + 20 * good + np.random.randint(0, 20, length)
        reviews.append([1, *np.where(np.random.uniform(size=length) < 0.2, opinions, words)])
    return reviews, labels


if options.synthetic:
    X_train, y_train = drawn_reviews(options.samples)
    X_test, y_test = drawn_reviews(options.samples // 4)
else:
    (X_train, y_train), (X_test, y_test) = imdb.load_data(nb_words=options.words)
    X_train, y_train = X_train[: options.samples], y_train[: options.samples]

X_train = pad_sequences(X_train, maxlen=options.length)
X_test = pad_sequences(X_test, maxlen=options.length)
print(f"{len(X_train)} train reviews, {len(X_test)} test reviews")

model = Sequential()
model.add(Embedding(options.words, options.units, dropout=0.2, input_length=options.length))
model.add(LSTM(options.units, dropout_W=0.2, dropout_U=0.2))
model.add(Dense(1))
model.add(Activation("sigmoid"))

model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, y_train, batch_size=32, nb_epoch=options.epochs, validation_data=(X_test, y_test))

loss, accuracy = model.evaluate(X_test, y_test, batch_size=32, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test accuracy: {accuracy:.4f}")
