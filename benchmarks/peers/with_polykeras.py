"""polykeras, through `fit` with the progress bar on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from polykeras.layers import LSTM, Activation, Convolution2D, Dense, Dropout, Embedding, Flatten, MaxPooling2D
from polykeras.models import Sequential
from polykeras.optimizers import RMSprop

from ..tasks import TIME_STEPS, VOCABULARY


def model(task: str) -> Sequential:
    net = Sequential()
    if task == "cnn":
        net.add(Convolution2D(32, 3, 3, input_shape=(28, 28, 1)))
        net.add(Activation("relu"))
        net.add(Convolution2D(32, 3, 3))
        net.add(Activation("relu"))
        net.add(MaxPooling2D((2, 2)))
        net.add(Dropout(0.25))
        net.add(Flatten())
        net.add(Dense(128))
        net.add(Activation("relu"))
        net.add(Dropout(0.5))
        net.add(Dense(10))
        net.add(Activation("softmax"))
        net.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
    elif task == "lstm":
        net.add(Embedding(VOCABULARY, 128, input_length=TIME_STEPS))
        net.add(LSTM(128))
        net.add(Dense(1))
        net.add(Activation("sigmoid"))
        net.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    elif task == "mlp":
        net.add(Dense(512, input_shape=(784,)))
        net.add(Activation("relu"))
        net.add(Dropout(0.2))
        net.add(Dense(512))
        net.add(Activation("relu"))
        net.add(Dropout(0.2))
        net.add(Dense(10))
        net.add(Activation("softmax"))
        net.compile(loss="categorical_crossentropy", optimizer=RMSprop(), metrics=["accuracy"])
    else:
        net.add(Dense(1, input_dim=784, activation="sigmoid"))
        net.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return net


def trainer(task: str) -> Callable[[np.ndarray, np.ndarray, int, int], None]:
    net = model(task)

    def train(x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int) -> None:
        net.fit(x, y, batch_size=batch_size, nb_epoch=epochs, verbose=1)

    return train
