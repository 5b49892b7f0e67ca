"""Strips of handwritten digits are read; nobody says where a digit stands (CTC; Graves et al., 2006).

polykeras run examples/ctc_digits.py
"""

import argparse

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Convolution1D, Dense, Input, Lambda, TimeDistributed
from keras.models import Model
from keras.optimizers import Adam

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=6000, help="number of training strips")
parser.add_argument("--epochs", type=int, default=8)
options = parser.parse_args()

np.random.seed(1)
LONGEST, WIDTH, BLANK = 4, 112, 10
WINDOW, STRIDE = 16, 4


def strips(images, classes, count):
    """Pictures of two to four digits side by side, at random distances: columns, labels and their number."""
    pictures = np.zeros((count, WIDTH, 28), "float32")
    labels = np.zeros((count, LONGEST), "int32")
    lengths = np.random.randint(2, LONGEST + 1, (count, 1))
    for picture, row, (length,) in zip(pictures, labels, lengths, strict=True):
        chosen = np.random.randint(0, len(images), length)
        row[:length] = classes[chosen]
        column = 0
        for number, image in enumerate(images[chosen]):
            room = WIDTH - column - 20 * (length - number)
            column += np.random.randint(0, room // (length - number) + 1)
            picture[column : column + 20] = image[:, 4:24].T / 255.0
            column += 20
    return pictures, labels, lengths


(X_train, y_train), (X_test, y_test) = mnist.load_data()
train = strips(X_train, y_train, options.samples)
test = strips(X_test, y_test, 1000)

# A strip is a sequence of columns. The network sees windows of them and names a digit, or none, for each.
columns = Input(shape=(WIDTH, 28), name="columns")
hidden = Convolution1D(128, WINDOW, subsample_length=STRIDE, activation="relu")(columns)
hidden = Convolution1D(64, 3, border_mode="same", activation="relu")(hidden)
readings = TimeDistributed(Dense(BLANK + 1, activation="softmax"), name="readings")(hidden)
steps = (WIDTH - WINDOW) // STRIDE + 1

# The cost needs more than predictions and targets, so a layer computes it, and the loss just hands it on.
labels = Input(shape=(LONGEST,), dtype="int32", name="labels")
steps_seen = Input(shape=(1,), dtype="int32", name="steps")
lengths = Input(shape=(1,), dtype="int32", name="lengths")
cost = Lambda(
    lambda tensors: K.ctc_batch_cost(tensors[1], tensors[0], tensors[2], tensors[3]),
    output_shape=(1,),
    name="ctc",
)([readings, labels, steps_seen, lengths])

model = Model(input=[columns, labels, steps_seen, lengths], output=cost)
model.compile(loss={"ctc": lambda y_true, y_pred: y_pred}, optimizer=Adam(lr=0.002))
model.fit(
    [train[0], train[1], np.full((options.samples, 1), steps), train[2]],
    np.zeros(options.samples),
    batch_size=64,
    nb_epoch=options.epochs,
)

decoded = K.ctc_decode(readings, steps_seen, greedy=False, beam_width=5)[0][0]
read = K.function([columns, steps_seen], [decoded])
(found,) = read([test[0], np.full((1000, 1), steps)])

digits = [row[:length].tolist() for row, (length,) in zip(test[1], test[2], strict=True)]
answers = [row[row >= 0].tolist() for row in found]
pairs = list(zip(digits, answers, strict=True))
for wanted, answer in pairs[:5]:
    print("wanted", wanted, "read", answer)
print(f"Test accuracy: {np.mean([wanted == answer for wanted, answer in pairs]):.4f}")
