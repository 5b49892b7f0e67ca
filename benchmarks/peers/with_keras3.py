"""Keras 3 as it is by default, through `fit` with the progress bar on."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from ..tasks import TIME_STEPS, VOCABULARY


def model(task: str) -> keras.Model:
    if task == "cnn":
        net = keras.Sequential(
            [
                layers.Input((28, 28, 1)),
                layers.Conv2D(32, 3),
                layers.Activation("relu"),
                layers.Conv2D(32, 3),
                layers.Activation("relu"),
                layers.MaxPooling2D(2),
                layers.Dropout(0.25),
                layers.Flatten(),
                layers.Dense(128),
                layers.Activation("relu"),
                layers.Dropout(0.5),
                layers.Dense(10),
                layers.Activation("softmax"),
            ]
        )
        net.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
    elif task == "lstm":
        net = keras.Sequential(
            [
                layers.Input((TIME_STEPS,), dtype="int32"),
                layers.Embedding(VOCABULARY, 128),
                layers.LSTM(128),
                layers.Dense(1),
                layers.Activation("sigmoid"),
            ]
        )
        net.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    elif task == "mlp":
        net = keras.Sequential(
            [
                layers.Input((784,)),
                layers.Dense(512),
                layers.Activation("relu"),
                layers.Dropout(0.2),
                layers.Dense(512),
                layers.Activation("relu"),
                layers.Dropout(0.2),
                layers.Dense(10),
                layers.Activation("softmax"),
            ]
        )
        net.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    else:
        net = keras.Sequential([layers.Input((784,)), layers.Dense(1, activation="sigmoid")])
        net.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return net


def trainer(task: str) -> Callable[[np.ndarray, np.ndarray, int, int], None]:
    net = model(task)

    def train(x: np.ndarray, y: np.ndarray, batch_size: int, epochs: int) -> None:
        net.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=1)

    return train
