"""The functional API: a shared layer, two outputs with losses of their own, and models used as layers.

    polykeras run examples/functional_api.py

Two digits go in. One encoder reads both; the model says what their sum is, and whether they are equal.
"""

import argparse

import numpy as np
from keras.datasets import mnist
from keras.layers import Dense, Input, merge
from keras.models import Model
from keras.utils.np_utils import to_categorical

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=60000, help="number of training pairs")
parser.add_argument("--epochs", type=int, default=6)
options = parser.parse_args()

np.random.seed(5)


def pairs(images, labels, number):
    """Inputs and targets of `number` random pairs; in every fourth pair the digits are equal."""
    images = images.reshape(-1, 784).astype("float32") / 255
    first = np.random.randint(len(images), size=number)
    second = np.random.randint(len(images), size=number)
    by_digit = [np.where(labels == digit)[0] for digit in range(10)]
    second[::4] = [np.random.choice(by_digit[labels[index]]) for index in first[::4]]
    total = labels[first].astype(int) + labels[second]
    equal = (labels[first] == labels[second]).astype("float32")
    return [images[first], images[second]], {"total": to_categorical(total, 19), "equal": equal}


digit = Input(shape=(784,))
code = Dense(64, activation="relu")(Dense(256, activation="relu")(digit))
encoder = Model(input=digit, output=code, name="encoder")

left, right = Input(shape=(784,), name="left"), Input(shape=(784,), name="right")
left_code, right_code = encoder(left), encoder(right)
both = merge([left_code, right_code], mode="concat")
total = Dense(19, activation="softmax", name="total")(Dense(128, activation="relu")(both))
distance = merge(
    [left_code, right_code],
    mode=lambda codes: (codes[0] - codes[1]) ** 2,
    output_shape=lambda shapes: shapes[0],
)
equal = Dense(1, activation="sigmoid", name="equal")(distance)

model = Model(input=[left, right], output=[total, equal])
model.summary()
model.compile(
    optimizer="adam",
    loss={"total": "categorical_crossentropy", "equal": "binary_crossentropy"},
    loss_weights={"total": 1.0, "equal": 0.5},
    metrics=["accuracy"],
)

(X_train, y_train), (X_test, y_test) = mnist.load_data()
inputs, targets = pairs(X_train, y_train, options.samples)
model.fit(inputs, targets, nb_epoch=options.epochs, batch_size=128)

test_inputs, test_targets = pairs(X_test, y_test, 5000)
values = model.evaluate(test_inputs, test_targets, verbose=0)
figures = dict(zip(model.metrics_names, values, strict=True))
print(f"Sum accuracy: {figures['total_acc']:.4f}")
print(f"Test accuracy: {figures['equal_acc']:.4f}")
