"""Two branches, joined by a `Merge` layer: the upper and the lower half of each digit go in separately.

polykeras run examples/two_branches.py
"""

import argparse

import numpy as np
from keras.datasets import mnist
from keras.layers import Dense, Dropout, Merge
from keras.models import Sequential
from keras.utils.np_utils import to_categorical

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=20000, help="number of training digits")
parser.add_argument("--epochs", type=int, default=5)
options = parser.parse_args()

np.random.seed(11)

(X_train, y_train), (X_test, y_test) = mnist.load_data()


def halves(images):
    """The upper 14 and the lower 14 rows of each image, as two arrays of vectors."""
    scaled = images.astype("float32") / 255
    return [scaled[:, :14].reshape(len(images), -1), scaled[:, 14:].reshape(len(images), -1)]


branches = []
for name in ("upper", "lower"):
    branch = Sequential(name=name)
    branch.add(Dense(64, input_dim=14 * 28, activation="relu"))
    branches.append(branch)

model = Sequential()
model.add(Merge(branches, mode="concat"))
model.add(Dropout(0.2))
model.add(Dense(64, activation="relu"))
model.add(Dense(10, activation="softmax"))
model.summary()

model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(
    halves(X_train[: options.samples]),
    to_categorical(y_train[: options.samples], 10),
    nb_epoch=options.epochs,
    batch_size=64,
)

upper, lower = halves(X_test)
targets = to_categorical(y_test, 10)
_, accuracy = model.evaluate([upper, lower], targets, verbose=0)
_, upper_only = model.evaluate([upper, np.zeros_like(lower)], targets, verbose=0)
print(f"Test accuracy: {accuracy:.4f}")
print(f"Without the lower half: {upper_only:.4f}")
