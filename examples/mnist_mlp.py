"""A two-layer perceptron on MNIST: about 98.3% of the test digits after 10 epochs.

polykeras run examples/mnist_mlp.py
polykeras run --backend pytensor examples/mnist_mlp.py --samples 6000 --epochs 2
"""

import argparse

import numpy as np
from keras.datasets import mnist
from keras.layers import Activation, Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop
from keras.utils.np_utils import to_categorical

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=60000, help="number of training digits")
parser.add_argument("--epochs", type=int, default=10)
options = parser.parse_args()

np.random.seed(1337)

(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train[: options.samples].reshape(-1, 784).astype("float32") / 255
X_test = X_test.reshape(-1, 784).astype("float32") / 255
Y_train = to_categorical(y_train[: options.samples], 10)
Y_test = to_categorical(y_test, 10)

model = Sequential()
for _ in range(2):
    model.add(Dense(512, input_shape=(784,)))
    model.add(Activation("relu"))
    model.add(Dropout(0.2))
model.add(Dense(10, activation="softmax"))
model.summary()

model.compile(loss="categorical_crossentropy", optimizer=RMSprop(), metrics=["accuracy"])
history = model.fit(
    X_train, Y_train, batch_size=128, nb_epoch=options.epochs, validation_data=(X_test, Y_test)
)

loss, accuracy = model.evaluate(X_test, Y_test, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test accuracy: {accuracy:.4f}")
