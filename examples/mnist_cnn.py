"""A small convolutional network on MNIST: 99.0% of the test digits after 12 epochs.

polykeras run examples/mnist_cnn.py
polykeras run --backend pytensor examples/mnist_cnn.py --samples 6000 --epochs 2
"""

import argparse

import numpy as np
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Activation, Convolution2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.utils.np_utils import to_categorical

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--samples", type=int, default=60000, help="number of training digits")
parser.add_argument("--tests", type=int, default=10000, help="number of test digits")
parser.add_argument("--epochs", type=int, default=12)
options = parser.parse_args()

np.random.seed(1337)

# Images are (rows, columns, channels) or (channels, rows, columns), as keras.json says.
shape = (1, 28, 28) if K.image_dim_ordering() == "th" else (28, 28, 1)


def prepared(images, labels, count):
    return images[:count].reshape(-1, *shape).astype("float32") / 255, to_categorical(labels[:count], 10)


(images, labels), (test_images, test_labels) = mnist.load_data()
X_train, Y_train = prepared(images, labels, options.samples)
X_test, Y_test = prepared(test_images, test_labels, options.tests)

model = Sequential()
model.add(Convolution2D(32, 3, 3, input_shape=shape))
model.add(Activation("relu"))
model.add(Convolution2D(32, 3, 3))
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(128))
model.add(Activation("relu"))
model.add(Dropout(0.5))
model.add(Dense(10, activation="softmax"))
model.summary()

model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
model.fit(X_train, Y_train, batch_size=128, nb_epoch=options.epochs, validation_data=(X_test, Y_test))

loss, accuracy = model.evaluate(X_test, Y_test, verbose=0)
print(f"Test loss: {loss:.4f}")
print(f"Test accuracy: {accuracy:.4f}")
