"""Keras 3 as it is by default, through `fit` with the progress bar on."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import layers


def model(task: str) -> keras.Model:
    if task == "mlp":
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
